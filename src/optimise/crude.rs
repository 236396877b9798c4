//! A bound without a solve.

use crate::demand::{Demand, ServiceDemand, value_of};
use crate::domain::{CommuneId, DayId, Scenario, Weekdays};
use std::collections::BTreeMap;

/// A score no plan can pass, without a proof worth the name: everybody due in reach of some site
/// attends, and nobody drives. For plans made by hand, and where the search was stopped before it had a better bound.
#[must_use]
pub fn crude_bound(scenario: &Scenario, demand: &Demand) -> f64 {
    let last = DayId::new(scenario.horizon.days().saturating_sub(1));
    let coverage: f64 =
        demand.services.iter().flatten().map(|service| service.weight * everybody(scenario, service, last)).sum();
    let visits: u32 = scenario.vehicles.iter().map(|v| v.max_visits_per_day).sum();
    let preferred = scenario.sites.iter().any(|s| s.preferred != Weekdays(0));
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
