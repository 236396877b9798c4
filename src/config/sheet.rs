//! A CSV table as a coordinator keeps it, every cell with the place it was written at.

use super::codes::Code;
use super::kind::{FileKind, wrong_kind};
use super::problem::{Problem, Problems, Severity};
use super::source::{Source, decode, read_bytes};
use super::tree::Node;
use crate::i18n::nearest;
use crate::sheet::{Dialect, Refused, Rows, title};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::Cell;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file that the scenario or the command line names.
#[derive(Debug, Clone)]
pub(super) struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// The TOML value that names it, if one does.
    pub named_by: Option<Node>,
}

impl Input {
    /// Its bytes; a missing file is reported where it is named.
    pub fn read(&self, problems: &mut Problems) -> Option<Vec<u8>> {
        match read_bytes(&self.path) {
            Ok(bytes) => Some(bytes),
            Err(problem) => {
                problems.push(match &self.named_by {
                    Some(node) => node.place(problem.usual_help()),
                    None => *problem,
                });
                None
            }
        }
    }
}

/// What is expected of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Columns that must be there.
    pub required: &'static [&'static str],
    /// Columns that may be there.
    pub optional: &'static [&'static str],
    /// Whether columns of any other name are nobody's business.
    pub open: bool,
    /// Whether it needs a row at least.
    pub needs_rows: bool,
}

/// Rows with an error after which no more are read.
const MANY: usize = 1_000;
/// Unknown columns that are told.
const UNKNOWN_TOLD: usize = 50;
/// What stands in the first cell of a row that adds the others up.
const TOTALS: [&str; 6] = ["total", "totaux", "total général", "total general", "sous-total", "grand total"];

/// A table that has been read.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Its text.
    pub source: Arc<Source>,
    cells: Rows,
    /// Where each column stands, by its title as layouts write it.
    columns: FxHashMap<String, usize>,
    /// Titles that the layout does not name, as it would write them, in their order.
    others: Vec<String>,
    /// The rows that are read.
    rows: Vec<usize>,
    /// Errors that were placed in a row.
    errors: Cell<usize>,
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    sheet: &'a Sheet,
    row: usize,
}

impl Layout {
    fn titles(&self) -> Vec<&'static str> {
        self.required.iter().chain(self.optional).copied().collect()
    }
}

impl Sheet {
    /// Whether a table has a column, told from its first lines alone.
    pub fn has_column(bytes: &[u8], name: &str) -> bool {
        let text = String::from_utf8_lossy(bytes);
        let lines = text.split(['\r', '\n']).filter(|l| !l.trim().is_empty()).take(10);
        lines.flat_map(|line| line.split([';', ',', '\t'])).any(|cell| {
            cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '"')).eq_ignore_ascii_case(name)
        })
    }

    /// Reads a table from bytes. `None` when it has no usable titles; what is wrong is reported.
    ///
    /// The titles may stand below a heading, and below the rows there may be totals: both are told, and not read. Cells
    /// left out at the end of a row are empty.
    pub fn read(path: &Path, bytes: &[u8], layout: Layout, problems: &mut Problems) -> Option<Self> {
        if let Some(problem) = wrong_kind(path, bytes, FileKind::Csv) {
            problems.push(*problem);
            return None;
        }
        let source = match decode(path.display().to_string(), bytes) {
            Ok(source) => source,
            Err(problem) => {
                problems.push(*problem);
                return None;
            }
        };
        let wanted = layout.titles();
        let cells = match Rows::cut(&source.text, Dialect::of(&source.text, &wanted), &wanted) {
            Ok(cells) => cells,
            Err(refused) => {
                problems.push(cannot_cut(&source, refused));
                return None;
            }
        };
        let titles = cells.titles();
        let below = cells.len().saturating_sub(titles + 1);
        if cells.len() == 0 || (layout.needs_rows && below == 0) {
            let problem = if cells.len() == 0 {
                Problem::new(Code::Empty, "le fichier est vide", "the file is empty").in_file(&source.name)
            } else {
                Problem::new(Code::Empty, "il n'y a aucune ligne sous les titres", "there is no row below the titles")
                    .at(&source, span(&cells, titles))
            };
            problems.push(problem);
            return None;
        }
        let mut named: Vec<Title> =
            cells.cells(titles).map(|k| Title { text: cells.text(&source.text, k), span: cells.span(k) }).collect();
        while named.pop_if(|title| title.text.is_empty()).is_some() {}
        let columns = columns(&source, &named, layout, problems)?;
        let known: FxHashSet<usize> = columns.iter().map(|(_, at)| *at).collect();
        let others: Vec<(usize, String)> =
            named.iter().map(|t| title(t.text)).enumerate().filter(|(k, _)| !known.contains(k)).collect();
        let mut at: FxHashMap<String, usize> = columns.iter().map(|(name, at)| ((*name).to_owned(), *at)).collect();
        // The first of several of one title counts.
        others.iter().for_each(|(k, title)| _ = at.entry(title.clone()).or_insert(*k));
        let others = others.into_iter().map(|(_, title)| title).collect();
        let required: Vec<usize> = layout.required.iter().filter_map(|name| at.get(*name).copied()).collect();
        let width = named.len();
        let mut sheet =
            Self { source: Arc::clone(&source), cells, columns: at, others, rows: Vec::new(), errors: Cell::new(0) };
        sheet.rows = (titles + 1..sheet.cells.len()).collect();
        sheet.leave_out_totals(&required, problems);
        sheet.tell_heading(problems);
        sheet.tell_wide_rows(width, problems);
        Some(sheet)
    }

    /// Rows that add others up are told of, and not read: they begin with a word for it, and lack what a row must have.
    fn leave_out_totals(&mut self, required: &[usize], problems: &mut Problems) {
        let text = |k: usize| self.cells.text(&self.source.text, k);
        let is_total = |row: &usize| {
            let first = self.cells.cells(*row).map(text).find(|cell| !cell.is_empty()).unwrap_or_default();
            let whole = |at: &usize| self.cells.cells(*row).nth(*at).is_some_and(|k| !text(k).is_empty());
            TOTALS.contains(&first.trim_end_matches([' ', '\u{a0}', ':']).to_lowercase().as_str())
                && !required.iter().all(whole)
        };
        let (totals, rows): (Vec<usize>, Vec<usize>) = self.rows.iter().partition(|row| is_total(row));
        if let Some(first) = totals.first() {
            let problem =
                Problem::new(Code::TotalRow, "cette ligne de total n'est pas lue", "this row of totals is not read");
            problems.push(problem.at(&self.source, span(&self.cells, *first)));
        }
        self.rows = rows;
    }

    fn tell_heading(&self, problems: &mut Problems) {
        if self.cells.titles() > 0 {
            let problem = Problem::new(
                Code::Heading,
                "ce qui est au-dessus des titres des colonnes n'est pas lu",
                "what stands above the titles of the columns is not read",
            );
            problems.push(problem.at(&self.source, span(&self.cells, 0)));
        }
    }

    /// Rows with something beyond the last title.
    fn tell_wide_rows(&mut self, width: usize, problems: &mut Problems) {
        let mut wide = Vec::new();
        for row in &self.rows {
            let beyond = self.cells.cells(*row).skip(width);
            if beyond.clone().any(|k| !self.cells.text(&self.source.text, k).is_empty()) {
                wide.push(*row);
            }
        }
        for row in wide.iter().take(MANY) {
            let found = self.cells.cells(*row).len();
            let problem = Problem::new(
                Code::Cells,
                format!("cette ligne a {found} cases ; les titres en ont {width}"),
                format!("this row has {found} cells; there are {width} titles"),
            );
            problems.push(problem.at(&self.source, span(&self.cells, *row)));
        }
        // Which cell belongs to which title is not known there.
        self.rows.retain(|row| wide.binary_search(row).is_err());
    }

    /// Its rows, in order, blank ones left out; none after a thousand errors.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().take_while(|_| self.errors.get() < MANY).map(|row| Row { sheet: self, row: *row })
    }

    /// All its rows, whatever is wrong with others: of a table whose good rows are used.
    pub fn every_row(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|row| Row { sheet: self, row: *row })
    }

    /// Titles that the layout does not name, as it would write them.
    pub fn other_titles(&self) -> impl Iterator<Item = &str> {
        self.others.iter().map(String::as_str)
    }

    /// Places a problem at the titles.
    pub fn place_at_titles(&self, problem: Problem) -> Problem {
        problem.at(&self.source, span(&self.cells, self.cells.titles()))
    }
}

impl<'a> Row<'a> {
    fn cell(&self, column: &str) -> Option<usize> {
        self.sheet.cells.cells(self.row).nth(*self.sheet.columns.get(column)?)
    }

    /// The text of a cell, without spaces around it; empty where the column is absent, or the row too short.
    pub fn text(&self, column: &str) -> &'a str {
        self.cell(column).map_or("", |k| self.sheet.cells.text(&self.sheet.source.text, k))
    }

    /// Bytes of a cell, or of the row's first one.
    pub fn span(&self, column: &str) -> Range<usize> {
        let first = self.sheet.cells.cells(self.row).start;
        self.sheet.cells.span(self.cell(column).unwrap_or(first))
    }

    /// 1-based line of the row.
    pub fn line(&self) -> usize {
        self.sheet.source.position(self.span("").start).0
    }

    /// Places a problem at a cell.
    pub fn place(&self, column: &str, problem: Problem) -> Problem {
        if problem.severity == Severity::Error {
            self.sheet.errors.set(self.sheet.errors.get() + 1);
        }
        problem.at(&self.sheet.source, self.span(column)).column(column)
    }
}

/// All texts of a table, row by row, and which of them has the titles; no row of an empty table.
///
/// # Errors
/// The file cannot be read, or is no table.
pub fn table_texts(path: &Path, titles: &[&str]) -> Result<(Vec<Vec<String>>, usize), Box<Problem>> {
    let bytes = read_bytes(path)?;
    if let Some(problem) = wrong_kind(path, &bytes, FileKind::Csv) {
        return Err(problem);
    }
    let source = decode(path.display().to_string(), &bytes)?;
    let cells = Rows::cut(&source.text, Dialect::of(&source.text, titles), titles);
    let cells = cells.map_err(|refused| Box::new(cannot_cut(&source, refused)))?;
    let row = |row| cells.cells(row).map(|k| cells.text(&source.text, k).to_owned()).collect();
    Ok(((0..cells.len()).map(row).collect(), cells.titles()))
}

/// The bytes of a row.
fn span(cells: &Rows, row: usize) -> Range<usize> {
    let all = cells.cells(row);
    cells.span(all.start).start..cells.span(all.end - 1).end
}

fn cannot_cut(source: &Arc<Source>, refused: Refused) -> Problem {
    match refused {
        Refused::Quote(at) => {
            Problem::new(Code::Quote, "ce guillemet n'est jamais fermé", "this quotation mark is never closed")
                .at(source, at..at + 1)
        }
        Refused::Size => Problem::new(
            Code::FileSize,
            "le tableau a plus de 20 millions de cases",
            "the table has more than 20 million cells",
        )
        .in_file(&source.name),
    }
}

/// A title as it is written, and where.
struct Title<'a> {
    text: &'a str,
    span: Range<usize>,
}

/// Which column is where; unknown ones get a warning, missing ones an error.
fn columns(
    source: &Arc<Source>,
    titles: &[Title],
    layout: Layout,
    problems: &mut Problems,
) -> Option<Vec<(&'static str, usize)>> {
    let known = || layout.required.iter().chain(layout.optional).copied();
    let mut columns: Vec<(&'static str, usize)> = Vec::new();
    let mut unknown: Vec<&Title> = Vec::new();
    let mut good = true;
    for (k, cell) in titles.iter().enumerate() {
        let title = title(cell.text);
        let Some(name) = known().find(|n| *n == title) else {
            unknown.push(cell);
            continue;
        };
        if columns.iter().any(|(n, _)| *n == name) {
            let problem = Problem::new(
                Code::DuplicateColumn,
                format!("la colonne `{name}` est là deux fois"),
                format!("the column `{name}` is there twice"),
            );
            problems.push(problem.at(source, cell.span.clone()).column(name));
            good = false;
        } else {
            columns.push((name, k));
        }
    }
    let missing: Vec<&str> =
        layout.required.iter().filter(|r| !columns.iter().any(|(n, _)| n == *r)).copied().collect();
    for name in &missing {
        let mut problem = Problem::new(
            Code::MissingColumn,
            format!("la colonne `{name}` manque"),
            format!("the column `{name}` is missing"),
        );
        let mut span = titles.first().map_or(0, |t| t.span.start)..titles.last().map_or(0, |t| t.span.end);
        if let Some(near) = nearest(name, unknown.iter().map(|c| c.text)) {
            problem = problem.help(
                format!("la colonne `{near}` doit sans doute s'appeler `{name}`"),
                format!("the column `{near}` should probably be called `{name}`"),
            );
            span = unknown.iter().find(|c| c.text == near).map_or(span, |c| c.span.clone());
        }
        problems.push(problem.at(source, span).column(*name));
        good = false;
    }
    if !layout.open {
        let absent: Vec<&str> = known().filter(|n| !columns.iter().any(|(c, _)| c == n)).collect();
        let named = unknown.iter().filter(|c| !c.text.is_empty());
        for cell in named.take(UNKNOWN_TOLD).filter(|c| nearest(c.text, missing.iter().copied()).is_none()) {
            let name = cell.text;
            let mut problem = Problem::new(
                Code::UnknownColumn,
                format!("la colonne `{name}` n'est pas connue : elle n'est pas lue"),
                format!("the column `{name}` is not known: it is not read"),
            );
            if let Some(near) = nearest(name, absent.iter().copied()) {
                problem = problem.help(format!("vouliez-vous dire `{near}` ?"), format!("did you mean `{near}`?"));
            }
            problems.push(problem.at(source, cell.span.clone()).column(name));
        }
    }
    good.then_some(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout { required: &["id", "name"], optional: &["note"], open: false, needs_rows: true };

    fn read(text: &str) -> (Option<Sheet>, Problems) {
        let mut problems = Problems::new();
        (Sheet::read(Path::new("t.csv"), text.as_bytes(), LAYOUT, &mut problems), problems)
    }

    #[test]
    fn every_dialect_reads_alike() {
        for text in [
            "\u{feff}id;name\r\na;\"b \"\"c\"\"\"\r\n\r\n",
            "id,name\na,\"b \"\"c\"\"\"",
            "name\tid\n b \"c\"\ta \n\t\n",
        ] {
            let (sheet, problems) = read(text);
            assert!(problems.is_empty(), "{problems}");
            let sheet = sheet.unwrap();
            let rows: Vec<_> = sheet.rows().collect();
            assert_eq!(rows.len(), 1, "{text:?}");
            assert_eq!((rows[0].text("id"), rows[0].text("name")), ("a", "b \"c\""));
            assert_eq!(rows[0].line(), 2);
        }
    }

    #[test]
    fn titles_and_cells_are_checked() {
        let (sheet, problems) = read("id;nmae\n1;2\n");
        assert!(sheet.is_none());
        assert_eq!(problems.to_string(), "t.csv:1:4: CSV-missing-column: la colonne `name` manque");
        let (_, problems) = read("id;name;notte\n1;2\n1;2;3;4\n\"x\n");
        assert!(problems.to_string().contains("t.csv:4:1: CSV-quote"), "{problems}");
        let (sheet, problems) = read("id;name;notte;;\n1;2;;;;;;\n1;2;3;4\n3\n");
        assert!(problems.to_string().contains("t.csv:3:1: CSV-cells"), "{problems}");
        assert!(problems.to_string().contains("t.csv:1:9: CSV-unknown-column"), "{problems}");
        assert_eq!(problems.len(), 2, "{problems}");
        let sheet = sheet.unwrap();
        let rows: Vec<(&str, &str)> = sheet.rows().map(|row| (row.text("id"), row.text("name"))).collect();
        assert_eq!(rows, [("1", "2"), ("3", "")]);
        let (_, problems) = read("id;name\n");
        assert!(problems.to_string().contains("CSV-empty"), "{problems}");
    }

    #[test]
    fn headings_and_totals_are_told_and_not_read() {
        let (sheet, problems) = read("Communes, mars 2026;;\n\nid;name;note\n1;2\nTOTAL :;;17\nTotal;a name;\n\n");
        // What has all that a row needs is one.
        assert_eq!(sheet.unwrap().rows().count(), 2);
        let told: Vec<_> = problems.iter().map(|p| (p.code, p.severity, p.position.unwrap().0)).collect();
        assert_eq!(told, [(Code::TotalRow, Severity::Warning, 5), (Code::Heading, Severity::Warning, 1)]);
    }

    #[test]
    fn after_a_thousand_errors_no_more_is_read() {
        let text = format!("id;name\n{}", "1;2\n".repeat(2 * MANY));
        let sheet = read(&text).0.unwrap();
        let wrong = |row: &Row| row.place("id", Problem::new(Code::Number, "", "")).severity == Severity::Error;
        assert_eq!(sheet.rows().filter(wrong).count(), MANY);
        let sheet = read(&text).0.unwrap();
        let odd = |row: &Row| row.place("id", Problem::new(Code::Heading, "", "")).severity == Severity::Warning;
        assert_eq!(sheet.rows().filter(odd).count(), 2 * MANY);
    }
}
