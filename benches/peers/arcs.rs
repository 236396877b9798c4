//! A compact arc model of a small scenario, straight in the integer solver: how soon is it proved?
//!
//! The week of one van and a few sites around its base. A binary variable says for each day and each two places whether the
//! van drives from one to the other; whole numbers say on which quarter of an hour sessions begin and end; times are
//! chained by big coefficients; whom to invite is continuous, as in our bound. All sites lie so near one another that the
//! break has room in every tour, which [`small`] makes sure of: the model needs no row for it.
//!
//! Both proofs are of the same number, so each checks the other: neither plan may score more than the other's bound.

use super::engine::Ground;
use super::measure::{Spent, Watch};
use highs::{Col, HighsModelStatus, RowProblem, Sense};
use std::collections::BTreeMap;
use std::time::Duration;
use tournee::check::check;
use tournee::demand::Demand;
use tournee::domain::{CommuneId, Scenario, SiteId, TerritoryId};
use tournee::optimise::duty::Duty;
use tournee::optimise::problem::Problem;
use tournee::optimise::{Outcome, Settings, assemble, solve};
use tournee::travel::{RoadGraph, Table};

/// The van, which has one service on weekdays.
const VAN: &str = "van-diagnostic";
/// Relative gap at which either ends.
pub const GAP: f64 = 0.001;

/// What one of them proved.
pub struct Proved {
    pub score: f64,
    pub bound: f64,
    pub spent: Spent,
}

impl Proved {
    pub fn gap(&self) -> f64 {
        (self.bound - self.score).max(0.0) / self.score.abs().max(1.0)
    }
}

/// The scenario cut down to the van, its first `days` days, and the `sites` sites nearest to its base.
///
/// # Errors
/// Where the model's assumptions do not hold: see above.
pub fn small(scenario: &mut Scenario, roads: &RoadGraph, sites: usize, days: usize) -> Result<Table, String> {
    scenario.vehicles.retain(|v| v.id == VAN);
    let van = scenario.vehicles.first_mut().ok_or_else(|| format!("{VAN} is not there"))?;
    van.shifts.iter_mut().skip(days).for_each(|shift| *shift = None);
    scenario.past.clear();
    scenario.sites.retain(|site| site.vehicle_kinds.contains(&scenario.vehicles[0].kind));
    let table = roads.table(scenario).map_err(|e| e.to_string())?;
    let demand = Demand::new(scenario, &table);
    let near = {
        let problem = Problem::new(scenario, &table, &demand);
        let roads = &problem.duties.list.first().ok_or("the van has no day")?.roads;
        let mut order: Vec<usize> = (0..roads.sites.len()).collect();
        order.sort_by_key(|&j| (roads.out[j], roads.sites[j]));
        order.truncate(sites);
        order.into_iter().map(|j| roads.sites[j]).collect::<Vec<SiteId>>()
    };
    let mut k = 0;
    scenario.sites.retain(|_| {
        k += 1;
        near.contains(&SiteId::new(k - 1))
    });
    let table = roads.table(scenario).map_err(|e| e.to_string())?;
    let demand = Demand::new(scenario, &table);
    let problem = Problem::new(scenario, &table, &demand);
    let [duty] = &problem.duties.list[..] else { return Err("its days are not alike".into()) };
    let hours = &duty.hours;
    let closed = hours.windows.windows(2).map(|w| w[1].from.0 - w[0].to.0).min().unwrap_or(0);
    let around = (0..duty.roads.sites.len()).map(|j| duty.roads.set_up[j] + duty.roads.pack_down[j]).max().unwrap_or(0);
    let farthest = duty.roads.between.iter().filter(|d| **d < i32::MAX).max().copied().unwrap_or(0);
    let one = hours.offers.len() == 1 && hours.offers[0].0 == hours.grid && !duty.work_binds && duty.spacing == 1;
    if hours.windows.len() != 2 || farthest + around + hours.break_length > closed || !one {
        return Err(format!("{sites} sites: the model does not hold here"));
    }
    Ok(table)
}

/// Our proof, on one thread.
///
/// # Errors
/// When there is no plan, or it breaks a rule.
pub fn ours(ground: &Ground) -> Result<Proved, String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().map_err(|e| e.to_string())?;
    pool.install(|| {
        let watch = Watch::start();
        let settings = Settings { gap: GAP, ..Settings::default() };
        let (outcome, duties) = solve(ground.scenario, ground.travel, ground.demand, settings, &|| false, &mut |_| {})
            .map_err(|e| e.to_string())?;
        let spent = watch.spent();
        let Outcome::Plan(solution) = outcome else { return Err(format!("{outcome:?}")) };
        let visits = solution.visits(&duties);
        let plan = assemble(ground.scenario, ground.travel, ground.demand, &visits, Some(solution.upper_bound));
        let report = check(ground.scenario, ground.travel, &plan);
        if !report.is_good() {
            return Err(format!("{:?}", report.violations));
        }
        Ok(Proved { score: plan.score, bound: plan.upper_bound, spent })
    })
}

/// The variables of one day at one site.
struct At {
    visited: Col,
    /// Per half day: whether there is a session, and the grid steps of its begin and end.
    sessions: Vec<(Col, Col, Col)>,
    /// When it could open and when it closes last, seconds after midnight.
    ready: Col,
    leave: Col,
}

/// The model, while it is built.
struct Arcs<'a> {
    problem: &'a Problem<'a>,
    duty: &'a Duty,
    lp: RowProblem,
}

impl Arcs<'_> {
    fn binary(&mut self, cost: f64) -> Col {
        self.lp.add_integer_column(cost, 0.0..=1.0)
    }

    fn at_most(&mut self, entries: &[(Col, f64)], limit: f64) {
        self.lp.add_row(..=limit, entries.iter().copied());
    }

    fn site(&mut self) -> At {
        let end = f64::from(self.duty.shift.to.0);
        let visited = self.binary(0.0);
        let grid = f64::from(self.duty.hours.grid);
        let (min, max) = (f64::from(self.duty.hours.min_session) / grid, f64::from(self.duty.hours.max_session) / grid);
        let ready = self.lp.add_column(0.0, 0.0..=end);
        let leave = self.lp.add_column(0.0, 0.0..=end);
        let mut sessions = Vec::new();
        let windows: Vec<(f64, f64)> = self
            .duty
            .hours
            .windows
            .iter()
            .map(|w| ((f64::from(w.from.0) / grid).ceil(), (f64::from(w.to.0) / grid).floor()))
            .collect();
        for (from, to) in windows {
            let held = self.binary(0.0);
            let open = self.lp.add_integer_column(0.0, 0.0..=to);
            let close = self.lp.add_integer_column(0.0, 0.0..=to);
            self.at_most(&[(held, 1.0), (visited, -1.0)], 0.0);
            self.at_most(&[(held, from), (open, -1.0)], 0.0);
            self.at_most(&[(close, 1.0), (held, -to)], 0.0);
            self.at_most(&[(held, min), (close, -1.0), (open, 1.0)], 0.0);
            self.at_most(&[(close, 1.0), (open, -1.0), (held, -max)], 0.0);
            self.at_most(&[(open, 1.0), (held, -to)], 0.0);
            // Ready before it opens, gone after it closes.
            self.at_most(&[(ready, 1.0), (open, -grid), (held, end)], end);
            self.at_most(&[(close, grid), (leave, -1.0)], 0.0);
            sessions.push((held, open, close));
        }
        let mut some: Vec<(Col, f64)> = sessions.iter().map(|s| (s.0, -1.0)).collect();
        some.push((visited, 1.0));
        self.at_most(&some, 0.0);
        At { visited, sessions, ready, leave }
    }

    /// One day of the van.
    fn day(&mut self) -> Vec<At> {
        let (duty, n) = (self.duty, self.duty.roads.sites.len());
        let roads = &duty.roads;
        let at: Vec<At> = (0..n).map(|_| self.site()).collect();
        let (from, end) = (f64::from(duty.shift.from.0), f64::from(duty.shift.to.0));
        // `None` is the base.
        let drive = |a: Option<usize>, b: Option<usize>| match (a, b) {
            (None, Some(b)) => f64::from(roads.out[b]),
            (Some(a), None) => f64::from(roads.back[a]),
            (Some(a), Some(b)) => f64::from(roads.between[a * n + b]),
            (None, None) => 0.0,
        };
        let places: Vec<Option<usize>> = std::iter::once(None).chain((0..n).map(Some)).collect();
        let mut ways: BTreeMap<(Option<usize>, Option<usize>), Col> = BTreeMap::new();
        for &a in &places {
            for &b in places.iter().filter(|b| **b != a) {
                ways.insert((a, b), self.binary(-duty.drive_price * drive(a, b)));
            }
        }
        for &p in &places {
            let mut balance: Vec<(Col, f64)> = Vec::new();
            let mut entered: Vec<(Col, f64)> = Vec::new();
            for (&(a, b), &way) in &ways {
                if b == p {
                    balance.push((way, 1.0));
                    entered.push((way, 1.0));
                } else if a == p {
                    balance.push((way, -1.0));
                }
            }
            self.lp.add_row(0.0..=0.0, balance);
            match p {
                None => self.at_most(&entered, 1.0),
                Some(j) => {
                    entered.push((at[j].visited, -1.0));
                    self.lp.add_row(0.0..=0.0, entered);
                }
            }
        }
        let driving: Vec<(Col, f64)> = ways.iter().map(|(&(a, b), &way)| (way, drive(a, b))).collect();
        self.at_most(&driving, f64::from(duty.drive_limit));
        for (&(a, b), &way) in &ways {
            match (a, b) {
                (None, Some(b)) => {
                    let ready = from + f64::from(roads.out[b] + roads.set_up[b]);
                    self.at_most(&[(way, ready), (at[b].ready, -1.0)], 0.0);
                }
                (Some(a), Some(b)) => {
                    let takes = f64::from(roads.pack_down[a] + roads.between[a * n + b] + roads.set_up[b]);
                    self.at_most(&[(at[a].leave, 1.0), (at[b].ready, -1.0), (way, end + takes)], end);
                }
                (Some(a), None) => {
                    let takes = f64::from(roads.pack_down[a] + roads.back[a]);
                    self.at_most(&[(at[a].leave, 1.0), (way, takes)], end);
                }
                (None, None) => {}
            }
        }
        let visits: Vec<(Col, f64)> = at.iter().map(|at| (at.visited, 1.0)).collect();
        self.at_most(&visits, number(duty.max_visits));
        at
    }

    /// Invitations to a site, visited once in the week, and what they are worth.
    fn invitations(&mut self, days: &[Vec<At>]) {
        let service = self.duty.services[0];
        let (problem, duty) = (self.problem, self.duty);
        let pool = problem.pool(service);
        let lanes = f64::from(duty.hours.offers[0].1);
        let kappa = problem.budget(service, 1000).invitations() / 1000.0;
        let mut by_commune: BTreeMap<CommuneId, Vec<(Col, f64)>> = BTreeMap::new();
        let mut by_territory: BTreeMap<TerritoryId, Vec<(Col, f64)>> = BTreeMap::new();
        for (j, site) in duty.roads.sites.iter().enumerate() {
            let once: Vec<(Col, f64)> = days.iter().map(|day| (day[j].visited, 1.0)).collect();
            self.at_most(&once, 1.0);
            // Less the appointments: a grid step each.
            let sessions = days.iter().flat_map(|day| &day[j].sessions);
            let offered = |factor: f64| -> Vec<(Col, f64)> {
                sessions.clone().flat_map(|&(_, open, close)| [(close, -factor), (open, factor)]).collect()
            };
            let (mut seats, mut letters) = (offered(lanes), offered(kappa * lanes));
            for group in &problem.catchments[service.index()][site.index()].groups {
                for c in &group.candidates {
                    let invited = self.lp.add_column(0.0, 0.0..=c.limit);
                    seats.push((invited, c.uptake));
                    letters.push((invited, 1.0));
                    by_commune.entry(c.commune).or_default().push((invited, 1.0));
                    by_territory.entry(group.territory).or_default().push((invited, -c.worth));
                }
            }
            self.at_most(&seats, 0.0);
            self.at_most(&letters, 0.0);
        }
        for (commune, own) in by_commune {
            self.at_most(&own, f64::from(pool.due[commune.index()]));
        }
        for (z, mut own) in by_territory {
            for step in &pool.steps[z.index()] {
                own.push((self.lp.add_column(pool.weight * step.slope, 0.0..=step.width.min(1e6)), 1.0));
            }
            self.at_most(&own, 0.0);
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn number(n: usize) -> f64 {
    n as f64
}

/// The solver's proof of the model within so many seconds, on one thread.
///
/// # Errors
/// When it ends without an answer.
pub fn compact(ground: &Ground, limit: Duration) -> Result<Proved, String> {
    let problem = Problem::new(ground.scenario, ground.travel, ground.demand);
    let [duty] = &problem.duties.list[..] else { return Err("its days are not alike".into()) };
    let mut model = Arcs { problem: &problem, duty, lp: RowProblem::default() };
    let days: Vec<Vec<At>> = (0..duty.days.len()).map(|_| model.day()).collect();
    model.invitations(&days);
    let watch = Watch::start();
    let mut solver = model.lp.optimise(Sense::Maximise);
    solver.make_quiet();
    solver.set_option("threads", 1);
    solver.set_option("mip_rel_gap", GAP);
    solver.set_option("time_limit", limit.as_secs_f64());
    let solved = solver.try_solve().map_err(|e| format!("{e:?}"))?;
    let spent = watch.spent();
    let known = matches!(solved.status(), HighsModelStatus::Optimal | HighsModelStatus::ReachedTimeLimit);
    let bound = solved.double_info_value(c"mip_dual_bound").map_err(|e| format!("{e:?}"))?;
    if known {
        Ok(Proved { score: solved.objective_value(), bound, spent })
    } else {
        Err(format!("{:?}", solved.status()))
    }
}
