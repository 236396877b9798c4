//! The promise of care: something open within so many minutes of home, within so many hours.
//!
//! Its indicators are those of model.md section 5, each on two clocks.

mod access;
mod clock;
mod times;

pub use access::{Access, Wait, access};
pub use clock::{Clock, ClockKind, midnight};
pub use times::Times;
