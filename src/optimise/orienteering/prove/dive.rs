//! Plans from a node's solution: a route is kept, and the others are made anew for what is left.

use super::super::master::{Decision, Master};
use super::generate::add_best;
use super::refine::repeats;
use super::{Halt, Proof};
use crate::optimise::lp::LpSolution;
use std::time::Instant;

/// Of the time, the part that goes into dives.
const DIVING: f64 = 0.25;
/// Quick searches for the rest of a plan after each route kept.
const ROUNDS: usize = 12;

impl<const W: usize> Proof<'_, W> {
    /// A dive from this solution, while little of the time goes into them. Each begins with another of the routes that are
    /// used most.
    pub(super) fn dive_now_and_then(&mut self, master: &Master, solution: &LpSolution) -> Result<(), Halt> {
        if !self.means.dives || self.net.vehicles < 2 || self.diving > DIVING * self.begun.elapsed().as_secs_f64() {
            return Ok(());
        }
        let begin = Instant::now();
        let mut used = master.used(solution);
        used.retain(|(route, _)| !repeats(route));
        used.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
        let first = used.get(self.dives % used.len().max(1)).map(|(route, _)| route.to_vec());
        self.dives += 1;
        let done = first.map_or(Ok(()), |first| self.dive(first));
        self.diving += begin.elapsed().as_secs_f64();
        done
    }

    fn dive(&mut self, first: Vec<u16>) -> Result<(), Halt> {
        let mut kept = vec![first];
        while kept.len() < self.net.vehicles {
            let decisions: Vec<Decision> = kept.iter().flatten().map(|c| Decision::Skip(*c)).collect();
            let arcs = self.arcs(&decisions);
            let left = self.net.vehicles - kept.len();
            let mut master = Master::of(self.net, left, Vec::new(), Vec::new(), decisions);
            for _ in 0..ROUNDS {
                // The pool first, as everywhere.
                let duals = loop {
                    let (_, duals) = master.solve()?;
                    if add_best(&mut master, &self.pool.routes, &duals).0 == 0 {
                        break duals;
                    }
                };
                if self.quickly(&mut master, &duals, &arcs)? == 0 {
                    break;
                }
            }
            let (solution, _) = master.solve()?;
            let used = master.used(&solution);
            let whole = used.iter().filter(|(route, _)| !repeats(route));
            let best = whole.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(a.0)));
            let Some((route, _)) = best else { break };
            kept.push(route.to_vec());
        }
        kept.iter().for_each(|route| self.pool.add(route));
        self.shared.offer(kept.iter().map(|r| self.net.worth(r)).sum(), &kept);
        Ok(())
    }
}
