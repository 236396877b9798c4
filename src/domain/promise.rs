//! The promise of care and the follow-up of screening: what is promised, and how hard.

use super::CommuneId;
use crate::units::Seconds;
use serde::{Deserialize, Serialize};

/// How waiting is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// Always.
    Calendar,
    /// All hours of working days; it stands still on Saturdays, Sundays and public holidays.
    Working,
}

impl ClockKind {
    /// Both, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Working, Self::Calendar];

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Working => "working",
        }
    }
}

/// Something within so many minutes, within so many hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Access time by car at most.
    pub access: Seconds,
    /// Hours of the clock until something is open, at most.
    pub hours: u32,
}

/// The 48 hours and 30 minutes of the programme (ARS Hauts-de-France).
impl Default for Reach {
    fn default() -> Self {
        Self { access: Seconds::from_minutes(30), hours: 48 }
    }
}

impl Reach {
    /// The hours, in seconds of the clock.
    #[must_use]
    pub fn seconds(self) -> i64 {
        3600 * i64::from(self.hours)
    }
}

/// Which communes a promise is a constraint for; reports are of all in scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromisedTo {
    /// All in scope.
    All,
    /// Those in scope that no fixed point offering the service lies within reach of.
    Unreached,
    /// These, sorted.
    Listed(Vec<CommuneId>),
}

/// How a promise enters the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PromiseMode {
    /// It is measured.
    Report,
    /// What is not kept costs this much for each resident who is never answered.
    Soft(f64),
    /// Plans that do not keep it are none.
    Hard,
}

/// The promise of a service (model.md section 5, indicator A).
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// What is promised.
    pub reach: Reach,
    /// The clock of the constraint; both are reported.
    pub clock: ClockKind,
    /// How it enters the plan.
    pub mode: PromiseMode,
    /// To whom.
    pub to: PromisedTo,
}

impl Default for Promise {
    fn default() -> Self {
        Self { reach: Reach::default(), clock: ClockKind::Working, mode: PromiseMode::Report, to: PromisedTo::All }
    }
}

/// Where women go on to after a screening visit (model.md section 5, indicator C).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// Within reach of the communes that are invited, after the end of the visit.
    pub reach: Reach,
    /// The clock of the rule; both are reported.
    pub clock: ClockKind,
    /// Whether a visit that breaks the rule is forbidden, or only flagged.
    pub hard: bool,
    /// Kinds of fixed points, and services they offer, that count.
    pub points: Vec<String>,
}
