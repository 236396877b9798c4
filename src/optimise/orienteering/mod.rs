//! Team orienteering, the problem of the literature nearest to ours, solved as a plan's tours are: good routes by
//! search, the proof by column generation over the same linear programs.
//!
//! A stop's profit is taken once and time is continuous, so that routes are priced by labels and not on
//! the time grid of a plan. Search and proof run side by side: the proof prices the
//! routes of the search first, and the search goes on from what integer programs put together.

mod cuts;
mod enumerate;
mod labels;
mod master;
mod net;
mod pool;
mod prove;
mod ruin;
#[cfg(test)]
mod tests;
mod tour;

use super::lp::LpError;
use crate::domain::Orienteering;
use net::Net;
use pool::Shared;
pub use prove::Figures;
use prove::{Means, Proof};
use ruin::Ruin;
use std::time::{Duration, Instant};
use tour::Tour;

/// What the caller wants.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest time to work.
    pub time: Duration,
    /// Threads; with one, the search comes first and the proof after it.
    pub threads: usize,
    /// Seed of the search.
    pub seed: u64,
}

/// Routes, and what no other ones exceed.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Points of each route, as positions in the instance, without start and end.
    pub routes: Vec<Vec<usize>>,
    /// Their profit.
    pub profit: f64,
    /// No routes bring more.
    pub bound: f64,
    /// Figures of the proof.
    pub figures: Figures,
}

impl Answer {
    /// Whether nothing better is possible.
    #[must_use]
    pub fn optimal(&self) -> bool {
        self.bound <= self.profit + 1e-6
    }
}

/// Of one thread's time, the part of the search.
const SEARCH_PART: f64 = 0.3;
/// Steps of the first cooling; each is twice as long as the one before, up to the longest.
const FIRST_STEPS: u32 = 20_000;
const LONGEST_STEPS: u32 = 1_280_000;
/// Routes of plans whose profit is at least this part of the best are told to the proof.
const GOOD: f64 = 0.97;

/// Solves an instance, to the proof, for so long, or until `stop` says so.
///
/// # Errors
/// When the solver of linear programs fails.
///
/// # Panics
/// Never: the sizes it relies on are limited by the reader of instances.
pub fn solve(instance: &Orienteering, limits: Limits, stop: &(dyn Fn() -> bool + Sync)) -> Result<Answer, LpError> {
    let net = Net::new(instance);
    let until = Instant::now() + limits.time;
    let shared = Shared::new(&net, until, stop);
    let figures = match net.n {
        0..=64 => both::<1>(&net, &shared, limits),
        65..=128 => both::<2>(&net, &shared, limits),
        129..=320 => both::<5>(&net, &shared, limits),
        _ => both::<16>(&net, &shared, limits),
    }?;
    let best = shared.best();
    let point = |c: &u16| net.points[usize::from(*c)];
    let routes = best.routes.iter().filter(|r| !r.is_empty()).map(|r| r.iter().map(point).collect()).collect();
    Ok(Answer { routes, profit: best.profit, bound: shared.bound(), figures })
}

fn both<const W: usize>(net: &Net, shared: &Shared, limits: Limits) -> Result<Figures, LpError> {
    // Everything served: nothing is left to prove.
    if net.n == 0 {
        shared.lower(0.0);
        return Ok(Figures::default());
    }
    let mut proof = Proof::<W>::new(net, shared, Means::default());
    if limits.threads < 2 {
        search(net, shared, limits.seed, Instant::now() + limits.time.mul_f64(SEARCH_PART));
        proof.run()?;
        return Ok(proof.figures);
    }
    std::thread::scope(|scope| {
        for k in 0..limits.threads as u64 - 1 {
            scope.spawn(move || search(net, shared, limits.seed + k, Instant::now() + limits.time));
        }
        proof.run()?;
        Ok(proof.figures)
    })
}

/// Cools again and again, from the best plan or from none, until the end.
fn search(net: &Net, shared: &Shared, seed: u64, until: Instant) {
    let mut ruin = Ruin::new(net, seed);
    let mut known = rustc_hash::FxHashSet::default();
    let mut steps = FIRST_STEPS;
    let stop = || shared.ended() || Instant::now() >= until;
    for cooling in 0_u64.. {
        let best = shared.best();
        if best.profit > ruin.best().0 {
            ruin.adopt(&best.routes);
        }
        let mut reached = shared.profit();
        let tell = |profit: f64, tours: &[Tour]| {
            if profit > reached {
                reached = profit;
                shared.offer(profit, &tours.iter().map(|t| t.stops.clone()).collect::<Vec<_>>());
            }
            if profit >= GOOD * reached {
                for tour in tours {
                    let mut key: Box<[u16]> = tour.stops.clone().into();
                    key.sort_unstable();
                    if known.len() < 400_000 && known.insert(key) {
                        shared.fresh.lock().expect("no thread panics here").push(tour.stops.clone().into());
                    }
                }
            }
        };
        // By turns with help of the proof and without: what its program serves in part is a good guess, no more.
        if cooling % 4 >= 2 {
            ruin.keep_to(&shared.served());
        }
        ruin.cool(steps, cooling % 2 == 0, tell, stop);
        if stop() {
            return;
        }
        if cooling % 2 == 1 {
            steps = (steps * 2).min(LONGEST_STEPS);
        }
    }
}
