//! What is known of the trips that are wanted, and what is still to be asked for.

use super::answer::{Block, Cell, Coordinate};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Cells that are missing: rows and columns.
pub(super) type Part = (Vec<usize>, Vec<usize>);

/// Trips between coordinates as far as they are known.
pub(super) struct Grid {
    rows: FxHashMap<Coordinate, usize>,
    columns: FxHashMap<Coordinate, usize>,
    /// Row by row.
    pub cells: Vec<Option<Cell>>,
    /// Those that the server estimated.
    pub estimated: Vec<bool>,
    /// How many are not known.
    pub missing: usize,
}

impl Grid {
    pub fn new(rows: &[Coordinate], columns: &[Coordinate]) -> Self {
        let places = |list: &[Coordinate]| list.iter().enumerate().map(|(k, at)| (*at, k)).collect();
        let all = rows.len() * columns.len();
        Self {
            rows: places(rows),
            columns: places(columns),
            cells: vec![None; all],
            estimated: vec![false; all],
            missing: all,
        }
    }

    pub fn take(&mut self, block: &Block) {
        let columns: Vec<Option<usize>> = block.to.iter().map(|at| self.columns.get(at).copied()).collect();
        for (a, at) in block.from.iter().enumerate() {
            let Some(&row) = self.rows.get(at) else { continue };
            for (b, column) in columns.iter().enumerate() {
                let Some(column) = column else { continue };
                let (at, cell) = (row * self.columns.len() + column, a * block.to.len() + b);
                self.missing -= usize::from(self.cells[at].is_none());
                self.cells[at] = Some(block.cells[cell]);
                let own = u32::try_from(cell).unwrap_or(u32::MAX);
                self.estimated[at] = block.estimated.binary_search(&own).is_ok();
            }
        }
    }

    /// The missing cells, in blocks of so many rows and columns.
    pub fn parts(&self, most: usize) -> VecDeque<Part> {
        let (height, width) = (self.rows.len(), self.columns.len());
        let mut out = VecDeque::new();
        let list = |n: usize| (0..n).collect::<Vec<_>>();
        for rows in list(height).chunks(most) {
            for columns in list(width).chunks(most) {
                let open = |a: usize, b: usize| self.cells[a * width + b].is_none();
                let own: Vec<usize> = rows.iter().copied().filter(|&a| columns.iter().any(|&b| open(a, b))).collect();
                let across: Vec<usize> = columns.iter().copied().filter(|&b| own.iter().any(|&a| open(a, b))).collect();
                if !own.is_empty() {
                    out.push_back((own, across));
                }
            }
        }
        out
    }

    /// Rows (true) and columns with the most missing cells, most first: at most ten that explain most of them.
    pub fn emptiest(&self) -> Vec<(bool, usize)> {
        let (height, width) = (self.rows.len(), self.columns.len());
        let mut counts = vec![(0, false, 0); height + width];
        for a in 0..height {
            for b in (0..width).filter(|b| self.cells[a * width + b].is_none()) {
                counts[a] = (counts[a].0 + 1, true, a);
                counts[height + b] = (counts[height + b].0 + 1, false, b);
            }
        }
        // What has nothing at all, before what lacks a trip to such a one.
        let whole = |&(n, row, _): &(usize, bool, usize)| n == if row { width } else { height };
        let mut all: Vec<_> = counts.iter().copied().filter(whole).collect();
        if all.is_empty() {
            all = counts.into_iter().filter(|c| c.0 > 0).collect();
        }
        all.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)));
        all.into_iter().take(10).map(|(_, row, k)| (row, k)).collect()
    }
}

/// A part in parts of at most so many rows and columns.
pub(super) fn split(part: &Part, most: usize) -> Vec<Part> {
    let pieces = |list: &[usize]| list.chunks(most).map(<[usize]>::to_vec).collect::<Vec<_>>();
    let columns = pieces(&part.1);
    pieces(&part.0).into_iter().flat_map(|rows| columns.iter().map(move |c| (rows.clone(), c.clone()))).collect()
}
