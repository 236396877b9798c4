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

/// The customers of one set that are not in the other.
pub fn without<const W: usize>(a: &Set<W>, b: &Set<W>) -> impl Iterator<Item = usize> + use<W> {
    let mut set: Set<W> = std::array::from_fn(|w| a[w] & !b[w]);
    let mut w = 0;
    std::iter::from_fn(move || {
        while w < W && set[w] == 0 {
            w += 1;
        }
        if w == W {
            return None;
        }
        let c = w * 64 + set[w].trailing_zeros() as usize;
        set[w] &= set[w] - 1;
        Some(c)
    })
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

/// One direction.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a, const W: usize> {
    /// Times, as seen from where paths begin.
    pub net: &'a Net,
    /// By customer, those that may come directly behind it.
    pub next: &'a [Set<W>],
}

/// What routes are searched with.
#[derive(Debug, Clone, Copy)]
pub struct Pricing<'a, const W: usize> {
    /// From the start.
    pub forward: Way<'a, W>,
    /// From the end.
    pub backward: Way<'a, W>,
    /// What visits are worth.
    pub prices: &'a Prices,
    /// By customer, those that it remembers; itself always.
    pub memory: &'a [Set<W>],
    /// Whether labels are compared whatever they remember: quick, and without a proof.
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
/// Labels or paths between two questions whether to stop: each may be compared with thousands of others.
pub const ASKED: usize = 8;

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
pub enum Ended {
    /// The caller said so.
    Stopped,
    /// There are too many.
    TooMany,
}

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
        pricing: &Pricing<W>,
        way: Way<W>,
        until: f64,
        promising: &dyn Fn(&Label<W>) -> bool,
        stop: &dyn Fn() -> bool,
    ) -> Result<Self, Ended> {
        let (net, prices) = (way.net, pricing.prices);
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
                    side.offer(label, pricing, &mut queue);
                }
            }
        }
        let mut done = 0_usize;
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
                if side.labels.len() > MOST_LABELS {
                    return Err(Ended::TooMany);
                }
                if done.is_multiple_of(ASKED) && stop() {
                    return Err(Ended::Stopped);
                }
                for next in side.extended((at, label), pricing, way, until) {
                    if promising(&next) {
                        side.offer(next, pricing, &mut queue);
                    }
                }
            }
        }
        Ok(side)
    }

    /// A label on to every customer that may come next.
    fn extended<'b>(
        &self,
        (at, label): (u32, Label<W>),
        pricing: &'b Pricing<W>,
        way: Way<'b, W>,
        until: f64,
    ) -> impl Iterator<Item = Label<W>> + use<'b, W> {
        let from = usize::from(label.customer);
        let net = way.net;
        let times = &net.time[from * net.n..(from + 1) * net.n];
        let (next, memory, prices) = (&way.next[from], pricing.memory, pricing.prices);
        without(next, &label.memory).filter_map(move |c| {
            let time = (label.time + times[c]).max(net.open[c]);
            if time > net.close[c] || time > until {
                return None;
            }
            let mut kept: Set<W> = std::array::from_fn(|w| label.memory[w] & memory[c][w]);
            add(&mut kept, c);
            let (value, open) = prices.counts.visit(c, label.open, label.value + prices.gain[c]);
            Some(Label { time, value, memory: kept, open, parent: at, customer: id(c), dead: false })
        })
    }

    /// Keeps a label unless another replaces it, and drops those that it replaces.
    fn offer(&mut self, new: Label<W>, pricing: &Pricing<W>, queue: &mut [Vec<u32>]) {
        let (counts, quick) = (&pricing.prices.counts, pricing.quick);
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
                            && old.value - counts.owed(old.open & !new.open) >= new.value)
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
                            && new.value - counts.owed(new.open & !old.open) >= old.value);
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

    /// Whether some path that has come to `c` within `rest` makes one of the other direction a route worth `least`.
    #[must_use]
    pub fn completes(&self, prices: &Prices, c: usize, rest: f64, other: &Half<W>, least: f64) -> bool {
        let Half { value, memory, open } = *other;
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
                    && apart(&memory, &b.memory)
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

/// A customer as it is kept.
pub fn id(c: usize) -> u16 {
    u16::try_from(c).expect("few customers")
}

/// What is known of one direction's path where it meets the other's.
#[derive(Debug, Clone, Copy)]
pub struct Half<const W: usize> {
    /// Worth.
    pub value: f64,
    /// Customers that the other path must not visit.
    pub memory: Set<W>,
    /// Cuts that have counted one customer since they last counted two.
    pub open: u128,
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
    /// All paths of both directions that meet at `middle`.
    ///
    /// # Errors
    /// Where `stop` says so, or labels are too many.
    pub fn paths(pricing: &Pricing<W>, middle: f64, stop: &dyn Fn() -> bool) -> Result<Self, Ended> {
        let rest = pricing.forward.net.limit - middle;
        let forward = Side::paths(pricing, pricing.forward, middle, &|_| true, stop)?;
        let backward = Side::paths(pricing, pricing.backward, rest, &|_| true, stop)?;
        Ok(Self { forward, backward, middle })
    }

    /// Paths from the end of any length; of those that begin before the middle, the ones that some path from the
    /// start makes a route worth `least`.
    ///
    /// # Errors
    /// Where `stop` says so, or labels are too many.
    pub fn whole_backward(&self, pricing: &Pricing<W>, least: f64, stop: &dyn Fn() -> bool) -> Result<Side<W>, Ended> {
        let net = pricing.forward.net;
        let least = least + pricing.prices.route;
        let promising = |label: &Label<W>| {
            // Begun from the start, it is a route.
            if label.time <= net.limit - self.middle || label.value >= least {
                return true;
            }
            let to = usize::from(label.customer);
            let half = Half { value: label.value, memory: label.memory, open: label.open };
            without(&pricing.backward.next[to], &label.memory).any(|from| {
                let rest = net.limit - label.time - net.time(from, to);
                self.forward.completes(pricing.prices, from, rest, &half, least)
            })
        };
        Side::paths(pricing, pricing.backward, net.limit, &promising, stop)
    }

    /// The best route through each customer at which the forward part ends, if it is worth more than `least`,
    /// the best first; at most `most`. An empty forward part counts as one more customer.
    ///
    /// # Errors
    /// Where `stop` says so.
    pub fn join(
        &self,
        pricing: &Pricing<W>,
        least: f64,
        most: usize,
        stop: &dyn Fn() -> bool,
    ) -> Result<Vec<Found>, Ended> {
        let (net, prices) = (pricing.forward.net, pricing.prices);
        let mut found = Vec::new();
        let least = least + prices.route;
        // The start itself.
        let nothing = Half { value: 0.0, memory: [0; W], open: 0 };
        let mut best = Meeting { value: least, labels: None };
        for c in 0..net.n {
            self.meet(pricing, c, net.limit - net.out[c], (&nothing, NONE), &mut best);
        }
        found.extend(best.labels.map(|(f, b)| (best.value, f, b)));
        for from in 0..net.n {
            let mut best = Meeting { value: least, labels: None };
            for (k, f) in self.forward.lists(from).iter().flatten().enumerate() {
                if k.is_multiple_of(ASKED) && stop() {
                    return Err(Ended::Stopped);
                }
                if f.time + net.home[from] <= net.limit && f.value > best.value {
                    best = Meeting { value: f.value, labels: Some((f.label, NONE)) };
                }
                let half = Half { value: f.value, memory: f.memory, open: f.open };
                for c in without(&pricing.forward.next[from], &f.memory) {
                    let rest = net.limit - f.time - net.time[from * net.n + c];
                    self.meet(pricing, c, rest, (&half, f.label), &mut best);
                }
            }
            found.extend(best.labels.map(|(f, b)| (best.value, f, b)));
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        found.truncate(most);
        let route = |(value, f, b)| {
            let mut route = Vec::new();
            self.forward.trace(f, &mut route);
            let middle = route.len();
            self.backward.trace(b, &mut route);
            route[middle..].reverse();
            Found { value: value - prices.route, route }
        };
        Ok(found.into_iter().map(route).collect())
    }

    /// The best route of this path forward and one backward that comes to `c` within `rest`.
    fn meet(&self, pricing: &Pricing<W>, c: usize, rest: f64, (half, label): (&Half<W>, u32), best: &mut Meeting) {
        if rest < pricing.backward.net.open[c] {
            return;
        }
        for (part, list) in self.backward.lists(c).iter().enumerate() {
            #[allow(clippy::cast_precision_loss)]
            if part as f64 * self.backward.width > rest {
                break;
            }
            for b in list {
                if half.value + b.value <= best.value {
                    break;
                }
                if b.time <= rest && apart(&half.memory, &b.memory) {
                    let total = half.value + b.value - pricing.prices.counts.owed(half.open & b.open);
                    if total > best.value {
                        *best = Meeting { value: total, labels: Some((label, b.label)) };
                    }
                }
            }
        }
    }
}

/// The best route so far, by the labels of its two paths.
struct Meeting {
    value: f64,
    labels: Option<(u32, u32)>,
}

const _: () = assert!(MOST_CUTS <= 128);
