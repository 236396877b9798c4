//! Column generation at one node.

use super::super::cuts::Counts;
use super::super::labels::{Both, Prices, Pricing, Set, Way, add};
use super::super::master::{Decision, Duals, Master};
use super::{Halt, Proof};
use crate::optimise::lp::LpSolution;

/// Routes added in one round.
const ADDED: usize = 60;
/// Worth less than this, a route is not worth having.
const WORTH: f64 = 1e-6;

/// A program for which no route is worth having.
pub(super) struct Converged<const W: usize> {
    /// The solution.
    pub solution: LpSolution,
    /// Its prices.
    pub duals: Duals,
    /// The labels at prices that prove it, where routes were not all known.
    pub labels: Option<(Both<W>, Prices)>,
}

/// By customer, those that may come directly before it, and behind it.
pub(super) struct Arcs<const W: usize> {
    before: Vec<Set<W>>,
    next: Vec<Set<W>>,
}

impl<const W: usize> Proof<'_, W> {
    /// Column generation until no route is worth having; `None` where the bound says that nothing better is here.
    /// Lowers `bound` to what is proved.
    pub(super) fn generate(
        &mut self,
        master: &mut Master,
        complete: Option<&[Box<[u16]>]>,
        bound: &mut f64,
    ) -> Result<Option<Converged<W>>, Halt> {
        let arcs = self.arcs(&master.decisions);
        let mut centre: Option<(f64, Duals)> = None;
        let mut smooth = true;
        let mut quick = true;
        #[allow(clippy::cast_precision_loss)]
        let vehicles = self.net.vehicles as f64;
        loop {
            if self.shared.ended() {
                return Err(Halt::Ended);
            }
            let (solution, duals) = master.solve()?;
            self.fetch();
            let candidates: &[Box<[u16]>] = complete.unwrap_or(&self.pool.routes);
            let (added, highest) = add_best(master, candidates, &duals);
            if complete.is_some() {
                let proved = duals.cost(self.net.vehicles) + vehicles * highest;
                *bound = bound.min(proved);
                if self.shared.settled(*bound) {
                    return Ok(None);
                }
                if added == 0 {
                    return Ok(Some(Converged { solution, duals, labels: None }));
                }
                continue;
            }
            if added > 0 {
                continue;
            }
            self.choose_now_and_then(master, &solution);
            if quick {
                if self.quickly(master, &duals, &arcs)? > 0 {
                    continue;
                }
                quick = false;
                self.shared.serve(master.used(&solution).into_iter());
                self.dive_now_and_then(master, &solution)?;
            }
            let stop = || self.shared.ended();
            let at = match &centre {
                Some((_, centre)) if smooth => duals.toward(centre, 0.5),
                _ => duals.clone(),
            };
            let prices = self.prices(master, &at);
            let pricing = self.pricing(&prices, &arcs, false);
            let both = Both::paths(&pricing, self.middle, &stop)?;
            let found = both.join(&pricing, 0.0, 2 * ADDED, &stop)?;
            self.figures.exact += 1;
            let highest = found.first().map_or(0.0, |f| f.value.max(0.0));
            let proved = at.cost(self.net.vehicles) + vehicles * highest + 1e-7;
            *bound = bound.min(proved);
            self.tell_with(*bound);
            if self.shared.settled(*bound) {
                return Ok(None);
            }
            if centre.as_ref().is_none_or(|(known, _)| proved < *known) {
                centre = Some((proved, at.clone()));
            }
            let mut new = 0;
            for f in &found {
                if master.value_above(WORTH, &f.route, &duals).is_some() && master.add(&f.route) {
                    self.pool.add(&f.route);
                    new += 1;
                    if new >= ADDED {
                        break;
                    }
                }
            }
            self.balance(&both);
            if new > 0 {
                quick = true;
                smooth = true;
            } else if smooth && centre.is_some() && !same(&at, &duals) {
                smooth = false;
            } else {
                return Ok(Some(Converged { solution, duals, labels: Some((both, prices)) }));
            }
        }
    }

    /// Adds the routes that a quick search finds; how many are new.
    pub(super) fn quickly(&mut self, master: &mut Master, duals: &Duals, arcs: &Arcs<W>) -> Result<usize, Halt> {
        let stop = || self.shared.ended();
        let prices = self.prices(master, duals);
        let pricing = self.pricing(&prices, arcs, true);
        let found = Both::paths(&pricing, self.middle, &stop)?.join(&pricing, WORTH, ADDED, &stop)?;
        Ok(found.iter().filter(|f| master.add(&f.route)).count())
    }

    /// Moves the middle toward the direction that has fewer labels.
    fn balance(&mut self, both: &Both<W>) {
        let (forward, backward) = (both.forward.len(), both.backward.len());
        let step = 0.03 * self.net.limit;
        if forward > backward + backward / 4 {
            self.middle = (self.middle - step).max(0.2 * self.net.limit);
        } else if backward > forward + forward / 4 {
            self.middle = (self.middle + step).min(0.8 * self.net.limit);
        }
    }

    fn prices(&self, master: &Master, duals: &Duals) -> Prices {
        let mut gain: Vec<f64> = self.net.profit.iter().zip(&duals.customers).map(|(p, d)| p - d).collect();
        for decision in &master.decisions {
            if let Decision::Skip(c) = decision {
                gain[usize::from(*c)] = f64::NEG_INFINITY;
            }
        }
        let counts = Counts::new(self.net.n, master.cuts.iter().zip(duals.cuts.iter().copied()));
        Prices { gain, route: duals.route, counts }
    }

    pub(super) fn pricing<'b>(&'b self, prices: &'b Prices, arcs: &'b Arcs<W>, quick: bool) -> Pricing<'b, W> {
        Pricing {
            forward: Way { net: self.net, next: &arcs.next },
            backward: Way { net: &self.back, next: &arcs.before },
            prices,
            memory: &self.memory,
            quick,
        }
    }

    pub(super) fn arcs(&self, decisions: &[Decision]) -> Arcs<W> {
        let net = self.net;
        let n = net.n;
        let mut allowed = vec![true; n * n];
        for a in 0..n {
            for b in 0..n {
                let soonest = (net.open[a] + net.time(a, b)).max(net.open[b]);
                allowed[a * n + b] = a != b && soonest <= net.close[b];
            }
        }
        for decision in decisions {
            match *decision {
                Decision::Skip(c) => {
                    let c = usize::from(c);
                    (0..n).for_each(|d| (allowed[c * n + d], allowed[d * n + c]) = (false, false));
                }
                Decision::Serve(_) => {}
                Decision::Apart(a, b) => allowed[usize::from(a) * n + usize::from(b)] = false,
                Decision::Joined(a, b) => {
                    let (a, b) = (usize::from(a), usize::from(b));
                    for d in 0..n {
                        allowed[a * n + d] &= d == b;
                        allowed[d * n + b] &= d == a;
                    }
                }
            }
        }
        let mut before = vec![[0; W]; n];
        let mut next = vec![[0; W]; n];
        for a in 0..n {
            for b in 0..n {
                if allowed[a * n + b] {
                    add(&mut next[a], b);
                    add(&mut before[b], a);
                }
            }
        }
        Arcs { before, next }
    }
}

/// Adds the best routes of a list; how many, and what the best one is worth.
pub(super) fn add_best(master: &mut Master, list: &[Box<[u16]>], duals: &Duals) -> (usize, f64) {
    let above = |k: usize| Some((master.value_above(WORTH, &list[k], duals)?, k));
    let mut best: Vec<(f64, usize)> = (0..list.len()).filter_map(above).collect();
    best.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let highest = best.first().map_or(0.0, |b| b.0);
    let mut added = 0;
    for (_, k) in best {
        added += usize::from(master.add(&list[k]));
        if added >= ADDED {
            break;
        }
    }
    (added, highest)
}

/// Whether two prices are the same but for rounding.
fn same(a: &Duals, b: &Duals) -> bool {
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
    near(&a.customers, &b.customers) && near(&a.cuts, &b.cuts) && (a.route - b.route).abs() < 1e-9
}
