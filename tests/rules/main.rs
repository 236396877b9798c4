//! The checker, rule by rule: the good plan passes, and a plan that breaks one rule is refused
//! with that rule's code and no other.

#[path = "../common/mod.rs"]
mod common;

/// A test for each case, and the list of all of them for [`every_code_is_exercised`].
macro_rules! cases {
    ($($name:ident, $code:literal, $kind:ident, $change:expr;)*) => {
        pub const CODES_BROKEN: &[&str] = &[$($code),*];
        $(
            #[test]
            fn $name() {
                $crate::common::breaks_only($code, &$crate::common::Break::$kind($change));
            }
        )*
    };
}

mod coverage;
mod days;
mod file;
mod good;
mod hosts;
mod nights;
mod revision;
mod robust;
mod sites;

use std::collections::BTreeSet;

#[test]
fn every_code_is_exercised() {
    let lists = [
        coverage::CODES_BROKEN,
        days::CODES_BROKEN,
        file::CODES_BROKEN,
        hosts::CODES_BROKEN,
        nights::CODES_BROKEN,
        revision::CODES_BROKEN,
        sites::CODES_BROKEN,
    ];
    let broken: BTreeSet<&str> = lists.into_iter().flatten().copied().collect();
    // Answers to requests have tests of their own.
    let codes = tournee::check::CODES.iter().map(|line| line.code);
    let all: BTreeSet<&str> = codes.filter(|code| !code.starts_with("B-")).collect();
    assert_eq!(broken, all);
}
