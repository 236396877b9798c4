//! Hard follow-up: on Friday evening and on the eve of a public holiday nobody is screened who could not go on in time.

use crate::common::World;
use crate::common::scenario::{MAMMOGRAPHY, TRUCK, site, window};
use tournee::demand::Demand;
use tournee::domain::{CalendarDay, ClockKind, DayId, FollowUp, Lock, Reach, Scenario};
use tournee::optimise::{Cause, Feasible, Outcome, Settings, assemble, conflict, feasible, solve};
use tournee::plan::{instant, second_of_day};
use tournee::promise::Ends;
use tournee::units::Seconds;

const NEVER: &(dyn Fn() -> bool + Sync) = &|| false;

/// One week from Monday 30 November; the imaging site is open to 18:00, on Fridays to 12:30, and not on holidays.
fn week(clock: ClockKind, hours: u32, change: impl FnOnce(&mut Scenario)) -> World {
    let mut world = World::good();
    let scenario = &mut world.scenario;
    scenario.past.clear();
    scenario.horizon.weeks = 1;
    scenario.imaging_sites[0].hours[4] = vec![window("08:30", "12:30")];
    scenario.services[MAMMOGRAPHY.index()].follow_up = Some(FollowUp {
        reach: Reach { access: Seconds::from_minutes(60), hours },
        clock,
        hard: true,
        points: vec!["mammography".into()],
    });
    change(scenario);
    world
}

/// Wednesday is a public holiday.
fn holiday(scenario: &mut Scenario) {
    let wednesday = scenario.horizon.date(DayId(2));
    scenario.calendar.public_holidays.push(CalendarDay { from: wednesday, to: wednesday, name: "fête".into() });
}

fn lets(world: &World, day: u32, time: &str) -> bool {
    let rules = Ends::hard(&world.scenario, &world.travel);
    let seconds = window(time, "23:59").from;
    let at = instant(world.scenario.horizon.date(DayId(day)), seconds).timestamp();
    rules[0].lets(site("B"), at)
}

#[test]
fn friday_evening_is_too_late_on_the_clock_of_all_days() {
    let all = week(ClockKind::Calendar, 48, |_| {});
    assert!(lets(&all, 3, "19:00"), "on Friday morning it is open");
    assert!(lets(&all, 4, "12:15"));
    assert!(!lets(&all, 4, "12:30") && !lets(&all, 4, "17:30"), "until Monday it is closed");
    // Sixteen working hours to Monday morning.
    let working = week(ClockKind::Working, 48, |_| {});
    assert!(lets(&working, 4, "17:30"));
    let short = week(ClockKind::Working, 14, |_| {});
    assert!(!lets(&short, 4, "17:30"));
}

#[test]
fn the_eve_of_a_public_holiday_is_too_late_where_a_day_is_promised() {
    let all = week(ClockKind::Calendar, 24, holiday);
    assert!(lets(&all, 1, "17:45") && !lets(&all, 1, "18:00"), "on Thursday morning it is open again");
    assert!(lets(&week(ClockKind::Calendar, 48, holiday), 1, "18:00"));
    assert!(lets(&week(ClockKind::Working, 24, holiday), 1, "18:00"));
    assert!(lets(&week(ClockKind::Calendar, 24, |_| {}), 1, "18:00"));
}

#[test]
fn plans_keep_the_rule_and_the_checker_refuses_those_that_do_not() {
    // On Tuesday, too, it closes at noon.
    let change = |scenario: &mut Scenario| {
        scenario.imaging_sites[0].hours[1] = vec![window("08:30", "12:30")];
        holiday(scenario);
    };
    let world = week(ClockKind::Calendar, 24, change);
    let mut flagged = world.clone();
    flagged.scenario.services[MAMMOGRAPHY.index()].follow_up.as_mut().unwrap().hard = false;
    let plan = |world: &World| {
        let demand = Demand::new(&world.scenario, &world.travel);
        let settings = Settings { gap: 0.0, ..Settings::default() };
        let (outcome, duties) = solve(&world.scenario, &world.travel, &demand, settings, NEVER, &mut |_| ()).unwrap();
        let Outcome::Plan(solution) = outcome else { panic!("no plan") };
        let bound = Some(solution.upper_bound);
        assemble(&world.scenario, &world.travel, &demand, &solution.visits(&duties), bound)
    };
    let (kept, free) = (plan(&world), plan(&flagged));
    let late = |plan: &tournee::plan::Plan| {
        let of_truck = plan.visits.iter().filter(|v| v.vehicle == "truck");
        of_truck
            .filter(|v| {
                let (date, closes) = second_of_day(v.sessions.last().unwrap().close);
                let day = world.scenario.horizon.day(date).unwrap().0;
                [1, 4].contains(&day) && closes >= window("12:30", "13:00").from
            })
            .count()
    };
    assert_eq!(late(&kept), 0);
    assert!(late(&free) > 0 && free.score > kept.score, "{} and {}", free.score, kept.score);
    let report = tournee::check::check(&world.scenario, &world.travel, &kept);
    assert!(report.is_good(), "{:?}", report.violations);
    let broken = tournee::check::check(&world.scenario, &world.travel, &free);
    let codes: Vec<&str> = broken.violations.iter().map(|v| v.code).collect();
    assert!(!codes.is_empty() && codes.iter().all(|code| *code == "P-follow-up"), "{codes:?}");
    assert!(
        kept.visits
            .iter()
            .flat_map(|v| &v.services)
            .flat_map(|s| &s.follow_up)
            .all(|line| { line.clock != ClockKind::Calendar || line.kept() })
    );
}

#[test]
fn a_locked_visit_on_friday_evening_is_in_the_way_of_the_rule() {
    let locked = |scenario: &mut Scenario| {
        let sessions = Some(vec![window("09:30", "12:00"), window("13:30", "16:00")]);
        scenario.locks.push(Lock { vehicle: TRUCK, day: DayId(4), site: site("B"), sessions });
    };
    let world = week(ClockKind::Calendar, 48, locked);
    assert_eq!(feasible(&world.scenario, &world.travel, NEVER).unwrap(), Feasible::No);
    let found = conflict(&world.scenario, &world.travel, NEVER).unwrap();
    assert_eq!(found.locks, [0]);
    assert!(found.causes.contains(&Cause::FollowUp), "{found:?}");
}
