//! Pricing of tours: the best paths through a duty's time-expanded graph.
//!
//! A node is (site, grid step at which its last session ends, whether the break is still owed,
//! which watched sites are behind). A backward pass values every node by its best completion
//! under a relaxation: driving and working time, the number of visits and repeated visits to
//! unwatched sites are not counted. A best-first search forward, with those counted exactly,
//! uses the values as an admissible estimate: the first tour it completes is a best one, and
//! whatever it has not completed is worth at most the best label still open. So the search may
//! stop early and still give a valid bound on the best tour.

use super::duty::Duty;
use super::shapes::Shape;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

const NEVER: f64 = f64::NEG_INFINITY;

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
#[derive(Debug, Clone, Default)]
pub struct Prizes {
    /// Value of a visit: `sites × levels`, row = local site.
    pub visit: Vec<f64>,
    /// Price of one second of working time.
    pub work: f64,
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
    /// Grid steps from one closing to being ready at the next site, without a break.
    gap: Vec<u16>,
    watch_work: bool,
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
            gap: Vec::new(),
            watch_work: duty.work_binds || prizes.work > 0.0,
        };
        search.prepare();
        search
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

    /// Best value of opening at `site` at or after `step`.
    fn opening_value(&self, mask: usize, owed: bool, step: usize, site: usize) -> f64 {
        let bit = self.bit(site);
        if bit != 0 && mask & bit != 0 {
            return NEVER;
        }
        let mut best = NEVER;
        for &start in &self.openings[step.min(self.openings.len() - 1)] {
            for shape in self.duty.shapes_at(site, start) {
                let after = self.values.at(mask | bit, owed && !shape.pause, shape.end, site);
                let mut value = self.visit_value(site, shape) + self.values.closed[after];
                if owed && shape.pause {
                    value += self.prizes.work * f64::from(self.break_length);
                }
                best = best.max(value);
            }
        }
        best
    }

    fn prepare(&mut self) {
        let duty = self.duty;
        let roads = &duty.roads;
        let (n, steps) = (roads.sites.len(), self.values.steps);
        let masks = 1usize << self.values.watched.len();
        self.values.closed = vec![NEVER; masks * 2 * steps * n];
        self.values.ready = vec![NEVER; masks * 2 * steps * n];
        let chains = duty.max_visits > 1;
        let price = duty.drive_price;
        if chains {
            self.gap = vec![u16::MAX; n * n];
            for &a in &duty.open {
                for &b in &duty.open {
                    let drive = roads.between[a * n + b];
                    if a != b && drive != i32::MAX {
                        let total = roads.pack_down[a] + drive + roads.set_up[b];
                        self.gap[a * n + b] = u16::try_from(step_up(total, self.grid)).unwrap_or(u16::MAX);
                    }
                }
            }
        }
        let mut ends = vec![false; steps];
        for shape in duty.shapes.by_start.iter().chain(duty.agreed.iter().flat_map(|(_, a)| a)).flatten() {
            ends[shape.end] = true;
        }
        for mask in (0..masks).rev() {
            for step in (0..steps).rev() {
                for owed in [false, true] {
                    if chains {
                        for &j in &duty.open {
                            let value = self.opening_value(mask, owed, step, j);
                            let at = self.values.at(mask, owed, step, j);
                            self.values.ready[at] = value;
                        }
                    }
                }
                for owed in [false, true] {
                    if !ends[step] {
                        break;
                    }
                    for &j in &duty.open {
                        let mut best = NEVER;
                        if mask & self.values.all_required == self.values.all_required
                            && let Some((arrival, paused)) = self.home(j, step, owed)
                        {
                            best = -price * f64::from(roads.back[j]) - self.work_cost(arrival, paused);
                        }
                        if chains {
                            best = best.max(self.onward(mask, owed, step, j));
                        }
                        let at = self.values.at(mask, owed, step, j);
                        self.values.closed[at] = best;
                    }
                }
            }
        }
    }

    fn work_cost(&self, arrival: i32, paused: bool) -> f64 {
        self.prizes.work * f64::from(arrival - if paused { self.break_length } else { 0 })
    }

    /// Best value of driving on from `site` after closing at `step`.
    fn onward(&self, mask: usize, owed: bool, step: usize, site: usize) -> f64 {
        let roads = &self.duty.roads;
        let n = roads.sites.len();
        let price = self.duty.drive_price;
        let mut best = NEVER;
        if step + 1 >= self.values.steps {
            return best;
        }
        let row = &self.gap[site * n..(site + 1) * n];
        let drives = &roads.between[site * n..(site + 1) * n];
        for &j in &self.duty.open {
            let ready = step + row[j] as usize;
            if ready >= self.values.steps {
                continue;
            }
            let value = self.values.ready[self.values.at(mask, owed, ready, j)] - price * f64::from(drives[j]);
            if value > best {
                best = value;
            }
        }
        if owed {
            let bonus = self.prizes.work * f64::from(self.break_length);
            for &j in &self.duty.open {
                if row[j] == u16::MAX {
                    continue;
                }
                let Some(ready) = self.ready_after_break(site, step, j) else { continue };
                if ready < self.values.steps {
                    let value =
                        self.values.ready[self.values.at(mask, false, ready, j)] - price * f64::from(drives[j]) + bonus;
                    best = best.max(value);
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
            let Some(first) = self.openings.get(earliest) else { continue };
            let mut openings = first.clone();
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

    /// The best tours above a threshold, and a bound on all tours. Each set of sites is reported
    /// once, with its best hours; `by_level` reports it once for every combination of
    /// appointments, which is all that a plan can tell apart.
    #[must_use]
    pub fn run(&self, effort: Effort, by_level: bool) -> Found {
        let duty = self.duty;
        let mut labels: Vec<Label<'a>> = Vec::new();
        let mut heap = BinaryHeap::new();
        let mut found = Found { tours: Vec::new(), bound: NEVER, complete: false };
        for (site, opening, depart, owed, paused) in self.starts() {
            let value = -duty.drive_price * f64::from(duty.roads.out[site])
                + self.prizes.work * f64::from(depart + if paused { self.break_length } else { 0 });
            let root = Label {
                value,
                site: 0,
                end: 0,
                owed,
                paused,
                mask: 0,
                visits: 0,
                driving: duty.roads.out[site],
                depart,
                parent: u32::MAX,
                shape: None,
            };
            self.open_at(&root, u32::MAX, site, opening, effort.threshold, &mut labels, &mut heap);
        }
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
            if expanded >= effort.labels {
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
        if driving > self.duty.drive_limit || arrival - label.depart - pause > self.duty.work_limit {
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
        let n = roads.sites.len();
        let behind = self.path_sites(labels, at);
        let from = label.site as usize;
        for &to in &self.duty.open {
            let steps = self.gap[from * n + to];
            if steps == u16::MAX || behind.contains(&u32::try_from(to).unwrap_or(u32::MAX)) {
                continue;
            }
            let drive = roads.between[from * n + to];
            let driving = label.driving + drive;
            if driving + roads.back[to] > self.duty.drive_limit {
                continue;
            }
            let value = label.value - self.duty.drive_price * f64::from(drive);
            let direct = (label.end as usize + steps as usize, label.owed, label.paused, value);
            let broken = label
                .owed
                .then(|| self.ready_after_break(from, label.end as usize, to))
                .flatten()
                .map(|ready| (ready, false, true, value + self.prizes.work * f64::from(self.break_length)));
            for (ready, owed, paused, value) in [Some(direct), broken].into_iter().flatten() {
                if ready >= self.values.steps
                    || value + self.values.ready[self.values.at(label.mask as usize, owed, ready, to)] < threshold
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

fn seconds(step: usize, grid: i32) -> i32 {
    i32::try_from(step).unwrap_or(i32::MAX / 4096) * grid
}

fn step_up(time: i32, grid: i32) -> usize {
    usize::try_from((time + grid - 1).div_euclid(grid)).unwrap_or(0)
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
