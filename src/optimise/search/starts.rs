//! The first visits of a day.

use super::{Search, Start, seconds};
use crate::optimise::duty::{Duty, step_up};
use std::collections::BTreeSet;

impl Search<'_> {
    /// The first visits of tours from the base: every opening of every site, with the latest
    /// departure that makes it; with the quality control before it, and without.
    pub(super) fn starts(&self) -> Vec<Start> {
        let mut out = Vec::new();
        for &site in &self.ground.open {
            self.starts_at(None, site, 0, &mut out);
            if self.duty.control > 0 {
                self.starts_at(None, site, self.duty.control, &mut out);
            }
        }
        out
    }

    /// What is to be done before a first visit opens: packing down where the vehicle slept, driving,
    /// setting up, the control; nothing but the control where it slept.
    fn before(&self, slept: Option<usize>, site: usize, control: i32) -> Vec<i32> {
        let roads = &self.duty.roads;
        let mut parts = match slept {
            None => vec![roads.out[site], roads.set_up[site]],
            Some(here) if here == site => Vec::new(),
            Some(here) => {
                let drive = roads.between[here * roads.sites.len() + site];
                vec![roads.pack_down[here], drive, roads.set_up[site]]
            }
        };
        if control > 0 {
            parts.push(control);
        }
        parts
    }

    pub(super) fn starts_at(&self, slept: Option<usize>, site: usize, control: i32, out: &mut Vec<Start>) {
        let duty = self.duty;
        let parts = self.before(slept, site, control);
        let total: i32 = parts.iter().fold(0, |sum, part| sum.saturating_add(*part));
        let earliest = step_up(duty.shift.from.0.saturating_add(total), self.grid);
        if earliest >= self.openings.len() {
            return;
        }
        // A break may come after any of them.
        let behind: Vec<i32> = parts
            .iter()
            .scan(0, |sum, part| {
                *sum += part;
                Some(*sum)
            })
            .collect();
        let mut openings = self.first_openings(site, total, &behind, earliest);
        if self.watch_work {
            openings = (earliest..self.openings.len()).filter(|&s| self.openings_at(site, s).contains(&s)).collect();
        }
        if let Some(agreed) = duty.own_shapes(site) {
            openings = (earliest..agreed.len()).filter(|&s| !agreed[s].is_empty()).collect();
        }
        let driving = match slept {
            None => duty.roads.out[site],
            Some(here) if here == site => 0,
            Some(here) => duty.roads.between[here * duty.roads.sites.len() + site],
        };
        for opening in openings {
            let open = seconds(opening, self.grid);
            let depart = open - total;
            let owed = depart <= self.break_from;
            let start = Start { site, opening, depart, driving, owed, paused: false, control: control > 0 };
            out.push(start);
            if !owed {
                // Not needed, a break still shortens the working time.
                if self.watch_work {
                    out.push(Start { owed: true, ..start });
                }
                continue;
            }
            let late = |&behind: &i32| {
                let start = (open - (total - behind)).min(self.break_to) - self.break_length;
                (start >= self.break_from).then_some(start - behind)
            };
            let paused = behind.iter().find_map(late);
            if let Some(depart) = paused.filter(|d| *d >= duty.shift.from.0) {
                out.push(Start { depart, owed: false, paused: true, ..start });
            }
        }
    }

    /// When a visit to a site may open that is ready at a step.
    pub(super) fn openings_at(&self, site: usize, step: usize) -> &[usize] {
        let duty = self.duty;
        let every = duty.timed && (duty.hours.short() || duty.uneven[site]);
        if every { &self.every_opening[step] } else { &self.openings[step] }
    }

    /// Where a first visit may open when working time is free: as early as may be, and, since a
    /// late tour owes no break or has had it, as early as may be after leaving too late to owe
    /// one, or after a break after any of the things to be done before, of `total` length.
    fn first_openings(&self, site: usize, total: i32, behind: &[i32], earliest: usize) -> Vec<usize> {
        let (from, length) = (self.break_from, self.break_length);
        let begin = self.duty.shift.from.0;
        let late = behind.iter().map(|b| from.max(begin + b) + length + (total - b));
        let steps = std::iter::once(from + 1 + total).chain(late).map(|t| step_up(t, self.grid).max(earliest));
        let steps = steps.chain([earliest]);
        let mut out: Vec<usize> =
            steps.filter(|s| *s < self.openings.len()).flat_map(|s| self.openings_at(site, s)).copied().collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// For each step, all at or after it at which a shape starts; none where hours do not count: then an earlier start is as good.
pub(super) fn every_opening(duty: &Duty) -> Vec<Vec<usize>> {
    let (shapes, agreed) = (&duty.shapes.by_start, agreed(duty));
    let starts = |step: usize| (step..shapes.len()).filter(|&s| !shapes[s].is_empty() || agreed.contains(&s));
    (0..=shapes.len()).take_while(|_| duty.timed).map(|step| starts(step).collect()).collect()
}

/// Steps at which visits with agreed hours start.
fn agreed(duty: &Duty) -> BTreeSet<usize> {
    let own = duty.agreed.iter();
    own.flat_map(|(_, by_start)| (0..by_start.len()).filter(|&s| !by_start[s].is_empty())).collect()
}

/// For each step, the first step at or after it at which a shape starts, in each public window; and every later start where
/// hours are agreed.
pub(super) fn openings(duty: &Duty) -> Vec<Vec<usize>> {
    let shapes = &duty.shapes.by_start;
    let windows: Vec<(i32, i32)> = duty.hours.windows.iter().map(|w| (w.from.0, w.to.0)).collect();
    let agreed = agreed(duty);
    (0..=shapes.len())
        .map(|step| {
            let mut out: Vec<usize> = windows
                .iter()
                .filter_map(|&(from, to)| {
                    (step..shapes.len()).find(|&s| {
                        let at = seconds(s, duty.hours.grid);
                        from <= at && at < to && !shapes[s].is_empty()
                    })
                })
                .chain(agreed.iter().copied().filter(|&s| s >= step))
                .collect();
            out.sort_unstable();
            out.dedup();
            out
        })
        .collect()
}
