//! All routes that can be part of a better plan.
//!
//! A route whose worth at the prices falls short of the best route's by more than the gap cannot. Paths are
//! extended forward, each customer once; one is dropped when no way to go on makes up for the gap, judged by the
//! backward labels of the relaxation, or when another visits the same customers, ends at the same one, is not later and
//! not worth less (Baldacci, Christofides and Mingozzi, *An exact algorithm for the vehicle routing problem based on
//! the set partitioning formulation with additional cuts*, Mathematical Programming 115, 2008).

use super::labels::{ASKED, Both, Ended, Half, Pricing, Set, Side, add, id, without};
use rustc_hash::FxHashMap;

/// A path without a repetition.
#[derive(Debug, Clone, Copy)]
struct Path<const W: usize> {
    time: f64,
    value: f64,
    visited: Set<W>,
    open: u128,
    parent: u32,
    customer: u16,
    dead: bool,
}

const NONE: u32 = u32::MAX;

/// Every elementary route worth at least `least` (below 0) at the prices: of those with the same customers one.
///
/// # Errors
/// Where `stop` says so, or paths are more than `most`.
pub fn routes<const W: usize>(
    pricing: &Pricing<W>,
    both: &Both<W>,
    least: f64,
    most: usize,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<Vec<u16>>, Ended> {
    let (net, prices) = (pricing.forward.net, pricing.prices);
    let backward = both.whole_backward(pricing, least - 1e-7, stop)?;
    let mut found: FxHashMap<Set<W>, (f64, u32)> = FxHashMap::default();
    let mut paths: Vec<Path<W>> = Vec::new();
    let mut at: FxHashMap<(Set<W>, u16), Vec<u32>> = FxHashMap::default();
    let mut offer = |new: Path<W>, paths: &mut Vec<Path<W>>| {
        let same = at.entry((new.visited, new.customer)).or_default();
        for &k in same.iter() {
            let old = &paths[k as usize];
            if old.time <= new.time && old.value >= new.value - 1e-12 {
                return;
            }
        }
        same.retain(|&k| {
            let old = &mut paths[k as usize];
            old.dead |= new.time <= old.time && new.value >= old.value;
            !old.dead
        });
        same.push(u32::try_from(paths.len()).expect("paths are limited"));
        paths.push(new);
    };
    for c in 0..net.n {
        if net.open[c] <= net.close[c] && prices.gain[c] > f64::NEG_INFINITY {
            let mut visited = [0; W];
            add(&mut visited, c);
            let (value, open) = prices.counts.visit(c, 0, prices.gain[c] - prices.route);
            let new = Path { time: net.open[c], value, visited, open, parent: NONE, customer: id(c), dead: false };
            if promising(pricing, &backward, &new, least) {
                offer(new, &mut paths);
            }
        }
    }
    let mut k = 0;
    while k < paths.len() {
        if paths.len() > most {
            return Err(Ended::TooMany);
        }
        if k.is_multiple_of(ASKED) && stop() {
            return Err(Ended::Stopped);
        }
        let path = paths[k];
        let this = u32::try_from(k).expect("paths are limited");
        k += 1;
        if path.dead {
            continue;
        }
        let from = usize::from(path.customer);
        if path.value >= least && path.time + net.home[from] <= net.limit {
            let entry = found.entry(path.visited).or_insert((path.value, this));
            if path.value > entry.0 {
                *entry = (path.value, this);
            }
        }
        for c in without(&pricing.forward.next[from], &path.visited) {
            let time = (path.time + net.time(from, c)).max(net.open[c]);
            if time > net.close[c] {
                continue;
            }
            let mut visited = path.visited;
            add(&mut visited, c);
            let (value, open) = prices.counts.visit(c, path.open, path.value + prices.gain[c]);
            let new = Path { time, value, visited, open, parent: this, customer: id(c), dead: false };
            if promising(pricing, &backward, &new, least) {
                offer(new, &mut paths);
            }
        }
    }
    let mut ends: Vec<u32> = found.into_values().map(|(_, k)| k).collect();
    ends.sort_unstable();
    let trace = |mut k: u32| {
        let mut route = Vec::new();
        while k != NONE {
            route.push(paths[k as usize].customer);
            k = paths[k as usize].parent;
        }
        route.reverse();
        route
    };
    Ok(ends.into_iter().map(trace).collect())
}

/// Whether a path can be completed to a route worth `least`.
fn promising<const W: usize>(pricing: &Pricing<W>, backward: &Side<W>, path: &Path<W>, least: f64) -> bool {
    if path.value >= least {
        return true;
    }
    let net = pricing.forward.net;
    let from = usize::from(path.customer);
    let half = Half { value: path.value, memory: path.visited, open: path.open };
    without(&pricing.forward.next[from], &path.visited).any(|c| {
        let rest = net.limit - path.time - net.time(from, c);
        backward.completes(pricing.prices, c, rest, &half, least)
    })
}
