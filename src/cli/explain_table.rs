//! The answers of `tournee explain` as a table for spreadsheets.

use super::explain::Said;
use crate::domain::Scenario;
use crate::explain::{Answer, Case, Figures, Verdict};
use crate::i18n::{Lang, Text};
use crate::units::rounded_up;

const HEADER: [&str; 10] = [
    "record",
    "vehicle_kind",
    "site",
    "name",
    "verdict",
    "score_without",
    "bound_without",
    "score_with",
    "bound_with",
    "message",
];

/// A number as spreadsheets in French read it.
fn number(value: f64) -> String {
    format!("{value:.4}").replace('.', ",")
}

fn pair(figures: Option<Figures>) -> [String; 2] {
    figures.map_or_else(Default::default, |f| [number(f.score), number(rounded_up(f.upper_bound, 4))])
}

/// One line.
fn row(texts: [&str; 5], without: Option<Figures>, with: Option<Figures>, message: &str) -> Vec<String> {
    let texts = texts.map(str::to_owned).into_iter();
    texts.chain(pair(without)).chain(pair(with)).chain([message.to_owned()]).collect()
}

/// The stable name of a verdict.
pub(super) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::LetsIn => "lets-in",
        Verdict::NotEnough => "not-enough",
        Verdict::Open => "open",
        Verdict::StillForbidden => "still-forbidden",
        Verdict::NothingToChange => "nothing-to-change",
    }
}

/// All answers, a line each: `served`, `answer`, `rule`, `gain`, `loss`, `change`; of all sites
/// `forbidden` and `priced`.
pub(super) fn csv(scenario: &Scenario, said: &Said, lang: Lang) -> Vec<u8> {
    let mut rows = vec![HEADER.map(str::to_owned).to_vec()];
    match said {
        Said::Town(town) => {
            for visit in &town.served {
                let text = Text::new(
                    format!("{} invitées le {}", visit.invited, visit.date),
                    format!("{} invited on {}", visit.invited, visit.date),
                );
                rows.push(row(
                    ["served", kind(scenario, &visit.vehicle), &visit.site, &visit.visit, ""],
                    None,
                    None,
                    text.get(lang),
                ));
            }
            town.cases.iter().for_each(|case| of_case(case, lang, &mut rows));
        }
        Said::All(survey) => {
            for group in &survey.forbidden {
                for site in &group.sites {
                    rows.push(row(["forbidden", &group.vehicle_kind, site, &group.rules, ""], None, None, ""));
                }
            }
            for line in &survey.priced {
                let without = survey.without.get(&line.vehicle_kind).copied();
                let verdict = match (line.solved, line.with_it) {
                    (false, _) => "not-solved",
                    (true, None) => "forbidden",
                    (true, Some(_)) => "priced",
                };
                let most = line.score_at_most.map_or_else(String::new, number);
                let name = format!("score_at_most {most}");
                let name = if most.is_empty() { "" } else { &name };
                rows.push(row(["priced", &line.vehicle_kind, &line.site, name, verdict], without, line.with_it, ""));
            }
        }
    }
    crate::sheet::csv(&rows)
}

fn kind<'s>(scenario: &'s Scenario, vehicle: &str) -> &'s str {
    scenario.vehicles.iter().find(|v| v.id == vehicle).map_or("", |v| v.kind.as_str())
}

fn of_case(case: &Case, lang: Lang, rows: &mut Vec<Vec<String>>) {
    let (kind, sites) = (case.vehicle_kind.as_str(), case.sites.join(" "));
    let (verdict_, without, with) = match &case.answer {
        Answer::InThePlan => ("in-the-plan", None, None),
        Answer::Forbidden => ("forbidden", None, None),
        Answer::Priced(price) => ("priced", Some(price.without), Some(price.with_it)),
    };
    rows.push(row(["answer", kind, &sites, "", verdict_], without, with, ""));
    for reasons in &case.reasons {
        for reason in &reasons.rules {
            let days = format!("{}/{}", reason.days, reasons.days);
            rows.push(row(["rule", kind, &reasons.site, reason.code, &days], None, None, reason.message.get(lang)));
        }
    }
    if let Answer::Priced(price) = &case.answer {
        for line in &price.balance.territories {
            let record = if line.score >= 0.0 { "gain" } else { "loss" };
            let message = format!("{} {}", line.name, number(line.score));
            rows.push(row([record, kind, "", &line.territory, &line.service], None, None, &message));
        }
    }
    for entry in &case.menu {
        let texts = ["change", kind, &sites, entry.change, verdict(entry.verdict)];
        rows.push(row(texts, entry.with_change, entry.with_change_and_visit, entry.message.get(lang)));
    }
}
