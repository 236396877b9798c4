//! From the written promise to the domain.

use super::codes::Code;
use super::communes::Communes;
use super::problem::{Problem, Problems};
use super::raw::{RawPoolSource, RawService};
use super::raw_promise::{RawClock, RawFollowUp, RawMode, RawPromise, RawPromiseMode, RawPromisedTo, RawPromisedWord};
use super::tree::Node;
use crate::domain::{ClockKind, FollowUp, Promise, PromiseMode, PromisedTo, Reach, Scenario};
use std::collections::BTreeSet;

/// Price of a resident who is never answered: a hundred thousand are worth one woman screened who would not have
/// been otherwise. An assumption.
const WEIGHT: f64 = 0.000_01;
/// Fewer hours might pass between two sessions of a visit.
const LEAST_HOURS: u32 = 24;

fn clock(raw: RawClock) -> ClockKind {
    match raw {
        RawClock::Working => ClockKind::Working,
        RawClock::Calendar => ClockKind::Calendar,
    }
}

fn reach(minutes: u32, hours: u32) -> Reach {
    Reach { access: super::lower::whole(minutes), hours }
}

/// The promise of a service; unknown communes are reported.
pub(super) fn promise(raw: &RawPromise, communes: &Communes, node: &Node, problems: &mut Problems) -> Promise {
    let to = match &raw.communes {
        RawPromisedTo::Word(RawPromisedWord::All) => PromisedTo::All,
        RawPromisedTo::Word(RawPromisedWord::Unreached) => PromisedTo::Unreached,
        RawPromisedTo::Codes(codes) => {
            let mut found = BTreeSet::new();
            for (k, code) in codes.iter().enumerate() {
                match communes.by_code(code) {
                    (Some(commune), _) => drop(found.insert(commune)),
                    (None, false) => {}
                    (None, true) => {
                        let problem = Problem::new(
                            Code::UnknownCommune,
                            format!("la commune {code} n'est pas dans le fichier des communes"),
                            format!("commune {code} is not in the communes file"),
                        );
                        problems.push(node.at(&format!("communes/{k}")).place(problem).column("communes"));
                    }
                }
            }
            PromisedTo::Listed(found.into_iter().collect())
        }
    };
    let mode = match raw.mode {
        RawPromiseMode::Report => PromiseMode::Report,
        RawPromiseMode::Soft => PromiseMode::Soft(raw.weight.unwrap_or(WEIGHT)),
        RawPromiseMode::Hard => PromiseMode::Hard,
    };
    if !matches!(mode, PromiseMode::Soft(_)) && raw.weight.is_some() {
        let problem = Problem::new(
            Code::Conflict,
            "`weight` ne va qu'avec `mode = \"soft\"`",
            "`weight` goes with `mode = \"soft\"` only",
        );
        problems.push(node.at("weight").place_at_key(problem).column("weight"));
    }
    if mode != PromiseMode::Report && raw.hours < LEAST_HOURS {
        let problem = Problem::new(
            Code::Promise,
            format!("une promesse qui pèse sur le plan doit laisser au moins {LEAST_HOURS} heures"),
            format!("a promise that binds the plan must leave {LEAST_HOURS} hours at least"),
        );
        problems.push(node.at("hours").place(problem).column("hours"));
    }
    Promise { reach: reach(raw.minutes, raw.hours), clock: clock(raw.clock), mode, to }
}

/// The follow-up of a service: as it is written, or the usual one for screening.
pub(super) fn follow_up(raw: &RawService) -> Option<FollowUp> {
    let screening = raw.pool.as_ref().is_some_and(|pool| pool.of == RawPoolSource::WomenDue);
    let usual = screening.then(RawFollowUp::default);
    raw.follow_up.clone().or(usual).map(|raw| FollowUp {
        reach: reach(raw.minutes, raw.hours),
        clock: clock(raw.clock),
        hard: raw.mode == RawMode::Hard,
        points: raw.points,
    })
}

/// A hard rule of follow-up is about whom a service invites: it needs a pool.
pub(super) fn hard_follow_up(scenario: &Scenario, tree: &Node, problems: &mut Problems) {
    for (k, service) in scenario.services.iter().enumerate() {
        if service.pool.is_none() && service.follow_up.as_ref().is_some_and(|rule| rule.hard) {
            let problem = Problem::new(
                Code::Conflict,
                format!("« {} » n'invite personne : sa suite de soins ne peut pas être `hard`", service.id),
                format!("\"{}\" invites nobody: its follow-up cannot be `hard`", service.id),
            );
            problems.push(tree.at(&format!("service/{k}/follow-up/mode")).place(problem).column("mode"));
        }
    }
}

/// What vehicles must be like where a promise binds the plan.
pub(super) fn bound_vehicles(scenario: &Scenario, tree: &Node, problems: &mut Problems) {
    let grid = scenario.time.grid.0;
    for (k, vehicle) in scenario.vehicles.iter().enumerate() {
        for offer in &vehicle.offers {
            let service = &scenario.services[offer.service.index()];
            if service.promise.mode == PromiseMode::Report {
                continue;
            }
            let (van, id) = (&vehicle.id, &service.id);
            let mut complain = |key: &str, fr: String, en: String| {
                let problem = Problem::new(Code::Promise, fr, en);
                problems.push(tree.at(&format!("vehicle/{k}/{key}")).place(problem).column(key));
            };
            if vehicle.nights.is_some() {
                complain(
                    "overnight",
                    format!(
                        "« {van} » propose « {id} », dont la promesse pèse sur le plan : il ne peut pas dormir dehors"
                    ),
                    format!("\"{van}\" offers \"{id}\", whose promise binds the plan: it cannot spend nights out"),
                );
            }
            let shortest = (vehicle.min_session.0 + grid - 1) / grid * grid;
            if shortest < service.appointment.0 {
                complain(
                    "min-session-minutes",
                    format!("la plus courte séance de « {van} » ne suffit pas à un rendez-vous de « {id} », promis"),
                    format!(
                        "the shortest session of \"{van}\" has no room for an appointment of \"{id}\", which is promised"
                    ),
                );
            }
        }
    }
}
