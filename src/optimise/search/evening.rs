//! What it is worth to spend a night where the day ends.

use super::{NEVER, Search, larger, seconds};
use crate::optimise::shapes::Shape;
use std::rc::Rc;

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
    /// Whether the vehicle has to stay the night somewhere: the first day of a rotation of several.
    pub away: bool,
    /// First day of the rotation whose stays bar others at their sites by spacing.
    pub spaced_from: u32,
    /// `sites × levels`: what a visit that begins a stay lacks of what values of evenings take it for; empty where nobody
    /// may stay the night.
    pub short: Vec<f64>,
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

    /// Of the shapes of a visit that is the only one of its day, those that no other beats: where working
    /// time is free, one with as many appointments that goes home, or stays the night, as well.
    /// `None` where all of them count. By their places among those that open then.
    pub(super) fn lasting(&self, site: usize, opening: usize, owed: bool) -> Option<Rc<[usize]>> {
        if self.watch_work || self.duty.max_visits > 1 || !self.duty.nights || self.duty.uneven[site] {
            return None;
        }
        let key = (site, opening, owed);
        if let Some(known) = self.lasting.borrow().get(&key) {
            return Some(Rc::clone(known));
        }
        let shapes = self.duty.shapes_at(site, opening);
        let aside = |shape: &Shape| self.prizes.aside.get(site * self.levels + shape.level).copied().unwrap_or(0.0);
        // What it is worth for its weekday and by branches, to go home after it, to stay the night.
        let ends: Vec<[f64; 3]> = shapes
            .iter()
            .map(|shape| {
                let still = owed && !shape.pause;
                let bonus = if owed && shape.pause { self.bonus() } else { 0.0 };
                let home = self.values.closed[self.values.at(self.bit(site), still, shape.end, site)] + bonus;
                let stays = self.may_sleep(self.values.all_required, still, shape.end, site);
                let night = if stays { bonus - self.work_cost(seconds(shape.end, self.grid), false) } else { NEVER };
                [aside(shape), home, night]
            })
            .collect();
        let counts = |k: usize| &self.duty.shapes.levels[shapes[k].level];
        let beats = |a: usize, b: usize| {
            counts(a).iter().zip(counts(b)).all(|(x, y)| x >= y) && ends[a].iter().zip(&ends[b]).all(|(x, y)| x >= y)
        };
        let mut kept: Vec<usize> = Vec::new();
        for k in 0..shapes.len() {
            if !kept.iter().any(|&other| beats(other, k)) {
                kept.retain(|&other| !beats(k, other));
                kept.push(k);
            }
        }
        let kept: Rc<[usize]> = kept.into();
        self.lasting.borrow_mut().insert(key, Rc::clone(&kept));
        Some(kept)
    }

    /// What a visit that begins a stay lacks of what values of evenings take it for.
    pub(super) fn short(&self, site: usize, level: usize) -> f64 {
        self.evening.short.get(site * self.levels + level).copied().unwrap_or(0.0)
    }

    /// The best completion after a visit that begins a stay.
    pub(super) fn after(&self, mask: usize, owed: bool, site: usize, shape: &Shape) -> f64 {
        let count = self.appointments(shape.level);
        self.after_stay(mask, owed, site, shape, (count, self.short(site, shape.level)))
    }

    /// The best completion after a visit that ends a stay of so many appointments so far, worth so much less than values
    /// of evenings take it for.
    pub(super) fn after_stay(
        &self,
        mask: usize,
        owed: bool,
        site: usize,
        shape: &Shape,
        (count, short): (u32, f64),
    ) -> f64 {
        let closed = self.values.closed[self.values.at(mask, owed, shape.end, site)];
        if self.evening.none() || !self.may_sleep(mask, owed, shape.end, site) {
            return closed;
        }
        let night = self.evening.at(site, count) + short - self.work_cost(seconds(shape.end, self.grid), false);
        larger(closed, night)
    }
}
