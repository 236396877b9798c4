//! The answers, as they are written to `answers.json`.

use super::places::{Place, Where};
use super::{Options, Prefer};
use crate::domain::{Request, Scenario};
use crate::i18n::Text;
use crate::plan::at;
use crate::promise::labels;
use crate::travel::Table;
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Answers to a batch of requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// What must be said wherever they are shown, in both languages: estimates, assumptions.
    pub labels: Vec<Text>,
    /// Requests with an appointment.
    pub answered: u32,
    /// Requests without.
    pub unanswered: u32,
    /// One a request, in the order of the requests; then those answered before that are not among them.
    pub answers: Vec<Answer>,
}

/// The answer to one request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Identifier of the request.
    pub request: String,
    /// INSEE code of its commune.
    pub commune: String,
    /// The service.
    pub service: String,
    /// When it was made.
    pub instant: DateTime<FixedOffset>,
    /// The language that needs an interpreter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The appointment; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// Whether it was given before, and stays.
    #[serde(default)]
    pub kept: bool,
    /// Whether one was given before that cannot stay: its visit is gone, or the request is another now.
    #[serde(default)]
    pub gone: bool,
    /// What it lacks; absent where there is an appointment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Missing>,
}

/// Where an appointment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppointmentAt {
    /// Identity of a visit.
    Visit(String),
    /// Identifier of a fixed point.
    Point(String),
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// Where.
    pub at: AppointmentAt,
    /// Name of the site or the point.
    pub name: String,
    /// Identifier of the vehicle, at a visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<String>,
    /// INSEE code of its commune.
    pub commune: String,
    /// When it begins.
    pub start: DateTime<FixedOffset>,
    /// When it ends.
    pub end: DateTime<FixedOffset>,
    /// Access time by car from the request's commune.
    pub minutes: f64,
    /// Hours of the clock of the promise from the request to its begin.
    pub wait_hours: f64,
}

/// Why a request has no appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MissingWhy {
    /// Nothing offers the service.
    NotOffered,
    /// Nothing that offers it has an interpreter of the language.
    Language,
    /// All appointments near enough and in time are taken.
    Full,
    /// What is near enough opens too late.
    TooLate,
    /// Nothing is near enough.
    TooFar,
}

/// What a request lacks, and the nearest thing that could have served it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// Why.
    pub why: MissingWhy,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<AppointmentAt>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Access time by car.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<f64>,
    /// Its first free appointment; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<DateTime<FixedOffset>>,
    /// By how much it is too far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_too_far: Option<f64>,
    /// By how much it is too late, hours of the clock of the promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_too_late: Option<f64>,
}

pub(super) fn place_of(place: &Place) -> AppointmentAt {
    match &place.at {
        Where::Visit(id) => AppointmentAt::Visit(id.clone()),
        Where::Point(id) => AppointmentAt::Point(id.clone()),
    }
}

/// What is said of the answers beside the scenario's own labels.
fn notes(scenario: &Scenario, options: Options) -> Vec<Text> {
    let lanes = options.point_lanes;
    let mut out = labels(scenario);
    out.push(Text::new(
        format!("Les rendez-vous des lieux fixes sont une hypothèse : {lanes} à la fois par service (--point-lanes)."),
        format!("The appointments of fixed points are an assumption: {lanes} at a time per service (--point-lanes)."),
    ));
    if options.prefer == Prefer::Nearest {
        out.push(Text::new("Au plus près plutôt qu'au plus tôt.", "The nearest rather than the earliest."));
    }
    out
}

#[allow(clippy::too_many_arguments, clippy::cast_precision_loss)]
pub(super) fn write(
    scenario: &Scenario,
    travel: &Table,
    places: &[Place],
    (requests, before): (&[Request], &[Answer]),
    (given, kept): (&BTreeMap<&str, (usize, usize)>, &BTreeSet<&str>),
    mut unanswered: BTreeMap<&str, Missing>,
    options: Options,
) -> Answers {
    let earlier: BTreeMap<&str, &Answer> = before.iter().map(|answer| (answer.request.as_str(), answer)).collect();
    let mut answers: Vec<Answer> = requests
        .iter()
        .map(|request| {
            let appointment = given.get(request.id.as_str()).map(|&(p, slot)| {
                let place = &places[p];
                let (start, access) = (place.starts[slot], travel.access(scenario, request.commune, place.position));
                Appointment {
                    at: place_of(place),
                    name: place.name.clone(),
                    vehicle: place.vehicle.clone(),
                    commune: scenario.communes[scenario.positions[place.position.index()].commune.index()].code.clone(),
                    start: at(start),
                    end: at(start + place.length),
                    minutes: access.map_or(0.0, |access| f64::from(access.0) / 60.0),
                    wait_hours: place.seconds(request.instant, start) as f64 / 3600.0,
                }
            });
            let kept = kept.contains(request.id.as_str());
            let had = earlier.get(request.id.as_str()).is_some_and(|answer| answer.appointment.is_some());
            Answer {
                request: request.id.clone(),
                commune: scenario.communes[request.commune.index()].code.clone(),
                service: scenario.services[request.service.index()].id.clone(),
                instant: at(request.instant),
                language: request.language.clone(),
                missing: if appointment.is_none() { unanswered.remove(request.id.as_str()) } else { None },
                appointment,
                kept,
                gone: had && !kept,
            }
        })
        .collect();
    let asked: BTreeSet<&str> = requests.iter().map(|r| r.id.as_str()).collect();
    for answer in before.iter().filter(|answer| !asked.contains(answer.request.as_str())) {
        let stays = kept.contains(answer.request.as_str());
        let had = answer.appointment.is_some();
        let appointment = answer.appointment.clone().filter(|_| stays);
        answers.push(Answer { appointment, kept: stays, gone: had && !stays, ..answer.clone() });
    }
    let answered = answers.iter().filter(|a| a.appointment.is_some()).count();
    Answers {
        labels: notes(scenario, options),
        answered: u32::try_from(answered).unwrap_or(u32::MAX),
        unanswered: u32::try_from(answers.len() - answered).unwrap_or(u32::MAX),
        answers,
    }
}
