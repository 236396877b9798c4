//! What a scenario or a comparison calls itself, without reading its tables.

use super::problem::Problems;
use super::tree;
use crate::i18n::Text;
use std::path::Path;

/// What a file says of itself.
#[derive(Debug, Clone)]
pub struct Headline {
    /// Its title; its name where it has none.
    pub title: Text,
    /// Whether it compares scenarios.
    pub grid: bool,
}

/// The headline of a TOML file; `None` if it is not a scenario or a comparison.
#[must_use]
pub fn headline(path: &Path) -> Option<Headline> {
    let tree = tree::read(path, &mut Problems::new())?;
    let grid = tree.child("scenario").is_some();
    if !grid && tree.child("files").is_none() {
        return None;
    }
    let text = |key: &str| tree.text(key).map(str::to_owned);
    let name = text("name")?;
    let titled = |key: &str| text(key).or_else(|| text("title")).unwrap_or_else(|| name.clone());
    Some(Headline { title: Text::new(titled("title-fr"), titled("title-en")), grid })
}
