//! What a little more of each vehicle could be worth, in words.

use super::figures::entry;
use crate::domain::Scenario;
use crate::i18n::Lang;
use crate::plan::{Plan, ShadowPrices};

/// A line a vehicle; nothing where nothing is known.
pub(super) fn margins(scenario: &Scenario, plan: &Plan, lang: Lang) -> String {
    let known = plan.shadow_prices.iter().filter(|p| p.day.or(p.shift_hour).or(p.appointment_per_hour).is_some());
    let several = scenario.vehicles.len() > 1;
    known.map(|prices| entry(lang.pick("Marges", "Margins"), &line(scenario, prices, several, lang))).collect()
}

fn line(scenario: &Scenario, prices: &ShadowPrices, several: bool, lang: Lang) -> String {
    let name = scenario.vehicles.iter().find(|v| v.id == prices.vehicle).map_or("", |v| v.name.as_str());
    let parts = [
        (prices.day, "un jour de plus", "one more day"),
        (prices.shift_hour, "une heure de plus chaque jour", "an hour more every day"),
        (prices.appointment_per_hour, "un rendez-vous de plus à l'heure", "one more appointment an hour"),
    ];
    let known: Vec<String> = parts
        .into_iter()
        .filter_map(|(value, fr, en)| Some(format!("{} {}", lang.pick(fr, en), lang.at_most(value?, 1))))
        .collect();
    let who = if several { format!("{name}, ") } else { String::new() };
    let said = lang.pick("au plus, en contacts pondérés : ", "at most, in weighted contacts: ");
    format!("{who}{said}{}", known.join(" ; "))
}
