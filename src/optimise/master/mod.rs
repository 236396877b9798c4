//! The restricted master: rotations, invitation packages, and the rows that join them.
//!
//! | row | meaning | dual |
//! | --- | --- | --- |
//! | duty | tours ≤ days | what a day is worth |
//! | slot (service, site, budget) | packages ≤ stays, = where its host must be invited | what such a stay is worth |
//! | step (service, territory, step) | contacts ≤ width | `μ` |
//! | due (service, commune) | invited ≤ due, added when violated | `δ` |
//! | spacing (kind, site, weeks) | visits ≤ those that fit into the weeks | price on visits |
//! | stays (vehicle, site) | visits ≤ maximum | price on visits |
//! | week (vehicle, week) | working time ≤ limit | price of a second |
//! | hours (vehicle, week) | worths of tours by their length ≤ most that fit into a week, added when violated | price by length |
//! | heads (crew, days) | tours that bind one ≤ heads | price of a head |
//! | length (vehicle, days) | rotations of so many days ≤ parts so long of the days that nights can join | price of a long rotation |
//! | touch (service, territory, step, sites) | contacts from the sites ≤ width · rotations that visit any, added when violated | price of a contact, prize of a rotation |
//! | change (kind, site) | changes ≥ fresh visits, and ≥ published − kept ones | price of a fresh visit, prize of a kept one |
//! | budget | changes ≤ those allowed | price of a change |
//! | cap (cells of a promise) | tours that answer them − excess ≤ 1, times their value, added when violated | price of answering |
//! | control (duty) | tours without the weekly control ≤ days · tours with it before them | price, prize |
//! | branch | a decision of the search tree | prize or price |
//!
//! A package lies within the value steps of its own visit, which is the split of each
//! territory's value by step and site that model.md section 8 asks for, without rows of its own.

mod branches;
mod changes;
mod columns;
mod duals;
mod hours;
mod lengths;
mod rows;
mod touches;
mod windows;

pub use branches::{Branch, Demanded, Selector};
pub use duals::Duals;
pub use windows::WindowPrices;

use super::duty::{Duty, week_may_bind};
use super::lp::{ColId, Depth, Lp, LpError, LpSolution, RowId, Whole};
use super::package::{Budget, Package};
use super::problem::Problem;
use super::rotation::Rotation;
use super::search::Prizes;
use crate::domain::{CommuneId, DayId, ServiceId, SiteId, TerritoryId, VehicleId};
use branches::BranchRow;
use changes::ChangeRows;
use hours::HoursRow;
use lengths::{LengthRows, length_rows};
use rows::{ControlRow, HeadRow, Range, control_rows, head_rows, ranges};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use touches::TouchRows;
use windows::CapRows;

/// A penalty above this is never raised.
const MOST_PENALTY: f64 = 1e7;

/// Price of a group that is never answered, where that is forbidden, until it has to be dearer.
const FIRST_DEAR: f64 = 10.0;

/// A slot of the master: a stay for one service, whatever its days.
pub type SlotKey = (ServiceId, SiteId, Budget);

/// A rotation known to the master.
pub struct Registered {
    /// The rotation.
    pub rotation: Rotation,
    /// Its column, once it has one.
    pub column: Option<ColId>,
    /// Whether no plan of interest needs it.
    pub dropped: bool,
}

/// The restricted master of some duties that share no row with the others.
pub struct Master<'a> {
    /// The problem.
    pub problem: &'a Problem<'a>,
    /// Its duties, as positions in the problem's list.
    pub duties: Vec<usize>,
    /// All rotations known.
    pub tours: Vec<Registered>,
    lp: Lp,
    duty_rows: Vec<RowId>,
    /// What stands for the tour of a duty with locked visits until one is known.
    stand_ins: Vec<ColId>,
    slots: BTreeMap<SlotKey, RowId>,
    steps: BTreeMap<(ServiceId, TerritoryId, usize), RowId>,
    due: BTreeMap<(ServiceId, CommuneId), RowId>,
    /// Ranges of weeks that spacing rows are about, by kind of vehicle.
    ranges: BTreeSet<(usize, Range)>,
    spacing: BTreeMap<(usize, SiteId, Range), RowId>,
    stays: BTreeMap<(VehicleId, SiteId), RowId>,
    weeks: BTreeMap<(VehicleId, u32), RowId>,
    hours: Vec<HoursRow>,
    heads: Vec<HeadRow>,
    controls: Vec<ControlRow>,
    lengths: Vec<LengthRows>,
    touches: TouchRows,
    caps: CapRows,
    changes: ChangeRows,
    /// What is lost where hard promises are not kept: a column that is always there, and its price.
    unkept: Option<ColId>,
    dear: f64,
    branches: Vec<BranchRow>,
    packages: Vec<(SlotKey, Package, ColId)>,
    known: FxHashMap<Rotation, usize>,
    penalty: f64,
    active: FxHashSet<usize>,
    /// Visits that the caller demands.
    pub demanded: Option<Demanded>,
}

impl<'a> Master<'a> {
    /// A master without columns.
    #[must_use]
    pub fn new(problem: &'a Problem<'a>, duties: Vec<usize>) -> Self {
        let mut lp = Lp::new();
        let mut penalty = 10.0 + problem.unkept();
        for &d in &duties {
            let duty = &problem.duties.list[d];
            for (&(_, lanes), &service) in duty.hours.offers.iter().zip(&duty.services) {
                // More than a day of full appointments could ever be worth.
                let demand = problem.pool(service);
                let slope = demand.steps.iter().flatten().map(|s| s.slope).fold(0.0, f64::max);
                let worth = demand.worth.iter().copied().fold(0.0, f64::max);
                penalty += demand.weight * slope * worth * f64::from(lanes) * 300.0;
            }
            let preferred = duty.weekday_worth.iter().copied().fold(0.0, f64::max);
            #[allow(clippy::cast_precision_loss)]
            let visits = duty.max_visits as f64;
            let night = if duty.nights { 7.0 * problem.scenario.prices.night_price } else { 0.0 };
            penalty += duty.drive_price * 86_400.0 + night + preferred * visits;
        }
        penalty += problem.changes_at_most(&duties);
        let mut stand_ins = Vec::new();
        let duty_rows: Vec<RowId> = duties
            .iter()
            .map(|&d| {
                let duty = &problem.duties.list[d];
                #[allow(clippy::cast_precision_loss)]
                let days = duty.days.len() as f64;
                let least = if duty.required.is_empty() { f64::NEG_INFINITY } else { days };
                let row = lp.add_row(least, days, &[]);
                if least > 0.0 {
                    // Paid for only while no tour with the locked visits is known.
                    stand_ins.push(lp.add_column(-penalty, 0.0, days, &[(row, 1.0)]));
                }
                row
            })
            .collect();
        let changes = ChangeRows::new(problem, &mut lp, penalty, &mut stand_ins);
        let mut weeks = BTreeMap::new();
        for &d in &duties {
            let duty = &problem.duties.list[d];
            if week_may_bind(problem.scenario, duty.vehicle) {
                weeks.entry((duty.vehicle, duty.weeks.0)).or_insert_with(|| {
                    lp.add_row(f64::NEG_INFINITY, problem.scenario.limits.work_per_week.hours(), &[])
                });
            }
        }
        let hard: f64 = own_hard(problem, &duties).map(|k| problem.promised[k].base).sum();
        let unkept = (hard > 0.0).then(|| lp.add_column(-FIRST_DEAR * hard, 1.0, 1.0, &[]));
        let heads = head_rows(problem, &duties, &mut lp);
        let controls = control_rows(problem, &duties, &mut lp);
        let lengths = length_rows(problem, &duties, &mut lp);
        Self {
            ranges: duties.iter().flat_map(|&d| ranges(problem, d)).collect(),
            problem,
            duties,
            tours: Vec::new(),
            lp,
            duty_rows,
            stand_ins,
            slots: BTreeMap::new(),
            steps: BTreeMap::new(),
            due: BTreeMap::new(),
            spacing: BTreeMap::new(),
            stays: BTreeMap::new(),
            weeks,
            hours: Vec::new(),
            heads,
            controls,
            lengths,
            touches: TouchRows::default(),
            caps: CapRows::default(),
            changes,
            unkept,
            dear: FIRST_DEAR,
            branches: Vec::new(),
            packages: Vec::new(),
            known: FxHashMap::default(),
            penalty,
            active: FxHashSet::default(),
            demanded: None,
        }
    }

    /// One of the master's duties.
    #[must_use]
    pub fn duty(&self, k: usize) -> &'a Duty {
        &self.problem.duties.list[self.duties[k]]
    }

    /// Columns and rows of the linear program.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.lp.columns(), self.lp.rows())
    }

    /// Forbids the columns of tours that work longer than this, by duty, save those in `kept`.
    pub fn limit_work(&mut self, longest: &[i32], kept: &BTreeSet<usize>) {
        for (t, known) in self.tours.iter().enumerate() {
            if let Some(column) = known.column {
                let free = !known.dropped
                    && known.rotation.days.iter().all(|(k, _)| known.rotation.work() <= longest[*k])
                    || kept.contains(&t);
                self.lp.set_bounds(column, 0.0, if free { f64::INFINITY } else { 0.0 });
            }
        }
    }

    /// Drops all tours of a duty but these: the others are not needed.
    pub fn keep_only(&mut self, k: usize, pool: &[usize]) {
        let pool: FxHashSet<usize> = pool.iter().copied().collect();
        for (t, known) in self.tours.iter_mut().enumerate().filter(|(_, known)| known.rotation.uses(k)) {
            known.dropped = !pool.contains(&t);
            if let Some(column) = known.column {
                self.lp.set_bounds(column, 0.0, if known.dropped { 0.0 } else { f64::INFINITY });
            }
        }
    }

    /// For each week whose working time is limited: its limit in seconds, and the positions of
    /// the duties it covers.
    #[must_use]
    pub fn limited_weeks(&self) -> Vec<(i32, Vec<usize>)> {
        let limit = self.problem.scenario.limits.work_per_week.0;
        let covers = |key: &(VehicleId, u32)| {
            (0..self.duties.len()).filter(|&k| (self.duty(k).vehicle, self.duty(k).weeks.0) == *key).collect()
        };
        self.weeks.keys().map(|key| (limit, covers(key))).collect()
    }

    /// Solves the linear program.
    ///
    /// # Errors
    /// See [`Lp::solve`].
    pub fn solve(&mut self) -> Result<LpSolution, LpError> {
        // A basis can go wrong; there is a solution as long as decisions can be paid their way out of.
        self.lp.solve().or_else(|_| {
            self.lp.rebuild();
            self.lp.solve()
        })
    }

    /// Adds rows for people due that the solution invites too often; how many.
    pub fn separate_due(&mut self, solution: &LpSolution) -> usize {
        let last = DayId::new(self.problem.scenario.horizon.days() - 1);
        let mut invited: BTreeMap<(ServiceId, CommuneId), f64> = BTreeMap::new();
        for (slot, package, column) in &self.packages {
            let share = solution.columns[column.0];
            if share > 1e-9 {
                for &(commune, people) in &package.invitations {
                    *invited.entry((slot.0, commune)).or_default() += share * people;
                }
            }
        }
        let mut added = 0;
        for (key, people) in invited {
            let due = f64::from(self.problem.pool(key.0).due_on(key.1, last));
            if people > due + 1e-7 * due.max(1.0) && !self.due.contains_key(&key) {
                let entries: Vec<(ColId, f64)> = self
                    .packages
                    .iter()
                    .filter(|(slot, ..)| slot.0 == key.0)
                    .filter_map(|(_, package, column)| {
                        let at = package.invitations.binary_search_by_key(&key.1, |p| p.0).ok()?;
                        Some((*column, package.invitations[at].1))
                    })
                    .collect();
                let row = self.lp.add_row(f64::NEG_INFINITY, due, &entries);
                self.due.insert(key, row);
                added += 1;
            }
        }
        added
    }

    /// Dual of each slot row.
    pub fn slot_duals<'s>(&'s self, solution: &'s LpSolution) -> impl Iterator<Item = (SlotKey, f64)> + 's {
        self.slots.iter().map(|(slot, row)| (*slot, solution.duals[row.0]))
    }

    /// Value of a registered one-day rotation at some prizes of its duty, before the duty's own dual.
    #[must_use]
    pub fn tour_value(&self, at: usize, prizes: &Prizes, duals: &Duals) -> f64 {
        let (k, tour) = &self.tours[at].rotation.days[0];
        let duty = self.duty(*k);
        let levels = duty.shapes.levels.len();
        let visits: f64 = tour.stops.iter().map(|s| prizes.visit[s.site * levels + s.level]).sum();
        let hours: f64 = tour.stops.iter().map(|s| prizes.windows.worth(s.site, &s.sessions)).sum();
        let again: f64 = tour.stops.windows(2).map(|pair| prizes.windows.shared(pair[0].site, pair[1].site)).sum();
        let single: f64 = duals.single.iter().filter(|(t, _)| *t == at).map(|(_, p)| p).sum();
        let heads: f64 = duty.binds_at_sites(tour).map(|bit| prizes.crew[bit]).sum();
        let control = if tour.control { prizes.with_control } else { prizes.without_control };
        let driving = duty.drive_price * f64::from(tour.driving);
        let touch = &prizes.touch;
        let touched = touch.worth(&touch.behind(tour.stops.iter().map(|s| s.site)));
        visits + hours - again + touched - driving - prizes.hours.price(tour.work) - heads - control - single
    }

    /// Tours in a solution, with their shares.
    #[must_use]
    pub fn chosen(&self, solution: &LpSolution) -> Vec<(usize, f64)> {
        (0..self.tours.len())
            .filter_map(|t| Some((t, solution.columns[self.tours[t].column?.0])))
            .filter(|&(_, share)| share > 1e-7)
            .collect()
    }

    /// Whole rotations of the restricted master, with how often, better than `depth.least` as far as they
    /// were found (none where none were), and the simplex iterations that took. Those to `start` from get
    /// columns.
    ///
    /// # Errors
    /// See [`Lp::solve`].
    pub fn whole(&mut self, start: &[(usize, usize)], depth: Depth) -> Result<(u64, Vec<(usize, usize)>), LpError> {
        for &(t, _) in start {
            self.add_tour(t);
        }
        let solution = self.solve()?;
        let tours: Vec<(usize, ColId)> =
            self.tours.iter().enumerate().filter_map(|(t, known)| Some((t, known.column?))).collect();
        let columns: Vec<ColId> = tours.iter().map(|t| t.1).collect();
        #[allow(clippy::cast_precision_loss)]
        let known = |&(t, n): &(usize, usize)| Some((self.tours[t].column?, n as f64));
        let start: Vec<(ColId, f64)> = start.iter().filter_map(known).collect();
        let Whole { point: found, iterations, .. } = self.lp.whole(&solution, &columns, &start, depth);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = |column: ColId| found.as_ref().map_or(0, |found| found[column.0].round() as usize);
        let chosen = tours.into_iter().map(|(t, column)| (t, count(column)));
        Ok((iterations, chosen.filter(|t| t.1 > 0).collect()))
    }

    /// What the artificial columns add up to: positive while a decision or a lock cannot be kept.
    #[must_use]
    pub fn missing(&self, solution: &LpSolution) -> f64 {
        let columns = self.branches.iter().map(|b| b.missing).chain(self.stand_ins.iter().copied());
        columns.map(|c| solution.columns[c.0]).sum::<f64>() + self.unanswered(solution)
    }

    /// Makes it dearer to go without what is decided or locked; `false` when it is dear enough.
    pub fn raise_penalty(&mut self) -> bool {
        if self.penalty > MOST_PENALTY {
            return false;
        }
        self.penalty *= 100.0;
        let columns = self.branches.iter().map(|b| b.missing).chain(self.stand_ins.iter().copied());
        for column in columns.collect::<Vec<_>>() {
            self.lp.set_cost(column, -self.penalty);
        }
        self.make_dearer();
        true
    }

    /// Whether the working time of any week is limited.
    #[must_use]
    pub fn limits_weeks(&self) -> bool {
        !self.weeks.is_empty()
    }

    /// Whether the working time of a duty's tours counts in a limited week.
    #[must_use]
    pub fn week_counts(&self, k: usize) -> bool {
        self.weeks.contains_key(&(self.duty(k).vehicle, self.duty(k).weeks.0))
    }

    /// Simplex iterations so far.
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.lp.iterations
    }

    /// The packages that have a column, with their slots.
    pub fn packages(&self) -> impl Iterator<Item = (SlotKey, &Package)> {
        self.packages.iter().map(|(slot, package, _)| (*slot, package))
    }

    /// Numbers of packages and of tours with a column.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.packages.len(), self.tours.iter().filter(|t| t.column.is_some()).count())
    }
}

/// The hard promises that duties could keep.
fn own_hard<'p>(problem: &'p Problem, duties: &'p [usize]) -> impl Iterator<Item = usize> + 'p {
    let mine = |k: usize| duties.iter().any(|&d| problem.frames[d].iter().any(|f| f.promised == k));
    (0..problem.promised.len()).filter(move |&k| problem.promised[k].hard && mine(k))
}
