//! Grids of scenarios: which there are, how they differ, and what is wrong with one.

use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tournee::config::{Grid, LoadOptions, Problems, grid, load};
use tournee::domain::Scenario;
use tournee::i18n::Lang;

struct Bench(TempDir);

impl Bench {
    /// A grid over the region's scenario.
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scenario = std::fs::canonicalize("config/hauts-de-france.toml").unwrap();
        let text = format!("scenario = {:?}\n{text}", scenario.to_str().unwrap());
        std::fs::write(folder.path().join("grid.toml"), text).unwrap();
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("grid.toml")
    }

    fn grid(&self) -> Grid {
        grid(&self.path(), None).unwrap()
    }

    fn scenario(&self, id: &str) -> Result<Scenario, Problems> {
        let grid = self.grid();
        let one = grid.scenarios.iter().find(|s| s.id == id).unwrap_or_else(|| panic!("{id}"));
        let options = LoadOptions { edits: one.edits.clone(), weeks: grid.weeks, ..LoadOptions::default() };
        load(&grid.scenario, &options).map(|loaded| loaded.scenario)
    }

    /// Every problem as `code line:column`.
    fn wrong(&self) -> Vec<String> {
        let problems = grid(&self.path(), None).expect_err("it should not be read");
        let place = |p: &tournee::config::Problem| {
            let (line, column) = p.position.unwrap_or_default();
            format!("{} {line}:{column}", p.code)
        };
        problems.iter().map(place).collect()
    }
}

fn ids(scenario: &Scenario) -> Vec<&str> {
    scenario.vehicles.iter().map(|v| v.id.as_str()).collect()
}

#[test]
fn every_combination_is_a_scenario_and_copies_have_names_of_their_own() {
    let bench = Bench::new("weeks = 2\n[fleet]\ntruck = [1, 3]\nvan = [0, 3]\n");
    let grid = bench.grid();
    let names: Vec<&str> = grid.scenarios.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(names, ["truck-1-van-0", "truck-1-van-3", "truck-3-van-0", "truck-3-van-3"]);
    assert_eq!(ids(&bench.scenario("truck-1-van-0").unwrap()), ["nord-sante-truck"]);
    let most = bench.scenario("truck-3-van-3").unwrap();
    assert_eq!(most.horizon.weeks, 2);
    assert_eq!(
        ids(&most),
        [
            "nord-sante-truck",
            "van-medecine-generale",
            "van-diagnostic",
            "nord-sante-truck-2",
            "nord-sante-truck-3",
            "van-medecine-generale-2"
        ]
    );
    let copy = most.vehicles.iter().find(|v| v.id == "nord-sante-truck-3").unwrap();
    assert_eq!((copy.name.as_str(), &copy.shifts), ("Nord Santé Truck 3", &most.vehicles[0].shifts));
}

#[test]
fn bases_shifts_saturdays_and_any_key_change_what_they_say() {
    let bench = Bench::new(
        "saturdays = [true, false]\n[fleet]\nnord-sante-truck = [2]\n[base]\nnord-sante-truck-2 = [\"59122\"]\n\
         [shift]\ntruck = [\"07:00-18:30\"]\nvan = [\"08:00-16:00\"]\n\
         [vary]\n\"vehicle.nord-sante-truck.set-up-minutes\" = [30]\n\"limits.driving-minutes-per-day\" = [300]\n",
    );
    let ids: Vec<String> = bench.grid().scenarios.iter().map(|s| s.id.clone()).collect();
    let (with, without) = (bench.scenario(&ids[0]).unwrap(), bench.scenario(&ids[1]).unwrap());
    let vehicle = |s: &Scenario, id: &str| s.vehicles.iter().find(|v| v.id == id).unwrap().clone();
    let (first, second) = (vehicle(&with, "nord-sante-truck"), vehicle(&with, "nord-sante-truck-2"));
    let code = |s: &Scenario, v: &tournee::domain::Vehicle| s.communes[v.base.index()].code.clone();
    assert_eq!((code(&with, &first), code(&with, &second)), ("59165".into(), "59122".into()));
    let hours = |v: &tournee::domain::Vehicle, day: usize| v.shifts[day].map(|w| (w.from.0 / 60, w.to.0 / 60));
    assert_eq!(hours(&first, 0), Some((420, 1110)));
    assert_eq!(hours(&first, 5), Some((420, 1110)), "Saturdays like Fridays");
    assert_eq!(hours(&vehicle(&without, "nord-sante-truck"), 5), None);
    // Vans have a shift a weekday: Monday to Friday change, and their Saturday stays or goes.
    let van = vehicle(&with, "van-diagnostic");
    assert_eq!((hours(&van, 0), hours(&van, 5)), (Some((480, 960)), Some((480, 810))));
    assert_eq!(hours(&vehicle(&without, "van-diagnostic"), 5), None);
    assert_eq!((first.set_up.0, second.set_up.0), (1800, 2700));
    assert_eq!(with.limits.driving_per_day.0, 18_000);
}

#[test]
fn saturdays_have_hours_where_the_scenario_has_none() {
    let grid = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let scenario = std::fs::canonicalize("config/nord.toml").unwrap();
        let path = folder.path().join("grid.toml");
        std::fs::write(&path, format!("scenario = {:?}\n{text}", scenario.to_str().unwrap())).unwrap();
        let grid = grid(&path, None).unwrap();
        let options = LoadOptions { edits: grid.scenarios[0].edits.clone(), ..LoadOptions::default() };
        load(&grid.scenario, &options).unwrap().scenario
    };
    let worked = grid("saturdays = [true]");
    assert_eq!(worked.time.weekend_hours, worked.time.public_hours);
    assert!(worked.vehicles[0].shifts[5].is_some());
    assert!(grid("saturdays = [false]").time.weekend_hours.is_empty());
}

#[test]
fn named_variants_go_with_the_axes_and_planned_points_open_one_by_one() {
    let variants = "[[variant]]\nid = \"a\"\nname-fr = \"Un\"\nname-en = \"One\"\n[variant.set]\n\
                    \"scope.planned-care-points\" = [\"hub-arras\"]\n[[variant]]\nid = \"b\"\nsaturdays = false\n";
    let bench = Bench::new(&format!("[fleet]\ntruck = [1, 2]\n{variants}"));
    let grid = bench.grid();
    let names: Vec<_> =
        grid.scenarios.iter().map(|s| (s.id.as_str(), s.variant.as_ref().unwrap().en.as_str())).collect();
    assert_eq!(names, [("a-truck-1", "One"), ("a-truck-2", "One"), ("b-truck-1", "b"), ("b-truck-2", "b")]);
    let points = |id: &str| {
        bench
            .scenario(id)
            .unwrap()
            .care_points
            .iter()
            .filter(|p| p.id.starts_with("hub-"))
            .map(|p| p.id.clone())
            .collect::<Vec<_>>()
    };
    assert!(points("a-truck-1").contains(&"hub-arras".to_owned()));
    assert!(!points("a-truck-1").contains(&"hub-cambrai".to_owned()));
    assert!(!points("b-truck-1").contains(&"hub-arras".to_owned()));
}

#[test]
fn what_is_wrong_with_a_grid_is_named_where_it_is_written() {
    let wrong = |text: &str| Bench::new(text).wrong();
    assert_eq!(wrong("[fleet]\ntruk = [1]\n"), ["GRID-vehicle 3:1"]);
    assert_eq!(wrong("[base]\nnord-sante-truck-2 = [\"59165\"]\nvan-lens-2 = [\"59165\"]\n"), ["GRID-vehicle 4:1"]);
    assert_eq!(wrong("[vary]\n\"service.mammografy.minutes\" = [10]\n"), ["GRID-key 3:1"]);
    assert_eq!(
        wrong(
            "[fleet]\ntruck = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]\nvan = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]\n"
        ),
        ["GRID-size 1:1"]
    );
    assert_eq!(wrong("flet = 3\n"), ["CFG-unknown-key 2:1"]);
    assert_eq!(wrong("[fleet]\ntruck = [-1]\n"), ["CFG-range 3:10"]);
    assert_eq!(wrong("week = \"2026-W60\"\n"), ["DAT-week 2:8"]);
    let problems = grid(&Bench::new("[fleet]\ntruk = [1]\n").path(), None).unwrap_err();
    assert!(problems.iter().next().unwrap().help.get(Lang::En).contains("did you mean \"truck\"?"));
    // What is wrong with one scenario shows when that one is read, at the value in the grid.
    let bench = Bench::new("[[variant]]\nid = \"a\"\n[variant.set]\n\"scope.planned-care-points\" = [\"hub-paris\"]\n");
    let problems = bench.scenario("a").unwrap_err();
    let first = problems.iter().next().unwrap();
    assert_eq!((first.code.to_string().as_str(), first.position), ("SCN-planned-point", Some((5, 32))));
    assert!(Path::new(&first.file).ends_with("grid.toml"));
    // Of the command line, too.
    let problems =
        grid(Path::new("config/nord.toml"), Some(("(command line)", "[fleet]\n\"bus\" = [1]\n"))).unwrap_err();
    let first = problems.iter().next().unwrap();
    assert_eq!((first.file.as_str(), first.position), ("(command line)", Some((2, 1))));
}
