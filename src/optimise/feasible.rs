//! Whether there is any plan at all, whatever it is worth.

use super::component::{Component, Watch};
use super::groups;
use super::lp::LpError;
use super::problem::Problem;
use crate::demand::{Demand, ServiceDemand, value_steps};
use crate::domain::Scenario;
use crate::travel::Table;
use std::collections::BTreeMap;

/// What is known of the plans of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feasible {
    /// There is one.
    Yes,
    /// There is none: proved.
    No,
    /// Stopped before either was known.
    Unknown,
}

/// Looks for a plan, stops at the first one, and proves it where there is none. Nobody is invited:
/// rules that bind tours do not depend on it, and the work is a small part of that of
/// [`super::solve`]. Vehicles that nothing is locked for, and that keep no hard promise, may stay at home.
///
/// # Errors
/// When the solver fails.
pub fn feasible(scenario: &Scenario, travel: &Table, stop: &(dyn Fn() -> bool + Sync)) -> Result<Feasible, LpError> {
    let demand = nobody(scenario);
    let problem = Problem::new(scenario, travel, &demand);
    if problem.duties.impossible || problem.hopeless() {
        return Ok(Feasible::No);
    }
    let hard = |d: usize| problem.frames[d].iter().any(|f| problem.promised[f.promised].hard);
    let bound = |d: usize| hard(d) || problem.changes.most.is_some() || !problem.duties.list[d].required.is_empty();
    for duties in groups(&problem).into_iter().filter(|duties| duties.iter().any(|&d| bound(d))) {
        // Any gap will do: the first plan is enough.
        let mut component = Component::new(&problem, duties, 0.5, 0);
        component.begin_with_locks()?;
        while component.best.is_none() && !component.infeasible {
            if component.done() || stop() {
                return Ok(Feasible::Unknown);
            }
            component.step(&Watch { stop, plan_now: stop, left: &|| f64::INFINITY, tell: &|_| {} })?;
        }
        if component.infeasible {
            return Ok(Feasible::No);
        }
    }
    Ok(Feasible::Yes)
}

/// Demand of nobody.
pub(super) fn nobody(scenario: &Scenario) -> Demand {
    let (communes, territories) = (scenario.communes.len(), scenario.territories.len());
    let of = |pool| ServiceDemand {
        pool,
        weight: 0.0,
        due: vec![0; communes],
        renewal_per_day: vec![0.0; communes],
        additional: vec![0.0; communes],
        worth: vec![0.0; communes],
        fair_share: vec![0.0; territories],
        received: vec![0.0; territories],
        steps: vec![value_steps(&scenario.fairness, 0.0, 0.0); territories],
        reach: vec![Vec::new(); scenario.sites.len()],
        fixed: BTreeMap::new(),
    };
    Demand { services: scenario.services.iter().map(|service| service.pool.map(of)).collect() }
}
