//! `--log-json`: how score, bound and gap went, line by line.

use crate::program::command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;

const NORD: &str = "config/nord.toml";

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// Plans a week to a number of nodes; the lines and the plan.
fn logged(folder: &Path, name: &str) -> (Vec<Value>, Value) {
    let file = folder.join(name);
    let file_name = file.to_str().unwrap();
    let limits = ["--gap", "0.0001", "--node-limit", "12", "--format", "json"];
    let out = run(&[&["plan", NORD, "--log-json", file_name][..], &limits].concat());
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    (lines(&file), serde_json::from_slice(&out.stdout).unwrap())
}

#[test]
fn the_log_tells_how_it_went_and_ends_as_the_plan_says() {
    let folder = tempfile::tempdir().unwrap();
    let (log, plan) = logged(folder.path(), "log.jsonl");
    assert!(log.len() > 3, "{log:?}");
    // Nothing is locked: the first plan is the one without a visit, and nothing is proved yet.
    assert!(log[0]["incumbent"] == 0.0 && log[0]["bound"].is_null() && log[0]["gap"].is_null(), "{}", log[0]);

    let number = |line: &Value, key: &str| line[key].as_f64();
    for pair in log.windows(2) {
        let (before, after) = (&pair[0], &pair[1]);
        assert!(number(before, "seconds") <= number(after, "seconds"));
        let lowest = f64::NEG_INFINITY;
        let score = |line| number(line, "incumbent").unwrap_or(lowest);
        let bound = |line| number(line, "bound").unwrap_or(f64::INFINITY);
        // The last line has the plan's own sums, which may differ in their last digits.
        assert!(score(after) >= score(before) - 1e-9, "the incumbent falls: {before} {after}");
        assert!(bound(after) <= bound(before) + 1e-9, "the bound rises: {before} {after}");
        assert!(score(after) <= bound(after) + 1e-9, "{after}");
        assert!(before.get("stopped_by").is_none(), "{before}");
        for key in ["columns", "rounds", "nodes", "effort"] {
            assert!(before[key].as_u64().unwrap() <= after[key].as_u64().unwrap(), "{key}: {before} {after}");
        }
    }
    let last = log.last().unwrap();
    for (key, of_plan) in [
        ("incumbent", &plan["score"]),
        ("bound", &plan["upper_bound"]),
        ("gap", &plan["gap"]),
        ("stopped_by", &plan["solver"]["stopped_by"]),
        ("columns", &plan["solver"]["columns"]),
        ("rounds", &plan["solver"]["rounds"]),
        ("nodes", &plan["solver"]["nodes"]),
    ] {
        assert_eq!(&last[key], of_plan, "{key}");
    }
    assert!(last["effort"].as_u64().unwrap() > 0);

    // Another run: everything but the seconds is the same.
    let (mut again, _) = logged(folder.path(), "again.jsonl");
    let mut log = log;
    for line in log.iter_mut().chain(&mut again) {
        line["seconds"] = Value::Null;
    }
    assert_eq!(log, again);
}

#[test]
fn a_log_that_cannot_be_written_is_told_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("mine.toml");
    fs::write(&scenario, "name = \"mine\"\n").unwrap();
    let missing = folder.path().join("none/log");
    for (file, said) in [
        (scenario.to_str().unwrap(), "n'est pas un journal"),
        (folder.path().to_str().unwrap(), "c'est un dossier"),
        (missing.to_str().unwrap(), "introuvable"),
    ] {
        let out = run(&["plan", NORD, "--log-json", file]);
        let stderr = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(said) && stderr.contains("[output]"), "{stderr}");
        assert!(out.stdout.is_empty());
    }
    assert_eq!(fs::read_to_string(&scenario).unwrap(), "name = \"mine\"\n");
}

/// Proved infeasible before there is any plan: the log says how it ended.
#[test]
fn the_last_line_says_that_there_is_no_plan() {
    let folder = tempfile::tempdir().unwrap();
    let locks = folder.path().join("locks.csv");
    fs::write(&locks, "vehicle;date;site;sessions\nnord-sante-truck;2026-12-01;watten;08:15-12:00\n").unwrap();
    let file = folder.path().join("log");
    let out = run(&["plan", NORD, "--locks", locks.to_str().unwrap(), "--log-json", file.to_str().unwrap()]);
    assert_eq!(out.status.code(), Some(4));
    let log = lines(&file);
    let last = log.last().unwrap();
    assert_eq!(last["stopped_by"], "infeasible");
    assert!(log.iter().all(|line| line["incumbent"].is_null() && line["gap"].is_null()));
}

/// Each line is there as soon as it is said: on a disk that fills the first ones are kept, the plan is
/// made, and the end is told.
#[cfg(target_os = "linux")]
#[test]
fn a_log_that_ends_early_does_not_cost_the_plan() {
    let out = run(&["plan", NORD, "--gap", "0.05", "--node-limit", "1", "--log-json", "/dev/full"]);
    let (stdout, stderr) = (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
    assert_eq!(out.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("journal « /dev/full » : le disque est plein [output]"), "{stderr}");
    assert!(stdout.contains("Aucun plan conforme") || stdout.contains("C'est prouvé"), "{stdout}");
}
