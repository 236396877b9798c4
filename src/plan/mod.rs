//! The plan, as it is written to `plan.json`.
//!
//! Everything a person or another program needs to use, print or check it; nothing of how it
//! was found. Instants are RFC 3339 with the offset of `Europe/Paris`; lengths are whole
//! seconds and metres; people are whole, expectations are not.

mod figures;
mod identity;
mod model;
mod revision;
mod timetable;

pub use crate::domain::{after_midnight, at, instant, second_of_day, since_midnight, window_since_midnight};
pub use figures::{Coverage, LongestWait, PromiseFigures, RollingFigures, ScoreParts};
pub use identity::{Identities, identity, named, site_of};
pub use model::{
    Break, FollowUpLine, FollowUpPoint, InvitationLine, Leg, NotServed, PROVED_GAP, Plan, PlanHorizon, SCHEMA_VERSION,
    STOPPED_BY, ScenarioRef, Session, ShadowPrices, Solver, Stop, Tour, Visit, VisitService,
};
pub use revision::{Attended, Cancelled, Change, ChangeKind, Closed, Placing, Revision, Sequence, Unavailable};
pub use timetable::{Call, Ends, Timetable};
