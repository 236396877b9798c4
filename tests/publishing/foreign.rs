//! Our calendars, read by parsers that are not ours.
//!
//! `scripts/install-test-tools.sh` installs them. One that is missing is said and skipped, or,
//! with `TOURNEE_REQUIRE_TOOLS=1`, a failure.

use crate::support::{TRICKY, plan, revision, rotation, scenario};
use crate::tools;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;
use tournee::i18n::Lang;
use tournee::publish::ical::{Edition, feeds};

/// An event as a parser reads it; times local, with their offset where the parser gives one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Line {
    uid: String,
    start: String,
    end: String,
    summary: String,
    status: String,
    location: String,
}

const FOURMIES: &str = "Place Verte, 1, place Verte, 59610 Fourmies";
const CAUDRY: &str = "Mairie, Caudry";

fn line(uid: &str, start: &str, end: &str, summary: &str, status: &str, location: &str) -> Line {
    Line {
        uid: format!("{uid}@visits.tournee.invalid"),
        start: start.into(),
        end: end.into(),
        summary: summary.into(),
        status: status.into(),
        location: location.into(),
    }
}

/// Every session of the plan, by hand.
fn all_visits() -> Vec<Line> {
    let fourmies =
        |uid: &str, start: &str, end: &str| line(uid, start, end, "Nord Santé Truck – Fourmies", "CONFIRMED", FOURMIES);
    let caudry = |uid: &str, start: &str, end: &str| line(uid, start, end, "Van 1 – Caudry", "TENTATIVE", CAUDRY);
    let tricky = |uid: &str, start: &str, end: &str| {
        let location = format!("Salle « Le Ballon; d'Or », rue de l'Église\nbâtiment B, {TRICKY}");
        line(uid, start, end, &format!("Nord Santé Truck – {TRICKY}"), "CONFIRMED", &location)
    };
    vec![
        tricky("=oeuvre.1.1", "2026-03-30T08:30+02:00", "2026-03-30T12:00+02:00"),
        tricky("=oeuvre.2.1", "2026-10-24T08:30+02:00", "2026-10-24T12:00+02:00"),
        caudry("caudry-mairie.1.1", "2026-03-29T09:00+02:00", "2026-03-29T11:00+02:00"),
        caudry("caudry-mairie.2.1", "2026-10-25T09:00+01:00", "2026-10-25T11:00+01:00"),
        fourmies("fourmies-place-verte.2.1", "2026-03-28T08:30+01:00", "2026-03-28T12:00+01:00"),
        fourmies("fourmies-place-verte.2.2", "2026-03-28T13:00+01:00", "2026-03-28T16:30+01:00"),
        fourmies("fourmies-place-verte.3.1", "2026-10-26T08:30+01:00", "2026-10-26T12:00+01:00"),
        fourmies("fourmies-place-verte.3.2", "2026-10-26T13:00+01:00", "2026-10-26T16:30+01:00"),
        fourmies("fourmies-place-verte.4.1", "2026-12-01T08:30+01:00", "2026-12-01T12:00+01:00"),
        fourmies("fourmies-place-verte.4.2", "2026-12-01T13:00+01:00", "2026-12-01T16:30+01:00"),
    ]
}

/// The van's two tours, each across a clock change, by hand.
fn van_crew() -> Vec<Line> {
    let at = |uid: &str, start: &str, end: &str, summary: &str| line(uid, start, end, summary, "TENTATIVE", CAUDRY);
    let back =
        |uid: &str, start: &str, end: &str| line(uid, start, end, "Retour : Caudry → Cuincy", "CONFIRMED", "Cuincy");
    let out = "Départ : Cuincy → Caudry";
    vec![
        at("caudry-mairie.1.crew.1", "2026-03-29T09:00+02:00", "2026-03-29T11:00+02:00", "Ouverture – Caudry"),
        at("caudry-mairie.1.crew.drive", "2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", out),
        at("caudry-mairie.1.crew.pack-down", "2026-03-29T11:00+02:00", "2026-03-29T11:30+02:00", "Repli – Caudry"),
        back("caudry-mairie.1.crew.return", "2026-03-29T11:30+02:00", "2026-03-29T12:30+02:00"),
        at("caudry-mairie.2.crew.1", "2026-10-25T09:00+01:00", "2026-10-25T11:00+01:00", "Ouverture – Caudry"),
        at("caudry-mairie.2.crew.drive", "2026-10-25T02:15+02:00", "2026-10-25T02:45+01:00", out),
        at("caudry-mairie.2.crew.pack-down", "2026-10-25T11:00+01:00", "2026-10-25T11:30+01:00", "Repli – Caudry"),
        back("caudry-mairie.2.crew.return", "2026-10-25T11:30+01:00", "2026-10-25T12:30+01:00"),
    ]
}

/// The truck's first of December, by hand.
fn truck_december() -> Vec<Line> {
    let at = |part: &str, start: &str, end: &str, summary: &str| {
        let (start, end) = (format!("2026-12-01T{start}+01:00"), format!("2026-12-01T{end}+01:00"));
        let location = if part == "return" { "Cuincy" } else { FOURMIES };
        line(&format!("fourmies-place-verte.4.crew.{part}"), &start, &end, summary, "CONFIRMED", location)
    };
    vec![
        at("1", "08:30", "12:00", "Ouverture – Fourmies"),
        at("2", "13:00", "16:30", "Ouverture – Fourmies"),
        at("break", "12:00", "12:45", "Pause – Fourmies"),
        at("drive", "06:12", "07:38", "Départ : Cuincy → Fourmies"),
        at("pack-down", "16:30", "17:00", "Repli – Fourmies"),
        at("return", "17:00", "18:25", "Retour : Fourmies → Cuincy"),
        at("set-up", "07:38", "08:23", "Installation – Fourmies"),
    ]
}

/// The last day of the truck's three away, and the night before it, by hand.
fn truck_comes_home() -> Vec<Line> {
    let at = |uid: &str, start: &str, end: &str, summary: &str| {
        let (start, end) = (format!("2026-06-{start}+02:00"), format!("2026-06-{end}+02:00"));
        let (place, status) = if uid.starts_with("fourmies") { (FOURMIES, "CONFIRMED") } else { (CAUDRY, "TENTATIVE") };
        let (place, status) = if uid.ends_with("return") { ("Cuincy", "CONFIRMED") } else { (place, status) };
        line(uid, &start, &end, summary, status, place)
    };
    vec![
        at("caudry-mairie.3.crew.1", "04T09:45", "04T12:00", "Ouverture – Caudry"),
        at("caudry-mairie.3.crew.2", "04T13:00", "04T16:00", "Ouverture – Caudry"),
        at("caudry-mairie.3.crew.break", "04T12:00", "04T12:45", "Pause – Caudry"),
        at("caudry-mairie.3.crew.drive", "04T08:00", "04T09:00", "Départ : Fourmies → Caudry"),
        at("caudry-mairie.3.crew.pack-down", "04T16:00", "04T16:30", "Repli – Caudry"),
        at("caudry-mairie.3.crew.return", "04T16:30", "04T17:00", "Retour : Caudry → Cuincy"),
        at("caudry-mairie.3.crew.set-up", "04T09:00", "04T09:45", "Installation – Caudry"),
        at("fourmies-place-verte.6.crew.night", "03T17:00", "04T07:30", "Nuit sur place – Fourmies"),
        at("fourmies-place-verte.6.crew.pack-down", "04T07:30", "04T08:00", "Repli – Fourmies"),
    ]
}

/// Runs a script on every feed checked and compares what it prints.
fn compare(name: &str, program: Option<PathBuf>, arguments: &dyn Fn(&Path) -> Vec<String>, offsets: bool) {
    let Some(program) = program else {
        return tools::skipped(&format!("{name} is missing"));
    };
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenario();
    let of = |plan| feeds(&scenario, &plan, Edition::new(revision(), Lang::Fr));
    let (plain, away) = (of(plan()), of(rotation()));
    // Events that start earlier are not compared.
    let checks = [
        (&plain, "calendars/toutes-les-visites.ics", all_visits(), ""),
        (&plain, "calendars/vehicule-van-1.ics", van_crew(), ""),
        (&plain, "calendars/vehicule-nord-sante-truck.ics", truck_december(), "2026-12"),
        (&plain, "calendars/vehicule-van-2.ics", Vec::new(), ""),
        (&away, "calendars/vehicule-nord-sante-truck.ics", truck_comes_home(), "2026-06-03T17"),
    ];
    for (feeds, path, mut expected, start) in checks {
        let feed = feeds.iter().find(|f| f.path == path).expect("a feed");
        let file = folder.path().join("feed.ics");
        std::fs::write(&file, &feed.text).unwrap();
        // A zone far away: nothing may depend on the reader's own.
        let run = Command::new(&program).args(arguments(&file)).env("TZ", "America/New_York").output().unwrap();
        let (out, talk) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        assert!(run.status.success(), "{name} on {path}: {}\n{out}{talk}", run.status);
        assert!(talk.trim().is_empty(), "{name} complains about {path}: {talk}");
        let mut read: Vec<Line> = out.lines().map(|l| serde_json::from_str(l).expect(l)).collect();
        read.retain(|line| line.start.as_str() >= start);
        read.sort();
        if !offsets {
            for line in &mut expected {
                line.start.truncate(16);
                line.end.truncate(16);
            }
        }
        assert_eq!(read, expected, "{name} on {path}");
    }
}

fn script(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign").join(name).display().to_string()
}

fn python_with(package: &str) -> Option<PathBuf> {
    let python = tools::folder().join("venv/bin/python");
    let found = Command::new(&python).args(["-c", &format!("import {package}")]).output();
    found.is_ok_and(|run| run.status.success()).then_some(python)
}

fn command(name: &str) -> Option<PathBuf> {
    Command::new(name).arg("--version").output().is_ok_and(|run| run.status.success()).then(|| name.into())
}

#[test]
fn pypi_icalendar_reads_the_local_hours() {
    compare(
        "icalendar",
        python_with("icalendar"),
        &|f| vec![script("icalendar_lines.py"), f.display().to_string()],
        true,
    );
}

#[test]
fn pypi_icalendar_reads_the_local_hours_from_our_vtimezone_alone() {
    let arguments = |f: &Path| vec![script("icalendar_lines.py"), f.display().to_string(), "Tournee/Nowhere".into()];
    compare("icalendar", python_with("icalendar"), &arguments, true);
}

#[test]
fn pypi_vobject_reads_the_local_hours() {
    compare("vobject", python_with("vobject"), &|f| vec![script("vobject_lines.py"), f.display().to_string()], true);
}

#[test]
fn npm_ical_js_reads_the_local_hours() {
    let node = command("node").filter(|_| tools::folder().join("node_modules/ical.js").is_dir());
    let arguments =
        |f: &Path| vec![script("icaljs_lines.mjs"), f.display().to_string(), tools::folder().display().to_string()];
    compare("ical.js", node, &arguments, true);
}

#[test]
fn debian_khal_reads_the_local_hours() {
    let python = command("khal").and_then(|_| command("python3"));
    compare("khal", python, &|f| vec![script("khal_lines.py"), f.display().to_string()], false);
}
