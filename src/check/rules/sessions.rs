//! Rules 2, 3 and 6: public hours, set-up and pack-down, sessions and visits of a day.

use crate::check::codes::Rule;
use crate::check::log::{Log, between, clock, hours, length};
use crate::check::view::{Place, View, on_the_clock};
use crate::domain::SiteId;
use std::collections::BTreeMap;

/// Every session lies inside one of the public hours of its day.
pub(in crate::check) fn public_hours(view: &View, log: &mut Log) {
    for visit in &view.visits {
        let Some(day) = visit.day else { continue };
        let open = view.scenario.public_hours(day);
        for session in &visit.sessions {
            let inside = |window| on_the_clock(session.from, window).is_none_or(|open| open.contains(*session));
            if open.iter().copied().any(inside) {
                continue;
            }
            let stated = between(session.from, session.to);
            let all: Vec<_> = open.iter().map(|w| hours(i64::from(w.from.0), i64::from(w.to.0))).collect();
            let fr: Vec<&str> = all.iter().map(|t| t.fr.as_str()).collect();
            let en: Vec<&str> = all.iter().map(|t| t.en.as_str()).collect();
            log.add(
                Rule::PublicHours,
                &visit.visit.id,
                format!(
                    "la séance {} n'est pas dans les heures d'ouverture ({}) ; déplacez-la ou coupez-la",
                    stated.fr,
                    if fr.is_empty() { "fermé".into() } else { fr.join(", ") }
                ),
                format!(
                    "the session {} is not inside the public hours ({}); move it or cut it in two",
                    stated.en,
                    if en.is_empty() { "closed".into() } else { en.join(", ") }
                ),
            );
        }
    }
}

/// The first session opens no sooner than arrival plus set-up, which a vehicle that slept there
/// has kept. Whether the break leaves that time unbroken is rule 4.
pub(in crate::check) fn set_up(view: &View, log: &mut Log) {
    for visit in &view.visits {
        let Some((due, first)) = view.set_up(visit).zip(visit.sessions.first()) else { continue };
        let room = first.from.utc - visit.span.from.utc;
        if room < due {
            let (at, open) = (clock(visit.span.from.local), clock(first.from.local));
            let (room, due) = (length(room), length(due));
            log.add(
                Rule::SetUp,
                &visit.visit.id,
                format!(
                    "arrivée à {}, ouverture à {} : {room} pour {due} d'installation ; ouvrez plus tard ou arrivez plus tôt",
                    at.fr, open.fr
                ),
                format!(
                    "arrival at {}, opening at {}: {room} where set-up takes {due}; open later or arrive earlier",
                    at.en, open.en
                ),
            );
        }
    }
}

/// The vehicle leaves no sooner than the last closing plus pack-down, or the start of its day plus
/// pack-down where it slept and does not open; one that stays does not pack down.
pub(in crate::check) fn pack_down(view: &View, log: &mut Log) {
    for tour in &view.tours {
        let Some((span, due)) = view.morning_pack_down(tour) else { continue };
        if span.length() < due {
            let (at, room, due) = (clock(span.to.local), length(span.length()), length(due));
            log.add(
                Rule::PackDown,
                &tour.name,
                format!("départ à {} du site où le véhicule a dormi : {room} pour {due} de repli ; commencez plus tôt ou partez plus tard", at.fr),
                format!("departure at {} from where the vehicle slept: {room} where pack-down takes {due}; begin earlier or leave later", at.en),
            );
        }
    }
    for visit in &view.visits {
        let Some((due, last)) = view.pack_down(visit).zip(visit.sessions.last()) else { continue };
        let room = visit.span.to.utc - last.to.utc;
        if room < due {
            let (close, at) = (clock(last.to.local), clock(visit.span.to.local));
            let (room, due) = (length(room), length(due));
            log.add(
                Rule::PackDown,
                &visit.visit.id,
                format!(
                    "fermeture à {}, départ à {} : {room} pour {due} de repli ; fermez plus tôt ou partez plus tard",
                    close.fr, at.fr
                ),
                format!(
                    "closing at {}, departure at {}: {room} where pack-down takes {due}; close earlier or leave later",
                    close.en, at.en
                ),
            );
        }
    }
}

/// A visit has sessions, each between the vehicle's shortest and longest.
pub(in crate::check) fn session_length(view: &View, log: &mut Log) {
    for visit in &view.visits {
        if visit.sessions.is_empty() {
            log.add(
                Rule::SessionLength,
                &visit.visit.id,
                "la visite n'a aucune séance ; ajoutez-en une ou retirez la visite".into(),
                "the visit has no session; add one or take the visit out".into(),
            );
        }
        let Some(vehicle) = visit.vehicle.map(|v| view.vehicle(v)) else { continue };
        let (min, max) = (i64::from(vehicle.min_session.0), i64::from(vehicle.max_session.0));
        for session in visit.sessions.iter().filter(|s| !(min..=max).contains(&s.length())) {
            let stated = between(session.from, session.to);
            let (is, min, max) = (length(session.length()), length(min), length(max));
            log.add(
                Rule::SessionLength,
                &visit.visit.id,
                format!("la séance {} dure {is}, hors de {min} à {max} ; allongez-la ou raccourcissez-la", stated.fr),
                format!("the session {} lasts {is}, outside {min} to {max}; lengthen or shorten it", stated.en),
            );
        }
    }
}

/// Sessions of a visit are in order and at least one grid step apart.
pub(in crate::check) fn session_gap(view: &View, log: &mut Log) {
    let step = i64::from(view.scenario.time.grid.0);
    for visit in &view.visits {
        for pair in visit.sessions.windows(2) {
            let gap = pair[1].from.utc - pair[0].to.utc;
            if gap < step {
                let (close, open) = (clock(pair[0].to.local), clock(pair[1].from.local));
                let (gap, step) = (length(gap), length(step));
                log.add(
                    Rule::SessionGap,
                    &visit.visit.id,
                    format!(
                        "une séance ferme à {}, la suivante ouvre à {} : {gap} au lieu d'au moins {step} ; \
                         écartez-les ou réunissez-les",
                        close.fr, open.fr
                    ),
                    format!(
                        "one session closes at {}, the next opens at {}: {gap} where {step} at least are due; \
                         part them or join them",
                        close.en, open.en
                    ),
                );
            }
        }
    }
}

/// No more visits in a tour than `max_visits_per_day`.
pub(in crate::check) fn visits_per_day(view: &View, log: &mut Log) {
    for tour in &view.tours {
        let Some(vehicle) = tour.vehicle.map(|v| view.vehicle(v)) else { continue };
        let (visits, limit) = (tour.visits.len(), vehicle.max_visits_per_day);
        if u32::try_from(visits).unwrap_or(u32::MAX) > limit {
            log.add(
                Rule::VisitsPerDay,
                &tour.name,
                format!("{visits} visites pour {limit} permises par jour ; déplacez-en à un autre jour"),
                format!("{visits} visits where {limit} a day are allowed; move some to another day"),
            );
        }
    }
}

/// No site twice in one tour; one where the vehicle woke counts as called at.
pub(in crate::check) fn once_a_day(view: &View, log: &mut Log) {
    for tour in &view.tours {
        let mut calls: BTreeMap<SiteId, usize> = BTreeMap::new();
        for leg in &tour.legs {
            if let Some(Place::Site(site)) = leg.to {
                *calls.entry(site).or_default() += 1;
            }
        }
        if let Some(site) = tour.woke {
            *calls.entry(site).or_default() += 1;
        }
        for (site, count) in calls.into_iter().filter(|(_, count)| *count > 1) {
            let site = &view.scenario.sites[site.index()].id;
            log.add(
                Rule::Return,
                &tour.name,
                format!("{count} passages à {site} le même jour ; restez sur place ou retirez un passage"),
                format!("{count} calls at {site} in one day; stay there or drop a call"),
            );
        }
    }
}
