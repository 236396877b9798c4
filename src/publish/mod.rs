//! What leaves the house: calendars to subscribe to, tables for a spreadsheet, maps.
//!
//! * [`ical`] turns a plan into iCalendar feeds.
//! * [`tables`] turns it into `visits.csv` and `invitations.csv`, and reads an edited
//!   `visits.csv` back.
//! * [`html`] and [`workbook()`] write a comparison for a meeting.
//! * [`mod@geojson`] and [`tracks()`] write maps, and paths for navigation.
//!
//! All of them are pure: the same plan gives the same bytes, at any time and on any
//! machine.

pub mod geojson;
pub mod html;
pub mod ical;
pub(crate) mod lookup;
pub mod tables;
mod tracks;
mod workbook;

pub use tracks::tracks;
pub use workbook::workbook;
