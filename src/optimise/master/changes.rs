//! Rows that count changes to published visits: `changes ≥ fresh`, `changes ≥ published − kept`, and all of them
//! together at most as many as are allowed.

use super::{Duals, Master};
use crate::optimise::changes::{Changes, Place};
use crate::optimise::lp::{ColId, Lp, LpSolution, RowId};
use crate::optimise::problem::Problem;
use crate::optimise::search::Tour;
use std::collections::BTreeMap;

struct PlaceRows {
    fresh: RowId,
    kept: RowId,
    published: f64,
}

/// The rows.
#[derive(Default)]
pub(super) struct ChangeRows {
    by_place: BTreeMap<Place, PlaceRows>,
    budget: Option<(RowId, f64)>,
}

/// Duals of the rows.
#[derive(Debug, Clone, Copy, Default)]
struct Price {
    fresh: f64,
    kept: f64,
}

impl ChangeRows {
    /// The rows of a problem; what stands for changes beyond the budget is added to `stand_ins`, at a penalty.
    pub(super) fn new(problem: &Problem, lp: &mut Lp, penalty: f64, stand_ins: &mut Vec<ColId>) -> Self {
        let changes = &problem.changes;
        let budget = changes.most.filter(|_| changes.any).map(|most| {
            let row = lp.add_row(f64::NEG_INFINITY, f64::from(most), &[]);
            stand_ins.push(lp.add_column(-penalty, 0.0, f64::INFINITY, &[(row, -1.0)]));
            (row, f64::from(most))
        });
        let by_place = changes.published.iter().map(|(&place, &published)| {
            let published = f64::from(published);
            let fresh = lp.add_row(f64::NEG_INFINITY, 0.0, &[]);
            let kept = lp.add_row(f64::NEG_INFINITY, -published, &[]);
            let mut entries = vec![(fresh, -1.0), (kept, -1.0)];
            entries.extend(budget.map(|(row, _)| (row, 1.0)));
            lp.add_column(-changes.price, 0.0, f64::INFINITY, &entries);
            (place, PlaceRows { fresh, kept, published })
        });
        Self { by_place: by_place.collect(), budget }
    }
}

impl Master<'_> {
    /// What a tour takes of the rows.
    pub(super) fn change_entries(&self, k: usize, tour: &Tour, entries: &mut Vec<(RowId, f64)>) {
        let (duty, changes) = (self.duty(k), &self.problem.changes);
        if !changes.any {
            return;
        }
        for stop in &tour.stops {
            let rows = changes.place(duty, stop.site).and_then(|place| self.changes.by_place.get(&place));
            entries.extend(match rows {
                Some(rows) if Changes::kept(duty, stop.site) => Some((rows.kept, -1.0)),
                Some(rows) => Some((rows.fresh, 1.0)),
                None => self.changes.budget.map(|(row, _)| (row, 1.0)),
            });
        }
    }

    /// The price of a tour's visits to sites where nothing was published.
    pub(super) fn added(&self, k: usize, tour: &Tour) -> f64 {
        let (duty, changes) = (self.duty(k), &self.problem.changes);
        let added = |site: usize| changes.any && changes.place(duty, site).is_none();
        tour.stops.iter().filter(|stop| added(stop.site)).map(|_| changes.price).sum()
    }

    /// Prices of visits for the changes they are, added to those by duty and local site; and what the rows give away.
    ///
    /// The column of changes of a place costs its price and takes of the budget: the duals of its rows together
    /// may not be more than that.
    pub(super) fn change_duals(&self, solution: &LpSolution, out: &mut Duals) {
        let changes = &self.problem.changes;
        if !changes.any {
            return;
        }
        let dual = |row: RowId| solution.duals[row.0].max(0.0);
        let mut pay = |value: f64| {
            out.fixed += value;
            out.size += value.abs();
        };
        let budget = self.changes.budget.map_or(0.0, |(row, most)| {
            pay(dual(row) * most);
            dual(row)
        });
        let most = changes.price + budget;
        let mut prices: BTreeMap<Place, Price> = BTreeMap::new();
        for (&place, rows) in &self.changes.by_place {
            let fresh = dual(rows.fresh).min(most);
            let kept = dual(rows.kept).min(most - fresh);
            pay(-kept * rows.published);
            prices.insert(place, Price { fresh, kept });
        }
        for k in 0..self.duties.len() {
            let duty = self.duty(k);
            for &j in &duty.open {
                let price = changes.place(duty, j).and_then(|place| prices.get(&place));
                out.sites[k][j] += match price {
                    Some(price) if Changes::kept(duty, j) => -price.kept,
                    Some(price) => price.fresh,
                    None => most,
                };
            }
        }
    }
}
