//! The scenarios of `config/` and the ground of `routes/`, which the program carries with it, so that it plans wherever
//! it is.

use std::path::{Path, PathBuf};

/// What the path of a shipped file begins with, as in `tournee:/config/nord.toml`.
pub const SHIPPED: &str = "tournee:";

/// Path in the project, and bytes; in the order of paths.
static FILES: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// Whether a path means a file that the program carries.
pub(super) fn is_shipped(path: &Path) -> bool {
    path.starts_with(SHIPPED)
}

/// The bytes of a shipped file; `None` if there is no such file.
#[must_use]
pub(super) fn bytes(path: &Path) -> Option<&'static [u8]> {
    let inside = path.strip_prefix(SHIPPED).ok()?.to_str()?;
    FILES.binary_search_by_key(&inside, |(name, _)| name).ok().map(|at| FILES[at].1)
}

/// The shipped scenarios and comparisons: their names and paths, in the order of names.
pub fn shipped_scenarios() -> impl Iterator<Item = (&'static str, PathBuf)> {
    FILES.iter().filter_map(|(path, _)| {
        let name = path.strip_prefix("config/")?.strip_suffix(".toml")?;
        Some((name, [SHIPPED, path].iter().collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_is_found_and_nothing_else() {
        assert!(bytes(Path::new("tournee:/config/nord.toml")).is_some_and(|b| b.starts_with(b"# ")));
        assert_eq!(bytes(Path::new("tournee:/routes/build/build.py")), None);
        assert_eq!(bytes(Path::new("config/nord.toml")), None);
        assert!(shipped_scenarios().any(|(name, path)| name == "nord" && bytes(&path).is_some()));
        assert!(FILES.is_sorted(), "the search needs them in order");
    }
}
