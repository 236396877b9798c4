//! Scarce crew: which heads a day out binds, and who else may want them.

use super::duty::Duty;
use super::search::Tour;
use crate::domain::{CrewId, DayId, Scenario, SiteId, VehicleId};

/// Crew that can run short: on some day more vehicles may need it than there are heads.
#[must_use]
pub fn scarce(scenario: &Scenario) -> Vec<CrewId> {
    let short = |crew: &CrewId| {
        let mut days = (0..scenario.horizon.days()).map(DayId::new);
        days.any(|day| as_u32(wanting(scenario, *crew, day).len()) > scenario.heads(*crew, day))
    };
    (0..scenario.crews.len()).map(CrewId::new).filter(short).collect()
}

/// The vehicles that may need a crew on a day.
#[must_use]
pub fn wanting(scenario: &Scenario, crew: CrewId, day: DayId) -> Vec<VehicleId> {
    let vehicles = (0..scenario.vehicles.len()).map(VehicleId::new);
    vehicles.filter(|&v| scenario.shift(v, day).is_some() && may_need(scenario, v, crew, day)).collect()
}

/// Whether any tour of a vehicle on a day binds a head, wherever it goes.
#[must_use]
pub fn always(scenario: &Scenario, vehicle: VehicleId, crew: CrewId, day: DayId) -> bool {
    let v = &scenario.vehicles[vehicle.index()];
    let offered = v.offers.iter().filter(|o| o.weekdays.contains(scenario.horizon.date(day)));
    v.crew.contains(&crew) || offered.into_iter().any(|o| scenario.services[o.service.index()].crew.contains(&crew))
}

fn may_need(scenario: &Scenario, vehicle: VehicleId, crew: CrewId, day: DayId) -> bool {
    let kind = &scenario.vehicles[vehicle.index()].kind;
    let begun = |site: SiteId| scenario.published.as_ref().is_some_and(|p| p.begun(vehicle, site));
    let there = |j: usize| {
        let site = &scenario.sites[j];
        site.crew.contains(&crew) && (site.vehicle_kinds.contains(kind) || begun(SiteId::new(j)))
    };
    always(scenario, vehicle, crew, day) || (0..scenario.sites.len()).any(there)
}

/// What days must have in common for crew: for each that can run short, its heads, the vehicles
/// that may want them, and whether the own vehicle always does.
pub type Alike = Vec<(CrewId, u32, Vec<VehicleId>, bool)>;

/// See [`Alike`]: of the crew that this vehicle may need on a day.
#[must_use]
pub fn alike(scenario: &Scenario, scarce: &[CrewId], vehicle: VehicleId, day: DayId) -> Alike {
    let one = |&crew: &CrewId| {
        let own = always(scenario, vehicle, crew, day);
        (crew, scenario.heads(crew, day), wanting(scenario, crew, day), own)
    };
    scarce.iter().map(one).filter(|(_, _, who, _)| who.contains(&vehicle)).collect()
}

/// Heads that a duty's tours may bind.
#[derive(Debug, Clone, Default)]
pub struct Bound {
    /// Bound by every tour.
    pub always: Vec<CrewId>,
    /// Bound by visits to some sites.
    pub at_sites: Vec<CrewId>,
    /// By local site: the crew of `at_sites` that a visit binds, a bit each; empty where none is.
    pub by_site: Vec<usize>,
}

impl Bound {
    /// The crew, of those `at_sites`, that a visit to a site binds: a bit each.
    #[must_use]
    pub fn bits(&self, site: usize) -> usize {
        self.by_site.get(site).copied().unwrap_or(0)
    }

    /// The same, for some of the sites.
    #[must_use]
    pub fn only(&self, sites: &[usize]) -> Self {
        Self { by_site: sites.iter().map(|&j| self.bits(j)).collect(), ..self.clone() }
    }

    /// Whether any tour may bind a head of a crew.
    #[must_use]
    pub fn may_bind(&self, crew: CrewId) -> bool {
        self.always.contains(&crew) || self.at_sites.contains(&crew)
    }
}

impl Duty {
    /// Crew that a tour binds.
    pub fn binds<'d>(&'d self, tour: &Tour) -> impl Iterator<Item = CrewId> + use<'d> {
        let at_sites = self.binds_at_sites(tour).map(|bit| self.crew.at_sites[bit]);
        self.crew.always.iter().copied().chain(at_sites)
    }

    /// Crew that a tour binds by the sites it visits, as positions in the duty's list of it.
    pub fn binds_at_sites<'d>(&'d self, tour: &Tour) -> impl Iterator<Item = usize> + use<'d> {
        let bits = tour.stops.iter().fold(0, |bits, stop| bits | self.crew.bits(stop.site));
        (0..self.crew.at_sites.len()).filter(move |bit| bits >> bit & 1 == 1)
    }
}

fn as_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
