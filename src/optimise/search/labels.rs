//! The best-first search forward, and quick dives.

use super::touch::Behind;
use super::{Effort, Found, NEVER, Search, Tour, TourStop, seconds};
use crate::optimise::shapes::Shape;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Marks the hours of a site's visit in a key.
const HOURS: u32 = 1 << 31;
/// Labels a search keeps at most, some 100 bytes each.
pub(super) const MOST_KEPT: usize = 2_000_000;

#[derive(Clone, Copy)]
pub(super) struct Label<'a> {
    pub value: f64,
    pub site: u32,
    pub end: u32,
    pub owed: bool,
    pub paused: bool,
    pub control: bool,
    pub mask: u32,
    pub visits: u32,
    pub driving: i32,
    pub depart: i32,
    pub parent: u32,
    pub shape: Option<&'a Shape>,
    /// Day of the rotation, 0 = its first.
    pub day: u32,
    /// Where the vehicle slept before; `u32::MAX` for its base.
    pub slept: u32,
    /// Working time of the days before.
    pub worked: i32,
    /// Appointments of the stay so far.
    pub count: u32,
    /// What the stay so far is worth less than values of evenings take it for.
    pub short: f64,
}

impl Label<'_> {
    /// Departure, later by the break once it is taken: what counts for working time.
    pub fn effective_depart(&self, break_length: i32) -> i32 {
        self.depart + if self.paused { break_length } else { 0 }
    }

    /// Whether it opens where the vehicle slept, first thing: the stay of the day before.
    pub fn goes_on(&self) -> bool {
        self.visits == 1 && self.slept == self.site
    }
}

/// What there is to do with a label, the last first where bounds tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// After the night: go on to the site at so many places in the list of its choices, or to a later one.
    Morning(u32),
    /// After the night: go on to a site.
    Visit(u32),
    /// Go on.
    Label,
    /// It is a tour.
    Complete,
}

pub(super) struct Entry {
    pub bound: f64,
    pub label: u32,
    pub step: Step,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.total_cmp(&other.bound).then(self.step.cmp(&other.step)).then(other.label.cmp(&self.label))
    }
}

/// Sites behind, last site, end of its session, break owed → value, driving, departure.
type Seen = FxHashMap<(Vec<(u32, u32)>, u32, u32, bool), Vec<(f64, i32, i32)>>;

impl<'a> Search<'a> {
    /// The best tours of the day, by falling value. Every set of sites is reported
    /// once, with its best hours; `by_level` reports it once for every combination of
    /// appointments, which is all that a plan can tell apart.
    #[must_use]
    pub fn run(&self, effort: Effort, by_level: bool) -> Found {
        let duty = self.duty;
        let mut labels: Vec<Label<'a>> = Vec::new();
        let mut heap = BinaryHeap::new();
        let mut found = Found { tours: Vec::new(), bound: NEVER, complete: false };
        self.open_starts(effort.threshold, &mut labels, &mut heap);
        let mut seen = Seen::default();
        let mut sets: FxHashSet<Vec<(u32, u32)>> = FxHashSet::default();
        let mut expanded = 0;
        while let Some(entry) = heap.pop() {
            if found.tours.is_empty() {
                // Bounds never rise along a path: the one popped first is the largest there is.
                found.bound = entry.bound;
            }
            if entry.step == Step::Complete {
                let key = self.key(&labels, entry.label, by_level);
                if by_level && self.watch_work || sets.insert(key) {
                    found.tours.push((entry.bound, self.tour(&labels, entry.label)));
                    if found.tours.len() >= effort.tours {
                        return found;
                    }
                }
                continue;
            }
            if expanded >= effort.labels || labels.len() >= MOST_KEPT {
                return found;
            }
            expanded += 1;
            let label = labels[entry.label as usize];
            if self.dominated(&labels, entry.label, by_level, &mut seen) {
                continue;
            }
            self.finish(&label, entry.label, effort.threshold, &mut heap);
            if (label.visits as usize) < duty.max_visits {
                self.extend(&label, entry.label, effort.threshold, &mut labels, &mut heap);
            }
        }
        found.complete = true;
        if found.tours.is_empty() {
            found.bound = effort.threshold;
        }
        found
    }

    /// Quick tours: from the most promising first visits, always on to the best completion that
    /// the backward values promise without returning to a site. Their bound is that of the
    /// relaxation.
    #[must_use]
    pub fn dive(&self, dives: usize, threshold: f64) -> Found {
        let mut labels: Vec<Label<'a>> = Vec::new();
        let mut heap = BinaryHeap::new();
        self.open_starts(threshold, &mut labels, &mut heap);
        let bound = heap.peek().map_or(threshold, |e| e.bound);
        let mut found = Found { tours: Vec::new(), bound, complete: heap.is_empty() };
        let mut firsts = FxHashSet::default();
        let mut sets = FxHashSet::default();
        while let Some(entry) = heap.pop() {
            if firsts.len() >= dives {
                break;
            }
            if !firsts.insert(labels[entry.label as usize].site) {
                continue;
            }
            let mut at = entry;
            while at.step != Step::Complete {
                let label = labels[at.label as usize];
                let mut next = BinaryHeap::new();
                self.finish(&label, at.label, f64::MIN, &mut next);
                if (label.visits as usize) < self.duty.max_visits {
                    let floor = next.peek().map_or(f64::MIN, |e: &Entry| e.bound);
                    self.extend(&label, at.label, floor, &mut labels, &mut next);
                }
                let Some(best) = next.pop() else { break };
                at = best;
            }
            if at.step == Step::Complete && at.bound >= threshold && sets.insert(self.key(&labels, at.label, false)) {
                found.tours.push((at.bound, self.tour(&labels, at.label)));
            }
        }
        found.tours.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        found
    }

    pub(super) fn open_starts(&self, threshold: f64, labels: &mut Vec<Label<'a>>, heap: &mut BinaryHeap<Entry>) {
        for start in self.starts() {
            let root = Label {
                value: self.start_value(&start),
                site: 0,
                end: 0,
                owed: start.owed,
                paused: start.paused,
                control: start.control,
                mask: 0,
                visits: 0,
                driving: start.driving,
                depart: start.depart,
                parent: u32::MAX,
                shape: None,
                day: 0,
                slept: u32::MAX,
                worked: 0,
                count: 0,
                short: 0.0,
            };
            self.open_at(&root, u32::MAX, start.site, start.opening, threshold, labels, heap);
        }
    }

    /// Whether a label with the same sites behind it (and the same appointments, `by_level`), at
    /// the same place and time, is as good in everything that counts.
    fn dominated(&self, labels: &[Label<'a>], at: u32, by_level: bool, seen: &mut Seen) -> bool {
        let label = &labels[at as usize];
        let depart = if self.watch_work { label.effective_depart(self.break_length) } else { 0 };
        // Prices by length do not follow the line that the value is charged: without it.
        let value = label.value - self.prizes.hours.slope() * f64::from(depart);
        let key = (self.key(labels, at, by_level), label.site, label.end, label.owed);
        let list = seen.entry(key).or_default();
        if list.iter().any(|&(v, d, t)| v >= value && d <= label.driving && t >= depart) {
            return true;
        }
        list.push((value, label.driving, depart));
        false
    }

    /// The sites behind a label, sorted; `by_level` each with its level (and its hours, where these count), and
    /// whether there was a quality control.
    fn key(&self, labels: &[Label<'a>], mut at: u32, by_level: bool) -> Vec<(u32, u32)> {
        let mut key = Vec::with_capacity(8);
        if by_level && labels[at as usize].control {
            key.push((u32::MAX, 0));
        }
        while at != u32::MAX {
            let label = &labels[at as usize];
            let level = label.shape.filter(|_| by_level).map_or(0, |s| s.level);
            key.push((label.site, u32::try_from(level).unwrap_or(u32::MAX)));
            if let Some(shape) = label.shape.filter(|shape| by_level && self.duty.timed && !shape.sessions.is_empty()) {
                let hours = shape.sessions[0].0 * self.values.steps + shape.end;
                key.push((label.site | HOURS, u32::try_from(hours).unwrap_or(u32::MAX)));
            }
            at = label.parent;
        }
        key.sort_unstable();
        key
    }

    /// Sites that a path may not come back to on a day: those of that day, where it slept before, and
    /// those of stays that begin too few weeks before.
    pub(super) fn barred(&self, labels: &[Label<'a>], mut at: u32, day: u32) -> Vec<u32> {
        let mut sites = Vec::with_capacity(8);
        while at != u32::MAX {
            let label = &labels[at as usize];
            if label.day == day {
                sites.extend([label.site, label.slept]);
            } else if label.day >= self.evening.spaced_from && !label.goes_on() {
                sites.push(label.site);
            }
            at = label.parent;
        }
        sites
    }

    /// The groups of sites with a prize that a path has been to, on all its days.
    pub(super) fn touched(&self, labels: &[Label<'a>], at: u32) -> Behind {
        let known = |at: u32| (at != u32::MAX).then_some(at);
        let path = std::iter::successors(known(at), |&at| known(labels[at as usize].parent));
        self.prizes.touch.behind(path.map(|at| labels[at as usize].site as usize))
    }

    pub(super) fn finish(&self, label: &Label<'a>, at: u32, threshold: f64, heap: &mut BinaryHeap<Entry>) {
        if label.mask as usize & self.values.all_required != self.values.all_required {
            return;
        }
        let site = label.site as usize;
        let Some((arrival, paused)) = self.home(site, label.end as usize, label.owed) else { return };
        let driving = label.driving + self.duty.roads.back[site];
        let pause = if paused || label.paused { self.break_length } else { 0 };
        let work = arrival - label.depart - pause;
        if driving > self.duty.drive_limit || work > self.work_limit {
            return;
        }
        let bound = label.value
            - self.prizes.hours.extra(work)
            - self.duty.drive_price * f64::from(self.duty.roads.back[site])
            - self.work_cost(arrival, paused);
        if bound >= threshold {
            heap.push(Entry { bound, label: at, step: Step::Complete });
        }
    }

    pub(super) fn extend(
        &self,
        label: &Label<'a>,
        at: u32,
        threshold: f64,
        labels: &mut Vec<Label<'a>>,
        heap: &mut BinaryHeap<Entry>,
    ) {
        let roads = &self.duty.roads;
        let barred = self.barred(labels, at, label.day);
        let touched = self.touched(labels, at);
        let from = label.site as usize;
        let mask = label.mask as usize;
        for way in &self.ground.onward[from] {
            let (to, steps, drive) = (way.to as usize, usize::from(way.steps), way.drive);
            if !self.may_go_on(mask, label.owed, label.end as usize, steps, label.value, threshold) {
                break;
            }
            if barred.contains(&way.to) {
                continue;
            }
            let driving = label.driving + drive;
            let home = if self.evening.none() { roads.back[to] } else { 0 };
            if driving + home > self.duty.drive_limit {
                continue;
            }
            let again = self.prizes.touch.again(&touched, to) + self.prizes.windows.shared(from, to);
            let value = label.value - self.duty.drive_price * f64::from(drive) - again;
            let direct = (label.end as usize + steps, label.owed, label.paused, value);
            let broken = label
                .owed
                .then(|| self.ready_after_break(from, label.end as usize, to))
                .flatten()
                .map(|ready| (ready, false, true, value + self.bonus()));
            for (ready, owed, paused, value) in [Some(direct), broken].into_iter().flatten() {
                if ready >= self.values.steps
                    || value + self.values.ready[self.values.at(mask, owed, ready, to)] < threshold
                {
                    continue;
                }
                let next = Label { value, owed, paused, driving, ..*label };
                for &opening in self.openings_at(to, ready) {
                    self.open_at(&next, at, to, opening, threshold, labels, heap);
                }
            }
        }
    }

    /// Adds a label for each shape that opens at `site` at step `opening`.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn open_at(
        &self,
        label: &Label<'a>,
        parent: u32,
        site: usize,
        opening: usize,
        threshold: f64,
        labels: &mut Vec<Label<'a>>,
        heap: &mut BinaryHeap<Entry>,
    ) {
        let bit = self.bit(site);
        if bit != 0 && label.mask as usize & bit != 0 {
            return;
        }
        let (heads, price) = self.newly_bound(label.mask as usize, site);
        let mask = label.mask as usize | bit | heads;
        let shapes = self.duty.shapes_at(site, opening);
        let lasting = self.lasting(site, opening, label.owed);
        let few = lasting.iter().flat_map(|few| few.iter().map(|&k| &shapes[k]));
        for shape in few.chain(if lasting.is_some() { &[] } else { shapes }) {
            if self.watch_work && self.evening.none() && self.too_long(label, site, shape) {
                continue;
            }
            // A break within the visit shortens the working time, which is priced on arrival.
            let paused_here = label.owed && shape.pause;
            let bonus = if paused_here { self.bonus() } else { 0.0 };
            let value = label.value + self.visit_value(site, shape) - price + bonus;
            let owed = label.owed && !shape.pause;
            let count = self.appointments(shape.level);
            let bound = value + self.after(mask, owed, site, shape);
            if bound < threshold || bound == NEVER {
                continue;
            }
            let position = u32::try_from(labels.len()).unwrap_or(u32::MAX);
            labels.push(Label {
                value,
                site: u32::try_from(site).unwrap_or(u32::MAX),
                end: u32::try_from(shape.end).unwrap_or(u32::MAX),
                owed,
                paused: label.paused || paused_here,
                control: label.control,
                mask: u32::try_from(mask).unwrap_or(0),
                visits: label.visits + 1,
                driving: label.driving,
                depart: label.depart,
                parent,
                shape: Some(shape),
                day: label.day,
                slept: label.slept,
                worked: label.worked,
                count,
                short: self.short(site, shape.level),
            });
            heap.push(Entry { bound, label: position, step: Step::Label });
        }
    }

    /// Whether even going straight home after a visit would take too long a working day. Going
    /// anywhere else first is never shorter: trips satisfy the triangle inequality.
    fn too_long(&self, label: &Label<'a>, site: usize, shape: &Shape) -> bool {
        let home = seconds(shape.end, self.grid) + self.duty.roads.pack_down[site] + self.duty.roads.back[site];
        let pause = if label.paused || label.owed { self.break_length } else { 0 };
        home - label.depart - pause > self.work_limit
    }

    fn tour(&self, labels: &[Label<'a>], at: u32) -> Tour {
        let last = &labels[at as usize];
        let site = last.site as usize;
        let (arrival, paused) = self.home(site, last.end as usize, last.owed).unwrap_or_default();
        let pause = if paused || last.paused { self.break_length } else { 0 };
        let mut stops = Vec::new();
        let mut k = at;
        while k != u32::MAX {
            let label = &labels[k as usize];
            let (sessions, level) = label.shape.map_or((Vec::new(), 0), |s| (s.sessions.clone(), s.level));
            stops.push(TourStop { site: label.site as usize, sessions, level });
            k = label.parent;
        }
        stops.reverse();
        Tour {
            stops,
            driving: last.driving + self.duty.roads.back[site],
            work: arrival - last.depart - pause,
            control: last.control,
            slept: None,
            sleeps: 0,
        }
    }
}
