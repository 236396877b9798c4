//! Scarce crew shared by the vehicles.

use super::Weekdays;
use chrono::NaiveDate;

/// A kind of crew of which there are few: radiologist, radiographer, interpreter of a language,
/// health mediator. A head is bound to a vehicle for a whole day once anything of that day needs
/// it: the vehicle itself, a service it offers, or a site it visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crew {
    /// Identifier, such as `radiologist` or `interpreter-ar`.
    pub id: String,
    /// Name in French and in English.
    pub name: crate::i18n::Text,
    /// Heads available on a usual day.
    pub heads: u32,
    /// Weekdays on which any are available.
    pub weekdays: Weekdays,
    /// Periods with another number of heads, first and last date included; the first that covers a
    /// date counts.
    pub exceptions: Vec<(NaiveDate, NaiveDate, u32)>,
}

impl Crew {
    /// Heads available on a date.
    #[must_use]
    pub fn available(&self, date: NaiveDate) -> u32 {
        match self.exceptions.iter().find(|(from, to, _)| (*from..=*to).contains(&date)) {
            Some(&(_, _, heads)) => heads,
            None if self.weekdays.contains(date) => self.heads,
            None => 0,
        }
    }
}
