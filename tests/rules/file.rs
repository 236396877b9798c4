//! The file: identifiers, instants, legs, and what it states of itself.

use crate::common::World;
use crate::common::plan::{at, invite};
use chrono::{Days, Duration, FixedOffset};
use tournee::i18n::Text;
use tournee::plan::{NotServed, ShadowPrices, Solver, Stop};

fn left_out(site: &str, commune: &str) -> NotServed {
    NotServed {
        site: site.into(),
        commune: commune.into(),
        vehicle_kind: "truck".into(),
        reduced_value: -1.0,
        score_at_most: None,
        score_with_it: None,
    }
}

fn margin(vehicle: &str, day: f64) -> ShadowPrices {
    ShadowPrices { vehicle: vehicle.into(), day: Some(day), shift_hour: None, appointment_per_hour: None }
}

fn solver(stopped_by: &str) -> Solver {
    Solver { root_gap: 0.0, first_gap: 0.0, stopped_by: stopped_by.into(), columns: 0, rounds: 0, nodes: 0 }
}

cases! {
    another_version, "F-schema", Statement, |w| w.plan.schema_version = 3;
    other_inputs, "F-hash", Statement, |w| w.plan.scenario.hash = "fedcba9876543210".into();
    label_left_out, "F-labels", Statement, |w| w.scenario.labels.push(Text::new("estimation", "estimate"));
    label_added, "F-labels", Statement, |w| w.plan.scenario.labels.push(Text::new("vrai", "true"));
    another_name, "F-labels", Statement, |w| w.plan.scenario.name = "other".into();
    planned_after_its_visits, "F-planned-on", Statement, |w| {
        w.plan.planned_on = w.plan.visits.last().map(|v| v.date + Days::new(1));
    };
    margin_of_no_vehicle, "F-prices", Statement, |w| w.plan.shadow_prices.push(margin("bus", 1.0));
    margin_twice, "F-prices", Statement, |w| w.plan.shadow_prices.extend([margin("van", 1.0), margin("van", 1.0)]);
    margin_below_nothing, "F-prices", Statement, |w| w.plan.shadow_prices.push(margin("van", -1.0));
    margin_without_end, "F-prices", Statement, |w| w.plan.shadow_prices.push(margin("van", f64::INFINITY));
    left_out_above_the_bound, "F-prices", Statement, |w| {
        let score_at_most = Some(w.plan.upper_bound + 1.0);
        w.plan.not_served.push(NotServed { score_at_most, ..left_out("site-E", "59005") });
    };
    left_out_but_visited, "F-prices", Statement, |w| w.plan.not_served.push(left_out("site-D", "59004"));
    stopped_by_chance, "F-solver", Statement, |w| w.plan.solver = Some(solver("luck"));
    invitations_proved_with_a_gap, "F-solver", Statement, |w| {
        (w.plan.invitations_proved, w.plan.invitations_gap) = (true, Some(0.01));
    };
    invitations_proved_without_a_gap, "F-solver", Statement, |w| w.plan.invitations_proved = true;
    identity_of_another_site, "F-ids", Statement, |w| w.plan.visits[2].id = "truck.site-X.2026-12-02".into();
    identities_exchanged, "F-ids", Statement, |w| {
        w.plan.visits[0].id = "van.site-D.2026-12-02".into();
        w.plan.visits[3].id = "truck.site-D.2026-12-01".into();
    };
    other_weeks, "F-horizon", Statement, |w| w.plan.horizon.weeks = 3;
    another_monday, "F-horizon", Statement, |w| w.plan.horizon.start = w.plan.horizon.start - Days::new(7);
    another_zone, "F-horizon", Statement, |w| w.plan.horizon.zone = "Europe/Brussels".into();
    tour_outside_the_weeks, "F-horizon", Rule, |w| {
        let (mut tour, mut visit) = (w.plan.tours.remove(0), w.plan.visits.remove(0));
        let later = Duration::days(14);
        tour.date = tour.date + Days::new(14);
        visit.date = visit.date + Days::new(14);
        let pause = tour.pause.iter_mut().flat_map(|p| [&mut p.start, &mut p.end]);
        let legs = tour.legs.iter_mut().flat_map(|l| [&mut l.depart, &mut l.arrive]);
        let sessions = visit.sessions.iter_mut().flat_map(|s| [&mut s.open, &mut s.close]);
        let ends = [&mut tour.start, &mut tour.end, &mut visit.arrive, &mut visit.leave];
        pause.chain(legs).chain(sessions).chain(ends).for_each(|at| *at += later);
        w.plan.tours.push(tour);
        w.plan.visits.push(visit);
    };
    visit_identifier_twice, "F-ids", Statement, |w| w.plan.visits[3].id = "site-D-1".into();
    visit_identifier_of_a_past_visit, "F-ids", Statement, |w| w.plan.visits[3].id = "site-E-1".into();
    commune_of_another_site, "F-ids", Statement, |w| w.plan.visits[0].commune = "59001".into();
    unknown_commune, "F-ids", Rule, |w| w.plan.visits[0].services[0].invitations[1].commune = "2A004".into();
    unknown_site_left_out, "F-ids", Statement, |w| w.plan.not_served.push(left_out("site-Z", "59001"));
    commune_of_another_site_left_out, "F-ids", Statement, |w| w.plan.not_served.push(left_out("site-E", "59001"));
    unknown_vehicle, "F-ids", Rule, |w| {
        w.plan.tours[0].vehicle = "bus".into();
        w.plan.visits[0].vehicle = "bus".into();
    };
    visit_without_a_tour, "F-ids", Rule, |w| drop(w.plan.tours.remove(0));
    tour_without_its_visit, "F-ids", Rule, |w| drop(w.plan.visits.remove(0));
    service_left_out, "F-services", Rule, |w| drop(w.plan.visits[1].services.pop());
    service_twice, "F-services", Rule, |w| {
        let again = w.plan.visits[1].services[1].clone();
        w.plan.visits[1].services.push(again);
    };
    service_without_a_pool_invites, "F-services", Rule, |w| {
        w.plan.visits[1].services[1].invitations = vec![invite("B", 1)];
    };
    line_for_nobody, "F-lines", Rule, |w| w.plan.visits[0].services[0].invitations.push(invite("C", 0));
    two_lines_of_a_commune, "F-lines", Rule, |w| {
        w.plan.visits[0].services[0].invitations = vec![invite("D", 80), invite("E", 20), invite("E", 20)];
    };
    summer_offset_in_winter, "F-zone", Statement, |w| {
        let start = &mut w.plan.tours[0].start;
        *start = start.with_timezone(&FixedOffset::east_opt(7200).expect("an offset"));
    };
    half_a_second, "F-zone", Statement, |w| {
        w.plan.visits[0].sessions[0].open += Duration::milliseconds(500);
    };
    instants_of_the_next_day, "F-date", Rule, |w| {
        let (tour, visit) = (&mut w.plan.tours[0], &mut w.plan.visits[0]);
        let pause = tour.pause.iter_mut().flat_map(|p| [&mut p.start, &mut p.end]);
        let legs = tour.legs.iter_mut().flat_map(|l| [&mut l.depart, &mut l.arrive]);
        let sessions = visit.sessions.iter_mut().flat_map(|s| [&mut s.open, &mut s.close]);
        let ends = [&mut tour.start, &mut tour.end, &mut visit.arrive, &mut visit.leave];
        pause.chain(legs).chain(sessions).chain(ends).for_each(|at| *at += Duration::days(1));
    };
    session_off_the_grid, "F-grid", Rule, |w| {
        let date = w.plan.visits[0].date;
        w.plan.visits[0].sessions[1].open = at(date, "13:40");
        w.plan.visits[0].services[0].appointments = 29;
        w.plan.visits[0].services[0].invitations[1].people = 36;
    };
    two_swapped_legs, "F-chain", Rule, |w| w.plan.tours[1].legs.swap(1, 2);
    tour_without_legs, "F-chain", Rule, |w| {
        w.plan.tours[0].legs.clear();
        w.plan.visits.remove(0);
    };
    tour_starts_before_its_first_leg, "F-chain", Rule, |w| w.plan.tours[0].start -= Duration::minutes(1);
    tour_ends_after_its_last_leg, "F-chain", Rule, |w| w.plan.tours[0].end += Duration::minutes(1);
    visit_arrives_before_its_leg, "F-chain", Rule, |w| w.plan.visits[0].arrive -= Duration::minutes(1);
    visit_leaves_after_its_leg, "F-chain", Rule, |w| w.plan.visits[0].leave += Duration::minutes(1);
    leg_too_fast, "F-travel", Rule, |w| {
        w.plan.tours[0].legs[1].seconds -= 60;
        w.plan.tours[0].legs[1].arrive -= Duration::minutes(1);
        w.plan.tours[0].end -= Duration::minutes(1);
    };
    leg_seconds_unlike_its_times, "F-travel", Rule, |w| w.plan.tours[0].legs[1].seconds += 1;
    leg_too_short, "F-travel", Rule, |w| w.plan.tours[1].legs[3].metres -= 1;
    due_in_reach_raised, "F-figures", Statement, |w| w.plan.coverage[0].due_in_reach += 1;
    due_in_scope_raised, "F-figures", Statement, |w| w.plan.coverage[0].due_in_scope += 1;
    invited_raised, "F-figures", Statement, |w| w.plan.coverage[1].invited += 1;
    appointments_raised, "F-figures", Statement, |w| w.plan.coverage[0].appointments += 1;
    expected_raised, "F-figures", Statement, |w| w.plan.coverage[0].expected += 0.01;
    additional_raised, "F-figures", Statement, |w| w.plan.coverage[0].expected_additional += 0.01;
    coverage_score_raised, "F-figures", Statement, |w| w.plan.coverage[0].coverage_score += 0.01;
    coverage_of_a_service_missing, "F-figures", Statement, |w| drop(w.plan.coverage.pop());
    coverage_of_a_service_twice, "F-figures", Statement, |w| {
        let again = w.plan.coverage[0].clone();
        w.plan.coverage.push(again);
    };
    coverage_of_a_service_without_a_pool, "F-figures", Statement, |w| {
        let mut extra = w.plan.coverage[0].clone();
        extra.service = "primary-care".into();
        w.plan.coverage.push(extra);
    };
    part_of_the_score_raised, "F-figures", Statement, |w| w.plan.score_parts.coverage += 0.01;
    driving_hours_lowered, "F-figures", Statement, |w| w.plan.score_parts.driving_hours -= 0.01;
    promise_of_a_service_missing, "F-promise", Statement, |w| drop(w.plan.promise.pop());
    share_answered_raised, "F-promise", Statement, |w| {
        let share = &mut w.plan.promise[0].with_fixed.share;
        *share = share.map(|share| share + 0.001);
    };
    answered_always_raised, "F-promise", Statement, |w| w.plan.promise[1].with_fixed.always += 1;
    never_answered_lowered, "F-promise", Statement, |w| w.plan.promise[2].vehicles.never -= 1;
    residents_raised, "F-promise", Statement, |w| w.plan.promise[0].residents += 1;
    another_promise, "F-promise", Statement, |w| w.plan.promise[0].hours = 72;
    longest_wait_shortened, "F-promise", Statement, |w| {
        w.plan.promise[3].vehicles.longest.as_mut().expect("a wait").seconds -= 60;
    };
    follow_up_left_out, "F-promise", Statement, |w| drop(w.plan.visits[0].services[0].follow_up.pop());
    follow_up_for_more, "F-promise", Statement, |w| w.plan.visits[0].services[0].follow_up[0].followed += 1;
    follow_up_opens_sooner, "F-promise", Statement, |w| {
        let nearest = &mut w.plan.visits[0].services[0].follow_up[0].nearest;
        nearest.as_mut().expect("an imaging site").opens -= Duration::minutes(15);
    };
    score_raised, "F-score", Statement, |w| w.plan.score += 0.01;
    score_not_a_number, "F-score", Statement, |w| w.plan.score = f64::NAN;
    bound_below_the_score, "F-bound", Statement, |w| {
        w.plan.upper_bound = w.plan.score - 0.01;
        w.plan.gap = -0.01 / w.plan.score_parts.coverage;
    };
    bound_not_a_number, "F-bound", Statement, |w| w.plan.upper_bound = f64::NAN;
    gap_lowered, "F-gap", Statement, |w| w.plan.gap -= 0.01;
    proved_with_a_gap, "F-gap", Statement, |w| w.plan.proved_optimal = true;
}

#[test]
fn an_unknown_site_is_named() {
    let mut w = World::good();
    w.plan.tours[0].legs[0].to = Stop::Site("site-Z".into());
    let report = w.check();
    let named = report.violations.iter().any(|v| v.code == "F-ids" && v.message.en.contains("site-Z"));
    assert!(named, "{:#?}", report.violations);
}

#[test]
fn a_proved_plan_is_good() {
    let mut w = World::good();
    (w.plan.upper_bound, w.plan.gap, w.plan.proved_optimal) = (w.plan.score, 0.0, true);
    assert!(w.check().is_good(), "{:#?}", w.codes());
}
