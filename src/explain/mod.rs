//! Why a town is not in the plan, and what it would take.
//!
//! ```text
//! Plan ─▶ reasons (which rules forbid it) ─▶ desk (the plan solved again with it forced in)
//!      ─▶ balance (what is gained there, what is lost where) ─▶ menu (changes that would let it in)
//! ```
//!
//! Every figure comes from two solves, whose plans the independent checker has passed: one without
//! the visit and one with it. Their bounds make an interval of what serving the town costs. Those of the
//! menu ([`Entry`]) go on until they decide whether the change lets the visit in, and no further.

mod balance;
mod case;
mod desk;
mod document;
mod menu;
mod reasons;
mod served;
mod survey;
mod trial;

pub use balance::{Balance, Figures, SiteGain, TerritoryChange, VisitChange, balance};
pub use case::{Answer, Case, Price, explain};
pub use desk::{Desk, ExplainError, Solved, planned};
pub use document::{AllAnswer, CommuneFacts, Explanation, TownAnswer};
pub use menu::{Change, Entry};
pub use reasons::{Reason, Reasons, reasons};
pub use served::{ServedBy, reaching, served_by};
pub use survey::{Group, Priced, Survey, force_in, survey, with_it};
pub use trial::Verdict;
