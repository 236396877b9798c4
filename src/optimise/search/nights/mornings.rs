//! The mornings after a night out: what a day is worth that goes on with a stay, or leaves.

use crate::optimise::search::{NEVER, Search, Start, larger, seconds};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::rc::Rc;

impl Search<'_> {
    /// What the visit of a day that goes on with the stay where the vehicle slept brings, before the
    /// day's own price, beside what it adds to the worth of the stay: by its appointments, the best
    /// that ends the stay that day, and the best that spends another night, before that evening.
    pub(super) fn goings_on(&self, slept: usize, control: i32, adds: Option<&Vec<f64>>) -> BTreeMap<u32, (f64, f64)> {
        let mut starts = Vec::new();
        self.starts_at(Some(slept), slept, control, &mut starts);
        let bit = self.bit(slept);
        let (heads, price) = self.newly_bound(0, slept);
        let mut out: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
        for start in &starts {
            for shape in self.duty.shapes_at(slept, start.opening) {
                let at = slept * self.levels + shape.level;
                if self.prizes.visit[at] == NEVER {
                    continue;
                }
                let own = self.prizes.aside[at];
                // Where the stay has no worth by appointments: the most that the visit can add to it.
                let alone = adds.map_or(0.0, |adds| adds[at]);
                let owed = start.owed && !shape.pause;
                let bonus = if start.owed && shape.pause { self.bonus() } else { 0.0 };
                let value = own + alone - price + bonus + self.start_value(start);
                let mask = bit | heads;
                let best = out.entry(self.appointments(shape.level)).or_insert((NEVER, NEVER));
                best.0 = larger(best.0, value + self.values.closed[self.values.at(mask, owed, shape.end, slept)]);
                if self.may_sleep(mask, owed, shape.end, slept) {
                    best.1 = larger(best.1, value - self.work_cost(seconds(shape.end, self.grid), false));
                }
            }
        }
        out
    }

    /// The most such a day is worth after so many appointments of the stay at least; `worth` is
    /// that of stays by appointments.
    pub(super) fn go_on(
        &self,
        slept: usize,
        before: u32,
        days: &BTreeMap<u32, (f64, f64)>,
        worth: Option<&[f64]>,
    ) -> f64 {
        let gain = |count: u32| match worth {
            // Worth less and less: fewer before can only make it more.
            Some(worth) => worth.get((before + count) as usize).map_or(0.0, |to| to - worth[before as usize]),
            None => 0.0,
        };
        let best = |(&count, &(ends, stays)): (&u32, &(f64, f64))| {
            gain(count) + larger(ends, stays + self.evening.at(slept, before + count))
        };
        days.iter().map(best).fold(NEVER, larger)
    }

    /// The most a day is worth that leaves where the vehicle slept, before its own price.
    pub(super) fn leave(&self, slept: usize, control: i32) -> f64 {
        let mut best = NEVER;
        let mut starts = Vec::new();
        if self.watch_work {
            starts.clear();
            for &site in self.ground.open.iter().filter(|&&j| j != slept) {
                self.starts_at(Some(slept), site, control, &mut starts);
            }
            for start in &starts {
                let opened = self.opening_value(0, start.owed, start.opening, start.site);
                let again = self.prizes.touch.shared(slept, start.site);
                best = larger(best, opened - again + self.start_value(start));
            }
            return best;
        }
        // Where time has no price: off at once, or so late that no break is owed.
        let price = if control > 0 { self.prizes.with_control } else { self.prizes.without_control };
        for (owed, step) in self.off(control) {
            best = larger(best, self.onward_value(0, owed, step, slept, NEVER) - price);
        }
        best
    }

    /// When a vehicle that slept out may leave, in grid steps rounded down, and whether it then owes a
    /// break: at once, when the break may come before the control, or too late to owe one.
    fn off(&self, control: i32) -> [(bool, usize); 2] {
        let step = |time: i32| usize::try_from(time.div_euclid(self.grid)).unwrap_or(0);
        let early = self.duty.shift.from.0;
        [(true, step(early)), (false, step(early.max(self.break_from + 1) + control))]
    }

    /// Beginnings of a day after a night at a site that could still bring `least`.
    pub(super) fn mornings(&self, slept: usize, control: i32, least: f64) -> Vec<Start> {
        let mut out = self.morning(slept, slept, control).to_vec();
        if self.watch_work {
            for &site in self.ground.open.iter().filter(|&&j| j != slept) {
                out.extend(self.morning(slept, site, control).iter());
            }
            return out;
        }
        let price = if control > 0 { self.prizes.with_control } else { self.prizes.without_control };
        let mut near = FxHashSet::default();
        for (owed, step) in self.off(control) {
            for way in &self.ground.onward[slept] {
                if !self.may_go_on(0, owed, step, usize::from(way.steps), -price, least) {
                    break;
                }
                near.insert(way.to as usize);
            }
        }
        for &site in self.ground.open.iter().filter(|j| near.contains(j)) {
            out.extend(self.morning(slept, site, control).iter());
        }
        out
    }

    /// The sites to which a day may go on that leaves where the vehicle slept, with what it is worth at most
    /// before its own price, by falling worth.
    pub(super) fn choices(&self, slept: usize, control: i32) -> Rc<[(f64, usize)]> {
        if let Some(known) = self.choices.borrow().get(&(slept, control)) {
            return Rc::clone(known);
        }
        let mut best = vec![NEVER; self.duty.roads.sites.len()];
        let mut note = |to: usize, value: f64| {
            best[to] = larger(best[to], value - self.prizes.touch.shared(slept, to));
        };
        if self.watch_work {
            for &site in &self.ground.open {
                for start in self.morning(slept, site, control).iter() {
                    note(site, self.opening_value(0, start.owed, start.opening, site) + self.start_value(start));
                }
            }
        } else {
            let price = if control > 0 { self.prizes.with_control } else { self.prizes.without_control };
            for (owed, step) in self.off(control) {
                for way in &self.ground.onward[slept] {
                    let to = way.to as usize;
                    let direct = Some((owed, step + usize::from(way.steps)));
                    let broken = owed.then(|| self.ready_after_break(slept, step, to)).flatten().map(|r| (false, r));
                    for (owed, ready) in direct.into_iter().chain(broken).filter(|(_, r)| *r < self.values.steps) {
                        note(to, self.values.ready[self.values.at(0, owed, ready, to)] - way.cost - price);
                    }
                }
            }
        }
        let others = (0..best.len()).filter(|&to| to != slept && best[to] > NEVER);
        let mut list: Vec<(f64, usize)> = others.map(|to| (best[to], to)).collect();
        list.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let list: Rc<[(f64, usize)]> = list.into();
        self.choices.borrow_mut().insert((slept, control), Rc::clone(&list));
        list
    }

    /// First visits at a site after a night at another, or there.
    pub(super) fn morning(&self, slept: usize, site: usize, control: i32) -> Rc<[Start]> {
        let mut known = self.mornings.borrow_mut();
        let starts = known.entry((slept, site, control)).or_insert_with(|| {
            let mut out = Vec::new();
            self.starts_at(Some(slept), site, control, &mut out);
            out.into()
        });
        Rc::clone(starts)
    }
}
