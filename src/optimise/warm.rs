//! What one solve leaves for the next, of a scenario that is much like it: its columns and its plan.

use super::component::{Component, Placed};
use super::duty::{Duties, Duty};
use super::lp::LpError;
use super::master::SlotKey;
use super::package::Package;
use super::problem::Problem;
use super::rotation::Rotation;
use super::search::Tour;
use crate::demand::Demand;
use crate::domain::Scenario;
use crate::travel::Table;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Columns and plan of a solve, for another scenario: more or fewer vehicles, another base, other values. What does not
/// fit there is left aside; a bound never depends on it.
#[derive(Debug)]
pub struct Warm {
    duties: Vec<Duty>,
    vehicles: Vec<String>,
    demand: Demand,
    columns: Columns,
}

/// Columns of a solve, by the positions of its duties; of use with the scenario it was of.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Columns {
    /// Rotations, with the duty of each day.
    rotations: Vec<Vec<(usize, Tour)>>,
    packages: Vec<(SlotKey, Package)>,
    plan: Vec<Placed>,
}

impl Columns {
    /// The columns in the root's solution of all components, and their plan: all that were ever found would be more than a
    /// hindrance.
    pub(super) fn of(components: &[Component]) -> Self {
        let mut out = Self::default();
        for component in components {
            let master = &component.generator.master;
            let rotations = || component.root_rotations.iter().map(|&t| &master.tours[t].rotation);
            let days = |r: &Rotation| r.days.iter().map(|(k, tour)| (master.duties[*k], tour.clone())).collect();
            out.rotations.extend(rotations().map(days));
            let slots: BTreeSet<SlotKey> = rotations().flat_map(|r| master.slots_of(r)).collect();
            let packages = master.packages().filter(|(slot, _)| slots.contains(slot));
            out.packages.extend(packages.map(|(slot, package)| (slot, package.clone())));
            out.plan.extend(component.best.iter().flat_map(|best| best.tours.iter().cloned()));
        }
        out
    }
}

impl Warm {
    /// What a solve of a scenario has left.
    #[must_use]
    pub fn new(scenario: &Scenario, travel: &Table, columns: Columns) -> Self {
        Self {
            duties: Duties::new(scenario, travel).list,
            vehicles: scenario.vehicles.iter().map(|v| v.id.clone()).collect(),
            demand: Demand::new(scenario, travel),
            columns,
        }
    }

    /// Gives a component what fits it: columns, then the plan.
    pub(super) fn put_to(&self, problem: &Problem, component: &mut Component) -> Result<(), LpError> {
        let own = component.generator.master.duties.clone();
        // By duty of the earlier solve: those here whose tours its tours are.
        let alike: Vec<Vec<usize>> = self
            .duties
            .iter()
            .map(|old| (0..own.len()).filter(|&k| old.alike(&problem.duties.list[own[k]])).collect())
            .collect();
        self.add_columns(problem, component, &alike);
        self.add_plan(problem, component, &alike)
    }

    fn add_columns(&self, problem: &Problem, component: &mut Component, alike: &[Vec<usize>]) {
        let master = &mut component.generator.master;
        let mut slots: BTreeSet<SlotKey> = BTreeSet::new();
        for days in &self.columns.rotations {
            let Some((first, _)) = days.first() else { continue };
            // Each vehicle that has days like all of these.
            for &k in &alike[*first] {
                let vehicle = master.duty(k).vehicle;
                let here = |old: usize| {
                    let days = &self.duties[old].days;
                    alike[old]
                        .iter()
                        .copied()
                        .find(|&k| master.duty(k).vehicle == vehicle && master.duty(k).days == *days)
                };
                let open = |k: usize, tour: &Tour| tour.stops.iter().all(|s| master.duty(k).open.contains(&s.site));
                let day =
                    |(old, tour): &(usize, Tour)| here(*old).filter(|&k| open(k, tour)).map(|k| (k, tour.clone()));
                let Some(days) = days.iter().map(day).collect::<Option<Vec<_>>>() else { continue };
                let rotation = Rotation { days };
                slots.extend(master.slots_of(&rotation));
                let at = master.register(rotation);
                master.add_tour(at);
            }
        }
        let same = |k: usize| match (self.demand.services.get(k), problem.demand.services.get(k)) {
            (Some(Some(old)), Some(Some(new))) => old == new,
            _ => false,
        };
        let same: Vec<bool> = (0..problem.demand.services.len()).map(same).collect();
        for (slot, package) in &self.columns.packages {
            let host = problem.catchments[slot.0.index()][slot.1.index()].host;
            let of_host = package.invitations.iter().find(|p| host.is_some_and(|host| host.commune == p.0));
            let enough = of_host.map_or(0.0, |p| p.1) >= problem.least(*slot) - 1e-9;
            if slots.contains(slot) && same[slot.0.index()] && enough {
                master.add_package(*slot, package.clone());
            }
        }
    }

    /// The plan's tours on their days, as far as there are vehicles for them. Where nights are spent out, days cannot be
    /// taken apart, and it is left aside.
    fn add_plan(&self, problem: &Problem, component: &mut Component, alike: &[Vec<usize>]) -> Result<(), LpError> {
        if self.columns.plan.iter().any(|p| p.tour.sleeps > 0) {
            return Ok(());
        }
        let duties = component.generator.master.duties.clone();
        let id = |k: usize| &problem.scenario.vehicles[problem.duties.list[duties[k]].vehicle.index()].id;
        let mut taken: BTreeSet<(usize, u32)> = BTreeSet::new();
        let mut plan: Vec<Placed> = Vec::new();
        for placed in &self.columns.plan {
            let name = &self.vehicles[self.duties[placed.duty].vehicle.index()];
            let free = |k: &&usize| {
                let duty = &problem.duties.list[duties[**k]];
                let open = placed.tour.stops.iter().all(|s| duty.open.contains(&s.site));
                open && duty.days.contains(&placed.day) && !taken.contains(&(duty.vehicle.index(), placed.day.0))
            };
            let able = || alike[placed.duty].iter().filter(free);
            let Some(&k) = able().find(|k| id(**k) == name).or_else(|| able().next()) else { continue };
            let duty = duties[k];
            taken.insert((problem.duties.list[duty].vehicle.index(), placed.day.0));
            plan.push(Placed { duty, day: placed.day, tour: placed.tour.clone() });
        }
        component.begin_with_plan(plan)
    }
}
