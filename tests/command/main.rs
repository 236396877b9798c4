//! The program as it is called: what it says, what it writes, how it ends.
#![allow(missing_docs)]

#[path = "../common/program.rs"]
mod program;
#[path = "../common/server.rs"]
mod server;
#[path = "../common/tools.rs"]
mod tools;

mod basics;
mod benchmark;
mod codes;
mod compare;
mod exits;
mod explain;
mod fuzz;
mod geometry;
mod hostile;
mod kept;
mod log_json;
mod nights;
mod osrm;
mod osrm_faults;
mod promise;
mod readme;
mod replan;
mod respond;
mod scenarios;
mod weeks;
