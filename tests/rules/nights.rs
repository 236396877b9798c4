//! Rule 1's nights out and what hangs on them, the weekly quality control, scarce crew, permits
//! and weekdays.

use crate::common::World;
use crate::common::nights::*;
use crate::common::plan::{at, invite, leg, truck_day, visit};
use crate::common::scenario::{MAMMOGRAPHY, TRUCK, VAN, site, time, window};
use chrono::{Days, Duration, FixedOffset};
use tournee::domain::{DayId, Forbidden, Lock, Nights, Weekdays};
use tournee::plan::{Session, Tour};
use tournee::units::Seconds;

cases! {
    nights_without_leave, "R1-nights", Rule, |w| {
        away(w);
        w.scenario.vehicles[TRUCK.index()].nights = None;
    };
    a_night_too_near_the_base, "R1-nights", Rule, |w| {
        away(w);
        w.scenario.limits.night_min_drive = Seconds(3151); // D is 52 min 30 s away
    };
    too_many_nights_in_a_row, "R1-nights", Rule, |w| {
        away(w);
        w.scenario.vehicles[TRUCK.index()].nights = Some(Nights { in_a_row: 1, across_days_off: false });
    };
    nights_of_a_weekend_count_each, "R1-nights", Rule, |w| {
        weekend(w);
        w.scenario.vehicles[TRUCK.index()].nights = Some(Nights { in_a_row: 2, across_days_off: true });
    };
    a_night_over_days_off, "R1-nights", Rule, |w| {
        weekend(w);
        w.scenario.vehicles[TRUCK.index()].nights = Some(Nights { in_a_row: 3, across_days_off: false });
    };
    a_working_day_without_a_tour, "R1-nights", Rule, |w| {
        weekend(w);
        w.scenario.vehicles[TRUCK.index()].shifts[5] = Some(window("07:30", "17:45"));
    };
    away_at_the_end_of_the_horizon, "R1-nights", Rule, |w| {
        away(w);
        w.plan.tours.remove(2);
        w.plan.visits.remove(2);
    };
    not_at_the_base_at_the_start, "R1-nights", Rule, |w| {
        away(w);
        w.scenario.vehicles[TRUCK.index()].quality_control = Seconds(0);
        w.plan.tours.remove(0);
        w.plan.visits.remove(0);
    };
    sleeps_in_one_place_and_starts_in_another, "R1-nights", Rule, |w| {
        away(w);
        let date = w.plan.tours[1].date;
        let legs = vec![leg(date, ("E", "D"), "08:00", 900, 9_000)];
        w.plan.tours[1] = Tour { start: at(date, "07:30"), night_before: Some("site-E".into()), legs, ..w.plan.tours[1].clone() };
        w.plan.visits[1].arrive = at(date, "08:15");
        w.plan.visits[1].sessions[0].open = at(date, "09:00");
        w.plan.visits[1].services[0].appointments = 39;
        w.scenario.vehicles[TRUCK.index()].spacing_weeks = 0;
    };
    woke_but_leaves_the_base, "R1-base", Rule, |w| {
        away(w);
        let tour = &mut w.plan.tours[2];
        tour.legs[0] = leg(tour.date, ("A", "E"), "07:25", 3900, 45_000);
        tour.legs[0].from = tournee::plan::Stop::Base;
        tour.start = at(tour.date, "06:55");
        w.scenario.vehicles[TRUCK.index()].shifts[3] = Some(window("06:30", "17:45"));
        w.plan.visits[2].arrive = tour.legs[0].arrive;
    };
    a_day_without_a_visit, "R1-base", Rule, |w| {
        away(w);
        w.plan.visits.remove(1);
        // Else Thursday's stay in E would be all that is left to judge.
        w.plan.tours[1].pause = None;
        w.plan.tours[1].end = w.plan.tours[1].start;
    };
    night_at_an_unknown_site, "F-ids", Rule, |w| {
        w.plan.tours[0].night_after = Some("site-Z".into());
        w.plan.tours[0].legs[1].to = tournee::plan::Stop::Site("site-Z".into());
        w.scenario.prices.night_price = 0.0;
        w.plan.tours[0].legs[1].seconds = 3150;
    };
    morning_pack_down_cut_short, "R3-pack-down", Rule, |w| {
        away(w);
        w.plan.tours[2].start += Duration::minutes(1);
    };
    comes_back_where_it_slept, "R6-return", Rule, |w| {
        away(w);
        // Thursday: out of D without opening, once round, and into D again.
        let date = w.plan.tours[2].date;
        w.scenario.sites[site("D").index()].set_up = Some(Seconds::from_minutes(15));
        w.plan.tours[2].legs = vec![
            leg(date, ("D", "E"), "08:15", 900, 9_000),
            leg(date, ("E", "D"), "12:45", 900, 9_000),
            leg(date, ("D", "A"), "16:00", 3150, 36_000),
        ];
        w.plan.tours[2].end = at(date, "16:52:30");
        w.plan.tours[2].pause = span(date, "12:00", "12:45");
        w.plan.visits[2].sessions = vec![Session { open: at(date, "09:15"), close: at(date, "11:30") }];
        w.plan.visits[2].leave = at(date, "12:45");
        w.plan.visits[2].services = radiography(13, Vec::new());
        let sessions = [("13:30", "15:30")];
        let again = visit(("site-D-4", "truck", "D"), date, "13:00", &sessions, "16:00", radiography(12, Vec::new()));
        w.plan.visits.push(again);
        let truck = &mut w.scenario.vehicles[TRUCK.index()];
        (truck.max_visits_per_day, truck.spacing_weeks) = (2, 0);
    };
    goes_on_working_where_it_sleeps, "F-chain", Rule, |w| {
        away(w);
        w.plan.tours[0].end += Duration::minutes(1);
        w.plan.visits[0].leave += Duration::minutes(1);
    };
    on_duty_before_its_first_duty, "F-chain", Rule, |w| {
        away(w);
        w.plan.tours[1].start -= Duration::minutes(1);
        w.plan.visits[1].arrive -= Duration::minutes(1);
    };
    arrives_where_it_slept, "F-chain", Rule, |w| {
        away(w);
        w.plan.visits[1].arrive -= Duration::minutes(1);
    };
    break_in_the_morning_pack_down, "R4-break", Rule, |w| {
        away(w);
        w.scenario.time.break_window = window("07:50", "13:00");
        w.plan.tours[2].start = at(w.plan.tours[2].date, "07:30");
        w.plan.tours[2].pause = span(w.plan.tours[2].date, "07:50", "08:35");
        w.plan.tours[2].legs[0] = leg(w.plan.tours[2].date, ("D", "E"), "08:45", 900, 9_000);
        w.plan.visits[2].arrive = w.plan.tours[2].legs[0].arrive;
        w.scenario.sites[site("E").index()].set_up = Some(Seconds::from_minutes(15));
    };
    one_stay_takes_too_many_of_a_commune, "C-stay-share", Rule, |w| {
        away(w);
        w.plan.visits[1].services[0].invitations[0].people = 76; // 60 + 76 of 540 / 4 = 135
    };
    a_second_stay_in_the_week, "R7-max-stays", Rule, |w| {
        away(w);
        let truck = &mut w.scenario.vehicles[TRUCK.index()];
        (truck.spacing_weeks, truck.max_stays_per_site) = (0, Some(1));
        truck.quality_control = Seconds(0);
        w.plan.tours.iter_mut().for_each(|t| t.quality_control = None);
        let (tour, visit) = truck_day("site-D-4", w.plan.horizon.start + Days::new(4), Vec::new());
        w.plan.tours.push(tour);
        w.plan.visits.push(visit);
    };
    a_second_stay_too_soon, "R7-spacing", Rule, |w| {
        away(w);
        let (tour, visit) = truck_day("site-D-4", w.plan.horizon.start + Days::new(4), Vec::new());
        w.plan.tours.push(tour);
        w.plan.visits.push(visit);
    };
    site_blocked_in_the_morning_after, "R7-site-dates", Rule, |w| {
        away(w);
        // The truck leaves D on Thursday and does not open there.
        let thursday = w.plan.tours[2].date;
        w.scenario.sites[site("D").index()].blocked.0.push((thursday, thursday));
    };
    site_not_to_be_used_on_the_weekday_after, "R7-site-dates", Rule, |w| {
        away(w);
        w.scenario.sites[site("D").index()].weekdays = Weekdays(0b111_0111);
    };
    site_available_until_the_evening_only, "R7-site-dates", Rule, |w| {
        away(w);
        w.scenario.sites[site("D").index()].available.1 = Some(w.plan.tours[1].date);
    };
    site_blocked_on_a_day_off_between, "R7-site-dates", Rule, |w| {
        weekend(w);
        let sunday = w.plan.tours[0].date + Days::new(2);
        w.scenario.sites[site("D").index()].blocked.0.push((sunday, sunday));
    };
    permit_not_to_be_had_yet, "R7-permit", Rule, |w| {
        away(w);
        w.scenario.sites[site("E").index()].permit_lead_days = 11;
    };
    no_control, "R8-quality-control", Rule, |w| {
        away(w);
        w.plan.tours[0].quality_control = None;
    };
    no_control_in_the_second_week, "R8-quality-control", Rule, |w| {
        weekend(w);
        w.plan.tours[1].quality_control = None;
        w.plan.tours[1].start = at(w.plan.tours[1].date, "08:30");
        w.plan.visits[1].arrive = w.plan.tours[1].start;
    };
    control_twice_a_week, "R8-quality-control", Rule, |w| {
        away_with_control(w, 2, "12:45", "13:15");
    };
    control_of_a_vehicle_without_one, "R8-quality-control", Rule, |w| {
        let date = w.plan.tours[1].date;
        w.plan.tours[1].quality_control = span(date, "11:30", "11:45");
    };
    control_too_short, "R8-quality-control", Rule, |w| {
        away_with_control(w, 0, "09:30", "09:59");
    };
    control_reversed, "R8-quality-control", Rule, |w| {
        away_with_control(w, 0, "10:00", "09:30");
    };
    control_during_set_up, "R8-quality-control", Rule, |w| {
        away_with_control(w, 0, "09:29", "09:59");
    };
    control_after_opening, "R8-quality-control", Rule, |w| {
        away_with_control(w, 0, "09:31", "10:01");
    };
    control_in_the_break, "R8-quality-control", Rule, |w| {
        away(w);
        w.scenario.time.break_window = window("09:00", "12:45");
        w.plan.tours[0].pause = span(w.plan.tours[0].date, "09:00", "09:45");
        w.scenario.sites[site("D").index()].set_up = Some(Seconds::from_minutes(15));
    };
    a_head_for_two_vehicles, "R9-crew", Rule, |w| {
        away(w);
        w.scenario.vehicles[VAN.index()].crew = vec![RADIOGRAPHER]; // both out on Wednesday
    };
    nobody_on_that_weekday, "R9-crew", Rule, |w| {
        away(w);
        w.scenario.crews[RADIOGRAPHER.index()].weekdays = Weekdays(0b111_1101);
    };
    interpreter_away, "R9-crew", Rule, |w| {
        away(w);
        let thursday = w.plan.tours[2].date;
        w.scenario.crews[INTERPRETER.index()].exceptions = vec![(thursday, thursday, 0)];
    };
    service_of_that_weekday_needs_crew, "R9-crew", Rule, |w| {
        // Primary care is offered Monday to Friday and has no pool.
        away(w);
        w.scenario.services[2].crew = vec![RADIOGRAPHER];
    };
    seats_held_back, "R11-capacity", Rule, |w| {
        w.scenario.services[MAMMOGRAPHY.index()].reserve = 3; // 27.67 expected for 30
    };
    price_of_nights_left_out, "F-figures", Statement, |w| w.plan.score_parts.nights += 2.0;
    nights_left_out, "F-figures", Statement, |w| w.plan.score_parts.nights_out += 1;
    weekdays_left_out, "F-figures", Statement, |w| w.plan.score_parts.weekdays += 0.5;
    control_in_summer_time, "F-zone", Statement, |w| {
        let date = w.plan.tours[0].date;
        let mut control = span(date, "09:30", "10:00").expect("a control");
        control.start = control.start.with_timezone(&FixedOffset::east_opt(7200).expect("an offset"));
        away(w);
        w.refill();
        w.plan.tours[0].quality_control = Some(control);
    };
}

fn good(change: impl Fn(&mut World)) -> World {
    let mut w = World::good();
    change(&mut w);
    w.refill();
    let report = w.check();
    assert!(report.is_good(), "{:#?}", report.violations);
    w
}

#[test]
fn two_nights_out_pass_and_are_paid_for() {
    let w = good(away);
    let parts = w.plan.score_parts;
    assert_eq!(parts.nights_out, 2);
    assert!((parts.nights - 4.0).abs() < 1e-12);
    // D on Tuesday and on Wednesday (the truck and the van) more, E on Thursday less.
    assert!((parts.weekdays - 1.0).abs() < 1e-12, "{}", parts.weekdays);
    assert!((parts.driving_hours * 3600.0 - f64::from(3150 + 900 + 3900 + 720 + 720 + 1320 + 2520)).abs() < 1e-6);
    let score = parts.coverage - parts.driving - parts.nights + parts.weekdays;
    assert!((w.plan.score - score).abs() < 1e-12);
}

#[test]
fn a_weekend_out_passes_and_counts_three_nights() {
    let w = good(weekend);
    assert_eq!(w.plan.score_parts.nights_out, 3);
    // A public holiday is a day off as well.
    good(|w| {
        weekend(w);
        let friday = w.plan.tours[0].date;
        w.scenario.vehicles[TRUCK.index()].shifts[5] = Some(window("07:30", "17:45"));
        w.scenario.vehicles[TRUCK.index()].days_off.0.push((friday + Days::new(1), friday + Days::new(1)));
    });
}

#[test]
fn nights_keep_to_their_limits() {
    good(|w| {
        away(w);
        w.scenario.limits.night_min_drive = Seconds(3150);
        w.scenario.vehicles[TRUCK.index()].max_stays_per_site = Some(1);
        w.scenario.limits.work_per_day = time("08:52");
    });
}

/// The break may come between the morning's pack-down and the way.
#[test]
fn a_break_after_the_morning_pack_down_is_good() {
    good(|w| {
        away(w);
        let date = w.plan.tours[2].date;
        w.scenario.time.break_window = window("07:50", "13:00");
        w.plan.tours[2].start = at(date, "07:30");
        w.plan.tours[2].pause = span(date, "08:00", "08:45");
        w.plan.tours[2].legs[0] = leg(date, ("D", "E"), "08:45", 900, 9_000);
        w.plan.visits[2].arrive = w.plan.tours[2].legs[0].arrive;
        w.scenario.sites[site("E").index()].set_up = Some(Seconds::from_minutes(15));
    });
}

#[test]
fn leaving_in_the_morning_ends_the_stay_of_the_evening() {
    // Out on Tuesday, on to E on Wednesday: two stays of one visit.
    let w = good(|w| {
        rules(w);
        let day = |k| w.plan.horizon.start + Days::new(k);
        let days = vec![out("site-D-1", day(1)), on_to_e("site-E-2", day(2))];
        replace(w, days);
        w.scenario.sites[site("E").index()].permit_lead_days = 0;
    });
    assert_eq!(w.plan.score_parts.nights_out, 1);
}

/// What stands against visits only, or lies outside the stay.
#[test]
fn a_vehicle_may_stay_where_it_may_not_open() {
    let change = |w: &mut World| {
        away(w);
        let (d, thursday) = (site("D"), DayId(3));
        let date = w.scenario.horizon.date(thursday);
        w.scenario.forbidden.push(Forbidden { vehicle: Some(TRUCK), day: Some(thursday), site: Some(d) });
        let place = &mut w.scenario.sites[d.index()];
        place.avoided = THURSDAY;
        place.blocked.0.push((date - Days::new(3), date - Days::new(3)));
        place.blocked.0.push((date + Days::new(1), date + Days::new(4)));
        place.available = (Some(date - Days::new(2)), Some(date));
    };
    good(change);
}

/// A date on which the vehicle visits the site is told once, at the visit.
#[test]
fn a_date_of_a_visit_within_a_stay_is_told_once() {
    let mut w = World::good();
    weekend(&mut w);
    let monday = w.plan.tours[1].date;
    w.scenario.sites[site("D").index()].blocked.0.push((monday, monday));
    w.refill();
    let told = |w: &World| w.check().violations.iter().map(|v| v.where_.clone()).collect::<Vec<_>>();
    assert_eq!(told(&w), ["site-D-4"]);
    w.scenario.sites[site("D").index()].blocked.0[0].0 = monday - Days::new(1);
    assert_eq!(told(&w), ["site-D-4", &format!("truck {}", w.plan.tours[0].date)]);
}

#[test]
fn locks_are_met_by_visits_within_a_stay() {
    good(|w| {
        away(w);
        let hours = vec![window("08:30", "12:00"), window("13:30", "17:00")];
        w.scenario.locks.push(Lock { vehicle: TRUCK, day: DayId(2), site: site("D"), sessions: Some(hours) });
    });
}

#[test]
fn permits_are_not_judged_without_a_date() {
    good(|w| {
        away(w);
        w.scenario.sites[site("E").index()].permit_lead_days = 700;
        w.scenario.now = None;
    });
}

#[test]
fn two_heads_serve_two_vehicles_and_offers_bind_on_their_weekdays_only() {
    good(|w| {
        away(w);
        w.scenario.crews[RADIOGRAPHER.index()].heads = 2;
        w.scenario.vehicles[VAN.index()].crew = vec![RADIOGRAPHER];
    });
    good(|w| {
        away(w);
        w.scenario.services[2].crew = vec![RADIOGRAPHER];
        w.scenario.vehicles[VAN.index()].offers[1].weekdays = Weekdays(0b111_1011);
        w.plan.visits.iter_mut().filter(|v| v.vehicle == "van").for_each(|v| drop(v.services.pop()));
    });
}

#[test]
fn overbooking_makes_seats_and_reserve_takes_them() {
    let with = |overbooking, reserve| {
        let mut w = World::good();
        let mammography = &mut w.scenario.services[MAMMOGRAPHY.index()];
        (mammography.overbooking, mammography.reserve) = (overbooking, reserve);
        w.plan.visits[0].services[0].invitations = vec![invite("D", 119)]; // 30.2 expected for 30
        w.refill();
        w.check().is_good()
    };
    assert!(!with(1.0, 0));
    assert!(with(1.01, 0)); // 30.3
    assert!(!with(1.1, 3)); // 33 − 3
    assert!(with(1.11, 3)); // 33.3 − 3
}

#[test]
fn nights_on_both_sides_of_both_clock_changes_pass() {
    for monday in ["2026-10-19", "2026-10-26", "2027-03-22", "2027-03-29"] {
        for change in [away as fn(&mut World), weekend] {
            let mut w = World::starting(monday);
            change(&mut w);
            w.refill();
            assert!(w.check().is_good(), "{monday}: {:#?}", w.check().violations);
        }
    }
}
