//! `tournee lock`: visits of a plan that were agreed, as a table of locks.

use super::args::LockArgs;
use super::{Context, ExitStatus, Failure, check as verdicts, names, output};
use crate::config::{Problems, table_texts};
use crate::i18n::Lang;
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
    let mut rows = known(file)?;
    let order = columns(&rows[0], file)?;
    let before = rows.len();
    for lock in locks {
        let same = |row: &Vec<String>| (0..KEY).all(|k| row.get(order[k]).is_some_and(|cell| *cell == lock[k]));
        // The same visit is not locked twice.
        if !rows.iter().any(same) {
            let mut row = vec![String::new(); rows[0].len()];
            order.iter().zip(lock).for_each(|(at, cell)| row[*at] = cell);
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

/// The rows of the table there is, titles first, or those of an empty one.
fn known(file: &Path) -> Result<Vec<Vec<String>>, Failure> {
    if !file.exists() {
        return Ok(vec![TITLES.map(str::to_owned).to_vec()]);
    }
    let rows = table_texts(file, &TITLES).map_err(|problem| Failure::problems(Problems::from(*problem)))?;
    Ok(if rows.is_empty() { vec![TITLES.map(str::to_owned).to_vec()] } else { rows })
}

/// Where the columns of a lock stand; a table without one of them is not touched.
fn columns(titles: &[String], file: &Path) -> Result<[usize; 5], Failure> {
    let at = TITLES.map(|title| titles.iter().position(|t| sheet::title(t) == title));
    let [Some(vehicle), Some(date), Some(site), Some(sessions), Some(note)] = at else {
        let (shown, titles) = (file.display(), TITLES.join(", "));
        return Err(Failure::usage(
            format!("{shown} n'a pas les colonnes {titles} ; rien n'a été écrit"),
            format!("{shown} does not have the columns {titles}; nothing has been written"),
        ));
    };
    Ok([vehicle, date, site, sessions, note])
}

fn lock(visit: &Visit, hours: bool) -> [String; 5] {
    let clock = |at| sheet::time(second_of_day(at).1);
    let sessions: Vec<String> =
        visit.sessions.iter().filter(|_| hours).map(|s| format!("{}-{}", clock(s.open), clock(s.close))).collect();
    [visit.vehicle.clone(), visit.date.to_string(), visit.site.clone(), sessions.join(" "), visit.id.clone()]
}
