//! The table of trips.

use crate::domain::{CommuneId, Scenario, Vehicle};
use crate::units::{Metres, Seconds};

/// One trip, one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// Driving time of a car, door to door.
    pub seconds: Seconds,
    /// Length of the path.
    pub metres: Metres,
}

/// Trips from every commune to every *hub* (a commune with a site, a base or a care point),
/// and back.
///
/// Shape: `hubs × communes` in each direction, row = hub, in the order of
/// [`Table::hubs`] and of [`Scenario::communes`]. Directed: `to_hub` and `from_hub` may differ.
#[derive(Debug, Clone)]
pub struct Table {
    communes: usize,
    hubs: Vec<CommuneId>,
    row: Vec<Option<u32>>,
    /// Whole seconds without the door-to-door share, then metres; `None` = no way.
    from_hub: Vec<Option<(u32, u32)>>,
    to_hub: Option<Vec<Option<(u32, u32)>>>,
    door: Seconds,
}

impl Table {
    /// A table from its rows. `to_hub = None` says that both directions are alike.
    ///
    /// # Panics
    /// If a block is not `hubs × communes`.
    #[must_use]
    pub fn new(
        communes: usize,
        hubs: Vec<CommuneId>,
        from_hub: Vec<Option<(u32, u32)>>,
        to_hub: Option<Vec<Option<(u32, u32)>>>,
        door: Seconds,
    ) -> Self {
        assert_eq!(from_hub.len(), hubs.len() * communes, "from_hub is hubs × communes");
        assert!(to_hub.as_ref().is_none_or(|t| t.len() == from_hub.len()), "to_hub is hubs × communes");
        let mut row = vec![None; communes];
        for (k, hub) in hubs.iter().enumerate() {
            row[hub.index()] = u32::try_from(k).ok();
        }
        Self { communes, hubs, row, from_hub, to_hub, door }
    }

    /// The hubs, in the order of the rows.
    #[must_use]
    pub fn hubs(&self) -> &[CommuneId] {
        &self.hubs
    }

    /// A car's trip between two communes, at least one of which is a hub; `None` when there is
    /// no road between them (or neither is a hub). Staying in the same commune costs the
    /// door-to-door time.
    #[must_use]
    pub fn car(&self, from: CommuneId, to: CommuneId) -> Option<Leg> {
        let (seconds, metres) = if let Some(row) = self.row[from.index()] {
            self.from_hub[row as usize * self.communes + to.index()]?
        } else {
            let at = self.row[to.index()]? as usize * self.communes + from.index();
            self.to_hub.as_ref().unwrap_or(&self.from_hub)[at]?
        };
        let seconds = Seconds(i32::try_from(seconds).ok()?) + self.door;
        Some(Leg { seconds, metres: Metres(metres) })
    }

    /// A vehicle's trip: the car's seconds times its factor, rounded up to whole seconds.
    #[must_use]
    pub fn vehicle(&self, vehicle: &Vehicle, from: CommuneId, to: CommuneId) -> Option<Leg> {
        let car = self.car(from, to)?;
        #[allow(clippy::cast_possible_truncation)]
        let seconds = Seconds((f64::from(car.seconds.0) * vehicle.travel_factor - 1e-9).ceil() as i32);
        Some(Leg { seconds, metres: car.metres })
    }

    /// Access time from a commune to a place in another, never below `min-access-minutes`; `None`
    /// when there is no road.
    #[must_use]
    pub fn access(&self, scenario: &Scenario, from: CommuneId, to: CommuneId) -> Option<Seconds> {
        Some(self.car(from, to)?.seconds.max(scenario.travel.min_access))
    }

    /// [`Self::access`] in minutes.
    #[must_use]
    pub fn access_minutes(&self, scenario: &Scenario, from: CommuneId, to: CommuneId) -> Option<f64> {
        self.access(scenario, from, to).map(Seconds::minutes)
    }
}
