//! Vehicles, sites and visits that the command line names, by identifier or as they are shown.

use super::Failure;
use crate::domain::{Scenario, SiteId, VehicleId};
use crate::i18n::{Meant, Names};
use crate::plan::{Plan, Visit};

pub(super) fn vehicle(scenario: &Scenario, name: &str) -> Result<VehicleId, Failure> {
    found(&scenario.vehicle_names(), name, ("aucun véhicule", "vehicle"))
}

pub(super) fn site(scenario: &Scenario, name: &str) -> Result<SiteId, Failure> {
    found(&scenario.site_names(), name, ("aucun emplacement", "site"))
}

/// A visit of a plan, by its identity, or by its site where that has no other.
pub(super) fn visit<'a>(plan: &'a Plan, name: &str) -> Result<&'a Visit, Failure> {
    let visits = plan.visits.iter().enumerate().map(|(k, v)| (k, v.id.as_str(), [v.site.as_str()]));
    found(&Names::new(visits), name, ("aucune visite", "visit")).map(|k| &plan.visits[k])
}

fn found<T: Copy + Eq>(names: &Names<T>, name: &str, (fr, en): (&str, &str)) -> Result<T, Failure> {
    match names.find(name) {
        Meant::One(thing) => Ok(thing),
        Meant::Several(ids) => {
            let ids = ids.join(", ");
            Err(Failure::usage(
                format!("« {name} » peut vouloir dire : {ids} ; donnez l'un de ces identifiants"),
                format!("\"{name}\" may mean: {ids}; give one of these identifiers"),
            ))
        }
        Meant::Nothing => {
            let hint = |words: &str| names.near(name).map_or_else(String::new, |near| format!("{words} {near}"));
            Err(Failure::usage(
                format!("{fr} « {name} »{}", hint(" ; peut-être :")),
                format!("there is no {en} \"{name}\"{}", hint("; perhaps:")),
            ))
        }
    }
}
