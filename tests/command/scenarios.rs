//! Scenarios by name: in the working folder, the user's data, the shared ones, or the program itself; and the manual.

use crate::program::command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// A machine with nothing but the program: a working folder, a home and shared data of its own.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        for folder in ["here", "home", "shared"] {
            fs::create_dir(machine.0.path().join(folder)).unwrap();
        }
        machine
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let of = |name: &str| self.0.path().join(name);
        let mut command = command(arguments);
        command.current_dir(of("here")).env("HOME", of("home"));
        command.env("XDG_DATA_HOME", of("home/data")).env("XDG_DATA_DIRS", of("shared"));
        command.output().unwrap()
    }

    /// Place and title of a scenario in the list.
    fn listed(&self, name: &str) -> Option<(String, String)> {
        let out = self.run(&["scenarios", "--format", "json"]);
        assert!(out.status.success());
        let all: Value = serde_json::from_slice(&out.stdout).unwrap();
        let found = all.as_array().unwrap().iter().find(|line| line["name"] == name)?;
        Some((found["place"].as_str().unwrap().to_owned(), found["title"].as_str().unwrap().to_owned()))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A scenario that stands on one in the program.
fn titled(title: &str) -> String {
    format!("base = \"tournee:/config/nord.toml\"\ntitle = \"{title}\"\n")
}

#[test]
fn the_bare_program_plans_in_an_empty_folder() {
    let machine = Machine::new();
    let out = machine.run(&["plan", "nord", "--out", "week"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let week = machine.0.path().join("here/week");
    assert!(
        text(&out.stdout).trim_end().ends_with("week/visits.csv, avec LibreOffice ou Excel."),
        "{}",
        text(&out.stdout)
    );
    let out = machine.run(&["check", "week/plan.json", "--scenario", "nord"]);
    assert!(out.status.success(), "{}", text(&out.stdout));
    // The same as from the project's folder.
    let here = tempfile::tempdir().unwrap();
    let out = command(&["plan", "config/nord.toml", "--out", here.path().to_str().unwrap()]).output().unwrap();
    assert!(out.status.success());
    let plan = |folder: &Path| fs::read(folder.join("plan.json")).unwrap();
    assert!(plan(&week) == plan(here.path()));
    // A table that the program does not carry is missing as any file is.
    machine.write("here/other.toml", &(titled("x") + "[files]\nsites = \"tournee:/routes/absent.csv\"\n"));
    let out = machine.run(&["plan", "other", "--lang", "en"]);
    let said = text(&out.stderr);
    assert!(out.status.code() == Some(2) && said.contains("FILE-missing") && said.contains("other.toml:"), "{said}");
}

#[test]
fn a_name_is_the_nearest_scenario_of_that_name() {
    let machine = Machine::new();
    let of = |place: &str, title: &str| Some((place.to_owned(), title.to_owned()));
    assert_eq!(machine.listed("nord"), of("program", "Nord Santé Truck"));
    for (file, place) in [
        ("shared/tournee/config/nord.toml", "shared"),
        ("home/data/tournee/nord.toml", "user"),
        ("here/config/nord.toml", "working-folder"),
        ("here/nord.toml", "working-folder"),
    ] {
        machine.write(file, &titled(file));
        assert_eq!(machine.listed("nord"), of(place, file));
        let out = machine.run(&["plan", "nord", "--gap", "0.05"]);
        assert!(text(&out.stdout).starts_with(file), "{file}: {}{}", text(&out.stdout), text(&out.stderr));
    }
    // One that cannot be read stands in the way of others, and says so.
    machine.write("here/nord.toml", "name = ");
    assert_eq!(machine.listed("nord").unwrap().0, "working-folder");
    let out = machine.run(&["plan", "nord"]);
    assert!(text(&out.stderr).contains("nord.toml:1:"), "{}", text(&out.stderr));
    // What is no scenario is not listed, and a comparison is called one.
    machine.write("here/Cargo.toml", "[package]\nname = \"x\"\n");
    assert_eq!(machine.listed("Cargo"), None);
    let shown = text(&machine.run(&["scenarios"]).stdout);
    let (scenarios, comparisons) = shown.split_once("Comparaisons").unwrap();
    assert!(scenarios.contains("hauts-de-france-2026") && comparisons.contains("fleets-2026"), "{shown}");
}

#[test]
fn a_name_that_is_not_known_is_told_with_those_that_are() {
    let machine = Machine::new();
    for (arguments, said) in [
        (&["plan", "nrod"][..], "« nord »"),
        (&["plan", "ailleurs"], "hauts-de-france"),
        (&["compare", "fleet-2026"], "« fleets-2026 »"),
        (&["travel", "Lille", "Douai", "--scenario", "nrod"], "« nord »"),
    ] {
        let out = machine.run(arguments);
        let stderr = text(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains("FILE-missing") && stderr.replace('\u{a0}', " ").contains(said), "{stderr}");
    }
}

#[test]
fn the_manual_has_a_page_of_each_command_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let out = command(&["manual", folder.path().to_str().unwrap()]).output().unwrap();
    assert!(out.status.success(), "{}", text(&out.stderr));
    let help = text(&command(&["--help", "--lang", "en"]).output().unwrap().stdout);
    let commands = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let mut pages = 0;
    for name in commands.lines().filter_map(|line| line.split_whitespace().next()) {
        let Ok(english) = fs::read_to_string(folder.path().join(format!("man1/tournee-{name}.1"))) else { continue };
        let french = fs::read_to_string(folder.path().join(format!("fr/man1/tournee-{name}.1"))).unwrap();
        assert!(english.contains(".SH NAME\n") && french.contains(".SH NOM\n") && english != french, "{name}");
        for page in [&english, &french] {
            let plain = page.replace('\\', "");
            assert!(plain.contains(&format!("tournee {name}")) && plain.contains("--lang"), "{name}: {page}");
        }
        pages += 1;
    }
    assert!(pages >= 15, "{pages} pages for {commands}");
    assert!(fs::read_to_string(folder.path().join("fr/man1/tournee.1")).unwrap().contains(".SH COMMANDES\n"));
}
