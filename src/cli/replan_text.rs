//! A plan made anew on the terminal: first what is different.

use super::replan::Point;
use super::{check, figures, output, overview, promise_text, week, words};
use crate::check::Violation;
use crate::domain::Scenario;
use crate::i18n::Lang;
use crate::plan::{Change, ChangeKind, Placing, Plan, Revision};
use crate::publish::lookup::Lookup;
use comfy_table::CellAlignment;
use std::fmt::Write as _;

/// Everything.
pub(super) fn human(
    scenario: &Scenario,
    plan: &Plan,
    curve: Option<&[Point]>,
    (notes, written): (&[Violation], Option<&str>),
    lang: Lang,
) -> String {
    let mut out = week::heading(scenario, lang);
    out += &overview::note(scenario, lang, true);
    if let Some(revision) = &plan.revision {
        out += &difference(scenario, revision, lang);
    }
    out += &check::notes(notes, plan, lang);
    out += &curve.map_or_else(String::new, |curve| curve_table(curve, lang));
    out += &week::tables(scenario, plan, lang);
    out += &figures::coverage(scenario, &plan.coverage, lang);
    out += &figures::invitations(scenario, plan, lang);
    out += &promise_text::summary(scenario, plan, lang);
    out += &figures::proof(plan, lang);
    let text = written.unwrap_or(lang.pick(
        "Rien n'a été écrit : --out DOSSIER écrit le plan, les changements, les tableaux et les calendriers.",
        "Nothing has been written: --out FOLDER writes the plan, the changes, the tables and the calendars.",
    ));
    let _ = writeln!(out, "\n{}", output::wrap(text, output::width(), 0));
    out
}

/// What is different, for people: one line a visit.
pub(super) fn difference(scenario: &Scenario, revision: &Revision, lang: Lang) -> String {
    let n = revision.changes.len();
    let title = match (lang, n) {
        (Lang::Fr, 0) => "Aucun changement aux visites publiées".to_owned(),
        (Lang::En, 0) => "No change to the published visits".to_owned(),
        (Lang::Fr, 1) => "1 changement aux visites publiées".to_owned(),
        (Lang::En, 1) => "1 change to the published visits".to_owned(),
        (Lang::Fr, _) => format!("{n} changements aux visites publiées"),
        (Lang::En, _) => format!("{n} changes to the published visits"),
    };
    let most = match (revision.max_changes, lang) {
        (None, _) => String::new(),
        (Some(most), Lang::Fr) => format!(" ({most} permis)"),
        (Some(most), Lang::En) => format!(" ({most} allowed)"),
    };
    let mut out = format!("\n{}\n", output::bold(&format!("{title}{most}")));
    for change in &revision.changes {
        let text = output::wrap(&line(scenario, change, lang), output::width() - 2, 4);
        let _ = writeln!(out, "  {}", text.replace('\n', "\n  "));
    }
    let fixed = revision.fixed.len();
    let kept = revision
        .published
        .len()
        .saturating_sub(revision.changes.iter().filter(|c| c.kind != ChangeKind::Added).count());
    let _ = match lang {
        Lang::Fr => {
            writeln!(
                out,
                "  {kept} visites restent telles que publiées, dont {fixed} passées, verrouillées ou réservées."
            )
        }
        Lang::En => {
            writeln!(out, "  {kept} visits stay as they were published, {fixed} of them past, locked or booked.")
        }
    };
    out
}

/// `Anzin : mardi 1er décembre 9 h → jeudi 3 décembre 13 h 30`
pub(super) fn line(scenario: &Scenario, change: &Change, lang: Lang) -> String {
    let lookup = Lookup::new(scenario);
    let name = lookup.commune_name(&change.commune);
    let place = if scenario
        .sites
        .iter()
        .filter(|s| s.id != change.site)
        .any(|s| scenario.communes[s.commune.index()].code == change.commune)
    {
        format!("{name} ({})", lookup.site_name(&change.site))
    } else {
        name.to_owned()
    };
    let colon = lang.pick(" : ", ": ");
    let other = match (&change.before, &change.after) {
        (Some(a), Some(b)) if a.vehicle != b.vehicle => format!(" ({})", lookup.vehicle_name(&b.vehicle)),
        (None, Some(one)) | (Some(one), None) => format!(" ({})", lookup.vehicle_name(&one.vehicle)),
        _ => String::new(),
    };
    // Where the visit begins as before and has other hours, those say what is different.
    let longer = |a: &Placing, b: &Placing| a.sessions != b.sessions && moment(a, lang) == moment(b, lang);
    let whole = change.before.as_ref().zip(change.after.as_ref()).is_some_and(|(a, b)| longer(a, b));
    let one = |p: &Placing| if whole { hours(p, lang) } else { moment(p, lang) };
    let [before, after] = [&change.before, &change.after].map(|p| p.as_ref().map_or_else(String::new, one));
    match change.kind {
        ChangeKind::Moved => format!("{place}{colon}{before} → {after}{other}"),
        ChangeKind::Cancelled => format!("{place}{colon}{before}{other} → {}", lang.pick("annulée", "cancelled")),
        ChangeKind::Added => format!("{place}{colon}{} {after}{other}", lang.pick("ajoutée,", "added,")),
    }
}

/// `mardi 1er décembre 9 h`
fn moment(placing: &Placing, lang: Lang) -> String {
    let opens = placing.sessions.first().map(|s| format!(" {}", words::clock_of(lang, s.open)));
    format!("{}{}", words::day(lang, placing.date), opens.unwrap_or_default())
}

/// `mardi 1er décembre 9 h–12 h, 13 h–16 h`
fn hours(placing: &Placing, lang: Lang) -> String {
    let sessions: Vec<String> = placing.sessions.iter().map(|s| words::session(lang, s)).collect();
    format!("{} {}", words::day(lang, placing.date), sessions.join(", "))
}

/// Score against number of changes allowed.
fn curve_table(curve: &[Point], lang: Lang) -> String {
    let mut table = week::plain_table();
    table.set_header(match lang {
        Lang::Fr => ["Changements permis", "faits", "Score", "Borne"],
        Lang::En => ["Changes allowed", "made", "Score", "Bound"],
    });
    let two = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| lang.number(x, 2));
    for point in curve {
        let most = point.max_changes.map_or_else(|| lang.pick("sans limite", "no limit").to_owned(), |n| n.to_string());
        let score = match (point.score, point.impossible) {
            (None, true) => lang.pick("aucun plan", "no plan").to_owned(),
            (None, false) => lang.pick("non trouvé", "none found").to_owned(),
            (score, _) => two(score),
        };
        let changes = point.changes.map_or_else(|| "–".to_owned(), |n| n.to_string());
        let bound = point.upper_bound.map_or_else(|| "–".to_owned(), |x| lang.at_most(x, 2));
        table.add_row(vec![most, changes, score, bound]);
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let title = lang.pick("Ce que valent des changements", "What changes are worth");
    format!("\n{}\n{}\n", output::bold(title), lines.join("\n"))
}
