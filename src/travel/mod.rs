//! Road times, one way, between communes.
//!
//! Sites, bases and care points stand at the road node of their commune: the shipped graph
//! has one node per commune. A road-time server ([`Table`]'s second maker) has its own place
//! beside `graph`.

mod graph;
mod table;

pub use graph::{RoadGraph, RoadGraphError};
pub use table::{Leg, Table};
