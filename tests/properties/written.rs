//! A plan of an instance as the program writes it: the checker accepts it, and visits to its sites are explained.

use super::draw::Instance;
use tournee::check::check;
use tournee::chosen::{ChosenVisit, complete};
use tournee::demand::Demand;
use tournee::domain::{SiteId, Window};
use tournee::explain::{Desk, explain};
use tournee::optimise::duty::Duty;
use tournee::optimise::{Must, PlannedVisit, Settings, Solution, assemble};
use tournee::plan::{Plan, after_midnight, second_of_day, window_since_midnight};
use tournee::units::Seconds;

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

/// What is wrong with the plan's visits completed anew, as after an edit that changes nothing: the checker accepts them, and
/// their invitations are as good to a thousandth.
pub fn completed(instance: &Instance, plan: &Plan, visits: &[PlannedVisit]) -> Vec<String> {
    let Instance { scenario, travel } = instance;
    let demand = Demand::new(scenario, travel);
    // Hours that are there twice cannot be written by the clock.
    let by_the_clock = |visit: &PlannedVisit| {
        let date = scenario.horizon.date(visit.day);
        let clock = |time: Seconds| match second_of_day(after_midnight(date, time)) {
            (day, time) if day == date => time,
            _ => Seconds(86_400),
        };
        let sessions: Vec<Window> =
            visit.sessions.iter().map(|s| Window { from: clock(s.from), to: clock(s.to) }).collect();
        let back = sessions.iter().map(|s| window_since_midnight(date, *s));
        let PlannedVisit { vehicle, day, site, sleeps, .. } = *visit;
        let chosen = ChosenVisit { id: None, vehicle, day, site, sessions: sessions.clone(), sleeps };
        back.eq(visit.sessions.iter().copied()).then_some(chosen)
    };
    let Some(chosen) = visits.iter().map(by_the_clock).collect::<Option<Vec<ChosenVisit>>>() else { return Vec::new() };
    let visits = match complete(scenario, travel, &demand, &chosen) {
        Ok(visits) => visits,
        Err(error) => return vec![format!("[complete] {error}")],
    };
    let made = assemble(scenario, travel, &demand, &visits, Some(plan.upper_bound));
    let mut faults: Vec<String> = refused(instance, &made).into_iter().map(|f| format!("[complete] {f}")).collect();
    if made.score < plan.score - 1e-3 * plan.score.abs().max(1.0) {
        faults.push(format!("[complete] scores {}, the plan {}", made.score, plan.score));
    }
    faults
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
