//! Forms in which people write dates and times.

use crate::units::Seconds;
use chrono::{Datelike as _, NaiveDate};

/// A date: `2026-12-01`, `01/12/2026` or `1/12/26` (of this century), the day first; from 1900 to 2199.
#[must_use]
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let parts = |separator| {
        let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
        <[&str; 3]>::try_from(parts).ok()
    };
    let (year, month, day) = match (parts('-'), parts('/')) {
        (Some([year, month, day]), _) => (digits(year, 4, 4)?, month, day),
        (_, Some([day, month, year])) => {
            (digits(year, 4, 4).or_else(|| digits(year, 2, 2).map(|year| 2000 + year))?, month, day)
        }
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits(month, 1, 2)?, digits(day, 1, 2)?)
        .filter(|date| (1900..2200).contains(&date.year()))
}

/// A time of day: `8:30`, `08:30`, `08:30:00`, `8h30`, `8 h 30`, `8 h`; 24:00 at most.
#[must_use]
pub fn read_time(text: &str) -> Option<Seconds> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    let (hours, minutes) = match text.split_once(':') {
        Some((hours, rest)) => (hours, rest.strip_suffix(":00").unwrap_or(rest)),
        None => text.split_once('h').map(|(hours, m)| (hours, if m.is_empty() { "00" } else { m }))?,
    };
    let minutes = digits(hours, 1, 2)? * 60 + digits(minutes, 2, 2).filter(|m| *m < 60)?;
    (minutes <= 24 * 60).then(|| i32::try_from(minutes).ok().map(Seconds::from_minutes)).flatten()
}

/// A run of digits of a length between two.
pub(crate) fn digits(text: &str, min: usize, max: usize) -> Option<u32> {
    let sized = (min..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    sized.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for text in ["2026-12-07", "07/12/2026", " 7/12/2026", "07/12/26"] {
            assert_eq!(read_date(text), NaiveDate::from_ymd_opt(2026, 12, 7), "{text}");
        }
        let wrong = ["", "2026-13-01", "12/31/2026", "2026-02-29", "1/12", "01-12-2026", "1/12/126", "+1/12/2026"];
        for text in wrong.into_iter().chain(["+262142-12-31", "2200-01-01", "2026-12-01T00:00"]) {
            assert_eq!(read_date(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for text in ["8:30", "08:30", "8 h 30", "8h30", "08H30", "8\u{a0}h\u{a0}30", "08:30:00"] {
            assert_eq!(read_time(text), Some(Seconds(8 * 3600 + 1800)), "{text}");
        }
        assert_eq!((read_time("8 h"), read_time("24:00")), (Some(Seconds(8 * 3600)), Some(Seconds(24 * 3600))));
        for text in ["", "8", "8.30", "8:3", "8:60", "24:15", "-8:30", "8:30:15", "8h3O", "matin"] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }
}
