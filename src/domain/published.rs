//! What people have been told already.

use super::{CommuneId, DayId, ServiceId, SiteId, VehicleId, Window};
use std::collections::BTreeSet;

/// The visits of a plan that was published, when it is made anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// The visits, in the order of that plan.
    pub visits: Vec<PublishedVisit>,
    /// Most changes to them; `None` where each only has its price.
    pub max_changes: Option<u32>,
    /// Days of vehicles that have begun, or that they are not sent out on any more: nothing is added to them.
    pub done: BTreeSet<(VehicleId, DayId)>,
}

/// People of communes, by service.
pub type PeopleOf = Vec<(ServiceId, Vec<(CommuneId, u32)>)>;

/// A published visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedVisit {
    /// Its identity.
    pub id: String,
    /// The vehicle.
    pub vehicle: VehicleId,
    /// The day.
    pub day: DayId,
    /// The site.
    pub site: SiteId,
    /// Its sessions, in order, in seconds since local midnight.
    pub sessions: Vec<Window>,
    /// Whom it invites, by service and commune, sorted.
    pub invitations: PeopleOf,
    /// Whether it is past, locked or booked: then it stays as it is, invitations included.
    pub fixed: bool,
    /// Whether a lock of the scenario's own agrees with it.
    pub locked: bool,
    /// Who came, by service and commune, sorted, where that is known.
    pub attended: Option<PeopleOf>,
}

impl Published {
    /// The visit of a vehicle to a site on a day.
    #[must_use]
    pub fn at(&self, vehicle: VehicleId, day: DayId, site: SiteId) -> Option<&PublishedVisit> {
        self.visits.iter().find(|v| (v.vehicle, v.day, v.site) == (vehicle, day, site))
    }

    /// Whether a visit of a vehicle to a site has begun: it is a fact, whatever today's tables say of the site.
    #[must_use]
    pub fn begun(&self, vehicle: VehicleId, site: SiteId) -> bool {
        let there = |v: &&PublishedVisit| v.fixed && (v.vehicle, v.site) == (vehicle, site);
        self.visits.iter().filter(there).any(|v| self.done.contains(&(vehicle, v.day)))
    }

    /// The visits of a vehicle on a day.
    pub fn on(&self, vehicle: VehicleId, day: DayId) -> impl Iterator<Item = &PublishedVisit> {
        self.visits.iter().filter(move |v| (v.vehicle, v.day) == (vehicle, day))
    }
}
