//! Puts chosen tours on days.
//!
//! A duty's days are alike, so the master only counts its tours. Which week each falls in matters
//! where spacing is shorter than the horizon: then two visits of one kind of vehicle to a site
//! have to be dealt to weeks far enough apart.

use super::component::Placed;
use super::problem::Problem;
use super::search::Tour;
use crate::domain::{DayId, SiteId};
use std::collections::BTreeMap;

/// Choices of a week that are tried, at most.
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

/// Deals tours to the days of their duties: in the order given, save where spacing forbids it.
/// Tours that share a site with another of their kind are dealt first, by backtracking.
#[must_use]
pub fn deal(problem: &Problem, hands: &[Hand]) -> Dealt {
    let mut visits: BTreeMap<(usize, SiteId), usize> = BTreeMap::new();
    let mut items: Vec<Item> = Vec::new();
    let mut free = BTreeMap::new();
    for (duty, tours) in hands {
        let known = &problem.duties.list[*duty];
        if tours.len() > known.days.len() || !known.required.is_empty() && tours.len() < known.days.len() {
            return Dealt::Impossible;
        }
        for day in &known.days {
            *free.entry((*duty, day.0 / 7)).or_default() += 1;
        }
        for tour in tours {
            let sites = sites(problem, *duty, tour);
            for site in &sites {
                *visits.entry(*site).or_default() += 1;
            }
            items.push(Item { duty: *duty, tour, sites });
        }
    }
    for item in &mut items {
        item.sites.retain(|site| visits[site] > 1 && spacing(problem, item.duty) > 0);
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&k| items[k].sites.is_empty());
    let mut table = Table { problem, items, order, free, taken: BTreeMap::new(), weeks: Vec::new(), choices: 0 };
    match table.next() {
        Some(true) => Dealt::Placed(table.placed()),
        Some(false) => Dealt::Impossible,
        None => Dealt::Unknown,
    }
}

/// Whether a plan keeps the spacing of its visits.
#[must_use]
pub fn spaced(problem: &Problem, plan: &[Placed]) -> bool {
    let mut taken: BTreeMap<(usize, SiteId), Vec<u32>> = BTreeMap::new();
    plan.iter().all(|p| {
        let (week, apart) = (p.day.0 / 7, spacing(problem, p.duty));
        sites(problem, p.duty, &p.tour).into_iter().all(|site| {
            let weeks = taken.entry(site).or_default();
            let far = weeks.iter().all(|w| w.abs_diff(week) >= apart);
            weeks.push(week);
            far
        })
    })
}

fn sites(problem: &Problem, duty: usize, tour: &Tour) -> Vec<(usize, SiteId)> {
    let duty = &problem.duties.list[duty];
    tour.stops.iter().map(|s| (duty.kind, duty.roads.sites[s.site])).collect()
}

fn spacing(problem: &Problem, duty: usize) -> u32 {
    problem.scenario.vehicles[problem.duties.list[duty].vehicle.index()].spacing_weeks
}

/// A tour with those of its sites that other tours visit, too.
struct Item<'t> {
    duty: usize,
    tour: &'t Tour,
    sites: Vec<(usize, SiteId)>,
}

struct Table<'p, 't> {
    problem: &'p Problem<'p>,
    items: Vec<Item<'t>>,
    order: Vec<usize>,
    /// Days left, by duty and week.
    free: BTreeMap<(usize, u32), u32>,
    /// Weeks in which a kind of vehicle visits a site.
    taken: BTreeMap<(usize, SiteId), Vec<u32>>,
    /// Week of the items dealt so far, in their order.
    weeks: Vec<u32>,
    choices: usize,
}

impl Table<'_, '_> {
    /// Deals the next item and all after it; `None` when the time is over.
    fn next(&mut self) -> Option<bool> {
        let Some(&item) = self.order.get(self.weeks.len()) else { return Some(true) };
        let (duty, apart) = (self.items[item].duty, spacing(self.problem, self.items[item].duty));
        let (first, last) = self.problem.duties.list[duty].weeks;
        for week in first..=last {
            let clash = |site: &(usize, SiteId)| {
                self.taken.get(site).is_some_and(|weeks| weeks.iter().any(|w| w.abs_diff(week) < apart))
            };
            if self.free.get(&(duty, week)).is_none_or(|n| *n == 0) || self.items[item].sites.iter().any(clash) {
                continue;
            }
            self.choices += 1;
            if self.choices > MOST_CHOICES {
                return None;
            }
            self.take(item, week);
            if self.next()? {
                return Some(true);
            }
            self.give_back(item, week);
        }
        Some(false)
    }

    fn take(&mut self, item: usize, week: u32) {
        self.weeks.push(week);
        *self.free.entry((self.items[item].duty, week)).or_default() -= 1;
        for site in &self.items[item].sites {
            self.taken.entry(*site).or_default().push(week);
        }
    }

    fn give_back(&mut self, item: usize, week: u32) {
        self.weeks.pop();
        *self.free.entry((self.items[item].duty, week)).or_default() += 1;
        for site in &self.items[item].sites {
            self.taken.entry(*site).or_default().pop();
        }
    }

    /// Days within the weeks, in the order in which the tours were handed in.
    fn placed(self) -> Vec<Placed> {
        let mut week_of = vec![0; self.items.len()];
        for (&item, &week) in self.order.iter().zip(&self.weeks) {
            week_of[item] = week;
        }
        let mut used: BTreeMap<(usize, u32), usize> = BTreeMap::new();
        let mut out = Vec::with_capacity(self.items.len());
        for (item, week) in self.items.iter().zip(week_of) {
            let days = self.problem.duties.list[item.duty].days.iter().filter(|d| d.0 / 7 == week);
            let at = used.entry((item.duty, week)).or_default();
            let day: Option<&DayId> = days.clone().nth(*at);
            *at += 1;
            out.extend(day.map(|&day| Placed { duty: item.duty, day, tour: item.tour.clone() }));
        }
        out
    }
}
