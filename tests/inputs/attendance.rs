//! Actual attendance: a week is planned, its tables are filled in, and the next week follows from them.

use crate::program::command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;
use tournee::config::{LoadOptions, Loaded, load};
use tournee::demand::{Demand, ServiceDemand};
use tournee::domain::ServiceId;

const NORD: &str = "config/nord.toml";
const NEXT: &str = "2026-W50";

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A table as it was written: titles, and rows by title.
fn table(path: &Path) -> (Vec<String>, Vec<BTreeMap<String, String>>) {
    let content = fs::read_to_string(path).unwrap();
    let mut lines = content.trim_start_matches('\u{feff}').lines();
    let titles: Vec<String> = lines.next().unwrap().split(';').map(str::to_owned).collect();
    let row = |line: &str| titles.iter().cloned().zip(line.split(';').map(str::to_owned)).collect();
    let rows = lines.map(row).collect();
    (titles, rows)
}

/// A table written again, as a spreadsheet would.
fn write(path: &Path, titles: &[String], rows: &[BTreeMap<String, String>]) {
    let line = |row: &BTreeMap<String, String>| titles.iter().map(|t| row[t].clone()).collect::<Vec<_>>().join(";");
    let lines: Vec<String> = std::iter::once(titles.join(";")).chain(rows.iter().map(line)).collect();
    fs::write(path, format!("\u{feff}{}\r\n", lines.join("\r\n"))).unwrap();
}

/// The Nord's week 49, planned without anything before it.
struct Week {
    folder: TempDir,
    plan: Value,
}

impl Week {
    fn planned() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let out = text(&folder.path().join("49"));
        let end = run(&["plan", NORD, "--no-past", "--gap", "0.05", "--node-limit", "1", "--out", &out]);
        assert!(end.status.success(), "{}", String::from_utf8_lossy(&end.stderr));
        let plan = serde_json::from_slice(&fs::read(Path::new(&out).join("plan.json")).unwrap()).unwrap();
        Self { folder, plan }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("49").join(name)
    }

    /// `invitations.csv` with the attendance of each line filled in.
    fn attended(&self, name: &str, of: impl Fn(&BTreeMap<String, String>) -> String) -> PathBuf {
        let (titles, mut rows) = table(&self.file("invitations.csv"));
        for row in &mut rows {
            let cell = of(row);
            row.insert("attended".into(), cell);
        }
        let path = self.folder.path().join(name);
        write(&path, &titles, &rows);
        path
    }

    /// `visits.csv` with the attendance of whole visits filled in.
    fn made(&self, name: &str, of: impl Fn(&BTreeMap<String, String>) -> String) -> PathBuf {
        let (titles, mut rows) = table(&self.file("visits.csv"));
        for row in &mut rows {
            let cell = of(row);
            let before = row.insert("mammography_attended".into(), cell);
            assert_eq!(before.as_deref(), Some(""), "the column is there to be filled in");
        }
        let path = self.folder.path().join(name);
        write(&path, &titles, &rows);
        path
    }
}

/// Week 50 after these files.
fn after(past: &[&Path]) -> Loaded {
    let past = past.iter().map(|p| p.to_path_buf()).collect();
    let start = tournee::config::monday_of_week(NEXT);
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join(NORD);
    load(&scenario, &LoadOptions { no_past: true, start, past, ..LoadOptions::default() }).unwrap()
}

fn demand(loaded: &Loaded) -> ServiceDemand {
    let table = loaded.road_graph.table(&loaded.scenario).unwrap();
    Demand::new(&loaded.scenario, &table).of(ServiceId(0)).unwrap().clone()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> u32 {
    row[column].parse().unwrap()
}

/// Plans week 50 after a file; its plan.
fn next(past: &Path) -> Value {
    let limits = ["--gap", "0.01", "--node-limit", "30", "--format", "json"];
    let end = run(&[&["plan", NORD, "--no-past", "--week", NEXT, "--past", &text(past)][..], &limits].concat());
    assert!(end.status.success(), "{}", String::from_utf8_lossy(&end.stderr));
    serde_json::from_slice(&end.stdout).unwrap()
}

#[test]
fn the_next_week_follows_from_who_came() {
    let week = Week::planned();
    let nobody = week.attended("nobody.csv", |_| "0".into());
    let everybody = week.attended("everybody.csv", |row| row["invited"].clone());
    let before = after(&[]);
    let fresh = demand(&before);
    assert!(fresh.received.iter().all(|r| *r == 0.0));
    let (_, rows) = table(&everybody);
    for (file, came) in [(&nobody, false), (&everybody, true)] {
        let loaded = after(&[file]);
        assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
        let now = demand(&loaded);
        let scenario = &loaded.scenario;
        // Due: less those invited, whoever came.
        let mut due = fresh.due.clone();
        let mut received = vec![0.0; scenario.territories.len()];
        for row in &rows {
            let i = scenario.communes.iter().position(|c| c.code == row["commune"]).unwrap();
            due[i] -= number(row, "invited");
            if came {
                received[scenario.communes[i].territory.index()] += now.worth[i] * f64::from(number(row, "invited"));
            }
        }
        assert_eq!(now.due, due);
        // Received: those who came, and no others.
        for (z, wanted) in received.iter().enumerate() {
            assert!((now.received[z] - wanted).abs() < 1e-9, "territory {z}: {} and {wanted}", now.received[z]);
        }
        assert_eq!(came, received.iter().any(|r| *r > 0.0));
    }

    // Where fewer came than expected there is more to gain, and the week after says so.
    let (low, high) = (next(&nobody), next(&everybody));
    let score = |plan: &Value, key: &str| plan[key].as_f64().unwrap();
    assert!(score(&low, "upper_bound") >= score(&high, "score"), "V is concave: nothing received is worth most");
    let sites = |plan: &Value| -> Vec<String> {
        plan["visits"].as_array().unwrap().iter().map(|v| v["site"].as_str().unwrap().to_owned()).collect()
    };
    assert_ne!(score(&low, "score"), score(&high, "score"));
    // Either way the visits have been made: no place is visited again so soon.
    for plan in [&low, &high] {
        for site in sites(plan) {
            assert!(!sites(&week.plan).contains(&site), "{site} again after a week");
        }
    }
}

/// Spacing off: a site may be visited again, and its visits go on being counted.
#[test]
fn identities_go_on() {
    let week = Week::planned();
    let past = week.attended("past.csv", |row| row["invited"].clone());
    let visit = &week.plan["visits"][0];
    let (id, site) = (visit["id"].as_str().unwrap(), visit["site"].as_str().unwrap());
    assert_eq!(id, format!("nord-sante-truck.{site}.{}", visit["date"].as_str().unwrap()));
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join(NORD);
    let scenario = week.folder.path().join("close.toml");
    let close = "[[vehicle]]\nid = \"nord-sante-truck\"\nspacing-weeks = 0\n";
    fs::write(&scenario, format!("base = {base:?}\n\n{close}")).unwrap();
    let locks = week.folder.path().join("locks.csv");
    fs::write(&locks, format!("vehicle;date;site\nnord-sante-truck;2026-12-08;{site}\n")).unwrap();
    let arguments = ["plan", &text(&scenario), "--no-past", "--week", NEXT, "--locks", &text(&locks)];
    let limits = ["--gap", "0.05", "--node-limit", "1", "--format", "json"];
    // visits.csv alone tells of the visits, too, with or without invitations.
    for file in [past, week.file("visits.csv")] {
        let end = run(&[&arguments[..], &["--past", &text(&file)], &limits].concat());
        assert!(end.status.success(), "{}", String::from_utf8_lossy(&end.stderr));
        let plan: Value = serde_json::from_slice(&end.stdout).unwrap();
        let ids: Vec<&str> = plan["visits"].as_array().unwrap().iter().map(|v| v["id"].as_str().unwrap()).collect();
        // Another visit, with a name of its own.
        let fresh = format!("nord-sante-truck.{site}.2026-12-08");
        assert!(ids.contains(&fresh.as_str()), "{ids:?} after {}", file.display());
    }
}

/// The coordinator knows how many came to a visit, not from where: that is shared out as expected.
#[test]
fn attendance_of_whole_visits_is_shared_out() {
    let week = Week::planned();
    let made = week.made("visits.csv", |_| "20".into());
    let invitations = week.file("invitations.csv");
    let (_, lines) = table(&invitations);
    for order in [[made.as_path(), invitations.as_path()], [invitations.as_path(), made.as_path()]] {
        let loaded = after(&order);
        assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
        let past = &loaded.scenario.past;
        assert_eq!(past.len(), 5);
        for visit in past {
            assert_eq!(visit.invitations.iter().map(|l| l.attended.0).sum::<u32>(), 20, "{visit:?}");
            let own: Vec<_> = lines.iter().filter(|row| row["visit"] == visit.id).collect();
            assert_eq!(own.len(), visit.invitations.len());
            let expected = |row: &BTreeMap<String, String>| row["expected"].replace(',', ".").parse::<f64>().unwrap();
            let all: f64 = own.iter().map(|row| expected(row)).sum();
            for (line, row) in visit.invitations.iter().zip(own) {
                let fair = 20.0 * expected(row) / all;
                assert!((f64::from(line.attended.0) - fair).abs() < 1.0, "{line:?}: {fair}");
                assert!(line.attended <= line.invited);
            }
        }
    }
    // More than expected, too; and a commune that is known is left as it is.
    let many = week.made("many.csv", |_| "60".into());
    let some =
        week.attended("some.csv", |row| if row["commune"] == lines[0]["commune"] { "1".into() } else { String::new() });
    let loaded = after(&[&many, &some]);
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    for visit in &loaded.scenario.past {
        assert_eq!(visit.invitations.iter().map(|l| l.attended.0).sum::<u32>(), 60);
    }
    let known = loaded.scenario.past.iter().flat_map(|v| &v.invitations);
    let code = |l: &tournee::domain::PastInvitation| loaded.scenario.communes[l.commune.index()].code.clone();
    assert!(known.filter(|l| code(l) == lines[0]["commune"]).all(|l| l.attended.0 == 1));
}

#[test]
fn what_does_not_agree_is_named() {
    let week = Week::planned();
    let invitations = week.file("invitations.csv");
    let full = week.attended("full.csv", |row| row["invited"].clone());
    let twenty = week.made("twenty.csv", |_| "20".into());
    let half = week.made("half.csv", |_| "2,5".into());
    let many = week.made("many.csv", |_| "5000".into());
    let (titles, _) = table(&twenty);
    let column = titles.iter().position(|t| t == "mammography_attended").unwrap();
    let told = |past: &[&Path]| -> Vec<String> {
        let past: Vec<PathBuf> = past.iter().map(|p| p.to_path_buf()).collect();
        let start = tournee::config::monday_of_week(NEXT);
        let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join(NORD);
        let options = LoadOptions { no_past: true, start, past, ..LoadOptions::default() };
        let problems = load(&scenario, &options).map_or_else(|errors| errors, |loaded| loaded.warnings);
        let one = |p: &tournee::config::Problem| {
            let name = Path::new(&p.file).file_name().unwrap().to_str().unwrap().to_owned();
            let column = p.column_name.clone().unwrap_or_default();
            format!("{} {name}:{} {column}", p.code, p.position.unwrap().0)
        };
        problems.iter().map(one).collect()
    };
    let every = |code: &str, file: &str| -> Vec<String> {
        (2..7).map(|line| format!("{code} {file}:{line} mammography_attended")).collect()
    };
    assert!(column > 0);
    assert_eq!(told(&[&twenty]), every("PAST-total", "twenty.csv"), "without the invitations");
    assert_eq!(told(&[&twenty, &full]), every("PAST-total", "twenty.csv"), "they say another number");
    assert_eq!(told(&[&half, &full]), every("CSV-number", "half.csv"));
    assert_eq!(told(&[&many, &invitations]), every("PAST-attendance", "many.csv"), "more than were invited");
    assert_eq!(
        told(&[&twenty, &twenty, &invitations]),
        (2..7).map(|l| format!("CSV-duplicate twenty.csv:{l} visit")).collect::<Vec<_>>()
    );
    assert_eq!(told(&[&invitations]), ["PAST-no-attendance invitations.csv:2 attended"]);
    assert_eq!(told(&[&week.file("visits.csv"), &full]), [""; 0], "nothing noted of whole visits");
    let letters = week.attended("letters.csv", |_| "x".into());
    assert!(told(&[&letters])[0].starts_with("CSV-number letters.csv:2 attended"));
    let odd = week.attended("odd.csv", |row| (number(row, "invited") + 1).to_string());
    assert!(told(&[&odd])[0].starts_with("PAST-attendance odd.csv:2 attended"));
}
