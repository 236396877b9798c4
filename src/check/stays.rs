//! How tours follow on from each other over nights out, and which visits make one stay.

use super::view::{Call, Place, TourView, VisitView};
use crate::domain::{SiteId, VehicleId};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Links the tours of each vehicle by date, and counts the nights between those joined at a site.
pub(super) fn link(tours: &mut [TourView]) {
    let mut by_vehicle: BTreeMap<VehicleId, Vec<usize>> = BTreeMap::new();
    for (k, tour) in tours.iter().enumerate().filter(|(_, t)| t.day.is_some()) {
        if let Some(vehicle) = tour.vehicle {
            by_vehicle.entry(vehicle).or_default().push(k);
        }
    }
    for mut list in by_vehicle.into_values() {
        list.sort_by_key(|&k| (tours[k].tour.date, tours[k].span.from.utc));
        for pair in list.windows(2) {
            let (one, next) = (pair[0], pair[1]);
            (tours[one].next, tours[next].before) = (Some(next), Some(one));
            if joined(&tours[one], &tours[next]) {
                let days = (tours[next].tour.date - tours[one].tour.date).num_days();
                tours[one].nights = u32::try_from(days).unwrap_or_default().max(1);
            }
        }
    }
}

/// Whether the second tour goes on from the site where the first one ends.
pub(super) fn joined(one: &TourView, next: &TourView) -> bool {
    one.sleeps.is_some() && one.sleeps == next.woke
}

/// Gives each visit its stop. The k-th visit of a vehicle to a site on a date, by arrival, belongs
/// to the k-th stop there: where it woke, if it opens there, then the legs that arrive; the k-th
/// leg that leaves ends it. Returns the stops without a visit: tour, and the leg that arrives.
pub(super) fn match_stops(tours: &mut [TourView], visits: &mut [VisitView]) -> Vec<(usize, usize)> {
    let mut waiting: BTreeMap<(VehicleId, NaiveDate, SiteId), Vec<usize>> = BTreeMap::new();
    for (k, v) in visits.iter().enumerate() {
        if let Some((vehicle, site)) = v.pair() {
            waiting.entry((vehicle, v.visit.date, site)).or_default().push(k);
        }
    }
    for queue in waiting.values_mut() {
        queue.sort_by_key(|&k| std::cmp::Reverse(visits[k].span.from.utc));
    }
    let mut empty = Vec::new();
    for (t, tour) in tours.iter_mut().enumerate() {
        let Some(vehicle) = tour.vehicle else { continue };
        let mut used = vec![false; tour.legs.len()];
        for (site, arrival) in stops(tour) {
            let leaves = |k: &usize| !used[*k] && tour.legs[*k].from == Some(Place::Site(site));
            let departure = match arrival {
                None => Some(0).filter(|_| tour.legs.first().is_some_and(|l| l.from == Some(Place::Site(site)))),
                Some(_) => (0..tour.legs.len()).find(leaves),
            };
            if let Some(k) = departure {
                used[k] = true;
            }
            let last = arrival.map_or(0, |k| k + 1) == tour.legs.len();
            let sleeps = departure.is_none() && last && tour.sleeps == Some(site);
            let queue = waiting.get_mut(&(vehicle, tour.tour.date, site));
            // Who does not open where it slept may, wrongly, come back later: that visit is not the morning's.
            let comes_back = arrival.is_none() && tour.legs.iter().any(|l| l.to == Some(Place::Site(site)));
            let fits = |k: usize| {
                !comes_back || departure.is_none_or(|d| visits[k].span.from.utc <= tour.legs[d].span.from.utc)
            };
            let found = queue.filter(|q| q.last().is_some_and(|&k| fits(k))).and_then(Vec::pop);
            match (found, arrival) {
                (Some(visit), _) => {
                    visits[visit].stop = Some(Call { tour: t, arrival, departure, sleeps });
                    tour.visits.push(visit);
                }
                (None, Some(leg)) => empty.push((t, leg)),
                (None, None) => {}
            }
        }
    }
    empty
}

/// The stops of a tour: where it woke, then the legs that arrive at a site.
fn stops(tour: &TourView) -> Vec<(SiteId, Option<usize>)> {
    let arrivals = tour.legs.iter().enumerate().filter_map(|(k, leg)| match leg.to {
        Some(Place::Site(site)) => Some((site, Some(k))),
        _ => None,
    });
    tour.woke.map(|site| (site, None)).into_iter().chain(arrivals).collect()
}

/// The stays: visits of a vehicle at a site on consecutive tours, joined by nights there. A visit
/// without a stop is a stay by itself.
pub(super) fn stays(tours: &[TourView], visits: &[VisitView]) -> Vec<Vec<usize>> {
    let continued = |k: usize| {
        let tour = &tours[visits[k].stop.filter(|s| s.sleeps)?.tour];
        let next = &tours[tour.next?];
        if !joined(tour, next) {
            return None;
        }
        next.visits.iter().copied().find(|&v| visits[v].woke())
    };
    let after: Vec<Option<usize>> = (0..visits.len()).map(continued).collect();
    let mut first = vec![true; visits.len()];
    for &k in after.iter().flatten() {
        first[k] = false;
    }
    let from = |k: usize| std::iter::successors(Some(k), |&k| after[k]).collect();
    (0..visits.len()).filter(|&k| first[k]).map(from).collect()
}
