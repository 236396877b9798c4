//! Rules 12 and 13: the commune that hosts a stay is invited, and nobody by ones and twos.

use crate::common::World;
use crate::common::nights::away;
use crate::common::plan::{invite, truck_day};
use crate::common::scenario::{MAMMOGRAPHY, TRUCK, code, commune};
use chrono::Days;
use tournee::domain::Pool;
use tournee::plan::{InvitationLine, Revision};
use tournee::units::{People, Seconds};

fn mammography(w: &mut World) -> &mut Pool {
    w.scenario.services[MAMMOGRAPHY.index()].pool.as_mut().expect("a pool")
}

/// The invitations of a visit of the truck.
fn lines(w: &mut World, visit: usize) -> &mut Vec<InvitationLine> {
    &mut w.plan.visits[visit].services[0].invitations
}

/// People of D whom the truck invites to its visit in D.
fn of_d(w: &mut World, visit: usize, people: u32) {
    let own = lines(w, visit);
    own.retain(|line| line.commune != code("D"));
    own.insert(0, invite("D", people));
}

/// The codes of what a changed plan breaks.
fn broken(change: impl Fn(&mut World)) -> Vec<&'static str> {
    let mut w = World::good();
    change(&mut w);
    w.refill();
    w.codes().into_iter().collect()
}

cases! {
    the_host_is_left_out, "R12-host", Rule, |w| {
        mammography(w).host_share = 0.5;
        *lines(w, 0) = vec![invite("E", 100)];
    };
    the_host_gets_too_little, "R12-host", Rule, |w| mammography(w).host_share = 0.75; // 88 of 118, and 80 are invited
    letters_by_ones_and_twos, "R13-few", Rule, |w| {
        mammography(w).min_invitations = 5;
        *lines(w, 0) = vec![invite("D", 80), invite("E", 4)];
    };
}

/// 30 appointments of `0.32 · 2^(−1/3)` each are full with 118.1 letters to D, and 120 may be sent: half of them are 59.
#[test]
fn the_host_gets_its_share_of_what_a_visit_may_invite() {
    let half = |people: u32| {
        broken(|w| {
            mammography(w).host_share = 0.5;
            of_d(w, 0, people);
        })
    };
    assert_eq!(half(59), [""; 0]);
    assert_eq!(half(58), ["R12-host"]);
}

/// Where nobody is expected, letters alone count: half of 120.
#[test]
fn a_host_of_whom_nobody_comes_gets_its_share_of_the_letters() {
    let half = |people: u32| {
        broken(|w| {
            mammography(w).host_share = 0.5;
            w.scenario.communes[commune("D").index()].uptake_factor = 0.0;
            of_d(w, 0, people);
        })
    };
    assert_eq!(half(60), [""; 0]);
    assert_eq!(half(59), ["R12-host"]);
}

/// The visits of a stay share what its host gets: 27 and 42 appointments are full with 271.6 letters, half of them 135.
#[test]
fn a_host_gets_its_share_of_a_whole_stay() {
    let half = |first: u32, second: u32| {
        broken(|w| {
            away(w);
            mammography(w).host_share = 0.5;
            of_d(w, 0, first);
            of_d(w, 1, second);
        })
    };
    assert_eq!(half(67, 67), ["R12-host"]);
    assert_eq!(half(68, 67), [""; 0]);
    assert_eq!(half(60, 75), [""; 0]);
}

/// 100 women of D are due: 59 for the first stay, and 41, who are left, for the second.
#[test]
fn the_first_stay_in_a_commune_gets_its_share_first() {
    let both = |first: u32, second: u32| {
        broken(|w| {
            let pool = mammography(w);
            (pool.max_invited_share, pool.host_share) = (1.0, 0.5);
            w.scenario.communes[commune("D").index()].women_50_74 = People(200);
            w.scenario.vehicles[TRUCK.index()].spacing_weeks = 0;
            of_d(w, 0, first);
            let date = w.plan.horizon.start + Days::new(8);
            let (tour, visit) = truck_day("site-D-3", date, vec![invite("D", second)]);
            w.plan.tours.push(tour);
            w.plan.visits.push(visit);
        })
    };
    assert_eq!(both(59, 41), [""; 0]);
    assert_eq!(both(58, 42), ["R12-host"]);
    assert_eq!(both(60, 40), ["R12-host"]);
}

#[test]
fn a_host_out_of_scope_or_without_a_point_near_enough_is_not_asked_for() {
    let mut w = World::good();
    mammography(&mut w).host_share = 1.0;
    let rule = w.scenario.services[MAMMOGRAPHY.index()].follow_up.as_mut().expect("a rule");
    (rule.hard, rule.reach.access) = (true, Seconds::from_minutes(1));
    lines(&mut w, 0).clear();
    w.refill();
    assert!(!w.codes().contains("R12-host"), "{:?}", w.codes());
    w.scenario.services[MAMMOGRAPHY.index()].follow_up.as_mut().expect("a rule").hard = false;
    w.refill();
    assert!(w.codes().contains("R12-host"));
    w.scenario.communes[commune("D").index()].in_scope = false;
    w.refill();
    assert!(!w.codes().contains("R12-host"), "{:?}", w.codes());
}

/// A quarter of 14 people who are due is 3, so that 3 of E will do; and rule 12 asks for 2 of D only.
#[test]
fn fewer_are_enough_where_no_more_may_be_invited_or_rule_12_asks_for_no_more() {
    let few = |of_host: u32, of_e: u32| {
        broken(|w| {
            let pool = mammography(w);
            (pool.host_share, pool.min_invitations) = (0.02, 5);
            w.scenario.communes[commune("E").index()].women_50_74 = People(100); // ⌊55⌋ − 40, who were invited, are due
            *lines(w, 0) = vec![invite("D", of_host), invite("E", of_e)];
        })
    };
    assert_eq!(few(2, 3), [""; 0]);
    assert_eq!(few(1, 3), ["R12-host", "R13-few"]);
    assert_eq!(few(2, 2), ["R13-few"]);
}

/// What was published is a fact, and a plan made before there were the rules is not at fault: both are told in notes.
#[test]
fn published_visits_and_older_plans_are_not_at_fault() {
    let mut w = World::good();
    mammography(&mut w).host_share = 0.75;
    w.refill();
    assert_eq!(w.codes().into_iter().collect::<Vec<_>>(), ["R12-host"]);

    let mut older = w.clone();
    older.plan.schema_version = 1;
    let report = older.check();
    assert!(report.is_good(), "{:#?}", report.violations);
    assert!(report.notes.iter().any(|note| note.code == "R12-host"), "{:#?}", report.notes);

    let published = w.plan.visits.clone();
    let fixed = vec![published[0].id.clone()];
    w.plan.revision = Some(Revision { published, fixed, ..Revision::default() });
    w.refill();
    assert!(w.check().is_good(), "{:#?}", w.check().violations);
}
