//! What is wrong with the input is named: code, file, line and column, all at once.

mod locks;
mod rotation;
mod tables;

use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tournee::config::{CODES, LoadOptions, Problem, Problems, Severity, init, load};
use tournee::i18n::Lang;

/// The template of `init`, to be broken.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        init(folder.path()).unwrap();
        Self(folder)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    /// Replaces a text that must be there once.
    fn edit(self, file: &str, from: &str, to: &str) -> Self {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
        std::fs::write(self.path(file), text.replace(from, to)).unwrap();
        self
    }

    fn write(self, file: &str, bytes: &[u8]) -> Self {
        std::fs::write(self.path(file), bytes).unwrap();
        self
    }

    fn load(&self, options: &LoadOptions) -> Result<Problems, Problems> {
        load(&self.path("scenario.toml"), options).map(|loaded| loaded.warnings)
    }

    /// Every problem as `code file:line:column`, errors or not.
    fn places(&self) -> Vec<String> {
        let problems = self.load(&LoadOptions::default()).unwrap_or_else(|errors| errors);
        problems.iter().map(place).collect()
    }

    /// The only error there is.
    fn error(&self) -> Problem {
        let problems = self.load(&LoadOptions::default()).expect_err("it should not load");
        let errors: Vec<&Problem> = problems.iter().filter(|p| p.severity == Severity::Error).collect();
        assert_eq!(errors.len(), 1, "{problems}");
        errors[0].clone()
    }
}

fn place(problem: &Problem) -> String {
    let file = Path::new(&problem.file).file_name().unwrap_or_default().to_string_lossy();
    match problem.position {
        Some((line, column)) => format!("{} {file}:{line}:{column}", problem.code),
        None => format!("{} {file}", problem.code),
    }
}

/// Line of a text in the scenario template.
fn line_of(text: &str) -> usize {
    let template = include_str!("../../../src/config/template/scenario.toml");
    template.lines().position(|l| l.starts_with(text)).unwrap_or_else(|| panic!("{text}")) + 1
}

#[test]
fn the_template_is_clean() {
    assert_eq!(Bench::new().places(), [""; 0]);
}

// ── TOML ────────────────────────────────────────────────────────────────────────────────────

#[test]
fn an_unknown_key_is_named_with_what_was_meant() {
    let bench = Bench::new().edit("scenario.toml", "uptake = 0.32", "uptkae = 0.32");
    let error = bench.error();
    assert_eq!(place(&error), format!("CFG-unknown-key scenario.toml:{}:1", line_of("uptake =")));
    assert_eq!(error.help.en, "did you mean `uptake`?");
    assert_eq!(error.help.fr, "vouliez-vous dire `uptake` ?");
}

#[test]
fn a_key_in_the_wrong_table_is_sent_to_its_own() {
    let bench = Bench::new().edit("scenario.toml", "grid-minutes = 15", "grid-minutes = 15\nspacing-weeks = 3");
    assert_eq!(bench.error().help.en, "its place is in [vehicle]");
}

#[test]
fn every_error_of_a_file_is_told_at_once() {
    let bench = Bench::new()
        .edit("scenario.toml", "weeks = 1\n", "weeks = 0\n")
        .edit("scenario.toml", "break-minutes = 45", "break-minutes = \"45\"")
        .edit("scenario.toml", "of = \"women-due\"", "of = \"women-do\"")
        .edit("scenario.toml", "kind = \"truck\"\n", "")
        .edit("scenario.toml", "shift = \"07:30-17:45\"\nw", "shift = \"7h30-17h45\"\nw")
        .edit("scenario.toml", "b = 0.9", "b = 1.5")
        .edit("scenario.toml", "[travel]", "[travle]");
    let mut codes: Vec<String> = bench.places().iter().map(|p| p.split(' ').next().unwrap().to_owned()).collect();
    codes.sort();
    assert_eq!(
        codes,
        ["CFG-choice", "CFG-format", "CFG-missing-key", "CFG-range", "CFG-range", "CFG-type", "CFG-unknown-key"]
    );
    let lines: Vec<String> = bench.places();
    assert!(lines.contains(&format!("CFG-type scenario.toml:{}:17", line_of("break-minutes"))), "{lines:?}");
    assert!(lines.contains(&format!("CFG-missing-key scenario.toml:{}:1", line_of("[[vehicle]]"))), "{lines:?}");
}

#[test]
fn toml_that_is_none_is_shown() {
    let bench = Bench::new().edit("scenario.toml", "weeks = 1\n", "weeks = = 1\n");
    let places = bench.places();
    assert_eq!(places[0], format!("CFG-syntax scenario.toml:{}:9", line_of("weeks = 1")));
}

#[test]
fn a_letter_in_a_number_is_no_riddle() {
    let bench = Bench::new().edit("scenario.toml", "grid-minutes = 15", "grid-minutes = 1S");
    let error = bench.error();
    assert_eq!(place(&error), format!("CFG-syntax scenario.toml:{}:16", line_of("grid-minutes")));
    assert_eq!(error.message.fr, "ceci n'est ni un nombre ni un texte entre guillemets");
}

#[test]
fn an_empty_scenario_is_one_problem() {
    let error = Bench::new().write("scenario.toml", b"\xef\xbb\xbf \n").error();
    assert_eq!(place(&error), "CSV-empty scenario.toml");
    assert!(error.help.fr.contains("tournee init"));
}

#[test]
fn keys_are_not_broken_at_their_hyphens() {
    let bench = Bench::new().edit("scenario.toml", "set-up-minutes = 45", "set-up-minutes = 540");
    for width in 60..120 {
        let shown = bench.error().render(Lang::Fr, false, width);
        for key in ["`set-up-minutes`", "`pack-down-minutes`", "`min-session-minutes`"] {
            assert!(shown.contains(key), "{shown}");
        }
    }
}

#[test]
fn numbers_written_as_floats_and_bare_dates_are_taken() {
    let bench = Bench::new().edit("scenario.toml", "weeks = 1\n", "weeks = 1.0\n").edit(
        "scenario.toml",
        "days-off = [\"2026-12-24..2027-01-01\"]",
        "days-off = [2026-12-24]",
    );
    assert_eq!(bench.places(), [""; 0]);
}

#[test]
fn an_infinite_number_is_refused() {
    let bench = Bench::new().edit("scenario.toml", "night = 2.0", "night = inf");
    assert_eq!(place(&bench.error()), format!("CFG-range scenario.toml:{}:9", line_of("night =")));
}

#[test]
fn overlays_are_merged_by_id_and_cycles_refused() {
    let bench = Bench::new();
    let over = |text: &str| {
        std::fs::write(bench.path("over.toml"), text).unwrap();
        load(&bench.path("over.toml"), &LoadOptions::default())
    };
    let text = "base = \"scenario.toml\"\nname = \"over\"\n[[vehicle]]\nid = \"camion\"\nspacing-weeks = 4\n\
                [[vehicle]]\nid = \"deux\"\nkind = \"van\"\nbase = \"29162\"\nservices = [{ id = \"mammography\" }]\n";
    let s = over(text).unwrap().scenario;
    assert_eq!((s.vehicles.len(), s.vehicles[0].spacing_weeks, s.vehicles[1].spacing_weeks), (2, 4, 12));
    assert!((s.vehicles[0].travel_factor - 1.2).abs() < 1e-12, "what the overlay leaves out stays");
    let errors = over("base = \"scenario.toml\"\n[time]\ngrid = 5\n").unwrap_err();
    assert_eq!(place(errors.iter().next().unwrap()), "CFG-unknown-key over.toml:3:1");
    let errors = over("base = \"over.toml\"\n").unwrap_err();
    assert_eq!(place(errors.iter().next().unwrap()), "CFG-base-cycle over.toml:1:8");
    let errors = over("base = \"none.toml\"\n").unwrap_err();
    assert_eq!(place(errors.iter().next().unwrap()), "FILE-missing over.toml:1:8");
}

#[test]
fn rules_the_schema_cannot_say() {
    for (from, to, wanted) in [
        ("set-up-minutes = 45", "set-up-minutes = 540", "SCN-shift-too-short"),
        ("min-session-minutes = 60", "min-session-minutes = 300", "SCN-no-session"),
        ("shift = \"07:30-17:45\"\nw", "shift = \"17:45-07:30\"\nw", "SCN-hours"),
        (
            "public-hours = [\"08:00-12:00\", \"13:30-17:30\"]",
            "public-hours = [\"13:30-17:30\", \"08:00-12:00\"]",
            "SCN-hours",
        ),
        ("break-window = \"12:00-14:00\"", "break-window = \"12:00-12:30\"", "SCN-break"),
        ("grid-minutes = 15", "grid-minutes = 7", "SCN-grid"),
        ("{ up-to = 1.0, slope = 0.7 }", "{ up-to = 1.0, slope = 1.7 }", "SCN-steps"),
        ("{ up-to = 1.0, slope = 0.7 }", "{ up-to = 0.4, slope = 0.7 }", "SCN-steps"),
        ("    { slope = 0.1 },\n", "    { up-to = 3.0, slope = 0.1 },\n", "SCN-steps"),
        ("min-access-minutes = 5", "min-access-minutes = 45", "SCN-access"),
        ("max-session-minutes = 600", "max-session-minutes = 45", "SCN-session-length"),
        ("invitations-per-appointment = 4", "invitations-per-appointment = 3", "SCN-kappa"),
        ("base = \"29024\"", "base = \"29019\"", "SCN-unknown-base"),
        ("overnight = \"base\"\n", "overnight = \"base\"\nnights-away = 2\n", "CFG-conflict"),
        ("overnight = \"base\"\n", "nights-across-days-off = false\n", "CFG-conflict"),
        ("overnight = \"base\"\n", "overnight = \"site\"\nnights-away = 31\n", "CFG-range"),
        ("overbooking = 1.0", "overbooking = 0.9", "CFG-range"),
        ("reserve = 0", "reserve = -1", "CFG-range"),
        ("night-min-drive-minutes = 45", "night-min-drive-minutes = 1441", "CFG-range"),
        ("quality-control-minutes = 0", "quality-control-minutes = 481", "CFG-range"),
        ("permit-lead-days = 0", "permit-lead-days = 731", "CFG-range"),
        ("permit-lead-days = 0", "permit-lead-days = 30", "DAT-no-now"),
        ("weekday = 0.5", "weekday = -0.5", "CFG-range"),
        ("[{ id = \"mammography\", lanes", "[{ id = \"mamography\", lanes", "CFG-unknown-service"),
        (
            "weekdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\n# Ou",
            "shifts = { mon = \"08:00-17:00\" }\n# Ou",
            "CFG-conflict",
        ),
        ("participation = 0.465", "share = 0.1", "CFG-conflict"),
        (
            "of = \"women-due\"\n# women-due : part des femmes qui participent déjà. / share of women who take part already.\nparticipation = 0.465",
            "of = \"residents\"",
            "CFG-missing-key",
        ),
        ("departements = [\"29\"]", "departements = [\"92\"]", "CFG-departement"),
        ("site-statuses = [\"approved\", \"candidate\"]", "site-statuses = [\"used\"]", "SCN-empty-scope"),
        ("kind = \"truck\"\n", "kind = \"tram\"\n", "SCN-no-fit"),
        ("week = \"2026-W49\"\n", "week = \"2026-W54\"\n", "DAT-week"),
        ("week = \"2026-W49\"\n", "week = \"2031-W02\"\n", "DAT-week"),
        ("week = \"2026-W49\"\n", "", "DAT-no-week"),
        ("weeks = 1\n", "weeks = 105\n", "CFG-range"),
        ("weeks = 1\n", "weeks = 104\n", "DAT-school"),
        ("week = \"2026-W49\"\n", "week = \"2028-W02\"\n", "DAT-school"),
        ("days-off = [\"2026-12-24..2027-01-01\"]", "days-off = [\"2026-12-24..2026-12-01\"]", "CFG-format"),
        ("road-edges = \"road-edges.csv\"\n", "", "CFG-missing-key"),
        ("calendar = \"calendar.csv\"", "calendar = \"calendrier.csv\"", "FILE-missing"),
    ] {
        let places = Bench::new().edit("scenario.toml", from, to).places();
        assert!(places.iter().any(|p| p.split(' ').next() == Some(wanted)), "{wanted}: {places:?}");
    }
}

#[test]
fn a_missing_file_is_shown_where_it_is_named() {
    let bench = Bench::new().edit("scenario.toml", "zones = \"zones.csv\"", "zones = \"nozones.csv\"");
    assert_eq!(place(&bench.error()), format!("FILE-missing scenario.toml:{}:9", line_of("zones =")));
    let errors = load(Path::new("nowhere.toml"), &LoadOptions::default()).unwrap_err();
    let missing = errors.iter().next().unwrap();
    assert_eq!(place(missing), "FILE-missing nowhere.toml");
    // The name once, and nothing of keys where none names the file.
    assert_eq!(missing.render(Lang::Fr, false, 100).matches("nowhere.toml").count(), 1);
    assert_eq!(missing.help.fr, "vérifier le chemin");
}

#[test]
fn a_horizon_must_begin_on_a_monday() {
    let tuesday = "2026-12-01".parse().unwrap();
    let options = LoadOptions { start: Some(tuesday), ..LoadOptions::default() };
    let errors = Bench::new().load(&options).unwrap_err();
    assert_eq!(errors.iter().map(place).collect::<Vec<_>>(), ["DAT-monday "]);
}

// ── Roads ───────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_commune_the_roads_do_not_reach_is_placed_in_its_file() {
    for (file, from, to) in [
        ("road-edges.csv", "1;2;18500;1140\r\n2;3;26000;1620\r\n", ""),
        ("road-nodes.csv", "2;48,3636;-3,7450;29081", "2;48,3636;-3,7450;"),
    ] {
        let bench = Bench::new().edit(file, from, to);
        let loaded = load(&bench.path("scenario.toml"), &LoadOptions::default()).unwrap();
        let error = loaded.road_graph.table(&loaded.scenario).unwrap_err();
        assert_eq!(place(&loaded.road_problem(&error)), "SCN-unreachable communes.csv:3:1");
    }
}

// ── What people see ─────────────────────────────────────────────────────────────────────────

#[test]
fn problems_are_shown_in_both_languages_and_as_json() {
    let bench = Bench::new().edit("communes.csv", "7 100", "7 1OO");
    let problems = bench.load(&LoadOptions::default()).unwrap_err();
    let french = problems.render(Lang::Fr, false, 100);
    for part in ["CSV-number", "« 7 1OO » n'est pas un nombre", "communes.csv:2:27", "Carhaix-Plouguer", "à faire"] {
        assert!(french.contains(part), "{part}\n{french}");
    }
    assert!(!french.contains('\u{1b}'), "no colour unless asked for");
    assert!(problems.render(Lang::En, true, 100).contains('\u{1b}'));
    let json = problems.to_json(Lang::En);
    assert_eq!(json[0]["code"], "CSV-number");
    assert_eq!(json[0]["severity"], "error");
    assert_eq!(
        (&json[0]["line"], &json[0]["column"], &json[0]["column_name"]),
        (&2.into(), &27.into(), &"population".into())
    );
    assert_eq!(json[0]["message"], "\"7 1OO\" is not a number");
}

#[test]
fn what_is_broken_elsewhere_does_not_hide_a_rule() {
    let bench = Bench::new().edit("communes.csv", "7 100", "7 1OO").edit(
        "scenario.toml",
        "set-up-minutes = 45",
        "set-up-minutes = 540",
    );
    let places = bench.places();
    assert!(places[0].starts_with("SCN-shift-too-short") || places[1].starts_with("SCN-shift-too-short"), "{places:?}");
    assert_eq!(places.len(), 2, "{places:?}");
}

#[test]
fn identifiers_are_unique() {
    let vehicle =
        "\n[[vehicle]]\nid = \"camion\"\nkind = \"truck\"\nbase = \"29162\"\nservices = [{ id = \"mammography\" }]\n";
    let bench = Bench::new();
    let text = std::fs::read_to_string(bench.path("scenario.toml")).unwrap() + vehicle;
    let error = bench.write("scenario.toml", text.as_bytes()).error();
    assert_eq!(place(&error), format!("CFG-duplicate-id scenario.toml:{}:6", text.lines().count() - 3));
}

#[test]
fn vehicles_of_a_kind_return_to_a_site_after_as_many_weeks() {
    let bench = Bench::new();
    let text = std::fs::read_to_string(bench.path("scenario.toml")).unwrap();
    let second = |kind: &str, spacing: &str| {
        format!(
            "{text}\n[[vehicle]]\nid = \"deux\"\nkind = \"{kind}\"\nbase = \"29162\"\n{spacing}services = [{{ id = \"mammography\" }}]\n"
        )
    };
    let lines = text.lines().count();
    let bench = bench.write("scenario.toml", second("truck", "spacing-weeks = 4\n").as_bytes());
    let error = bench.error();
    assert_eq!(place(&error), format!("SCN-kind-spacing scenario.toml:{}:17", lines + 6));
    assert_eq!(error.column_name.as_deref(), Some("spacing-weeks"));
    assert_eq!(
        error.message.fr,
        "« deux » revient au même emplacement après 4 semaines, « camion », du même genre (truck), après 12"
    );
    assert_eq!(
        error.message.en,
        "\"deux\" returns to a site after 4 weeks, \"camion\", of the same kind (truck), after 12"
    );
    assert!(error.help.fr.contains("« truck » le même `spacing-weeks`") && error.help.en.contains("the same"));
    // Where the key is left out, the default counts; other kinds have their own.
    for (kind, spacing, wanted) in
        [("truck", "", 0), ("truck", "spacing-weeks = 12\n", 0), ("van", "spacing-weeks = 4\n", 0)]
    {
        let bench = Bench::new().write("scenario.toml", second(kind, spacing).as_bytes());
        let errors = bench.load(&LoadOptions::default()).map_or_else(|e| e.len(), |_| 0);
        assert_eq!(errors, wanted, "{kind} {spacing}");
    }
    let bench = Bench::new()
        .write("scenario.toml", second("truck", "").replace("spacing-weeks = 12", "spacing-weeks = 6").as_bytes());
    assert_eq!(place(&bench.error()), format!("SCN-kind-spacing scenario.toml:{}:1", lines + 2));
}

#[test]
fn a_calendar_must_say_what_it_is_valid_for() {
    let text = "date_from;date_to;kind\n2026-12-25;2026-12-25;public-holiday\n";
    assert_eq!(place(&Bench::new().write("calendar.csv", text.as_bytes()).error()), "DAT-no-calendar calendar.csv:1:1");
}

#[test]
fn a_row_that_would_forbid_everything_is_refused() {
    let text = "vehicle;date;site;note\n;;;tout\n";
    assert_eq!(place(&Bench::new().write("forbidden.csv", text.as_bytes()).error()), "LOCK-empty forbidden.csv:2:1");
}

#[test]
fn folders_and_broken_archives_cannot_be_read() {
    let bench = Bench::new().edit("scenario.toml", "\"zones.csv\"", "\".\"");
    assert_eq!(place(&bench.error()), format!("FILE-unreadable scenario.toml:{}:9", line_of("zones =")));
    let gzip = Bench::new().write("road-nodes.csv", &[0x1f, 0x8b, 8, 0, 1, 2]);
    assert_eq!(place(&gzip.error()), "FILE-unreadable road-nodes.csv");
}

#[test]
fn outlines_that_are_no_map_are_named_when_they_are_read() {
    let named = |text: &'static [u8]| {
        let bench = Bench::new().edit("scenario.toml", "# outlines =", "outlines =").write("communes.geojson", text);
        load(&bench.path("scenario.toml"), &LoadOptions::default()).unwrap().outlines()
    };
    for text in [&b"code;name"[..], b"{}", b"{\"type\": \"FeatureCollection\"}", b"\xff\xfe"] {
        let problems = named(text).expect_err("no map");
        assert_eq!(problems.iter().map(place).collect::<Vec<_>>(), ["MAP-outlines communes.geojson"]);
    }
    let map = br#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "29024"},
        "geometry": {"type": "Point", "coordinates": [-3.5, 48.2]}}]}"#;
    assert_eq!(named(map).unwrap().keys().collect::<Vec<_>>(), ["29024"]);
    let missing = Bench::new().edit("scenario.toml", "# outlines =", "outlines =");
    assert_eq!(place(&missing.error()), format!("FILE-missing scenario.toml:{}:12", line_of("# outlines =")));
}

#[test]
fn the_promise_is_made_to_communes_that_exist() {
    let bench = Bench::new().edit("scenario.toml", "communes = \"all\"", "communes = [\"29024\", \"29999\"]");
    let error = bench.error();
    assert_eq!(place(&error), format!("CSV-unknown-commune scenario.toml:{}:22", line_of("communes = \"all\"")));
    let bench = Bench::new().edit("scenario.toml", "communes = \"all\"", "communes = \"nobody\"");
    assert!(place(&bench.error()).starts_with("CFG-"), "{}", place(&bench.error()));
    let bench = Bench::new().edit("scenario.toml", "points = [\"imaging\", \"referral\"]", "points = []");
    assert!(place(&bench.error()).starts_with("CFG-"), "{}", place(&bench.error()));
}

#[test]
fn a_promise_that_binds_goes_with_the_vehicles() {
    let soft = || Bench::new().edit("scenario.toml", "mode = \"report\"\n# soft", "mode = \"soft\"\n# soft");
    assert_eq!(soft().places(), [""; 0]);
    let short = soft().edit("scenario.toml", "hours = 48\n# working (arrêtée", "hours = 12\n# working (arrêtée");
    assert_eq!(place(&short.error()), format!("SCN-promise scenario.toml:{}:9", line_of("hours = 48")));
    let weight = Bench::new().edit("scenario.toml", "# weight = 0.00001", "weight = 0.1");
    assert_eq!(place(&weight.error()), format!("CFG-conflict scenario.toml:{}:1", line_of("# weight =")));
    let follow_up = "report\"\n# Genres de lieux";
    let hard = Bench::new().edit("scenario.toml", follow_up, "hard\"\n# Genres de lieux");
    assert_eq!(hard.places(), [""; 0]);
    let nights = soft().edit("scenario.toml", "overnight = \"base\"", "overnight = \"site\"");
    assert!(place(&nights.error()).starts_with("SCN-promise"), "{}", place(&nights.error()));
    let lasting = soft().edit("scenario.toml", "min-session-minutes = 60", "min-session-minutes = 5");
    let lasting = lasting.edit(
        "scenario.toml",
        "# Durée d'un rendez-vous. / Length of an appointment.\nminutes = 10",
        "minutes = 100",
    );
    assert!(place(&lasting.error()).starts_with("SCN-promise"), "{}", place(&lasting.error()));
}

#[test]
fn init_writes_nothing_where_it_cannot() {
    let bench = Bench::new();
    let errors = init(&bench.path("zones.csv/inner")).unwrap_err();
    assert_eq!(errors.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["FILE-unwritable"]);
    let half = tempfile::tempdir().unwrap();
    std::fs::write(half.path().join("sites.csv"), "mine").unwrap();
    assert_eq!(init(half.path()).unwrap_err().iter().map(place).collect::<Vec<_>>(), ["FILE-exists sites.csv"]);
    assert_eq!(std::fs::read_dir(half.path()).unwrap().count(), 1);
}

#[test]
fn every_code_is_raised_by_a_test() {
    let tests = [
        include_str!("mod.rs"),
        include_str!("locks.rs"),
        include_str!("rotation.rs"),
        include_str!("tables.rs"),
        include_str!("../config.rs"),
        include_str!("../../publishing/tables.rs"),
        include_str!("../../command/basics.rs"),
        include_str!("../../command/promise.rs"),
        include_str!("../../command/respond.rs"),
        include_str!("../../command/benchmark.rs"),
        include_str!("../grid.rs"),
        include_str!("../../command/compare.rs"),
        include_str!("../../command/osrm.rs"),
        include_str!("../../command/osrm_faults.rs"),
    ]
    .concat();
    let untested: Vec<&str> = CODES.iter().map(|c| c.code).filter(|code| !tests.contains(code)).collect();
    assert_eq!(untested, [""; 0]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// Whatever is done to a file, it loads or it says why, at a place that can be shown.
    #[test]
    fn no_bytes_make_it_fall_over(
        file in proptest::sample::select(vec!["scenario.toml", "communes.csv", "sites.csv", "past.csv", "locks.csv", "road-edges.csv"]),
        at in 0.0..1.0_f64,
        cut in 0usize..30,
        put in proptest::collection::vec(proptest::sample::select(b"\"';,\n\r\t 0-9.\xc3\xa9[]{}=x\xff".to_vec()), 0..12),
    ) {
        let bench = Bench::new();
        let mut bytes = std::fs::read(bench.path(file)).unwrap();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let from = (at * bytes.len() as f64) as usize;
        let to = (from + cut).min(bytes.len());
        bytes.splice(from..to, put);
        let problems = bench.write(file, &bytes).load(&LoadOptions::default());
        let problems = match problems {
            Ok(warnings) => warnings,
            Err(errors) => {
                proptest::prop_assert!(errors.has_errors());
                errors
            }
        };
        for problem in &problems {
            proptest::prop_assert!(problem.render(Lang::Fr, false, 80).contains(problem.code.as_str()));
        }
    }
}
