//! Figures of a plan: its score part by part, coverage by service, what is kept of a promise.

use crate::domain::ClockKind;
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// The score, part by part: `coverage − driving − nights + weekdays − promise − changes`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScoreParts {
    /// Weighted coverage score over all services.
    pub coverage: f64,
    /// Price of driving.
    pub driving: f64,
    /// Hours driven.
    pub driving_hours: f64,
    /// Price of nights out.
    #[serde(default)]
    pub nights: f64,
    /// Nights out.
    #[serde(default)]
    pub nights_out: u32,
    /// What visits on preferred weekdays are worth, less what those on avoided ones cost.
    #[serde(default)]
    pub weekdays: f64,
    /// Price of the promises that are not kept, where they are soft constraints.
    #[serde(default)]
    pub promise: f64,
    /// Price of the changes to what was published.
    #[serde(default)]
    pub changes: f64,
    /// Published visits moved or cancelled, and visits added.
    #[serde(default)]
    pub changes_made: u32,
}

impl ScoreParts {
    /// The score.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.coverage - self.driving - self.nights + self.weekdays - self.promise - self.changes
    }
}

/// Figures of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The service.
    pub service: String,
    /// Expected served: `Σ u·x`.
    pub expected: f64,
    /// Of whom would not have been otherwise: `Σ g·u·x`.
    pub expected_additional: f64,
    /// Appointments offered.
    pub appointments: u32,
    /// People invited.
    pub invited: u32,
    /// People due in the communes within reach of a visit.
    pub due_in_reach: u32,
    /// People due in the scope of the scenario.
    pub due_in_scope: u32,
    /// Coverage score of this service, unweighted: `Σ_z V_z(received + y) − V_z(received)`.
    pub coverage_score: f64,
}

/// Rolling access to one service on one clock: for how much of the time something that offers it is
/// open within the minutes and hours promised. Weighted by the residents in scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PromiseFigures {
    /// The service.
    pub service: String,
    /// The clock on which hours are counted.
    pub clock: ClockKind,
    /// Access time by car promised, minutes.
    pub minutes: f64,
    /// Hours promised.
    pub hours: u32,
    /// Residents of the communes in scope.
    pub residents: u64,
    /// With the visits of this plan alone.
    pub vehicles: RollingFigures,
    /// With the fixed points of care as well.
    pub with_fixed: RollingFigures,
}

/// For how much of the time residents are answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RollingFigures {
    /// Mean share of the time in which a resident is answered, 0 to 1; absent where the horizon is too
    /// short to say.
    pub share: Option<f64>,
    /// Residents who are answered all the time.
    pub always: u64,
    /// Residents who never are.
    pub never: u64,
    /// The longest wait that anybody has; absent where something is always open.
    pub longest: Option<LongestWait>,
}

/// A wait until something opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LongestWait {
    /// INSEE code of the commune.
    pub commune: String,
    /// When it begins.
    pub from: DateTime<FixedOffset>,
    /// Its length on the clock.
    pub seconds: i64,
    /// Whether nothing is known to open: then it is counted to the end of the horizon, and at least so long.
    pub at_least: bool,
}
