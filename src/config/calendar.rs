//! Holidays, and the dates they are known for.

use super::cells::{choice, date};
use super::codes::Code;
use super::problem::{Problem, Problems};
use super::sheet::{Layout, Sheet};
use crate::domain::{Calendar, CalendarDay, Horizon};

pub(super) const CALENDAR: Layout = Layout {
    required: &["date_from", "date_to", "kind"],
    optional: &["name", "source"],
    open: false,
    needs_rows: true,
};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Public,
    School,
    Valid,
    ValidSchool,
}

/// Reads the calendar and checks that the horizon lies in the years it is known for.
pub(super) fn calendar(sheet: &Sheet, horizon: Option<Horizon>, problems: &mut Problems) -> Option<Calendar> {
    let mut calendar = Calendar { valid: Default::default(), public_holidays: Vec::new(), school_holidays: Vec::new() };
    let (mut valid, mut valid_school) = (None, None);
    for row in sheet.rows() {
        let from = row.read("date_from", None, problems, date);
        let to = row.read("date_to", None, problems, date);
        let kind = row.read("kind", None, problems, |t| {
            choice(
                t,
                &[
                    ("public-holiday", Kind::Public),
                    ("school-holiday-b", Kind::School),
                    ("valid", Kind::Valid),
                    ("valid-school", Kind::ValidSchool),
                ],
            )
        });
        let (Some(from), Some(to), Some(kind)) = (from, to, kind) else { continue };
        if from > to {
            let problem = Problem::new(
                Code::Date,
                format!("`date_to` ({to}) précède `date_from` ({from})"),
                format!("`date_to` ({to}) comes before `date_from` ({from})"),
            );
            problems.push(row.place("date_to", problem));
            continue;
        }
        let day = || CalendarDay { from, to, name: row.text("name").to_owned() };
        match kind {
            Kind::Public => calendar.public_holidays.push(day()),
            Kind::School => calendar.school_holidays.push(day()),
            Kind::Valid => valid = Some((from, to, row.span("date_from"))),
            Kind::ValidSchool => valid_school = Some((from, to, row.span("date_from"))),
        }
    }
    calendar.public_holidays.sort_by_key(|d| (d.from, d.to));
    calendar.school_holidays.sort_by_key(|d| (d.from, d.to));
    let Some((from, to, span)) = valid else {
        let problem =
            Problem::new(Code::NoCalendar, "il n'y a aucune ligne de type `valid`", "there is no row of kind `valid`");
        problems.push(sheet.place_at_titles(problem));
        return None;
    };
    calendar.valid = (from, to);
    if let Some(horizon) = horizon {
        let (first, last) = (horizon.start, horizon.last());
        if first < from || last > to {
            problems.push(
                Problem::new(
                    Code::Week,
                    format!("l'horizon (du {first} au {last}) sort du calendrier des jours fériés (du {from} au {to})"),
                    format!(
                        "the horizon ({first} to {last}) lies outside the calendar of public holidays ({from} to {to})"
                    ),
                )
                .at(&sheet.source, span),
            );
        } else if let Some((from, to, span)) = valid_school
            && (first < from || last > to)
        {
            problems.push(
                Problem::new(
                    Code::School,
                    format!("les vacances scolaires ne sont connues que du {from} au {to}"),
                    format!("school holidays are known only from {from} to {to}"),
                )
                .at(&sheet.source, span),
            );
        }
    }
    Some(calendar)
}
