//! One rule at a time forbids a site: it is named, and the solver proves that no plan has the visit.

use super::{EXACT, at_desk, must, week};
use crate::common::World;
use crate::common::scenario::{TRUCK, past_visit, site, time, window};
use chrono::Days;
use tournee::domain::{Forbidden, Lock, Scenario};
use tournee::explain::{Answer, ServedBy, explain, reaching, reasons, served_by};
use tournee::units::Seconds;

/// Asserts that a change of the scenario makes a rule forbid the truck the site in E, alone, and that
/// no plan has the visit.
fn forbids(code: &str, change: impl Fn(&mut Scenario)) -> World {
    let mut world = World::good();
    world.scenario.horizon.weeks = 1;
    let free = reasons(&world.scenario, &world.travel, TRUCK, site("E"));
    assert!(!free.forbidden() && free.rules.is_empty(), "{free:?}");
    change(&mut world.scenario);
    let found = reasons(&world.scenario, &world.travel, TRUCK, site("E"));
    assert!(found.forbidden(), "{code}: {found:?}");
    assert_eq!(found.name(), code, "{found:?}");
    for rule in &found.rules {
        assert!(!rule.message.fr.is_empty() && rule.message.fr != rule.message.en, "{rule:?}");
    }
    let solved = at_desk(&world, EXACT, |desk| desk.solve(desk.scenario, "truck", Some(&must("truck", "E")), false));
    assert!(solved.unwrap().is_none(), "{code}: a plan has the visit");
    world
}

fn e(scenario: &mut Scenario) -> &mut tournee::domain::Site {
    &mut scenario.sites[site("E").index()]
}

fn truck(scenario: &mut Scenario) -> &mut tournee::domain::Vehicle {
    &mut scenario.vehicles[TRUCK.index()]
}

#[test]
fn each_rule_is_named() {
    forbids("R7-site-fit", |s| e(s).vehicle_kinds = vec!["van".into()]);
    forbids("R7-site-fit", |s| e(s).power = false);
    forbids("R7-site-dates", |s| e(s).available.0 = Some(s.horizon.start + Days::new(7)));
    forbids("R7-site-dates", |s| e(s).weekdays.0 = 0b110_0000);
    forbids("R7-permit", |s| {
        s.now = Some(s.horizon.start - Days::new(1));
        e(s).permit_lead_days = 30;
    });
    forbids("R10-forbidden", |s| s.forbidden = vec![Forbidden { vehicle: None, day: None, site: Some(site("E")) }]);
    forbids("R5-driving-day", |s| s.limits.driving_per_day = time("01:30"));
    forbids("R5-working-day", |s| s.limits.work_per_day = time("03:00"));
    forbids("R1-shift", |s| truck(s).shifts[..5].fill(Some(window("09:00", "12:30"))));
    forbids("R2-public-hours", |s| s.time.public_hours.clear());
    forbids("R8-day-off", |s| truck(s).shifts = [None; 7]);
    forbids("R4-break", |s| {
        s.time.public_hours = vec![window("11:00", "15:00")];
        truck(s).min_session = time("04:00");
    });
}

#[test]
fn spacing_says_when_the_site_is_free_again() {
    let world = forbids("R7-spacing", |s| s.past = vec![past_visit(s.horizon.start, 5)]);
    let found = reasons(&world.scenario, &world.travel, TRUCK, site("E"));
    let free = world.scenario.horizon.start + Days::new(7 * 7);
    assert!(found.rules[0].message.en.contains(&format!("free from {free}")), "{found:?}");
    assert!(found.rules[0].message.en.contains("site-E-1"), "{found:?}");
}

#[test]
fn days_locked_elsewhere_leave_none() {
    forbids("R10-locked", |s| {
        truck(s).spacing_weeks = 0;
        s.locks = (0..5)
            .map(|day| Lock { vehicle: TRUCK, day: tournee::domain::DayId(day), site: site("D"), sessions: None })
            .collect();
    });
}

#[test]
fn some_days_forbidden_are_counted_and_do_not_forbid() {
    let mut world = World::good();
    world.scenario.horizon.weeks = 1;
    e(&mut world.scenario).weekdays.0 = 0b000_0110;
    let found = reasons(&world.scenario, &world.travel, TRUCK, site("E"));
    assert!((found.days, found.free_days) == (5, 2) && !found.forbidden(), "{found:?}");
    assert_eq!((found.rules[0].code, found.rules[0].days), ("R7-site-dates", 3));
}

#[test]
fn a_visit_that_is_there_is_told_and_neighbours_are_served_by_it() {
    let world = week(|_| ());
    let demand = tournee::demand::Demand::new(&world.scenario, &world.travel);
    let there = world.plan.visits.iter().find(|v| v.vehicle == "truck").unwrap();
    let letter = there.site.trim_start_matches("site-");
    let case = at_desk(&world, EXACT, |desk| explain(desk, &must("truck", letter), true)).unwrap();
    assert_eq!((case.answer, case.menu.len()), (Answer::InThePlan, 0));
    // Whoever is invited is within reach of a visit that says how many.
    for visit in &world.plan.visits {
        for line in visit.services.iter().flat_map(|s| &s.invitations) {
            let at = world.scenario.communes.iter().position(|c| c.code == line.commune).unwrap();
            let commune = tournee::domain::CommuneId::new(at);
            let served: Vec<ServedBy> = served_by(&world.scenario, &demand, &world.plan, commune);
            let own = served.iter().find(|s| s.visit == visit.id).unwrap();
            assert!(own.invited >= line.people && own.inside == (visit.commune == line.commune));
            let near = world.scenario.sites.iter().position(|s| s.id == visit.site).unwrap();
            assert!(reaching(&demand, commune).contains(&tournee::domain::SiteId::new(near)));
        }
    }
    // Nobody is invited from F, two hours away from everything.
    assert!(reaching(&demand, crate::common::scenario::commune("F")).is_empty());
    assert!(Seconds(0) < world.scenario.travel.max_access);
}
