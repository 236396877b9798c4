//! Writes `territories.csv` and `communes.csv`.

use super::write::labels;
use crate::domain::Scenario;
use crate::i18n::Lang;
use crate::plan::Plan;
use crate::publish::lookup::Lookup;
use crate::report::ServiceRounds;
use crate::sheet::{csv, number, yes};
use chrono::NaiveDate;

fn day(date: Option<NaiveDate>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}

fn header(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A line a service and territory: how often it is visited, how far apart, and what it receives.
/// `longest_days` is a least one where `longest_at_least` says so.
#[must_use]
pub fn territories(scenario: &Scenario, rounds: &[ServiceRounds], lang: Lang) -> Vec<u8> {
    let labels = labels(scenario, lang);
    let mut names = vec!["service", "territory", "territory_name", "class", "due", "invited", "expected", "additional"];
    names.extend(["received_before", "received", "fair_share", "visits", "visits_inside", "stays"]);
    names.extend(["last_past", "first", "last", "mean_days", "longest_days", "longest_at_least", "labels"]);
    let rows = rounds.iter().flat_map(|of| {
        let service = &scenario.services[of.service.index()].id;
        let labels = labels.clone();
        let known = scenario.knows_additional(service);
        of.territories.iter().map(move |line| {
            let territory = &scenario.territories[line.territory.index()];
            vec![
                service.to_string(),
                territory.code.to_string(),
                territory.name.to_string(),
                territory.class.to_string(),
                line.due.to_string(),
                line.invited.to_string(),
                number(line.expected, 2),
                if known { number(line.additional, 2) } else { String::new() },
                number(line.received_before, 2),
                number(line.received, 2),
                number(line.fair_share, 2),
                line.visits.to_string(),
                line.inside.to_string(),
                line.stays.to_string(),
                day(line.last_past),
                day(line.first),
                day(line.last),
                line.waits.mean.map_or_else(String::new, |mean| number(mean, 1)),
                line.waits.longest.to_string(),
                yes(line.waits.at_least),
                labels.clone(),
            ]
        })
    });
    csv(std::iter::once(header(&names)).chain(rows))
}

/// A line a service and commune in scope: the last visit that reached it, and the next.
#[must_use]
pub fn communes(scenario: &Scenario, plan: &Plan, rounds: &[ServiceRounds], lang: Lang) -> Vec<u8> {
    let lookup = Lookup::new(scenario);
    let labels = labels(scenario, lang);
    let mut names = vec!["service", "commune", "commune_name", "territory", "due", "invited", "expected", "visits"];
    names.extend(["last", "next", "next_site", "next_site_name", "access_minutes", "labels"]);
    let (lookup, all) = (&lookup, &labels);
    let rows = rounds.iter().flat_map(|of| {
        let service = &scenario.services[of.service.index()].id;
        of.communes.iter().map(move |line| {
            let commune = &scenario.communes[line.commune.index()];
            let next = line.next.map(|next| (&plan.visits[next.visit], next.minutes));
            vec![
                service.to_string(),
                commune.code.to_string(),
                commune.name.to_string(),
                scenario.territories[commune.territory.index()].code.to_string(),
                line.due.to_string(),
                line.invited.to_string(),
                number(line.expected, 2),
                line.visits.to_string(),
                day(line.last),
                day(next.map(|(visit, _)| visit.date)),
                next.map_or_else(String::new, |(visit, _)| visit.site.to_string()),
                next.map_or_else(String::new, |(visit, _)| lookup.site_name(&visit.site).to_string()),
                next.map_or_else(String::new, |(_, minutes)| number(minutes, 1)),
                all.clone(),
            ]
        })
    });
    csv(std::iter::once(header(&names)).chain(rows))
}
