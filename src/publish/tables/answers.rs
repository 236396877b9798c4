//! Writes `answers.csv`.

use crate::domain::Scenario;
use crate::i18n::{Lang, Text};
use crate::plan::second_of_day;
use crate::publish::lookup::Lookup;
use crate::respond::{Answers, AppointmentAt, MissingWhy};
use crate::sheet::{csv, number, time, yes};
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
    let labels = answers.labels.iter().map(|label: &Text| label.get(lang)).collect::<Vec<_>>().join(" ").to_string();
    let clock = |at: DateTime<FixedOffset>| time(second_of_day(at).1);
    let place = |at: &AppointmentAt| match at {
        AppointmentAt::Visit(id) => (lang.pick("visite", "visit"), id.to_string()),
        AppointmentAt::Point(id) => (lang.pick("lieu fixe", "fixed point"), id.to_string()),
    };
    let rows = answers.answers.iter().enumerate().map(|(k, answer)| {
        let mut row = vec![
            answer.request.to_string(),
            answer.commune.to_string(),
            lookup.commune_name(&answer.commune).to_string(),
            answer.service.to_string(),
            answer.instant.to_rfc3339(),
            answer.language.as_deref().unwrap_or_default().to_string(),
            yes(answer.appointment.is_some()),
            yes(answer.kept),
        ];
        match &answer.appointment {
            Some(a) => {
                let (sort, id) = place(&a.at);
                row.extend([sort.to_owned(), a.name.to_string(), id]);
                row.push(a.vehicle.as_deref().unwrap_or_default().to_string());
                row.push(second_of_day(a.start).0.to_string());
                row.extend([clock(a.start), clock(a.end), number(a.minutes, 1), number(a.wait_hours, 2)]);
            }
            None => row.extend(vec![String::new(); 9]),
        }
        match &answer.missing {
            Some(m) => {
                row.push(why(m.why, lang).to_owned());
                row.push(m.name.as_deref().unwrap_or_default().to_string());
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
    csv(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
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
