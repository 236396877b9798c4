//! Plans of many weeks on the terminal: a line a week or a month, and where the rest is.

use crate::program::run;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// What is shown of so many weeks of the template, with narrow and no-break spaces plain, and the plan.
fn shown(weeks: &str, more: &[&str]) -> (String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(run(&["init", &at("place")]).0, 0);
    let scenario = at("place/scenario.toml");
    let out = at("out");
    let work = ["plan", &scenario, "--weeks", weeks, "--gap", "0.05", "--node-limit", "20", "--out", &out];
    let (code, stdout, stderr) = run(&[&work[..], more].concat());
    assert_eq!(code, 0, "{stderr}");
    let plan = fs::read_to_string(Path::new(&out).join("plan.json")).unwrap();
    (plain(&stdout), serde_json::from_str(&plan).unwrap())
}

fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// On one line, however it was broken.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines between two that begin so.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    let lines = text.lines().skip_while(|l| !l.starts_with(from)).take_while(|l| !l.starts_with(to));
    lines.filter(|l| !l.starts_with(['─', '═'])).collect()
}

#[test]
fn four_weeks_keep_their_tables() {
    let (text, _) = shown("4", &[]);
    assert_eq!(text.matches("Semaine ").count(), 4, "{text}");
    assert!(text.contains("Ouvert au public") && !text.contains("Une ligne par"), "{text}");
}

#[test]
fn more_weeks_have_a_line_each() {
    let (text, plan) = shown("6", &[]);
    assert!(!text.contains("Ouvert au public"), "{text}");
    assert!(
        flat(&text).contains("Une ligne par semaine ; ") && flat(&text).contains("que --format csv affiche."),
        "{text}"
    );
    let lines = between(&text, "Semaine  ", "Total");
    let weeks: Vec<&str> = lines.iter().filter_map(|l| l.split("  ").next().filter(|w| w.starts_with('S'))).collect();
    assert_eq!(weeks, ["Semaine", "S49", "S50", "S51", "S52", "S53", "S1"]);
    for dates in ["30/11–06/12", "28/12–03/01", "04/01–10/01"] {
        assert_eq!(lines.iter().filter(|l| l.starts_with(dates)).count(), 1, "{dates}: {text}");
    }
    let first = lines.iter().find(|l| l.starts_with("S49")).unwrap();
    assert!(first.contains("2 visites : ") && first.contains("Pleyben*") && first.contains("Huelgoat"), "{first}");
    assert!(lines.iter().any(|l| l.starts_with("S50") && l.ends_with("aucune visite")), "{text}");

    // The totals are the plan's.
    let total = text.lines().find(|l| l.starts_with("Total")).unwrap();
    let coverage = &plan["coverage"][0];
    let expected = format!("{:.0}", coverage["expected"].as_f64().unwrap());
    let figures: Vec<&str> = total.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let metres = plan["tours"].as_array().unwrap().iter().flat_map(|t| t["legs"].as_array().unwrap());
    let metres: f64 = metres.map(|l| l["metres"].as_f64().unwrap()).sum();
    let kilometres = format!("{:.0} km", metres / 1000.0);
    let visits = format!("{} visites dans 2 communes", plan["visits"].as_array().unwrap().len());
    assert_eq!(figures, ["Total", &visits, &coverage["appointments"].to_string(), &expected, &kilometres]);

    // What needs a word has it once.
    for once in
        ["* emplacement à confirmer", "Jours fériés : 25/12, 01/01", "Sans sortie 21 jours travaillés : 02/12, "]
    {
        assert_eq!(text.matches(once).count(), 1, "{once}: {text}");
    }
}

#[test]
fn very_many_weeks_have_a_line_a_month() {
    let (text, plan) = shown("30", &["--lang", "en"]);
    assert!(
        flat(&text).contains("A line a month (whole weeks); ") && flat(&text).contains("which --out FOLDER writes"),
        "{text}"
    );
    let lines = between(&text, "Month ", "Total");
    let months: Vec<&str> = lines.iter().skip(1).step_by(2).map(|l| l.split("  ").next().unwrap()).collect();
    assert_eq!(months, ["Dec 2026", "Jan 2027", "Feb 2027", "Mar 2027", "Apr 2027", "May 2027", "Jun 2027"], "{text}");
    let weeks: Vec<&str> = lines.iter().skip(2).step_by(2).map(|l| l.split("  ").next().unwrap()).collect();
    assert_eq!(weeks, ["W49–W53", "W1–W4", "W5–W8", "W9–W12", "W13–W17", "W18–W21", "W22–W25"], "{text}");
    let slots = plan["coverage"][0]["appointments"].to_string();
    assert!(text.lines().any(|l| l.starts_with("Total") && l.contains(&format!(" {slots} "))), "{text}");
    assert!(text.contains("Public holidays: 25/12/26, 01/01/27, "), "{text}");
    assert_eq!(text.matches("No tour on 134 working days: ").count(), 1, "{text}");
}

/// Two vans, six weeks: of the one, which offers two services, more visits than there is room for.
#[test]
fn services_have_columns_of_their_own_and_an_idle_vehicle_says_so() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("visits.csv");
    let sites = ["bethune", "calais", "arras", "boulogne-sur-mer", "saint-omer"];
    let mut table = String::from("vehicle;date;site;open_1;close_1\n");
    for (k, site) in sites.iter().enumerate() {
        table += &format!("van-medecine-generale;2026-12-{:02};{site};09:30;12:00\n", k + 7);
    }
    table +=
        "van-medecine-generale;2026-12-12;couin;09:30;12:00\nvan-medecine-generale;2026-12-14;bethune;09:30;12:00\n";
    fs::write(&file, table).unwrap();
    let arguments = ["check", "--visits", file.to_str().unwrap(), "--scenario", "config/clinique-ambulante.toml"];
    let (code, stdout, stderr) = run(&[&arguments[..], &["--weeks", "6"]].concat());
    assert!(code == 0 || code == 6, "{stderr}");
    let text = plain(&stdout);
    assert!(flat(&text).contains("visits.csv, que --out DOSSIER écrit."), "{text}");
    let block = between(&text, "Van médecine générale", "Van diagnostic").join("\n");
    for part in ["prévention", "7 visites dans 6 communes", "aucune visite", "Béthune°", "Sans sortie"] {
        assert!(block.contains(part), "{part}: {text}");
    }
    assert!(between(&text, "Van diagnostic", "° ").contains(&"Aucune visite."), "{text}");
    assert_eq!(text.matches("° emplacement de démonstration").count(), 1, "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}

#[test]
fn the_next_week_is_the_first_whose_letters_go_out_in_time() {
    // Letters go out 21 days ahead: on 9 November for Monday 30.
    for (week, now, start) in [
        ("prochaine", "2026-11-09", "2026-11-30"),
        ("next", "2026-11-10", "2026-12-07"),
        ("50", "2026-11-10", "2026-12-07"),
        ("S01", "2026-11-10", "2027-01-04"),
    ] {
        let plan = ["plan", "config/nord.toml", "--node-limit", "1", "--format", "json", "--week", week, "--now", now];
        let (code, stdout, stderr) = run(&plan);
        assert_eq!(code, 0, "{stderr}");
        let plan: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!(plan["horizon"]["start"], start, "{week} {now}");
    }
}
