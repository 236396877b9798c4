//! What a plan made anew changes of one that was published.

use super::model::{Session, Visit};
use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A plan made anew after something changed: what changed, what was published before, and what is different now.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// When it was made: what had begun by then is past. Absent where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<DateTime<FixedOffset>>,
    /// Dates on which vehicles cannot go out.
    #[serde(default)]
    pub unavailable: Vec<Unavailable>,
    /// Dates on which sites cannot be used.
    #[serde(default)]
    pub closed: Vec<Closed>,
    /// Most changes to published visits; absent where each only had its price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_changes: Option<u32>,
    /// The visits as they were published.
    pub published: Vec<Visit>,
    /// Identities of those that are past, locked or booked, and stay as they were.
    pub fixed: Vec<String>,
    /// Identities of those in which people have appointments, where requests were answered before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub booked: Vec<String>,
    /// Who came to visits made since, as far as it is known: their attendance counts in place of what was expected.
    #[serde(default)]
    pub attended: Vec<Attended>,
    /// What is different: by date of what was published, then of what is new.
    pub changes: Vec<Change>,
    /// Visits cancelled by this revision or by one before, in the horizon.
    #[serde(default)]
    pub cancelled: Vec<Cancelled>,
    /// How often visits have been changed since they were first published, by identity; never where not named.
    #[serde(default)]
    pub sequences: BTreeMap<String, Sequence>,
    /// Date of planning of the first plan, where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_planned_on: Option<NaiveDate>,
}

/// How often a visit has been changed, and when last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Changes since it was first published.
    pub number: u32,
    /// When it was last changed; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<FixedOffset>>,
}

/// Who came to a visit from one commune.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Attended {
    /// Identity of the visit.
    pub visit: String,
    /// The service.
    pub service: String,
    /// INSEE code.
    pub commune: String,
    /// How many.
    pub people: u32,
}

/// A vehicle that cannot go out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Unavailable {
    /// Identifier of the vehicle.
    pub vehicle: String,
    /// First date.
    pub from: NaiveDate,
    /// Last date.
    pub to: NaiveDate,
}

/// A site that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// Identifier of the site.
    pub site: String,
    /// First date.
    pub from: NaiveDate,
    /// Last date.
    pub to: NaiveDate,
}

/// A visit that was cancelled; its identity is never given again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cancelled {
    /// The visit as it was last published.
    pub visit: Visit,
    /// When it was cancelled; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<FixedOffset>>,
}

/// What became of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Another day, vehicle or hours.
    Moved,
    /// Not made any more.
    Cancelled,
    /// Not published before.
    Added,
}

/// One change to the published visits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What became of it.
    pub kind: ChangeKind,
    /// Identity of the visit.
    pub visit: String,
    /// Identifier of the site.
    pub site: String,
    /// INSEE code of its commune.
    pub commune: String,
    /// As it was published; absent where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Placing>,
    /// As it is now; absent where it is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Placing>,
}

/// Who goes when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Placing {
    /// Identifier of the vehicle.
    pub vehicle: String,
    /// The day.
    pub date: NaiveDate,
    /// Openings to the public.
    pub sessions: Vec<Session>,
}

impl Placing {
    /// That of a visit.
    #[must_use]
    pub fn of(visit: &Visit) -> Self {
        Self { vehicle: visit.vehicle.clone(), date: visit.date, sessions: visit.sessions.clone() }
    }
}
