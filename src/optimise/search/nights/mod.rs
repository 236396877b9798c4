//! Pricing of rotations of several days.
//!
//! One [`Search`] a day, the last first: what an evening at a site is worth is what the best next
//! morning there is worth, less the night and the price of the next day. A stay that goes on is
//! worth less than its visits by themselves, since they share what it may invite: the backward
//! values take them by themselves, which bounds them; the search forward counts them together.

mod ground;
mod mornings;
mod worth;

use super::evening::Evening;
use super::labels::{Entry, Label, MOST_KEPT, Step};
use super::{Effort, Ground, NEVER, Prizes, Search, Tour, TourStop, seconds};
use crate::domain::ServiceId;
use crate::optimise::duty::Duty;
use crate::optimise::package::Budget;
use crate::optimise::rotation::Rotation;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::{BTreeMap, BinaryHeap};

/// Classes of evenings at a site, at most.
const MOST_CLASSES: usize = 64;

/// A day that a rotation may take.
pub struct Layer<'a> {
    /// Position of its duty in the master.
    pub k: usize,
    /// The duty.
    pub duty: &'a Duty,
    /// Where it may go.
    pub ground: &'a Ground,
    /// What its visits are worth.
    pub prizes: &'a Prizes,
    /// Price of the day.
    pub day: f64,
    /// Nights before it.
    pub nights: u32,
    /// Weeks begun since the first day: with the quality control, the day that begins one.
    pub weeks: u32,
}

/// Budgets of a stay, by service.
pub type Budgets = BTreeMap<ServiceId, Budget>;

/// A local site and the budgets of a stay there.
type StayKey = (usize, Vec<(ServiceId, Budget)>);

/// What a stay within some budgets at a local site is worth, before its prices.
pub type StayValue<'a> = dyn Fn(usize, &Budgets) -> f64 + Sync + 'a;

/// A budget for so many appointments of a service.
pub type BudgetOf<'a> = dyn Fn(ServiceId, u32) -> Budget + Sync + 'a;

/// The outcome of one pricing: rotations by falling reduced value.
#[derive(Debug, Clone, Default)]
pub struct Rotations {
    /// Reduced values and rotations.
    pub list: Vec<(f64, Rotation)>,
    /// No rotation of several days is worth more, in reduced value.
    pub bound: f64,
    /// Whether every rotation above the threshold is in the list.
    pub complete: bool,
    /// Labels made.
    pub labels: usize,
}

/// Path → value, driving, departure, work of the days before.
type Seen = FxHashMap<Vec<(u32, u32)>, Vec<(f64, i32, i32, i32)>>;

/// The days of a rotation at given prices.
pub struct NightSearch<'a> {
    layers: Vec<Layer<'a>>,
    searches: Vec<Search<'a>>,
    night_price: f64,
    /// By local site at which nights may be spent: what a stay of so many appointments is worth.
    worths: Vec<Vec<f64>>,
    /// By layer, `sites × levels`: no visit adds more to a stay; 0 where no night before or after it is possible.
    adds: Vec<Vec<f64>>,
    /// Budget of a visit of so many appointments of a service.
    budget: &'a BudgetOf<'a>,
    /// A budget that is not less, and grows with the appointments.
    even: &'a BudgetOf<'a>,
    stay: &'a StayValue<'a>,
    /// What a stay is worth where no host must be invited: never less.
    free: &'a StayValue<'a>,
    known: RefCell<FxHashMap<StayKey, f64>>,
}

impl<'a> NightSearch<'a> {
    /// Prepares the values of all days. `even` is a budget for every number of appointments, in proportion to them, and
    /// never less than that of visits with so many together.
    #[must_use]
    pub fn new(
        layers: Vec<Layer<'a>>,
        night_price: f64,
        (budget, even): (&'a BudgetOf<'a>, &'a BudgetOf<'a>),
        (stay, free): (&'a StayValue<'a>, &'a StayValue<'a>),
        watch_work: bool,
    ) -> Self {
        let (searches, worths, adds, known) = (Vec::new(), Vec::new(), Vec::new(), RefCell::default());
        let mut out = Self { layers, searches, night_price, worths, adds, budget, even, stay, free, known };
        out.worths = out.worths();
        out.adds = (0..out.layers.len()).map(|d| out.adds(d)).collect();
        for d in (0..out.layers.len()).rev() {
            let mut evening = match out.searches.last() {
                None => Evening::default(),
                Some(next) => out.evening(d, next),
            };
            evening.spaced_from = out.spaced_from(d);
            let layer = &out.layers[d];
            let search = Search::with_evening(layer.duty, layer.ground, layer.prizes, &[], evening);
            out.searches.push(search.watching_work(watch_work));
        }
        out.searches.reverse();
        out
    }

    /// The first day whose stays are too few weeks before those of a day, which itself is.
    fn spaced_from(&self, d: usize) -> u32 {
        let (layer, before) = (&self.layers[d], &self.layers[..d]);
        let near = |earlier: &Layer| layer.weeks - earlier.weeks < layer.duty.spacing;
        u32::try_from(before.iter().position(near).unwrap_or(d)).unwrap_or(u32::MAX)
    }

    /// Time of the quality control in the morning of a day after a night: where a week begins.
    fn control(&self, d: usize) -> i32 {
        let layer = &self.layers[d];
        if layer.weeks > self.layers[d - 1].weeks { layer.duty.control } else { 0 }
    }

    /// The best rotations of several days whose reduced value is at least the threshold; `all`:
    /// one for every combination of sites and appointments, not only for every set of sites.
    #[must_use]
    pub fn run(&self, effort: Effort, all: bool) -> Rotations {
        let mut labels: Vec<Label<'a>> = Vec::new();
        let mut heap: BinaryHeap<Entry> = BinaryHeap::new();
        let first = self.layers[0].day;
        // The search of a day knows nothing of the price of the first.
        let threshold = effort.threshold + first;
        self.searches[0].open_starts(threshold, &mut labels, &mut heap);
        let mut out = Rotations { list: Vec::new(), bound: NEVER, complete: false, labels: 0 };
        let mut seen = Seen::default();
        let mut sets = FxHashSet::default();
        let mut expanded = 0;
        while let Some(entry) = heap.pop() {
            if out.list.is_empty() {
                out.bound = entry.bound - first;
            }
            out.labels = labels.len();
            let label = labels[entry.label as usize];
            match entry.step {
                Step::Complete => {
                    let rotation = self.rotation(&labels, entry.label);
                    if all || sets.insert(sites_of(&rotation)) {
                        out.list.push((entry.bound - first, rotation));
                        if out.list.len() >= effort.tours {
                            return out;
                        }
                    }
                    continue;
                }
                Step::Morning(place) => self.next_morning(&entry, place, threshold, &mut labels, &mut heap),
                Step::Visit(site) => self.go_to((entry.label, site as usize), threshold, &mut labels, &mut heap),
                Step::Label => {
                    if expanded >= effort.labels {
                        return out;
                    }
                    expanded += 1;
                    if self.dominated(&labels, entry.label, &mut seen) {
                        continue;
                    }
                    let search = &self.searches[label.day as usize];
                    if label.day > 0 {
                        search.finish(&label, entry.label, threshold, &mut heap);
                    }
                    if (label.visits as usize) < search.duty.max_visits {
                        search.extend(&label, entry.label, threshold, &mut labels, &mut heap);
                    }
                    self.sleep(&label, entry.label, threshold, &mut labels, &mut heap);
                }
            }
            if labels.len() >= MOST_KEPT {
                return out;
            }
        }
        out.complete = true;
        if out.list.is_empty() {
            out.bound = effort.threshold;
        }
        out
    }

    /// Ends the day at its last site: next morning it opens there again, or goes on to another.
    fn sleep(
        &self,
        label: &Label<'a>,
        at: u32,
        threshold: f64,
        labels: &mut Vec<Label<'a>>,
        heap: &mut BinaryHeap<Entry>,
    ) {
        let (d, site) = (label.day as usize, label.site as usize);
        let search = &self.searches[d];
        if !search.may_sleep(label.mask as usize, label.owed, label.end as usize, site) {
            return;
        }
        let close = seconds(label.end as usize, search.grid);
        let pause = if label.paused { search.break_length } else { 0 };
        if label.driving > search.duty.drive_limit || close - label.depart - pause > search.work_limit {
            return;
        }
        self.go_to((at, site), threshold, labels, heap);
        let (next, control) = self.next(label);
        if let Some((best, _)) = next.choices(site, control).first() {
            let bound = self.slept(label) + best;
            if bound >= threshold {
                heap.push(Entry { bound, label: at, step: Step::Morning(0) });
            }
        }
    }

    /// The day after a label's, and its quality control.
    fn next(&self, label: &Label) -> (&Search<'a>, i32) {
        let d = label.day as usize + 1;
        (&self.searches[d], self.control(d))
    }

    /// Value of a label after the night, the price of the next day included.
    fn slept(&self, label: &Label) -> f64 {
        let (search, layer) = (&self.searches[label.day as usize], &self.layers[label.day as usize + 1]);
        let close = seconds(label.end as usize, search.grid);
        label.value - search.work_cost(close, false) - self.night_price * f64::from(layer.nights) - layer.day
    }

    /// Goes on to the site at a place in the list of choices, and puts off the ones after it.
    fn next_morning(
        &self,
        entry: &Entry,
        place: u32,
        threshold: f64,
        labels: &mut Vec<Label<'a>>,
        heap: &mut BinaryHeap<Entry>,
    ) {
        let label = labels[entry.label as usize];
        let (next, control) = self.next(&label);
        let slept = label.site as usize;
        let choices = next.choices(slept, control);
        let (value, site) = choices[place as usize];
        if let Some((later, _)) = choices.get(place as usize + 1) {
            let bound = entry.bound + (later - value);
            if bound >= threshold {
                heap.push(Entry { bound, label: entry.label, step: Step::Morning(place + 1) });
            }
        }
        if next.barred(labels, entry.label, label.day + 1).iter().any(|&j| j as usize == site) {
            return;
        }
        let touch = &next.prizes.touch;
        let again = touch.again(&next.touched(labels, entry.label), site) - touch.shared(slept, site);
        if again <= 1e-9 {
            self.go_to((entry.label, site), threshold, labels, heap);
        } else if entry.bound - again >= threshold {
            let step = Step::Visit(u32::try_from(site).unwrap_or(u32::MAX));
            heap.push(Entry { bound: entry.bound - again, label: entry.label, step });
        }
    }

    /// Opens at a site in the morning after a label's day.
    fn go_to(
        &self,
        (at, site): (u32, usize),
        threshold: f64,
        labels: &mut Vec<Label<'a>>,
        heap: &mut BinaryHeap<Entry>,
    ) {
        let label = labels[at as usize];
        let search = &self.searches[label.day as usize];
        let (next, control) = self.next(&label);
        let again = next.prizes.touch.again(&next.touched(labels, at), site);
        let value = self.slept(&label) - again;
        let pause = if label.paused { search.break_length } else { 0 };
        let worked = label.worked + seconds(label.end as usize, search.grid) - label.depart - pause;
        for start in next.morning(label.site as usize, site, control).iter() {
            let root = Label {
                value: value + next.start_value(start),
                site: 0,
                end: 0,
                owed: start.owed,
                paused: start.paused,
                control: start.control,
                mask: 0,
                visits: 0,
                driving: start.driving,
                depart: start.depart,
                parent: at,
                shape: None,
                day: label.day + 1,
                slept: label.site,
                worked,
                count: 0,
                short: 0.0,
            };
            if site == label.site as usize {
                self.go_on(&root, at, (site, start.opening), threshold, labels, heap);
            } else {
                next.open_at(&root, at, site, start.opening, threshold, labels, heap);
            }
        }
    }

    /// Opens again where the vehicle slept: one stay.
    fn go_on(
        &self,
        root: &Label<'a>,
        at: u32,
        (site, opening): (usize, usize),
        threshold: f64,
        labels: &mut Vec<Label<'a>>,
        heap: &mut BinaryHeap<Entry>,
    ) {
        let search = &self.searches[root.day as usize];
        let before = self.budgets(labels, at);
        let booked = self.value(site, &before);
        let first = labels.len();
        let mut own = BinaryHeap::new();
        search.open_at(root, at, site, opening, NEVER, labels, &mut own);
        // As if it were a stay by itself; put right.
        for position in first..labels.len() {
            let label = labels[position];
            let Some(shape) = label.shape else { continue };
            let together = self.value(site, &self.with(&before, search.duty, shape.level));
            let at_once = site * search.levels + shape.level;
            let alone = search.prizes.visit[at_once] - search.prizes.aside[at_once];
            let value = label.value - alone + together - booked;
            let evening = labels[at as usize];
            let count = evening.count + label.count;
            let short = match self.worths.get(site).and_then(|worth| worth.get(count as usize)) {
                Some(worth) => worth - together,
                None => evening.short + self.adds[root.day as usize][at_once] - (together - booked),
            };
            let short = short.max(0.0);
            labels[position] = Label { value, count, short, ..label };
            let bound = value + search.after_stay(label.mask as usize, label.owed, site, shape, (count, short));
            if bound >= threshold && bound > NEVER {
                heap.push(Entry { bound, label: u32::try_from(position).unwrap_or(u32::MAX), step: Step::Label });
            }
        }
    }

    /// Budgets of the stay that a path is in.
    fn budgets(&self, labels: &[Label<'a>], mut at: u32) -> Budgets {
        let mut budgets = Budgets::new();
        loop {
            let label = &labels[at as usize];
            if let Some(shape) = label.shape {
                budgets = self.with(&budgets, self.layers[label.day as usize].duty, shape.level);
            }
            if !label.goes_on() {
                return budgets;
            }
            at = label.parent;
        }
    }

    fn with(&self, budgets: &Budgets, duty: &Duty, level: usize) -> Budgets {
        let mut out = budgets.clone();
        for (&service, &count) in duty.services.iter().zip(&duty.shapes.levels[level]).filter(|(_, count)| **count > 0)
        {
            let own = (self.budget)(service, count);
            out.entry(service).and_modify(|b| *b = b.with(own)).or_insert(own);
        }
        out
    }

    fn value(&self, site: usize, budgets: &Budgets) -> f64 {
        let key = (site, budgets.iter().map(|(&s, &b)| (s, b)).collect::<Vec<_>>());
        if let Some(&value) = self.known.borrow().get(&key) {
            return value;
        }
        let value = (self.stay)(site, budgets);
        self.known.borrow_mut().insert(key, value);
        value
    }

    /// Whether a label that made the same visits, as far as that matters, is as good in everything.
    fn dominated(&self, labels: &[Label<'a>], at: u32, seen: &mut Seen) -> bool {
        let label = &labels[at as usize];
        let search = &self.searches[label.day as usize];
        let mut key = vec![(label.end, u32::from(label.owed) + 2 * label.day)];
        let mut k = at;
        while k != u32::MAX {
            let one = &labels[k as usize];
            let level = one.shape.map_or(0, |s| s.level);
            key.push((one.site, u32::try_from(level).unwrap_or(u32::MAX) * 64 + 2 * one.day + u32::from(one.control)));
            k = one.parent;
        }
        let (depart, worked) =
            if search.watch_work { (label.effective_depart(search.break_length), label.worked) } else { (0, 0) };
        let list = seen.entry(key).or_default();
        if list.iter().any(|&(v, d, t, w)| v >= label.value && d <= label.driving && t >= depart && w <= worked) {
            return true;
        }
        list.push((label.value, label.driving, depart, worked));
        false
    }

    fn rotation(&self, labels: &[Label<'a>], at: u32) -> Rotation {
        let mut path: Vec<&Label<'a>> = Vec::new();
        let mut k = at;
        while k != u32::MAX {
            path.push(&labels[k as usize]);
            k = labels[k as usize].parent;
        }
        path.reverse();
        let days = path.chunk_by(|a, b| a.day == b.day);
        let last = labels[at as usize].day;
        let day = |own: &[&Label<'a>]| {
            let end = own[own.len() - 1];
            let (layer, search) = (&self.layers[end.day as usize], &self.searches[end.day as usize]);
            let site = end.site as usize;
            let (arrival, paused, back) = if end.day == last {
                let (arrival, paused) = search.home(site, end.end as usize, end.owed).unwrap_or_default();
                (arrival, paused, search.duty.roads.back[site])
            } else {
                (seconds(end.end as usize, search.grid), false, 0)
            };
            let pause = if paused || end.paused { search.break_length } else { 0 };
            let stop = |label: &&Label<'a>| {
                let (sessions, level) = label.shape.map_or((Vec::new(), 0), |s| (s.sessions.clone(), s.level));
                TourStop { site: label.site as usize, sessions, level }
            };
            let tour = Tour {
                stops: own.iter().map(stop).collect(),
                driving: end.driving + back,
                work: arrival - end.depart - pause,
                control: end.control,
                slept: (end.slept != u32::MAX).then_some(end.slept as usize),
                sleeps: if end.day == last { 0 } else { self.layers[end.day as usize + 1].nights },
            };
            (layer.k, tour)
        };
        Rotation { days: days.map(day).collect() }
    }
}

/// The sites of a rotation, day by day.
fn sites_of(rotation: &Rotation) -> Vec<Vec<usize>> {
    rotation.days.iter().map(|(_, tour)| tour.stops.iter().map(|s| s.site).collect()).collect()
}
