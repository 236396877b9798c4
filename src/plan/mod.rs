//! The plan, as it is written to `plan.json`.
//!
//! Everything a person or another program needs to use, print or check it; nothing of how it
//! was found. Instants are RFC 3339 with the offset of `Europe/Paris`; lengths are whole
//! seconds and metres; people are whole, expectations are not.

mod model;
mod time;
mod timetable;

pub use model::{
    Attended, Break, Cancelled, Change, ChangeKind, Closed, Coverage, FollowUpLine, FollowUpPoint, InvitationLine, Leg,
    LongestWait, NotServed, Placing, Plan, PlanHorizon, PromiseFigures, Revision, RollingFigures, SCHEMA_VERSION,
    ScenarioRef, ScoreParts, Sequence, Session, ShadowPrices, Solver, Stop, Tour, Unavailable, Visit, VisitService,
};
pub use time::{at, instant, second_of_day};
pub use timetable::{Call, Ends, Timetable};
