//! Outlines of communes, for maps.

use super::codes::Code;
use super::problem::{Problem, Problems};
use super::road::unpacked;
use super::sheet::Input;
use geojson::{FeatureCollection, GeoJson, Geometry};
use std::collections::BTreeMap;

/// Reads a GeoJSON collection (.geojson or packed with gzip) of features with a property `code`, the INSEE
/// code.
pub(super) fn read(input: &Input, problems: &mut Problems) -> Option<BTreeMap<String, Geometry>> {
    let bytes = input.read(problems)?;
    let text = unpacked(input, &bytes, problems)?;
    let text = String::from_utf8_lossy(&text);
    match text.parse::<GeoJson>().and_then(FeatureCollection::try_from) {
        Ok(all) => {
            let one = |feature: geojson::Feature| {
                Some((feature.property("code")?.as_str()?.to_owned(), feature.geometry.clone()?))
            };
            Some(all.features.into_iter().filter_map(one).collect())
        }
        Err(error) => {
            let problem = Problem::new(
                Code::Outlines,
                format!("les contours ne se lisent pas : {error}"),
                format!("the outlines cannot be read: {error}"),
            );
            problems.push(problem.in_file(input.path.display().to_string()));
            None
        }
    }
}
