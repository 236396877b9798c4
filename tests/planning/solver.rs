//! Which HiGHS the program was linked with.

use std::ffi::CStr;

/// Ready-made or built here, it is one of the versions whose plans have been looked at: those that DESIGN names.
#[test]
fn the_solver_is_one_of_the_versions_that_design_names() {
    // SAFETY: the function takes nothing and returns a text that lasts as long as the library.
    let version = unsafe { CStr::from_ptr(highs_sys::Highs_version()) }.to_str().unwrap();
    let design = include_str!("../../DESIGN.md");
    let named = design.lines().find(|line| line.starts_with("HiGHS versions:")).expect("DESIGN names them");
    assert!(named.split(['`', ' ', ',', '.']).count() > 3, "{named}");
    assert!(named.contains(&format!("`{version}`")), "{version} is none of those: {named}");
}
