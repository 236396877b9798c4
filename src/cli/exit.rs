//! Exit codes, by cause.

use std::process::ExitCode;

/// How a command ended. The numbers are stable and documented in the README.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Done.
    Done,
    /// An internal error.
    Internal,
    /// Wrong usage or configuration.
    Usage,
    /// Travel times could not be had.
    Travel,
    /// Proven infeasible.
    Infeasible,
    /// No plan before the limit.
    NoPlan,
    /// A check failed.
    CheckFailed,
    /// Interrupted; the incumbent was kept.
    Interrupted,
}

impl ExitStatus {
    /// The number the shell sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Internal => 1,
            Self::Usage => 2,
            Self::Travel => 3,
            Self::Infeasible => 4,
            Self::NoPlan => 5,
            Self::CheckFailed => 6,
            Self::Interrupted => 130,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}
