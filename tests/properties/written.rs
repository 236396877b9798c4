//! A plan of an instance as the program writes it: the checker accepts it, and visits to its sites are explained.

use super::draw::Instance;
use tournee::check::check;
use tournee::demand::Demand;
use tournee::domain::SiteId;
use tournee::explain::{Desk, explain};
use tournee::optimise::duty::Duty;
use tournee::optimise::{Must, Settings, Solution, assemble};
use tournee::plan::Plan;

/// Of so many instances one has the whole menu of changes, each of which is solved twice.
const MENUS: u64 = 8;

/// The plan in writing.
pub fn write(instance: &Instance, solution: &Solution, duties: &[Duty]) -> Plan {
    let Instance { scenario, travel } = instance;
    let demand = Demand::new(scenario, travel);
    assemble(scenario, travel, &demand, &solution.visits(duties), Some(solution.upper_bound))
}

/// What the checker has against a plan.
pub fn refused(instance: &Instance, plan: &Plan) -> Vec<String> {
    let report = check(&instance.scenario, &instance.travel, plan);
    report
        .violations
        .into_iter()
        .map(|v| format!("the checker refuses it: {} {} {}", v.code, v.where_, v.message.en))
        .collect()
}

/// What is wrong with the explanation of a visit of some vehicle to some site, other ones at each seed.
pub fn explained(instance: &Instance, plan: &Plan, settings: Settings, seed: u64) -> Vec<String> {
    let Instance { scenario, travel } = instance;
    let demand = Demand::new(scenario, travel);
    let desk = Desk { scenario, travel, demand: &demand, plan, settings, stop: &|| false, tell: &|_| () };
    let pick = |count: usize| usize::try_from(seed).unwrap_or(0) % count;
    let kind = scenario.vehicles[pick(scenario.vehicles.len())].kind.clone();
    let must = Must { kind, sites: [SiteId::new(pick(scenario.sites.len()))].into() };
    let case = match explain(&desk, &must, seed.is_multiple_of(MENUS)) {
        Ok(case) => case,
        Err(error) => return vec![format!("[explain] {error:?}")],
    };
    let entries = case.menu.iter().flat_map(|entry| [entry.with_change, entry.with_change_and_visit]).flatten();
    let loose = entries.filter(|f| f.upper_bound < f.score - 1e-6 * f.score.abs().max(1.0));
    loose.map(|figures| format!("[explain] {figures:?}")).collect()
}
