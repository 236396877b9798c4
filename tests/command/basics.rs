//! The command line, as a shell sees it: exit codes, data on standard output, talk on standard
//! error, and nothing half-written.

use crate::program::{command, run};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

const NORD: &str = "config/nord.toml";

/// The Nord's week at 2 %, in a folder of its own.
fn planned(more: &[&str]) -> (TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("week");
    let mut arguments = vec!["plan", NORD, "--gap", "0.02", "--node-limit", "20", "--out", out.to_str().unwrap()];
    arguments.extend(more);
    let (code, stdout, stderr) = run(&arguments);
    assert_eq!(code, 0, "{stderr}");
    (folder, out, stdout)
}

/// Nothing but what was there before.
fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn a_plan_is_written_shown_and_checked() {
    let (_folder, out, shown) = planned(&["--now", "2026-11-10"]);
    for word in
        ["Nord Santé Truck", "semaine 49 de 2026", "estimation", "Attendues", "du périmètre", "Aucun plan conforme"]
    {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    // The Monday's invitations were due on 9 November.
    assert!(shown.contains("sont déjà en retard"), "{shown}");
    assert!(!shown.contains('\u{1b}'), "no colour in a pipe");
    for file in ["plan.json", "visits.csv", "invitations.csv", "calendars/toutes-les-visites.ics"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let calendar = fs::read_to_string(out.join("calendars/toutes-les-visites.ics")).unwrap();
    assert!(calendar.contains("DTSTAMP:20261110T000000Z"), "{calendar}");
    let text = fs::read_to_string(out.join("plan.json")).unwrap();
    assert!(text.ends_with("}\n"));
    let plan = json(&text);
    assert!(plan["gap"].as_f64().unwrap() <= 0.02);
    assert_eq!(plan["visits"].as_array().unwrap().len(), 5);
    let label = json(
        r#"{ "fr": "Les femmes de 50 à 74 ans par commune sont une estimation.",
             "en": "Women aged 50 to 74 by commune are an estimate." }"#,
    );
    assert_eq!(plan["scenario"]["labels"][0], label);
    for file in ["visits.csv", "invitations.csv", "calendars/toutes-les-visites.ics"] {
        let text = fs::read_to_string(out.join(file)).unwrap().replace("\r\n ", "");
        assert!(text.contains(label["fr"].as_str().unwrap()), "{file}: {text}");
    }
    assert!(plan["solver"]["root_gap"].is_number() && !plan["not_served"].as_array().unwrap().is_empty());

    let file = path(&out, "plan.json");
    let (code, stdout, stderr) = run(&["check", &file, "--scenario", NORD]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("Plan conforme"), "{stdout}");
    let (_, stdout, _) = run(&["check", &file, "--scenario", NORD, "--lang", "en"]);
    assert!(stdout.contains(label["en"].as_str().unwrap()) && !stdout.contains("estimation"), "{stdout}");
    let (_, stdout, _) = run(&["check", &file, "--scenario", NORD, "--format", "json"]);
    assert_eq!(json(&stdout)["labels"][0], label);

    // A score raised by 0.01.
    let mut raised = plan.clone();
    raised["score"] = (plan["score"].as_f64().unwrap() + 0.01).into();
    fs::write(&file, raised.to_string()).unwrap();
    let (code, stdout, _) = run(&["check", &file, "--scenario", NORD]);
    assert_eq!(code, 6);
    assert!(stdout.contains("F-score") && stdout.contains('≠'), "{stdout}");
    let (code, stdout, _) = run(&["check", &file, "--scenario", NORD, "--format", "json", "--lang", "en"]);
    let found = json(&stdout);
    assert_eq!((code, found["ok"].as_bool(), found["error"]["exit"].as_i64()), (6, Some(false), Some(6)));
    assert!(found["violations"].as_array().unwrap().iter().any(|v| v["code"] == "F-score"));

    // Other inputs than those the plan was made for.
    fs::write(&file, &text).unwrap();
    let (code, stdout, _) = run(&["check", &file, "--scenario", NORD, "--no-past", "--format", "csv"]);
    assert_eq!(code, 6);
    assert!(stdout.contains("F-hash"), "{stdout}");
}

#[test]
fn edited_visits_are_completed_and_judged() {
    let (folder, out, _) = planned(&[]);
    let file = path(&out, "visits.csv");
    let again = path(folder.path(), "again");
    let (code, stdout, stderr) = run(&["check", "--visits", &file, "--scenario", NORD, "--out", &again]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("choisies à la main") && !stdout.contains("ne peut faire mieux de plus"), "{stdout}");
    let plan = json(&fs::read_to_string(Path::new(&again).join("plan.json")).unwrap());
    let before = json(&fs::read_to_string(out.join("plan.json")).unwrap());
    let score = |plan: &Value| plan["score"].as_f64().unwrap();
    assert!((score(&plan) - score(&before)).abs() < 0.01 * score(&before), "the same visits are worth the same");
    assert_eq!(plan["proved_optimal"], false);
    assert!(plan["upper_bound"].as_f64().unwrap() > score(&plan));
    let (code, stdout, _) = run(&["check", &path(Path::new(&again), "plan.json"), "--scenario", NORD]);
    assert_eq!(code, 0, "{stdout}");

    // A session that opens before set-up can be over: the truck would have to leave too early.
    let table = fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    let column = lines[0].trim_start_matches('\u{feff}').split(';').position(|name| name == "open_1").unwrap();
    let edited: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(k, line)| {
            let mut cells: Vec<&str> = line.split(';').collect();
            if k > 0 {
                cells[column] = "08:00";
            }
            cells.join(";")
        })
        .collect();
    fs::write(&file, edited.join("\r\n")).unwrap();
    let (code, stdout, _) = run(&["check", "--visits", &file, "--scenario", NORD]);
    assert_eq!(code, 6);
    assert!(stdout.contains("R1-shift"), "{stdout}");

    // A cell that cannot be read.
    fs::write(&file, edited.join("\r\n").replace("08:00", "8 heures")).unwrap();
    let (code, stdout, stderr) = run(&["check", "--visits", &file, "--scenario", NORD]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("table-time") && stderr.contains(".csv:2:") && stderr.contains("open_1"), "{stderr}");
    let (code, stdout, _) = run(&["check", "--visits", &file, "--scenario", NORD, "--format", "json"]);
    assert_eq!((code, json(&stdout)["error"]["problems"][0]["line"].as_i64()), (2, Some(2)));
}

#[test]
fn the_same_work_gives_the_same_bytes() {
    let files = ["plan.json", "visits.csv", "invitations.csv", "calendars/toutes-les-visites.ics"];
    let bytes = |out: &Path| files.map(|f| fs::read(out.join(f)).unwrap());
    let (_one, first, _) = planned(&["--seed", "3", "--threads", "2"]);
    let (_two, second, _) = planned(&["--seed", "3", "--threads", "2"]);
    assert_eq!(bytes(&first), bytes(&second));
}

#[test]
fn a_node_limit_is_told() {
    let (code, stdout, _) = run(&["plan", NORD, "--gap", "0", "--node-limit", "1", "--format", "json"]);
    assert_eq!(code, 0);
    let plan = json(&stdout);
    assert_eq!(plan["solver"]["stopped_by"], "work");
    assert!(plan["gap"].as_f64().unwrap() > 0.0);
    let (_, stdout, _) = run(&["plan", NORD, "--gap", "0.05", "--node-limit", "1", "--format", "csv"]);
    assert!(stdout.starts_with("\u{feff}visit;vehicle;date;"), "{stdout}");
}

#[test]
fn locks_no_plan_can_keep_are_infeasible() {
    let folder = tempfile::tempdir().unwrap();
    // The truck cannot be open in Watten so early: the drive is too long.
    let locks = path(folder.path(), "locks.csv");
    fs::write(&locks, "vehicle;date;site;sessions\nnord-sante-truck;2026-12-01;watten;08:15-12:00\n").unwrap();
    let out = path(folder.path(), "out");
    let (code, stdout, stderr) = run(&["plan", NORD, "--locks", &locks, "--out", &out]);
    assert_eq!((code, stdout.as_str()), (4, ""), "{stderr}");
    assert!(stderr.contains("nord-sante-truck 2026-12-01 watten"), "{stderr}");
    assert!(stderr.contains("watten : parti à 7\u{a0}h\u{a0}30, le véhicule n'y est prêt qu'à 9"), "{stderr}");
    let late = path(folder.path(), "late.csv");
    fs::write(&late, "vehicle;date;site;sessions\nnord-sante-truck;2026-12-01;watten;13:30-17:15\n").unwrap();
    let (code, _, stderr) = run(&["plan", NORD, "--locks", &late, "--lang", "en"]);
    assert_eq!(code, 4, "{stderr}");
    assert!(stderr.contains("the vehicle is home at 1") && stderr.contains("the shift ends at 17:45"), "{stderr}");
    assert!(!Path::new(&out).exists());
    let (code, stdout, _) = run(&["plan", NORD, "--locks", &locks, "--format", "json"]);
    let error = &json(&stdout)["error"];
    assert_eq!((code, &error["code"], error["exit"].as_i64()), (4, &"infeasible".into(), Some(4)));

    // Two heads of one crew, in two files, and innocent visits beside them.
    let scenario = path(folder.path(), "crewed.toml");
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/clinique-ambulante.toml");
    let van = |id: &str| format!("[[vehicle]]\nid = \"{id}\"\ncrew = [\"nurse\"]\n");
    let text = format!(
        "base = {base:?}\n\n[[crew]]\nid = \"nurse\"\nheads = 1\n\n{}\n{}",
        van("van-medecine-generale"),
        van("van-diagnostic")
    );
    fs::write(&scenario, text).unwrap();
    let (one, other) = (path(folder.path(), "one.csv"), path(folder.path(), "other.csv"));
    fs::write(&one, "vehicle;date;site\nvan-diagnostic;2026-11-30;bethune\nvan-diagnostic;2026-12-02;bethune\n")
        .unwrap();
    fs::write(
        &other,
        "vehicle;date;site\nvan-medecine-generale;2026-12-02;arras\nvan-medecine-generale;2026-12-03;arras\n",
    )
    .unwrap();
    let arguments = ["plan", &scenario, "--locks", &one, "--locks", &other];
    let (code, _, stderr) = run(&arguments);
    assert_eq!(code, 4, "{stderr}");
    for part in ["one.csv:3:1", "other.csv:2:1", "R9-crew", "LOCK-conflict", "[infeasible]"] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    assert!(!stderr.contains("2026-11-30 ") && !stderr.contains("2026-12-03 "), "{stderr}");
    let (_, stdout, _) = run(&[&arguments[..], &["--format", "json", "--lang", "en"]].concat());
    let error = &json(&stdout)["error"];
    let places: Vec<i64> = error["problems"].as_array().unwrap().iter().map(|p| p["line"].as_i64().unwrap()).collect();
    assert_eq!(places, [2, 3], "by date, then vehicle: {error}");
    assert!(error["message"].as_str().unwrap().contains("the rule in the way: R9-crew"), "{error}");
}

#[test]
fn wrong_input_is_told_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    // An unknown key.
    let over = path(folder.path(), "over.toml");
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join(NORD);
    fs::write(&over, format!("base = {:?}\nname = \"over\"\nwekks = 2\n", base.to_str().unwrap())).unwrap();
    let out = folder.path().join("out");
    let (code, stdout, stderr) = run(&["plan", &over, "--out", out.to_str().unwrap()]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("CFG-unknown-key") && stderr.contains("wekks"), "{stderr}");
    assert!(!out.exists());
    let (code, stdout, stderr) = run(&["plan", &over, "--format", "json", "--lang", "en"]);
    let error = &json(&stdout)["error"];
    assert_eq!((code, error["code"].as_str(), stderr.as_str()), (2, Some("configuration"), ""));
    assert_eq!(error["problems"][0]["code"], "CFG-unknown-key");
    assert_eq!(error["problems"][0]["line"], 3);

    // A file where the output folder should be; a folder where a file should be.
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    for place in [file.clone(), file.join("below")] {
        let (code, stdout, stderr) = run(&["plan", NORD, "--out", place.to_str().unwrap()]);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(stderr.contains("rien n'a été écrit"), "{stderr}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    }
    fs::create_dir_all(out.join("visits.csv")).unwrap();
    let (code, _, stderr) =
        run(&["plan", NORD, "--gap", "0.05", "--node-limit", "1", "--out", out.to_str().unwrap(), "--lang", "en"]);
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("visits.csv") && stderr.contains("nothing has been written"), "{stderr}");
    assert!(is_empty(&out.join("visits.csv")));
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1, "no file but the one that was in the way");

    // A week the calendar does not know; a plan that is none.
    assert_eq!(run(&["plan", NORD, "--week", "2040-W02"]).0, 2);
    let (code, _, stderr) = run(&["check", over.as_str(), "--scenario", NORD]);
    assert_eq!(code, 2);
    assert!(stderr.contains("FILE-kind") && stderr.contains("over.toml » est un scénario"), "{stderr}");
    let plan = path(folder.path(), "plan.json");
    fs::write(&plan, "{\n  \"schema_version\": 1,\n  \"scenarios\": 3\n}\n").unwrap();
    let (code, stdout, _) = run(&["check", &plan, "--scenario", NORD, "--format", "json", "--lang", "en"]);
    let problem = &json(&stdout)["error"]["problems"][0];
    assert_eq!((code, &problem["code"], &problem["line"]), (2, &"PLAN-format".into(), &3.into()), "{stdout}");
    for arguments in [&["check", "none.json"][..], &["check", "--visits", "none.csv"]] {
        let (code, _, stderr) = run(&[arguments, &["--scenario", NORD]].concat());
        assert!(code == 2 && stderr.contains("FILE-missing") && !stderr.contains("os error"), "{stderr}");
    }
}

#[test]
fn wrong_usage_is_told_in_the_language_asked_for() {
    for (arguments, fr, en) in [
        (&["plan"][..], "il manque", "missing"),
        (&["plan", NORD, "--gap", "x"], "« x » ne convient pas pour --gap", "\"x\" will not do for --gap"),
        (&["plan", NORD, "--week", "2026-W60"], "2026-W49", "such as 2026-W49"),
        (&["plan", NORD, "--from", "2026-12-01"], "lundi", "Monday"),
        (&["plan", NORD, "--wek", "3"], "vouliez-vous dire « --week »", "did you mean \"--week\""),
        (&["plna"], "commande inconnue", "unknown command"),
        (&[], "quelle commande", "which command"),
        (&["check", "a", "--visits", "b", "--scenario", NORD], "ne va pas avec", "does not go with"),
        (&["schema", "x"], "au choix : scenario, plan, explain", "one of: scenario, plan, explain"),
        (&["travel", "Lille", "--scenario", NORD], "il manque", "missing"),
    ] {
        let (code, stdout, stderr) = run(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(stderr.contains(fr), "{arguments:?}: {stderr}");
        let (code, _, stderr) = run(&[arguments, &["--lang", "en"]].concat());
        assert_eq!(code, 2);
        assert!(stderr.contains(en), "{arguments:?}: {stderr}");
        let (code, stdout, _) = run(&[arguments, &["--format", "json"]].concat());
        assert_eq!((code, json(&stdout)["error"]["exit"].as_i64()), (2, Some(2)), "{arguments:?}");
    }
}

#[test]
fn trips_are_told() {
    let (code, stdout, _) = run(&["travel", "Lille", "dunkerque", "--scenario", NORD]);
    assert_eq!(code, 0);
    assert!(stdout.contains("Lille (59350) → Dunkerque (59183)"), "{stdout}");
    let (_, stdout, _) = run(&["travel", "59350", "DUNKERQUE", "--scenario", NORD, "--format", "json"]);
    let car = json(&stdout);
    let minutes = |trip: &Value, key: &str| trip[key].as_f64().unwrap() / 60.0;
    assert!((minutes(&car, "seconds") - 56.0).abs() < 1.0, "{stdout}");
    assert!((minutes(&car, "door_to_door_seconds") - minutes(&car, "seconds") - 1.5).abs() < 0.01);
    let (_, stdout, _) =
        run(&["travel", "Lille", "Dunkerque", "--scenario", NORD, "--vehicle", "nord-sante-truck", "--format", "json"]);
    assert!(minutes(&json(&stdout), "seconds") > 1.15 * minutes(&car, "seconds"), "a truck is slower");
    // Two communes of that name: both codes.
    let (code, _, stderr) = run(&["travel", "Abancourt", "Lille", "--scenario", NORD]);
    assert_eq!(code, 2);
    assert!(stderr.contains("59001") && stderr.contains("60001"), "{stderr}");
    let (code, _, stderr) = run(&["travel", "Lile", "Dunkerque", "--scenario", NORD]);
    assert!(code == 2 && stderr.contains("peut-être : Lille (59350)"), "{stderr}");
    assert_eq!(run(&["travel", "Béthune", "bethune", "--scenario", "config/hauts-de-france.toml"]).0, 0);
}

#[test]
fn the_table_of_trips_is_written_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "trips.csv");
    assert_eq!(run(&["travel", "--matrix", &file, "--scenario", NORD]).0, 0);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("\u{feff}from;to;seconds;metres\r\n"));
    assert!(text.contains("\r\n59350;59183;33"), "Lille to Dunkerque takes 3 300 seconds and something");
    // Each way between a hub and another hub, or a commune of the Nord.
    let pairs: BTreeSet<(&str, &str)> = text
        .lines()
        .skip(1)
        .map(|l| l.split_once(';').unwrap())
        .map(|(a, rest)| (a, rest.split(';').next().unwrap()))
        .collect();
    assert_eq!(pairs.len(), text.lines().count() - 1, "each trip once");
    assert!(pairs.iter().all(|(a, b)| pairs.contains(&(b, a))), "each both ways");
    let hubs: BTreeSet<&str> = pairs.iter().filter(|(a, _)| !a.starts_with("59")).map(|(a, _)| *a).collect();
    let all: BTreeSet<&str> = pairs.iter().map(|(a, _)| *a).collect();
    assert!(hubs.len() > 10, "imaging sites elsewhere are places to go to");
    assert_eq!(all.iter().filter(|a| a.starts_with("59")).count(), 647, "every commune of the Nord");
    let from_lille = pairs.iter().filter(|(a, _)| *a == "59350").count();
    assert_eq!(from_lille, all.len() - 1, "Lille is a hub");
}

#[test]
fn schemas_completions_codes_and_templates() {
    for what in ["scenario", "plan", "explain", "promise", "respond"] {
        let file = format!("config/{what}.schema.json");
        let (code, stdout, _) = run(&["schema", what]);
        let kept = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        assert_eq!((code, json(&stdout)), (0, json(&kept)));
    }
    for shell in ["bash", "zsh", "fish"] {
        let (code, stdout, _) = run(&["completions", shell]);
        assert!(code == 0 && stdout.contains("past"), "{shell}");
    }
    let (_, stdout, _) = run(&["codes", "--format", "json"]);
    let codes = json(&stdout);
    for code in ["CFG-unknown-key", "R3-set-up"] {
        assert!(codes.as_array().unwrap().iter().any(|c| c["code"] == code), "{code}");
    }
    let (_, stdout, _) = run(&["codes", "--lang", "en"]);
    assert!(stdout.contains("F-score") && stdout.contains("Warnings"), "{stdout}");

    let folder = tempfile::tempdir().unwrap();
    let place = path(folder.path(), "new");
    assert_eq!(run(&["init", &place]).0, 0);
    let (code, stdout, stderr) = run(&["plan", &path(Path::new(&place), "scenario.toml"), "--gap", "0.05"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let (code, _, stderr) = run(&["init", &place]);
    assert_eq!(code, 2);
    assert_eq!(stderr.matches("FILE-exists").count(), 1, "{stderr}");
    assert!(
        stderr.contains("existe déjà") && ["COLUMNS.md", "road-edges.csv"].iter().all(|f| stderr.contains(f)),
        "{stderr}"
    );
}

#[test]
fn help_is_in_both_languages() {
    for command in ["plan", "check", "explain", "travel", "init", "schema", "codes", "completions"] {
        let (code, fr, _) = run(&[command, "--help"]);
        let (_, en, _) = run(&[command, "--help", "--lang", "en"]);
        assert_eq!(code, 0);
        assert!(fr.contains("Utilisation : tournee") && !fr.contains("Usage"), "{fr}");
        assert!(en.contains("Usage: tournee") && !en.contains("Affiche"), "{en}");
    }
    let (_, fr, _) = run(&["plan", "--help"]);
    assert!(fr.contains("Exemples :") && fr.contains("--locks accords.csv"), "{fr}");
    let (code, fr, _) = run(&["--help"]);
    assert!(code == 0 && fr.contains("Codes de sortie") && fr.contains("Commandes"), "{fr}");
    assert_eq!(run(&["--version"]).0, 0);
}

#[cfg(unix)]
#[test]
fn a_reader_who_leaves_is_no_error() {
    use std::process::Stdio;
    let mut child = command(&["schema", "scenario"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!((out.status.code(), out.stderr.as_slice()), (Some(0), &b""[..]));
}
