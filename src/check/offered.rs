//! What a visit offers and whom it invites, computed again.

use super::pools;
use super::view::{View, VisitView};
use crate::domain::ServiceId;
use crate::plan::{InvitationLine, VisitService};

/// One entry of a visit's services.
pub(super) struct Offered<'a> {
    /// Position of the visit.
    pub visit: usize,
    pub stated: &'a VisitService,
    /// The service, where its identifier is known.
    pub service: Option<ServiceId>,
    /// `Σ floor(session seconds / appointment seconds) × lanes`.
    pub appointments: u32,
    pub lines: Vec<Line<'a>>,
}

/// People of one commune, invited.
pub(super) struct Line<'a> {
    pub stated: &'a InvitationLine,
    /// Position of the commune, where its code is known.
    pub commune: Option<usize>,
    /// Whether the commune is in reach of the site.
    pub in_reach: bool,
    /// `u · people`; 0 where commune, site or pool is unknown or the commune out of reach.
    pub expected: f64,
    /// `g · u · people`.
    pub additional: f64,
}

impl Offered<'_> {
    /// `Σ u·x`.
    pub fn expected(&self) -> f64 {
        self.lines.iter().map(|l| l.expected).sum()
    }

    /// `Σ g·u·x`.
    pub fn additional(&self) -> f64 {
        self.lines.iter().map(|l| l.additional).sum()
    }

    /// `Σ x`.
    pub fn people(&self) -> u64 {
        self.lines.iter().map(|l| u64::from(l.stated.people)).sum()
    }
}

/// Every entry of every visit.
pub(super) fn all<'a>(view: &View<'a>) -> Vec<Offered<'a>> {
    let mut all = Vec::new();
    for (k, visit) in view.visits.iter().enumerate() {
        for stated in &visit.visit.services {
            let service = view.scenario.service(&stated.service);
            let appointments = service.map_or(0, |s| appointments(view, visit, s));
            let lines = stated.invitations.iter().map(|l| line(view, visit, service, l)).collect();
            all.push(Offered { visit: k, stated, service, appointments, lines });
        }
    }
    all
}

fn line<'a>(view: &View, visit: &VisitView, service: Option<ServiceId>, stated: &'a InvitationLine) -> Line<'a> {
    let commune = view.communes.get(stated.commune.as_str()).copied();
    let mut line = Line { stated, commune, in_reach: true, expected: 0.0, additional: 0.0 };
    let Some((commune, site)) = commune.zip(visit.site) else { return line };
    line.in_reach = pools::access(view.scenario, view.travel, commune, site).is_some();
    let Some(pool) = service.and_then(|s| view.pools[s.index()].as_ref()) else { return line };
    let uptake = pool.uptake(view.scenario, view.travel, commune, site).unwrap_or(0.0);
    line.expected = uptake * f64::from(stated.people);
    line.additional = pool.additional[commune] * line.expected;
    line
}

/// Lanes of a service aboard the visit's vehicle on its date; 0 when it is not offered.
pub(super) fn lanes(view: &View, visit: &VisitView, service: ServiceId) -> u32 {
    let Some(vehicle) = visit.vehicle.map(|v| view.vehicle(v)) else { return 0 };
    let offers = vehicle.offers.iter().filter(|o| o.service == service && o.weekdays.contains(visit.visit.date));
    offers.fold(0, |sum, o| sum.saturating_add(o.lanes))
}

/// Whether the visit's vehicle offers the service on its date.
pub(super) fn offers(view: &View, visit: &VisitView, service: ServiceId) -> bool {
    let Some(vehicle) = visit.vehicle.map(|v| view.vehicle(v)) else { return false };
    vehicle.offers.iter().any(|o| o.service == service && o.weekdays.contains(visit.visit.date))
}

/// Appointments of a service in a visit: sessions never share one.
pub(super) fn appointments(view: &View, visit: &VisitView, service: ServiceId) -> u32 {
    let one = i64::from(view.scenario.services[service.index()].appointment.0).max(1);
    let rounds: i64 = visit.sessions.iter().map(|s| (s.length() / one).max(0)).fold(0, i64::saturating_add);
    u32::try_from(rounds).unwrap_or(u32::MAX).saturating_mul(lanes(view, visit, service))
}
