//! A comparison on the terminal.

use super::output;
use super::week::{capital, plain_table, weeks};
use crate::compare::document::{Comparison, Range, Row, Sensitivity, Verdict, rounded_up};
use crate::compare::kinds;
use crate::domain::{Horizon, Scenario};
use crate::i18n::{Lang, Text};
use crate::publish::tables;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use std::fmt::Write as _;

/// Orders named for one assumption.
const NAMED: usize = 4;

/// A fleet in words: "1 camion, 2 vans".
pub(super) fn fleet_of(scenario: &Scenario) -> Text {
    let one = |lang: Lang| {
        let kinds = kinds(scenario).into_iter().map(|k| format!("{} {}", k.count, kind(&k.kind, k.count, lang)));
        kinds.collect::<Vec<_>>().join(", ")
    };
    Text::new(one(Lang::Fr), one(Lang::En))
}

/// A kind of vehicle in words; kinds that are not known keep their name.
fn kind(kind: &str, count: usize, lang: Lang) -> String {
    let name = match kind {
        "truck" => lang.pick("camion", "truck"),
        other => other,
    };
    if count > 1 { format!("{name}s") } else { name.to_owned() }
}

pub(super) fn human(comparison: &Comparison, written: Option<&str>, lang: Lang) -> String {
    let mut out = heading(comparison, lang);
    let _ = writeln!(out, "\n{}", table(comparison, lang));
    out += &legend(comparison, lang);
    out += &problems(comparison, lang);
    out += &steps(comparison, lang);
    out += &claims(comparison, lang);
    if let Some(sensitivity) = &comparison.sensitivity {
        out += &tried(sensitivity, lang);
    }
    let text = written.unwrap_or(lang.pick(
        "Rien n'a été écrit : --out DOSSIER écrit la comparaison.",
        "Nothing has been written: --out FOLDER writes the comparison.",
    ));
    let _ = writeln!(out, "\n{}", output::wrap(text, output::width(), 0));
    out
}

fn heading(comparison: &Comparison, lang: Lang) -> String {
    let weeks = weeks(Horizon { start: comparison.start, weeks: comparison.weeks }, lang);
    let n = comparison.scenarios.len();
    let title = match lang {
        Lang::Fr => format!("{} – {n} scénarios, {weeks}", comparison.title.fr),
        Lang::En => format!("{} – {n} scenarios, {weeks}", comparison.title.en),
    };
    let mut out = format!("{}\n", output::bold(&output::wrap(&title, output::width(), 2)));
    for label in comparison.labels.iter().chain(&comparison.cost_source) {
        let _ = writeln!(out, "{}", output::wrap(&format!("! {}", label.get(lang)), output::width(), 2));
    }
    out
}

fn table(comparison: &Comparison, lang: Lang) -> String {
    let mut table = plain_table();
    let mut header = match lang {
        Lang::Fr => vec!["Scénario", "Score", "Borne", "Écart", "Attendues", "En plus", "Au mieux", "km"],
        Lang::En => vec!["Scenario", "Score", "Bound", "Gap", "Expected", "Additional", "At best", "km"],
    };
    let money = comparison.currency.as_deref();
    let (cost, each) = (
        money.map(|c| format!("{}\n{c}", lang.pick("Coût", "Cost"))),
        money.map(|c| {
            format!("{c} par\nen plus",).replace("par\nen plus", lang.pick("par\nen plus", "per\nadditional"))
        }),
    );
    header.extend(cost.as_deref());
    header.extend(each.as_deref());
    table.set_header(header);
    for row in &comparison.scenarios {
        table.add_row(line(row, comparison, lang));
    }
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(output::width()).unwrap_or(u16::MAX));
    aligned(&mut table, 1);
    trimmed(&table)
}

fn aligned(table: &mut Table, words: usize) {
    let columns = table.column_count();
    for (k, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, u16::from(k + 1 < columns)));
        if k >= words {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn trimmed(table: &Table) -> String {
    table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn line(row: &Row, comparison: &Comparison, lang: Lang) -> Vec<String> {
    let dash = || String::from("–");
    let number = |value: Option<f64>, decimals: usize| value.map_or_else(dash, |v| lang.number(v, decimals));
    let Some(figures) = &row.figures else {
        return vec![row.name.get(lang).to_owned(), tables::status(row.status, lang).to_owned()];
    };
    let own = figures.coverage.iter().find(|c| c.service == comparison.service.id);
    let mut cells = vec![
        row.name.get(lang).to_owned(),
        number(row.score.map(|s| s.at_least), 1),
        number(row.score.map(|s| rounded_up(s.at_most, 1)), 1),
        row.gap.map_or_else(dash, |gap| lang.gap(gap)),
        number(own.map(|c| c.expected), 0),
        number(Some(figures.additional), 0),
        row.most_additional.map_or_else(dash, |m| between(m, 0, lang)),
        number(Some(figures.kilometres), 0),
    ];
    if comparison.currency.is_some() {
        cells.extend([number(figures.cost, 0), number(figures.cost_per_additional, 0)]);
    }
    cells
}

/// Two ends, rounded outward.
fn between(range: Range, decimals: usize, lang: Lang) -> String {
    let (low, high) = range.outward(decimals);
    let (low, high) = (lang.number(low, decimals), lang.number(high, decimals));
    if low == high { low } else { format!("{low}–{high}") }
}

/// What the columns mean, with the denominators.
fn legend(comparison: &Comparison, lang: Lang) -> String {
    let service = comparison.service.name.get(lang);
    let own = comparison.scenarios.iter().filter_map(|r| r.figures.as_ref());
    let due = own.flat_map(|f| &f.coverage).find(|c| c.service == comparison.service.id).map_or(0, |c| c.due_in_scope);
    let due = lang.number(f64::from(due), 0);
    let text = match lang {
        Lang::Fr => format!(
            "Score et borne : contacts pondérés de tous les services. Attendues et en plus : {service}, dans le plan de meilleur score, sur {due} personnes du périmètre. Au mieux : le plus que puisse un plan de cette flotte, entre un plan trouvé et une borne prouvée."
        ),
        Lang::En => format!(
            "Score and bound: weighted contacts of all services. Expected and additional: {service}, in the plan of best score, of {due} people in scope. At best: the most that a plan of this fleet can reach, between a plan found and a proved bound."
        ),
    };
    output::wrap(&text, output::width(), 0) + "\n"
}

fn problems(comparison: &Comparison, lang: Lang) -> String {
    let mut out = String::new();
    for row in comparison.scenarios.iter().filter(|r| !r.problems.is_empty()) {
        let state = tables::status(row.status, lang);
        let _ = writeln!(out, "\n{} ({state})", row.name.get(lang));
        for problem in &row.problems {
            let _ = writeln!(out, "{}", output::wrap(&format!("  {}", problem.get(lang)), output::width(), 2));
        }
    }
    out
}

fn steps(comparison: &Comparison, lang: Lang) -> String {
    if comparison.steps.is_empty() {
        return String::new();
    }
    let name = |id: &str| {
        let row = comparison.scenarios.iter().find(|r| r.id == id);
        row.map_or_else(|| id.to_owned(), |r| r.name.get(lang).to_owned())
    };
    let mut table = plain_table();
    let mut header = match lang {
        Lang::Fr => vec!["De", "À", "Score gagné", "En plus gagné,\nau mieux"],
        Lang::En => vec!["From", "To", "Score gained", "Additional gained,\nat best"],
    };
    if comparison.currency.is_some() {
        header.push(lang.pick("Coût", "Cost"));
    }
    table.set_header(header);
    for step in &comparison.steps {
        let mut cells = vec![
            name(&step.from),
            name(&step.to),
            between(step.score, 1, lang),
            step.additional.map_or_else(|| "–".into(), |a| between(a, 1, lang)),
        ];
        if comparison.currency.is_some() {
            cells.push(step.cost.map_or_else(|| "–".into(), |c| lang.number(c, 0)));
        }
        table.add_row(cells);
    }
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(output::width()).unwrap_or(u16::MAX));
    aligned(&mut table, 2);
    let title = lang.pick("Ce que vaut chaque pas (de … à …, prouvé)", "What each step is worth (from … to …, proved)");
    format!("\n{}\n{}\n", output::bold(title), trimmed(&table))
}

fn claims(comparison: &Comparison, lang: Lang) -> String {
    let mut out = String::new();
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = writeln!(out, "\n{}", output::bold(title));
            for text in lines {
                let _ = writeln!(out, "{}", output::wrap(&format!("  {text}"), output::width(), 4));
            }
        }
    };
    let said = |proved: bool| {
        let own = comparison.statements.iter().filter(|s| (s.verdict != Verdict::NotProven) == proved);
        own.map(|s| s.text.get(lang).to_owned()).collect::<Vec<_>>()
    };
    section(lang.pick("Démontré", "Proved"), said(true));
    section(lang.pick("Non démontré", "Not proved"), said(false));
    let name = |id: &str| comparison.scenarios.iter().find(|r| r.id == id).map_or("", |r| r.name.get(lang));
    let dominated = comparison.dominated.iter().map(|d| {
        let (own, by) = (name(&d.scenario), name(&d.by));
        match (lang, d.surely) {
            (Lang::Fr, true) => format!("« {own} » ne vaut sûrement pas « {by} », qui ne coûte pas plus."),
            (Lang::Fr, false) => format!("« {own} » ne vaut peut-être pas « {by} », qui ne coûte pas plus."),
            (Lang::En, true) => format!("\"{own}\" is surely not worth \"{by}\", which costs no more."),
            (Lang::En, false) => format!("\"{own}\" is perhaps not worth \"{by}\", which costs no more."),
        }
    });
    section(lang.pick("Dominés", "Dominated"), dominated.collect());
    out
}

fn tried(sensitivity: &Sensitivity, lang: Lang) -> String {
    let mut out =
        format!("\n{}\n", output::bold(&capital(lang.pick("sensibilité du classement", "sensitivity of the ranking"))));
    let verdict = match (sensitivity.holds, sensitivity.proved) {
        (true, true) => lang.pick(
            "Le classement prouvé tient sous toutes les hypothèses essayées.",
            "The proved ranking holds under all assumptions tried.",
        ),
        (true, false) => lang.pick(
            "Aucun ordre prouvé ne se renverse ; certains ne sont plus démontrés.",
            "No proved order turns round; some are proved no longer.",
        ),
        (false, _) => lang.pick("Le classement est fragile.", "The ranking is fragile."),
    };
    let _ = writeln!(out, "  {verdict}");
    for world in sensitivity.worlds.iter().filter(|w| !w.flipped.is_empty() || !w.open.is_empty()) {
        let mut lines = Vec::new();
        for (pairs, word) in [
            (&world.flipped, lang.pick("renversé", "turned round")),
            (&world.open, lang.pick("plus démontré", "proved no longer")),
        ] {
            if pairs.is_empty() {
                continue;
            }
            let named: Vec<String> = pairs.iter().take(NAMED).map(|[a, b]| format!("{a} > {b}")).collect();
            let more = pairs.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" (+{more})") } else { String::new() };
            lines.push(format!("{word} : {}{more}", named.join(", ")));
        }
        let _ = writeln!(
            out,
            "{}",
            output::wrap(&format!("  {} – {}", world.name.get(lang), lines.join(" ; ")), output::width(), 4)
        );
    }
    out
}
