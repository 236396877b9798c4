//! Requests for appointments (model.md section 5, indicator B): each gets a free appointment, at a visit or at a fixed
//! point, within the minutes and hours promised.
//!
//! [`respond`] answers a batch: as many as can be; among those sets the one of the requests that came first; and for
//! these the least waiting, or the least way, in all. Appointments given before stay where they are.

mod document;
mod matching;
mod measure;
mod places;
mod reasons;

pub use document::{Answer, Answers, Appointment, AppointmentAt, Missing, MissingWhy};
pub use matching::{Choice, Span, assign};
pub use measure::measure;
pub use places::{Where, free};

use crate::domain::{Request, Scenario, ServiceId};
use crate::plan::Plan;
use crate::travel::Table;
use document::write;
use matching::Slots;
use places::{Place, places};
use rayon::prelude::*;
use reasons::missing;
use std::collections::BTreeMap;

/// What is better, where several appointments would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prefer {
    /// The earliest.
    #[default]
    Earliest,
    /// The nearest.
    Nearest,
}

/// How requests are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What is better.
    pub prefer: Prefer,
    /// Appointments at a time that each fixed point has for each of its services: an assumption.
    pub point_lanes: u32,
    /// The time of answering, seconds since the Unix epoch: appointments begin later.
    pub now: Option<i64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { prefer: Prefer::Earliest, point_lanes: 1, now: None }
    }
}

/// An appointment that was given: position of the place and of the appointment there.
type Given = (usize, usize);

/// Answers a batch of requests, in the order given; `before` are answers given earlier, which stay as long as their
/// visit is where it was: what was given is a fact. Only where a request has been changed since must they still do for it.
///
/// `O(requests · appointments in reach)` where there is room; where there is not, a shortest augmenting path for
/// each request.
#[must_use]
pub fn respond(
    scenario: &Scenario,
    travel: &Table,
    plan: &Plan,
    requests: &[Request],
    before: &[Answer],
    options: Options,
) -> Answers {
    let places = places(scenario, plan, options);
    let by_service =
        |service: ServiceId| -> Vec<usize> { (0..places.len()).filter(|&p| places[p].service == service).collect() };
    let services: BTreeMap<ServiceId, Vec<usize>> =
        (0..scenario.services.len()).map(ServiceId::new).map(|s| (s, by_service(s))).collect();
    let mut slots = Slots::new(&places);
    // What was given stays, and takes its place, whether it is asked for again or not.
    let mut kept: BTreeMap<&str, (Given, &Answer)> = BTreeMap::new();
    let asked: BTreeMap<&str, &Request> = requests.iter().map(|request| (request.id.as_str(), request)).collect();
    for answer in before {
        if let Some(given) =
            answer.appointment.as_ref().and_then(|a| places::find(&places, &answer.service, scenario, a))
            && asked.get(answer.request.as_str()).is_none_or(|request| {
                same(scenario, request, answer) || fits(scenario, travel, &places, given, request)
            })
            && slots.take(given, places[given.0].at_a_time)
        {
            kept.insert(answer.request.as_str(), (given, answer));
        }
    }
    let open: Vec<&Request> = requests.iter().filter(|r| !kept.contains_key(r.id.as_str())).collect();
    let choices: Vec<Vec<Choice>> =
        open.par_iter().map(|request| choices(scenario, travel, &places, &services, request, options)).collect();
    let mut order: Vec<usize> = (0..open.len()).collect();
    order.sort_by(|&a, &b| (open[a].instant, &open[a].id).cmp(&(open[b].instant, &open[b].id)));
    let found = slots.assign(&order, &choices);
    let mut given: BTreeMap<&str, Given> = kept.iter().map(|(id, (given, _))| (*id, *given)).collect();
    given.extend(open.iter().zip(&found).filter_map(|(request, found)| Some((request.id.as_str(), (*found)?))));
    let unanswered: BTreeMap<&str, Missing> = open
        .par_iter()
        .zip(&found)
        .filter(|(_, found)| found.is_none())
        .map(|(request, _)| {
            let all = &services[&request.service];
            (request.id.as_str(), missing(scenario, travel, (&places, all), &slots, request, options))
        })
        .collect();
    write(scenario, travel, &places, (requests, before), (&given, &kept.keys().copied().collect()), unanswered, options)
}

/// Whether a request is what it was when it was answered.
fn same(scenario: &Scenario, request: &Request, answer: &Answer) -> bool {
    let service = &scenario.services[request.service.index()].id;
    let commune = &scenario.communes[request.commune.index()].code;
    (service, commune) == (&answer.service, &answer.commune)
        && (request.instant, &request.language) == (answer.instant.timestamp(), &answer.language)
}

/// Whether an appointment given before would do for a request that is not what it was.
fn fits(scenario: &Scenario, travel: &Table, places: &[Place], (at, slot): Given, request: &Request) -> bool {
    let (place, reach) = (&places[at], scenario.services[request.service.index()].promise.reach);
    let (from, to) = place.window(request.instant, reach.seconds(), None);
    place.service == request.service
        && speaks(place, request)
        && (from..to).contains(&slot)
        && travel.access(scenario, request.commune, place.position).is_some_and(|access| access <= reach.access)
}

/// Whether a place can serve a request in its language: fixed points are not known to have interpreters.
fn speaks(place: &Place, request: &Request) -> bool {
    request.language.as_ref().is_none_or(|language| place.languages.contains(language))
}

/// The appointments that would do for a request: by place, those that begin from one to another.
fn choices(
    scenario: &Scenario,
    travel: &Table,
    places: &[Place],
    services: &BTreeMap<ServiceId, Vec<usize>>,
    request: &Request,
    options: Options,
) -> Vec<Choice> {
    let reach = scenario.services[request.service.index()].promise.reach;
    let mut out = Vec::new();
    for &p in &services[&request.service] {
        let place = &places[p];
        let Some(access) = travel.access(scenario, request.commune, place.position) else { continue };
        if access > reach.access || !speaks(place, request) {
            continue;
        }
        let (from, to) = place.window(request.instant, reach.seconds(), options.now);
        if from < to {
            // The wait is counted from the request: what it has in all its choices alike makes no difference.
            let first = move |start: i64| match options.prefer {
                Prefer::Earliest => (start - request.instant, i64::from(access.0)),
                Prefer::Nearest => (i64::from(access.0), start - request.instant),
            };
            let costs = place.starts[from..to].iter().map(|&start| first(start)).collect();
            out.push(Choice { place: p, span: Span { from, to }, costs });
        }
    }
    out
}
