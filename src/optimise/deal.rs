//! Puts chosen tours on days.
//!
//! A duty's days are alike, so the master only counts its tours. Which day each falls on matters
//! where spacing is shorter than the horizon (then two visits of one kind of vehicle to a site
//! have to be dealt to weeks far enough apart), where crew is scarce (then no day may bind more
//! heads than there are), and where a week begins with a quality control.

use super::component::Placed;
use super::problem::Problem;
use super::search::Tour;
use crate::domain::{CrewId, DayId, SiteId, VehicleId};
use std::collections::{BTreeMap, BTreeSet};

/// Choices of a day that are tried, at most.
const MOST_CHOICES: usize = 20_000;

/// What came of dealing.
#[derive(Debug, Clone)]
pub enum Dealt {
    /// The tours on their days.
    Placed(Vec<Placed>),
    /// There is no way of dealing them.
    Impossible,
    /// None was found in the time given.
    Unknown,
}

/// A rotation: duties of the problem with their tours, day by day.
pub type Dealing<'t> = Vec<(usize, &'t Tour)>;

/// Deals rotations to the days of their duties: in the order given, save where a rule forbids it.
/// Those that are bound by rules with others are dealt first, by backtracking.
#[must_use]
pub fn deal<'t>(problem: &Problem, rotations: Vec<Dealing<'t>>) -> Dealt {
    let mut visits: BTreeMap<(usize, SiteId), usize> = BTreeMap::new();
    let mut used: BTreeMap<usize, usize> = BTreeMap::new();
    let mut items: Vec<Item> = Vec::new();
    for days in rotations {
        let mut item = Item { days, sites: Vec::new() };
        for &(duty, tour) in &item.days {
            *used.entry(duty).or_default() += 1;
            item.sites.extend(stays(problem, duty, tour));
        }
        for site in &item.sites {
            *visits.entry(*site).or_default() += 1;
        }
        items.push(item);
    }
    let full = |(duty, n): (&usize, &usize)| *n > problem.duties.list[*duty].days.len();
    if used.iter().any(full) {
        return Dealt::Impossible;
    }
    for item in &mut items {
        let spaced = spacing(problem, item.days[0].0) > 0;
        item.sites.retain(|site| visits[site] > 1 && spaced);
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&k| {
        let item = &items[k];
        (!item.controls(), item.days.len() == 1, item.loose(problem), item.sites.is_empty())
    });
    let free = used.keys().flat_map(|&duty| problem.duties.list[duty].days.iter().map(move |&day| (duty, day)));
    let mut table = Table {
        problem,
        free: free.collect(),
        items,
        order,
        taken: BTreeMap::new(),
        bound: BTreeMap::new(),
        days: Vec::new(),
        choices: 0,
    };
    match table.next() {
        Some(true) => Dealt::Placed(table.placed()),
        Some(false) => Dealt::Impossible,
        None => Dealt::Unknown,
    }
}

/// Whether a plan keeps the rules that bind its days together: spacing, heads of scarce crew, and
/// the quality control before everything else of a week.
#[must_use]
pub fn possible(problem: &Problem, plan: &[Placed]) -> bool {
    let mut taken: BTreeMap<(usize, SiteId), Vec<u32>> = BTreeMap::new();
    let mut bound: BTreeMap<(CrewId, DayId), u32> = BTreeMap::new();
    let mut first: BTreeMap<(VehicleId, u32), (DayId, bool)> = BTreeMap::new();
    let fits = plan.iter().all(|p| {
        let (week, apart) = (p.day.0 / 7, spacing(problem, p.duty));
        let duty = &problem.duties.list[p.duty];
        let now = (p.day, p.tour.control || duty.control == 0);
        let earliest = first.entry((duty.vehicle, week)).or_insert(now);
        *earliest = now.min(*earliest);
        let manned = duty.binds(&p.tour).all(|crew| {
            let heads = bound.entry((crew, p.day)).or_default();
            *heads += 1;
            *heads <= problem.scenario.heads(crew, p.day)
        });
        manned
            && stays(problem, p.duty, &p.tour).into_iter().all(|site| {
                let weeks = taken.entry(site).or_default();
                let far = weeks.iter().all(|w| w.abs_diff(week) >= apart);
                weeks.push(week);
                far
            })
    });
    fits && first.values().all(|(_, controlled)| *controlled)
}

/// The sites at which a tour begins a stay, with the kind of vehicle: not where it slept.
fn stays(problem: &Problem, duty: usize, tour: &Tour) -> Vec<(usize, SiteId)> {
    let duty = &problem.duties.list[duty];
    let begun = tour.stops.iter().filter(|s| tour.slept != Some(s.site));
    begun.map(|s| (duty.kind, duty.roads.sites[s.site])).collect()
}

fn spacing(problem: &Problem, duty: usize) -> u32 {
    problem.scenario.vehicles[problem.duties.list[duty].vehicle.index()].spacing_weeks
}

/// A rotation with those of its sites at which others begin a stay, too.
struct Item<'t> {
    days: Dealing<'t>,
    sites: Vec<(usize, SiteId)>,
}

impl Item<'_> {
    /// Whether it has a control of its week.
    fn controls(&self) -> bool {
        self.days.iter().any(|(_, tour)| tour.control)
    }

    /// Whether any day of a week is as good for it as another.
    fn loose(&self, problem: &Problem) -> bool {
        let manned = |&(duty, tour): &(usize, &Tour)| problem.duties.list[duty].binds(tour).next().is_some();
        self.days.len() == 1 && !self.controls() && !self.days.iter().any(manned)
    }
}

struct Table<'p, 't> {
    problem: &'p Problem<'p>,
    items: Vec<Item<'t>>,
    order: Vec<usize>,
    /// Days left, by duty.
    free: BTreeSet<(usize, DayId)>,
    /// Weeks in which a kind of vehicle begins a stay at a site.
    taken: BTreeMap<(usize, SiteId), Vec<u32>>,
    /// Heads bound.
    bound: BTreeMap<(CrewId, DayId), u32>,
    /// First day of the items dealt so far, in their order.
    days: Vec<DayId>,
    choices: usize,
}

impl Table<'_, '_> {
    /// Deals the next item and all after it; `None` when the time is over.
    fn next(&mut self) -> Option<bool> {
        let Some(&item) = self.order.get(self.days.len()) else { return Some(true) };
        for day in self.candidates(item) {
            self.choices += 1;
            if self.choices > MOST_CHOICES {
                return None;
            }
            self.take(item, day);
            if self.next()? {
                return Some(true);
            }
            self.give_back(item, day);
        }
        Some(false)
    }

    /// First days that are worth a try for an item: of those of a week that differ in nothing, the
    /// first.
    fn candidates(&self, item: usize) -> Vec<DayId> {
        let Item { days, sites } = &self.items[item];
        let loose = self.items[item].loose(self.problem);
        let (first, apart) = (days[0].0, spacing(self.problem, days[0].0));
        let mut out: Vec<DayId> = Vec::new();
        for &(_, day) in self.free.range((first, DayId(0))..=(first, DayId(u32::MAX))) {
            let week = day.0 / 7;
            let clash = |site: &(usize, SiteId)| {
                self.taken.get(site).is_some_and(|weeks| weeks.iter().any(|w| w.abs_diff(week) < apart))
            };
            let alike = loose && out.last().is_some_and(|d| d.0 / 7 == week);
            if !alike && !sites.iter().any(clash) && self.fits(item, day) {
                out.push(day);
            }
        }
        out
    }

    /// Whether the days of an item that begins on a day are free and manned, and its weeks have
    /// begun with a control.
    fn fits(&self, item: usize, first: DayId) -> bool {
        let mut day = first;
        self.items[item].days.iter().all(|&(duty, tour)| {
            let known = &self.problem.duties.list[duty];
            let free = self.free.contains(&(duty, day));
            let manned = known.binds(tour).all(|crew| {
                let bound = self.bound.get(&(crew, day)).copied().unwrap_or(0);
                bound < self.problem.scenario.heads(crew, day)
            });
            // Controls are dealt first: what has none needs one before it, if only its own.
            let own = self.items[item].controls() && first.0 / 7 == day.0 / 7;
            let early = known.control > 0 && !tour.control && !own && !self.controlled(duty, day);
            let off = |d: u32| self.problem.scenario.shift(known.vehicle, DayId(d)).is_none();
            let rests = (day.0 + 1..day.0 + tour.sleeps).all(off);
            day = DayId(day.0 + tour.sleeps);
            free && manned && !early && rests
        })
    }

    /// Whether the vehicle of a duty has made its control of the week before a day.
    fn controlled(&self, duty: usize, day: DayId) -> bool {
        let vehicle = self.problem.duties.list[duty].vehicle;
        self.order.iter().zip(&self.days).any(|(&k, &first)| {
            self.dates(k, first).any(|(other, tour, d)| {
                tour.control && self.problem.duties.list[other].vehicle == vehicle && d.0 / 7 == day.0 / 7 && d < day
            })
        })
    }

    /// The days of an item that begins on a day.
    fn dates(&self, item: usize, first: DayId) -> impl Iterator<Item = (usize, &Tour, DayId)> {
        self.items[item].days.iter().scan(first.0, |next, &(duty, tour)| {
            let day = DayId(*next);
            *next += tour.sleeps;
            Some((duty, tour, day))
        })
    }

    fn take(&mut self, item: usize, first: DayId) {
        self.days.push(first);
        for (duty, tour, day) in self.dates(item, first).map(|(k, t, d)| (k, t.clone(), d)).collect::<Vec<_>>() {
            self.free.remove(&(duty, day));
            for site in stays(self.problem, duty, &tour) {
                self.taken.entry(site).or_default().push(day.0 / 7);
            }
            for crew in self.problem.duties.list[duty].binds(&tour) {
                *self.bound.entry((crew, day)).or_default() += 1;
            }
        }
    }

    fn give_back(&mut self, item: usize, first: DayId) {
        self.days.pop();
        for (duty, tour, day) in self.dates(item, first).map(|(k, t, d)| (k, t.clone(), d)).collect::<Vec<_>>() {
            self.free.insert((duty, day));
            for site in stays(self.problem, duty, &tour) {
                self.taken.entry(site).or_default().pop();
            }
            for crew in self.problem.duties.list[duty].binds(&tour) {
                *self.bound.entry((crew, day)).or_default() -= 1;
            }
        }
    }

    /// The tours on their days. Those of a week that only share its days come in the order in which
    /// they were handed in.
    fn placed(self) -> Vec<Placed> {
        let mut firsts: Vec<(usize, DayId)> = self.order.iter().copied().zip(self.days.iter().copied()).collect();
        firsts.sort_unstable();
        let mut pools: BTreeMap<(usize, u32), BTreeSet<DayId>> = BTreeMap::new();
        for &(k, day) in firsts.iter().filter(|(k, _)| self.items[*k].loose(self.problem)) {
            pools.entry((self.items[k].days[0].0, day.0 / 7)).or_default().insert(day);
        }
        let mut out = Vec::with_capacity(firsts.len());
        for (k, mut first) in firsts {
            if self.items[k].loose(self.problem)
                && let Some(day) = pools.get_mut(&(self.items[k].days[0].0, first.0 / 7)).and_then(BTreeSet::pop_first)
            {
                first = day;
            }
            out.extend(self.dates(k, first).map(|(duty, tour, day)| Placed { duty, day, tour: tour.clone() }));
        }
        out
    }
}
