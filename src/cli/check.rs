//! `tournee check`: a plan against its scenario, rule by rule.

use super::args::{CheckArgs, InputArgs};
use super::failure::{error_json, violation_json};
use super::{Context, ExitStatus, Failure, FailureCode, Format, ground, output, visits, week};
use crate::check::{self, Report, Rule, Violation};
use crate::config::{self, Code, LoadOptions, Problem, Source};
use crate::domain::Scenario;
use crate::i18n::{Lang, Text};
use crate::plan::{Coverage, Plan, SCHEMA_VERSION, second_of_day};
use chrono::{Datelike as _, Weekday};
use comfy_table::{CellAlignment, ContentArrangement};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

pub(super) fn run(context: Context, args: &CheckArgs) -> Result<ExitStatus, Failure> {
    if let Some(csv) = &args.visits {
        return visits::run(context, args, csv);
    }
    let Some(path) = &args.plan else {
        return Err(Failure::usage("il manque le plan à vérifier", "the plan to check is missing"));
    };
    let plan = read(path)?;
    let options = options(&plan, &args.input);
    let ground::Ground { loaded, table, pool } =
        ground::ready_for(context, &args.scenario, &plan, &options, &args.input.source)?;
    let report = pool.install(|| check::check(&loaded.scenario, &table, &plan));
    match context.format {
        Format::Json => output::json(&document(&loaded.scenario, &plan, &report, context.lang))?,
        Format::Csv => output::data(&csv(&report, context.lang))?,
        Format::Human => {
            let lang = context.lang;
            let mut out = week::heading(&loaded.scenario, lang);
            out += &compared(&loaded.scenario, &plan, &report, lang);
            out += &notes(&report.notes, &plan, lang);
            out += &verdict(&report.violations, lang);
            out += &unchecked(&report, lang);
            output::text(&out)?;
        }
    }
    Ok(status(&report.violations))
}

pub(super) fn status(violations: &[Violation]) -> ExitStatus {
    if violations.is_empty() { ExitStatus::Done } else { ExitStatus::CheckFailed }
}

/// What the configuration wants to know. The plan says its weeks; one that says nonsense is judged
/// against the scenario's.
pub(super) fn options(plan: &Plan, input: &InputArgs) -> LoadOptions {
    let mut options = input.options();
    // The plan says its weeks; one that says nonsense is judged against the scenario's.
    let said = &plan.horizon;
    if said.start.weekday() == Weekday::Mon && (1..=config::MOST_WEEKS).contains(&said.weeks) {
        options.weeks = options.weeks.or(Some(said.weeks));
        if options.next_from.is_none() {
            options.start = options.start.or(Some(said.start));
        }
    }
    let now = plan.revision.as_ref().and_then(|r| r.now);
    options.now = options.now.or(now.map(|now| second_of_day(now).0));
    options
}

/// Reads a plan, or says where it cannot be read.
pub(super) fn read(path: &Path) -> Result<Plan, Failure> {
    let bytes = config::read_bytes(path).map_err(|problem| Failure::problems((*problem).into()))?;
    if let Some(problem) = config::wrong_kind(path, &bytes, config::FileKind::Json) {
        return Err(Failure::problems((*problem).into()));
    }
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    serde_json::from_slice(text).map_err(|error| Failure::problems(not_a_plan(path, text, &error).into()))
}

/// What the reader of JSON says, at its line and column.
fn not_a_plan(path: &Path, text: &[u8], error: &serde_json::Error) -> Problem {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or(&said);
    let problem =
        Problem::new(Code::PlanFormat, format!("ce n'est pas un plan : {said}"), format!("this is not a plan: {said}"));
    let name = path.display().to_string();
    let Ok(text) = std::str::from_utf8(text) else { return problem.in_file(name) };
    let line_start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let mut at = (line_start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    problem.at(&Source::new(name, text), at..at + text[at..].chars().next().map_or(0, char::len_utf8))
}

/// The whole finding in JSON; `error` is there when a rule is broken.
fn document(scenario: &Scenario, plan: &Plan, report: &Report, lang: Lang) -> Value {
    let figures = &report.figures;
    let mut out = json!({
        "ok": report.is_good(),
        "labels": scenario.labels,
        "violations": report.violations.iter().map(|v| violation_json(v, lang)).collect::<Vec<_>>(),
        "not_checked": report.unchecked,
        "notes": report.notes.iter().map(|v| violation_json(v, lang)).collect::<Vec<_>>(),
        "stated": {
            "score": plan.score, "upper_bound": plan.upper_bound, "gap": plan.gap,
            "score_parts": plan.score_parts, "coverage": plan.coverage,
        },
        "computed": {
            "score": figures.score, "gap": figures.gap, "score_parts": figures.score_parts,
            "coverage": figures.coverage, "driving_seconds": figures.driving_seconds,
            "driving_metres": figures.driving_metres,
        },
    });
    add_error(&mut out, &report.violations, lang);
    out
}

/// Adds the error object where a rule is broken.
pub(super) fn add_error(out: &mut Value, violations: &[Violation], lang: Lang) {
    if !violations.is_empty() {
        let list = violations.iter().map(|v| violation_json(v, lang)).collect();
        out["error"] = error_json(FailureCode::Check, summary(violations).get(lang), &list);
    }
}

pub(super) fn csv(report: &Report, lang: Lang) -> Vec<u8> {
    let mut rows = vec![["code", "where", "message"].map(str::to_owned).to_vec()];
    rows.extend(
        report.violations.iter().map(|v| vec![v.code.to_owned(), v.where_.clone(), v.message.get(lang).to_owned()]),
    );
    crate::sheet::csv(&rows)
}

pub(super) fn summary(violations: &[Violation]) -> Text {
    let rules = violations.iter().map(|v| v.rule).collect::<std::collections::BTreeSet<_>>().len();
    // Answers to requests are judged where they are given.
    let all = check::CODES.iter().filter(|line| !line.code.starts_with("B-")).count();
    let n: usize = violations.iter().map(|v| v.times).sum();
    match (n, rules) {
        (0, _) => Text::new(
            format!("Plan conforme : les {all} règles sont respectées."),
            format!("The plan is good: all {all} rules are kept."),
        ),
        (1, _) => Text::new("1 faute.", "1 fault."),
        _ => Text::new(
            format!("{n} fautes, {rules} {}.", if rules == 1 { "règle enfreinte" } else { "règles enfreintes" }),
            format!("{n} faults, {rules} {}.", if rules == 1 { "rule broken" } else { "rules broken" }),
        ),
    }
}

/// What the checker takes on the planner's word.
fn unchecked(report: &Report, lang: Lang) -> String {
    let mut out = format!("\n{}\n", lang.pick("Non vérifié :", "Not checked:"));
    for text in &report.unchecked {
        let _ = writeln!(out, "{}", output::wrap(&format!("· {}", text.get(lang)), output::width(), 2));
    }
    out
}

/// What of published visits goes against today's tables, and of a plan of an earlier version against rules that are newer:
/// facts, and no faults.
pub(super) fn notes(notes: &[Violation], plan: &Plan, lang: Lang) -> String {
    let earlier = plan.schema_version < SCHEMA_VERSION;
    let newer = |note: &&Violation| earlier && matches!(note.rule, Rule::Host | Rule::Few | Rule::Published);
    let (of_rules, of_data): (Vec<&Violation>, Vec<&Violation>) = notes.iter().partition(newer);
    let data = lang.pick(
        "Publié, et gardé, bien que les données d'aujourd'hui disent autre chose :",
        "Published, and kept, though today's data says otherwise:",
    );
    let rules = lang.pick(
        "Règles que ce plan, d'une version antérieure, ne connaissait pas :",
        "Rules that this plan, of an earlier version, did not know:",
    );
    let mut out = String::new();
    for (title, list) in [(data, of_data), (rules, of_rules)].into_iter().filter(|(_, list)| !list.is_empty()) {
        let _ = writeln!(out, "\n{title}");
        for note in list {
            let text = format!("· {} · {} · {}", note.code, note.where_, note.message.get(lang));
            let _ = writeln!(out, "{}", output::wrap(&text, output::width(), 4));
        }
    }
    out
}

/// Every broken rule, and the count.
pub(super) fn verdict(violations: &[Violation], lang: Lang) -> String {
    let width = output::width();
    let mut out = String::from("\n");
    for v in violations {
        let text = format!("✗ {} · {} · {}", v.code, v.where_, v.message.get(lang));
        let _ = writeln!(out, "{}", output::wrap(&text, width, 4));
    }
    if violations.iter().any(|v| v.rule == Rule::Hash) {
        let text = lang.pick(
            "Pour comparer ce qui est comparable, donnez les mêmes --past, --no-past, --locks et --forbid que lorsque le plan a été fait ; si les données ont changé depuis, refaites-le.",
            "To compare like with like, give the same --past, --no-past, --locks and --forbid as when the plan was made; if the data has changed since, make it anew.",
        );
        let _ = writeln!(out, "\n{}", output::wrap(text, width, 0));
    }
    let mark = if violations.is_empty() { "✓" } else { "✗" };
    let _ = writeln!(out, "{}", output::bold(&format!("{mark} {}", summary(violations).get(lang))));
    out
}

/// Stated and recomputed figures, side by side.
fn compared(scenario: &Scenario, plan: &Plan, report: &Report, lang: Lang) -> String {
    let mut table = week::plain_table();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(output::width()).unwrap_or(u16::MAX));
    table.set_header([
        lang.pick("Chiffre", "Figure"),
        lang.pick("Annoncé", "Stated"),
        lang.pick("Recalculé", "Computed"),
        "",
    ]);
    let mut row = |name: &str, stated: Option<f64>, computed: f64, decimals: usize| {
        let same = stated.is_some_and(|s| (s - computed).abs() <= 1e-6 * computed.abs().max(1.0));
        let shown = stated.map_or("–".into(), |s| lang.number(s, decimals));
        let mark = if same { "=" } else { "≠" };
        table.add_row([name, &shown, &lang.number(computed, decimals), mark]);
    };
    for line in &report.figures.coverage {
        let stated = plan.coverage.iter().find(|c| c.service == line.service);
        let id = scenario.service(&line.service).map(|s| scenario.services[s.index()].name.get(lang));
        let id = week::capital(id.unwrap_or(&line.service));
        let mut figure = |fr: &'static str, en: &'static str, of: &dyn Fn(&Coverage) -> f64, decimals| {
            row(&format!("{id}, {}", lang.pick(fr, en)), stated.map(of), of(line), decimals);
        };
        figure("venues attendues", "expected", &|c| c.expected, 1);
        if scenario.knows_additional(&line.service) {
            figure("dont en plus", "of whom additional", &|c| c.expected_additional, 1);
        }
        figure("rendez-vous", "appointments", &|c| c.appointments.into(), 0);
        figure("invitations", "invitations", &|c| c.invited.into(), 0);
        figure("à dépister ou à servir, à portée", "due within reach", &|c| c.due_in_reach.into(), 0);
        figure("à dépister ou à servir, périmètre", "due in scope", &|c| c.due_in_scope.into(), 0);
    }
    let parts = (&plan.score_parts, &report.figures.score_parts);
    row(lang.pick("Heures de route", "Hours of driving"), Some(parts.0.driving_hours), parts.1.driving_hours, 2);
    row("Score", Some(plan.score), report.figures.score, 4);
    if report.figures.gap.is_finite() {
        row(lang.pick("Écart, en %", "Gap, in %"), Some(plan.gap * 100.0), report.figures.gap * 100.0, 3);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("\n{}\n", lines.join("\n"))
}
