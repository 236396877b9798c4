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
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Choices of a day that are tried in one order of the rotations, per rotation, at most.
const MOST_CHOICES: usize = 50;
/// Orders that are tried, at most.
const MOST_ORDERS: usize = 12;

/// What came of dealing.
#[derive(Debug, Clone)]
pub enum Dealt {
    /// The tours on their days.
    Placed(Vec<Placed>),
    /// There is no way of dealing them: some of them, that go together.
    Impossible(Vec<Placed>),
    /// None was found in the time given: some of them, that go together.
    Unknown(Vec<Placed>),
}

/// A rotation: duties of the problem with their tours, day by day.
pub type Dealing<'t> = Vec<(usize, &'t Tour)>;

/// Deals rotations to the days of their duties: in the order given, save where a rule forbids it.
/// Those that are bound by rules with others are dealt first, by backtracking; `harder`: with so many times as many tries an order, until it is `over`.
#[must_use]
pub fn deal<'t>(
    problem: &Problem,
    rotations: Vec<Dealing<'t>>,
    harder: usize,
    over: &(dyn Fn() -> bool + Sync),
) -> Dealt {
    let mut visits: BTreeMap<(usize, SiteId), usize> = BTreeMap::new();
    let mut used: BTreeMap<usize, usize> = BTreeMap::new();
    let mut items: Vec<Item> = Vec::new();
    for days in rotations {
        let mut item = Item { days, sites: Vec::new(), company: 0 };
        for &(duty, tour) in &item.days {
            *used.entry(duty).or_default() += 1;
            item.sites.extend(stays(problem, duty, tour));
        }
        for site in &item.sites {
            *visits.entry(*site).or_default() += 1;
        }
        items.push(item);
    }
    for item in &mut items {
        let spaced = spacing(problem, item.days[0].0) > 0;
        item.sites.retain(|site| visits[site] > 1 && spaced);
        item.company = item.sites.iter().map(|site| visits[site]).sum();
    }
    let free = used.keys().flat_map(|&duty| problem.duties.list[duty].days.iter().map(move |&day| (duty, day)));
    let mut table = Table { harder, ..Table::new(problem, items, free.collect()) };
    let full = |(duty, n): (&usize, &usize)| *n > problem.duties.list[*duty].days.len();
    let mut found = if used.iter().any(full) { Some(false) } else { table.next() };
    for _ in 1..MOST_ORDERS {
        if found.is_some() || over() {
            break;
        }
        table.hardest_first();
        found = table.next();
    }
    match found {
        Some(true) => Dealt::Placed(table.placed()),
        Some(false) => Dealt::Impossible(table.some().placed()),
        None => Dealt::Unknown(table.some().placed()),
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
    fits && first.values().all(|(_, controlled)| *controlled) && joined(problem, plan)
}

/// Whether every night out leads to the tour that goes on from where it is spent, so many days later.
fn joined(problem: &Problem, plan: &[Placed]) -> bool {
    let vehicle = |p: &Placed| problem.duties.list[p.duty].vehicle;
    let mut sorted: Vec<&Placed> = plan.iter().collect();
    sorted.sort_by_key(|p| (vehicle(p), p.day));
    let ends =
        sorted.first().is_none_or(|p| p.tour.slept.is_none()) && sorted.last().is_none_or(|p| p.tour.sleeps == 0);
    ends && sorted.windows(2).all(|pair| {
        let (before, after) = (pair[0], pair[1]);
        match after.tour.slept {
            None => before.tour.sleeps == 0,
            Some(site) => {
                vehicle(before) == vehicle(after)
                    && before.tour.sleeps == after.day.0 - before.day.0
                    && before.tour.stops.last().is_some_and(|stop| stop.site == site)
            }
        }
    })
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
    /// Stays at them, of all rotations.
    company: usize,
}

impl Item<'_> {
    /// Whether it has a control of its week.
    fn controls(&self) -> bool {
        self.days.iter().any(|(_, tour)| tour.control)
    }

    /// When it is dealt: what others need before them first, then what fits in few places.
    fn turn(&self, problem: &Problem) -> (bool, bool, Reverse<usize>) {
        (!self.controls(), !self.locked(problem), Reverse(self.days.len()))
    }

    /// Whether it has a day with locked visits.
    fn locked(&self, problem: &Problem) -> bool {
        self.days.iter().any(|(duty, _)| !problem.duties.list[*duty].required.is_empty())
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
    bound: BTreeMap<DayId, BTreeMap<CrewId, u32>>,
    /// The duties with tours on a day still free.
    open: BTreeMap<DayId, BTreeSet<usize>>,
    /// Rotations dealt so far, in their order, with their first days.
    dealt: Vec<(usize, DayId)>,
    choices: usize,
    /// How many times as many choices are tried.
    harder: usize,
    /// How many were dealt before none of the days of the next would do, at most.
    deepest: usize,
}

impl<'p, 't> Table<'p, 't> {
    fn new(problem: &'p Problem<'p>, items: Vec<Item<'t>>, free: BTreeSet<(usize, DayId)>) -> Self {
        let mut open: BTreeMap<DayId, BTreeSet<usize>> = BTreeMap::new();
        for &(duty, day) in &free {
            open.entry(day).or_default().insert(duty);
        }
        let mut order: Vec<usize> = (0..items.len()).collect();
        // What any day of a week may hold comes last; of the others those with most company first.
        order.sort_by_key(|&k| (items[k].turn(problem), items[k].loose(problem), Reverse(items[k].company)));
        Self {
            problem,
            harder: 1,
            items,
            order,
            free,
            open,
            taken: BTreeMap::new(),
            bound: BTreeMap::new(),
            dealt: Vec::new(),
            choices: 0,
            deepest: 0,
        }
    }

    /// Deals the next rotation and all after it; `None` when the time is over.
    fn next(&mut self) -> Option<bool> {
        let Some(&item) = self.order.get(self.dealt.len()) else { return Some(true) };
        self.deepest = self.deepest.max(self.dealt.len());
        for day in self.candidates(item) {
            self.choices += 1;
            if self.choices > MOST_CHOICES * self.harder * self.items.len() {
                return None;
            }
            self.take(item, day);
            if self.next()? {
                return Some(true);
            }
            self.give_back();
        }
        Some(false)
    }

    /// Begins again with the rotation that found no day, among those of its turn, first.
    fn hardest_first(&mut self) {
        let stuck = self.deepest;
        self.clear();
        let turn = |k: &usize| self.items[*k].turn(self.problem);
        let first = self.order.partition_point(|k| turn(k) < turn(&self.order[stuck]));
        self.order[first..=stuck].rotate_right(1);
    }

    fn clear(&mut self) {
        while !self.dealt.is_empty() {
            self.give_back();
        }
        (self.choices, self.deepest) = (0, 0);
    }

    /// Deals what can be dealt without taking anything back.
    fn some(mut self) -> Self {
        self.clear();
        for item in self.order.clone() {
            if let Some(&day) = self.candidates(item).first() {
                self.take(item, day);
            }
        }
        self
    }

    /// First days that are worth a try for an item: of those of a week that differ in nothing, the
    /// first.
    fn candidates(&self, item: usize) -> Vec<DayId> {
        let Item { days, sites, .. } = &self.items[item];
        let simple = days.len() == 1 && !self.items[item].controls();
        let (first, apart) = (days[0].0, spacing(self.problem, days[0].0));
        let mut out: Vec<DayId> = Vec::new();
        for &(_, day) in self.free.range((first, DayId(0))..=(first, DayId(u32::MAX))) {
            let week = day.0 / 7;
            let clash = |site: &(usize, SiteId)| {
                self.taken.get(site).is_some_and(|weeks| weeks.iter().any(|w| w.abs_diff(week) < apart))
            };
            // All that comes after a single day without control is one, too.
            let alike = |d: &DayId| d.0 / 7 == week && self.alike(*d, day);
            let tried = simple && out.iter().rev().take_while(|d| d.0 / 7 == week).any(alike);
            if !tried && !sites.iter().any(clash) && self.fits(item, day) {
                out.push(day);
            }
        }
        out
    }

    /// Whether two days of a week are free for the same duties, with the same heads bound, both after
    /// the same controls: then single tours can be dealt to either.
    fn alike(&self, a: DayId, b: DayId) -> bool {
        let controlled = |duty: &usize| {
            self.problem.duties.list[*duty].control == 0 || self.controlled(*duty, a) == self.controlled(*duty, b)
        };
        self.open.get(&a) == self.open.get(&b)
            && self.bound.get(&a) == self.bound.get(&b)
            && self.open.get(&a).is_none_or(|duties| duties.iter().all(controlled))
    }

    /// Whether the days of an item that begins on a day are free and manned, and its weeks have
    /// begun with a control.
    fn fits(&self, item: usize, first: DayId) -> bool {
        let mut day = first;
        let mut begun = None;
        self.items[item].days.iter().all(|&(duty, tour)| {
            let known = &self.problem.duties.list[duty];
            let free = self.free.contains(&(duty, day));
            let manned = known.binds(tour).all(|crew| {
                let bound = self.bound.get(&day).and_then(|heads| heads.get(&crew)).copied().unwrap_or(0);
                bound < self.problem.scenario.heads(crew, day)
            });
            // Controls are dealt first: what has none needs one before it, if only its own of that week.
            if tour.control {
                begun = Some(day.0 / 7);
            }
            let early = known.control > 0 && begun != Some(day.0 / 7) && !self.controlled(duty, day);
            let off = |d: u32| self.problem.scenario.shift(known.vehicle, DayId(d)).is_none();
            let rests = (day.0 + 1..day.0 + tour.sleeps).all(off);
            day = DayId(day.0 + tour.sleeps);
            free && manned && !early && rests
        })
    }

    /// Whether the vehicle of a duty has made its control of the week before a day.
    fn controlled(&self, duty: usize, day: DayId) -> bool {
        let vehicle = self.problem.duties.list[duty].vehicle;
        self.dealt.iter().any(|&(k, first)| {
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
        self.dealt.push((item, first));
        for (duty, tour, day) in self.dates(item, first).map(|(k, t, d)| (k, t.clone(), d)).collect::<Vec<_>>() {
            self.free.remove(&(duty, day));
            self.open.entry(day).or_default().remove(&duty);
            for site in stays(self.problem, duty, &tour) {
                self.taken.entry(site).or_default().push(day.0 / 7);
            }
            for crew in self.problem.duties.list[duty].binds(&tour) {
                *self.bound.entry(day).or_default().entry(crew).or_default() += 1;
            }
        }
    }

    fn give_back(&mut self) {
        let Some((item, first)) = self.dealt.pop() else { return };
        for (duty, tour, day) in self.dates(item, first).map(|(k, t, d)| (k, t.clone(), d)).collect::<Vec<_>>() {
            self.free.insert((duty, day));
            self.open.entry(day).or_default().insert(duty);
            for site in stays(self.problem, duty, &tour) {
                self.taken.entry(site).or_default().pop();
            }
            for crew in self.problem.duties.list[duty].binds(&tour) {
                *self.bound.entry(day).or_default().entry(crew).or_default() -= 1;
            }
        }
    }

    /// The tours on their days. Those of a week that only share its days come in the order in which
    /// they were handed in.
    fn placed(self) -> Vec<Placed> {
        let mut firsts = self.dealt.clone();
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
