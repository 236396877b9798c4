//! What people write is read: what is right means what it says, what is wrong is named, all at once.
#![allow(missing_docs)]

#[path = "../common/program.rs"]
mod program;

mod attendance;
mod bad;
mod config;
mod grid;
