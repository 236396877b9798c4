//! Hard promises that no plan keeps: to whom, when, and which fleet could.

use crate::common::World;
use crate::common::scenario::{VAN, commune, window};
use tournee::domain::{ClockKind, Promise, PromiseMode, PromisedTo, Reach, Scenario, ServiceId};
use tournee::optimise::{Conflict, Feasible, Unkept, conflict, feasible, unkept};
use tournee::promise::midnight;
use tournee::units::Seconds;

const NEVER: &(dyn Fn() -> bool + Sync) = &|| false;
const PRIMARY_CARE: ServiceId = ServiceId(2);

/// One week in which primary care is promised to these communes, so that each needs a visit every working day
/// at its own site; the van makes one visit a day.
fn week(communes: &[&str], change: impl FnOnce(&mut Scenario)) -> World {
    let mut world = World::good();
    world.scenario.past.clear();
    world.scenario.horizon.weeks = 1;
    world.scenario.vehicles[VAN.index()].max_visits_per_day = 1;
    world.scenario.services[PRIMARY_CARE.index()].promise = Promise {
        reach: Reach { access: Seconds::from_minutes(5), hours: 24 },
        clock: ClockKind::Working,
        mode: PromiseMode::Hard,
        to: PromisedTo::Listed(communes.iter().map(|letter| commune(letter)).collect()),
    };
    change(&mut world.scenario);
    world
}

fn found(world: &World) -> Unkept {
    assert_eq!(feasible(&world.scenario, &world.travel, NEVER).unwrap(), Feasible::No);
    let locks = conflict(&world.scenario, &world.travel, NEVER).unwrap();
    assert_eq!(locks, Conflict { locks: Vec::new(), minimal: true, causes: Vec::new() });
    unkept(&world.scenario, &world.travel, NEVER, NEVER).unwrap()
}

fn named(found: &Unkept) -> Vec<u32> {
    found.communes.iter().map(|one| one.commune.0).collect()
}

#[test]
fn one_van_keeps_it_to_one_commune() {
    assert_eq!(feasible(&week(&["B"], |_| {}).scenario, &World::good().travel, NEVER).unwrap(), Feasible::Yes);
}

#[test]
fn three_communes_a_day_apart_need_three_vans() {
    let world = week(&["B", "C", "E"], |_| {});
    let found = found(&world);
    assert!(!found.alone && found.minimal, "{found:?}");
    // Any two of them are too many.
    assert_eq!(found.communes.len(), 2, "{found:?}");
    assert_eq!((found.fleet.least, found.fleet.enough.clone()), (2, Some(vec![(VAN, 2)])));
    // Nothing fixed offers it: all that is judged, to the end of Thursday.
    let monday = midnight(world.scenario.horizon.start);
    assert!(found.communes.iter().all(|one| one.windows.spans() == [(monday, monday + 4 * 86_400)]), "{found:?}");
}

#[test]
fn vehicles_of_two_bases_are_added_where_they_help() {
    let world = week(&["B", "C", "E"], |scenario| {
        let mut far = scenario.vehicles[VAN.index()].clone();
        (far.id, far.base) = ("far".into(), commune("F"));
        scenario.vehicles.push(far);
    });
    // Two vans for three communes: one more, whichever it is.
    let found = found(&world);
    assert_eq!((found.fleet.least, found.fleet.most()), (1, Some(1)), "{found:?}");
}

#[test]
fn a_commune_out_of_reach_of_every_site_is_named_alone() {
    let found = found(&week(&["B", "F"], |_| {}));
    assert!(found.alone && found.minimal && found.fleet.never, "{found:?}");
    assert_eq!(named(&found), [commune("F").0]);
}

#[test]
fn a_day_without_a_shift_is_the_window() {
    let world = week(&["B"], |scenario| scenario.vehicles[VAN.index()].shifts[2] = None);
    let found = found(&world);
    assert!(found.alone, "{found:?}");
    // From 24 hours before Thursday's first opening, 15 minutes after the arrival at 07:40, back to Tuesday's end.
    let monday = midnight(world.scenario.horizon.start);
    let at = |day: i64, time: &str| monday + day * 86_400 + i64::from(window(time, "23:00").from.0);
    assert_eq!(found.communes[0].windows.spans(), [(at(1, "17:30"), at(2, "08:00"))], "{found:?}");
    assert_eq!(named(&found), [commune("B").0]);
}

#[test]
fn without_time_nothing_is_claimed() {
    let world = week(&["B", "C", "E"], |_| {});
    let found = unkept(&world.scenario, &world.travel, &|| true, &|| true).unwrap();
    assert!(!found.minimal);
    assert_eq!(found.communes.len(), 3);
    assert_eq!((found.fleet.least, found.fleet.enough), (1, None));
}
