//! One node of the search tree: column generation with a valid bound after every round.

mod fixing;
mod nights;
mod pricing;

use super::duty::Nights;
use super::lp::{LpError, LpSolution};
use super::master::{Branch, Duals, Master, SlotKey};
use super::package::{Budget, Package};
use super::problem::{OfSite, PackageValues, Problem, Valued};
use super::rotation::Rotation;
use super::search::{Found, Ground, Prizes, Rotations};
use crate::domain::{CommuneId, ServiceId, TerritoryId, VehicleId};
use nights::{long_stays, nights_of};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Work done, for reports and deterministic limits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Work {
    /// Rounds of pricing.
    pub rounds: u64,
    /// Nodes solved.
    pub nodes: u64,
    /// Columns of the master.
    pub columns: usize,
    /// Effort: ways between visits, or enumerated tours, that pricing has looked at, and
    /// as much as 120,000 of them for each round. The same on every machine.
    pub effort: u64,
    /// Sites whose packages were priced.
    pub packages_priced: u64,
    /// Seconds in the linear program, and in pricing: for reports only.
    pub lp_seconds: f64,
    /// See `lp_seconds`.
    pub pricing_seconds: f64,
}

/// A solved node.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// Nothing in the node's part of the tree scores more.
    pub bound: f64,
    /// Value of the restricted master when it stopped.
    pub value: f64,
    /// Tours and their shares.
    pub chosen: Vec<(usize, f64)>,
    /// Whether no decision had to be paid its way out of.
    pub feasible: bool,
    /// Whether pricing found nothing more to add.
    pub converged: bool,
}

/// How hard pricing looks for new columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pricing {
    /// Not at all: the columns there are.
    None,
    /// Until something is found, or a little longer.
    Quick,
    /// Until the best tours are proved best: bounds are wanted.
    Exact,
}

/// When to leave a node early.
pub struct Limits<'a> {
    /// The node is of no interest once its bound is at most this.
    pub cutoff: f64,
    /// Absolute distance of value and bound at which the node counts as solved.
    pub tolerance: f64,
    /// How hard to look for new columns.
    pub pricing: Pricing,
    /// Most rounds.
    pub rounds: u64,
    /// Asked before each round.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Told the node's bound after each round, with the work done so far.
    pub tell: &'a dyn Fn(f64, Work),
}

/// Column generation over one master.
pub struct Generator<'a> {
    /// The master.
    pub master: Master<'a>,
    /// By duty: where tours that matter may go.
    pub grounds: Vec<Ground>,
    /// By duty: where tours of good plans are likely to go.
    likely: Vec<Ground>,
    /// By duty: where rotations of several days that matter may go.
    away: Vec<Ground>,
    /// By duty: all tours that matter, once they have been enumerated.
    pub pools: Vec<Option<Vec<usize>>>,
    /// Where rotations of several days fit, duties by their positions in the master.
    nights: Vec<Nights>,
    /// All rotations of several days that matter, once they have been enumerated.
    pub nights_pool: Option<Vec<usize>>,
    /// What has been done.
    pub work: Work,
    values: BTreeMap<ServiceId, PackageValues>,
    /// Labels a search may expand, by duty; raised when it was too few.
    labels: Vec<usize>,
    /// Duals, prizes and bound of the last round.
    pub last: Option<Round>,
    tours_a_round: usize,
    /// Longest working time of new tours, by duty; for dives.
    longest: Vec<i32>,
    /// What is rated too high by less than this is near enough.
    pub rough: f64,
}

/// One round's prices and what they prove.
#[derive(Clone)]
pub struct Round {
    /// Duals of the master.
    pub duals: Duals,
    /// Values of visits, by duty.
    pub prizes: Vec<Prizes>,
    /// No day of a duty is worth more at these prices, by duty; 0 where it may go without.
    pub tops: Vec<f64>,
    /// No rotation of several days is worth more than this above the days it takes.
    pub nights_top: f64,
    /// The Lagrangian bound at these duals.
    pub bound: f64,
}

impl Round {
    /// How much less than the best tour of its duty a tour of a plan better than `incumbent` may be
    /// worth.
    fn room(&self, incumbent: f64) -> f64 {
        (self.bound - incumbent).max(0.0) + 1e-7 * (1.0 + self.bound.abs())
    }
}

/// Where there are more slots, only those in use get better packages in every round: on twelve weeks of
/// eight vehicles that is a third of the columns.
const MANY_SLOTS: usize = 2_000;
/// How near prices are kept to those of the best bound of the root.
const STEADY: f64 = 0.5;
/// Rows are added for what a solution violates once its value is within this part of the bound.
const NEAR: f64 = 0.02;
/// Cells of promises are capped where they are rated too high by more than this part of the distance of bound and
/// value.
const CAPS_ROUGH: f64 = 1e-2;
/// How often caps are added in a round, at most.
const CAPS_AGAIN: u32 = 2;
/// What a label of a rotation of several days costs, in ways looked at.
const LABEL_EFFORT: u64 = 4;
const FIRST_LABELS: usize = 2_000;
const MOST_LABELS: usize = 60_000;

impl<'a> Generator<'a> {
    /// Nothing generated yet.
    #[must_use]
    pub fn new(problem: &'a Problem<'a>, duties: Vec<usize>) -> Self {
        let mut budgets: BTreeMap<ServiceId, Vec<[BTreeSet<Budget>; 2]>> = BTreeMap::new();
        let sites = problem.scenario.sites.len();
        for &d in &duties {
            let duty = &problem.duties.list[d];
            for (k, &service) in duty.services.iter().enumerate() {
                let by_site = budgets.entry(service).or_insert_with(|| vec![Default::default(); sites]);
                for &j in &duty.open {
                    let useful = duty.useful[j].iter().map(|&l| duty.shapes.levels[l][k]).filter(|&c| c > 0);
                    by_site[duty.roads.sites[j].index()][0].extend(useful.map(|count| problem.budget(service, count)));
                }
            }
        }
        for (service, site, budget, free) in long_stays(problem, &duties) {
            let by_site = budgets.entry(service).or_insert_with(|| vec![Default::default(); sites]);
            by_site[site.index()][usize::from(free)].insert(budget);
        }
        let values = budgets.into_iter().map(|(service, by_site)| {
            let valued =
                |[hosted, free]: [BTreeSet<Budget>; 2]| OfSite { hosted: Valued::new(hosted), free: Valued::new(free) };
            (service, PackageValues::new(service, by_site.into_iter().map(valued).collect()))
        });
        let grounds: Vec<Ground> = duties.iter().map(|&d| Ground::whole(&problem.duties.list[d])).collect();
        Self {
            values: values.collect(),
            likely: grounds.clone(),
            away: grounds.clone(),
            grounds,
            pools: vec![None; duties.len()],
            nights: nights_of(problem, &duties),
            nights_pool: None,
            labels: vec![FIRST_LABELS; duties.len()],
            work: Work::default(),
            last: None,
            tours_a_round: 12,
            longest: vec![i32::MAX; duties.len()],
            rough: 0.0,
            master: Master::new(problem, duties),
        }
    }

    /// Whether there are rotations of several days.
    #[must_use]
    pub fn goes_away(&self) -> bool {
        !self.nights.is_empty()
    }

    /// Leaves aside tours that work longer than this, by duty, save those in `kept`. What is
    /// left aside is missing from bounds: for dives only. An empty list takes all back.
    pub fn limit_work(&mut self, longest: &[i32], kept: &BTreeSet<usize>) {
        for (k, limit) in self.longest.iter_mut().enumerate() {
            *limit = longest.get(k).copied().unwrap_or(i32::MAX);
        }
        self.master.limit_work(&self.longest, kept);
    }

    /// The Lagrangian bound of one round: what the duals give away, plus the best tours (`tops`) on
    /// all days; rounded outward. `-∞` when a locked visit fits in no tour.
    fn bound(&self, duals: &Duals, tops: &[f64], nights_top: f64) -> f64 {
        let mut total = duals.fixed;
        let mut size = duals.size;
        for (k, &top) in tops.iter().enumerate() {
            if top == f64::NEG_INFINITY || top <= f64::MIN {
                return f64::NEG_INFINITY;
            }
            #[allow(clippy::cast_precision_loss)]
            let days = self.master.duty(k).days.len() as f64;
            total += days * top;
            size += days * top.abs();
        }
        // Every rotation of several days takes two in a row at least.
        let vehicles: BTreeSet<VehicleId> = (0..tops.len()).map(|k| self.master.duty(k).vehicle).collect();
        let runs = &self.master.problem.duties.runs;
        let pairs = vehicles.iter().filter_map(|v| runs.get(v)).flatten().map(|days| days / 2);
        #[allow(clippy::cast_precision_loss)]
        let most = pairs.sum::<usize>() as f64;
        total + most * nights_top.max(0.0) + 1e-9 * (1.0 + size)
    }

    /// What no tour of a duty is worth more than, net of prices on any tour; 0 on a day off.
    fn top(&self, k: usize, duals: &Duals, found: &Found) -> f64 {
        let mut day = found.bound - duals.tours[k];
        if self.master.duty(k).nights {
            // A rotation of several days may take it for its price.
            day = day.max(duals.duties[k]);
        }
        if self.master.duty(k).required.is_empty() { day.max(0.0) } else { day }
    }

    /// At some duals: what no day of a duty is worth more than, by duty, and what no rotation of
    /// several days is worth more than above its days.
    pub fn best(&mut self, duals: &Duals) -> (Vec<f64>, f64) {
        let prizes = self.prizes(duals);
        let found = self.tours(duals, &prizes, 1, true);
        let tops = found.iter().enumerate().map(|(k, f)| self.top(k, duals, f)).collect();
        let nights = self.rotations(duals, &prizes, true);
        (tops, nights.iter().map(|n| n.bound).fold(f64::NEG_INFINITY, f64::max))
    }

    /// Solves a node by column generation.
    ///
    /// # Errors
    /// When the linear program cannot be solved.
    pub fn solve(&mut self, decisions: &[Branch], limits: &Limits) -> Result<Node, LpError> {
        self.work.nodes += 1;
        if !self.master.branch(decisions) {
            return Ok(Node { bound: f64::NEG_INFINITY, value: f64::NEG_INFINITY, converged: true, ..Node::default() });
        }
        let mut node = Node { bound: f64::INFINITY, value: f64::NEG_INFINITY, ..Node::default() };
        // Prices near those of the best bound swing less than those of the restricted master.
        let exact = limits.pricing == Pricing::Exact;
        let steady = decisions.is_empty() && exact;
        let mut best: Option<Round> = None;
        let mut missed = false;
        for round in 0..limits.rounds {
            if round > 0 && (limits.stop)() {
                break;
            }
            self.work.rounds += 1;
            let clock = std::time::Instant::now();
            let mut solution = self.master.solve()?;
            let distance = if node.bound.is_finite() && exact { node.bound - node.value } else { 0.0 };
            let rough = self.rough.max(CAPS_ROUGH * distance);
            for again in 0.. {
                let caps = if again < CAPS_AGAIN { self.master.separate_caps(&solution, rough) } else { 0 };
                if self.master.separate_due(&solution) + caps == 0 {
                    break;
                }
                solution = self.master.solve()?;
            }
            self.work.lp_seconds += clock.elapsed().as_secs_f64();
            if limits.pricing == Pricing::None {
                node.value = solution.objective;
                node.feasible = self.master.missing(&solution) < 1e-6;
                node.chosen = self.master.chosen(&solution);
                node.converged = true;
                break;
            }
            let clock = std::time::Instant::now();
            let raw = self.master.duals(&solution);
            let near = best.as_ref().filter(|_| steady && !missed).map(|best| raw.towards(&best.duals, STEADY));
            let smoothed = near.is_some();
            let duals = near.unwrap_or_else(|| raw.clone());
            let prizes = self.prizes(&duals);
            let found = self.tours(&duals, &prizes, self.tours_a_round, exact);
            let tops: Vec<f64> = found.iter().enumerate().map(|(k, f)| self.top(k, &duals, f)).collect();
            let nights = self.rotations(&duals, &prizes, exact);
            self.work.effort += LABEL_EFFORT * nights.iter().map(|n| n.labels as u64).sum::<u64>();
            let nights_top = nights.iter().map(|n| n.bound).fold(f64::NEG_INFINITY, f64::max);
            let bound = self.bound(&duals, &tops, nights_top);
            node.bound = node.bound.min(bound);
            node.value = solution.objective;
            node.feasible = self.master.missing(&solution) < 1e-6;
            node.chosen = self.master.chosen(&solution);
            // What is paid for going without decisions may be little because so little is missing.
            let paid = !node.feasible && exact;
            let distance = node.bound - node.value;
            let near = exact && !paid && distance <= NEAR * node.bound.abs().max(1.0);
            let cut = near && node.bound > limits.cutoff && self.separate(&solution);
            let added =
                if bound == f64::NEG_INFINITY { 0 } else { self.add((&duals, &raw), &found, &nights, &solution) };
            let (packages, tours) = self.master.counts();
            self.work.columns = packages + tours;
            if !steady || best.as_ref().is_none_or(|best| bound < best.bound) {
                best = Some(Round { duals, prizes, tops, nights_top, bound });
            }
            self.work.pricing_seconds += clock.elapsed().as_secs_f64();
            (limits.tell)(node.bound, self.work);
            if node.bound <= limits.cutoff || !cut && !paid && distance <= limits.tolerance {
                node.converged = true;
                break;
            }
            missed = smoothed && added == 0;
            if missed || cut {
                continue;
            }
            if added == 0 {
                // Decisions paid their way out of, and nothing better to be had: make that dearer.
                if paid && bound > f64::NEG_INFINITY && self.master.raise_penalty() {
                    // Prices found before were those of another penalty.
                    best = None;
                    continue;
                }
                node.converged = true;
                break;
            }
        }
        if best.is_some() {
            self.last = best;
        }
        Ok(node)
    }

    /// Adds rows that a solution violates; whether there are any.
    fn separate(&mut self, solution: &LpSolution) -> bool {
        let added = if self.goes_away() {
            self.master.separate_touches(solution)
        } else {
            self.master.separate_hours(solution)
        };
        added > 0
    }

    /// Adds the tours and packages that would improve the master; how many.
    /// `duals` are the prices they were found at, `raw` those of the solution.
    fn add(
        &mut self,
        (duals, raw): (&Duals, &Duals),
        found: &[Found],
        nights: &[Rotations],
        solution: &LpSolution,
    ) -> usize {
        let rates: BTreeMap<ServiceId, _> =
            duals.services.iter().map(|(&s, d)| (s, (d.rates(self.master.problem.pool(s)), d.due.clone()))).collect();
        let betas: FxHashMap<SlotKey, f64> = self.master.slot_duals(solution).collect();
        let mut wanted: BTreeSet<SlotKey> = betas.keys().copied().collect();
        if wanted.len() > MANY_SLOTS {
            // Those that the plan uses; those of tours found come with them.
            wanted.clear();
            for (t, _) in self.master.chosen(solution) {
                wanted.extend(self.master.slots_of(&self.master.tours[t].rotation));
            }
        }
        let mut added = 0;
        for (k, found) in found.iter().enumerate() {
            let worth = duals.duties[k] + duals.tours[k];
            for (value, tour) in &found.tours {
                if *value <= worth + 1e-8 * (1.0 + worth.abs()) {
                    continue;
                }
                let rotation = Rotation::day(k, tour.clone());
                let slots = self.master.slots_of(&rotation);
                let at = self.master.register(rotation);
                if self.master.add_tour(at) {
                    added += 1;
                }
                wanted.extend(slots);
            }
        }
        for (_, rotation) in nights.iter().flat_map(|n| &n.list).filter(|(value, _)| *value > 1e-8) {
            let slots = self.master.slots_of(rotation);
            let at = self.master.register(rotation.clone());
            if self.master.add_tour(at) {
                added += 1;
            }
            wanted.extend(slots);
        }
        let problem = self.master.problem;
        let packages: Vec<_> = wanted
            .into_iter()
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|slot| {
                let (rates, due) = &rates[&slot.0];
                (slot, problem.best_package(slot, &rates.prices(slot.1, due)))
            })
            .collect();
        for (slot, package) in packages {
            // Not where it was found at other prices and is no better at these.
            let value = worth(problem, slot, &package, raw);
            let better = betas.get(&slot).is_none_or(|beta| value > beta + 1e-8 * (1.0 + beta.abs()));
            if better && (!package.contacts.is_empty() || problem.least(slot) > 0.0) {
                self.master.add_package(slot, package);
                added += 1;
            }
        }
        added
    }
}

/// What a package is worth at some prices.
fn worth(problem: &Problem, (service, site, _): SlotKey, package: &Package, duals: &Duals) -> f64 {
    let demand = problem.pool(service);
    let Some(prices) = duals.services.get(&service) else { return f64::INFINITY };
    let step = |&(z, s, contacts): &(TerritoryId, usize, f64)| {
        (demand.weight * demand.steps[z.index()][s].slope - prices.price(site, z, s)) * contacts
    };
    let due = |&(c, people): &(CommuneId, f64)| prices.due.get(c.index()).copied().unwrap_or(0.0) * people;
    package.contacts.iter().map(step).sum::<f64>() - package.invitations.iter().map(due).sum::<f64>()
}
