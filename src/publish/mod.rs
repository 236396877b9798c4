//! What leaves the house: calendars to subscribe to, tables for a spreadsheet, and the one
//! function that puts files on disk.
//!
//! * [`ical`] turns a plan into iCalendar feeds.
//! * [`tables`] turns it into `visits.csv` and `invitations.csv`, and reads an edited
//!   `visits.csv` back.
//!
//! [`ical`] and [`tables`] are pure: the same plan gives the same bytes, at any time and on any
//! machine.

pub mod geojson;
pub mod ical;
pub(crate) mod lookup;
pub mod tables;
