//! From the written fleet to the domain's vehicles.

use super::cells;
use super::codes::Code;
use super::communes::Communes;
use super::lower::{spans, whole};
use super::lower_crew::crew_ids;
use super::problem::{Problem, Problems};
use super::raw_fleet::{RawNeed, RawOvernight, RawVehicle, RawWeekday};
use super::tree::Node;
use crate::domain::{
    ClosedDates, CommuneId, Crew, Nights, Offer, Service, ServiceId, SiteNeeds, TimeRules, UnitCosts, Vehicle,
    Weekdays, Window,
};
use crate::i18n::nearest;
use std::sync::Arc;

/// What a vehicle is checked against.
pub(super) struct Known<'a> {
    pub services: &'a [Service],
    pub crews: &'a [Crew],
    pub time: &'a TimeRules,
    pub communes: &'a Communes,
}

/// One vehicle, checked against the services, the crews, the hours and the communes.
pub(super) fn vehicle(raw: &RawVehicle, node: &Node, known: &Known, problems: &mut Problems) -> Vehicle {
    if raw.min_session_minutes > raw.max_session_minutes {
        let (least, most) = (raw.min_session_minutes, raw.max_session_minutes);
        let problem = Problem::new(
            Code::SessionLength,
            format!("la plus courte séance ({least} min) dépasse la plus longue ({most} min)"),
            format!("the shortest session ({least} min) exceeds the longest ({most} min)"),
        );
        problems.push(node.at("min-session-minutes").place(problem));
    }
    let (base, complain) = known.communes.by_code(&raw.base);
    if complain {
        let problem = Problem::new(
            Code::UnknownBase,
            format!("la commune {} n'est pas dans le fichier des communes", raw.base),
            format!("commune {} is not in the communes file", raw.base),
        );
        problems.push(node.at("base").place(problem).column("base"));
    }
    let offers = offers(raw, node, known.services, problems);
    let vehicle = Vehicle {
        id: raw.id.clone(),
        name: raw.name.clone().unwrap_or_else(|| raw.id.clone()),
        kind: raw.kind.clone(),
        // A base that is not known has been told; the rest is checked all the same.
        base: base.unwrap_or(CommuneId(0)),
        travel_factor: raw.travel_factor,
        set_up: whole(raw.set_up_minutes),
        pack_down: whole(raw.pack_down_minutes),
        min_session: whole(raw.min_session_minutes),
        max_session: whole(raw.max_session_minutes),
        max_visits_per_day: raw.max_visits_per_day,
        spacing_weeks: raw.spacing_weeks,
        max_stays_per_site: raw.max_stays_per_site,
        nights: nights(raw, node, problems),
        quality_control: whole(raw.quality_control_minutes),
        crew: crew_ids(&raw.crew, known.crews, node, problems),
        shifts: shifts(raw, node, problems),
        works_public_holidays: raw.works_public_holidays,
        days_off: days_off(raw, node, problems),
        offers,
        needs: SiteNeeds {
            power: raw.needs.contains(&RawNeed::Power),
            level_ground: raw.needs.contains(&RawNeed::LevelGround),
            ramp_access: raw.needs.contains(&RawNeed::RampAccess),
            network: raw.needs.contains(&RawNeed::Network),
        },
        costs: raw.costs.as_ref().map(UnitCosts::from),
    };
    check_shifts(&vehicle, node, known.time, problems);
    vehicle
}

/// Nights away from the base. What says how many goes only with `overnight = "site"`, unless an
/// overlay has turned nights off.
fn nights(raw: &RawVehicle, node: &Node, problems: &mut Problems) -> Option<Nights> {
    if raw.overnight == RawOvernight::Site {
        return Some(Nights { in_a_row: raw.nights_away, across_days_off: raw.nights_across_days_off });
    }
    for key in ["nights-away", "nights-across-days-off"] {
        let Some(given) = node.child(key) else { continue };
        if node.child("overnight").is_some_and(|o| !Arc::ptr_eq(&o.source, &given.source)) {
            continue;
        }
        let problem = Problem::new(
            Code::Conflict,
            format!("`{key}` ne va qu'avec `overnight = \"site\"` : « {} » dort à sa base", raw.id),
            format!("`{key}` goes only with `overnight = \"site\"`: \"{}\" sleeps at its base", raw.id),
        )
        .help(
            format!("écrire `overnight = \"site\"`, ou retirer `{key}`"),
            format!("write `overnight = \"site\"`, or take `{key}` out"),
        );
        problems.push(given.place_at_key(problem).column(key));
    }
    None
}

/// Two stays of one kind of vehicle at a site are spaced alike, whichever vehicle makes them.
pub(super) fn one_spacing_a_kind(vehicles: &[RawVehicle], tree: &Node, problems: &mut Problems) {
    for (k, own) in vehicles.iter().enumerate() {
        let Some(first) = vehicles[..k].iter().find(|v| v.kind == own.kind) else { continue };
        if first.spacing_weeks == own.spacing_weeks {
            continue;
        }
        let (kind, here, there) = (&own.kind, own.spacing_weeks, first.spacing_weeks);
        let problem = Problem::new(
            Code::KindSpacing,
            format!(
                "« {} » revient au même emplacement après {here} semaines, « {} », du même genre ({kind}), après {there}",
                own.id, first.id
            ),
            format!(
                "\"{}\" returns to a site after {here} weeks, \"{}\", of the same kind ({kind}), after {there}",
                own.id, first.id
            ),
        )
        .help(
            format!("donner à tous les véhicules de genre « {kind} » le même `spacing-weeks` (12 si la clé manque)"),
            format!("give all vehicles of kind \"{kind}\" the same `spacing-weeks` (12 where the key is missing)"),
        );
        problems.push(tree.at(&format!("vehicle/{k}/spacing-weeks")).place(problem).column("spacing-weeks"));
    }
}

fn offers(raw: &RawVehicle, node: &Node, services: &[Service], problems: &mut Problems) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for (k, offer) in raw.services.iter().enumerate() {
        let at = node.at(&format!("services/{k}/id"));
        let Some(found) = services.iter().position(|s| s.id == offer.id).map(ServiceId::new) else {
            let id = &offer.id;
            let mut problem = Problem::new(
                Code::UnknownService,
                format!("le service « {id} » n'est pas défini"),
                format!("the service \"{id}\" is not defined"),
            );
            if let Some(near) = nearest(id, services.iter().map(|s| &*s.id)) {
                problem = problem.help(format!("vouliez-vous dire « {near} » ?"), format!("did you mean \"{near}\"?"));
            }
            problems.push(at.place(problem).column("id"));
            continue;
        };
        if offers.iter().any(|o| o.service == found) {
            let problem = Problem::new(
                Code::DuplicateId,
                format!("le service « {} » est déjà dans ce véhicule", offer.id),
                format!("the service \"{}\" is aboard this vehicle already", offer.id),
            );
            problems.push(at.place(problem).column("id"));
            continue;
        }
        let weekdays = offer.weekdays.as_deref().map_or(Weekdays::ALL, set_of);
        offers.push(Offer { service: found, lanes: offer.lanes, weekdays });
    }
    offers
}

pub(super) fn set_of(days: &[RawWeekday]) -> Weekdays {
    Weekdays(days.iter().fold(0, |set, day| set | 1 << *day as u8))
}

fn shifts(raw: &RawVehicle, node: &Node, problems: &mut Problems) -> [Option<Window>; 7] {
    if let Some(shifts) = &raw.shifts {
        for (key, given) in [("shift", raw.shift.is_some()), ("weekdays", raw.weekdays.is_some())] {
            if given {
                let problem = Problem::new(
                    Code::Conflict,
                    format!("`{key}` et `shifts` ne vont pas ensemble"),
                    format!("`{key}` and `shifts` do not go together"),
                );
                problems.push(node.at(key).place_at_key(problem).column(key));
            }
        }
        let week = [
            ("mon", &shifts.mon),
            ("tue", &shifts.tue),
            ("wed", &shifts.wed),
            ("thu", &shifts.thu),
            ("fri", &shifts.fri),
            ("sat", &shifts.sat),
            ("sun", &shifts.sun),
        ];
        return week.map(|(day, text)| {
            let text = text.as_ref()?;
            spans(std::slice::from_ref(text), node.at(&format!("shifts/{day}")), day, problems).pop()
        });
    }
    let text = raw.shift.clone().unwrap_or_else(|| "07:30-17:45".into());
    let shift = spans(&[text], node.at("shift"), "shift", problems).pop();
    let days = raw.weekdays.as_deref().map_or(Weekdays(0b1_1111), set_of);
    std::array::from_fn(|day| shift.filter(|_| days.0 >> day & 1 == 1))
}

fn days_off(raw: &RawVehicle, node: &Node, problems: &mut Problems) -> ClosedDates {
    let mut closed = ClosedDates::default();
    for (k, text) in raw.days_off.iter().enumerate() {
        match cells::period(text) {
            Ok(period) => closed.0.push(period),
            Err((_, why)) => {
                let problem = Problem::new(Code::Format, why.fr, why.en);
                problems.push(node.at(&format!("days-off/{k}")).place(problem).column("days-off"));
            }
        }
    }
    closed.0.sort_unstable();
    closed
}

/// A shift must hold set-up, the shortest session and pack-down, and should meet public hours.
fn check_shifts(v: &Vehicle, node: &Node, time: &TimeRules, problems: &mut Problems) {
    let needed = v.set_up + v.min_session + v.pack_down;
    let mut told = false;
    for (day, shift) in v.shifts.iter().enumerate() {
        let Some(shift) = shift else { continue };
        let at = || {
            let own = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][day];
            match (node.child("shifts"), node.child("shift")) {
                (Some(all), _) => all.child(own).unwrap_or(all).clone(),
                (None, Some(one)) => one.clone(),
                (None, None) => node.clone(),
            }
        };
        if shift.length() < needed {
            if !told || node.child("shifts").is_some() {
                let (has, wants) = (shift.length().0 / 60, needed.0 / 60);
                let problem = Problem::new(
                    Code::ShiftTooShort,
                    format!(
                        "« {} » est de service {has} minutes ; installation, plus courte séance et repli en demandent {wants}",
                        v.id
                    ),
                    format!(
                        "\"{}\" is on duty for {has} minutes; set-up, shortest session and pack-down take {wants}",
                        v.id
                    ),
                );
                problems.push(at().place(problem).column("shift"));
            }
            told = true;
            continue;
        }
        let (first, last) = (shift.from + v.set_up, shift.to - v.pack_down);
        let hours = if day < 5 { &time.public_hours } else { &time.weekend_hours };
        if !hours.iter().any(|w| w.to.min(last) - w.from.max(first) >= v.min_session) {
            let (fr, en) = (crate::i18n::Lang::Fr.weekday(day), crate::i18n::Lang::En.weekday(day));
            let problem = Problem::new(
                Code::NoSession,
                format!("« {} » travaille le {fr} mais ne peut y ouvrir aucune séance", v.id),
                format!("\"{}\" works on {en} but cannot open any session then", v.id),
            );
            problems.push(at().place(problem).column("shift"));
        }
    }
}
