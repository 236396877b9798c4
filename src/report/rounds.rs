//! How often each territory is visited, and when a visit next comes near each commune.

use super::waits::{Waits, waits};
use crate::demand::{Demand, ServiceDemand};
use crate::domain::{CommuneId, PastVisit, Scenario, ServiceId, SiteId, TerritoryId};
use crate::plan::{Plan, Visit};
use crate::travel::Table;
use chrono::NaiveDate;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// What the visits of a plan are for one service, place by place.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceRounds {
    /// The service; it has a pool, and a vehicle offers it.
    pub service: ServiceId,
    /// Territories with a commune in scope, in their order.
    pub territories: Vec<TerritoryRounds>,
    /// Communes in scope, in their order.
    pub communes: Vec<CommuneRounds>,
}

/// A territory. A visit *reaches* it when it reaches one of its communes in scope.
#[derive(Debug, Clone, PartialEq)]
pub struct TerritoryRounds {
    /// The territory.
    pub territory: TerritoryId,
    /// Due at the start of the horizon.
    pub due: u32,
    /// Invited by the plan.
    pub invited: u32,
    /// Of whom expected to come.
    pub expected: f64,
    /// Of whom would not have been served otherwise.
    pub additional: f64,
    /// Received before the horizon, as far as fairness remembers, in weighted contacts.
    pub received_before: f64,
    /// The same with the plan.
    pub received: f64,
    /// Its fair share, in weighted contacts.
    pub fair_share: f64,
    /// Visits of the plan that reach it.
    pub visits: u32,
    /// Of which at a site inside it.
    pub inside: u32,
    /// Stays of which these visits are part.
    pub stays: u32,
    /// Date of the first of these visits.
    pub first: Option<NaiveDate>,
    /// Date of the last one.
    pub last: Option<NaiveDate>,
    /// The last visit before the horizon that reached it.
    pub last_past: Option<NaiveDate>,
    /// Times between visits.
    pub waits: Waits,
}

/// A commune. A visit *reaches* it within `max-access-minutes`.
#[derive(Debug, Clone, PartialEq)]
pub struct CommuneRounds {
    /// The commune.
    pub commune: CommuneId,
    /// Due at the start of the horizon.
    pub due: u32,
    /// Invited by the plan.
    pub invited: u32,
    /// Of whom expected to come.
    pub expected: f64,
    /// Visits of the plan that reach it.
    pub visits: u32,
    /// The last visit that reached it before the day from which the next one is looked for.
    pub last: Option<NaiveDate>,
    /// The next one.
    pub next: Option<Next>,
}

/// The next visit that reaches a commune; of several on a day the nearest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Next {
    /// Its position in [`Plan::visits`].
    pub visit: usize,
    /// Access time, minutes.
    pub minutes: f64,
}

/// The rounds of a plan, service by service. The next visits are looked for from `--now` on or, where it
/// is not given or earlier, from the start of the horizon. `O(visits × communes)` a service.
#[must_use]
pub fn rounds(scenario: &Scenario, travel: &Table, demand: &Demand, plan: &Plan) -> Vec<ServiceRounds> {
    let offered = |service: ServiceId| scenario.vehicles.iter().any(|v| v.offers.iter().any(|o| o.service == service));
    (0..scenario.services.len())
        .map(ServiceId::new)
        .filter(|&service| offered(service))
        .filter_map(|service| Some(of_service(scenario, travel, demand.of(service)?, service, plan)))
        .collect()
}

/// A visit of the plan, with the communes it reaches and whom it invites.
struct Call<'p> {
    visit: &'p Visit,
    /// Position in the plan.
    at: usize,
    site: SiteId,
    /// By commune: access minutes, where it is within reach.
    minutes: Vec<Option<f64>>,
    /// Whether it begins a stay.
    arrives: bool,
    /// Invited and expected.
    people: FxHashMap<CommuneId, (u32, f64)>,
}

fn of_service(
    scenario: &Scenario,
    travel: &Table,
    pool: &ServiceDemand,
    service: ServiceId,
    plan: &Plan,
) -> ServiceRounds {
    let calls = calls(scenario, travel, service, plan);
    let past = past(scenario, travel, service);
    let communes: Vec<CommuneId> =
        (0..scenario.communes.len()).filter(|&i| scenario.communes[i].in_scope).map(CommuneId::new).collect();
    let territories = (0..scenario.territories.len()).map(TerritoryId::new).filter_map(|territory| {
        let own: Vec<CommuneId> =
            communes.iter().copied().filter(|c| scenario.communes[c.index()].territory == territory).collect();
        (!own.is_empty()).then(|| of_territory(scenario, pool, territory, &own, &calls, &past))
    });
    ServiceRounds {
        service,
        territories: territories.collect(),
        communes: communes.iter().map(|&c| of_commune(scenario, pool, c, &calls, &past)).collect(),
    }
}

fn of_territory(
    scenario: &Scenario,
    pool: &ServiceDemand,
    territory: TerritoryId,
    communes: &[CommuneId],
    calls: &[Call],
    past: &[(NaiveDate, Vec<bool>)],
) -> TerritoryRounds {
    let reaching: Vec<&Call> =
        calls.iter().filter(|call| communes.iter().any(|c| call.minutes[c.index()].is_some())).collect();
    let mut dates: Vec<NaiveDate> = reaching.iter().map(|call| call.visit.date).collect();
    dates.sort_unstable();
    let reached = |(_, reach): &&(NaiveDate, Vec<bool>)| communes.iter().any(|c| reach[c.index()]);
    let last_past = past.iter().filter(reached).map(|(date, _)| *date).max();
    let horizon = scenario.horizon;
    let inside =
        |call: &&&Call| scenario.communes[scenario.sites[call.site.index()].commune.index()].territory == territory;
    // Visits of one stay reach the same places, so that its first day counts it.
    let stays = reaching.iter().filter(|call| call.arrives).count();
    let z = territory.index();
    let mut out = TerritoryRounds {
        territory,
        due: communes.iter().map(|c| pool.due[c.index()]).sum(),
        invited: 0,
        expected: 0.0,
        additional: 0.0,
        received_before: pool.received[z],
        received: pool.received[z],
        fair_share: pool.fair_share[z],
        visits: count(reaching.len()),
        inside: count(reaching.iter().filter(inside).count()),
        stays: count(stays),
        first: dates.first().copied(),
        last: dates.last().copied(),
        last_past,
        waits: waits(&dates, last_past, (horizon.start, horizon.last())),
    };
    for call in calls {
        for c in communes {
            let Some(&(invited, expected)) = call.people.get(c) else { continue };
            out.invited += invited;
            out.expected += expected;
            out.additional += pool.additional[c.index()] * expected;
            out.received += pool.worth[c.index()] * expected;
        }
    }
    out
}

fn of_commune(
    scenario: &Scenario,
    pool: &ServiceDemand,
    commune: CommuneId,
    calls: &[Call],
    past: &[(NaiveDate, Vec<bool>)],
) -> CommuneRounds {
    let i = commune.index();
    let from = scenario.now.map_or(scenario.horizon.start, |now| now.max(scenario.horizon.start));
    let near = || calls.iter().filter_map(move |call| Some((call, call.minutes[i]?)));
    let next = near()
        .filter(|(call, _)| call.visit.date >= from)
        .min_by(|(a, near), (b, far)| a.visit.date.cmp(&b.visit.date).then(near.total_cmp(far)).then(a.at.cmp(&b.at)));
    let before = past.iter().filter(|(_, reach)| reach[i]).map(|(date, _)| *date);
    let since = near().map(|(call, _)| call.visit.date).filter(|date| *date < from);
    let people = calls.iter().filter_map(|call| call.people.get(&commune));
    let (invited, expected) = people.fold((0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
    CommuneRounds {
        commune,
        due: pool.due[i],
        invited,
        expected,
        visits: count(near().count()),
        last: before.chain(since).max(),
        next: next.map(|(call, minutes)| Next { visit: call.at, minutes }),
    }
}

/// The visits of a plan that offer a service, at sites the scenario knows.
fn calls<'p>(scenario: &Scenario, travel: &Table, service: ServiceId, plan: &'p Plan) -> Vec<Call<'p>> {
    let sites: FxHashMap<&str, SiteId> =
        scenario.sites.iter().enumerate().map(|(k, s)| (s.id.as_str(), SiteId::new(k))).collect();
    let communes: FxHashMap<&str, CommuneId> =
        scenario.communes.iter().enumerate().map(|(k, c)| (c.code.as_str(), CommuneId::new(k))).collect();
    // Where the vehicle wakes up it is still the same stay.
    let woken: BTreeSet<(&str, NaiveDate, &str)> = plan
        .tours
        .iter()
        .filter_map(|tour| Some((tour.vehicle.as_str(), tour.date, tour.night_before.as_deref()?)))
        .collect();
    let id = &scenario.services[service.index()].id;
    let of_visit = |(at, visit): (usize, &'p Visit)| {
        let offer = visit.services.iter().find(|s| s.service == *id)?;
        let &site = sites.get(visit.site.as_str())?;
        let mut people: FxHashMap<CommuneId, (u32, f64)> = FxHashMap::default();
        for line in &offer.invitations {
            let Some(&commune) = communes.get(line.commune.as_str()) else { continue };
            let sum = people.entry(commune).or_default();
            *sum = (sum.0 + line.people, sum.1 + line.expected);
        }
        let arrives = !woken.contains(&(visit.vehicle.as_str(), visit.date, visit.site.as_str()));
        Some(Call { visit, at, site, minutes: reach(scenario, travel, site), arrives, people })
    };
    plan.visits.iter().enumerate().filter_map(of_visit).collect()
}

/// Access minutes to a site by commune, where it is within reach.
fn reach(scenario: &Scenario, travel: &Table, site: SiteId) -> Vec<Option<f64>> {
    let to = scenario.sites[site.index()].position;
    let limit = scenario.travel.max_access.minutes();
    let minutes = |i| travel.access_minutes(scenario, CommuneId::new(i), to).filter(|minutes| *minutes <= limit);
    (0..scenario.communes.len()).map(minutes).collect()
}

/// Dates of past visits that offered a service, with the communes they reached: those they invited,
/// where the scenario no longer has the site.
fn past(scenario: &Scenario, travel: &Table, service: ServiceId) -> Vec<(NaiveDate, Vec<bool>)> {
    let offers = |visit: &PastVisit| {
        let vehicle = scenario.vehicles.iter().find(|v| v.id == visit.vehicle);
        let aboard =
            vehicle.is_some_and(|v| v.offers.iter().any(|o| o.service == service && o.weekdays.contains(visit.date)));
        aboard || visit.invitations.iter().any(|line| line.service == service)
    };
    let mut known: FxHashMap<SiteId, Vec<bool>> = FxHashMap::default();
    let mut out = Vec::new();
    for visit in scenario.past.iter().filter(|v| v.date < scenario.horizon.start && offers(v)) {
        let reached = match visit.site {
            Some(site) => known
                .entry(site)
                .or_insert_with(|| reach(scenario, travel, site).iter().map(Option::is_some).collect())
                .clone(),
            None => {
                let mut reached = vec![false; scenario.communes.len()];
                for line in visit.invitations.iter().filter(|line| line.service == service) {
                    reached[line.commune.index()] = true;
                }
                reached
            }
        };
        out.push((visit.date, reached));
    }
    out
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
