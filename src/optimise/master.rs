//! The restricted master: rotations, invitation packages, and the rows that join them.
//!
//! | row | meaning | dual |
//! | --- | --- | --- |
//! | duty | tours ≤ days | what a day is worth |
//! | slot (service, site, budget) | packages ≤ stays | what such a stay is worth |
//! | step (service, territory, step) | contacts ≤ width | `μ` |
//! | due (service, commune) | invited ≤ due, added when violated | `δ` |
//! | spacing (kind, site, weeks) | visits ≤ those that fit into the weeks | price on visits |
//! | stays (vehicle, site) | visits ≤ maximum | price on visits |
//! | week (vehicle, week) | working time ≤ limit | price of a second |
//! | heads (crew, days) | tours that bind one ≤ heads | price of a head |
//! | control (duty) | tours without the weekly control ≤ days · tours with it before them | price, prize |
//! | branch | a decision of the search tree | prize or price |
//!
//! A package lies within the value steps of its own visit, which is the split of each
//! territory's value by step and site that model.md section 8 asks for, without rows of its own.

use super::duty::{Duty, week_may_bind};
use super::lp::{ColId, Lp, LpError, LpSolution, RowId};
use super::package::{Budget, Package};
use super::problem::{Problem, ServiceDuals};
use super::search::{Prizes, Tour, TourStop};
use crate::domain::{CommuneId, CrewId, DayId, ServiceId, SiteId, TerritoryId, VehicleId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// A penalty above this is never raised.
const MOST_PENALTY: f64 = 1e7;

/// What a branch counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Selector {
    /// Visits of a kind of vehicle to a site.
    Site(usize, SiteId),
    /// Visits of a duty to a site.
    DutySite(usize, SiteId),
    /// Tours of a duty.
    DutyCount(usize),
    /// Visits of a duty to a site with appointments of at least this rank.
    Large(usize, SiteId, usize),
    /// A tour, by its number in the master.
    Tour(usize),
}

/// A decision: `lo ≤ count ≤ hi`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Branch {
    /// What is counted.
    pub selector: Selector,
    /// Fewest.
    pub lo: f64,
    /// Most.
    pub hi: f64,
}

/// Weeks in which only so many stays can start at one site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Range {
    from: u32,
    weeks: u32,
    stays: u32,
}

/// A slot of the master: a stay for one service, whatever its days.
pub type SlotKey = (ServiceId, SiteId, Budget);

/// A tour known to the master.
pub struct Registered {
    /// Its duty.
    pub duty: usize,
    /// The tour.
    pub tour: Tour,
    /// Its column, once it has one.
    pub column: Option<ColId>,
    /// Whether no plan of interest needs it.
    pub dropped: bool,
}

struct BranchRow {
    selector: Selector,
    row: RowId,
    slack: ColId,
    missing: ColId,
}

/// Duals of the master, projected to their signs.
#[derive(Debug, Clone, Default)]
pub struct Duals {
    /// By service with a pool.
    pub services: BTreeMap<ServiceId, ServiceDuals>,
    /// By duty of the master: what a day is worth.
    pub duties: Vec<f64>,
    /// By duty of the master: price on a visit, by local site.
    pub sites: Vec<Vec<f64>>,
    /// By duty of the master: price of a second of work.
    pub work: Vec<f64>,
    /// By duty of the master: price on any tour (branches on its count, heads that all bind).
    pub tours: Vec<f64>,
    /// By duty of the master: prices on visits to a local site with appointments of at least some
    /// rank (branches).
    pub large: Vec<Vec<(usize, usize, f64)>>,
    /// By duty of the master, by crew that its sites bind: price of a head.
    pub crew: Vec<Vec<f64>>,
    /// By duty of the master: price of a tour with the quality control, and of one without.
    pub control: Vec<(f64, f64)>,
    /// Prices on single tours (branches).
    pub single: Vec<(usize, f64)>,
    /// `Σ dual · right-hand side` of all rows but the duties'.
    pub fixed: f64,
    /// `Σ |dual · right-hand side|`, for rounding outward.
    pub size: f64,
}

/// The restricted master of some duties that share no row with the others.
pub struct Master<'a> {
    /// The problem.
    pub problem: &'a Problem<'a>,
    /// Its duties, as positions in the problem's list.
    pub duties: Vec<usize>,
    /// All tours known.
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
    heads: Vec<HeadRow>,
    controls: Vec<ControlRow>,
    branches: Vec<BranchRow>,
    packages: Vec<(SlotKey, Package, ColId)>,
    known: FxHashMap<(usize, Tour), usize>,
    penalty: f64,
    active: FxHashSet<usize>,
}

impl<'a> Master<'a> {
    /// A master without columns.
    #[must_use]
    pub fn new(problem: &'a Problem<'a>, duties: Vec<usize>) -> Self {
        let mut lp = Lp::new();
        let mut penalty = 10.0;
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
            penalty += duty.drive_price * 86_400.0 + preferred * visits;
        }
        let mut stand_ins = Vec::new();
        let duty_rows = duties
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
        let mut weeks = BTreeMap::new();
        for &d in &duties {
            let duty = &problem.duties.list[d];
            if week_may_bind(problem.scenario, duty.vehicle) {
                weeks.entry((duty.vehicle, duty.weeks.0)).or_insert_with(|| {
                    lp.add_row(f64::NEG_INFINITY, problem.scenario.limits.work_per_week.hours(), &[])
                });
            }
        }
        let heads = head_rows(problem, &duties, &mut lp);
        let controls = control_rows(problem, &duties, &mut lp);
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
            heads,
            controls,
            branches: Vec::new(),
            packages: Vec::new(),
            known: FxHashMap::default(),
            penalty,
            active: FxHashSet::default(),
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

    /// The slots of a tour, one per visit and service.
    #[must_use]
    pub fn slots_of(&self, k: usize, tour: &Tour) -> Vec<SlotKey> {
        let duty = self.duty(k);
        let mut out = Vec::new();
        for stop in &tour.stops {
            let site = duty.roads.sites[stop.site];
            for (service, &count) in duty.services.iter().zip(&duty.shapes.levels[stop.level]) {
                if count > 0 {
                    out.push((*service, site, self.problem.budget(*service, count)));
                }
            }
        }
        out
    }

    /// Registers a tour; its number, and whether it is new.
    pub fn register(&mut self, k: usize, tour: Tour) -> (usize, bool) {
        if let Some(&at) = self.known.get(&(k, tour.clone())) {
            return (at, false);
        }
        let at = self.tours.len();
        self.known.insert((k, tour.clone()), at);
        self.tours.push(Registered { duty: k, tour, column: None, dropped: false });
        (at, true)
    }

    /// Gives a registered tour its column; `false` when it has one.
    pub fn add_tour(&mut self, at: usize) -> bool {
        if self.tours[at].column.is_some() {
            return false;
        }
        let k = self.tours[at].duty;
        let tour = self.tours[at].tour.clone();
        let duty = self.duty(k);
        let mut entries = vec![(self.duty_rows[k], 1.0)];
        for slot in self.slots_of(k, &tour) {
            entries.push((self.slot_row(slot), -1.0));
        }
        for stop in &tour.stops {
            let site = duty.roads.sites[stop.site];
            for row in self.visit_rows(k, site) {
                entries.push((row, 1.0));
            }
        }
        if let Some(&row) = self.weeks.get(&(duty.vehicle, duty.weeks.0)) {
            entries.push((row, f64::from(tour.work) / 3600.0));
        }
        for row in &self.heads {
            if row.counts(duty) && duty.binds(&tour).any(|crew| crew == row.crew) {
                entries.push((row.row, 1.0));
            }
        }
        for row in &self.controls {
            let count = row.count(k, tour.control);
            if count != 0.0 {
                entries.push((row.row, count));
            }
        }
        for b in 0..self.branches.len() {
            let count = self.count(self.branches[b].selector, at);
            if count > 0.0 {
                entries.push((self.branches[b].row, count));
            }
        }
        let column = self.lp.add_column(-duty.cost(&tour), 0.0, f64::INFINITY, &merged(entries));
        self.tours[at].column = Some(column);
        true
    }

    fn slot_row(&mut self, slot: SlotKey) -> RowId {
        let lp = &mut self.lp;
        *self.slots.entry(slot).or_insert_with(|| lp.add_row(f64::NEG_INFINITY, 0.0, &[]))
    }

    /// The ranges of weeks within which a duty's visits to one site count together.
    fn ranges(&self, k: usize) -> Vec<Range> {
        let duty = self.duty(k);
        let mine = |r: &Range| r.from <= duty.weeks.0 && duty.weeks.1 < r.from + r.weeks;
        self.ranges.iter().filter(|(kind, r)| *kind == duty.kind && mine(r)).map(|r| r.1).collect()
    }

    /// Spacing and maximum-stay rows of a duty's visits to a site, made when missing.
    fn visit_rows(&mut self, k: usize, site: SiteId) -> Vec<RowId> {
        let duty = self.duty(k);
        let vehicle = &self.problem.scenario.vehicles[duty.vehicle.index()];
        let mut rows = Vec::new();
        for range in self.ranges(k) {
            let lp = &mut self.lp;
            let most = f64::from(range.stays);
            let key = (duty.kind, site, range);
            rows.push(*self.spacing.entry(key).or_insert_with(|| lp.add_row(f64::NEG_INFINITY, most, &[])));
        }
        if let Some(most) = vehicle.max_stays_per_site {
            let lp = &mut self.lp;
            let key = (duty.vehicle, site);
            let row = self.stays.entry(key).or_insert_with(|| lp.add_row(f64::NEG_INFINITY, f64::from(most), &[]));
            rows.push(*row);
        }
        rows
    }

    /// Adds a package for a slot.
    pub fn add_package(&mut self, slot: SlotKey, package: Package) {
        let demand = self.problem.pool(slot.0);
        let mut value = 0.0;
        let mut entries = vec![(self.slot_row(slot), 1.0)];
        for &(z, s, contacts) in &package.contacts {
            let step = demand.steps[z.index()][s];
            value += demand.weight * step.slope * contacts;
            if step.width.is_finite() {
                let lp = &mut self.lp;
                let row =
                    *self.steps.entry((slot.0, z, s)).or_insert_with(|| lp.add_row(f64::NEG_INFINITY, step.width, &[]));
                entries.push((row, contacts));
            }
        }
        for &(commune, invited) in &package.invitations {
            if let Some(&row) = self.due.get(&(slot.0, commune)) {
                entries.push((row, invited));
            }
        }
        let column = self.lp.add_column(value, 0.0, f64::INFINITY, &entries);
        self.packages.push((slot, package, column));
    }

    /// How often a tour counts in a selector.
    #[must_use]
    pub fn count(&self, selector: Selector, at: usize) -> f64 {
        let Registered { duty: k, tour, .. } = &self.tours[at];
        let duty = self.duty(*k);
        let visits = |site: SiteId| f64::from(u8::from(tour.stops.iter().any(|s| duty.roads.sites[s.site] == site)));
        match selector {
            Selector::Site(kind, site) if duty.kind == kind => visits(site),
            Selector::DutySite(d, site) if d == *k => visits(site),
            Selector::DutyCount(d) if d == *k => 1.0,
            Selector::Large(d, site, rank) if d == *k => {
                let large = |s: &TourStop| duty.roads.sites[s.site] == site && duty.rank[s.level] >= rank;
                f64::from(u8::from(tour.stops.iter().any(large)))
            }
            Selector::Tour(t) if t == at => 1.0,
            _ => 0.0,
        }
    }

    /// Makes exactly these decisions binding; `false` when two of them contradict each other.
    pub fn branch(&mut self, decisions: &[Branch]) -> bool {
        let mut wanted: BTreeMap<Selector, (f64, f64)> = BTreeMap::new();
        for b in decisions {
            let range = wanted.entry(b.selector).or_insert((f64::NEG_INFINITY, f64::INFINITY));
            *range = (range.0.max(b.lo), range.1.min(b.hi));
        }
        if wanted.values().any(|&(lo, hi)| lo.max(0.0) > hi) {
            return false;
        }
        for &selector in wanted.keys() {
            if !self.branches.iter().any(|b| b.selector == selector) {
                let entries: Vec<(ColId, f64)> = (0..self.tours.len())
                    .filter_map(|t| Some((self.tours[t].column?, self.count(selector, t))))
                    .filter(|e| e.1 > 0.0)
                    .collect();
                let row = self.lp.add_row(0.0, 0.0, &entries);
                let slack = self.lp.add_column(0.0, f64::NEG_INFINITY, f64::INFINITY, &[(row, -1.0)]);
                let missing = self.lp.add_column(-self.penalty, 0.0, 0.0, &[(row, 1.0)]);
                self.branches.push(BranchRow { selector, row, slack, missing });
            }
        }
        self.active.clear();
        for (b, known) in self.branches.iter().enumerate() {
            match wanted.get(&known.selector) {
                Some(&(lo, hi)) => {
                    self.active.insert(b);
                    self.lp.set_bounds(known.slack, lo.max(0.0), hi);
                    self.lp.set_bounds(known.missing, 0.0, if lo > 0.0 { lo } else { 0.0 });
                }
                None => {
                    self.lp.set_bounds(known.slack, f64::NEG_INFINITY, f64::INFINITY);
                    self.lp.set_bounds(known.missing, 0.0, 0.0);
                }
            }
        }
        true
    }

    /// Forbids the columns of tours that work longer than this, by duty, save those in `kept`.
    pub fn limit_work(&mut self, longest: &[i32], kept: &BTreeSet<usize>) {
        for (t, known) in self.tours.iter().enumerate() {
            if let Some(column) = known.column {
                let free = !known.dropped && known.tour.work <= longest[known.duty] || kept.contains(&t);
                self.lp.set_bounds(column, 0.0, if free { f64::INFINITY } else { 0.0 });
            }
        }
    }

    /// Drops all tours of a duty but these: the others are not needed.
    pub fn keep_only(&mut self, k: usize, pool: &[usize]) {
        let pool: FxHashSet<usize> = pool.iter().copied().collect();
        for (t, known) in self.tours.iter_mut().enumerate().filter(|(_, known)| known.duty == k) {
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

    /// The duals of a solution, with their signs put right and everything a Lagrangian bound
    /// needs.
    #[must_use]
    pub fn duals(&self, solution: &LpSolution) -> Duals {
        let dual = |row: RowId| solution.duals[row.0].max(0.0);
        let last = DayId::new(self.problem.scenario.horizon.days() - 1);
        let mut out = Duals::default();
        let pay = |out: &mut Duals, value: f64| {
            out.fixed += value;
            out.size += value.abs();
        };
        for &d in &self.duties {
            for &service in &self.problem.duties.list[d].services {
                out.services.entry(service).or_insert_with(|| ServiceDuals::nil(self.problem.pool(service)));
            }
        }
        for (&(service, z, s), &row) in &self.steps {
            let mu = dual(row);
            if mu > 0.0 {
                if let Some(duals) = out.services.get_mut(&service) {
                    duals.steps[z.index()][s] = mu;
                }
                pay(&mut out, mu * self.problem.pool(service).steps[z.index()][s].width);
            }
        }
        for (&(service, commune), &row) in &self.due {
            let delta = dual(row);
            if delta > 0.0 {
                let n = self.problem.scenario.communes.len();
                if let Some(duals) = out.services.get_mut(&service) {
                    duals.due.resize(n, 0.0);
                    duals.due[commune.index()] = delta;
                }
                pay(&mut out, delta * f64::from(self.problem.pool(service).due_on(commune, last)));
            }
        }
        for ((_, _, range), &row) in &self.spacing {
            pay(&mut out, dual(row) * f64::from(range.stays));
        }
        for (&(vehicle, _), &row) in &self.stays {
            let most = self.problem.scenario.vehicles[vehicle.index()].max_stays_per_site.unwrap_or(0);
            pay(&mut out, dual(row) * f64::from(most));
        }
        for &row in self.weeks.values() {
            pay(&mut out, dual(row) * self.problem.scenario.limits.work_per_week.hours());
        }
        for row in &self.heads {
            pay(&mut out, dual(row.row) * row.heads);
        }
        let mut branch_prices: Vec<(Selector, f64)> = Vec::new();
        for &b in &self.active {
            let known = &self.branches[b];
            let (lo, hi) = self.lp.bounds(known.slack);
            let price = solution.duals[known.row.0];
            let side = if price > 0.0 { hi } else { lo };
            if price != 0.0 && side.is_finite() {
                branch_prices.push((known.selector, price));
                pay(&mut out, price * side);
            }
        }
        branch_prices.sort_by_key(|b| b.0);
        for k in 0..self.duties.len() {
            let duty = self.duty(k);
            let mut sites = vec![0.0; duty.roads.sites.len()];
            let ranges = self.ranges(k);
            for &j in &duty.open {
                let site = duty.roads.sites[j];
                for &range in &ranges {
                    sites[j] += self.spacing.get(&(duty.kind, site, range)).map_or(0.0, |&r| dual(r));
                }
                sites[j] += self.stays.get(&(duty.vehicle, site)).map_or(0.0, |&r| dual(r));
            }
            let head = |crew: &CrewId| -> f64 {
                self.heads.iter().filter(|r| r.crew == *crew && r.counts(duty)).map(|r| dual(r.row)).sum()
            };
            let mut any_tour: f64 = duty.crew.always.iter().map(head).sum();
            out.crew.push(duty.crew.at_sites.iter().map(head).collect());
            let control = |with| self.controls.iter().map(|r| r.count(k, with) * dual(r.row)).sum();
            out.control.push((control(true), control(false)));
            let mut large = Vec::new();
            for &(selector, price) in &branch_prices {
                let site = match selector {
                    Selector::Site(kind, site) if kind == duty.kind => site,
                    Selector::DutySite(d, site) if d == k => site,
                    Selector::DutyCount(d) if d == k => {
                        any_tour += price;
                        continue;
                    }
                    Selector::Large(d, site, rank) if d == k => {
                        large.extend(duty.roads.sites.iter().position(|s| *s == site).map(|j| (j, rank, price)));
                        continue;
                    }
                    _ => continue,
                };
                if let Some(j) = duty.roads.sites.iter().position(|s| *s == site) {
                    sites[j] += price;
                }
            }
            out.sites.push(sites);
            out.tours.push(any_tour);
            out.large.push(large);
            out.work.push(self.weeks.get(&(duty.vehicle, duty.weeks.0)).map_or(0.0, |&r| dual(r) / 3600.0));
            out.duties.push(if duty.required.is_empty() {
                dual(self.duty_rows[k])
            } else {
                solution.duals[self.duty_rows[k].0]
            });
        }
        for (selector, price) in branch_prices {
            if let Selector::Tour(at) = selector {
                out.single.push((at, price));
            }
        }
        out
    }

    /// Dual of each slot row.
    pub fn slot_duals<'s>(&'s self, solution: &'s LpSolution) -> impl Iterator<Item = (SlotKey, f64)> + 's {
        self.slots.iter().map(|(slot, row)| (*slot, solution.duals[row.0]))
    }

    /// Value of a registered tour at some prizes of its duty, before the duty's own dual.
    #[must_use]
    pub fn tour_value(&self, at: usize, prizes: &Prizes, duals: &Duals) -> f64 {
        let Registered { duty: k, tour, .. } = &self.tours[at];
        let duty = self.duty(*k);
        let levels = duty.shapes.levels.len();
        let visits: f64 = tour.stops.iter().map(|s| prizes.visit[s.site * levels + s.level]).sum();
        let single: f64 = duals.single.iter().filter(|(t, _)| *t == at).map(|(_, p)| p).sum();
        let heads: f64 = duty.binds_at_sites(tour).map(|bit| prizes.crew[bit]).sum();
        let control = if tour.control { prizes.with_control } else { prizes.without_control };
        let driving = duty.drive_price * f64::from(tour.driving);
        visits - driving - prizes.work * f64::from(tour.work) - heads - control - single
    }

    /// Tours in a solution, with their shares.
    #[must_use]
    pub fn chosen(&self, solution: &LpSolution) -> Vec<(usize, f64)> {
        (0..self.tours.len())
            .filter_map(|t| Some((t, solution.columns[self.tours[t].column?.0])))
            .filter(|&(_, share)| share > 1e-7)
            .collect()
    }

    /// What the artificial columns add up to: positive while a decision or a lock cannot be kept.
    #[must_use]
    pub fn missing(&self, solution: &LpSolution) -> f64 {
        let columns = self.branches.iter().map(|b| b.missing).chain(self.stand_ins.iter().copied());
        columns.map(|c| solution.columns[c.0]).sum()
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

    /// Numbers of packages and of tours with a column.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        (self.packages.len(), self.tours.iter().filter(|t| t.column.is_some()).count())
    }
}

/// Heads of a crew on some days: tours that bind one, of duties that lie within them.
struct HeadRow {
    crew: CrewId,
    days: BTreeSet<DayId>,
    heads: f64,
    row: RowId,
}

impl HeadRow {
    fn counts(&self, duty: &Duty) -> bool {
        duty.days.iter().all(|d| self.days.contains(d))
    }
}

/// Tours of a duty without the control of their week need one with it before them.
struct ControlRow {
    duty: usize,
    /// Duties with a day before one of the duty's in its week.
    before: Vec<usize>,
    /// Most days of the duty in a week.
    days: f64,
    row: RowId,
}

impl ControlRow {
    /// How a tour of a duty counts: of the days after a control, one is taken by the control itself
    /// when it is made by the same duty.
    fn count(&self, duty: usize, control: bool) -> f64 {
        match control {
            false if duty == self.duty => 1.0,
            true if duty == self.duty => 1.0 - self.days,
            true if self.before.contains(&duty) => -self.days,
            _ => 0.0,
        }
    }
}

fn head_rows(problem: &Problem, duties: &[usize], lp: &mut Lp) -> Vec<HeadRow> {
    let scenario = problem.scenario;
    let mut rows = Vec::new();
    for crew in (0..scenario.crews.len()).map(CrewId::new) {
        let binding: Vec<&Duty> =
            duties.iter().map(|&d| &problem.duties.list[d]).filter(|d| d.crew.may_bind(crew)).collect();
        let mut sets: BTreeSet<BTreeSet<DayId>> = binding.iter().map(|d| d.days.iter().copied().collect()).collect();
        sets.insert(binding.iter().flat_map(|d| d.days.iter().copied()).collect());
        for days in sets {
            let heads: u32 = days.iter().map(|&d| scenario.heads(crew, d)).sum();
            let row = HeadRow { crew, heads: f64::from(heads), row: RowId(0), days };
            let most: usize = binding.iter().filter(|d| row.counts(d)).map(|d| d.days.len()).sum();
            if most > heads as usize {
                rows.push(HeadRow { row: lp.add_row(f64::NEG_INFINITY, row.heads, &[]), ..row });
            }
        }
    }
    rows
}

fn control_rows(problem: &Problem, duties: &[usize], lp: &mut Lp) -> Vec<ControlRow> {
    let duty = |k: usize| &problem.duties.list[duties[k]];
    let earlier = |a: &Duty, b: &Duty| {
        a.vehicle == b.vehicle && a.days.iter().any(|x| b.days.iter().any(|y| x.0 / 7 == y.0 / 7 && x < y))
    };
    let controlled = (0..duties.len()).filter(|&k| duty(k).control > 0);
    controlled
        .map(|k| {
            let in_week = |w: u32| duty(k).days.iter().filter(|d| d.0 / 7 == w).count();
            let days = (duty(k).weeks.0..=duty(k).weeks.1).map(in_week).max().unwrap_or(0);
            let before = (0..duties.len()).filter(|&other| other != k && earlier(duty(other), duty(k))).collect();
            #[allow(clippy::cast_precision_loss)]
            let days = days as f64;
            ControlRow { duty: k, before, days, row: lp.add_row(f64::NEG_INFINITY, 0.0, &[]) }
        })
        .collect()
}

/// The ranges of weeks that limit a duty's visits to a site: as long as they can be for the
/// number of stays they allow, and no longer than the duty needs.
fn ranges(problem: &Problem, duty: usize) -> Vec<(usize, Range)> {
    let duty = &problem.duties.list[duty];
    let spacing = problem.scenario.vehicles[duty.vehicle.index()].spacing_weeks;
    if spacing == 0 {
        return Vec::new();
    }
    let all = problem.scenario.horizon.weeks;
    let (first, last) = duty.weeks;
    let stays = (last - first + 1).div_ceil(spacing);
    let weeks = (stays * spacing).min(all);
    ((last + 1).saturating_sub(weeks)..=first.min(all - weeks))
        .map(|from| (duty.kind, Range { from, weeks, stays }))
        .collect()
}

/// Adds up entries of the same row.
fn merged(mut entries: Vec<(RowId, f64)>) -> Vec<(RowId, f64)> {
    entries.sort_by_key(|e| e.0);
    entries.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    entries
}
