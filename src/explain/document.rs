//! The answers as JSON: what `tournee explain --format json` writes.

use super::balance::Figures;
use super::case::Case;
use super::served::ServedBy;
use super::survey::Survey;
use crate::i18n::Text;
use serde::Serialize;
use std::collections::BTreeMap;

/// The answer to a question about a plan. Texts are in both languages.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
#[allow(clippy::large_enum_variant)]
pub enum Explanation {
    /// About a commune, or one of its sites.
    Town(TownAnswer),
    /// About all sites that are not in the plan.
    All(AllAnswer),
}

/// Why a town is not in the plan, or who serves it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct TownAnswer {
    /// What must be said wherever the figures are shown: estimates, demonstration data.
    pub labels: Vec<Text>,
    /// The plan in question.
    pub plan: Figures,
    /// The commune asked about.
    pub commune: CommuneFacts,
    /// Visits in it or within reach of it.
    pub served_by: Vec<ServedBy>,
    /// By kind of vehicle, in the order of their names.
    pub cases: Vec<Case>,
}

/// The commune of a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct CommuneFacts {
    /// INSEE code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether its people are invited at all.
    pub in_scope: bool,
    /// People due, by service with a pool.
    pub due: BTreeMap<String, u32>,
    /// Its sites; of a question about a site that one.
    pub sites: Vec<String>,
}

/// Every site that is not in the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub struct AllAnswer {
    /// What must be said wherever the figures are shown: estimates, demonstration data.
    pub labels: Vec<Text>,
    /// The plan in question.
    pub plan: Figures,
    /// The sites.
    pub all: Survey,
}
