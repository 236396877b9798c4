//! One cell: what goes into it, and what people write into it.

use crate::units::Seconds;
use chrono::NaiveDate;

/// First characters that make a spreadsheet run a cell; the full-width ones count in some.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A text from data, with an apostrophe in front where a spreadsheet would run it.
#[must_use]
pub fn text(value: &str) -> String {
    if is_formula(value) { format!("'{value}") } else { value.to_owned() }
}

/// The text of a cell: blanks around it, and the apostrophe of [`text`], taken off.
#[must_use]
pub fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Whether a text would be run, or would be once an apostrophe is taken off it.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// A number with a decimal comma and nothing between thousands.
#[must_use]
pub fn number(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('.', ",")
}

/// A time of day as `HH:MM`.
#[must_use]
pub fn time(at: Seconds) -> String {
    format!("{:02}:{:02}", at.0 / 3600, at.0 % 3600 / 60)
}

/// `yes` or `no`.
#[must_use]
pub fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

/// Reads a date: `2026-12-01`, `01/12/2026`, `1/12/26` (of this century), day first.
#[must_use]
pub fn parse_date(cell: &str) -> Option<NaiveDate> {
    let cell = plain(cell);
    let parts = |separator| {
        let parts: Vec<&str> = cell.split(separator).collect();
        (parts.len() == 3).then_some(parts)
    };
    let (year, month, day) = if let Some(p) = parts('-') {
        (digits(p[0], 4, 4)?, digits(p[1], 1, 2)?, digits(p[2], 1, 2)?)
    } else {
        let p = parts('/')?;
        let year = digits(p[2], 4, 4).or_else(|| digits(p[2], 2, 2).map(|y| 2000 + y))?;
        (year, digits(p[1], 1, 2)?, digits(p[0], 1, 2)?)
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// Reads a time of day: `8:30`, `08:30`, `08:30:00`, `8h30`, `8 h 30`, `8 h`; 24:00 at most.
#[must_use]
pub fn parse_time(cell: &str) -> Option<Seconds> {
    let cell: String = plain(cell).chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    let (hours, minutes) = match cell.split_once(':') {
        Some((hours, rest)) => match rest.split_once(':') {
            Some((minutes, "00")) => (hours, minutes),
            Some(_) => return None,
            None => (hours, rest),
        },
        None => cell.split_once('h').map(|(hours, m)| (hours, if m.is_empty() { "00" } else { m }))?,
    };
    let minutes = digits(hours, 1, 2)? * 60 + digits(minutes, 2, 2).filter(|&m| m < 60)?;
    (minutes <= 24 * 60).then(|| i32::try_from(minutes).ok().map(Seconds::from_minutes)).flatten()
}

/// A run of digits of a length between two.
fn digits(text: &str, min: usize, max: usize) -> Option<u32> {
    let sized = (min..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    sized.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        let date = NaiveDate::from_ymd_opt(2026, 12, 1);
        for cell in ["2026-12-01", " 01/12/2026 ", "1/12/2026", "01/12/26"] {
            assert_eq!(parse_date(cell), date, "{cell}");
        }
        for cell in ["", "12/31/2026", "2026-02-29", "1/12", "01-12-2026", "1/12/126", "2026-12-01T00:00", "+1/12/2026"]
        {
            assert_eq!(parse_date(cell), None, "{cell}");
        }
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for cell in ["8:30", "08:30", "8 h 30", "8h30", "08H30", "8\u{a0}h\u{a0}30", "08:30:00"] {
            assert_eq!(parse_time(cell), Some(Seconds(8 * 3600 + 1800)), "{cell}");
        }
        assert_eq!(parse_time("8 h"), Some(Seconds(8 * 3600)));
        assert_eq!(parse_time("24:00"), Some(Seconds(24 * 3600)));
        for cell in ["", "8", "8.30", "8:3", "8:60", "24:15", "-8:30", "8:30:15", "8h3O", "matin"] {
            assert_eq!(parse_time(cell), None, "{cell}");
        }
    }

    #[test]
    fn no_text_from_data_is_a_formula() {
        assert_eq!(text("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(text("@a"), "'@a");
        assert_eq!(text("L'Haye"), "L'Haye");
        assert_eq!(plain("'l'"), "'l'");
    }

    proptest! {
        #[test]
        fn a_guarded_text_reads_back(value in "['=+@a-]{1,3}([=+@a' -]{0,5}[a=])?") {
            let guarded = text(&value);
            prop_assert_eq!(plain(&guarded), value);
        }
    }
}
