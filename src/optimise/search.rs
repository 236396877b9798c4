//! Pricing of tours: the best paths through a duty's time-expanded graph.
//!
//! A node is (site, grid step at which its last session ends, whether the break is still owed,
//! which watched sites are behind). A backward pass values every node by its best completion
//! under a relaxation: driving and working time, the number of visits and repeated visits to
//! unwatched sites are not counted. A best-first search forward, with those counted exactly,
//! uses the values as an admissible estimate: the first tour it completes is a best one, and
//! whatever it has not completed is worth at most the best label still open. So the search may
//! stop early and still give a valid bound on the best tour.

use super::duty::{Duty, step_up};
use super::shapes::Shape;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

const NEVER: f64 = f64::NEG_INFINITY;
/// Labels a search keeps at most, some 100 bytes each.
const MOST_KEPT: usize = 2_000_000;

/// One visit of a tour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TourStop {
    /// Local position of the site.
    pub site: usize,
    /// Sessions in grid steps.
    pub sessions: Vec<(usize, usize)>,
    /// Level of appointments.
    pub level: usize,
}

/// A tour of a duty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tour {
    /// Visits, in order.
    pub stops: Vec<TourStop>,
    /// Driving, seconds.
    pub driving: i32,
    /// Working time, seconds.
    pub work: i32,
}

/// What a duty's visits are worth at the prices of the master.
#[derive(Debug, Clone)]
pub struct Prizes {
    /// Value of a visit: `sites × levels`, row = local site.
    pub visit: Vec<f64>,
    /// Price of one second of working time.
    pub work: f64,
    /// Longest working time of interest, seconds; beside the duty's own limit.
    pub longest: i32,
}

/// The outcome of one pricing.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Tours by falling value, each set of sites once unless all were asked for.
    pub tours: Vec<(f64, Tour)>,
    /// No tour is worth more; `-∞` when there is none at all.
    pub bound: f64,
    /// Whether every tour above the threshold is in the list.
    pub complete: bool,
}

/// How far to search.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Tours wanted.
    pub tours: usize,
    /// Labels expanded at most.
    pub labels: usize,
    /// Tours worth less are of no interest.
    pub threshold: f64,
}

/// Completion values of one backward pass.
struct Values {
    steps: usize,
    sites: usize,
    /// `[mask][owed][step][site]`: best completion after a session ended.
    closed: Vec<f64>,
    /// The same for a vehicle ready to open.
    ready: Vec<f64>,
    watched: Vec<usize>,
    all_required: usize,
}

impl Values {
    fn at(&self, mask: usize, owed: bool, step: usize, site: usize) -> usize {
        ((mask * 2 + usize::from(owed)) * self.steps + step) * self.sites + site
    }
}

#[derive(Clone, Copy)]
struct Label<'a> {
    value: f64,
    site: u32,
    end: u32,
    owed: bool,
    paused: bool,
    mask: u32,
    visits: u32,
    driving: i32,
    depart: i32,
    parent: u32,
    shape: Option<&'a Shape>,
}

impl Label<'_> {
    /// Departure, later by the break once it is taken: what counts for working time.
    fn effective_depart(&self, break_length: i32) -> i32 {
        self.depart + if self.paused { break_length } else { 0 }
    }
}

struct Entry {
    bound: f64,
    label: u32,
    complete: bool,
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
        self.bound.total_cmp(&other.bound).then(self.complete.cmp(&other.complete)).then(other.label.cmp(&self.label))
    }
}

/// Sites behind, last site, end of its session, break owed → value, driving, departure.
type Seen = FxHashMap<(Vec<(u32, u32)>, u32, u32, bool), Vec<(f64, i32, i32)>>;

/// One duty's graph at given prizes.
pub struct Search<'a> {
    duty: &'a Duty,
    prizes: &'a Prizes,
    levels: usize,
    grid: i32,
    break_from: i32,
    break_to: i32,
    break_length: i32,
    values: Values,
    /// First opening at or after a step, in each public window.
    openings: Vec<Vec<usize>>,
    /// Best value of [`Values::ready`] over all sites.
    best_ready: Vec<f64>,
    watch_work: bool,
    work_limit: i32,
}

impl<'a> Search<'a> {
    /// Prepares the backward values. `O(2^watched · steps · sites²)` for tours of several
    /// visits, `O(steps · sites · shapes)` for single ones.
    #[must_use]
    pub fn new(duty: &'a Duty, prizes: &'a Prizes, watch: &[usize]) -> Self {
        let hours = &duty.hours;
        let mut watched: Vec<usize> = duty.required.iter().map(|r| r.site).collect();
        for &site in watch {
            if !watched.contains(&site) {
                watched.push(site);
            }
        }
        let steps = duty.shapes.by_start.len() + 1;
        let values = Values {
            steps,
            sites: duty.roads.sites.len(),
            closed: Vec::new(),
            ready: Vec::new(),
            all_required: (1 << duty.required.len()) - 1,
            watched,
        };
        let mut search = Self {
            duty,
            prizes,
            levels: duty.shapes.levels.len(),
            grid: hours.grid,
            break_from: hours.break_window.from.0,
            break_to: hours.break_window.to.0,
            break_length: hours.break_length,
            values,
            openings: openings(duty),
            best_ready: Vec::new(),
            watch_work: duty.work_binds || prizes.work > 0.0 || prizes.longest < duty.work_limit,
            work_limit: duty.work_limit.min(prizes.longest),
        };
        search.prepare();
        search
    }

    /// Keeps tours apart that differ in working time only, though it has no price now.
    #[must_use]
    pub fn watching_work(mut self, watch: bool) -> Self {
        self.watch_work |= watch;
        self
    }

    fn visit_value(&self, site: usize, shape: &Shape) -> f64 {
        self.prizes.visit[site * self.levels + shape.level]
    }

    fn bit(&self, site: usize) -> usize {
        self.values.watched.iter().position(|&w| w == site).map_or(0, |k| 1 << k)
    }

    /// Arrival at the base after closing at a step, with the break taken on the way when it is
    /// owed and the tour would cover the window; `None` past the shift. The flag tells whether
    /// the break was taken.
    fn home(&self, site: usize, end: usize, owed: bool) -> Option<(i32, bool)> {
        let (pack, back) = (self.duty.roads.pack_down[site], self.duty.roads.back[site]);
        let closed = seconds(end, self.grid);
        let direct = closed + pack + back;
        let (arrival, paused) = if owed && direct >= self.break_to {
            (self.with_break(closed, &[pack, back])?, true)
        } else {
            (direct, false)
        };
        (arrival <= self.duty.shift.to.0).then_some((arrival, paused))
    }

    /// Time after doing `parts` in order from `from`, with the break before one of them (not
    /// after the last).
    fn with_break(&self, from: i32, parts: &[i32]) -> Option<i32> {
        let total: i32 = parts.iter().sum();
        let mut before = 0;
        let mut best: Option<i32> = None;
        for &part in parts {
            let start = (from + before).max(self.break_from);
            if start + self.break_length <= self.break_to {
                let done = start + self.break_length + (total - before);
                best = Some(best.map_or(done, |b| b.min(done)));
            }
            before += part;
        }
        best
    }

    /// The grid step at which a vehicle may open at `to` after closing at `from`, with the break
    /// on the way; before or after set-up counts too.
    fn ready_after_break(&self, from: usize, end: usize, to: usize) -> Option<usize> {
        let roads = &self.duty.roads;
        let drive = roads.between[from * roads.sites.len() + to];
        let parts = [roads.pack_down[from], drive, roads.set_up[to], 0];
        let ready = self.with_break(seconds(end, self.grid), &parts)?;
        Some(step_up(ready, self.grid))
    }

    /// Best value of opening at `site` exactly at step `start`.
    fn opening_value(&self, mask: usize, owed: bool, start: usize, site: usize) -> f64 {
        let bit = self.bit(site);
        if bit != 0 && mask & bit != 0 {
            return NEVER;
        }
        let mut best = NEVER;
        for shape in self.duty.shapes_at(site, start) {
            let after = self.values.at(mask | bit, owed && !shape.pause, shape.end, site);
            let mut value = self.visit_value(site, shape) + self.values.closed[after];
            if owed && shape.pause {
                value += self.prizes.work * f64::from(self.break_length);
            }
            best = larger(best, value);
        }
        best
    }

    fn prepare(&mut self) {
        let duty = self.duty;
        let (n, steps) = (duty.roads.sites.len(), self.values.steps);
        let masks = 1usize << self.values.watched.len();
        self.values.closed = vec![NEVER; masks * 2 * steps * n];
        let chains = duty.max_visits > 1;
        if chains {
            self.values.ready = vec![NEVER; masks * 2 * steps * n];
            self.best_ready = vec![NEVER; masks * 2 * steps];
        }
        let mut ends = vec![false; steps];
        let mut starts = vec![false; steps];
        for by_start in std::iter::once(&duty.shapes.by_start).chain(duty.agreed.iter().map(|(_, a)| a)) {
            for (start, shape) in by_start.iter().enumerate().flat_map(|(s, list)| list.iter().map(move |x| (s, x))) {
                starts[start] = true;
                ends[shape.end] = true;
            }
        }
        // Values of opening exactly at a step, by site; only while masks are worked through.
        let mut exact = vec![NEVER; if chains { 2 * steps * n } else { 0 }];
        for mask in (0..masks).rev() {
            for step in (0..steps).rev() {
                if chains {
                    self.fill_ready(mask, step, starts[step], &mut exact);
                }
                if ends[step] {
                    self.fill_closed(mask, step, chains);
                }
            }
        }
    }

    fn fill_ready(&mut self, mask: usize, step: usize, start: bool, exact: &mut [f64]) {
        let duty = self.duty;
        let (n, steps) = (duty.roads.sites.len(), self.values.steps);
        for owed in [false, true] {
            let here = (usize::from(owed) * steps + step) * n;
            if start {
                for &j in &duty.open {
                    exact[here + j] = self.opening_value(mask, owed, step, j);
                }
            }
            let mut top = NEVER;
            for &j in &duty.open {
                let mut best = NEVER;
                for &s in &self.openings[step.min(self.openings.len() - 1)] {
                    best = larger(best, exact[(usize::from(owed) * steps + s) * n + j]);
                }
                let at = self.values.at(mask, owed, step, j);
                self.values.ready[at] = best;
                top = larger(top, best);
            }
            self.best_ready[(mask * 2 + usize::from(owed)) * steps + step] = top;
        }
    }

    fn fill_closed(&mut self, mask: usize, step: usize, chains: bool) {
        let duty = self.duty;
        for owed in [false, true] {
            for &j in &duty.open {
                let mut best = NEVER;
                if mask & self.values.all_required == self.values.all_required
                    && let Some((arrival, paused)) = self.home(j, step, owed)
                {
                    best = -duty.drive_price * f64::from(duty.roads.back[j]) - self.work_cost(arrival, paused);
                }
                if chains {
                    best = self.onward_value(mask, owed, step, j, best);
                }
                let at = self.values.at(mask, owed, step, j);
                self.values.closed[at] = best;
            }
        }
    }

    fn top_ready(&self, mask: usize, owed: bool, step: usize) -> f64 {
        if step >= self.values.steps {
            return NEVER;
        }
        self.best_ready[(mask * 2 + usize::from(owed)) * self.values.steps + step]
    }

    /// Earliest step at which anything can open after closing at `end` and a way of so many
    /// steps with the break on it.
    fn break_floor(&self, end: usize, steps: usize) -> usize {
        let ready = (seconds(end, self.grid)).max(self.break_from) + self.break_length;
        // The way itself takes more than `steps - 1` whole steps.
        step_up(ready, self.grid).max(end + steps.saturating_sub(1))
    }

    fn work_cost(&self, arrival: i32, paused: bool) -> f64 {
        self.prizes.work * f64::from(arrival - if paused { self.break_length } else { 0 })
    }

    /// The better of `best` and driving on from `site` after closing at `step`. Values fall with
    /// time, so that only near sites need a look.
    fn onward_value(&self, mask: usize, owed: bool, step: usize, site: usize, mut best: f64) -> f64 {
        let near = || self.duty.roads.onward[site].chunk_by(|a, b| a.steps == b.steps);
        for ways in near() {
            let ready = step + usize::from(ways[0].steps);
            if ready >= self.values.steps || self.top_ready(mask, owed, ready) <= best {
                break;
            }
            let first = self.values.at(mask, owed, ready, 0);
            let row = &self.values.ready[first..first + self.values.sites];
            for way in ways {
                best = larger(best, row[way.to as usize] - way.cost);
            }
        }
        if !owed {
            return best;
        }
        let bonus = self.prizes.work * f64::from(self.break_length);
        for ways in near() {
            let floor = self.break_floor(step, usize::from(ways[0].steps));
            if self.top_ready(mask, false, floor) + bonus <= best {
                break;
            }
            for way in ways {
                let to = way.to as usize;
                let Some(ready) = self.ready_after_break(site, step, to) else { continue };
                if ready < self.values.steps {
                    let after = self.values.ready[self.values.at(mask, false, ready, to)];
                    best = larger(best, after - way.cost + bonus);
                }
            }
        }
        best
    }

    /// The first visits: every opening of every site, with the latest departure that makes it.
    fn starts(&self) -> Vec<(usize, usize, i32, bool, bool)> {
        let duty = self.duty;
        let mut out = Vec::new();
        for &site in &duty.open {
            let (drive, set_up) = (duty.roads.out[site], duty.roads.set_up[site]);
            let earliest = step_up(duty.shift.from.0 + drive + set_up, self.grid);
            if earliest >= self.openings.len() {
                continue;
            }
            let mut openings = self.first_openings(site, earliest);
            if self.watch_work {
                openings = (earliest..self.openings.len()).filter(|&s| self.openings[s].contains(&s)).collect();
            }
            if let Some((_, agreed)) = duty.agreed.iter().find(|(s, _)| *s == site) {
                openings = (earliest..agreed.len()).filter(|&s| !agreed[s].is_empty()).collect();
            }
            for opening in openings {
                let open = seconds(opening, self.grid);
                let depart = open - set_up - drive;
                let owed = depart <= self.break_from;
                out.push((site, opening, depart, owed, false));
                if !owed {
                    // Not needed, a break still shortens the working time.
                    if self.watch_work {
                        out.push((site, opening, depart, true, false));
                    }
                    continue;
                }
                // The break on the way out: before set-up, else after it.
                let late = |end: i32, behind: i32| {
                    let start = end.min(self.break_to) - self.break_length;
                    (start >= self.break_from).then_some(start - behind)
                };
                let paused = late(open - set_up, drive).or_else(|| late(open, drive + set_up));
                if let Some(depart) = paused.filter(|d| *d >= duty.shift.from.0) {
                    out.push((site, opening, depart, false, true));
                }
            }
        }
        out
    }

    /// Where a first visit may open when working time is free: as early as may be, and, since a
    /// late tour owes no break or has had it, as early as may be after leaving too late to owe
    /// one, or after a break before or after set-up.
    fn first_openings(&self, site: usize, earliest: usize) -> Vec<usize> {
        let (drive, set_up) = (self.duty.roads.out[site], self.duty.roads.set_up[site]);
        let (from, length) = (self.break_from, self.break_length);
        let arrive = self.duty.shift.from.0 + drive;
        let after = [from + 1 + drive + set_up, from.max(arrive) + length + set_up, from.max(arrive + set_up) + length];
        let steps = after.into_iter().map(|t| step_up(t, self.grid).max(earliest)).chain([earliest]);
        let mut out: Vec<usize> = steps.filter_map(|s| self.openings.get(s)).flatten().copied().collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The best tours above a threshold, and a bound on all tours. Each set of sites is reported
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
            if entry.complete {
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
            while !at.complete {
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
            if at.complete && at.bound >= threshold && sets.insert(self.key(&labels, at.label, false)) {
                found.tours.push((at.bound, self.tour(&labels, at.label)));
            }
        }
        found.tours.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        found
    }

    fn open_starts(&self, threshold: f64, labels: &mut Vec<Label<'a>>, heap: &mut BinaryHeap<Entry>) {
        for (site, opening, depart, owed, paused) in self.starts() {
            let value = -self.duty.drive_price * f64::from(self.duty.roads.out[site])
                + self.prizes.work * f64::from(depart + if paused { self.break_length } else { 0 });
            let root = Label {
                value,
                site: 0,
                end: 0,
                owed,
                paused,
                mask: 0,
                visits: 0,
                driving: self.duty.roads.out[site],
                depart,
                parent: u32::MAX,
                shape: None,
            };
            self.open_at(&root, u32::MAX, site, opening, threshold, labels, heap);
        }
    }

    /// Whether a label with the same sites behind it (and the same appointments, `by_level`), at
    /// the same place and time, is as good in everything that counts.
    fn dominated(&self, labels: &[Label<'a>], at: u32, by_level: bool, seen: &mut Seen) -> bool {
        let label = &labels[at as usize];
        let depart = if self.watch_work { label.effective_depart(self.break_length) } else { 0 };
        let key = (self.key(labels, at, by_level), label.site, label.end, label.owed);
        let list = seen.entry(key).or_default();
        if list.iter().any(|&(v, d, t)| v >= label.value && d <= label.driving && t >= depart) {
            return true;
        }
        list.push((label.value, label.driving, depart));
        false
    }

    /// The sites behind a label, sorted, each with its level where that matters.
    fn key(&self, labels: &[Label<'a>], mut at: u32, by_level: bool) -> Vec<(u32, u32)> {
        let mut key = Vec::with_capacity(8);
        while at != u32::MAX {
            let label = &labels[at as usize];
            let level = label.shape.filter(|_| by_level).map_or(0, |s| s.level);
            key.push((label.site, u32::try_from(level).unwrap_or(u32::MAX)));
            at = label.parent;
        }
        key.sort_unstable();
        key
    }

    fn path_sites(&self, labels: &[Label<'a>], mut at: u32) -> Vec<u32> {
        let mut sites = Vec::with_capacity(8);
        while at != u32::MAX {
            let label = &labels[at as usize];
            sites.push(label.site);
            at = label.parent;
        }
        sites
    }

    fn finish(&self, label: &Label<'a>, at: u32, threshold: f64, heap: &mut BinaryHeap<Entry>) {
        if label.mask as usize & self.values.all_required != self.values.all_required {
            return;
        }
        let site = label.site as usize;
        let Some((arrival, paused)) = self.home(site, label.end as usize, label.owed) else { return };
        let driving = label.driving + self.duty.roads.back[site];
        let pause = if paused || label.paused { self.break_length } else { 0 };
        if driving > self.duty.drive_limit || arrival - label.depart - pause > self.work_limit {
            return;
        }
        let bound = label.value
            - self.duty.drive_price * f64::from(self.duty.roads.back[site])
            - self.work_cost(arrival, paused);
        if bound >= threshold {
            heap.push(Entry { bound, label: at, complete: true });
        }
    }

    fn extend(
        &self,
        label: &Label<'a>,
        at: u32,
        threshold: f64,
        labels: &mut Vec<Label<'a>>,
        heap: &mut BinaryHeap<Entry>,
    ) {
        let roads = &self.duty.roads;
        let behind = self.path_sites(labels, at);
        let from = label.site as usize;
        let mask = label.mask as usize;
        let bonus = self.prizes.work * f64::from(self.break_length);
        for way in &self.duty.roads.onward[from] {
            let (to, steps, drive) = (way.to as usize, usize::from(way.steps), way.drive);
            let top = self.top_ready(mask, label.owed, label.end as usize + steps);
            let broken = if label.owed {
                self.top_ready(mask, false, self.break_floor(label.end as usize, steps)) + bonus
            } else {
                NEVER
            };
            if label.value + top.max(broken) < threshold || top.max(broken) == NEVER {
                break;
            }
            if behind.contains(&way.to) {
                continue;
            }
            let driving = label.driving + drive;
            if driving + roads.back[to] > self.duty.drive_limit {
                continue;
            }
            let value = label.value - self.duty.drive_price * f64::from(drive);
            let direct = (label.end as usize + steps, label.owed, label.paused, value);
            let broken = label
                .owed
                .then(|| self.ready_after_break(from, label.end as usize, to))
                .flatten()
                .map(|ready| (ready, false, true, value + self.prizes.work * f64::from(self.break_length)));
            for (ready, owed, paused, value) in [Some(direct), broken].into_iter().flatten() {
                if ready >= self.values.steps
                    || value + self.values.ready[self.values.at(mask, owed, ready, to)] < threshold
                {
                    continue;
                }
                let next = Label { value, owed, paused, driving, ..*label };
                for &opening in &self.openings[ready] {
                    self.open_at(&next, at, to, opening, threshold, labels, heap);
                }
            }
        }
    }

    /// Adds a label for each shape that opens at `site` at step `opening`.
    #[allow(clippy::too_many_arguments)]
    fn open_at(
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
        let mask = label.mask as usize | bit;
        for shape in self.duty.shapes_at(site, opening) {
            if self.watch_work && self.too_long(label, site, shape) {
                continue;
            }
            // A break within the visit shortens the working time, which is priced on arrival.
            let paused_here = label.owed && shape.pause;
            let bonus = if paused_here { self.prizes.work * f64::from(self.break_length) } else { 0.0 };
            let value = label.value + self.visit_value(site, shape) + bonus;
            let owed = label.owed && !shape.pause;
            let bound = value + self.values.closed[self.values.at(mask, owed, shape.end, site)];
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
                mask: u32::try_from(mask).unwrap_or(0),
                visits: label.visits + 1,
                driving: label.driving,
                depart: label.depart,
                parent,
                shape: Some(shape),
            });
            heap.push(Entry { bound, label: position, complete: false });
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
        Tour { stops, driving: last.driving + self.duty.roads.back[site], work: arrival - last.depart - pause }
    }
}

/// The shortest tour that makes the same visits, with the same appointments.
#[must_use]
pub fn shortest(duty: &Duty, tour: &Tour) -> Option<Tour> {
    if tour.stops.len() < 2 {
        return None;
    }
    let sites: Vec<usize> = tour.stops.iter().map(|s| s.site).collect();
    let duty = duty.only(&sites);
    let levels = duty.shapes.levels.len();
    // More than a day of driving could ever cost.
    let prize = 10.0 + 86_400.0 * duty.drive_price;
    let mut visit = vec![NEVER; sites.len() * levels];
    for (site, stop) in tour.stops.iter().enumerate() {
        visit[site * levels + stop.level] = prize;
    }
    let prizes = Prizes { visit, work: 0.0, longest: i32::MAX };
    let watch: Vec<usize> = (0..sites.len()).collect();
    let search = Search::new(&duty, &prizes, &watch);
    let (_, mut best) = search.run(Effort { tours: 1, labels: 10_000, threshold: f64::MIN }, false).tours.pop()?;
    for stop in &mut best.stops {
        stop.site = sites[stop.site];
    }
    (best.stops.len() == tour.stops.len()).then_some(best)
}

/// The larger of two numbers that are numbers: [`f64::max`] without its care for others.
fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}

fn seconds(step: usize, grid: i32) -> i32 {
    i32::try_from(step).unwrap_or(i32::MAX / 4096) * grid
}

/// For each step, the first step at or after it at which a shape starts, in each public window;
/// and every later start where hours are agreed.
fn openings(duty: &Duty) -> Vec<Vec<usize>> {
    let shapes = &duty.shapes.by_start;
    let windows: Vec<(i32, i32)> = duty.hours.windows.iter().map(|w| (w.from.0, w.to.0)).collect();
    let agreed: Vec<usize> =
        duty.agreed.iter().flat_map(|(_, by_start)| (0..by_start.len()).filter(|&s| !by_start[s].is_empty())).collect();
    (0..=shapes.len())
        .map(|step| {
            let mut out: Vec<usize> = windows
                .iter()
                .filter_map(|&(from, to)| {
                    (step..shapes.len()).find(|&s| {
                        let at = seconds(s, duty.hours.grid);
                        from <= at && at < to && !shapes[s].is_empty()
                    })
                })
                .chain(agreed.iter().copied().filter(|&s| s >= step))
                .collect();
            out.sort_unstable();
            out.dedup();
            out
        })
        .collect()
}
