//! The two clocks of the promise.

use crate::domain::{Calendar, ClockKind};
use crate::plan::instant;
use crate::units::Seconds;
use chrono::{Days, NaiveDate};

/// A clock over some dates: it runs at the rate of time, or stands still.
///
/// Days are those of the local calendar, so that one with a change of the clocks has 23 hours or 25.
#[derive(Debug, Clone)]
pub struct Clock {
    /// While it runs: from, to, and its reading at the first, seconds. Sorted, disjoint.
    runs: Vec<(i64, i64, i64)>,
}

impl Clock {
    /// A clock that shows 0 at the beginning of the first date, and is known to the end of the last.
    #[must_use]
    pub fn new(kind: ClockKind, calendar: &Calendar, first: NaiveDate, last: NaiveDate) -> Self {
        let mut runs: Vec<(i64, i64, i64)> = Vec::new();
        let mut reading = 0;
        for date in first.iter_days().take_while(|date| *date <= last) {
            if kind == ClockKind::Working && !calendar.is_working_day(date) {
                continue;
            }
            let (from, to) = (midnight(date), midnight(date + Days::new(1)));
            match runs.last_mut() {
                Some(run) if run.1 == from => run.1 = to,
                _ => runs.push((from, to, reading)),
            }
            reading += to - from;
        }
        Self { runs }
    }

    /// What it shows at an instant, seconds.
    #[must_use]
    pub fn reading(&self, at: i64) -> i64 {
        let run = self.runs.partition_point(|run| run.0 <= at);
        match run.checked_sub(1).map(|run| self.runs[run]) {
            Some((from, to, reading)) => reading + at.min(to) - from,
            None => 0,
        }
    }

    /// The first instant at which it shows a reading; the begin of its first run for those before.
    #[must_use]
    pub fn first_at(&self, reading: i64) -> i64 {
        // The run before ends with the reading at which the next one begins.
        let run = self.runs.partition_point(|run| run.2 < reading);
        match self.runs.get(run.saturating_sub(1)) {
            Some(&(from, to, at)) => (from + (reading - at).max(0)).min(to),
            None => i64::MIN,
        }
    }

    /// What it advances by within a span, seconds.
    #[must_use]
    pub fn length(&self, (from, to): (i64, i64)) -> i64 {
        self.reading(to) - self.reading(from)
    }
}

/// The instant at which a date begins in Paris, seconds since the Unix epoch.
#[must_use]
pub fn midnight(date: NaiveDate) -> i64 {
    instant(date, Seconds(0)).timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar() -> Calendar {
        let holiday =
            crate::domain::CalendarDay { from: date("2026-05-14"), to: date("2026-05-14"), name: "Ascension".into() };
        let valid = (date("2026-01-01"), date("2026-12-31"));
        Calendar { valid, public_holidays: vec![holiday], school_holidays: Vec::new() }
    }

    #[test]
    fn it_stands_still_on_days_off() {
        // A Thursday off, and a week-end.
        let clock = Clock::new(ClockKind::Working, &calendar(), date("2026-05-11"), date("2026-05-20"));
        let at = |text: &str, hour: i64| midnight(date(text)) + 3600 * hour;
        let hours = |from, to| clock.length((from, to)) / 3600;
        assert_eq!(hours(at("2026-05-13", 18), at("2026-05-15", 9)), 6 + 9);
        assert_eq!(hours(at("2026-05-15", 18), at("2026-05-18", 9)), 6 + 9);
        assert_eq!(hours(at("2026-05-16", 8), at("2026-05-17", 20)), 0);
        // The first instant with the reading of the week-end is its begin.
        assert_eq!(clock.first_at(clock.reading(at("2026-05-17", 12))), at("2026-05-16", 0));
        let always = Clock::new(ClockKind::Calendar, &calendar(), date("2026-05-11"), date("2026-05-20"));
        assert_eq!(always.length((at("2026-05-13", 18), at("2026-05-15", 9))) / 3600, 39);
    }

    #[test]
    fn nights_with_a_change_of_the_clocks_have_their_hours() {
        for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25)] {
            let clock = Clock::new(ClockKind::Calendar, &calendar(), date(day), date(day));
            assert_eq!(clock.length((i64::MIN / 2, i64::MAX / 2)), hours * 3600);
        }
    }
}
