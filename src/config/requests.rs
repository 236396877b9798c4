//! Requests for appointments, as they come in: one a row.

use super::codes::Code;
use super::problem::{Problem, Problems};
use super::sheet::{Layout, Row, Sheet};
use super::source::read_bytes;
use crate::domain::{CommuneId, Request, Scenario, ServiceId};
use crate::i18n::nearest;
use crate::i18n::{read_date, read_time};
use crate::promise::Period;
use crate::units::Seconds;
use chrono::{DateTime, FixedOffset, LocalResult, NaiveTime, Offset, TimeZone};
use chrono_tz::Europe::Paris;
use rustc_hash::FxHashMap;
use std::path::Path;

const REQUESTS: Layout = Layout {
    required: &["id", "commune", "service", "instant"],
    optional: &["language"],
    open: true,
    needs_rows: false,
};

/// Reads requests: those that can be answered or not, in the order of the file, and what is wrong with the others, each at
/// its line and column. `now` is the time of answering: requests whose time is over by then are past.
///
/// # Errors
/// The file cannot be read, or has not the columns.
pub fn requests(
    path: &Path,
    scenario: &Scenario,
    now: Option<DateTime<FixedOffset>>,
) -> Result<(Vec<Request>, Problems), Problems> {
    let bytes = read_bytes(path).map_err(|problem| Problems::from(*problem))?;
    let mut problems = Problems::new();
    let Some(sheet) = Sheet::read(path, &bytes, REQUESTS, &mut problems) else { return Err(problems.finish()) };
    let reader = Reader::new(scenario, now);
    let mut out: Vec<Request> = Vec::new();
    let mut lines: FxHashMap<String, usize> = FxHashMap::default();
    for row in sheet.every_row() {
        let Some(id) = row.required("id", &mut problems) else { continue };
        if let Some(first) = lines.get(&id) {
            let problem = Problem::new(
                Code::RequestDuplicate,
                format!("la demande « {id} » est déjà à la ligne {first}"),
                format!("the request \"{id}\" is on line {first} already"),
            );
            problems.push(row.place("id", problem));
            continue;
        }
        lines.insert(id.clone(), row.line());
        out.extend(reader.request(id, &row, &mut problems));
    }
    Ok((out, problems.finish()))
}

struct Reader<'a> {
    scenario: &'a Scenario,
    now: Option<i64>,
    communes: FxHashMap<&'a str, CommuneId>,
}

impl<'a> Reader<'a> {
    fn new(scenario: &'a Scenario, now: Option<DateTime<FixedOffset>>) -> Self {
        let communes = scenario.communes.iter().enumerate().map(|(i, c)| (c.code.as_str(), CommuneId::new(i)));
        Self { scenario, now: now.map(|now| now.timestamp()), communes: communes.collect() }
    }

    fn request(&self, id: String, row: &Row, problems: &mut Problems) -> Option<Request> {
        let commune = self.commune(row, problems);
        let service = self.service(row, problems);
        let instant = self.instant(row, service, problems);
        let language = row.text("language").to_lowercase();
        let language = (!language.is_empty() && language != "fr").then_some(language);
        Some(Request { id, commune: commune?, service: service?, instant: instant?, language })
    }

    fn commune(&self, row: &Row, problems: &mut Problems) -> Option<CommuneId> {
        let code = row.required("commune", problems)?;
        let found = self.communes.get(code.as_str()).copied();
        if found.is_none() {
            let mut problem = Problem::new(
                Code::UnknownCommune,
                format!("la commune {code} n'est pas dans le fichier des communes"),
                format!("commune {code} is not in the communes file"),
            );
            if let Some(near) = nearest(&code, self.communes.keys().copied()) {
                problem = problem.help(format!("vouliez-vous dire {near} ?"), format!("did you mean {near}?"));
            }
            problems.push(row.place("commune", problem));
        }
        found
    }

    fn service(&self, row: &Row, problems: &mut Problems) -> Option<ServiceId> {
        let id = row.required("service", problems)?;
        let found = self.scenario.service(&id);
        if found.is_none() {
            let all = self.scenario.services.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(", ");
            let problem = Problem::new(
                Code::RequestService,
                format!("il n'y a pas de service « {id} » ; ceux du scénario : {all}"),
                format!("there is no service \"{id}\"; those of the scenario: {all}"),
            );
            problems.push(row.place("service", problem));
        }
        found
    }

    /// The instant, in seconds since the Unix epoch.
    fn instant(&self, row: &Row, service: Option<ServiceId>, problems: &mut Problems) -> Option<i64> {
        let text = row.required("instant", problems)?;
        let at = match read(&text) {
            Ok(at) => at,
            Err((code, fr, en)) => {
                problems.push(row.place("instant", Problem::new(code, fr, en)));
                return None;
            }
        };
        let period = Period::of(self.scenario);
        let (start, end) = period.span();
        let over = |now: i64| {
            let promise = &self.scenario.services[service?.index()].promise;
            let clock = period.clock(self.scenario, promise.clock);
            Some(clock.reading(now) > clock.reading(at) + promise.reach.seconds())
        };
        let problem = if at < start || self.now.and_then(over) == Some(true) {
            Problem::new(
                Code::RequestPast,
                format!("la demande du {text} est passée"),
                format!("the request of {text} is past"),
            )
        } else if at >= end {
            let last = self.scenario.horizon.last();
            Problem::new(
                Code::RequestLate,
                format!("la demande du {text} vient après la fin du plan ({last})"),
                format!("the request of {text} comes after the end of the plan ({last})"),
            )
        } else {
            return Some(at);
        };
        problems.push(row.place("instant", problem));
        None
    }
}

type Wrong = (Code, String, String);

/// An instant with the offset of Paris, or without any.
fn read(text: &str) -> Result<i64, Wrong> {
    let zone = |fr: &str, en: &str| (Code::RequestZone, format!("« {text} » {fr}"), format!("\"{text}\" {en}"));
    let given = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z"));
    if let Ok(at) = given {
        if at.with_timezone(&Paris).offset().fix() == *at.offset() {
            return Ok(at.timestamp());
        }
        return Err(zone("n'est pas à l'heure de Paris", "is not in the time of Paris"));
    }
    let local = text.split_once(['T', ' ']).and_then(|(day, time)| {
        let (day, time) = (read_date(day)?, time.trim());
        let clock = |time: Seconds| NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(time.0).ok()?, 0);
        Some(day.and_time(time.parse().ok().or_else(|| clock(read_time(time)?))?))
    });
    let Some(local) = local else {
        return Err((
            Code::RequestInstant,
            format!("« {text} » n'est pas un instant"),
            format!("\"{text}\" is not an instant"),
        ));
    };
    match Paris.from_local_datetime(&local) {
        LocalResult::Single(at) => Ok(at.timestamp()),
        LocalResult::Ambiguous(..) => {
            Err(zone("existe deux fois, au changement d'heure", "is there twice, when the clocks change"))
        }
        LocalResult::None => Err(zone("n'existe pas, au changement d'heure", "is not there, when the clocks change")),
    }
}
