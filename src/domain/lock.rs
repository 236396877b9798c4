//! What the coordinator has already decided.

use super::{DayId, SiteId, VehicleId, Window};

/// A visit that must be in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// The day.
    pub day: DayId,
    /// The site.
    pub site: SiteId,
    /// The exact sessions, where the hours are agreed too, in seconds since local midnight; sorted and disjoint.
    pub sessions: Option<Vec<Window>>,
}

/// A visit that must not be in the plan; an absent part stands for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forbidden {
    /// The vehicle.
    pub vehicle: Option<VehicleId>,
    /// The day.
    pub day: Option<DayId>,
    /// The site.
    pub site: Option<SiteId>,
}

impl Forbidden {
    /// Whether it forbids this visit.
    #[must_use]
    pub fn covers(&self, vehicle: VehicleId, day: DayId, site: SiteId) -> bool {
        self.vehicle.is_none_or(|v| v == vehicle)
            && self.day.is_none_or(|d| d == day)
            && self.site.is_none_or(|s| s == site)
    }
}
