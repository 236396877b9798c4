//! What a plan means for people who decide on fleets.

use super::document::{AppointmentsBy, Figures, KindCount, WorstServed};
use crate::domain::{Scenario, UnitCosts};
use crate::plan::{Plan, Tour, Visit};
use crate::report::ServiceRounds;
use crate::travel::Table;
use std::collections::{BTreeMap, BTreeSet};

/// The vehicles by kind, in the order of the scenario.
#[must_use]
pub fn kinds(scenario: &Scenario) -> Vec<KindCount> {
    let mut out: Vec<KindCount> = Vec::new();
    for vehicle in &scenario.vehicles {
        match out.iter_mut().find(|k| k.kind == vehicle.kind) {
            Some(kind) => kind.count += 1,
            None => out.push(KindCount { kind: vehicle.kind.clone(), count: 1 }),
        }
    }
    out
}

/// Figures of a plan; `rounds` are those of the service whose additional people are counted.
#[must_use]
pub fn figures(scenario: &Scenario, travel: &Table, plan: &Plan, rounds: Option<&ServiceRounds>) -> Figures {
    let legs = || plan.tours.iter().flat_map(|t| &t.legs);
    let invited = |v: &Visit| v.services.iter().flat_map(|s| &s.invitations).map(|i| i.people).sum::<u32>();
    let (cost, fixed_cost) = costs(scenario, plan, plan.visits.iter().map(invited).sum()).unzip();
    let service = rounds.map(|r| &scenario.services[r.service.index()].id);
    let additional = plan.coverage.iter().find(|c| Some(&c.service) == service).map_or(0.0, |c| c.expected_additional);
    let residents = |people: &mut dyn Iterator<Item = usize>| -> u64 {
        people.map(|i| u64::from(scenario.communes[i].population.0)).sum()
    };
    let in_scope = || (0..scenario.communes.len()).filter(|&i| scenario.communes[i].in_scope);
    Figures {
        coverage: plan.coverage.clone(),
        additional,
        promise: plan.promise.clone(),
        reach_minutes: scenario.travel.max_access.minutes(),
        residents_in_reach: residents(&mut in_reach(scenario, travel, plan).into_iter()),
        residents: residents(&mut in_scope()),
        worst: rounds.and_then(|rounds| worst(scenario, rounds)),
        appointments: appointments(scenario, plan),
        visits: u32::try_from(plan.visits.len()).unwrap_or(u32::MAX),
        invitations: plan.visits.iter().map(invited).sum(),
        kilometres: legs().map(|l| f64::from(l.metres)).sum::<f64>() / 1000.0,
        driving_hours: legs().map(|l| f64::from(l.seconds)).sum::<f64>() / 3600.0,
        crew_hours: plan.tours.iter().map(crew_hours).sum(),
        nights: plan.score_parts.nights_out,
        cost,
        fixed_cost,
        co2_kg: co2(scenario, plan),
        cost_per_additional: cost.filter(|_| additional > 0.0).map(|cost| cost / additional),
    }
}

/// Communes in scope from which some visit can be reached.
fn in_reach(scenario: &Scenario, travel: &Table, plan: &Plan) -> BTreeSet<usize> {
    let sites: BTreeSet<&str> = plan.visits.iter().map(|v| v.site.as_str()).collect();
    let places = scenario.sites.iter().filter(|s| sites.contains(s.id.as_str()));
    let mut out = BTreeSet::new();
    for place in places {
        for i in (0..scenario.communes.len()).filter(|&i| scenario.communes[i].in_scope) {
            let access = travel.access(scenario, crate::domain::CommuneId::new(i), place.position);
            if access.is_some_and(|access| access <= scenario.travel.max_access) {
                out.insert(i);
            }
        }
    }
    out
}

fn worst(scenario: &Scenario, rounds: &ServiceRounds) -> Option<WorstServed> {
    let concerned = || rounds.territories.iter().filter(|t| t.due > 0 && t.fair_share > 0.0);
    let received = |t: &crate::report::TerritoryRounds| t.received / t.fair_share;
    let least = concerned().map(received).min_by(f64::total_cmp)?;
    let alike = || concerned().filter(|t| received(t) <= least + 1e-9);
    let worst = alike().max_by_key(|t| (t.due, std::cmp::Reverse(t.territory)))?;
    let place = &scenario.territories[worst.territory.index()];
    Some(WorstServed {
        territory: place.code.clone(),
        name: place.name.clone(),
        received: least,
        due: worst.due,
        alike: alike().count(),
        territories: concerned().count(),
    })
}

fn appointments(scenario: &Scenario, plan: &Plan) -> AppointmentsBy {
    let mut out = AppointmentsBy::default();
    for visit in &plan.visits {
        let Some(commune) = scenario.communes.iter().find(|c| c.code == visit.commune) else { continue };
        let count: u32 = visit.services.iter().map(|s| s.appointments).sum();
        out.all += count;
        match scenario.territories[commune.territory.index()].class.as_str() {
            "ZIP" => out.zip += count,
            "ZAC" => out.zac += count,
            _ => {}
        }
        out.qpv += if commune.priority_neighbourhoods > 0 { count } else { 0 };
    }
    out
}

#[allow(clippy::cast_precision_loss)]
fn hours(from: chrono::DateTime<chrono::FixedOffset>, to: chrono::DateTime<chrono::FixedOffset>) -> f64 {
    (to - from).num_seconds() as f64 / 3600.0
}

/// Working time, as the rules count it: from leaving to coming back, less the break.
fn crew_hours(tour: &Tour) -> f64 {
    hours(tour.start, tour.end) - tour.pause.as_ref().map_or(0.0, |pause| hours(pause.start, pause.end))
}

/// What each vehicle does, by its identifier: kilometres, hours of its crew, nights out.
fn work(plan: &Plan) -> BTreeMap<&str, (f64, f64, f64)> {
    let mut out: BTreeMap<&str, (f64, f64, f64)> = BTreeMap::new();
    let mut evening: BTreeMap<&str, chrono::NaiveDate> = BTreeMap::new();
    for tour in &plan.tours {
        let one = out.entry(&tour.vehicle).or_default();
        one.0 += tour.legs.iter().map(|l| f64::from(l.metres)).sum::<f64>() / 1000.0;
        one.1 += crew_hours(tour);
        // Nights over days off are nights, too.
        if let Some(before) = evening.remove(tour.vehicle.as_str()).filter(|_| tour.night_before.is_some()) {
            one.2 += f64::from(u32::try_from((tour.date - before).num_days()).unwrap_or(0));
        }
        if tour.night_after.is_some() {
            evening.insert(&tour.vehicle, tour.date);
        }
    }
    out
}

/// What a plan costs, and what of it has to be paid whatever the plan is; `None` where a unit cost is not known.
fn costs(scenario: &Scenario, plan: &Plan, invitations: u32) -> Option<(f64, f64)> {
    let costs = scenario.costs.as_ref()?;
    let weeks = f64::from(scenario.horizon.weeks);
    let work = work(plan);
    let (mut fixed, mut variable) = (weeks * costs.per_week, f64::from(invitations) * costs.per_invitation);
    for vehicle in &scenario.vehicles {
        let unit: UnitCosts = vehicle.costs?;
        let (km, hours, nights) = work.get(vehicle.id.as_str()).copied().unwrap_or_default();
        fixed += weeks * unit.per_week;
        variable += km * unit.per_km + hours * unit.per_crew_hour + nights * unit.per_night;
    }
    Some((fixed + variable, fixed))
}

fn co2(scenario: &Scenario, plan: &Plan) -> Option<f64> {
    let work = work(plan);
    let of = |vehicle: &crate::domain::Vehicle| {
        let km = work.get(vehicle.id.as_str()).map_or(0.0, |w| w.0);
        Some(km * vehicle.costs?.co2_kg_per_km)
    };
    scenario.costs.as_ref()?;
    scenario.vehicles.iter().map(of).sum()
}
