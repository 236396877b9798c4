//! What things cost: of no consequence for a plan, and told of fleets that are compared.

use crate::i18n::Text;

/// What a vehicle costs, in the currency of [`Costs`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct UnitCosts {
    /// A week of having it, whether or not it goes out.
    pub per_week: f64,
    /// A kilometre.
    pub per_km: f64,
    /// An hour of its whole crew on duty.
    pub per_crew_hour: f64,
    /// A night out of its whole crew.
    pub per_night: f64,
    /// CO₂ of a kilometre, kilograms.
    pub co2_kg_per_km: f64,
}

/// What else costs, and what all of it is stated in.
#[derive(Debug, Clone, PartialEq)]
pub struct Costs {
    /// Code of the currency (ISO 4217).
    pub currency: String,
    /// Where the figures are from; shown with them.
    pub source: Option<Text>,
    /// A week of whatever is there beside the vehicles: a hub, a coordinator.
    pub per_week: f64,
    /// An invitation sent.
    pub per_invitation: f64,
}
