//! What a visit would add to a plan, by our evaluation: the best package of what the plan's visits leave of the people due
//! and of the territories' steps. A visit of the plan itself is priced as if it were not in it.

use super::model::block_of;
use std::cell::RefCell;
use std::collections::BTreeMap;
use tournee::domain::{CommuneId, ServiceId, TerritoryId, Window};
use tournee::optimise::PlannedVisit;
use tournee::optimise::package::{Budget, Catchment, Pricer, Prices, Rate};
use tournee::optimise::problem::Problem;

/// Kind of vehicle, block of weeks and site: what is visited once.
type Key = (usize, u32, tournee::domain::SiteId);

/// What a visit takes: people invited, and contacts of territories.
#[derive(Default, Clone)]
struct Taken {
    people: BTreeMap<CommuneId, f64>,
    contacts: BTreeMap<TerritoryId, f64>,
}

/// What visits are worth beside those of a plan.
pub struct Prizes {
    /// By service: what all visits of the plan take, and each of its visits.
    taken: Vec<(Taken, BTreeMap<Key, Taken>)>,
    /// What was asked: by duty, site, block and appointments. Prizes of the round before, where these are to be mixed with.
    known: RefCell<BTreeMap<Asked, f64>>,
    before: Option<(Box<Prizes>, f64)>,
}

type Asked = (usize, usize, u32, Vec<u32>);

impl Prizes {
    /// Beside the visits of a plan. With `before`, that share of a prize is as those prizes had it.
    pub fn new(problem: &Problem, visits: &[PlannedVisit], before: Option<(Box<Prizes>, f64)>) -> Self {
        let mut taken = vec![(Taken::default(), BTreeMap::<Key, Taken>::new()); problem.scenario.services.len()];
        for visit in visits {
            let own = |d: &usize| {
                problem.duties.list[*d].vehicle == visit.vehicle && problem.duties.list[*d].days.contains(&visit.day)
            };
            let Some(duty) = (0..problem.duties.list.len()).find(own) else { continue };
            let key = (problem.duties.list[duty].kind, block_of(problem, (duty, visit.day)), visit.site);
            for (service, people) in &visit.invitations {
                let pool = problem.pool(*service);
                let (all, by_visit) = &mut taken[service.index()];
                let one = by_visit.entry(key).or_default();
                for &(commune, invited) in people {
                    let reach = pool.reach[visit.site.index()].iter().find(|r| r.commune == commune);
                    let contacts = pool.worth[commune.index()] * reach.map_or(0.0, |r| r.uptake) * f64::from(invited);
                    let territory = problem.scenario.communes[commune.index()].territory;
                    for taken in [&mut *all, &mut *one] {
                        *taken.people.entry(commune).or_default() += f64::from(invited);
                        *taken.contacts.entry(territory).or_default() += contacts;
                    }
                }
            }
        }
        // Only one round is looked back.
        let before = before.filter(|(_, share)| *share > 0.0).map(|(mut old, share)| {
            old.before = None;
            (old, share)
        });
        Self { taken, known: RefCell::default(), before }
    }

    /// What a visit of a duty to a site (by its local position) in a block of weeks would add, in weighted contacts.
    pub fn of(&self, problem: &Problem, at: (usize, usize, u32), sessions: &[Window]) -> f64 {
        let duty = &problem.duties.list[at.0];
        let one = |&(seconds, lanes): &(i32, u32)| {
            sessions.iter().map(|s| u32::try_from(s.length().0 / seconds).unwrap_or(0) * lanes).sum()
        };
        let appointments: Vec<u32> = duty.hours.offers.iter().map(one).collect();
        self.at(problem, at, appointments)
    }

    /// The same by appointments of each service of the duty.
    pub fn at(&self, problem: &Problem, (d, j, block): (usize, usize, u32), appointments: Vec<u32>) -> f64 {
        let asked = (d, j, block, appointments);
        if let Some(&known) = self.known.borrow().get(&asked) {
            return known;
        }
        let duty = &problem.duties.list[d];
        let site = duty.roads.sites[j];
        let key = (duty.kind, block, site);
        let services = duty.services.iter().zip(&asked.3);
        let now: f64 =
            services.map(|(&service, &n)| self.package(problem, service, key, problem.budget(service, n))).sum();
        let value = match &self.before {
            Some((old, share)) => (1.0 - share) * now + share * old.at(problem, (d, j, block), asked.3.clone()),
            None => now,
        };
        self.known.borrow_mut().insert(asked, value);
        value
    }

    fn package(&self, problem: &Problem, service: ServiceId, key: Key, budget: Budget) -> f64 {
        let (all, by_visit) = &self.taken[service.index()];
        let own = by_visit.get(&key);
        let pool = problem.pool(service);
        let others = |all: &BTreeMap<CommuneId, f64>, commune: CommuneId| {
            let mine = own.and_then(|own| own.people.get(&commune)).copied().unwrap_or(0.0);
            all.get(&commune).copied().unwrap_or(0.0) - mine
        };
        let mut catchment: Catchment = problem.catchments[service.index()][key.2.index()].clone();
        for group in &mut catchment.groups {
            for c in &mut group.candidates {
                let left = f64::from(pool.due[c.commune.index()]) - others(&all.people, c.commune);
                c.limit = c.limit.min(left).max(0.0);
            }
            group.candidates.retain(|c| c.limit > 0.0);
        }
        catchment.groups.retain(|g| !g.candidates.is_empty());
        let mut rates: Vec<Vec<Rate>> = vec![Vec::new(); pool.steps.len()];
        for group in &catchment.groups {
            let z = group.territory;
            let mine = own.and_then(|own| own.contacts.get(&z)).copied().unwrap_or(0.0);
            let mut gone = (all.contacts.get(&z).copied().unwrap_or(0.0) - mine).max(0.0);
            for (s, step) in pool.steps[z.index()].iter().enumerate() {
                let used = gone.min(step.width);
                gone -= used;
                if step.width - used > 0.0 {
                    rates[z.index()].push((pool.weight * step.slope, step.width - used, s));
                }
            }
        }
        let prices = Prices { steps: &rates, own: &[], due: &[] };
        Pricer::new(&catchment, &prices, false).best(budget).0
    }
}
