//! Input that is hostile, or unlucky: refused with a code, within bounds, and nothing is left half-done.

use crate::program::{command, run};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A small place made by `init`, and a plan for it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Self { folder };
        assert_eq!(run(&["init", &place.path("mine")]).0, 0);
        place
    }

    fn planned() -> Self {
        let place = Self::new();
        let (code, _, stderr) = place.plan(&["--out", &place.path("out")]);
        assert_eq!(code, 0, "{stderr}");
        place
    }

    /// One in which every site may be visited every week, and nothing is agreed yet.
    fn open() -> Self {
        let place = Self::new();
        place.edit("mine/scenario.toml", "spacing-weeks = 12", "spacing-weeks = 1");
        place.edit("mine/scenario.toml", "\nlocks = ", "\n# locks = ");
        place.edit("mine/scenario.toml", "\nforbidden = ", "\n# forbidden = ");
        place
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn scenario(&self) -> String {
        self.path("mine/scenario.toml")
    }

    fn plan(&self, more: &[&str]) -> (i32, String, String) {
        run(&[&["plan", &self.scenario()], more].concat())
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let file = self.path(name);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from:?} in {name}");
        fs::write(file, text.replacen(from, to, 1)).unwrap();
    }

    /// A plan changed as a document.
    fn changed(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut plan: Value = serde_json::from_str(&fs::read_to_string(self.path("out/plan.json")).unwrap()).unwrap();
        change(&mut plan);
        fs::write(self.path("changed.json"), plan.to_string()).unwrap();
        self.path("changed.json")
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { all.extend(files(&entry)) } else { all.push(entry) }
    }
    all.sort();
    all
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let place = Place::new();
    let mine = place.path("mine");
    let before: Vec<Vec<u8>> = files(Path::new(&mine)).iter().map(|f| fs::read(f).unwrap()).collect();
    let (code, stdout, stderr) = place.plan(&["--out", &mine]);
    assert!(code == 2 && stdout.is_empty() && stderr.contains("communes.csv » serait remplacé"), "{stderr}");
    let (code, _, stderr) =
        run(&["travel", "--matrix", &place.path("mine/road-edges.csv"), "--scenario", &place.scenario()]);
    assert!(code == 2 && stderr.contains("serait remplacé"), "{stderr}");
    let after: Vec<Vec<u8>> = files(Path::new(&mine)).iter().map(|f| fs::read(f).unwrap()).collect();
    assert!(before == after);
    // What came is typed into the table of visits: the next week's plan must not take its place.
    let place = Place::open();
    let out = place.path("out");
    assert_eq!(place.plan(&["--out", &out]).0, 0);
    let (code, _, stderr) = place.plan(&["--week", "2026-W50", "--past", &place.path("out/visits.csv"), "--out", &out]);
    assert!(code == 2 && stderr.contains("visits.csv » serait remplacé"), "{stderr}");
}

#[test]
fn a_name_of_256_letters_makes_a_file_name_that_fits() {
    let place = Place::new();
    place.edit("mine/communes.csv", "Pleyben", &"é".repeat(256));
    let (code, _, stderr) = place.plan(&["--out", &place.path("out")]);
    assert_eq!(code, 0, "{stderr}");
    assert!(files(Path::new(&place.path("out"))).iter().any(|f| f.to_str().unwrap().contains("eeee")));
}

#[cfg(unix)]
#[test]
fn a_few_open_files_are_enough() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    // A track a tour.
    let plan =
        ["plan", "config/nord.toml", "--weeks", "4", "--node-limit", "1", "--threads", "1", "--geometry", "--out"];
    let mut limited = Command::new("sh");
    limited.current_dir(env!("CARGO_MANIFEST_DIR")).args(["-c", "ulimit -n 24; exec \"$@\"", "sh"]);
    let done = limited.arg(env!("CARGO_BIN_EXE_tournee")).args(plan).arg(&out).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let written = files(&out).len();
    assert!(written > 30, "{written}");
}

#[cfg(unix)]
#[test]
fn a_limit_on_the_size_of_files_is_an_error_like_others() {
    let place = Place::new();
    let script = "ulimit -f 4; exec \"$@\"";
    let arguments = ["-c", script, "sh", env!("CARGO_BIN_EXE_tournee"), "plan", &place.scenario()];
    let out = Command::new("sh").args(arguments).args(["--out", &place.path("out")]).output().unwrap();
    let stderr = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.code() == Some(2) && stderr.contains("[output]"), "{stderr}");
    assert!(!Path::new(&place.path("out")).exists());
}

#[test]
fn what_a_killed_run_left_behind_is_removed() {
    let place = Place::planned();
    let old = [place.path("out/.tournee-AAAAAA.tmp"), place.path("out/calendars/.tournee-BBBBBB.tmp")];
    let hour = std::time::Duration::from_secs(7200);
    for file in &old {
        let file = fs::File::create(file).unwrap();
        file.set_modified(std::time::SystemTime::now() - hour).unwrap();
    }
    let (young, others) = (place.path("out/.tournee-CCCCCC.tmp"), place.path("out/.other.tmp"));
    fs::write(&young, "").unwrap();
    fs::write(&others, "").unwrap();
    assert_eq!(place.plan(&["--out", &place.path("out")]).0, 0);
    assert!(
        old.iter().all(|file| !Path::new(file).exists()) && Path::new(&young).exists() && Path::new(&others).exists()
    );
}

#[test]
fn nothing_that_commands_a_terminal_reaches_it() {
    let place = Place::planned();
    let evil = "a\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}b";
    let plan = place.changed(|plan| plan["visits"][0]["site"] = evil.into());
    let named = place.path(&format!("{}.toml", evil.replace('/', "")));
    for arguments in [
        vec!["check", &plan, "--scenario", &place.scenario()],
        vec!["check", &plan, "--scenario", &place.scenario(), "--format", "json"],
        vec!["check", &plan, "--scenario", &place.scenario(), "--format", "csv"],
        vec!["lock", &plan, "--visit", "huelgoat-place"],
        vec!["plan", &named],
        vec!["explain", &plan, "--scenario", &place.scenario(), "--site", evil],
        vec!["travel", evil, evil, "--scenario", &place.scenario()],
        vec!["plan", &place.scenario(), "--week", evil],
        vec![evil],
    ] {
        let (_, stdout, stderr) = run(&arguments);
        let both = stdout + &stderr;
        let bad = both.chars().find(|c| tournee::i18n::is_control(*c) && !matches!(c, '\n' | '\r'));
        assert_eq!(bad, None, "{arguments:?}: {both:?}");
    }
    // Names in the tables are refused.
    place.edit("mine/communes.csv", "Pleyben", "Pley\u{1b}[8mben");
    let (code, _, stderr) = place.plan(&[]);
    assert!(code == 2 && stderr.contains("FILE-control-character") && stderr.contains("Pley␛[8mben"), "{stderr}");
}

#[test]
fn no_plan_is_too_large_to_be_refused() {
    let place = Place::planned();
    let many = place.changed(|plan| {
        let visit = plan["visits"][0].clone();
        plan["visits"] = (0..2000)
            .map(|k| {
                let mut v = visit.clone();
                v["id"] = json!(format!("v{k}"));
                v
            })
            .collect();
    });
    for command in ["check", "promise", "explain"] {
        let mut arguments = vec![command, &many, "--scenario"];
        let scenario = place.scenario();
        arguments.push(&scenario);
        if command == "explain" {
            arguments.push("--all");
        }
        let (code, stdout, stderr) = run(&arguments);
        assert!(code == 2 && stderr.contains("2000 visites") && stdout.is_empty(), "{command}: {stderr}");
        assert!(stderr.len() < 1000);
    }
    // A hundred copies are judged, and told by their first ones.
    let some = place.changed(|plan| {
        let visit = plan["visits"][0].clone();
        plan["visits"] = (0..150)
            .map(|k| {
                let mut v = visit.clone();
                v["id"] = json!(format!("v{k}"));
                v
            })
            .collect();
    });
    let (code, stdout, _) = run(&["check", &some, "--scenario", &place.scenario()]);
    assert!(code == 6 && stdout.contains("fois de plus"), "{stdout}");
}

#[test]
fn a_hundred_thousand_unknown_keys_are_counted() {
    let place = Place::new();
    let mut text = fs::read_to_string(place.scenario()).unwrap();
    (0..100_000).for_each(|k| text += &format!("k{k} = {k}\n"));
    fs::write(place.scenario(), text).unwrap();
    let (code, _, stderr) = place.plan(&[]);
    assert_eq!((code, stderr.matches("CFG-unknown-key").count()), (2, 50));
    assert!(stderr.contains("CSV-more"), "{stderr}");
}

#[test]
fn a_million_bad_rows_are_refused_without_reading_all() {
    let place = Place::new();
    for (name, row) in [("communes.csv", "x;y\r\n"), ("communes.csv", "x\r"), ("sites.csv", "\"\"\"\";;\n")] {
        let file = place.path(&format!("mine/{name}"));
        let before = fs::read(&file).unwrap();
        fs::write(&file, [before.clone(), row.repeat(1_000_000).into_bytes()].concat()).unwrap();
        let (code, _, stderr) = place.plan(&[]);
        assert!(code == 2 && stderr.contains("CSV-more"), "{name} {row:?}: {stderr}");
        fs::write(&file, before).unwrap();
    }
}

#[test]
fn dates_beyond_the_calendar_are_refused() {
    let place = Place::planned();
    let (plan, scenario) = (place.path("out/plan.json"), place.scenario());
    for (option, value) in [
        ("--from", "+262142-12-31"),
        ("--now", "-262143-01-01"),
        ("--now", "+262142-12-31T23:59:59+00:00"),
        ("--unavailable", "camion@0001-01-01..9999-12-31"),
        ("--close", "huelgoat-place@+9999-01-01"),
    ] {
        let command =
            if matches!(option, "--from" | "--now") { vec!["plan"] } else { vec!["replan", &plan, "--scenario"] };
        let (code, _, stderr) = run(&[&command[..], &[&scenario, &format!("{option}={value}")]].concat());
        assert!(code == 2 && stderr.contains("[usage]"), "{option} {value}: {code} {stderr}");
    }
}

#[test]
fn cells_of_locks_are_quoted_and_guarded() {
    let place = Place::planned();
    let plan = place.changed(|plan| {
        plan["visits"][0]["id"] = "x".into();
        plan["visits"][0]["vehicle"] = "=HYPERLINK(1)".into();
        plan["visits"][0]["site"] = "a;b\r\n=1+1;2026-01-01;x;;".into();
    });
    let (code, stdout, _) = run(&["lock", &plan, "--visit", "x"]);
    assert_eq!(code, 0);
    assert!(
        stdout.contains("\r\n'=HYPERLINK(1);") && stdout.contains(";\"a;b\r\n=1+1;2026-01-01;x;;\";"),
        "{stdout:?}"
    );
}

#[test]
fn locks_added_at_once_are_all_kept() {
    let place = Place::open();
    let (code, _, stderr) = place.plan(&["--weeks", "8", "--node-limit", "1", "--out", &place.path("out")]);
    assert_eq!(code, 0, "{stderr}");
    let plan: Value = serde_json::from_str(&fs::read_to_string(place.path("out/plan.json")).unwrap()).unwrap();
    let ids: Vec<&str> = plan["visits"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap()).collect();
    assert!(ids.len() > 3);
    let (file, locks) = (place.path("out/plan.json"), place.path("locks.csv"));
    let running: Vec<_> =
        ids.iter().map(|id| command(&["lock", &file, "--visit", id, "--out", &locks]).spawn().unwrap()).collect();
    assert!(running.into_iter().all(|mut child| child.wait().unwrap().success()));
    assert_eq!(fs::read_to_string(locks).unwrap().lines().count(), 1 + ids.len());
}

#[test]
fn without_a_reference_nobody_is_called_additional() {
    let place = Place::open();
    place.edit("mine/scenario.toml", "\nimaging-sites = ", "\n# imaging-sites = ");
    let (code, stdout, stderr) = place.plan(&["--out", &place.path("out"), "--lang", "en"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.contains("Without a fixed place to compare with") && !stdout.to_lowercase().contains("additional"),
        "{stdout}"
    );
    assert!(!stdout.contains("added"), "{stdout}");
    let table = fs::read_to_string(place.path("out/territories.csv")).unwrap();
    let cells: Vec<Vec<&str>> = table.lines().map(|line| line.split(';').collect()).collect();
    let at = cells[0].iter().position(|title| *title == "additional").unwrap();
    assert!(cells.len() > 1 && cells[1..].iter().all(|row| row[at].is_empty()), "{table}");
    // With shares of their own, communes need no reference.
    let text = fs::read_to_string(place.path("mine/communes.csv")).unwrap();
    let at = text.lines().next().unwrap().split(';').position(|title| title == "additional_share").unwrap();
    let with_share = |(k, line): (usize, &str)| {
        let mut row: Vec<&str> = line.split(';').collect();
        if k > 0 {
            row[at] = "0,5";
        }
        row.join(";")
    };
    let text: Vec<String> = text.lines().enumerate().map(with_share).collect();
    fs::write(place.path("mine/communes.csv"), text.join("\n")).unwrap();
    let (_, stdout, _) = place.plan(&["--lang", "en"]);
    assert!(stdout.contains("Additional") && !stdout.contains("Without a fixed place"), "{stdout}");
}

#[test]
fn a_plan_without_a_visit_says_why() {
    let place = Place::open();
    place.edit("mine/scenario.toml", "driving-minutes-per-day = ", "driving-minutes-per-day = 10 # ");
    for (lang, said, nought) in [("fr", "2\u{a0}emplacements", "-0,0"), ("en", "2\u{a0}sites", "-0.0")] {
        let (code, stdout, _) = place.plan(&["--lang", lang]);
        assert!(code == 0 && stdout.contains("[R5-driving-day]") && stdout.contains(said), "{stdout}");
        assert!(!stdout.contains(nought), "{stdout}");
    }
}

#[test]
fn a_thousand_bad_requests_do_not_hide_a_good_one() {
    let place = Place::planned();
    let bad = "x;99999;mammography;2026-12-01T09:00;\n".repeat(1_200);
    let text = format!("id;commune;service;instant;language\n{bad}good;29081;mammography;2026-11-30T08:00;\n");
    fs::write(place.path("requests.csv"), text).unwrap();
    let respond =
        ["respond", &place.path("out/plan.json"), &place.path("requests.csv"), "--scenario", &place.scenario()];
    let (code, stdout, stderr) = run(&[&respond[..], &["--format", "json"]].concat());
    assert_eq!(code, 2, "{stderr}");
    let said: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(said["answers"]["answers"].as_array().unwrap().len(), 1, "{stdout}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_somebody_else_has_locked_is_written_in_the_end() {
    let place = Place::planned();
    let held = fs::File::open(place.path("out")).unwrap();
    held.lock().unwrap();
    assert_eq!(place.plan(&["--out", &place.path("out")]).0, 0);
}

#[test]
fn a_lock_written_in_another_form_is_known() {
    let place = Place::planned();
    let plan: Value = serde_json::from_str(&fs::read_to_string(place.path("out/plan.json")).unwrap()).unwrap();
    let (visit, locks) = (&plan["visits"][0], place.path("locks.csv"));
    let text = |key: &str| visit[key].as_str().unwrap().to_owned();
    let date: Vec<String> = text("date").split('-').rev().map(str::to_owned).collect();
    let (vehicle, site) = (text("vehicle").to_uppercase(), text("site").replace('-', " "));
    let before =
        format!("Verrous de décembre;;;\r\nvehicle;date;site;sessions\r\n{vehicle};{};{site};\r\n", date.join("/"));
    fs::write(&locks, &before).unwrap();
    let (code, _, stderr) = run(&["lock", &place.path("out/plan.json"), "--visit", &text("id"), "--out", &locks]);
    assert!(code == 0 && stderr.contains("rien n'a été ajouté"), "{stderr}");
    assert_eq!(fs::read_to_string(&locks).unwrap().trim_start_matches('\u{feff}'), before);
}

#[test]
fn the_week_asked_for_is_the_week_judged() {
    let place = Place::planned();
    let check = ["check", &place.path("out/plan.json"), "--scenario", &place.scenario(), "--now", "2026-12-01"];
    let (code, stdout, stderr) = run(&[&check[..], &["--week", "next"]].concat());
    assert!(code != 0 && !stdout.contains("semaine 49"), "{stdout}{stderr}");
}
