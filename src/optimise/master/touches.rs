//! A value step of a territory is open to as many rotations as come near it.
//!
//! `contacts in the step ≤ width · rotations that can invite in the territory`. A package takes no
//! more of a step than there is of it, so that half a visit takes half of it at most; but half a
//! rotation with two stays near a territory could take it all. Added where violated.

use super::Master;
use crate::domain::{ServiceId, TerritoryId};
use crate::optimise::lp::{ColId, LpSolution, RowId};
use crate::optimise::rotation::Rotation;
use std::collections::BTreeMap;

/// Territories with such rows, at most: a bit each.
const MOST_TOUCHES: usize = 64;
/// A row is added where it is exceeded by more than this part of a step.
const VIOLATED: f64 = 0.02;

/// The rows, and which sites are near their territories.
#[derive(Default)]
pub(super) struct TouchRows {
    /// Territories with a row, and the rows of their steps.
    list: Vec<(ServiceId, TerritoryId, BTreeMap<usize, RowId>)>,
    /// By duty of the master, by local site: the places of its territories in the list, as bits.
    sets: Vec<Vec<u64>>,
}

impl TouchRows {
    /// The row of a step, if there is one.
    pub(super) fn of_step(&self, service: ServiceId, territory: TerritoryId, step: usize) -> Option<RowId> {
        let own = self.list.iter().find(|(s, z, _)| (*s, *z) == (service, territory))?;
        own.2.get(&step).copied()
    }

    /// By place in the list: the steps with their rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = (ServiceId, TerritoryId, &BTreeMap<usize, RowId>)> {
        self.list.iter().map(|(s, z, rows)| (*s, *z, rows))
    }
}

impl Master<'_> {
    /// By local site of a duty: the territories with a prize near it, as bits.
    #[must_use]
    pub fn touched_by_site(&self, k: usize) -> &[u64] {
        self.touches.sets.get(k).map_or(&[], Vec::as_slice)
    }

    /// The territories with a prize that each stop of a rotation comes near and the stop before does not,
    /// as bits, in the order of the stops.
    pub fn entries(&self, rotation: &Rotation) -> impl Iterator<Item = u64> {
        let sets = rotation.stops().map(|(k, stop)| self.touched_by_site(k).get(stop.site).copied().unwrap_or(0));
        sets.scan(0, |before, set| {
            let new = set & !*before;
            *before = set;
            Some(new)
        })
    }

    /// What a rotation takes of the rows.
    pub(super) fn touch_entries(&self, rotation: &Rotation, entries: &mut Vec<(RowId, f64)>) {
        for set in self.entries(rotation) {
            for (place, (service, z, rows)) in self.touches.rows().enumerate() {
                if set >> place & 1 == 1 {
                    let steps = &self.problem.pool(service).steps[z.index()];
                    entries.extend(rows.iter().map(|(&s, &row)| (row, -steps[s].width)));
                }
            }
        }
    }

    /// Adds the rows that a solution violates; how many.
    pub fn separate_touches(&mut self, solution: &LpSolution) -> usize {
        let mut contacts: BTreeMap<(ServiceId, TerritoryId, usize), f64> = BTreeMap::new();
        for (slot, package, column) in &self.packages {
            let share = solution.columns[column.0];
            for &(z, s, amount) in package.contacts.iter().filter(|_| share > 1e-9) {
                *contacts.entry((slot.0, z, s)).or_default() += share * amount;
            }
        }
        let chosen = self.chosen(solution);
        let mut added = 0;
        for ((service, z, s), amount) in contacts {
            let width = self.problem.pool(service).steps[z.index()][s].width;
            if !width.is_finite() || self.touches.of_step(service, z, s).is_some() {
                continue;
            }
            let near = |&(t, share): &(usize, f64)| share * self.coming_near(&self.tours[t].rotation, service, z);
            let rotations: f64 = chosen.iter().map(near).sum();
            if amount > width * (rotations + VIOLATED) && self.add_touch(service, z, s) {
                added += 1;
            }
        }
        added
    }

    /// How often a rotation comes near a territory for a service.
    fn coming_near(&self, rotation: &Rotation, service: ServiceId, z: TerritoryId) -> f64 {
        let mut before = false;
        let comes = |near: &bool| !std::mem::replace(&mut before, *near) && *near;
        let near = rotation.stops().map(|(k, stop)| self.site_near(k, stop.site, service, z));
        as_f64(near.filter(comes).count())
    }

    fn site_near(&self, k: usize, site: usize, service: ServiceId, z: TerritoryId) -> bool {
        let duty = self.duty(k);
        let catchment = &self.problem.catchments[service.index()];
        duty.services.contains(&service)
            && catchment[duty.roads.sites[site].index()].groups.iter().any(|g| g.territory == z)
    }

    /// Gives its rotations the prizes that those of another master have, without the rows.
    pub fn prize_touches_of(&mut self, other: &Master) {
        for (service, z, _) in other.touches.rows() {
            self.place_of(service, z);
        }
    }

    /// The place of a territory in the list, new if need be; `None` when there are too many.
    fn place_of(&mut self, service: ServiceId, z: TerritoryId) -> Option<usize> {
        let known = self.touches.list.iter().position(|t| (t.0, t.1) == (service, z));
        let place = known.unwrap_or(self.touches.list.len());
        if known.is_some() || place >= MOST_TOUCHES {
            return known;
        }
        self.touches.list.push((service, z, BTreeMap::new()));
        let bits = |k: usize| -> Vec<u64> {
            let sites = 0..self.duty(k).roads.sites.len();
            sites.map(|j| u64::from(self.site_near(k, j, service, z)) << place).collect()
        };
        let bits: Vec<Vec<u64>> = (0..self.duties.len()).map(bits).collect();
        let sets = &mut self.touches.sets;
        sets.resize_with(bits.len(), Vec::new);
        for (sets, bits) in sets.iter_mut().zip(bits) {
            sets.resize(bits.len(), 0);
            sets.iter_mut().zip(bits).for_each(|(set, bit)| *set |= bit);
        }
        Some(place)
    }

    /// Adds the row of a step; `false` when there are too many territories.
    fn add_touch(&mut self, service: ServiceId, z: TerritoryId, s: usize) -> bool {
        let Some(place) = self.place_of(service, z) else { return false };
        let width = self.problem.pool(service).steps[z.index()][s].width;
        let tours = self.tours.iter().filter_map(|t| Some((t.column?, &t.rotation)));
        let times = |rotation: &Rotation| self.entries(rotation).filter(|set| set >> place & 1 == 1).count();
        let near = tours.map(|(column, rotation)| (column, -width * as_f64(times(rotation))));
        let mut entries: Vec<(ColId, f64)> = near.filter(|e| e.1 < 0.0).collect();
        for (_, package, column) in self.packages.iter().filter(|(slot, ..)| slot.0 == service) {
            let here = package.contacts.iter().filter(|c| (c.0, c.1) == (z, s)).map(|c| c.2).sum::<f64>();
            if here > 0.0 {
                entries.push((*column, here));
            }
        }
        let row = self.lp.add_row(f64::NEG_INFINITY, 0.0, &entries);
        self.touches.list[place].2.insert(s, row);
        true
    }
}

#[allow(clippy::cast_precision_loss)]
fn as_f64(n: usize) -> f64 {
    n as f64
}
