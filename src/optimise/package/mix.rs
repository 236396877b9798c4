//! The best combination of fills within a budget: a linear program with four rows.

use super::pricer::Fill;
use super::{Budget, Package};
use std::collections::BTreeMap;

/// Rows of the program: expected attendance, invitations, people of the host, and the shares of fills.
const ROWS: usize = 4;

/// One number for each row.
type Vector = [f64; ROWS];

/// A column of the program over fills.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    /// A fill, by its number.
    Fill(usize),
    /// Appointments, or invitations, that are left, or people of the host beyond those who must be invited.
    Left(usize),
}

/// The best convex combination of fills within a budget: a primal simplex method on four rows.
pub(super) struct Mix {
    budget: Vector,
    basis: [Part; ROWS],
    /// How much of each part of the basis.
    amounts: Vector,
    /// Prices of an appointment, of an invitation, of one more person of the host (not positive), and what the visit is
    /// worth beyond them.
    pub(super) prices: Vector,
    pub(super) value: f64,
}

impl Mix {
    /// So many people of the host at least, and nobody else: the first fill is nobody, the second the host alone, where
    /// there is one.
    pub(super) fn new(budget: Budget, host: f64) -> Self {
        let budget = [budget.seats(), budget.invitations(), host, 1.0];
        let third = if host > 0.0 { Part::Fill(1) } else { Part::Left(2) };
        Self {
            budget,
            basis: [Part::Left(0), Part::Left(1), third, Part::Fill(0)],
            amounts: budget,
            prices: [0.0; ROWS],
            value: 0.0,
        }
    }

    /// Best combination of all fills known.
    pub(super) fn improve(&mut self, fills: &[Fill]) {
        // More pivots than a program of four rows ever takes; one too few only loosens prices.
        for _ in 0..50 + fills.len() {
            let Some(inverse) = inverse(self.basis.map(|part| column(part, fills).0)) else { return };
            let worth = self.basis.map(|part| column(part, fills).1);
            self.amounts = inverse.map(|row| dot(row, self.budget).max(0.0));
            self.prices = [0, 1, 2, 3].map(|k| (0..ROWS).map(|r| worth[r] * inverse[r][k]).sum());
            self.value = dot(self.amounts, worth);
            let gain = |part: Part| {
                let (used, value) = column(part, fills);
                value - dot(self.prices, used)
            };
            let left = [Part::Left(0), Part::Left(1), Part::Left(2)];
            let parts = (0..fills.len()).map(Part::Fill).chain(left);
            let Some((entering, best)) = parts.map(|p| (p, gain(p))).max_by(|a, b| a.1.total_cmp(&b.1)) else { return };
            if best <= 1e-11 * (1.0 + self.value.abs()) {
                return;
            }
            let rates = inverse.map(|row| dot(row, column(entering, fills).0));
            let ratio = |r: &usize| self.amounts[*r] / rates[*r];
            let Some(leaving) = (0..ROWS).filter(|&r| rates[r] > 1e-9).min_by(|a, b| ratio(a).total_cmp(&ratio(b)))
            else {
                return;
            };
            self.basis[leaving] = entering;
        }
    }

    pub(super) fn package(&self, fills: &[Fill]) -> Package {
        let mut invitations = BTreeMap::new();
        let mut contacts = BTreeMap::new();
        for (part, &amount) in self.basis.iter().zip(&self.amounts) {
            let Part::Fill(k) = *part else { continue };
            for &(commune, people) in &fills[k].package.invitations {
                *invitations.entry(commune).or_insert(0.0) += amount * people;
            }
            for &(z, s, people) in &fills[k].package.contacts {
                *contacts.entry((z, s)).or_insert(0.0) += amount * people;
            }
        }
        Package {
            invitations: invitations.into_iter().filter(|&(_, v)| v > 1e-12).collect(),
            contacts: contacts.into_iter().filter(|&(_, v)| v > 1e-12).map(|((z, s), v)| (z, s, v)).collect(),
        }
    }
}

/// What a part uses of the rows, and its value.
fn column(part: Part, fills: &[Fill]) -> (Vector, f64) {
    match part {
        Part::Fill(k) => ([fills[k].expected, fills[k].invited, fills[k].host, 1.0], fills[k].value),
        Part::Left(0) => ([1.0, 0.0, 0.0, 0.0], 0.0),
        Part::Left(1) => ([0.0, 1.0, 0.0, 0.0], 0.0),
        Part::Left(_) => ([0.0, 0.0, -1.0, 0.0], 0.0),
    }
}

fn dot(a: Vector, b: Vector) -> f64 {
    a.iter().zip(&b).map(|(a, b)| a * b).sum()
}

/// Inverse of the matrix with these columns, by rows; `None` where it has none.
fn inverse(columns: [Vector; ROWS]) -> Option<[Vector; ROWS]> {
    let mut rows: [Vector; ROWS] = [0, 1, 2, 3].map(|r| columns.map(|column| column[r]));
    let mut out: [Vector; ROWS] = [0, 1, 2, 3].map(|r| [0, 1, 2, 3].map(|c| if r == c { 1.0 } else { 0.0 }));
    for c in 0..ROWS {
        let pivot = (c..ROWS).max_by(|&a, &b| rows[a][c].abs().total_cmp(&rows[b][c].abs()))?;
        if rows[pivot][c] == 0.0 {
            return None;
        }
        rows.swap(c, pivot);
        out.swap(c, pivot);
        let by = rows[c][c];
        rows[c] = rows[c].map(|x| x / by);
        out[c] = out[c].map(|x| x / by);
        for r in (0..ROWS).filter(|&r| r != c) {
            let by = rows[r][c];
            if by != 0.0 {
                let (row, own) = (rows[c], out[c]);
                (0..ROWS).for_each(|k| {
                    rows[r][k] -= by * row[k];
                    out[r][k] -= by * own[k];
                });
            }
        }
    }
    Some(out)
}
