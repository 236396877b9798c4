//! Writes `answers.csv`.

use super::cell::{number, text, time, yes};
use super::write::csv;
use crate::domain::Scenario;
use crate::i18n::{Lang, Text};
use crate::plan::second_of_day;
use crate::publish::lookup::Lookup;
use crate::respond::{Answers, AppointmentAt, MissingWhy};
use chrono::{DateTime, FixedOffset};

/// One line a request. Waits and delays are in hours of the clock of the promise.
#[must_use]
pub fn answers(scenario: &Scenario, answers: &Answers, lang: Lang) -> Vec<u8> {
    let lookup = Lookup::new(scenario);
    let header = [
        "id",
        "commune",
        "commune_name",
        "service",
        "instant",
        "language",
        "answered",
        "kept",
        "place",
        "place_name",
        "visit",
        "vehicle",
        "date",
        "start",
        "end",
        "minutes",
        "wait_hours",
        "missing",
        "nearest",
        "nearest_minutes",
        "nearest_start",
        "minutes_too_far",
        "hours_too_late",
        "labels",
    ];
    let labels = text(&answers.labels.iter().map(|label: &Text| label.get(lang)).collect::<Vec<_>>().join(" "));
    let clock = |at: DateTime<FixedOffset>| time(second_of_day(at).1);
    let place = |at: &AppointmentAt| match at {
        AppointmentAt::Visit(id) => (lang.pick("visite", "visit"), text(id)),
        AppointmentAt::Point(id) => (lang.pick("lieu fixe", "fixed point"), text(id)),
    };
    let rows = answers.answers.iter().enumerate().map(|(k, answer)| {
        let mut row = vec![
            text(&answer.request),
            text(&answer.commune),
            text(lookup.commune_name(&answer.commune)),
            text(&answer.service),
            answer.instant.to_rfc3339(),
            text(answer.language.as_deref().unwrap_or_default()),
            yes(answer.appointment.is_some()),
            yes(answer.kept),
        ];
        match &answer.appointment {
            Some(a) => {
                let (sort, id) = place(&a.at);
                row.extend([sort.to_owned(), text(&a.name), id]);
                row.push(text(a.vehicle.as_deref().unwrap_or_default()));
                row.push(second_of_day(a.start).0.to_string());
                row.extend([clock(a.start), clock(a.end), number(a.minutes, 1), number(a.wait_hours, 2)]);
            }
            None => row.extend(vec![String::new(); 9]),
        }
        match &answer.missing {
            Some(m) => {
                row.push(why(m.why, lang).to_owned());
                row.push(text(m.name.as_deref().unwrap_or_default()));
                row.push(m.minutes.map_or_else(String::new, |x| number(x, 1)));
                row.push(m.start.map_or_else(String::new, |at| at.to_rfc3339()));
                row.push(m.minutes_too_far.map_or_else(String::new, |x| number(x, 1)));
                row.push(m.hours_too_late.map_or_else(String::new, |x| number(x, 2)));
            }
            None => row.extend(vec![String::new(); 6]),
        }
        // Thousands of lines: said once.
        let short = lang.pick("voir la première ligne", "see the first line");
        row.push(if k == 0 { labels.clone() } else { short.to_owned() });
        row
    });
    csv(&header.map(str::to_owned), rows)
}

/// What is lacking, in words.
#[must_use]
pub fn why(why: MissingWhy, lang: Lang) -> &'static str {
    match why {
        MissingWhy::NotOffered => lang.pick("service proposé nulle part", "service not offered anywhere"),
        MissingWhy::Language => lang.pick("pas d'interprète", "no interpreter"),
        MissingWhy::Full => lang.pick("complet", "full"),
        MissingWhy::TooLate => lang.pick("trop tard", "too late"),
        MissingWhy::TooFar => lang.pick("trop loin", "too far"),
    }
}
