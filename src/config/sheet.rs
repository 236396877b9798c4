//! A CSV table as a coordinator keeps it: `;`, `,` or tab, with or without a byte-order mark,
//! every cell with the place it was written at.

use super::codes::Code;
use super::problem::{Problem, Problems};
use super::source::{Source, decode, read_bytes};
use super::suggest::nearest;
use super::tree::Node;
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

/// One cell.
#[derive(Debug, Clone)]
struct Cell {
    text: String,
    span: Range<usize>,
}

/// A table that has been read.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Its text.
    pub source: Arc<Source>,
    columns: Vec<(&'static str, usize)>,
    /// Titles that the layout does not name, as it would write them.
    others: Vec<(String, usize)>,
    rows: Vec<Vec<Cell>>,
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    sheet: &'a Sheet,
    cells: &'a [Cell],
}

impl Sheet {
    /// Whether a table has a column, told from its first line alone.
    pub fn has_column(bytes: &[u8], name: &str) -> bool {
        let text = String::from_utf8_lossy(bytes);
        let titles = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
        titles.split([';', ',', '\t']).any(|cell| trim(cell).trim_matches('"').eq_ignore_ascii_case(name))
    }

    /// Reads a table from bytes. `None` when it has no usable titles; what is wrong is reported.
    pub fn read(path: &Path, bytes: &[u8], layout: Layout, problems: &mut Problems) -> Option<Self> {
        let source = match decode(path.display().to_string(), bytes) {
            Ok(source) => source,
            Err(problem) => {
                problems.push(*problem);
                return None;
            }
        };
        let mut lines = split(&source, problems)?;
        if lines.is_empty() || (layout.needs_rows && lines.len() == 1) {
            let problem = if lines.is_empty() {
                Problem::new(Code::Empty, "le fichier est vide", "the file is empty").in_file(&source.name)
            } else {
                Problem::new(Code::Empty, "il n'y a aucune ligne sous les titres", "there is no row below the titles")
                    .at(&source, source.first_line())
            };
            problems.push(problem);
            return None;
        }
        let titles = lines.remove(0);
        let columns = columns(&source, &titles, layout, problems)?;
        let others = titles.iter().map(title).enumerate().filter(|(k, _)| !columns.iter().any(|(_, at)| at == k));
        let others = others.map(|(k, title)| (title, k)).collect();
        let mut sheet = Self { source, columns, others, rows: Vec::with_capacity(lines.len()) };
        for mut row in lines {
            while row.len() > titles.len() && row.last().is_some_and(|c| c.text.is_empty()) {
                row.pop();
            }
            if row.len() == titles.len() {
                sheet.rows.push(row);
            } else {
                let (found, wanted) = (row.len(), titles.len());
                let span = row.first().map_or(0, |c| c.span.start)..row.last().map_or(0, |c| c.span.end);
                problems.push(
                    Problem::new(
                        Code::Cells,
                        format!("cette ligne a {found} cases ; les titres en ont {wanted}"),
                        format!("this row has {found} cells; there are {wanted} titles"),
                    )
                    .at(&sheet.source, span),
                );
            }
        }
        Some(sheet)
    }

    /// Its rows, in order, blank ones left out.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row { sheet: self, cells })
    }
}

impl<'a> Row<'a> {
    fn cell(&self, column: &str) -> Option<&'a Cell> {
        let other = || self.sheet.others.iter().find(|(name, _)| name == column).map(|(_, at)| *at);
        let at = self.sheet.columns.iter().find(|(name, _)| *name == column).map(|(_, at)| *at).or_else(other)?;
        self.cells.get(at)
    }

    /// The text of a cell, without spaces around it; empty where the column is absent.
    pub fn text(&self, column: &str) -> &'a str {
        self.cell(column).map_or("", |c| &c.text)
    }

    /// Bytes of a cell, or of the row's first one.
    pub fn span(&self, column: &str) -> Range<usize> {
        self.cell(column).or_else(|| self.cells.first()).map_or(0..0, |c| c.span.clone())
    }

    /// 1-based line of the row.
    pub fn line(&self) -> usize {
        self.sheet.source.position(self.span("").start).0
    }

    /// Places a problem at a cell.
    pub fn place(&self, column: &str, problem: Problem) -> Problem {
        problem.at(&self.sheet.source, self.span(column)).column(column)
    }
}

/// A title as layouts write it.
fn title(cell: &Cell) -> String {
    cell.text.to_lowercase().replace(['-', ' '], "_")
}

/// Which column is where; unknown ones get a warning, missing ones an error.
fn columns(
    source: &Arc<Source>,
    titles: &[Cell],
    layout: Layout,
    problems: &mut Problems,
) -> Option<Vec<(&'static str, usize)>> {
    let known = || layout.required.iter().chain(layout.optional).copied();
    let mut columns: Vec<(&'static str, usize)> = Vec::new();
    let mut unknown: Vec<&Cell> = Vec::new();
    let mut good = true;
    for (k, cell) in titles.iter().enumerate() {
        let title = title(cell);
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
        let mut span = source.first_line();
        if let Some(near) = nearest(name, unknown.iter().map(|c| &*c.text)) {
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
        for cell in unknown.iter().filter(|c| nearest(&c.text, missing.iter().copied()).is_none()) {
            let name = &cell.text;
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

/// Cuts a text into rows of cells; blank rows are left out.
fn split(source: &Arc<Source>, problems: &mut Problems) -> Option<Vec<Vec<Cell>>> {
    let text = &source.text;
    let bytes = text.as_bytes();
    let delimiter = delimiter(text);
    let mut rows = Vec::new();
    let mut row: Vec<Cell> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let raw = if bytes[at] == b'"' {
            let mut value = String::new();
            at += 1;
            loop {
                let Some(length) = text[at..].find('"') else {
                    problems.push(
                        Problem::new(
                            Code::Quote,
                            "ce guillemet n'est jamais fermé",
                            "this quotation mark is never closed",
                        )
                        .at(source, start..start + 1),
                    );
                    return None;
                };
                value.push_str(&text[at..at + length]);
                at += length + 1;
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                value.push('"');
                at += 1;
            }
            let rest = end_of_cell(bytes, at, delimiter);
            value.push_str(&text[at..rest]);
            at = rest;
            value
        } else {
            at = end_of_cell(bytes, at, delimiter);
            text[start..at].to_owned()
        };
        row.push(Cell { text: trim(&raw).to_owned(), span: start..at });
        match bytes.get(at) {
            Some(b) if *b == delimiter => {
                at += 1;
                if matches!(bytes.get(at), None | Some(b'\r' | b'\n')) {
                    row.push(Cell { text: String::new(), span: at..at });
                }
            }
            _ => {}
        }
        if matches!(bytes.get(at), None | Some(b'\r' | b'\n')) {
            while matches!(bytes.get(at), Some(b'\r' | b'\n')) {
                at += 1;
            }
            let full = std::mem::take(&mut row);
            if full.iter().any(|c| !c.text.is_empty()) {
                rows.push(full);
            }
        }
    }
    Some(rows)
}

fn end_of_cell(bytes: &[u8], from: usize, delimiter: u8) -> usize {
    bytes[from..].iter().position(|b| *b == delimiter || matches!(b, b'\r' | b'\n')).map_or(bytes.len(), |n| from + n)
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// The one of `;`, tab and `,` that the titles hold most of.
fn delimiter(text: &str) -> u8 {
    let titles = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let count = |d: u8| titles.bytes().filter(|b| *b == d).count();
    // The last of equals wins: `,` only when nothing else is there.
    [b',', b'\t', b';'].into_iter().max_by_key(|d| count(*d)).filter(|d| count(*d) > 0).unwrap_or(b';')
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
        let (_, problems) = read("id;name;notte\n1;2\n");
        assert!(problems.to_string().contains("t.csv:2:1: CSV-cells"), "{problems}");
        assert!(problems.to_string().contains("t.csv:1:9: CSV-unknown-column"), "{problems}");
        let (_, problems) = read("id;name\n");
        assert!(problems.to_string().contains("CSV-empty"), "{problems}");
    }
}
