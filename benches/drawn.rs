//! Scenarios drawn from a given one: random bases, shifts, past visits and locks, all from a
//! seed. What is drawn can be planned: a locked visit fits into a day by itself.

use chrono::{Days, NaiveDate};
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use tournee::domain::{
    Commune, CommuneId, DayId, Lock, PastInvitation, PastVisit, PoolSource, Scenario, ServiceId, Site, SiteId, Vehicle,
    VehicleId, Window,
};
use tournee::travel::{RoadGraph, Table};
use tournee::units::{People, Seconds};

/// A truck is based in a commune at least this large.
const BASE_POPULATION: u32 = 5_000;
/// Nobody was invited from farther away, kilometres as the crow flies.
const PAST_KILOMETRES: f64 = 12.0;
/// Locked visits are this near by road, seconds one way.
const LOCK_SECONDS: i32 = 3_000;
/// Visits are locked in the first so many weeks of the horizon.
const LOCK_WEEKS: u32 = 4;

/// Changes a scenario as the seed says.
pub fn draw(scenario: &mut Scenario, roads: &RoadGraph, seed: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    scenario.name = format!("{}-{seed}", scenario.name);
    fleet(scenario, &mut random);
    past(scenario, &mut random);
    locks(scenario, roads, &mut random);
}

/// Every vehicle moves and changes its shift; three in ten have a weekday less.
fn fleet(scenario: &mut Scenario, random: &mut ChaCha8Rng) {
    let town = |c: &Commune| c.in_scope && c.population.0 >= BASE_POPULATION;
    let bases: Vec<CommuneId> =
        (0..scenario.communes.len()).filter(|&i| town(&scenario.communes[i])).map(CommuneId::new).collect();
    for vehicle in &mut scenario.vehicles {
        vehicle.base = *bases.choose(random).expect("there are towns in scope");
        let from = Seconds::from_minutes(15 * random.random_range(26..=32));
        let to = from + Seconds::from_minutes(15 * random.random_range(36..=44));
        let off = random.random_bool(0.3).then(|| random.random_range(0..5));
        for (weekday, shift) in vehicle.shifts.iter_mut().enumerate() {
            if shift.is_some() {
                *shift = (Some(weekday) != off).then_some(Window { from, to });
            }
        }
    }
}

/// Up to sixty truck visits of the last half-year, one a day, to different sites.
fn past(scenario: &mut Scenario, random: &mut ChaCha8Rng) {
    let Some((truck, service)) = screening(scenario) else { return };
    let mut sites: Vec<usize> =
        (0..scenario.sites.len()).filter(|&j| fits(&scenario.vehicles[truck], &scenario.sites[j])).collect();
    sites.shuffle(random);
    sites.truncate(random.random_range(0..=60));
    let mut days: Vec<u64> = (1..=180).collect();
    days.shuffle(random);
    let mut visits: Vec<PastVisit> = sites
        .into_iter()
        .zip(days)
        .map(|(j, back)| {
            let date: NaiveDate = scenario.horizon.start - Days::new(back);
            let site = &scenario.sites[j];
            PastVisit {
                id: format!("{}.0", site.id),
                date,
                vehicle: scenario.vehicles[truck].id.clone(),
                site: Some(SiteId::new(j)),
                invitations: invited(scenario, service, site.commune, random),
            }
        })
        .collect();
    visits.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    scenario.past = visits;
}

/// A quarter of the women due in the nearest communes, until 150 are invited; one in three to
/// five comes.
fn invited(scenario: &Scenario, service: ServiceId, at: CommuneId, random: &mut ChaCha8Rng) -> Vec<PastInvitation> {
    let Some(PoolSource::WomenDue { participation }) = scenario.services[service.index()].pool.map(|p| p.source) else {
        return Vec::new();
    };
    let here = &scenario.communes[at.index()];
    let mut near: Vec<(f64, usize)> = scenario
        .communes
        .iter()
        .enumerate()
        .map(|(i, c)| (kilometres(here, c), i))
        .filter(|(far, i)| *far <= PAST_KILOMETRES && scenario.communes[*i].in_scope)
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut left = 150;
    let mut lines = Vec::new();
    for (_, i) in near {
        let due = f64::from(scenario.communes[i].women_50_74.0) * (1.0 - participation);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let people = ((due / 4.0).floor() as u32).min(left);
        if people > 0 {
            left -= people;
            let attended = People(people / random.random_range(3..=5));
            lines.push(PastInvitation { service, commune: CommuneId::new(i), invited: People(people), attended });
        }
    }
    lines.sort_by_key(|l| l.commune);
    lines
}

/// Up to two visits a week of the truck that are agreed already, near its base and not visited
/// lately.
fn locks(scenario: &mut Scenario, roads: &RoadGraph, random: &mut ChaCha8Rng) {
    let Some((truck, _)) = screening(scenario) else { return };
    let vehicle = &scenario.vehicles[truck];
    let table: Table = roads.table_of(scenario, vec![vehicle.base.into()]).expect("the region is on the roads");
    let visited: BTreeSet<SiteId> = scenario.past.iter().filter_map(|v| v.site).collect();
    let mut near: Vec<SiteId> = (0..scenario.sites.len())
        .filter(|&j| fits(vehicle, &scenario.sites[j]) && !visited.contains(&SiteId::new(j)))
        .filter(|&j| {
            let trip = table.vehicle(vehicle, vehicle.base, scenario.sites[j].commune);
            trip.is_some_and(|leg| leg.seconds.0 <= LOCK_SECONDS)
        })
        .map(SiteId::new)
        .collect();
    near.shuffle(random);
    let weeks = scenario.horizon.weeks.min(LOCK_WEEKS);
    let mut days: Vec<DayId> =
        (0..7 * weeks).map(DayId).filter(|&d| scenario.shift(VehicleId::new(truck), d).is_some()).collect();
    days.shuffle(random);
    let most = random.random_range(0..=2 * weeks as usize);
    let locks: Vec<Lock> = near
        .into_iter()
        .zip(days)
        .take(most)
        .map(|(site, day)| Lock { vehicle: VehicleId::new(truck), day, site, sessions: None })
        .collect();
    scenario.locks = locks;
    scenario.locks.sort_by_key(|l| (l.day, l.vehicle, l.site));
}

/// The vehicle that screens, and the service it screens with.
fn screening(scenario: &Scenario) -> Option<(usize, ServiceId)> {
    let service = scenario.service("mammography")?;
    let vehicle = scenario.vehicles.iter().position(|v| v.offers.iter().any(|o| o.service == service))?;
    Some((vehicle, service))
}

/// Whether the site suits the vehicle on every weekday.
fn fits(vehicle: &Vehicle, site: &Site) -> bool {
    site.takes(vehicle)
        && site.weekdays == tournee::domain::Weekdays::ALL
        && site.available == (None, None)
        && site.blocked.0.is_empty()
}

/// Distance as the crow flies, on a flat map of the region.
fn kilometres(a: &Commune, b: &Commune) -> f64 {
    let (dy, dx) = ((a.lat - b.lat) * 111.2, (a.lon - b.lon) * 111.2 * a.lat.to_radians().cos());
    dx.hypot(dy)
}
