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

/// The headline of a TOML file; `None` if it is neither a scenario nor a comparison.
///
/// # Errors
/// The file, or one that it stands on, cannot be read as TOML.
pub fn headline(path: &Path) -> Result<Option<Headline>, Problems> {
    let mut problems = Problems::new();
    let Some((tree, _)) = tree::read(path, &mut problems) else { return Err(problems) };
    let grid = tree.child("scenario").is_some();
    if !grid && tree.child("files").is_none() {
        return Ok(None);
    }
    let text = |key: &str| tree.text(key).map(str::to_owned);
    let Some(name) = text("name") else { return Ok(None) };
    let titled = |key: &str| text(key).or_else(|| text("title")).unwrap_or_else(|| name.clone());
    Ok(Some(Headline { title: Text::new(titled("title-fr"), titled("title-en")), grid }))
}
