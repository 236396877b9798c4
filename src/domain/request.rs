//! What people ask for.

use super::{CommuneId, ServiceId};

/// A request for an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its identifier.
    pub id: String,
    /// Where it comes from.
    pub commune: CommuneId,
    /// The service.
    pub service: ServiceId,
    /// When it was made, seconds since the Unix epoch.
    pub instant: i64,
    /// A language that needs an interpreter, in lower case.
    pub language: Option<String>,
}
