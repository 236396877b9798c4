//! `tournee benchmark`: what it reads, what it says, and the instances of the literature.

use crate::program::run;
use crate::tools;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tournee::check;
use tournee::config::{known_profits, orienteering};

/// Five customers above and below the way. Two routes of length 8 take all; one takes the three above and one below.
const TOP: &str = "n 7\nm 2\ntmax 8\n0 0 0\n1 1 3\n2 1 4\n3 1 5\n1 -1 2\n3 -1 2\n4 0 0\n";

const WINDOWS: &str =
    "4 2 3 1\n0 0\n0 0 0 0 0 0 0 0 40\n1 3 4 2 10 1 1 1 0 20\n2 6 8 2 20 1 2 1 2 5 15\n3 -3 -4 1 5 1 1 1 30 31\n";

struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

fn json(arguments: &[&str]) -> Vec<Value> {
    let (code, out, err) = run(&[&["benchmark", "--format", "json"], arguments].concat());
    assert_eq!(code, 0, "{out}{err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn both_families_are_read_solved_and_checked() {
    let folder = Folder::with(&[("line.txt", TOP), ("windows.txt", WINDOWS)]);
    let rows = json(&[&folder.path("line.txt"), &folder.path("windows.txt"), "--vehicles", "1,2"]);
    let told: Vec<(&str, u64, f64, bool)> = rows
        .iter()
        .map(|r| {
            let number = |key: &str| r[key].as_f64().unwrap();
            assert!((number("bound") - number("profit")).abs() < 1e-9);
            (r["instance"].as_str().unwrap(), r["vehicles"].as_u64().unwrap(), number("profit"), r["optimal"] == true)
        })
        .collect();
    // One vehicle with windows: 1 until 7, 2 from 12 to 14, and 18 from the third place, open from 30 to 31: all.
    let expected =
        [("line", 1, 14.0, true), ("line", 2, 16.0, true), ("windows", 1, 35.0, true), ("windows", 2, 35.0, true)];
    assert_eq!(told, expected);
    for (row, file) in rows.iter().zip(["line.txt", "line.txt", "windows.txt", "windows.txt"]) {
        let vehicles = row["vehicles"].as_u64().and_then(|m| usize::try_from(m).ok());
        let instance = orienteering(Path::new(&folder.path(file)), vehicles).unwrap();
        let routes: Vec<Vec<usize>> = serde_json::from_value(row["routes"].clone()).unwrap();
        assert_eq!(check::routes(&instance, &routes).unwrap(), row["profit"].as_f64().unwrap());
    }
}

#[test]
fn a_table_of_known_profits_is_compared_with() {
    let table = "# name\tvehicles\tprofit\nline\t2\t16\twhoever\nline\t1\t13\n";
    let folder = Folder::with(&[("line.txt", TOP), ("known.tsv", table), ("wrong.tsv", "line\t2\t17\n")]);
    let line = folder.path("line.txt");
    let known = folder.path("known.tsv");
    let (code, out, _) = run(&["benchmark", &line, "--vehicles", "1,2", "--best-known", &known, "--lang", "en"]);
    assert_eq!(code, 0);
    assert!(out.contains("2 solves, 2 proved optimal"), "{out}");
    assert!(out.contains("reached 1 times, exceeded 1 times"), "{out}");
    let (code, out, _) = run(&["benchmark", &line, "--best-known", &known]);
    assert!(code == 0 && out.contains("1 calculs, 1 prouvés optimaux"), "{out}");
    let (code, out, _) = run(&["benchmark", &line, "--format", "csv"]);
    assert!(code == 0 && out.starts_with("\u{feff}instance;vehicles;profit"), "{out}");
    assert_eq!(out.lines().nth(1).map(|l| l.starts_with("line;2;16;16;1;")), Some(true), "{out}");
    // Seconds of the processor are counted in hundredths, and written so.
    let processor = out.lines().nth(1).and_then(|l| l.rsplit(';').next()).unwrap();
    assert!(processor.split('.').nth(1).is_none_or(|part| part.len() <= 2), "{out}");
    // A profit that nobody can have.
    let (code, _, err) = run(&["benchmark", &line, "--best-known", &folder.path("wrong.tsv"), "--lang", "en"]);
    assert!(code == 2 && err.contains("the bound 16 is below the known profit 17"), "{err}");
}

#[test]
fn what_is_wrong_with_a_file_is_said_at_its_place() {
    for (text, code, place) in [
        ("", "BENCH-format", "bad.txt"),
        ("hello\n", "BENCH-format", "bad.txt:1:1"),
        ("n 2\nm 1\ntmux 3\n", "BENCH-format", "bad.txt:3:1"),
        ("n 2\nm 1\ntmax 3\n0 0 0\n1 x 0\n", "BENCH-number", "bad.txt:5:3"),
        ("n 2\nm 1\ntmax 3\n0 0 0\n1 1 -4\n", "BENCH-number", "bad.txt:5:5"),
        ("n 2\nm 1\ntmax 3\n0 0 0\n1 1 1e20\n", "BENCH-number", "bad.txt:5:5"),
        ("n 2\nm 1\ntmax 1e300\n0 0 0\n1 1 4\n", "BENCH-number", "bad.txt:3:6"),
        ("n 2\nm 1\ntmax 3\n0 0 0\n1 1\n", "BENCH-format", "bad.txt:5:1"),
        ("n 3\nm 1\ntmax 3\n0 0 0\n1 1 0\n", "BENCH-size", "bad.txt:6:1"),
        ("n 2\nm 100\ntmax 3\n0 0 0\n1 1 0\n", "BENCH-size", "bad.txt:2:3"),
        ("4 1 1 1\n0 0\n0 0 0 0 0 0 0 0 40\n1 3 4 2 10 1 2 1 0 20\n", "BENCH-format", "bad.txt:4:1"),
        ("4 1 1 1\n0 0\n0 0 0 0 0 0 0 0 40\n1 3 4 2 10 1 0 30 20\n", "BENCH-window", "bad.txt:4:16"),
    ] {
        let folder = Folder::with(&[("bad.txt", text)]);
        let (exit, _, err) = run(&["benchmark", &folder.path("bad.txt")]);
        assert_eq!(exit, 2, "{text}: {err}");
        assert!(err.contains(code) && err.contains(place), "{text}: {err}");
    }
    let folder = Folder::with(&[("line.txt", TOP), ("known.tsv", "line\ttwo\t16\n")]);
    let (exit, _, err) = run(&["benchmark", &folder.path("line.txt"), "--best-known", &folder.path("known.tsv")]);
    assert!(exit == 2 && err.contains("BENCH-format") && err.contains("known.tsv:1:1"), "{err}");
    let (exit, _, err) = run(&["benchmark", &folder.path("absent.txt")]);
    assert!(exit == 2 && err.contains("FILE-missing"), "{err}");
    let (exit, _, err) = run(&["benchmark", &folder.path("line.txt"), "--vehicles", "0"]);
    assert!(exit == 2 && err.contains("60"), "{err}");
}

/// The folder of the instances of the literature, which are not part of the project.
fn instances() -> Option<PathBuf> {
    let folder = std::env::var_os("TOURNEE_BENCHMARKS").map(PathBuf::from);
    if folder.is_none() {
        tools::left_out("TOURNEE_BENCHMARKS names no folder of instances (top/, toptw/, best-known.tsv)");
    }
    folder
}

/// No bound is below a profit that somebody has reached, after a second each; and what is called proved is that profit.
#[test]
fn no_bound_is_below_a_known_profit() {
    let Some(folder) = instances() else { return };
    let known = known_profits(&folder.join("best-known.tsv")).unwrap();
    let mut seen = 0;
    for set in ["top/Set4", "top/Set6"] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join(set)).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        let mut arguments: Vec<&str> = vec!["--time-limit", "1"];
        arguments.extend(files.iter().map(|f| f.to_str().unwrap()));
        for row in json(&arguments) {
            let (name, vehicles) = (row["instance"].as_str().unwrap(), row["vehicles"].as_u64().unwrap());
            let known = known[&(name.to_owned(), usize::try_from(vehicles).unwrap())];
            let (profit, bound) = (row["profit"].as_f64().unwrap(), row["bound"].as_f64().unwrap());
            assert!(bound >= known - 1e-6, "{name}: {bound} is below {known}");
            assert!(profit <= bound + 1e-6, "{name}");
            // What the table gives is from heuristics: more is possible, less is not.
            assert!(row["optimal"] != true || profit >= known - 1e-6, "{name}: {profit} proved, {known} known");
            seen += 1;
        }
    }
    assert_eq!(seen, 102);
}
