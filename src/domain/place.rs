//! Communes, territories, sites and care points.

use super::{ClosedDates, CommuneId, CrewId, PositionId, TerritoryId, Vehicle, Weekdays, Window};
use crate::units::{People, Seconds};
use chrono::NaiveDate;

/// A demand point.
#[derive(Debug, Clone, PartialEq)]
pub struct Commune {
    /// INSEE code, five characters, leading zeros kept.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Code of its département.
    pub departement: String,
    /// Code of its intercommunality (SIREN number); empty where it is not known.
    pub intercommunality: String,
    /// Latitude of its town hall, degrees.
    pub lat: f64,
    /// Longitude of its town hall, degrees.
    pub lon: f64,
    /// Residents.
    pub population: People,
    /// Women aged 50 to 74 (an estimate in the shipped data).
    pub women_50_74: People,
    /// Share of its women who take part in screening already; the scenario's when absent.
    pub participation: Option<f64>,
    /// Priority factor `p ≥ 0` of model.md section 4.
    pub priority: f64,
    /// Multiplier on uptake.
    pub uptake_factor: f64,
    /// Share `g` of attending women who would not have been screened otherwise, where known.
    pub additional_share: Option<f64>,
    /// Residents without a GP, where known.
    pub without_gp: Option<People>,
    /// Its territory.
    pub territory: TerritoryId,
    /// Priority neighbourhoods (QPV) in it.
    pub priority_neighbourhoods: u32,
    /// Whether its people are invited and counted in the denominators of the scenario.
    pub in_scope: bool,
}

/// Somewhere that one drives to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// The commune it is in.
    pub commune: CommuneId,
    /// Latitude, degrees.
    pub lat: f64,
    /// Longitude, degrees.
    pub lon: f64,
}

impl Position {
    /// The positions of communes, in their order.
    #[must_use]
    pub fn of_communes(communes: &[Commune]) -> Vec<Self> {
        let of = |(i, c): (usize, &Commune)| Self { commune: CommuneId::new(i), lat: c.lat, lon: c.lon };
        communes.iter().enumerate().map(of).collect()
    }
}

/// A group of communes for fairness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Territory {
    /// Its code in the zones file.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `ZIP`, `ZAC` or `none`.
    pub class: String,
}

/// How certain a site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SiteStatus {
    /// The programme has used it.
    Used,
    /// A demonstration.
    Demonstration,
    /// A town hall must confirm it.
    Candidate,
    /// Approved by the town hall.
    Approved,
}

/// State of the town hall's permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PermitStatus {
    /// Given.
    Granted,
    /// Taken as given, for a demonstration.
    Assumed,
    /// Asked for.
    Requested,
    /// Not asked for yet.
    None,
}

/// An approved, or to be approved, parking place in a commune.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::struct_excessive_bools)]
pub struct Site {
    /// Stable identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its commune.
    pub commune: CommuneId,
    /// Where it is: at the town hall of its commune, or somewhere of its own.
    pub position: PositionId,
    /// Latitude, degrees.
    pub lat: f64,
    /// Longitude, degrees.
    pub lon: f64,
    /// How certain it is.
    pub status: SiteStatus,
    /// Mains power.
    pub power: bool,
    /// Level ground.
    pub level_ground: bool,
    /// Access for a ramp.
    pub ramp_access: bool,
    /// Mobile network.
    pub network: bool,
    /// Kinds of vehicle that fit.
    pub vehicle_kinds: Vec<String>,
    /// First and last date on which it may be used.
    pub available: (Option<NaiveDate>, Option<NaiveDate>),
    /// Weekdays on which it may be used.
    pub weekdays: Weekdays,
    /// Dates on which it may not.
    pub blocked: ClosedDates,
    /// Set-up time here, when it differs from the vehicle's.
    pub set_up: Option<Seconds>,
    /// Pack-down time here, when it differs from the vehicle's.
    pub pack_down: Option<Seconds>,
    /// Postal address.
    pub address: String,
    /// Whom to call.
    pub contact: String,
    /// State of the permit.
    pub permit: PermitStatus,
    /// Days from planning to the first visit that a permit still to be had takes; 0 with a permit.
    pub permit_lead_days: u32,
    /// Weekdays on which a visit is worth `weekday` more in the score: a market brings people.
    pub preferred: Weekdays,
    /// Weekdays on which it is worth `weekday` less: a market takes the place.
    pub avoided: Weekdays,
    /// Scarce crew a visit here needs (an interpreter, a mediator), sorted.
    pub crew: Vec<CrewId>,
    /// Anything else; the provenance in the shipped data.
    pub note: String,
}

impl Site {
    /// Whether it takes a vehicle's kind and has what the vehicle needs; dates aside.
    #[must_use]
    pub fn takes(&self, vehicle: &Vehicle) -> bool {
        let needs = vehicle.needs;
        self.vehicle_kinds.contains(&vehicle.kind)
            && needs.power <= self.power
            && needs.level_ground <= self.level_ground
            && needs.ramp_access <= self.ramp_access
            && needs.network <= self.network
    }

    /// Whether it may be used on a date: available, on one of its weekdays, not blocked.
    #[must_use]
    pub fn open_on(&self, date: NaiveDate) -> bool {
        let (first, last) = self.available;
        first.is_none_or(|first| first <= date)
            && last.is_none_or(|last| date <= last)
            && self.weekdays.contains(date)
            && !self.blocked.contains(date)
    }
}

/// Whether a care point is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CareStatus {
    /// Open.
    Open,
    /// Planned: counts for nothing.
    Planned,
    /// Planned, and taken as open because the scenario says so.
    Counted,
    /// Part of a demonstration set.
    Demonstration,
}

/// A fixed place of care, or of imaging.
#[derive(Debug, Clone, PartialEq)]
pub struct CarePoint {
    /// Stable identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `maison-nord-sante`, `hub`, `participatory`, `imaging` …
    pub kind: String,
    /// Its commune.
    pub commune: CommuneId,
    /// Where it is.
    pub position: PositionId,
    /// Latitude, degrees.
    pub lat: f64,
    /// Longitude, degrees.
    pub lon: f64,
    /// Whether it is open.
    pub status: CareStatus,
    /// Identifiers of the services it offers.
    pub services: Vec<String>,
    /// Opening hours per weekday, 0 = Monday; sorted and disjoint.
    pub hours: [Vec<Window>; 7],
    /// Whether these hours are an assumption.
    pub hours_assumed: bool,
}
