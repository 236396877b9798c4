//! The enumerator against itself: rules that cannot bind change nothing, prices nobody would pay
//! are not paid, and times are those of a break tried at every second.

use super::choose::people_of;
use super::draw::{Instance, Wish, draw};
use super::plans::{self, Best, Fleet};
use super::rules::Rule;
use super::tours::{Choice, Ends, Stop, times};
use super::world::{Family, World};
use tournee::domain::{ClosedDates, DayId, Forbidden, Scenario, SiteId, Weekdays};
use tournee::units::Seconds;

/// Instances of each group of rules.
const SEEDS: std::ops::Range<u64> = 0..12;

fn instances(rules: &[Rule], tight: &[Family]) -> impl Iterator<Item = Instance> {
    let wish = Wish { tight: tight.to_vec(), again: false, rules: rules.to_vec() };
    SEEDS.map(move |seed| draw(seed, 0, &wish))
}

fn best(instance: &Instance, without: Option<Family>, change: impl Fn(&mut Scenario)) -> Option<Best> {
    let mut scenario = instance.scenario.clone();
    change(&mut scenario);
    let world = World { scenario: &scenario, travel: &instance.travel, without };
    plans::best(&world, &Fleet::new(&world)?, &mut people_of(&world))
}

fn same(a: Option<Best>, b: Option<Best>) -> bool {
    // What is too large to be enumerated is not compared.
    let (Some(a), Some(b)) = (a, b) else { return false };
    match (a.score, b.score) {
        (Some(a), Some(b)) => assert!((a - b).abs() < 1e-9, "{a} is not {b}"),
        (a, b) => assert_eq!(a, b),
    }
    true
}

/// Whether a rule made harmless is a rule set aside, in the instances of its group.
fn harmless(rule: Rule, family: Family, change: impl Fn(&mut Scenario)) {
    let like = |i: Instance| same(best(&i, None, &change), best(&i, Some(family), |_| ()));
    let compared = instances(&[rule], &[family]).map(like).filter(|c| *c).count();
    assert!(compared > 5, "{compared} instances of {rule:?} compared");
}

#[test]
fn a_rule_that_cannot_bind_is_no_rule() {
    harmless(Rule::Seats, Family::Reserve, |s| s.services.iter_mut().for_each(|k| k.reserve = 0));
    harmless(Rule::Seats, Family::Overbooking, |s| s.services.iter_mut().for_each(|k| k.overbooking = 1.0));
    harmless(Rule::Permit, Family::Permit, |s| s.now = None);
    harmless(Rule::Permit, Family::Permit, |s| s.sites.iter_mut().for_each(|p| p.permit_lead_days = 0));
    harmless(Rule::Crew, Family::Crew, |s| {
        for crew in &mut s.crews {
            (crew.heads, crew.weekdays) = (2, Weekdays::ALL);
            crew.exceptions.clear();
        }
    });
    harmless(Rule::Control, Family::Control, |s| {
        s.vehicles.iter_mut().for_each(|v| v.quality_control.0 = 0);
    });
    harmless(Rule::Nights, Family::Nights, |s| s.prices.night_price = 1e6);
    harmless(Rule::Nights, Family::Nights, |s| s.limits.night_min_drive.0 = 86_400);
    harmless(Rule::Nights, Family::Nights, |s| {
        s.vehicles.iter_mut().filter_map(|v| v.nights.as_mut()).for_each(|n| n.in_a_row = 0);
    });
    harmless(Rule::Nights, Family::NightPrice, |s| s.prices.night_price = 0.0);
    harmless(Rule::Nights, Family::DaysOff, |s| {
        s.vehicles.iter_mut().filter_map(|v| v.nights.as_mut()).for_each(|n| n.across_days_off = true);
    });
    // Dates on which nobody may open, and on which vehicles may stand.
    harmless(Rule::Nights, Family::NightDates, |s| {
        for site in (0..s.sites.len()).map(SiteId::new) {
            for day in (0..s.horizon.days()).map(DayId::new) {
                if !s.sites[site.index()].open_on(s.horizon.date(day)) {
                    s.forbidden.push(Forbidden { vehicle: None, day: Some(day), site: Some(site) });
                }
            }
            let place = &mut s.sites[site.index()];
            (place.available, place.weekdays, place.blocked) = ((None, None), Weekdays::ALL, ClosedDates::default());
        }
    });
    harmless(Rule::Hosts, Family::Few, |s| {
        s.services.iter_mut().filter_map(|k| k.pool.as_mut()).for_each(|pool| pool.min_invitations = 1);
    });
    // Who may ask everybody at once asks nobody twice either.
    let everybody = |s: &mut Scenario| {
        s.services.iter_mut().filter_map(|k| k.pool.as_mut()).for_each(|p| p.max_invited_share = 1.0);
        s.communes.iter_mut().for_each(|c| c.participation = Some(0.0));
    };
    let like = |i: Instance| same(best(&i, None, everybody), best(&i, Some(Family::OneStay), everybody));
    assert!(instances(&[Rule::Nights], &[Family::Due]).map(like).filter(|c| *c).count() > 5);
}

#[test]
fn held_back_appointments_and_missing_permits_leave_nothing_to_plan() {
    for instance in instances(&[Rule::Seats, Rule::Permit], &[]) {
        let held = best(&instance, None, |s| s.services.iter_mut().for_each(|k| k.reserve = 1000));
        assert!(held.is_none_or(|b| b.score.is_none_or(|score| score <= 0.0)));
        let late = best(&instance, Some(Family::Locks), |s| {
            s.now = Some(s.horizon.start);
            s.sites.iter_mut().for_each(|p| p.permit_lead_days = 7 * s.horizon.weeks);
        });
        assert!(late.is_none_or(|b| b.tours.iter().all(Option::is_none)));
    }
}

/// The least working time of a tour, its break tried at every second and at every place.
fn by_the_clock(world: &World, vehicle: usize, day: usize, ends: Ends, stops: &[Stop]) -> Option<i32> {
    let rules = &world.scenario.time;
    let (window, length, shift) = (world.break_window(day), rules.break_length.0, world.shift(vehicle, day)?);
    let home = world.scenario.vehicles[vehicle].base;
    // What is done, in order: the fixed hours of a session, or a length.
    let mut tasks: Vec<(Option<i32>, i32)> = Vec::new();
    let mut at = ends.woke.map_or(home, |s| world.commune_of(s));
    let mut stands = ends.woke;
    let mut control = ends.control;
    for stop in stops {
        if stands != Some(stop.site) {
            if let Some(site) = stands {
                tasks.push((None, world.pack_down(vehicle, site)));
            }
            tasks.push((None, world.drive(vehicle, at, world.commune_of(stop.site))?));
            tasks.push((None, world.set_up(vehicle, stop.site)));
        }
        if std::mem::take(&mut control) {
            tasks.push((None, world.control(vehicle)));
        }
        tasks.extend(stop.sessions.iter().map(|s| (Some(s.0), s.1 - s.0)));
        (at, stands) = (world.commune_of(stop.site), Some(stop.site));
    }
    if ends.nights == 0 {
        tasks.push((None, world.pack_down(vehicle, stands?)));
        tasks.push((None, world.drive(vehicle, at, home)?));
    }
    let whole = span(&tasks)?;
    let inside = |s: (i32, i32)| shift.from.0 <= s.0 && s.1 <= shift.to.0;
    let mut least = (inside(whole) && (whole.0 > window.0 || whole.1 < window.1)).then_some(whole.1 - whole.0);
    for start in window.0..=window.1 - length {
        for place in 1..tasks.len() {
            let mut with = tasks.clone();
            with.insert(place, (Some(start), length));
            if let Some(s) = span(&with).filter(|s| inside(*s)) {
                least = Some(least.map_or(s.1 - s.0 - length, |l| l.min(s.1 - s.0 - length)));
            }
        }
    }
    least
}

/// Begin and end of tasks done as late as may be before the first fixed hour, as early as may be
/// after; `None` when they do not fit.
fn span(tasks: &[(Option<i32>, i32)]) -> Option<(i32, i32)> {
    let first = tasks.iter().position(|t| t.0.is_some())?;
    let begin = tasks[first].0? - tasks[..first].iter().map(|t| t.1).sum::<i32>();
    let mut now = begin;
    for &(fixed, length) in tasks {
        if fixed.is_some_and(|hour| hour < now) {
            return None;
        }
        now = fixed.unwrap_or(now) + length;
    }
    Some((begin, now))
}

#[test]
fn working_times_are_those_of_a_break_tried_at_every_second() {
    let mut compared = 0;
    for instance in instances(&[Rule::Control, Rule::Nights], &[Family::Break, Family::Shift]) {
        let Instance { mut scenario, travel } = instance;
        let day = Seconds(86_400);
        (scenario.limits.work_per_day, scenario.limits.driving_per_day) = (day, day);
        let world = World { scenario: &scenario, travel: &travel, without: None };
        let Some(fleet) = Fleet::new(&world) else { continue };
        for (&(vehicle, day), tours) in fleet.days.iter().zip(&fleet.tours) {
            for Choice { ends, stops, .. } in tours.iter().take(40) {
                // Other ends may leave no time for the tour: that is compared, too.
                for ends in [*ends, Ends { woke: None, ..*ends }, Ends { nights: 0, ..*ends }] {
                    let work = times(&world, vehicle, day, ends, stops).map(|t| t.1);
                    assert_eq!(work, by_the_clock(&world, vehicle, day, ends, stops), "{ends:?} {stops:?}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 200, "{compared} tours compared");
}
