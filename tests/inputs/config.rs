//! The shipped scenarios load and say what they should; so does what `init` writes.

use chrono::NaiveDate;
use std::path::Path;
use tournee::config::{LoadOptions, Loaded, Schema, init, load};
use tournee::demand::Demand;
use tournee::domain::{CareStatus, CrewId, DayId, Nights, Scenario, SiteStatus, VehicleId, Weekdays};
use tournee::i18n::Lang;
use tournee::units::Seconds;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn with(name: &str, options: &LoadOptions) -> Loaded {
    let path = root().join("config").join(name);
    load(&path, options).unwrap_or_else(|problems| panic!("{}", problems.render(Lang::En, false, 120)))
}

fn shipped(name: &str) -> Loaded {
    with(name, &LoadOptions::default())
}

fn sites_by_status(scenario: &Scenario, status: SiteStatus) -> usize {
    scenario.sites.iter().filter(|s| s.status == status).count()
}

#[test]
fn the_truck_plans_the_nord() {
    let loaded = shipped("nord.toml");
    let s = &loaded.scenario;
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    assert_eq!(s.communes.len(), 3782);
    assert_eq!(s.territories.len(), 243);
    assert_eq!(s.communes.iter().filter(|c| c.in_scope).count(), 647);
    assert!(s.communes.iter().all(|c| c.in_scope == (c.departement == "59")));
    assert!(s.sites.iter().all(|p| s.communes[p.commune.index()].in_scope));
    assert_eq!(sites_by_status(s, SiteStatus::Used), 8);
    assert_eq!(sites_by_status(s, SiteStatus::Demonstration), 0);
    assert_eq!(s.care_points.len(), 12, "planned care points do not count");
    assert_eq!(s.horizon.start, NaiveDate::from_ymd_opt(2026, 11, 30).unwrap());
    let truck = &s.vehicles[0];
    assert_eq!(s.communes[truck.base.index()].code, "59165");
    assert_eq!(truck.shifts[0].unwrap().from, Seconds::from_minutes(450));
    assert!(truck.shifts[5].is_none());
    assert_eq!(s.past.len(), 8 + 39);
    assert!(s.past.iter().all(|v| v.site.is_some() && !v.invitations.is_empty()));
    let labels: String = s.labels.iter().map(|l| l.get(Lang::En)).collect();
    for word in ["estimate", "candidates", "territories", "mammography sites", "invented"] {
        assert!(labels.contains(word), "{word}: {labels}");
    }
    assert_eq!(s.input_hash.len(), 64);
}

#[test]
fn every_commune_in_scope_is_on_the_roads() {
    let loaded = shipped("hauts-de-france.toml");
    let table = loaded.road_graph.table(&loaded.scenario);
    let table = table.unwrap_or_else(|e| panic!("{}", loaded.road_problem(&e).one_line(Lang::En)));
    let demand = Demand::new(&loaded.scenario, &table);
    assert!(demand.services.iter().flatten().all(|d| d.due.iter().sum::<u32>() > 0));
}

#[test]
fn the_vans_keep_to_the_stops_of_the_article() {
    let loaded = shipped("clinique-ambulante.toml");
    let s = &loaded.scenario;
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    let sites: Vec<&str> = s.sites.iter().map(|p| &*p.id).collect();
    assert_eq!(sites, ["arras", "bellinghem", "bethune", "boulogne-sur-mer", "calais", "couin", "saint-omer"]);
    assert_eq!(s.vehicles.len(), 2);
    assert!(s.service("mammography").is_none());
    for k in 0..2 {
        assert_eq!(s.vehicles[k].kind, "van");
        assert_eq!(s.vehicles[k].spacing_weeks, 0);
        assert!(s.shift(VehicleId::new(k), DayId(5)).is_some(), "vans work on Saturdays");
        assert!(s.shift(VehicleId::new(k), DayId(6)).is_none());
    }
    assert_eq!(s.public_hours(DayId(5)).len(), 1);
    let couin = s.sites.iter().find(|p| p.id == "couin").unwrap();
    assert!(couin.weekdays.contains(s.horizon.date(DayId(5))) && !couin.weekdays.contains(s.horizon.date(DayId(4))));
}

#[test]
fn the_region_has_every_site_and_the_overlay_one_van_and_two_hubs_more() {
    let base = shipped("hauts-de-france.toml").scenario;
    let over = shipped("hauts-de-france-2026.toml").scenario;
    assert_eq!((base.vehicles.len(), over.vehicles.len()), (3, 4));
    assert_eq!(base.sites.len(), 698);
    assert_eq!(base.sites, over.sites);
    assert_eq!(base.services, over.services);
    assert_eq!(base.vehicles[..], over.vehicles[..3]);
    assert_eq!((base.care_points.len(), over.care_points.len()), (12, 14));
    assert!(over.care_points.iter().all(|p| p.status != CareStatus::Planned));
    assert_eq!(over.communes[over.vehicles[3].base.index()].name, "Cambrai");
    assert_ne!(base.input_hash, over.input_hash);
}

#[test]
fn the_command_line_adds_to_the_scenario() {
    let monday = NaiveDate::from_ymd_opt(2025, 11, 10).unwrap();
    let week = LoadOptions { start: Some(monday), weeks: Some(2), ..LoadOptions::default() };
    let early = with("nord.toml", &week);
    assert_eq!(early.scenario.horizon.weeks, 2);
    assert_eq!(early.scenario.past.len(), 1, "only Fourmies was before");
    let codes: Vec<&str> = early.warnings.iter().map(|p| p.code.as_str()).collect();
    assert_eq!(codes, ["PAST-late"]);
    let longer = with("nord.toml", &LoadOptions { weeks: Some(3), ..LoadOptions::default() });
    let shipped_start = shipped("nord.toml").scenario.horizon.start;
    assert_eq!((longer.scenario.horizon.start, longer.scenario.horizon.weeks), (shipped_start, 3));
    let later = LoadOptions { start: shipped_start.checked_add_days(chrono::Days::new(7)), ..LoadOptions::default() };
    assert_eq!(with("nord.toml", &later).scenario.horizon.weeks, 1, "the scenario's weeks");
    let none = with("nord.toml", &LoadOptions { no_past: true, ..LoadOptions::default() });
    assert!(none.scenario.past.is_empty());
    let hashes = [early.scenario.input_hash, none.scenario.input_hash, shipped("nord.toml").scenario.input_hash];
    assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
}

#[test]
fn the_hash_is_of_the_content_alone() {
    let one = tempfile::tempdir().unwrap();
    let two = tempfile::tempdir().unwrap();
    for folder in [&one, &two] {
        init(folder.path()).unwrap();
    }
    let hash = |folder: &tempfile::TempDir| {
        load(&folder.path().join("scenario.toml"), &LoadOptions::default()).unwrap().scenario.input_hash
    };
    assert_eq!(hash(&one), hash(&two));
    // A comment is not content; a cell is.
    let toml = two.path().join("scenario.toml");
    std::fs::write(&toml, std::fs::read_to_string(&toml).unwrap() + "\n# a comment\n").unwrap();
    assert_eq!(hash(&one), hash(&two));
    let zones = two.path().join("zones.csv");
    std::fs::write(&zones, std::fs::read_to_string(&zones).unwrap().replace("ZAC", "ZIP")).unwrap();
    assert_ne!(hash(&one), hash(&two));
}

#[test]
fn what_init_writes_loads() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("new");
    let written = init(&inner).unwrap();
    assert_eq!(written.len(), std::fs::read_dir(&inner).unwrap().count());
    let loaded = load(&inner.join("scenario.toml"), &LoadOptions::default())
        .unwrap_or_else(|problems| panic!("{}", problems.render(Lang::En, false, 120)));
    assert!(loaded.warnings.is_empty(), "{}", loaded.warnings);
    let s = &loaded.scenario;
    assert_eq!((s.communes.len(), s.sites.len(), s.territories.len()), (3, 2, 2));
    assert_eq!((s.past.len(), s.locks.len(), s.forbidden.len()), (1, 1, 1));
    assert_eq!(s.communes[0].women_50_74.0, 1280);
    assert!((s.communes[1].lat - 48.3636).abs() < 1e-9);
    assert_eq!(s.sites[0].set_up, Some(Seconds::from_minutes(60)));
    loaded.road_graph.table(s).unwrap();

    let again = init(&inner).unwrap_err();
    assert_eq!(again.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["FILE-exists"]);
    let said = &again.iter().next().unwrap().message.en;
    for path in &written {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(said.contains(name), "{name}: {said}");
    }
}

/// Every key and column of the rules of nights, crew, control, permits, weekdays and held-back
/// appointments reaches the domain; what is left out has its default.
#[test]
fn rules_of_the_rotation_are_lowered() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path()).unwrap();
    let edit = |file: &str, pairs: &[(&str, &str)]| {
        let path = folder.path().join(file);
        let mut text = std::fs::read_to_string(&path).unwrap();
        for (from, to) in pairs {
            assert_eq!(text.matches(from).count(), 1, "{from}");
            text = text.replace(from, to);
        }
        std::fs::write(&path, text).unwrap();
    };
    let read = |name: &str| {
        let options = LoadOptions { now: NaiveDate::from_ymd_opt(2026, 11, 2), ..LoadOptions::default() };
        load(&folder.path().join(name), &options).unwrap_or_else(|p| panic!("{}", p.render(Lang::En, false, 120)))
    };
    let s = read("scenario.toml").scenario;
    assert!(s.crews.is_empty() && s.vehicles[0].nights.is_none() && s.vehicles[0].crew.is_empty());
    assert_eq!((s.vehicles[0].quality_control, s.limits.night_min_drive), (Seconds(0), Seconds::from_minutes(45)));
    assert_eq!((s.services[0].overbooking, s.services[0].reserve, s.prices.weekday_price), (1.0, 0, 0.5));
    assert_eq!((s.sites[0].preferred, s.sites[0].avoided), (Weekdays(0), Weekdays(0b000_1000)));

    edit(
        "scenario.toml",
        &[
            (
                "[[service]]\nid",
                "[[crew]]\nid = \"mediator\"\n\n[[crew]]\nid = \"radiographer\"\nname-fr = \"manipulatrice\"\nheads = 2\nweekdays = [\"mon\", \"tue\"]\nexceptions = [{ dates = \"2026-12-01\", heads = 0 }, { dates = \"2026-12-01..2026-12-03\", heads = 5 }]\n\n[[service]]\nid",
            ),
            ("overnight = \"base\"\n", "overnight = \"site\"\ncrew = [\"radiographer\", \"mediator\", \"mediator\"]\n"),
            ("quality-control-minutes = 0", "quality-control-minutes = 30"),
            ("night-min-drive-minutes = 45", "night-min-drive-minutes = 50"),
            ("overbooking = 1.0", "overbooking = 1.1\ncrew = [\"mediator\"]"),
            ("reserve = 0", "reserve = 2"),
            ("permit-lead-days = 0", "permit-lead-days = 28"),
            ("weekday = 0.5", "weekday = 0.75"),
        ],
    );
    edit(
        "sites.csv",
        &[
            ("granted;;;;thu;;", "granted;90;+mar;mer;thu;mediator;"),
            ("requested;;;;;;", "requested;;-sat +mon;;dim;;"),
        ],
    );
    let s = read("scenario.toml").scenario;
    assert_eq!(s.vehicles[0].nights, Some(Nights { in_a_row: 4, across_days_off: false }));
    assert_eq!(
        (s.vehicles[0].quality_control, s.limits.night_min_drive),
        (Seconds::from_minutes(30), Seconds::from_minutes(50))
    );
    let radiographer = CrewId(1);
    assert_eq!(
        (s.vehicles[0].crew.clone(), s.services[0].crew.clone()),
        (vec![CrewId(0), radiographer], vec![CrewId(0)])
    );
    assert_eq!((s.services[0].overbooking, s.services[0].reserve, s.prices.weekday_price), (1.1, 2, 0.75));
    assert_eq!((s.crews[0].heads, s.crews[0].weekdays), (1, Weekdays::ALL));
    assert_eq!((&*s.crews[1].name.fr, &*s.crews[1].name.en), ("manipulatrice", "radiographer"));
    let heads: Vec<u32> = (0..7).map(|day| s.heads(radiographer, DayId(day))).collect();
    assert_eq!(heads, [2, 0, 5, 5, 0, 0, 0], "the first exception that holds the date counts");
    let (huelgoat, pleyben) = (&s.sites[0], &s.sites[1]);
    assert_eq!(
        (huelgoat.permit_lead_days, pleyben.permit_lead_days),
        (0, 28),
        "a permit that is granted takes no time"
    );
    assert_eq!((huelgoat.preferred, huelgoat.avoided), (Weekdays(0b000_0110), Weekdays(0b000_1000)));
    assert_eq!((pleyben.preferred, pleyben.avoided), (Weekdays(0b000_0001), Weekdays(0b110_0000)));
    assert_eq!((huelgoat.crew.clone(), pleyben.crew.len()), (vec![CrewId(0)], 0));

    // An overlay changes crews by their `id`, and what a vehicle needs as a whole.
    let text = "base = \"scenario.toml\"\n[[crew]]\nid = \"radiographer\"\nheads = 3\n[[crew]]\nid = \"driver\"\n\
                [[vehicle]]\nid = \"camion\"\ncrew = []\nnights-away = 2\nnights-across-days-off = true\n";
    std::fs::write(folder.path().join("over.toml"), text).unwrap();
    let s = read("over.toml").scenario;
    let crews: Vec<(&str, u32)> = s.crews.iter().map(|c| (&*c.id, c.heads)).collect();
    assert_eq!(crews, [("mediator", 1), ("radiographer", 3), ("driver", 1)]);
    assert_eq!(s.crews[1].exceptions.len(), 2);
    assert!(s.vehicles[0].crew.is_empty());
    assert_eq!(s.vehicles[0].nights, Some(Nights { in_a_row: 2, across_days_off: true }));
}

#[test]
fn the_template_explains_every_key() {
    fn keys(schema: &serde_json::Value, all: &mut Vec<String>) {
        for (name, inner) in schema.get("properties").and_then(|p| p.as_object()).into_iter().flatten() {
            all.push(name.clone());
            keys(inner, all);
            if let Some(items) = inner.get("items") {
                keys(items, all);
            }
        }
    }
    let mut all = Vec::new();
    keys(&Schema::Scenario.value(), &mut all);
    assert!(all.len() > 70, "{}", all.len());
    let template = include_str!("../../src/config/template/scenario.toml");
    for key in all {
        let shown = template.lines().any(|line| {
            line.contains(&format!("{key} =")) || line.trim_matches(['[', ']']).rsplit('.').next() == Some(&key)
        });
        assert!(shown, "the template does not show `{key}`");
    }
}
