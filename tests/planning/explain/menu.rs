//! The menu of changes: each entry stands on two solves of the changed scenario.

use super::{EXACT, at_desk, best, must, week};
use crate::common::scenario::{TRUCK, commune, past_visit, site};
use chrono::Days;
use std::sync::atomic::{AtomicBool, Ordering};
use tournee::domain::{DayId, Lock, Scenario};
use tournee::explain::{Answer, Case, Change, Verdict, explain};

fn one_day(scenario: &mut Scenario) {
    for shift in scenario.vehicles[TRUCK.index()].shifts.iter_mut().skip(1) {
        *shift = None;
    }
}

/// The menu for a visit of the truck to a site, and the scenario it is for.
fn case(letter: &str, change: impl Fn(&mut Scenario)) -> (Case, crate::common::World) {
    let world = week(change);
    let case = at_desk(&world, EXACT, |desk| explain(desk, &must("truck", letter), true)).unwrap();
    (case, world)
}

fn verdict(case: &Case, change: &str) -> Verdict {
    case.menu.iter().find(|e| e.change == change).unwrap_or_else(|| panic!("{change} in {case:?}")).verdict
}

#[test]
fn a_week_less_of_spacing_is_what_it_takes() {
    let (case, world) = case("E", |s| s.past = vec![past_visit(s.horizon.start, 11)]);
    assert_eq!(case.answer, Answer::Forbidden);
    assert_eq!(case.reasons[0].name(), "R7-spacing");
    let cheapest = case.cheapest.map(|k| &case.menu[k]).unwrap_or_else(|| panic!("{case:#?}"));
    assert_eq!((cheapest.change, cheapest.verdict), ("spacing-shorter", Verdict::LetsIn), "{case:#?}");
    assert_eq!(verdict(&case, "driving-hour"), Verdict::StillForbidden);
    assert_eq!(verdict(&case, "all-locks-lifted"), Verdict::NothingToChange);
    assert_eq!(verdict(&case, "permit"), Verdict::NothingToChange);
    // The figures are around the best plan of the changed scenario, solved by itself.
    let changed = Change::Spacing(1).apply(&world.scenario, &must("truck", "E"));
    let alone = best(&changed, &world.travel, EXACT);
    let around = cheapest.with_change.unwrap();
    assert!(around.score <= alone.score + 1e-6 && alone.score <= around.upper_bound + 1e-6, "{cheapest:?}");
}

#[test]
fn several_weeks_less_are_offered_where_one_is_not_enough() {
    let (case, _) = case("E", |s| s.past = vec![past_visit(s.horizon.start, 8)]);
    let spacing: Vec<_> = case.menu.iter().filter(|e| e.change == "spacing-shorter").collect();
    assert_eq!(spacing.len(), 2);
    assert_eq!(spacing[0].verdict, Verdict::StillForbidden);
    assert!(spacing[1].message.en.starts_with("4 weeks of spacing less") && spacing[1].verdict == Verdict::LetsIn);
}

#[test]
fn a_permit_and_a_lock_let_a_site_in() {
    let (permit, _) = case("E", |s| {
        s.now = Some(s.horizon.start - Days::new(1));
        s.sites[site("E").index()].permit_lead_days = 30;
    });
    assert_eq!(permit.reasons[0].name(), "R7-permit");
    assert_eq!(permit.menu[permit.cheapest.unwrap()].change, "permit", "{permit:#?}");

    let (locked, _) = case("D", |s| {
        one_day(s);
        s.locks = vec![Lock { vehicle: TRUCK, day: DayId(0), site: site("B"), sessions: None }];
    });
    assert_eq!((&locked.answer, locked.reasons[0].name().as_str()), (&Answer::Forbidden, "R10-locked"));
    assert_ne!(verdict(&locked, "lock-lifted"), Verdict::StillForbidden);
    assert_eq!(locked.menu[0].change, "lock-lifted");
    assert!(locked.menu[0].message.en.contains("truck") && locked.menu[0].message.en.contains("site-B"));
}

#[test]
fn times_of_day_and_driving_let_a_site_in() {
    // 104 minutes to E and back, and 100 allowed.
    let (driving, _) = case("E", |s| s.limits.driving_per_day.0 = 100 * 60);
    assert_eq!(driving.reasons[0].name(), "R5-driving-day");
    assert_ne!(verdict(&driving, "driving-hour"), Verdict::StillForbidden);
    assert_eq!(verdict(&driving, "shift-later"), Verdict::StillForbidden);
    // A base next door would do as well: none is known but A's.
    assert_eq!(verdict(&driving, "other-base"), Verdict::NothingToChange);
    let (base, _) = case("E", |s| {
        s.limits.driving_per_day.0 = 100 * 60;
        s.vehicles[1].base = commune("D");
    });
    assert_ne!(verdict(&base, "other-base"), Verdict::StillForbidden, "{base:#?}");
    assert!(base.menu.last().unwrap().message.en.contains("D-ville"));
}

#[test]
fn the_menu_keeps_its_order_and_every_line_its_proof() {
    let (case, world) = case("B", one_day);
    let Answer::Priced(price) = &case.answer else { panic!("{case:?}") };
    assert!(!price.as_good, "{price:?}");
    let order: Vec<&str> = case.menu.iter().map(|e| e.change).collect();
    assert_eq!(
        order,
        [
            "all-locks-lifted",
            "spacing-shorter",
            "permit",
            "shift-earlier",
            "shift-later",
            "driving-hour",
            "night-out",
            "other-base"
        ]
    );
    for entry in &case.menu {
        match (entry.verdict, entry.with_change, entry.with_change_and_visit) {
            (Verdict::LetsIn, Some(without), Some(with)) => assert!(with.score >= without.score - 1e-6, "{entry:?}"),
            (Verdict::NotEnough, Some(without), Some(with)) => {
                assert!(with.upper_bound < without.score, "{entry:?}");
            }
            (Verdict::Open, Some(_), Some(_)) => {}
            (Verdict::NothingToChange | Verdict::StillForbidden, None, None) => {}
            _ => panic!("{entry:?}"),
        }
        assert!(entry.message.fr != entry.message.en);
    }
    // A looser scenario is never worth less.
    for change in [Change::ShiftEarlier, Change::ShiftLater, Change::Driving] {
        let entry = case.menu.iter().find(|e| e.change == change.name()).unwrap();
        assert!(entry.with_change.unwrap().upper_bound >= world.plan.score - 1e-6, "{entry:?}");
    }
}

#[test]
fn somebody_who_asks_to_stop_gets_what_there_is() {
    let world = week(one_day);
    let demand = tournee::demand::Demand::new(&world.scenario, &world.travel);
    let stop = AtomicBool::new(false);
    let desk = tournee::explain::Desk {
        scenario: &world.scenario,
        travel: &world.travel,
        demand: &demand,
        plan: &world.plan,
        settings: EXACT,
        stop: &|| stop.load(Ordering::Relaxed),
        // As soon as there is a plan with the visit.
        tell: &|now| stop.store(now.incumbent.is_finite(), Ordering::Relaxed),
    };
    let case = explain(&desk, &must("truck", "B"), true).unwrap();
    assert!(matches!(case.answer, Answer::Priced(_)) && case.menu.is_empty());
}
