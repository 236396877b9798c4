//! `tournee respond`: requests in, appointments out.

use crate::program::run;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

const REGION: &str = "config/hauts-de-france.toml";

/// A week of the region, planned once, roughly.
fn plan() -> &'static str {
    static PLAN: OnceLock<(TempDir, String)> = OnceLock::new();
    let (_, path) = PLAN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let (code, _, stderr) = run(&["plan", REGION, "--gap", "0.5", "--node-limit", "1", "--out", out]);
        assert_eq!(code, 0, "{stderr}");
        let path = folder.path().join("plan.json").to_str().unwrap().to_owned();
        (folder, path)
    });
    path
}

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new(requests: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("requests.csv"), requests).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn respond(&self, more: &[&str]) -> (i32, String, String) {
        let (requests, out) = (self.path("requests.csv"), self.path("out"));
        let arguments =
            ["respond", plan(), requests.to_str().unwrap(), "--scenario", REGION, "--out", out.to_str().unwrap()];
        run(&[&arguments[..], more].concat())
    }

    fn answers(&self) -> Value {
        read(&self.path("out/answers.json"))
    }
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Somewhere near a fixed point with primary care.
const GOOD: &str = "good;59350;primary-care;2026-12-01T09:00;\n";

#[test]
fn bad_lines_are_named_while_good_ones_are_answered() {
    let desk = Desk::new(&format!(
        "id;commune;service;instant;language\n{GOOD}\
         nowhere;99999;primary-care;2026-12-01T09:00;\n\
         past;59350;primary-care;2026-11-20T09:00;\n\
         good;59350;primary-care;2026-12-01T10:00;\n\
         zone;59350;primary-care;2026-12-01T09:00+05:00;\n\
         utc;59350;primary-care;2026-12-01T09:00:00Z;\n\
         later;59350;primary-care;2027-12-01T09:00;\n\
         words;59350;primary-care;tomorrow;\n\
         what;59350;surgery;2026-12-01T09:00;\n\
         ;59350;primary-care;2026-12-01T09:00;\n\
         short;59350\n\
         offset;59350;primary-care;2026-12-01T09:00:00+01:00;\n"
    ));
    let (code, stdout, stderr) = desk.respond(&["--format", "json"]);
    assert_eq!(code, 2, "{stderr}");
    let said: Value = serde_json::from_str(&stdout).unwrap();
    let mut problems: Vec<(u64, String)> = said["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["line"].as_u64().unwrap(), p["code"].as_str().unwrap().to_owned()))
        .collect();
    problems.sort();
    let codes = [
        (3, "CSV-unknown-commune"),
        (4, "REQ-past"),
        (5, "REQ-duplicate"),
        (6, "REQ-zone"),
        (7, "REQ-zone"),
        (8, "REQ-late"),
        (9, "REQ-instant"),
        (10, "REQ-service"),
    ];
    let wanted: Vec<(u64, String)> = codes.iter().map(|(line, code)| (*line, (*code).to_owned())).collect();
    assert_eq!(problems[..8], wanted);
    let others: Vec<u64> = problems[8..].iter().map(|(line, _)| *line).collect();
    assert_eq!(others, [11, 12, 12]);
    assert!(stderr.contains("requests.csv") && stderr.contains("REQ-zone"), "{stderr}");
    assert_eq!(said["answers"], desk.answers());
    let names: Vec<&str> =
        said["answers"]["answers"].as_array().unwrap().iter().map(|a| a["request"].as_str().unwrap()).collect();
    assert_eq!(names, ["good", "offset"]);
    assert_eq!(said["answers"]["answered"], 2);
    // With the time of answering, what is over is past.
    let desk = Desk::new(&format!("id;commune;service;instant;language\n{GOOD}"));
    let (code, _, stderr) = desk.respond(&["--now", "2026-12-04T09:00"]);
    assert!(code == 2 && stderr.contains("REQ-past"), "{stderr}");
    // A file that is none.
    let desk = Desk::new("id;commune\n1;59350\n");
    let (code, _, stderr) = desk.respond(&[]);
    assert!(code == 2 && stderr.contains("CSV-"), "{stderr}");
    assert!(!desk.path("out/answers.json").exists());
}

#[test]
fn times_that_are_there_twice_or_not_at_all_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = "config/nord.toml";
    for (week, instant, code) in
        [("2026-W43", "2026-10-25T02:30", "REQ-zone"), ("2026-W13", "2026-03-29T02:30", "REQ-zone")]
    {
        let out = folder.path().join(week);
        let made =
            run(&["plan", scenario, "--week", week, "--no-past", "--node-limit", "1", "--out", out.to_str().unwrap()]);
        assert_eq!(made.0, 0, "{}", made.2);
        let requests = folder.path().join("requests.csv");
        fs::write(&requests, format!("id;commune;service;instant\n1;59350;mammography;{instant}\n")).unwrap();
        let plan = out.join("plan.json");
        let (exit, _, stderr) =
            run(&["respond", plan.to_str().unwrap(), requests.to_str().unwrap(), "--scenario", scenario, "--no-past"]);
        assert!(exit == 2 && stderr.contains(code), "{stderr}");
    }
}

/// Requests from all over the region, by their residents.
fn many(count: usize) -> String {
    let table = fs::read_to_string("routes/hauts-de-france/communes.csv").unwrap();
    let codes: Vec<&str> = table.lines().skip(1).filter_map(|l| l.split(',').next()).collect();
    let services = ["primary-care", "diagnostics", "mammography", "prevention"];
    let mut out = String::from("id;commune;service;instant\n");
    for k in 0..count {
        // Any commune, any minute of the week.
        let (code, minute) = (codes[k * 7919 % codes.len()], k * 6271 % (7 * 24 * 60));
        let (day, hour) = (minute / 1440, minute / 60 % 24);
        let date = ["11-30", "12-01", "12-02", "12-03", "12-04", "12-05", "12-06"][day];
        let instant = format!("2026-{date}T{hour:02}:{:02}", minute % 60);
        out += &format!("r{k};{code};{};{instant}\n", services[k % 4]);
    }
    out
}

#[test]
fn ten_thousand_requests_are_answered_and_stay_answered() {
    let desk = Desk::new(&many(10_000));
    let (code, stdout, stderr) = desk.respond(&[]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("demandes avec rendez-vous"), "{stdout}");
    let first = desk.answers();
    let (answered, left) = (first["answered"].as_u64().unwrap(), first["unanswered"].as_u64().unwrap());
    assert_eq!(answered + left, 10_000);
    assert!(answered > 1_000, "{answered}");
    let list = first["answers"].as_array().unwrap();
    assert!(list.iter().all(|a| a["appointment"].is_object() != a["missing"].is_object()));
    let labels = first["labels"].to_string();
    assert!(labels.contains("--point-lanes") && labels.contains("supposés"), "{labels}");
    let table = fs::read_to_string(desk.path("out/answers.csv")).unwrap();
    assert_eq!(table.lines().count(), 10_001);
    // Asked again, after some more: everybody keeps theirs.
    let earlier = desk.path("earlier.json");
    fs::copy(desk.path("out/answers.json"), &earlier).unwrap();
    let more = many(10_500);
    fs::write(desk.path("requests.csv"), more).unwrap();
    let (code, _, stderr) = desk.respond(&["--answers", earlier.to_str().unwrap(), "--prefer", "nearest"]);
    assert_eq!(code, 0, "{stderr}");
    let again = desk.answers();
    for (old, new) in list.iter().zip(again["answers"].as_array().unwrap()) {
        if old["appointment"].is_object() {
            assert_eq!((&old["appointment"], &new["kept"]), (&new["appointment"], &true.into()));
        }
    }
}

/// The two vans, which keep some appointments for those who ask.
fn vans_with_reserve(folder: &Path) -> String {
    let shipped = fs::read_to_string("config/clinique-ambulante.toml").unwrap();
    let routes = Path::new(env!("CARGO_MANIFEST_DIR")).join("routes");
    let shipped = shipped.replace("../routes", routes.to_str().unwrap());
    let (before, after) = shipped.split_once("id = \"primary-care\"\nname-fr").unwrap();
    let path = folder.join("vans.toml");
    fs::write(&path, format!("{before}id = \"primary-care\"\nreserve = 3\nname-fr{after}")).unwrap();
    path.to_str().unwrap().to_owned()
}

/// So many requests for primary care from Arras, where the week's only visit is short.
fn from_arras(count: usize) -> String {
    let row = |k: usize| format!("r{k};62041;primary-care;2026-12-0{}T07:00\n", 1 + k % 4);
    "id;commune;service;instant\n".to_owned() + &(0..count).map(row).collect::<String>()
}

#[test]
fn a_detour_answers_more_within_its_budget() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (vans, week, requests) = (vans_with_reserve(folder.path()), of("week"), of("requests.csv"));
    let good = |arguments: &[&str]| {
        let (code, stdout, stderr) = run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {stderr}");
        stdout
    };
    good(&["plan", &vans, "--gap", "0.5", "--node-limit", "1", "--out", &week]);
    let answered = |out: &str| read(&Path::new(out).join("answers.json"))["answered"].as_u64().unwrap();
    let respond = |plan: &str, out: &str, more: &[&str]| {
        let plan = format!("{plan}/plan.json");
        let usual = ["respond", &plan, &requests, "--scenario", &vans, "--out", out, "--point-lanes", "0"];
        good(&[&usual[..], more].concat())
    };
    fs::write(&requests, from_arras(10)).unwrap();
    let (none, detour) = (of("none"), of("detour"));
    respond(&week, &none, &[]);
    assert!(!Path::new(&none).join("plan.json").exists());
    let work = ["--detour", "--max-changes", "2", "--node-limit", "4", "--now", "2026-11-29"];
    let said = respond(&week, &detour, &work);
    assert!(answered(&detour) > answered(&none), "{} then {}: {said}", answered(&none), answered(&detour));
    let made = Path::new(&detour).join("plan.json");
    let revision = read(&made)["revision"].clone();
    let changes = revision["changes"].as_array().unwrap().len();
    assert!((1..=2).contains(&changes) && revision["booked"].is_null(), "{revision:#}");
    good(&["check", made.to_str().unwrap(), "--scenario", &vans]);
    assert!(Path::new(&detour).join("changes.csv").exists());
    // More people ask: those who have appointments keep them, and the visits where they have them stay.
    fs::write(&requests, from_arras(14)).unwrap();
    let (answers, again) = (format!("{detour}/answers.json"), of("again"));
    let (before, all) = (answered(&detour), ["--answers", &answers]);
    respond(&detour, &again, &[&work[..], &all].concat());
    let (old, new) = (read(Path::new(&answers)), read(&Path::new(&again).join("answers.json")));
    for (old, new) in old["answers"].as_array().unwrap().iter().zip(new["answers"].as_array().unwrap()) {
        assert!(old["appointment"].is_null() || old["appointment"] == new["appointment"], "{old} {new}");
    }
    assert!(answered(&again) >= before);
    let revised = Path::new(&again).join("plan.json");
    assert!(revised.exists(), "another detour is found");
    let revision = read(&revised)["revision"].clone();
    let booked = revision["booked"].as_array().unwrap();
    let changed = |id: &Value| revision["changes"].as_array().unwrap().iter().any(|c| c["visit"] == *id);
    assert!(!booked.is_empty() && !booked.iter().any(changed), "{revision:#}");
    good(&["check", revised.to_str().unwrap(), "--scenario", &vans]);
}

#[test]
fn answers_that_are_none_are_told() {
    let desk = Desk::new(&format!("id;commune;service;instant;language\n{GOOD}"));
    let bad = desk.path("bad.json");
    fs::write(&bad, "{\n  \"answers\": 3\n}\n").unwrap();
    let (code, _, stderr) = desk.respond(&["--answers", bad.to_str().unwrap()]);
    assert!(code == 2 && stderr.contains("bad.json"), "{stderr}");
    let (code, _, stderr) = desk.respond(&["--max-changes", "3"]);
    assert!(code == 2 && stderr.contains("detour"), "{stderr}");
}

#[test]
fn the_promise_counts_the_requests_that_are_answered_on_both_clocks() {
    // The week's last Friday afternoon: two working days reach beyond the Sunday, two days do not.
    let desk = Desk::new(&format!(
        "id;commune;service;instant;language\n{GOOD}\
         friday;59350;primary-care;2026-12-04T18:30;\n\
         far;02110;primary-care;2026-12-01T09:00;\n\
         near;02691;primary-care;2026-12-01T09:00;\n"
    ));
    let requests = desk.path("requests.csv");
    let out = desk.path("promise");
    let arguments = [
        &["promise", plan(), "--scenario", REGION, "--service", "primary-care", "--format", "json"][..],
        &["--requests", requests.to_str().unwrap(), "--out", out.to_str().unwrap()],
    ]
    .concat();
    let (code, stdout, stderr) = run(&arguments);
    assert_eq!(code, 0, "{stderr}");
    let said: Value = serde_json::from_str(&stdout).unwrap();
    assert!(said["labels"].to_string().contains("hypothèse"), "{}", said["labels"]);
    let answered = |more: &[&str]| {
        let (code, _, stderr) = desk.respond(more);
        assert_eq!(code, 0, "{stderr}");
        desk.answers()["answers"].as_array().unwrap().iter().map(|a| a["appointment"].is_object()).collect::<Vec<_>>()
    };
    let count = |all: &[bool]| all.iter().filter(|a| **a).count();
    let (fixed, alone) = (answered(&[]), answered(&["--point-lanes", "0"]));
    let of = |clock: &str| said["rolling"].as_array().unwrap().iter().find(|of| of["clock"] == clock).unwrap();
    let place = |clock: &str, code: &str| {
        let places = of(clock)["places"].as_array().unwrap();
        places.iter().find(|p| p["code"] == code).unwrap()["requests"].clone()
    };
    assert_eq!(place("working", ""), json!({"asked": 4, "vehicles": count(&alone), "with_fixed": count(&fixed)}));
    // One lane would do for each; whether it is the vehicles' or not, the Friday is answered on one clock only.
    assert!(fixed[0] && fixed[1], "{fixed:?}");
    let lille = |clock: &str| place(clock, "59350")["with_fixed"].as_u64().unwrap();
    assert_eq!((lille("working"), lille("calendar")), (2, 1));
    assert_eq!(place("working", "59")["asked"], 2);
    assert_eq!(place("working", "59009"), Value::Null, "nobody asked there");
    let table = fs::read_to_string(out.join("promise.csv")).unwrap();
    let names: Vec<&str> = table.lines().next().unwrap().split(';').collect();
    let at = names.iter().position(|n| *n == "requests").unwrap();
    let scope = table.lines().find(|l| l.contains(";working;") && l.contains(";scope;")).unwrap();
    let cells: Vec<&str> = scope.split(';').collect();
    let (vehicles, with_fixed) = (count(&alone).to_string(), count(&fixed).to_string());
    assert_eq!(cells[at..at + 3], ["4", &vehicles, &with_fixed]);
    let map = read(&out.join("promise-primary-care-calendar.geojson"));
    let lille = map["features"].as_array().unwrap().iter().find(|f| f["properties"]["code"] == "59350").unwrap();
    assert_eq!(lille["properties"]["requests_with_fixed"], 1);
    let (code, stdout, _) = run(&[&arguments[..6], &["--requests", requests.to_str().unwrap()]].concat());
    assert!(code == 0 && stdout.contains("demandes de rendez-vous"), "{stdout}");
}

#[test]
fn what_only_a_detour_needs_is_refused_without_it() {
    let desk = Desk::new(&format!("id;commune;service;instant;language\n{GOOD}"));
    for more in [["--time-limit", "5"], ["--node-limit", "5"], ["--seed", "5"], ["--max-changes", "5"]] {
        let (code, _, stderr) = desk.respond(&more);
        assert!(code == 2 && stderr.contains("--detour"), "{stderr}");
    }
    let (code, _, stderr) = run(&["promise", plan(), "--scenario", REGION, "--point-lanes", "2"]);
    assert!(code == 2 && stderr.contains("--requests"), "{stderr}");
}
