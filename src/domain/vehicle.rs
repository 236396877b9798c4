//! Vehicles.

use super::{ClosedDates, CommuneId, CrewId, ServiceId, UnitCosts, Weekdays, Window};
use crate::units::Seconds;

/// A service aboard a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The service.
    pub service: ServiceId,
    /// Appointments at a time.
    pub lanes: u32,
    /// Weekdays on which it is offered.
    pub weekdays: Weekdays,
}

/// What a vehicle needs of a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)]
pub struct SiteNeeds {
    /// Mains power.
    pub power: bool,
    /// Level ground.
    pub level_ground: bool,
    /// Access for a ramp.
    pub ramp_access: bool,
    /// Mobile network.
    pub network: bool,
}

/// Nights a vehicle may spend away from its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nights {
    /// Most nights in a row.
    pub in_a_row: u32,
    /// Whether it may stay at a site over its days off.
    pub across_days_off: bool,
}

/// The truck or a van.
#[derive(Debug, Clone, PartialEq)]
pub struct Vehicle {
    /// Identifier.
    pub id: String,
    /// Name people use.
    pub name: String,
    /// Kind, matched with a site's: `truck`, `van` … Spacing counts the stays of one kind.
    pub kind: String,
    /// Commune of its base.
    pub base: CommuneId,
    /// Travel-time factor against a car.
    pub travel_factor: f64,
    /// From arriving to being able to open.
    pub set_up: Seconds,
    /// From closing to being able to leave.
    pub pack_down: Seconds,
    /// Shortest session.
    pub min_session: Seconds,
    /// Longest session.
    pub max_session: Seconds,
    /// Most visits in one day.
    pub max_visits_per_day: u32,
    /// In any so many consecutive weeks at most one stay of this kind starts at a site; 0 = no
    /// spacing.
    pub spacing_weeks: u32,
    /// Most stays at one site in the horizon.
    pub max_stays_per_site: Option<u32>,
    /// Nights away from the base; `None` where every rotation is one day.
    pub nights: Option<Nights>,
    /// Length of the weekly quality control before the first session of a week; 0 = none.
    pub quality_control: Seconds,
    /// Scarce crew it cannot leave without, sorted.
    pub crew: Vec<CrewId>,
    /// Shift per weekday, 0 = Monday; `None` is a day off.
    pub shifts: [Option<Window>; 7],
    /// Whether it works on public holidays.
    pub works_public_holidays: bool,
    /// Dates off: maintenance, leave.
    pub days_off: ClosedDates,
    /// Services aboard.
    pub offers: Vec<Offer>,
    /// What it needs of a site.
    pub needs: SiteNeeds,
    /// What it costs; of no consequence for a plan.
    pub costs: Option<UnitCosts>,
}
