//! A small scenario and a plan made by hand, for the tests of `tournee::publish`.
//!
//! Its visits lie on the days around both clock changes of 2026 and in December; its names hold
//! whatever an escape or a fold could go wrong on.
#![allow(dead_code)] // Each test file uses its own part.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use tournee::domain::{
    Areas, Calendar, ClosedDates, Commune, CommuneId, Fairness, Horizon, Offer, PermitStatus, Position, PositionId,
    Promise, Scenario, ScoreRules, Service, ServiceId, Site, SiteNeeds, SiteStatus, Territory, TerritoryId, TimeRules,
    TravelRules, Vehicle, Weekdays, Window, WorkLimits,
};
use tournee::i18n::Text;
use tournee::plan::{
    Break, InvitationLine, Leg, Plan, PlanHorizon, SCHEMA_VERSION, ScenarioRef, ScoreParts, Session, Stop, Tour, Visit,
    VisitService, instant,
};
use tournee::units::{People, Seconds};

/// Name of a place that no writer without escapes gets right, longer than a line.
pub const TRICKY: &str = "Œuvre-lès-Étangs, hameau du « Grand; Petit » \\ Bas, près de l'église Saint-Éloi-lès-Ormes";

pub fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub fn revision() -> DateTime<Utc> {
    "2026-02-16T07:30:00Z".parse().expect("an instant")
}

/// Seconds after midnight from `HH:MM`.
pub fn clock(text: &str) -> Seconds {
    let (hours, minutes) = text.split_once(':').expect("HH:MM");
    Seconds::from_minutes(hours.parse::<i32>().unwrap() * 60 + minutes.parse::<i32>().unwrap())
}

fn commune(code: &str, name: &str, lat: f64, lon: f64) -> Commune {
    Commune {
        code: code.into(),
        name: name.into(),
        departement: code[..2].into(),
        lat,
        lon,
        population: People(10_000),
        women_50_74: People(1_600),
        participation: None,
        priority: 1.0,
        uptake_factor: 1.0,
        additional_share: None,
        priority_neighbourhoods: 0,
        without_gp: None,
        intercommunality: String::new(),
        territory: TerritoryId(0),
        in_scope: true,
    }
}

fn site(id: &str, name: &str, commune: u32, address: &str, status: SiteStatus, permit: PermitStatus) -> Site {
    Site {
        id: id.into(),
        name: name.into(),
        commune: CommuneId(commune),
        position: PositionId(commune),
        lat: 50.017_123_4,
        lon: 4.05,
        status,
        power: true,
        level_ground: true,
        ramp_access: true,
        network: true,
        vehicle_kinds: vec!["truck".into(), "van".into()],
        available: (None, None),
        weekdays: Weekdays::ALL,
        blocked: ClosedDates::default(),
        set_up: None,
        pack_down: None,
        address: address.into(),
        contact: String::new(),
        permit,
        permit_lead_days: 0,
        preferred: Weekdays(0),
        avoided: Weekdays(0),
        crew: Vec::new(),
        note: String::new(),
    }
}

fn vehicle(id: &str, name: &str, kind: &str, set_up: i32, service: u32) -> Vehicle {
    Vehicle {
        id: id.into(),
        name: name.into(),
        kind: kind.into(),
        base: CommuneId(0),
        travel_factor: 1.0,
        set_up: Seconds::from_minutes(set_up),
        pack_down: Seconds::from_minutes(30),
        min_session: Seconds::from_minutes(60),
        max_session: Seconds::from_minutes(480),
        max_visits_per_day: 5,
        spacing_weeks: 0,
        max_stays_per_site: None,
        nights: None,
        quality_control: Seconds(0),
        crew: Vec::new(),
        shifts: [None; 7],
        works_public_holidays: false,
        days_off: ClosedDates::default(),
        offers: vec![Offer { service: ServiceId(service), lanes: 1, weekdays: Weekdays::ALL }],
        needs: SiteNeeds::default(),
        costs: None,
    }
}

fn service(id: &str, fr: &str, en: &str) -> Service {
    Service {
        id: id.into(),
        name: Text::new(fr, en),
        appointment: Seconds::from_minutes(15),
        weight: 1.0,
        overbooking: 1.0,
        reserve: 0,
        crew: Vec::new(),
        pool: None,
        promise: Promise::default(),
        follow_up: None,
    }
}

pub fn scenario() -> Scenario {
    let (used, granted) = (SiteStatus::Used, PermitStatus::Granted);
    let communes = vec![
        commune("59165", "Cuincy", 50.38, 3.05),
        commune("59249", "Fourmies", 50.0171, 4.0476),
        commune("59139", "Caudry", 50.1253, 3.4128),
        commune("02001", TRICKY, 49.5, 3.5),
    ];
    Scenario {
        domain: "visits.tournee.invalid".into(),
        name: "nord".into(),
        title: "Nord Santé Truck, 2026".into(),
        labels: vec![Text::new("Données de démonstration ; ne pas diffuser.", "Demonstration data; do not pass on.")],
        input_hash: "0".repeat(64),
        horizon: Horizon { start: date("2026-03-23"), weeks: 42 },
        now: Some(date("2026-11-11")),
        time: TimeRules {
            grid: Seconds::from_minutes(15),
            public_hours: vec![Window { from: clock("08:00"), to: clock("17:30") }],
            weekend_hours: Vec::new(),
            break_length: Seconds::from_minutes(45),
            break_window: Window { from: clock("12:00"), to: clock("14:00") },
            send_ahead_days: 21,
            reinvite_months: 6,
        },
        limits: WorkLimits {
            work_per_day: Seconds(36_000),
            work_per_week: Seconds(172_800),
            driving_per_day: Seconds(14_400),
            night_min_drive: Seconds(2700),
        },
        travel: TravelRules { door: Seconds(0), min_access: Seconds(300), max_access: Seconds(1800) },
        prices: ScoreRules { driving_price_per_hour: 1.0, night_price: 0.0, change_price: 0.0, weekday_price: 0.0 },
        fairness: Fairness { weeks: 4, steps: Vec::new() },
        calendar: Calendar {
            valid: (date("2026-01-01"), date("2027-12-31")),
            public_holidays: Vec::new(),
            school_holidays: Vec::new(),
        },
        positions: Position::of_communes(&communes),
        communes,
        areas: Areas::default(),
        territories: vec![Territory { code: "t".into(), name: "t".into(), class: "none".into() }],
        sites: vec![
            site("fourmies-place-verte", "Place Verte", 1, "1, place Verte, 59610 Fourmies", used, granted),
            site("caudry-mairie", "Mairie", 2, "", SiteStatus::Candidate, PermitStatus::None),
            site("=oeuvre", "Salle « Le Ballon; d'Or »", 3, "rue de l'Église\nbâtiment B", used, granted),
        ],
        care_points: Vec::new(),
        imaging_sites: Vec::new(),
        crews: Vec::new(),
        services: vec![
            service("mammography", "Mammographie", "Mammography"),
            service("primary-care", "Médecine, soins", "Primary care"),
        ],
        vehicles: vec![
            vehicle("nord-sante-truck", "Nord Santé Truck", "truck", 45, 0),
            vehicle("van-1", "Van 1", "van", 0, 1),
            vehicle("van-2", "Van 2", "van", 0, 1),
        ],
        past: Vec::new(),
        locks: Vec::new(),
        forbidden: Vec::new(),
        published: None,
        costs: None,
    }
}

#[allow(clippy::too_many_arguments)]
fn visit(
    id: &str,
    vehicle: &str,
    site: &str,
    commune: &str,
    day: &str,
    arrive: &str,
    open: &[[&str; 2]],
    leave: &str,
) -> Visit {
    let at = |time: &str| instant(date(day), clock(time));
    let service = if vehicle == "nord-sante-truck" { "mammography" } else { "primary-care" };
    Visit {
        id: id.into(),
        vehicle: vehicle.into(),
        site: site.into(),
        commune: commune.into(),
        date: date(day),
        arrive: at(arrive),
        sessions: open.iter().map(|[open, close]| Session { open: at(open), close: at(close) }).collect(),
        leave: at(leave),
        services: vec![VisitService {
            service: service.into(),
            appointments: 34,
            expected: 31.46,
            expected_additional: 20.0,
            invitations: vec![
                InvitationLine { commune: commune.into(), people: 120, expected: 21.46 },
                InvitationLine { commune: "59165".into(), people: 1_050, expected: 10.0 },
            ],
            follow_up: Vec::new(),
        }],
    }
}

fn leg(from: Option<&str>, to: Option<&str>, depart: &str, arrive: &str, metres: u32) -> Leg {
    let stop = |site: Option<&str>| site.map_or(Stop::Base, |id| Stop::Site(id.into()));
    let at = |text: &str| -> DateTime<FixedOffset> { text.parse().expect("an instant") };
    let (depart, arrive) = (at(depart), at(arrive));
    let seconds = u32::try_from((arrive - depart).num_seconds()).expect("forward");
    Leg { from: stop(from), to: stop(to), depart, arrive, seconds, metres, geometry: None }
}

fn tour(vehicle: &str, day: &str, legs: Vec<Leg>, pause: Option<[&str; 2]>) -> Tour {
    let at = |time: &str| instant(date(day), clock(time));
    Tour {
        vehicle: vehicle.into(),
        date: date(day),
        start: legs[0].depart,
        end: legs[legs.len() - 1].arrive,
        legs,
        pause: pause.map(|[start, end]| Break { start: at(start), end: at(end) }),
        night_before: None,
        night_after: None,
        quality_control: None,
    }
}

pub fn plan() -> Plan {
    let (truck, fourmies, caudry) = ("nord-sante-truck", "fourmies-place-verte", "caudry-mairie");
    let day = [["08:30", "12:00"], ["13:00", "16:30"]];
    Plan {
        schema_version: SCHEMA_VERSION,
        scenario: ScenarioRef { name: "nord".into(), hash: "0".repeat(64), labels: Vec::new() },
        horizon: PlanHorizon { start: date("2026-03-23"), weeks: 42, zone: "Europe/Paris".into() },
        planned_on: None,
        score: 0.0,
        upper_bound: 0.0,
        gap: 0.0,
        proved_optimal: true,
        invitations_proved: true,
        invitations_gap: Some(0.0),
        score_parts: ScoreParts::default(),
        coverage: Vec::new(),
        promise: Vec::new(),
        tours: vec![
            // Over the hour that is missing: one hour long.
            tour(
                "van-1",
                "2026-03-29",
                vec![
                    leg(None, Some(caudry), "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00", 61_500),
                    leg(Some(caudry), None, "2026-03-29T11:30:00+02:00", "2026-03-29T12:30:00+02:00", 61_500),
                ],
                None,
            ),
            // From the first 02:15 to the second 02:45: an hour and a half.
            tour(
                "van-1",
                "2026-10-25",
                vec![
                    leg(None, Some(caudry), "2026-10-25T02:15:00+02:00", "2026-10-25T02:45:00+01:00", 61_500),
                    leg(Some(caudry), None, "2026-10-25T11:30:00+01:00", "2026-10-25T12:30:00+01:00", 61_500),
                ],
                None,
            ),
            tour(
                truck,
                "2026-12-01",
                vec![
                    leg(None, Some(fourmies), "2026-12-01T06:12:20+01:00", "2026-12-01T07:38:00+01:00", 93_441),
                    leg(Some(fourmies), None, "2026-12-01T17:00:00+01:00", "2026-12-01T18:25:40+01:00", 93_441),
                ],
                Some(["12:00", "12:45"]),
            ),
        ],
        visits: vec![
            visit("fourmies-place-verte.2", truck, fourmies, "59249", "2026-03-28", "07:38", &day, "17:00"),
            visit("caudry-mairie.1", "van-1", caudry, "59139", "2026-03-29", "03:30", &[["09:00", "11:00"]], "11:30"),
            visit("=oeuvre.1", truck, "=oeuvre", "02001", "2026-03-30", "07:30", &day[..1], "12:30"),
            visit("=oeuvre.2", truck, "=oeuvre", "02001", "2026-10-24", "07:30", &day[..1], "12:30"),
            Visit {
                arrive: "2026-10-25T02:45:00+01:00".parse().expect("an instant"),
                ..visit(
                    "caudry-mairie.2",
                    "van-1",
                    caudry,
                    "59139",
                    "2026-10-25",
                    "02:30",
                    &[["09:00", "11:00"]],
                    "11:30",
                )
            },
            visit("fourmies-place-verte.3", truck, fourmies, "59249", "2026-10-26", "07:38", &day, "17:00"),
            visit("fourmies-place-verte.4", truck, fourmies, "59249", "2026-12-01", "07:38", &day, "17:00"),
        ],
        not_served: Vec::new(),
        shadow_prices: Vec::new(),
        solver: None,
        revision: None,
    }
}

/// The truck's three days away: a night in Fourmies, a day and a night more there, and by Caudry home.
pub fn rotation() -> Plan {
    let (truck, fourmies, caudry) = ("nord-sante-truck", "fourmies-place-verte", "caudry-mairie");
    let days = ["2026-06-02", "2026-06-03", "2026-06-04"];
    let trip = |day: &str, from, to, depart: &str, arrive: &str, metres| {
        leg(from, to, &format!("{day}T{depart}:00+02:00"), &format!("{day}T{arrive}:00+02:00"), metres)
    };
    let span = |day: &str, start: &str, end: &str| instant(date(day), clock(start))..instant(date(day), clock(end));
    let away = |day: &str, hours: [&str; 2], legs: Vec<Leg>, nights: [bool; 2]| {
        let (hours, pause) = (span(day, hours[0], hours[1]), span(day, "12:00", "12:45"));
        let night = |out: bool| out.then(|| fourmies.to_owned());
        Tour {
            vehicle: truck.into(),
            date: date(day),
            start: hours.start,
            end: hours.end,
            night_before: night(nights[0]),
            night_after: night(nights[1]),
            legs,
            pause: Some(Break { start: pause.start, end: pause.end }),
            quality_control: None,
        }
    };
    let control = span(days[0], "09:00", "09:30");
    let out = vec![trip(days[0], None, Some(fourmies), "07:00", "08:15", 93_000)];
    let on = vec![
        trip(days[2], Some(fourmies), Some(caudry), "08:00", "09:00", 40_000),
        trip(days[2], Some(caudry), None, "16:30", "17:00", 30_000),
    ];
    let open = |from: &'static str, to: &'static str| [[from, "12:00"], ["13:00", to]];
    Plan {
        tours: vec![
            Tour {
                quality_control: Some(Break { start: control.start, end: control.end }),
                ..away(days[0], ["07:00", "16:30"], out, [false, true])
            },
            away(days[1], ["08:00", "17:00"], Vec::new(), [true, true]),
            away(days[2], ["07:30", "17:00"], on, [true, false]),
        ],
        visits: vec![
            visit(
                "fourmies-place-verte.5",
                truck,
                fourmies,
                "59249",
                days[0],
                "08:15",
                &open("09:30", "16:30"),
                "16:30",
            ),
            visit(
                "fourmies-place-verte.6",
                truck,
                fourmies,
                "59249",
                days[1],
                "08:00",
                &open("08:00", "17:00"),
                "17:00",
            ),
            visit("caudry-mairie.3", truck, caudry, "59139", days[2], "09:00", &open("09:45", "16:00"), "16:30"),
        ],
        ..plan()
    }
}

/// A van's day: two visits, home for the break, and once more to the site of the morning.
pub fn chain() -> Plan {
    let (van, fourmies, caudry, day) = ("van-2", "fourmies-place-verte", "caudry-mairie", "2026-06-02");
    let trip = |from, to, depart: &str, arrive: &str, metres| {
        leg(from, to, &format!("{day}T{depart}:00+02:00"), &format!("{day}T{arrive}:00+02:00"), metres)
    };
    Plan {
        tours: vec![tour(
            van,
            day,
            vec![
                trip(None, Some(caudry), "07:20", "07:50", 30_000),
                trip(Some(caudry), Some(fourmies), "09:30", "10:10", 40_000),
                trip(Some(fourmies), None, "11:30", "12:00", 50_000),
                trip(None, Some(caudry), "13:00", "13:30", 30_000),
                trip(Some(caudry), None, "15:30", "16:00", 31_000),
            ],
            Some(["12:00", "12:45"]),
        )],
        visits: vec![
            visit("caudry-mairie.1", van, caudry, "59139", day, "07:50", &[["08:00", "09:00"]], "09:30"),
            visit("fourmies-place-verte.9", van, fourmies, "59249", day, "10:10", &[["10:15", "11:00"]], "11:30"),
            visit("caudry-mairie.2", van, caudry, "59139", day, "13:30", &[["13:30", "15:00"]], "15:30"),
        ],
        ..plan()
    }
}
