//! One function a rule.

pub(super) mod breaks;
pub(super) mod chain;
pub(super) mod coverage;
pub(super) mod crew;
pub(super) mod decided;
pub(super) mod duty;
pub(super) mod format;
pub(super) mod hosts;
pub(super) mod instants;
pub(super) mod nights;
pub(super) mod offers;
pub(super) mod quality;
pub(super) mod revision;
pub(super) mod sessions;
pub(super) mod sites;
