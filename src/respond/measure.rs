//! Indicator B of a plan: how many requests get an appointment, place by place.

use super::{Options, respond};
use crate::domain::{ClockKind, CommuneId, Request, Scenario};
use crate::i18n::Text;
use crate::plan::Plan;
use crate::promise::{Level, PromiseAnswer, RequestCounts};
use crate::travel::Table;
use std::collections::{BTreeMap, BTreeSet};

/// Answers requests on each clock of an answer, by the vehicles alone and with the fixed points (`point_lanes`
/// appointments at a time in each, an assumption), and notes how many get one, place by place. Those from communes
/// out of scope take their appointments, and are not counted.
pub fn measure(
    scenario: &Scenario,
    travel: &Table,
    plan: &Plan,
    requests: &[Request],
    point_lanes: u32,
    answer: &mut PromiseAnswer,
) {
    let clocks: BTreeSet<ClockKind> = answer.rolling.iter().map(|of| of.clock).collect();
    for clock in clocks {
        let mut on_clock = scenario.clone();
        on_clock.services.iter_mut().for_each(|service| service.promise.clock = clock);
        let answered = |point_lanes: u32| -> Vec<bool> {
            let options = Options { point_lanes, ..Options::default() };
            let answers = respond(&on_clock, travel, plan, requests, &[], options);
            answers.answers.iter().map(|answer| answer.appointment.is_some()).collect()
        };
        let (alone, fixed) = (answered(0), answered(point_lanes));
        for of in answer.rolling.iter_mut().filter(|of| of.clock == clock) {
            let own = |k: &usize| scenario.services[requests[*k].service.index()].id == of.service;
            let mut counts: BTreeMap<(Level, &str), RequestCounts> = BTreeMap::new();
            for k in (0..requests.len()).filter(own) {
                for place in places(scenario, requests[k].commune) {
                    let count = counts.entry(place).or_default();
                    count.asked += 1;
                    count.vehicles += u32::from(alone[k]);
                    count.with_fixed += u32::from(fixed[k]);
                }
            }
            for place in &mut of.places {
                place.requests = counts.get(&(place.level, place.code.as_str())).copied();
            }
        }
    }
    answer.labels.push(Text::new(
        format!("Demandes : les rendez-vous des lieux fixes sont une hypothèse, {point_lanes} à la fois par service."),
        format!("Requests: the appointments of fixed points are an assumption, {point_lanes} at a time per service."),
    ));
}

/// The places that a commune in scope is in, as the lines of an answer name them.
fn places(scenario: &Scenario, commune: CommuneId) -> Vec<(Level, &str)> {
    let commune = &scenario.communes[commune.index()];
    if !commune.in_scope {
        return Vec::new();
    }
    vec![
        (Level::Scope, ""),
        (Level::Departement, &commune.departement),
        (Level::Intercommunality, &commune.intercommunality),
        (Level::Commune, &commune.code),
    ]
}
