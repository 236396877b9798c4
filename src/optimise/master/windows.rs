//! Cells of a promise are answered once, however many visits answer them.
//!
//! A tour's column is worth what it answers, as if nobody else did. A *cap* row takes back what some cells are
//! answered more than once: `Σ value · tours that answer − excess ≤ value of the cells`, and the excess is paid
//! for. One row may stand for many cells, as long as all of them are answered enough; where some are not any
//! more, it is parted. Its dual lies between 0 and 1: by so much of their value its cells are no longer a prize.

use super::{Master, own_hard};
use crate::optimise::lp::{ColId, LpSolution, RowId};
use crate::optimise::problem::Problem;
use crate::optimise::promised::{Cover, covers};
use crate::optimise::rotation::Rotation;
use crate::optimise::search::Windows;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Excess below this is rounding.
const NOTHING: f64 = 1e-7;
/// No cap yet.
const FREE: u32 = u32::MAX;

/// A cell of a group of a promise.
type Cell = (usize, u32, u32);

struct CapRow {
    cells: Vec<Cell>,
    value: f64,
    row: RowId,
    excess: ColId,
    /// Whether others have taken its place.
    parted: bool,
}

/// The cap rows.
#[derive(Default)]
pub(super) struct CapRows {
    list: Vec<CapRow>,
    /// By promise: `groups × cells`, the row a cell is in.
    of: Vec<Vec<u32>>,
}

/// What the cells of the promises are worth at some duals.
#[derive(Default)]
pub struct WindowPrices {
    /// By promise: what a part that is not kept costs, for each unit of what it is worth.
    prices: Vec<f64>,
    /// By promise: groups with a cap that has a price, with what the cells before each are worth.
    groups: Vec<FxHashMap<u32, Vec<f64>>>,
    /// By promise and site: what the cells before each are worth for all groups it reaches.
    sites: Vec<Vec<Vec<f64>>>,
}

impl Master<'_> {
    /// What a rotation's visits answer is worth, as if nobody else did.
    pub(super) fn answers(&self, rotation: &Rotation) -> f64 {
        let mut worth = 0.0;
        self.covers(rotation, |cover| {
            let own = &self.problem.promised[cover.promised];
            worth += self.price(cover.promised) * own.value(cover.group, cover.cells);
        });
        worth
    }

    /// What is paid for a part of a promise that is not kept: as much as it is worth, or what makes it dear.
    fn price(&self, promised: usize) -> f64 {
        if self.problem.promised[promised].hard { self.dear } else { 1.0 }
    }

    /// Prices by promise.
    fn prices(&self) -> Vec<f64> {
        (0..self.problem.promised.len()).map(|k| self.price(k)).collect()
    }

    /// What a solution leaves unanswered of the hard promises.
    pub(super) fn unanswered(&self, solution: &LpSolution) -> f64 {
        if self.unkept.is_none() {
            return 0.0;
        }
        let hard = |k: usize| self.problem.promised[k].hard;
        let mut left: f64 = own_hard(self.problem, &self.duties).map(|k| self.problem.promised[k].base).sum();
        for ((k, group), totals) in self.answered(solution).into_iter().filter(|((k, _), _)| hard(*k)) {
            let own = &self.problem.promised[k];
            let once = |(cell, total): (u32, &f64)| own.value(group, (cell, cell + 1)) * total.min(1.0);
            left -= (0..).zip(&totals).map(once).sum::<f64>();
        }
        // Rounding, cell by cell.
        if left > 1e-6 * (1.0 + self.problem.promised.iter().map(|p| p.base).sum::<f64>()) { left } else { 0.0 }
    }

    /// Makes it dearer to leave hard promises unkept.
    pub(super) fn make_dearer(&mut self) {
        let Some(unkept) = self.unkept else { return };
        self.dear *= 100.0;
        let base: f64 = own_hard(self.problem, &self.duties).map(|k| self.problem.promised[k].base).sum();
        self.lp.set_cost(unkept, -self.dear * base);
        for t in 0..self.tours.len() {
            if let Some(column) = self.tours[t].column {
                let worth = self.answers(&self.tours[t].rotation) - self.cost(&self.tours[t].rotation);
                self.lp.set_cost(column, worth);
            }
        }
        let dear: Vec<ColId> = (self.caps.list.iter())
            .filter(|cap| !cap.parted && self.problem.promised[cap.cells[0].0].hard)
            .map(|cap| cap.excess)
            .collect();
        dear.into_iter().for_each(|excess| self.lp.set_cost(excess, -self.dear));
    }

    /// What the price of leaving hard promises unkept takes off the bound.
    pub(super) fn hard_base(&self) -> f64 {
        own_hard(self.problem, &self.duties).map(|k| self.dear * self.problem.promised[k].base).sum()
    }

    fn covers(&self, rotation: &Rotation, mut tell: impl FnMut(Cover)) {
        for (k, tour) in &rotation.days {
            let d = self.duties[*k];
            covers(&self.problem.promised, &self.problem.frames[d], self.duty(*k), tour, &mut tell);
        }
    }

    /// What a rotation takes of the caps.
    pub(super) fn cap_entries(&self, rotation: &Rotation, entries: &mut Vec<(RowId, f64)>) {
        if self.caps.list.is_empty() {
            return;
        }
        self.covers(rotation, |cover| {
            self.capped(cover, |row, value| entries.push((self.caps.list[row].row, value)));
        });
    }

    /// The caps of the cells of a cover, with what is in them.
    fn capped(&self, cover: Cover, mut tell: impl FnMut(usize, f64)) {
        let own = &self.problem.promised[cover.promised];
        let Some(of) = self.caps.of.get(cover.promised).filter(|of| !of.is_empty()) else { return };
        let first = cover.group as usize * own.cells();
        for cell in cover.cells.0..cover.cells.1 {
            let row = of[first + cell as usize];
            if row != FREE {
                tell(row as usize, own.value(cover.group, (cell, cell + 1)));
            }
        }
    }

    /// Adds caps for cells that a solution answers more than once, and parts those that rate their cells higher
    /// than they are answered, where it is by more than `rough`; how many.
    ///
    /// Cells that are answered enough are capped together, zone by zone and day by day: as long as all of them
    /// are, one row says as much as one each.
    pub fn separate_caps(&mut self, solution: &LpSolution, rough: f64) -> usize {
        if self.problem.promised.is_empty() {
            return 0;
        }
        let rough = rough.max(NOTHING);
        let answered = self.answered(solution);
        // By promise, zone and day: what cells without a cap are answered too much, and which.
        let mut classes: BTreeMap<(usize, u32, u32), (f64, Vec<Cell>)> = BTreeMap::new();
        // By cap: how much its cells are answered, and how much at most once.
        let mut capped: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
        for (&(k, group), totals) in &answered {
            let own = &self.problem.promised[k];
            let caps = self.caps.of.get(k).filter(|of| !of.is_empty());
            for (cell, &total) in totals.iter().enumerate().filter(|(_, total)| **total > 0.0) {
                let at = u32::try_from(cell).unwrap_or(u32::MAX);
                let value = own.value(group, (at, at + 1));
                match caps.map(|of| of[group as usize * own.cells() + cell]).filter(|row| *row != FREE) {
                    Some(row) => {
                        let known = capped.entry(row).or_default();
                        *known = (known.0 + value * total, known.1 + value * total.min(1.0));
                    }
                    None if total > 1.0 + 1e-7 && value > 0.0 => {
                        let class = classes.entry((k, own.groups[group as usize].zone, own.day(at))).or_default();
                        class.0 += (total - 1.0) * value;
                        class.1.push((k, group, at));
                    }
                    None => {}
                }
            }
        }
        let mut found: Vec<(f64, Vec<Cell>)> = classes.into_values().filter(|class| class.0 > rough).collect();
        for (row, (counted, once)) in capped {
            let cap = &self.caps.list[row as usize];
            let rated = counted - solution.columns[cap.excess.0];
            if rated <= once + rough {
                continue;
            }
            let enough = |&(k, group, cell): &Cell| {
                answered.get(&(k, group)).is_some_and(|totals| totals[cell as usize] >= 1.0 - 1e-9)
            };
            let (full, rest): (Vec<Cell>, Vec<Cell>) = cap.cells.iter().partition(|cell| enough(cell));
            if full.is_empty() || rest.is_empty() {
                continue;
            }
            found.extend([full, rest].map(|cells| (rated - once, cells)));
            let excess = cap.excess;
            self.caps.list[row as usize].parted = true;
            self.lp.set_cost(excess, 0.0);
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let added = found.len();
        self.add_caps(found.into_iter().map(|(_, cells)| cells).collect());
        added
    }

    /// By promise and group: how often a solution answers each cell.
    fn answered(&self, solution: &LpSolution) -> BTreeMap<(usize, u32), Vec<f64>> {
        let mut out: BTreeMap<(usize, u32), Vec<f64>> = BTreeMap::new();
        for (t, share) in self.chosen(solution) {
            self.covers(&self.tours[t].rotation, |cover| {
                let cells = self.problem.promised[cover.promised].cells();
                // What begins and what ends first; added up below.
                let list = out.entry((cover.promised, cover.group)).or_insert_with(|| vec![0.0; cells + 1]);
                list[cover.cells.0 as usize] += share;
                list[cover.cells.1 as usize] -= share;
            });
        }
        for list in out.values_mut() {
            let mut sum = 0.0;
            list.iter_mut().for_each(|at| {
                sum += *at;
                // Rounding leaves dust where all has ended.
                *at = if sum > 1e-9 { sum } else { 0.0 };
            });
            list.pop();
        }
        out
    }

    fn cell_value(&self, (k, group, cell): Cell) -> f64 {
        self.problem.promised[k].value(group, (cell, cell + 1))
    }

    fn add_caps(&mut self, list: Vec<Vec<Cell>>) {
        if list.is_empty() {
            return;
        }
        if self.caps.of.is_empty() {
            self.caps.of = vec![Vec::new(); self.problem.promised.len()];
        }
        let first = self.caps.list.len();
        let mut fresh: BTreeSet<(usize, u32)> = BTreeSet::new();
        let mut values = Vec::new();
        for (n, cells) in list.iter().enumerate() {
            let row = u32::try_from(first + n).expect("there are few rows");
            for &(k, group, cell) in cells {
                let own = &self.problem.promised[k];
                let of = &mut self.caps.of[k];
                of.resize(own.groups.len() * own.cells(), FREE);
                of[group as usize * own.cells() + cell as usize] = row;
                fresh.insert((k, group));
            }
            values.push(cells.iter().map(|cell| self.cell_value(*cell)).sum::<f64>());
        }
        let mut entries: Vec<Vec<(ColId, f64)>> = vec![Vec::new(); list.len()];
        for tour in &self.tours {
            let Some(column) = tour.column else { continue };
            let mut own: BTreeMap<usize, f64> = BTreeMap::new();
            self.covers(&tour.rotation, |cover| {
                if fresh.contains(&(cover.promised, cover.group)) {
                    self.capped(cover, |row, value| {
                        if row >= first {
                            *own.entry(row - first).or_default() += value;
                        }
                    });
                }
            });
            own.into_iter().for_each(|(n, value)| entries[n].push((column, value)));
        }
        for ((cells, value), entries) in list.into_iter().zip(values).zip(entries) {
            let row = self.lp.add_row(f64::NEG_INFINITY, value, &entries);
            let price = self.price(cells[0].0);
            let excess = self.lp.add_column(-price, 0.0, f64::INFINITY, &[(row, -1.0)]);
            self.caps.list.push(CapRow { cells, value, row, excess, parted: false });
        }
    }

    /// Duals of the caps, and what they give away.
    pub(super) fn cap_duals(&self, solution: &LpSolution) -> (Vec<f64>, f64) {
        let most = |cap: &CapRow| self.price(cap.cells[0].0);
        let dual = |cap: &CapRow| if cap.parted { 0.0 } else { solution.duals[cap.row.0].clamp(0.0, most(cap)) };
        let duals: Vec<f64> = self.caps.list.iter().map(dual).collect();
        let given = self.caps.list.iter().zip(&duals).map(|(cap, dual)| cap.value * dual).sum();
        (duals, given)
    }

    /// What cells are worth at some duals of the caps.
    #[must_use]
    pub fn window_prices(&self, duals: &[f64]) -> WindowPrices {
        let mut out = WindowPrices { prices: self.prices(), ..WindowPrices::default() };
        for (k, own) in self.problem.promised.iter().enumerate() {
            let price = self.price(k);
            let whole = |group: u32| own.worth(group).into_iter().map(|worth| price * worth).collect::<Vec<f64>>();
            let mut less: FxHashMap<u32, Vec<f64>> = FxHashMap::default();
            for (cap, &dual) in self.caps.list.iter().zip(duals).filter(|(_, dual)| **dual > 0.0) {
                for &(_, group, cell) in cap.cells.iter().filter(|cell| cell.0 == k) {
                    let row = less.entry(group).or_insert_with(|| vec![0.0; own.cells()]);
                    row[cell as usize] += dual * own.value(group, (cell, cell + 1));
                }
            }
            let capped = less.into_iter().map(|(group, less)| {
                let mut gone = 0.0;
                let mut worth = whole(group);
                for (cell, less) in less.into_iter().enumerate() {
                    gone += less;
                    worth[cell + 1] -= gone;
                }
                (group, worth)
            });
            let groups: FxHashMap<u32, Vec<f64>> = capped.collect();
            let site = |list: &Vec<u32>| {
                let mut sum = vec![0.0; own.cells() + 1];
                for group in list {
                    let add = |sum: &mut Vec<f64>, worth: &[f64]| sum.iter_mut().zip(worth).for_each(|(s, w)| *s += w);
                    match groups.get(group) {
                        Some(worth) => add(&mut sum, worth),
                        None => add(&mut sum, &whole(*group)),
                    }
                }
                sum
            };
            out.sites.push(own.by_site.par_iter().map(site).collect());
            out.groups.push(groups);
        }
        out
    }
}

impl WindowPrices {
    /// Prizes of the visits of a duty of the problem.
    #[must_use]
    pub fn windows(&self, problem: &Problem, d: usize) -> Windows {
        let (duty, frames) = (&problem.duties.list[d], &problem.frames[d]);
        let mut out = Windows::default();
        if frames.is_empty() {
            return out;
        }
        let (steps, sites) = (duty.shapes.by_start.len() + 1, duty.roads.sites.len());
        out.steps = steps;
        out.opens = vec![0.0; sites * steps];
        out.closes = vec![0.0; sites * steps];
        out.core = vec![0.0; sites];
        out.shared = vec![0.0; sites * sites];
        for frame in frames {
            let own = &problem.promised[frame.promised];
            let core = (frame.core.0 as usize, frame.core.1 as usize);
            let mut members: Vec<Vec<usize>> = vec![Vec::new(); own.groups.len()];
            for &j in &duty.open {
                let site = duty.roads.sites[j].index();
                let before = &self.sites[frame.promised][site];
                for step in 0..steps {
                    let (lo, hi) = (frame.lo[step] as usize, frame.hi[step] as usize);
                    out.opens[j * steps + step] += before[core.0.max(lo)] - before[lo];
                    out.closes[j * steps + step] += before[hi.max(core.1)] - before[core.1];
                }
                out.core[j] += before[core.1] - before[core.0];
                own.by_site[site].iter().for_each(|&group| members[group as usize].push(j));
            }
            for (group, members) in (0..).zip(&members) {
                let gain = match self.groups[frame.promised].get(&group) {
                    Some(worth) => worth[core.1] - worth[core.0],
                    None => self.prices[frame.promised] * own.value(group, frame.core),
                };
                for &a in members.iter().filter(|_| gain > 0.0) {
                    let row = &mut out.shared[a * sites..(a + 1) * sites];
                    members.iter().for_each(|&b| row[b] += gain);
                }
            }
        }
        out
    }
}

impl Master<'_> {
    /// Knows the caps of another master, without the rows: for prices of a changed scenario with the same cells.
    pub fn prize_caps_of(&mut self, other: &Master) {
        let same = self.problem.promised.iter().map(|p| (p.groups.len(), p.cells()));
        if !same.eq(other.problem.promised.iter().map(|p| (p.groups.len(), p.cells()))) {
            return;
        }
        let nowhere = (RowId(0), ColId(0));
        self.caps.list = (other.caps.list.iter())
            .map(|cap| CapRow {
                cells: cap.cells.clone(),
                value: cap.value,
                row: nowhere.0,
                excess: nowhere.1,
                parted: true,
            })
            .collect();
    }
}
