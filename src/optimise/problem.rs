//! Everything the master and its pricing read: duties, catchments, and their prices.

use super::duty::Duties;
use super::package::{Budget, Catchment, Curve, Group, Package, Pricer, Prices};
use crate::demand::{Demand, ServiceDemand};
use crate::domain::{CommuneId, Scenario, ServiceId, SiteId};
use crate::travel::Table;
use rayon::prelude::*;

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
    /// Catchments by service with a pool, then by site.
    pub catchments: Vec<Vec<Catchment>>,
}

impl<'a> Problem<'a> {
    /// Builds duties and catchments.
    #[must_use]
    pub fn new(scenario: &'a Scenario, travel: &'a Table, demand: &'a Demand) -> Self {
        let catchments = demand
            .services
            .iter()
            .map(|service| match service {
                Some(service) => (0..scenario.sites.len())
                    .into_par_iter()
                    .map(|j| Catchment::new(scenario, service, SiteId::new(j)))
                    .collect(),
                None => Vec::new(),
            })
            .collect();
        Self { scenario, travel, demand, duties: Duties::new(scenario, travel), catchments }
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
}

impl Problem<'_> {
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
}

impl ServiceDuals {
    /// All nil.
    #[must_use]
    pub fn nil(demand: &ServiceDemand) -> Self {
        Self { steps: demand.steps.iter().map(|s| vec![0.0; s.len()]).collect(), due: Vec::new() }
    }

    /// Prices between these and others, by the share of the others.
    #[must_use]
    pub fn towards(&self, other: &Self, share: f64) -> Self {
        let between = |a: f64, b: f64| a + share * (b - a);
        let steps = self.steps.iter().zip(&other.steps);
        let steps = steps.map(|(a, b)| a.iter().zip(b).map(|(&a, &b)| between(a, b)).collect()).collect();
        let at = |due: &[f64], c: usize| due.get(c).copied().unwrap_or(0.0);
        let due = (0..self.due.len().max(other.due.len())).map(|c| between(at(&self.due, c), at(&other.due, c)));
        Self { steps, due: due.collect() }
    }

    /// Net rates of the steps, by falling rate: what [`Prices`] wants.
    #[must_use]
    pub fn rates(&self, demand: &ServiceDemand) -> Vec<Vec<(f64, f64, usize)>> {
        demand
            .steps
            .iter()
            .zip(&self.steps)
            .map(|(steps, duals)| {
                let mut rates: Vec<(f64, f64, usize)> = steps
                    .iter()
                    .zip(duals)
                    .enumerate()
                    .map(|(s, (step, dual))| (demand.weight * step.slope - dual, step.width, s))
                    .collect();
                rates.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
                rates
            })
            .collect()
    }
}

/// Values of the best packages of one service, per site and budget, kept as long as no price in a
/// site's catchment changes.
pub struct PackageValues {
    /// The service.
    pub service: ServiceId,
    /// Budgets of the visits that are possible at each site, sorted.
    budgets: Vec<Vec<Budget>>,
    values: Vec<Vec<f64>>,
    /// By site: prices of an appointment and of an invitation found last.
    hints: Vec<(f64, f64)>,
    rates: Vec<Vec<(f64, f64, usize)>>,
    due: Vec<f64>,
    /// Sites priced since the start.
    pub priced: u64,
}

impl PackageValues {
    /// Nothing priced yet. `budgets[site]` are those of the visits that are possible there, sorted.
    #[must_use]
    pub fn new(service: ServiceId, budgets: Vec<Vec<Budget>>) -> Self {
        let values = budgets.iter().map(|b| vec![0.0; b.len()]).collect();
        let hints = vec![(0.0, 0.0); budgets.len()];
        Self { service, budgets, values, hints, rates: Vec::new(), due: Vec::new(), priced: 0 }
    }

    /// Prices the sites whose prices changed. Parallel over sites.
    pub fn update(&mut self, problem: &Problem, duals: &ServiceDuals) {
        let demand = problem.pool(self.service);
        let rates = duals.rates(demand);
        let changed: Vec<bool> =
            rates.iter().enumerate().map(|(z, r)| self.rates.get(z).is_none_or(|old| old != r)).collect();
        let priced = |due: &[f64], c: CommuneId| due.get(c.index()).copied().unwrap_or(0.0);
        let repriced = |c: CommuneId| priced(&self.due, c) != priced(&duals.due, c);
        let prices = Prices { steps: &rates, due: &duals.due };
        let undue = Prices { steps: &rates, due: &[] };
        let catchments = &problem.catchments[self.service.index()];
        let fresh: Vec<(usize, Vec<f64>, (f64, f64))> = self
            .budgets
            .par_iter()
            .enumerate()
            .filter(|(j, budgets)| {
                let renewed =
                    |g: &Group| changed[g.territory.index()] || g.candidates.iter().any(|c| repriced(c.commune));
                !budgets.is_empty() && catchments[*j].groups.iter().any(renewed)
            })
            .map(|(j, budgets)| {
                let catchment = &catchments[j];
                // Where nobody due has a price, one curve has all numbers of appointments.
                let candidates = catchment.groups.iter().flat_map(|g| &g.candidates);
                let free = candidates.map(|c| priced(&duals.due, c.commune)).all(|price| price == 0.0);
                let prices = if free { &undue } else { &prices };
                let curve = free.then(|| Curve::new(catchment, prices));
                let mut pricer = Pricer::new(catchment, prices, false);
                pricer.start_from(self.hints[j]);
                let row = budgets
                    .iter()
                    .map(|&budget| {
                        if let Some((expected, value)) = curve.as_ref().map(|c| c.at(budget.invitations()))
                            && expected <= budget.seats()
                        {
                            return value;
                        }
                        pricer.best(budget).0
                    })
                    .collect();
                (j, row, pricer.last)
            })
            .collect();
        self.priced += fresh.len() as u64;
        for (j, row, prices) in fresh {
            self.values[j] = row;
            self.hints[j] = prices;
        }
        self.rates = rates;
        self.due.clone_from(&duals.due);
    }

    /// Value of the best package at a site within a budget (rounded up by 1e-12 of its size, as it
    /// enters the bound), at the prices of the last update.
    #[must_use]
    pub fn value(&self, problem: &Problem, site: SiteId, budget: Budget) -> f64 {
        let value = match self.budgets[site.index()].binary_search(&budget) {
            Ok(k) => self.values[site.index()][k],
            Err(_) => {
                // A stay of several days.
                let catchment = &problem.catchments[self.service.index()][site.index()];
                let prices = Prices { steps: &self.rates, due: &self.due };
                let mut pricer = Pricer::new(catchment, &prices, false);
                pricer.start_from(self.hints[site.index()]);
                pricer.best(budget).0
            }
        };
        value * (1.0 + 1e-12)
    }
}
