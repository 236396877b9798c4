//! The table of trips.

use crate::domain::{CommuneId, PositionId, Scenario, Vehicle};
use crate::units::{Metres, Seconds};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// One trip, one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// Driving time of a car, door to door.
    pub seconds: Seconds,
    /// Length of the path.
    pub metres: Metres,
}

/// Whole seconds without the door-to-door share, then metres; `None` = no way.
pub type Trip = Option<(u32, u32)>;

/// Trips from every *hub* (a base, a site, a fixed point) to every position, and back.
///
/// Shape: `hubs × positions` in each direction, row = hub, in the order of [`Table::hubs`] and of
/// [`Scenario::positions`]. Directed: `to_hub` and `from_hub` may differ. Trips between hubs satisfy the triangle
/// inequality, door to door (see [`Table::new`]): the optimiser's proofs rest on it.
#[derive(Debug, Clone)]
pub struct Table {
    positions: usize,
    hubs: Vec<PositionId>,
    row: Vec<Option<u32>>,
    from_hub: Vec<Trip>,
    to_hub: Option<Vec<Trip>>,
    door: Seconds,
    /// Trips between hubs that go by way of others.
    detours: usize,
}

impl Table {
    /// A table from its rows: `from_hub[h · positions + p]` is the trip from hub `h` to position `p`, `to_hub` in the same
    /// place the one from `p` to `h`. `to_hub = None` says that both directions are alike.
    ///
    /// Where a trip between two hubs takes longer, door to door, than one by way of others at which one stops, or is not
    /// known, it is replaced by that one: times from elsewhere are rounded and snapped, and need not be those of shortest paths.
    /// `O(hubs³)` where both directions are given; trips that are alike in both directions are taken to be shortest paths.
    ///
    /// # Panics
    /// If a block is not `hubs × positions`.
    #[must_use]
    pub fn new(
        positions: usize,
        hubs: Vec<PositionId>,
        from_hub: Vec<Trip>,
        to_hub: Option<Vec<Trip>>,
        door: Seconds,
    ) -> Self {
        assert_eq!(from_hub.len(), hubs.len() * positions, "from_hub is hubs × positions");
        assert!(to_hub.as_ref().is_none_or(|t| t.len() == from_hub.len()), "to_hub is hubs × positions");
        let mut row = vec![None; positions];
        for (k, hub) in hubs.iter().enumerate() {
            row[hub.index()] = u32::try_from(k).ok();
        }
        let mut table = Self { positions, hubs, row, from_hub, to_hub, door, detours: 0 };
        if table.to_hub.is_some() {
            table.close();
        }
        table
    }

    /// Makes trips between hubs the quickest there are, door to door, by way of other hubs (Floyd and Warshall).
    fn close(&mut self) {
        let (n, door) = (self.hubs.len(), u64::try_from(self.door.0).unwrap_or(0) << 32);
        // Seconds door to door, then metres, in one number: sums and comparisons do both.
        let packed = |trip: Trip| trip.map_or(u64::MAX, |(s, m)| (u64::from(s) << 32 | u64::from(m)) + door);
        let at = |a: usize, b: usize| a * self.positions + self.hubs[b].index();
        let mut best: Vec<u64> = (0..n * n).map(|k| packed(self.from_hub[at(k / n, k % n)])).collect();
        for via in 0..n {
            let onward = best[via * n..(via + 1) * n].to_vec();
            for from in 0..n {
                let first = best[from * n + via];
                if first == u64::MAX || from == via {
                    continue;
                }
                for (to, then) in onward.iter().enumerate() {
                    let sum = first.saturating_add(*then);
                    let known = &mut best[from * n + to];
                    // Only time makes a trip worse: lengths of equal times stay as they were given.
                    if sum >> 32 < *known >> 32 && from != to {
                        *known = sum;
                    }
                }
            }
        }
        let places: Vec<(usize, usize)> = (0..n * n).map(|k| (at(k / n, k % n), at(k % n, k / n))).collect();
        for (k, (there, back)) in places.into_iter().enumerate() {
            if packed(self.from_hub[there]) == best[k] {
                continue;
            }
            let trip = best[k] - door;
            #[allow(clippy::cast_possible_truncation)]
            let trip = Some(((trip >> 32) as u32, trip as u32));
            self.from_hub[there] = trip;
            if let Some(to_hub) = &mut self.to_hub {
                to_hub[back] = trip;
            }
            self.detours += 1;
        }
    }

    /// The same trips at another speed: seconds of driving divided by `factor`, rounded up; what a stop takes at the door
    /// stays. Closed again as by [`Table::new`].
    #[must_use]
    pub fn at_speed(&self, factor: f64) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let slower = |trip: &Trip| trip.map(|(s, m)| ((f64::from(s) / factor - 1e-9).ceil() as u32, m));
        let all = |trips: &Vec<Trip>| trips.iter().map(slower).collect();
        let to_hub = self.to_hub.as_ref().map(all);
        Self::new(self.positions, self.hubs.clone(), all(&self.from_hub), to_hub, self.door)
    }

    /// Trips between hubs for which the source knew a quicker way by stopping at others.
    #[must_use]
    pub fn detours(&self) -> usize {
        self.detours
    }

    /// The hubs of a scenario, in order: where there is a site, a base, a care point or an imaging site.
    #[must_use]
    pub fn hubs_of(scenario: &Scenario) -> Vec<PositionId> {
        let bases = scenario.vehicles.iter().map(|v| PositionId::from(v.base));
        let points = scenario.care_points.iter().chain(&scenario.imaging_sites).map(|c| c.position);
        let all: BTreeSet<PositionId> = scenario.sites.iter().map(|s| s.position).chain(bases).chain(points).collect();
        all.into_iter().collect()
    }

    /// SHA-256 over the hubs and all trips.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let number = |trip: Trip| trip.map_or(u64::MAX, |(s, m)| u64::from(s) << 32 | u64::from(m));
        self.hubs.iter().for_each(|hub| hash.update(hub.0.to_le_bytes()));
        let trips = self.from_hub.iter().chain(self.to_hub.iter().flatten());
        trips.for_each(|trip| hash.update(number(*trip).to_le_bytes()));
        hash.finalize().into()
    }

    /// The hubs, in the order of the rows.
    #[must_use]
    pub fn hubs(&self) -> &[PositionId] {
        &self.hubs
    }

    /// A car's trip between two positions, at least one of which is a hub; `None` when there is
    /// no road between them (or neither is a hub). Staying in the same place costs the
    /// door-to-door time.
    #[must_use]
    pub fn car(&self, from: impl Into<PositionId>, to: impl Into<PositionId>) -> Option<Leg> {
        let (from, to) = (from.into(), to.into());
        let (seconds, metres) = if let Some(row) = self.row[from.index()] {
            self.from_hub[row as usize * self.positions + to.index()]?
        } else {
            let at = self.row[to.index()]? as usize * self.positions + from.index();
            self.to_hub.as_ref().unwrap_or(&self.from_hub)[at]?
        };
        let seconds = Seconds(i32::try_from(seconds).ok()?) + self.door;
        Some(Leg { seconds, metres: Metres(metres) })
    }

    /// A vehicle's trip: the car's seconds times its factor, rounded up to whole seconds.
    #[must_use]
    pub fn vehicle(&self, vehicle: &Vehicle, from: impl Into<PositionId>, to: impl Into<PositionId>) -> Option<Leg> {
        let car = self.car(from, to)?;
        #[allow(clippy::cast_possible_truncation)]
        let seconds = Seconds((f64::from(car.seconds.0) * vehicle.travel_factor - 1e-9).ceil() as i32);
        Some(Leg { seconds, metres: car.metres })
    }

    /// Access time from a commune to a place, never below `min-access-minutes`; `None`
    /// when there is no road.
    #[must_use]
    pub fn access(&self, scenario: &Scenario, from: CommuneId, to: impl Into<PositionId>) -> Option<Seconds> {
        Some(self.car(from, to)?.seconds.max(scenario.travel.min_access))
    }

    /// [`Self::access`] in minutes.
    #[must_use]
    pub fn access_minutes(&self, scenario: &Scenario, from: CommuneId, to: impl Into<PositionId>) -> Option<f64> {
        self.access(scenario, from, to).map(Seconds::minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hubs(n: usize) -> Vec<PositionId> {
        (0..n).map(PositionId::new).collect()
    }

    proptest! {
        /// Whatever is given: trips between hubs keep the triangle inequality door to door, none is longer than it was,
        /// none appears or goes, and both tables agree.
        #[test]
        fn trips_between_hubs_are_closed(
            seconds in prop::collection::vec(prop::option::weighted(0.9, 1..2000_u32), 36),
            door in 0..200_i32,
        ) {
            let trip = |a: usize, b: usize| if a == b { Some((0, 0)) } else { seconds[a * 6 + b].map(|s| (s, 10 * s)) };
            let from: Vec<Trip> = (0..36).map(|k| trip(k / 6, k % 6)).collect();
            let to: Vec<Trip> = (0..36).map(|k| trip(k % 6, k / 6)).collect();
            let table = Table::new(6, hubs(6), from, Some(to), Seconds(door));
            let car = |a: usize, b: usize| table.car(PositionId::new(a), PositionId::new(b)).map(|leg| leg.seconds.0);
            let mut changed = 0;
            for a in 0..6 {
                for b in 0..6 {
                    let given = trip(a, b).map(|(s, _)| i32::try_from(s).unwrap() + door);
                    match (car(a, b), given) {
                        (Some(is), Some(was)) => {
                            prop_assert!(is <= was);
                            changed += usize::from(is < was);
                        }
                        (Some(_), None) => changed += 1,
                        (None, was) => prop_assert!(was.is_none()),
                    }
                    let back = table.to_hub.as_ref().unwrap()[b * 6 + a];
                    prop_assert_eq!(table.from_hub[a * 6 + b], back);
                    for via in 0..6 {
                        if let (Some(first), Some(then)) = (car(a, via), car(via, b)) {
                            prop_assert!(car(a, b).unwrap() <= first + then);
                        }
                    }
                }
            }
            prop_assert_eq!(changed, table.detours());
        }
    }

    #[test]
    fn a_detour_has_the_length_of_its_parts() {
        let far = |a: usize, b: usize| match (a, b) {
            _ if a == b => Some((0, 0)),
            (0, 2) => Some((1000, 5000)),
            _ => Some((100, 900)),
        };
        let from = (0..9).map(|k| far(k / 3, k % 3)).collect();
        let to = (0..9).map(|k| far(k % 3, k / 3)).collect();
        let table = Table::new(3, hubs(3), from, Some(to), Seconds(60));
        let leg = |a, b| table.car(PositionId(a), PositionId(b)).unwrap();
        // 100 s, a stop of 60 s in all, 100 s; and the door once more.
        assert_eq!(leg(0, 2), Leg { seconds: Seconds(320), metres: Metres(1800) });
        assert_eq!(leg(2, 0), Leg { seconds: Seconds(160), metres: Metres(900) });
        assert_eq!(table.detours(), 1);
    }
}
