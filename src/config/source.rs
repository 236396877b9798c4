//! Text of an input file, with its lines, so that a byte can be called line and column.

use super::codes::Code;
use super::problem::Problem;
use super::shipped;
use crate::i18n::reason;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// The text of one file.
#[derive(Debug)]
pub struct Source {
    /// The file as the user would name it.
    pub name: String,
    /// Its text, without a byte-order mark.
    pub text: String,
    line_starts: Vec<usize>,
}

impl Source {
    /// A file's text under a name.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Arc::new(Self { name: name.into(), text, line_starts })
    }

    /// 1-based line and column, in characters, of a byte.
    #[must_use]
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let byte = byte.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= byte);
        let start = self.line_starts[line - 1];
        (line, self.text.get(start..byte).map_or(1, |before| before.chars().count() + 1))
    }

    /// The bytes of the first line.
    #[must_use]
    pub fn first_line(&self) -> Range<usize> {
        0..self.text.find(['\r', '\n']).unwrap_or(self.text.len())
    }
}

/// A path as people write it: `config/../routes` becomes `routes`; nothing is looked up.
#[must_use]
pub fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            // Nothing is above the files that the program carries.
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(name)) if name != shipped::SHIPPED) =>
            {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

/// The file that a text in a file names, relative to that file's folder, or one that the program carries.
pub(super) fn beside(folder: &Path, name: &str) -> PathBuf {
    let named = Path::new(name);
    tidy(&if shipped::is_shipped(named) { named.to_owned() } else { folder.join(named) })
}

/// Whether there is such a file, on the disk or among those that the program carries.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    if shipped::is_shipped(path) { shipped::bytes(path).is_some() } else { path.exists() }
}

/// The bytes of a file, or of one that the program carries.
///
/// # Errors
/// `FILE-missing`, or `FILE-unreadable` with the reason.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Box<Problem>> {
    let name = path.display();
    let read = if shipped::is_shipped(path) {
        shipped::bytes(path).map(<[u8]>::to_vec).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    } else {
        std::fs::read(path)
    };
    read.map_err(|error| {
        Box::new(if error.kind() == std::io::ErrorKind::NotFound {
            Problem::new(
                Code::FileMissing,
                format!("le fichier « {name} » n'existe pas"),
                format!("there is no file \"{name}\""),
            )
            .help("vérifier le chemin", "check the path")
            .in_file(name.to_string())
        } else {
            let why = reason(&error);
            Problem::new(
                Code::FileUnreadable,
                format!("le fichier « {name} » ne peut pas être lu : {}", why.fr),
                format!("the file \"{name}\" cannot be read: {}", why.en),
            )
            .in_file(name.to_string())
        })
    })
}

/// Bytes as text: UTF-8, with or without a byte-order mark.
pub(super) fn decode(name: String, bytes: &[u8]) -> Result<Arc<Source>, Box<Problem>> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Box::new(
            Problem::new(Code::Encoding, "le fichier est en UTF-16, pas en UTF-8", "the file is in UTF-16, not UTF-8")
                .in_file(name),
        ));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => {
            let good = error.valid_up_to();
            let bad = bytes[good];
            // What Latin-1 would make of the rest, so that the snippet shows the word meant.
            let mut text = String::from_utf8_lossy(&bytes[..good]).into_owned();
            text.extend(bytes[good..].iter().map(|b| char::from(*b)));
            let width = char::from(bad).len_utf8();
            let source = Source::new(name, text);
            Err(Box::new(
                Problem::new(
                    Code::Encoding,
                    format!("ce caractère n'est pas de l'UTF-8 (octet {bad:#04x}) : le fichier est sans doute en Latin-1 ou Windows-1252"),
                    format!("this character is not UTF-8 (byte {bad:#04x}): the file is probably in Latin-1 or Windows-1252"),
                )
                .at(&source, good..good + width),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters() {
        let source = Source::new("x", "é;b\nœuf;d\n");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(3), (1, 3));
        assert_eq!(source.position(source.text.find('d').unwrap()), (2, 5));
        assert_eq!(source.position(999), (3, 1));
    }

    #[test]
    fn paths_are_tidied_without_looking() {
        assert_eq!(tidy(Path::new("config/../routes/./a.csv")), Path::new("routes/a.csv"));
        assert_eq!(tidy(Path::new("../routes/a.csv")), Path::new("../routes/a.csv"));
    }
}
