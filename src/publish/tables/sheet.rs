//! Rows and cells of a CSV file, whoever saved it.

use super::cell::plain;
use super::{TableCode, TableError};
use crate::i18n::Text;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line on which it begins, from 1.
    pub line: u64,
    /// Its cells.
    pub cells: Vec<String>,
}

/// A table: a row of column names, and the rows below it that are not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Names of the columns, lower case.
    pub header: Row,
    /// The rows.
    pub rows: Vec<Row>,
}

impl Sheet {
    /// Reads a table: UTF-8 with or without byte-order mark, `;` or `,` (whichever the first
    /// line has more of), cells in quotes or not, any line end.
    ///
    /// # Errors
    /// One fault, since nothing can be read past it: `table-encoding`, `table-empty` or
    /// `table-quote`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Vec<TableError>> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|e| vec![encoding(&bytes[..e.valid_up_to()])])?;
        let separator = separator(text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default());
        let mut rows = rows(text, separator)?.into_iter().filter(|r| r.cells.iter().any(|c| !c.trim().is_empty()));
        let mut header = rows.next().ok_or_else(|| vec![empty()])?;
        header.cells.iter_mut().for_each(|name| *name = plain(name).to_lowercase());
        Ok(Self { header, rows: rows.collect() })
    }
}

fn separator(first: &str) -> char {
    let mut counts = [0_usize; 2];
    let mut quoted = false;
    for c in first.chars() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => counts[0] += 1,
            ',' if !quoted => counts[1] += 1,
            _ => {}
        }
    }
    if counts[1] > counts[0] { ',' } else { ';' }
}

fn rows(text: &str, separator: char) -> Result<Vec<Row>, Vec<TableError>> {
    let mut rows = Vec::new();
    let mut row = Row { line: 1, cells: Vec::new() };
    let mut cell = String::new();
    let mut line = 1;
    let mut opened = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' || (c == '\r' && chars.peek() != Some(&'\n')) {
            line += 1;
        }
        if opened.is_some() {
            match c {
                '"' if chars.next_if_eq(&'"').is_some() => cell.push('"'),
                '"' => opened = None,
                _ => cell.push(c),
            }
            continue;
        }
        match c {
            '"' if cell.trim().is_empty() => {
                cell.clear();
                opened = Some((line, row.cells.len() + 1));
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                row.cells.push(std::mem::take(&mut cell));
                rows.push(std::mem::replace(&mut row, Row { line, cells: Vec::new() }));
            }
            _ if c == separator => row.cells.push(std::mem::take(&mut cell)),
            _ => cell.push(c),
        }
    }
    if let Some((line, column)) = opened {
        return Err(vec![unclosed(line, column)]);
    }
    if !cell.is_empty() || !row.cells.is_empty() {
        row.cells.push(cell);
        rows.push(row);
    }
    Ok(rows)
}

fn unclosed(line: u64, column: usize) -> TableError {
    TableError {
        code: TableCode::Quote,
        line,
        column,
        name: String::new(),
        message: Text::new(
            "un guillemet ouvert ici n'est jamais refermé",
            "a quotation mark opened here is never closed",
        ),
        mend: Text::new(
            "fermez le guillemet, ou doublez-le s'il fait partie du texte",
            "close it, or double it if it belongs to the text",
        ),
    }
}

fn empty() -> TableError {
    TableError {
        code: TableCode::Empty,
        line: 1,
        column: 1,
        name: String::new(),
        message: Text::new("le fichier est vide", "the file is empty"),
        mend: Text::new(
            "partez d'un visits.csv écrit par tournee : la première ligne donne le nom des colonnes",
            "start from a visits.csv written by tournee: its first line names the columns",
        ),
    }
}

fn encoding(read: &[u8]) -> TableError {
    let last = read.rsplit(|&b| b == b'\n').next().unwrap_or_default();
    let line = read.iter().filter(|&&b| b == b'\n').count() as u64 + 1;
    let first = String::from_utf8_lossy(read.split(|&b| b == b'\n').next().unwrap_or_default()).into_owned();
    let separator = separator(&first);
    TableError {
        code: TableCode::Encoding,
        line,
        column: String::from_utf8_lossy(last).matches(separator).count() + 1,
        name: String::new(),
        message: Text::new("le fichier n'est pas en UTF-8", "the file is not in UTF-8"),
        mend: Text::new(
            "dans le tableur, enregistrez sous « CSV UTF-8 (délimité par des points-virgules) »",
            "in the spreadsheet, save it as \"CSV UTF-8\"",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(text: &str) -> Vec<(u64, Vec<String>)> {
        let sheet = Sheet::parse(text.as_bytes()).unwrap();
        std::iter::once(sheet.header).chain(sheet.rows).map(|r| (r.line, r.cells)).collect()
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(|&c| c.to_owned()).collect())
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let text = "\u{feff}A;b\r\n\r\n1;\"x\r\ny\"\r\n;;\r\n2;\"a\"\"b\"\r\n";
        assert_eq!(cells(text), [row(1, &["a", "b"]), row(3, &["1", "x\r\ny"]), row(6, &["2", "a\"b"])]);
        assert_eq!(cells("a\r1\r2"), [row(1, &["a"]), row(2, &["1"]), row(3, &["2"])]);
    }

    #[test]
    fn both_separators_are_read() {
        assert_eq!(cells("a,b\n1,\"2;3\"\n"), [row(1, &["a", "b"]), row(2, &["1", "2;3"])]);
        assert_eq!(cells("a;b\n1,5;2"), [row(1, &["a", "b"]), row(2, &["1,5", "2"])]);
    }

    fn fault(bytes: &[u8]) -> TableError {
        Sheet::parse(bytes).unwrap_err().remove(0)
    }

    #[test]
    fn what_cannot_be_read_says_where_and_how_to_mend_it() {
        let latin = fault(b"site;name\nx;Aniche\ny;H\xe9nin\n");
        assert_eq!((latin.code.as_str(), latin.line, latin.column), ("table-encoding", 3, 2));
        for blank in ["", "\u{feff}", "\r\n\r\n", ";;;\r\n"] {
            assert_eq!(fault(blank.as_bytes()).code.as_str(), "table-empty");
        }
        let open = fault(b"a;b\n1;\"x\n2;y\n");
        assert_eq!((open.code.as_str(), open.line, open.column), ("table-quote", 2, 2));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(\\PC|[;,\"\r\n]){0,80}") {
            let _ = Sheet::parse(text.as_bytes());
        }
    }
}
