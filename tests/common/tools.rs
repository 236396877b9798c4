//! Tools that tests need, which `make test` installs.
#![allow(dead_code)]

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Says that a test is skipped for want of something; a failure where everything must be there.
pub fn skipped(missing: &str) {
    let required = std::env::var_os("TOURNEE_REQUIRE_TOOLS").is_some_and(|v| v == "1");
    assert!(!required, "{missing} (scripts/install-test-tools.sh installs what tests need)");
    left_out(missing);
}

/// Says that a test is left out; `make test` counts them in the file that `TOURNEE_SKIPPED` names.
pub fn left_out(why: &str) {
    eprintln!("skipped: {why}");
    if let Some(file) = std::env::var_os("TOURNEE_SKIPPED") {
        let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
        writeln!(file, "{}: {why}", std::thread::current().name().unwrap_or("a test")).unwrap();
    }
}

/// Where `scripts/install-test-tools.sh` puts its packages.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tools")
}
