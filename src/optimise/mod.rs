//! Chooses the tours, and proves how far they are from the best possible ones.
pub mod lp;
pub mod package;
