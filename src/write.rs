//! Puts a set of files on disk so that nobody ever sees half of one.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;
use tempfile::TempPath;
use thiserror::Error;

/// Begin and end of the names of temporary files.
const PREFIX: &str = ".tournee-";
const SUFFIX: &str = ".tmp";
/// Age of a temporary file that nobody writes to any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// One file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Its path, relative to the output folder, with `/` between folders.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a set of files could not be written. No file is half-written then; only
/// [`WriteError::Replace`] can leave some files new and others old.
#[derive(Debug, Error)]
pub enum WriteError {
    /// A folder could not be made.
    #[error("cannot make the folder {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file could not be written: no permission, no space.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file that was to come.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file was written in full but could not take its place.
    #[error("cannot replace {}: {source}", path.display())]
    Replace {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A path that leads out of the output folder, or that two files share.
    #[error("{path:?} is not a path of its own inside the output folder")]
    Path {
        /// The path as it was given.
        path: String,
    },
}

/// Writes files into a folder, which is made if need be.
///
/// Each goes to a temporary file beside its place and to the disk; only when all are there are
/// they moved into place, one after the other, each in one step. A reader, a full disk or a loss
/// of power finds the old file or the new one, never a part. Files that are not in the set are
/// left alone, but for temporary files of more than an hour, which a run that was killed left behind. On failure the temporary files, and the folders made for them, go away again.
///
/// # Errors
/// [`WriteError`] names the path and the cause.
pub fn write_files(folder: &Path, files: &[OutputFile]) -> Result<(), WriteError> {
    let targets = targets(folder, files)?;
    let mut made = MadeFolders::default();
    let mut pending = Vec::with_capacity(files.len());
    for (target, file) in targets.into_iter().zip(files) {
        let parent = target.parent().unwrap_or(folder);
        made.make(parent)?;
        let temporary = write_temporary(parent, &target, &file.bytes)
            .map_err(|source| WriteError::Write { path: target.clone(), source })?;
        pending.push((temporary, target));
    }
    let parents: BTreeSet<PathBuf> = pending.iter().filter_map(|(_, t)| t.parent().map(Path::to_owned)).collect();
    parents.iter().for_each(|folder| remove_abandoned(folder));
    for (temporary, path) in pending {
        temporary.persist(&path).map_err(|e| WriteError::Replace { path, source: e.error })?;
    }
    for path in parents {
        sync_folder(&path).map_err(|source| WriteError::Replace { path, source })?;
    }
    Ok(())
}

fn targets(folder: &Path, files: &[OutputFile]) -> Result<Vec<PathBuf>, WriteError> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut seen = BTreeSet::new();
    files
        .iter()
        .map(|file| {
            let path = Path::new(&file.path);
            let inside = path.file_name().is_some() && path.components().all(|c| matches!(c, Component::Normal(_)));
            let target = folder.join(path);
            if inside && seen.insert(target.clone()) {
                Ok(target)
            } else {
                Err(WriteError::Path { path: file.path.clone() })
            }
        })
        .collect()
}

/// Writes what is to take the place of a file, and closes it: a round may have more files than may be open at once.
fn write_temporary(folder: &Path, target: &Path, bytes: &[u8]) -> io::Result<TempPath> {
    // A rename onto a folder, or to a name that is too long, would fail when other files are in place already; one onto a
    // device or a pipe would take its place.
    match fs::metadata(target) {
        Ok(there) if there.is_dir() => return Err(io::Error::from(io::ErrorKind::IsADirectory)),
        Ok(there) if !there.is_file() => return Err(io::Error::from(io::ErrorKind::InvalidInput)),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    // Readable as any new file is, and not by its owner alone: calendars get served.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    Ok(temporary.into_temp_path())
}

/// Removes temporary files that a run left behind which was killed. Younger ones may be somebody's.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if ours && age().is_some_and(|age| age > ABANDONED) {
            // Whoever cannot remove it cannot be helped.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A folder that others who ask wait for, until this is dropped.
#[derive(Debug)]
pub struct Turn {
    _folder: Option<fs::File>,
}

impl Turn {
    /// Waits for a folder, ten seconds at most: nobody of ours takes so long, and others may hold it for good. Where there is
    /// none, or the file system has no locks, nobody waits.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(file) = fs::File::open(folder) else { return Self { _folder: None } };
        for _ in 0..500 {
            match file.try_lock() {
                Ok(()) => return Self { _folder: Some(file) },
                Err(fs::TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
                Err(fs::TryLockError::Error(_)) => break,
            }
        }
        Self { _folder: None }
    }
}

/// Makes the renames in a folder last; other systems than Unix cannot open a folder.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Folders made on the way; those still empty at the end are taken away again.
#[derive(Default)]
struct MadeFolders(Vec<PathBuf>);

impl MadeFolders {
    fn make(&mut self, folder: &Path) -> Result<(), WriteError> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
            self.make(parent)?;
        }
        match fs::create_dir(folder) {
            Ok(()) => self.0.push(folder.to_owned()),
            Err(_) if folder.is_dir() => {}
            Err(source) => return Err(WriteError::Folder { path: folder.to_owned(), source }),
        }
        Ok(())
    }
}

impl Drop for MadeFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // Fails, as it should, for a folder with anything in it.
            let _ = fs::remove_dir(folder);
        }
    }
}
