//! Reduced-cost fixing where nights are spent out.

use super::NightSearch;
use crate::optimise::search::{Ground, NEVER, Search, Start, larger, seconds};
use crate::optimise::shapes::Shape;
use std::sync::Arc;

/// A day's visit, with what the path to it is worth.
struct Visit<'s> {
    start: &'s Start,
    shape: &'s Shape,
    /// Appointments of its stay, this visit's included.
    count: u32,
    value: f64,
    /// What the stay is worth less than values of evenings take it for; nothing where `value` takes it for that.
    short: f64,
}

/// Best values of nights at sites, from the base on, by local site and class of appointments.
struct Slept {
    classes: usize,
    quantum: u32,
    values: Vec<f64>,
}

impl Slept {
    fn new(search: &Search) -> Self {
        let (classes, quantum) = (search.evening.classes, search.evening.quantum);
        Self { classes, quantum, values: vec![NEVER; search.duty.roads.sites.len() * classes] }
    }

    /// The class of a night after so many appointments: fewer are assumed, never more.
    fn raise(&mut self, site: usize, count: u32, value: f64) {
        let class = ((count / self.quantum) as usize).min(self.classes - 1);
        let at = &mut self.values[site * self.classes + class];
        *at = larger(*at, value);
    }

    /// The nights at a site that can be reached: appointments before, at least, and value.
    fn at(&self, site: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let own = &self.values[site * self.classes..(site + 1) * self.classes];
        let counts = (0u32..).map(|class| class * self.quantum);
        counts.zip(own.iter().copied()).filter(|(_, value)| *value > NEVER)
    }
}

impl NightSearch<'_> {
    /// The sites that rotations of several days worth at least `threshold` could use on some day, by local
    /// position; `None` where days have several visits, or stays have no worth by appointments.
    #[must_use]
    pub fn worthwhile(&self, threshold: f64) -> Option<Vec<bool>> {
        let simple = |s: &Search| s.duty.max_visits == 1 && s.masks() == 1;
        if self.worths.is_empty() || !self.searches.iter().all(simple) {
            return None;
        }
        let threshold = threshold + self.layers[0].day;
        let mut used = vec![false; self.layers[0].duty.roads.sites.len()];
        let mut slept = Slept::new(&self.searches[0]);
        let first = &self.searches[0];
        for start in &first.starts() {
            for shape in first.duty.shapes_at(start.site, start.opening) {
                let value =
                    first.start_value(start) + first.visit_value(start.site, shape) + first.pause_bonus(start, shape);
                let count = first.appointments(shape.level);
                let short = first.short(start.site, shape.level);
                first.note(&Visit { start, shape, count, value, short }, threshold, &mut used, Some(&mut slept));
            }
        }
        for d in 1..self.searches.len() {
            let mut next = (d + 1 < self.searches.len()).then(|| Slept::new(&self.searches[d]));
            for &site in &self.layers[d - 1].ground.open {
                self.go_through(d, site, &slept, threshold, &mut used, next.as_mut());
            }
            if let Some(next) = next {
                slept = next;
            }
        }
        Some(used)
    }

    /// All days `d` after a night at a site.
    fn go_through(
        &self,
        d: usize,
        site: usize,
        slept: &Slept,
        threshold: f64,
        used: &mut [bool],
        mut next: Option<&mut Slept>,
    ) {
        let Some(best) = slept.at(site).map(|(_, value)| value).reduce(larger) else { return };
        let (layer, search) = (&self.layers[d], &self.searches[d]);
        let price = self.night_price * f64::from(layer.nights) + layer.day;
        let control = self.control(d);
        for start in search.mornings(site, control, threshold - (best - price)) {
            let here = start.site == site;
            for shape in layer.duty.shapes_at(start.site, start.opening) {
                let count = search.appointments(shape.level);
                let value = search.start_value(&start) - price + search.pause_bonus(&start, shape);
                if !here {
                    let again = search.prizes.touch.shared(site, start.site);
                    let value = best + value + search.visit_value(start.site, shape) - again;
                    let short = search.short(start.site, shape.level);
                    let visit = Visit { start: &start, shape, count, value, short };
                    search.note(&visit, threshold, used, next.as_deref_mut());
                    continue;
                }
                let at = site * search.levels + shape.level;
                if search.prizes.visit[at] == NEVER {
                    continue;
                }
                let (worth, own) = (&self.worths[site], search.prizes.aside[at]);
                for (before, reached) in slept.at(site) {
                    // Worth less and less: fewer before can only make it more.
                    let gain = worth.get((before + count) as usize).map_or(0.0, |to| to - worth[before as usize]);
                    let value = reached + value + own + gain;
                    let visit = Visit { start: &start, shape, count: before + count, value, short: 0.0 };
                    search.note(&visit, threshold, used, next.as_deref_mut());
                }
            }
        }
    }
}

impl Search<'_> {
    /// What a break within a visit is worth.
    fn pause_bonus(&self, start: &Start, shape: &Shape) -> f64 {
        if start.owed && shape.pause { self.bonus() } else { 0.0 }
    }

    /// Marks the site of a visit that could still be worth enough, and the night after it.
    fn note(&self, visit: &Visit, threshold: f64, used: &mut [bool], slept: Option<&mut Slept>) {
        let (site, owed) = (visit.start.site, visit.start.owed && !visit.shape.pause);
        let after = self.after_stay(0, owed, site, visit.shape, (visit.count, visit.short));
        if visit.value == NEVER || visit.value + after < threshold {
            return;
        }
        used[site] = true;
        if let Some(slept) = slept
            && self.may_sleep(0, owed, visit.shape.end, site)
        {
            let value = visit.value + visit.short - self.work_cost(seconds(visit.shape.end, self.grid), false);
            slept.raise(site, visit.count, value);
        }
    }
}

impl Ground {
    /// The part of it at some sites, by local position.
    #[must_use]
    pub fn only(&self, used: &[bool]) -> Self {
        let ways = |from: usize| {
            let ways = self.ways(from).iter().filter(|way| used[from] && used[way.to as usize]);
            ways.copied().collect()
        };
        Self {
            open: self.open.iter().copied().filter(|&j| used[j]).collect(),
            onward: Arc::new((0..used.len()).map(ways).collect()),
        }
    }
}
