//! The promise of care on the region's week, against a simulation minute by minute.

use chrono::{DateTime, Datelike, Timelike, Weekday};
use chrono_tz::Europe::Paris;
use std::path::Path;
use tournee::config::{LoadOptions, load};
use tournee::demand::Demand;
use tournee::domain::{CareStatus, CommuneId, Scenario};
use tournee::optimise::{Outcome, Settings, assemble, solve};
use tournee::plan::Plan;
use tournee::promise::{Access, ClockKind, Promise, fixed, rolling, together, visits};
use tournee::travel::Table;

/// One commune in so many is simulated.
const EVERY: usize = 45;
const MINUTES: usize = 7 * 24 * 60;

struct Week {
    scenario: Scenario,
    travel: Table,
    plan: Plan,
}

/// The region's week with the first plan found.
fn week() -> Week {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/hauts-de-france.toml");
    let loaded = load(&file, &LoadOptions::default()).unwrap();
    let scenario = loaded.scenario;
    let travel = loaded.road_graph.table(&scenario).unwrap();
    let demand = Demand::new(&scenario, &travel);
    let settings = Settings { gap: 1.0, ..Settings::default() };
    let (outcome, duties) = solve(&scenario, &travel, &demand, settings, &|| false, &mut |_| ()).unwrap();
    let Outcome::Plan(solution) = outcome else { panic!("no plan") };
    let plan = assemble(&scenario, &travel, &demand, &solution.visits(&duties), Some(solution.upper_bound));
    Week { scenario, travel, plan }
}

/// The first minute of the horizon, seconds since the Unix epoch.
fn start(scenario: &Scenario) -> i64 {
    let midnight = scenario.horizon.start.and_hms_opt(0, 0, 0).unwrap();
    midnight.and_local_timezone(Paris).unwrap().timestamp()
}

/// Answered, evaluated and longest wait in minutes, by walking through all of them.
fn simulated(week: &Week, commune: usize, service: &str, kind: ClockKind, with_fixed: bool) -> (i64, i64, i64) {
    let Week { scenario, travel, plan } = week;
    let near = |to: CommuneId| {
        travel.access_minutes(scenario, CommuneId::new(commune), to).is_some_and(|minutes| minutes <= 30.0)
    };
    let points = scenario.care_points.iter().chain(&scenario.imaging_sites);
    let points: Vec<_> = points
        .filter(|p| with_fixed && p.status != CareStatus::Planned && near(p.commune))
        .filter(|p| p.services.iter().any(|s| s == service))
        .collect();
    let site = |id: &str| scenario.sites.iter().find(|s| s.id == id).unwrap().commune;
    let calls: Vec<_> = plan.visits.iter().filter(|v| near(site(&v.site))).collect();
    let (mut open, mut running) = (Vec::new(), Vec::new());
    for minute in 0..MINUTES {
        let at = DateTime::from_timestamp(start(scenario) + 60 * minute as i64, 0).unwrap();
        let local = at.with_timezone(&Paris);
        let date = local.date_naive();
        let holiday = scenario.calendar.public_holidays.iter().any(|d| d.from <= date && date <= d.to);
        let off = holiday || matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        running.push(i64::from(kind == ClockKind::Calendar || !off));
        let second = local.num_seconds_from_midnight() as i32;
        let fixed = points.iter().any(|p| {
            let hours = &p.hours[date.weekday().num_days_from_monday() as usize];
            !holiday && hours.iter().any(|w| w.from.0 <= second && second < w.to.0)
        });
        let visited = calls.iter().any(|v| {
            v.services.iter().any(|s| s.service == service && s.appointments > 0)
                && v.sessions.iter().any(|s| s.open <= at && at < s.close)
        });
        open.push(fixed || visited);
    }
    let mut wait = vec![0; MINUTES + 1];
    let mut opens = vec![false; MINUTES + 1];
    for minute in (0..MINUTES).rev() {
        opens[minute] = open[minute] || opens[minute + 1];
        wait[minute] = if open[minute] { 0 } else { running[minute] + wait[minute + 1] };
    }
    let (hours, total) = (48 * 60, running.iter().sum::<i64>());
    let (mut answered, mut evaluated, mut before) = (0, 0, 0);
    for minute in 0..MINUTES {
        if before < total - hours {
            evaluated += running[minute];
            answered += if opens[minute] && wait[minute] <= hours { running[minute] } else { 0 };
        }
        before += running[minute];
    }
    (answered, evaluated, wait.into_iter().max().unwrap())
}

#[test]
fn rolling_access_on_the_regions_week_is_the_simulated_one() {
    let week = week();
    let Week { scenario, travel, plan } = &week;
    let dates = (scenario.horizon.start, scenario.horizon.start + chrono::Days::new(6));
    let (mut some, mut none) = (0, 0);
    for service in &scenario.services {
        for with_fixed in [false, true] {
            let mut offers = visits(scenario, plan, service);
            offers.extend(if with_fixed { fixed(scenario, service, dates) } else { Vec::new() });
            for kind in [ClockKind::Calendar, ClockKind::Working] {
                let all = rolling(scenario, travel, &offers, Promise::default(), kind);
                for commune in (0..scenario.communes.len()).step_by(EVERY) {
                    let Access { answered, evaluated, longest } = all[commune];
                    let found = (answered / 60, evaluated / 60, longest.map_or(0, |wait| wait.seconds / 60));
                    let name = &scenario.communes[commune].name;
                    let wanted = simulated(&week, commune, &service.id, kind, with_fixed);
                    assert_eq!(found, wanted, "{name}, {}, {kind:?}, fixed {with_fixed}", service.id);
                    (some, none) = (some + usize::from(answered > 0), none + usize::from(answered == 0));
                }
                let group = together(scenario, &all, (0..scenario.communes.len()).map(CommuneId::new));
                let share = group.share.unwrap();
                assert!((0.0..=1.0).contains(&share) && group.always + group.never <= group.residents);
                let longest = all.iter().filter_map(|a| a.longest).map(|wait| wait.seconds).max();
                assert_eq!(group.longest.map(|(_, wait)| wait.seconds), longest);
            }
        }
    }
    assert!(some > 50 && none > 50, "{some} answered at times, {none} never");
}
