//! The files of a plan.

use super::{Context, Failure, output};
use crate::config;
use crate::domain::Scenario;
use crate::i18n::{Lang, Text};
use crate::plan::{Plan, Visit, second_of_day};
use crate::publish::ical::{Edition, feeds};
use crate::publish::{tables, tracks};
use crate::report::ServiceRounds;
use crate::write::{OutputFile, Turn, WriteError, write_files};
use chrono::{DateTime, Days, NaiveTime, Utc};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Complains early about a folder that cannot be written: before the work, not after it.
pub(super) fn prepare(folder: &Path) -> Result<(), Failure> {
    let exists = folder.ancestors().find(|p| !p.as_os_str().is_empty() && p.exists());
    let place = exists.unwrap_or(Path::new("."));
    let refused = |source| WriteError::Folder { path: folder.to_owned(), source };
    if !place.is_dir() {
        return Err(refused(std::io::Error::from(std::io::ErrorKind::NotADirectory)).into());
    }
    tempfile::Builder::new().prefix(".tournee-").tempfile_in(place).map(drop).map_err(|source| refused(source).into())
}

/// Tables and documents of a plan, whose names an input may have, too.
pub(super) const OF_PLAN: &[&str] = &[
    "plan.json",
    "draft.json",
    "visits.csv",
    "invitations.csv",
    "territories.csv",
    "communes.csv",
    "tracks.geojson",
    "changes.csv",
    "changes.json",
];
/// Those of answers to requests.
pub(super) const OF_ANSWERS: &[&str] = &["answers.csv", "answers.json"];

/// Complains, before the work, about a folder in which a file that is read would be written over by one of these names.
pub(super) fn apart(folder: Option<&Path>, names: &[&str], read: &[PathBuf]) -> Result<(), Failure> {
    let Some(folder) = folder else { return Ok(()) };
    names.iter().try_for_each(|name| not_read(&folder.join(name), read))
}

/// Complains about a file to be written that is one of those that are read.
pub(super) fn not_read(file: &Path, read: &[PathBuf]) -> Result<(), Failure> {
    let Ok(real) = file.canonicalize() else { return Ok(()) };
    if !read.iter().any(|input| input.canonicalize().is_ok_and(|input| input == real)) {
        return Ok(());
    }
    let shown = file.display();
    Err(Failure::usage(
        format!("« {shown} » serait remplacé, alors que cette commande le lit : écrire ailleurs ; rien n'a été fait"),
        format!("\"{shown}\" would be replaced, though this command reads it: write elsewhere; nothing has been done"),
    ))
}

/// Writes plan, tables and calendars into a folder, all or nothing; says what was written.
pub(super) fn write(
    context: Context,
    scenario: &Scenario,
    made: (&Plan, &[ServiceRounds]),
    folder: &Path,
) -> Result<String, Failure> {
    write_with(context, scenario, made, Vec::new(), folder)
}

/// The same with more tables.
pub(super) fn write_with(
    context: Context,
    scenario: &Scenario,
    (plan, rounds): (&Plan, &[ServiceRounds]),
    more: Vec<(&str, Vec<u8>)>,
    folder: &Path,
) -> Result<String, Failure> {
    let lang = context.lang;
    let file = |path: &str, bytes: Vec<u8>| OutputFile { path: path.into(), bytes };
    let mut files = vec![
        file("plan.json", output::json_bytes(plan)?),
        file("visits.csv", tables::visits(scenario, plan, lang)),
        file("invitations.csv", tables::invitations(scenario, plan, lang)),
        file("territories.csv", tables::territories(scenario, rounds, lang)),
        file("communes.csv", tables::communes(scenario, plan, rounds, lang)),
    ];
    files.extend(more.into_iter().map(|(name, bytes)| file(name, bytes)));
    let lines = tracks(scenario, plan, lang);
    let with_lines = !lines.is_empty();
    let names: Vec<String> = files.iter().map(|f| f.path.clone()).collect();
    let names = names.join(", ") + if with_lines { ", tracks.geojson, tracks/*.gpx" } else { "" };
    let calendars = feeds(scenario, plan, Edition::new(first_revision(scenario, plan), lang));
    let count = calendars.len();
    files.extend(calendars.into_iter().map(|feed| OutputFile { path: feed.path, bytes: feed.text.into_bytes() }));
    files.extend(lines);
    // The plan takes its place last: until then the one before is there, to be made anew again.
    files.rotate_left(1);
    let before = config::read_bytes(&folder.join("plan.json")).ok();
    let before: Option<Plan> = before.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let turn = Turn::at(folder);
    write_files(folder, &files)?;
    drop(turn);
    // What was a draft is one no more; somebody else's file of that name stays.
    let draft = config::read_bytes(&folder.join(DRAFT)).ok();
    if draft.is_some_and(|bytes| serde_json::from_slice::<Plan>(&bytes).is_ok()) {
        let _ = std::fs::remove_file(folder.join(DRAFT));
    }
    tell_stale(folder, &files, lang);
    tell_lost(scenario, plan, before.as_ref(), folder, lang);
    let shown = folder.display();
    let text = match lang {
        Lang::Fr => format!("Écrit dans {shown} : {names} et {count} calendriers (calendars/)."),
        Lang::En => format!("Written to {shown}: {names} and {count} calendars (calendars/)."),
    };
    Ok(format!("{text}\n{}", to_open(folder, lang)))
}

/// Names the one file to begin with.
fn to_open(folder: &Path, lang: Lang) -> String {
    let visits = folder.join("visits.csv");
    match lang {
        Lang::Fr => format!("À ouvrir : {}, avec LibreOffice ou Excel.", visits.display()),
        Lang::En => format!("To open: {}, with LibreOffice or Excel.", visits.display()),
    }
}

/// What others act on: written for a plan that keeps the rules only.
const PUBLISHED: [&str; 4] = ["invitations.csv", "territories.csv", "communes.csv", "calendars"];

/// A plan that breaks rules: no command takes it for what was published.
const DRAFT: &str = "draft.json";

/// Writes plan and visits of a plan that breaks rules, to go on working with, and nothing that somebody
/// else could act on; says what was written and what was not. A plan that is there stays.
pub(super) fn write_draft(
    context: Context,
    scenario: &Scenario,
    plan: &Plan,
    folder: &Path,
) -> Result<String, Failure> {
    let lang = context.lang;
    let earlier = PUBLISHED.iter().any(|name| folder.join(name).exists());
    write_files(
        folder,
        &[
            OutputFile { path: DRAFT.into(), bytes: output::json_bytes(plan)? },
            OutputFile { path: "visits.csv".into(), bytes: tables::visits(scenario, plan, lang) },
        ],
    )?;
    let shown = folder.display();
    let mut text = match lang {
        Lang::Fr => format!(
            "Écrit dans {shown} : draft.json et visits.csv seulement. Ce plan enfreint des règles : ni plan.json, ni calendriers, ni invitations.csv, territories.csv ou communes.csv avant qu'il soit conforme."
        ),
        Lang::En => format!(
            "Written to {shown}: draft.json and visits.csv only. This plan breaks rules: no plan.json, calendars, invitations.csv, territories.csv or communes.csv until it keeps them."
        ),
    };
    if earlier {
        text += lang.pick(
            " Ceux qui sont dans ce dossier viennent d'un autre plan.",
            " Those in this folder come from another plan.",
        );
    }
    Ok(format!("{text}\n{}", to_open(folder, lang)))
}

/// When the plan was first made, as calendars state it: the date of planning or, where it is
/// not given, the day the first invitations are sent. Never the clock: the same input gives the
/// same files. What a plan made anew has changed has the time of that revision.
fn first_revision(scenario: &Scenario, plan: &Plan) -> DateTime<Utc> {
    let ahead = Days::new(u64::from(scenario.time.send_ahead_days));
    let first = plan.revision.as_ref().map_or(plan.planned_on, |revision| revision.first_planned_on);
    let day = first.unwrap_or(scenario.horizon.start - ahead);
    day.and_time(NaiveTime::MIN).and_utc()
}

/// Visits named that calendars lose, at most.
const LOST_NAMED: usize = 5;

/// Says which visits that are still to come the calendars of a folder have lost: those of another plan that was there, which are
/// neither in this one nor cancelled by it.
fn tell_lost(scenario: &Scenario, plan: &Plan, before: Option<&Plan>, folder: &Path, lang: Lang) {
    let Some(before) = before else { return };
    let now = plan.revision.as_ref().and_then(|r| r.now).map(|now| second_of_day(now).0).or(plan.planned_on);
    let cancelled = plan.revision.iter().flat_map(|r| &r.cancelled).map(|c| &c.visit);
    let known: BTreeSet<&str> = plan.visits.iter().chain(cancelled).map(|visit| visit.id.as_str()).collect();
    let to_come = |visit: &&Visit| now.is_none_or(|now| visit.date >= now) && !known.contains(visit.id.as_str());
    let lost: Vec<&Visit> = before.visits.iter().filter(to_come).collect();
    if lost.is_empty() {
        return;
    }
    let name = |visit: &&Visit| {
        let commune = scenario.communes.iter().find(|c| c.code == visit.commune).map_or(&visit.site, |c| &c.name);
        format!("{commune} ({})", visit.date.format("%d/%m"))
    };
    let mut names: Vec<String> = lost.iter().take(LOST_NAMED).map(name).collect();
    if lost.len() > LOST_NAMED {
        names.push("…".into());
    }
    let (names, n, shown) = (names.join(", "), lost.len(), folder.display());
    // From the first week of the plan that was there to the last one of this plan.
    let end = plan.horizon.start + Days::new(7 * u64::from(plan.horizon.weeks));
    let weeks = (end - before.horizon.start).num_days() / 7;
    let (extend_fr, extend_en) = if weeks > i64::from(before.horizon.weeks) {
        (
            format!(", ou prolongez l'ancien plan : tournee replan PLAN --weeks {weeks}"),
            format!(", or extend the former plan: tournee replan PLAN --weeks {weeks}"),
        )
    } else {
        Default::default()
    };
    let text = match lang {
        Lang::Fr => format!(
            "attention : les calendriers de {shown} ne montrent plus {} du plan qui s'y trouvait : {names}. Qui y est abonné ne les voit plus. Pour les garder, publiez dans un autre dossier{extend_fr}.",
            if n == 1 { "une visite à venir".into() } else { format!("{n} visites à venir") }
        ),
        Lang::En => format!(
            "warning: the calendars in {shown} no longer show {} to come of the plan that was there: {names}. Subscribers do not see them any more. To keep them, publish into another folder{extend_en}.",
            if n == 1 { "one visit".into() } else { format!("{n} visits") }
        ),
    };
    output::talk(&output::wrap(&text, output::talk_width(), 2));
}

/// Calendars of communes that an earlier plan visited stay where they are: somebody may
/// subscribe to them, and somebody should know.
fn tell_stale(folder: &Path, files: &[OutputFile], lang: Lang) {
    let Ok(entries) = std::fs::read_dir(folder.join("calendars")) else { return };
    let mut stale: Vec<String> = entries
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".ics") && !files.iter().any(|f| f.path == format!("calendars/{name}")))
        .collect();
    if stale.is_empty() {
        return;
    }
    stale.sort();
    let list = stale.join(", ");
    let text = Text::new(
        format!("attention : des calendriers d'un plan précédent restent dans ce dossier : {list}"),
        format!("warning: calendars of an earlier plan remain in this folder: {list}"),
    );
    output::talk(&output::wrap(text.get(lang), output::talk_width(), 2));
}
