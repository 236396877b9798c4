//! Everything the master and its pricing read: duties, catchments, and their prices.

use super::changes::Changes;
use super::duty::Duties;
use super::package::{Budget, Catchment, Curve, Host, Package, Pricer, Prices, Rate};
use super::promised::{Frame, Promised, together};
use super::search::Tour;
use crate::demand::{Demand, ServiceDemand};
use crate::domain::{CommuneId, Scenario, ServiceId, SiteId, TerritoryId};
use crate::promise::Ends;
use crate::travel::Table;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// The planning problem in the optimiser's terms.
pub struct Problem<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Its trips.
    pub travel: &'a Table,
    /// Its demand.
    pub demand: &'a Demand,
    /// Its duties.
    pub duties: Duties,
    /// Whether visits with fewer appointments were left out of some duties, as they are worth no more but for the last few
    /// whole invitations.
    pub longest_only: bool,
    /// Catchments by service with a pool, then by site.
    pub catchments: Vec<Vec<Catchment>>,
    /// Promises that bind.
    pub promised: Vec<Promised>,
    /// By duty: how its days lie among their cells.
    pub frames: Vec<Vec<Frame>>,
    /// What was published.
    pub changes: Changes,
    /// What visits that are fixed are worth.
    pub fixed: f64,
}

/// A site priced again: its values with a host and without, and the prices found last (see [`Pricer::last`]).
type Repriced = (usize, [Vec<f64>; 2], (f64, f64, f64));

impl<'a> Problem<'a> {
    /// Builds duties and catchments.
    #[must_use]
    pub fn new(scenario: &'a Scenario, travel: &'a Table, demand: &'a Demand) -> Self {
        let rules = Ends::hard(scenario, travel);
        let duties = Duties::new(scenario, travel);
        let catchments = demand
            .services
            .iter()
            .enumerate()
            .map(|(k, service)| {
                let Some(service) = service else { return Vec::new() };
                let rule = rules.iter().find(|rule| rule.service.index() == k);
                let id = ServiceId::new(k);
                let stays = duties.stays(scenario, id);
                let nights = duties.nights.iter().any(|n| duties.list[n.first].services.contains(&id));
                let sites = (0..scenario.sites.len()).into_par_iter().map(SiteId::new);
                let of_site = |j: SiteId| {
                    let stays = stays[scenario.sites[j.index()].commune.index()];
                    let host = Host::new(scenario, service, (id, j), rule, (stays, nights));
                    Catchment::new(scenario, service, j, rule, host)
                };
                sites.map(of_site).collect()
            })
            .collect();
        let (promised, frames) = Promised::all(scenario, travel, &duties.list);
        let changes = Changes::new(scenario, &duties);
        let offering = duties.list.iter().filter(|duty| !duty.services.is_empty());
        let longest_only = offering.into_iter().any(|duty| duty.open.iter().any(|&j| !duty.uneven[j]));
        Self { scenario, travel, demand, duties, longest_only, catchments, promised, frames, changes, fixed: 0.0 }
    }

    /// What is in every plan beside what components count: visits that are fixed, less what is lost where no
    /// promise is kept and no vehicle goes out.
    #[must_use]
    pub fn base(&self) -> f64 {
        self.fixed - self.unkept() - self.changes.price * f64::from(self.lost())
    }

    /// Published visits that are cancelled because no vehicle can go out at all; components count the others.
    fn lost(&self) -> u32 {
        if self.duties.list.is_empty() { self.changes.count(std::iter::empty()) } else { 0 }
    }

    /// What changes to published visits could cost at most, in plans of some duties.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn changes_at_most(&self, duties: &[usize]) -> f64 {
        if !self.changes.any {
            return 0.0;
        }
        let visits =
            duties.iter().map(|&d| &self.duties.list[d]).map(|d| d.days.len() * d.max_visits.max(d.required.len()));
        let published: u32 = self.changes.published.values().sum();
        self.changes.price * (visits.sum::<usize>() as f64 + f64::from(published))
    }

    /// Demand of a service that is known to have a pool.
    ///
    /// # Panics
    /// If the service has none: duties name only services with a pool.
    #[must_use]
    pub fn pool(&self, service: ServiceId) -> &ServiceDemand {
        self.demand.of(service).expect("duties name services with a pool only")
    }

    /// The budget of a visit.
    #[must_use]
    pub fn budget(&self, service: ServiceId, appointments: u32) -> Budget {
        let seats = self.scenario.services[service.index()].seats(appointments);
        // Where nobody may come, nobody is invited: nor for the other visits of a stay.
        let invitations = if seats > 0.0 { self.pool(service).pool.invitations(appointments).0 } else { 0 };
        Budget::new(seats, invitations)
    }

    /// What is lost where no vehicle keeps any promise that costs.
    #[must_use]
    pub fn unkept(&self) -> f64 {
        self.promised.iter().filter(|p| !p.hard).map(|p| p.base).sum()
    }

    /// What some tours, each with its duty, are worth for the promises that cost; `None` where they do not keep one
    /// that is hard and that vehicles of theirs could keep.
    #[must_use]
    pub fn kept<'t>(&self, own: &[usize], tours: impl Iterator<Item = (usize, &'t Tour)>) -> Option<f64> {
        let answered = together(&self.promised, &self.frames, &self.duties.list, tours);
        let mine = |k: usize| own.iter().any(|&d| self.frames[d].iter().any(|f| f.promised == k));
        let mut worth = 0.0;
        for (k, (promised, answered)) in self.promised.iter().zip(answered).enumerate() {
            if !promised.hard {
                worth += answered;
            } else if mine(k) && answered < promised.base - 1e-9 * (1.0 + promised.base) {
                return None;
            }
        }
        Some(worth)
    }

    /// Whether a hard promise can be kept by no vehicle there is, whatever it does, or more published visits are lost
    /// than may be.
    #[must_use]
    pub fn hopeless(&self) -> bool {
        if self.changes.most.is_some_and(|most| self.lost() > most) {
            return true;
        }
        let offered = |k: usize| self.frames.iter().flatten().any(|f| f.promised == k);
        self.promised.iter().enumerate().any(|(k, p)| p.hard && p.base > 0.0 && (p.out_of_reach || !offered(k)))
    }
}

impl Problem<'_> {
    /// How many people of its host a stay must invite at least.
    #[must_use]
    pub fn least(&self, (service, site, budget): (ServiceId, SiteId, Budget)) -> f64 {
        self.catchments[service.index()][site.index()].least(budget)
    }

    /// The package of a stay that invites as many people of its host as it must, and nobody else.
    #[must_use]
    pub fn host_alone(&self, slot: (ServiceId, SiteId, Budget)) -> Package {
        let demand = self.pool(slot.0);
        let duals = ServiceDuals::nil(demand);
        self.catchments[slot.0.index()][slot.1.index()]
            .host_alone(slot.2, &duals.rates(demand).prices(slot.1, &duals.due))
    }

    /// The best package for a stay within a budget at some prices.
    #[must_use]
    pub fn best_package(&self, (service, site, budget): (ServiceId, SiteId, Budget), prices: &Prices) -> Package {
        let catchment = &self.catchments[service.index()][site.index()];
        Pricer::new(catchment, prices, true).best(budget).1
    }
}

/// Dual values of one service's rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServiceDuals {
    /// `μ` by territory and open step; the last, infinite step has none.
    pub steps: Vec<Vec<f64>>,
    /// `δ` by commune; empty when all are nil.
    pub due: Vec<f64>,
    /// What contacts of a site pay beside `μ`, by site and territory, then by step.
    pub own: BTreeMap<(SiteId, TerritoryId), Vec<f64>>,
}

/// Net rates of the steps, by falling rate.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    /// By territory.
    steps: Vec<Vec<Rate>>,
    /// By site, for the territories where its own differ.
    own: FxHashMap<SiteId, Vec<(TerritoryId, Vec<Rate>)>>,
}

impl Rates {
    /// What packages of a site are priced with.
    #[must_use]
    pub fn prices<'p>(&'p self, site: SiteId, due: &'p [f64]) -> Prices<'p> {
        Prices { steps: &self.steps, own: self.of(site), due }
    }

    fn of(&self, site: SiteId) -> &[(TerritoryId, Vec<Rate>)] {
        self.own.get(&site).map_or(&[], Vec::as_slice)
    }
}

impl ServiceDuals {
    /// All nil.
    #[must_use]
    pub fn nil(demand: &ServiceDemand) -> Self {
        Self { steps: demand.steps.iter().map(|s| vec![0.0; s.len()]).collect(), due: Vec::new(), own: BTreeMap::new() }
    }

    /// What a contact of a site pays within a step.
    #[must_use]
    pub fn price(&self, site: SiteId, z: TerritoryId, s: usize) -> f64 {
        self.steps[z.index()][s] + self.own.get(&(site, z)).map_or(0.0, |own| own[s])
    }

    /// Prices between these and others, by the share of the others.
    #[must_use]
    pub fn towards(&self, other: &Self, share: f64) -> Self {
        let between = |a: f64, b: f64| a + share * (b - a);
        let steps = self.steps.iter().zip(&other.steps);
        let steps = steps.map(|(a, b)| a.iter().zip(b).map(|(&a, &b)| between(a, b)).collect()).collect();
        let at = |due: &[f64], c: usize| due.get(c).copied().unwrap_or(0.0);
        let due = (0..self.due.len().max(other.due.len())).map(|c| between(at(&self.due, c), at(&other.due, c)));
        let keys = self.own.keys().chain(other.own.keys());
        let part = |duals: &Self, key: &(SiteId, TerritoryId), s: usize| duals.own.get(key).map_or(0.0, |own| own[s]);
        let one = |key: &(SiteId, TerritoryId)| {
            let steps = 0..self.steps[key.1.index()].len();
            (*key, steps.map(|s| between(part(self, key, s), part(other, key, s))).collect())
        };
        Self { steps, due: due.collect(), own: keys.map(one).collect() }
    }

    /// Net rates of the steps.
    #[must_use]
    pub fn rates(&self, demand: &ServiceDemand) -> Rates {
        let sorted = |z: usize, dual: &dyn Fn(usize) -> f64| {
            let steps = demand.steps[z].iter().enumerate();
            let mut rates: Vec<Rate> =
                steps.map(|(s, step)| (demand.weight * step.slope - dual(s), step.width, s)).collect();
            rates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
            rates
        };
        let mut own: FxHashMap<SiteId, Vec<(TerritoryId, Vec<Rate>)>> = FxHashMap::default();
        for &(site, z) in self.own.keys() {
            own.entry(site).or_default().push((z, sorted(z.index(), &|s| self.price(site, z, s))));
        }
        Rates { steps: (0..demand.steps.len()).map(|z| sorted(z, &|s| self.steps[z][s])).collect(), own }
    }
}

/// Budgets of the stays that are possible at a site, sorted, with the values of their best packages.
#[derive(Debug, Clone, Default)]
pub struct Valued {
    budgets: Vec<Budget>,
    values: Vec<f64>,
}

impl Valued {
    /// None valued yet.
    #[must_use]
    pub fn new(budgets: BTreeSet<Budget>) -> Self {
        let values = vec![0.0; budgets.len()];
        Self { budgets: budgets.into_iter().collect(), values }
    }

    fn of(&self, budget: Budget) -> Option<f64> {
        self.budgets.binary_search(&budget).ok().map(|k| self.values[k])
    }
}

/// What a site's stays are priced at: with the host's people who must be invited, and as if none had to be, which is
/// never less (only where there is a host and a stay may last several days).
#[derive(Debug, Clone, Default)]
pub struct OfSite {
    /// As rule 12 has it.
    pub hosted: Valued,
    /// Without it.
    pub free: Valued,
}

/// Values of the best packages of one service, per site and budget, kept as long as no price in a
/// site's catchment changes.
pub struct PackageValues {
    /// The service.
    pub service: ServiceId,
    sites: Vec<OfSite>,
    /// By site: prices found last, as in [`Pricer::last`].
    hints: Vec<(f64, f64, f64)>,
    rates: Rates,
    due: Vec<f64>,
    /// Sites priced since the start.
    pub priced: u64,
}

impl PackageValues {
    /// Nothing priced yet.
    #[must_use]
    pub fn new(service: ServiceId, sites: Vec<OfSite>) -> Self {
        let hints = vec![(0.0, 0.0, 0.0); sites.len()];
        Self { service, sites, hints, rates: Rates::default(), due: Vec::new(), priced: 0 }
    }

    /// Prices the sites whose prices changed. Parallel over sites.
    pub fn update(&mut self, problem: &Problem, duals: &ServiceDuals) {
        let demand = problem.pool(self.service);
        let rates = duals.rates(demand);
        let changed: Vec<bool> =
            rates.steps.iter().enumerate().map(|(z, r)| self.rates.steps.get(z).is_none_or(|old| old != r)).collect();
        let priced = |due: &[f64], c: CommuneId| due.get(c.index()).copied().unwrap_or(0.0);
        let repriced = |c: CommuneId| priced(&self.due, c) != priced(&duals.due, c);
        let catchments = &problem.catchments[self.service.index()];
        let fresh: Vec<Repriced> = self
            .sites
            .par_iter()
            .enumerate()
            .filter(|(j, own)| {
                let (site, catchment) = (SiteId::new(*j), &catchments[*j]);
                let other = self.rates.of(site) != rates.of(site);
                let territories = catchment.groups.iter().map(|g| g.territory);
                let mut territories = territories.chain(catchment.host.iter().map(|host| host.territory));
                let mut renewed = || territories.any(|z| changed[z.index()]) || catchment.communes().any(repriced);
                !(own.hosted.budgets.is_empty() && own.free.budgets.is_empty()) && (other || renewed())
            })
            .map(|(j, own)| {
                let catchment = &catchments[j];
                // Where nobody due has a price, one curve has all numbers of appointments.
                let free = catchment.communes().map(|c| priced(&duals.due, c)).all(|price| price == 0.0);
                let prices = rates.prices(SiteId::new(j), if free { &[] } else { &duals.due });
                let curve = free.then(|| Curve::new(catchment, &prices));
                let by_curve = |budget: Budget, least: f64| {
                    let (expected, value, host) = curve.as_ref()?.at(budget.invitations());
                    (expected <= budget.seats() && host >= least).then_some(value)
                };
                let mut pricer = Pricer::new(catchment, &prices, false);
                pricer.start_from(self.hints[j]);
                let mut hosted = |&budget: &Budget| {
                    by_curve(budget, catchment.least(budget)).unwrap_or_else(|| pricer.best(budget).0)
                };
                let hosted = own.hosted.budgets.iter().map(&mut hosted).collect();
                let mut without = |&budget: &Budget| by_curve(budget, 0.0).unwrap_or_else(|| pricer.free(budget));
                let without = own.free.budgets.iter().map(&mut without).collect();
                (j, [hosted, without], pricer.last)
            })
            .collect();
        self.priced += fresh.len() as u64;
        for (j, [hosted, free], prices) in fresh {
            self.sites[j].hosted.values = hosted;
            self.sites[j].free.values = free;
            self.hints[j] = prices;
        }
        self.rates = rates;
        self.due.clone_from(&duals.due);
    }

    /// Value of the best package at a site within a budget (rounded up by 1e-12 of its size, as it
    /// enters the bound), at the prices of the last update.
    #[must_use]
    pub fn value(&self, problem: &Problem, site: SiteId, budget: Budget) -> f64 {
        let known = self.sites[site.index()].hosted.of(budget);
        upward(known.unwrap_or_else(|| self.priced_now(problem, site, |pricer| pricer.best(budget).0)))
    }

    /// The same as if nobody of the host had to be invited.
    #[must_use]
    pub fn free_value(&self, problem: &Problem, site: SiteId, budget: Budget) -> f64 {
        if problem.catchments[self.service.index()][site.index()].host.is_none() {
            return self.value(problem, site, budget);
        }
        let known = self.sites[site.index()].free.of(budget);
        upward(known.unwrap_or_else(|| self.priced_now(problem, site, |pricer| pricer.free(budget))))
    }

    /// Of a stay that was not priced at the last update: one of several days.
    fn priced_now(&self, problem: &Problem, site: SiteId, price: impl Fn(&mut Pricer) -> f64) -> f64 {
        let catchment = &problem.catchments[self.service.index()][site.index()];
        let prices = self.rates.prices(site, &self.due);
        let mut pricer = Pricer::new(catchment, &prices, false);
        pricer.start_from(self.hints[site.index()]);
        price(&mut pricer)
    }
}

/// Rounded up, as a value enters the bound.
fn upward(value: f64) -> f64 {
    value + 1e-12 * value.abs()
}
