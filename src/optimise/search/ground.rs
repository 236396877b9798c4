//! Reduced-cost fixing: the sites and ways of a duty that a better plan could use, and what tours
//! through each site are worth.

use super::{NEVER, Search, larger};
use crate::optimise::duty::{Duty, Onward};
use std::sync::Arc;

/// Where the tours of a duty may go.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Local positions of the sites.
    pub open: Vec<usize>,
    /// From each site, the sites it can go on to, by rising grid steps.
    pub onward: Arc<Vec<Vec<Onward>>>,
}

impl Ground {
    /// All sites of a duty, and all ways between them.
    #[must_use]
    pub fn whole(duty: &Duty) -> Self {
        Self { open: duty.open.clone(), onward: Arc::clone(&duty.roads.onward) }
    }

    /// The ways on from a site; none where a tour is a single visit.
    #[must_use]
    pub fn ways(&self, from: usize) -> &[Onward] {
        self.onward.get(from).map_or(&[], Vec::as_slice)
    }
}

/// Best values of nodes, from the base on: `[owed][step][site]`.
pub(super) struct Reached {
    steps: usize,
    sites: usize,
    values: Vec<f64>,
}

impl Reached {
    pub(super) fn new(steps: usize, sites: usize) -> Self {
        Self { steps, sites, values: vec![NEVER; 2 * steps * sites] }
    }

    pub(super) fn at(&self, owed: bool, step: usize, site: usize) -> f64 {
        self.values[(usize::from(owed) * self.steps + step) * self.sites + site]
    }

    pub(super) fn raise(&mut self, owed: bool, step: usize, site: usize, value: f64) {
        let at = &mut self.values[(usize::from(owed) * self.steps + step) * self.sites + site];
        *at = larger(*at, value);
    }
}

impl Search<'_> {
    /// The part of the ground that tours worth at least `threshold` could use, under the
    /// relaxation of the backward pass. Everything where visits are watched or heads priced.
    #[must_use]
    pub fn worthwhile(&self, threshold: f64) -> Ground {
        let Some((best, ways)) = self.passed(threshold) else { return self.ground.clone() };
        let used = |j: usize| best[j] > NEVER && best[j] >= threshold;
        let (n, onward) = (self.values.sites, &self.ground.onward);
        let kept = |from: usize| {
            let keep = |way: &&Onward| used(from) && ways[from * n + way.to as usize];
            onward[from].iter().filter(keep).copied().collect()
        };
        Ground {
            open: self.ground.open.iter().copied().filter(|&j| used(j)).collect(),
            onward: if ways.is_empty() { Arc::clone(onward) } else { Arc::new((0..n).map(kept).collect()) },
        }
    }

    /// By local site: no tour that visits it is worth more, under the relaxation of the backward
    /// pass; `-∞` where none does. `None` where visits are watched or heads priced.
    #[must_use]
    pub fn through(&self) -> Option<Vec<f64>> {
        self.passed(NEVER).map(|(best, _)| best)
    }

    /// A forward pass over the nodes whose best way there and best completion add up to `threshold`: by
    /// local site the largest such sum, and the ways taken (`sites × sites`, row = from; empty where a
    /// tour is a single visit). `None` where visits are watched or heads priced.
    fn passed(&self, threshold: f64) -> Option<(Vec<f64>, Vec<bool>)> {
        if self.masks() > 1 {
            return None;
        }
        let (n, steps) = (self.values.sites, self.values.steps);
        let several = self.duty.max_visits > 1;
        let mut opening = Reached::new(steps, n);
        let mut closed = Reached::new(steps, n);
        for start in self.starts() {
            let value = self.start_value(&start);
            opening.raise(start.owed, start.opening, start.site, value);
        }
        let mut best = vec![NEVER; n];
        let mut ways = vec![false; if several { n * n } else { 0 }];
        for step in 0..steps {
            for owed in [false, true] {
                for &site in self.ground.open.iter().filter(|_| several) {
                    let value = closed.at(owed, step, site);
                    if value > NEVER {
                        self.reach_on((owed, step, site, value), threshold, &mut opening, &mut ways);
                    }
                }
                for &site in &self.ground.open {
                    let value = opening.at(owed, step, site);
                    if value == NEVER {
                        continue;
                    }
                    for shape in self.duty.shapes_at(site, step) {
                        let paused = owed && shape.pause;
                        let value = value + self.visit_value(site, shape) + if paused { self.bonus() } else { 0.0 };
                        let still = owed && !shape.pause;
                        let whole = value + self.values.closed[self.values.at(0, still, shape.end, site)];
                        if whole >= threshold {
                            best[site] = larger(best[site], whole);
                            closed.raise(still, shape.end, site, value);
                        }
                    }
                }
            }
        }
        Some((best, ways))
    }

    /// Goes on from a site closed at a step wherever that could still be worth enough.
    fn reach_on(
        &self,
        (owed, step, site, value): (bool, usize, usize, f64),
        threshold: f64,
        opening: &mut Reached,
        ways: &mut [bool],
    ) {
        for way in &self.ground.onward[site] {
            let to = way.to as usize;
            if !self.may_go_on(0, owed, step, usize::from(way.steps), value, threshold) {
                break;
            }
            let value = value - self.prizes.touch.shared(site, to) - self.prizes.windows.shared(site, to);
            let direct = (step + usize::from(way.steps), owed, value - way.cost);
            let broken = owed.then(|| self.ready_after_break(site, step, to)).flatten();
            let broken = broken.map(|ready| (ready, false, value - way.cost + self.bonus()));
            for (ready, owed, value) in [Some(direct), broken].into_iter().flatten() {
                if ready >= self.values.steps
                    || value + self.values.ready[self.values.at(0, owed, ready, to)] < threshold
                {
                    continue;
                }
                ways[site * self.values.sites + to] = true;
                for &start in self.openings_at(to, ready) {
                    opening.raise(owed, start, to, value);
                }
            }
        }
    }
}
