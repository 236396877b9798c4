//! What is published: calendars and tables, as foreign programs read them, and how files are written.
#![allow(missing_docs)]

#[path = "../common/tools.rs"]
mod tools;

mod foreign;
mod ical;
mod support;
mod tables;
mod write;
