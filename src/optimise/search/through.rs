//! What tours through each site are worth at most.

use super::ground::Reached;
use super::{NEVER, Search, larger};

impl Search<'_> {
    /// By local site: no tour that visits it is worth more, under the relaxation of the backward
    /// pass; `-∞` where none does. `None` where visits are watched or heads priced.
    ///
    /// A forward pass over all nodes, whose best way there meets their best completion.
    #[must_use]
    pub fn through(&self) -> Option<Vec<f64>> {
        if self.masks() > 1 {
            return None;
        }
        let (n, steps) = (self.values.sites, self.values.steps);
        let several = self.duty.max_visits > 1;
        let mut best = vec![NEVER; n];
        let mut opening = Reached::new(steps, n);
        let mut closed = Reached::new(steps, n);
        let mut ways = vec![false; if several { n * n } else { 0 }];
        for start in self.starts() {
            opening.raise(
                start.owed,
                start.opening,
                start.site,
                self.start_value(&start) + self.prizes.touch.after(0, start.site),
            );
        }
        for step in 0..steps {
            for owed in [false, true] {
                if several {
                    for &site in &self.ground.open {
                        let value = closed.at(owed, step, site);
                        if value > NEVER {
                            self.reach_on((owed, step, site, value), NEVER, &mut opening, &mut ways);
                        }
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
                        let after = self.values.closed[self.values.at(0, still, shape.end, site)];
                        best[site] = larger(best[site], value + after);
                        closed.raise(still, shape.end, site, value);
                    }
                }
            }
        }
        Some(best)
    }
}
