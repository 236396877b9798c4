//! A table of trips from elsewhere.

use super::cells::count;
use super::codes::Code;
use super::likely;
use super::problem::{Problem, Problems};
use super::sheet::{Input, Layout, Sheet};
use super::source::decode;
use crate::domain::PositionId;
use crate::i18n::nearest;
use crate::travel::Matrix;
use rustc_hash::FxHashMap;
use serde::Deserialize;

const MATRIX: Layout =
    Layout { required: &["from", "to", "seconds", "metres"], optional: &[], open: true, needs_rows: true };

/// Positions by INSEE code of their commune, or identifier of a site or fixed point.
pub(super) type Places<'a> = FxHashMap<&'a str, PositionId>;

/// The table as JSON: `seconds[a][b]` and `metres[a][b]` are those from place `a` to place `b`; `null` where it is not known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    places: Vec<String>,
    seconds: Vec<Vec<Option<f64>>>,
    metres: Vec<Vec<Option<f64>>>,
}

/// Reads a table, CSV or JSON as its content shows; its bytes go into `gathered`.
pub(super) fn read(
    input: &Input,
    places: &Places,
    gathered: &mut Vec<(&'static str, Vec<u8>)>,
    problems: &mut Problems,
) -> Option<Matrix> {
    let bytes = input.read(problems)?;
    let before = problems.len();
    let json = bytes.trim_ascii_start().first() == Some(&b'{');
    let matrix =
        if json { from_json(input, &bytes, places, problems) } else { from_csv(input, &bytes, places, problems) };
    gathered.push(("matrix", bytes));
    matrix.filter(|_| problems.len() == before)
}

fn from_csv(input: &Input, bytes: &[u8], places: &Places, problems: &mut Problems) -> Option<Matrix> {
    let sheet = Sheet::read(&input.path, bytes, MATRIX, problems)?;
    let mut matrix = Matrix::default();
    for row in sheet.rows() {
        let mut place = |column: &str| {
            let id = row.required(column, problems)?;
            let found = places.get(id.as_str()).copied();
            if found.is_none() {
                problems.push(row.place(column, unknown(&id, places)));
            }
            found
        };
        let (from, to) = (place("from"), place("to"));
        let seconds = row.read("seconds", None, problems, count);
        let metres = row.read("metres", None, problems, count);
        let (Some(from), Some(to), Some(seconds), Some(metres)) = (from, to, seconds, metres) else { continue };
        problems.extend(likely::too_fast(metres, seconds).map(|problem| row.place("seconds", problem)));
        if matrix.trips.insert((from, to), (seconds, metres)).is_some_and(|known| known != (seconds, metres)) {
            let problem = Problem::new(
                Code::Duplicate,
                "ce trajet est déjà là, avec d'autres nombres",
                "this trip is there already, with other numbers",
            );
            problems.push(row.place("from", problem));
        }
    }
    Some(matrix)
}

fn from_json(input: &Input, bytes: &[u8], places: &Places, problems: &mut Problems) -> Option<Matrix> {
    let source = decode(input.path.display().to_string(), bytes).map_err(|problem| problems.push(*problem)).ok()?;
    let json: Json = match serde_json::from_str(&source.text) {
        Ok(json) => json,
        Err(error) => {
            let before: usize =
                source.text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let at = (before + error.column().saturating_sub(1)).min(source.text.len());
            let at = (0..=at).rev().find(|at| source.text.is_char_boundary(*at)).unwrap_or(0);
            let problem = Problem::new(
                Code::MatrixFormat,
                format!("ce n'est pas une table de trajets : {error}"),
                format!("this is no table of trips: {error}"),
            );
            problems.push(problem.at(&source, at..at));
            return None;
        }
    };
    let n = json.places.len();
    let at = |text: &str| {
        let start = source.text.find(&format!("\"{text}\"")).unwrap_or(0);
        start..start + text.len() + 2
    };
    let mut found = Vec::with_capacity(n);
    for id in &json.places {
        match places.get(id.as_str()) {
            Some(place) => found.push(*place),
            None => problems.push(unknown(id, places).at(&source, at(id))),
        }
    }
    let mut whole = found.len() == n;
    for (name, rows) in [("seconds", &json.seconds), ("metres", &json.metres)] {
        if rows.len() != n || rows.iter().any(|row| row.len() != n) {
            let problem = Problem::new(
                Code::MatrixFormat,
                format!("`{name}` n'a pas {n} lignes de {n} nombres"),
                format!("`{name}` has not {n} rows of {n} numbers"),
            );
            problems.push(problem.at(&source, at(name)));
            whole = false;
        }
    }
    if !whole {
        return None;
    }
    let mut matrix = Matrix::default();
    for (a, (seconds, metres)) in json.seconds.iter().zip(&json.metres).enumerate() {
        for (b, (seconds, metres)) in seconds.iter().zip(metres).enumerate() {
            let (Some(seconds), Some(metres)) = (seconds, metres) else { continue };
            let (Some(seconds), Some(metres)) = (whole_number(*seconds), whole_number(*metres)) else {
                let (a, b) = (&json.places[a], &json.places[b]);
                let problem = Problem::new(
                    Code::Negative,
                    format!("le trajet de {a} à {b} a un nombre négatif ou démesuré"),
                    format!("the trip from {a} to {b} has a number that is negative or beyond measure"),
                );
                problems.push(problem.at(&source, at("seconds")));
                continue;
            };
            if let Some(mut problem) = likely::too_fast(metres, seconds) {
                let (a, b) = (&json.places[a], &json.places[b]);
                problem.message.fr = format!("de {a} à {b} : {}", problem.message.fr);
                problem.message.en = format!("from {a} to {b}: {}", problem.message.en);
                problems.push(problem.at(&source, at("seconds")));
            }
            matrix.trips.insert((found[a], found[b]), (seconds, metres));
        }
    }
    Some(matrix)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole_number(number: f64) -> Option<u32> {
    let rounded = number.round();
    (0.0..=f64::from(i32::MAX)).contains(&rounded).then_some(rounded as u32)
}

fn unknown(id: &str, places: &Places) -> Problem {
    let problem =
        Problem::new(Code::MatrixPlace, format!("aucun lieu « {id} »"), format!("there is no place \"{id}\""));
    match nearest(id, places.keys().copied()) {
        Some(near) => problem.help(format!("vouliez-vous dire {near} ?"), format!("did you mean {near}?")),
        None => problem,
    }
}
