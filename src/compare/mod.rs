//! Compares scenarios: what is the next vehicle worth, and how is that known?
//!
//! Each scenario of a grid is solved to its gap, twice: for its score, and for the additional people of one service, since a
//! bound on the score says nothing of people. [`claims`] are made of the intervals between plans and bounds, and of nothing
//! else: what is said to be impossible is.
//!
//! * [`run()`] does many solves at a time, each beginning with the columns of one much like it;
//! * [`counting`] and [`World`] change what is counted and what is assumed;
//! * [`pairs`] says how scenarios lie to each other;
//! * [`document`] is what is written.

pub mod claims;
pub mod document;
mod figures;
mod objective;
pub mod pairs;
mod run;
mod sensitivity;
mod solve;
mod world;

pub use figures::kinds;
pub use objective::counting;
pub use run::{Desk, News, run};
pub use solve::{End, Solved, Task};
pub use world::World;

use crate::config::Shares;
use crate::demand::Demand;
use crate::domain::{Scenario, ServiceId};
use crate::i18n::Text;
use crate::optimise::Settings;
use crate::plan::Plan;
use crate::report::{ServiceRounds, rounds};
use crate::travel::Table;
use claims::{Relation, dominated, statement, step};
use document::{
    About, Comparison, Pairwise, Range, Row, SCHEMA_VERSION, ServiceName, Statement, Status, Step, TerritoryPair,
};
use figures::figures;
use solve::{digest, without_words};
use std::sync::Arc;

/// A scenario of a comparison.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Which value of each axis of the grid it has; the first is its variant, where there are any.
    pub choice: Vec<usize>,
    /// The scenario and its trips, or what is wrong with it.
    pub ground: Result<(Arc<Scenario>, Arc<Table>), Vec<Text>>,
}

/// What is asked of a comparison.
#[derive(Debug, Clone)]
pub struct Order {
    /// Short name.
    pub name: String,
    /// Title.
    pub title: Text,
    /// The service whose additional people are counted.
    pub service: ServiceId,
    /// Whom it is for: women, people.
    pub people: Text,
    /// When to stop each solve.
    pub settings: Settings,
    /// Whether the first choice is between named variants.
    pub variants: bool,
    /// Whether to go on where intervals overlap.
    pub decide: bool,
    /// How far off assumptions may be, where that is asked.
    pub sensitivity: Option<Shares>,
    /// Two scenarios to be shown territory by territory.
    pub pairwise: Option<(String, String)>,
}

/// Times that scenarios are solved again to decide what is not.
const ROUNDS: usize = 4;
/// Nobody solves more closely than this.
const CLOSEST: f64 = 1e-7;

/// What came of a comparison.
#[derive(Debug)]
pub struct Compared {
    /// What is written of it.
    pub comparison: Comparison,
    /// The plans, in the order of the scenarios.
    pub plans: Vec<Option<Plan>>,
    /// Who is reached where by them, for the service.
    pub rounds: Vec<Option<ServiceRounds>>,
}

/// Solves, and what they are of.
struct Session<'a> {
    cases: &'a [Case],
    desk: &'a Desk<'a>,
    tasks: Vec<Task>,
    solved: Vec<Option<Arc<Solved>>>,
    /// By case: its solves for the score, the last one the closest.
    score: Vec<Vec<usize>>,
    /// The same for people.
    people: Vec<Vec<usize>>,
}

impl Session<'_> {
    /// Adds a task; its position.
    fn ask(&mut self, task: Task) -> usize {
        self.tasks.push(task);
        self.tasks.len() - 1
    }

    /// Solves what has been added.
    fn work(&mut self) {
        self.solved = run(&self.tasks, std::mem::take(&mut self.solved), self.desk);
    }

    fn of(&self, list: &[usize]) -> impl DoubleEndedIterator<Item = &Solved> {
        list.iter().filter_map(|&k| self.solved.get(k)?.as_deref())
    }

    /// The best plan, and the lowest bound.
    fn best(&self, list: &[usize]) -> Option<(&Plan, f64)> {
        let plans = || self.of(list).filter_map(|s| s.plan.as_ref());
        let best = plans().max_by(|a, b| a.score.total_cmp(&b.score))?;
        Some((best, plans().map(|p| p.upper_bound).fold(f64::INFINITY, f64::min)))
    }
}

/// Compares scenarios.
#[must_use]
pub fn compare(cases: &[Case], order: &Order, desk: &Desk) -> Compared {
    let mut session = Session {
        cases,
        desk,
        tasks: Vec::new(),
        solved: Vec::new(),
        score: vec![Vec::new(); cases.len()],
        people: vec![Vec::new(); cases.len()],
    };
    let good: Vec<usize> = (0..cases.len()).filter(|&k| cases[k].ground.is_ok()).collect();
    let grounds: Vec<(&Arc<Scenario>, &Arc<Table>)> =
        good.iter().filter_map(|&k| cases[k].ground.as_ref().ok()).map(|(s, t)| (s, t)).collect();
    let scenarios: Vec<&Scenario> = grounds.iter().map(|(s, _)| &***s).collect();
    first_tasks(&mut session, order, &good, &grounds);
    session.work();

    let choices: Vec<&[usize]> = good.iter().map(|&k| cases[k].choice.as_slice()).collect();
    let pairs: Vec<(usize, usize, Relation)> = pairs::steps(&choices, &scenarios, order.variants)
        .into_iter()
        .map(|(a, b)| {
            let ground = |k: usize| (&**grounds[k].0, &**grounds[k].1);
            let nested = pairs::nested(ground(a), ground(b));
            let same_people = session.people[good[a]].first() == session.people[good[b]].first();
            (good[a], good[b], Relation { nested, same_people })
        })
        .collect();
    let mut rows: Vec<Row> = (0..cases.len()).map(|k| row(&session, order, k)).collect();
    if order.decide {
        for _ in 0..ROUNDS {
            let statements = statements(&rows, &pairs, order);
            if !closer(&mut session, order, &statements) {
                break;
            }
            rows = (0..cases.len()).map(|k| row(&session, order, k)).collect();
        }
    }
    let sensitivity = order.sensitivity.map(|shares| sensitivity::tried(&mut session, order, &shares, &rows));
    let steps: Vec<Step> = pairs.iter().filter_map(|&(a, b, relation)| step(&rows[a], &rows[b], relation)).collect();
    let statements = statements(&rows, &pairs, order);
    let plans: Vec<Option<Plan>> =
        (0..cases.len()).map(|k| session.best(&session.score[k]).map(|(plan, _)| plan.clone())).collect();
    let comparison = Comparison {
        schema_version: SCHEMA_VERSION,
        name: order.name.clone(),
        title: order.title.clone(),
        start: scenarios.first().map(|s| s.horizon.start).unwrap_or_default(),
        weeks: scenarios.first().map_or(0, |s| s.horizon.weeks),
        service: scenarios.first().map_or_else(
            || ServiceName { id: String::new(), name: Text::new("", "") },
            |s| {
                let service = &s.services[order.service.index()];
                ServiceName { id: service.id.clone(), name: service.name.clone() }
            },
        ),
        labels: labels(&scenarios),
        currency: scenarios.iter().find_map(|s| Some(s.costs.as_ref()?.currency.clone())),
        cost_source: scenarios.iter().find_map(|s| s.costs.as_ref()?.source.clone()),
        dominated: dominated(&rows),
        pairwise: order.pairwise.as_ref().and_then(|pair| pairwise(cases, &plans, order, pair)),
        scenarios: rows,
        steps,
        statements,
        sensitivity,
    };
    let rounds = cases.iter().zip(&plans).map(|(case, plan)| {
        let (scenario, table) = case.ground.as_ref().ok()?;
        rounds_of(scenario, table, order.service, plan.as_ref()?)
    });
    let rounds = rounds.collect();
    Compared { comparison, plans, rounds }
}

/// A solve for the score of each case, and one for people, which begins with it.
fn first_tasks(session: &mut Session, order: &Order, good: &[usize], grounds: &[(&Arc<Scenario>, &Arc<Table>)]) {
    let scenarios: Vec<&Scenario> = grounds.iter().map(|(s, _)| &***s).collect();
    for (at, (&k, &(scenario, table))) in good.iter().zip(grounds).enumerate() {
        let like = pairs::likest(&scenarios, at).map(|other| session.score[good[other]][0]);
        let name = session.cases[k].id.clone();
        let (scenario, table) = (Arc::clone(scenario), Arc::clone(table));
        let task = Task { name, scenario, table, settings: order.settings, rough: false, like };
        session.score[k].push(session.tasks.len());
        session.ask(task);
    }
    let counted: Vec<Scenario> = scenarios.iter().map(|s| counting(s, order.service)).collect();
    let views: Vec<&Scenario> = counted.iter().collect();
    let mut known: Vec<(String, Arc<Table>, usize)> = Vec::new();
    for (at, (&k, &(_, table))) in good.iter().zip(grounds).enumerate() {
        if counted[at].vehicles.iter().all(|v| v.offers.iter().all(|o| o.service != order.service)) {
            continue;
        }
        // Of scenarios that count the same people with the same vehicles one solve is enough.
        let words = digest(&without_words(&counted[at]));
        if let Some((_, _, task)) = known.iter().find(|(d, t, _)| *d == words && Arc::ptr_eq(t, table)) {
            session.people[k].push(*task);
            continue;
        }
        known.push((words, Arc::clone(table), session.tasks.len()));
        let like = pairs::likest(&views, at).and_then(|other| session.people[good[other]].first().copied());
        let name = format!("{}, {}", session.cases[k].id, scenarios[at].services[order.service.index()].id);
        let (scenario, table) = (Arc::new(counted[at].clone()), Arc::clone(table));
        let task = Task { name, scenario, table, settings: order.settings, rough: false, like };
        session.people[k].push(session.tasks.len());
        session.ask(task);
    }
}

/// Solves more closely what would decide a statement; `false` where nothing would.
fn closer(session: &mut Session, order: &Order, statements: &[Statement]) -> bool {
    let before = session.tasks.len();
    for k in 0..session.cases.len() {
        for about in [About::Score, About::Additional] {
            let own = |s: &&Statement| s.about == about && s.lesser == session.cases[k].id;
            let wanted = statements.iter().filter(own).filter_map(|s| s.gap_to_decide);
            let gap = wanted.fold(f64::INFINITY, f64::min);
            let list = if about == About::Score { &session.score[k] } else { &session.people[k] };
            let Some(&last) = list.last() else { continue };
            let task = &session.tasks[last];
            if !gap.is_finite() || gap < CLOSEST || gap >= task.settings.gap {
                continue;
            }
            let task = Task { settings: Settings { gap, ..order.settings }, like: Some(last), ..task.clone() };
            let at = session.ask(task);
            let list = if about == About::Score { &mut session.score[k] } else { &mut session.people[k] };
            list.push(at);
        }
    }
    session.work();
    session.tasks.len() > before
}

fn row(session: &Session, order: &Order, k: usize) -> Row {
    let case = &session.cases[k];
    let mut row = Row::new(&case.id, case.name.clone(), case.choice.clone());
    let (scenario, table) = match &case.ground {
        Ok(ground) => ground,
        Err(problems) => return Row { problems: problems.clone(), ..row },
    };
    row.vehicles = kinds(scenario);
    let last = session.of(&session.score[k]).next_back();
    let Some((plan, bound)) = session.best(&session.score[k]) else {
        (row.status, row.problems) = without_plan(last);
        return row;
    };
    row.status = if last.is_some_and(Solved::finished) { Status::Solved } else { Status::Stopped };
    let rounds = rounds_of(scenario, table, order.service, plan);
    let figures = figures(scenario, table, plan, rounds.as_ref());
    let most = session.best(&session.people[k]);
    row.most_additional =
        most.map(|(people, bound)| Range { at_least: people.score.max(figures.additional).min(bound), at_most: bound });
    let coverage = plan.score_parts.coverage;
    row.score = Some(Range { at_least: plan.score, at_most: bound.max(plan.score) });
    row.coverage_score = Some(coverage);
    row.gap = Some((bound - plan.score).max(0.0) / coverage.max(1.0));
    row.stopped_by = last.and_then(|s| match &s.end {
        End::Plan(stopped) => Some(stopped.clone()),
        _ => None,
    });
    row.figures = Some(figures);
    row
}

fn without_plan(solved: Option<&Solved>) -> (Status, Vec<Text>) {
    let one = |fr: &str, en: &str| vec![Text::new(fr, en)];
    match solved.map(|s| &s.end) {
        Some(End::Infeasible) => (
            Status::Infeasible,
            one(
                "c'est prouvé : aucun plan ne respecte à la fois les règles et ce qui est exigé",
                "proved: no plan keeps both the rules and what is demanded",
            ),
        ),
        Some(End::NoPlan) => (Status::NoPlan, one("pas de plan avant la limite", "no plan before the limit")),
        Some(End::Unsound(codes)) => {
            let codes = codes.join(", ");
            (
                Status::Failed,
                one(
                    &format!("erreur interne, à signaler : le plan calculé enfreint des règles ({codes})"),
                    &format!("internal error, please report it: the plan found breaks rules ({codes})"),
                ),
            )
        }
        Some(End::Failed(what)) => (
            Status::Failed,
            one(&format!("erreur interne, à signaler : {what}"), &format!("internal error, please report it: {what}")),
        ),
        Some(End::Plan(_)) | None => {
            (Status::Stopped, one("arrêté avant qu'il y ait un plan", "stopped before there was a plan"))
        }
    }
}

/// What may be said of pairs that are a step apart, and of those where less money may buy more.
fn statements(rows: &[Row], pairs: &[(usize, usize, Relation)], order: &Order) -> Vec<Statement> {
    let whom = &order.people;
    let mut out = Vec::new();
    for about in [About::Score, About::Additional] {
        for &(a, b, relation) in pairs {
            // Where more vehicles do not decide it, the one whose plan is better is the one to be reached.
            let known = |k: usize| claims::known(&rows[k], about).map_or(f64::NEG_INFINITY, |r| r.at_least);
            let (lesser, greater) = if relation.nested || known(a) <= known(b) { (a, b) } else { (b, a) };
            out.extend(statement(&rows[lesser], &rows[greater], relation, about, whom));
        }
    }
    out
}

fn rounds_of(scenario: &Scenario, table: &Table, service: ServiceId, plan: &Plan) -> Option<ServiceRounds> {
    let demand = Demand::new(scenario, table);
    rounds(scenario, table, &demand, plan).into_iter().find(|r| r.service == service)
}

fn labels(scenarios: &[&Scenario]) -> Vec<Text> {
    let mut out: Vec<Text> = Vec::new();
    for label in scenarios.iter().flat_map(|s| &s.labels) {
        if !out.contains(label) {
            out.push(label.clone());
        }
    }
    out
}

/// Two scenarios territory by territory.
fn pairwise(cases: &[Case], plans: &[Option<Plan>], order: &Order, (a, b): &(String, String)) -> Option<Pairwise> {
    let of = |id: &String| {
        let k = cases.iter().position(|c| c.id == *id)?;
        let (scenario, table) = cases[k].ground.as_ref().ok()?;
        Some((scenario, rounds_of(scenario, table, order.service, plans[k].as_ref()?)?))
    };
    let ((scenario, first), (_, second)) = (of(a)?, of(b)?);
    let territories = first.territories.iter().zip(&second.territories);
    let concerned = territories.filter(|(x, y)| x.due > 0 || x.invited > 0 || y.invited > 0);
    let line = |(x, y): (&crate::report::TerritoryRounds, &crate::report::TerritoryRounds)| {
        let place = &scenario.territories[x.territory.index()];
        let part =
            |t: &crate::report::TerritoryRounds| if t.fair_share > 0.0 { t.received / t.fair_share } else { 0.0 };
        TerritoryPair {
            territory: place.code.clone(),
            name: place.name.clone(),
            class: place.class.clone(),
            due: x.due,
            visits: [x.visits, y.visits],
            additional: [x.additional, y.additional],
            received: [part(x), part(y)],
        }
    };
    Some(Pairwise { a: a.clone(), b: b.clone(), territories: concerned.map(line).collect() })
}
