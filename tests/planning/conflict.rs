//! Which locked visits contradict each other: one test a sort of conflict, with innocent visits
//! beside it that are not named.

use crate::common::World;
use crate::common::scenario::{TRUCK, VAN, site, time, window};
use tournee::domain::{Crew, CrewId, DayId, Lock, Nights, Scenario, VehicleId, Weekdays, Window};
use tournee::i18n::Text;
use tournee::optimise::{Cause, Conflict, Feasible, conflict, feasible};
use tournee::units::Seconds;

const NEVER: &(dyn Fn() -> bool + Sync) = &|| false;

/// A visit by day (0 = the first Monday) and site; hours as `HH:MM-HH:MM`.
fn lock(vehicle: VehicleId, day: u32, letter: &str, hours: &[(&str, &str)]) -> Lock {
    let sessions: Vec<Window> = hours.iter().map(|(from, to)| window(from, to)).collect();
    Lock { vehicle, day: DayId(day), site: site(letter), sessions: (!sessions.is_empty()).then_some(sessions) }
}

/// The two weeks of the hand-made scenario, changed, with these locks; without past visits.
fn weeks(change: impl FnOnce(&mut Scenario), locks: Vec<Lock>) -> World {
    let mut world = World::good();
    world.scenario.past.clear();
    world.scenario.locks = locks;
    change(&mut world.scenario);
    world
}

fn found(world: &World) -> Conflict {
    assert_eq!(feasible(&world.scenario, &world.travel, NEVER).unwrap(), Feasible::No);
    let found = conflict(&world.scenario, &world.travel, NEVER).unwrap();
    assert!(found.minimal);
    found
}

/// Asserts that the locks at these positions contradict each other, no others, and that lifting the rule
/// would mend it.
fn contradict(world: &World, locks: &[usize], cause: Cause) {
    let found = found(world);
    assert_eq!(found.locks, locks);
    assert!(found.causes.contains(&cause), "{found:?}");
    // Without any of them the innocent ones can all be kept.
    for &named in locks {
        let mut mended = world.scenario.clone();
        mended.locks.remove(named);
        assert_eq!(feasible(&mended, &world.travel, NEVER).unwrap(), Feasible::Yes, "without {named}");
    }
}

#[test]
fn locks_that_go_together_are_not_refused() {
    let locks = vec![
        lock(TRUCK, 0, "B", &[]),
        lock(TRUCK, 1, "D", &[("09:30", "12:00")]),
        lock(VAN, 1, "B", &[]),
        lock(VAN, 1, "C", &[("14:00", "16:00")]),
        lock(VAN, 8, "C", &[]),
    ];
    let world = weeks(|_| {}, locks);
    assert_eq!(feasible(&world.scenario, &world.travel, NEVER).unwrap(), Feasible::Yes);
}

#[test]
fn a_break_that_does_not_fit_between_two_visits() {
    let locks = vec![
        lock(TRUCK, 0, "B", &[]),
        lock(VAN, 0, "B", &[("08:30", "12:00")]),
        lock(VAN, 0, "E", &[("13:30", "16:30")]),
        lock(VAN, 1, "B", &[]),
    ];
    // 52 minutes of packing, driving and setting up leave 38 of the 90.
    let world = weeks(|_| {}, locks);
    contradict(&world, &[1, 2], Cause::Break);
}

#[test]
fn a_way_that_is_too_long_between_two_visits() {
    let locks = vec![
        lock(VAN, 0, "B", &[("08:30", "10:00")]),
        lock(VAN, 0, "E", &[("10:30", "12:00")]),
        lock(VAN, 2, "E", &[("10:30", "12:00")]),
    ];
    let found = found(&weeks(|_| {}, locks));
    assert_eq!(found.locks, [0, 1]);
    assert_eq!(found.causes, [], "no rule can be lifted: there is a road between them");
}

#[test]
fn a_week_that_is_too_long() {
    let long = [("09:00", "12:00"), ("13:30", "15:30")];
    let locks = vec![
        lock(TRUCK, 0, "B", &long),
        lock(VAN, 0, "C", &[]),
        lock(TRUCK, 2, "C", &long),
        lock(TRUCK, 3, "D", &[("10:00", "11:00")]),
        lock(TRUCK, 8, "E", &[]),
    ];
    // 7 h 20 and 7 h 40 of work; the third day takes 4 h 15 or so.
    let limit = |hours: &'static str| move |s: &mut Scenario| s.limits.work_per_week = time(hours);
    contradict(&weeks(limit("14:00"), locks.clone()), &[0, 2], Cause::WorkingWeek);
    contradict(&weeks(limit("16:30"), locks.clone()), &[0, 2, 3], Cause::WorkingWeek);
    let world = weeks(limit("23:00"), locks);
    assert_eq!(feasible(&world.scenario, &world.travel, NEVER).unwrap(), Feasible::Yes);
}

#[test]
fn a_day_that_is_too_long() {
    let locks = vec![
        lock(VAN, 0, "B", &[("08:30", "10:30")]),
        lock(VAN, 0, "C", &[("15:00", "17:00")]),
        lock(VAN, 0, "D", &[("13:30", "14:15")]),
        lock(VAN, 1, "B", &[("08:30", "10:30")]),
    ];
    // From 8:13 to 17:27, less the break: 8 h 29.
    let world = weeks(|s| s.limits.work_per_day = time("08:00"), locks);
    contradict(&world, &[0, 1], Cause::WorkingDay);
}

#[test]
fn more_driving_than_a_day_allows() {
    let locks = vec![lock(VAN, 0, "E", &[]), lock(VAN, 1, "D", &[]), lock(TRUCK, 1, "C", &[])];
    let world = weeks(|s| s.limits.driving_per_day = time("01:40"), locks);
    contradict(&world, &[0], Cause::DrivingDay);
}

#[test]
fn one_head_for_two_vehicles() {
    let crewed = |s: &mut Scenario| {
        let name = Text::new("radiologue", "radiologist");
        let (heads, exceptions) = (1, Vec::new());
        s.crews = vec![Crew { id: "radiologist".into(), name, heads, weekdays: Weekdays::ALL, exceptions }];
        s.vehicles[0].crew = vec![CrewId(0)];
        s.sites[site("C").index()].crew = vec![CrewId(0)];
    };
    let locks = vec![
        lock(TRUCK, 0, "B", &[]),
        lock(VAN, 0, "D", &[]),
        lock(TRUCK, 1, "D", &[]),
        lock(VAN, 1, "B", &[]),
        lock(VAN, 1, "C", &[]),
        lock(VAN, 2, "C", &[]),
    ];
    contradict(&weeks(crewed, locks), &[2, 4], Cause::Crew);
}

#[test]
fn two_stays_of_a_site_too_close() {
    let locks = vec![
        lock(TRUCK, 0, "B", &[]),
        lock(TRUCK, 1, "C", &[]),
        lock(VAN, 1, "B", &[]),
        lock(TRUCK, 8, "B", &[]),
        lock(TRUCK, 9, "D", &[]),
    ];
    contradict(&weeks(|_| {}, locks), &[0, 3], Cause::Spacing);
}

/// Two days of one stay, and between them a day elsewhere: only the three together are too many.
#[test]
fn a_stay_that_is_broken_by_a_visit_elsewhere() {
    let nights = |s: &mut Scenario| {
        s.vehicles[0].nights = Some(Nights { in_a_row: 2, across_days_off: false });
        s.limits.night_min_drive = Seconds::from_minutes(30);
    };
    let locks =
        vec![lock(TRUCK, 0, "C", &[]), lock(TRUCK, 1, "D", &[]), lock(TRUCK, 2, "B", &[]), lock(TRUCK, 3, "D", &[])];
    contradict(&weeks(nights, locks), &[1, 2, 3], Cause::Spacing);
}

#[test]
fn more_stays_at_a_site_than_allowed() {
    let locks = vec![lock(VAN, 0, "B", &[]), lock(VAN, 2, "C", &[]), lock(VAN, 3, "B", &[]), lock(VAN, 9, "B", &[])];
    contradict(&weeks(|s| s.vehicles[1].max_stays_per_site = Some(2), locks), &[0, 2, 3], Cause::MaxStays);
}

#[test]
fn more_visits_than_a_day_allows() {
    let locks = vec![
        lock(VAN, 0, "B", &[]),
        lock(VAN, 0, "C", &[]),
        lock(VAN, 0, "D", &[]),
        lock(VAN, 1, "B", &[]),
        lock(VAN, 1, "C", &[]),
        lock(VAN, 2, "B", &[]),
    ];
    contradict(&weeks(|s| s.vehicles[1].max_visits_per_day = 2, locks), &[0, 1, 2], Cause::VisitsPerDay);
}

/// On Monday the control comes first; on Tuesday it can be over.
#[test]
fn no_room_for_the_control_of_the_week() {
    let early = [("08:30", "12:00")];
    let locks = vec![lock(TRUCK, 0, "B", &early), lock(TRUCK, 1, "C", &[("09:00", "12:00")])];
    let controlled = |s: &mut Scenario| s.vehicles[0].quality_control = Seconds::from_minutes(60);
    let world = weeks(controlled, locks);
    let found = found(&world);
    assert_eq!(found.locks, [0]);
    assert!(found.causes.contains(&Cause::QualityControl), "{found:?}");
}

/// A lock whose site lies too near a past visit, and one that the shift leaves no time for.
#[test]
fn a_visit_that_cannot_be_kept_even_alone() {
    let mut world = weeks(|_| {}, vec![lock(TRUCK, 0, "B", &[]), lock(TRUCK, 1, "E", &[])]);
    world.scenario.past = vec![crate::common::scenario::past_visit(world.scenario.horizon.start, 3)];
    contradict(&world, &[1], Cause::Spacing);
    let early = vec![lock(TRUCK, 1, "D", &[("08:15", "12:00")]), lock(TRUCK, 2, "B", &[])];
    contradict(&weeks(|_| {}, early), &[0], Cause::Shift);
}

/// The past visit of another truck, for which nothing is locked, counts as those of this one.
#[test]
fn a_past_visit_of_another_vehicle_of_the_kind() {
    let mut world = weeks(|_| {}, vec![lock(TRUCK, 0, "B", &[]), lock(TRUCK, 1, "E", &[])]);
    let mut other = world.scenario.vehicles[TRUCK.index()].clone();
    other.id = "other-truck".into();
    world.scenario.vehicles.push(other);
    let mut past = crate::common::scenario::past_visit(world.scenario.horizon.start, 3);
    past.vehicle = "other-truck".into();
    world.scenario.past = vec![past];
    contradict(&world, &[1], Cause::Spacing);
}

/// Without time all are named, and it is said that fewer might do.
#[test]
fn without_time_nothing_is_claimed() {
    let locks = vec![lock(TRUCK, 0, "B", &[]), lock(TRUCK, 1, "C", &[]), lock(TRUCK, 8, "B", &[])];
    let world = weeks(|_| {}, locks);
    let found = conflict(&world.scenario, &world.travel, &|| true).unwrap();
    assert_eq!(found, Conflict { locks: vec![0, 1, 2], minimal: false, causes: Vec::new() });
}
