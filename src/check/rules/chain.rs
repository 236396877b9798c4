//! Legs: how they follow on from each other, and what the travel table says of them.

use crate::check::codes::Rule;
use crate::check::log::{Log, clock, length};
use crate::check::view::{Moment, View};
use crate::plan::Stop;

fn name(stop: &Stop) -> (String, String) {
    match stop {
        Stop::Base => ("la base".into(), "the base".into()),
        Stop::Site(id) => (id.clone(), id.clone()),
    }
}

/// A tour has legs; each starts where and not before the one before it ended; the tour starts
/// and ends with them; a visit lasts from its leg's arrival to the next one's departure.
pub(in crate::check) fn chain(view: &View, log: &mut Log) {
    for tour in &view.tours {
        let legs = &tour.tour.legs;
        let Some((first, last)) = tour.legs.first().zip(tour.legs.last()) else {
            log.add(
                Rule::Chain,
                &tour.name,
                "la tournée n'a aucun trajet ; ajoutez-les ou retirez-la".into(),
                "the tour has no leg; add them or take it out".into(),
            );
            continue;
        };
        same(log, &tour.name, ("le départ de la tournée", "the start of the tour"), tour.span.from, first.span.from);
        same(log, &tour.name, ("le retour de la tournée", "the end of the tour"), tour.span.to, last.span.to);
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
        let Some((tour, arrival, departure)) = visit.stop else { continue };
        let legs = &view.tours[tour].legs;
        let id = &visit.visit.id;
        same(log, id, ("l'arrivée de la visite", "the arrival of the visit"), visit.span.from, legs[arrival].span.to);
        match departure {
            Some(k) => {
                let leaves = legs[k].span.from;
                same(log, id, ("le départ de la visite", "the departure of the visit"), visit.span.to, leaves);
            }
            None => log.add(
                Rule::Chain,
                id,
                "aucun trajet ne repart du site ; ajoutez-le à la tournée".into(),
                "no leg leaves the site; add it to the tour".into(),
            ),
        }
    }
}

fn same(log: &mut Log, at: &str, what: (&str, &str), stated: Moment, leg: Moment) {
    if stated.utc != leg.utc {
        let (s, l) = (clock(stated.local), clock(leg.local));
        log.add(
            Rule::Chain,
            at,
            format!("{} ({}) n'est pas l'heure de son trajet ({}) ; accordez-les", what.0, s.fr, l.fr),
            format!("{} ({}) is not the time of its leg ({}); make them agree", what.1, s.en, l.en),
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
