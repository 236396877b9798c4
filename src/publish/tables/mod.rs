//! Tables for a spreadsheet: `visits.csv` and `invitations.csv`; how often places are visited.
//!
//! Column names are English identifiers and do not change with the language.
//!
//! In `visits.csv` the columns `visit`, `vehicle`, `date`, `site`, `night` (`yes` where the vehicle
//! spends the night after the visit there; without the column, or in an empty cell, it does not) and
//! the pairs `open_N`, `close_N` are read back; all others are for reading, may be deleted, and are
//! worked out again. In `invitations.csv` the column `attended` is left empty, and in `visits.csv` one
//! `<service>_attended` for each service with a pool: filled in after the visit, the files tell the next
//! planning who was invited and who came. `territories.csv` and `communes.csv` are for reading only.

mod answers;
mod changes;
mod comparison;
mod promise;
mod rounds;
mod write;

pub use answers::{answers, why};
pub use changes::changes;
pub use comparison::{Cell, Column, Grid, comparison, grids, scenarios as compared, status};
pub use promise::promise;
pub use rounds::{communes, territories};
pub use write::{driving, invitations, visits};
