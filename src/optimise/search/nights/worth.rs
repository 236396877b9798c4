//! What stays and evenings of rotations are worth at most.

use super::super::evening::Evening;
use super::super::{NEVER, Prizes, Search, larger};
use super::{Budgets, MOST_CLASSES, NightSearch};
use crate::optimise::duty::Duty;

impl NightSearch<'_> {
    /// By local site at which nights may be spent: what a stay of so many appointments is worth at most, less and less
    /// for each. Empty where visits have more than one service.
    pub(super) fn worths(&self) -> Vec<Vec<f64>> {
        let duty = self.layers[0].duty;
        let [service] = duty.services[..] else { return Vec::new() };
        if self.layers.iter().any(|l| l.duty.services != duty.services) {
            return Vec::new();
        }
        let most: u32 =
            self.layers.iter().filter_map(|l| l.duty.shapes.levels.iter().map(|level| level[0]).max()).sum();
        let mut open = vec![false; duty.roads.sites.len()];
        for layer in &self.layers {
            layer.ground.open.iter().for_each(|&j| open[j] |= layer.duty.sleep[j]);
        }
        let of_site = |j: usize| {
            if !open[j] {
                return Vec::new();
            }
            let worth = |n: u32| (self.free)(j, &Budgets::from([(service, (self.even)(service, n))]));
            concave(std::iter::once(0.0).chain((1..=most).map(worth)).collect())
        };
        (0..duty.roads.sites.len()).map(of_site).collect()
    }

    /// What each visit of a day adds to the worth of a stay at most: as much as a stay by itself, within an even budget.
    pub(super) fn adds(&self, d: usize) -> Vec<f64> {
        let layer = &self.layers[d];
        let levels = &layer.duty.shapes.levels;
        let mut out = vec![0.0; layer.duty.roads.sites.len() * levels.len()];
        let before = d.checked_sub(1).map(|b| self.layers[b].duty);
        for &j in &layer.ground.open {
            let sleeps = |duty: &Duty| duty.sleep.get(j).is_some_and(|s| *s);
            if !sleeps(layer.duty) && !before.is_some_and(sleeps) {
                continue;
            }
            for &l in &layer.duty.useful[j] {
                let counts = layer.duty.services.iter().zip(&levels[l]).filter(|(_, count)| **count > 0);
                out[j * levels.len() + l] = match self.worths.get(j).filter(|worth| !worth.is_empty()) {
                    Some(worth) => counts.map(|(_, count)| worth[*count as usize]).sum(),
                    None => (self.free)(j, &counts.map(|(s, count)| (*s, (self.even)(*s, *count))).collect()),
                };
            }
        }
        out
    }

    /// What evenings of a day are worth, from the search of the next.
    pub(super) fn evening(&self, d: usize, next: &Search) -> Evening {
        let worths = &self.worths;
        let (layer, after) = (&self.layers[d], &self.layers[d + 1]);
        let price = self.night_price * f64::from(after.nights) + after.day;
        let control = self.control(d + 1);
        let n = layer.duty.roads.sites.len();
        let most = worths.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let classes = if worths.is_empty() { 1 } else { most.min(MOST_CLASSES) };
        let quantum = u32::try_from(most.div_ceil(classes)).unwrap_or(u32::MAX).max(1);
        let mut values = vec![NEVER; n * classes];
        for &j in layer.ground.open.iter().filter(|&&j| layer.duty.sleep[j]) {
            let leave = next.leave(j, control);
            let worth = worths.get(j).map(Vec::as_slice);
            let days = next.goings_on(j, control, worth.is_none().then_some(&self.adds[d + 1]));
            for class in 0..classes {
                let before = u32::try_from(class).unwrap_or(0) * quantum;
                let go_on = next.go_on(j, before, &days, worth);
                values[j * classes + class] = larger(leave, go_on) - price;
            }
        }
        let adds = self.adds[d].iter().enumerate();
        let short = adds.map(|(at, adds)| (adds - layer.prizes.alone(at)).max(0.0)).collect();
        Evening { quantum, classes, values, away: d == 0, spaced_from: 0, short }
    }
}

impl Prizes {
    /// What a visit, by its place among all, is worth as a stay by itself, before prices.
    fn alone(&self, at: usize) -> f64 {
        let levels = self.visit.len() / self.stay.len().max(1);
        if self.visit[at] > NEVER { self.visit[at] - self.aside[at] + self.stay[at / levels] } else { 0.0 }
    }
}

/// The least values that are not below some, of which each adds no more than the one before it. The first is kept.
/// `O(n)`.
fn concave(mut values: Vec<f64>) -> Vec<f64> {
    #[allow(clippy::cast_precision_loss)]
    let slope = |a: usize, b: usize, values: &[f64]| (values[b] - values[a]) / (b - a) as f64;
    let mut hull: Vec<usize> = Vec::new();
    for k in 0..values.len() {
        while let [.., a, b] = hull[..] {
            if slope(b, k, &values) < slope(a, b, &values) {
                break;
            }
            hull.pop();
        }
        hull.push(k);
    }
    for pair in hull.windows(2) {
        let (start, rise) = (values[pair[0]], slope(pair[0], pair[1], &values));
        for (step, value) in (1_u32..).zip(&mut values[pair[0] + 1..pair[1]]) {
            *value = larger(*value, start + rise * f64::from(step));
        }
    }
    values
}
#[cfg(test)]
mod tests {
    use super::concave;

    #[test]
    fn what_each_adds_never_grows() {
        assert_eq!(concave(vec![0.0, 1.0, 3.0, 3.5, 5.0, 5.0]), [0.0, 1.5, 3.0, 4.0, 5.0, 5.0]);
        assert_eq!(concave(vec![0.0, 0.0, 0.0]), [0.0, 0.0, 0.0]);
        assert_eq!(concave(vec![0.0]), [0.0]);
    }
}
