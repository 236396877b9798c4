//! Plans that break nothing, and figures computed by hand.

use crate::common::World;
use crate::common::scenario::{TRUCK, VAN, commune, past_visit, time, window};
use tournee::demand::{Demand, value_of};
use tournee::domain::{DayId, SiteId};
use tournee::units::{People, Seconds};

#[test]
fn the_good_plan_passes() {
    let report = World::good().check();
    assert!(report.is_good(), "{:#?}", report.violations);
}

/// By hand (and in another language): access times D→D 5 min (the least), E→D 12, to A from D
/// 42 and from E 52; `u = 0.32 · 2^(−a/15)`, `g = 1 − 0.9 · 2^(−f/15)`; the north's fair share is
/// `4 · 26 · Σ g·550 (D, E, F) / Σ g·550`, of which half is worth 1 a contact and 13.6354 are
/// received, so that the last contacts are worth 0.7.
#[test]
fn figures_are_those_computed_by_hand() {
    let figures = World::good().check().figures;
    let near = |is: f64, due: f64| assert!((is - due).abs() < 1e-9, "{is} is not {due}");
    let mammography = &figures.coverage[0];
    near(mammography.expected, 27.670_402_937_173_982);
    near(mammography.expected_additional, 24.446_150_884_903_503);
    near(mammography.coverage_score, 23.298_629_932_529_36);
    assert_eq!(mammography.appointments, 30);
    assert_eq!(mammography.invited, 120);
    assert_eq!(mammography.due_in_reach, 550 + 540 + 510, "C, and D and E less those invited before");
    assert_eq!(mammography.due_in_scope, 6 * 550 - 50);
    let diagnostics = &figures.coverage[1];
    near(diagnostics.expected, 15.239_050_098_894_717);
    near(diagnostics.coverage_score, 4.652_519_034_727_796 + 6.634_864_761_804_484);
    assert_eq!((diagnostics.appointments, diagnostics.invited), (4 + 8 + 12, 16 + 32 + 48));
    assert_eq!((diagnostics.due_in_reach, diagnostics.due_in_scope), (5 * 1500, 6 * 1500));
    assert_eq!(figures.driving_seconds, 2 * 3150 + 720 + 720 + 1320 + 2520);
    assert_eq!(figures.driving_metres, 4 * 36_000 + 2 * 9_000 - 36_000 + 18_000);
    near(figures.score, 25.395_273_358_502_482);
}

#[test]
fn weeks_on_either_side_of_both_clock_changes_pass() {
    for monday in ["2026-10-19", "2026-10-26", "2027-03-22", "2027-03-29"] {
        let world = World::starting(monday);
        assert!(world.check().is_good(), "{monday}: {:#?}", world.check().violations);
    }
}

#[test]
fn a_plan_read_back_from_json_passes() {
    let mut world = World::good();
    let json = serde_json::to_string(&world.plan).expect("a plan");
    world.plan = serde_json::from_str(&json).expect("the same plan");
    assert!(world.check().is_good());
}

#[test]
fn an_empty_plan_passes_and_scores_nothing() {
    let mut world = World::good();
    world.plan.tours.clear();
    world.plan.visits.clear();
    world.refill();
    let report = world.check();
    assert!(report.is_good(), "{:#?}", report.violations);
    assert!(report.figures.score.abs() < 1e-12);
}

#[test]
fn limits_may_be_reached() {
    let mut w = World::good();
    w.scenario.limits.work_per_day = time("08:52");
    w.scenario.limits.work_per_week = time("08:52");
    w.scenario.limits.driving_per_day = Seconds(2 * 3150);
    let truck = &mut w.scenario.vehicles[TRUCK.index()];
    truck.shifts[1] = Some(window("07:52:30", "17:22:30"));
    (truck.min_session, truck.max_session) = (time("02:30"), time("02:30"));
    truck.max_stays_per_site = Some(1);
    w.scenario.vehicles[VAN.index()].max_session = time("03:00");
    w.scenario.time.break_window = window("12:00", "12:45");
    assert!(w.check().is_good(), "{:#?}", w.check().violations);
}

/// The checker and the optimiser's demand, written apart, say the same of the same scenario.
#[test]
fn the_checker_agrees_with_the_demand_it_does_not_use() {
    let mut w = World::good();
    w.scenario.communes[commune("E").index()].additional_share = Some(0.4);
    w.scenario.communes[commune("D").index()].uptake_factor = 1.2;
    w.scenario.communes[commune("D").index()].participation = Some(0.6);
    w.scenario.communes[commune("C").index()].priority = 2.5;
    w.scenario.communes[commune("B").index()].without_gp = Some(People(77));
    for weeks in [1, 12, 24, 25, 104, 105] {
        w.scenario.past = vec![past_visit(w.scenario.horizon.start, weeks), past_visit(w.scenario.horizon.start, 30)];
        let figures = w.check().figures;
        let demand = Demand::new(&w.scenario, &w.travel);
        let offering: [&[usize]; 2] = [&[0], &[1, 2, 3]];
        for (k, offering) in offering.into_iter().enumerate() {
            let d = demand.services[k].as_ref().expect("a pool");
            let line = &figures.coverage[k];
            assert_eq!(line.due_in_scope, d.due.iter().sum::<u32>());
            let mut gets = vec![0.0; w.scenario.territories.len()];
            let mut expected = 0.0;
            for &visit in offering {
                let letter = w.plan.visits[visit].site.as_str();
                let site = w.scenario.sites.iter().position(|s| s.id == letter).map(SiteId::new).expect("a site");
                for line in &w.plan.visits[visit].services[0].invitations {
                    let i = w.scenario.communes.iter().position(|c| c.code == line.commune).expect("a commune");
                    let reach = d.reach[site.index()].iter().find(|r| r.commune.index() == i).expect("in reach");
                    let people = f64::from(line.people);
                    expected += reach.uptake * people;
                    gets[w.scenario.communes[i].territory.index()] += d.worth[i] * reach.uptake * people;
                }
            }
            let value: f64 = gets.iter().zip(&d.steps).map(|(y, steps)| value_of(steps, *y)).sum();
            assert!((line.expected - expected).abs() < 1e-9, "{weeks}: {} and {expected}", line.expected);
            assert!((line.coverage_score - value).abs() < 1e-9, "{weeks}: {} and {value}", line.coverage_score);
        }
        assert_eq!(demand.services[0].as_ref().expect("a pool").due_on(commune("G"), DayId(13)), 0);
    }
}
