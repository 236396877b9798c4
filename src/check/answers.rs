//! Answers to requests, judged by themselves: each appointment in an opening, in reach and in time, and no more of them than
//! there is room for.

use super::codes::Rule;
use super::log::{Log, Violation};
use super::promise::Calendar;
use crate::domain::{CarePoint, CareStatus, CommuneId, Scenario, Service};
use crate::plan::{Plan, Visit};
use crate::respond::{Answer, Answers, Appointment, AppointmentAt};
use crate::travel::Table;
use std::collections::BTreeMap;

/// Appointments at one place.
#[derive(Default)]
struct Given {
    /// How many begin when.
    times: BTreeMap<i64, u32>,
    /// How many were not kept from before.
    fresh: u32,
}

/// Where an appointment claims to be.
enum Found<'a> {
    Visit(&'a Visit),
    Point(&'a CarePoint),
}

/// Checks answers to requests against the plan and the scenario they were given for; `point_lanes` appointments at a time are
/// assumed at fixed points. Every broken rule, in the order of the answers.
#[must_use]
pub fn check_answers(
    scenario: &Scenario,
    travel: &Table,
    plan: &Plan,
    answers: &Answers,
    point_lanes: u32,
) -> Vec<Violation> {
    let calendar = Calendar::new(scenario);
    let mut log = Log::default();
    // By place and service.
    let mut given: BTreeMap<(String, &str), Given> = BTreeMap::new();
    for answer in &answers.answers {
        let Some(appointment) = &answer.appointment else { continue };
        if let Some((fr, en)) = wrong(scenario, travel, plan, &calendar, answer, appointment) {
            log.add(Rule::Appointment, &answer.request, fr, en);
            continue;
        }
        let own = given.entry((format!("{:?}", appointment.at), &answer.service)).or_default();
        *own.times.entry(appointment.start.timestamp()).or_default() += 1;
        own.fresh += u32::from(!answer.kept);
    }
    for answer in &answers.answers {
        let Some(appointment) = &answer.appointment else { continue };
        let key = (format!("{:?}", appointment.at), answer.service.as_str());
        // Each place once.
        let Some(Given { times, fresh }) = given.remove(&key) else { continue };
        let (lanes, most) = room(scenario, plan, answer, appointment, point_lanes);
        let crowded = times.values().any(|n| *n > lanes) || most.is_some_and(|most| fresh > most);
        if crowded {
            log.add(
                Rule::Room,
                &appointment.name,
                format!("plus de rendez-vous de « {} » que de place ; donnez-en ailleurs", answer.service),
                format!("more appointments of \"{}\" than there is room for; give some elsewhere", answer.service),
            );
        }
    }
    log.finish().0
}

fn find<'a>(scenario: &'a Scenario, plan: &'a Plan, at: &AppointmentAt) -> Option<Found<'a>> {
    let points = scenario.care_points.iter().chain(&scenario.imaging_sites);
    match at {
        AppointmentAt::Visit(id) => plan.visits.iter().find(|v| v.id == *id).map(Found::Visit),
        AppointmentAt::Point(id) => points.into_iter().find(|p| p.id == *id).map(Found::Point),
    }
}

/// Appointments at a time, and those free for requests in all.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn room(
    scenario: &Scenario,
    plan: &Plan,
    answer: &Answer,
    appointment: &Appointment,
    points: u32,
) -> (u32, Option<u32>) {
    let Some(Found::Visit(visit)) = find(scenario, plan, &appointment.at) else { return (points, None) };
    let Some(k) = scenario.services.iter().position(|s| s.id == answer.service) else { return (0, None) };
    let vehicle = scenario.vehicles.iter().find(|v| v.id == visit.vehicle);
    let lanes = vehicle.and_then(|v| v.offers.iter().find(|o| o.service.index() == k)).map_or(0, |o| o.lanes);
    let own = visit.services.iter().find(|s| s.service == answer.service);
    let left = own.map_or(0.0, |own| f64::from(own.appointments) * scenario.services[k].overbooking - own.expected);
    (lanes, own.map(|own| ((left + 1e-6).max(0.0).floor() as u32).min(own.appointments)))
}

/// What is wrong with one appointment.
fn wrong(
    scenario: &Scenario,
    travel: &Table,
    plan: &Plan,
    calendar: &Calendar,
    answer: &Answer,
    appointment: &Appointment,
) -> Option<(String, String)> {
    let say = |fr: &str, en: &str| {
        Some((format!("rendez-vous {fr} ; donnez-en un autre"), format!("appointment {en}; give another")))
    };
    let service: &Service = scenario.services.iter().find(|s| s.id == answer.service)?;
    let (start, end) = (appointment.start.timestamp(), appointment.end.timestamp());
    if end - start != i64::from(service.appointment.0) {
        return say("trop court ou trop long", "too short or too long");
    }
    let Some(found) = find(scenario, plan, &appointment.at) else {
        return say("nulle part", "at no place there is");
    };
    let (at, spans) = match &found {
        Found::Visit(visit) => {
            let offered = visit.services.iter().any(|s| s.service == service.id && s.appointments > 0);
            let site = scenario.sites.iter().find(|s| s.id == visit.site).filter(|_| offered);
            let spans = visit.sessions.iter().map(|s| (s.open.timestamp(), s.close.timestamp())).collect();
            (site.map(|s| s.position), spans)
        }
        Found::Point(point) => {
            let offered = point.services.contains(&service.id) && point.status != CareStatus::Planned;
            (offered.then_some(point.position), calendar.opening(scenario, point))
        }
    };
    let Some(at) = at else {
        return say("là où le service n'est pas proposé", "where the service is not offered");
    };
    // One that was given before is a fact, whatever today's tables say of its way and its wait.
    let judged = !answer.kept;
    let grid = |open: i64| (start - open) % i64::from(service.appointment.0) == 0;
    if !spans.iter().any(|&(open, close)| open <= start && end <= close && grid(open)) {
        return say("hors des ouvertures", "outside the openings");
    }
    let home = scenario.communes.iter().position(|c| c.code == answer.commune).map(CommuneId::new)?;
    let access = travel.car(home, at).map(|leg| leg.seconds.max(scenario.travel.min_access));
    if judged && access.is_none_or(|access| access > service.promise.reach.access) {
        return say("trop loin", "too far");
    }
    let asked = answer.instant.timestamp();
    let wait = calendar.runs(service.promise.clock, asked, start);
    if judged && (start < asked || wait > 3600 * i64::from(service.promise.reach.hours)) {
        return say("trop tard, ou avant la demande", "too late, or before the request");
    }
    if let Some(language) = answer.language.as_ref().filter(|_| judged) {
        let bound = |visit: &Visit| {
            let vehicle = scenario.vehicles.iter().find(|v| v.id == visit.vehicle)?;
            let id = format!("interpreter-{language}");
            let crew = scenario.crews.iter().position(|c| c.id == id)?;
            let has = |list: &[crate::domain::CrewId]| list.iter().any(|c| c.index() == crew);
            let by_service = vehicle
                .offers
                .iter()
                .filter(|o| o.weekdays.contains(visit.date))
                .any(|o| has(&scenario.services[o.service.index()].crew));
            let day = plan.visits.iter().filter(|v| v.vehicle == visit.vehicle && v.date == visit.date);
            let by_site = day.filter_map(|v| scenario.sites.iter().find(|s| s.id == v.site)).any(|s| has(&s.crew));
            (has(&vehicle.crew) || by_service || by_site).then_some(())
        };
        if !matches!(&found, Found::Visit(visit) if bound(visit).is_some()) {
            return say("sans interprète", "without an interpreter");
        }
    }
    None
}
