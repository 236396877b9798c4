//! How scenarios lie to each other: which are alike, nested, a step apart, comparable.

use super::solve::{digest, without_words};
use crate::demand::Demand;
use crate::domain::{CareStatus, PromiseMode, Scenario, Vehicle};
use crate::travel::Table;
use std::collections::BTreeSet;

/// What makes scores comparable: territories, values, prices, fair shares, and what a contact is worth where. Scenarios
/// with the same are.
#[must_use]
pub fn values(scenario: &Scenario, demand: &Demand) -> String {
    let communes: Vec<_> = scenario.communes.iter().map(|c| (&c.code, c.in_scope, c.territory)).collect();
    let territories: Vec<_> = scenario.territories.iter().map(|t| &t.code).collect();
    let services: Vec<_> = scenario.services.iter().map(|s| (&s.id, s.weight, s.promise.mode)).collect();
    let shares: Vec<_> =
        demand.services.iter().flatten().map(|d| (&d.fair_share, &d.received, &d.worth, &d.additional)).collect();
    digest(&(scenario.horizon, scenario.prices, &scenario.fairness, communes, territories, services, shares))
}

/// A vehicle without what changes no plan.
fn bare(vehicle: &Vehicle) -> Vehicle {
    Vehicle { id: String::new(), name: String::new(), costs: None, ..vehicle.clone() }
}

/// The vehicles of one fleet that are not in another one, each counted once; `None` where the other one has more of some
/// sort.
fn beyond(small: &Scenario, large: &Scenario) -> Option<usize> {
    let mut rest: Vec<Vehicle> = large.vehicles.iter().map(bare).collect();
    for vehicle in &small.vehicles {
        let at = rest.iter().position(|other| *other == bare(vehicle))?;
        rest.swap_remove(at);
    }
    Some(rest.len())
}

/// Whether every plan of one scenario is a plan of another one, where the vehicles it has more stay at home: everything but
/// the fleets is the same.
#[must_use]
pub fn nested(small: (&Scenario, &Table), large: (&Scenario, &Table)) -> bool {
    if beyond(small.0, large.0).is_none() {
        return false;
    }
    // What the past was made with decides whose stays it spaces; locks name vehicles by their position.
    let has = |scenario: &Scenario, id: &str| scenario.vehicles.iter().any(|v| v.id == id);
    let past = small.0.past.iter().all(|p| has(small.0, &p.vehicle) == has(large.0, &p.vehicle));
    let free = [small.0, large.0].iter().all(|s| s.locks.is_empty() && s.forbidden.is_empty() && s.published.is_none());
    past && free && rest(small.0) == rest(large.0) && same_trips(small.1, large.1)
}

fn same_trips(a: &Table, b: &Table) -> bool {
    std::ptr::eq(a, b) || a.digest() == b.digest()
}

/// Everything but the fleet that can change a plan.
fn rest(scenario: &Scenario) -> String {
    let mut out = without_words(scenario);
    out.vehicles.clear();
    let bound = |s: &crate::domain::Service| {
        s.promise.mode != PromiseMode::Report
            || s.follow_up.as_ref().is_some_and(|f| f.hard)
            || s.pool.and_then(|p| p.additionality).is_some_and(|rule| rule.count_planned)
    };
    if !out.services.iter().any(bound) {
        // Then planned points that are taken as open change figures only.
        out.care_points.retain(|p| p.status != CareStatus::Counted);
        out.imaging_sites.retain(|p| p.status != CareStatus::Counted);
    }
    digest(&out)
}

/// Of the scenarios before one, the one whose solve it had best begin with: with most vehicles in common, then fewest others.
#[must_use]
pub fn likest(scenarios: &[&Scenario], own: usize) -> Option<usize> {
    let common = |other: usize| {
        let mut rest: Vec<Vehicle> = scenarios[other].vehicles.iter().map(bare).collect();
        let mut count = 0_usize;
        for vehicle in &scenarios[own].vehicles {
            if let Some(at) = rest.iter().position(|v| *v == bare(vehicle)) {
                rest.swap_remove(at);
                count += 1;
            }
        }
        (count, std::cmp::Reverse(rest.len()), std::cmp::Reverse(other))
    };
    (0..own).max_by_key(|&other| common(other)).filter(|&other| common(other).0 > 0)
}

/// Pairs of scenarios that are one change apart: they differ in one choice, which is the next one or, of named variants, adds
/// vehicles, with no other between.
#[must_use]
pub fn steps(choices: &[&[usize]], scenarios: &[&Scenario], variants: bool) -> Vec<(usize, usize)> {
    let more = |a: usize, b: usize| beyond(scenarios[a], scenarios[b]).is_some_and(|n| n > 0);
    let one = |a: usize, b: usize| -> bool {
        let differ: Vec<usize> = (0..choices[a].len()).filter(|&x| choices[a][x] != choices[b][x]).collect();
        let [axis] = differ[..] else { return false };
        if axis > 0 || !variants {
            let (here, there) = (choices[a][axis], choices[b][axis]);
            let values: BTreeSet<usize> = choices.iter().map(|c| c[axis]).collect();
            return there > here && values.range(here + 1..there).next().is_none();
        }
        let alike = |k: usize| choices[k][1..] == choices[a][1..];
        if beyond(scenarios[a], scenarios[b]) == Some(0) {
            return choices[b][0] == choices[a][0] + 1;
        }
        more(a, b) && !(0..choices.len()).any(|k| alike(k) && more(a, k) && more(k, b))
    };
    let all = (0..choices.len()).flat_map(|a| (0..choices.len()).map(move |b| (a, b)));
    all.filter(|&(a, b)| a != b && one(a, b)).collect()
}
