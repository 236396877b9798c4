//! Identities over 20 weeks in which everything happens to them: plans, plans made anew, tables edited in a spreadsheet,
//! rows that are lost, visits that are cancelled and come back, two fleets on the same sites.

use crate::common::scenario::{scenario, table};
use chrono::{Days, NaiveDate};
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};
use tournee::config::edited_visits;
use tournee::demand::Demand;
use tournee::domain::{DayId, PastVisit, Scenario, SiteId, VehicleId, Window};
use tournee::i18n::Lang;
use tournee::optimise::{PlannedVisit, assemble};
use tournee::plan::{Placing, Plan, named};
use tournee::publish::tables::visits;
use tournee::replan::{Asked, revision, settle};
use tournee::travel::Table;
use tournee::units::Seconds;

/// Chains that are tried, and the weeks of each.
const CHAINS: u64 = 500;
const WEEKS: u64 = 20;

/// Who goes where when: vehicle, day, site, and which of the hours.
type Place = (usize, usize, usize, usize);

const HOURS: [(i32, i32); 3] = [(9, 11), (14, 16), (9, 12)];

/// What is known of an identity.
#[derive(Clone, PartialEq)]
struct Known {
    fleet: usize,
    site: String,
    /// How often it has changed, and where it stood.
    sequence: u32,
    placing: Option<Placing>,
    /// The week it was made in: it never stands again.
    made: Option<u64>,
}

struct Desk {
    fleet: usize,
    scenario: Scenario,
    travel: Table,
    demand: Demand,
    plan: Option<Plan>,
    past: Vec<PastVisit>,
}

impl Desk {
    fn new(fleet: usize) -> Self {
        let monday: NaiveDate = "2026-08-31".parse().unwrap();
        let (mut scenario, travel) = (scenario(monday), table());
        scenario.horizon.weeks = 1;
        scenario.past.clear();
        for vehicle in &mut scenario.vehicles {
            vehicle.id += ["", "-b"][fleet];
        }
        let demand = Demand::new(&scenario, &travel);
        Self { fleet, scenario, travel, demand, plan: None, past: Vec::new() }
    }

    fn planned(&self, &(vehicle, day, site, hours): &Place, id: Option<String>) -> PlannedVisit {
        let (from, to) = HOURS[hours];
        PlannedVisit {
            id,
            vehicle: VehicleId::new(vehicle),
            day: DayId::new(day),
            site: SiteId::new(site),
            sessions: vec![Window { from: Seconds(from * 3600), to: Seconds(to * 3600) }],
            sleeps: false,
            invitations: Vec::new(),
        }
    }

    /// A plan of some visits.
    fn made_of(&self, visits: impl Iterator<Item = PlannedVisit>) -> Plan {
        let mut visits: Vec<PlannedVisit> = visits.collect();
        visits.sort_by_key(|v| (v.day, v.vehicle, v.sessions[0], v.site));
        assemble(&self.scenario, &self.travel, &self.demand, &visits, None)
    }

    /// The visits of the plan, as places.
    fn places(&self) -> Vec<Place> {
        let plan = self.plan.as_ref().unwrap();
        let place = |v: &tournee::plan::Visit| {
            let vehicle = self.scenario.vehicles.iter().position(|one| one.id == v.vehicle).unwrap();
            let site = self.scenario.sites.iter().position(|one| one.id == v.site).unwrap();
            let since = v.sessions[0].since_midnight(v.date);
            let hours = HOURS.iter().position(|h| (h.0 * 3600, h.1 * 3600) == (since.from.0, since.to.0)).unwrap();
            (vehicle, self.scenario.horizon.day(v.date).unwrap().index(), site, hours)
        };
        plan.visits.iter().map(place).collect()
    }

    fn settled(&self, mut plan: Plan, given: &BTreeSet<String>) -> Plan {
        let before = self.plan.as_ref().unwrap();
        let revision = revision(&self.scenario, before, &Asked::default()).unwrap();
        settle(&self.scenario, &mut plan, given, revision, 1e9);
        plan
    }
}

/// Whether a visit can be added: one at a time and place.
fn fits(places: &[Place], new: &Place) -> bool {
    places.iter().all(|p| (p.0, p.1) != (new.0, new.1) || p.2 != new.2 && (p.3 == 1) != (new.3 == 1))
}

fn drawn(rng: &mut ChaCha8Rng, places: &[Place]) -> Option<Place> {
    let new = (rng.random_range(0..2), rng.random_range(0..5), rng.random_range(0..4), rng.random_range(0..3));
    fits(places, &new).then_some(new)
}

/// Some other visits: kept, moved, left out, and new ones.
fn changed(rng: &mut ChaCha8Rng, places: &[Place]) -> Vec<Place> {
    let mut out: Vec<Place> = Vec::new();
    for place in places {
        let new = match rng.random_range(0..6) {
            0 => continue,
            1 => (place.0, rng.random_range(0..5), place.2, place.3),
            2 => (place.0, place.1, place.2, rng.random_range(0..3)),
            _ => *place,
        };
        if fits(&out, &new) {
            out.push(new);
        }
    }
    for _ in 0..rng.random_range(0..2) {
        out.extend(drawn(rng, &out));
    }
    out
}

/// The table as somebody edited it: cells by row, the header first.
fn edited(rng: &mut ChaCha8Rng, desk: &Desk) -> Vec<Vec<String>> {
    let bytes = visits(&desk.scenario, desk.plan.as_ref().unwrap(), Lang::Fr);
    let text = String::from_utf8(bytes).unwrap();
    let mut rows: Vec<Vec<String>> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(|line| line.trim_end().split(';').map(str::to_owned).collect())
        .collect();
    let column = |rows: &[Vec<String>], name: &str| rows[0].iter().position(|c| c == name).unwrap();
    let (date, visit, site) = (column(&rows, "date"), column(&rows, "visit"), column(&rows, "site"));
    let mut places = desk.places();
    if rows.len() > 1 && rng.random_range(0..2) == 0 {
        let gone = rng.random_range(1..rows.len());
        rows.remove(gone);
        places.remove(gone - 1);
    }
    for k in 1..rows.len() {
        let mut new = (places[k - 1].0, rng.random_range(0..5), places[k - 1].2, places[k - 1].3);
        let others: Vec<Place> = places.iter().enumerate().filter(|(at, _)| *at != k - 1).map(|(_, p)| *p).collect();
        if rng.random_range(0..4) == 0 && fits(&others, &new) {
            rows[k][date] = desk.scenario.horizon.date(DayId::new(new.1)).to_string();
            if rng.random_range(0..4) == 0 {
                new.2 = rng.random_range(0..4);
                if fits(&others, &new) {
                    // To another site: that is another visit.
                    rows[k][site] = desk.scenario.sites[new.2].id.clone();
                } else {
                    new.2 = places[k - 1].2;
                }
            }
            places[k - 1] = new;
        }
    }
    if rows.len() > 1
        && rng.random_range(0..3) == 0
        && let Some(new) = drawn(rng, &places)
    {
        let mut row = rows[1].clone();
        row[visit] = String::new();
        row[date] = desk.scenario.horizon.date(DayId::new(new.1)).to_string();
        row[site] = desk.scenario.sites[new.2].id.clone();
        let vehicle = column(&rows, "vehicle");
        row[vehicle] = desk.scenario.vehicles[new.0].id.clone();
        let (from, to) = HOURS[new.3];
        let (open, close) = (column(&rows, "open_1"), column(&rows, "close_1"));
        (row[open], row[close]) = (format!("{from:02}:00"), format!("{to:02}:00"));
        rows.push(row);
    }
    rows[1..].shuffle(rng);
    rows
}

/// The plan of an edited table, and what must be so: rows keep the identities that they had.
fn published_again(rng: &mut ChaCha8Rng, desk: &Desk) -> Plan {
    let rows = edited(rng, desk);
    let text: Vec<String> = rows.iter().map(|row| row.join(";")).collect();
    let file = std::path::Path::new("visits.csv");
    let (read, _) = edited_visits(file, text.join("\n").as_bytes(), &desk.scenario).expect("it can be read");
    let given: BTreeSet<String> = read.iter().filter_map(|v| v.visit.clone()).collect();
    let same_site = |id: &String, site: SiteId| {
        tournee::plan::site_of(id).is_none_or(|named| named == desk.scenario.sites[site.index()].id)
    };
    let planned = read.iter().map(|v| PlannedVisit {
        id: v.visit.clone().filter(|id| same_site(id, v.site)),
        vehicle: v.vehicle,
        day: v.day,
        site: v.site,
        sessions: v.sessions.clone(),
        sleeps: false,
        invitations: Vec::new(),
    });
    let plan = desk.made_of(planned);
    let plan = if desk.plan.as_ref().unwrap().revision.is_some() { desk.settled(plan, &given) } else { plan };
    for row in &read {
        let (vehicle, site) =
            (&desk.scenario.vehicles[row.vehicle.index()].id, &desk.scenario.sites[row.site.index()].id);
        let made = plan.visits.iter().find(|v| (&v.vehicle, &v.site, v.date) == (vehicle, site, row.date)).unwrap();
        if let Some(id) = row.visit.as_ref().filter(|id| same_site(id, row.site)) {
            assert_eq!(made.id, *id, "a row keeps its identity");
        }
    }
    plan
}

/// Holds a plan against all that was known before it.
fn judge(known: &mut BTreeMap<String, Known>, desk: &Desk, plan: &Plan) {
    let before: BTreeMap<&str, Placing> =
        desk.plan.iter().flat_map(|plan| &plan.visits).map(|v| (v.id.as_str(), Placing::of(v))).collect();
    let cancelled: BTreeSet<&str> =
        desk.plan.iter().flat_map(|p| &p.revision).flat_map(|r| &r.cancelled).map(|c| c.visit.id.as_str()).collect();
    let sequence = |id: &str| plan.revision.as_ref().and_then(|r| r.sequences.get(id)).map_or(0, |s| s.number);
    let mut standing = BTreeSet::new();
    for visit in &plan.visits {
        let (id, now) = (visit.id.as_str(), Placing::of(visit));
        assert!(standing.insert(id), "{id} stands twice");
        let number = sequence(id);
        match known.get(id) {
            None => {
                assert_eq!(named(id).map(|n| (n.0, n.1, n.2)), Some((&*visit.vehicle, &*visit.site, visit.date)));
                assert_eq!(number, 0, "{id} is new");
            }
            Some(old) => {
                assert_eq!((old.fleet, &old.site), (desk.fleet, &visit.site), "{id} is of another fleet or site");
                assert_eq!(old.made, None, "{id} was made already");
                assert!(number >= old.sequence, "{id}: SEQUENCE went back");
                if let Some(was) = before.get(id).filter(|_| plan.revision.is_some()) {
                    assert_eq!(number > old.sequence, *was != now, "{id}: SEQUENCE rises with changes, and only then");
                } else if plan.revision.is_some() {
                    // It comes back, or was taken out of a table before anything was made anew.
                    assert_eq!(named(id).map(|n| (n.0, n.1, n.2)), Some((&*visit.vehicle, &*visit.site, visit.date)));
                    assert_eq!(number > old.sequence, cancelled.contains(id), "{id} comes back");
                }
            }
        }
        let site = visit.site.clone();
        let one = Known { fleet: desk.fleet, site, sequence: number, placing: Some(now), made: None };
        known.insert(id.to_owned(), one);
    }
    if let Some(revision) = &plan.revision {
        let off: BTreeSet<&str> = revision.cancelled.iter().map(|c| c.visit.id.as_str()).collect();
        assert_eq!(off.len(), revision.cancelled.len(), "cancelled twice");
        assert!(off.is_disjoint(&standing), "cancelled and standing");
        for id in before.keys() {
            assert!(standing.contains(id) || off.contains(id), "{id} is gone without a word");
        }
        for id in off {
            let number = sequence(id);
            let old = known.get_mut(id).expect("it was published");
            assert!(number >= old.sequence, "{id}: SEQUENCE went back");
            old.sequence = number;
        }
    }
}

fn chain(seed: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let mut desks = [Desk::new(0), Desk::new(1)];
    let monday = desks[0].scenario.horizon.start;
    for week in 0..WEEKS {
        for desk in &mut desks {
            desk.scenario.horizon.start = monday + Days::new(7 * week);
            // Rows of the archive get lost.
            desk.scenario.past = desk.past.iter().filter(|_| rng.random_range(0..10) > 0).cloned().collect();
            desk.plan = None;
            let mut places: Vec<Place> = Vec::new();
            for _ in 0..rng.random_range(1..5) {
                places.extend(drawn(&mut rng, &places));
            }
            let plan = desk.made_of(places.iter().map(|place| desk.planned(place, None)));
            judge(&mut known, desk, &plan);
            desk.plan = Some(plan);
            for _ in 0..rng.random_range(0..4) {
                let places = desk.places();
                let cancelled = desk.plan.iter().flat_map(|p| &p.revision).flat_map(|r| &r.cancelled);
                let back: Vec<Place> = cancelled
                    .filter_map(|c| named(&c.visit.id))
                    .filter_map(|(vehicle, site, day)| {
                        let vehicle = desk.scenario.vehicles.iter().position(|v| v.id == vehicle)?;
                        let site = desk.scenario.sites.iter().position(|s| s.id == site)?;
                        Some((vehicle, desk.scenario.horizon.day(day)?.index(), site, 1))
                    })
                    .filter(|place| fits(&places, place))
                    .collect();
                let plan = match rng.random_range(0..4) {
                    0 => published_again(&mut rng, desk),
                    1 if !back.is_empty() => {
                        let more = *back.choose(&mut rng).unwrap();
                        let all = places.iter().chain([&more]).map(|place| desk.planned(place, None));
                        desk.settled(desk.made_of(all), &BTreeSet::new())
                    }
                    _ => {
                        let new = changed(&mut rng, &places);
                        let plan = desk.made_of(new.iter().map(|place| desk.planned(place, None)));
                        desk.settled(plan, &BTreeSet::new())
                    }
                };
                judge(&mut known, desk, &plan);
                desk.plan = Some(plan);
            }
            for visit in &desk.plan.as_ref().unwrap().visits {
                // Some are never made, and nobody says so.
                if rng.random_range(0..10) > 0 {
                    let site = desk.scenario.sites.iter().position(|s| s.id == visit.site).map(SiteId::new);
                    let (id, vehicle) = (visit.id.clone(), visit.vehicle.clone());
                    desk.past.push(PastVisit { id, date: visit.date, vehicle, site, invitations: Vec::new() });
                    known.get_mut(&visit.id).unwrap().made = Some(week);
                }
            }
        }
    }
}

#[test]
fn an_identity_is_of_one_visit_for_ever() {
    for seed in 0..CHAINS {
        if std::panic::catch_unwind(|| chain(seed)).is_err() {
            panic!("chain {seed}");
        }
    }
}
