//! Between local times of day and instants.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Timelike};
use chrono_tz::Europe::Paris;

use crate::units::Seconds;

/// The instant of a local time of day in Paris. A time that a clock change skips is read as
/// the first instant after the gap; one that occurs twice as its first occurrence.
#[must_use]
pub fn instant(date: NaiveDate, time: Seconds) -> DateTime<FixedOffset> {
    let midnight = date.and_time(NaiveTime::MIN);
    let mut naive = midnight + chrono::Duration::seconds(i64::from(time.0));
    loop {
        if let Some(found) = Paris.from_local_datetime(&naive).earliest() {
            return found.fixed_offset();
        }
        naive += chrono::Duration::minutes(30);
    }
}

/// An instant from seconds since the Unix epoch, with the offset of Paris.
///
/// # Panics
/// Farther from 1970 than a calendar goes.
#[must_use]
pub fn at(seconds: i64) -> DateTime<FixedOffset> {
    DateTime::from_timestamp(seconds, 0).expect("an instant of the calendar").with_timezone(&Paris).fixed_offset()
}

/// The local time of day of an instant in Paris.
#[must_use]
pub fn second_of_day(at: DateTime<FixedOffset>) -> (NaiveDate, Seconds) {
    let local = at.with_timezone(&Paris);
    let seconds = i32::try_from(local.num_seconds_from_midnight()).unwrap_or_default();
    (local.date_naive(), Seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_hours_survive_both_clock_changes() {
        for (date, offset) in [("2026-03-28", 1), ("2026-03-30", 2), ("2026-10-24", 2), ("2026-10-26", 1)] {
            let date: NaiveDate = date.parse().unwrap();
            let at = instant(date, Seconds(8 * 3600 + 1800));
            assert_eq!(at.offset().local_minus_utc(), offset * 3600, "{date}");
            assert_eq!(second_of_day(at), (date, Seconds(8 * 3600 + 1800)));
        }
    }
}
