//! A visit that must be in the plan: the solver's answer against the enumerator's, and what it says
//! without solving of plans with that visit.

use super::choose::people_of;
use super::draw::Instance;
use super::plans::{self, Fleet};
use super::verify;
use super::world::World;
use tournee::demand::Demand;
use tournee::domain::SiteId;
use tournee::optimise::{Ask, Must, Outcome, Settings, Stopped, solve_for};

/// Pairs of a kind of vehicle and a site that are tried of one instance.
const PAIRS: usize = 3;
const EXACT: Settings = Settings { gap: 0.0, time_limit: None, nodes: Some(5_000), seed: 0 };
/// A limit on the work that leaves gaps open.
const ONE_NODE: Settings = Settings { nodes: Some(1), ..EXACT };

/// What was compared of one instance.
#[derive(Default)]
pub struct Compared {
    /// Best plans with a visit forced into them.
    pub plans: usize,
    /// Visits that no plan can have.
    pub impossible: usize,
    /// Claims of the sort "no plan with it scores more".
    pub claims: usize,
    pub faults: Vec<String>,
}

/// Best score of the plans in which a kind of vehicle visits a site: `None` within when there is no
/// such plan, `None` when there are too many to try.
fn best(world: &World, fleet: &Fleet, kind: &str, site: usize) -> Option<Option<f64>> {
    let mut out: Option<f64> = None;
    for (at, &(vehicle, _)) in fleet.days.iter().enumerate() {
        if world.scenario.vehicles[vehicle].kind != kind {
            continue;
        }
        let through = fleet.through(at, site);
        if through.tours[at].is_empty() {
            continue;
        }
        let found = plans::best(world, &through, &mut people_of(world))?;
        out = out.into_iter().chain(found.score).reduce(f64::max);
    }
    Some(out)
}

/// Compares the solver with the enumerator, a few visits of an instance forced one by one.
pub fn compare(instance: &Instance, seed: u64) -> Compared {
    let Instance { scenario, travel } = instance;
    let world = World { scenario, travel, without: None };
    let mut out = Compared::default();
    let Some(fleet) = Fleet::new(&world) else { return out };
    let demand = Demand::new(scenario, travel);
    let mut kinds: Vec<&str> = scenario.vehicles.iter().map(|v| v.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let pairs: Vec<(&str, usize)> =
        kinds.iter().flat_map(|kind| (0..scenario.sites.len()).map(move |site| (*kind, site))).collect();
    let prices = Ask { prices: true, ..Ask::default() };
    let said = match solve_for(scenario, travel, &demand, ONE_NODE, prices, &|| false, &mut |_| ()) {
        Ok((Outcome::Plan(solution), _)) => solution.left_out,
        _ => Vec::new(),
    };
    let first = usize::try_from(seed).unwrap() % pairs.len();
    for &(kind, site) in pairs.iter().cycle().skip(first).step_by(2).take(PAIRS.min(pairs.len())) {
        let Some(known) = best(&world, &fleet, kind, site) else { continue };
        let name = format!("seed {seed}, {kind} at site {site}");
        if let (Some(best), Some(left)) = (known, said.iter().find(|l| l.site.index() == site && l.kind == kind))
            && let Some(most) = left.at_most
        {
            out.claims += 1;
            if most < best - 1e-6 * best.abs().max(1.0) {
                out.faults.push(format!("{name}: said to score {most} at most, but a plan scores {best}"));
            }
        }
        let must = Must { kind: kind.to_owned(), sites: [SiteId::new(site)].into() };
        let ask = Ask { must: Some(&must), ..Ask::default() };
        let mut bounds = Vec::new();
        let answer =
            solve_for(scenario, travel, &demand, EXACT, ask, &|| false, &mut |now| bounds.push(now.bound)).unwrap();
        match (answer, known) {
            ((Outcome::Infeasible, _), None) => out.impossible += 1,
            ((Outcome::Infeasible, _), Some(best)) => {
                out.faults.push(format!("{name}: infeasible, but a plan scores {best}"));
            }
            ((Outcome::NoPlan(why), _), _) => out.faults.push(format!("{name}: no plan ({})", why.name())),
            ((Outcome::Plan(solution), duties), known) => {
                out.plans += 1;
                let slack = 1e-6 * known.unwrap_or_default().abs().max(1.0);
                let visits = solution.visits(&duties);
                let there = |v: &tournee::optimise::PlannedVisit| {
                    v.site.index() == site && scenario.vehicles[v.vehicle.index()].kind == kind
                };
                if !visits.iter().any(there) {
                    out.faults.push(format!("{name}: the visit is not in the plan"));
                }
                let broken = verify::broken(&world, &people_of(&world), &solution, &duties);
                out.faults.extend(broken.into_iter().map(|fault| format!("{name}: {fault}")));
                let Some(best) = known else {
                    out.faults.push(format!("{name}: a plan scores {}, but none is feasible", solution.score));
                    continue;
                };
                let low = bounds.iter().copied().fold(solution.upper_bound, f64::min);
                if low < best - slack {
                    out.faults.push(format!("{name}: WRONG BOUND {low}, a plan scores {best}"));
                }
                if (solution.score - best).abs() > slack && solution.stopped != Stopped::Work {
                    out.faults.push(format!("{name}: scores {}, the best {best}", solution.score));
                }
            }
        }
    }
    out
}
