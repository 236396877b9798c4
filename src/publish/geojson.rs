//! Maps for other programs: GeoJSON (RFC 7946), longitude before latitude.

use crate::domain::Scenario;
use crate::i18n::Lang;
use crate::plan::RollingFigures;
use crate::promise::{Level, PromiseAnswer, RollingAnswer};
use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonObject};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Rolling access to one service on one clock: a feature a commune in scope, its outline where one is
/// known, else its position. Shares are from 0 to 1, waits in hours of the clock; `labels` says what must be
/// said wherever this is shown.
#[must_use]
pub fn promise(
    scenario: &Scenario,
    answer: &PromiseAnswer,
    of: &RollingAnswer,
    outlines: &BTreeMap<String, Geometry>,
    lang: Lang,
) -> Value {
    let by_code: BTreeMap<&str, _> = scenario.communes.iter().map(|c| (c.code.as_str(), c)).collect();
    let features = of.places.iter().filter(|place| place.level == Level::Commune).filter_map(|place| {
        let commune = by_code.get(place.code.as_str())?;
        let at = || Geometry::new(GeometryValue::new_point([commune.lon, commune.lat]));
        let mut properties = JsonObject::new();
        properties.insert("code".into(), place.code.clone().into());
        properties.insert("name".into(), place.name.clone().into());
        properties.insert("departement".into(), commune.departement.clone().into());
        properties.insert("intercommunality".into(), commune.intercommunality.clone().into());
        properties.insert("residents".into(), place.residents.into());
        for (part, own) in [("vehicles", &place.vehicles), ("with_fixed", &place.with_fixed)] {
            figures(&mut properties, part, own);
        }
        for (name, count) in place.requests.iter().flat_map(|r| {
            [("requests", r.asked), ("requests_vehicles", r.vehicles), ("requests_with_fixed", r.with_fixed)]
        }) {
            properties.insert(name.into(), count.into());
        }
        Some(Feature {
            geometry: Some(outlines.get(&place.code).cloned().unwrap_or_else(at)),
            properties: Some(properties),
            ..Feature::default()
        })
    });
    let mut all = FeatureCollection { bbox: None, features: features.collect(), foreign_members: None };
    let labels: Vec<&str> = answer.labels.iter().map(|label| label.get(lang)).collect();
    let about = json!({
        "service": of.service, "clock": of.clock, "minutes": of.minutes, "hours": of.hours, "labels": labels,
    });
    all.foreign_members = about.as_object().cloned();
    serde_json::to_value(&all).unwrap_or_default()
}

#[allow(clippy::cast_precision_loss)]
fn figures(properties: &mut JsonObject, part: &str, own: &RollingFigures) {
    let wait = own.longest.as_ref();
    let mut put = |name: &str, value: Value| properties.insert(format!("{part}_{name}"), value);
    put("share", own.share.into());
    put("longest_wait_hours", wait.map(|w| w.seconds as f64 / 3600.0).into());
    put("longest_wait_at_least", wait.map(|w| w.at_least).into());
    put("longest_wait_from", wait.map(|w| w.from.to_rfc3339()).into());
}
