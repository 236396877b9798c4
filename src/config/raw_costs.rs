//! Unit costs as they are written, and as the domain has them.

use crate::domain::{Costs, UnitCosts};
use crate::i18n::Text;
use serde::{Deserialize, Serialize};

/// What things cost beside the vehicles, and what all costs are stated in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawCosts {
    /// Code of the currency (ISO 4217).
    #[cfg_attr(test, schemars(regex(pattern = CURRENCY)))]
    pub currency: String,
    /// Where the figures are from, in French; shown with them.
    pub source_fr: Option<String>,
    /// The same in English.
    pub source_en: Option<String>,
    /// A week of whatever is there beside the vehicles: a hub, a coordinator.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1e9)))]
    pub per_week: f64,
    /// An invitation sent.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1e6)))]
    pub per_invitation: f64,
}

/// What a vehicle costs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawUnitCosts {
    /// A week of having it, whether or not it goes out.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1e9)))]
    pub per_week: f64,
    /// A kilometre.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1e6)))]
    pub per_km: f64,
    /// An hour of its whole crew on duty.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1e6)))]
    pub per_crew_hour: f64,
    /// A night out of its whole crew.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1e6)))]
    pub per_night: f64,
    /// CO₂ of a kilometre, kilograms.
    #[cfg_attr(test, schemars(range(min = 0.0, max = 1e3)))]
    pub co2_kg_per_km: f64,
}

/// A code of a currency, such as `EUR`.
pub(super) const CURRENCY: &str = "^[A-Z]{3}$";

impl Default for RawCosts {
    fn default() -> Self {
        Self { currency: "EUR".into(), source_fr: None, source_en: None, per_week: 0.0, per_invitation: 0.0 }
    }
}

impl From<&RawCosts> for Costs {
    fn from(raw: &RawCosts) -> Self {
        let either = raw.source_fr.as_ref().or(raw.source_en.as_ref());
        let source = either
            .map(|text| Text::new(raw.source_fr.as_ref().unwrap_or(text), raw.source_en.as_ref().unwrap_or(text)));
        Self { currency: raw.currency.clone(), source, per_week: raw.per_week, per_invitation: raw.per_invitation }
    }
}

impl From<&RawUnitCosts> for UnitCosts {
    fn from(raw: &RawUnitCosts) -> Self {
        Self {
            per_week: raw.per_week,
            per_km: raw.per_km,
            per_crew_hour: raw.per_crew_hour,
            per_night: raw.per_night,
            co2_kg_per_km: raw.co2_kg_per_km,
        }
    }
}
