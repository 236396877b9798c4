//! Rule 9: scarce crew.

use crate::check::codes::Rule;
use crate::check::log::Log;
use crate::check::view::{TourView, View};
use crate::domain::{CrewId, DayId, VehicleId};
use std::collections::{BTreeMap, BTreeSet};

/// The vehicles that need a crew on a day are no more than its heads. A vehicle that makes a tour
/// needs its own crew, that of the services it offers on that weekday, and that of the sites it
/// visits.
pub(in crate::check) fn crew(view: &View, log: &mut Log) {
    let mut bound: BTreeMap<(DayId, CrewId), BTreeMap<VehicleId, &str>> = BTreeMap::new();
    for tour in &view.tours {
        let Some((id, day)) = tour.vehicle.zip(tour.day) else { continue };
        for crew in needs(view, tour, id) {
            bound.entry((day, crew)).or_default().insert(id, &tour.name);
        }
    }
    for ((day, crew), vehicles) in bound {
        let (needed, heads) =
            (vehicles.len(), view.scenario.crews[crew.index()].available(view.scenario.horizon.date(day)));
        if u32::try_from(needed).unwrap_or(u32::MAX) <= heads {
            continue;
        }
        let name = &view.scenario.crews[crew.index()].name;
        let who: Vec<&str> = vehicles.keys().map(|id| view.vehicle(*id).id.as_str()).collect();
        let (who, last) = (who.join(", "), vehicles.values().next_back().copied().unwrap_or_default());
        log.add(
            Rule::Crew,
            last,
            format!(
                "« {} » : {heads} ce jour-là pour {needed} véhicules ({who}) ; laissez-en à la base ou changez de jour",
                name.fr
            ),
            format!(
                "“{}”: {heads} on that day for {needed} vehicles ({who}); keep some at the base or change the day",
                name.en
            ),
        );
    }
}

fn needs(view: &View, tour: &TourView, id: VehicleId) -> BTreeSet<CrewId> {
    let vehicle = view.vehicle(id);
    let offers = vehicle.offers.iter().filter(|o| o.weekdays.contains(tour.tour.date));
    let services = offers.flat_map(|o| &view.scenario.services[o.service.index()].crew);
    let sites = tour.visits.iter().filter_map(|&k| view.visits[k].site);
    let sites = sites.flat_map(|s| &view.scenario.sites[s.index()].crew);
    vehicle.crew.iter().chain(services).chain(sites).copied().collect()
}
