//! The backward pass: what every node of the graph could still bring.

use super::{NEVER, Search, larger};

/// Completion values of one backward pass.
pub(super) struct Values {
    pub(super) steps: usize,
    pub(super) sites: usize,
    /// `[mask][owed][step][site]`: best completion after a session ended.
    pub(super) closed: Vec<f64>,
    /// The same for a vehicle ready to open.
    pub(super) ready: Vec<f64>,
    pub(super) watched: Vec<usize>,
    pub(super) all_required: usize,
}

impl Values {
    pub(super) fn at(&self, mask: usize, owed: bool, step: usize, site: usize) -> usize {
        ((mask * 2 + usize::from(owed)) * self.steps + step) * self.sites + site
    }
}

impl Search<'_> {
    /// Best value of opening at `site` exactly at step `start`.
    pub(super) fn opening_value(&self, mask: usize, owed: bool, start: usize, site: usize) -> f64 {
        let bit = self.bit(site);
        if bit != 0 && mask & bit != 0 {
            return NEVER;
        }
        let mut best = NEVER;
        let (heads, price) = self.newly_bound(mask, site);
        for shape in self.duty.shapes_at(site, start) {
            let after = self.after(mask | bit | heads, owed && !shape.pause, site, shape);
            let mut value = self.visit_value(site, shape) - price + after;
            if owed && shape.pause {
                value += self.bonus();
            }
            best = larger(best, value);
        }
        best
    }

    pub(super) fn prepare(&mut self) {
        let duty = self.duty;
        let (n, steps) = (duty.roads.sites.len(), self.values.steps);
        let masks = self.masks();
        self.values.closed = vec![NEVER; masks * 2 * steps * n];
        let chains = duty.max_visits > 1 || duty.nights;
        if chains {
            self.values.ready = vec![NEVER; masks * 2 * steps * n];
            self.best_ready = vec![NEVER; masks * 2 * steps];
        }
        let mut ends = vec![false; steps];
        let mut starts = vec![false; steps];
        for by_start in duty.lists() {
            for (start, shape) in by_start.iter().enumerate().flat_map(|(s, list)| list.iter().map(move |x| (s, x))) {
                starts[start] = true;
                ends[shape.end] = true;
            }
        }
        // Values of opening exactly at a step, by site; only while masks are worked through.
        let mut exact = vec![NEVER; if chains { 2 * steps * n } else { 0 }];
        for mask in (0..masks).rev() {
            for step in (0..steps).rev() {
                if chains {
                    self.fill_ready(mask, step, starts[step], &mut exact);
                }
                if ends[step] {
                    self.fill_closed(mask, step);
                }
            }
        }
    }

    fn fill_ready(&mut self, mask: usize, step: usize, start: bool, exact: &mut [f64]) {
        let duty = self.duty;
        let (n, steps) = (duty.roads.sites.len(), self.values.steps);
        for owed in [false, true] {
            let here = (usize::from(owed) * steps + step) * n;
            if start {
                for &j in &self.ground.open {
                    exact[here + j] = self.opening_value(mask, owed, step, j);
                }
            }
            let mut top = NEVER;
            for &j in &self.ground.open {
                let mut best = NEVER;
                for &s in self.openings_at(j, step.min(self.openings.len() - 1)) {
                    best = larger(best, exact[(usize::from(owed) * steps + s) * n + j]);
                }
                let at = self.values.at(mask, owed, step, j);
                self.values.ready[at] = best;
                top = larger(top, best);
            }
            // Mostly no less than later; but a branch may make that dear which an early visit would be.
            let at = (mask * 2 + usize::from(owed)) * steps + step;
            let later = if step + 1 < steps { self.best_ready[at + 1] } else { NEVER };
            self.best_ready[at] = larger(top, later);
        }
    }

    fn fill_closed(&mut self, mask: usize, step: usize) {
        let duty = self.duty;
        for owed in [false, true] {
            for &j in &self.ground.open {
                let mut best = NEVER;
                if !self.evening.away
                    && mask & self.values.all_required == self.values.all_required
                    && let Some((arrival, paused)) = self.home(j, step, owed)
                {
                    best = -duty.drive_price * f64::from(duty.roads.back[j]) - self.work_cost(arrival, paused);
                }
                if duty.max_visits > 1 {
                    best = self.onward_value(mask, owed, step, j, best);
                }
                let at = self.values.at(mask, owed, step, j);
                self.values.closed[at] = best;
            }
        }
    }

    /// The better of `best` and driving on from `site` after closing at `step`. Values fall with
    /// time, so that only near sites need a look.
    pub(super) fn onward_value(&self, mask: usize, owed: bool, step: usize, site: usize, mut best: f64) -> f64 {
        let (touch, shared) = (&self.prizes.touch, self.prizes.windows.shared_with(site));
        let near = || self.ground.onward[site].chunk_by(|a, b| a.steps == b.steps);
        for ways in near() {
            let ready = step + usize::from(ways[0].steps);
            if ready >= self.values.steps || self.top_ready(mask, owed, ready) <= best {
                break;
            }
            let first = self.values.at(mask, owed, ready, 0);
            let row = &self.values.ready[first..first + self.values.sites];
            match shared {
                None => ways.iter().for_each(|way| {
                    let to = way.to as usize;
                    best = larger(best, row[to] - way.cost - touch.shared(site, to));
                }),
                Some(shared) => ways.iter().for_each(|way| {
                    let to = way.to as usize;
                    best = larger(best, row[to] - way.cost - shared[to]);
                }),
            }
        }
        if !owed {
            return best;
        }
        let bonus = self.bonus();
        for ways in near() {
            let floor = self.break_floor(step, usize::from(ways[0].steps));
            if self.top_ready(mask, false, floor) + bonus <= best {
                break;
            }
            for way in ways {
                let to = way.to as usize;
                let Some(ready) = self.ready_after_break(site, step, to) else { continue };
                if ready < self.values.steps {
                    let after = self.values.ready[self.values.at(mask, false, ready, to)];
                    let shared = shared.map_or_else(|| touch.shared(site, to), |row| row[to]);
                    best = larger(best, after - way.cost - shared + bonus);
                }
            }
        }
        best
    }
}
