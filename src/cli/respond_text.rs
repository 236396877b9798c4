//! Answers to requests on the terminal.

use super::respond::Done;
use super::{figures, output, replan_text, week, words};
use crate::domain::Scenario;
use crate::i18n::{Lang, Text};
use crate::publish::lookup::Lookup;
use crate::publish::tables;
use crate::respond::{Answer, AppointmentAt, MissingWhy};
use comfy_table::{CellAlignment, ContentArrangement};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Answers and unanswered requests named.
const NAMED: usize = 12;

pub(super) fn human(
    scenario: &Scenario,
    done: &Done,
    wrong: usize,
    written: Option<&str>,
    detour: bool,
    lang: Lang,
) -> String {
    let heading = week::heading(scenario, lang);
    let mut out = format!("{}\n", heading.lines().next().unwrap_or_default());
    let said = |label: &Text| output::wrap(&format!("! {}", label.get(lang)), output::width(), 2) + "\n";
    out.extend(done.answers.labels.iter().map(said));
    let (answered, left) = (done.answers.answered, done.answers.unanswered);
    let kept = done.answers.answers.iter().filter(|a| a.kept).count();
    let gone = done.answers.answers.iter().filter(|a| a.gone).count();
    let requests = lang.count(answered as usize, ["demande", "demandes"], ["request", "requests"]);
    let mut title = match lang {
        Lang::Fr => format!("{requests} avec rendez-vous, {left} sans"),
        Lang::En => format!("{requests} with an appointment, {left} without"),
    };
    if wrong > 0 {
        let lines = lang.count(wrong, ["ligne", "lignes"], ["line", "lines"]);
        title += &match lang {
            Lang::Fr => format!(" ; {lines} à corriger (ci-dessus)"),
            Lang::En => format!("; {lines} to mend (above)"),
        };
    }
    let _ = writeln!(out, "\n{}", output::bold(&title));
    if kept + gone > 0 {
        let text = match lang {
            Lang::Fr => {
                format!("{kept} rendez-vous déjà donnés restent ; {gone} ne conviennent plus ou ont perdu leur visite")
            }
            Lang::En => format!("{kept} appointments given before stay; {gone} no longer fit or have lost their visit"),
        };
        out += &figures::entry(lang.pick("Déjà donnés", "Given before"), &text);
    }
    let waits: Vec<f64> =
        done.answers.answers.iter().filter_map(|a| a.appointment.as_ref()).map(|a| a.wait_hours).collect();
    if !waits.is_empty() {
        #[allow(clippy::cast_precision_loss)]
        let mean = waits.iter().sum::<f64>() / waits.len() as f64;
        let most = waits.iter().copied().fold(0.0, f64::max);
        let (mean, most) = (lang.number(mean, 1), lang.number(most, 1));
        let text = match lang {
            Lang::Fr => format!("en moyenne {mean} h, au plus {most} h"),
            Lang::En => format!("{mean} h on average, {most} h at most"),
        };
        out += &figures::entry(lang.pick("Attente", "Wait"), &text);
    }
    out += &lacking(done, lang);
    out += &table(scenario, done, lang);
    if detour {
        out += &match (&done.plan.revision, done.changed) {
            (Some(revision), true) => replan_text::difference(scenario, revision, lang),
            _ => {
                let none = "Aucun détour trouvé qui en serve davantage : le plan reste le même.";
                let text = lang.pick(none, "No detour was found that answers more: the plan stays as it is.");
                format!("\n{}\n", output::wrap(text, output::width(), 0))
            }
        };
    }
    let text = written.unwrap_or(lang.pick(
        "Rien n'a été écrit : --out DOSSIER écrit answers.csv et answers.json, à redonner avec --answers.",
        "Nothing has been written: --out FOLDER writes answers.csv and answers.json, to be given back with --answers.",
    ));
    let _ = writeln!(out, "\n{}", output::wrap(text, output::width(), 0));
    out
}

/// How many lack what.
fn lacking(done: &Done, lang: Lang) -> String {
    let mut counts: BTreeMap<MissingWhy, usize> = BTreeMap::new();
    for missing in done.answers.answers.iter().filter_map(|a| a.missing.as_ref()) {
        *counts.entry(missing.why).or_default() += 1;
    }
    if counts.is_empty() {
        return String::new();
    }
    let list: Vec<String> = counts.into_iter().map(|(why, n)| format!("{} {n}", tables::why(why, lang))).collect();
    figures::entry(lang.pick("Il manque", "Lacking"), &list.join(lang.pick(" ; ", "; ")))
}

/// The first answers, then the first of those without.
fn table(scenario: &Scenario, done: &Done, lang: Lang) -> String {
    let lookup = Lookup::new(scenario);
    let mut table = week::plain_table();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(output::width()).unwrap_or(u16::MAX));
    table.set_header(match lang {
        Lang::Fr => ["Demande", "De", "Rendez-vous", "Où", "Route"],
        Lang::En => ["Request", "From", "Appointment", "Where", "Drive"],
    });
    let with: Vec<&Answer> = done.answers.answers.iter().filter(|a| a.appointment.is_some()).collect();
    let without: Vec<&Answer> = done.answers.answers.iter().filter(|a| a.missing.is_some()).collect();
    let minutes = |x: f64| format!("{}\u{a0}min", lang.number(x, 0));
    for answer in with.iter().take(NAMED) {
        let Some(appointment) = &answer.appointment else { continue };
        let place = match &appointment.at {
            AppointmentAt::Visit(_) => {
                let vehicle = appointment.vehicle.as_deref().map_or("", |v| lookup.vehicle_name(v));
                format!("{vehicle}, {}", lookup.commune_name(&appointment.commune))
            }
            AppointmentAt::Point(_) => appointment.name.clone(),
        };
        let from = lookup.commune_name(&answer.commune).to_owned();
        table.add_row(vec![
            answer.request.clone(),
            from,
            words::instant(lang, appointment.start),
            place,
            minutes(appointment.minutes),
        ]);
    }
    for answer in without.iter().take(NAMED) {
        let Some(missing) = &answer.missing else { continue };
        let late = missing.hours_too_late.map(|h| format!("+{}\u{a0}h", lang.number(h, 1)));
        let far = missing.minutes_too_far.map(|m| format!("+{}\u{a0}min", lang.number(m.ceil(), 0)));
        let lacks: Vec<String> = late.into_iter().chain(far).collect();
        let why = format!("– {}", tables::why(missing.why, lang));
        let why = if lacks.is_empty() { why } else { format!("{why} ({})", lacks.join(", ")) };
        let from = lookup.commune_name(&answer.commune).to_owned();
        let drive = missing.minutes.map_or_else(String::new, minutes);
        table.add_row(vec![answer.request.clone(), from, why, missing.name.clone().unwrap_or_default(), drive]);
    }
    if let Some(column) = table.column_mut(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    let more = with.len().saturating_sub(NAMED) + without.len().saturating_sub(NAMED);
    let rest = match (more, lang) {
        (0, _) => String::new(),
        (_, Lang::Fr) => format!("… et {more} autres (answers.csv).\n"),
        (_, Lang::En) => format!("… and {more} more (answers.csv).\n"),
    };
    format!("\n{}\n{rest}", lines.join("\n"))
}
