//! What a solve can be asked beside the best plan: a visit that must be in it, a part of the fleet
//! to be planned alone, and an end as soon as a question is decided.

use super::component::Component;
use super::problem::Problem;
use super::{Progress, Warm};
use crate::domain::{PromiseMode, Scenario, ServiceId, SiteId, VehicleId};
use std::collections::BTreeSet;

/// A demand on the plan: at least one visit by a kind of vehicle to one of these sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Must {
    /// The kind of vehicle.
    pub kind: String,
    /// The sites; with none of them no plan meets the demand.
    pub sites: BTreeSet<SiteId>,
}

/// What is asked of a solve; by default the best plan of the whole fleet.
#[derive(Clone, Copy, Default)]
pub struct Ask<'a> {
    /// A visit that must be in the plan.
    pub must: Option<&'a Must>,
    /// Only the components that hold a duty of one of these vehicles are planned. Score, bound and
    /// tours are then theirs alone.
    pub vehicles: Option<&'a BTreeSet<VehicleId>>,
    /// Whether to price what was left out, and a little more of each vehicle.
    pub prices: bool,
    /// Asked after each step, once there is a plan, whether what is known decides the caller's
    /// question. With it, the solve ends then, or at the gap; its plan goes without last touches.
    pub enough: Option<&'a dyn Fn(Progress) -> bool>,
    /// Whether the plan may go without its last touches once the gap is reached.
    pub rough: bool,
    /// What a solve of a scenario much like this one has left.
    pub warm: Option<&'a Warm>,
    /// Whether to leave the same for another one.
    pub columns: bool,
}

impl Ask<'_> {
    /// Whether the caller's question is decided.
    pub(super) fn decided(&self, now: Progress) -> bool {
        self.enough.is_some_and(|enough| enough(now))
    }

    /// Whether a component of these duties is to be planned.
    pub(super) fn wants(&self, problem: &Problem, duties: &[usize]) -> bool {
        let one = |d: &usize| problem.duties.list[*d].vehicle;
        self.vehicles.is_none_or(|vehicles| duties.iter().any(|d| vehicles.contains(&one(d))))
    }

    /// Makes the demand a root decision of the component that it is about; `false` when there is no
    /// such component, so that no plan can meet it.
    pub(super) fn put_to(&self, problem: &Problem, components: &mut [Component]) -> bool {
        let Some(must) = self.must else { return true };
        let Some(kind) = problem.duties.kinds.iter().position(|k| *k == must.kind) else { return false };
        // Duties of one kind are in one component.
        let able = components.iter_mut().find(|c| c.generator.master.has_kind(kind));
        able.map(|c| c.demand(kind, must.sites.clone())).is_some()
    }
}

/// The vehicles that a demand on one kind can touch: those of that kind, and all that share a
/// service with a pool, or crew, with them, and so on. Their tours share no row of the master with
/// the others', whatever the sites, the days and the limits are: the others' part of a best plan is
/// best with any part of theirs.
#[must_use]
pub fn part_of(scenario: &Scenario, kind: &str) -> BTreeSet<VehicleId> {
    let vehicles = &scenario.vehicles;
    let pooled = |s: ServiceId| {
        let service = &scenario.services[s.index()];
        service.pool.is_some() || service.promise.mode != PromiseMode::Report
    };
    let at_sites: BTreeSet<_> = scenario.sites.iter().flat_map(|s| s.crew.iter().copied()).collect();
    let crew = |v: usize| -> BTreeSet<_> {
        let of_services = vehicles[v].offers.iter().flat_map(|o| scenario.services[o.service.index()].crew.iter());
        vehicles[v].crew.iter().chain(of_services).copied().chain(at_sites.iter().copied()).collect()
    };
    let together = |a: usize, b: usize| {
        vehicles[a].kind == vehicles[b].kind
            || vehicles[a]
                .offers
                .iter()
                .any(|o| pooled(o.service) && vehicles[b].offers.iter().any(|p| p.service == o.service))
            || !crew(a).is_disjoint(&crew(b))
    };
    let mut part: BTreeSet<usize> = (0..vehicles.len()).filter(|&v| vehicles[v].kind == kind).collect();
    loop {
        let joined: BTreeSet<usize> =
            (0..vehicles.len()).filter(|&v| part.iter().any(|&p| p == v || together(p, v))).collect();
        if joined == part {
            return part.into_iter().map(VehicleId::new).collect();
        }
        part = joined;
    }
}
