//! Cells of a promise are answered once, however many visits answer them.
//!
//! A tour's column is worth what it answers, as if nobody else did. A *cap* row takes back what some cells are
//! answered more than once: `Σ value · tours that answer − excess ≤ value of the cells`, and the excess is paid
//! for. One row stands for the cells that the same tours of a solution answer; where that is no longer so, it
//! is parted. Its dual lies between 0 and 1: by so much of their value its cells are no longer a prize.

use super::Master;
use crate::optimise::lp::{ColId, LpSolution, RowId};
use crate::optimise::promised::{Cover, covers};
use crate::optimise::rotation::Rotation;
use crate::optimise::search::Windows;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Rows added at a time, at most.
const AT_ONCE: usize = 400;
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
    /// By promise: groups with a cap that has a price, with what the cells before each are worth.
    groups: Vec<FxHashMap<u32, Vec<f64>>>,
    /// By promise and site: what the cells before each are worth for all groups it reaches.
    sites: Vec<Vec<Vec<f64>>>,
}

impl Master<'_> {
    /// What a rotation's visits answer is worth, as if nobody else did.
    pub(super) fn answers(&self, rotation: &Rotation) -> f64 {
        let mut worth = 0.0;
        self.covers(rotation, |cover| worth += self.problem.promised[cover.promised].value(cover.group, cover.cells));
        worth
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

    /// Adds caps for cells that a solution answers more than once; how many.
    pub fn separate_caps(&mut self, solution: &LpSolution) -> usize {
        if self.problem.promised.is_empty() {
            return 0;
        }
        // By promise and group: who answers which cells.
        let mut by_group: BTreeMap<(usize, u32), Vec<(usize, f64, u32, u32)>> = BTreeMap::new();
        for (t, share) in self.chosen(solution) {
            self.covers(&self.tours[t].rotation, |cover| {
                let list = by_group.entry((cover.promised, cover.group)).or_default();
                list.push((t, share, cover.cells.0, cover.cells.1));
            });
        }
        // Cells by who answers them.
        let mut classes: FxHashMap<Vec<usize>, (f64, Vec<Cell>)> = FxHashMap::default();
        let mut loose: BTreeMap<usize, f64> = BTreeMap::new();
        let mut answers: FxHashMap<Cell, (f64, Vec<usize>)> = FxHashMap::default();
        for (&(k, group), list) in &by_group {
            let ends: BTreeSet<u32> = list.iter().flat_map(|&(_, _, from, to)| [from, to]).collect();
            let ends: Vec<u32> = ends.into_iter().collect();
            for pair in ends.windows(2) {
                let here = || list.iter().filter(|(_, _, from, to)| *from <= pair[0] && pair[1] <= *to);
                let total: f64 = here().map(|own| own.1).sum();
                let mut who: Vec<usize> = here().map(|own| own.0).collect();
                who.sort_unstable();
                for cell in pair[0]..pair[1] {
                    self.sort_cell((k, group, cell), total, &who, &mut classes, &mut loose, &mut answers);
                }
            }
        }
        let parted = self.overrated(loose, &answers, solution);
        for &row in &parted {
            for &cell in &self.caps.list[row].cells {
                let (total, who) = answers.get(&cell).cloned().unwrap_or_default();
                let class = classes.entry(who).or_default();
                class.0 += (total - 1.0).max(0.0) * self.cell_value(cell);
                class.1.push(cell);
            }
        }
        let mut found: Vec<(f64, Vec<Cell>)> =
            classes.into_values().filter(|(excess, _)| *excess > NOTHING || !parted.is_empty()).collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        if parted.is_empty() {
            found.truncate(AT_ONCE);
        }
        let added = found.len();
        for row in parted {
            let cap = &mut self.caps.list[row];
            cap.parted = true;
            let excess = cap.excess;
            self.lp.set_cost(excess, 0.0);
        }
        self.add_caps(found.into_iter().map(|(_, cells)| cells).collect());
        added
    }

    fn cell_value(&self, (k, group, cell): Cell) -> f64 {
        self.problem.promised[k].value(group, (cell, cell + 1))
    }

    /// Puts a cell with those that the same tours answer, or, where it has a cap, with that.
    fn sort_cell(
        &self,
        cell: Cell,
        total: f64,
        who: &[usize],
        classes: &mut FxHashMap<Vec<usize>, (f64, Vec<Cell>)>,
        loose: &mut BTreeMap<usize, f64>,
        answers: &mut FxHashMap<Cell, (f64, Vec<usize>)>,
    ) {
        let value = self.cell_value(cell);
        if value <= 0.0 {
            return;
        }
        let cells = self.problem.promised[cell.0].cells();
        let row = self.caps.of.get(cell.0).and_then(|of| of.get(cell.1 as usize * cells + cell.2 as usize));
        match row.filter(|row| **row != FREE) {
            None if total > 1.0 + 1e-7 => {
                let class = classes.entry(who.to_vec()).or_default();
                class.0 += (total - 1.0) * value;
                class.1.push(cell);
            }
            None => {}
            Some(&row) => {
                *loose.entry(row as usize).or_default() += value * total.min(1.0);
                answers.insert(cell, (total, who.to_vec()));
            }
        }
    }

    /// The caps that rate their cells higher than they are answered.
    fn overrated(
        &self,
        answered: BTreeMap<usize, f64>,
        answers: &FxHashMap<Cell, (f64, Vec<usize>)>,
        solution: &LpSolution,
    ) -> Vec<usize> {
        let rated = |&(row, answered): &(usize, f64)| {
            let cap = &self.caps.list[row];
            let counted: f64 =
                cap.cells.iter().map(|cell| self.cell_value(*cell) * answers.get(cell).map_or(0.0, |a| a.0)).sum();
            let excess = solution.columns[cap.excess.0];
            counted - excess > answered + NOTHING * (1.0 + answered)
        };
        answered.into_iter().filter(rated).map(|(row, _)| row).collect()
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
            let excess = self.lp.add_column(-1.0, 0.0, f64::INFINITY, &[(row, -1.0)]);
            self.caps.list.push(CapRow { cells, value, row, excess, parted: false });
        }
    }

    /// Duals of the caps, and what they give away.
    pub(super) fn cap_duals(&self, solution: &LpSolution) -> (Vec<f64>, f64) {
        let dual = |cap: &CapRow| if cap.parted { 0.0 } else { solution.duals[cap.row.0].clamp(0.0, 1.0) };
        let duals: Vec<f64> = self.caps.list.iter().map(dual).collect();
        let given = self.caps.list.iter().zip(&duals).map(|(cap, dual)| cap.value * dual).sum();
        (duals, given)
    }

    /// What cells are worth at some duals of the caps.
    #[must_use]
    pub fn window_prices(&self, duals: &[f64]) -> WindowPrices {
        let mut out = WindowPrices::default();
        for (k, own) in self.problem.promised.iter().enumerate() {
            let mut less: FxHashMap<u32, Vec<f64>> = FxHashMap::default();
            for (cap, &dual) in self.caps.list.iter().zip(duals).filter(|(_, dual)| **dual > 0.0) {
                for &(_, group, cell) in cap.cells.iter().filter(|cell| cell.0 == k) {
                    let row = less.entry(group).or_insert_with(|| vec![0.0; own.cells()]);
                    row[cell as usize] += dual * own.value(group, (cell, cell + 1));
                }
            }
            let capped = less.into_iter().map(|(group, less)| {
                let mut gone = 0.0;
                let mut worth = own.worth(group);
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
                        None => add(&mut sum, &own.worth(*group)),
                    }
                }
                sum
            };
            out.sites.push(own.by_site.par_iter().map(site).collect());
            out.groups.push(groups);
        }
        out
    }

    /// Prizes of hours for the visits of a duty, and prizes of its groups for the cells of the core, by promise
    /// and group: `(prizes, by local site its groups)` go on after `from` other groups.
    #[must_use]
    pub fn windows(&self, k: usize, prices: &WindowPrices, from: usize) -> (Windows, Vec<f64>, Vec<Vec<u32>>) {
        let (d, duty) = (self.duties[k], self.duty(k));
        let frames = &self.problem.frames[d];
        let steps = duty.shapes.by_start.len() + 1;
        let sites = duty.roads.sites.len();
        let mut out = Windows::default();
        let (mut gains, mut sets) = (Vec::new(), vec![Vec::new(); sites]);
        for frame in frames {
            let own = &self.problem.promised[frame.promised];
            out.steps = steps;
            out.opens.resize(sites * steps, 0.0);
            out.closes.resize(sites * steps, 0.0);
            let base = u32::try_from(from + gains.len()).unwrap_or(u32::MAX);
            let core = (frame.core.0 as usize, frame.core.1 as usize);
            let worth = |worth: &[f64]| worth[core.1] - worth[core.0];
            gains.extend((0..own.groups.len()).map(|group| {
                let group = u32::try_from(group).unwrap_or(u32::MAX);
                match prices.groups[frame.promised].get(&group) {
                    Some(own) => worth(own).max(0.0),
                    None => own.value(group, frame.core),
                }
            }));
            for &j in &duty.open {
                let site = duty.roads.sites[j].index();
                let before = &prices.sites[frame.promised][site];
                for step in 0..steps {
                    let (lo, hi) = (frame.lo[step] as usize, frame.hi[step] as usize);
                    out.opens[j * steps + step] += before[core.0.max(lo)] - before[lo];
                    out.closes[j * steps + step] += before[hi.max(core.1)] - before[core.1];
                }
                sets[j].extend(own.by_site[site].iter().map(|group| base + group));
            }
        }
        (out, gains, sets)
    }

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
