//! What a plan means for the places it serves, for reading: nothing here is planned with.
//!
//! * [`rounds`] says how often and how far apart each territory is visited, and when the next visit
//!   comes near each commune.

mod rounds;
mod waits;

pub use rounds::{CommuneRounds, Next, ServiceRounds, TerritoryRounds, rounds};
pub use waits::{Waits, waits};
