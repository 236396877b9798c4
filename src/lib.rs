//! Plans, and proves, the rounds of a mobile breast-screening truck and of mobile clinic vans.
//!
//! The library is one straight line:
//!
//! ```text
//! TOML + CSV ─▶ config ─▶ Scenario ─▶ travel ─▶ demand ─▶ optimise ─▶ Plan ─▶ check ─▶ explain ─▶ report ─▶ publish
//! ```
//!
//! * [`config`] reads what a coordinator edits and turns it into one validated, immutable
//!   [`domain::Scenario`], or into a list of coded errors.
//! * [`travel`] gets the road times between places once: from a road graph, a server or a table.
//! * [`demand`] says who is due, who would come where, and what a set of visits is worth.
//! * [`optimise`] chooses the tours and proves how far they are from the best possible ones.
//! * [`chosen`] completes visits that somebody chose by hand instead.
//! * [`plan`] is the result, as it is written to `plan.json`.
//! * [`check`] recomputes everything in a plan from the inputs, sharing no evaluation with
//!   [`optimise`], and names each broken rule.
//! * [`explain`] says why a town is not in a plan: the rules that forbid it, or the price of serving
//!   it, by solving again.
//! * [`compare`] solves many scenarios and says what may be claimed of them.
//! * [`promise`] measures how soon care is within reach.
//! * [`report`] says what a plan means for territories and communes over a long round.
//! * [`publish`] writes calendars and spreadsheets.
//! * [`sheet`] cuts tables into cells, and writes them.
//! * [`mod@write`] writes a set of files so that none is ever seen half-written.
//!
//! Arrows point one way only; nothing below [`cli`] knows the command line, the clock or the
//! environment.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod check;
pub mod chosen;
pub mod cli;
pub mod compare;
pub mod config;
pub mod demand;
pub mod domain;
pub mod explain;
pub mod i18n;
pub mod optimise;
pub mod plan;
pub mod promise;
pub mod publish;
pub mod replan;
pub mod report;
pub mod respond;
pub mod sheet;
pub mod travel;
pub mod units;
pub mod write;
