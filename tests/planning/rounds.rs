//! The report of a round: how often and how far apart places are visited, counted by hand.

use crate::common::World;
use crate::common::plan::{invite, offer};
use crate::common::scenario::{code, commune, past_visit, site};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use std::collections::BTreeSet;
use tournee::demand::Demand;
use tournee::i18n::Lang;
use tournee::plan::Visit;
use tournee::publish::tables;
use tournee::report::{CommuneRounds, ServiceRounds, TerritoryRounds, Waits, rounds};

fn of(world: &World) -> Vec<ServiceRounds> {
    let demand = Demand::new(&world.scenario, &world.travel);
    rounds(&world.scenario, &world.travel, &demand, &world.plan)
}

fn day(world: &World, n: u64) -> Option<NaiveDate> {
    Some(world.scenario.horizon.start + Days::new(n))
}

fn at<'r>(service: &'r ServiceRounds, letter: &str) -> Option<&'r CommuneRounds> {
    service.communes.iter().find(|c| c.commune == commune(letter))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// The truck in D on Tuesday; before that in E, 21 weeks ago. South is A, B and C, north D, E and F.
#[test]
fn territories_are_counted_by_hand() {
    let world = World::good();
    let all = of(&world);
    assert_eq!(all.iter().map(|s| s.service.index()).collect::<Vec<_>>(), [0, 1], "primary care has no pool");
    let [south, north] = &all[0].territories[..] else { panic!("{all:?}") };

    // C is 22 minutes from D.
    let figures = |t: &TerritoryRounds| (t.due, t.invited, t.visits, t.inside, t.stays);
    assert_eq!(figures(south), (1650, 0, 1, 0, 1));
    assert_eq!((south.first, south.last, south.last_past), (day(&world, 1), day(&world, 1), None));
    assert_eq!(south.waits, Waits { mean: None, longest: 13, at_least: true });

    assert_eq!(figures(north), (1600, 120, 1, 1, 1), "40 and 10 have been invited before");
    let past = world.scenario.horizon.start - Days::new(21 * 7);
    assert_eq!(north.last_past, Some(past));
    assert_eq!(north.waits, Waits { mean: Some(148.0), longest: 148, at_least: false });
    let (to_d, to_e) = (80.0 * 0.32 * (-5.0_f64 / 15.0).exp2(), 40.0 * 0.32 * (-12.0_f64 / 15.0).exp2());
    // Imaging is in A, 42 and 52 minutes away.
    let (in_d, in_e) = (1.0 - 0.9 * (-42.0_f64 / 15.0).exp2(), 1.0 - 0.9 * (-52.0_f64 / 15.0).exp2());
    assert!(near(north.expected, to_d + to_e), "{north:?}");
    assert!(near(north.additional, in_d * to_d + in_e * to_e), "{north:?}");
    assert!(near(north.received_before, 3.0 * in_d + 12.0 * in_e), "{north:?}");
    assert!(near(north.received, north.received_before + north.additional), "{north:?}");
    let scope: f64 = 550.0 * world_worth();
    assert!(near(north.fair_share, 4.0 * 26.0 * 550.0 * (in_d + in_e + in_f()) / scope), "{north:?}");

    // The van in B, C and D on Wednesday, nobody before.
    let [south, north] = &all[1].territories[..] else { panic!("{all:?}") };
    assert_eq!((south.visits, south.inside, south.stays), (3, 2, 3), "D reaches C");
    assert_eq!((north.visits, north.inside, north.invited), (2, 1, 48), "C reaches D");
    assert_eq!(south.waits, Waits { mean: None, longest: 12, at_least: true }, "three visits of one day are one date");
}

fn in_f() -> f64 {
    1.0 - 0.9 * (-122.0_f64 / 15.0).exp2()
}

/// Sum of `g` over the communes in scope; access to A itself takes the least there is, 5 minutes.
fn world_worth() -> f64 {
    [5.0, 12.0, 22.0, 42.0, 52.0, 122.0_f64].iter().map(|f| 1.0 - 0.9 * (-f / 15.0).exp2()).sum()
}

#[test]
fn the_next_visit_of_a_commune_is_the_nearest_of_its_day() {
    let mut world = World::good();
    let all = of(&world);
    let next =
        |service: usize, letter: &str| at(&all[service], letter).and_then(|c| c.next).map(|n| (n.visit, n.minutes));
    assert_eq!(next(0, "C"), Some((0, 22.0)));
    assert_eq!(next(0, "D"), Some((0, 5.0)));
    assert_eq!((next(0, "B"), next(0, "F")), (None, None), "32 and 82 minutes away");
    assert!(at(&all[0], "G").is_none(), "out of scope");
    // B, C and D on one day: A is 12 minutes from B and 22 from C.
    assert_eq!((next(1, "A"), next(1, "C"), next(1, "D")), (Some((1, 12.0)), Some((2, 5.0)), Some((3, 5.0))));
    let e = at(&all[0], "E").unwrap();
    assert_eq!((e.due, e.invited, e.visits), (510, 40, 1));
    assert_eq!(e.last, Some(world.scenario.horizon.start - Days::new(147)));
    assert_eq!(at(&all[0], "C").unwrap().last, None);

    // On Thursday both are over.
    world.scenario.now = day(&world, 3);
    let all = of(&world);
    let e = at(&all[0], "E").unwrap();
    assert_eq!((e.next, e.last, e.visits), (None, day(&world, 1), 1));
    assert_eq!(at(&all[1], "A").unwrap().last, day(&world, 2));
    // A date before the horizon changes nothing.
    world.scenario.now = Some(world.scenario.horizon.start - Days::new(60));
    assert_eq!(at(&of(&world)[0], "E").unwrap().next.map(|n| n.visit), Some(0));
}

#[test]
fn days_joined_by_a_night_are_one_stay() {
    let mut world = World::good();
    let (mut tour, mut visit) = (world.plan.tours[0].clone(), world.plan.visits[0].clone());
    tour.date = day(&world, 2).unwrap();
    tour.night_before = Some("site-D".into());
    (visit.date, visit.id) = (tour.date, "site-D-9".into());
    world.plan.tours.push(tour);
    world.plan.visits.push(visit);
    let north = of(&world)[0].territories[1].clone();
    assert_eq!((north.visits, north.inside, north.stays), (2, 2, 1));
    assert_eq!((north.first, north.last), (day(&world, 1), day(&world, 2)));
    assert_eq!(north.waits, Waits { mean: Some(74.5), longest: 148, at_least: false });
    world.plan.tours.last_mut().unwrap().night_before = None;
    assert_eq!(of(&world)[0].territories[1].stays, 2);
}

/// A past visit whose site is gone reached those it invited.
#[test]
fn a_past_visit_without_a_site_still_counts() {
    let mut world = World::good();
    let mut past = past_visit(world.scenario.horizon.start, 2);
    (past.id, past.site, past.vehicle) = ("gone-1".into(), None, "gone".into());
    past.invitations.retain(|line| line.commune == commune("E"));
    world.scenario.past.push(past);
    let all = of(&world);
    let fortnight = Some(world.scenario.horizon.start - Days::new(14));
    assert_eq!(at(&all[0], "E").unwrap().last, fortnight);
    assert_ne!(at(&all[0], "D").unwrap().last, fortnight, "D was not invited");
    assert_eq!(all[0].territories[1].last_past, fortnight);
    assert_eq!(all[1].territories[1].last_past, None, "the van's service was not offered");
}

#[test]
fn the_tables_have_a_line_a_place_for_a_spreadsheet_in_french() {
    let world = World::good();
    let all = of(&world);
    let text = String::from_utf8(tables::territories(&world.scenario, &all, Lang::Fr)).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}service;territory;territory_name;class;due;invited;expected;additional;"));
    assert_eq!(lines.len(), 1 + 2 * 2 + 1, "{text}");
    let cells: Vec<Vec<&str>> = lines[..5].iter().map(|line| line.split(';').collect()).collect();
    let cell = |row: usize, name: &str| cells[row][cells[0].iter().position(|n| *n == name).unwrap()];
    assert!(cells.iter().all(|row| row.len() == cells[0].len()), "{text}");
    assert_eq!((cell(2, "territory"), cell(2, "invited"), cell(2, "mean_days")), ("north", "120", "148,0"));
    assert_eq!((cell(1, "longest_days"), cell(1, "longest_at_least"), cell(1, "mean_days")), ("13", "yes", ""));
    assert!(cell(2, "fair_share").contains(','), "{text}");

    let text = String::from_utf8(tables::communes(&world.scenario, &world.plan, &all, Lang::Fr)).unwrap();
    assert_eq!(text.lines().count(), 1 + 2 * 6, "{text}");
    let e = text.lines().find(|line| line.starts_with(&format!("mammography;{};", code("E")))).unwrap();
    assert_eq!(
        e.split(';').skip(3).take(10).collect::<Vec<_>>().join("|"),
        "north|510|40|7,35|1|2026-07-06|2026-12-01|site-D|Place de D-ville|12,0"
    );
}

const LETTERS: [&str; 7] = ["A", "B", "C", "D", "E", "F", "G"];

/// A visit drawn: site, day, and people of communes.
fn drawn() -> impl Strategy<Value = (usize, u64, bool, Vec<(usize, u32)>)> {
    (0_usize..4, 0_u64..14, any::<bool>(), prop::collection::vec((0_usize..6, 1_u32..50), 0..4))
}

proptest! {
    /// Whatever the visits, the places together have what the visits have.
    #[test]
    fn places_add_up_to_the_plan(draws in prop::collection::vec(drawn(), 0..9)) {
        let mut world = World::good();
        let pattern = world.plan.visits[0].clone();
        let monday = world.scenario.horizon.start;
        world.plan.tours.clear();
        world.plan.visits = draws
            .iter()
            .enumerate()
            .map(|(k, (place, day, screening, people))| {
                let mut seen = BTreeSet::new();
                let lines = people.iter().filter(|(c, _)| seen.insert(*c)).map(|&(c, n)| invite(LETTERS[c], n)).collect();
                let service = if *screening { "mammography" } else { "diagnostics" };
                let letter = ["B", "C", "D", "E"][*place];
                assert_eq!(site(letter).index(), *place);
                Visit {
                    id: format!("visit-{k}"),
                    site: format!("site-{letter}"),
                    date: monday + Days::new(*day),
                    services: vec![offer(service, 1, lines)],
                    ..pattern.clone()
                }
            })
            .collect();
        for of in of(&world) {
            let id = &world.scenario.services[of.service.index()].id;
            let offered: Vec<&Visit> = world.plan.visits.iter().filter(|v| v.services[0].service == *id).collect();
            let invited: u32 = offered.iter().flat_map(|v| &v.services[0].invitations).map(|i| i.people).sum();
            prop_assert_eq!(of.territories.iter().map(|t| t.invited).sum::<u32>(), invited);
            prop_assert_eq!(of.communes.iter().map(|c| c.invited).sum::<u32>(), invited);
            let territory_of = |c: &CommuneRounds| world.scenario.communes[c.commune.index()].territory;
            for t in &of.territories {
                let own: Vec<_> = of.communes.iter().filter(|c| territory_of(c) == t.territory).collect();
                prop_assert_eq!(t.due, own.iter().map(|c| c.due).sum::<u32>());
                let most = own.iter().map(|c| c.visits).max().unwrap_or(0);
                prop_assert!(most <= t.visits && t.visits <= own.iter().map(|c| c.visits).sum::<u32>());
                prop_assert!(t.inside <= t.visits && t.stays == t.visits);
                prop_assert_eq!(t.visits > 0, t.first.is_some() && t.last.is_some());
                prop_assert!(t.first <= t.last);
            }
            prop_assert_eq!(of.territories.iter().map(|t| t.inside).sum::<u32>(), u32::try_from(offered.len()).unwrap());
            for c in &of.communes {
                prop_assert_eq!(c.next.is_some(), c.visits > 0);
                if let Some(next) = c.next {
                    let visit = &world.plan.visits[next.visit];
                    prop_assert_eq!(&visit.services[0].service, id);
                    prop_assert!((5.0..=30.0).contains(&next.minutes));
                    prop_assert!(of.territories.iter().any(|t| t.first.is_some_and(|first| first <= visit.date)));
                }
            }
        }
    }
}
