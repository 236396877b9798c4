//! Rule 11 and the conditions of model.md section 4.

use crate::common::World;
use crate::common::plan::{invite, truck_day};
use crate::common::scenario::{MAMMOGRAPHY, TRUCK, commune};
use chrono::Days;
use tournee::domain::{Pool, PoolSource, PromiseMode};
use tournee::plan::InvitationLine;
use tournee::units::People;

/// The invitations of the truck's visit.
fn invitations(w: &mut World) -> &mut Vec<InvitationLine> {
    &mut w.plan.visits[0].services[0].invitations
}

fn mammography(w: &mut World) -> &mut Pool {
    w.scenario.services[MAMMOGRAPHY.index()].pool.as_mut().expect("a pool")
}

/// 200 women in D, of whom `floor(200 × 0.55) − 10 = 100` are due.
fn small_d(w: &mut World) {
    w.scenario.communes[commune("D").index()].women_50_74 = People(200);
}

/// A second visit of the truck to D on the second Tuesday.
fn second_visit(w: &mut World, people: u32) {
    w.scenario.vehicles[TRUCK.index()].spacing_weeks = 0;
    let (tour, visit) = truck_day("site-D-3", w.plan.horizon.start + Days::new(8), vec![invite("D", people)]);
    w.plan.tours.push(tour);
    w.plan.visits.push(visit);
}

cases! {
    one_appointment_too_many, "R11-appointments", Statement, |w| w.plan.visits[0].services[0].appointments = 31;
    lanes_forgotten, "R11-appointments", Statement, |w| w.plan.visits[3].services[1].appointments = 9;
    overfilled, "R11-capacity", Rule, |w| {
        // 0.32 · 2^(−1/3) · 119 = 30.2 for 30 appointments.
        *invitations(w) = vec![invite("D", 119)];
    };
    out_of_scope, "C-scope", Rule, |w| {
        *invitations(w) = vec![invite("D", 80), invite("G", 30)];
    };
    out_of_reach, "C-reach", Rule, |w| {
        *invitations(w) = vec![invite("D", 80), invite("B", 40)]; // 32 minutes from D
    };
    commune_invited_twice_over, "C-due", Rule, |w| {
        small_d(w);
        mammography(w).max_invited_share = 1.0;
        second_visit(w, 21); // 80 + 21 of 100; nobody comes due in eight days
    };
    stay_empties_a_commune, "C-stay-share", Rule, small_d;
    one_invitation_too_many, "C-invitations-budget", Rule, |w| invitations(w)[0].people = 81;
    promise_not_kept, "P-promise", Rule, |w| {
        // No visit offers it but the van's, on one day of two weeks.
        w.scenario.services[2].promise.mode = PromiseMode::Hard;
    };
    follow_up_closed, "P-follow-up", Rule, |w| {
        w.scenario.imaging_sites[0].hours = Default::default();
        let rule = w.scenario.services[MAMMOGRAPHY.index()].follow_up.as_mut().expect("a rule");
        (rule.hard, rule.reach.access) = (true, tournee::units::Seconds::from_minutes(90));
    };
    follow_up_too_far, "P-follow-up", Rule, |w| {
        let rule = w.scenario.services[MAMMOGRAPHY.index()].follow_up.as_mut().expect("a rule");
        (rule.hard, rule.reach.access) = (true, tournee::units::Seconds::from_minutes(1));
    };
    expected_of_a_commune_raised, "C-expected", Statement, |w| invitations(w)[0].expected += 0.01;
    expected_of_a_visit_raised, "C-expected", Statement, |w| w.plan.visits[0].services[0].expected += 0.01;
    additional_of_a_visit_raised, "C-expected", Statement, |w| {
        w.plan.visits[1].services[0].expected_additional += 0.01;
    };
}

#[test]
fn women_come_due_again_over_time() {
    // 2,000 women of whom 90 % take part: 200 − 10 due, and floor(1800 · 8 / 730) = 19 by day 8.
    let codes = |first: u32, second: u32| {
        let mut w = World::good();
        mammography(&mut w).max_invited_share = 1.0;
        let d = &mut w.scenario.communes[commune("D").index()];
        (d.women_50_74, d.participation) = (People(2000), Some(0.9));
        *invitations(&mut w) = vec![invite("D", first)];
        second_visit(&mut w, second);
        w.refill();
        w.codes().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(codes(92, 117), [""; 0], "92 + 117 = 190 + 19");
    assert_eq!(codes(93, 117), ["C-due"]);
}

#[test]
fn the_past_is_remembered_so_long_and_no_longer() {
    let due_in_scope = |weeks| {
        let mut w = World::good();
        w.scenario.past = vec![crate::common::scenario::past_visit(w.plan.horizon.start, weeks)];
        w.check().figures.coverage[0].due_in_scope
    };
    // 24 months before 2026-11-30 is 2024-11-30, a Saturday 104.3 weeks before.
    assert_eq!(due_in_scope(104), 6 * 550 - 50);
    assert_eq!(due_in_scope(105), 6 * 550);
}

#[test]
fn pools_and_shares_come_from_their_columns() {
    let mut w = World::good();
    let c = commune("E").index();
    w.scenario.communes[c].additional_share = Some(0.5);
    w.scenario.communes[c].uptake_factor = 100.0;
    w.scenario.communes[commune("A").index()].without_gp = Some(People(7));
    w.scenario.services[1].pool.as_mut().expect("a pool").source = PoolSource::WithoutGp { share: 0.1 };
    let figures = w.check().figures;
    let mammography = &figures.visits[0][0];
    assert!((mammography.invitations[1].expected - 40.0).abs() < 1e-12, "uptake is at most 1");
    let d = mammography.invitations[0].expected * (1.0 - 0.9 * (-42.0_f64 / 15.0).exp2());
    assert!((mammography.expected_additional - d - 20.0).abs() < 1e-9);
    assert_eq!(figures.coverage[1].due_in_scope, 7 + 5 * 500);
}
