//! One node of the search tree: column generation with a valid bound after every round.

use super::duty::{Duty, Nights};
use super::lp::{LpError, LpSolution};
use super::master::{Branch, Duals, Master, SlotKey};
use super::package::{Budget, Package, Prices};
use super::problem::{PackageValues, Problem};
use super::rotation::Rotation;
use super::search::{Budgets, Effort, Found, Ground, Layer, NightSearch, Prizes, Rotations, Search, Touch, Tour};
use crate::domain::{CommuneId, ServiceId, SiteId, TerritoryId, VehicleId};
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

/// What a round costs beside the search for tours, in ways looked at: 15 ms, at 8 a microsecond.
const ROUND_EFFORT: u64 = 120_000;
/// A good plan is likely to lose less than this part of the bound by any one of its tours.
const LIKELY: f64 = 0.003;
/// Where there are more slots, only those in use get better packages in every round: on twelve weeks of
/// eight vehicles that is a third of the columns.
const MANY_SLOTS: usize = 2_000;
/// How near prices are kept to those of the best bound of the root.
const STEADY: f64 = 0.5;
/// Rows are added for what a solution violates once its value is within this part of the bound.
const NEAR: f64 = 0.02;
const FIRST_LABELS: usize = 2_000;
const MOST_LABELS: usize = 60_000;

impl<'a> Generator<'a> {
    /// Nothing generated yet.
    #[must_use]
    pub fn new(problem: &'a Problem<'a>, duties: Vec<usize>) -> Self {
        let mut budgets: BTreeMap<ServiceId, Vec<BTreeSet<Budget>>> = BTreeMap::new();
        for &d in &duties {
            let duty = &problem.duties.list[d];
            for (k, &service) in duty.services.iter().enumerate() {
                let by_site =
                    budgets.entry(service).or_insert_with(|| vec![BTreeSet::new(); problem.scenario.sites.len()]);
                for &j in &duty.open {
                    let useful = duty.useful[j].iter().map(|&l| duty.shapes.levels[l][k]).filter(|&c| c > 0);
                    by_site[duty.roads.sites[j].index()].extend(useful.map(|count| problem.budget(service, count)));
                }
            }
        }
        for (service, site, most) in long_stays(problem, &duties) {
            let by_site = budgets.entry(service).or_insert_with(|| vec![BTreeSet::new(); problem.scenario.sites.len()]);
            by_site[site.index()].extend((1..=most).map(|n| problem.budget(service, n)));
        }
        let values = budgets.into_iter().map(|(service, by_site)| {
            let budgets = by_site.into_iter().map(|b| b.into_iter().collect()).collect();
            (service, PackageValues::new(service, budgets))
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

    /// Values of all visits at some duals, by duty.
    pub fn prizes(&mut self, duals: &Duals) -> Vec<Prizes> {
        for (service, values) in &mut self.values {
            if let Some(d) = duals.services.get(service) {
                values.update(self.master.problem, d);
            }
        }
        let problem = self.master.problem;
        self.work.packages_priced = self.values.values().map(|v| v.priced).sum();
        (0..self.master.duties.len())
            .map(|k| {
                let duty = self.master.duty(k);
                let levels = &duty.shapes.levels;
                let mut visit = vec![f64::NEG_INFINITY; duty.roads.sites.len() * levels.len()];
                let mut aside = if duty.nights { visit.clone() } else { Vec::new() };
                for &j in &duty.open {
                    let site = duty.roads.sites[j];
                    for &l in &duty.useful[j] {
                        let level = &levels[l];
                        let value: f64 = duty
                            .services
                            .iter()
                            .zip(level)
                            .filter(|(_, count)| **count > 0)
                            .map(|(s, count)| self.values[s].value(problem, site, problem.budget(*s, *count)))
                            .sum();
                        let large = duals.large[k].iter().filter(|&&(site, rank, _)| site == j && duty.rank[l] >= rank);
                        let own = duty.weekday(j) - duals.sites[k][j] - large.map(|l| l.2).sum::<f64>();
                        visit[j * levels.len() + l] = value + own - duals.stays[k][j];
                        if let Some(aside) = aside.get_mut(j * levels.len() + l) {
                            *aside = own;
                        }
                    }
                }
                let (with_control, without_control) = duals.control[k];
                Prizes {
                    visit,
                    aside,
                    stay: duals.stays[k].clone(),
                    work: duals.work[k],
                    longest: self.longest[k],
                    crew: duals.crew[k].clone(),
                    with_control,
                    without_control,
                    touch: Touch::new(&duals.touches, self.master.touched_by_site(k).iter().copied()),
                }
            })
            .collect()
    }

    /// The best tours of each duty at some prizes.
    fn tours(&mut self, duals: &Duals, prizes: &[Prizes], wanted: usize, exact: bool) -> Vec<Found> {
        let duties: Vec<&Duty> = (0..prizes.len()).map(|k| self.master.duty(k)).collect();
        let (labels, grounds) = (&self.labels, if exact { &self.grounds } else { &self.likely });
        let thresholds: Vec<f64> = (0..prizes.len())
            .map(|k| {
                // Negative where a branch asks for more tours: then one may be worth less than nothing.
                let worth = duals.duties[k] + duals.tours[k];
                if duties[k].required.is_empty() { worth - 1e-12 * worth.abs() } else { f64::MIN }
            })
            .collect();
        self.work.effort += ROUND_EFFORT;
        for (pool, ground) in self.pools.iter().zip(grounds) {
            let ways = ground.open.len() + ground.open.iter().map(|&j| ground.ways(j).len()).sum::<usize>();
            self.work.effort += pool.as_ref().map_or(ways, Vec::len) as u64;
        }
        let pooled: Vec<Option<Found>> =
            (0..prizes.len()).map(|k| self.pooled_tours(k, &prizes[k], duals, thresholds[k], wanted)).collect();
        let found: Vec<(Found, usize)> = pooled
            .into_par_iter()
            .enumerate()
            .map(|(k, pooled)| {
                if let Some(found) = pooled {
                    return (found, labels[k]);
                }
                let search = Search::new(duties[k], &grounds[k], &prizes[k], &[]);
                if duties[k].max_visits > 1 {
                    let quick = search.dive(2 * wanted, thresholds[k]);
                    let worth = thresholds[k].max(0.0);
                    if quick.tours.first().is_some_and(|t| t.0 > worth + 1e-6 * (1.0 + worth)) {
                        return (quick, labels[k]);
                    }
                }
                let mut budget = if exact { labels[k] } else { FIRST_LABELS };
                loop {
                    let effort = Effort { tours: wanted, labels: budget, threshold: thresholds[k] };
                    let found = search.run(effort, false);
                    // Nothing found and not finished: the bound is loose. Look harder.
                    if !exact {
                        return (found, labels[k]);
                    }
                    if !found.tours.is_empty() || found.complete || budget >= MOST_LABELS {
                        return (found, budget);
                    }
                    budget *= 4;
                }
            })
            .collect();
        found
            .into_iter()
            .enumerate()
            .map(|(k, (found, budget))| {
                self.labels[k] = budget;
                found
            })
            .collect()
    }

    /// The best enumerated tours of a duty, where they have been enumerated.
    fn pooled_tours(&self, k: usize, prizes: &Prizes, duals: &Duals, threshold: f64, wanted: usize) -> Option<Found> {
        let master = &self.master;
        let mut best: Vec<(f64, usize)> = self.pools[k]
            .as_ref()?
            .iter()
            .map(|&t| (master.tour_value(t, prizes, duals), t))
            .filter(|v| v.0 >= threshold)
            .collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        best.truncate(wanted);
        let none = if threshold == f64::MIN { f64::NEG_INFINITY } else { threshold };
        let bound = best.first().map_or(none, |b| b.0);
        let tours = best.into_iter().map(|(v, t)| (v, master.tours[t].rotation.days[0].1.clone())).collect();
        Some(Found { tours, bound, complete: true })
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
            while self.master.separate_due(&solution) > 0 {
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
            let cut = near && node.bound > limits.cutoff && self.separate_touches(&solution);
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

    /// Adds rows that rotations of several days violate; whether there are any.
    fn separate_touches(&mut self, solution: &LpSolution) -> bool {
        self.goes_away() && self.master.separate_touches(solution) > 0
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
                (slot, problem.best_package(slot, &Prices { steps: rates, due }))
            })
            .collect();
        for (slot, package) in packages {
            // Not where it was found at other prices and is no better at these.
            let value = worth(problem, slot.0, &package, raw);
            let better = betas.get(&slot).is_none_or(|beta| value > beta + 1e-8 * (1.0 + beta.abs()));
            if better && !package.contacts.is_empty() {
                self.master.add_package(slot, package);
                added += 1;
            }
        }
        added
    }

    /// Looks for rotations of several days, window by window.
    fn night_search<T: Send>(
        &self,
        (duals, prizes): (&Duals, &[Prizes]),
        grounds: &[Ground],
        watch_work: bool,
        work: impl Fn(&NightSearch) -> T + Sync,
    ) -> Vec<T> {
        let problem = self.master.problem;
        let values = &self.values;
        let budget = |service, count| problem.budget(service, count);
        let duties: Vec<&Duty> = (0..prizes.len()).map(|k| self.master.duty(k)).collect();
        self.nights
            .par_iter()
            .map(|window| {
                let lengths = &duals.lengths[window.first];
                let layer = |k: usize, (place, nights): (usize, u32), new_week: bool| Layer {
                    k,
                    duty: duties[k],
                    ground: &grounds[k],
                    prizes: &prizes[k],
                    day: duals.duties[k] + duals.tours[k] + if place > 0 { lengths[place - 1] } else { 0.0 },
                    nights,
                    new_week,
                };
                let mut layers = vec![layer(window.first, (0, 0), false)];
                let then = window.then.iter().enumerate();
                layers.extend(then.map(|(place, &(nights, k, new_week))| layer(k, (place + 1, nights), new_week)));
                let sites = &duties[window.first].roads.sites;
                let stay = |j: usize, budgets: &Budgets| -> f64 {
                    budgets.iter().map(|(s, budget)| values[s].value(problem, sites[j], *budget)).sum()
                };
                let looseness = looseness(problem, layers.iter().map(|l| l.duty));
                let price = problem.scenario.prices.night_price;
                let search = NightSearch::new(layers, price, looseness, &budget, &stay, watch_work);
                work(&search)
            })
            .collect()
    }

    /// The best rotations of several days at some prices.
    fn rotations(&self, duals: &Duals, prizes: &[Prizes], exact: bool) -> Vec<Rotations> {
        if let Some(pool) = &self.nights_pool {
            let mut list: Vec<(f64, usize)> =
                pool.iter().map(|&t| (self.rotation_value(t, duals, prizes), t)).filter(|v| v.0 >= 0.0).collect();
            list.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            list.truncate(self.tours_a_round);
            let bound = list.first().map_or(0.0, |best| best.0);
            let list = list.into_iter().map(|(v, t)| (v, self.master.tours[t].rotation.clone())).collect();
            return vec![Rotations { list, bound, complete: true }];
        }
        let tours = self.tours_a_round;
        let effort = |labels| Effort { tours, labels, threshold: 0.0 };
        self.night_search((duals, prizes), &self.away, false, |search| {
            let mut labels = FIRST_LABELS;
            loop {
                let found = search.run(effort(labels), false);
                // Nothing found and not finished: the bound is loose. Look harder.
                if !exact || !found.list.is_empty() || found.complete || labels >= MOST_LABELS {
                    return found;
                }
                labels *= 4;
            }
        })
    }

    /// Reduced value of a registered rotation of several days at some prices.
    fn rotation_value(&self, at: usize, duals: &Duals, prizes: &[Prizes]) -> f64 {
        let rotation = &self.master.tours[at].rotation;
        let mut value = -self.master.cost(rotation);
        for (k, tour) in &rotation.days {
            let (duty, prizes) = (self.master.duty(*k), &prizes[*k]);
            let levels = duty.shapes.levels.len();
            value -= prizes.work * f64::from(tour.work) + duals.duties[*k] + duals.tours[*k];
            value -= if tour.control { prizes.with_control } else { prizes.without_control };
            value -= duty.binds_at_sites(tour).map(|bit| prizes.crew[bit]).sum::<f64>();
            // The weekday is in the cost already.
            value +=
                tour.stops.iter().map(|s| prizes.aside[s.site * levels + s.level] - duty.weekday(s.site)).sum::<f64>();
        }
        value -= duals.lengths[rotation.days[0].0].iter().take(rotation.days.len() - 1).sum::<f64>();
        for stay in rotation.stays() {
            let (k, tour) = &rotation.days[stay[0].0];
            value -= prizes[*k].stay[tour.stops[stay[0].1].site];
        }
        let touch = &prizes[rotation.days[0].0].touch;
        value += self.master.entries(rotation).map(|set| touch.worth(set)).sum::<f64>();
        for (service, site, budget) in self.master.slots_of(rotation) {
            value += self.values[&service].value(self.master.problem, site, budget);
        }
        value - duals.single.iter().filter(|(t, _)| *t == at).map(|(_, p)| p).sum::<f64>()
    }

    /// Reduced-cost fixing: leaves aside the sites and ways that no plan better than `incumbent`
    /// could use, and in quick pricing those that are unlikely in one. `root` is the last round of
    /// the root: its prices know of no decisions.
    pub fn fix(&mut self, root: &Round, incumbent: f64) {
        let room = root.room(incumbent);
        let likely = room.min(LIKELY * root.bound.abs());
        let duties: Vec<&Duty> = (0..self.grounds.len()).map(|k| self.master.duty(k)).collect();
        let old = &self.grounds;
        let grounds: Vec<(Ground, Ground)> = duties
            .into_par_iter()
            .enumerate()
            .map(|(k, duty)| {
                let search = Search::new(duty, &old[k], &root.prizes[k], &[]);
                (search.worthwhile(root.tops[k] - room), search.worthwhile(root.tops[k] - likely))
            })
            .collect();
        (self.grounds, self.likely) = grounds.into_iter().unzip();
        // A rotation takes the days' duals, so that what it is worth beyond them counts.
        let top = root.nights_top.max(0.0);
        let round = (&root.duals, &root.prizes[..]);
        let used = self.night_search(round, &self.away, false, |search| search.worthwhile(top - room));
        self.away = self.away_grounds(&used);
    }

    /// The grounds of rotations of several days, where those of each window may use only some sites.
    fn away_grounds(&self, used: &[Option<Vec<bool>>]) -> Vec<Ground> {
        let of_duty = |k: usize| {
            let mine = |window: &&Nights| window.first == k || window.then.iter().any(|t| t.1 == k);
            let windows = self.nights.iter().zip(used).filter(|(window, _)| mine(window)).map(|(_, used)| used);
            let mut all = vec![false; self.master.duty(k).roads.sites.len()];
            for used in windows {
                let Some(used) = used else { return self.away[k].clone() };
                all.iter_mut().zip(used).for_each(|(all, used)| *all |= used);
            }
            self.away[k].only(&all)
        };
        (0..self.grounds.len()).map(of_duty).collect()
    }

    /// Enumerates, for each duty, every tour that a plan better than `incumbent` could use;
    /// `false` when there are too many. `root` is the last round of the root: its prices know of
    /// no decisions.
    pub fn enumerate(&mut self, root: &Round, incumbent: f64, most: usize) -> bool {
        let prizes = &root.prizes;
        let room = root.room(incumbent);
        let duties: Vec<&Duty> = (0..prizes.len()).map(|k| self.master.duty(k)).collect();
        let weeks: Vec<bool> = (0..duties.len()).map(|k| self.master.week_counts(k)).collect();
        let found: Vec<Found> = duties
            .into_par_iter()
            .enumerate()
            .map(|(k, duty)| {
                let search = Search::new(duty, &self.grounds[k], &prizes[k], &[]).watching_work(weeks[k]);
                // A tour can be in such a plan only if it is within the gap of the duty's best.
                let threshold = root.tops[k] + root.duals.tours[k] - room;
                search.run(Effort { tours: most + 1, labels: 10 * most, threshold }, true)
            })
            .collect();
        if found.iter().any(|f| !f.complete || f.tours.len() > most) {
            return false;
        }
        let threshold = root.nights_top.max(0.0) - room;
        let effort = Effort { tours: most + 1, labels: 10 * most, threshold };
        let watch_work = weeks.contains(&true);
        let round = (&root.duals, &prizes[..]);
        let nights = self.night_search(round, &self.away, watch_work, |search| search.run(effort, true));
        if nights.iter().any(|n| !n.complete || n.list.len() > most) {
            return false;
        }
        let nights = nights.into_iter().flat_map(|n| n.list).map(|(_, rotation)| rotation);
        let nights: BTreeSet<Rotation> = nights.collect();
        let away: Vec<usize> = nights.into_iter().map(|rotation| self.master.register(rotation)).collect();
        self.nights_pool = Some(away.clone());
        for (k, found) in found.into_iter().enumerate() {
            let tours = undominated(self.master.duty(k), found.tours.into_iter().map(|(_, tour)| tour), weeks[k]);
            let pool: Vec<usize> = tours.into_iter().map(|tour| self.master.register(Rotation::day(k, tour))).collect();
            self.master.keep_only(k, &[&pool[..], &away].concat());
            self.pools[k] = Some(pool);
        }
        true
    }
}

/// What a package is worth at some prices.
fn worth(problem: &Problem, service: ServiceId, package: &Package, duals: &Duals) -> f64 {
    let demand = problem.pool(service);
    let Some(prices) = duals.services.get(&service) else { return f64::INFINITY };
    let step = |&(z, s, contacts): &(TerritoryId, usize, f64)| {
        (demand.weight * demand.steps[z.index()][s].slope - prices.steps[z.index()][s]) * contacts
    };
    let due = |&(c, people): &(CommuneId, f64)| prices.due.get(c.index()).copied().unwrap_or(0.0) * people;
    package.contacts.iter().map(step).sum::<f64>() - package.invitations.iter().map(due).sum::<f64>()
}

/// Tours without those that another with the same sites, and alike in the quality control, beats in appointments, driving and
/// (where it counts) working time: in any plan it could take their place.
fn undominated(duty: &Duty, tours: impl Iterator<Item = Tour>, work_counts: bool) -> Vec<Tour> {
    let levels = &duty.shapes.levels;
    /// Whether there is a control, and the sites.
    type Alike = (bool, Vec<usize>);
    let mut by_sites: BTreeMap<Alike, Vec<(Vec<u32>, Tour)>> = BTreeMap::new();
    for tour in tours {
        let mut stops: Vec<(usize, usize)> = tour.stops.iter().map(|s| (s.site, s.level)).collect();
        stops.sort_unstable();
        let counts: Vec<u32> = stops.iter().flat_map(|&(_, level)| levels[level].iter().copied()).collect();
        let kept = by_sites.entry((tour.control, stops.into_iter().map(|s| s.0).collect())).or_default();
        let beats = |a: &(Vec<u32>, Tour), b: &(Vec<u32>, Tour)| {
            a.1.driving <= b.1.driving
                && (!work_counts || a.1.work <= b.1.work)
                && a.0.iter().zip(&b.0).all(|(x, y)| x >= y)
        };
        let new = (counts, tour);
        if !kept.iter().any(|old| beats(old, &new)) {
            kept.retain(|old| !beats(&new, old));
            kept.push(new);
        }
    }
    by_sites.into_values().flatten().map(|(_, tour)| tour).collect()
}

/// Where rotations of several days fit, of some duties, which are named by their positions.
fn nights_of(problem: &Problem, duties: &[usize]) -> Vec<Nights> {
    let place = |duty: usize| duties.iter().position(|&d| d == duty);
    let here = |window: &Nights| {
        let then = window.then.iter().map(|&(nights, duty, week)| Some((nights, place(duty)?, week)));
        Some(Nights { first: place(window.first)?, then: then.collect::<Option<_>>()? })
    };
    problem.duties.nights.iter().filter_map(here).collect()
}

/// Sites at which stays of several days may have up to so many appointments of the only service.
fn long_stays(problem: &Problem, duties: &[usize]) -> BTreeSet<(ServiceId, SiteId, u32)> {
    let mut out = BTreeSet::new();
    for window in nights_of(problem, duties) {
        let duty = |k: usize| &problem.duties.list[duties[k]];
        let first = duty(window.first);
        let [service] = first.services[..] else { continue };
        let days: Vec<&Duty> = std::iter::once(window.first).chain(window.then.iter().map(|t| t.1)).map(duty).collect();
        if days.iter().any(|d| d.services != first.services) {
            continue;
        }
        let most = days.iter().filter_map(|d| d.shapes.levels.iter().map(|level| level[0]).max()).sum();
        let slept = |(j, &site): (usize, &SiteId)| days.iter().any(|d| d.sleep[j]).then_some((service, site, most));
        out.extend(first.roads.sites.iter().enumerate().filter_map(slept));
    }
    out
}

/// By how much the value of a stay may exceed that of its visits added up: nothing where each has
/// as many invitations for an appointment, since what a stay invites can then be dealt to them.
fn looseness<'d>(problem: &Problem, duties: impl Iterator<Item = &'d Duty>) -> f64 {
    let mut ratios: BTreeMap<ServiceId, (f64, f64)> = BTreeMap::new();
    for duty in duties {
        for level in &duty.shapes.levels {
            for (&service, &count) in duty.services.iter().zip(level) {
                let budget = problem.budget(service, count);
                if budget.seats() > 0.0 {
                    let ratio = budget.invitations() / budget.seats();
                    let range = ratios.entry(service).or_insert((ratio, ratio));
                    *range = (range.0.min(ratio), range.1.max(ratio));
                }
            }
        }
    }
    let loose = ratios.values().map(|(least, most)| if *least > 0.0 { most / least } else { 1e6 });
    loose.fold(1.0, f64::max) * (1.0 + 1e-9)
}
