//! Road times, one way, between positions: the town halls of communes, sites and fixed points.
//!
//! A [`Table`] is made once for a scenario, from a [`RoadGraph`], a server ([`Osrm`]), a table of one's own ([`Matrix`]) or
//! any other [`Source`]. The shipped graph has one node per commune: for it, everything in a commune is in one place.

mod graph;
mod matrix;
mod osrm;
mod source;
mod table;

pub use graph::{RoadGraph, RoadGraphError};
pub use matrix::{Matrix, MatrixError};
pub use osrm::{Asked, Osrm, OsrmDesk, OsrmError, OsrmReport, OsrmRules};
pub use source::{Source, place_code};
pub use table::{Leg, Table, Trip};
