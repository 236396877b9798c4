//! How many rotations of several days fit into the days that nights can join.
//!
//! Of `n` days in a row, rotations make a partition: five days hold one of four and a single day,
//! or one of three and one of two, but never two of three. A column says how many runs of `n` days
//! are cut in one way; rotations of at least `l` days ≤ the parts of at least `l` days. A relaxation
//! without these rows plans five rotations of four days in four weeks, which nobody can deal.

use super::Master;
use crate::domain::VehicleId;
use crate::optimise::lp::{Lp, RowId};
use crate::optimise::problem::Problem;
use std::collections::BTreeMap;

/// Runs longer than this are not cut in every way: their rotations are counted by length alone.
const LONGEST_RUN: usize = 10;

/// The rows of one vehicle.
pub(super) struct LengthRows {
    vehicle: VehicleId,
    /// For rotations of at least two days, three …
    rows: Vec<RowId>,
    /// Runs of one length that are cut: how many, and per way of cutting, the parts of at least two
    /// days, three …
    cut: Vec<(f64, Vec<Vec<f64>>)>,
    /// Most rotations of at least two days, three …, in the runs that are not cut.
    whole: Vec<f64>,
}

impl LengthRows {
    /// The rows that a rotation of so many days counts in.
    pub(super) fn of(&self, days: usize) -> impl Iterator<Item = RowId> + '_ {
        self.rows.iter().copied().take(days.saturating_sub(1))
    }

    /// What rotations of all lengths may cost at most, at some prices of the rows: the right-hand
    /// side of a Lagrangian bound.
    pub(super) fn worth(&self, price: &dyn Fn(RowId) -> f64) -> f64 {
        let of = |parts: &Vec<f64>| parts.iter().zip(&self.rows).map(|(n, &row)| n * price(row)).sum::<f64>();
        let cut = self.cut.iter().map(|(runs, ways)| runs * ways.iter().map(of).fold(0.0, f64::max));
        cut.sum::<f64>() + of(&self.whole)
    }
}

impl Master<'_> {
    /// The length rows of the vehicle of a duty.
    pub(super) fn lengths_of(&self, k: usize) -> Option<&LengthRows> {
        let vehicle = self.duty(k).vehicle;
        self.lengths.iter().find(|l| l.vehicle == vehicle)
    }
}

/// The rows of all vehicles that may spend nights out, with the columns of the ways to cut runs.
pub(super) fn length_rows(problem: &Problem, duties: &[usize], lp: &mut Lp) -> Vec<LengthRows> {
    let own = |vehicle: &VehicleId| duties.iter().any(|&d| problem.duties.list[d].vehicle == *vehicle);
    let vehicles = problem.duties.runs.iter().filter(|(vehicle, _)| own(vehicle));
    vehicles.map(|(&vehicle, runs)| of_vehicle(vehicle, runs, lp)).collect()
}

#[allow(clippy::cast_precision_loss)]
fn of_vehicle(vehicle: VehicleId, runs: &[usize], lp: &mut Lp) -> LengthRows {
    let longest = runs.iter().copied().max().unwrap_or(0);
    let lengths = 2..=longest;
    let long = || runs.iter().filter(|&&n| n > LONGEST_RUN);
    let whole: Vec<f64> = lengths.clone().map(|l| long().map(|n| n / l).sum::<usize>() as f64).collect();
    let rows: Vec<RowId> = whole.iter().map(|&most| lp.add_row(f64::NEG_INFINITY, most, &[])).collect();
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for &n in runs.iter().filter(|&&n| n > 1 && n <= LONGEST_RUN) {
        *counts.entry(n).or_default() += 1;
    }
    let mut cut = Vec::new();
    for (n, runs) in counts {
        let runs = runs as f64;
        let all = lp.add_row(f64::NEG_INFINITY, runs, &[]);
        let mut ways = Vec::new();
        for parts in partitions(n, n) {
            let parts: Vec<f64> =
                lengths.clone().map(|l| parts.iter().filter(|&&part| part >= l).count() as f64).collect();
            let entries = rows.iter().zip(&parts).filter(|(_, count)| **count > 0.0).map(|(&row, count)| (row, -count));
            let entries: Vec<(RowId, f64)> = entries.chain([(all, 1.0)]).collect();
            lp.add_column(0.0, 0.0, f64::INFINITY, &entries);
            ways.push(parts);
        }
        cut.push((runs, ways));
    }
    LengthRows { vehicle, rows, cut, whole }
}

/// The ways to cut `days` into parts of two days or more, and `most` at most; a single day that is
/// left over lengthens no part.
fn partitions(days: usize, most: usize) -> Vec<Vec<usize>> {
    if days < 2 {
        return vec![Vec::new()];
    }
    let mut out = Vec::new();
    for part in (2..=days.min(most)).rev() {
        for rest in partitions(days - part, part) {
            out.push([&[part], &rest[..]].concat());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_cut_in_every_way() {
        assert_eq!(partitions(5, 5), [vec![5], vec![4], vec![3, 2], vec![2, 2]]);
        assert_eq!(partitions(1, 1), [Vec::<usize>::new()]);
    }

    #[test]
    fn two_weeks_hold_less_than_two_of_four_and_one_of_two() {
        let mut lp = Lp::new();
        let rows = of_vehicle(VehicleId::new(0), &[5, 5], &mut lp);
        let columns: Vec<_> = [4, 4, 2]
            .map(|days| {
                let entries: Vec<(RowId, f64)> = rows.of(days).map(|row| (row, 1.0)).collect();
                lp.add_column(1.0, 0.0, 1.0, &entries)
            })
            .to_vec();
        let solution = lp.solve().unwrap();
        let taken: f64 = columns.iter().map(|c| solution.columns[c.0]).sum();
        // Ways of cutting may be mixed; without the rows all three would fit.
        assert!((taken - 2.5).abs() < 1e-9, "{taken}");
        let worth = rows.worth(&|row| solution.duals[row.0].max(0.0));
        assert!((0.0..=3.0 + 1e-9).contains(&worth), "{worth}");
    }
}
