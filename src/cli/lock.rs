//! `tournee lock`: visits of a plan that were agreed, as a table of locks.

use super::args::LockArgs;
use super::{Context, ExitStatus, Failure, check as verdicts, output};
use crate::i18n::Lang;
use crate::plan::{Visit, second_of_day};
use crate::write::{OutputFile, write_files};
use std::path::Path;

const HEADER: &str = "vehicle;date;site;sessions;note";

pub(super) fn run(context: Context, args: &LockArgs) -> Result<ExitStatus, Failure> {
    let plan = verdicts::read(&args.plan)?;
    let mut rows = Vec::new();
    for id in &args.visit {
        let Some(visit) = plan.visits.iter().find(|v| v.id == *id) else {
            let near = crate::config::nearest(id, plan.visits.iter().map(|v| v.id.as_str()));
            let hint = |words: &str| near.map_or_else(String::new, |near| format!(" ({words} {near} ?)"));
            return Err(Failure::usage(
                format!("aucune visite « {id} » dans ce plan{}", hint("vouliez-vous dire")),
                format!("there is no visit \"{id}\" in this plan{}", hint("did you mean")),
            ));
        };
        rows.push(row(visit, !args.day_only));
    }
    let Some(file) = &args.out else {
        output::data(format!("{HEADER}\r\n{}\r\n", rows.join("\r\n")).as_bytes())?;
        return Ok(ExitStatus::Done);
    };
    let mut text = known(file)?;
    let before = text.lines().count();
    for row in rows {
        // The same visit is not locked twice.
        let key = |line: &str| line.split(';').take(3).collect::<Vec<_>>().join(";");
        if !text.lines().any(|line| key(line) == key(&row)) {
            text += &format!("{row}\r\n");
        }
    }
    let added = text.lines().count() - before;
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    write_files(folder, &[OutputFile { path: name, bytes: text.into_bytes() }])?;
    let shown = file.display();
    output::talk(&match context.lang {
        Lang::Fr => format!("{added} visite(s) verrouillée(s) dans {shown}"),
        Lang::En => format!("{added} visit(s) locked in {shown}"),
    });
    Ok(ExitStatus::Done)
}

/// The table there is, or an empty one; one with other columns is not touched.
fn known(file: &Path) -> Result<String, Failure> {
    if !file.exists() {
        return Ok(format!("{HEADER}\r\n"));
    }
    let bytes = crate::config::read_bytes(file).map_err(|problem| Failure::problems((*problem).into()))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let header = text.lines().next().unwrap_or_default().trim_start_matches('\u{feff}').trim_end();
    if header != HEADER {
        let shown = file.display();
        return Err(Failure::usage(
            format!("{shown} n'a pas les colonnes {HEADER} ; rien n'a été écrit"),
            format!("{shown} does not have the columns {HEADER}; nothing has been written"),
        ));
    }
    Ok(if text.ends_with('\n') { text } else { text + "\r\n" })
}

fn row(visit: &Visit, hours: bool) -> String {
    let clock = |at| {
        let seconds = second_of_day(at).1.0;
        format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
    };
    let sessions: Vec<String> =
        visit.sessions.iter().filter(|_| hours).map(|s| format!("{}-{}", clock(s.open), clock(s.close))).collect();
    format!("{};{};{};{};{}", visit.vehicle, visit.date, visit.site, sessions.join(" "), visit.id)
}
