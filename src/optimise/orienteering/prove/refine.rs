//! What makes a node's program tell more: memory, cuts, choices among the routes known, branches.

use super::super::cuts::{Cut, MOST_CUTS};
use super::super::labels::{Set, add, holds, id};
use super::super::master::{Decision, Duals, Master};
use super::{Node, Outcome, Proof};
use crate::optimise::lp::LpSolution;
use std::collections::BTreeMap;
use std::time::Instant;

/// Customers that one remembers at most.
const MOST_NEAR: usize = 24;
/// Of the time, the part that goes into choices among the routes known.
const CHOOSING: f64 = 0.2;

impl<const W: usize> Proof<'_, W> {
    /// Makes customers remember those to which routes in use come back; whether anything changed.
    pub(super) fn remember(&mut self, used: &[(Vec<u16>, f64)]) -> bool {
        let mut changed = false;
        for (route, _) in used {
            for (k, c) in route.iter().enumerate() {
                let Some(again) = route[k + 1..].iter().position(|d| d == c) else { continue };
                let between = &route[k + 1..k + 1 + again];
                let full = |d: &u16| size(&self.memory[usize::from(*d)]) >= MOST_NEAR;
                if between.iter().any(|d| full(d) && !holds(&self.memory[usize::from(*d)], usize::from(*c))) {
                    continue;
                }
                for d in between {
                    if !holds(&self.memory[usize::from(*d)], usize::from(*c)) {
                        add(&mut self.memory[usize::from(*d)], usize::from(*c));
                        changed = true;
                    }
                }
            }
        }
        changed
    }

    /// The routes that are still ng-routes.
    pub(super) fn feasible(&self, routes: Vec<Box<[u16]>>) -> Vec<Box<[u16]>> {
        let fine = |route: &[u16]| {
            let mut memory = [0; W];
            route.iter().all(|&c| {
                let c = usize::from(c);
                if holds(&memory, c) {
                    return false;
                }
                memory.iter_mut().zip(&self.memory[c]).for_each(|(m, kept)| *m &= kept);
                add(&mut memory, c);
                true
            })
        };
        routes.into_iter().filter(|r| fine(r)).collect()
    }

    /// Puts new cuts in force, and drops those without a price; whether there are new ones.
    pub(super) fn strengthen(&mut self, master: &mut Master, duals: &Duals, new: Vec<Cut>) -> bool {
        let mut cuts: Vec<Cut> = Vec::new();
        for (cut, price) in master.cuts.drain(..).zip(&duals.cuts) {
            if *price > 1e-6 {
                cuts.push(cut);
            }
        }
        let mut added = 0;
        for cut in new {
            if let Some(old) = cuts.iter_mut().find(|old| old.three == cut.three) {
                // Its memory was too small.
                let grown = old.memory.iter().zip(&cut.memory).any(|(a, b)| !a && *b);
                old.memory.iter_mut().zip(&cut.memory).for_each(|(a, b)| *a |= b);
                added += u64::from(grown);
            } else if cuts.len() < MOST_CUTS {
                cuts.push(cut);
                added += 1;
            }
        }
        self.figures.cuts += added;
        master.cuts = cuts;
        added > 0
    }

    /// The same as [`Self::choose`], while little of the time goes into it and new routes have come.
    pub(super) fn choose_now_and_then(&mut self, master: &Master, solution: &LpSolution) {
        let known = self.pool.routes.len();
        if self.choosing < CHOOSING * self.begun.elapsed().as_secs_f64() && known > self.chosen_of + self.chosen_of / 10
        {
            self.chosen_of = known;
            self.choose(master, solution);
        }
    }

    /// The best choice among the routes known, for a while.
    pub(super) fn choose(&mut self, master: &Master, solution: &LpSolution) {
        let begin = Instant::now();
        let seconds = (self.shared.left() * 0.1).min(5.0);
        let (found, _) = master.whole(solution, &self.shared.best().routes, self.target(), seconds, 2_000);
        if let Some(routes) = found {
            self.shared.offer(routes.iter().map(|r| self.net.worth(r)).sum(), &routes);
        }
        self.choosing += begin.elapsed().as_secs_f64();
    }

    /// Parts a node at the customer, or the way between two, about which its solution is least certain.
    pub(super) fn branch(&self, used: &[(Vec<u16>, f64)], node: Node) -> Outcome {
        let n = self.net.n;
        let mut served = vec![0.0; n];
        let mut ways: BTreeMap<(u16, u16), f64> = BTreeMap::new();
        for (route, x) in used {
            route.iter().for_each(|c| served[usize::from(*c)] += x);
            route.windows(2).for_each(|w| *ways.entry((w[0], w[1])).or_default() += x);
        }
        let unsure = |x: f64| (x - 0.5).abs();
        let decided = |c: usize| node.decisions.iter().any(|d| d.serves(c));
        let customer = (0..n).filter(|c| served[*c] > 1e-4 && served[*c] < 1.0 - 1e-4 && !decided(*c));
        let weight = |c: &usize| unsure(served[*c]) - 0.02 * self.net.profit[*c] / self.net.profit.iter().sum::<f64>();
        let customer = customer.min_by(|a, b| weight(a).total_cmp(&weight(b)));
        let pair = match customer {
            Some(c) if unsure(served[c]) < 0.4 => {
                let c = id(c);
                [Decision::Serve(c), Decision::Skip(c)]
            }
            _ => {
                let way = ways.iter().filter(|(_, x)| **x > 1e-4 && **x < 1.0 - 1e-4);
                match (way.min_by(|a, b| unsure(*a.1).total_cmp(&unsure(*b.1))), customer) {
                    (Some((&(a, b), _)), None) => [Decision::Joined(a, b), Decision::Apart(a, b)],
                    (_, Some(c)) => {
                        let c = id(c);
                        [Decision::Serve(c), Decision::Skip(c)]
                    }
                    // Only routes with repetitions that memory could not forbid: nothing more is proved here.
                    (None, None) => return Outcome::Stuck(node),
                }
            }
        };
        let child = |decision: Decision| {
            let mut decisions = node.decisions.clone();
            decisions.push(decision);
            let complete =
                node.complete.as_ref().map(|all| all.iter().filter(|r| decision.allows(r)).cloned().collect());
            Node { bound: node.bound, decisions, cuts: node.cuts.clone(), complete }
        };
        Outcome::Parted(pair.into_iter().map(child).collect())
    }
}

/// Whether a route visits a customer twice.
pub(super) fn repeats(route: &[u16]) -> bool {
    route.iter().enumerate().any(|(k, c)| route[k + 1..].contains(c))
}

/// Number of customers in a set.
fn size<const W: usize>(set: &Set<W>) -> usize {
    set.iter().map(|w| w.count_ones() as usize).sum()
}
