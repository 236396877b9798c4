//! Cuts a text into cells and keeps where each of them stands.

use super::plain;
use csv_core::{ReadFieldResult, Reader, ReaderBuilder, Terminator};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Cells of a table, at most: 20 million take 160 MB beside the text.
const MOST_CELLS: usize = 20_000_000;
/// Cells with quotation marks in them, at most: each has a text of its own.
const MOST_UNQUOTED: usize = 2_000_000;
/// Lines in which the titles are looked for.
const TITLES_WITHIN: usize = 10;
/// What may stand between cells; the first of equals wins, so `,` (a decimal comma, too) only when nothing else is there.
const DELIMITERS: [u8; 3] = [b';', b'\t', b','];
/// A cell of a row is found by the number of its first one.
type Number = u32;

/// How a text is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// What stands between cells.
    pub delimiter: u8,
    /// First byte of the table: behind a line `sep=;`.
    pub start: usize,
}

impl Dialect {
    /// How a text is to be cut: as its line `sep=;` says, or else as most of the titles show that are looked for.
    pub fn of(text: &str, titles: &[&str]) -> Self {
        let first = text.split(['\r', '\n']).next().unwrap_or_default();
        let told = first.trim_matches([' ', '"']).to_lowercase();
        let told = told.strip_prefix("sep=").and_then(|rest| rest.bytes().next());
        if let Some(delimiter) = told.filter(|d| DELIMITERS.contains(d) || *d == b'|') {
            let rest = &text[first.len()..];
            let start = text.len() - rest.trim_start_matches(['\r', '\n']).len();
            return Self { delimiter, start };
        }
        let lines = || text.split(['\r', '\n']).filter(|l| !l.trim().is_empty()).take(TITLES_WITHIN);
        let known = |d: u8| {
            let found = |line: &str| cut_line(line, d).filter(|cell| titles.contains(&title(cell).as_str())).count();
            lines().map(found).max().unwrap_or_default()
        };
        let first = lines().next().unwrap_or_default();
        let held = |d: u8| cut_line(first, d).count();
        let best = DELIMITERS.into_iter().rev().max_by_key(|d| (known(*d), held(*d)));
        Self { delimiter: best.unwrap_or(b';'), start: 0 }
    }
}

/// The cells of one line: a rough cut, good enough for titles.
fn cut_line(line: &str, delimiter: u8) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    line.split(move |c: char| {
        quoted ^= c == '"';
        !quoted && c == char::from(delimiter)
    })
    .map(|cell| trim(cell).trim_matches('"'))
}

/// A title as this project writes it: in small letters, with `_` for blanks and hyphens.
#[must_use]
pub fn title(text: &str) -> String {
    text.to_lowercase().replace(['-', ' '], "_")
}

/// Why a text cannot be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A quotation mark, at this byte, is never closed.
    Quote(usize),
    /// There are too many cells.
    Size,
}

/// The cells of a text, row by row, without blank rows. Eight bytes a cell.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Bytes of each cell as it is written, quotation marks included.
    cells: Vec<(u32, u32)>,
    /// First cell of every row, and the number of cells.
    firsts: Vec<Number>,
    /// Texts that do not stand in the file as they are.
    unquoted: FxHashMap<Number, String>,
    /// The row of the titles.
    titles: usize,
}

impl Rows {
    /// Cuts a text of at most 4 GB.
    pub fn cut(text: &str, dialect: Dialect, titles: &[&str]) -> Result<Self, Refused> {
        let mut rows = Self::default();
        let mut cutter = Cutter {
            reader: ReaderBuilder::new().delimiter(dialect.delimiter).terminator(Terminator::CRLF).build(),
            text,
            at: dialect.start,
        };
        let mut first = 0;
        while let Some(cell) = cutter.next(rows.cells.len() == first)? {
            if rows.cells.len() >= MOST_CELLS {
                return Err(Refused::Size);
            }
            let number = Number::try_from(rows.cells.len()).map_err(|_| Refused::Size)?;
            rows.cells.push((small(cell.span.start)?, small(cell.span.end)?));
            if let Some(text) = cell.unquoted {
                rows.unquoted.insert(number, text);
                if rows.unquoted.len() > MOST_UNQUOTED {
                    return Err(Refused::Size);
                }
            }
            if cell.ends_row {
                let all = first..rows.cells.len();
                if all.clone().all(|k| rows.text(text, k).is_empty()) {
                    all.clone().for_each(|k| _ = rows.unquoted.remove(&(k as Number)));
                    rows.cells.truncate(first);
                } else {
                    rows.firsts.push(small(first)?);
                    first = rows.cells.len();
                }
            }
        }
        rows.firsts.push(small(rows.cells.len())?);
        rows.titles = rows.find_titles(text, titles);
        Ok(rows)
    }

    /// The row of the first lines that has most of the titles that are looked for; the first one of equals.
    fn find_titles(&self, text: &str, titles: &[&str]) -> usize {
        let known =
            |row: &usize| self.cells(*row).filter(|k| titles.contains(&title(self.text(text, *k)).as_str())).count();
        (0..self.len().min(TITLES_WITHIN)).rev().max_by_key(known).unwrap_or_default()
    }

    /// How many rows there are, the titles and what stands above them included.
    pub fn len(&self) -> usize {
        self.firsts.len().saturating_sub(1)
    }

    /// The row of the titles.
    pub fn titles(&self) -> usize {
        self.titles
    }

    /// The numbers of the cells of a row.
    pub fn cells(&self, row: usize) -> Range<usize> {
        self.firsts[row] as usize..self.firsts[row + 1] as usize
    }

    /// The bytes of a cell.
    pub fn span(&self, cell: usize) -> Range<usize> {
        let (from, to) = self.cells[cell];
        from as usize..to as usize
    }

    /// The text of a cell: without quotation marks, blanks around it, the `="…"` that keeps a spreadsheet from making a
    /// number of it, or the apostrophe that keeps it from running it.
    pub fn text<'a>(&'a self, text: &'a str, cell: usize) -> &'a str {
        let known = self.unquoted.get(&(cell as Number)).map(String::as_str);
        let text = trim(known.unwrap_or_else(|| {
            let raw = &text[self.span(cell)];
            raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw)
        }));
        trim(plain(text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)))
    }
}

fn small(number: usize) -> Result<Number, Refused> {
    Number::try_from(number).map_err(|_| Refused::Size)
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// A cell as it comes from the file.
struct Cut {
    span: Range<usize>,
    /// Its text, where that is not the one between its quotation marks.
    unquoted: Option<String>,
    ends_row: bool,
}

struct Cutter<'a> {
    reader: Reader,
    text: &'a str,
    at: usize,
}

impl Cutter<'_> {
    fn next(&mut self, first_of_row: bool) -> Result<Option<Cut>, Refused> {
        let bytes = self.text.as_bytes();
        let mut start = self.at;
        if first_of_row {
            start += bytes[start..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        }
        let quoted = bytes.get(start) == Some(&b'"');
        let (mut text, mut buffer) = (Vec::new(), [0; 1024]);
        loop {
            let at_end = self.at == bytes.len();
            let (result, read, written) = self.reader.read_field(&bytes[self.at..], &mut buffer);
            self.at += read;
            if quoted {
                text.extend_from_slice(&buffer[..written]);
            }
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::End => return Ok(None),
                ReadFieldResult::Field { record_end } => {
                    // What ends a cell belongs to it no more; the end of the file is no byte.
                    let end = if at_end { self.at } else { self.at - 1 }.max(start);
                    let raw = &self.text[start..end];
                    if quoted && at_end && raw.matches('"').count() % 2 == 1 {
                        return Err(Refused::Quote(start));
                    }
                    let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
                    let text = Some(String::from_utf8(text).unwrap_or_else(|_| inner.to_owned()));
                    let unquoted = text.filter(|text| quoted && text != inner);
                    return Ok(Some(Cut { span: start..end, unquoted, ends_row: record_end }));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TITLES: [&str; 2] = ["id", "name"];

    fn cells(text: &str) -> Vec<Vec<String>> {
        let rows = Rows::cut(text, Dialect::of(text, &TITLES), &TITLES).unwrap();
        let row = |k| rows.cells(k).map(|cell| rows.text(text, cell).to_owned()).collect();
        (rows.titles()..rows.len()).map(row).collect()
    }

    #[test]
    fn every_spreadsheet_is_read_alike() {
        let wanted = [["id", "name"], ["02054", "b \"c\"\r\nd; e"]];
        for text in [
            "id;name\r\n02054;\"b \"\"c\"\"\r\nd; e\"\r\n\r\n",
            "sep=;\r\nid;name\r\n=\"02054\";\"b \"\"c\"\"\r\nd; e\"",
            "sep=\t\rid\tname\r02054\t\"b \"\"c\"\"\r\nd; e\"\r",
            "sep=é\nid;name\n02054;\"b \"\"c\"\"\r\nd; e\"\n",
            "sep=,\nid,name\n\"=\"\"02054\"\"\",\"b \"\"c\"\"\r\nd; e\"\n",
            "Semaine 49;;\n\nid;name\n 02054 ;\"b \"\"c\"\"\r\nd; e\"\n;;\n",
            "Semaine 49, et la suite\rid\tname\r02054\t\"b \"\"c\"\"\r\nd; e\"\r",
        ] {
            assert_eq!(cells(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn spans_are_those_of_the_file() {
        let text = "é;\"x\"\"y\"\r\n\n\nb;\n";
        let rows = Rows::cut(text, Dialect { delimiter: b';', start: 0 }, &[]).unwrap();
        let spans: Vec<&str> = (0..4).map(|k| &text[rows.span(k)]).collect();
        assert_eq!(spans, ["é", "\"x\"\"y\"", "b", ""]);
        assert_eq!((rows.text(text, 1), rows.len()), ("x\"y", 2));
    }

    #[test]
    fn a_quotation_mark_must_be_closed() {
        let cut = |text| Rows::cut(text, Dialect { delimiter: b';', start: 0 }, &[]).map(|rows| rows.len());
        assert_eq!(cut("a;b\n1;\"x\n2;y\n"), Err(Refused::Quote(6)));
        assert_eq!(cut("a;b\n1;\"x\"\"\n2;y\n"), Err(Refused::Quote(6)));
        assert_eq!((cut("a;b\n1;\"x\""), cut("a;b\n1;\"\""), cut("a;b\n1;3\" x")), (Ok(2), Ok(2), Ok(2)));
        assert_eq!((cut(""), cut("\r\n;;\n")), (Ok(0), Ok(0)));
    }

    proptest! {
        #[test]
        fn any_text_is_cut_or_refused(text in "(\\PC|[;,=\"\r\n]){0,80}") {
            let dialect = Dialect::of(&text, &TITLES);
            if let Ok(rows) = Rows::cut(&text, dialect, &TITLES) {
                let all = (0..rows.len()).flat_map(|row| rows.cells(row));
                all.for_each(|cell| _ = rows.text(&text, cell));
            }
        }

        #[test]
        fn what_is_written_is_read(rows in prop::collection::vec(prop::collection::vec("(a|;|,|\"|\r\n|\n|é| |-|=){0,6}", 2), 1..4)) {
            let bytes = super::super::csv(&rows);
            let text = std::str::from_utf8(&bytes).unwrap().trim_start_matches('\u{feff}');
            let read = Rows::cut(text, Dialect { delimiter: b';', start: 0 }, &[]).unwrap();
            let cells = |row: usize| read.cells(row).map(|cell| read.text(text, cell).to_owned()).collect::<Vec<_>>();
            let read: Vec<Vec<String>> = (0..read.len()).map(cells).collect();
            let kept = rows.iter().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
            let kept: Vec<Vec<String>> = kept.filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
            prop_assert_eq!(read, kept);
        }
    }
}
