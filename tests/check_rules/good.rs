//! Plans that break nothing, and figures computed by hand.

use crate::common::World;

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
