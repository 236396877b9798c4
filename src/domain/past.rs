//! Visits made before the horizon.

use super::{CommuneId, ServiceId, SiteId};
use crate::units::People;
use chrono::NaiveDate;

/// Who was invited to a past visit, and who came, from one commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastInvitation {
    /// The service.
    pub service: ServiceId,
    /// The commune.
    pub commune: CommuneId,
    /// People invited.
    pub invited: People,
    /// People who came.
    pub attended: People,
}

/// A visit made before the horizon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastVisit {
    /// Its identity.
    pub id: String,
    /// Its date.
    pub date: NaiveDate,
    /// Identifier of the vehicle, which may no longer be in the fleet.
    pub vehicle: String,
    /// The site, where the scenario still has it.
    pub site: Option<SiteId>,
    /// Invited and attended, per service and commune.
    pub invitations: Vec<PastInvitation>,
}
