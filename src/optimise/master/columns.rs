//! Columns of the master: rotations and packages, and what they take of each row.

use super::{Master, Registered, SlotKey};
use crate::domain::ServiceId;
use crate::optimise::lp::RowId;
use crate::optimise::package::{Budget, Package};
use crate::optimise::rotation::Rotation;
use crate::optimise::search::Tour;
use std::collections::BTreeMap;

impl Master<'_> {
    /// The slots of a rotation, one per stay and service.
    #[must_use]
    pub fn slots_of(&self, rotation: &Rotation) -> Vec<SlotKey> {
        let mut out = Vec::new();
        for stay in rotation.stays() {
            let mut budgets: BTreeMap<ServiceId, Budget> = BTreeMap::new();
            let duty = self.duty(rotation.days[stay[0].0].0);
            let site = duty.roads.sites[rotation.stop(stay[0]).site];
            for visit in stay {
                let duty = self.duty(rotation.days[visit.0].0);
                for (&service, &count) in duty.services.iter().zip(&duty.shapes.levels[rotation.stop(visit).level]) {
                    if count > 0 {
                        let own = self.problem.budget(service, count);
                        budgets.entry(service).and_modify(|b| *b = b.with(own)).or_insert(own);
                    }
                }
            }
            out.extend(budgets.into_iter().map(|(service, budget)| (service, site, budget)));
        }
        out
    }

    /// Registers a rotation; its number.
    pub fn register(&mut self, rotation: Rotation) -> usize {
        let next = self.tours.len();
        let at = *self.known.entry(rotation.clone()).or_insert(next);
        if at == next {
            self.tours.push(Registered { rotation, column: None, dropped: false });
        }
        at
    }

    /// Price of a rotation in the score: its tours and its nights out.
    #[must_use]
    pub fn cost(&self, rotation: &Rotation) -> f64 {
        let tours: f64 = rotation.days.iter().map(|(k, tour)| self.duty(*k).cost(tour) + self.added(*k, tour)).sum();
        tours + self.problem.scenario.prices.night_price * f64::from(rotation.nights())
    }

    /// Gives a registered rotation its column; `false` when it has one.
    pub fn add_tour(&mut self, at: usize) -> bool {
        if self.tours[at].column.is_some() {
            return false;
        }
        let rotation = self.tours[at].rotation.clone();
        let mut entries = Vec::new();
        for slot in self.slots_of(&rotation) {
            entries.push((self.slot_row(slot), -1.0));
        }
        for stay in rotation.stays() {
            let k = rotation.days[stay[0].0].0;
            let site = self.duty(k).roads.sites[rotation.stop(stay[0]).site];
            for row in self.stay_rows(k, site) {
                entries.push((row, 1.0));
            }
        }
        for (k, tour) in &rotation.days {
            self.day_entries(*k, tour, &mut entries);
        }
        if let Some(lengths) = self.lengths_of(rotation.days[0].0) {
            entries.extend(lengths.of(rotation.days.len()).map(|row| (row, 1.0)));
        }
        self.touch_entries(&rotation, &mut entries);
        self.cap_entries(&rotation, &mut entries);
        for b in 0..self.branches.len() {
            let count = self.count(self.branches[b].selector, at);
            if count > 0.0 {
                entries.push((self.branches[b].row, count));
            }
        }
        let worth = self.answers(&rotation) - self.cost(&rotation);
        let column = self.lp.add_column(worth, 0.0, f64::INFINITY, &merged(entries));
        self.tours[at].column = Some(column);
        true
    }

    /// What a tour takes of its day: the day, working time of its week, heads, controls.
    fn day_entries(&self, k: usize, tour: &Tour, entries: &mut Vec<(RowId, f64)>) {
        let duty = self.duty(k);
        entries.push((self.duty_rows[k], 1.0));
        self.change_entries(k, tour, entries);
        if let Some(&row) = self.weeks.get(&(duty.vehicle, duty.weeks.0)) {
            entries.push((row, f64::from(tour.work) / 3600.0));
            self.hours_entries(k, tour.work, entries);
        }
        for row in &self.heads {
            if row.counts(duty) && duty.binds(tour).any(|crew| crew == row.crew) {
                entries.push((row.row, 1.0));
            }
        }
        for row in &self.controls {
            let count = row.count(k, tour.control);
            if count != 0.0 {
                entries.push((row.row, count));
            }
        }
    }

    /// The row of a slot. Where a stay must invite people of its host, it has a package for each stay, and one to begin
    /// with: those people and nobody else.
    fn slot_row(&mut self, slot: SlotKey) -> RowId {
        if let Some(&row) = self.slots.get(&slot) {
            return row;
        }
        let (problem, hosted) = (self.problem, self.problem.least(slot) > 0.0);
        let row = self.lp.add_row(if hosted { 0.0 } else { f64::NEG_INFINITY }, 0.0, &[]);
        self.slots.insert(slot, row);
        if hosted {
            self.add_package(slot, problem.host_alone(slot));
        }
        row
    }

    /// Adds a package for a slot.
    pub fn add_package(&mut self, slot: SlotKey, package: Package) {
        let demand = self.problem.pool(slot.0);
        let mut value = 0.0;
        let mut entries = vec![(self.slot_row(slot), 1.0)];
        for &(z, s, contacts) in &package.contacts {
            let step = demand.steps[z.index()][s];
            value += demand.weight * step.slope * contacts;
            if step.width.is_finite() {
                let lp = &mut self.lp;
                let row =
                    *self.steps.entry((slot.0, z, s)).or_insert_with(|| lp.add_row(f64::NEG_INFINITY, step.width, &[]));
                entries.push((row, contacts));
                entries.extend(self.touches.of((slot.0, z, s), slot.1).map(|row| (row, contacts)));
            }
        }
        for &(commune, invited) in &package.invitations {
            if let Some(&row) = self.due.get(&(slot.0, commune)) {
                entries.push((row, invited));
            }
        }
        let column = self.lp.add_column(value, 0.0, f64::INFINITY, &entries);
        self.packages.push((slot, package, column));
    }
}

/// Adds up entries of the same row.
fn merged(mut entries: Vec<(RowId, f64)>) -> Vec<(RowId, f64)> {
    entries.sort_by_key(|e| e.0);
    entries.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    entries
}
