//! Legs: how they follow on from each other, and what the travel table says of them.

use crate::check::codes::Rule;
use crate::check::log::{Log, clock, length};
use crate::check::view::{Moment, TourView, View};
use crate::plan::Stop;

fn name(stop: &Stop) -> (String, String) {
    match stop {
        Stop::Base => ("la base".into(), "the base".into()),
        Stop::Site(id) => (id.clone(), id.clone()),
    }
}

/// A tour has legs, unless the vehicle sleeps where it woke; each starts where and not before the
/// one before it ended; the tour starts and ends with them, or with its first and last duty where
/// the vehicle slept and sleeps; a visit lasts from its leg's arrival (or the start of the tour)
/// to the next one's departure (or the end of the tour).
pub(in crate::check) fn chain(view: &View, log: &mut Log) {
    for tour in &view.tours {
        let legs = &tour.tour.legs;
        ends(view, tour, log);
        if legs.is_empty() && !view.stays_put(tour) {
            log.add(
                Rule::Chain,
                &tour.name,
                "la tournée n'a aucun trajet ; ajoutez-les ou retirez-la".into(),
                "the tour has no leg; add them or take it out".into(),
            );
        }
        for (k, pair) in legs.windows(2).enumerate() {
            if pair[0].to != pair[1].from {
                let ((to_fr, to_en), (from_fr, from_en)) = (name(&pair[0].to), name(&pair[1].from));
                log.add(
                    Rule::Chain,
                    &tour.name,
                    format!("le trajet {} arrive à {to_fr}, le suivant part de {from_fr} ; remettez les trajets dans l'ordre", k + 1),
                    format!("leg {} arrives at {to_en}, the next one leaves {from_en}; put the legs in order", k + 1),
                );
            }
            let (arrives, leaves) = (tour.legs[k].span.to, tour.legs[k + 1].span.from);
            if leaves.utc < arrives.utc {
                let (a, l) = (clock(arrives.local), clock(leaves.local));
                log.add(
                    Rule::Chain,
                    &tour.name,
                    format!(
                        "le trajet {} part à {}, avant l'arrivée du précédent à {} ; corrigez les heures",
                        k + 2,
                        l.fr,
                        a.fr
                    ),
                    format!(
                        "leg {} leaves at {}, before the one before it arrives at {}; mend the times",
                        k + 2,
                        l.en,
                        a.en
                    ),
                );
            }
        }
    }
    for visit in &view.visits {
        let Some(stop) = visit.stop else { continue };
        let tour = &view.tours[stop.tour];
        let id = &visit.visit.id;
        let arrival = ("l'arrivée de la visite", "the arrival of the visit");
        match stop.arrival {
            Some(k) => same(log, id, arrival, visit.span.from, (LEG, tour.legs[k].span.to)),
            None => same(log, id, arrival, visit.span.from, (START, tour.span.from)),
        }
        let departure = ("le départ de la visite", "the departure of the visit");
        match stop.departure {
            Some(k) => same(log, id, departure, visit.span.to, (LEG, tour.legs[k].span.from)),
            None if stop.sleeps => same(log, id, departure, visit.span.to, (END, tour.span.to)),
            None => log.add(
                Rule::Chain,
                id,
                "aucun trajet ne repart du site ; ajoutez-le à la tournée".into(),
                "no leg leaves the site; add it to the tour".into(),
            ),
        }
    }
}

/// The start and the end of a tour: with its legs at the base; else with its first duty where the
/// vehicle slept (rule 3 sees to a pack-down there), and its last session where it sleeps.
fn ends(view: &View, tour: &TourView, log: &mut Log) {
    let visits = || tour.visits.iter().map(|&k| &view.visits[k]);
    let start = match tour.tour.night_before {
        None => tour.legs.first().map(|l| (LEG, l.span.from)),
        Some(_) => view.morning(tour).and_then(|v| {
            let opens = v.sessions.first()?.from;
            let control = tour.quality_control.map(|c| c.from).filter(|c| c.utc < opens.utc);
            Some((DUTY, control.unwrap_or(opens)))
        }),
    };
    let end = match tour.tour.night_after {
        None => tour.legs.last().map(|l| (LEG, l.span.to)),
        Some(_) => visits().find(|v| v.sleeps()).and_then(|v| Some((SESSION, v.sessions.last()?.to))),
    };
    if let Some(due) = start {
        same(log, &tour.name, ("le départ de la tournée", "the start of the tour"), tour.span.from, due);
    }
    if let Some(due) = end {
        same(log, &tour.name, ("la fin de la tournée", "the end of the tour"), tour.span.to, due);
    }
}

/// What the time of a tour or a visit must agree with, in both languages.
type Against = (&'static str, &'static str);
const LEG: Against = ("de son trajet", "of its leg");
const START: Against = ("du début de la tournée", "of the start of the tour");
const END: Against = ("de la fin de la tournée", "of the end of the tour");
const DUTY: Against = ("de son premier service", "of its first duty");
const SESSION: Against = ("de la fin de sa dernière séance", "of the end of its last session");

fn same(log: &mut Log, at: &str, what: (&str, &str), stated: Moment, (against, due): (Against, Moment)) {
    if stated.utc != due.utc {
        let (s, d) = (clock(stated.local), clock(due.local));
        log.add(
            Rule::Chain,
            at,
            format!("{} ({}) n'est pas l'heure {} ({}) ; accordez-les", what.0, s.fr, against.0, d.fr),
            format!("{} ({}) is not the time {} ({}); make them agree", what.1, s.en, against.1, d.en),
        );
    }
}

/// `seconds` and `metres` of a leg are the travel table's for the vehicle, and
/// `arrive − depart` is `seconds`.
pub(in crate::check) fn travel(view: &View, log: &mut Log) {
    for tour in &view.tours {
        for (leg, stated) in tour.legs.iter().zip(&tour.tour.legs) {
            let ((from_fr, from_en), (to_fr, to_en)) = (name(&stated.from), name(&stated.to));
            let mut add = |fr: String, en: String| {
                log.add(
                    Rule::Travel,
                    &tour.name,
                    format!("de {from_fr} à {to_fr} : {fr}"),
                    format!("from {from_en} to {to_en}: {en}"),
                );
            };
            let says = i64::from(stated.seconds);
            let takes = leg.span.to.utc - leg.span.from.utc;
            if takes != says {
                let (takes, says) = (length(takes), length(says));
                add(
                    format!("{takes} entre départ et arrivée, mais {says} annoncées ; accordez-les"),
                    format!("{takes} from departure to arrival, but {says} stated; make them agree"),
                );
            }
            let Some(trip) = leg.trip else {
                if tour.vehicle.is_some() && leg.from.is_some() && leg.to.is_some() {
                    add(
                        "aucune route dans la table des trajets ; choisissez un autre site".into(),
                        "no road in the travel table; choose another site".into(),
                    );
                }
                continue;
            };
            let (due, metres) = (i64::from(trip.seconds.0), trip.metres.0);
            if says != due {
                let (says, due) = (length(says), length(due));
                add(
                    format!("{says} annoncées, {due} dans la table des trajets ; corrigez la durée"),
                    format!("{says} stated, {due} in the travel table; mend the time"),
                );
            }
            if stated.metres != metres {
                let is = stated.metres;
                add(
                    format!("{is} m annoncés, {metres} m dans la table des trajets ; corrigez la longueur"),
                    format!("{is} m stated, {metres} m in the travel table; mend the length"),
                );
            }
        }
    }
}
