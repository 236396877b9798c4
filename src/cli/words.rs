//! Dates, hours and lengths of time as people write them.

use crate::i18n::Lang;
use crate::plan::{Session, second_of_day};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};

const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month(lang: Lang, date: NaiveDate) -> &'static str {
    match lang {
        Lang::Fr => MONTHS_FR[date.month0() as usize],
        Lang::En => MONTHS_EN[date.month0() as usize],
    }
}

fn day_of_month(lang: Lang, date: NaiveDate) -> String {
    match (lang, date.day()) {
        (Lang::Fr, 1) => "1er".into(),
        (_, day) => day.to_string(),
    }
}

fn weekday(lang: Lang, date: NaiveDate) -> &'static str {
    lang.weekday(date.weekday().num_days_from_monday() as usize)
}

/// `lundi 30 novembre`
pub(super) fn day(lang: Lang, date: NaiveDate) -> String {
    format!("{} {}\u{a0}{}", weekday(lang, date), day_of_month(lang, date), month(lang, date))
}

/// `lundi 30`: within a week that is named already.
pub(super) fn short_day(lang: Lang, date: NaiveDate) -> String {
    let name: String = weekday(lang, date).chars().take(3).collect();
    match lang {
        Lang::Fr => format!("{name}.\u{a0}{}", day_of_month(lang, date)),
        Lang::En => format!("{name}\u{a0}{}", date.day()),
    }
}

/// `9 novembre 2026`
pub(super) fn date(lang: Lang, date: NaiveDate) -> String {
    format!("{}\u{a0}{}\u{a0}{}", day_of_month(lang, date), month(lang, date), date.year())
}

/// `semaine 49 de 2026, du 30 novembre au 6 décembre`
pub(super) fn week(lang: Lang, monday: NaiveDate, last: NaiveDate) -> String {
    let week = monday.iso_week();
    let ends = [monday, last].map(|d| format!("{}\u{a0}{}", day_of_month(lang, d), month(lang, d)));
    match lang {
        Lang::Fr => format!("semaine {} de {}, du {} au {}", week.week(), week.year(), ends[0], ends[1]),
        Lang::En => format!("week {} of {}, {} to {}", week.week(), week.year(), ends[0], ends[1]),
    }
}

/// `S49`
pub(super) fn week_number(lang: Lang, date: NaiveDate) -> String {
    format!("{}{}", lang.pick("S", "W"), date.iso_week().week())
}

/// `déc. 2026`
pub(super) fn short_month(lang: Lang, date: NaiveDate) -> String {
    const FR: [&str; 12] =
        ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
    let name = match lang {
        Lang::Fr => FR[date.month0() as usize].to_owned(),
        Lang::En => month(lang, date).chars().take(3).collect(),
    };
    format!("{name}\u{a0}{}", date.year())
}

/// A time of day, with no minutes where there are none: `8 h 45`, `12 h`.
fn clock(lang: Lang, seconds: i32) -> String {
    match lang {
        Lang::Fr if seconds % 3600 == 0 => format!("{}\u{a0}h", seconds / 3600),
        _ => lang.clock(seconds),
    }
}

/// `9 h`
pub(super) fn clock_of(lang: Lang, at: DateTime<FixedOffset>) -> String {
    clock(lang, second_of_day(at).1.0)
}

/// `8 h 45–12 h`
pub(super) fn session(lang: Lang, session: &Session) -> String {
    let [open, close] = [session.open, session.close].map(|at| clock(lang, second_of_day(at).1.0));
    format!("{open}–{close}")
}

/// `vendredi 4 décembre à 17 h 30`
pub(super) fn instant(lang: Lang, at: DateTime<FixedOffset>) -> String {
    let (date, time) = second_of_day(at);
    format!("{} {} {}", day(lang, date), lang.pick("à", "at"), clock(lang, time.0))
}

/// A length of time to the minute: `1 h 05`, `38 min`.
pub(super) fn duration(seconds: u64) -> String {
    let minutes = (seconds + 30) / 60;
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m}\u{a0}min"),
        (h, m) => format!("{h}\u{a0}h\u{a0}{m:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_people_write() {
        let monday: NaiveDate = "2026-11-30".parse().unwrap();
        let sunday: NaiveDate = "2026-12-06".parse().unwrap();
        assert_eq!(week(Lang::Fr, monday, sunday), "semaine 49 de 2026, du 30\u{a0}novembre au 6\u{a0}décembre");
        assert_eq!(short_day(Lang::Fr, "2026-12-01".parse().unwrap()), "mar.\u{a0}1er");
        assert_eq!(day(Lang::En, monday), "Monday 30\u{a0}November");
        assert_eq!((week_number(Lang::Fr, monday), week_number(Lang::En, sunday)), ("S49".into(), "W49".into()));
        assert_eq!(short_month(Lang::Fr, monday), "nov.\u{a0}2026");
        assert_eq!(short_month(Lang::En, sunday), "Dec\u{a0}2026");
        assert_eq!(duration(3_930), "1\u{a0}h\u{a0}06");
        assert_eq!(duration(89), "1\u{a0}min");
    }
}
