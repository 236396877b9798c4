//! The promise of care on the region's week, against a simulation minute by minute.

use chrono::{DateTime, Datelike, Timelike, Weekday};
use chrono_tz::Europe::Paris;
use std::path::Path;
use tournee::config::{LoadOptions, load};
use tournee::demand::Demand;
use tournee::domain::{CarePoint, CareStatus, ClockKind, CommuneId, Scenario};
use tournee::optimise::{Outcome, Settings, assemble, solve};
use tournee::plan::Plan;
use tournee::promise::{Access, rolling};
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

/// Minutes after the horizon in which fixed points are known to open.
const BEYOND: usize = 14 * 24 * 60;

/// Answered, evaluated and longest wait in minutes, and whether that is a least one, by walking through all.
fn simulated(
    week: &Week,
    commune: usize,
    service: &str,
    kind: ClockKind,
    with_fixed: bool,
) -> (i64, i64, Option<(i64, bool)>) {
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
    for minute in 0..MINUTES + BEYOND {
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
    let known = MINUTES + BEYOND;
    let mut wait = vec![0; known + 1];
    let mut opens = vec![false; known + 1];
    for minute in (0..known).rev() {
        opens[minute] = open[minute] || opens[minute + 1];
        wait[minute] = if open[minute] { 0 } else { running[minute] + wait[minute + 1] };
    }
    let (hours, total) = (48 * 60, running[..MINUTES].iter().sum::<i64>());
    let (mut answered, mut evaluated, mut before, mut longest) = (0, 0, 0, None::<(i64, bool)>);
    for minute in 0..MINUTES {
        if before < total - hours {
            evaluated += running[minute];
            answered += if opens[minute] && wait[minute] <= hours { running[minute] } else { 0 };
            // To the end, where nothing is known to open.
            let own = if opens[minute] { wait[minute] } else { total - before };
            if !open[minute] && longest.is_none_or(|(most, _)| own > most) {
                longest = Some((own, !opens[minute]));
            }
        }
        before += running[minute];
    }
    (answered, evaluated, longest)
}

#[test]
fn rolling_access_on_the_regions_week_is_the_simulated_one() {
    let week = week();
    let Week { scenario, travel, plan } = &week;
    let (mut some, mut none) = (0, 0);
    for of in rolling(scenario, travel, plan) {
        let service = &scenario.services[of.service.index()];
        let stated = plan.promise.iter().find(|p| p.service == service.id && p.clock == of.clock).unwrap();
        for (with_fixed, all, stated) in
            [(false, &of.alone, &stated.vehicles), (true, &of.with_fixed, &stated.with_fixed)]
        {
            for commune in (0..scenario.communes.len()).step_by(EVERY) {
                let Access { answered, evaluated, longest } = all[commune];
                let longest = longest.map(|wait| (wait.seconds / 60, wait.censored));
                let found = (answered / 60, evaluated / 60, longest);
                let name = &scenario.communes[commune].name;
                let wanted = simulated(&week, commune, &service.id, of.clock, with_fixed);
                assert_eq!(found, wanted, "{name}, {}, {:?}, fixed {with_fixed}", service.id, of.clock);
                (some, none) = (some + usize::from(answered > 0), none + usize::from(answered == 0));
            }
            let (mut residents, mut sum) = (0.0, 0.0);
            for (commune, access) in scenario.communes.iter().zip(all) {
                residents += f64::from(commune.population.0);
                sum += f64::from(commune.population.0) * access.share().unwrap();
            }
            assert!((stated.share.unwrap() - sum / residents).abs() < 1e-9);
            let longest = all.iter().filter_map(|a| a.longest).map(|wait| wait.seconds).max();
            assert_eq!(stated.longest.as_ref().map(|wait| wait.seconds), longest);
        }
    }
    assert!(some > 50 && none > 50, "{some} answered at times, {none} never");
}

/// Where women go on to after each of the truck's visits, by trying every minute of the two weeks after it.
#[test]
fn follow_up_on_the_regions_week_is_the_simulated_one() {
    let week = week();
    let Week { scenario, travel, plan } = &week;
    let by_code = |code: &str| CommuneId::new(scenario.communes.iter().position(|c| c.code == code).unwrap());
    let mut seen = 0;
    for visit in &plan.visits {
        for service in visit.services.iter().filter(|s| s.service == "mammography") {
            assert_eq!(service.follow_up.len(), 2);
            for line in &service.follow_up {
                let end = visit.sessions.last().unwrap().close;
                let mut in_time = Vec::new();
                let mut waited = 0;
                for minute in 0..BEYOND {
                    let at = end + chrono::Duration::minutes(minute as i64);
                    let local = at.with_timezone(&Paris);
                    let date = local.date_naive();
                    let holiday = scenario.calendar.public_holidays.iter().any(|d| d.from <= date && date <= d.to);
                    let off = holiday || matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
                    let second = local.num_seconds_from_midnight() as i32;
                    for point in &scenario.imaging_sites {
                        let hours = &point.hours[date.weekday().num_days_from_monday() as usize];
                        let open = !holiday && hours.iter().any(|w| w.from.0 <= second && second < w.to.0);
                        if open && waited <= 48 * 60 && !in_time.iter().any(|(p, _): &(&CarePoint, _)| p.id == point.id)
                        {
                            in_time.push((point, at));
                        }
                    }
                    waited += i64::from(line.clock == ClockKind::Calendar || !off);
                }
                let from =
                    |commune: CommuneId, p: &CarePoint| travel.access_minutes(scenario, commune, p.commune).unwrap();
                let home = by_code(&visit.commune);
                let nearest = in_time.iter().map(|(p, at)| (from(home, p), *at, p.id.clone()));
                let nearest = nearest.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let stated = line.nearest.as_ref().map(|p| (p.minutes, p.opens, p.id.clone()));
                assert_eq!(stated, nearest, "{} {:?}", visit.id, line.clock);
                let near = |code: &str| in_time.iter().any(|(p, _)| from(by_code(code), p) <= 30.0);
                let followed = service.invitations.iter().filter(|i| near(&i.commune)).map(|i| i.people).sum::<u32>();
                let people = service.invitations.iter().map(|i| i.people).sum::<u32>();
                assert_eq!((line.people, line.followed), (people, followed), "{} {:?}", visit.id, line.clock);
                seen += 1;
            }
        }
    }
    assert!(seen >= 8, "{seen} follow-ups");
}
