//! `explain`: reasons by rule, forced visits, gains and losses, the menu of changes, shadow prices; on
//! the hand-made scenario and on the Nord's week.

mod margins;
mod menu;
mod price;
mod rules;

use crate::common::World;
use tournee::check::check;
use tournee::demand::Demand;
use tournee::domain::{Scenario, SiteId};
use tournee::explain::Desk;
use tournee::optimise::{Must, Outcome, Settings, assemble, solve};
use tournee::plan::Plan;
use tournee::travel::Table;

/// Until the best plan is proved best; a limit on the work and not on time, the same everywhere.
pub const EXACT: Settings = Settings { gap: 0.0, time_limit: None, nodes: Some(400), seed: 0 };

/// The best plan of a scenario, checked.
pub fn best(scenario: &Scenario, travel: &Table, settings: Settings) -> Plan {
    let demand = Demand::new(scenario, travel);
    let (outcome, duties) = solve(scenario, travel, &demand, settings, &|| false, &mut |_| ()).unwrap();
    let Outcome::Plan(solution) = outcome else { panic!("no plan: {outcome:?}") };
    let plan = assemble(scenario, travel, &demand, &solution.visits(&duties), Some(solution.upper_bound));
    let report = check(scenario, travel, &plan);
    assert!(report.is_good(), "{:#?}", report.violations);
    plan
}

/// The hand-made scenario with its best plan; one week, so that it is soon solved.
pub fn week(change: impl Fn(&mut Scenario)) -> World {
    let mut world = World::good();
    world.scenario.horizon.weeks = 1;
    change(&mut world.scenario);
    world.plan = best(&world.scenario, &world.travel, EXACT);
    world
}

/// Works with a desk on a world.
pub fn at_desk<T>(world: &World, settings: Settings, work: impl FnOnce(&Desk) -> T) -> T {
    let demand = Demand::new(&world.scenario, &world.travel);
    work(&Desk {
        scenario: &world.scenario,
        travel: &world.travel,
        demand: &demand,
        plan: &world.plan,
        settings,
        stop: &|| false,
        tell: &|_| (),
    })
}

/// A visit of a kind of vehicle to a site by the letter of its commune.
pub fn must(kind: &str, letter: &str) -> Must {
    let sites: std::collections::BTreeSet<SiteId> = [crate::common::scenario::site(letter)].into();
    Must { kind: kind.into(), sites }
}
