//! Times of day, sets of weekdays and sets of dates.

use crate::units::Seconds;
use chrono::{Datelike, NaiveDate};

/// A span of the day, `[from, to]`, in seconds after local midnight; `from < to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// Start, seconds after midnight.
    pub from: Seconds,
    /// End, seconds after midnight.
    pub to: Seconds,
}

impl Window {
    /// Whether `[from, to]` lies inside.
    #[must_use]
    pub fn contains(self, from: Seconds, to: Seconds) -> bool {
        self.from <= from && to <= self.to
    }

    /// Its length.
    #[must_use]
    pub fn length(self) -> Seconds {
        self.to - self.from
    }
}

/// A set of weekdays, bit 0 = Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Weekdays(pub u8);

impl Weekdays {
    /// All seven days.
    pub const ALL: Self = Self(0x7f);

    /// Whether the date's weekday is in the set.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        self.0 >> date.weekday().num_days_from_monday() & 1 == 1
    }
}

/// Closed ranges of dates, both ends included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClosedDates(pub Vec<(NaiveDate, NaiveDate)>);

impl ClosedDates {
    /// Whether a range covers the date.
    #[must_use]
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.0.iter().any(|&(from, to)| from <= date && date <= to)
    }
}
