//! Nights away, scarce crew and permits.

use super::*;

/// The template with a radiographer and an interpreter, the truck in need of the first.
const CREWS: &str = "[[crew]]\nid = \"radiographer\"\nheads = 2\nweekdays = [\"mon\", \"tue\"]\n\
    exceptions = [{ dates = \"2026-12-01\", heads = 0 }]\n\n[[crew]]\nid = \"interpreter-ar\"\nname-fr = \"interprète\"\n\n";

fn crewed() -> Bench {
    let bench = Bench::new();
    let text = std::fs::read_to_string(bench.path("scenario.toml")).unwrap();
    let text = text.replace("[[service]]\nid", &format!("{CREWS}[[service]]\nid"));
    let text = text.replace("overnight = \"base\"\n", "overnight = \"base\"\ncrew = [\"radiographer\"]\n");
    bench.write("scenario.toml", text.as_bytes())
}

#[test]
fn an_unknown_crew_is_named_with_what_was_meant() {
    let bench = crewed().edit("scenario.toml", "\ncrew = [\"radiographer\"]\n", "\ncrew = [\"radiografer\"]\n");
    let error = bench.error();
    let text = std::fs::read_to_string(bench.path("scenario.toml")).unwrap();
    let line = text.lines().position(|l| l.starts_with("crew =")).unwrap() + 1;
    assert_eq!(place(&error), format!("CFG-unknown-crew scenario.toml:{line}:9"));
    assert_eq!((error.column_name.as_deref(), &*error.help.en), (Some("crew"), "did you mean \"radiographer\"?"));
    assert_eq!(error.help.fr, "vouliez-vous dire « radiographer » ?");
    let bench = crewed().edit("scenario.toml", "weight = 1.0\n", "weight = 1.0\ncrew = [\"nobody\"]\n");
    let error = bench.error();
    assert_eq!(error.code.as_str(), "CFG-unknown-crew");
    assert!(error.help.en.contains("[[crew]]"));
    let bench = crewed().edit("sites.csv", "requested;;;;;;", "requested;;;;;interpreter-ra radiographer;");
    assert_eq!(bench.error().help.en, "did you mean \"interpreter-ar\"?");
}

#[test]
fn crews_are_unique_and_their_dates_are_read() {
    let bench = crewed().edit("scenario.toml", "id = \"interpreter-ar\"", "id = \"radiographer\"");
    assert_eq!(bench.error().code.as_str(), "CFG-duplicate-id");
    for wrong in ["2026-12-31..2026-12-01", "2026-13-01", "soon"] {
        let bench = crewed().edit("scenario.toml", "dates = \"2026-12-01\"", &format!("dates = \"{wrong}\""));
        assert_eq!(bench.error().code.as_str(), "CFG-format", "{wrong}");
    }
}

#[test]
fn a_vehicle_whose_crew_is_never_there_is_worth_a_look() {
    assert_eq!(crewed().places(), [""; 0], "on Monday somebody is there");
    let line = |bench: &Bench, start: &str| {
        let text = std::fs::read_to_string(bench.path("scenario.toml")).unwrap();
        text.lines().position(|l| l.starts_with(start)).unwrap() + 1
    };
    let bench = crewed().edit("scenario.toml", "weekdays = [\"mon\", \"tue\"]\n", "weekdays = [\"tue\", \"sat\"]\n");
    assert_eq!(bench.places(), [format!("SCN-no-heads scenario.toml:{}:8", line(&bench, "crew ="))]);
    let bench = crewed()
        .edit("scenario.toml", "heads = 2", "heads = 0")
        .edit("scenario.toml", "dates = \"2026-12-01\", heads = 0", "dates = \"2026-12-01\", heads = 1")
        .edit("scenario.toml", "weight = 1.0\n", "weight = 1.0\ncrew = [\"interpreter-ar\"]\n");
    assert_eq!(bench.places(), [""; 0], "on Tuesday somebody is there");
    let bench = bench.edit("scenario.toml", "name-fr = \"interprète\"\n", "heads = 0\n");
    assert_eq!(bench.places(), [format!("SCN-no-heads scenario.toml:{}:12", line(&bench, "services ="))]);
}

#[test]
fn an_overlay_may_turn_nights_off() {
    let bench = Bench::new().edit("scenario.toml", "overnight = \"base\"\n", "overnight = \"site\"\nnights-away = 2\n");
    let over = |text: &str| {
        let text = format!("base = \"scenario.toml\"\n[[vehicle]]\nid = \"camion\"\n{text}");
        std::fs::write(bench.path("over.toml"), text).unwrap();
        load(&bench.path("over.toml"), &LoadOptions::default())
    };
    assert_eq!(over("overnight = \"base\"\n").unwrap().scenario.vehicles[0].nights, None);
    let errors = over("overnight = \"base\"\nnights-away = 3\n").unwrap_err();
    assert_eq!(errors.iter().map(place).collect::<Vec<_>>(), ["CFG-conflict over.toml:5:1"]);
}

#[test]
fn lead_times_need_a_date_only_where_a_permit_is_to_be_had() {
    let bench = Bench::new().edit("scenario.toml", "permit-lead-days = 0", "permit-lead-days = 30");
    let warnings = bench.load(&LoadOptions::default()).unwrap();
    assert!(warnings.iter().next().unwrap().message.en.starts_with("1\u{a0}site"), "the other permit is granted");
    let now = LoadOptions { now: "2026-11-01".parse().ok(), ..LoadOptions::default() };
    assert!(bench.load(&now).unwrap().is_empty());
    let granted = bench.edit("sites.csv", "requested;", "assumed;");
    assert_eq!(granted.places(), [""; 0]);
}
