//! Small maps: communes shaded by a share.

use super::svg::escaped;
use geojson::{Geometry, GeometryValue};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Upper ends of the classes of shares; the last class has none. A commune with nothing is not drawn.
pub const CLASSES: [f64; 4] = [0.05, 0.10, 0.15, 0.20];
/// Width of a map in its own units.
const WIDTH: f64 = 1000.0;

/// Where things lie on all maps: the same ground, the same scale.
pub struct Ground<'a> {
    outlines: &'a BTreeMap<String, Geometry>,
    west: f64,
    north: f64,
    /// Units a degree, of longitude and of latitude.
    scale: (f64, f64),
    /// Height in the units of the maps.
    pub height: f64,
}

impl<'a> Ground<'a> {
    /// The ground of some communes; `None` where no outline is known.
    #[must_use]
    pub fn new(outlines: &'a BTreeMap<String, Geometry>, communes: &[&str]) -> Option<Self> {
        let points = communes.iter().filter_map(|code| outlines.get(*code)).flat_map(rings).flatten();
        let (mut west, mut east) = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut south, mut north) = (f64::INFINITY, f64::NEG_INFINITY);
        for (lon, lat) in points {
            (west, east) = (west.min(lon), east.max(lon));
            (south, north) = (south.min(lat), north.max(lat));
        }
        if west >= east || south >= north {
            return None;
        }
        // Equirectangular about the middle: within a region nobody sees the difference.
        let per_degree = WIDTH / (east - west);
        let scale = (per_degree, per_degree / ((south + north) / 2.0).to_radians().cos());
        Some(Self { outlines, west, north, scale, height: ((north - south) * scale.1).ceil() })
    }

    /// The outlines of communes in one path, in whole units.
    fn path<'c>(&self, communes: impl Iterator<Item = &'c str>) -> String {
        let mut path = String::new();
        for ring in communes.filter_map(|code| self.outlines.get(code)).flat_map(rings) {
            #[allow(clippy::cast_possible_truncation)]
            let at = |(lon, lat): (f64, f64)| {
                let (x, y) = ((lon - self.west) * self.scale.0, (self.north - lat) * self.scale.1);
                (x.round() as i64, y.round() as i64)
            };
            let mut points: Vec<(i64, i64)> = ring.into_iter().map(at).collect();
            points.dedup();
            let [first, rest @ ..] = points.as_slice() else { continue };
            let _ = write!(path, "M{} {}", first.0, first.1);
            let mut before = first;
            for point in rest {
                let (x, y) = (point.0 - before.0, point.1 - before.1);
                let _ = write!(path, "l{x}{}{y}", if y < 0 { "" } else { " " });
                before = point;
            }
            path.push('z');
        }
        path
    }

    /// What is defined once: the ground, and the shades of each map. `shares` has, by commune, what share is reached.
    #[must_use]
    pub fn symbols(&self, communes: &[&str], maps: &[BTreeMap<&str, f64>]) -> String {
        let view = format!("0 0 {WIDTH} {}", self.height);
        let mut out = String::from("<svg class=\"defs\" aria-hidden=\"true\" width=\"0\" height=\"0\"><defs>");
        let ground = self.path(communes.iter().copied());
        let _ =
            write!(out, "<symbol id=\"ground\" viewBox=\"{view}\"><path class=\"ground\" d=\"{ground}\"/></symbol>");
        for (k, shares) in maps.iter().enumerate() {
            let _ = write!(out, "<symbol id=\"map{k}\" viewBox=\"{view}\">");
            for class in 0..=CLASSES.len() {
                let own = shares.iter().filter(|(_, share)| class_of(**share) == Some(class)).map(|(code, _)| *code);
                let path = self.path(own);
                if !path.is_empty() {
                    let _ = write!(out, "<path class=\"c{class}\" d=\"{path}\"/>");
                }
            }
            out += "</symbol>";
        }
        out + "</defs></svg>"
    }

    /// A map, in words as well.
    #[must_use]
    pub fn map(&self, k: usize, label: &str) -> String {
        let (label, height) = (escaped(label), self.height);
        format!(
            "<svg class=\"map\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{label}\"><use href=\"#ground\" width=\"{WIDTH}\" height=\"{height}\"/><use href=\"#map{k}\" width=\"{WIDTH}\" height=\"{height}\"/></svg>"
        )
    }
}

/// The class of a share; `None` for nothing.
fn class_of(share: f64) -> Option<usize> {
    (share > 0.0).then(|| CLASSES.iter().position(|end| share <= *end).unwrap_or(CLASSES.len()))
}

/// The outer and inner rings of an outline, as longitude and latitude.
fn rings(geometry: &Geometry) -> Vec<Vec<(f64, f64)>> {
    let point = |position: &geojson::Position| match position.as_slice() {
        [lon, lat, ..] => Some((*lon, *lat)),
        _ => None,
    };
    let polygon = |rings: &Vec<Vec<geojson::Position>>| -> Vec<Vec<(f64, f64)>> {
        rings.iter().map(|ring| ring.iter().filter_map(point).collect()).collect()
    };
    match &geometry.value {
        GeometryValue::Polygon { coordinates } => polygon(coordinates),
        GeometryValue::MultiPolygon { coordinates } => coordinates.iter().flat_map(polygon).collect(),
        _ => Vec::new(),
    }
}
