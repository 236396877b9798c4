//! Rules 1, 5 and 8: bases, shifts, working and driving time, days off.

use crate::check::codes::Rule;
use crate::check::log::{Log, between, hours, length};
use crate::check::view::{Place, TourView, View, on_the_clock};
use crate::domain::VehicleId;
use crate::i18n::Lang;
use crate::plan::Stop;
use chrono::{Datelike, IsoWeek, NaiveDate};
use std::collections::{BTreeMap, HashSet};

/// A tour starts and ends at the base, or at the site where the vehicle slept or sleeps; it visits
/// a site, and does not come by the base in between.
pub(in crate::check) fn base(view: &View, log: &mut Log) {
    let end = |night: &Option<String>| night.clone().map_or(Stop::Base, Stop::Site);
    for tour in &view.tours {
        let stated = tour.tour;
        let calls = tour.legs.iter().filter(|l| matches!(l.to, Some(Place::Site(_)))).count();
        let visits = calls > 0 || view.morning(tour).is_some();
        let ends = match (stated.legs.first(), stated.legs.last()) {
            (Some(first), Some(last)) => first.from == end(&stated.night_before) && last.to == end(&stated.night_after),
            // Without legs the chain is broken, unless the vehicle stays where it is.
            _ if !view.stays_put(tour) => continue,
            _ => true,
        };
        let between = tour.legs.iter().rev().skip(1).any(|l| l.to == Some(Place::Base));
        if ends && visits && !between {
            continue;
        }
        log.add(
            Rule::Base,
            &tour.name,
            "la tournée doit partir de la base (ou du site où le véhicule a dormi), servir au moins un site et ne \
             revenir à la base qu'à la fin (ou finir au site où il dort) ; corrigez ses visites, son premier ou son \
             dernier trajet"
                .into(),
            "the tour must leave the base (or the site where the vehicle slept), serve one site at least and come \
             back to the base only at its end (or end where it sleeps); mend its visits, its first or last leg"
                .into(),
        );
    }
}

/// At most one tour a vehicle and date.
pub(in crate::check) fn one_tour(view: &View, log: &mut Log) {
    let mut seen: HashSet<(&str, NaiveDate)> = HashSet::new();
    for tour in &view.tours {
        if !seen.insert((tour.tour.vehicle.as_str(), tour.tour.date)) {
            log.add(
                Rule::OneTour,
                &tour.name,
                "le véhicule a déjà une tournée ce jour-là ; réunissez-les ou déplacez celle-ci".into(),
                "the vehicle has a tour on that day already; join them or move this one".into(),
            );
        }
    }
}

/// A tour lies inside the vehicle's shift of that weekday.
pub(in crate::check) fn shift(view: &View, log: &mut Log) {
    for tour in &view.tours {
        let Some((vehicle, day)) = tour.vehicle.zip(tour.day) else { continue };
        let Some(shift) = view.scenario.shift(vehicle, day) else { continue };
        if on_the_clock(tour.span.from, shift).is_none_or(|shift| shift.contains(tour.span)) {
            continue;
        }
        let (from, to) = (i64::from(shift.from.0), i64::from(shift.to.0));
        let (tour_hours, shift_hours) = (between(tour.span.from, tour.span.to), hours(from, to));
        log.add(
            Rule::Shift,
            &tour.name,
            format!(
                "la tournée ({}) sort de l'amplitude de service ({}) ; raccourcissez ou décalez ses séances",
                tour_hours.fr, shift_hours.fr
            ),
            format!("the tour ({}) leaves the shift ({}); shorten or move its sessions", tour_hours.en, shift_hours.en),
        );
    }
}

/// No tour on a day off: no shift on that weekday, a date off, a public holiday.
pub(in crate::check) fn day_off(view: &View, log: &mut Log) {
    for tour in &view.tours {
        let Some((vehicle, day)) = tour.vehicle.zip(tour.day) else { continue };
        if view.scenario.shift(vehicle, day).is_some() {
            continue;
        }
        let weekday = tour.tour.date.weekday().num_days_from_monday() as usize;
        let name = &view.vehicle(vehicle).name;
        log.add(
            Rule::DayOff,
            &tour.name,
            format!(
                "{name} ne sort pas le {} {} ; choisissez un autre jour",
                Lang::Fr.weekday(weekday),
                tour.tour.date
            ),
            format!("{name} is off on {} {}; choose another day", Lang::En.weekday(weekday), tour.tour.date),
        );
    }
}

/// Working time of a tour, seconds: `end − start − break`; a break counts up to its due length.
fn working(view: &View, tour: &TourView) -> i64 {
    let due = i64::from(view.scenario.time.break_length.0).max(0);
    tour.span.length() - tour.pause.map_or(0, |p| p.length().clamp(0, due))
}

/// Working time of a tour keeps to `work_per_day`.
pub(in crate::check) fn working_day(view: &View, log: &mut Log) {
    let limit = i64::from(view.scenario.limits.work_per_day.0);
    for tour in view.tours.iter().filter(|t| working(view, t) > limit) {
        let (is, limit) = (length(working(view, tour)), length(limit));
        log.add(
            Rule::WorkingDay,
            &tour.name,
            format!("{is} de travail pour {limit} permises par jour ; raccourcissez la tournée"),
            format!("{is} of work where a day allows {limit}; shorten the tour"),
        );
    }
}

/// Working time of a vehicle in an ISO week keeps to `work_per_week`.
pub(in crate::check) fn working_week(view: &View, log: &mut Log) {
    let limit = i64::from(view.scenario.limits.work_per_week.0);
    let mut weeks: BTreeMap<(VehicleId, IsoWeek), i64> = BTreeMap::new();
    for tour in view.tours.iter().filter(|t| t.day.is_some()) {
        let Some(vehicle) = tour.vehicle else { continue };
        let sum = weeks.entry((vehicle, tour.tour.date.iso_week())).or_default();
        *sum = sum.saturating_add(working(view, tour));
    }
    for ((vehicle, week), seconds) in weeks.into_iter().filter(|(_, s)| *s > limit) {
        let (is, limit) = (length(seconds), length(limit));
        log.add(
            Rule::WorkingWeek,
            &view.vehicle(vehicle).id,
            format!("semaine {week:?} : {is} de travail pour {limit} permises ; retirez ou raccourcissez une tournée"),
            format!("week {week:?}: {is} of work where {limit} are allowed; drop or shorten a tour"),
        );
    }
}

/// Driving of a tour keeps to `driving_per_day`.
pub(in crate::check) fn driving_day(view: &View, log: &mut Log) {
    let limit = i64::from(view.scenario.limits.driving_per_day.0);
    for tour in &view.tours {
        let driving = i64::try_from(tour.driving()).unwrap_or(i64::MAX);
        if driving <= limit {
            continue;
        }
        let (is, limit) = (length(driving), length(limit));
        log.add(
            Rule::DrivingDay,
            &tour.name,
            format!("{is} de conduite pour {limit} permises par jour ; choisissez des sites plus proches"),
            format!("{is} of driving where a day allows {limit}; choose closer sites"),
        );
    }
}
