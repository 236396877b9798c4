//! Values of arguments, and what is said of wrong ones in both languages.

use crate::config::{MOST_WEEKS, monday_of_week};
use crate::i18n::{Text, digits, read_date, read_time, yes_or_no};
use crate::plan::{Closed, Unavailable, instant, second_of_day};
use chrono::{DateTime, Datelike as _, Days, FixedOffset, NaiveDate, NaiveTime, Weekday};
use std::fmt;
use std::str::FromStr;

/// What was expected instead of a value.
#[derive(Debug, Clone)]
pub(super) struct Wrong(pub Text);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for Wrong {}

fn wrong(fr: &str, en: &str) -> Wrong {
    Wrong(Text::new(fr, en))
}

/// A number, written with a point or a comma, within bounds.
fn number<T: FromStr>(text: &str, good: impl Fn(&T) -> bool, fr: &str, en: &str) -> Result<T, Wrong> {
    text.trim().replace(',', ".").parse().ok().filter(good).ok_or_else(|| wrong(fr, en))
}

/// A week, as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Week {
    /// Of a Monday.
    Of(NaiveDate),
    /// Of a number: the first that is not over.
    Number(u32),
    /// The first whose letters can still go out.
    Next,
}

impl Week {
    /// Its Monday, seen from a day; `None` for one that depends on the scenario.
    pub fn monday(self, today: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Of(monday) => Some(monday),
            Self::Number(number) => {
                let year = today.iso_week().year();
                let mondays = (year..=year + 6).filter_map(|y| NaiveDate::from_isoywd_opt(y, number, Weekday::Mon));
                mondays.into_iter().find(|monday| *monday + Days::new(6) >= today)
            }
            Self::Next => None,
        }
    }
}

/// A week: `2026-W50`, `2026-S50`, `50`, `S50`, `next`, `prochaine`, in any case.
pub(super) fn week(text: &str) -> Result<Week, Wrong> {
    let text = text.trim().to_uppercase().replace('S', "W");
    let number = || {
        let number = digits(text.strip_prefix('W').unwrap_or(&text), 1, 2)?;
        (1..=53).contains(&number).then_some(Week::Number(number))
    };
    let read = match text.as_str() {
        "NEXT" | "PROCHAINE" => Some(Week::Next),
        _ => monday_of_week(&text).map(Week::Of).or_else(number),
    };
    read.ok_or_else(|| {
        wrong(
            "attendu : une semaine, comme 2026-W49, 49 ou prochaine (la première dont les lettres peuvent partir à temps)",
            "expected: a week, such as 2026-W49, 49 or next (the first whose letters can still go out in time)",
        )
    })
}

pub(super) fn date(text: &str) -> Result<NaiveDate, Wrong> {
    read_date(text).ok_or_else(|| {
        wrong(
            "attendu : une date, comme 2026-11-30 ou 30/11/2026",
            "expected: a date, such as 2026-11-30 or 30/11/2026",
        )
    })
}

/// A date, or an instant of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// Its date in Paris.
    pub date: NaiveDate,
    /// The instant; of a date alone, its beginning.
    pub at: DateTime<FixedOffset>,
}

/// A date, an instant with its offset, or one without, which is Paris's.
pub(super) fn moment(text: &str) -> Result<Moment, Wrong> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        let date = second_of_day(at).0;
        if (1900..2200).contains(&date.year()) {
            return Ok(Moment { date, at });
        }
    }
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    // Programs write seconds.
    let time = if time.len() == 8 { time.get(..5).filter(|_| time.parse::<NaiveTime>().is_ok()) } else { Some(time) };
    let time = time.and_then(read_time).filter(|time| time.0 < 24 * 3600);
    let Some((date, time)) = read_date(day).zip(time) else {
        return Err(wrong(
            "attendu : une date, comme 2026-11-30 ou 30/11/2026, ou un instant, comme 2026-12-02T07:00",
            "expected: a date, such as 2026-11-30 or 30/11/2026, or an instant, such as 2026-12-02T07:00",
        ));
    };
    Ok(Moment { date, at: instant(date, time) })
}

/// `NAME@DATE` or `NAME@DATE..DATE`.
fn dated(text: &str) -> Option<(String, NaiveDate, NaiveDate)> {
    let (name, dates) = text.trim().rsplit_once('@')?;
    let (from, to) = dates.split_once("..").unwrap_or((dates, dates));
    let (from, to) = (read_date(from)?, read_date(to)?);
    (!name.trim().is_empty() && from <= to).then(|| (name.trim().to_owned(), from, to))
}

pub(super) fn unavailable(text: &str) -> Result<Unavailable, Wrong> {
    dated(text).map(|(vehicle, from, to)| Unavailable { vehicle, from, to }).ok_or_else(|| {
        wrong(
            "attendu : véhicule@date ou véhicule@date..date, comme nord-sante-truck@2026-12-02..2026-12-03",
            "expected: vehicle@date or vehicle@date..date, such as nord-sante-truck@2026-12-02..2026-12-03",
        )
    })
}

pub(super) fn closed(text: &str) -> Result<Closed, Wrong> {
    dated(text).map(|(site, from, to)| Closed { site, from, to }).ok_or_else(|| {
        wrong(
            "attendu : emplacement@date ou emplacement@date..date, comme anzin@2026-12-03",
            "expected: site@date or site@date..date, such as anzin@2026-12-03",
        )
    })
}

/// What is to be tried of some things: each with its values, as they were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choices(pub Vec<(String, Vec<String>)>);

/// `NAME=VALUE,VALUE`; commas within brackets or quotation marks part nothing.
pub(super) fn choices(text: &str) -> Result<Choices, Wrong> {
    let (name, values) = text.split_once('=').unwrap_or((text, ""));
    let (mut depth, mut quoted) = (0_i32, false);
    let parts = values.split(|letter: char| {
        match letter {
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            '"' => quoted = !quoted,
            _ => {}
        }
        letter == ',' && depth == 0 && !quoted
    });
    let values: Vec<String> = parts.map(|value| value.trim().to_owned()).collect();
    if name.trim().is_empty() || values.iter().any(String::is_empty) {
        return Err(wrong(
            "attendu : un nom et des valeurs, comme truck=59165,59122",
            "expected: a name and values, such as truck=59165,59122",
        ));
    }
    Ok(Choices(vec![(name.trim().to_owned(), values)]))
}

/// `NAME=FROM..TO` or `NAME=NUMBER`, several parted by commas.
pub(super) fn fleet(text: &str) -> Result<Choices, Wrong> {
    let one = |part: &str| -> Option<(String, Vec<String>)> {
        let (name, range) = part.split_once('=')?;
        let (from, to) = range.split_once("..").unwrap_or((range, range));
        let (from, to): (u32, u32) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        let good = !name.trim().is_empty() && from <= to && to <= 100;
        good.then(|| (name.trim().to_owned(), (from..=to).map(|n| n.to_string()).collect()))
    };
    text.split(',').map(one).collect::<Option<_>>().map(Choices).ok_or_else(|| {
        wrong(
            "attendu : des nombres de véhicules, comme truck=1..3,van=0..4",
            "expected: numbers of vehicles, such as truck=1..3,van=0..4",
        )
    })
}

/// Whether Saturdays are worked, both where both are to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Saturdays(pub Vec<bool>);

pub(super) fn saturdays(text: &str) -> Result<Saturdays, Wrong> {
    let all = text.split(',').map(|word| yes_or_no(word.trim())).collect::<Option<_>>();
    all.map(Saturdays).ok_or_else(|| wrong("attendu : yes, no ou yes,no", "expected: yes, no or yes,no"))
}

/// A part of something that may be more or less by so much.
pub(super) fn share(text: &str) -> Result<f64, Wrong> {
    number(
        text,
        |s| (0.0..=0.9).contains(s) && *s > 0.0,
        "attendu : une part de 0 à 0.9 ; 0.2 veut dire 20 %",
        "expected: a share from 0 to 0.9; 0.2 means 20%",
    )
}

pub(super) fn weeks(text: &str) -> Result<u32, Wrong> {
    number(
        text,
        |n| (1..=MOST_WEEKS).contains(n),
        "attendu : un nombre de semaines, de 1 à 104",
        "expected: a number of weeks, 1 to 104",
    )
}

pub(super) fn gap(text: &str) -> Result<f64, Wrong> {
    number(
        text,
        |g| (0.0..1.0).contains(g),
        "attendu : un nombre de 0 à 1 ; 0.001 veut dire 0,1 %",
        "expected: a number from 0 to 1; 0.001 means 0.1%",
    )
}

pub(super) fn seconds(text: &str) -> Result<f64, Wrong> {
    number(
        text,
        |s: &f64| (0.0..=1e9).contains(s) && *s > 0.0,
        "attendu : un nombre de secondes, plus grand que 0",
        "expected: a number of seconds, greater than 0",
    )
}

pub(super) fn nodes(text: &str) -> Result<u64, Wrong> {
    number(text, |n| *n >= 1, "attendu : un nombre entier, au moins 1", "expected: a whole number, 1 at least")
}

pub(super) fn changes(text: &str) -> Result<u32, Wrong> {
    number(text, |_| true, "attendu : un nombre entier, 0 ou plus", "expected: a whole number, 0 or more")
}

pub(super) fn lanes(text: &str) -> Result<u32, Wrong> {
    number(text, |n| *n <= 1000, "attendu : un nombre entier, de 0 à 1000", "expected: a whole number, 0 to 1000")
}

pub(super) fn seed(text: &str) -> Result<u64, Wrong> {
    number(text, |_| true, "attendu : un nombre entier, 0 ou plus", "expected: a whole number, 0 or more")
}

pub(super) fn vehicles(text: &str) -> Result<usize, Wrong> {
    number(text, |n| (1..=60).contains(n), "attendu : de 1 à 60 véhicules", "expected: 1 to 60 vehicles")
}

pub(super) fn threads(text: &str) -> Result<usize, Wrong> {
    number(text, |n| (1..=1024).contains(n), "attendu : de 1 à 1024", "expected: 1 to 1024")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_either_decimal_sign_and_keep_their_bounds() {
        assert!((gap("0,02").unwrap() - 0.02).abs() < 1e-12);
        for bad in ["-0.1", "1", "nan", "x", ""] {
            assert!(gap(bad).is_err(), "{bad}");
        }
        for bad in ["0", "-1", "inf", "NaN"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
        let today = date("2026-11-10").unwrap();
        for text in ["2026-W49", "2026-s49", "49", "S49", "w49"] {
            assert_eq!(week(text).unwrap().monday(today), Some(date("2026-11-30").unwrap()), "{text}");
        }
        // The week of today is not over; the one before it comes next year; week 53 is rare.
        assert_eq!(week("46").unwrap().monday(today), date("2026-11-09").ok());
        assert_eq!(week("45").unwrap().monday(today), date("2027-11-08").ok());
        assert_eq!(week("53").unwrap().monday(date("2027-01-04").unwrap()), date("2032-12-27").ok());
        assert_eq!((week("Prochaine").unwrap(), week("next").unwrap()), (Week::Next, Week::Next));
        for bad in ["0", "54", "2026-W00", "99999-W01", "x", ""] {
            assert!(week(bad).is_err(), "{bad}");
        }
        assert!(week("2026-W54").is_err() && weeks("0").is_err() && weeks("105").is_err() && weeks("104").is_ok());
    }
}
