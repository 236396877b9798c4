//! Services, their pools and the value of coverage.

use super::{CareStatus, CrewId, FollowUp, Promise};
use crate::units::{People, Seconds};

/// A kind of appointment.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Identifier, such as `mammography`.
    pub id: String,
    /// Name in French and in English.
    pub name: crate::i18n::Text,
    /// Length of one appointment.
    pub appointment: Seconds,
    /// Weight of its coverage in the score.
    pub weight: f64,
    /// Expected attendance of a visit is at most its appointments times this, less `reserve`.
    pub overbooking: f64,
    /// Appointments of each visit held back for requests.
    pub reserve: u32,
    /// Scarce crew it needs wherever it is offered, sorted.
    pub crew: Vec<CrewId>,
    /// Its pool; a service without one counts only through the promise.
    pub pool: Option<Pool>,
    /// How soon and how near it is promised.
    pub promise: Promise,
    /// Where people go on to after a visit; always there for screening.
    pub follow_up: Option<FollowUp>,
}

/// Where the people who may be invited come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PoolSource {
    /// Women 50–74 who do not take part yet: `floor(women × (1 − participation))`; they come
    /// due again as `floor(participation × women × days / 730)`.
    WomenDue {
        /// Share who take part, where the commune has none of its own.
        participation: f64,
    },
    /// Residents without a GP: the commune's own count, else this share of the population.
    WithoutGp {
        /// Share of the population, 0 to 1.
        share: f64,
    },
    /// A share of the population.
    Residents {
        /// Share of the population, 0 to 1.
        share: f64,
    },
}

/// The fixed places against which additional attendance is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// Fixed imaging sites.
    Imaging,
    /// Care points that offer the service.
    CarePoints,
}

/// `g_i = 1 − b · 2^(−f_i / k)` of model.md section 4.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Additionality {
    /// The fixed places `f_i` is measured to.
    pub reference: Reference,
    /// `b`, 0 to 1.
    pub b: f64,
    /// Half-distance `k`, minutes.
    pub half_minutes: f64,
    /// Whether planned places that the scenario takes as open count, too.
    pub count_planned: bool,
}

impl Additionality {
    /// Whether a fixed place of a status counts.
    #[must_use]
    pub fn counts(&self, status: CareStatus) -> bool {
        match status {
            CareStatus::Open | CareStatus::Demonstration => true,
            CareStatus::Counted => self.count_planned,
            CareStatus::Planned => false,
        }
    }
}

/// The pool of a service and how people answer an invitation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pool {
    /// Where its people come from.
    pub source: PoolSource,
    /// `u0`: uptake at the door.
    pub uptake: f64,
    /// `h`: half-distance of uptake, minutes.
    pub half_minutes: f64,
    /// Share of attendance that is additional; all of it when absent.
    pub additionality: Option<Additionality>,
    /// `κ`: invitations per appointment.
    pub invitations_per_appointment: f64,
    /// Share of a commune's due people that one stay may invite.
    pub max_invited_share: f64,
    /// Share of what a stay may invite that goes to the commune which hosts it (rule 12 of model.md); 0 for none.
    pub host_share: f64,
    /// Fewest people of a commune that one visit invites, if it invites any (rule 13); 1 for any number.
    pub min_invitations: u32,
    /// `A`: appointments a week that the fair share is measured by.
    pub fairness_appointments_per_week: f64,
}

impl Service {
    /// Expected attendance of a visit with so many appointments, at most:
    /// `max(0, appointments · overbooking − reserve)`.
    #[must_use]
    pub fn seats(&self, appointments: u32) -> f64 {
        (f64::from(appointments) * self.overbooking - f64::from(self.reserve)).max(0.0)
    }
}

impl Pool {
    /// `floor(κ · appointments)`: how many invitations a visit with so many appointments may
    /// send.
    #[must_use]
    pub fn invitations(&self, appointments: u32) -> People {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        People((self.invitations_per_appointment * f64::from(appointments) + 1e-9).floor() as u32)
    }
}

/// One step of the concave value `V_z`, in fair shares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueStep {
    /// Where the step ends, in fair shares; `None` for the last one.
    pub up_to: Option<f64>,
    /// Value of one additional, weighted contact within the step.
    pub slope: f64,
}

/// Fairness between territories.
#[derive(Debug, Clone, PartialEq)]
pub struct Fairness {
    /// Weeks over which a fair share is counted, at least.
    pub weeks: u32,
    /// Steps of the value, slopes positive and non-increasing; the last one has no end.
    pub steps: Vec<ValueStep>,
}
