//! Planning anew after something changed: a vehicle is down, a site is closed, more is locked.
//!
//! What has begun is past, and stays; what is locked stays as it was published, invitations included. Everything else may
//! change, at a price each and within a budget (model.md section 9). [`revision`] says what is fixed, [`revise`]
//! puts it into the scenario, and [`settle`] gives the visits of the new plan their identities and states
//! what is different.

mod revise;
mod settle;

pub use revise::{Asked, ReplanError, begun, revise, revision};
pub use settle::settle;
