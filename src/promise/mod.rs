//! The promise of care: something open within so many minutes of home, within so many hours.
//!
//! Its indicators are those of model.md section 5, each on two clocks: rolling access ([`rolling`]) and
//! follow-up after a visit ([`follow_up`]).

mod access;
mod clock;
mod document;
mod ends;
mod figures;
mod follow_up;
mod offers;
mod rolling;
mod times;

pub use access::{Access, Wait, access, answers, judged};
pub use clock::{Clock, midnight};
pub use document::{
    BrokenLine, FollowUpAnswer, Level, PlaceLine, PromiseAnswer, RequestCounts, RollingAnswer, answer, labels,
};
pub use ends::Ends;
pub use figures::{figures, note};
pub use follow_up::{Followed, counts, follow_up, points};
pub use offers::{Offer, fixed, opening, visits};
pub use rolling::{GroupAccess, Period, Rolling, nearby, penalty, promised_to, rolling, together};
pub use times::Times;
