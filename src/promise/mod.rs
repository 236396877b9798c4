//! The promise of care: something open within so many minutes of home, within so many hours.
//!
//! Its indicators are those of model.md section 5, each on two clocks.

mod access;
mod clock;
mod offers;
mod rolling;
mod times;

pub use access::{Access, Wait, access};
pub use clock::{Clock, ClockKind, midnight};
pub use offers::{Offer, fixed, visits};
pub use rolling::{GroupAccess, Promise, rolling, together};
pub use times::Times;
