//! Requests and their answers: the assignment against every other one on small cases, the rules one by one, and what
//! stays.

use crate::common::World;
use crate::common::scenario::{DIAGNOSTICS, MAMMOGRAPHY, commune};
use chrono::{DateTime, FixedOffset};
use proptest::prelude::*;
use std::collections::BTreeSet;
use tournee::check::check_answers;
use tournee::domain::{Crew, CrewId, Request, ServiceId, Weekdays};
use tournee::i18n::Text;
use tournee::plan::instant;
use tournee::respond::{Answers, AppointmentAt, Choice, MissingWhy, Options, Prefer, Span, assign, free, respond};
use tournee::units::Seconds;

const PRIMARY_CARE: ServiceId = ServiceId(2);

/// Every assignment: answered requests, as a sorted list of their places in the order, and the sum of the costs.
fn every(
    room: &mut Vec<Vec<u32>>,
    order: &[usize],
    choices: &[Vec<Choice>],
    answered: &mut Vec<usize>,
    cost: (i64, i64),
    best: &mut Option<(Vec<usize>, (i64, i64))>,
    at: usize,
) {
    if at == order.len() {
        let better = match best {
            None => true,
            // More of them; then the first ones; then the least cost.
            Some((set, least)) => {
                answered.len() > set.len() || answered.len() == set.len() && (&*answered, cost) < (set, *least)
            }
        };
        if better {
            *best = Some((answered.clone(), cost));
        }
        return;
    }
    for choice in &choices[order[at]] {
        for (slot, more) in (choice.span.from..choice.span.to).zip(&choice.costs) {
            if room[choice.place][slot] > 0 {
                room[choice.place][slot] -= 1;
                answered.push(at);
                every(room, order, choices, answered, (cost.0 + more.0, cost.1 + more.1), best, at + 1);
                answered.pop();
                room[choice.place][slot] += 1;
            }
        }
    }
    every(room, order, choices, answered, cost, best, at + 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_assignment_is_better(
        room in prop::collection::vec(prop::collection::vec(0_u32..3, 1..4), 1..4),
        wishes in prop::collection::vec(prop::collection::vec((0_usize..4, 0_usize..4, 1_usize..4, 0_i64..4, 0_i64..3), 0..4), 1..6),
        seed in any::<u64>(),
    ) {
        let choices: Vec<Vec<Choice>> = wishes.iter().map(|wish| {
            let mut own: Vec<Choice> = Vec::new();
            for &(place, from, length, first, second) in wish {
                let place = place % room.len();
                let from = from % room[place].len();
                let to = (from + length).min(room[place].len());
                if !own.iter().any(|c| c.place == place) {
                    let costs = (from..to).map(|slot| (first + 2 * i64::try_from(slot).unwrap(), second)).collect();
                    own.push(Choice { place, span: Span { from, to }, costs });
                }
            }
            own
        }).collect();
        let mut order: Vec<usize> = (0..choices.len()).collect();
        order.rotate_left(usize::try_from(seed % 7).unwrap() % choices.len());
        let found = assign(&room, &order, &choices);
        let mut best = None;
        every(&mut room.clone(), &order, &choices, &mut Vec::new(), (0, 0), &mut best, 0);
        let (set, least) = best.unwrap();
        let mut left = room.clone();
        let mut cost = (0, 0);
        for (request, given) in found.iter().enumerate() {
            let Some((place, slot)) = *given else { continue };
            let choice = choices[request].iter().find(|c| c.place == place).expect("one that would do");
            prop_assert!((choice.span.from..choice.span.to).contains(&slot) && left[place][slot] > 0);
            left[place][slot] -= 1;
            let own = choice.costs[slot - choice.span.from];
            cost = (cost.0 + own.0, cost.1 + own.1);
        }
        let answered: Vec<usize> = (0..order.len()).filter(|&at| found[order[at]].is_some()).collect();
        prop_assert_eq!((answered, cost), (set, least));
    }
}

fn request(id: &str, letter: &str, service: ServiceId, day: u64, time: &str) -> Request {
    let world = World::good();
    let date = world.scenario.horizon.start + chrono::Days::new(day);
    let parts: Vec<i32> = time.split(':').map(|p| p.parse().unwrap()).collect();
    let at = instant(date, Seconds(parts[0] * 3600 + parts[1] * 60));
    Request { id: id.into(), commune: commune(letter), service, instant: at.timestamp(), language: None }
}

fn answered(world: &World, requests: &[Request], before: &Answers, options: Options) -> Answers {
    let answers = respond(&world.scenario, &world.travel, &world.plan, requests, &before.answers, options);
    let broken = check_answers(&world.scenario, &world.travel, &world.plan, &answers, options.point_lanes);
    assert_eq!(broken, []);
    answers
}

fn none() -> Answers {
    Answers { labels: Vec::new(), answered: 0, unanswered: 0, answers: Vec::new() }
}

/// Date of the van's visits in the good plan, as a day of the horizon, and its first visit with primary care.
fn van_day(world: &World) -> (u64, String, DateTime<FixedOffset>) {
    let visit = world.plan.visits.iter().find(|v| v.vehicle == "van").unwrap();
    let day = (visit.date - world.scenario.horizon.start).num_days();
    (u64::try_from(day).unwrap(), visit.id.clone(), visit.sessions[0].open)
}

#[test]
fn a_visit_has_so_many_appointments_and_no_more() {
    let world = World::good();
    let (day, id, opens) = van_day(&world);
    let visit = world.plan.visits.iter().find(|v| v.id == id).unwrap();
    let own = visit.services.iter().find(|s| s.service == "primary-care").unwrap();
    assert_eq!(free(&world.scenario, own), own.appointments, "nobody is invited to it");
    let home = visit.site.trim_start_matches("site-").to_owned();
    let many = own.appointments as usize * 4;
    let requests: Vec<Request> =
        (0..many).map(|k| request(&format!("r{k:03}"), &home, PRIMARY_CARE, day, "00:30")).collect();
    let answers = answered(&world, &requests, &none(), Options::default());
    let there = |a: &&tournee::respond::Answer| {
        a.appointment.as_ref().is_some_and(|a| a.at == AppointmentAt::Visit(id.clone()))
    };
    assert_eq!(answers.answers.iter().filter(there).count(), own.appointments as usize);
    assert!(answers.answers.iter().filter(there).any(|a| a.appointment.as_ref().unwrap().start == opens));
    // First come, as all are alike.
    let first = answers.answers.iter().position(|a| a.appointment.is_none()).unwrap_or(many);
    assert!(answers.answers[first..].iter().all(|a| a.missing.as_ref().is_some_and(|m| m.why == MissingWhy::Full)));
}

#[test]
fn what_was_given_stays_unless_its_visit_is_gone() {
    let mut world = World::good();
    let (day, id, _) = van_day(&world);
    let visit = world.plan.visits.iter().find(|v| v.id == id).unwrap();
    let home = visit.site.trim_start_matches("site-").to_owned();
    let late = [request("late", &home, PRIMARY_CARE, day, "07:00")];
    let given = answered(&world, &late, &none(), Options::default());
    let appointment = given.answers[0].appointment.clone().unwrap();
    // One that came before would have had it.
    let both = [request("early", &home, PRIMARY_CARE, day, "00:10"), late[0].clone()];
    let again = answered(&world, &both, &given, Options::default());
    assert_eq!(again.answers[1].appointment.as_ref(), Some(&appointment));
    assert!(again.answers[1].kept && !again.answers[0].kept);
    // One that is not asked for any more keeps its place, too.
    let other = answered(&world, &both[..1], &given, Options::default());
    assert_eq!(other.answers.len(), 2);
    assert_eq!(other.answers[1].appointment.as_ref(), Some(&appointment));
    // The visit is gone: another appointment, or none; and it is said.
    world.plan.visits.retain(|v| v.vehicle != "van");
    world.plan.tours.retain(|t| t.vehicle != "van");
    let gone = answered(&world, &late, &given, Options::default());
    assert!(gone.answers[0].gone && gone.answers[0].appointment.is_none());
    assert_eq!(gone.answers[0].missing.as_ref().unwrap().why, MissingWhy::NotOffered);
}

#[test]
fn fixed_points_open_when_they_do() {
    let world = World::good();
    // Diagnostics at the hub in A from 08:30; on Friday evening the clock of working days stands still till Monday.
    let requests = [
        request("morning", "A", DIAGNOSTICS, 0, "06:00"),
        request("friday", "B", DIAGNOSTICS, 4, "17:59"),
        request("far", "F", DIAGNOSTICS, 0, "06:00"),
    ];
    let answers = answered(&world, &requests, &none(), Options::default());
    let start = |k: usize| answers.answers[k].appointment.as_ref().unwrap().start;
    assert_eq!(start(0).to_rfc3339(), "2026-11-30T08:30:00+01:00");
    assert!(start(1) <= "2026-12-07T08:30:00+01:00".parse::<DateTime<FixedOffset>>().unwrap(), "{}", start(1));
    let missing = answers.answers[2].missing.as_ref().unwrap();
    assert_eq!(missing.why, MissingWhy::TooFar);
    assert!(missing.minutes_too_far.unwrap() > 30.0 && missing.place.is_some(), "{missing:?}");
    // Without appointments at fixed points only visits are left.
    let alone = answered(&world, &requests[..1], &none(), Options { point_lanes: 0, ..Options::default() });
    let point =
        |a: &tournee::respond::Answer| a.appointment.as_ref().is_some_and(|a| matches!(a.at, AppointmentAt::Point(_)));
    assert!(!alone.answers.iter().any(point));
}

#[test]
fn the_nearest_is_preferred_where_that_is_asked() {
    let world = World::good();
    let (day, id, _) = van_day(&world);
    let visit = world.plan.visits.iter().find(|v| v.id == id).unwrap();
    let home = visit.site.trim_start_matches("site-").to_owned();
    // The hub opens as soon; the visit is next door.
    let requests = [request("r", &home, DIAGNOSTICS, day, "00:10")];
    let nearest = answered(&world, &requests, &none(), Options { prefer: Prefer::Nearest, ..Options::default() });
    let earliest = answered(&world, &requests, &none(), Options::default());
    let minutes = |a: &Answers| a.answers[0].appointment.as_ref().unwrap().minutes;
    let wait = |a: &Answers| a.answers[0].appointment.as_ref().unwrap().wait_hours;
    assert!(minutes(&nearest) <= minutes(&earliest) && wait(&earliest) <= wait(&nearest));
    assert!((minutes(&nearest) - 5.0).abs() < 1e-9);
}

#[test]
fn a_language_needs_its_interpreter() {
    let mut world = World::good();
    let (day, id, _) = van_day(&world);
    let visit = world.plan.visits.iter().find(|v| v.id == id).unwrap();
    let home = visit.site.trim_start_matches("site-").to_owned();
    let asked = Request { language: Some("ar".into()), ..request("r", &home, PRIMARY_CARE, day, "00:10") };
    let without = answered(&world, std::slice::from_ref(&asked), &none(), Options::default());
    assert_eq!(without.answers[0].missing.as_ref().unwrap().why, MissingWhy::Language);
    world.scenario.crews.push(Crew {
        id: "interpreter-ar".into(),
        name: Text::new("interprète", "interpreter"),
        heads: 1,
        weekdays: Weekdays::ALL,
        exceptions: Vec::new(),
    });
    let site = world.scenario.sites.iter_mut().find(|s| s.id == visit.site).unwrap();
    site.crew.push(CrewId(0));
    let with = answered(&world, &[asked], &none(), Options::default());
    assert_eq!(with.answers[0].appointment.as_ref().unwrap().at, AppointmentAt::Visit(id));
}

#[test]
fn screening_visits_have_room_for_requests_where_some_is_held_back() {
    let mut world = World::good();
    let visit = world.plan.visits[0].clone();
    let home = visit.site.trim_start_matches("site-").to_owned();
    let day = u64::try_from((visit.date - world.scenario.horizon.start).num_days()).unwrap();
    let requests: Vec<Request> = (0..40).map(|k| request(&format!("r{k}"), &home, MAMMOGRAPHY, day, "00:05")).collect();
    let options = Options { point_lanes: 0, ..Options::default() };
    let count = |world: &World| answered(world, &requests, &none(), options).answered;
    let own = |world: &World| world.plan.visits[0].services[0].clone();
    let before = count(&world);
    assert_eq!(before, free(&world.scenario, &own(&world)));
    // Fewer people invited leave more.
    world.plan.visits[0].services[0].invitations.truncate(1);
    world.plan.visits[0].services[0].invitations[0].people = 10;
    world.refill();
    let after = count(&world);
    assert!(after > before && after == free(&world.scenario, &own(&world)), "{before} then {after}");
}

/// Answers that break one rule each, by the code that says so.
#[test]
fn broken_answers_are_refused() {
    let world = World::good();
    let (day, id, _) = van_day(&world);
    let visit = world.plan.visits.iter().find(|v| v.id == id).unwrap();
    let home = visit.site.trim_start_matches("site-").to_owned();
    let good = answered(&world, &[request("r", &home, PRIMARY_CARE, day, "00:10")], &none(), Options::default());
    let codes = |change: &dyn Fn(&mut Answers)| -> BTreeSet<&'static str> {
        let mut bad = good.clone();
        change(&mut bad);
        let found = check_answers(&world.scenario, &world.travel, &world.plan, &bad, 1);
        assert!(found.iter().all(|v| v.message.fr != v.message.en), "{found:?}");
        found.iter().map(|v| v.code).collect()
    };
    let appointment = BTreeSet::from(["B-appointment"]);
    let shifted = |answers: &mut Answers, minutes: i64| {
        let own = answers.answers[0].appointment.as_mut().unwrap();
        own.start += chrono::Duration::minutes(minutes);
        own.end += chrono::Duration::minutes(minutes);
    };
    assert_eq!(codes(&|a| shifted(a, 7)), appointment, "off the appointments");
    assert_eq!(codes(&|a| shifted(a, -600)), appointment, "closed");
    assert_eq!(codes(&|a| a.answers[0].commune = "59006".into()), appointment, "too far");
    assert_eq!(codes(&|a| a.answers[0].instant += chrono::Duration::days(3)), appointment, "before the request");
    assert_eq!(codes(&|a| a.answers[0].instant -= chrono::Duration::days(9)), appointment, "too late");
    assert_eq!(codes(&|a| a.answers[0].service = "mammography".into()), appointment, "not offered");
    assert_eq!(codes(&|a| a.answers[0].language = Some("ar".into())), appointment, "no interpreter");
    let nowhere = |a: &mut Answers| {
        a.answers[0].appointment.as_mut().unwrap().at = AppointmentAt::Visit("nowhere".into());
    };
    assert_eq!(codes(&nowhere), appointment, "no such visit");
    let short = |a: &mut Answers| a.answers[0].appointment.as_mut().unwrap().end -= chrono::Duration::minutes(1);
    assert_eq!(codes(&short), appointment, "too short");
    let crowd = |a: &mut Answers| a.answers = vec![a.answers[0].clone(); 5];
    assert_eq!(codes(&crowd), BTreeSet::from(["B-room"]));
}

/// Whether a request can have an appointment, others moving: plain augmenting paths.
fn find(request: usize, reach: &[Vec<usize>], seen: &mut [bool], of: &mut [Option<usize>]) -> bool {
    for &slot in &reach[request] {
        if std::mem::replace(&mut seen[slot], true) {
            continue;
        }
        if of[slot].is_none_or(|other| find(other, reach, seen, of)) {
            of[slot] = Some(request);
            return true;
        }
    }
    false
}

/// The region's fixed points and requests crowded into one day, counted again by walking through minutes.
#[test]
fn as_many_are_answered_on_the_region_as_can_be() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/hauts-de-france.toml");
    let loaded = tournee::config::load(&file, &tournee::config::LoadOptions::default()).unwrap();
    let scenario = loaded.scenario;
    let travel = loaded.road_graph.table(&scenario).unwrap();
    let demand = tournee::demand::Demand::new(&scenario, &travel);
    let plan = tournee::optimise::assemble(&scenario, &travel, &demand, &[], None);
    let id = scenario.service("primary-care").unwrap();
    let service = &scenario.services[id.index()];
    let start = instant(scenario.horizon.start, Seconds(0)).timestamp();
    let requests: Vec<Request> = (0..6000)
        .map(|k: usize| Request {
            id: format!("r{k:04}"),
            commune: tournee::domain::CommuneId::new(k * 7919 % scenario.communes.len()),
            service: id,
            instant: start + 86_400 * 3 + 60 * (k as i64 * 37 % 1440),
            language: None,
        })
        .collect();
    let answers = respond(&scenario, &travel, &plan, &requests, &[], Options::default());
    assert_eq!(check_answers(&scenario, &travel, &plan, &answers, 1), []);
    // Working minutes since the start.
    let date = |minute: usize| scenario.horizon.start + chrono::Days::new(minute as u64 / 1440);
    let mut runs = vec![0_usize];
    for minute in 0..14 * 1440 {
        let works = scenario.calendar.is_working_day(date(minute));
        runs.push(runs[minute] + usize::from(works));
    }
    let length = usize::try_from(service.appointment.0 / 60).unwrap();
    let points = scenario.care_points.iter().chain(&scenario.imaging_sites);
    let points =
        points.filter(|p| p.services.contains(&service.id) && p.status != tournee::domain::CareStatus::Planned);
    let mut slots: Vec<(tournee::domain::CommuneId, usize)> = Vec::new();
    for point in points {
        for day in (0..14).filter(|day| scenario.calendar.public_holiday(date(day * 1440)).is_none()) {
            for hours in &point.hours[day % 7] {
                let (from, to) = (hours.from.0 as usize / 60, hours.to.0 as usize / 60);
                slots.extend((0..(to - from) / length).map(|n| (point.commune, day * 1440 + from + n * length)));
            }
        }
    }
    let reach: Vec<Vec<usize>> = requests
        .iter()
        .map(|request| {
            let asked = usize::try_from((request.instant - start) / 60).unwrap();
            let good = |&(to, at): &(tournee::domain::CommuneId, usize)| {
                let near = travel.access_minutes(&scenario, request.commune, to).is_some_and(|m| m <= 30.0);
                near && at >= asked && runs[at] - runs[asked] <= 48 * 60
            };
            (0..slots.len()).filter(|&slot| good(&slots[slot])).collect()
        })
        .collect();
    let mut of = vec![None; slots.len()];
    let count = (0..requests.len()).filter(|&r| find(r, &reach, &mut vec![false; slots.len()], &mut of)).count();
    assert_eq!(answers.answered as usize, count);
    let full = answers.answers.iter().filter(|a| a.missing.as_ref().is_some_and(|m| m.why == MissingWhy::Full)).count();
    assert!(count > 100 && full > 0, "{count} answered, {full} find everything taken");
}
