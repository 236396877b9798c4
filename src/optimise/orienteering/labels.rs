//! The best routes at given prices, over ng-routes: paths that may come back to a customer once they
//! have been at one that does not remember it.
//!
//! A route is a path forward from the start, as long as visits begin before the middle of the time, and one
//! backward from the end. Labels of a customer are compared where they can be replaced by each other: not later, not
//! worth less, remembering no more (Baldacci, Mingozzi and Roberti, *New route relaxation and pricing strategies for
//! the vehicle routing problem*, Operations Research 59, 2011; Righini and Salani, *Symmetry helps*, Discrete
//! Optimization 3, 2006). Every route is an ng-route, so that no route is worth more than the best of them.

use super::cuts::{Counts, MOST_CUTS};
use super::net::Net;

/// Customers as bits.
pub type Set<const W: usize> = [u64; W];

/// Whether a set holds a customer.
#[must_use]
pub fn holds<const W: usize>(set: &Set<W>, c: usize) -> bool {
    set[c >> 6] >> (c & 63) & 1 == 1
}

/// Adds a customer.
pub fn add<const W: usize>(set: &mut Set<W>, c: usize) {
    set[c >> 6] |= 1 << (c & 63);
}

fn within<const W: usize>(a: &Set<W>, b: &Set<W>) -> bool {
    (0..W).all(|w| a[w] & !b[w] == 0)
}

fn apart<const W: usize>(a: &Set<W>, b: &Set<W>) -> bool {
    (0..W).all(|w| a[w] & b[w] == 0)
}

/// What a route is worth: its profit less what the rows of the master ask for it.
#[derive(Debug, Clone)]
pub struct Prices {
    /// By customer, profit less price.
    pub gain: Vec<f64>,
    /// Price of a route.
    pub route: f64,
    /// Cuts and their prices.
    pub counts: Counts,
}

/// What a search of routes may use, beyond the prices.
#[derive(Debug)]
pub struct Rules<'a, const W: usize> {
    /// By customer, those that it remembers; itself always.
    pub memory: &'a [Set<W>],
    /// By customer, those that may come directly behind it.
    pub next: &'a [Set<W>],
    /// Whether labels that remember more are dropped too: quick, and without a proof.
    pub quick: bool,
}

/// A path to a customer.
#[derive(Debug, Clone, Copy)]
pub struct Label<const W: usize> {
    /// When the visit begins, seen from the side where the path does.
    pub time: f64,
    /// Worth so far.
    pub value: f64,
    /// Customers remembered.
    pub memory: Set<W>,
    /// Cuts that have counted one customer since they last counted two.
    pub open: u128,
    parent: u32,
    /// The customer.
    pub customer: u16,
    dead: bool,
}

const NONE: u32 = u32::MAX;
/// Parts into which the time is cut to find labels to compare with.
const PARTS: usize = 40;
/// More labels than this are not made.
const MOST_LABELS: usize = 6_000_000;

/// An entry of a list by customer and part of the time, the most valuable first.
#[derive(Debug, Clone, Copy)]
struct Entry<const W: usize> {
    time: f64,
    value: f64,
    memory: Set<W>,
    open: u128,
    label: u32,
}

/// All paths of one direction that no other replaces.
#[derive(Debug)]
pub struct Side<const W: usize> {
    labels: Vec<Label<W>>,
    lists: Vec<Vec<Entry<W>>>,
    width: f64,
    parts: usize,
}

/// Why there are no labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended;

impl<const W: usize> Side<W> {
    fn part(&self, time: f64) -> usize {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let part = (time / self.width) as usize;
        part.min(self.parts - 1)
    }

    /// Number of labels that are left.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lists.iter().map(Vec::len).sum()
    }

    /// All paths whose last visit begins by `until`, of those after `middle` only the ones that `promising` lets
    /// through.
    ///
    /// # Errors
    /// Where `stop` says so, or labels are too many.
    fn paths(
        net: &Net,
        prices: &Prices,
        rules: &Rules<W>,
        until: f64,
        promising: &dyn Fn(&Label<W>) -> bool,
        stop: &dyn Fn() -> bool,
    ) -> Result<Self, Ended> {
        let n = net.n;
        let mut side = Self {
            labels: Vec::new(),
            lists: vec![Vec::new(); n * PARTS],
            width: (until / PARTS as f64).max(1e-9),
            parts: PARTS,
        };
        let mut queue: Vec<Vec<u32>> = vec![Vec::new(); PARTS];
        for c in 0..n {
            let at = net.open[c];
            if at <= net.close[c] && at <= until && prices.gain[c] > f64::NEG_INFINITY {
                let mut memory = [0; W];
                add(&mut memory, c);
                let (value, open) = prices.counts.visit(c, 0, prices.gain[c]);
                let label = Label { time: at, value, memory, open, parent: NONE, customer: id(c), dead: false };
                if promising(&label) {
                    side.offer(label, prices, rules.quick, &mut queue);
                }
            }
        }
        let mut done = 0_u32;
        for part in 0..PARTS {
            let mut k = 0;
            while k < queue[part].len() {
                let at = queue[part][k];
                k += 1;
                let label = side.labels[at as usize];
                if label.dead {
                    continue;
                }
                done += 1;
                if done.trailing_zeros() >= 10 && stop() || side.labels.len() > MOST_LABELS {
                    return Err(Ended);
                }
                side.extend(net, prices, rules, until, promising, (at, label), &mut queue);
            }
        }
        Ok(side)
    }

    fn extend(
        &mut self,
        net: &Net,
        prices: &Prices,
        rules: &Rules<W>,
        until: f64,
        promising: &dyn Fn(&Label<W>) -> bool,
        (at, label): (u32, Label<W>),
        queue: &mut [Vec<u32>],
    ) {
        let from = usize::from(label.customer);
        let times = &net.time[from * net.n..(from + 1) * net.n];
        for w in 0..W {
            let mut left = rules.next[from][w] & !label.memory[w];
            while left != 0 {
                let c = w * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                let time = (label.time + times[c]).max(net.open[c]);
                if time > net.close[c] || time > until {
                    continue;
                }
                let mut memory = label.memory;
                for (m, kept) in memory.iter_mut().zip(&rules.memory[c]) {
                    *m &= kept;
                }
                add(&mut memory, c);
                let (value, open) = prices.counts.visit(c, label.open, label.value + prices.gain[c]);
                let next = Label { time, value, memory, open, parent: at, customer: id(c), dead: false };
                if promising(&next) {
                    self.offer(next, prices, rules.quick, queue);
                }
            }
        }
    }

    /// Keeps a label unless another replaces it, and drops those that it replaces.
    fn offer(&mut self, new: Label<W>, prices: &Prices, quick: bool, queue: &mut [Vec<u32>]) {
        let part = self.part(new.time);
        let base = usize::from(new.customer) * self.parts;
        for list in &self.lists[base..=base + part] {
            for old in list {
                if old.value < new.value {
                    break;
                }
                if old.time <= new.time
                    && (quick
                        || within(&old.memory, &new.memory)
                            && old.value - prices.counts.owed(old.open & !new.open) >= new.value)
                {
                    return;
                }
            }
        }
        let label = u32::try_from(self.labels.len()).expect("labels are limited");
        for list in &mut self.lists[base + part..base + self.parts] {
            let Some(last) = list.last() else { continue };
            if last.value > new.value {
                continue;
            }
            let from = list.partition_point(|old| old.value > new.value);
            let mut to = from;
            for k in from..list.len() {
                let old = list[k];
                let replaced = new.time <= old.time
                    && (quick
                        || within(&new.memory, &old.memory)
                            && new.value - prices.counts.owed(new.open & !old.open) >= old.value);
                if replaced {
                    self.labels[old.label as usize].dead = true;
                } else {
                    list[to] = old;
                    to += 1;
                }
            }
            list.truncate(to);
        }
        let list = &mut self.lists[base + part];
        let at = list.partition_point(|old| old.value > new.value);
        list.insert(at, Entry { time: new.time, value: new.value, memory: new.memory, open: new.open, label });
        self.labels.push(new);
        queue[part].push(label);
    }

    /// The customers of a path, from its beginning.
    fn trace(&self, mut at: u32, out: &mut Vec<u16>) {
        let from = out.len();
        while at != NONE {
            let label = &self.labels[at as usize];
            out.push(label.customer);
            at = label.parent;
        }
        out[from..].reverse();
    }

    /// Whether some path that has come to `c` within `rest` makes one of another direction, worth `value`, a route
    /// worth `least`.
    #[allow(clippy::too_many_arguments)]
    #[must_use]
    pub fn completes(
        &self,
        prices: &Prices,
        c: usize,
        rest: f64,
        value: f64,
        memory: &Set<W>,
        open: u128,
        least: f64,
    ) -> bool {
        for (part, list) in self.lists(c).iter().enumerate() {
            #[allow(clippy::cast_precision_loss)]
            if part as f64 * self.width > rest {
                break;
            }
            for b in list {
                if value + b.value < least {
                    break;
                }
                if b.time <= rest
                    && apart(memory, &b.memory)
                    && value + b.value - prices.counts.owed(open & b.open) >= least
                {
                    return true;
                }
            }
        }
        false
    }

    fn lists(&self, c: usize) -> &[Vec<Entry<W>>] {
        &self.lists[c * self.parts..(c + 1) * self.parts]
    }
}

fn id(c: usize) -> u16 {
    u16::try_from(c).expect("few customers")
}

/// A route found, with what it is worth at the prices.
#[derive(Debug, Clone)]
pub struct Found {
    /// Worth: profit less prices.
    pub value: f64,
    /// Customers, in order; one may be there twice.
    pub route: Vec<u16>,
}

/// Both directions.
#[derive(Debug)]
pub struct Both<const W: usize> {
    /// From the start, visits that begin by the middle.
    pub forward: Side<W>,
    /// From the end, visits that may begin after it.
    pub backward: Side<W>,
    /// Where they meet.
    middle: f64,
}

impl<const W: usize> Both<W> {
    /// All paths of both directions that meet at `middle`. `next` of the rules is of the forward direction.
    ///
    /// # Errors
    /// Where `stop` says so, or labels are too many.
    pub fn paths(
        nets: (&Net, &Net),
        prices: &Prices,
        rules: &Rules<W>,
        before: &[Set<W>],
        middle: f64,
        stop: &dyn Fn() -> bool,
    ) -> Result<Self, Ended> {
        let forward = Side::paths(nets.0, prices, rules, middle, &|_| true, stop)?;
        let back = Rules { next: before, ..*rules };
        let backward = Side::paths(nets.1, prices, &back, nets.1.limit - middle, &|_| true, stop)?;
        Ok(Self { forward, backward, middle })
    }

    /// Paths from the end of any length; of those that begin before the middle, the ones that some path from the
    /// start makes a route worth `least`.
    ///
    /// # Errors
    /// Where `stop` says so, or labels are too many.
    pub fn whole_backward(
        &self,
        nets: (&Net, &Net),
        prices: &Prices,
        rules: &Rules<W>,
        before: &[Set<W>],
        least: f64,
        stop: &dyn Fn() -> bool,
    ) -> Result<Side<W>, Ended> {
        let (net, limit) = (nets.0, nets.0.limit);
        let least = least + prices.route;
        let promising = |label: &Label<W>| {
            // Begun from the start, it is a route.
            if label.time < limit - self.middle || label.value >= least {
                return true;
            }
            let to = usize::from(label.customer);
            (0..net.n).any(|from| {
                holds(&before[to], from)
                    && !holds(&label.memory, from)
                    && self.forward.completes(
                        prices,
                        from,
                        limit - label.time - net.time(from, to),
                        label.value,
                        &label.memory,
                        label.open,
                        least,
                    )
            })
        };
        let back = Rules { next: before, ..*rules };
        Side::paths(nets.1, prices, &back, limit, &promising, stop)
    }

    /// The best route through each customer at which the forward part ends, if it is worth more than `least`,
    /// the best first; at most `most`. An empty forward part counts as one more customer.
    #[must_use]
    pub fn join(&self, net: &Net, prices: &Prices, rules: &Rules<W>, least: f64, most: usize) -> Vec<Found> {
        let mut found = Vec::new();
        let least = least + prices.route;
        // The start itself.
        let mut best: Option<(f64, u32, u32)> = None;
        let mut floor = least;
        for c in 0..net.n {
            self.meet(net, prices, c, net.limit - net.out[c], None, &mut floor, &mut best, NONE);
        }
        found.extend(best);
        for from in 0..net.n {
            let mut best: Option<(f64, u32, u32)> = None;
            let mut floor = least;
            for list in self.forward.lists(from) {
                for f in list {
                    if f.time + net.home[from] <= net.limit && f.value > floor {
                        floor = f.value;
                        best = Some((f.value, f.label, NONE));
                    }
                    for w in 0..W {
                        let mut left = rules.next[from][w] & !f.memory[w];
                        while left != 0 {
                            let c = w * 64 + left.trailing_zeros() as usize;
                            left &= left - 1;
                            let rest = net.limit - f.time - net.time[from * net.n + c];
                            self.meet(net, prices, c, rest, Some(f), &mut floor, &mut best, f.label);
                        }
                    }
                }
            }
            found.extend(best);
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        found.truncate(most);
        found
            .into_iter()
            .map(|(value, f, b)| {
                let mut route = Vec::new();
                self.forward.trace(f, &mut route);
                let middle = route.len();
                self.backward.trace(b, &mut route);
                route[middle..].reverse();
                Found { value: value - prices.route, route }
            })
            .collect()
    }

    #[allow(clippy::too_many_arguments)]
    fn meet(
        &self,
        net: &Net,
        prices: &Prices,
        c: usize,
        rest: f64,
        f: Option<&Entry<W>>,
        floor: &mut f64,
        best: &mut Option<(f64, u32, u32)>,
        label: u32,
    ) {
        let value = f.map_or(0.0, |f| f.value);
        let (memory, open) = f.map_or(([0; W], 0), |f| (f.memory, f.open));
        if rest < net.limit - net.close[c] {
            return;
        }
        for (part, list) in self.backward.lists(c).iter().enumerate() {
            #[allow(clippy::cast_precision_loss)]
            if part as f64 * self.backward.width > rest {
                break;
            }
            for b in list {
                if value + b.value <= *floor {
                    break;
                }
                if b.time <= rest && apart(&memory, &b.memory) {
                    let total = value + b.value - prices.counts.owed(open & b.open);
                    if total > *floor {
                        *floor = total;
                        *best = Some((total, label, b.label));
                    }
                }
            }
        }
    }
}

const _: () = assert!(MOST_CUTS <= 128);
