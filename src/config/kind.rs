//! What sort of file somebody gave, where another sort was expected.

use super::codes::Code;
use super::problem::Problem;
use crate::sheet::title;
use std::path::Path;

/// A sort of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A scenario or a grid.
    Toml,
    /// A table.
    Csv,
    /// A plan, or another document of this program.
    Json,
    /// A workbook of a spreadsheet.
    Workbook,
    /// A page to print.
    Pdf,
}

impl FileKind {
    /// What a file looks like; `None` where nothing tells. Reads its beginning only.
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Some(Self::Workbook);
        }
        if bytes.starts_with(b"%PDF") {
            return Some(Self::Pdf);
        }
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
        let start = start.trim_start_matches('\u{feff}').trim_start();
        if start.starts_with('{') || start.starts_with("[{") {
            return Some(Self::Json);
        }
        let line = start.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'))?;
        if line.starts_with('[') && line.contains(']') {
            return Some(Self::Toml);
        }
        if line.trim_matches('"').to_ascii_lowercase().starts_with("sep=") {
            return Some(Self::Csv);
        }
        let (key, value) = line.split_once('=').unwrap_or_default();
        let key = key.trim();
        // What stands between quotation marks or behind `#` parts no cells.
        let bare: String = value.split('"').step_by(2).collect();
        let cells = bare.split('#').next().is_some_and(|bare| bare.contains([';', '\t']));
        if !cells
            && !key.is_empty()
            && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '"'))
        {
            return Some(Self::Toml);
        }
        (line.contains([';', '\t']) || line.split(',').count() > 2).then_some(Self::Csv)
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Toml => ("un scénario (TOML)", "a scenario (TOML)"),
            Self::Csv => ("un tableau (CSV)", "a table (CSV)"),
            Self::Json => ("un plan (JSON)", "a plan (JSON)"),
            Self::Workbook => ("un classeur de tableur (.xlsx, .ods)", "a workbook of a spreadsheet (.xlsx, .ods)"),
            Self::Pdf => ("un PDF", "a PDF"),
        }
    }
}

/// The problem with a file that looks like something else than what is wanted.
#[must_use]
pub fn wrong_kind(path: &Path, bytes: &[u8], wanted: FileKind) -> Option<Box<Problem>> {
    let kind = FileKind::of(bytes).filter(|kind| *kind != wanted)?;
    let (is, needed) = (kind.names(), wanted.names());
    let name = path.display().to_string();
    let problem = Problem::new(
        Code::FileKind,
        format!("« {name} » est {} ; il faut ici {}", is.0, needed.0),
        format!("\"{name}\" is {}; {} is needed here", is.1, needed.1),
    );
    let has_visits = || {
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).into_owned();
        let titles: Vec<String> = start.lines().next().unwrap_or_default().split([';', ',', '\t']).map(title).collect();
        titles.iter().any(|t| t == "open_1")
    };
    let (fr, en) = match (kind, wanted) {
        (FileKind::Workbook, _) => (
            "dans le tableur, enregistrer la feuille sous « CSV UTF-8 », et donner ce fichier",
            "in the spreadsheet, save the sheet as \"CSV UTF-8\", and give that file",
        ),
        (FileKind::Csv, FileKind::Json) if has_visits() => (
            "vouliez-vous dire : tournee check --visits FICHIER --scenario TOML ?",
            "did you mean: tournee check --visits FILE --scenario TOML?",
        ),
        (FileKind::Csv, FileKind::Toml) if has_visits() => (
            "donner le scénario (.toml) ici, et ce tableau à tournee check --visits",
            "give the scenario (.toml) here, and this table to tournee check --visits",
        ),
        (_, FileKind::Toml) => (
            "donner le fichier .toml du scénario ; tournee scenarios liste ceux qui sont fournis",
            "give the .toml file of the scenario; tournee scenarios lists those that come with the program",
        ),
        (FileKind::Toml, FileKind::Json) => (
            "donner le plan.json ici, et le scénario avec --scenario",
            "give plan.json here, and the scenario with --scenario",
        ),
        (_, FileKind::Json) => {
            ("donner un plan.json écrit par tournee plan", "give a plan.json written by tournee plan")
        }
        _ => ("donner un tableau CSV", "give a CSV table"),
    };
    Some(Box::new(problem.help(fr, en).in_file(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sort_of_a_file_is_seen_at_its_beginning() {
        for (text, kind) in [
            ("# a comment\n\nname = \"x\"\n", Some(FileKind::Toml)),
            ("[scope] # a; b\n", Some(FileKind::Toml)),
            ("title = \"a; b\" # c; d\n", Some(FileKind::Toml)),
            ("export = 2026-11-01;;\nid;name;lat\n", Some(FileKind::Csv)),
            ("\u{feff}visit;vehicle;date\n", Some(FileKind::Csv)),
            ("id,name,lat\n", Some(FileKind::Csv)),
            (" {\"a\": 1}", Some(FileKind::Json)),
            ("PK\u{3}\u{4}…", Some(FileKind::Workbook)),
            ("%PDF-1.7", Some(FileKind::Pdf)),
            ("sep=;\nid;name\n", Some(FileKind::Csv)),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(FileKind::of(text.as_bytes()), kind, "{text:?}");
        }
    }

    #[test]
    fn what_was_meant_is_guessed() {
        let help = |bytes: &[u8], wanted| wrong_kind(Path::new("f"), bytes, wanted).unwrap().help.en;
        let visits = b"visit;vehicle;date;site;open_1;close_1\n";
        assert!(help(visits, FileKind::Json).contains("check --visits"));
        assert!(help(visits, FileKind::Toml).contains("check --visits"));
        assert!(help(b"name = \"x\"", FileKind::Json).contains("--scenario"));
        assert!(help(b"PK\x03\x04", FileKind::Csv).contains("CSV UTF-8"));
        assert!(wrong_kind(Path::new("f"), visits, FileKind::Csv).is_none());
    }
}
