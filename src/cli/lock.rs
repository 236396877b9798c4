//! `tournee lock`: visits of a plan that were agreed, as a table of locks.

use super::args::LockArgs;
use super::{Context, ExitStatus, Failure, check as verdicts, names, output};
use crate::config::{Problems, table_texts};
use crate::i18n::{Lang, read_date, slug};
use crate::plan::{Visit, second_of_day};
use crate::sheet;
use crate::write::{OutputFile, Turn, write_files};
use std::path::Path;

const TITLES: [&str; 5] = ["vehicle", "date", "site", "sessions", "note"];
/// Columns that say which visit is locked.
const KEY: usize = 3;

pub(super) fn run(context: Context, args: &LockArgs) -> Result<ExitStatus, Failure> {
    let plan = verdicts::read(&args.plan)?;
    let mut locks: Vec<[String; 5]> = Vec::new();
    for name in &args.visit {
        locks.push(lock(names::visit(&plan, name)?, !args.day_only));
    }
    let Some(file) = &args.out else {
        let titles = TITLES.map(str::to_owned);
        output::data(&sheet::csv(std::iter::once(titles).chain(locks)))?;
        return Ok(ExitStatus::Done);
    };
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let _turn = Turn::at(folder);
    let (mut rows, titles) = known(file)?;
    // Hours that are locked need a place.
    let needed = if locks.iter().any(|lock| !lock[KEY].is_empty()) { KEY + 1 } else { KEY };
    let order = columns(&rows[titles], needed, file)?;
    let before = rows.len();
    for lock in locks {
        let alike =
            |cell: &str, own: &str| slug(cell) == slug(own) || read_date(cell).is_some_and(|d| d.to_string() == own);
        let cell = |row: &Vec<String>, k: usize| order[k].and_then(|at| row.get(at).cloned()).unwrap_or_default();
        // The same visit is not locked twice.
        if !rows[titles + 1..].iter().any(|row| (0..KEY).all(|k| alike(&cell(row, k), &lock[k]))) {
            let mut row = vec![String::new(); rows[titles].len()];
            for (at, cell) in order.iter().zip(lock) {
                if let Some(at) = at {
                    row[*at] = cell;
                }
            }
            rows.push(row);
        }
    }
    let added = rows.len() - before;
    write_files(folder, &[OutputFile { path: name, bytes: sheet::csv(&rows) }])?;
    let shown = file.display();
    let text = match (context.lang, added) {
        (Lang::Fr, 0) => format!("{shown} contient déjà ces visites : rien n'a été ajouté"),
        (Lang::Fr, 1) => format!("1 visite verrouillée dans {shown}"),
        (Lang::Fr, _) => format!("{added} visites verrouillées dans {shown}"),
        (Lang::En, 0) => format!("{shown} holds these visits already: nothing has been added"),
        (Lang::En, 1) => format!("1 visit locked in {shown}"),
        (Lang::En, _) => format!("{added} visits locked in {shown}"),
    };
    output::talk(&text);
    Ok(ExitStatus::Done)
}

/// The rows of the table there is, or those of an empty one, and which of them has the titles.
fn known(file: &Path) -> Result<(Vec<Vec<String>>, usize), Failure> {
    let empty = || (vec![TITLES.map(str::to_owned).to_vec()], 0);
    if !file.exists() {
        return Ok(empty());
    }
    let known = table_texts(file, &TITLES).map_err(|problem| Failure::problems(Problems::from(*problem)))?;
    Ok(if known.0.is_empty() { empty() } else { known })
}

/// Where the columns of a lock stand; a table without one of those that are needed is not touched.
fn columns(titles: &[String], needed: usize, file: &Path) -> Result<[Option<usize>; 5], Failure> {
    let at = TITLES.map(|title| titles.iter().position(|t| sheet::title(t) == title));
    if at[..needed].iter().all(Option::is_some) {
        return Ok(at);
    }
    let (shown, titles) = (file.display(), TITLES[..needed].join(", "));
    Err(Failure::usage(
        format!("{shown} n'a pas les colonnes {titles} ; rien n'a été écrit"),
        format!("{shown} does not have the columns {titles}; nothing has been written"),
    ))
}

fn lock(visit: &Visit, hours: bool) -> [String; 5] {
    let clock = |at| sheet::time(second_of_day(at).1);
    let sessions: Vec<String> =
        visit.sessions.iter().filter(|_| hours).map(|s| format!("{}-{}", clock(s.open), clock(s.close))).collect();
    [visit.vehicle.clone(), visit.date.to_string(), visit.site.clone(), sessions.join(" "), visit.id.clone()]
}
