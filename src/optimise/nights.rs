//! Where vehicles may spend nights out, and which days nights can join.

use super::duty::{Duty, Nights, Roads};
use crate::domain::{DayId, Scenario, VehicleId};
use std::collections::{BTreeMap, BTreeSet};

/// By local site: whether the night after a day may be spent there, which is far enough from the base and
/// may be used on every date up to the one on which the vehicle goes on; empty without nights.
pub(super) fn sleep(scenario: &Scenario, vehicle: VehicleId, day: DayId, roads: &Roads, open: &[usize]) -> Vec<bool> {
    let Some(rule) = scenario.vehicles[vehicle.index()].nights else { return Vec::new() };
    let nights = next_day(scenario, vehicle, day, rule.across_days_off).map_or(0, |(nights, _)| nights);
    let mut out = vec![false; roads.sites.len()];
    for &j in open {
        let site = &scenario.sites[roads.sites[j].index()];
        let mut dates = (1..=nights).map(|n| scenario.horizon.date(DayId(day.0 + n)));
        out[j] = roads.back[j] >= scenario.limits.night_min_drive.0 && dates.all(|date| site.open_on(date));
    }
    out
}

/// The longest sequences of days that rotations may take, without those that begin another.
pub(super) fn nights(scenario: &Scenario, duties: &[Duty]) -> Vec<Nights> {
    let mut found: BTreeSet<Nights> = BTreeSet::new();
    for (v, vehicle) in scenario.vehicles.iter().enumerate() {
        let Some(rule) = vehicle.nights else { continue };
        let id = VehicleId::new(v);
        let duty_of = |day: DayId| duties.iter().position(|d| d.vehicle == id && d.days.contains(&day));
        for first in (0..scenario.horizon.days()).map(DayId::new) {
            let Some(duty) = duty_of(first) else { continue };
            let mut out = Nights { first: duty, then: Vec::new() };
            let (mut day, mut left) = (first, rule.in_a_row);
            while let Some((nights, next)) = next_day(scenario, id, day, rule.across_days_off) {
                let Some(duty) = duty_of(next).filter(|_| nights <= left) else { break };
                out.then.push((nights, duty, next.0 / 7 - first.0 / 7));
                left -= nights;
                day = next;
            }
            if !out.then.is_empty() {
                found.insert(out);
            }
        }
    }
    let begins = |a: &Nights, b: &Nights| a != b && a.first == b.first && b.then.starts_with(&a.then);
    found.iter().filter(|a| !found.iter().any(|b| begins(a, b))).cloned().collect()
}

/// Days in a row that nights can join, by vehicle that may spend nights out.
pub(super) fn runs(scenario: &Scenario, duties: &[Duty]) -> BTreeMap<VehicleId, Vec<usize>> {
    let mut out = BTreeMap::new();
    for (v, vehicle) in scenario.vehicles.iter().enumerate() {
        let (Some(rule), id) = (vehicle.nights, VehicleId::new(v)) else { continue };
        let days: BTreeSet<DayId> =
            duties.iter().filter(|d| d.vehicle == id).flat_map(|d| d.days.iter().copied()).collect();
        let joined = |a: &DayId, b: &DayId| {
            next_day(scenario, id, *a, rule.across_days_off)
                .is_some_and(|(nights, next)| next == *b && nights <= rule.in_a_row)
        };
        let days: Vec<DayId> = days.into_iter().collect();
        out.insert(id, days.chunk_by(joined).map(<[DayId]>::len).collect());
    }
    out
}

/// The next day on which a vehicle that is away goes on, and the nights before it.
fn next_day(scenario: &Scenario, vehicle: VehicleId, day: DayId, across: bool) -> Option<(u32, DayId)> {
    let last = u32::try_from(scenario.horizon.days()).ok()? - 1;
    let next = (day.0 + 1..=last).map(DayId).find(|&d| scenario.shift(vehicle, d).is_some())?;
    let nights = next.0 - day.0;
    (nights == 1 || across).then_some((nights, next))
}
