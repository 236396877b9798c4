//! The paths of tours, for maps and navigation: GPX 1.1 and GeoJSON (RFC 7946, longitude before latitude).

use super::lookup::Lookup;
use crate::domain::Scenario;
use crate::i18n::Lang;
use crate::plan::{Leg, Plan, Stop, Tour};
use crate::write::OutputFile;
use geo_types::{LineString, Point};
use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonObject};
use gpx::{Gpx, GpxVersion, Metadata, Track, TrackSegment, Waypoint};
use serde_json::{Value, json};

/// Decimals of paths in a plan.
const PRECISION: u32 = 5;
/// Whose the roads are, wherever paths are shown.
const CREDIT: &str = "© OpenStreetMap contributors, ODbL 1.0";

/// A path, by longitude and latitude; `None` where the plan has none.
fn line(leg: &Leg) -> Option<LineString<f64>> {
    polyline::decode_polyline(leg.geometry.as_deref()?, PRECISION).ok()
}

/// `tracks/<date>-<vehicle>.gpx` for each tour with paths, and `tracks.geojson` with all of them; nothing where the plan
/// was made without.
#[must_use]
pub fn tracks(scenario: &Scenario, plan: &Plan, lang: Lang) -> Vec<OutputFile> {
    let with_paths = |tour: &&Tour| tour.legs.iter().any(|leg| leg.geometry.is_some());
    let tours: Vec<&Tour> = plan.tours.iter().filter(with_paths).collect();
    if tours.is_empty() {
        return Vec::new();
    }
    let mut out: Vec<OutputFile> = tours
        .iter()
        .filter_map(|tour| {
            let mut bytes = Vec::new();
            gpx::write(&track(scenario, plan, tour, lang), &mut bytes).ok()?;
            Some(OutputFile { path: format!("tracks/{}-{}.gpx", tour.date, tour.vehicle), bytes })
        })
        .collect();
    let bytes = serde_json::to_vec(&collection(scenario, plan, &tours, lang)).unwrap_or_default();
    out.push(OutputFile { path: "tracks.geojson".into(), bytes });
    out
}

fn name(lookup: &Lookup, scenario: &Scenario, tour: &Tour, stop: &Stop) -> String {
    let base = || {
        let vehicle = scenario.vehicles.iter().find(|v| v.id == tour.vehicle);
        vehicle.map_or("", |v| scenario.communes[v.base.index()].name.as_str()).to_owned()
    };
    match stop {
        Stop::Base => base(),
        Stop::Site(id) => {
            let site = scenario.sites.iter().find(|s| s.id == *id);
            site.map_or_else(
                || id.clone(),
                |s| lookup.commune_name(&scenario.communes[s.commune.index()].code).to_owned(),
            )
        }
    }
}

/// A tour as navigation reads it: a segment a leg, and a waypoint at each stop.
fn track(scenario: &Scenario, plan: &Plan, tour: &Tour, lang: Lang) -> Gpx {
    let lookup = Lookup::new(scenario);
    let mut segments = Vec::new();
    let mut waypoints = Vec::new();
    for leg in &tour.legs {
        let Some(line) = line(leg) else { continue };
        segments.push(TrackSegment { points: line.points().map(Waypoint::new).collect() });
        if let (Stop::Site(id), Some(site)) =
            (&leg.to, scenario.sites.iter().find(|s| Stop::Site(s.id.clone()) == leg.to))
        {
            let mut stop = Waypoint::new(Point::new(site.lon, site.lat));
            stop.name = Some(name(&lookup, scenario, tour, &leg.to));
            stop.description = Some(format!("{id} · {}", leg.arrive.format("%H:%M")));
            waypoints.push(stop);
        }
    }
    let title = format!("{} · {}", tour.vehicle, tour.date);
    let labels: Vec<&str> = plan.scenario.labels.iter().map(|label| label.get(lang)).chain([CREDIT]).collect();
    Gpx {
        version: GpxVersion::Gpx11,
        creator: Some("tournee".into()),
        metadata: Some(Metadata {
            name: Some(title.clone()),
            description: Some(labels.join(" ")),
            ..Metadata::default()
        }),
        waypoints,
        tracks: vec![Track { name: Some(title), segments, ..Track::default() }],
        ..Gpx::default()
    }
}

/// All legs as lines.
fn collection(scenario: &Scenario, plan: &Plan, tours: &[&Tour], lang: Lang) -> Value {
    let lookup = Lookup::new(scenario);
    let lookup = &lookup;
    let features = tours.iter().flat_map(|tour| {
        tour.legs.iter().filter_map(move |leg| {
            let path: Vec<[f64; 2]> = line(leg)?.into_iter().map(|at| [at.x, at.y]).collect();
            let mut properties = JsonObject::new();
            properties.insert("vehicle".into(), tour.vehicle.clone().into());
            properties.insert("date".into(), tour.date.to_string().into());
            properties.insert("from".into(), name(lookup, scenario, tour, &leg.from).into());
            properties.insert("to".into(), name(lookup, scenario, tour, &leg.to).into());
            properties.insert("depart".into(), leg.depart.to_rfc3339().into());
            properties.insert("arrive".into(), leg.arrive.to_rfc3339().into());
            properties.insert("seconds".into(), leg.seconds.into());
            properties.insert("metres".into(), leg.metres.into());
            Some(Feature {
                geometry: Some(Geometry::new(GeometryValue::new_line_string(path))),
                properties: Some(properties),
                ..Feature::default()
            })
        })
    });
    let mut all = FeatureCollection { bbox: None, features: features.collect(), foreign_members: None };
    let labels: Vec<&str> = plan.scenario.labels.iter().map(|label| label.get(lang)).chain([CREDIT]).collect();
    all.foreign_members = json!({ "labels": labels }).as_object().cloned();
    serde_json::to_value(&all).unwrap_or_default()
}
