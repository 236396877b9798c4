//! What search and proof know together: the best routes, the bound, and routes worth trying.

use super::net::Net;
use rustc_hash::FxHashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Routes kept to be tried, at most.
const MOST_ROUTES: usize = 400_000;

/// Routes, each set of customers once.
#[derive(Debug, Default)]
pub struct Pool {
    known: FxHashSet<Box<[u16]>>,
    /// In the order in which they were found.
    pub routes: Vec<Box<[u16]>>,
}

impl Pool {
    /// Keeps a route whose customers no other has.
    pub fn add(&mut self, route: &[u16]) {
        if route.is_empty() || self.routes.len() >= MOST_ROUTES {
            return;
        }
        let mut key: Box<[u16]> = route.into();
        key.sort_unstable();
        if self.known.insert(key) {
            self.routes.push(route.into());
        }
    }
}

/// Routes and their profit.
#[derive(Debug, Clone, Default)]
pub struct Best {
    /// Profit of all routes.
    pub profit: f64,
    /// Customers of each, in order.
    pub routes: Vec<Vec<u16>>,
}

/// Shared by search and proof.
pub struct Shared<'a> {
    /// The instance.
    pub net: &'a Net,
    best: Mutex<Best>,
    bound: Mutex<f64>,
    /// Routes found by the search that the proof has not seen yet.
    pub fresh: Mutex<Vec<Box<[u16]>>>,
    /// By customer, how much of it the routes of the proof's last program serve.
    served: Mutex<Vec<f64>>,
    ended: AtomicBool,
    until: Instant,
    stop: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Shared<'a> {
    /// Nothing is known but that no plan brings more than all profits.
    #[must_use]
    pub fn new(net: &'a Net, until: Instant, stop: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self {
            net,
            best: Mutex::default(),
            // A sum of nothing is −0.
            bound: Mutex::new(net.profit.iter().sum::<f64>() + 0.0),
            fresh: Mutex::default(),
            served: Mutex::default(),
            ended: AtomicBool::new(false),
            until,
            stop,
        }
    }

    /// Whether to end: the best is proved, or the time is over.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed) || Instant::now() >= self.until || (self.stop)()
    }

    /// Seconds left.
    #[must_use]
    pub fn left(&self) -> f64 {
        self.until.saturating_duration_since(Instant::now()).as_secs_f64()
    }

    /// The best plan so far.
    #[must_use]
    pub fn best(&self) -> Best {
        self.best.lock().expect("no thread panics here").clone()
    }

    /// Its profit.
    #[must_use]
    pub fn profit(&self) -> f64 {
        self.best.lock().expect("no thread panics here").profit
    }

    /// Offers a plan.
    pub fn offer(&self, profit: f64, routes: &[Vec<u16>]) {
        let mut best = self.best.lock().expect("no thread panics here");
        if profit > best.profit {
            *best = Best { profit, routes: routes.to_vec() };
            drop(best);
            self.settle();
        }
    }

    /// By customer, how much of it the routes of the proof's last program serve; empty before there is one.
    #[must_use]
    pub fn served(&self) -> Vec<f64> {
        self.served.lock().expect("no thread panics here").clone()
    }

    /// Tells what the routes of a program serve, each taken in part.
    pub fn serve<'r>(&self, routes: impl Iterator<Item = (&'r [u16], f64)>) {
        let mut served = vec![0.0; self.net.n];
        for (route, part) in routes {
            route.iter().for_each(|c| served[usize::from(*c)] += part);
        }
        *self.served.lock().expect("no thread panics here") = served;
    }

    /// No plan brings more than this.
    pub fn lower(&self, bound: f64) {
        let mut known = self.bound.lock().expect("no thread panics here");
        *known = known.min(bound);
        drop(known);
        self.settle();
    }

    /// What no plan exceeds.
    #[must_use]
    pub fn bound(&self) -> f64 {
        let bound = *self.bound.lock().expect("no thread panics here");
        self.net.at_most(bound).max(self.profit())
    }

    /// Whether nothing better than the best is possible under this bound.
    #[must_use]
    pub fn settled(&self, bound: f64) -> bool {
        self.net.at_most(bound) <= self.profit() + 1e-9
    }

    fn settle(&self) {
        let bound = *self.bound.lock().expect("no thread panics here");
        if self.settled(bound) {
            self.ended.store(true, Ordering::Relaxed);
        }
    }
}
