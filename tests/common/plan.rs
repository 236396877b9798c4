//! The good plan of [`super::World`]; figures are filled in later.

use super::scenario::{code, time};
use chrono::{DateTime, Days, Duration, FixedOffset, NaiveDate};
use tournee::plan::*;

/// An instant of a day in Paris, from `HH:MM` or `HH:MM:SS`.
pub fn at(date: NaiveDate, text: &str) -> DateTime<FixedOffset> {
    instant(date, time(text))
}

/// A stop by the letter of its commune; `A` is the base.
pub fn stop(letter: &str) -> Stop {
    if letter == "A" { Stop::Base } else { Stop::Site(format!("site-{letter}")) }
}

/// A leg by its ends, `DEPART`, seconds and metres.
pub fn leg(date: NaiveDate, ends: (&str, &str), depart: &str, seconds: u32, metres: u32) -> Leg {
    let depart = at(date, depart);
    let arrive = depart + Duration::seconds(seconds.into());
    Leg { from: stop(ends.0), to: stop(ends.1), depart, arrive, seconds, metres, geometry: None }
}

/// A tour that starts and ends with its legs.
pub fn tour(vehicle: &str, date: NaiveDate, legs: Vec<Leg>, pause: Option<(&str, &str)>) -> Tour {
    Tour {
        vehicle: vehicle.into(),
        date,
        start: legs[0].depart,
        end: legs[legs.len() - 1].arrive,
        legs,
        pause: pause.map(|(start, end)| Break { start: at(date, start), end: at(date, end) }),
        night_before: None,
        night_after: None,
        quality_control: None,
    }
}

/// A visit by `arrive`, sessions, `leave`, and its services.
pub fn visit(
    (id, vehicle, letter): (&str, &str, &str),
    date: NaiveDate,
    arrive: &str,
    sessions: &[(&str, &str)],
    leave: &str,
    services: Vec<VisitService>,
) -> Visit {
    Visit {
        id: id.into(),
        vehicle: vehicle.into(),
        site: format!("site-{letter}"),
        commune: code(letter),
        date,
        arrive: at(date, arrive),
        sessions: sessions.iter().map(|(o, c)| Session { open: at(date, o), close: at(date, c) }).collect(),
        leave: at(date, leave),
        services,
    }
}

/// People of a commune, by its letter.
pub fn invite(letter: &str, people: u32) -> InvitationLine {
    InvitationLine { commune: code(letter), people, expected: 0.0 }
}

pub fn offer(service: &str, appointments: u32, invitations: Vec<InvitationLine>) -> VisitService {
    VisitService {
        service: service.into(),
        appointments,
        expected: 0.0,
        expected_additional: 0.0,
        invitations,
        follow_up: Vec::new(),
    }
}

/// The van's two services: diagnostics with invitations, primary care without a pool.
pub fn both(diagnostics: u32, primary_care: u32, invitations: Vec<InvitationLine>) -> Vec<VisitService> {
    vec![offer("diagnostics", diagnostics, invitations), offer("primary-care", primary_care, Vec::new())]
}

/// The truck's day in D: 40 min + 2 min at factor 1.25 is 3,150 s; set-up ends as it opens.
pub fn truck_day(id: &str, date: NaiveDate, invitations: Vec<InvitationLine>) -> (Tour, Visit) {
    let legs = vec![
        leg(date, ("A", "D"), "07:52:30", 3150, 36_000), // arrives 08:45
        leg(date, ("D", "A"), "16:30", 3150, 36_000),    // arrives 17:22:30
    ];
    let sessions = [("09:30", "12:00"), ("13:30", "16:00")];
    let services = vec![offer("mammography", 30, invitations)];
    let visit = visit((id, "truck", "D"), date, "08:45", &sessions, "16:30", services);
    (tour("truck", date, legs, Some(("12:00", "12:45"))), visit)
}

/// The van's day: B and C in the morning, the break in C, D in the afternoon.
pub fn van_day(date: NaiveDate) -> (Tour, Vec<Visit>) {
    let legs = vec![
        leg(date, ("A", "B"), "07:40", 720, 9_000),   // arrives 07:52
        leg(date, ("B", "C"), "09:05", 720, 9_000),   // arrives 09:17
        leg(date, ("C", "D"), "12:50", 1320, 18_000), // arrives 13:12
        leg(date, ("D", "A"), "16:35", 2520, 36_000), // arrives 17:17
    ];
    let van = |id, letter| (id, "van", letter);
    let visits = vec![
        visit(van("site-B-1", "B"), date, "07:52", &[("08:00", "09:00")], "09:05", both(4, 6, vec![invite("B", 16)])),
        visit(van("site-C-1", "C"), date, "09:17", &[("09:30", "11:30")], "12:50", both(8, 12, vec![invite("C", 32)])),
        visit(van("site-D-2", "D"), date, "13:12", &[("13:30", "16:30")], "16:35", both(12, 18, vec![invite("D", 48)])),
    ];
    (tour("van", date, legs, Some(("12:00", "12:45"))), visits)
}

/// The good plan of two weeks: the truck on the first Tuesday, the van on the first Wednesday.
pub fn plan(monday: NaiveDate) -> Plan {
    let invitations = vec![invite("D", 80), invite("E", 40)];
    let (truck, screening) = truck_day("site-D-1", monday + Days::new(1), invitations);
    let (van, calls) = van_day(monday + Days::new(2));
    Plan {
        schema_version: SCHEMA_VERSION,
        scenario: ScenarioRef { name: "hand-made".into(), hash: "0123456789abcdef".into(), labels: Vec::new() },
        horizon: PlanHorizon { start: monday, weeks: 2, zone: "Europe/Paris".into() },
        planned_on: None,
        score: 0.0,
        upper_bound: 0.0,
        gap: 0.0,
        proved_optimal: false,
        invitations_proved: false,
        invitations_gap: None,
        score_parts: ScoreParts::default(),
        coverage: Vec::new(),
        promise: Vec::new(),
        tours: vec![truck, van],
        visits: std::iter::once(screening).chain(calls).collect(),
        not_served: Vec::new(),
        shadow_prices: Vec::new(),
        solver: None,
        revision: None,
    }
}
