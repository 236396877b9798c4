//! `tournee promise`: place by place, as people, spreadsheets, programs and maps read it.

use crate::program::run;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;

const NORD: &str = "config/nord.toml";

/// The Nord's week, planned once.
fn plan() -> &'static str {
    static PLAN: OnceLock<(TempDir, String)> = OnceLock::new();
    let (_, path) = PLAN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (code, _, stderr) = run(&["plan", NORD, "--out", folder.path().to_str().unwrap()]);
        assert_eq!(code, 0, "{stderr}");
        let path = folder.path().join("plan.json").to_str().unwrap().to_owned();
        (folder, path)
    });
    path
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn files_agree_with_each_other_and_with_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    let (code, stdout, stderr) =
        run(&["promise", plan(), "--scenario", NORD, "--out", folder.path().to_str().unwrap(), "--format", "json"]);
    assert_eq!(code, 0, "{stderr}");
    let said: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(said, json(&folder.path().join("promise.json")));
    let stated = json(Path::new(plan()));
    let mut names = BTreeSet::new();
    for of in said["rolling"].as_array().unwrap() {
        names.insert(format!("promise-{}-{}.geojson", of["service"].as_str().unwrap(), of["clock"].as_str().unwrap()));
        let own = stated["promise"].as_array().unwrap();
        let own = own.iter().find(|p| p["service"] == of["service"] && p["clock"] == of["clock"]).unwrap();
        let places = of["places"].as_array().unwrap();
        assert_eq!((&places[0]["vehicles"], &places[0]["with_fixed"]), (&own["vehicles"], &own["with_fixed"]));
        // Every level holds everybody, and the same share.
        for level in ["departement", "intercommunality", "commune"] {
            let own: Vec<&Value> = places.iter().filter(|p| p["level"] == level).collect();
            let residents: u64 = own.iter().map(|p| p["residents"].as_u64().unwrap()).sum();
            assert_eq!(residents, places[0]["residents"].as_u64().unwrap(), "{level}");
            let answered =
                |p: &Value| p["residents"].as_f64().unwrap() * p["with_fixed"]["share"].as_f64().unwrap_or(0.0);
            let sum: f64 = own.iter().map(|p| answered(p)).sum();
            assert!((sum - answered(&places[0])).abs() < 1e-6 * sum, "{level}");
        }
        let named = places.iter().find(|p| p["code"] == "200093201").unwrap();
        assert_eq!(named["name"], "Métropole Européenne de Lille");
    }
    let maps: BTreeSet<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".geojson"))
        .collect();
    assert_eq!(maps, names);
    let map = json(&folder.path().join("promise-mammography-working.geojson"));
    let features = map["features"].as_array().unwrap();
    assert_eq!(features.len(), 647, "communes of the Nord");
    assert!(features.iter().all(|f| f["geometry"]["type"] == "MultiPolygon"));
    let lille = features.iter().find(|f| f["properties"]["code"] == "59350").unwrap();
    assert_eq!(lille["properties"]["name"], "Lille");
    assert!(!map["labels"].as_array().unwrap().is_empty());
    let csv = fs::read_to_string(folder.path().join("promise.csv")).unwrap();
    let lines: usize =
        said["rolling"].as_array().unwrap().iter().map(|of| of["places"].as_array().unwrap().len()).sum();
    assert_eq!(csv.lines().count(), lines + 1);
    assert!(csv.starts_with("\u{feff}service;clock;") && csv.contains("\r\n"));
}

#[test]
fn the_terminal_says_who_waits_in_both_languages() {
    let ask = |more: &[&str]| {
        let (code, stdout, stderr) = run(&[&["promise", plan(), "--scenario", NORD][..], more].concat());
        assert_eq!(code, 0, "{stderr}");
        stdout.replace(['\u{a0}', '\u{202f}'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let french = ask(&["--service", "mammography"]);
    for part in ["Jours ouvrés", "Tous jours", "attente la plus longue", "sont supposés", "Rien n'a été écrit"] {
        assert!(french.contains(part), "{part}: {french}");
    }
    let english = ask(&["--clock", "calendar", "--lang", "en"]);
    assert!(english.contains("All days") && !english.contains("Working days"), "{english}");
    assert!(english.contains("On public holidays all fixed points are counted as closed."), "{english}");
}

#[test]
fn what_cannot_be_measured_is_said() {
    let (code, _, stderr) = run(&["promise", plan(), "--scenario", NORD, "--service", "mamography"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("mammography"), "{stderr}");
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("plan.json");
    let mut plan = json(Path::new(plan()));
    plan["promise"][0]["with_fixed"]["share"] = 1.0.into();
    fs::write(&broken, plan.to_string()).unwrap();
    let (code, _, stderr) = run(&["promise", broken.to_str().unwrap(), "--scenario", NORD]);
    assert_eq!(code, 6, "{stderr}");
    assert!(stderr.contains("F-promise"), "{stderr}");
}

/// The place of the template, with a hard promise of screening to Huelgoat and, where asked, another commune.
fn hard(communes: &str, minutes: u32) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("place");
    assert_eq!(run(&["init", place.to_str().unwrap()]).0, 0);
    let scenario = place.join("hard.toml");
    let text = format!(
        "base = \"scenario.toml\"\nname = \"hard\"\n[[service]]\nid = \"mammography\"\n[service.promise]\n\
         mode = \"hard\"\nminutes = {minutes}\ncommunes = [{communes}]\n"
    );
    fs::write(&scenario, text).unwrap();
    let path = scenario.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn a_hard_promise_is_kept_or_proved_impossible() {
    let (folder, scenario) = hard("\"29081\"", 60);
    let out = folder.path().join("out");
    let (code, _, stderr) = run(&["plan", &scenario, "--out", out.to_str().unwrap()]);
    assert_eq!(code, 0, "{stderr}");
    let plan = out.join("plan.json");
    let (code, _, stderr) = run(&["check", plan.to_str().unwrap(), "--scenario", &scenario]);
    assert_eq!(code, 0, "{stderr}");
    // Spacing keeps the truck from coming twice.
    let (_folder, scenario) = hard("\"29081\", \"29024\"", 5);
    let (code, stdout, _) = run(&["plan", &scenario, "--lang", "en", "--format", "json"]);
    assert_eq!(code, 4);
    let error: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(error["error"]["code"], "infeasible");
    assert_eq!(error["error"]["problems"][0]["code"], "SCN-unkept");
    println!("{error:#}");
}
