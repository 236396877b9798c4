//! `tournee codes`: every code, with its cause and its mend.

use super::{Context, ExitStatus, Failure, FailureCode, Format, output};
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

/// Every code the program can print: the enums of codes hold all of them.
fn lines(lang: Lang) -> Vec<Line> {
    let line = |kind, code, cause: (&'static str, &'static str), mend: (&'static str, &'static str)| Line {
        code,
        kind,
        cause: lang.pick(cause.0, cause.1),
        mend: lang.pick(mend.0, mend.1),
    };
    let problems = config::CODES.iter().map(|c| {
        let kind = match c.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        line(kind, c.code, c.cause, c.mend)
    });
    let rules = check::CODES.iter().map(|c| {
        let mend = (
            "« tournee check » dit ce que le plan enfreint, où, et de combien",
            "\"tournee check\" tells what the plan breaks, where, and by how much",
        );
        line("rule", c.code, (c.fr, c.en), mend)
    });
    let failures = FailureCode::ALL.iter().map(|c| line("failure", c.code, c.cause, c.mend));
    problems.chain(rules).chain(failures).collect()
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
            output::data(&crate::sheet::csv(&rows))?;
        }
        Format::Human => output::text(&human(&lines, lang))?,
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
        ("failure", lang.pick("Dernière ligne d'une commande qui échoue", "The last line of a command that fails")),
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
