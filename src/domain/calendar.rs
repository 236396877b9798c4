//! Public holidays and school holidays, with the years they are known for.

use chrono::{Datelike, NaiveDate, Weekday};

/// A named day or span of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarDay {
    /// First day.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
    /// Its name in French.
    pub name: String,
}

/// The holidays of France and of school zone B, from data with years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// First and last day for which the public holidays are known.
    pub valid: (NaiveDate, NaiveDate),
    /// Public holidays.
    pub public_holidays: Vec<CalendarDay>,
    /// School holidays of zone B.
    pub school_holidays: Vec<CalendarDay>,
}

impl Calendar {
    /// The public holiday on a date, if it is one.
    #[must_use]
    pub fn public_holiday(&self, date: NaiveDate) -> Option<&CalendarDay> {
        self.public_holidays.iter().find(|d| d.from <= date && date <= d.to)
    }

    /// The school holidays on a date, if any.
    #[must_use]
    pub fn school_holiday(&self, date: NaiveDate) -> Option<&CalendarDay> {
        self.school_holidays.iter().find(|d| d.from <= date && date <= d.to)
    }

    /// Whether the date is neither a Saturday, nor a Sunday, nor a public holiday.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && self.public_holiday(date).is_none()
    }
}
