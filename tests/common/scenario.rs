//! The scenario of [`super::World`].

use chrono::{Days, NaiveDate};
use tournee::domain::*;
use tournee::i18n::Text;
use tournee::travel::Table;
use tournee::units::{People, Seconds};

pub const TRUCK: VehicleId = VehicleId(0);
pub const VAN: VehicleId = VehicleId(1);
pub const MAMMOGRAPHY: ServiceId = ServiceId(0);
pub const DIAGNOSTICS: ServiceId = ServiceId(1);

/// Commune: letter, minutes from A, territory, in scope.
const COMMUNES: [(&str, i32, u32, bool); 7] = [
    ("A", 0, 0, true),
    ("B", 10, 0, true),
    ("C", 20, 0, true),
    ("D", 40, 1, true),
    ("E", 50, 1, true),
    ("F", 120, 1, true),
    ("G", 41, 1, false),
];

/// Position of a commune by its letter.
pub fn commune(letter: &str) -> CommuneId {
    CommuneId::new(COMMUNES.iter().position(|c| c.0 == letter).expect("a commune"))
}

/// INSEE code of a commune by its letter.
pub fn code(letter: &str) -> String {
    format!("5900{}", commune(letter).0 + 1)
}

/// Position of the site in a commune (B, C, D, E).
pub fn site(letter: &str) -> SiteId {
    SiteId::new(["B", "C", "D", "E"].iter().position(|l| *l == letter).expect("a site"))
}

/// Seconds after midnight of `HH:MM` or `HH:MM:SS`.
pub fn time(text: &str) -> Seconds {
    let parts: Vec<i32> = text.split(':').map(|p| p.parse().expect("a number")).collect();
    Seconds(parts[0] * 3600 + parts[1] * 60 + parts.get(2).unwrap_or(&0))
}

pub fn window(from: &str, to: &str) -> Window {
    Window { from: time(from), to: time(to) }
}

/// Every commune a hub; 60 s and 900 m a minute on the line, both ways.
pub fn table() -> Table {
    let trip = |from: usize, to: usize| {
        let minutes = COMMUNES[from].1.abs_diff(COMMUNES[to].1);
        Some((minutes * 60, minutes * 900))
    };
    let n = COMMUNES.len();
    let rows = (0..n * n).map(|k| trip(k / n, k % n)).collect();
    Table::new(n, (0..n).map(PositionId::new).collect(), rows, None, Seconds(120))
}

pub fn scenario(monday: NaiveDate) -> Scenario {
    let fixed = |id: &str, services: &[&str]| CarePoint {
        id: id.into(),
        name: id.into(),
        kind: "hub".into(),
        commune: commune("A"),
        position: commune("A").into(),
        lat: 50.3,
        lon: 3.0,
        status: CareStatus::Open,
        services: services.iter().map(|s| (*s).into()).collect(),
        hours: std::array::from_fn(|day| {
            if day < 5 { vec![window("08:30", "12:30"), window("13:30", "18:00")] } else { Vec::new() }
        }),
        hours_assumed: false,
    };
    let step = |up_to, slope| ValueStep { up_to, slope };
    Scenario {
        name: "hand-made".into(),
        title: "Hand-made".into(),
        domain: "visits.tournee.invalid".into(),
        labels: Vec::new(),
        input_hash: "0123456789abcdef".into(),
        horizon: Horizon { start: monday, weeks: 2 },
        now: None,
        time: TimeRules {
            grid: Seconds::from_minutes(15),
            public_hours: vec![window("08:00", "12:00"), window("13:30", "17:30")],
            weekend_hours: Vec::new(),
            break_length: Seconds::from_minutes(45),
            break_window: window("12:00", "14:00"),
            send_ahead_days: 21,
            reinvite_months: 24,
        },
        limits: WorkLimits {
            work_per_day: time("10:00"),
            work_per_week: time("48:00"),
            driving_per_day: time("04:00"),
            night_min_drive: Seconds(2700),
        },
        travel: TravelRules {
            door: Seconds(120),
            min_access: Seconds::from_minutes(5),
            max_access: Seconds::from_minutes(30),
        },
        prices: ScoreRules { driving_price_per_hour: 0.05, night_price: 2.0, change_price: 0.5, weekday_price: 0.0 },
        fairness: Fairness {
            weeks: 26,
            steps: vec![step(Some(0.5), 1.0), step(Some(1.0), 0.7), step(Some(2.0), 0.4), step(None, 0.1)],
        },
        calendar: Calendar {
            valid: (monday, monday + Days::new(365)),
            public_holidays: Vec::new(),
            school_holidays: Vec::new(),
        },
        communes: communes(),
        positions: Position::of_communes(&communes()),
        areas: Areas::default(),
        territories: ["south", "north"]
            .map(|code| Territory { code: code.into(), name: code.into(), class: "none".into() })
            .to_vec(),
        sites: ["B", "C", "D", "E"].map(site_in).to_vec(),
        care_points: vec![fixed("hub", &["diagnostics"])],
        imaging_sites: vec![fixed("imaging", &["mammography"])],
        services: services(),
        crews: Vec::new(),
        vehicles: vec![truck(), van()],
        past: vec![past_visit(monday, 21)],
        locks: Vec::new(),
        forbidden: Vec::new(),
        published: None,
        costs: None,
    }
}

/// The truck's visit to E so many weeks before a Monday: 40 women of E and 10 of D invited, 12
/// and 3 came.
pub fn past_visit(monday: NaiveDate, weeks: u64) -> PastVisit {
    let line = |letter, invited, attended| PastInvitation {
        service: MAMMOGRAPHY,
        commune: commune(letter),
        invited: People(invited),
        attended: People(attended),
    };
    PastVisit {
        id: "site-E-1".into(),
        date: monday - Days::new(7 * weeks),
        vehicle: "truck".into(),
        site: Some(site("E")),
        invitations: vec![line("E", 40, 12), line("D", 10, 3)],
    }
}

fn communes() -> Vec<Commune> {
    let of = |&(letter, minutes, territory, in_scope): &(&str, i32, u32, bool)| Commune {
        code: code(letter),
        name: format!("{letter}-ville"),
        departement: "59".into(),
        lat: 50.3,
        lon: 3.0 + f64::from(minutes) / 100.0,
        population: People(5000),
        women_50_74: People(1000),
        participation: None,
        priority: 1.0,
        uptake_factor: 1.0,
        additional_share: None,
        priority_neighbourhoods: 0,
        without_gp: None,
        intercommunality: String::new(),
        territory: TerritoryId(territory),
        in_scope,
    };
    COMMUNES.iter().map(of).collect()
}

fn site_in(letter: &str) -> Site {
    Site {
        id: format!("site-{letter}"),
        name: format!("Place de {letter}-ville"),
        commune: commune(letter),
        position: commune(letter).into(),
        lat: 50.3,
        lon: 3.0,
        status: SiteStatus::Approved,
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
        address: String::new(),
        contact: String::new(),
        permit: PermitStatus::Assumed,
        permit_lead_days: 0,
        preferred: Weekdays(0),
        avoided: Weekdays(0),
        crew: Vec::new(),
        note: String::new(),
    }
}

fn services() -> Vec<Service> {
    let pool = |source, uptake, additionality| Pool {
        source,
        uptake,
        half_minutes: 15.0,
        additionality,
        invitations_per_appointment: 4.0,
        max_invited_share: 0.25,
        host_share: 0.0,
        min_invitations: 1,
        fairness_appointments_per_week: 4.0,
    };
    let against = |reference| Some(Additionality { reference, b: 0.9, half_minutes: 15.0, count_planned: true });
    let service = |id: &str, minutes, weight, pool| Service {
        id: id.into(),
        name: Text::new(id, id),
        appointment: Seconds::from_minutes(minutes),
        weight,
        overbooking: 1.0,
        reserve: 0,
        crew: Vec::new(),
        pool,
        promise: Promise::default(),
        follow_up: None,
    };
    let after = FollowUp {
        reach: Reach::default(),
        clock: ClockKind::Working,
        hard: false,
        points: vec!["mammography".into()],
    };
    let women = pool(PoolSource::WomenDue { participation: 0.45 }, 0.32, against(Reference::Imaging));
    let adults = pool(PoolSource::Residents { share: 0.3 }, 0.2, against(Reference::CarePoints));
    vec![
        Service { follow_up: Some(after), ..service("mammography", 10, 1.0, Some(women)) },
        service("diagnostics", 15, 0.2, Some(adults)),
        service("primary-care", 20, 0.1, None),
    ]
}

fn truck() -> Vehicle {
    let shift = Some(window("07:30", "17:45"));
    Vehicle {
        id: "truck".into(),
        name: "Truck".into(),
        kind: "truck".into(),
        base: commune("A"),
        travel_factor: 1.25,
        set_up: Seconds::from_minutes(45),
        pack_down: Seconds::from_minutes(30),
        min_session: Seconds::from_minutes(60),
        max_session: Seconds::from_minutes(240),
        max_visits_per_day: 1,
        spacing_weeks: 12,
        max_stays_per_site: None,
        nights: None,
        quality_control: Seconds(0),
        crew: Vec::new(),
        shifts: [shift, shift, shift, shift, shift, None, None],
        works_public_holidays: false,
        days_off: ClosedDates::default(),
        offers: vec![Offer { service: MAMMOGRAPHY, lanes: 1, weekdays: Weekdays::ALL }],
        needs: SiteNeeds { power: true, level_ground: true, ramp_access: false, network: false },
        costs: None,
    }
}

fn van() -> Vehicle {
    let shift = Some(window("07:30", "18:00"));
    let on_weekdays = Weekdays(0b001_1111);
    Vehicle {
        id: "van".into(),
        name: "Van".into(),
        kind: "van".into(),
        travel_factor: 1.0,
        set_up: Seconds::from_minutes(5),
        pack_down: Seconds::from_minutes(5),
        min_session: Seconds::from_minutes(30),
        max_visits_per_day: 3,
        spacing_weeks: 0,
        shifts: [shift, shift, shift, shift, shift, shift, None],
        offers: vec![
            Offer { service: DIAGNOSTICS, lanes: 1, weekdays: Weekdays::ALL },
            Offer { service: ServiceId(2), lanes: 2, weekdays: on_weekdays },
        ],
        needs: SiteNeeds::default(),
        costs: None,
        ..truck()
    }
}
