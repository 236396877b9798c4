//! Vehicles and sites that a row names, by identifier or as they are shown.

use super::codes::Code;
use super::problem::{Problem, Problems};
use super::sheet::Row;
use crate::domain::{Scenario, SiteId, VehicleId};
use crate::i18n::{Meant, Names};

/// The names of a scenario.
pub(super) struct Named {
    vehicles: Names<VehicleId>,
    sites: Names<SiteId>,
}

impl Named {
    pub fn of(scenario: &Scenario) -> Self {
        Self { vehicles: scenario.vehicle_names(), sites: scenario.site_names() }
    }

    /// The vehicle of a row; what is wrong with its name has the code.
    pub fn vehicle(&self, row: Row, code: Code, problems: &mut Problems) -> Option<VehicleId> {
        let name = row.required("vehicle", problems)?;
        found(&self.vehicles, &name, code, ("de véhicule", "vehicle"))
            .map_err(|p| problems.push(row.place("vehicle", *p)))
            .ok()
    }

    /// The site of a row.
    pub fn site(&self, row: Row, code: Code, problems: &mut Problems) -> Option<SiteId> {
        let name = row.required("site", problems)?;
        found(&self.sites, &name, code, ("d'emplacement", "site"))
            .map_err(|p| problems.push(row.place("site", *p)))
            .ok()
    }
}

fn found<T: Copy + Eq>(names: &Names<T>, name: &str, code: Code, (fr, en): (&str, &str)) -> Result<T, Box<Problem>> {
    match names.find(name) {
        Meant::One(thing) => Ok(thing),
        Meant::Several(ids) => {
            let ids = ids.join(", ");
            let problem = Problem::new(
                code,
                format!("« {name} » peut vouloir dire : {ids}"),
                format!("\"{name}\" may mean: {ids}"),
            );
            Err(Box::new(problem.help("écrire l'un de ces identifiants", "write one of these identifiers")))
        }
        Meant::Nothing => {
            let problem =
                Problem::new(code, format!("il n'y a pas {fr} « {name} »"), format!("there is no {en} \"{name}\""));
            Err(Box::new(match names.near(name) {
                Some(near) => {
                    problem.help(format!("vouliez-vous dire « {near} » ?"), format!("did you mean \"{near}\"?"))
                }
                None => problem,
            }))
        }
    }
}
