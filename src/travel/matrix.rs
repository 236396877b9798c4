//! Trips from a table that was made elsewhere.

use super::source::Source;
use super::table::Trip;
use crate::domain::{PositionId, Scenario};
use rustc_hash::FxHashMap;
use thiserror::Error;

/// Pairs that are named when trips are missing.
const NAMED: usize = 10;

/// Trips that a table does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{missing} trips are missing")]
pub struct MatrixError {
    /// How many.
    pub missing: usize,
    /// The first of them, from and to, in the order of positions.
    pub first: Vec<(PositionId, PositionId)>,
}

/// A table of trips by car, without the door-to-door share.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    /// Whole seconds and metres, by origin and destination.
    pub trips: FxHashMap<(PositionId, PositionId), (u32, u32)>,
}

impl Source for Matrix {
    type Error = MatrixError;

    fn trips(&self, _: &Scenario, from: &[PositionId], to: &[PositionId]) -> Result<Vec<Trip>, MatrixError> {
        let mut out = Vec::with_capacity(from.len() * to.len());
        let mut missing = MatrixError { missing: 0, first: Vec::new() };
        for &a in from {
            for &b in to {
                // A place is where it is: its own trip may be left out.
                let known = self.trips.get(&(a, b)).copied().or((a == b).then_some((0, 0)));
                if known.is_none() {
                    missing.missing += 1;
                    if missing.first.len() < NAMED {
                        missing.first.push((a, b));
                    }
                }
                out.push(known);
            }
        }
        if missing.missing == 0 { Ok(out) } else { Err(missing) }
    }
}
