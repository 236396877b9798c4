//! Why a plan has no visit.

use super::output;
use crate::check;
use crate::domain::{Scenario, SiteId, VehicleId};
use crate::explain::{Reasons, reasons};
use crate::i18n::Lang;
use crate::travel::Table;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Which rules forbid every visit to how many sites, most of them first, and how many sites no rule forbids.
pub(super) fn why(scenario: &Scenario, travel: &Table, lang: Lang) -> String {
    let mut by_rule: BTreeMap<String, usize> = BTreeMap::new();
    let mut free = 0;
    for site in (0..scenario.sites.len()).map(SiteId::new) {
        let vehicles = (0..scenario.vehicles.len()).map(VehicleId::new);
        let all: Vec<Reasons> = vehicles.map(|vehicle| reasons(scenario, travel, vehicle, site)).collect();
        match all.first() {
            Some(first) if all.iter().all(Reasons::forbidden) => *by_rule.entry(first.name()).or_default() += 1,
            _ => free += 1,
        }
    }
    let mut rules: Vec<(String, usize)> = by_rule.into_iter().collect();
    rules.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let sites = |n: usize| lang.count(n, ["emplacement", "emplacements"], ["site", "sites"]);
    let mut out = String::new();
    let mut line = |text: &str| {
        let _ = writeln!(out, "{}", output::wrap(text, output::width(), 2));
    };
    if !rules.is_empty() {
        line(lang.pick("Ce qui interdit toute visite :", "What forbids every visit:"));
    }
    for (names, n) in &rules {
        let asks = names.split(" + ").filter_map(|name| check::CODES.iter().find(|code| code.code == name));
        let asks = asks.map(|code| lang.pick(code.fr, code.en)).collect::<Vec<_>>().join(" ; ");
        line(&format!("· {} : {asks} [{names}]", sites(*n)));
    }
    if free > 0 {
        line(&match lang {
            Lang::Fr => format!(
                "· {} qu'aucune règle n'interdit : une visite n'y toucherait personne, ou coûterait plus de route qu'elle n'apporte",
                sites(free)
            ),
            Lang::En => format!(
                "· {} that no rule forbids: a visit would reach nobody, or cost more driving than it brings",
                sites(free)
            ),
        });
    }
    out
}
