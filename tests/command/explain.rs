//! `tournee explain` and `tournee plan --explain` on the Nord's week, as a shell sees them.

use crate::program::run;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use tempfile::TempDir;

const NORD: &str = "config/nord.toml";
/// Each solve ends early, after the same work everywhere.
const SOON: [&str; 4] = ["--gap", "0.01", "--node-limit", "2"];

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The Nord's week, planned once with the sites left out forced in.
fn plan() -> (&'static str, Value) {
    static PLAN: OnceLock<(TempDir, String)> = OnceLock::new();
    let (_, file) = PLAN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("week");
        let (code, _, stderr) =
            run(&[&["plan", NORD, "--explain", "--out", out.to_str().unwrap()], &SOON[..]].concat());
        assert_eq!(code, 0, "{stderr}");
        let file = out.join("plan.json").to_str().unwrap().to_owned();
        (folder, file)
    });
    (file, json(&fs::read_to_string(file).unwrap()))
}

/// `tournee explain` on that plan.
fn explained(arguments: &[&str]) -> (i32, String, String) {
    run(&[&["explain", plan().0, "--scenario", NORD], arguments, &SOON[..]].concat())
}

/// The same of all sites, asked once.
fn all() -> (i32, &'static str) {
    static ALL: OnceLock<(i32, String)> = OnceLock::new();
    let (code, stdout) = ALL.get_or_init(|| {
        let (code, stdout, _) = explained(&["--all", "--format", "json"]);
        (code, stdout)
    });
    (*code, stdout)
}

#[test]
fn the_plan_tells_prices_and_what_was_left_out() {
    let (_, plan) = plan();
    let (score, bound) = (number(&plan["score"]), number(&plan["upper_bound"]));
    let left = plan["not_served"].as_array().unwrap();
    assert_eq!(left.len(), 10);
    for line in left {
        let (with, most) = (number(&line["score_with_it"]), number(&line["score_at_most"]));
        assert!(with <= most + 1e-6 && most <= bound + 1e-6, "{line}");
        assert!(with > 0.8 * score, "{line}");
        // What the tour through it loses is what the bound loses.
        let lost = number(&line["reduced_value"]);
        assert!(lost <= 0.0 && most >= bound + lost - 1e-6, "{line}");
    }
    let prices = plan["shadow_prices"].as_array().unwrap();
    assert_eq!(prices.len(), 1);
    for price in ["day", "shift_hour", "appointment_per_hour"] {
        assert!((1.0..100.0).contains(&number(&prices[0][price])), "{price}: {prices:?}");
    }
    // Nothing forced in without being asked.
    let (_, stdout, _) = run(&[&["plan", NORD, "--format", "json"], &SOON[..]].concat());
    assert!(json(&stdout)["not_served"][0]["score_with_it"].is_null());
    let (_, stdout, _) = run(&[&["plan", NORD, "--lang", "en"], &SOON[..]].concat());
    assert!(stdout.contains("Margins") && stdout.contains("one more day"), "{stdout}");
}

#[test]
fn watten_has_a_price_confirmed_by_two_solves() {
    let (code, stdout, stderr) = explained(&["--commune", "watten", "--format", "json"]);
    assert_eq!(code, 0, "{stderr}");
    let found = json(&stdout);
    assert_eq!((&found["commune"]["code"], &found["commune"]["name"]), (&"59647".into(), &"Watten".into()));
    let case = &found["cases"][0];
    assert_eq!((&case["answer"], &case["vehicle_kind"]), (&"priced".into(), &"truck".into()));
    let (with, without) = (&case["with_it"], &case["without"]);
    assert!(number(&with["score"]) < number(&without["score"]));
    assert!(number(&case["loss_at_least"]) > 0.0 && case["as_good"] == false);
    let loss = number(&without["score"]) - number(&with["score"]);
    assert!(number(&case["loss_at_least"]) <= loss + 1e-6 && loss <= number(&case["loss_at_most"]) + 1e-6);
    // Gains and losses add up to the difference of the two plans.
    let balance = &case["balance"];
    let sum: f64 = balance["territories"].as_array().unwrap().iter().map(|t| number(&t["score"])).sum();
    let all = sum - number(&balance["driving"]) - number(&balance["nights"]) + number(&balance["weekdays"]);
    let difference = number(&with["score"]) - number(&case["plan"]["score"]);
    assert!((all - difference).abs() < 1e-6 && (number(&balance["score"]) - difference).abs() < 1e-9);
    assert!(balance["appeared"].as_array().unwrap().iter().any(|v| v["commune"] == "59647"), "{balance}");
    assert!(number(&balance["there"][0]["expected"]) > 5.0, "{balance}");
    // Every change of the menu is judged by its own two solves, which leave no doubt.
    let menu = case["menu"].as_array().unwrap();
    assert_eq!(menu.len(), 8);
    for entry in menu.iter().filter(|e| e["verdict"] == "not-enough") {
        let (with, without) = (&entry["with_change_and_visit"], &entry["with_change"]);
        assert!(number(&with["upper_bound"]) < number(&without["score"]), "{entry}");
    }
}

#[test]
fn a_site_that_spacing_blocks_says_until_when() {
    let (code, stdout, _) = explained(&["--site", "monchecourt", "--lang", "en"]);
    assert_eq!(code, 0);
    for word in
        ["forbidden: no plan can have this visit", "R7-spacing", "free from 2027-01-04", "5 weeks of spacing less"]
    {
        assert!(stdout.replace("\n               ", " ").contains(word), "{word}: {stdout}");
    }
}

#[test]
fn a_commune_without_a_site_is_told_from_where_it_is_served() {
    let (_, plan) = plan();
    // Somebody invited who lives where there is no site.
    let sites = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("routes/hauts-de-france/sites.csv"));
    let sites = sites.unwrap();
    let lines = plan["visits"].as_array().unwrap().iter().flat_map(|v| v["services"].as_array().unwrap());
    let mut invited = lines.flat_map(|s| s["invitations"].as_array().unwrap());
    let line = invited.find(|i| !sites.contains(&format!(",{},", i["commune"].as_str().unwrap()))).unwrap();
    let (code, stdout, _) = explained(&["--commune", line["commune"].as_str().unwrap(), "--format", "json"]);
    let found = json(&stdout);
    assert_eq!((code, found["cases"].as_array().unwrap().len()), (0, 0), "{stdout}");
    let people: u64 = found["served_by"].as_array().unwrap().iter().map(|s| s["invited"].as_u64().unwrap()).sum();
    assert!(people >= line["people"].as_u64().unwrap(), "{stdout}");
    let (_, stdout, _) = explained(&["--commune", line["commune"].as_str().unwrap()]);
    assert!(stdout.contains("n'a pas d'emplacement") && stdout.contains("Déjà servie"), "{stdout}");
}

#[test]
fn all_sites_are_grouped_by_rule_or_priced() {
    let (code, stdout) = all();
    let found = &json(stdout)["all"];
    assert_eq!(code, 0);
    assert!(found["forbidden"].as_array().unwrap().iter().any(|g| g["rules"] == "R7-spacing"), "{found}");
    let priced = found["priced"].as_array().unwrap();
    assert_eq!(priced.iter().filter(|p| p["solved"] == true).count(), 10);
    for line in priced.iter().filter(|p| p["solved"] == true) {
        assert!(number(&line["with_it"]["score"]) <= number(&line["score_at_most"]) + 1e-6, "{line}");
    }
    let (code, stdout, _) = explained(&["--all", "--format", "csv", "--vehicle", "truck"]);
    assert_eq!(code, 0);
    assert!(stdout.starts_with("\u{feff}record;vehicle_kind;site;name;verdict;"), "{stdout}");
    assert!(stdout.contains("\r\nforbidden;truck;monchecourt;R7-spacing;") && stdout.contains("\r\npriced;truck;"));
}

#[test]
fn every_answer_in_json_has_the_shape_of_the_schema() {
    let schema = json(&run(&["schema", "explain"]).1);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong = |document: &Value| validator.iter_errors(document).map(|e| e.to_string()).collect::<Vec<_>>();
    let questions = [
        &["--commune", "watten"][..],
        &["--site", "monchecourt"],
        &["--site", plan().1["visits"][0]["site"].as_str().unwrap()],
    ]
    .map(|question| json(&explained(&[question, &["--format", "json"]].concat()).1));
    let questions = questions.into_iter().chain([json(all().1)]).collect::<Vec<Value>>();
    for document in &questions {
        assert_eq!(wrong(document), Vec::<String>::new(), "{document}");
    }
    let answers: Vec<&Value> = questions[..3].iter().map(|q| &q["cases"][0]["answer"]).collect();
    assert_eq!(answers, ["priced", "forbidden", "in-the-plan"]);
    // And not any shape: something missing, of another name, or of another type is told.
    type Spoil = fn(&mut Value);
    let spoilt: [(usize, Spoil); 6] = [
        (0, |d| drop(d["cases"][0].as_object_mut().unwrap().remove("without"))),
        (0, |d| d["cases"][0]["something"] = 1.into()),
        (0, |d| d["cases"][0]["menu"][1]["verdict"] = "perhaps".into()),
        (0, |d| d["commune"]["due"]["mammography"] = "many".into()),
        (1, |d| d["cases"][0]["reasons"][0]["rules"][0]["message"] = "text".into()),
        (3, |d| drop(d["all"]["priced"][0].as_object_mut().unwrap().remove("site"))),
    ];
    for (k, (which, spoil)) in spoilt.into_iter().enumerate() {
        let mut document = questions[which].clone();
        spoil(&mut document);
        assert!(!wrong(&document).is_empty(), "spoilt {k} passes");
    }
}

#[test]
fn wrong_questions_are_told() {
    for (arguments, fr, en) in [
        (&["--commune", "Wattenn"][..], "peut-être : Watten (59647)", "perhaps: Watten (59647)"),
        (&["--site", "waten"], "peut-être : watten", "perhaps: watten"),
        (&["--all", "--vehicle", "boat"], "ceux du scénario : truck", "those of the scenario: truck"),
        (&["--all", "--site", "watten"], "ne va pas avec", "does not go with"),
        (&[], "il manque", "missing"),
    ] {
        let (code, stdout, stderr) = explained(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(stderr.contains(fr), "{arguments:?}: {stderr}");
        let (_, _, stderr) = explained(&[arguments, &["--lang", "en"]].concat());
        assert!(stderr.contains(en), "{arguments:?}: {stderr}");
    }
    // A plan of other inputs, or that breaks rules, is not explained.
    let (code, stdout, stderr) = explained(&["--all", "--no-past"]);
    assert_eq!((code, stdout.as_str()), (6, ""));
    assert!(stderr.contains("F-hash") && stderr.contains("ne peut pas être expliqué"), "{stderr}");
    let (code, stdout, _) = explained(&["--all", "--no-past", "--format", "json"]);
    assert_eq!((code, &json(&stdout)["error"]["code"]), (6, &"check".into()));
}
