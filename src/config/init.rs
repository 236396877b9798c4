//! A blank scenario for another place, every key explained, with a small example of each table.

use super::codes::Code;
use super::problem::{Problem, Problems};
use crate::i18n::reason;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// File name and content. Tables get a byte-order mark, as spreadsheets like them.
const FILES: &[(&str, &str)] = &[
    ("scenario.toml", include_str!("template/scenario.toml")),
    ("COLUMNS.md", include_str!("template/COLUMNS.md")),
    ("communes.csv", include_str!("template/communes.csv")),
    ("zones.csv", include_str!("template/zones.csv")),
    ("areas.csv", include_str!("template/areas.csv")),
    ("sites.csv", include_str!("template/sites.csv")),
    ("care-points.csv", include_str!("template/care-points.csv")),
    ("imaging-sites.csv", include_str!("template/imaging-sites.csv")),
    ("calendar.csv", include_str!("../../routes/france/calendar.csv")),
    ("past.csv", include_str!("template/past.csv")),
    ("locks.csv", include_str!("template/locks.csv")),
    ("forbidden.csv", include_str!("template/forbidden.csv")),
    ("road-nodes.csv", include_str!("template/road-nodes.csv")),
    ("road-edges.csv", include_str!("template/road-edges.csv")),
];

/// Begins the domain in the template.
const DOMAIN: &str = "exemple";

/// Writes a blank scenario and templates of its tables into a folder, which is made if need be;
/// the paths written, in order. The example loads as it is.
///
/// # Errors
/// `FILE-exists` names the files that are there already, and then nothing is written;
/// `FILE-unwritable` when a file cannot be written, and then those written are taken away again, and
/// the folder too if it was made.
pub fn init(folder: &Path) -> Result<Vec<PathBuf>, Problems> {
    let there: Vec<&str> =
        FILES.iter().map(|(name, _)| *name).filter(|name| folder.join(name).symlink_metadata().is_ok()).collect();
    if let [first, others @ ..] = there.as_slice() {
        let shown = folder.join(first).display().to_string();
        let (mut fr, mut en) = (String::new(), String::new());
        if !others.is_empty() {
            let names = others.join(", ");
            (fr, en) = (format!(", et dans le même dossier : {names}"), format!(", and in the same folder: {names}"));
        }
        return Err(Problem::new(
            Code::FileExists,
            format!("« {shown} » existe déjà{fr} ; rien n'a été écrit"),
            format!("\"{shown}\" exists already{en}; nothing has been written"),
        )
        .help("choisir un dossier vide, ou déplacer ce qui s'y trouve", "choose an empty folder, or move what is there")
        .in_file(shown)
        .into());
    }
    let made = !folder.exists();
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let mut written: Vec<PathBuf> = Vec::new();
    // Every programme has a domain of its own.
    let own = format!("{DOMAIN}-{:08x}.", rand::random::<u32>());
    for (name, text) in FILES {
        let path = folder.join(name);
        let text = text.replacen(&format!("\"{DOMAIN}."), &format!("\"{own}"), 1);
        if let Err(error) = write(folder, &path, &text) {
            for done in &written {
                // The first failure is the one to tell.
                let _ = std::fs::remove_file(done);
            }
            if made {
                let _ = std::fs::remove_dir(folder);
            }
            return Err(unwritable(&path, &error));
        }
        written.push(path);
    }
    Ok(written)
}

/// Writes a file whole or not at all, and never over another.
fn write(folder: &Path, path: &Path, text: &str) -> io::Result<()> {
    let mut file = tempfile::Builder::new().prefix(".tournee-").tempfile_in(folder)?;
    if path.extension().is_some_and(|e| e == "csv") {
        file.write_all("\u{feff}".as_bytes())?;
        for line in text.trim_start_matches('\u{feff}').lines() {
            write!(file, "{line}\r\n")?;
        }
    } else {
        file.write_all(text.as_bytes())?;
    }
    file.as_file().sync_all()?;
    readable(file.as_file())?;
    file.persist_noclobber(path).map(drop).map_err(|error| error.error)
}

/// A temporary file is its owner's alone; a template is everybody's to read.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}

fn unwritable(path: &Path, error: &io::Error) -> Problems {
    let (shown, why) = (path.display(), reason(error));
    Problem::new(
        Code::FileUnwritable,
        format!("« {shown} » ne peut pas être écrit : {}", why.fr),
        format!("\"{shown}\" cannot be written: {}", why.en),
    )
    .in_file(shown.to_string())
    .into()
}
