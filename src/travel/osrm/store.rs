//! What the server has answered before, on disk.
//!
//! ```text
//! <cache>/osrm/<server, profile, options>/<time of the server's data>/
//!     about.json          what the two folders are of
//!     <digest>.trips      trips between some coordinates, as they came
//!     <digest>.path       the path of one trip
//! ```
//!
//! Each file ends with the SHA-256 of what is before, and takes its place whole or not at all. Files are named by what
//! they are about, so that a run that was killed goes on where it stopped.

use super::OsrmError;
use super::answer::{Block, Cell, Coordinate};
use crate::write::{OutputFile, write_files};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// First bytes of a file of trips; the number is that of the format.
const TRIPS: &[u8] = b"tournee trips 1\n";
/// First bytes of a file of a path.
const PATH: &[u8] = b"tournee path 1\n";
/// Bytes of a digest.
const DIGEST: usize = 32;

/// What a folder is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    pub server: String,
    pub profile: String,
    /// Options of the requests that change the answers.
    pub options: String,
    /// Time of the server's data; empty where it does not tell.
    pub data_version: String,
}

/// The answers of one server, profile and state of its data.
#[derive(Debug)]
pub(super) struct Store {
    folder: PathBuf,
    /// Where answers are kept while all are asked for again; they take the place of the others at the end.
    fresh: Option<PathBuf>,
}

/// What a block file says of itself, before its numbers.
#[derive(Serialize, Deserialize)]
struct Head {
    from: Vec<Coordinate>,
    to: Vec<Coordinate>,
    estimated: Vec<u32>,
}

impl Store {
    /// The folder of some answers; `refresh` for new ones, which [`Self::finish`] puts in their place.
    ///
    /// # Errors
    /// [`OsrmError::Cache`].
    pub fn open(cache: &Path, about: &About, refresh: bool) -> Result<Self, OsrmError> {
        let folder = family(cache, about).join(digest(about.data_version.as_bytes()));
        let fresh = refresh.then(|| folder.with_extension("fresh"));
        let store = Self { folder, fresh };
        let text = serde_json::to_vec_pretty(about).unwrap_or_default();
        store.write("about.json", text)?;
        Ok(store)
    }

    /// The newest answers of a server and profile, whatever the time of its data; with that time. `None` where there are
    /// none.
    pub fn newest(cache: &Path, about: &About) -> Option<(Self, String)> {
        let folders = fs::read_dir(family(cache, about)).ok()?;
        let known = folders.filter_map(|entry| {
            let folder = entry.ok()?.path();
            let kept: About = serde_json::from_slice(&fs::read(folder.join("about.json")).ok()?).ok()?;
            let same = About { data_version: kept.data_version.clone(), ..about.clone() } == kept;
            (same && folder.extension().is_none()).then_some((kept.data_version, folder))
        });
        let (version, folder) = known.max()?;
        Some((Self { folder, fresh: None }, version))
    }

    fn place(&self) -> &Path {
        self.fresh.as_deref().unwrap_or(&self.folder)
    }

    fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), OsrmError> {
        write_files(self.place(), &[OutputFile { path: name.into(), bytes }])
            .map_err(|error| OsrmError::Cache { why: error.to_string() })
    }

    /// Every block kept, and the files that are damaged; those go.
    pub fn blocks(&self) -> (Vec<Block>, Vec<PathBuf>) {
        let (mut good, mut damaged) = (Vec::new(), Vec::new());
        let entries = fs::read_dir(self.place()).into_iter().flatten();
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|e| e == "trips"));
        files.sort();
        for file in files {
            match fs::read(&file).ok().as_deref().and_then(read_block) {
                Some(block) => good.push(block),
                None => {
                    let _ = fs::remove_file(&file);
                    damaged.push(file);
                }
            }
        }
        (good, damaged)
    }

    /// Keeps a block.
    ///
    /// # Errors
    /// [`OsrmError::Cache`].
    pub fn keep(&self, block: &Block) -> Result<(), OsrmError> {
        let head = Head { from: block.from.clone(), to: block.to.clone(), estimated: block.estimated.clone() };
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let mut bytes = TRIPS.to_vec();
        bytes.extend(u32::try_from(head.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(&head);
        for (seconds, metres) in &block.cells {
            bytes.extend(seconds.to_le_bytes());
            bytes.extend(metres.to_le_bytes());
        }
        self.write(&format!("{}.trips", digest(&head)), sealed(bytes))
    }

    /// The path of a trip, where it is kept; `Some(None)` where it is kept that there is none.
    pub fn path(&self, from: Coordinate, to: Coordinate) -> Option<Option<String>> {
        let bytes = fs::read(self.place().join(path_name(from, to))).ok()?;
        let text = String::from_utf8(unsealed(&bytes)?.strip_prefix(PATH)?.to_vec()).ok()?;
        Some((!text.is_empty()).then_some(text))
    }

    /// Keeps the path of a trip.
    ///
    /// # Errors
    /// [`OsrmError::Cache`].
    pub fn keep_path(&self, from: Coordinate, to: Coordinate, path: Option<&str>) -> Result<(), OsrmError> {
        let bytes = [PATH, path.unwrap_or_default().as_bytes()].concat();
        self.write(&path_name(from, to), sealed(bytes))
    }

    /// Puts fresh answers in the place of the old ones.
    ///
    /// # Errors
    /// [`OsrmError::Cache`].
    pub fn finish(&mut self) -> Result<(), OsrmError> {
        let Some(fresh) = self.fresh.take() else { return Ok(()) };
        let swap = || -> std::io::Result<()> {
            if self.folder.exists() {
                fs::remove_dir_all(&self.folder)?;
            }
            fs::rename(&fresh, &self.folder)
        };
        swap().map_err(|error| OsrmError::Cache { why: format!("{}: {error}", self.folder.display()) })
    }
}

/// The folder of all that a server and profile answered.
fn family(cache: &Path, about: &About) -> PathBuf {
    let text = [&*about.server, &*about.profile, &*about.options].join("\n");
    cache.join("osrm").join(digest(text.as_bytes()))
}

fn path_name(from: Coordinate, to: Coordinate) -> String {
    format!("{}.path", digest(format!("{from:?}{to:?}").as_bytes()))
}

/// The first 16 hexadecimal digits of a SHA-256: enough for a name.
fn digest(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in &Sha256::digest(bytes)[..8] {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let seal = Sha256::digest(&bytes);
    bytes.extend(seal);
    bytes
}

fn unsealed(bytes: &[u8]) -> Option<&[u8]> {
    let (body, seal) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
    (Sha256::digest(body)[..] == *seal).then_some(body)
}

fn read_block(bytes: &[u8]) -> Option<Block> {
    let rest = unsealed(bytes)?.strip_prefix(TRIPS)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (head, numbers) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let Head { from, to, estimated } = serde_json::from_slice(head).ok()?;
    let (cells, rest) = numbers.as_chunks::<8>();
    let number = |bytes: &[u8]| bytes.try_into().map(u32::from_le_bytes).ok();
    let cells: Vec<Cell> = cells.iter().map(|c| Some((number(&c[..4])?, number(&c[4..])?))).collect::<Option<_>>()?;
    let whole = rest.is_empty() && cells.len() == from.len() * to.len();
    whole.then_some(Block { from, to, cells, estimated })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(version: &str) -> About {
        let text = str::to_owned;
        About { server: text("http://a"), profile: text("car"), options: text(""), data_version: text(version) }
    }

    fn block(seconds: u32) -> Block {
        Block { from: vec![(1, 2)], to: vec![(1, 2), (3, 4)], cells: vec![(0, 0), (seconds, 9)], estimated: vec![1] }
    }

    #[test]
    fn what_is_kept_is_read_and_what_is_damaged_is_told() {
        let cache = tempfile::tempdir().unwrap();
        let store = Store::open(cache.path(), &about("v1"), false).unwrap();
        store.keep(&block(61)).unwrap();
        assert_eq!(store.blocks(), (vec![block(61)], vec![]));
        store.keep_path((1, 2), (3, 4), Some("_p~iF~ps|U_ulL")).unwrap();
        assert_eq!(store.path((1, 2), (3, 4)), Some(Some("_p~iF~ps|U_ulL".to_owned())));
        assert_eq!(store.path((3, 4), (1, 2)), None);
        // Any byte that is changed, or cut off.
        let file = fs::read_dir(store.place()).unwrap().map(|e| e.unwrap().path());
        let file = file.into_iter().find(|f| f.extension().is_some_and(|e| e == "trips")).unwrap();
        let good = fs::read(&file).unwrap();
        for k in 0..good.len() {
            let mut bad = good.clone();
            bad[k] ^= 1;
            assert_eq!(read_block(&bad), None, "byte {k}");
            assert_eq!(read_block(&good[..k]), None, "cut at {k}");
        }
        fs::write(&file, &good[1..]).unwrap();
        assert_eq!(store.blocks(), (vec![], vec![file.clone()]));
        assert!(!file.exists());
    }

    #[test]
    fn answers_of_other_data_and_servers_are_kept_apart() {
        let cache = tempfile::tempdir().unwrap();
        assert!(Store::newest(cache.path(), &about("")).is_none());
        Store::open(cache.path(), &about("2026-01"), false).unwrap().keep(&block(1)).unwrap();
        Store::open(cache.path(), &about("2026-02"), false).unwrap().keep(&block(2)).unwrap();
        let other = About { profile: "truck".into(), ..about("2026-03") };
        Store::open(cache.path(), &other, false).unwrap().keep(&block(3)).unwrap();
        let (store, version) = Store::newest(cache.path(), &about("")).unwrap();
        assert_eq!((store.blocks().0, &*version), (vec![block(2)], "2026-02"));
    }

    #[test]
    fn fresh_answers_take_the_place_of_old_ones_at_the_end() {
        let cache = tempfile::tempdir().unwrap();
        Store::open(cache.path(), &about(""), false).unwrap().keep(&block(1)).unwrap();
        let mut store = Store::open(cache.path(), &about(""), true).unwrap();
        assert_eq!(store.blocks().0, vec![]);
        store.keep(&block(2)).unwrap();
        // Killed now, the old ones are there, and the next time it goes on.
        assert_eq!(Store::open(cache.path(), &about(""), false).unwrap().blocks().0, vec![block(1)]);
        assert_eq!(Store::newest(cache.path(), &about("")).unwrap().0.blocks().0, vec![block(1)]);
        store.finish().unwrap();
        assert_eq!(Store::open(cache.path(), &about(""), false).unwrap().blocks().0, vec![block(2)]);
    }
}
