//! The promise of a service and the follow-up of its visits as they are written in TOML.

#[cfg(test)]
use super::raw::INSEE;
use serde::{Deserialize, Serialize};

/// Something that offers the service is open within so many minutes, within so many hours.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawPromise {
    /// Access time by car, door to door, at most.
    #[cfg_attr(test, schemars(range(min = 1, max = 240)))]
    pub minutes: u32,
    /// Hours until something is open, at most.
    #[cfg_attr(test, schemars(range(min = 1, max = 336)))]
    pub hours: u32,
    /// The clock of the constraint: `working` stands still on Saturdays, Sundays and public holidays.
    /// Both are always reported.
    pub clock: RawClock,
    /// `report` measures; `soft` makes the plan pay `weight` for it; with `hard` a plan that does not keep it is none.
    pub mode: RawPromiseMode,
    /// `soft`: price of a resident who is never answered, in weighted contacts; 0.00001 when absent.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1000.0)))]
    pub weight: Option<f64>,
    /// Who is promised it, where it is a constraint: `all` communes in scope, those `unreached` by
    /// any fixed point that offers the service, or a list of INSEE codes.
    pub communes: RawPromisedTo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawClock {
    Working,
    Calendar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawMode {
    Report,
    Hard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawPromiseMode {
    Report,
    Soft,
    Hard,
}

/// Communes by a word or by their codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(super) enum RawPromisedTo {
    /// All of a kind.
    Word(RawPromisedWord),
    /// These.
    Codes(#[cfg_attr(test, schemars(length(min = 1), inner(regex(pattern = INSEE))))] Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawPromisedWord {
    All,
    Unreached,
}

/// A fixed point is open within so many minutes of the communes invited, within so many hours of the
/// end of the visit.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawFollowUp {
    /// Access time by car, door to door, at most.
    #[cfg_attr(test, schemars(range(min = 1, max = 240)))]
    pub minutes: u32,
    /// Hours after the end of the visit, at most.
    #[cfg_attr(test, schemars(range(min = 1, max = 336)))]
    pub hours: u32,
    /// The clock of the rule; both are reported.
    pub clock: RawClock,
    /// `report` flags visits that break the rule, `hard` forbids them.
    pub mode: RawMode,
    /// Kinds of fixed points, and services they offer, that count.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub points: Vec<String>,
}

impl Default for RawPromise {
    fn default() -> Self {
        Self {
            minutes: 30,
            hours: 48,
            clock: RawClock::Working,
            mode: RawPromiseMode::Report,
            weight: None,
            communes: RawPromisedTo::Word(RawPromisedWord::All),
        }
    }
}

impl Default for RawFollowUp {
    fn default() -> Self {
        Self {
            minutes: 30,
            hours: 48,
            clock: RawClock::Working,
            mode: RawMode::Report,
            points: vec!["imaging".into(), "referral".into()],
        }
    }
}
