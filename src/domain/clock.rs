//! Between local times of day and instants.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveTime, TimeZone, Timelike};
use chrono_tz::Europe::Paris;

use super::Window;
use crate::units::Seconds;

/// The instant of a local time of day in Paris. A time that a clock change skips is read as
/// the first instant after the gap; one that occurs twice as its first occurrence.
#[must_use]
pub fn instant(date: NaiveDate, time: Seconds) -> DateTime<FixedOffset> {
    let mut naive = date.and_time(NaiveTime::MIN) + Duration::seconds(i64::from(time.0));
    loop {
        if let Some(found) = Paris.from_local_datetime(&naive).earliest() {
            return found.fixed_offset();
        }
        // Gaps end on the hour.
        naive += Duration::seconds(3600 - i64::from(naive.num_seconds_from_midnight() % 3600));
    }
}

/// From local midnight to a local time of day in Paris, as an hour-glass has it: what the clock says, but for the two days
/// a year on which it is changed.
#[must_use]
pub fn since_midnight(date: NaiveDate, time: Seconds) -> Seconds {
    let real = instant(date, time) - instant(date, Seconds(0));
    Seconds(i32::try_from(real.num_seconds()).unwrap_or(time.0))
}

/// The same of both ends of a window.
#[must_use]
pub fn window_since_midnight(date: NaiveDate, window: Window) -> Window {
    Window { from: since_midnight(date, window.from), to: since_midnight(date, window.to) }
}

/// The instant so long after local midnight in Paris: the inverse of [`since_midnight`], where a local time is one instant.
#[must_use]
pub fn after_midnight(date: NaiveDate, since: Seconds) -> DateTime<FixedOffset> {
    at(instant(date, Seconds(0)).timestamp() + i64::from(since.0))
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

    #[test]
    fn days_of_a_clock_change_are_an_hour_shorter_or_longer() {
        let hour = |date: &str, time: i32| since_midnight(date.parse().unwrap(), Seconds(time)).0;
        for (date, day, morning) in [("2026-03-29", 23, 7), ("2026-10-25", 25, 9), ("2026-10-26", 24, 8)] {
            assert_eq!((hour(date, 24 * 3600), hour(date, 8 * 3600)), (day * 3600, morning * 3600), "{date}");
            let date = date.parse().unwrap();
            assert_eq!(after_midnight(date, Seconds(morning * 3600)), instant(date, Seconds(8 * 3600)));
        }
        // What the clock skips is the first instant after the gap; what it has twice is the first.
        for skipped in [7200, 7800, 9000, 10_799] {
            assert_eq!(hour("2026-03-29", skipped), 7200);
        }
        assert_eq!(hour("2026-10-25", 9000), 9000);
        assert_eq!(
            after_midnight("2026-10-25".parse().unwrap(), Seconds(12_600)).to_rfc3339(),
            "2026-10-25T02:30:00+01:00"
        );
    }
}
