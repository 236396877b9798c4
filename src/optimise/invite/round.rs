//! Whole invitations near continuous ones, quickly.
//!
//! Rounded down, then in each visit one more wherever there is room for it, the most valuable
//! first, and one here for one there as long as that gains. Within 0.1 to 0.2 ‰ of what an integer
//! program finds on a month of the whole region, in a twentieth of its time (see DESIGN.md).

use super::program::Program;
use crate::demand::{ServiceDemand, value_of};
use crate::domain::TerritoryId;
use std::collections::BTreeMap;

/// A smaller gain is rounding.
const GAIN: f64 = 1e-9;

/// One more invitation of a term, and one less of another of the same visit.
#[derive(Clone, Copy)]
struct Exchange {
    gain: f64,
    less: Option<usize>,
    more: usize,
}

struct Rounding<'a> {
    program: &'a Program,
    demand: &'a ServiceDemand,
    people: Vec<f64>,
    /// Per row of letters, what is left.
    letters: Vec<f64>,
    /// Rows of letters of each term.
    rows: Vec<Vec<usize>>,
    /// Per visit, appointments left.
    seats: Vec<f64>,
    received: BTreeMap<TerritoryId, f64>,
}

/// Whole invitations, one number per term of the program, that keep all its limits.
/// `O(visits · candidates²)` for each of a few passes.
#[must_use]
pub fn round(program: &Program, demand: &ServiceDemand, continuous: &[f64]) -> Vec<f64> {
    let people: Vec<f64> = continuous.iter().map(|x| (x + 1e-7).floor()).collect();
    let mut rows = vec![Vec::new(); program.terms.len()];
    let mut letters = Vec::with_capacity(program.letters.len());
    for (r, (own, limit)) in program.letters.iter().enumerate() {
        letters.push(limit - own.iter().map(|&t| people[t]).sum::<f64>());
        for &t in own {
            rows[t].push(r);
        }
    }
    let expected = |own: &[usize]| own.iter().map(|&t| program.terms[t].uptake * people[t]).sum::<f64>();
    let seats = program.seats.iter().map(|(own, limit)| limit - expected(own)).collect();
    let worth = |own: &[usize]| own.iter().map(|&t| program.terms[t].worth * people[t]).sum::<f64>();
    let received = program.territories.iter().map(|(&z, own)| (z, worth(own))).collect();
    let mut rounding = Rounding { program, demand, people, letters, rows, seats, received };
    // What a visit leaves in a territory can be worth an exchange in another one.
    while (0..program.seats.len()).filter(|&visit| rounding.improve(visit)).count() > 0 {}
    rounding.people
}

impl Rounding<'_> {
    /// Makes all exchanges within a visit that gain; whether there was any.
    fn improve(&mut self, visit: usize) -> bool {
        let mut any = false;
        while let Some(exchange) = self.best(visit) {
            self.change(visit, exchange.more, 1.0);
            if let Some(less) = exchange.less {
                self.change(visit, less, -1.0);
            }
            any = true;
        }
        any
    }

    fn best(&self, visit: usize) -> Option<Exchange> {
        let own = &self.program.seats[visit].0;
        let invited = own.iter().filter(|&&t| self.people[t] > 0.5).map(|&t| Some(t));
        let mut best: Option<Exchange> = None;
        for less in std::iter::once(None).chain(invited) {
            for &more in own.iter().filter(|&&more| Some(more) != less && self.fits(visit, less, more)) {
                let gain = self.gain(less, more);
                if gain > best.map_or(GAIN, |b| b.gain) {
                    best = Some(Exchange { gain, less, more });
                }
            }
        }
        best
    }

    fn fits(&self, visit: usize, less: Option<usize>, more: usize) -> bool {
        let term = &self.program.terms[more];
        let freed = less.map_or(0.0, |t| self.program.terms[t].uptake);
        let back = |row: &usize| less.is_some_and(|t| self.rows[t].contains(row));
        self.people[more] + 1.0 <= term.limit + 1e-9
            && term.uptake <= self.seats[visit] + freed + 1e-9
            && self.rows[more].iter().all(|row| self.letters[*row] >= 1.0 - 1e-9 || back(row))
    }

    fn gain(&self, less: Option<usize>, more: usize) -> f64 {
        let terms = &self.program.terms;
        let mut changes = vec![(terms[more].territory, terms[more].worth)];
        match less.map(|t| &terms[t]) {
            Some(less) if less.territory == terms[more].territory => changes[0].1 -= less.worth,
            Some(less) => changes.push((less.territory, -less.worth)),
            None => {}
        }
        let value = |z: TerritoryId, y: f64| value_of(&self.demand.steps[z.index()], y);
        changes.into_iter().map(|(z, by)| value(z, self.received[&z] + by) - value(z, self.received[&z])).sum()
    }

    fn change(&mut self, visit: usize, t: usize, by: f64) {
        let term = &self.program.terms[t];
        self.people[t] += by;
        self.seats[visit] -= by * term.uptake;
        *self.received.entry(term.territory).or_default() += by * term.worth;
        for &row in &self.rows[t] {
            self.letters[row] -= by;
        }
    }
}
