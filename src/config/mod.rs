//! From what a coordinator edits (TOML and CSV) to one validated [`crate::domain::Scenario`], or to the list of
//! everything that is wrong with it.
//!
//! ```text
//! TOML ─▶ tree (spans, overlays) ─▶ schema ─▶ raw ─▶ lower ─┐
//! CSV  ─▶ sheet (cells, spans)   ─▶ communes, places, past, locks ─▶ Scenario
//! ```
//!
//! Problems are collected, never thrown at the first: each has a stable [`Code`], a place, a
//! sentence in both languages and a mend.

mod attendance;
mod calendar;
mod cells;
mod codes;
mod communes;
mod edit;
mod grid;
mod headline;
mod init;
mod kind;
mod labels;
mod likely;
mod load;
mod locks;
mod lower;
mod lower_crew;
mod lower_fleet;
mod lower_promise;
mod matrix;
mod named;
mod orienteering;
mod outlines;
mod past;
mod places;
mod problem;
mod raw;
mod raw_costs;
mod raw_fleet;
mod raw_grid;
mod raw_promise;
mod raw_travel;
mod render;
mod requests;
mod road;
mod schema;
#[cfg(test)]
mod schema_made;
mod shape;
mod sheet;
mod shipped;
mod source;
mod syntax;
mod travel;
mod tree;
mod visits;

pub use codes::{CODES, Code, CodeInfo};
pub use edit::Edits;
pub use grid::{Grid, GridScenario, MOST_SCENARIOS, Shares, grid};
pub use headline::{Headline, headline};
pub use init::init;
pub use kind::{FileKind, wrong_kind};
pub use load::{LoadOptions, Loaded, load};
pub use lower::monday_of_week;
pub use orienteering::{known_profits, orienteering};
pub use problem::{Problem, Problems, Severity, Snippet};
pub use raw::MOST_WEEKS;
pub use requests::requests;
pub use schema::Schema;
pub use sheet::table_texts;
pub use shipped::{SHIPPED, shipped_scenarios};
pub use source::{Source, is_there, read_bytes, tidy};
pub use travel::{TravelSource, place_name};
pub use visits::{EditedVisit, edited_visits};
