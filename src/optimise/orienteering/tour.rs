//! One route under change: its stops, and between which times each can be made.

use super::net::Net;

/// A route with what it takes to see where another customer fits.
#[derive(Debug, Default)]
pub struct Tour {
    /// Customers, in order.
    pub stops: Vec<u16>,
    /// The earliest and the latest time at which each visit can begin; empty where there are no time windows.
    early: Vec<f64>,
    late: Vec<f64>,
    /// Length of the way to each stop.
    legs: Vec<f64>,
    /// When it is at the end.
    pub ends: f64,
}

impl Clone for Tour {
    fn clone(&self) -> Self {
        let mut out = Self::default();
        out.clone_from(self);
        out
    }

    // The search copies plans all the time: room is used again.
    fn clone_from(&mut self, other: &Self) {
        self.stops.clone_from(&other.stops);
        self.early.clone_from(&other.early);
        self.late.clone_from(&other.late);
        self.legs.clone_from(&other.legs);
        self.ends = other.ends;
    }
}

/// Where a customer fits, and how much later the stop behind it begins.
#[derive(Debug, Clone, Copy)]
pub struct Fit {
    /// It goes before the stop of this position.
    pub before: usize,
    /// By how much the next visit, or the end, is put off.
    pub delay: f64,
}

impl Tour {
    /// Works everything out anew. The route must be in time.
    pub fn settle(&mut self, net: &Net) {
        self.legs.clear();
        let mut from = None;
        self.legs.extend(self.stops.iter().map(|&to| leg(net, from.replace(to), Some(to))));
        self.time(net);
    }

    /// Puts a customer in before a stop, where it fits.
    pub fn insert(&mut self, net: &Net, customer: u16, before: usize) {
        self.stops.insert(before, customer);
        self.legs.insert(before, leg(net, before.checked_sub(1).map(|k| self.stops[k]), Some(customer)));
        if let Some(&next) = self.stops.get(before + 1) {
            self.legs[before + 1] = leg(net, Some(customer), Some(next));
        }
        self.time(net);
    }

    /// The times, from the legs.
    fn time(&mut self, net: &Net) {
        let home = self.stops.last().map_or(0.0, |&last| net.home[usize::from(last)]);
        if net.timeless {
            self.ends = self.legs.iter().sum::<f64>() + home;
            return;
        }
        let n = self.stops.len();
        self.early.resize(n, 0.0);
        self.late.resize(n, 0.0);
        let mut early = 0.0;
        for (k, leg) in self.legs.iter().enumerate() {
            early = net.open[usize::from(self.stops[k])].max(early + leg);
            self.early[k] = early;
        }
        self.ends = early + home;
        let mut late = f64::INFINITY;
        for k in (0..n).rev() {
            late = net.close[usize::from(self.stops[k])].min(late);
            self.late[k] = late;
            late -= self.legs[k];
        }
    }

    /// Where a customer fits with the least delay; where `pass` says so, that place is passed over.
    pub fn best_fit(&self, net: &Net, customer: usize, pass: impl FnOnce() -> bool) -> Option<Fit> {
        if self.stops.is_empty() {
            let delay = net.open[customer] + net.home[customer];
            let fits = net.open[customer] <= net.close[customer] && delay <= net.limit;
            return fits.then_some(Fit { before: 0, delay });
        }
        let find = if net.timeless { Self::best_detour } else { Self::best_delay };
        let best = find(self, net, customer, None)?;
        if pass() { find(self, net, customer, Some(best.before)) } else { Some(best) }
    }

    // Most of the search's time goes into this loop: on its own, all it needs stays in registers.
    #[inline(never)]
    fn best_detour(&self, net: &Net, customer: usize, but: Option<usize>) -> Option<Fit> {
        let n = self.stops.len();
        let to = &net.time_to[customer * net.n..][..net.n];
        let from = &net.time[customer * net.n..][..net.n];
        let (but, none) = (but.unwrap_or(usize::MAX), usize::MAX);
        let mut best = Fit { before: none, delay: net.limit - self.ends };
        let mut before = net.out[customer];
        let (stops, legs) = (&self.stops[..n], &self.legs[..n]);
        for k in 0..n {
            let stop = usize::from(stops[k]);
            let delay = before + from[stop] - legs[k];
            if delay < best.delay && k != but {
                best = Fit { before: k, delay };
            }
            before = to[stop];
        }
        let delay = before + net.home[customer] - net.home[usize::from(self.stops[n - 1])];
        if delay < best.delay && n != but {
            best = Fit { before: n, delay };
        }
        (best.before != none).then_some(best)
    }

    fn best_delay(&self, net: &Net, customer: usize, but: Option<usize>) -> Option<Fit> {
        let n = self.stops.len();
        let to = &net.time_to[customer * net.n..][..net.n];
        let from = &net.time[customer * net.n..][..net.n];
        let (open, close) = (net.open[customer], net.close[customer]);
        let mut best: Option<Fit> = None;
        let mut arrival = open;
        for k in 0..=n {
            let at = arrival.max(open);
            if at > close {
                break;
            }
            let delay = match self.stops.get(k) {
                None => at + net.home[customer] - self.ends,
                Some(&next) => {
                    let next = usize::from(next);
                    arrival = self.early[k] + to[next];
                    let then = at + from[next];
                    if then > self.late[k] {
                        continue;
                    }
                    then.max(net.open[next]) - self.early[k]
                }
            };
            if best.is_none_or(|b| delay < b.delay) && Some(k) != but {
                best = Some(Fit { before: k, delay });
            }
        }
        best
    }

    /// Makes the way shorter by turning parts of it round and moving up to three stops elsewhere,
    /// until no such change helps. Only for nets without time windows.
    pub fn shorten(&mut self, net: &Net) {
        let n = self.stops.len();
        if n < 2 {
            return;
        }
        let mut changed = false;
        while turn(net, &mut self.stops) || shift(net, &mut self.stops) {
            changed = true;
        }
        if changed {
            self.settle(net);
        }
    }
}

/// Less than this is no gain: sums are not exact.
const GAIN: f64 = 1e-7;

/// The way from the stop at `k − 1` to the one at `k`, start and end included.
fn leg(net: &Net, from: Option<u16>, to: Option<u16>) -> f64 {
    match (from, to) {
        (Some(a), Some(b)) => net.time(usize::from(a), usize::from(b)),
        (None, Some(b)) => net.out[usize::from(b)],
        (Some(a), None) => net.home[usize::from(a)],
        (None, None) => 0.0,
    }
}

/// Turns the first part round that makes the way shorter.
fn turn(net: &Net, stops: &mut [u16]) -> bool {
    let n = stops.len();
    for i in 0..n {
        let before = i.checked_sub(1).map(|k| stops[k]);
        // What turning round changes within, for ways that are not the same in both directions.
        let mut inner = 0.0;
        for j in i + 1..n {
            let (a, b) = (stops[j - 1], stops[j]);
            inner += leg(net, Some(b), Some(a)) - leg(net, Some(a), Some(b));
            let after = stops.get(j + 1).copied();
            let old = leg(net, before, Some(stops[i])) + leg(net, Some(b), after);
            let new = leg(net, before, Some(b)) + leg(net, Some(stops[i]), after);
            if new + inner < old - GAIN {
                stops[i..=j].reverse();
                return true;
            }
        }
    }
    false
}

/// Moves the first one, two or three stops that make the way shorter elsewhere.
fn shift(net: &Net, stops: &mut Vec<u16>) -> bool {
    let n = stops.len();
    for length in 1..=3.min(n - 1) {
        for i in 0..=n - length {
            let before = i.checked_sub(1).map(|k| stops[k]);
            let after = stops.get(i + length).copied();
            let (first, last) = (stops[i], stops[i + length - 1]);
            let freed = leg(net, before, Some(first)) + leg(net, Some(last), after) - leg(net, before, after);
            if freed <= GAIN {
                continue;
            }
            for k in (0..=n).filter(|k| *k < i || *k > i + length) {
                let (a, b) = (k.checked_sub(1).map(|k| stops[k]), stops.get(k).copied());
                let kept = leg(net, a, b);
                let straight = leg(net, a, Some(first)) + leg(net, Some(last), b) - kept;
                let turned = leg(net, a, Some(last)) + leg(net, Some(first), b) - kept;
                // Turned, the legs within change too, where ways are not the same in both directions;
                // `turn` looks at that.
                if straight < freed - GAIN || length == 1 && turned < freed - GAIN {
                    let part: Vec<u16> = stops.drain(i..i + length).collect();
                    let to = if k > i { k - length } else { k };
                    stops.splice(to..to, part);
                    return true;
                }
            }
        }
    }
    false
}
