//! Paths of tours: in the plan, as GPX and as GeoJSON.

use crate::program::run;
use serde_json::Value;
use std::fs;
use std::path::Path;

const NORD: &str = "config/nord.toml";

/// Metres between two points, longitude before latitude, on a sphere.
fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [north, east] = [(b[1] - a[1]).to_radians(), (b[0] - a[0]).to_radians()];
    let (from, to) = (a[1].to_radians(), b[1].to_radians());
    let half = (north / 2.0).sin().powi(2) + from.cos() * to.cos() * (east / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * half.sqrt().asin()
}

fn points(feature: &Value) -> Vec<[f64; 2]> {
    let list = feature["geometry"]["coordinates"].as_array().unwrap();
    list.iter().map(|at| [at[0].as_f64().unwrap(), at[1].as_f64().unwrap()]).collect()
}

#[test]
fn legs_have_the_paths_of_the_road_graph() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let (code, stdout, stderr) = run(&["plan", NORD, "--geometry", "--out", out, "--node-limit", "50"]);
    assert!(code == 0 && stdout.contains("tracks.geojson"), "{stderr}");
    let plan_file = folder.path().join("plan.json");
    let (code, ..) = run(&["check", plan_file.to_str().unwrap(), "--scenario", NORD]);
    assert_eq!(code, 0);
    let plan: Value = serde_json::from_slice(&fs::read(&plan_file).unwrap()).unwrap();
    let map: Value = serde_json::from_slice(&fs::read(folder.path().join("tracks.geojson")).unwrap()).unwrap();
    let features = map["features"].as_array().unwrap();
    assert!(map["labels"].to_string().contains("OpenStreetMap"));
    let legs: Vec<&Value> =
        plan["tours"].as_array().unwrap().iter().flat_map(|t| t["legs"].as_array().unwrap()).collect();
    assert_eq!(features.len(), legs.len());
    let sites = fs::read_to_string("routes/hauts-de-france/sites.csv").unwrap();
    let place = |id: &str| {
        let line = sites.lines().find(|line| line.starts_with(&format!("{id},"))).unwrap();
        let cells: Vec<&str> = line.split(',').collect();
        [cells[4].parse().unwrap(), cells[3].parse().unwrap()]
    };
    for (feature, leg) in features.iter().zip(&legs) {
        let path = points(feature);
        // The graph's edges are straight on the map, and longer on the ground.
        let length: f64 = path.windows(2).map(|pair| metres(pair[0], pair[1])).sum();
        let said = leg["metres"].as_f64().unwrap();
        assert!((0.6..1.05).contains(&(length / said)), "{length} m drawn, {said} m driven");
        assert_eq!(feature["properties"]["metres"], leg["metres"]);
        if let Some(id) = leg["to"]["site"].as_str() {
            assert!(metres(*path.last().unwrap(), place(id)) < 1000.0, "{id}");
        }
        if let Some(id) = leg["from"]["site"].as_str() {
            assert!(metres(path[0], place(id)) < 1000.0, "{id}");
        }
    }
    // A file a tour, which a reader of GPX reads.
    for tour in plan["tours"].as_array().unwrap() {
        let name = format!("tracks/{}-{}.gpx", tour["date"].as_str().unwrap(), tour["vehicle"].as_str().unwrap());
        let file = fs::File::open(folder.path().join(name)).unwrap();
        let track = gpx::read(file).unwrap();
        assert_eq!(track.tracks[0].segments.len(), tour["legs"].as_array().unwrap().len());
        assert_eq!(track.waypoints.len(), 1);
        assert!(track.metadata.unwrap().description.unwrap().contains("estimation"));
    }
    // Without being asked for, there are none.
    let (code, stdout, _) = run(&["plan", NORD, "--node-limit", "50", "--format", "json"]);
    assert!(code == 0 && !stdout.contains("geometry"));
}

#[test]
fn a_table_has_no_paths() {
    let folder = tempfile::tempdir().unwrap();
    let nord = Path::new(env!("CARGO_MANIFEST_DIR")).join(NORD);
    let scenario = folder.path().join("nord.toml");
    let trips = folder.path().join("trips.csv");
    let (code, ..) = run(&["travel", "--matrix", trips.to_str().unwrap(), "--scenario", NORD]);
    assert_eq!(code, 0);
    let text = format!("base = {nord:?}\n[files]\nmatrix = \"trips.csv\"\n[travel]\nsource = \"matrix\"\n");
    fs::write(&scenario, text).unwrap();
    let (code, _, stderr) = run(&["plan", scenario.to_str().unwrap(), "--geometry"]);
    assert!(code == 2 && stderr.contains("--geometry"), "{stderr}");
    // The times of a table written from the roads are those of the roads: so is the plan.
    let plan = |scenario: &str| {
        let (code, stdout, stderr) = run(&["plan", scenario, "--node-limit", "50", "--format", "json"]);
        assert_eq!(code, 0, "{stderr}");
        let plan: Value = serde_json::from_str(&stdout).unwrap();
        (plan["visits"].clone(), plan["tours"].clone(), plan["score"].clone())
    };
    assert_eq!(plan(scenario.to_str().unwrap()), plan(NORD));
}
