//! Rule 1: nights out.

use crate::check::codes::Rule;
use crate::check::log::{Log, length};
use crate::check::stays::joined;
use crate::check::view::{TourView, View};
use crate::domain::{DayId, Nights, SiteId, Vehicle, VehicleId};
use chrono::NaiveDate;

/// Nights out are of a vehicle that may spend them, far enough from its base; the next tour goes
/// on from there on the next day, or after days off where the vehicle may stay over them; no more
/// in a row than allowed. The vehicle starts the horizon at its base and ends it there.
pub(in crate::check) fn nights(view: &View, log: &mut Log) {
    for tour in &view.tours {
        let Some(id) = tour.vehicle.filter(|_| tour.day.is_some()) else { continue };
        let vehicle = view.vehicle(id);
        starts(view, tour, log);
        let Some(site) = tour.sleeps else { continue };
        let Some(rule) = vehicle.nights else {
            let name = &vehicle.name;
            log.add(
                Rule::Nights,
                &tour.name,
                format!("{name} ne passe pas de nuit hors de sa base ; finissez la tournée à la base"),
                format!("{name} spends no night away from its base; end the tour there"),
            );
            continue;
        };
        far_enough(view, tour, vehicle, site, log);
        goes_on(view, tour, id, (site, rule), log);
        in_a_row(view, tour, rule, log);
    }
}

/// A tour that starts at a site follows one that ended there; one that ends elsewhere than where
/// the next one starts is told by [`goes_on`].
fn starts(view: &View, tour: &TourView, log: &mut Log) {
    let before = tour.before.map(|k| &view.tours[k]);
    let Some(site) = tour.woke.filter(|_| before.is_none_or(|b| b.tour.night_after.is_none())) else { return };
    let site = &view.scenario.sites[site.index()].id;
    log.add(
        Rule::Nights,
        &tour.name,
        format!("la tournée part de {site}, où le véhicule n'a pas dormi ; faites-la partir de la base"),
        format!("the tour starts at {site}, where the vehicle did not sleep; let it start at the base"),
    );
}

fn far_enough(view: &View, tour: &TourView, vehicle: &Vehicle, site: SiteId, log: &mut Log) {
    let place = &view.scenario.sites[site.index()];
    let Some(trip) = view.travel.vehicle(vehicle, place.position, vehicle.base) else { return };
    let least = view.scenario.limits.night_min_drive;
    if trip.seconds >= least {
        return;
    }
    let (is, least) = (length(i64::from(trip.seconds.0)), length(i64::from(least.0)));
    log.add(
        Rule::Nights,
        &tour.name,
        format!("{} est à {is} de la base, on n'y dort qu'à partir de {least} ; rentrez à la base", place.id),
        format!("{} is {is} from the base, where nights need {least} at least; return to the base", place.id),
    );
}

fn goes_on(view: &View, tour: &TourView, id: VehicleId, (site, rule): (SiteId, Nights), log: &mut Log) {
    let site = &view.scenario.sites[site.index()].id;
    let mut add = |fr: String, en: String| log.add(Rule::Nights, &tour.name, fr, en);
    let Some(next) = tour.next.map(|k| &view.tours[k]) else {
        add(
            format!("la dernière tournée finit à {site} ; ramenez le véhicule à sa base"),
            format!("the last tour ends at {site}; bring the vehicle back to its base"),
        );
        return;
    };
    let (from, to) = (tour.tour.date, next.tour.date);
    if !joined(tour, next) {
        add(
            format!("le véhicule dort à {site}, mais la tournée du {to} part d'ailleurs ; faites-la partir de là"),
            format!("the vehicle sleeps at {site}, but the tour of {to} starts elsewhere; let it start there"),
        );
    }
    let between = from.iter_days().skip(1).take_while(|d| *d < to);
    match between.clone().find(|d| works(view, id, *d)) {
        Some(date) => add(
            format!(
                "le véhicule reste à {site} le {date}, jour travaillé, sans tournée ; servez-y un site ou rentrez avant"
            ),
            format!(
                "the vehicle stays at {site} on {date}, a working day, without a tour; serve a site or return before"
            ),
        ),
        None if between.count() > 0 && !rule.across_days_off => add(
            format!("le véhicule reste à {site} pendant des jours d'arrêt, jusqu'au {to} ; rentrez à la base avant"),
            format!("the vehicle stays at {site} over days off, until {to}; return to the base before"),
        ),
        None => {}
    }
}

fn works(view: &View, vehicle: VehicleId, date: NaiveDate) -> bool {
    let day: Option<DayId> = view.scenario.horizon.day(date);
    day.is_some_and(|day| view.scenario.shift(vehicle, day).is_some())
}

/// Told once a rotation, at the tour after which there are too many.
fn in_a_row(view: &View, tour: &TourView, rule: Nights, log: &mut Log) {
    let mut before = 0_u32;
    let mut at = tour;
    while let Some(earlier) = at.before.map(|k| &view.tours[k]).filter(|e| joined(e, at)) {
        before = before.saturating_add(earlier.nights);
        at = earlier;
    }
    let (all, most) = (before.saturating_add(tour.nights), rule.in_a_row);
    if before <= most && all > most {
        log.add(
            Rule::Nights,
            &tour.name,
            format!("{all} nuits de suite hors de la base pour {most} permises ; rentrez plus tôt"),
            format!("{all} nights in a row away from the base where {most} are allowed; return earlier"),
        );
    }
}
