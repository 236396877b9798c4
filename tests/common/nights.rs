//! Plans of [`super::World`] with nights out, and rules for the weekly control, scarce crew, permits
//! and weekdays that they keep.

use super::World;
use super::plan::{at, invite, leg, offer, tour, visit};
use super::scenario::{MAMMOGRAPHY, TRUCK, site};
use chrono::{Days, NaiveDate};
use tournee::domain::{Crew, CrewId, Nights, PermitStatus, Weekdays};
use tournee::i18n::Text;
use tournee::plan::{Break, InvitationLine, Tour, Visit, VisitService};
use tournee::units::Seconds;

pub const TUESDAY: Weekdays = Weekdays(0b000_0010);
pub const WEDNESDAY: Weekdays = Weekdays(0b000_0100);
pub const THURSDAY: Weekdays = Weekdays(0b000_1000);
pub const RADIOGRAPHER: CrewId = CrewId(0);
pub const INTERPRETER: CrewId = CrewId(1);

pub fn radiography(appointments: u32, invitations: Vec<InvitationLine>) -> Vec<VisitService> {
    vec![offer("mammography", appointments, invitations)]
}

pub fn span(date: NaiveDate, start: &str, end: &str) -> Option<Break> {
    Some(Break { start: at(date, start), end: at(date, end) })
}

/// Out to D: set up 08:45, control 09:30, open from 10:00; the truck sleeps there.
pub fn out(id: &str, date: NaiveDate) -> (Tour, Visit) {
    let mut out = tour("truck", date, vec![leg(date, ("A", "D"), "07:52:30", 3150, 36_000)], Some(("12:00", "12:45")));
    out.end = at(date, "16:00");
    out.night_after = Some("site-D".into());
    out.quality_control = span(date, "09:30", "10:00");
    let sessions = [("10:00", "12:00"), ("13:30", "16:00")];
    let services = radiography(27, vec![invite("D", 60), invite("E", 40)]);
    (out, visit((id, "truck", "D"), date, "08:45", &sessions, "16:00", services))
}

/// A day in D between two nights there: no legs at all.
pub fn between(id: &str, date: NaiveDate) -> (Tour, Visit) {
    let day = Tour {
        vehicle: "truck".into(),
        date,
        start: at(date, "08:30"),
        end: at(date, "17:00"),
        night_before: Some("site-D".into()),
        night_after: Some("site-D".into()),
        legs: Vec::new(),
        pause: span(date, "12:00", "12:45"),
        quality_control: None,
    };
    let sessions = [("08:30", "12:00"), ("13:30", "17:00")];
    let services = radiography(42, vec![invite("D", 60), invite("E", 40)]);
    (day, visit((id, "truck", "D"), date, "08:30", &sessions, "17:00", services))
}

/// The truck packs down in D at 07:45, opens in E, and returns.
pub fn on_to_e(id: &str, date: NaiveDate) -> (Tour, Visit) {
    let legs = vec![leg(date, ("D", "E"), "08:15", 900, 9_000), leg(date, ("E", "A"), "16:00", 3900, 45_000)];
    let mut back = tour("truck", date, legs, Some(("12:00", "12:45")));
    back.start = at(date, "07:45");
    back.night_before = Some("site-D".into());
    let sessions = [("09:15", "12:00"), ("13:30", "15:30")];
    let services = radiography(28, vec![invite("E", 80)]);
    (back, visit((id, "truck", "E"), date, "08:30", &sessions, "16:00", services))
}

/// The control at 08:00 on the Monday, a day in D, and back.
pub fn back_on_monday(id: &str, date: NaiveDate) -> (Tour, Visit) {
    let mut back = tour("truck", date, vec![leg(date, ("D", "A"), "16:30", 3150, 36_000)], Some(("12:00", "12:45")));
    back.start = at(date, "08:00");
    back.night_before = Some("site-D".into());
    back.quality_control = span(date, "08:00", "08:30");
    let sessions = [("08:30", "12:00"), ("13:30", "16:00")];
    let services = radiography(36, vec![invite("D", 60), invite("E", 40)]);
    (back, visit((id, "truck", "D"), date, "08:00", &sessions, "16:30", services))
}

/// Replaces the truck's tours; its visits come first.
pub fn replace(w: &mut World, days: Vec<(Tour, Visit)>) {
    w.plan.tours.retain(|t| t.vehicle != "truck");
    w.plan.visits.retain(|v| v.vehicle != "truck");
    let (mut tours, mut visits): (Vec<Tour>, Vec<Visit>) = days.into_iter().unzip();
    tours.append(&mut w.plan.tours);
    visits.append(&mut w.plan.visits);
    (w.plan.tours, w.plan.visits) = (tours, visits);
}

pub fn rules(w: &mut World) {
    let crew = |id: &str, heads| Crew {
        id: id.into(),
        name: Text::new(format!("{id}-fr"), id),
        heads,
        weekdays: Weekdays::ALL,
        exceptions: Vec::new(),
    };
    w.scenario.crews = vec![crew("radiographer", 1), crew("interpreter", 1)];
    w.scenario.services[MAMMOGRAPHY.index()].crew = vec![RADIOGRAPHER];
    w.scenario.sites[site("E").index()].crew = vec![INTERPRETER];
    w.scenario.now = Some(w.plan.horizon.start - Days::new(7));
    let e = &mut w.scenario.sites[site("E").index()];
    (e.permit, e.permit_lead_days, e.avoided) = (PermitStatus::Requested, 10, THURSDAY);
    w.scenario.sites[site("D").index()].preferred = Weekdays(TUESDAY.0 | WEDNESDAY.0);
    w.scenario.prices.weekday_price = 0.5;
    let truck = &mut w.scenario.vehicles[TRUCK.index()];
    truck.nights = Some(Nights { in_a_row: 2, across_days_off: false });
    truck.quality_control = Seconds::from_minutes(30);
}

/// Tuesday and Wednesday in D, Thursday in E: two nights out.
pub fn away(w: &mut World) {
    rules(w);
    let day = |k| w.plan.horizon.start + Days::new(k);
    let days = vec![out("site-D-1", day(1)), between("site-D-3", day(2)), on_to_e("site-E-2", day(3))];
    replace(w, days);
}

/// Friday and, after a weekend there, Monday in D: three nights out.
pub fn weekend(w: &mut World) {
    rules(w);
    w.scenario.vehicles[TRUCK.index()].nights = Some(Nights { in_a_row: 3, across_days_off: true });
    let day = |k| w.plan.horizon.start + Days::new(k);
    let days = vec![out("site-D-3", day(4)), back_on_monday("site-D-4", day(7))];
    replace(w, days);
}

/// The same, with the quality control of one of its tours at other hours.
pub fn away_with_control(w: &mut World, tour: usize, start: &str, end: &str) {
    away(w);
    w.plan.tours[tour].quality_control = span(w.plan.tours[tour].date, start, end);
}
