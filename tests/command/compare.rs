//! `tournee compare`: fleets side by side, as planners, spreadsheets, programs and screens read them.

use crate::program::run;
use crate::tools;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

const NORD: &str = "config/nord.toml";
/// One truck or two, from the base there is or from Cambrai.
const AXES: [&str; 4] = ["--fleet", "truck=1..2", "--base", "nord-sante-truck=59165,59122"];

fn compare(scenario: &str, more: &[&str], folder: &Path) -> (i32, String, String) {
    let folder = folder.to_str().unwrap();
    run(&[&["compare", scenario, "--out", folder], more].concat())
}

/// The Nord's trucks, compared once.
fn nord() -> &'static Path {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let more = [&AXES[..], &["--sensitivity", "0.2", "--pairwise", PAIR[0], PAIR[1], "--at-a-time", "2"]].concat();
        let (code, _, stderr) = compare(COSTED, &more, folder.path());
        assert_eq!(code, 0, "{stderr}");
        folder
    });
    made.path()
}

const PAIR: [&str; 2] = ["truck-1-nord-sante-truck-59165", "truck-2-nord-sante-truck-59165"];
/// The Nord with unit costs.
const COSTED: &str = "tests/common/nord-costs.toml";

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Every file that is published, by its path in the folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    for (below, at) in [("", folder.to_owned()), ("plans/", folder.join("plans"))] {
        for entry in fs::read_dir(at).unwrap().map(Result::unwrap).filter(|e| e.path().is_file()) {
            out.insert(format!("{below}{}", entry.file_name().to_str().unwrap()), fs::read(entry.path()).unwrap());
        }
    }
    out
}

#[test]
fn every_figure_that_planners_ask_for_is_there_and_agrees_with_the_plans() {
    let comparison = json(&nord().join("comparison.json"));
    let schema = json(Path::new("config/comparison.schema.json"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&comparison), "{:?}", validator.iter_errors(&comparison).next());
    let rows = comparison["scenarios"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    for row in rows {
        let plan = json(&nord().join(format!("plans/{}.json", row["id"].as_str().unwrap())));
        let figures = &row["figures"];
        let number = |value: &Value| value.as_f64().unwrap();
        assert_eq!((&row["score"]["at_least"], &row["score"]["at_most"]), (&plan["score"], &plan["upper_bound"]));
        assert!(number(&row["gap"]) <= 0.005);
        assert_eq!(figures["coverage"], plan["coverage"]);
        assert_eq!(figures["promise"].as_array().unwrap().len(), 2);
        let legs = plan["tours"].as_array().unwrap().iter().flat_map(|t| t["legs"].as_array().unwrap());
        let metres: f64 = legs.map(|l| number(&l["metres"])).sum();
        assert!((number(&figures["kilometres"]) - metres / 1000.0).abs() < 1e-6);
        let appointments = number(&plan["coverage"][0]["appointments"]);
        assert!((number(&figures["appointments"]["all"]) - appointments).abs() < 1e-9);
        // 4,500 a week each, 1.1 a kilometre, 260 an hour, 1.2 an invitation.
        let trucks = number(&row["vehicles"][0]["count"]);
        let invited = number(&plan["coverage"][0]["invited"]);
        let cost = 4500.0 * trucks + 1.1 * metres / 1000.0 + 260.0 * number(&figures["crew_hours"]) + 1.2 * invited;
        assert!((number(&figures["cost"]) - cost).abs() < 1e-6, "{} {cost}", figures["cost"]);
        assert!((number(&figures["fixed_cost"]) - 4500.0 * trucks).abs() < 1e-9);
        assert!((number(&figures["co2_kg"]) - 0.9 * metres / 1000.0).abs() < 1e-6);
        let additional = number(&figures["additional"]);
        assert!((number(&figures["cost_per_additional"]) - cost / additional).abs() < 1e-6);
        // The most women is at least what this plan has, and what there is proved to be at most.
        let most = &row["most_additional"];
        assert!(additional <= number(&most["at_least"]) && number(&most["at_least"]) <= number(&most["at_most"]));
        assert!(figures["worst"]["territories"].as_u64().unwrap() > 50);
        assert!(figures["residents_in_reach"].as_u64() < figures["residents"].as_u64());
    }
    // The first row is the Nord's own week: its plan passes the check as such.
    let first = nord().join(format!("plans/{}.json", PAIR[0]));
    let (code, stdout, stderr) = run(&["check", first.to_str().unwrap(), "--scenario", COSTED]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let territories = comparison["pairwise"]["territories"].as_array().unwrap();
    let sum = |k: usize| territories.iter().map(|t| t["additional"][k].as_f64().unwrap()).sum::<f64>();
    for (k, id) in PAIR.iter().enumerate() {
        let row = rows.iter().find(|r| r["id"] == *id).unwrap();
        assert!((sum(k) - row["figures"]["additional"].as_f64().unwrap()).abs() < 1e-6);
    }
}

#[test]
fn a_second_truck_is_worth_what_is_proved_and_the_ranking_is_tried() {
    let comparison = json(&nord().join("comparison.json"));
    let steps = comparison["steps"].as_array().unwrap();
    let second = steps.iter().find(|s| s["from"] == PAIR[0] && s["to"] == PAIR[1]).unwrap();
    assert_eq!(second["nested"], true);
    let (low, high) = (second["score"]["at_least"].as_f64().unwrap(), second["score"]["at_most"].as_f64().unwrap());
    assert!(0.0 < low && low <= high && high - low < 2.0, "{low} to {high}");
    let said = comparison["statements"].as_array().unwrap();
    let own = said.iter().filter(|s| s["lesser"] == PAIR[0] && s["greater"] == PAIR[1]);
    assert!(own.clone().count() == 2 && own.clone().all(|s| s["verdict"] == "cannot_reach"), "{said:?}");
    let text = own.clone().find(|s| s["about"] == "additional").unwrap()["text"]["fr"].as_str().unwrap();
    assert!(text.starts_with("Aucun plan de « 1 camion") && text.contains("femmes en plus"), "{text}");
    let worlds = comparison["sensitivity"]["worlds"].as_array().unwrap();
    assert_eq!(worlds.len(), 12);
    for name in ["uptake", "half_distance", "additionality", "speed", "participation", "together"] {
        assert_eq!(worlds.iter().filter(|w| w["assumption"] == name).count(), 2, "{name}");
    }
    let score = |w: &Value, k: usize| w["scores"][k]["at_least"].as_f64().unwrap();
    let of = |name: &str| worlds.iter().filter(|w| w["assumption"] == name).collect::<Vec<_>>();
    for name in ["uptake", "speed"] {
        assert!(score(of(name)[0], 0) < score(of(name)[1], 0), "more {name} is worth more");
    }
    assert!(score(of("additionality")[0], 0) > score(of("additionality")[1], 0));
}

#[test]
fn the_same_whatever_is_solved_at_a_time_and_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let more = [&AXES[..], &["--sensitivity", "0.2", "--pairwise", PAIR[0], PAIR[1]]].concat();
    let mut going = Command::new(env!("CARGO_BIN_EXE_tournee"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["compare", COSTED, "--out", folder.path().to_str().unwrap(), "--at-a-time", "1"])
        .args(&more)
        .spawn()
        .unwrap();
    // Killed once something is known, whenever that is.
    let solved = folder.path().join("solved");
    let known = || {
        fs::read_dir(&solved)
            .map_or(0, |d| d.filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "gz")).count())
    };
    while known() < 3 {
        assert!(going.try_wait().unwrap().is_none(), "it ended before it could be killed");
        std::thread::yield_now();
    }
    going.kill().unwrap();
    going.wait().unwrap();
    assert!(!folder.path().join("comparison.json").exists(), "nothing half-written");
    let before = known();
    let (code, _, stderr) = compare(COSTED, &[&more[..], &["--at-a-time", "1"]].concat(), folder.path());
    assert_eq!(code, 0, "{stderr}");
    assert!(known() > before);
    assert!(files(folder.path()) == files(nord()), "one at a time, after a kill, or two at a time");
    // Once more: everything is known, and nothing is solved.
    let stamps = |folder: &Path| -> BTreeMap<PathBuf, std::time::SystemTime> {
        let entries = fs::read_dir(folder.join("solved")).unwrap().map(Result::unwrap);
        entries.map(|e| (e.path(), e.metadata().unwrap().modified().unwrap())).collect()
    };
    let kept = stamps(folder.path());
    // A damaged file is no harm: what was in it is solved again.
    let (damaged, _) = kept.first_key_value().unwrap();
    fs::write(damaged, b"nothing").unwrap();
    let (code, _, stderr) = compare(COSTED, &more, folder.path());
    assert_eq!(code, 0, "{stderr}");
    assert!(files(folder.path()) == files(nord()));
    let again = stamps(folder.path());
    assert_eq!(kept.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    let changed: Vec<_> = kept.iter().filter(|(path, at)| again[*path] != **at).map(|(path, _)| path).collect();
    assert_eq!(changed, [damaged]);
}

#[test]
fn a_broken_scenario_and_an_impossible_one_are_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("locks.csv"), "vehicle;date;site\nnord-sante-truck;2026-12-01;fourmies\n").unwrap();
    let nord = fs::canonicalize(NORD).unwrap();
    let variant = |id: &str, rest: &str| format!("[[variant]]\nid = \"{id}\"\n{rest}\n");
    let grid = format!("scenario = {:?}\ngap = 0.02\n", nord.to_str().unwrap());
    let good = variant("as-it-is", "");
    let broken = variant("broken", "base = { truck = \"99999\" }");
    let impossible = variant("impossible", "set = { \"limits.driving-minutes-per-day\" = 5 }");
    let other = variant("other-values", "set = { \"prices.driving-per-hour\" = 1.0 }");
    for (name, text, expected, states) in [
        (
            "all.toml",
            [&good, &broken, &impossible, &other].map(String::as_str).concat(),
            2,
            &["solved", "broken", "infeasible", "broken"][..],
        ),
        ("impossible.toml", [&good, &impossible].map(String::as_str).concat(), 4, &["solved", "infeasible"]),
    ] {
        fs::write(path(name), grid.clone() + &text).unwrap();
        let out = path(&format!("{name}-out"));
        let locks = path("locks.csv");
        let more = ["--locks", locks.to_str().unwrap(), "--no-past", "--format", "json"];
        let (code, stdout, stderr) = compare(path(name).to_str().unwrap(), &more, &out);
        assert_eq!(code, expected, "{stderr}");
        let comparison: Value = serde_json::from_str(&stdout).unwrap();
        let rows = comparison["scenarios"].as_array().unwrap();
        assert_eq!(rows.iter().map(|r| r["status"].as_str().unwrap()).collect::<Vec<_>>(), states);
        let problem = |k: usize| rows[k]["problems"][0]["en"].as_str().unwrap().to_owned();
        if expected == 2 {
            // Where it is written: the value in the grid.
            let broken = problem(1);
            assert!(
                broken.contains("all.toml, line 8, column 18: commune 99999 is not in the communes file"),
                "{broken}"
            );
            assert!(broken.contains("[SCN-unknown-base]"), "{broken}");
            assert!(problem(3).contains("[GRID-values]"), "{}", problem(3));
        }
        assert!(problem(states.iter().position(|s| *s == "infeasible").unwrap()).starts_with("proved: no plan"));
        for file in ["comparison.json", "comparison.csv", "comparison.xlsx", "comparison.html"] {
            assert!(out.join(file).exists(), "{file}");
        }
    }
}

#[test]
fn more_work_decides_what_is_open() {
    let folder = tempfile::tempdir().unwrap();
    // So coarse that the bounds of two near bases overlap.
    let axes = ["--base", "truck=59165,59178", "--gap", "0.2", "--format", "json"];
    let place = folder.path().join("free.toml");
    let nord = Path::new(env!("CARGO_MANIFEST_DIR")).join(NORD);
    let free = format!(
        "base = {:?}\n[[service]]\nid = \"mammography\"\n[service.pool]\nhost-share = 0\nmin-invitations = 1\n",
        nord.to_str().unwrap()
    );
    fs::write(&place, free).unwrap();
    let place = place.to_str().unwrap();
    let (code, stdout, stderr) = run(&[&["compare", place], &axes[..]].concat());
    assert_eq!(code, 0, "{stderr}");
    let open = |text: &str| {
        let comparison: Value = serde_json::from_str(text).unwrap();
        let said = comparison["statements"].as_array().unwrap().clone();
        said.into_iter().filter(|s| s["verdict"] == "not_proven").collect::<Vec<_>>()
    };
    let before = open(&stdout);
    assert!(before.iter().any(|s| s["gap_to_decide"].as_f64().is_some()), "{stdout}");
    let out = folder.path().join("out");
    let asked = [&["compare", place, "--decide", "--out", out.to_str().unwrap()], &axes[..]].concat();
    let (code, stdout, stderr) = run(&asked);
    assert_eq!(code, 0, "{stderr}");
    assert!(open(&stdout).len() < before.len(), "{stdout}");
}

#[test]
fn the_command_line_makes_the_scenarios_it_says() {
    let ids = |more: &[&str]| {
        let (code, stdout, stderr) = run(&[&["compare", NORD, "--gap", "0.5", "--format", "json"], more].concat());
        assert_eq!(code, 0, "{stderr}");
        let comparison: Value = serde_json::from_str(&stdout).unwrap();
        let rows = comparison["scenarios"].as_array().unwrap().clone();
        rows.iter()
            .map(|r| (r["id"].as_str().unwrap().to_owned(), r["name"]["en"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    let named =
        |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    assert_eq!(ids(&[]), named(&[("scenario", "1 truck")]));
    assert_eq!(
        ids(&["--shift", "truck=07:30-17:45,07:00-18:30"]),
        named(&[
            ("truck-07-30-17-45", "1 truck · shift truck: 07:30-17:45"),
            ("truck-07-00-18-30", "1 truck · shift truck: 07:00-18:30")
        ])
    );
    assert_eq!(ids(&["--saturdays", "no,yes", "--vary", "vehicle.nord-sante-truck.set-up-minutes=45,30"]).len(), 4);
    // A second truck's base matters only where there is one.
    let bases = ids(&["--fleet", "truck=1..2", "--base", "nord-sante-truck-2=59165,59122"]);
    assert_eq!(bases.len(), 3, "{bases:?}");
}

/// A tool that `make test` has installed; `None`, said, where it is not there and need not be.
fn tool(program: &str, arguments: &[&str], what: &str) -> Option<PathBuf> {
    let there = Command::new(program).args(arguments).output().is_ok_and(|out| out.status.success());
    if there {
        return Some(program.into());
    }
    tools::skipped(&format!("{what} is missing"));
    None
}

#[test]
fn a_spreadsheet_reads_the_workbook_as_it_was_written() {
    let Some(office) = tool("soffice", &["--headless", "--version"], "LibreOffice") else { return };
    let folder = tempfile::tempdir().unwrap();
    // Every sheet as CSV: `;`, UTF-8, numbers as they are and not as they look.
    let out = Command::new(office)
        .arg(format!("-env:UserInstallation=file://{}", folder.path().join("profile").display()))
        .args([
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false,false,false,false,-1",
        ])
        .arg("--outdir")
        .arg(folder.path())
        .arg(nord().join("comparison.xlsx"))
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let sheet = |name: &str| -> Vec<Vec<String>> {
        let path = folder.path().join(format!("comparison-{name}.csv"));
        let mut reader =
            csv::ReaderBuilder::new().delimiter(b';').has_headers(false).flexible(true).from_path(&path).unwrap();
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    // The table of scenarios, cell by cell, against the CSV of our own.
    let bytes = fs::read(nord().join("comparison.csv")).unwrap();
    let mut own = csv::ReaderBuilder::new().delimiter(b';').from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap());
    let own: Vec<Vec<String>> = own.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    let read = sheet("Scénarios");
    assert_eq!(read.len(), own.len() + 1);
    let mut numbers = 0;
    for (read, own) in read[1..].iter().zip(&own) {
        for (read, own) in read.iter().zip(own) {
            match own.replace(',', ".").parse::<f64>() {
                Ok(value) => {
                    let shown: f64 = read.parse().unwrap_or_else(|_| panic!("{read:?} for {own:?}"));
                    let decimals = own.split_once(',').map_or(0, |(_, d)| d.len());
                    assert!(
                        (shown - value).abs() <= 0.51 * 10_f64.powi(-i32::try_from(decimals).unwrap()),
                        "{read} for {own}"
                    );
                    numbers += 1;
                }
                Err(_) => assert_eq!(read, own),
            }
        }
    }
    assert!(numbers > 100);
    let comparison = json(&nord().join("comparison.json"));
    for (name, key) in [("Pas", "steps"), ("Énoncés", "statements")] {
        assert_eq!(sheet(name).len() - 1, comparison[key].as_array().unwrap().len(), "{name}");
    }
    assert_eq!(sheet("Sensibilité").len() - 1, 12);
    assert_eq!(sheet("Territoires").len() - 1, comparison["pairwise"]["territories"].as_array().unwrap().len());
    assert!(sheet("À savoir").iter().flatten().any(|note| note.contains("démonstration")));
}

#[test]
fn the_page_stands_alone_and_is_open_to_everybody() {
    let page = nord().join("comparison.html");
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.len() < 3_000_000, "{} bytes", text.len());
    for outside in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!text.contains(outside), "{outside} in a page that should need nothing");
    }
    for said in ["Ce qui est démontré", "What is proved", "Les femmes de 50 à 74 ans par commune sont une estimation."]
    {
        assert!(text.contains(said), "{said}");
    }
    let packages = tools::folder();
    let script = Path::new("tests/foreign/page.mjs");
    if tool("chromium", &["--version"], "Chromium").is_none() || tool("node", &["--version"], "node").is_none() {
        return;
    }
    if !packages.join("node_modules/axe-core").exists() {
        return tools::skipped("axe-core is missing");
    }
    let out = Command::new("node").arg(script).arg(&packages).arg(&page).output().unwrap();
    assert!(out.status.success(), "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    let found: Value = serde_json::from_slice(&out.stdout).unwrap();
    for look in found.as_array().unwrap() {
        assert_eq!(look["violations"], serde_json::json!([]), "{look}");
        assert_eq!((&look["overflow"], &look["requests"], &look["shown"]), (&0.into(), &0.into(), &1.into()), "{look}");
    }
    assert_eq!(found.as_array().unwrap().len(), 4, "two languages at two widths");
}
