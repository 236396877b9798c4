//! Plans made anew: the solver's answer against the enumerator's, where the best plan of an instance was published, some
//! of its visits are fixed, something happened, and changes have a price and a budget.

use super::choose::people_of;
use super::draw::Instance;
use super::people::People;
use super::plans::{self, Fleet};
use super::world::World;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tournee::demand::Demand;
use tournee::domain::{DayId, Lock, Published, PublishedVisit, Scenario, VehicleId};
use tournee::optimise::{Feasible, Outcome, Settings, Stopped, feasible, solve};

const EXACT: Settings = Settings { gap: 0.0, time_limit: None, nodes: Some(5_000), seed: 0 };
/// What happens to each published plan: so many times something else.
const EVENTS: u64 = 3;

/// What was compared of one instance.
#[derive(Default)]
pub struct Compared {
    /// Best plans made anew.
    pub plans: usize,
    /// Budgets within which there is none.
    pub impossible: usize,
    /// Plans that change something.
    pub changed: usize,
    /// Plans that fewer changes are allowed for than the best would make.
    pub bound: usize,
    /// Plans with fixed visits that invite somebody.
    pub fixed: usize,
    pub faults: Vec<String>,
}

/// Compares the solver with the enumerator on what may happen to the best plan of an instance.
pub fn compare(instance: &Instance, seed: u64) -> Compared {
    let Instance { scenario, travel } = instance;
    let mut out = Compared::default();
    if scenario.vehicles.iter().any(|v| v.nights.is_some()) {
        return out;
    }
    let solved = |scenario: &Scenario, bounds: &mut Vec<f64>| {
        let demand = Demand::new(scenario, travel);
        solve(scenario, travel, &demand, EXACT, &|| false, &mut |now| bounds.push(now.bound)).unwrap()
    };
    let (Outcome::Plan(first), duties) = solved(scenario, &mut Vec::new()) else { return out };
    let told: Vec<PublishedVisit> = first
        .visits(&duties)
        .into_iter()
        .enumerate()
        .map(|(k, v)| PublishedVisit {
            id: format!("{k}"),
            vehicle: v.vehicle,
            day: v.day,
            site: v.site,
            sessions: v.sessions,
            invitations: v.invitations,
            fixed: false,
            locked: false,
            attended: None,
        })
        .collect();
    if told.is_empty() {
        return out;
    }
    for event in 0..EVENTS {
        let mut rng = ChaCha8Rng::seed_from_u64(seed * EVENTS + event);
        rng.set_stream(5);
        let anew = happened(scenario, &told, &mut rng);
        let name = format!("seed {seed}, event {event}");
        let world = World { scenario: &anew, travel, without: None };
        let Some(fleet) = Fleet::new(&world) else { continue };
        let fixed = fixed_value(&world, &people_of(&World { scenario, travel, without: None }));
        let Some(best) = plans::best(&world, &fleet, &mut people_of(&world)) else { continue };
        let mut bounds = Vec::new();
        let answer = solved(&anew, &mut bounds);
        let known = feasible(&anew, travel, &|| false).unwrap();
        if (known == Feasible::Yes) != best.score.is_some() {
            out.faults.push(format!("{name}: feasible says {known:?} where the best is {:?}", best.score));
        }
        match (answer.0, best.score.map(|score| score + fixed)) {
            (Outcome::Infeasible, None) => out.impossible += 1,
            (Outcome::Infeasible, Some(best)) => {
                out.faults.push(format!("{name}: infeasible, but a plan scores {best}: {:#?}", anew.published));
            }
            (Outcome::NoPlan(why), best) => {
                out.faults.push(format!("{name}: no plan ({}), the best {best:?}", why.name()));
            }
            (Outcome::Plan(solution), None) => {
                out.faults.push(format!("{name}: a plan scores {}, but none is feasible", solution.score));
            }
            (Outcome::Plan(solution), Some(score)) => {
                out.plans += 1;
                let published = anew.published.as_ref().unwrap();
                out.fixed += usize::from(fixed > 0.0);
                let count =
                    plans::changes(&world, &fleet.days, &best.tours.iter().map(Option::as_ref).collect::<Vec<_>>());
                out.changed += usize::from(count > 0);
                out.bound += usize::from(published.max_changes == Some(count) && count > 0);
                let slack = 1e-6 * score.abs().max(1.0);
                let low = bounds.iter().copied().fold(solution.upper_bound, f64::min);
                if low < score - slack {
                    out.faults.push(format!("{name}: WRONG BOUND {low}, a plan scores {score}"));
                }
                if solution.score > score + slack {
                    out.faults.push(format!("{name}: scores {}, more than the best {score}", solution.score));
                }
                if solution.score < score - slack && solution.stopped != Stopped::Work {
                    out.faults.push(format!("{name}: scores {}, the best {score}", solution.score));
                }
            }
        }
    }
    out
}

/// A published plan, some visits of it fixed, and something that happened.
fn happened(scenario: &Scenario, told: &[PublishedVisit], rng: &mut ChaCha8Rng) -> Scenario {
    let mut out = scenario.clone();
    let mut visits = told.to_vec();
    let mut done = std::collections::BTreeSet::new();
    for visit in &mut visits {
        visit.fixed = rng.random_range(0..4) == 0;
        if visit.fixed && rng.random_range(0..3) == 0 {
            let mut came = visit.invitations.clone();
            came.iter_mut().flat_map(|(_, list)| list).for_each(|line| line.1 = rng.random_range(0..=line.1));
            visit.attended = Some(came);
        }
        let at = (visit.vehicle, visit.day, visit.site);
        if visit.fixed && !out.locks.iter().any(|l| (l.vehicle, l.day, l.site) == at) {
            let sessions = Some(visit.sessions.clone());
            out.locks.push(Lock { vehicle: visit.vehicle, day: visit.day, site: visit.site, sessions });
        }
        if visit.fixed && rng.random_range(0..3) == 0 {
            done.insert((visit.vehicle, visit.day));
        }
    }
    let free: Vec<&PublishedVisit> =
        visits.iter().filter(|v| !out.locks.iter().any(|l| (l.vehicle, l.day) == (v.vehicle, v.day))).collect();
    if !free.is_empty() {
        let hit = free[rng.random_range(0..free.len())];
        let date = scenario.horizon.date(hit.day);
        match rng.random_range(0..4) {
            0 | 1 => out.vehicles[hit.vehicle.index()].days_off.0.push((date, date)),
            2 => out.sites[hit.site.index()].blocked.0.push((date, date)),
            _ => drop(done.insert((hit.vehicle, hit.day))),
        }
    }
    out.prices.change_price = [0.0, 0.05, 0.5][rng.random_range(0..3)];
    let max_changes = [None, Some(0), Some(1), Some(1), Some(2), Some(3)][rng.random_range(0..6)];
    out.published = Some(Published { visits, max_changes, done });
    out
}

/// What the fixed visits are worth by themselves.
fn fixed_value(world: &World, people: &[Option<People>]) -> f64 {
    let mut total = 0.0;
    for (service, people) in people.iter().enumerate() {
        let Some(people) = people else { continue };
        total += people.score(&people.fixed_contacts(world, service));
    }
    total
}

/// Site, day and invitations by commune of the fixed visits, for one service.
pub fn fixed_letters(world: &World, service: usize) -> Vec<(usize, usize, Vec<u64>)> {
    let fixed = world.scenario.published.iter().flat_map(|p| p.visits.iter().filter(|v| v.fixed));
    fixed
        .map(|visit| {
            let mut letters = vec![0; world.scenario.communes.len()];
            for (_, list) in visit.invitations.iter().filter(|(id, _)| id.index() == service) {
                list.iter().for_each(|(commune, people)| letters[commune.index()] += u64::from(*people));
            }
            (visit.site.index(), visit.day.index(), letters)
        })
        .collect()
}

impl People {
    /// What territories get from fixed visits: who came, where that is known, or else who is expected.
    fn fixed_contacts(&self, world: &World, service: usize) -> Vec<f64> {
        let mut contacts = vec![0.0; world.scenario.territories.len()];
        let visits: Vec<_> =
            world.scenario.published.iter().flat_map(|p| p.visits.iter().filter(|v| v.fixed)).collect();
        for (visit, (site, _, letters)) in visits.into_iter().zip(fixed_letters(world, service)) {
            let Some(came) = &visit.attended else {
                contacts.iter_mut().zip(self.contacts(site, &letters)).for_each(|(sum, add)| *sum += add);
                continue;
            };
            for (commune, people) in came.iter().filter(|(id, _)| id.index() == service).flat_map(|(_, list)| list) {
                contacts[self.territory[commune.index()]] += self.worth[commune.index()] * f64::from(*people);
            }
        }
        contacts
    }

    /// Takes off whom fixed visits invite, and counts what their territories get.
    pub fn after_fixed(mut self, world: &World, service: usize) -> Self {
        let gets = self.fixed_contacts(world, service);
        self.received.iter_mut().zip(gets).for_each(|(sum, add)| *sum += add);
        for (_, day, letters) in fixed_letters(world, service) {
            for taken in &mut self.taken[day..] {
                taken.iter_mut().zip(&letters).for_each(|(sum, add)| *sum += add);
            }
        }
        self
    }

    /// People who may be invited by a day: by none later are more invited than are due.
    pub fn due_by(&self, commune: usize, day: usize) -> u64 {
        let left = |d: usize| (self.due[commune] + self.renewed[d][commune]).saturating_sub(self.taken[d][commune]);
        (day..self.renewed.len()).map(left).min().unwrap_or(0)
    }
}

impl World<'_> {
    /// The published visit of a vehicle to a site on a day: its sessions, and whether it is fixed.
    #[allow(clippy::type_complexity)]
    pub fn told(&self, vehicle: usize, day: usize, site: usize) -> Option<(Vec<(i32, i32)>, bool)> {
        let visits = self.scenario.published.iter().flat_map(|p| &p.visits);
        let mut same = visits.filter(|v| (v.vehicle.index(), v.day.index(), v.site.index()) == (vehicle, day, site));
        same.next().map(|v| (v.sessions.iter().map(|w| (w.from.0, w.to.0)).collect(), v.fixed))
    }

    /// Whether nothing may be added to a vehicle's day.
    pub fn done(&self, vehicle: usize, day: usize) -> bool {
        let at = (VehicleId::new(vehicle), DayId::new(day));
        self.scenario.published.as_ref().is_some_and(|p| p.done.contains(&at))
    }
}
