//! Completes visits that somebody chose: the order of each day, and whom to invite.

use super::assemble::PlannedVisit;
use super::invite::{Care, Continuous, Slot};
use super::lp::LpError;
use super::problem::Problem;
use crate::demand::{Demand, ServiceDemand, value_of};
use crate::domain::{CommuneId, DayId, Scenario, SiteId, VehicleId, Window};
use crate::travel::Table;
use std::collections::BTreeMap;

/// A visit as somebody chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenVisit {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// The day.
    pub day: DayId,
    /// The site.
    pub site: SiteId,
    /// Sessions, in order; at least one.
    pub sessions: Vec<Window>,
}

/// The chosen visits in the order in which they are made (by day, vehicle and first opening),
/// each with the best invitations for all of them together.
///
/// # Errors
/// When the solver fails; no choice of visits is refused, the checker judges them.
pub fn complete(
    scenario: &Scenario,
    travel: &Table,
    demand: &Demand,
    chosen: &[ChosenVisit],
) -> Result<Vec<PlannedVisit>, LpError> {
    let problem = Problem::new(scenario, travel, demand);
    let mut visits: Vec<PlannedVisit> = chosen
        .iter()
        .map(|v| PlannedVisit {
            vehicle: v.vehicle,
            day: v.day,
            site: v.site,
            sessions: v.sessions.clone(),
            sleeps: false,
            invitations: Vec::new(),
        })
        .collect();
    visits.sort_by_key(|v| (v.day, v.vehicle, v.sessions.first().copied(), v.site));
    let mut slots: Vec<(usize, Slot)> = Vec::new();
    for (k, visit) in visits.iter().enumerate() {
        let date = scenario.horizon.date(visit.day);
        let offers = &scenario.vehicles[visit.vehicle.index()].offers;
        for offer in offers.iter().filter(|o| o.weekdays.contains(date) && demand.of(o.service).is_some()) {
            let minutes = scenario.services[offer.service.index()].appointment;
            let one = |s: &Window| u32::try_from(s.length().0 / minutes.0).unwrap_or(0) * offer.lanes;
            let appointments = visit.sessions.iter().map(one).sum();
            let slot = Slot { service: offer.service, site: visit.site, day: visit.day, appointments, stay: k };
            slots.push((k, slot));
        }
    }
    let list: Vec<Slot> = slots.iter().map(|(_, slot)| *slot).collect();
    let best = Continuous::new(&problem, &list, true)?.whole(Care::Good, f64::INFINITY)?;
    for ((k, slot), people) in slots.into_iter().zip(best.people) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let people = people.into_iter().map(|(commune, n)| (commune, n as u32)).collect();
        visits[k].invitations.push((slot.service, people));
    }
    Ok(visits)
}

/// A score no plan can pass, without a proof worth the name: everybody due in reach of some site
/// attends, and nobody drives. For plans made by hand, where no better bound is known.
#[must_use]
pub fn crude_bound(scenario: &Scenario, demand: &Demand) -> f64 {
    let last = DayId::new(scenario.horizon.days().saturating_sub(1));
    let coverage: f64 =
        demand.services.iter().flatten().map(|service| service.weight * everybody(scenario, service, last)).sum();
    let visits: u32 = scenario.vehicles.iter().map(|v| v.max_visits_per_day).sum();
    let preferred = scenario.sites.iter().any(|s| s.preferred != crate::domain::Weekdays(0));
    let weekdays = f64::from(visits * scenario.horizon.weeks * 7) * scenario.prices.weekday_price;
    coverage + if preferred { weekdays } else { 0.0 }
}

fn everybody(scenario: &Scenario, service: &ServiceDemand, last: DayId) -> f64 {
    let mut uptake: BTreeMap<CommuneId, f64> = BTreeMap::new();
    for reach in service.reach.iter().flatten() {
        let best = uptake.entry(reach.commune).or_default();
        *best = best.max(reach.uptake);
    }
    let mut received: BTreeMap<usize, f64> = BTreeMap::new();
    for (commune, uptake) in uptake {
        let territory = scenario.communes[commune.index()].territory.index();
        let most = service.worth[commune.index()] * uptake * f64::from(service.due_on(commune, last));
        *received.entry(territory).or_default() += most;
    }
    received.iter().map(|(&z, &y)| value_of(&service.steps[z], y)).sum()
}
