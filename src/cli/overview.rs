//! Plans of many weeks on the terminal: for each vehicle a line a week or, for very many, a month.

use super::overview_table::Block;
use super::{output, week, words};
use crate::domain::{Scenario, VehicleId};
use crate::i18n::Lang;
use crate::plan::{Plan, Visit};
use crate::publish::lookup::Lookup;
use chrono::{Datelike as _, Days, NaiveDate};
use std::fmt::Write as _;

/// Most weeks that get a table a vehicle each.
const IN_FULL: u32 = 4;
/// Most weeks that get a line each.
const BY_WEEK: u32 = 26;
/// Days named in one list.
const DAYS: usize = 12;

/// Whether a plan has too many weeks for a table each.
pub(super) fn is_long(scenario: &Scenario) -> bool {
    scenario.horizon.weeks > IN_FULL
}

/// Whether a line stands for a month.
pub(super) fn by_month(scenario: &Scenario) -> bool {
    scenario.horizon.weeks > BY_WEEK
}

/// What a line stands for, and where the days and hours are: in the files and, where `csv` says so, in
/// what `--format csv` prints. Nothing for a few weeks.
pub(super) fn note(scenario: &Scenario, lang: Lang, csv: bool) -> String {
    if !is_long(scenario) {
        return String::new();
    }
    let line = match (by_month(scenario), lang) {
        (false, Lang::Fr) => "Une ligne par semaine",
        (false, Lang::En) => "A line a week",
        (true, Lang::Fr) => "Une ligne par mois (semaines entières)",
        (true, Lang::En) => "A line a month (whole weeks)",
    };
    let details = match (csv, lang) {
        (true, Lang::Fr) => {
            "les jours et les horaires de chaque visite sont dans visits.csv, que --out DOSSIER écrit et que --format csv affiche"
        }
        (true, Lang::En) => {
            "days and hours of every visit are in visits.csv, which --out FOLDER writes and --format csv prints"
        }
        (false, Lang::Fr) => "les jours et les horaires de chaque visite sont dans visits.csv, que --out DOSSIER écrit",
        (false, Lang::En) => "days and hours of every visit are in visits.csv, which --out FOLDER writes",
    };
    let text = match lang {
        Lang::Fr => format!("{line} ; {details}."),
        Lang::En => format!("{line}; {details}."),
    };
    format!("\n{}\n", output::wrap(&text, output::width(), 0))
}

/// A block a vehicle, then the legends, once.
pub(super) fn blocks(scenario: &Scenario, plan: &Plan, lang: Lang) -> String {
    let lookup = Lookup::new(scenario);
    let periods = periods(scenario, lang);
    let mut out = String::new();
    let mut line = |text: &str| {
        let _ = writeln!(out, "{text}");
    };
    for (k, vehicle) in scenario.vehicles.iter().enumerate() {
        let block = Block::new(&lookup, plan, lang, vehicle);
        line("");
        if scenario.vehicles.len() > 1 {
            line(&output::bold(&vehicle.name));
        }
        if block.visits.is_empty() {
            line(lang.pick("Aucune visite.", "No visit."));
        } else {
            line(&block.table(&periods, output::width()));
        }
        if let Some(idle) = idle(scenario, plan, VehicleId::new(k), lang) {
            line(&output::wrap(&idle, output::width(), 2));
        }
    }
    line("");
    let visits: Vec<&Visit> = plan.visits.iter().collect();
    week::legend(plan, &lookup, &visits, lang).iter().for_each(|text| line(text));
    if let Some(holidays) = holidays(scenario, lang) {
        line(&output::wrap(&holidays, output::width(), 2));
    }
    out
}

/// A week or the weeks of a month.
pub(super) struct Period {
    pub label: String,
    pub first: NaiveDate,
    pub last: NaiveDate,
}

/// The weeks of the horizon, or its months: a week belongs to the month of its Thursday.
fn periods(scenario: &Scenario, lang: Lang) -> Vec<Period> {
    let month = |monday: NaiveDate| monday + Days::new(3);
    let mut out: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for week in 0..scenario.horizon.weeks {
        let monday = scenario.horizon.start + Days::new(u64::from(week) * 7);
        let same = |first: NaiveDate| (month(first).year(), month(first).month());
        match out.last_mut().filter(|(first, _)| by_month(scenario) && same(*first) == same(monday)) {
            Some((_, last)) => *last = monday + Days::new(6),
            None => out.push((monday, monday + Days::new(6))),
        }
    }
    let label = |first: NaiveDate, last: NaiveDate| {
        let (one, other) = (words::week_number(lang, first), words::week_number(lang, last));
        if by_month(scenario) {
            let weeks = if one == other { one } else { format!("{one}–{other}") };
            format!("{}\n{weeks}", words::short_month(lang, month(first)))
        } else {
            format!("{one}\n{}–{}", first.format("%d/%m"), last.format("%d/%m"))
        }
    };
    out.into_iter().map(|(first, last)| Period { label: label(first, last), first, last }).collect()
}

/// The days on which the vehicle could go out and does not.
fn idle(scenario: &Scenario, plan: &Plan, vehicle: VehicleId, lang: Lang) -> Option<String> {
    let horizon = scenario.horizon;
    let dates = (0..horizon.days()).map(|k| horizon.start + Days::new(k as u64));
    let days: Vec<String> = dates
        .filter(|date| week::stays_home(scenario, plan, vehicle, *date))
        .map(|date| short_date(scenario, date))
        .collect();
    let list = abridged(&days, days.len().min(DAYS), "", lang);
    match (days.len(), lang) {
        (0, _) => None,
        (1, Lang::Fr) => Some(format!("Sans sortie un jour travaillé : {list}")),
        (1, Lang::En) => Some(format!("No tour on one working day: {list}")),
        (n, Lang::Fr) => Some(format!("Sans sortie {n} jours travaillés : {list}")),
        (n, Lang::En) => Some(format!("No tour on {n} working days: {list}")),
    }
}

fn short_date(scenario: &Scenario, date: NaiveDate) -> String {
    date.format(if by_month(scenario) { "%d/%m/%y" } else { "%d/%m" }).to_string()
}

fn holidays(scenario: &Scenario, lang: Lang) -> Option<String> {
    let horizon = scenario.horizon;
    let dates = (0..horizon.days()).map(|k| horizon.start + Days::new(k as u64));
    let days: Vec<String> = dates
        .filter(|date| scenario.calendar.public_holiday(*date).is_some())
        .map(|date| short_date(scenario, date))
        .collect();
    let name = match days.len() {
        0 => return None,
        1 => lang.pick("Jour férié :", "Public holiday:"),
        _ => lang.pick("Jours fériés :", "Public holidays:"),
    };
    Some(format!("{name} {}", abridged(&days, days.len(), "", lang)))
}

/// The first items of a list and how many more there are; `what` names them where none is kept.
pub(super) fn abridged(items: &[String], kept: usize, what: &str, lang: Lang) -> String {
    let rest = items.len() - kept;
    let list = items[..kept].join(", ");
    match (kept, rest, lang) {
        (_, 0, _) => list,
        (0, ..) => format!("{rest}\u{a0}{what}"),
        (_, 1, Lang::Fr) => format!("{list} et\u{a0}1\u{a0}autre"),
        (_, _, Lang::Fr) => format!("{list} et\u{a0}{rest}\u{a0}autres"),
        (_, _, Lang::En) => format!("{list} and\u{a0}{rest}\u{a0}more"),
    }
}
