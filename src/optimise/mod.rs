//! Chooses the tours, and proves how far they are from the best possible ones.
//!
//! The fleet falls into components that share no row of the master (a truck and the vans, say).
//! Each is solved by branch and price: [`node`] generates columns and proves a bound at every
//! round, [`component`] keeps the tree and the incumbent. [`solve`] works on the component whose
//! gap is widest for the effort spent, until the gap of the whole is small enough.

mod ask;
mod assemble;
pub mod changes;
pub mod component;
mod conflict;
mod crew;
mod crude;
pub mod deal;
pub mod duty;
mod feasible;
pub mod invite;
mod left_out;
pub mod lp;
pub mod master;
mod nights;
pub mod node;
pub mod orienteering;
pub mod package;
pub mod problem;
pub mod promised;
mod rotation;
pub mod search;
mod shadow;
pub mod shapes;
mod unkept;
mod warm;

use crate::demand::Demand;
use crate::domain::Scenario;
use crate::plan::PROVED_GAP;
use crate::travel::Table;
pub use ask::{Ask, Must, part_of};
pub use assemble::{PlannedVisit, assemble};
use component::{Component, GaveUp, Placed, Standing, Watch};
pub use conflict::{Cause, Conflict, conflict};
pub use crude::crude_bound;
pub use feasible::{Feasible, feasible};
pub use left_out::LeftOut;
use left_out::left_out;
use problem::Problem;
pub use shadow::ShadowPrice;
use shadow::shadow_prices;
use std::cell::RefCell;
use std::time::{Duration, Instant};
pub use unkept::{FleetRange, Unanswered, Unkept, unkept};
pub use warm::{Columns, Warm};

/// What the caller wants.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Relative gap at which to stop.
    pub gap: f64,
    /// Longest time to work.
    pub time_limit: Option<Duration>,
    /// Most nodes of the search trees: a limit that gives the same plan on every machine.
    pub nodes: Option<u64>,
    /// Seed of the random choices of the search.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { gap: 0.001, time_limit: None, nodes: None, seed: 0 }
    }
}

/// Where the work stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Score of the best plan; `-∞` without one.
    pub incumbent: f64,
    /// Coverage score of the best plan; 0 without one.
    pub coverage: f64,
    /// No plan scores more.
    pub bound: f64,
    /// Columns in all masters.
    pub columns: usize,
    /// Rounds of pricing.
    pub rounds: u64,
    /// Nodes of all trees.
    pub nodes: u64,
    /// Effort of pricing, as [`node::Work`] counts it: the same on every machine.
    pub effort: u64,
}

impl Progress {
    /// `(bound − score) / max(coverage score, 1)`, as `plan.json` states it; `None` before there is
    /// a plan and a bound.
    #[must_use]
    pub fn gap(&self) -> Option<f64> {
        let known = self.incumbent.is_finite() && self.bound.is_finite();
        known.then(|| (self.bound - self.incumbent).max(0.0) / self.coverage.max(1.0))
    }
}

/// Why the work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The gap is reached, or the plan is proved best.
    Gap,
    /// Nothing is left to search, and the gap is not reached: too many tours to know them all.
    Tours,
    /// The same: tours were not dealt to days in all ways.
    Days,
    /// The same: whole invitations of some visits are not proved best.
    Invitations,
    /// The caller's question is decided: [`Ask::enough`].
    Decided,
    /// The limit on nodes.
    Work,
    /// The time limit.
    Time,
    /// The caller's stop signal.
    Interrupted,
}

impl Stopped {
    /// Its name in `plan.json`: one of [`crate::plan::STOPPED_BY`].
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Tours => "tours",
            Self::Days => "days",
            Self::Invitations => "invitations",
            Self::Decided => "decided",
            Self::Work => "work",
            Self::Time => "time",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A chosen tour with what its visits invite.
#[derive(Debug, Clone)]
pub struct ChosenTour {
    /// The tour on its day.
    pub placed: Placed,
    /// Per stop, per service of the duty: invitations by commune.
    pub invitations: Vec<Vec<Vec<(crate::domain::CommuneId, u32)>>>,
}

/// Figures on the work, for reports.
#[derive(Debug, Clone, Copy, Default)]
pub struct Statistics {
    /// Bound of all roots.
    pub root_bound: f64,
    /// Score of the first plans of the restricted masters.
    pub first_score: f64,
    /// Columns of all masters.
    pub columns: u64,
    /// Rounds of pricing.
    pub rounds: u64,
    /// Nodes.
    pub nodes: u64,
    /// Seconds in the linear programs.
    pub lp_seconds: f64,
    /// Seconds in pricing.
    pub pricing_seconds: f64,
}

/// The answer.
#[derive(Debug)]
pub enum Outcome {
    /// A plan.
    Plan(Solution),
    /// No plan keeps all locks: proved.
    Infeasible,
    /// Stopped before there was any plan.
    NoPlan(Stopped),
}

/// A plan with its proof.
#[derive(Debug)]
pub struct Solution {
    /// Score on whole invitations.
    pub score: f64,
    /// No plan scores more.
    pub upper_bound: f64,
    /// Tours, by day, then duty.
    pub tours: Vec<ChosenTour>,
    /// Why the work ended.
    pub stopped: Stopped,
    /// No whole invitations of its visits are worth more than its own and this.
    pub invitations_short: f64,
    /// Figures on the work.
    pub statistics: Statistics,
    /// Sites without a visit, the best first.
    pub left_out: Vec<LeftOut>,
    /// What a little more of each vehicle would be worth; empty unless asked for.
    pub shadow_prices: Vec<ShadowPrice>,
    /// What it leaves for another solve, where that is asked for.
    pub columns: Option<Box<Columns>>,
}

/// Of the time limit, the root has this part at most: the rest is for a plan from what it has found.
const ROOT_PART: f64 = 0.7;

/// Solves a scenario. `stop` is asked now and then; `progress` is told what changed.
///
/// # Errors
/// When the solver fails, or a bound falls below a score (an internal error).
pub fn solve(
    scenario: &Scenario,
    travel: &Table,
    demand: &Demand,
    settings: Settings,
    stop: &(dyn Fn() -> bool + Sync),
    progress: &mut dyn FnMut(Progress),
) -> Result<(Outcome, Vec<duty::Duty>), lp::LpError> {
    solve_for(scenario, travel, demand, settings, Ask::default(), stop, progress)
}

/// The same, with a visit that must be in the plan, or for a part of the fleet.
///
/// # Errors
/// As [`solve`].
pub fn solve_for(
    scenario: &Scenario,
    travel: &Table,
    demand: &Demand,
    settings: Settings,
    ask: Ask,
    stop: &(dyn Fn() -> bool + Sync),
    progress: &mut dyn FnMut(Progress),
) -> Result<(Outcome, Vec<duty::Duty>), lp::LpError> {
    let begin = Instant::now();
    let left = demand.without_fixed(scenario);
    let (free, fixed) = left.as_ref().map_or((demand, 0.0), |(demand, worth)| (demand, *worth));
    let problem = Problem { fixed, ..Problem::new(scenario, travel, free) };
    if problem.duties.impossible || problem.hopeless() {
        return Ok((Outcome::Infeasible, problem.duties.list));
    }
    let spent = move |part: f64| settings.time_limit.is_some_and(|limit| begin.elapsed() >= limit.mul_f64(part));
    let enough = || stop() || spent(1.0);
    let plan_now = || stop() || spent(ROOT_PART);
    let mut components: Vec<Component> = groups(&problem)
        .into_iter()
        .filter(|duties| ask.wants(&problem, duties))
        .map(|duties| Component::new(&problem, duties, settings.gap, settings.seed))
        .collect();
    if !ask.put_to(&problem, &mut components) {
        return Ok((Outcome::Infeasible, problem.duties.list));
    }
    for component in &mut components {
        component.over = &enough;
        component.deadline = settings.time_limit.map(|limit| begin + limit);
        component.begin_with_locks()?;
        if let Some(warm) = ask.warm {
            warm.put_to(&problem, component)?;
        }
    }
    let left = || settings.time_limit.map_or(f64::INFINITY, |l| l.saturating_sub(begin.elapsed()).as_secs_f64());
    let progress = RefCell::new(progress);
    let mut stopped = Stopped::Gap;
    loop {
        let now: Vec<Standing> = components.iter().map(Component::standing).collect();
        let all = together(&problem, &now);
        (progress.borrow_mut())(all);
        if components.iter().any(|c| c.infeasible) {
            return Ok((Outcome::Infeasible, problem.duties.list));
        }
        // Of the score, which is a little less than the coverage; what promises cost is no part of that.
        let unit = if problem.promised.is_empty() { all.incumbent } else { all.coverage };
        let target = settings.gap * unit.max(1.0);
        let all_planned = components.iter().all(|c| c.best.is_some());
        if all_planned && all.bound - all.incumbent <= target {
            break;
        }
        if all_planned && ask.decided(all) {
            stopped = Stopped::Decided;
            break;
        }
        if let Some(rough) = worth_polishing(&mut components, all.bound - problem.base() - target) {
            rough.polish()?;
            continue;
        }
        // The widest gap for the work it takes; a component without a plan first.
        let width = |k: &usize| (now[*k].bound - now[*k].score) / (1.0 + as_f64(now[*k].work.effort));
        let widest =
            (0..components.len()).filter(|&k| !components[k].done()).max_by(|a, b| width(a).total_cmp(&width(b)));
        // Once the time is up, those that have nothing but their locks yet get a first plan.
        let unbegun = (0..components.len()).find(|&k| !components[k].begun() && enough());
        let Some(widest) = unbegun.or(widest) else {
            // The time may have been up for a root that could not be finished.
            stopped = match (stop(), enough()) {
                (true, _) => Stopped::Interrupted,
                (_, true) => Stopped::Time,
                // Nothing but rounding is left.
                _ if all.bound - all.incumbent <= target.max(PROVED_GAP * all.coverage.max(1.0)) => Stopped::Gap,
                _ => gave_up(&components),
            };
            break;
        };
        // Locked visits always have a plan soon, or a proof that there is none; hard promises need not.
        if (all_planned || scenario.promises_hard()) && (stop() || enough() && unbegun.is_none()) {
            stopped = if stop() { Stopped::Interrupted } else { Stopped::Time };
            break;
        }
        if all_planned && settings.nodes.is_some_and(|most| all.nodes >= most) {
            stopped = Stopped::Work;
            break;
        }
        let tell = |one: Standing| {
            let mut now = now.clone();
            now[widest] = one;
            (progress.borrow_mut())(together(&problem, &now));
        };
        components[widest].step(&Watch { stop: &enough, plan_now: &plan_now, left: &left, tell: &tell })?;
    }
    if components.iter().any(|c| c.best.is_none()) {
        return Ok((Outcome::NoPlan(stopped), problem.duties.list));
    }
    if ask.enough.is_none() && !ask.rough {
        for component in &mut components {
            component.polish()?;
        }
    }
    let mut solution = conclude(&problem, &components, stopped, ask.prices);
    if ask.columns {
        solution.columns = Some(Box::new(Columns::of(&components)));
    }
    drop(components);
    Ok((Outcome::Plan(solution), problem.duties.list))
}

/// Why nothing is left to search though the gap is not reached.
fn gave_up(components: &[Component]) -> Stopped {
    let loosest = |a: &&Component, b: &&Component| {
        let room = |c: &Component| c.upper_bound() - c.score();
        room(a).total_cmp(&room(b))
    };
    match components.iter().filter(|c| c.gave_up().is_some()).max_by(loosest).and_then(Component::gave_up) {
        Some(GaveUp::Tours) => Stopped::Tours,
        Some(GaveUp::Days) => Stopped::Days,
        // Or each keeps its own part of the gap.
        Some(GaveUp::Invitations) | None => Stopped::Invitations,
    }
}

/// The component whose plan gains most by its last touches, once all together could reach a score
/// by them.
fn worth_polishing<'c, 'a>(components: &'c mut [Component<'a>], score: f64) -> Option<&'c mut Component<'a>> {
    let most: f64 = components.iter().map(|c| c.best.as_ref().map_or(f64::NEG_INFINITY, |b| b.most)).sum();
    if most < score {
        return None;
    }
    let gain = |c: &Component| c.best.as_ref().map_or(0.0, |b| b.most - b.score);
    let rough = components.iter_mut().filter(|c| c.best.as_ref().is_some_and(|b| !b.polished));
    rough.max_by(|a, b| gain(a).total_cmp(&gain(b)))
}

#[allow(clippy::cast_precision_loss)]
fn as_f64(n: u64) -> f64 {
    n as f64
}

/// All components together, and what is in every plan: they count what is beyond that.
fn together(problem: &Problem, components: &[Standing]) -> Progress {
    let base = problem.base();
    let mut out = Progress { incumbent: base, bound: base, coverage: problem.fixed, ..Progress::default() };
    for c in components {
        out.incumbent += c.score;
        out.coverage += c.coverage;
        out.bound += c.bound;
        out.columns += c.work.columns;
        out.rounds += c.work.rounds;
        out.nodes += c.work.nodes;
        out.effort += c.work.effort;
    }
    out
}

/// Duties that share a vehicle, a kind of vehicle, a service, a promise, scarce crew or the changes to what was published
/// belong together.
fn groups(problem: &Problem) -> Vec<Vec<usize>> {
    let duties = &problem.duties.list;
    if problem.changes.any {
        // All changes count together.
        return if duties.is_empty() { Vec::new() } else { vec![(0..duties.len()).collect()] };
    }
    let mut group: Vec<usize> = (0..duties.len()).collect();
    loop {
        let mut changed = false;
        for a in 0..duties.len() {
            for b in 0..a {
                let crew = |c: &crate::domain::CrewId| duties[b].crew.may_bind(*c);
                let together = duties[a].kind == duties[b].kind
                    || duties[a].crew.always.iter().chain(&duties[a].crew.at_sites).any(crew)
                    || problem.frames[a].iter().any(|f| problem.frames[b].iter().any(|g| f.promised == g.promised))
                    || duties[a].services.iter().any(|s| duties[b].services.contains(s));
                if together && group[a] != group[b] {
                    let low = group[a].min(group[b]);
                    (group[a], group[b]) = (low, low);
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    let mut out: Vec<Vec<usize>> = Vec::new();
    for g in 0..duties.len() {
        let members: Vec<usize> = (0..duties.len()).filter(|&d| group[d] == g).collect();
        if !members.is_empty() {
            out.push(members);
        }
    }
    out
}

fn conclude(problem: &Problem, components: &[Component], stopped: Stopped, prices: bool) -> Solution {
    let standings: Vec<Standing> = components.iter().map(Component::standing).collect();
    let now = together(problem, &standings);
    // Stopped before a first round there is no other.
    let crude = problem.fixed + crude_bound(problem.scenario, problem.demand);
    let mut statistics =
        Statistics { columns: now.columns as u64, rounds: now.rounds, nodes: now.nodes, ..Statistics::default() };
    let mut tours = Vec::new();
    for c in components {
        statistics.root_bound += c.root_bound.unwrap_or_else(|| c.upper_bound());
        statistics.first_score += c.first_score.unwrap_or_else(|| c.score());
        statistics.lp_seconds += c.generator.work.lp_seconds;
        statistics.pricing_seconds += c.generator.work.pricing_seconds;
        let Some(best) = &c.best else { continue };
        let mut slot = 0;
        for placed in &best.tours {
            let services = problem.duties.list[placed.duty].services.len();
            let invitations = placed
                .tour
                .stops
                .iter()
                .map(|_| {
                    (0..services)
                        .map(|_| {
                            slot += 1;
                            best.invitations.people[slot - 1]
                                .iter()
                                .map(|&(commune, people)| {
                                    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                                    (commune, people as u32)
                                })
                                .collect()
                        })
                        .collect()
                })
                .collect();
            tours.push(ChosenTour { placed: placed.clone(), invitations });
        }
    }
    statistics.root_bound = (statistics.root_bound + problem.base()).min(crude);
    statistics.first_score += problem.base();
    tours.sort_by_key(|t| (t.placed.day, t.placed.duty));
    Solution {
        score: now.incumbent,
        upper_bound: now.bound.min(crude),
        invitations_short: components.iter().filter_map(|c| c.best.as_ref()).map(|b| b.invitations.short).sum(),
        columns: None,
        left_out: left_out(problem, components, &tours, prices),
        shadow_prices: if prices { shadow_prices(problem, components) } else { Vec::new() },
        tours,
        stopped,
        statistics,
    }
}
