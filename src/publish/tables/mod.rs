//! Tables for a spreadsheet: `visits.csv` and `invitations.csv`, and the way back; how often places are
//! visited.
//!
//! Written for a spreadsheet set to French: UTF-8 with a byte-order mark, `;` between cells,
//! decimal comma, CRLF. Dates are ISO 8601 and times `HH:MM`, which every spreadsheet takes for
//! what they are. Column names are English identifiers and do not change with the language.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula and runs it.
//! A text from data that begins so gets an apostrophe in front; the reader takes it off
//! again.
//!
//! In `visits.csv` the columns `visit`, `vehicle`, `date`, `site`, `night` (`yes` where the vehicle
//! spends the night after the visit there; without the column, or in an empty cell, it does not) and
//! the pairs `open_N`, `close_N` are read back; all others are for reading, may be deleted, and are
//! worked out again. In `invitations.csv` the column `attended` is left empty, and in `visits.csv` one
//! `<service>_attended` for each service with a pool: filled in after the visit, the files tell the next
//! planning who was invited and who came. `territories.csv` and `communes.csv` are for reading only.

mod answers;
mod cell;
mod changes;
mod code;
mod columns;
mod comparison;
mod error;
mod promise;
mod read;
mod rounds;
mod sheet;
mod write;

pub use answers::{answers, why};
pub use changes::changes;
pub use code::TableCode;
pub use comparison::{Cell, Column, Grid, comparison, grids, scenarios as compared, status};
pub use error::TableError;
pub use promise::promise;
pub use read::{EditedVisit, read_visits};
pub use rounds::{communes, territories};
pub use write::{driving, invitations, visits};
