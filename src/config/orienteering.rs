//! Instances of the literature on team orienteering, as their files give them, and tables of known profits.
//!
//! Two formats are told apart by the first line. TOP (Chao, Golden and Wasil): `n N`, `m P`, `tmax T`, then `x y profit` by
//! point; the first is the start, the last the end, distances are Euclidean. TOPTW (on Solomon's and Cordeau's instances):
//! `k v N t`, a line that is not used, then `i x y service profit f a` followed by `a` numbers, opening and closing, by
//! point; the first is start and end, its closing time the limit. There, distances are cut after one decimal on
//! Solomon's instances, whose coordinates are whole numbers, and after two on Cordeau's.

use super::codes::Code;
use super::problem::{Problem, Problems};
use super::source::{Source, decode, read_bytes};
use crate::domain::{Metric, Orienteering, Point};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Points of an instance, at most.
const MOST_POINTS: usize = 1_000;
/// Numbers are added up, and must stay apart from each other.
const LARGEST: f64 = 1e12;
/// Routes, at most.
const MOST_VEHICLES: usize = 60;

/// A word of a line and where it is.
struct Word<'a> {
    text: &'a str,
    span: Range<usize>,
}

/// A line that holds something.
struct Line<'a> {
    words: Vec<Word<'a>>,
    span: Range<usize>,
}

/// Reads an instance; `vehicles` take the place of those that the file gives.
///
/// # Errors
/// What is wrong with the file, by line and column.
pub fn orienteering(path: &Path, vehicles: Option<usize>) -> Result<Orienteering, Problems> {
    let source = source(path)?;
    let read = Reader { source: Arc::clone(&source) };
    let lines = lines(&source.text);
    let Some(first) = lines.first() else {
        let empty = Problem::new(Code::BenchFormat, "le fichier est vide", "the file is empty");
        return Err(empty.in_file(&source.name).into());
    };
    let mut instance = match first.words[0].text {
        "n" => read.top(&lines),
        word if word.parse::<f64>().is_ok() => read.windows(&lines),
        _ => Err(read.wrong(
            first.span.clone(),
            "ni « n N » (TOP) ni « k v N t » (TOPTW)",
            "neither \"n N\" (TOP) nor \"k v N t\" (TOPTW)",
        )),
    }
    .map_err(|problem| Problems::from(*problem))?;
    if let Some(vehicles) = vehicles {
        instance.vehicles = vehicles;
    }
    instance.name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(instance)
}

/// Known profits by instance and number of routes: a table whose first three columns are the name, the number and the
/// profit, between tabs, `;` or `,`. Lines that begin with `#` are left out.
///
/// # Errors
/// What is wrong with the file, by line and column.
pub fn known_profits(path: &Path) -> Result<BTreeMap<(String, usize), f64>, Problems> {
    let source = source(path)?;
    let read = Reader { source: Arc::clone(&source) };
    let mut out = BTreeMap::new();
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let text = line.trim_end();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let mut cells = text.split(['\t', ';', ',']);
        let row = (|| {
            let name = cells.next()?.trim();
            let vehicles = cells.next()?.trim().parse().ok()?;
            let profit: f64 = cells.next()?.trim().parse().ok()?;
            profit.is_finite().then(|| ((name.to_owned(), vehicles), profit))
        })();
        let Some((key, profit)) = row else {
            let problem = read.wrong(
                start..start + text.len(),
                "une ligne d'une table de profits est : nom, nombre de véhicules, profit",
                "a row of a table of profits is: name, number of vehicles, profit",
            );
            return Err((*problem).into());
        };
        out.insert(key, profit);
    }
    Ok(out)
}

fn source(path: &Path) -> Result<Arc<Source>, Problems> {
    let bytes = read_bytes(path).map_err(|problem| Problems::from(*problem))?;
    decode(path.display().to_string(), &bytes).map_err(|problem| Problems::from(*problem))
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let mut words = Vec::new();
        let mut begun = None;
        for (k, c) in line.char_indices().chain([(line.len(), ' ')]) {
            match (begun, c.is_whitespace()) {
                (None, false) => begun = Some(k),
                (Some(from), true) => {
                    words.push(Word { text: &line[from..k], span: start + from..start + k });
                    begun = None;
                }
                _ => {}
            }
        }
        if let (Some(first), Some(last)) = (words.first(), words.last()) {
            let span = first.span.start..last.span.end;
            out.push(Line { words, span });
        }
    }
    out
}

/// Says where something is wrong.
struct Reader {
    source: Arc<Source>,
}

impl Reader {
    fn wrong(&self, span: Range<usize>, fr: impl Into<String>, en: impl Into<String>) -> Box<Problem> {
        Box::new(Problem::new(Code::BenchFormat, fr, en).at(&self.source, span))
    }

    fn number(&self, word: &Word) -> Result<f64, Box<Problem>> {
        let number = word.text.parse::<f64>().ok().filter(|n| n.abs() <= LARGEST);
        number.ok_or_else(|| {
            let text = word.text;
            let (fr, en) = (
                format!("« {text} » n'est pas un nombre, ou dépasse 1e12"),
                format!("\"{text}\" is not a number, or is beyond 1e12"),
            );
            Box::new(Problem::new(Code::BenchNumber, fr, en).at(&self.source, word.span.clone()))
        })
    }

    /// A number that is not below 0.
    fn amount(&self, word: &Word) -> Result<f64, Box<Problem>> {
        let number = self.number(word)?;
        if number >= 0.0 {
            return Ok(number);
        }
        let text = word.text;
        let (fr, en) = (format!("{text} est négatif"), format!("{text} is negative"));
        Err(Box::new(Problem::new(Code::BenchNumber, fr, en).at(&self.source, word.span.clone())))
    }

    /// A whole number from `least` to `most`.
    fn whole(&self, word: &Word, least: usize, most: usize) -> Result<usize, Box<Problem>> {
        let number = word.text.parse::<usize>().ok();
        number.filter(|n| (least..=most).contains(n)).ok_or_else(|| {
            let text = word.text;
            let fr = format!("« {text} » n'est pas un nombre entier de {least} à {most}");
            let en = format!("\"{text}\" is not a whole number from {least} to {most}");
            Box::new(Problem::new(Code::BenchSize, fr, en).at(&self.source, word.span.clone()))
        })
    }

    /// The value of a line `name value`.
    fn named<'a, 'b>(&self, lines: &'a [Line<'b>], at: usize, name: &str) -> Result<&'a Word<'b>, Box<Problem>> {
        match lines.get(at) {
            Some(line) if line.words.len() == 2 && line.words[0].text == name => Ok(&line.words[1]),
            line => {
                let span = line.map_or(self.source.text.len()..self.source.text.len(), |line| line.span.clone());
                let (fr, en) = (
                    format!("la ligne {} devrait être « {name} … »", at + 1),
                    format!("line {} should be \"{name} …\"", at + 1),
                );
                Err(self.wrong(span, fr, en))
            }
        }
    }

    /// As many points as the head says.
    fn counted(&self, lines: &[Line], wanted: usize) -> Result<(), Box<Problem>> {
        if lines.len() == wanted {
            return Ok(());
        }
        let found = lines.len();
        let end = self.source.text.len();
        let span = lines.get(wanted).map_or(end..end, |line| line.span.clone());
        let fr = format!("{found} points, {wanted} annoncés en tête");
        let en = format!("{found} points, {wanted} announced at the head");
        Err(Box::new(Problem::new(Code::BenchSize, fr, en).at(&self.source, span)))
    }

    fn top(&self, lines: &[Line]) -> Result<Orienteering, Box<Problem>> {
        let points = self.whole(self.named(lines, 0, "n")?, 2, MOST_POINTS)?;
        let vehicles = self.whole(self.named(lines, 1, "m")?, 1, MOST_VEHICLES)?;
        let limit = self.amount(self.named(lines, 2, "tmax")?)?;
        let rest = &lines[3..];
        self.counted(rest, points)?;
        let one = |line: &Line| -> Result<Point, Box<Problem>> {
            let [x, y, profit] = &line.words[..] else {
                return Err(self.wrong(line.span.clone(), "un point est « x y profit »", "a point is \"x y profit\""));
            };
            let (x, y, profit) = (self.number(x)?, self.number(y)?, self.amount(profit)?);
            Ok(Point { x, y, profit, service: 0.0, open: 0.0, close: limit })
        };
        let points: Vec<Point> = rest.iter().map(one).collect::<Result<_, _>>()?;
        let end = points.len() - 1;
        Ok(Orienteering { name: String::new(), vehicles, points, start: 0, end, limit, metric: Metric::Euclidean })
    }

    fn windows(&self, lines: &[Line]) -> Result<Orienteering, Box<Problem>> {
        let head = &lines[0];
        let [_, vehicles, customers, ..] = &head.words[..] else {
            return Err(self.wrong(
                head.span.clone(),
                "la première ligne est « k v N t »",
                "the first line is \"k v N t\"",
            ));
        };
        let vehicles = self.whole(vehicles, 1, MOST_VEHICLES)?;
        let customers = self.whole(customers, 1, MOST_POINTS - 1)?;
        let rest = lines.get(2..).unwrap_or_default();
        self.counted(rest, customers + 1)?;
        let mut whole = true;
        let mut one = |line: &Line| -> Result<Point, Box<Problem>> {
            let words = &line.words;
            let list = words.get(6).map_or(Ok(0), |word| self.whole(word, 0, MOST_POINTS))?;
            if words.len() != 9 + list {
                return Err(self.wrong(
                    line.span.clone(),
                    "un point est « i x y service profit f a », a nombres, ouverture et fermeture",
                    "a point is \"i x y service profit f a\", a numbers, opening and closing",
                ));
            }
            let (x, y) = (self.number(&words[1])?, self.number(&words[2])?);
            whole &= x.fract() == 0.0 && y.fract() == 0.0;
            let (service, profit) = (self.amount(&words[3])?, self.amount(&words[4])?);
            let (open, close) = (self.amount(&words[7 + list])?, self.amount(&words[8 + list])?);
            if close < open {
                let (fr, en) = (
                    format!("ferme à {close}, avant d'ouvrir à {open}"),
                    format!("closes at {close}, before it opens at {open}"),
                );
                let span = words[7 + list].span.start..words[8 + list].span.end;
                return Err(Box::new(Problem::new(Code::BenchWindow, fr, en).at(&self.source, span)));
            }
            Ok(Point { x, y, profit, service, open, close })
        };
        let points: Vec<Point> = rest.iter().map(&mut one).collect::<Result<_, _>>()?;
        let limit = points[0].close;
        let metric = if whole { Metric::Tenths } else { Metric::Hundredths };
        Ok(Orienteering { name: String::new(), vehicles, points, start: 0, end: 0, limit, metric })
    }
}
