//! Rules 7 and 10: sites, spacing, and what is decided already.

use crate::common::World;
use crate::common::plan::{invite, truck_day};
use crate::common::scenario::{DIAGNOSTICS, TRUCK, VAN, past_visit, site, window};
use chrono::Days;
use tournee::domain::{DayId, Forbidden, Lock, PastVisit, VehicleId, Weekdays, Window};

/// A past visit of the truck to D, so many weeks before the plan's.
fn past_in_d(w: &World, weeks: u64) -> PastVisit {
    PastVisit { id: "site-D-0".into(), site: Some(site("D")), ..past_visit(w.plan.horizon.start, weeks) }
}

/// The truck in D a week later.
fn again_in_d(w: &mut World) {
    let (tour, visit) = truck_day("site-D-3", w.plan.horizon.start + Days::new(8), vec![invite("D", 30)]);
    w.plan.tours.push(tour);
    w.plan.visits.push(visit);
}

fn lock(vehicle: VehicleId, day: u32, letter: &str, sessions: Option<Vec<Window>>) -> Lock {
    Lock { vehicle, day: DayId(day), site: site(letter), sessions }
}

cases! {
    site_for_vans_only, "R7-site-fit", Rule, |w| w.scenario.sites[2].vehicle_kinds = vec!["van".into()];
    site_without_power, "R7-site-fit", Rule, |w| w.scenario.sites[2].power = false;
    site_without_level_ground, "R7-site-fit", Rule, |w| w.scenario.sites[2].level_ground = false;
    site_without_a_ramp, "R7-site-fit", Rule, |w| {
        w.scenario.vehicles[VAN.index()].needs.ramp_access = true;
        w.scenario.sites[0].ramp_access = false;
    };
    site_without_network, "R7-site-fit", Rule, |w| {
        w.scenario.vehicles[VAN.index()].needs.network = true;
        w.scenario.sites[0].network = false;
    };
    site_not_available_yet, "R7-site-dates", Rule, |w| {
        w.scenario.sites[2].available.0 = Some(w.plan.horizon.start + Days::new(2));
    };
    site_no_longer_available, "R7-site-dates", Rule, |w| {
        w.scenario.sites[0].available.1 = Some(w.plan.horizon.start + Days::new(1));
    };
    site_on_market_day, "R7-site-dates", Rule, |w| w.scenario.sites[0].weekdays = Weekdays(0b111_1011);
    site_on_a_blocked_date, "R7-site-dates", Rule, |w| {
        let tuesday = w.plan.tours[0].date;
        w.scenario.sites[2].blocked.0.push((tuesday, tuesday));
    };
    too_soon_after_a_past_visit, "R7-spacing", Rule, |w| w.scenario.past.push(past_in_d(w, 11));
    too_soon_after_a_truck_now_sold, "R7-spacing", Rule, |w| {
        w.scenario.past.push(PastVisit { vehicle: "old-truck".into(), ..past_in_d(w, 11) });
    };
    too_soon_within_the_plan, "R7-spacing", Rule, again_in_d;
    too_often_at_a_site, "R7-max-stays", Rule, |w| {
        w.scenario.vehicles[TRUCK.index()].spacing_weeks = 1;
        w.scenario.vehicles[TRUCK.index()].max_stays_per_site = Some(1);
        again_in_d(w);
    };
    locked_visit_missing, "R10-locked", Rule, |w| w.scenario.locks.push(lock(TRUCK, 2, "D", None));
    locked_hours_changed, "R10-locked", Rule, |w| {
        let hours = vec![window("09:30", "12:00"), window("13:30", "16:15")];
        w.scenario.locks.push(lock(TRUCK, 1, "D", Some(hours)));
    };
    forbidden_site, "R10-forbidden", Rule, |w| {
        w.scenario.forbidden.push(Forbidden { vehicle: Some(VAN), day: None, site: Some(site("D")) });
    };
}

#[test]
fn the_past_that_does_not_count_for_spacing() {
    let good = |change: fn(&World) -> PastVisit| {
        let mut w = World::good();
        w.scenario.past.push(change(&w));
        w.refill();
        assert!(w.check().is_good(), "{:#?}", w.check().violations);
    };
    good(|w| past_in_d(w, 12));
    good(|w| PastVisit { vehicle: "van".into(), ..past_in_d(w, 1) });
    good(|w| {
        let mut visit = PastVisit { vehicle: "old-van".into(), ..past_in_d(w, 1) };
        visit.invitations.iter_mut().for_each(|line| line.service = DIAGNOSTICS);
        visit
    });
    good(|w| PastVisit { date: w.plan.horizon.start, ..past_in_d(w, 1) });
}

#[test]
fn kept_locks_are_good() {
    let mut w = World::good();
    let hours = vec![window("09:30", "12:00"), window("13:30", "16:00")];
    w.scenario.locks = vec![lock(TRUCK, 1, "D", Some(hours)), lock(VAN, 2, "B", None)];
    w.scenario.forbidden.push(Forbidden { vehicle: Some(VAN), day: Some(DayId(1)), site: None });
    assert!(w.check().is_good(), "{:#?}", w.codes());
}
