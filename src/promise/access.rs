//! Indicator A: for how much of the time a place is answered, and the longest wait.

use super::clock::Clock;
use super::times::Times;

/// Rolling access of one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Access {
    /// Seconds of its clock in which something opens in time.
    pub answered: i64,
    /// Seconds of its clock that are looked at: to the end, less the hours promised.
    pub evaluated: i64,
    /// The longest wait that begins in them, the earliest of equal ones; `None` where it is always open.
    pub longest: Option<Wait>,
}

impl Access {
    /// The share of the time in which it is answered; `None` where nothing can be evaluated.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn share(&self) -> Option<f64> {
        (self.evaluated > 0).then(|| self.answered as f64 / self.evaluated as f64)
    }
}

/// A wait until something opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// The instant from which one waits, seconds since the Unix epoch.
    pub from: i64,
    /// How long, in seconds of the clock; at least so long where nothing is known to open.
    pub seconds: i64,
    /// Whether nothing is known to open: then the wait is counted to the end of the period.
    pub censored: bool,
}

/// The instants at which access within a period can be judged: those with the hours promised
/// (seconds of the clock) before its end. Empty where it is too short.
#[must_use]
pub fn judged(period: (i64, i64), hours: i64, clock: &Clock) -> (i64, i64) {
    let end = clock.reading(period.1) - hours;
    let last = if end <= clock.reading(period.0) { period.0 } else { clock.first_at(end).clamp(period.0, period.1) };
    (period.0, last)
}

/// The instants from which something that is open during `span` is within the hours promised.
#[must_use]
pub fn answers((open, close): (i64, i64), hours: i64, clock: &Clock) -> (i64, i64) {
    (clock.first_at(clock.reading(open) - hours).min(open), close)
}

/// Access within a period to what is open at some times, when waiting `hours` (seconds of the clock) is
/// promised.
///
/// At `t` a place is answered if something is open between `t` and the last instant at which the clock shows
/// no more than `hours` above its reading at `t` (model.md section 5). An opening `[a, b)` answers from the
/// first instant with the reading of `a` less the hours, until it closes; so all is intervals, and exact.
/// Openings after the period end a wait that begins in it; the clock must be known so far. `O(openings)`.
#[must_use]
pub fn access(open: &Times, period: (i64, i64), hours: i64, clock: &Clock) -> Access {
    let span = judged(period, hours, clock);
    if span.0 == span.1 {
        return Access::default();
    }
    let answered = Times::new(open.spans().iter().map(|&own| answers(own, hours, clock)).collect()).within(span);
    let total = |times: &Times| times.spans().iter().map(|&span| clock.length(span)).sum();
    let end = open.spans().last().map_or(period.1, |last| last.0.max(period.1));
    let mut longest: Option<Wait> = None;
    for &(from, to) in open.outside((span.0, end)).spans() {
        let censored = to == end && !open.spans().iter().any(|own| own.0 == end);
        let wait = Wait { from, seconds: clock.length((from, if censored { period.1 } else { to })), censored };
        if from < span.1 && longest.is_none_or(|l| wait.seconds > l.seconds) {
            longest = Some(wait);
        }
    }
    Access { answered: total(&answered), evaluated: clock.length(span), longest }
}

#[cfg(test)]
mod tests {
    use super::super::clock::midnight;
    use super::*;
    use crate::domain::{Calendar, CalendarDay, ClockKind};
    use chrono::{DateTime, Days, NaiveDate};
    use chrono_tz::Europe::Paris;
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar() -> Calendar {
        let holiday = |day: &str| CalendarDay { from: date(day), to: date(day), name: String::new() };
        Calendar {
            valid: (date("2026-01-01"), date("2026-12-31")),
            public_holidays: ["2026-04-06", "2026-05-01", "2026-11-11"].map(holiday).to_vec(),
            school_holidays: Vec::new(),
        }
    }

    /// The same minute by minute: answered, evaluated and longest, in minutes, and whether that is censored.
    fn simulated(
        open: &[(i64, i64)],
        (from, to): (i64, i64),
        known: i64,
        hours: i64,
        kind: ClockKind,
    ) -> (i64, i64, i64, bool) {
        let minutes: Vec<i64> = (from..known).step_by(60).collect();
        let inside = minutes.iter().filter(|t| **t < to).count();
        let runs = |&t: &i64| {
            let local = DateTime::from_timestamp(t, 0).unwrap().with_timezone(&Paris).date_naive();
            i64::from(kind == ClockKind::Calendar || calendar().is_working_day(local))
        };
        let running: Vec<i64> = minutes.iter().map(runs).collect();
        let is_open: Vec<bool> = minutes.iter().map(|t| open.iter().any(|(a, b)| a <= t && t < b)).collect();
        let total: i64 = running[..inside].iter().sum();
        let (mut answered, mut evaluated, mut longest, mut before) = (0, 0, (0, false), 0);
        for t in 0..inside {
            let opens = (t..minutes.len()).any(|u| is_open[u]);
            let until = if opens { minutes.len() } else { inside };
            let wait: i64 = (t..until).take_while(|&u| !is_open[u]).map(|u| running[u]).sum();
            if before < total - hours / 60 {
                longest = if wait > longest.0 { (wait, !opens) } else { longest };
                evaluated += running[t];
                answered += if opens && wait <= hours / 60 { running[t] } else { 0 };
            }
            before += running[t];
        }
        (answered, evaluated, longest.0, longest.1)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]
        #[test]
        fn agrees_with_a_simulation_minute_by_minute(
            first in prop::sample::select(vec!["2026-03-26", "2026-04-02", "2026-04-29", "2026-10-22", "2026-11-09"]),
            days in 1u64..6,
            begin in 0i64..2_000,
            openings in prop::collection::vec((-500i64..14_000, 1i64..700), 0..7),
            hours in 1i64..60,
            working in any::<bool>(),
        ) {
            let (first, kind) = (date(first), if working { ClockKind::Working } else { ClockKind::Calendar });
            let last = first + Days::new(days + 7);
            let origin = midnight(first);
            // What opens in the week after the period is known.
            let (period, known) = ((origin + 60 * begin, midnight(first + Days::new(days + 1))), midnight(last));
            let open: Vec<(i64, i64)> =
                openings.iter().map(|(from, length)| (origin + 60 * from, origin + 60 * (from + length))).collect();
            let open: Vec<(i64, i64)> = open.into_iter().map(|(a, b)| (a.min(known), b.min(known))).collect();
            let clock = Clock::new(kind, &calendar(), first, last);
            let found = access(&Times::new(open.clone()), period, 3600 * hours, &clock);
            let (answered, evaluated, longest, censored) = simulated(&open, period, known, 3600 * hours, kind);
            prop_assert_eq!((found.answered, found.evaluated), (60 * answered, 60 * evaluated));
            prop_assert_eq!(found.longest.map_or(0, |wait| wait.seconds), 60 * longest);
            if let Some(wait) = found.longest.filter(|wait| wait.seconds > 0) {
                prop_assert_eq!(wait.censored, censored);
            }
        }
    }

    #[test]
    fn a_wait_into_the_end_is_at_least_so_long() {
        let clock = Clock::new(ClockKind::Calendar, &calendar(), date("2026-11-30"), date("2026-12-06"));
        let start = midnight(date("2026-11-30"));
        let period = (start, start + 7 * 86_400);
        // Open from eight to noon on the Monday, and promised within two days.
        let open = Times::new(vec![(start + 8 * 3600, start + 12 * 3600)]);
        let found = access(&open, period, 48 * 3600, &clock);
        assert_eq!((found.answered, found.evaluated), (12 * 3600, 5 * 86_400));
        let wait = Wait { from: start + 12 * 3600, seconds: 7 * 86_400 - 12 * 3600, censored: true };
        assert_eq!(found.longest, Some(wait));
        // What opens after the period ends a wait that begins in it.
        let next = Times::new(vec![(start + 8 * 3600, start + 12 * 3600), (period.1 + 3600, period.1 + 7200)]);
        let wait = Wait { from: start + 12 * 3600, seconds: 7 * 86_400 - 11 * 3600, censored: false };
        let clock = Clock::new(ClockKind::Calendar, &calendar(), date("2026-11-30"), date("2026-12-13"));
        assert_eq!(access(&next, period, 48 * 3600, &clock).longest, Some(wait));
        // A period shorter than the hours promised says nothing.
        assert_eq!(access(&open, (start, start + 86_400), 48 * 3600, &clock).evaluated, 0);
    }
}
