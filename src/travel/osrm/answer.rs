//! Answers of the server, checked: nothing it says is trusted.

use super::OsrmError;
use super::client::quoted;
use serde::Deserialize;

/// A coordinate as it is asked for: longitude and latitude in millionths of a degree.
pub(super) type Coordinate = (i32, i32);

/// A trip: tenths of a second, metres.
pub(super) type Cell = (u32, u32);

/// Trips between some coordinates, as the server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub from: Vec<Coordinate>,
    pub to: Vec<Coordinate>,
    /// Row = from.
    pub cells: Vec<Cell>,
    /// Cells that the server estimated as the crow flies.
    pub estimated: Vec<u32>,
}

#[derive(Deserialize)]
struct TableAnswer {
    code: String,
    #[serde(default)]
    message: String,
    durations: Option<Vec<Vec<Option<f64>>>>,
    distances: Option<Vec<Vec<Option<f64>>>>,
    sources: Option<Vec<Waypoint>>,
    destinations: Option<Vec<Waypoint>>,
    fallback_speed_cells: Option<Vec<(usize, usize)>>,
    data_version: Option<String>,
}

#[derive(Deserialize)]
struct Waypoint {
    /// Metres from the coordinate to the road it was put on.
    distance: Option<f64>,
}

#[derive(Deserialize)]
struct NearestAnswer {
    code: String,
    #[serde(default)]
    message: String,
    data_version: Option<String>,
}

#[derive(Deserialize)]
struct RouteAnswer {
    code: String,
    #[serde(default)]
    message: String,
    routes: Option<Vec<Route>>,
}

#[derive(Deserialize)]
struct Route {
    geometry: Option<String>,
}

/// What is wrong with trips, by position in the block.
pub(super) enum Wrong {
    /// The whole answer.
    Answer(OsrmError),
    /// A coordinate is too far from any road: whether it is an origin, which, and metres.
    Far(bool, usize, f64),
    /// There is no way from one to another.
    NoWay(usize, usize),
}

impl From<OsrmError> for Wrong {
    fn from(error: OsrmError) -> Self {
        Self::Answer(error)
    }
}

fn parsed<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, OsrmError> {
    serde_json::from_slice(body).map_err(|error| OsrmError::Malformed { what: quoted(&error.to_string()) })
}

fn good(code: &str, message: &str) -> Result<(), OsrmError> {
    match code {
        "Ok" => Ok(()),
        "TooBig" => Err(OsrmError::TooBig),
        _ => Err(OsrmError::Refused { code: quoted(code), message: quoted(message) }),
    }
}

fn malformed(what: impl Into<String>) -> OsrmError {
    OsrmError::Malformed { what: what.into() }
}

/// The time of the server's data, from an answer to `nearest`; empty where it does not tell.
pub(super) fn version(body: &[u8]) -> Result<String, OsrmError> {
    let answer: NearestAnswer = parsed(body)?;
    good(&answer.code, &answer.message)?;
    Ok(answer.data_version.unwrap_or_default())
}

/// The path of the first route, encoded with five decimals; `None` where there is none.
pub(super) fn path(body: &[u8]) -> Result<Option<String>, OsrmError> {
    let answer: RouteAnswer = parsed(body)?;
    if answer.code == "NoRoute" {
        return Ok(None);
    }
    good(&answer.code, &answer.message)?;
    let Some(path) = answer.routes.into_iter().flatten().next().and_then(|route| route.geometry) else {
        return Err(malformed("no geometry of a route"));
    };
    match polyline::decode_polyline(&path, 5) {
        Ok(line) if line.0.len() > 1 => Ok(Some(path)),
        _ => Err(malformed("a geometry that is no line")),
    }
}

/// Trips between coordinates from an answer to `table`, with the time of the server's data.
pub(super) fn block(
    body: &[u8],
    from: Vec<Coordinate>,
    to: Vec<Coordinate>,
    max_snap: f64,
) -> Result<(Block, String), Wrong> {
    let answer: TableAnswer = parsed(body)?;
    good(&answer.code, &answer.message)?;
    for (origin, list, count) in [(true, &answer.sources, from.len()), (false, &answer.destinations, to.len())] {
        let name = if origin { "sources" } else { "destinations" };
        let list = list.as_ref().filter(|list| list.len() == count);
        let list = list.ok_or_else(|| malformed(format!("`{name}` has not {count} places")))?;
        for (k, place) in list.iter().enumerate() {
            match place.distance {
                Some(metres) if metres.is_finite() && metres >= 0.0 => {
                    if metres > max_snap {
                        return Err(Wrong::Far(origin, k, metres));
                    }
                }
                _ => return Err(malformed(format!("`{name}` does not say how far from the road it is")).into()),
            }
        }
    }
    let [seconds, metres] = [("durations", &answer.durations, 10.0), ("distances", &answer.distances, 1.0)]
        .map(|(name, rows, scale)| numbers(name, rows.as_ref(), (from.len(), to.len()), scale));
    let (seconds, metres) = (seconds?, metres?);
    let cells = seconds.into_iter().zip(metres).collect();
    let mut estimated = Vec::new();
    for (row, column) in answer.fallback_speed_cells.unwrap_or_default() {
        if row >= from.len() || column >= to.len() {
            return Err(malformed("`fallback_speed_cells` names a cell that is not there").into());
        }
        estimated.push(u32::try_from(row * to.len() + column).unwrap_or(u32::MAX));
    }
    estimated.sort_unstable();
    Ok((Block { from, to, cells, estimated }, answer.data_version.unwrap_or_default()))
}

/// A matrix of numbers, each present and not negative.
fn numbers(
    name: &str,
    rows: Option<&Vec<Vec<Option<f64>>>>,
    (height, width): (usize, usize),
    scale: f64,
) -> Result<Vec<u32>, Wrong> {
    let rows = rows.filter(|rows| rows.len() == height && rows.iter().all(|row| row.len() == width));
    let rows = rows.ok_or_else(|| malformed(format!("`{name}` is not {height} × {width}")))?;
    let mut out = Vec::with_capacity(height * width);
    for (a, row) in rows.iter().enumerate() {
        for (b, number) in row.iter().enumerate() {
            let Some(number) = number else { return Err(Wrong::NoWay(a, b)) };
            let scaled = (number * scale).round();
            if !(0.0..=f64::from(i32::MAX)).contains(&scaled) {
                return Err(malformed(format!("`{name}` has {number}")).into());
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            out.push(scaled as u32);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"code":"Ok","durations":[[0,61.24]],"distances":[[0,900.4]],
        "sources":[{"distance":3}],"destinations":[{"distance":3},{"distance":12.5}],"data_version":"2026-11-01T00:00:00Z"}"#;

    fn read(text: &str) -> Result<(Block, String), String> {
        block(text.as_bytes(), vec![(1, 2)], vec![(1, 2), (3, 4)], 500.0).map_err(|wrong| match wrong {
            Wrong::Answer(error) => error.to_string(),
            Wrong::Far(origin, k, metres) => format!("far {origin} {k} {metres}"),
            Wrong::NoWay(a, b) => format!("no way {a} {b}"),
        })
    }

    #[test]
    fn a_good_answer_is_read() {
        let (block, version) = read(GOOD).unwrap();
        assert_eq!((block.cells, &*version), (vec![(0, 0), (612, 900)], "2026-11-01T00:00:00Z"));
    }

    #[test]
    fn whatever_is_wrong_is_told() {
        for (from, to, said) in [
            ("61.24", "null", "no way 0 1"),
            ("[[0,61.24]]", "[[0]]", "durations"),
            ("[[0,61.24]]", "[]", "durations"),
            ("\"distances\":", "\"x\":", "distances"),
            ("61.24", "-1", "durations"),
            ("61.24", "1e12", "durations"),
            ("61.24", "\"1\"", "expected f64"),
            ("12.5", "500.5", "far false 1 500.5"),
            ("{\"distance\":12.5}", "{}", "how far"),
            (",{\"distance\":12.5}", "", "destinations"),
            ("\"Ok\"", "\"Odd\"", "Odd"),
            ("\"data_version\"", "\"fallback_speed_cells\":[[0,2]],\"x\"", "fallback_speed_cells"),
            ("}]", "}", "expected"),
        ] {
            let error = read(&GOOD.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(said), "{from} -> {to}: {error}");
        }
        for end in 0..GOOD.len() {
            assert!(read(&GOOD[..end]).is_err(), "cut at {end}");
        }
        let (block, _) = read(&GOOD.replacen("\"data_version\"", "\"fallback_speed_cells\":[[0,1]],\"x\"", 1)).unwrap();
        assert_eq!(block.estimated, [1]);
    }
}
