//! What is planned, on scenarios made by hand and on the shipped ones.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod article;
mod conflict;
mod explain;
mod follow_up;
mod identities;
mod promise;
mod respond;
mod rounds;
mod solver;
mod unkept;
