//! `tournee replan`: from a published plan to one that goes on after something changed, with few changes.

use super::args::ReplanArgs;
use super::failure::violation_json;
use super::progress::Bar;
use super::{
    Context, ExitStatus, Failure, Format, check as verdicts, files, ground, infeasible, names, output, replan_text,
    source, stop,
};
use crate::check;
use crate::config::{LoadOptions, Loaded, TravelSource};
use crate::demand::Demand;
use crate::domain::Scenario;
use crate::i18n::Text;
use crate::optimise::{Ask, Feasible, Outcome, Settings, Stopped, assemble, feasible, solve_for};
use crate::plan::{Closed, Plan, Revision, Unavailable};
use crate::publish::tables;
use crate::replan::{Asked, ReplanError, revise, revision, settle};
use crate::report::rounds;
use crate::travel::Table;
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Seconds to work, where neither a time nor a work limit is given.
const TIME_LIMIT: f64 = 60.0;
/// Numbers of changes that the curve tries, before as many as one likes.
const CURVE: [u32; 12] = [0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30];

/// A point of the curve: the best plan with so many changes.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Point {
    /// Most changes; absent for as many as one likes.
    pub max_changes: Option<u32>,
    /// Changes made; absent where there is no plan, or none was found.
    pub changes: Option<u32>,
    /// Score.
    pub score: Option<f64>,
    /// No plan with so many changes scores more.
    pub upper_bound: Option<f64>,
    /// Whether it is proved that there is no plan.
    pub impossible: bool,
}

/// What the command answers in JSON.
#[derive(Serialize)]
struct Answer<'a> {
    plan: &'a Plan,
    /// What of the published visits goes against today's tables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curve: Option<&'a [Point]>,
}

pub(super) fn run(context: Context, args: &ReplanArgs) -> Result<ExitStatus, Failure> {
    if let Some(folder) = &args.out {
        files::prepare(folder)?;
    }
    let published = verdicts::read(&args.plan)?;
    let options = LoadOptions { within: true, ..verdicts::options(&published, &args.input) };
    let threads = args.effort.work.threads;
    let ground::Ground { mut loaded, table, pool } =
        ground::ready(context, &args.scenario, &options, &args.input.source, threads)?;
    ground::fits(&loaded, &published)?;
    files::apart(args.out.as_deref(), files::OF_PLAN, &loaded.files)?;
    same_scenario(&loaded.scenario, &published)?;
    let scenario = &loaded.scenario;
    let vehicle = |one: &Unavailable| {
        let vehicle = scenario.vehicles[names::vehicle(scenario, &one.vehicle)?.index()].id.clone();
        Ok(Unavailable { vehicle, ..one.clone() })
    };
    let site = |one: &Closed| {
        let site = scenario.sites[names::site(scenario, &one.site)?.index()].id.clone();
        Ok(Closed { site, ..one.clone() })
    };
    let asked = Asked {
        now: args.input.now.map(|now| now.at),
        unavailable: args.unavailable.iter().map(vehicle).collect::<Result<_, Failure>>()?,
        closed: args.close.iter().map(site).collect::<Result<_, Failure>>()?,
        available: args.available.iter().map(vehicle).collect::<Result<_, Failure>>()?,
        reopened: args.reopen.iter().map(site).collect::<Result<_, Failure>>()?,
        max_changes: args.max_changes,
        made: loaded.made.clone(),
        booked: published.revision.as_ref().map_or_else(Vec::new, |revision| revision.booked.clone()),
    };
    let revision = revision(&loaded.scenario, &published, &asked).map_err(|e| wrong(&e))?;
    revise(&mut loaded.scenario, &revision).map_err(|e| wrong(&e))?;
    let settings = args.effort.settings(TIME_LIMIT);
    if args.geometry && matches!(loaded.travel, TravelSource::Matrix(_)) {
        return Err(source::no_paths());
    }
    let (mut plan, rounds, curve, stopped, notes) = pool.install(|| -> Result<_, Failure> {
        let bar = Bar::new(context.lang);
        stop::listen(bar.acknowledge());
        let demand = Demand::new(&loaded.scenario, &table);
        let made = solved(&loaded.scenario, (&table, &demand), &revision, settings, &bar)?;
        let (mut plan, stopped) = match made {
            Made::Plan(plan, stopped) => (*plan, stopped),
            Made::Infeasible => return Err(impossible(&loaded, &table, settings)),
            Made::NoPlan(stopped) => {
                let interrupted = stopped == Stopped::Interrupted || stop::asked();
                return Err(Failure::no_plan(interrupted, loaded.scenario.promises_hard()));
            }
        };
        let report = check::check(&loaded.scenario, &table, &plan);
        if !report.is_good() {
            return Err(Failure::unsound(report.violations));
        }
        let curve = args.curve.then(|| curve(&loaded.scenario, (&table, &demand), &revision, settings, &bar));
        let curve = curve.transpose()?;
        better(&mut plan, curve.as_deref());
        let rounds = rounds(&loaded.scenario, &table, &demand, &plan);
        Ok((plan, rounds, curve, stopped, report.notes))
    })?;
    let drawn = !args.geometry || source::with_paths(context, &loaded, &args.input.source, &mut plan);
    let scenario = &loaded.scenario;
    let more = vec![
        ("changes.csv", tables::changes(scenario, &plan, context.lang)),
        ("changes.json", output::json_bytes(&plan.revision)?),
    ];
    let written = args
        .out
        .as_ref()
        .map(|folder| files::write_with(context, scenario, (&plan, &rounds), more, folder))
        .transpose()?;
    match context.format {
        Format::Json => {
            let notes = notes.iter().map(|note| violation_json(note, context.lang)).collect();
            output::json(&Answer { plan: &plan, notes, curve: curve.as_deref() })?;
        }
        Format::Csv => output::data(&tables::changes(scenario, &plan, context.lang))?,
        Format::Human => {
            let said = (&notes[..], written.as_deref());
            let text = replan_text::human(scenario, &plan, curve.as_deref(), said, context.lang);
            output::text(&text)?;
        }
    }
    Ok(match stopped {
        Stopped::Interrupted => ExitStatus::Interrupted,
        _ if !drawn => ExitStatus::Travel,
        _ => ExitStatus::Done,
    })
}

/// A bound for more changes holds for fewer.
fn better(plan: &mut Plan, curve: Option<&[Point]>) {
    let most = plan.revision.as_ref().and_then(|r| r.max_changes);
    let holds = |point: &&Point| match (point.max_changes, most) {
        (None, _) => true,
        (Some(point), Some(most)) => point >= most,
        (Some(_), None) => false,
    };
    let least = curve.into_iter().flatten().filter(holds).filter_map(|p| p.upper_bound).fold(f64::INFINITY, f64::min);
    if least < plan.upper_bound {
        plan.conclude(Some(least));
    }
}

/// The published plan was made for this scenario.
fn same_scenario(scenario: &Scenario, published: &Plan) -> Result<(), Failure> {
    if published.scenario.name == scenario.name {
        return Ok(());
    }
    let (theirs, ours) = (&published.scenario.name, &scenario.name);
    Err(Failure::usage(
        format!("ce plan a été fait pour le scénario « {theirs} », non pour « {ours} »"),
        format!("this plan was made for the scenario \"{theirs}\", not for \"{ours}\""),
    ))
}

/// What is asked, or published, does not go with the scenario.
pub(super) fn wrong(error: &ReplanError) -> Failure {
    match error {
        ReplanError::Vehicle(id) => Failure::usage(
            format!("aucun véhicule « {id} » dans le scénario"),
            format!("there is no vehicle \"{id}\" in the scenario"),
        ),
        ReplanError::Site(id) => Failure::usage(
            format!("aucun emplacement « {id} » dans le scénario"),
            format!("there is no site \"{id}\" in the scenario"),
        ),
        ReplanError::Unknown(id) => Failure::usage(
            format!("« {id} », dans le plan publié, n'est pas dans le scénario"),
            format!("\"{id}\", in the published plan, is not in the scenario"),
        ),
        ReplanError::Made(id) => Failure::usage(
            format!(
                "la visite « {id} », déjà faite selon --past, n'était pas publiée ainsi (identité, date, véhicule, emplacement)"
            ),
            format!(
                "the visit \"{id}\", made already according to --past, was not published like that (identity, date, vehicle, site)"
            ),
        ),
        ReplanError::Sessions(id) => Failure::usage(
            format!(
                "dans le plan publié, les séances de la visite « {id} » ne sont pas le jour de la visite, l'une après l'autre ; le plan a été modifié à la main : reprenez le fichier publié"
            ),
            format!(
                "in the published plan, the sessions of the visit \"{id}\" are not on the day of the visit, one after the other; the plan was edited by hand: take the file that was published"
            ),
        ),
        ReplanError::Over(last) => Failure::usage(
            format!(
                "--now : les semaines du plan finissent le {last}, rien n'est à refaire ; « tournee plan » prépare les suivantes"
            ),
            format!(
                "--now: the weeks of the plan end on {last}, nothing is left to make anew; \"tournee plan\" plans the next ones"
            ),
        ),
        ReplanError::NotOut(id, from, to) => Failure::usage(
            format!(
                "« {id} » : aucun replan antérieur ne l'a retiré du {from} au {to} ; ce que disent les tableaux se change dans les tableaux"
            ),
            format!(
                "\"{id}\": no earlier replan has taken it out from {from} to {to}; what the tables say is changed in the tables"
            ),
        ),
        ReplanError::Date(date) => Failure::usage(
            format!("le {date} n'est pas dans les semaines du plan"),
            format!("{date} is not in the weeks of the plan"),
        ),
    }
}

/// What a solve ended in.
enum Made {
    Plan(Box<Plan>, Stopped),
    Infeasible,
    NoPlan(Stopped),
}

fn solved(
    scenario: &Scenario,
    (table, demand): (&Table, &Demand),
    revision: &Revision,
    settings: Settings,
    bar: &Bar,
) -> Result<Made, Failure> {
    let ask = Ask { prices: true, ..Ask::default() };
    let outcome = solve_for(scenario, table, demand, settings, ask, &stop::asked, &mut |now| bar.update(now));
    let (outcome, duties) = outcome.map_err(Failure::internal)?;
    let solution = match outcome {
        Outcome::Plan(solution) => solution,
        Outcome::Infeasible => return Ok(Made::Infeasible),
        Outcome::NoPlan(stopped) => return Ok(Made::NoPlan(stopped)),
    };
    let mut plan = assemble(scenario, table, demand, &solution.visits(&duties), None);
    solution.note(scenario, &mut plan);
    settle(scenario, &mut plan, &BTreeSet::new(), revision.clone(), solution.upper_bound);
    Ok(Made::Plan(Box::new(plan), solution.stopped))
}

/// The best plans with few changes, and with many: until one more does not help.
fn curve(
    scenario: &Scenario,
    problem: (&Table, &Demand),
    revision: &Revision,
    settings: Settings,
    bar: &Bar,
) -> Result<Vec<Point>, Failure> {
    let point = |most: Option<u32>| -> Result<Point, Failure> {
        let (mut scenario, mut revision) = (scenario.clone(), revision.clone());
        revision.max_changes = most;
        if let Some(published) = &mut scenario.published {
            published.max_changes = most;
        }
        let none = Point { max_changes: most, changes: None, score: None, upper_bound: None, impossible: false };
        Ok(match solved(&scenario, problem, &revision, settings, bar)? {
            Made::Plan(plan, _) => Point {
                changes: Some(plan.score_parts.changes_made),
                score: Some(plan.score),
                upper_bound: Some(plan.upper_bound),
                ..none
            },
            Made::Infeasible => Point { impossible: true, ..none },
            Made::NoPlan(_) => none,
        })
    };
    let last = point(None)?;
    let mut out = Vec::new();
    for most in CURVE {
        if stop::asked() || last.changes.is_some_and(|changes| most >= changes) {
            break;
        }
        out.push(point(Some(most))?);
    }
    out.push(last);
    Ok(out)
}

/// No plan keeps what is past and locked within the budget: how many changes it would take, or else as for any plan.
fn impossible(loaded: &Loaded, table: &Table, settings: Settings) -> Failure {
    let begin = Instant::now();
    let spent = || stop::asked() || settings.time_limit.is_some_and(|limit| begin.elapsed() >= limit);
    let mut scenario = loaded.scenario.clone();
    let Some(most) = scenario.published.as_ref().and_then(|p| p.max_changes) else {
        return infeasible::failure(loaded, table, settings.time_limit);
    };
    let mut test = |most: Option<u32>| {
        if let Some(published) = &mut scenario.published {
            published.max_changes = most;
        }
        feasible(&scenario, table, &spent)
    };
    match test(None) {
        Ok(Feasible::Yes) => {}
        Ok(_) => {
            let left =
                settings.time_limit.map(|limit| limit.saturating_sub(begin.elapsed()).max(Duration::from_secs(1)));
            return infeasible::failure(loaded, table, left);
        }
        Err(error) => return Failure::internal(error),
    }
    let (mut least, mut known) = (most + 1, true);
    let enough = loop {
        match test(Some(least)) {
            Ok(Feasible::Yes) => break true,
            Ok(Feasible::No) => least += 1,
            Ok(Feasible::Unknown) if spent() => break false,
            Ok(Feasible::Unknown) => {
                known = false;
                least += 1;
            }
            Err(error) => return Failure::internal(error),
        }
    };
    let (fr, en) = match (enough, known) {
        (true, true) if least == 1 => ("un seul suffit".to_owned(), "one is enough".to_owned()),
        (true, true) => (format!("{least} suffisent"), format!("{least} are enough")),
        _ => (format!("il en faut au moins {least}"), format!("{least} are needed at least")),
    };
    Failure::infeasible(
        crate::config::Problems::new(),
        Text::new(
            format!("c'est prouvé : avec {most} changements au plus il n'y a pas de plan ; {fr} (--max-changes)"),
            format!("proved: with {most} changes at most there is no plan; {en} (--max-changes)"),
        ),
    )
}
