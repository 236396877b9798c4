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

/// Tours of one duty, the one that is to come first in front.
pub type Hand<'t> = (usize, Vec<&'t Tour>);

/// Deals tours to the days of their duties: in the order given, save where a rule forbids it.
/// Tours that are bound by rules with others are dealt first, by backtracking.
#[must_use]
pub fn deal(problem: &Problem, hands: &[Hand]) -> Dealt {
    let mut visits: BTreeMap<(usize, SiteId), usize> = BTreeMap::new();
    let mut items: Vec<Item> = Vec::new();
    let mut free = BTreeSet::new();
    for (duty, tours) in hands {
        let known = &problem.duties.list[*duty];
        if tours.len() > known.days.len() || !known.required.is_empty() && tours.len() < known.days.len() {
            return Dealt::Impossible;
        }
        free.extend(known.days.iter().map(|&day| (*duty, day)));
        for tour in tours {
            let sites = sites(problem, *duty, tour);
            for site in &sites {
                *visits.entry(*site).or_default() += 1;
            }
            items.push(Item { duty: *duty, tour, sites, crew: known.binds(tour).collect() });
        }
    }
    for item in &mut items {
        item.sites.retain(|site| visits[site] > 1 && spacing(problem, item.duty) > 0);
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&k| (!items[k].tour.control, items[k].crew.is_empty(), items[k].sites.is_empty()));
    let mut table = Table {
        problem,
        items,
        order,
        free,
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
            && sites(problem, p.duty, &p.tour).into_iter().all(|site| {
                let weeks = taken.entry(site).or_default();
                let far = weeks.iter().all(|w| w.abs_diff(week) >= apart);
                weeks.push(week);
                far
            })
    });
    fits && first.values().all(|(_, controlled)| *controlled)
}

fn sites(problem: &Problem, duty: usize, tour: &Tour) -> Vec<(usize, SiteId)> {
    let duty = &problem.duties.list[duty];
    tour.stops.iter().map(|s| (duty.kind, duty.roads.sites[s.site])).collect()
}

fn spacing(problem: &Problem, duty: usize) -> u32 {
    problem.scenario.vehicles[problem.duties.list[duty].vehicle.index()].spacing_weeks
}

/// A tour with those of its sites that other tours visit, too, and the scarce crew it binds.
struct Item<'t> {
    duty: usize,
    tour: &'t Tour,
    sites: Vec<(usize, SiteId)>,
    crew: Vec<CrewId>,
}

struct Table<'p, 't> {
    problem: &'p Problem<'p>,
    items: Vec<Item<'t>>,
    order: Vec<usize>,
    /// Days left, by duty.
    free: BTreeSet<(usize, DayId)>,
    /// Weeks in which a kind of vehicle visits a site.
    taken: BTreeMap<(usize, SiteId), Vec<u32>>,
    /// Heads bound.
    bound: BTreeMap<(CrewId, DayId), u32>,
    /// Day of the items dealt so far, in their order.
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

    /// Days that are worth a try for an item: of those of a week that differ in nothing, the first.
    fn candidates(&self, item: usize) -> Vec<DayId> {
        let Item { duty, tour, sites, crew } = &self.items[item];
        let known = &self.problem.duties.list[*duty];
        let apart = spacing(self.problem, *duty);
        let mut out: Vec<DayId> = Vec::new();
        for &(_, day) in self.free.range((*duty, DayId(0))..=(*duty, DayId(u32::MAX))) {
            let week = day.0 / 7;
            let clash = |site: &(usize, SiteId)| {
                self.taken.get(site).is_some_and(|weeks| weeks.iter().any(|w| w.abs_diff(week) < apart))
            };
            let spent = |crew: &CrewId| {
                self.bound.get(&(*crew, day)).is_some_and(|n| *n >= self.problem.scenario.heads(*crew, day))
            };
            let none = |crew: &CrewId| self.problem.scenario.heads(*crew, day) == 0;
            // Controls are dealt first: what has none needs one before it.
            let early = known.control > 0 && !tour.control && !self.controlled(*duty, day);
            let alike = crew.is_empty() && out.last().is_some_and(|d| d.0 / 7 == week);
            if alike || early || sites.iter().any(clash) || crew.iter().any(|c| spent(c) || none(c)) {
                continue;
            }
            out.push(day);
        }
        out
    }

    /// Whether the vehicle of a duty has made its control of the week before a day.
    fn controlled(&self, duty: usize, day: DayId) -> bool {
        let vehicle = self.problem.duties.list[duty].vehicle;
        self.order.iter().zip(&self.days).any(|(&k, &d)| {
            let other = &self.items[k];
            other.tour.control
                && self.problem.duties.list[other.duty].vehicle == vehicle
                && d.0 / 7 == day.0 / 7
                && d < day
        })
    }

    fn take(&mut self, item: usize, day: DayId) {
        self.days.push(day);
        self.free.remove(&(self.items[item].duty, day));
        for site in &self.items[item].sites {
            self.taken.entry(*site).or_default().push(day.0 / 7);
        }
        for crew in &self.items[item].crew {
            *self.bound.entry((*crew, day)).or_default() += 1;
        }
    }

    fn give_back(&mut self, item: usize, day: DayId) {
        self.days.pop();
        self.free.insert((self.items[item].duty, day));
        for site in &self.items[item].sites {
            self.taken.entry(*site).or_default().pop();
        }
        for crew in &self.items[item].crew {
            *self.bound.entry((*crew, day)).or_default() -= 1;
        }
    }

    /// The tours on their days. Those of a week that only share its days come in the order in which
    /// they were handed in.
    fn placed(self) -> Vec<Placed> {
        let mut days: Vec<(usize, DayId)> = self.order.iter().copied().zip(self.days).collect();
        days.sort_unstable();
        let loose = |k: usize| self.items[k].crew.is_empty() && !self.items[k].tour.control;
        let mut pools: BTreeMap<(usize, u32), BTreeSet<DayId>> = BTreeMap::new();
        for &(k, day) in days.iter().filter(|(k, _)| loose(*k)) {
            pools.entry((self.items[k].duty, day.0 / 7)).or_default().insert(day);
        }
        let place = |(k, mut day): (usize, DayId)| {
            if loose(k)
                && let Some(first) = pools.get_mut(&(self.items[k].duty, day.0 / 7)).and_then(BTreeSet::pop_first)
            {
                day = first;
            }
            Placed { duty: self.items[k].duty, day, tour: self.items[k].tour.clone() }
        };
        days.into_iter().map(place).collect()
    }
}
