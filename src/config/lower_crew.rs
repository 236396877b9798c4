//! Scarce crew: from what is written to the domain, and who asks for it.

use super::cells::{period, words};
use super::codes::Code;
use super::lower_fleet::set_of;
use super::problem::{Problem, Problems};
use super::raw_fleet::RawCrew;
use super::sheet::Row;
use super::tree::Node;
use crate::domain::{Crew, CrewId, DayId, Scenario, VehicleId, Weekdays};
use crate::i18n::Text;
use crate::i18n::nearest;
use std::collections::BTreeSet;

/// The crews, in the order of `[[crew]]`.
pub(super) fn crews(raw: &[RawCrew], tree: &Node, problems: &mut Problems) -> Vec<Crew> {
    raw.iter().enumerate().map(|(k, c)| crew(c, tree.at(&format!("crew/{k}")), problems)).collect()
}

fn crew(raw: &RawCrew, node: &Node, problems: &mut Problems) -> Crew {
    let name = |given: &Option<String>| given.clone().unwrap_or_else(|| raw.id.clone());
    let mut exceptions = Vec::new();
    for (k, exception) in raw.exceptions.iter().enumerate() {
        match period(&exception.dates) {
            Ok((from, to)) => exceptions.push((from, to, exception.heads)),
            Err((_, why)) => {
                let problem = Problem::new(Code::Format, why.fr, why.en);
                problems.push(node.at(&format!("exceptions/{k}/dates")).place(problem).column("dates"));
            }
        }
    }
    Crew {
        id: raw.id.clone(),
        name: Text::new(name(&raw.name_fr), name(&raw.name_en)),
        heads: raw.heads,
        weekdays: raw.weekdays.as_deref().map_or(Weekdays::ALL, set_of),
        exceptions,
    }
}

/// The crews that the key `crew` of a service or vehicle names, sorted.
pub(super) fn crew_ids(ids: &[String], crews: &[Crew], node: &Node, problems: &mut Problems) -> Vec<CrewId> {
    let mut found = BTreeSet::new();
    for (k, id) in ids.iter().enumerate() {
        match find(id, crews) {
            Ok(crew) => drop(found.insert(crew)),
            Err(problem) => problems.push(node.at(&format!("crew/{k}")).place(*problem).column("crew")),
        }
    }
    found.into_iter().collect()
}

/// The crews that the cell `crew` of a site names, sorted.
pub(super) fn crew_cell(row: &Row, crews: &[Crew], problems: &mut Problems) -> Option<Vec<CrewId>> {
    let mut found = BTreeSet::new();
    let mut good = true;
    for word in words(row.text("crew")) {
        match find(word, crews) {
            Ok(crew) => drop(found.insert(crew)),
            Err(problem) => {
                problems.push(row.place("crew", *problem));
                good = false;
            }
        }
    }
    good.then(|| found.into_iter().collect())
}

fn find(id: &str, crews: &[Crew]) -> Result<CrewId, Box<Problem>> {
    crews.iter().position(|c| c.id == id).map(CrewId::new).ok_or_else(|| {
        let problem = Problem::new(
            Code::UnknownCrew,
            format!("le personnel « {id} » n'est pas défini"),
            format!("the crew \"{id}\" is not defined"),
        );
        Box::new(match nearest(id, crews.iter().map(|c| &*c.id)) {
            Some(near) => problem.help(format!("vouliez-vous dire « {near} » ?"), format!("did you mean \"{near}\"?")),
            None => problem,
        })
    })
}

/// A vehicle that needs a crew, for itself or for a service it offers, of which nobody is
/// available on any of the days in question is worth a look: it cannot leave then.
pub(super) fn warn_of_no_heads(scenario: &Scenario, tree: &Node, problems: &mut Problems) {
    for (k, vehicle) in scenario.vehicles.iter().enumerate() {
        let id = VehicleId::new(k);
        let days = (0..scenario.horizon.days()).map(DayId::new).filter(|d| scenario.shift(id, *d).is_some());
        let days: Vec<DayId> = days.collect();
        for (crew, about) in scenario.crews.iter().enumerate() {
            let crew = CrewId::new(crew);
            let needed = |day: &DayId| {
                let date = scenario.horizon.date(*day);
                let mut offers = vehicle.offers.iter().filter(|o| o.weekdays.contains(date));
                vehicle.crew.contains(&crew)
                    || offers.any(|o| scenario.services[o.service.index()].crew.contains(&crew))
            };
            let mut when = days.iter().copied().filter(needed).peekable();
            if when.peek().is_none() || when.any(|day| scenario.heads(crew, day) > 0) {
                continue;
            }
            let (key, who, what) =
                (if vehicle.crew.contains(&crew) { "crew" } else { "services" }, &vehicle.id, &about.id);
            let problem = Problem::new(
                Code::NoHeads,
                format!("« {who} » a besoin de « {what} », dont personne n'est disponible les jours où il en faut"),
                format!("\"{who}\" needs \"{what}\", of which nobody is available on the days when it does"),
            );
            problems.push(tree.at(&format!("vehicle/{k}/{key}")).place(problem).column(key));
        }
    }
}
