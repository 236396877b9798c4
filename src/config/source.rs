//! Text of an input file, with its lines, so that a byte can be called line and column.

use super::codes::Code;
use super::problem::Problem;
use super::shipped;
use crate::i18n::{is_control, reason};
use icu_normalizer::ComposingNormalizerBorrowed;
use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Bytes of a file, packed or unpacked, at most: what is read beside them then fits into 1 GB.
pub(super) const LARGEST: u64 = 256_000_000;

/// Ends of lines of a file, at most.
const MOST_LINES: usize = 40_000_000;

/// The text of one file.
#[derive(Debug)]
pub struct Source {
    /// The file as the user would name it.
    pub name: String,
    /// Its text, without a byte-order mark.
    pub text: String,
    /// First byte of each line: no file of more than 4 GB is read.
    line_starts: Vec<u32>,
}

impl Source {
    /// A file's text under a name.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let bytes = text.as_bytes();
        let ends = |k: &usize| bytes[*k] == b'\n' || (bytes[*k] == b'\r' && bytes.get(k + 1) != Some(&b'\n'));
        let starts = (0..bytes.len()).filter(ends).map(|at| at + 1);
        let line_starts = std::iter::once(0).chain(starts.filter_map(|at| u32::try_from(at).ok())).collect();
        Arc::new(Self { name: name.into(), text, line_starts })
    }

    /// 1-based line and column, in characters, of a byte.
    #[must_use]
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let byte = byte.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start as usize <= byte);
        let start = self.line_starts[line - 1] as usize;
        (line, self.text.get(start..byte).map_or(1, |before| before.chars().count() + 1))
    }

    /// The bytes of a 1-based line, without its end; `None` beyond the last one.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<Range<usize>> {
        let start = *self.line_starts.get(line.checked_sub(1)?)? as usize;
        let end = self.line_starts.get(line).map_or(self.text.len(), |end| *end as usize);
        Some(start..start + self.text[start..end].trim_end_matches(['\r', '\n']).len())
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

/// All that a reader gives; `None` if it is more than so many bytes.
pub(super) fn at_most(reader: impl Read, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= most))
}

/// A file of more than [`LARGEST`] bytes.
pub(super) fn too_large(name: &str) -> Problem {
    let most = LARGEST / 1_000_000;
    Problem::new(
        Code::FileSize,
        format!("le fichier « {name} » a plus de {most} Mo"),
        format!("the file \"{name}\" has more than {most} MB"),
    )
    .in_file(name)
}

/// The bytes of a file, or of one that the program carries; 256 MB at most.
///
/// # Errors
/// `FILE-missing`, `FILE-size`, or `FILE-unreadable` with the reason.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Box<Problem>> {
    let name = path.display();
    let read = if shipped::is_shipped(path) {
        shipped::bytes(path).map(|bytes| Some(bytes.to_vec())).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    } else {
        std::fs::File::open(path).and_then(|file| at_most(file, LARGEST))
    };
    if let Ok(None) = read {
        return Err(Box::new(too_large(&name.to_string())));
    }
    read.map(Option::unwrap_or_default).map_err(|error| {
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

/// Bytes as text: UTF-8, with or without a byte-order mark. Letters come out in one form, however their accents were
/// written (NFC of Unicode Standard Annex 15).
pub(super) fn decode(name: String, bytes: &[u8]) -> Result<Arc<Source>, Box<Problem>> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Box::new(
            Problem::new(Code::Encoding, "le fichier est en UTF-16, pas en UTF-8", "the file is in UTF-16, not UTF-8")
                .in_file(name),
        ));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    if bytes.iter().filter(|b| matches!(b, b'\n' | b'\r')).count() > MOST_LINES {
        let most = MOST_LINES / 1_000_000;
        let problem = Problem::new(
            Code::FileSize,
            format!("le fichier a plus de {most} millions de lignes"),
            format!("the file has more than {most} million lines"),
        );
        return Err(Box::new(problem.in_file(name)));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let source = Source::new(name, composed(text));
            match source.text.char_indices().find(|(_, c)| is_control(*c) && !matches!(c, '\t' | '\r' | '\n')) {
                Some((at, c)) => Err(Box::new(control_character(c).at(&source, at..at + c.len_utf8()))),
                None => Ok(source),
            }
        }
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

/// The text with letters in one piece, as keyboards write them: macOS may keep `é` as `e` and an accent.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { text.into() } else { ComposingNormalizerBorrowed::new_nfc().normalize(text) }
}

/// A text with a character that commands a terminal or turns the direction of writing.
pub(super) fn control_character(c: char) -> Problem {
    let code = u32::from(c);
    Problem::new(
        Code::ControlCharacter,
        format!("il y a ici un caractère invisible (U+{code:04X})"),
        format!("there is an invisible character here (U+{code:04X})"),
    )
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
        let source = Source::new("x", "a\rb\r\nc");
        assert_eq!((source.position(2), source.position(5)), ((2, 1), (3, 1)));
        assert_eq!((source.line(2), source.line(3), source.line(4)), (Some(2..3), Some(5..6), None));
    }

    #[test]
    fn texts_come_in_one_form_without_commands() {
        assert_eq!(decode("x".into(), "Che\u{301}reng".as_bytes()).unwrap().text, "Chéreng");
        for bad in ["a\u{1b}[2J", "b\u{9b}", "c\u{202e}", "\0"] {
            let problem = decode("x".into(), bad.as_bytes()).unwrap_err();
            assert_eq!(problem.code, Code::ControlCharacter, "{bad:?}");
        }
    }

    #[test]
    fn paths_are_tidied_without_looking() {
        assert_eq!(tidy(Path::new("config/../routes/./a.csv")), Path::new("routes/a.csv"));
        assert_eq!(tidy(Path::new("../routes/a.csv")), Path::new("../routes/a.csv"));
    }
}
