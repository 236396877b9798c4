//! Writes a table.

use super::cell::guarded;

/// The bytes of a table: byte-order mark, `;`, CRLF, quotation marks where a cell needs them, and an apostrophe in front of a
/// text that a spreadsheet would run. Each row has its own number of cells.
#[must_use]
pub fn csv<R>(rows: impl IntoIterator<Item = R>) -> Vec<u8>
where
    R: IntoIterator,
    R::Item: AsRef<str>,
{
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        // Memory takes whatever is written.
        let _ = writer.write_record(row.into_iter().map(|cell| guarded(cell.as_ref()).into_owned()));
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let rows = [vec!["a;b", "c\""], vec!["d", "", "é\r\n"]];
        assert_eq!(csv(rows), "\u{feff}\"a;b\";\"c\"\"\"\r\nd;;\"é\r\n\"\r\n".as_bytes());
        assert_eq!(csv([[""]]), "\u{feff}\"\"\r\n".as_bytes());
        assert_eq!(csv([["-0,5", " =1+1"]]), "\u{feff}-0,5;' =1+1\r\n".as_bytes());
    }
}
