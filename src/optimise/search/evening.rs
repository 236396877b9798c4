//! What it is worth to spend a night where the day ends.

use super::{NEVER, Search, larger, seconds};
use crate::optimise::shapes::Shape;

/// Values of evenings by site, and by how many appointments the stay has had: what a stay may still
/// invite is less the longer it was. Fewer appointments are assumed than there were, never more.
#[derive(Debug, Clone, Default)]
pub(super) struct Evening {
    /// Appointments a class spans.
    pub quantum: u32,
    /// Classes; 0 where there are no nights.
    pub classes: usize,
    /// `sites × classes`, row = local site.
    pub values: Vec<f64>,
}

impl Evening {
    /// Whether there are no nights.
    pub fn none(&self) -> bool {
        self.classes == 0
    }

    /// The value after so many appointments of the stay.
    pub fn at(&self, site: usize, count: u32) -> f64 {
        if self.none() {
            return NEVER;
        }
        let class = (count / self.quantum) as usize;
        self.values[site * self.classes + class.min(self.classes - 1)]
    }
}

impl Search<'_> {
    /// Appointments of a visit that classes of evenings tell apart: of the only service, if it is one.
    pub(super) fn appointments(&self, level: usize) -> u32 {
        match self.duty.shapes.levels[level].as_slice() {
            [count] => *count,
            _ => 0,
        }
    }

    /// Whether a day may end at a site after closing at a step: not with a break still to come.
    pub(super) fn may_sleep(&self, mask: usize, owed: bool, step: usize, site: usize) -> bool {
        let close = seconds(step, self.grid);
        self.evening.at(site, 0) > NEVER
            && mask & self.values.all_required == self.values.all_required
            && close <= self.duty.shift.to.0
            && !(owed && close >= self.break_to)
    }

    /// The best completion after a visit that ends a stay of so many appointments so far.
    pub(super) fn after(&self, mask: usize, owed: bool, site: usize, shape: &Shape, count: u32) -> f64 {
        let closed = self.values.closed[self.values.at(mask, owed, shape.end, site)];
        if self.evening.none() || !self.may_sleep(mask, owed, shape.end, site) {
            return closed;
        }
        larger(closed, self.evening.at(site, count) - self.work_cost(seconds(shape.end, self.grid), false))
    }
}
