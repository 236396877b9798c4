//! Which tours fit into a working week together.
//!
//! `Σ work ≤ limit` lets a part of a long tour fill what whole ones leave of a week. Rows
//! `Σ worth(work of the tour) ≤ most` with rising step functions, one a duty, cut that off: no tours
//! that fit into the week are worth more. The step functions are facets of the polytope of the weeks
//! that can be made of the lengths in a solution, found by a linear program over them whose rows, the
//! fullest weeks, are found by dynamic programming; a tour of another length counts as the next shorter one.

use super::Master;
use crate::domain::VehicleId;
use crate::optimise::lp::{ColId, Lp, LpSolution, RowId};
use std::collections::BTreeMap;

/// Rows at most.
const MOST_ROWS: usize = 600;
/// A row is added where it is exceeded by more than this part.
const VIOLATED: f64 = 0.002;
/// A week of which less than this part is used is left alone.
const USED: f64 = 0.9;
/// Weeks tried for one row, at most.
const MOST_WEEKS: usize = 200;

/// By duty of the master: lengths in seconds, rising, with the worth of a tour at least so long.
type Worths = BTreeMap<usize, Vec<(i32, f64)>>;

/// The row of a vehicle's week.
pub(super) struct HoursRow {
    week: (VehicleId, u32),
    worths: Worths,
    pub(super) most: f64,
    pub(super) row: RowId,
}

impl HoursRow {
    fn worth(&self, k: usize, work: i32) -> f64 {
        let Some(steps) = self.worths.get(&k) else { return 0.0 };
        steps[..steps.partition_point(|s| s.0 <= work)].last().map_or(0.0, |s| s.1)
    }

    /// By what the worth of a duty's tours rises at which lengths.
    pub(super) fn raises(&self, k: usize) -> impl Iterator<Item = (i32, f64)> {
        let steps = self.worths.get(&k).map_or(&[][..], Vec::as_slice);
        (0..steps.len()).map(|at| (steps[at].0, steps[at].1 - if at > 0 { steps[at - 1].1 } else { 0.0 }))
    }
}

/// Tours of one length, in seconds, of a duty, with how many of them a solution makes.
struct Length {
    k: usize,
    work: i32,
    share: f64,
}

impl Master<'_> {
    /// What a tour takes of the rows of its week.
    pub(super) fn hours_entries(&self, k: usize, work: i32, entries: &mut Vec<(RowId, f64)>) {
        let week = (self.duty(k).vehicle, self.duty(k).weeks.0);
        let own = self.hours.iter().filter(|row| row.week == week);
        entries.extend(own.map(|row| (row.row, row.worth(k, work))).filter(|e| e.1 > 0.0));
    }

    /// Adds the rows that a solution of one-day rotations violates most, one a week; how many.
    pub fn separate_hours(&mut self, solution: &LpSolution) -> usize {
        let mut lengths: BTreeMap<(VehicleId, u32), BTreeMap<(usize, i32), f64>> = BTreeMap::new();
        for (t, share) in self.chosen(solution) {
            for (k, tour) in &self.tours[t].rotation.days {
                let duty = self.duty(*k);
                let week = lengths.entry((duty.vehicle, duty.weeks.0)).or_default();
                *week.entry((*k, tour.work)).or_default() += share;
            }
        }
        // Where a tour is several visits, prices by length slow its search down by more than they gain.
        let single = |lengths: &BTreeMap<(usize, i32), f64>| lengths.keys().all(|(k, _)| self.duty(*k).max_visits == 1);
        lengths.retain(|week, lengths| self.weeks.contains_key(week) && single(lengths));
        let limit = self.problem.scenario.limits.work_per_week.0;
        let mut added = 0;
        for (week, lengths) in lengths {
            let used: f64 = lengths.iter().map(|((_, work), share)| f64::from(*work) * share).sum();
            let whole = lengths.values().all(|share| (share - share.round()).abs() < 1e-6);
            if whole || used < USED * f64::from(limit) || self.hours.len() >= MOST_ROWS {
                continue;
            }
            let lengths: Vec<Length> =
                lengths.into_iter().map(|((k, work), share)| Length { k, work, share }).collect();
            let violated = most_violated(&lengths, &|k| self.duty(k).days.len(), limit);
            if let Some((worths, most)) = violated {
                self.add_hours(week, worths, most);
                added += 1;
            }
        }
        added
    }

    fn add_hours(&mut self, week: (VehicleId, u32), worths: Worths, most: f64) {
        let mut made = HoursRow { week, worths, most, row: RowId(0) };
        let tours = self.tours.iter().filter_map(|t| Some((t.column?, &t.rotation)));
        let worth = |(k, work): (usize, i32)| {
            let duty = self.duty(k);
            if (duty.vehicle, duty.weeks.0) == week { made.worth(k, work) } else { 0.0 }
        };
        let entries = tours.map(|(column, rotation)| {
            (column, rotation.days.iter().map(|(k, tour)| worth((*k, tour.work))).sum::<f64>())
        });
        let entries: Vec<(ColId, f64)> = entries.filter(|e| e.1 > 0.0).collect();
        made.row = self.lp.add_row(f64::NEG_INFINITY, most, &entries);
        self.hours.push(made);
    }
}

/// By duty the step function, and the most that tours in one week can be worth (about 1), where the lengths
/// of a solution are worth more than that together.
fn most_violated(lengths: &[Length], days: &dyn Fn(usize) -> usize, limit: i32) -> Option<(Worths, f64)> {
    let mut lp = Lp::new();
    let columns: Vec<ColId> = lengths.iter().map(|length| lp.add_column(length.share, 0.0, 1.0, &[])).collect();
    for _ in 0..MOST_WEEKS {
        let solution = lp.solve().ok()?;
        if solution.objective <= 1.0 + VIOLATED {
            return None;
        }
        let worths: Vec<f64> = columns.iter().map(|c| solution.columns[c.0].max(0.0)).collect();
        let (most, counts) = fullest(lengths, &worths, days, limit);
        if most <= 1.0 + 1e-7 {
            return Some((steps(lengths, &worths), most.max(1.0) * (1.0 + 1e-9)));
        }
        let entries: Vec<(ColId, f64)> =
            columns.iter().zip(counts).filter(|(_, n)| *n > 0).map(|(&c, n)| (c, f64::from(n))).collect();
        lp.add_row(f64::NEG_INFINITY, 1.0, &entries);
    }
    None
}

/// Rising worths by duty and length.
fn steps(lengths: &[Length], worths: &[f64]) -> Worths {
    let mut out: Worths = BTreeMap::new();
    for (length, &worth) in lengths.iter().zip(worths) {
        let own = out.entry(length.k).or_default();
        if worth > own.last().map_or(0.0, |last| last.1) {
            own.push((length.work, worth));
        }
    }
    out
}

/// The most that tours in a week can be worth, with how many there are of each length: a knapsack.
fn fullest(lengths: &[Length], worths: &[f64], days: &dyn Fn(usize) -> usize, limit: i32) -> (f64, Vec<u8>) {
    // By rising working time and worth.
    let mut weeks: Vec<(i32, f64, Vec<u8>)> = vec![(0, 0.0, vec![0; lengths.len()])];
    for own in lengths.chunk_by(|a, b| a.k == b.k) {
        let first = lengths.iter().position(|l| l.k == own[0].k).unwrap_or(0);
        for _ in 0..days(own[0].k) {
            let mut more = weeks.clone();
            for (work, worth, counts) in &weeks {
                for (at, length) in
                    own.iter().enumerate().filter(|(at, l)| worths[first + at] > 0.0 && work + l.work <= limit)
                {
                    let mut counts = counts.clone();
                    counts[first + at] += 1;
                    more.push((work + length.work, worth + worths[first + at], counts));
                }
            }
            more.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            weeks.clear();
            for week in more {
                if weeks.last().is_none_or(|last| week.1 > last.1 + 1e-12) {
                    weeks.push(week);
                }
            }
        }
    }
    let (_, worth, counts) = weeks.swap_remove(weeks.len() - 1);
    (worth, counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_long_days_do_not_fit() {
        let hour = 3_600;
        // Four and a half days of ten hours are 45; five whole ones are 50.
        let lengths = [Length { k: 0, work: 10 * hour, share: 4.5 }, Length { k: 1, work: 3 * hour, share: 1.0 }];
        let days = |k: usize| if k == 0 { 5 } else { 1 };
        let (worths, most) = most_violated(&lengths, &days, 48 * hour).unwrap();
        let at = |k: usize| worths.get(&k).and_then(|steps| steps.last()).map_or(0.0, |s| s.1);
        assert!((4.0 * at(0) + at(1) - most).abs() < 1e-6 && 4.5 * at(0) + at(1) > most * 1.05, "{worths:?} {most}");
        assert!(most_violated(&lengths, &days, 60 * hour).is_none());
    }
}
