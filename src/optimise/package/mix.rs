//! The best combination of fills within a budget: a linear program with three rows.

use super::pricer::Fill;
use super::{Budget, Package};
use std::collections::BTreeMap;

/// A column of the program over fills.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    /// A fill, by its number.
    Fill(usize),
    /// Appointments, or invitations, that are left.
    Left(usize),
}

/// The best convex combination of fills within a budget: a primal simplex method on three rows.
pub(super) struct Mix {
    budget: [f64; 3],
    basis: [Part; 3],
    /// How much of each part of the basis.
    amounts: [f64; 3],
    /// Prices of an appointment, of an invitation, and what the visit is worth beyond them.
    pub(super) prices: [f64; 3],
    pub(super) value: f64,
}

impl Mix {
    /// Nobody, everything left.
    pub(super) fn new(budget: Budget) -> Self {
        let budget = [budget.seats(), budget.invitations(), 1.0];
        Self {
            budget,
            basis: [Part::Left(0), Part::Left(1), Part::Fill(0)],
            amounts: budget,
            prices: [0.0; 3],
            value: 0.0,
        }
    }

    /// Best combination of all fills known.
    pub(super) fn improve(&mut self, fills: &[Fill]) {
        // More pivots than a program of three rows ever takes; one too few only loosens prices.
        for _ in 0..50 + fills.len() {
            let inverse = inverse(self.basis.map(|part| column(part, fills).0));
            let worth = self.basis.map(|part| column(part, fills).1);
            self.amounts = inverse.map(|row| dot(row, self.budget).max(0.0));
            self.prices = [0, 1, 2].map(|k| (0..3).map(|r| worth[r] * inverse[r][k]).sum());
            self.value = dot(self.amounts, worth);
            let gain = |part: Part| {
                let (used, value) = column(part, fills);
                value - dot(self.prices, used)
            };
            let parts = (0..fills.len()).map(Part::Fill).chain([Part::Left(0), Part::Left(1)]);
            let Some((entering, best)) = parts.map(|p| (p, gain(p))).max_by(|a, b| a.1.total_cmp(&b.1)) else { return };
            if best <= 1e-11 * (1.0 + self.value.abs()) {
                return;
            }
            let rates = inverse.map(|row| dot(row, column(entering, fills).0));
            let ratio = |r: &usize| self.amounts[*r] / rates[*r];
            let Some(leaving) = (0..3).filter(|&r| rates[r] > 1e-9).min_by(|a, b| ratio(a).total_cmp(&ratio(b))) else {
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

/// What a part uses of the three rows, and its value.
fn column(part: Part, fills: &[Fill]) -> ([f64; 3], f64) {
    match part {
        Part::Fill(k) => ([fills[k].expected, fills[k].invited, 1.0], fills[k].value),
        Part::Left(0) => ([1.0, 0.0, 0.0], 0.0),
        Part::Left(_) => ([0.0, 1.0, 0.0], 0.0),
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Inverse of the matrix with these columns, by rows.
fn inverse([a, b, c]: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let cross =
        |u: [f64; 3], v: [f64; 3]| [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    let rows = [cross(b, c), cross(c, a), cross(a, b)];
    let determinant = dot(a, rows[0]);
    rows.map(|row| row.map(|x| x / determinant))
}
