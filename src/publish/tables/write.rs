//! Writes `visits.csv` and `invitations.csv`.

use crate::domain::{ClockKind, Scenario};
use crate::i18n::Lang;
use crate::plan::{Leg, Plan, Stop, Visit, second_of_day};
use crate::publish::lookup::Lookup;
use crate::sheet::{csv, number, time, yes};
use chrono::{DateTime, Datelike, Days, FixedOffset};

/// Pairs of opening and closing columns that are always there, so that a session can be added.
const MIN_SESSIONS: usize = 2;

/// The visits of a plan, one a line in the order of the plan.
///
/// `kilometres` and `driving_minutes` are those of the trip to the visit and, where the vehicle
/// goes home from it, of the way back too: they add up to the plan's. `night` says whether the
/// vehicle spends the night after the visit there. `follow_up` names the nearest point that is open in time
/// after it, and `follow_up_kept` says whether everybody invited has one near. `invited_host` are letters to the
/// commune of the site, `invited_around` those to all others. The last column says what
/// must be said of the figures, on every line: lines get sorted, filtered and copied.
#[must_use]
pub fn visits(scenario: &Scenario, plan: &Plan, lang: Lang) -> Vec<u8> {
    let lookup = Lookup::new(scenario);
    let pairs = plan.visits.iter().map(|v| v.sessions.len()).max().unwrap_or(0).max(MIN_SESSIONS);
    let services: Vec<&str> = scenario
        .services
        .iter()
        .map(|s| s.id.as_str())
        .filter(|id| plan.visits.iter().any(|v| v.services.iter().any(|s| s.service == **id)))
        .collect();

    // Who came is to be filled in afterwards, where it counts for the next plan.
    let has_pool = |id: &str| scenario.service(id).is_some_and(|s| scenario.services[s.index()].pool.is_some());
    let mut header: Vec<String> =
        ["visit", "vehicle", "date", "weekday", "site", "site_name"].map(str::to_owned).into();
    header.extend(["commune", "commune_name", "arrive"].map(str::to_owned));
    header.extend((1..=pairs).flat_map(|k| [format!("open_{k}"), format!("close_{k}")]));
    header.extend(["leave", "night", "kilometres", "driving_minutes"].map(str::to_owned));
    header.extend(services.iter().flat_map(|id| {
        let name = id.replace('-', "_");
        let of_pool = ["invited_host", "invited_around", "attended"].map(|part| format!("{name}_{part}"));
        let of_pool = of_pool.into_iter().filter(|_| has_pool(id));
        [format!("{name}_appointments"), format!("{name}_expected")].into_iter().chain(of_pool)
    }));
    // Where people go on to, on the clock of the rule.
    let rule = |id: &str| scenario.services.iter().find(|s| s.id == *id)?.follow_up.as_ref().map(|rule| rule.clock);
    let followed: Vec<(&str, ClockKind)> = services.iter().filter_map(|id| Some((*id, rule(id)?))).collect();
    header.extend(followed.iter().flat_map(|(id, _)| {
        ["follow_up", "follow_up_minutes", "follow_up_opens", "follow_up_kept"]
            .map(|name| format!("{}_{name}", id.replace('-', "_")))
    }));
    header.push("labels".into());
    let labels = labels(scenario, lang);

    let clock = |at: DateTime<FixedOffset>| time(second_of_day(at).1);
    let rows = plan.visits.iter().map(|visit| {
        let mut row = vec![
            visit.id.to_string(),
            visit.vehicle.to_string(),
            visit.date.to_string(),
            lang.weekday(visit.date.weekday().num_days_from_monday() as usize).to_owned(),
            visit.site.to_string(),
            lookup.site_name(&visit.site).to_string(),
            visit.commune.to_string(),
            lookup.commune_name(&visit.commune).to_string(),
            clock(visit.arrive),
        ];
        for k in 0..pairs {
            row.push(visit.sessions.get(k).map_or_else(String::new, |s| clock(s.open)));
            row.push(visit.sessions.get(k).map_or_else(String::new, |s| clock(s.close)));
        }
        let (metres, seconds) = driving(plan, visit);
        row.push(clock(visit.leave));
        row.push(yes(plan.sleeps(visit)));
        row.push(number(f64::from(metres) / 1000.0, 1));
        row.push(number(f64::from(seconds) / 60.0, 1));
        for id in &services {
            let offered = visit.services.iter().find(|s| s.service == *id);
            row.push(offered.map_or_else(String::new, |s| s.appointments.to_string()));
            row.push(offered.map_or_else(String::new, |s| number(s.expected, 1)));
            if has_pool(id) {
                let letters = offered.map(|s| s.letters(&visit.commune));
                row.push(letters.map_or_else(String::new, |(host, _)| host.to_string()));
                row.push(letters.map_or_else(String::new, |(_, around)| around.to_string()));
                row.push(String::new());
            }
        }
        for (id, kind) in &followed {
            let line = visit.services.iter().find(|s| s.service == *id).and_then(|s| s.followed(*kind));
            let point = line.and_then(|line| line.nearest.as_ref());
            row.push(point.map_or_else(String::new, |p| p.name.to_string()));
            row.push(point.map_or_else(String::new, |p| number(p.minutes, 1)));
            row.push(point.map_or_else(String::new, |p| p.opens.to_rfc3339()));
            row.push(line.map_or_else(String::new, |line| yes(line.kept())));
        }
        row.push(labels.clone());
        row
    });
    csv(std::iter::once(header).chain(rows))
}

/// What must be said wherever the figures are shown, as the text of one cell.
pub(super) fn labels(scenario: &Scenario, lang: Lang) -> String {
    scenario.labels.iter().map(|label| label.get(lang)).collect::<Vec<_>>().join(" ")
}

/// Metres and seconds of the trips that count with a visit: the one to it and, where the vehicle
/// goes home from it, the way back.
#[must_use]
pub fn driving(plan: &Plan, visit: &Visit) -> (u32, u32) {
    let same_day = |v: &&Visit| v.vehicle == visit.vehicle && v.date == visit.date;
    let others = || plan.visits.iter().filter(same_day).filter(|v| v.id != visit.id);
    let counts = |leg: &&Leg| match &leg.to {
        Stop::Site(site) => {
            *site == visit.site
                && leg.arrive <= visit.arrive
                && !others().any(|v| v.site == *site && leg.arrive <= v.arrive && v.arrive < visit.arrive)
        }
        Stop::Base => visit.leave <= leg.depart && !others().any(|v| v.leave <= leg.depart && visit.leave < v.leave),
    };
    let tours = plan.tours.iter().filter(|t| t.vehicle == visit.vehicle && t.date == visit.date);
    tours.flat_map(|t| &t.legs).filter(counts).fold((0, 0), |(m, s), leg| (m + leg.metres, s + leg.seconds))
}

/// Whom to invite, one line a visit, service and commune in the order of the plan. `host` says whether the vehicle
/// stands in that commune. The
/// send-by date is [`crate::domain::TimeRules::send_ahead_days`] before the visit; `late` says
/// whether it had passed when the plan was made, `no` when that date is not known. The last
/// column is that of [`visits`].
#[must_use]
pub fn invitations(scenario: &Scenario, plan: &Plan, lang: Lang) -> Vec<u8> {
    let lookup = Lookup::new(scenario);
    let header = ["visit", "date", "vehicle", "site", "service", "commune", "commune_name"];
    let header = header.into_iter().chain(["host", "invited", "expected", "attended", "send_by", "late", "labels"]);
    let labels = labels(scenario, lang);
    let mut rows = Vec::new();
    for visit in &plan.visits {
        let send_by = visit.date - Days::new(u64::from(scenario.time.send_ahead_days));
        let late = scenario.now.is_some_and(|now| send_by < now);
        for service in &visit.services {
            rows.extend(service.invitations.iter().map(|line| {
                vec![
                    visit.id.to_string(),
                    visit.date.to_string(),
                    visit.vehicle.to_string(),
                    visit.site.to_string(),
                    service.service.to_string(),
                    line.commune.to_string(),
                    lookup.commune_name(&line.commune).to_string(),
                    yes(line.commune == visit.commune),
                    line.people.to_string(),
                    number(line.expected, 2),
                    String::new(),
                    send_by.to_string(),
                    yes(late),
                    labels.clone(),
                ]
            }));
        }
    }
    csv(std::iter::once(header.map(str::to_owned).collect()).chain(rows))
}
