//! Tables as spreadsheets keep them: the one way to cut a text into cells, and the one way to write them.
//!
//! Written for a spreadsheet set to French: UTF-8 with a byte-order mark, `;` between cells,
//! decimal comma, CRLF. Dates are ISO 8601 and times `HH:MM`, which every spreadsheet takes for
//! what they are.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula and runs it.
//! A text that begins so, and is no number, gets an apostrophe in front; the reader takes it off again.

mod cell;
mod rows;
mod write;

pub use cell::{number, plain, time, yes};
pub use rows::title;
pub(crate) use rows::{Dialect, Refused, Rows};
pub use write::csv;
