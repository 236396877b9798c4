//! `tournee replan` and `tournee lock`: a published week goes on after something happened.

use crate::program::{command, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;

const NORD: &str = "config/nord.toml";
const TRUCK: &str = "nord-sante-truck";
const WEDNESDAY: &str = "2026-12-02";

/// The Nord's week, planned once.
fn published() -> &'static Path {
    static PLAN: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = PLAN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (code, _, stderr) = run(&["plan", NORD, "--out", folder.path().to_str().unwrap()]);
        assert_eq!(code, 0, "{stderr}");
        let path = folder.path().join("plan.json");
        (folder, path)
    });
    path
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// A plan made anew into a folder.
fn anew(plan: &Path, more: &[&str]) -> (TempDir, Value) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let arguments = [&["replan", plan.to_str().unwrap(), "--scenario", NORD, "--out", out], more].concat();
    let (code, _, stderr) = run(&arguments);
    assert_eq!(code, 0, "{stderr}");
    let made = folder.path().join("plan.json");
    let (code, stdout, stderr) = run(&["check", made.to_str().unwrap(), "--scenario", NORD]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let plan = json(&made);
    (folder, plan)
}

/// Objects of a list by one of their fields, as text.
fn by<'v>(list: &'v Value, field: &str) -> BTreeMap<String, &'v Value> {
    list.as_array().unwrap().iter().map(|v| (v[field].as_str().unwrap().to_owned(), v)).collect()
}

fn changes(plan: &Value) -> Vec<(String, String, String)> {
    let text = |v: &Value| v.as_str().unwrap_or("–").to_owned();
    let list = plan["revision"]["changes"].as_array().unwrap();
    list.iter().map(|c| (text(&c["kind"]), text(&c["before"]["date"]), text(&c["after"]["date"]))).collect()
}

#[test]
fn a_breakdown_on_wednesday_takes_three_changes_at_most() {
    let down = format!("{TRUCK}@{WEDNESDAY}");
    let now = format!("{WEDNESDAY}T07:00");
    let (folder, plan) = anew(published(), &["--unavailable", &down, "--now", &now, "--max-changes", "3"]);
    let before = json(published());
    let made = changes(&plan);
    assert!((1..=3).contains(&made.len()), "{made:?}");
    assert_eq!(plan["score_parts"]["changes_made"], made.len());
    assert!(plan["visits"].as_array().unwrap().iter().all(|v| v["date"] != WEDNESDAY));
    // The past to the byte: visits and tours.
    let (old, new) = (by(&before["visits"], "id"), by(&plan["visits"], "id"));
    let past: Vec<&String> = old.iter().filter(|(_, v)| v["date"].as_str().unwrap() < WEDNESDAY).map(|v| v.0).collect();
    assert_eq!(past.len(), 2);
    for id in past {
        assert_eq!(old[id], new[id]);
    }
    let (old, new) = (by(&before["tours"], "date"), by(&plan["tours"], "date"));
    for date in old.keys().filter(|date| date.as_str() < WEDNESDAY) {
        assert_eq!(old[date], new[date]);
    }
    // Everything that is not a change has kept its identity, its day and its hours.
    let changed: Vec<&str> =
        plan["revision"]["changes"].as_array().unwrap().iter().map(|c| c["visit"].as_str().unwrap()).collect();
    for visit in plan["visits"].as_array().unwrap().iter().filter(|v| !changed.contains(&v["id"].as_str().unwrap())) {
        let old = by(&before["visits"], "id")[visit["id"].as_str().unwrap()];
        assert_eq!(
            (&old["date"], &old["sessions"], &old["vehicle"]),
            (&visit["date"], &visit["sessions"], &visit["vehicle"])
        );
    }
    let gap = plan["gap"].as_f64().unwrap();
    assert!(gap <= 0.001, "{gap}");
    assert_eq!(json(&folder.path().join("changes.json")), plan["revision"]);
    let table = fs::read_to_string(folder.path().join("changes.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + made.len());
}

#[test]
fn calendars_keep_the_cancelled_and_leave_the_rest_alone() {
    let down = format!("{TRUCK}@{WEDNESDAY}");
    let now = format!("{WEDNESDAY}T07:00");
    let (folder, plan) = anew(published(), &["--unavailable", &down, "--now", &now]);
    let cancelled = &plan["revision"]["cancelled"][0]["visit"];
    assert_eq!(cancelled["date"], WEDNESDAY, "{:#}", plan["revision"]["changes"]);
    let files = |folder: &Path| -> BTreeMap<String, String> {
        let list = fs::read_dir(folder.join("calendars")).unwrap().map(|e| e.unwrap().path());
        list.map(|p| (p.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&p).unwrap())).collect()
    };
    let (old, new) = (files(published().parent().unwrap()), files(folder.path()));
    assert_eq!(old.keys().collect::<Vec<_>>(), new.keys().collect::<Vec<_>>());
    let code = cancelled["commune"].as_str().unwrap();
    for (name, text) in &new {
        let events: Vec<&str> = text.split("BEGIN:VEVENT").skip(1).collect();
        let off = events.iter().filter(|e| e.contains("STATUS:CANCELLED")).count();
        if name.starts_with(&format!("commune-{code}")) {
            assert_eq!(off, events.len());
            assert!(events.iter().all(|e| e.contains("SEQUENCE:1\r\n") && e.contains("SUMMARY:ANNULÉ – ")), "{text}");
            assert!(
                events.iter().all(|e| e.contains("DTSTAMP:20261202T060000Z\r\n") && e.contains("TRANSP:TRANSPARENT"))
            );
        } else if name.starts_with("commune-") {
            assert_eq!(text, &old[name], "{name} is not concerned");
        } else {
            assert!(off > 0 && off < events.len(), "{name}");
        }
    }
    // A week later the tombstone is there still, and the identity is not given again.
    let plan = folder.path().join("plan.json");
    let (again, made) = anew(&plan, &["--now", &format!("{WEDNESDAY}T12:00")]);
    assert_eq!(changes(&made), []);
    assert_eq!(files(again.path()), new);
    assert_eq!(made["revision"]["cancelled"][0]["visit"], *cancelled);
}

#[test]
fn a_site_that_is_closed_moves_its_visit_if_that_is_allowed() {
    let thursday = by(&json(published())["visits"], "date")["2026-12-03"].clone();
    let closed = format!("{}@2026-12-03", thursday["site"].as_str().unwrap());
    let now = ["--close", closed.as_str(), "--now", "2026-12-01T19:00"];
    let (_folder, free) = anew(published(), &now);
    let (_folder, one) = anew(published(), &[&now[..], &["--max-changes", "1"]].concat());
    assert_eq!(changes(&one).len(), 1);
    assert!(changes(&free).len() > 1 && free["score"].as_f64() > one["score"].as_f64());
    assert!(one["upper_bound"].as_f64() < free["score"].as_f64());
    let moved = by(&free["visits"], "id")[thursday["id"].as_str().unwrap()];
    assert_ne!(moved["date"], thursday["date"]);
    // No change will not do, and it is said how many would.
    let none =
        [&["replan", published().to_str().unwrap(), "--scenario", NORD, "--max-changes", "0"], &now[..]].concat();
    let (code, _, stderr) = run(&none);
    assert_eq!(code, 4);
    assert!(stderr.contains("[infeasible]") && stderr.contains("un seul suffit"), "{stderr}");
    // What each change is worth, for people.
    let curve =
        [&["replan", published().to_str().unwrap(), "--scenario", NORD, "--curve", "--format", "json"], &now[..]];
    let (code, stdout, stderr) = run(&curve.concat());
    assert_eq!(code, 0, "{stderr}");
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    let curve = answer["curve"].as_array().unwrap();
    assert_eq!((&curve[0]["max_changes"], &curve[0]["impossible"]), (&0.into(), &true.into()));
    let scores: Vec<f64> = curve.iter().filter_map(|p| p["score"].as_f64()).collect();
    assert!(scores.len() >= 2 && scores.windows(2).all(|pair| pair[0] <= pair[1] + 1e-9), "{curve:?}");
    assert_eq!(curve.last().unwrap()["score"], free["score"]);
    let (_, stdout, _) = run(&[&["replan", published().to_str().unwrap(), "--scenario", NORD], &now[..]].concat());
    let town = thursday["site"].as_str().unwrap();
    let line =
        stdout.lines().find(|l| l.contains("jeudi 3") && l.contains(" → ")).unwrap_or_else(|| panic!("{stdout}"));
    assert!(line.contains("\u{a0}h"), "{town}: {line}");
}

#[test]
fn what_is_locked_stays_and_forbidden_is_left() {
    let before = json(published());
    let visits = by(&before["visits"], "date");
    let (friday, thursday) = (visits["2026-12-04"], visits["2026-12-03"]);
    let folder = tempfile::tempdir().unwrap();
    let locks = folder.path().join("locks.csv");
    let id = friday["id"].as_str().unwrap();
    let plan = published().to_str().unwrap();
    let out = locks.to_str().unwrap();
    for _ in 0..2 {
        let (code, _, stderr) = run(&["lock", plan, "--visit", id, "--out", out]);
        assert_eq!(code, 0, "{stderr}");
    }
    let table = fs::read_to_string(&locks).unwrap();
    assert_eq!(table.lines().count(), 2, "{table}");
    let (code, stdout, _) = run(&["lock", plan, "--visit", id]);
    assert_eq!((code, stdout), (0, table));
    let forbid = folder.path().join("forbid.csv");
    fs::write(&forbid, format!("vehicle;date;site\n;;{}\n", thursday["site"].as_str().unwrap())).unwrap();
    let (_made, plan) =
        anew_with(published(), &["--lock", out, "--forbid", forbid.to_str().unwrap()], &["--now", "2026-11-29"]);
    assert_eq!(by(&plan["visits"], "id")[id], friday);
    assert_eq!(plan["revision"]["fixed"], serde_json::json!([id]));
    assert!(plan["visits"].as_array().unwrap().iter().all(|v| v["site"] != thursday["site"]));
    let (code, _, stderr) = run(&["lock", published().to_str().unwrap(), "--visit", "nowhere.1"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("nowhere.1"), "{stderr}");
}

/// The same with inputs that the check needs, too, and more.
fn anew_with(plan: &Path, inputs: &[&str], more: &[&str]) -> (TempDir, Value) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let replan = ["replan", plan.to_str().unwrap(), "--scenario", NORD, "--out", out];
    let (code, _, stderr) = run(&[&replan[..], inputs, more].concat());
    assert_eq!(code, 0, "{stderr}");
    let made = folder.path().join("plan.json");
    let (code, stdout, stderr) = run(&[&["check", made.to_str().unwrap(), "--scenario", NORD], inputs].concat());
    assert_eq!(code, 0, "{stdout}{stderr}");
    let plan = json(&made);
    (folder, plan)
}

/// The invitations of the first two days, with so many of a hundred invited who came.
fn made(of_hundred: u32) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let table = fs::read_to_string(published().parent().unwrap().join("invitations.csv")).unwrap();
    let mut lines = table.trim_start_matches('\u{feff}').lines();
    let header: Vec<&str> = lines.next().unwrap().split(';').collect();
    let at = |name: &str| header.iter().position(|h| *h == name).unwrap();
    let mut out = header.join(";");
    for line in lines {
        let mut cells: Vec<String> = line.split(';').map(str::to_owned).collect();
        if cells[at("date")].as_str() < WEDNESDAY {
            let invited: u32 = cells[at("invited")].parse().unwrap();
            cells[at("attended")] = (invited * of_hundred / 100).to_string();
            out += &format!("\n{}", cells.join(";"));
        }
    }
    let path = folder.path().join("made.csv");
    fs::write(&path, out + "\n").unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn visits_made_are_past_and_count_with_who_came() {
    let before = json(published());
    let mut scores = Vec::new();
    for of_hundred in [0, 30] {
        let (_folder, past) = made(of_hundred);
        let (_out, plan) = anew_with(published(), &["--past", &past], &["--max-changes", "0"]);
        let fixed = plan["revision"]["fixed"].as_array().unwrap();
        assert_eq!(fixed.len(), 2, "{fixed:?}");
        assert_eq!(changes(&plan), []);
        assert!(!plan["revision"]["attended"].as_array().unwrap().is_empty());
        // What was expected is still said of each visit; what they are worth is who came.
        assert_eq!(
            by(&before["visits"], "id")[fixed[0].as_str().unwrap()],
            by(&plan["visits"], "id")[fixed[0].as_str().unwrap()]
        );
        scores.push(plan["score"].as_f64().unwrap());
    }
    assert!(scores[0] < before["score"].as_f64().unwrap() && scores[0] < scores[1], "{scores:?}");
    // A visit that was not published like that is refused.
    let (folder, past) = made(10);
    let text = fs::read_to_string(&past).unwrap().replace("2026-11-30", "2026-12-01");
    let other = folder.path().join("other.csv");
    fs::write(&other, text).unwrap();
    let plan = published().to_str().unwrap();
    let (code, _, stderr) = run(&["replan", plan, "--scenario", NORD, "--past", other.to_str().unwrap()]);
    assert!(code == 2 && stderr.contains("--past"), "{stderr}");
}

#[test]
fn what_is_asked_must_be_there() {
    for (argument, value, said) in [
        ("--unavailable", "camion@2026-12-02", "camion"),
        ("--close", "nulle-part@2026-12-02", "nulle-part"),
        ("--unavailable", "nord-sante-truck@2027-12-02", "2027-12-02"),
        ("--unavailable", "nord-sante-truck", "attendu"),
        ("--close", "leval@2026-12-03..2026-12-01", "attendu"),
        ("--max-changes", "-1", "attendu"),
        ("--now", "demain", "attendu"),
    ] {
        let value = format!("{argument}={value}");
        let (code, _, stderr) = run(&["replan", published().to_str().unwrap(), "--scenario", NORD, &value]);
        assert_eq!(code, 2, "{value}");
        assert!(stderr.contains(said), "{value}: {stderr}");
    }
}

/// Time of the processor that a process has had, in the system's ticks (a hundredth of a second); `None` once it is gone.
#[cfg(target_os = "linux")]
fn ticks(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // proc(5): after the name in brackets, the state is field 3, the times of user and system 14 and 15.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields[11].parse::<u32>().ok()? + fields[12].parse::<u32>().ok()?)
}

/// Whatever is killed when: the folder holds the plan before or the plan after, whole, and calendars that are whole.
#[cfg(target_os = "linux")]
#[test]
fn nothing_published_is_lost_when_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let copy = |name: &str| {
        let from = published().parent().unwrap().join(name);
        let to = folder.path().join(name);
        if from.is_dir() {
            fs::create_dir_all(&to).unwrap();
            for file in fs::read_dir(from).unwrap().map(|e| e.unwrap().path()) {
                fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
            }
        } else {
            fs::copy(from, to).unwrap();
        }
    };
    let start = || {
        for name in ["plan.json", "visits.csv", "calendars"] {
            copy(name);
        }
        let arguments = ["replan", published().to_str().unwrap(), "--scenario", NORD, "--now", "2026-12-02T07:00"];
        command(&arguments)
            .args(["--unavailable", "nord-sante-truck@2026-12-02", "--out", folder.path().to_str().unwrap()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    // Counted in time of the processor, so that nothing depends on how busy the machine is.
    let mut whole = start();
    let mut wait = 0;
    while whole.try_wait().unwrap().is_none() {
        wait = ticks(whole.id()).unwrap_or(wait);
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(whole.wait().unwrap().success());
    let mut wait = f64::from(wait);
    let (mut before, mut after, mut tries) = (0, 0, 0);
    while tries < 24 || (before.min(after) < 3 && tries < 200) {
        tries += 1;
        let mut child = start();
        // Around the end, where files are written.
        while child.try_wait().unwrap().is_none() && ticks(child.id()).is_some_and(|t| f64::from(t) < wait) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = child.kill();
        let _ = child.wait();
        let plan = json(&folder.path().join("plan.json"));
        match plan.get("revision") {
            None => {
                before += 1;
                wait = 1.03 * wait + 1.0;
            }
            Some(revision) => {
                after += 1;
                wait = (0.98 * wait - 1.0).max(1.0);
                assert_eq!(revision["changes"].as_array().unwrap().len(), 1);
            }
        }
        for file in fs::read_dir(folder.path().join("calendars")).unwrap().map(|e| e.unwrap().path()) {
            if file.extension().is_some_and(|e| e == "ics") {
                let text = fs::read_to_string(&file).unwrap();
                assert!(text.ends_with("END:VCALENDAR\r\n"), "{}", file.display());
            }
        }
    }
    assert!(before.min(after) > 2, "killed {before} times before the plan was there, {after} after");
}

#[test]
fn what_an_earlier_revision_closed_is_named_and_can_be_opened_again() {
    // Named as it is shown, whatever the case.
    let (closed, plan) = anew(published(), &["--close", "LEVAL@2026-12-02..2026-12-03", "--now", "2026-11-29"]);
    assert_eq!(plan["revision"]["closed"][0]["site"], "leval");
    let first = closed.path().join("plan.json");
    let locks = closed.path().join("l.csv");
    fs::write(&locks, format!("vehicle;date;site\n{TRUCK};{WEDNESDAY};leval\n")).unwrap();
    let lock = ["--lock", locks.to_str().unwrap(), "--now", "2026-11-29"];
    let arguments = [&["replan", first.to_str().unwrap(), "--scenario", NORD], &lock[..]].concat();
    let (code, _, stderr) = run(&arguments);
    assert!(code == 4 && stderr.contains("fermé ce jour-là par un replan"), "{stderr}");
    assert!(stderr.contains("--reopen leval@2026-12-02"), "{stderr}");
    // Opened again on that day alone, it can be locked.
    let reopened = [&arguments[..], &["--reopen", "leval@2026-12-02", "--format", "json"]].concat();
    let (code, stdout, stderr) = run(&reopened);
    assert_eq!(code, 0, "{stderr}");
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    let left = &answer["plan"]["revision"]["closed"];
    assert_eq!((left.as_array().unwrap().len(), &left[0]["from"]), (1, &"2026-12-03".into()), "{left}");
    let visits = answer["plan"]["visits"].as_array().unwrap();
    assert!(visits.iter().any(|v| v["site"] == "leval" && v["date"] == WEDNESDAY), "{stdout}");
    // What nobody closed cannot be opened.
    for option in ["--reopen=leval@2026-12-04", "--available=nord-sante-truck@2026-12-02"] {
        let (code, _, stderr) = run(&["replan", first.to_str().unwrap(), "--scenario", NORD, option]);
        assert!(code == 2 && stderr.contains("aucun replan antérieur"), "{stderr}");
    }
}

#[test]
fn a_vehicle_that_is_mended_earlier_goes_out_again() {
    let down = format!("{TRUCK}@2026-12-02..2026-12-04");
    let (broken, plan) = anew(published(), &["--unavailable", &down, "--now", "2026-11-29"]);
    assert!(plan["visits"].as_array().unwrap().iter().all(|v| v["date"].as_str().unwrap() < WEDNESDAY));
    let back = format!("{TRUCK}@2026-12-03..2026-12-04");
    let (_, plan) = anew(&broken.path().join("plan.json"), &["--available", &back, "--now", "2026-11-29"]);
    assert_eq!(plan["revision"]["unavailable"][0]["to"], WEDNESDAY);
    let dates: Vec<&str> = plan["visits"].as_array().unwrap().iter().map(|v| v["date"].as_str().unwrap()).collect();
    assert!(dates.contains(&"2026-12-03") && !dates.contains(&WEDNESDAY), "{dates:?}");
}
