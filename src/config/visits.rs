//! An edited `visits.csv`, read back.

use super::cells::date;
use super::codes::Code;
use super::named::Named;
use super::problem::{Problem, Problems};
use super::sheet::{Layout, Row, Sheet};
use crate::domain::{DayId, Scenario, SiteId, VehicleId, Window};
use crate::i18n::{Text, read_time, yes_or_no};
use crate::units::Seconds;
use chrono::NaiveDate;
use rustc_hash::FxHashMap;
use std::path::Path;

/// Other columns are worked out again, or are the pairs `open_N` and `close_N`.
const VISITS: Layout =
    Layout { required: &["vehicle", "date", "site"], optional: &["visit", "night"], open: true, needs_rows: false };

/// A visit as a coordinator wants it; everything else about it is to be worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditedVisit {
    /// Line of the file it stands on, from 1.
    pub line: usize,
    /// Identity of the visit; `None` for one that was added.
    pub visit: Option<String>,
    /// The vehicle.
    pub vehicle: VehicleId,
    /// The day.
    pub day: DayId,
    /// The date of that day.
    pub date: NaiveDate,
    /// The site.
    pub site: SiteId,
    /// Openings to the public, local; at least one, sorted, disjoint.
    pub sessions: Vec<Window>,
    /// Whether the vehicle spends the night after it there.
    pub sleeps: bool,
}

/// Reads the visits of an edited table, in the order of the file, and what should be looked at. Columns may stand in any
/// order; those that are not read back may hold anything, or be missing.
///
/// # Errors
/// Every fault of the file at once, warnings included.
pub fn edited_visits(path: &Path, bytes: &[u8], scenario: &Scenario) -> Result<(Vec<EditedVisit>, Problems), Problems> {
    let mut problems = Problems::new();
    let visits = Sheet::read(path, bytes, VISITS, &mut problems).map(|sheet| read(&sheet, scenario, &mut problems));
    let problems = problems.finish();
    match visits {
        Some(visits) if !problems.has_errors() => Ok((visits, problems)),
        _ => Err(problems),
    }
}

fn read(sheet: &Sheet, scenario: &Scenario, problems: &mut Problems) -> Vec<EditedVisit> {
    let pairs = pairs(sheet, problems);
    let mut reader = Reader { scenario, named: Named::of(scenario), pairs, first_use: FxHashMap::default(), problems };
    let visits: Vec<(EditedVisit, Row)> = sheet.rows().filter_map(|row| Some((reader.visit(row)?, row))).collect();
    nights(&visits, problems);
    visits.into_iter().map(|(visit, _)| visit).collect()
}

/// The names of the columns of each session: all `open_N` and `close_N` there are, and the first of them at least.
fn pairs(sheet: &Sheet, problems: &mut Problems) -> Vec<(String, String)> {
    let titles: Vec<&str> = sheet.other_titles().collect();
    let number = |title: &&str| -> Option<u32> {
        title.strip_prefix("open_").or_else(|| title.strip_prefix("close_"))?.parse().ok()
    };
    let mut numbers: Vec<u32> = titles.iter().filter_map(number).collect();
    if numbers.is_empty() {
        numbers.push(1);
    }
    numbers.sort_unstable();
    numbers.dedup();
    let pairs: Vec<_> = numbers.into_iter().map(|n| (format!("open_{n}"), format!("close_{n}"))).collect();
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    titles.iter().for_each(|title| *counts.entry(title).or_default() += 1);
    for name in pairs.iter().flat_map(|(open, close)| [open, close]) {
        let problem = match counts.get(name.as_str()).copied().unwrap_or_default() {
            1 => continue,
            0 => Problem::new(
                Code::MissingColumn,
                format!("la colonne `{name}` manque"),
                format!("the column `{name}` is missing"),
            ),
            _ => Problem::new(
                Code::DuplicateColumn,
                format!("la colonne `{name}` est là deux fois"),
                format!("the column `{name}` is there twice"),
            ),
        };
        problems.push(sheet.place_at_titles(problem).column(name));
    }
    pairs
}

struct Reader<'a, 'p> {
    scenario: &'a Scenario,
    named: Named,
    pairs: Vec<(String, String)>,
    /// The line that first names a visit.
    first_use: FxHashMap<&'a str, usize>,
    problems: &'p mut Problems,
}

impl<'a> Reader<'a, '_> {
    fn visit(&mut self, row: Row<'a>) -> Option<EditedVisit> {
        let before = self.problems.len();
        let visit = self.identity(row);
        let vehicle = self.named.vehicle(row, Code::TableVehicle, self.problems);
        let site = self.named.site(row, Code::TableSite, self.problems);
        let day = self.day(row);
        let sessions = self.sessions(row);
        let sleeps = row.read("night", Some(false), self.problems, |text| {
            yes_or_no(text).ok_or_else(|| {
                let fr = format!("« {text} » n'est ni yes (oui) ni no (non)");
                (Code::TableNight, Text::new(fr, format!("\"{text}\" is neither yes nor no")))
            })
        });
        let (vehicle, (day, date), site) = (vehicle?, day?, site?);
        let line = row.line();
        let sleeps = sleeps.unwrap_or_default();
        let visit = EditedVisit { line, visit, vehicle, day, date, site, sessions, sleeps };
        (self.problems.len() == before).then_some(visit)
    }

    fn fault(&mut self, row: Row, column: &str, problem: Problem) {
        self.problems.push(row.place(column, problem));
    }

    fn identity(&mut self, row: Row<'a>) -> Option<String> {
        let id = Some(row.text("visit")).filter(|id| !id.is_empty())?;
        let line = row.line();
        let first = *self.first_use.entry(id).or_insert(line);
        if first != line {
            let problem = Problem::new(
                Code::TableVisitTwice,
                format!("la visite « {id} » figure déjà à la ligne {first}"),
                format!("visit \"{id}\" is on line {first} already"),
            );
            self.fault(row, "visit", problem);
        }
        Some(id.to_owned())
    }

    fn day(&mut self, row: Row) -> Option<(DayId, NaiveDate)> {
        let date = row.read("date", None, self.problems, date)?;
        let horizon = self.scenario.horizon;
        let day = horizon.day(date);
        if day.is_none() {
            let (first, last) = (horizon.start, horizon.last());
            let problem = Problem::new(
                Code::TableHorizon,
                format!("le {date} est hors des semaines planifiées"),
                format!("{date} is outside the weeks planned"),
            );
            let problem = problem.help(
                format!("choisir une date du {first} au {last}, ou donner la bonne semaine avec --week"),
                format!("choose a date from {first} to {last}, or give the right week with --week"),
            );
            self.fault(row, "date", problem);
        }
        Some((day?, date))
    }

    fn sessions(&mut self, row: Row) -> Vec<Window> {
        let mut sessions: Vec<(Window, &str)> = Vec::new();
        let pairs = std::mem::take(&mut self.pairs);
        let mut tried = false;
        for (open, close) in &pairs {
            if row.text(open).is_empty() && row.text(close).is_empty() {
                continue;
            }
            tried = true;
            let (from, to) = (self.time(row, open), self.time(row, close));
            let (Some(from), Some(to)) = (from, to) else { continue };
            if from < to {
                sessions.push((Window { from, to }, open));
            } else {
                let problem = Problem::new(
                    Code::TableSessionOrder,
                    "la fermeture n'est pas après l'ouverture",
                    "the session does not close after it opens",
                );
                self.fault(row, close, problem);
            }
        }
        if !tried {
            let problem = Problem::new(
                Code::TableSessionNone,
                "cette visite n'a pas d'horaires",
                "this visit has no opening hours",
            );
            self.fault(row, &pairs[0].0, problem);
        }
        sessions.sort_unstable();
        for two in sessions.windows(2) {
            if two[1].0.from < two[0].0.to {
                let problem = Problem::new(
                    Code::TableSessionOverlap,
                    "cet horaire commence avant la fin du précédent",
                    "this session begins before the one before it ends",
                );
                self.fault(row, two[1].1, problem);
            }
        }
        let sessions = sessions.into_iter().map(|(window, _)| window).collect();
        self.pairs = pairs;
        sessions
    }

    fn time(&mut self, row: Row, column: &str) -> Option<Seconds> {
        row.read(column, None, self.problems, |text| {
            read_time(text).ok_or_else(|| {
                let fr = format!("« {text} » n'est pas une heure");
                (Code::TableTime, Text::new(fr, format!("\"{text}\" is not a time of day")))
            })
        })
    }
}

/// A vehicle sleeps where its day ends, and nowhere else.
fn nights(visits: &[(EditedVisit, Row)], problems: &mut Problems) {
    for (visit, row) in visits.iter().filter(|(v, _)| v.sleeps) {
        let later = |v: &&EditedVisit| {
            (v.vehicle, v.day) == (visit.vehicle, visit.day) && v.sessions.first() > visit.sessions.first()
        };
        if let Some(last) = visits.iter().map(|(v, _)| v).find(later) {
            let line = last.line;
            let problem = Problem::new(
                Code::TableNightPlace,
                format!("ce jour-là, le véhicule va encore ailleurs ensuite (ligne {line})"),
                format!("that day, the vehicle goes on elsewhere afterwards (line {line})"),
            );
            problems.push(row.place("night", problem));
        }
    }
}
