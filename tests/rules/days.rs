//! Rules 1 to 6 and 8: the vehicles' days.

use crate::common::World;
use crate::common::plan::{at, both, invite, leg, stop, tour, truck_day, visit};
use crate::common::scenario::{TRUCK, VAN, time, window};
use chrono::{Days, Duration, NaiveDate};
use tournee::domain::CalendarDay;
use tournee::plan::{Break, Session};
use tournee::units::Seconds;

fn wednesday(w: &World) -> NaiveDate {
    w.plan.horizon.start + Days::new(2)
}

fn pause(w: &mut World, tour: usize, start: &str, end: &str) {
    let date = w.plan.tours[tour].date;
    w.plan.tours[tour].pause = Some(Break { start: at(date, start), end: at(date, end) });
}

fn session(w: &World, visit: usize, open: &str, close: &str) -> Session {
    let date = w.plan.visits[visit].date;
    Session { open: at(date, open), close: at(date, close) }
}

/// Moves the truck's way out, and with it its arrival.
fn truck_out(w: &mut World, by: Duration) {
    let tour = &mut w.plan.tours[0];
    tour.start += by;
    tour.legs[0].depart += by;
    tour.legs[0].arrive += by;
    w.plan.visits[0].arrive += by;
}

/// Moves the truck's way back, and with it its departure.
fn truck_back(w: &mut World, by: Duration) {
    let tour = &mut w.plan.tours[0];
    tour.end += by;
    tour.legs[1].depart += by;
    tour.legs[1].arrive += by;
    w.plan.visits[0].leave += by;
}

cases! {
    base_between_two_sites, "R1-base", Rule, |w| {
        let date = wednesday(w);
        let legs = vec![
            leg(date, ("A", "B"), "07:40", 720, 9_000),
            leg(date, ("B", "C"), "09:05", 720, 9_000),
            leg(date, ("C", "A"), "11:35", 1320, 18_000),
            leg(date, ("A", "D"), "12:45", 2520, 36_000), // arrives 13:27
            leg(date, ("D", "A"), "16:50", 2520, 36_000),
        ];
        w.plan.tours[1] = tour("van", date, legs, Some(("12:00", "12:45")));
        w.plan.visits[2].leave = at(date, "11:35");
        let d = both(12, 18, vec![invite("D", 48)]);
        w.plan.visits[3] = visit(("site-D-2", "van", "D"), date, "13:27", &[("13:45", "16:45")], "16:50", d);
    };
    tour_without_a_site, "R1-base", Rule, |w| {
        let date = wednesday(w) + Days::new(1);
        w.plan.tours.push(tour("van", date, vec![leg(date, ("A", "A"), "08:00", 120, 0)], None));
    };
    two_tours_in_a_day, "R1-one-tour", Rule, |w| {
        let date = wednesday(w);
        let morning = w.plan.tours[1].legs[..2].iter().cloned();
        let morning = morning.chain([leg(date, ("C", "A"), "11:35", 1320, 18_000)]).collect(); // arrives 11:57
        w.plan.visits[2].leave = at(date, "11:35");
        let afternoon =
            vec![leg(date, ("A", "D"), "12:30", 2520, 36_000), leg(date, ("D", "A"), "16:35", 2520, 36_000)];
        w.plan.visits[3].arrive = at(date, "13:12");
        w.plan.tours.truncate(1);
        w.plan.tours.push(tour("van", date, morning, None));
        w.plan.tours.push(tour("van", date, afternoon, None));
    };
    leaves_before_its_shift, "R1-shift", Rule, |w| {
        w.scenario.vehicles[TRUCK.index()].shifts[1] = Some(window("07:53", "17:45"));
    };
    returns_after_its_shift, "R1-shift", Rule, |w| {
        let late = Duration::minutes(23); // returns 17:45:30
        truck_back(w, late);
    };
    session_runs_into_the_lunch_hours, "R2-public-hours", Rule, |w| {
        w.plan.visits[0].sessions[0] = session(w, 0, "09:30", "12:15");
        w.plan.visits[0].services[0].appointments = 31;
        pause(w, 0, "12:15", "13:00");
    };
    saturday_is_closed, "R2-public-hours", Rule, |w| {
        let date = w.plan.horizon.start + Days::new(5);
        let (mut saturday, mut calls) = crate::common::plan::van_day(date);
        saturday.legs.drain(1..3);
        saturday.legs[0] = leg(date, ("A", "D"), "12:30", 2520, 36_000); // arrives 13:12
        saturday.start = saturday.legs[0].depart;
        saturday.pause = None;
        calls.drain(..2);
        calls[0].id = "site-D-3".into();
        calls[0].services.pop();
        w.plan.tours.push(saturday);
        w.plan.visits.extend(calls);
    };
    opens_a_minute_before_set_up_ends, "R3-set-up", Rule, |w| truck_out(w, Duration::minutes(1));
    site_with_a_longer_set_up, "R3-set-up", Rule, |w| w.scenario.sites[2].set_up = Some(Seconds::from_minutes(46));
    leaves_a_minute_before_pack_down_ends, "R3-pack-down", Rule, |w| truck_back(w, Duration::minutes(-1));
    no_break, "R4-break", Rule, |w| w.plan.tours[0].pause = None;
    break_too_short, "R4-break", Rule, |w| pause(w, 0, "12:00", "12:44");
    break_too_long, "R4-break", Rule, |w| pause(w, 0, "12:00", "12:46");
    break_reversed, "R4-break", Rule, |w| pause(w, 0, "12:45", "12:00");
    break_outside_its_window, "R4-break", Rule, |w| {
        w.scenario.time.break_window = window("12:05", "14:00");
    };
    break_while_driving, "R4-break", Rule, |w| pause(w, 1, "12:06", "12:51");
    break_in_a_session, "R4-break", Rule, |w| pause(w, 0, "12:46", "13:31");
    break_outside_the_tour, "R4-break", Rule, |w| {
        w.plan.tours.remove(1);
        let date = wednesday(w);
        let legs = vec![leg(date, ("A", "D"), "12:30", 2520, 36_000), leg(date, ("D", "A"), "16:35", 2520, 36_000)];
        w.plan.tours.push(tour("van", date, legs, Some(("12:00", "12:45"))));
        w.plan.tours[1].pause = Some(Break { start: at(date, "12:00"), end: at(date, "12:45") });
        w.plan.visits.drain(1..3);
    };
    break_that_leaves_no_room_for_pack_down, "R4-break", Rule, |w| {
        // Closing 11:45, leaving 12:50: 15 minutes before the break, 5 after it.
        w.plan.visits[2].sessions[0] = session(w, 2, "09:45", "11:45");
        w.scenario.sites[1].pack_down = Some(Seconds::from_minutes(16));
    };
    break_that_leaves_no_room_for_set_up, "R4-break", Rule, |w| {
        // Leaves C at 11:35 and arrives in D at 11:57: the break leaves 3 minutes before it and
        // 45 after; set-up takes 46.
        let date = wednesday(w);
        w.plan.visits[2].leave = at(date, "11:35");
        w.plan.tours[1].legs[2] = leg(date, ("C", "D"), "11:35", 1320, 18_000);
        w.plan.visits[3].arrive = at(date, "11:57");
        truck_out(w, Duration::minutes(-1));
        w.scenario.sites[2].set_up = Some(Seconds::from_minutes(46));
    };
    works_too_long_in_a_day, "R5-working-day", Rule, |w| {
        w.scenario.limits.work_per_day = time("08:51:59"); // the van works 9 h 37 − 45 min
    };
    works_too_long_in_a_week, "R5-working-week", Rule, |w| {
        // Twice 8 h 45 in the first week; the van's 8 h 52 and a second week stay below.
        w.scenario.limits.work_per_week = time("17:29");
        w.scenario.vehicles[TRUCK.index()].spacing_weeks = 0;
        for (k, days) in [2, 8].into_iter().enumerate() {
            let (tour, visit) = truck_day(&format!("site-D-{}", k + 3), w.plan.horizon.start + Days::new(days), vec![]);
            w.plan.tours.push(tour);
            w.plan.visits.push(visit);
        }
    };
    drives_too_long, "R5-driving-day", Rule, |w| {
        w.scenario.limits.driving_per_day = Seconds(2 * 3150 - 1);
    };
    session_too_short, "R6-session-length", Rule, |w| {
        w.plan.visits[1].sessions[0] = session(w, 1, "08:00", "08:15");
        w.plan.visits[1].services = both(1, 0, vec![invite("B", 4)]);
    };
    session_too_long, "R6-session-length", Rule, |w| {
        w.scenario.vehicles[VAN.index()].max_session = time("02:59");
    };
    visit_without_a_session, "R6-session-length", Rule, |w| {
        w.plan.visits[1].sessions.clear();
        w.plan.visits[1].services = both(0, 0, vec![]);
    };
    sessions_without_a_step_between, "R6-session-gap", Rule, |w| {
        w.plan.visits[0].sessions =
            vec![session(w, 0, "09:30", "10:30"), session(w, 0, "10:30", "12:00"), session(w, 0, "13:30", "16:00")];
    };
    too_many_visits, "R6-visits-per-day", Rule, |w| w.scenario.vehicles[VAN.index()].max_visits_per_day = 2;
    same_site_twice, "R6-return", Rule, |w| {
        let date = wednesday(w);
        w.plan.tours[1].legs[2] = leg(date, ("C", "B"), "12:50", 720, 9_000);
        w.plan.tours[1].legs[3] = leg(date, ("B", "A"), "16:35", 720, 9_000);
        w.plan.tours[1].end = at(date, "16:47");
        assert_eq!(w.plan.tours[1].legs[2].to, stop("B"));
        let again = both(12, 18, vec![invite("B", 48)]);
        w.plan.visits[3] = visit(("site-B-2", "van", "B"), date, "13:02", &[("13:30", "16:30")], "16:35", again);
    };
    maintenance, "R8-day-off", Rule, |w| {
        let tuesday = w.plan.tours[0].date;
        w.scenario.vehicles[TRUCK.index()].days_off.0.push((tuesday, tuesday));
    };
    public_holiday, "R8-day-off", Rule, |w| {
        let date = w.plan.tours[0].date;
        w.scenario.vehicles[VAN.index()].works_public_holidays = true;
        w.scenario.calendar.public_holidays.push(CalendarDay { from: date, to: date + Days::new(1), name: "fête".into() });
    };
    no_shift_on_that_weekday, "R8-day-off", Rule, |w| w.scenario.vehicles[TRUCK.index()].shifts[1] = None;
}

#[test]
fn a_break_beside_set_up_or_pack_down_is_good() {
    // Pack-down before the break (15 minutes), then after it.
    let mut w = World::good();
    w.plan.visits[2].sessions[0] = session(&w, 2, "09:45", "11:45");
    w.scenario.sites[1].pack_down = Some(Seconds::from_minutes(15));
    w.refill();
    assert!(w.check().is_good(), "{:#?}", w.codes());
    w.scenario.sites[1].pack_down = Some(Seconds::from_minutes(5));
    assert!(w.check().is_good(), "{:#?}", w.codes());
}

#[test]
fn a_tour_that_does_not_cover_the_window_needs_no_break() {
    let mut w = World::good();
    w.scenario.time.break_window = window("07:50", "12:45");
    w.plan.tours[0].pause = None;
    w.refill();
    assert!(w.check().is_good(), "starts 07:52:30, after the window opens: {:#?}", w.codes());
}
