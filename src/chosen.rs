//! Visits that somebody chose by hand, completed: the order of each day, the stays that nights join, and
//! whom to invite.

use crate::demand::Demand;
use crate::domain::{DayId, Scenario, SiteId, VehicleId, Window};
use crate::optimise::PlannedVisit;
use crate::optimise::invite::{Care, Continuous, Slot};
use crate::optimise::lp::LpError;
use crate::optimise::problem::Problem;
use crate::plan::window_since_midnight;
use crate::travel::Table;
use std::collections::BTreeMap;

/// A visit as somebody chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenVisit {
    /// Its identity, where it has one already.
    pub id: Option<String>,
    /// The vehicle.
    pub vehicle: VehicleId,
    /// The day.
    pub day: DayId,
    /// The site.
    pub site: SiteId,
    /// Sessions, in order, by the clock; at least one.
    pub sessions: Vec<Window>,
    /// Whether the vehicle spends the night after it there; counts at the last visit of its day.
    pub sleeps: bool,
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
    // What fixed visits invite is a fact.
    let left = demand.without_fixed(scenario);
    let demand = left.as_ref().map_or(demand, |(left, _)| left);
    let mut visits: Vec<PlannedVisit> = chosen.iter().map(|visit| planned(scenario, visit)).collect();
    visits.sort_by_key(|v| (v.day, v.vehicle, v.sessions.first().copied(), v.site));
    let slots = slots(scenario, demand, &visits);
    let problem = Problem::new(scenario, travel, demand);
    let list: Vec<Slot> = slots.iter().map(|(_, slot)| *slot).collect();
    let best = Continuous::new(&problem, &list, true)?.whole(Care::Good, f64::INFINITY)?;
    for ((k, slot), people) in slots.into_iter().zip(best.people).filter(|((_, slot), _)| slot.appointments > 0) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let people = people.into_iter().map(|(commune, n)| (commune, n as u32)).collect();
        visits[k].invitations.push((slot.service, people));
    }
    Ok(visits)
}

fn planned(scenario: &Scenario, visit: &ChosenVisit) -> PlannedVisit {
    let date = scenario.horizon.date(visit.day);
    PlannedVisit {
        id: visit.id.clone(),
        vehicle: visit.vehicle,
        day: visit.day,
        site: visit.site,
        sessions: visit.sessions.iter().map(|&s| window_since_midnight(date, s)).collect(),
        sleeps: visit.sleeps,
        invitations: Vec::new(),
    }
}

/// The visit's position and what it offers, for every service with a pool.
fn slots(scenario: &Scenario, demand: &Demand, visits: &[PlannedVisit]) -> Vec<(usize, Slot)> {
    let mut slots = Vec::new();
    let fixed = |visit: &PlannedVisit| {
        let published = scenario.published.as_ref().and_then(|p| p.at(visit.vehicle, visit.day, visit.site));
        published.is_some_and(|published| published.fixed)
    };
    for ((k, visit), stay) in visits.iter().enumerate().zip(stays(visits)) {
        let date = scenario.horizon.date(visit.day);
        let offers = &scenario.vehicles[visit.vehicle.index()].offers;
        for offer in offers.iter().filter(|o| o.weekdays.contains(date) && demand.of(o.service).is_some()) {
            let minutes = scenario.services[offer.service.index()].appointment;
            let one = |s: &Window| u32::try_from(s.length().0 / minutes.0).unwrap_or(0) * offer.lanes;
            // A fixed visit has its part of what a stay may invite, and offers nothing more.
            let appointments = if fixed(visit) { 0 } else { visit.sessions.iter().map(one).sum() };
            let (service, vehicle) = (offer.service, visit.vehicle);
            slots.push((k, Slot { service, site: visit.site, vehicle, day: visit.day, appointments, stay }));
        }
    }
    slots
}

/// By visit, the number of its stay: that of the vehicle's visit before, where it slept there and opens
/// there again on its next day out.
fn stays(visits: &[PlannedVisit]) -> Vec<usize> {
    let mut before: BTreeMap<VehicleId, usize> = BTreeMap::new();
    let mut stays = Vec::with_capacity(visits.len());
    for (k, visit) in visits.iter().enumerate() {
        let goes_on = |j: &usize| {
            let last = &visits[*j];
            last.sleeps && last.site == visit.site && last.day < visit.day
        };
        stays.push(before.insert(visit.vehicle, k).filter(goes_on).map_or(k, |j| stays[j]));
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Seconds;

    #[test]
    fn nights_join_visits_to_stays() {
        let visit = |vehicle: usize, day: usize, site: usize, sleeps: bool| {
            let sessions = vec![Window { from: Seconds(0), to: Seconds(1) }];
            let (vehicle, day, site) = (VehicleId::new(vehicle), DayId::new(day), SiteId::new(site));
            PlannedVisit { id: None, vehicle, day, site, sessions, sleeps, invitations: Vec::new() }
        };
        let visits = [
            visit(0, 0, 7, true),
            visit(1, 0, 7, false),
            visit(0, 1, 7, true),
            visit(1, 1, 7, false),
            // Over the weekend, and on to another site.
            visit(0, 6, 7, true),
            visit(0, 7, 8, false),
            visit(0, 8, 8, false),
        ];
        assert_eq!(stays(&visits), [0, 1, 0, 3, 0, 5, 6]);
    }
}
