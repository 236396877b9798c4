//! Rule 10 for plans made anew.

use crate::common::World;
use crate::common::scenario::VAN;
use chrono::Days;
use tournee::domain::{DayId, Lock, Published, SiteId, VehicleId};
use tournee::plan::{Attended, Cancelled, Change, ChangeKind, Placing, Revision, Sequence, Visit, instant};
use tournee::replan::revise;
use tournee::units::Seconds;

/// The plan as one made anew from itself, its first visit fixed.
fn anew(w: &mut World) -> &mut Revision {
    let published = w.plan.visits.clone();
    let fixed = vec![published[0].id.clone()];
    w.plan.revision = Some(Revision { published, fixed, ..Revision::default() });
    w.plan.revision.as_mut().unwrap()
}

/// Puts the revision into the scenario, as the program does before it checks a plan.
fn known(w: &mut World) {
    revise(&mut w.scenario, w.plan.revision.as_ref().unwrap()).unwrap();
}

/// A lock of the scenario's own on the second visit of the plan.
fn lock_second(w: &mut World) {
    let visit = &w.plan.visits[1];
    let vehicle = w.scenario.vehicles.iter().position(|v| v.id == visit.vehicle).unwrap();
    let site = w.scenario.sites.iter().position(|s| s.id == visit.site).unwrap();
    let day = w.scenario.horizon.day(visit.date).unwrap();
    let lock = Lock { vehicle: VehicleId::new(vehicle), day, site: SiteId::new(site), sessions: None };
    w.scenario.locks.push(lock);
}

/// The third visit was published a day later.
fn moved(w: &mut World) -> &mut Revision {
    let revision = anew(w);
    let old = &mut revision.published[2];
    old.date = old.date + Days::new(1);
    for session in &mut old.sessions {
        session.open = session.open + Days::new(1);
        session.close = session.close + Days::new(1);
    }
    let (before, after) = (Placing::of(old), Placing::of(&w.plan.visits[2]));
    let Visit { id, site, commune, .. } = w.plan.visits[2].clone();
    let change = Change { kind: ChangeKind::Moved, visit: id, site, commune, before: Some(before), after: Some(after) };
    let revision = w.plan.revision.as_mut().unwrap();
    revision.sequences.insert(change.visit.clone(), Sequence { number: 1, at: None });
    revision.changes.push(change);
    revision
}

cases! {
    fixed_visit_invites_others, "R10-published", Rule, |w| {
        anew(w);
        w.plan.visits[0].services[0].invitations[0].people -= 1;
    };
    past_visit_invites_others, "R10-published", Rule, |w| {
        let now = w.plan.visits[1].sessions[0].close;
        let revision = anew(w);
        revision.fixed.clear();
        revision.now = Some(now);
        w.plan.visits[1].services[0].invitations[0].people -= 1;
    };
    fixed_though_neither_past_nor_locked, "R10-published", Statement, |w| {
        anew(w);
        known(w);
    };
    locked_and_not_said_to_be_fixed, "R10-published", Statement, |w| {
        lock_second(w);
        anew(w).fixed.clear();
        known(w);
    };
    visit_on_a_day_that_has_begun, "R10-published", Rule, |w| {
        anew(w);
        let van = w.plan.visits.iter().find(|v| v.vehicle == "van").expect("a visit of the van").date;
        let day = w.scenario.horizon.day(van).expect("a day of the horizon");
        let done = [(VAN, DayId(day.0))].into();
        w.scenario.published = Some(Published { done, ..Published::default() });
    };
    change_not_stated, "R10-changes", Rule, |w| moved(w).changes.clear();
    change_that_is_none, "R10-changes", Rule, |w| {
        let change = moved(w).changes[0].clone();
        anew(w).changes.push(change);
    };
    another_hour_stated, "R10-changes", Rule, |w| {
        let change = &mut moved(w).changes[0];
        change.before.as_mut().unwrap().sessions.clear();
    };
    change_not_counted, "R10-changes", Rule, |w| moved(w).sequences.clear();
    change_counted_at_another_time, "R10-changes", Rule, |w| {
        let now = w.plan.visits[0].arrive;
        moved(w).sequences.values_mut().for_each(|own| own.at = Some(now));
    };
    count_of_a_visit_nobody_knows, "R10-changes", Rule, |w| {
        moved(w).sequences.insert("site-B.77".into(), Sequence::default());
    };
    fixed_but_never_published, "R10-changes", Statement, |w| anew(w).fixed.push("site-B.77".into());
    booked_but_never_published, "R10-changes", Statement, |w| anew(w).booked.push("site-B.77".into());
    cancelled_and_standing, "R10-changes", Statement, |w| {
        let visit = w.plan.visits[0].clone();
        anew(w).cancelled.push(Cancelled { visit, at: None });
    };
    published_twice, "R10-changes", Statement, |w| {
        let visit = w.plan.visits[0].clone();
        anew(w).published.push(visit);
    };
    somebody_came_to_no_visit, "R10-changes", Statement, |w| {
        let commune = w.plan.visits[0].commune.clone();
        let line = Attended { visit: "site-B.77".into(), service: "primary-care".into(), commune, people: 1 };
        anew(w).attended.push(line);
    };
    one_change_too_many, "R10-changes", Rule, |w| moved(w).max_changes = Some(0);
    identity_lost, "R10-changes", Rule, |w| {
        anew(w);
        w.plan.visits[2].id = "site-C.9".into();
    };
    price_of_changes_left_out, "F-figures", Statement, |w| {
        anew(w);
        w.plan.score_parts.changes += 0.5;
    };
    changes_miscounted, "F-figures", Statement, |w| {
        anew(w);
        w.plan.score_parts.changes_made = 1;
    };
}

#[test]
fn a_change_that_is_stated_and_paid_for_is_good() {
    let mut w = World::good();
    let before = w.plan.score;
    moved(&mut w).max_changes = Some(1);
    w.refill();
    assert_eq!(w.codes().into_iter().collect::<Vec<_>>(), [""; 0]);
    assert_eq!(w.plan.score_parts.changes_made, 1);
    assert!((before - w.plan.score - w.scenario.prices.change_price).abs() < 1e-9);
}

#[test]
fn what_is_locked_or_booked_and_said_to_be_fixed_is_good() {
    let mut w = World::good();
    lock_second(&mut w);
    let fixed: Vec<String> = w.plan.visits[..2].iter().map(|v| v.id.clone()).collect();
    let revision = anew(&mut w);
    revision.booked = vec![fixed[0].clone()];
    revision.fixed = fixed;
    known(&mut w);
    w.refill();
    assert_eq!(w.codes().into_iter().collect::<Vec<_>>(), [""; 0]);
}

/// A quarter of an hour into a shift, before the public is let in, the day has begun: its visits are fixed, and said to be.
#[test]
fn a_day_that_has_begun_is_said_to_be_fixed() {
    let mut w = World::good();
    let first = w.plan.visits.iter().min_by_key(|v| v.arrive).unwrap().clone();
    let vehicle = VehicleId::new(w.scenario.vehicles.iter().position(|v| v.id == first.vehicle).unwrap());
    let shift = w.scenario.shift(vehicle, w.scenario.horizon.day(first.date).unwrap()).unwrap();
    let now = instant(first.date, Seconds(shift.from.0 + 900));
    assert!(now < first.sessions[0].open);
    let of_that_day = |v: &&Visit| v.vehicle == first.vehicle && v.date == first.date;
    let begun: Vec<String> = w.plan.visits.iter().filter(of_that_day).map(|v| v.id.clone()).collect();
    let told = |w: &World| {
        let report = w.check();
        let missing = report.violations.iter().filter(|v| v.message.en.contains("is not in fixed"));
        missing.map(|v| v.where_.clone()).collect::<Vec<_>>()
    };
    let revision = anew(&mut w);
    (revision.now, revision.fixed) = (Some(now), Vec::new());
    known(&mut w);
    assert_eq!(told(&w), begun);
    w.plan.revision.as_mut().unwrap().fixed = begun;
    assert_eq!(told(&w), [""; 0]);
}
