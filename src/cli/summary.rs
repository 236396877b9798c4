//! How often territories are visited over several weeks, in a few lines.

use super::{figures, output, week};
use crate::domain::Scenario;
use crate::i18n::Lang;
use crate::report::{ServiceRounds, TerritoryRounds};
use std::fmt::Write as _;

/// Fewer weeks say nothing of how often places are visited.
const WEEKS: u32 = 4;
/// Territories named for their wait.
const NAMED: usize = 5;

/// By service: territories visited once, twice, more often and never, and the longest waits. Empty for a
/// few weeks.
pub(super) fn rounds(scenario: &Scenario, rounds: &[ServiceRounds], lang: Lang) -> String {
    let mut out = String::new();
    if scenario.horizon.weeks < WEEKS {
        return out;
    }
    for of in rounds.iter().filter(|of| of.territories.iter().any(|t| t.visits > 0)) {
        let name = scenario.services[of.service.index()].name.get(lang);
        let title = lang.pick("tournée des territoires", "round of the territories");
        let _ = writeln!(out, "\n{}", output::bold(&format!("{} – {title}", week::capital(name))));
        out += &figures::entry(lang.pick("Passages", "Visits"), &visits(&of.territories, lang));
        out += &figures::entry(lang.pick("Attentes", "Waits"), &waits(scenario, &of.territories, lang));
    }
    out
}

fn visits(territories: &[TerritoryRounds], lang: Lang) -> String {
    let number = |n: usize| lang.number(figures::count(n as u64), 0);
    let of = |test: &dyn Fn(u32) -> bool| number(territories.iter().filter(|t| test(t.visits)).count());
    let never: u32 = territories.iter().filter(|t| t.visits == 0).map(|t| t.due).sum();
    let (all, never_due) = (number(territories.len()), lang.number(f64::from(never), 0));
    let inside = number(territories.iter().filter(|t| t.inside > 0).count());
    let (none, once, twice, more) = (of(&|n| n == 0), of(&|n| n == 1), of(&|n| n == 2), of(&|n| n > 2));
    match lang {
        Lang::Fr => format!(
            "sur {all} territoires, {once} à portée d'une visite, {twice} de deux, {more} de plus de deux, {none} d'aucune ({never_due} personnes concernées) ; {inside} ont une visite chez eux"
        ),
        Lang::En => format!(
            "of {all} territories, {once} within reach of one visit, {twice} of two, {more} of more than two, {none} of none ({never_due} people concerned); {inside} have a visit inside"
        ),
    }
}

fn waits(scenario: &Scenario, territories: &[TerritoryRounds], lang: Lang) -> String {
    let mut longest: Vec<&TerritoryRounds> = territories.iter().filter(|t| t.due > 0).collect();
    longest.sort_by_key(|t| (std::cmp::Reverse(t.waits.longest), t.territory));
    let one = |t: &&TerritoryRounds| {
        let name = &scenario.territories[t.territory.index()].name;
        let least = if t.waits.at_least { "≥\u{a0}" } else { "" };
        format!("{name} {least}{}", lang.number(f64::from(t.waits.longest), 0))
    };
    let list: Vec<String> = longest.iter().take(NAMED).map(one).collect();
    let list = list.join(lang.pick(" ; ", "; "));
    match lang {
        Lang::Fr => format!("les plus longues entre deux visites, en jours : {list}"),
        Lang::En => format!("the longest between two visits, in days: {list}"),
    }
}
