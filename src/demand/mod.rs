//! Who is due, who would come where, and what attendance is worth (model.md section 4).
//!
//! The optimiser works from these numbers. The checker does not: it computes them again.

mod pool;
mod value;

pub use pool::{Demand, Fixed, Reach, ServiceDemand, uptake, whole};
pub use value::{Step, value_of, value_steps};
