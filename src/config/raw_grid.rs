//! A grid of scenarios as it is written in TOML.

use super::raw::RawLabel;
#[cfg(test)]
use super::raw::{HOURS, IDENTIFIER, INSEE, MOST_WEEKS, WEEK};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A grid of scenarios to compare: every combination of a variant and a value of each axis.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(test, schemars(title = "tournee grid"))]
pub(super) struct RawGrid {
    /// Short name, used in file names.
    #[cfg_attr(test, schemars(regex(pattern = IDENTIFIER)))]
    pub name: Option<String>,
    /// Title in French; that of the scenario when absent.
    pub title_fr: Option<String>,
    /// Title in English.
    pub title_en: Option<String>,
    /// The scenario that all others are made from, relative to this file.
    pub scenario: String,
    /// First ISO week planned, instead of the scenario's.
    #[cfg_attr(test, schemars(regex(pattern = WEEK)))]
    pub week: Option<String>,
    /// Number of weeks planned, instead of the scenario's.
    #[cfg_attr(test, schemars(range(min = 1, max = MOST_WEEKS)))]
    pub weeks: Option<u32>,
    /// Proved gap at which each scenario is solved.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1.0)))]
    pub gap: Option<f64>,
    /// Service whose additional people are counted; the first one with a pool when absent.
    #[cfg_attr(test, schemars(regex(pattern = IDENTIFIER)))]
    pub service: Option<String>,
    /// What must be said wherever figures are shown, besides what the scenario has.
    #[serde(default)]
    pub labels: Vec<RawLabel>,
    /// Numbers of vehicles, by kind or `id` of a vehicle; those that are not there are copies of those that are.
    #[serde(default)]
    #[cfg_attr(test, schemars(inner(length(min = 1))))]
    pub fleet: BTreeMap<String, Vec<u32>>,
    /// Communes of the base, by kind or `id`.
    #[serde(default)]
    #[cfg_attr(test, schemars(inner(length(min = 1), inner(regex(pattern = INSEE)))))]
    pub base: BTreeMap<String, Vec<String>>,
    /// Shifts, by kind or `id`; of shifts by weekday, those of Monday to Friday.
    #[serde(default)]
    #[cfg_attr(test, schemars(inner(length(min = 1), inner(regex(pattern = HOURS)))))]
    pub shift: BTreeMap<String, Vec<String>>,
    /// Whether vehicles work on Saturdays.
    #[serde(default)]
    pub saturdays: Vec<bool>,
    /// Values of any other key of the scenario, by its path: `limits.driving-minutes-per-day`, `vehicle.van.set-up-minutes`.
    #[serde(default)]
    #[cfg_attr(test, schemars(inner(length(min = 1))))]
    pub vary: BTreeMap<String, Vec<Value>>,
    /// A layer over the scenario, as a scenario lies over its `base`: the same keys.
    #[serde(default)]
    pub overlay: BTreeMap<String, Value>,
    /// Named combinations; one without changes when there is none.
    #[serde(default, rename = "variant")]
    pub variants: Vec<RawVariant>,
    /// What is assumed, and how far off it may be.
    pub sensitivity: Option<RawSensitivity>,
}

/// A named combination of changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawVariant {
    /// Identifier.
    #[cfg_attr(test, schemars(regex(pattern = IDENTIFIER)))]
    pub id: String,
    /// Name in French; the identifier when absent.
    pub name_fr: Option<String>,
    /// Name in English.
    pub name_en: Option<String>,
    /// Numbers of vehicles, by kind or `id`.
    #[serde(default)]
    pub fleet: BTreeMap<String, u32>,
    /// Commune of the base, by kind or `id`.
    #[serde(default)]
    #[cfg_attr(test, schemars(inner(regex(pattern = INSEE))))]
    pub base: BTreeMap<String, String>,
    /// Shift, by kind or `id`.
    #[serde(default)]
    #[cfg_attr(test, schemars(inner(regex(pattern = HOURS))))]
    pub shift: BTreeMap<String, String>,
    /// Whether vehicles work on Saturdays.
    pub saturdays: Option<bool>,
    /// Values of any other key of the scenario, by its path.
    #[serde(default)]
    pub set: BTreeMap<String, Value>,
}

/// How far off assumptions may be, as parts of themselves: 0.2 is 20 % more or less.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawSensitivity {
    /// Share of those invited who come (`uptake`).
    #[serde(default)]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 0.9)))]
    pub uptake: f64,
    /// Access time that halves it (`half-minutes` of a pool).
    #[serde(default)]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 0.9)))]
    pub half_distance: f64,
    /// Share of those who come that would have gone to a fixed place (`b`, and 1 less `additional_share`).
    #[serde(default)]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 0.9)))]
    pub additionality: f64,
    /// Speed on the roads.
    #[serde(default)]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 0.9)))]
    pub speed: f64,
    /// Share of women who take part in screening already.
    #[serde(default)]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 0.9)))]
    pub participation: f64,
    /// Whether all of them are tried together, too: all low, and all high.
    #[serde(default = "yes")]
    pub together: bool,
    /// Gap at which scenarios are solved under other assumptions.
    #[serde(default = "five_per_mil")]
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1.0)))]
    pub gap: f64,
}

fn yes() -> bool {
    true
}
fn five_per_mil() -> f64 {
    0.005
}
