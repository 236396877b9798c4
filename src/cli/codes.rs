//! `tournee codes`: every code, with its cause and its mend.

use super::{Context, ExitStatus, Failure, Format, output};
use crate::config::{self, Severity};
use crate::{check, i18n::Lang};
use serde_json::json;
use std::fmt::Write as _;

/// A line of the manual.
struct Line {
    code: &'static str,
    kind: &'static str,
    cause: &'static str,
    mend: &'static str,
}

fn lines(lang: Lang) -> Vec<Line> {
    let problems = config::CODES.iter().map(|c| Line {
        code: c.code,
        kind: match c.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        cause: lang.pick(c.cause.0, c.cause.1),
        mend: lang.pick(c.mend.0, c.mend.1),
    });
    let rules = check::CODES.iter().map(|c| Line {
        code: c.code,
        kind: "rule",
        cause: lang.pick(c.fr, c.en),
        mend: lang.pick(
            "« tournee check » dit ce que le plan enfreint, où, et de combien",
            "\"tournee check\" tells what the plan breaks, where, and by how much",
        ),
    });
    problems.chain(rules).collect()
}

pub(super) fn run(context: Context) -> Result<ExitStatus, Failure> {
    let lang = context.lang;
    let lines = lines(lang);
    match context.format {
        Format::Json => output::json(
            &lines
                .iter()
                .map(|l| json!({ "code": l.code, "kind": l.kind, "cause": l.cause, "mend": l.mend }))
                .collect::<Vec<_>>(),
        )?,
        Format::Csv => {
            let mut rows = vec![["code", "kind", "cause", "mend"].map(str::to_owned).to_vec()];
            rows.extend(lines.iter().map(|l| [l.code, l.kind, l.cause, l.mend].map(str::to_owned).to_vec()));
            output::data(&output::csv(&rows))?;
        }
        Format::Human => output::data(human(&lines, lang).as_bytes())?,
    }
    Ok(ExitStatus::Done)
}

fn human(lines: &[Line], lang: Lang) -> String {
    let width = output::width();
    let mut out = String::new();
    for (kind, title) in [
        ("error", lang.pick("Problèmes à corriger", "Problems to be mended")),
        ("warning", lang.pick("Avertissements", "Warnings")),
        ("rule", lang.pick("Règles d'un plan (tournee check)", "Rules of a plan (tournee check)")),
    ] {
        let _ = writeln!(out, "{}{}", if out.is_empty() { "" } else { "\n" }, output::bold(title));
        for line in lines.iter().filter(|l| l.kind == kind) {
            let _ = writeln!(out, "{}", output::wrap(&format!("{} : {}", line.code, line.cause), width, 4));
            if kind != "rule" {
                let _ = writeln!(out, "{}", output::wrap(&format!("  →\u{a0}{}", line.mend), width, 4));
            }
        }
    }
    out
}
