//! `comparison.xlsx`: the tables of a comparison as sheets.

use super::tables::{Cell, Grid};
use crate::i18n::Lang;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

/// Widest column, in characters.
const WIDEST: f64 = 60.0;

/// A workbook with a sheet a table, numbers as numbers. The same tables give the same bytes.
///
/// # Errors
/// When a table does not fit into a sheet.
pub fn workbook(grids: &[Grid], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // Not the clock's: the same input gives the same file.
    let made = rust_xlsxwriter::ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_author("tournee").set_creation_datetime(&made));
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    for grid in grids {
        let sheet = book.add_worksheet();
        sheet.set_name(grid.name.get(lang))?;
        sheet.set_freeze_panes(1, 1)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0).set_paper_size(9);
        for (k, column) in (0_u16..).zip(&grid.columns) {
            let title = column.title.get(lang);
            sheet.write_string_with_format(0, k, title, &head)?;
            let lengths = grid.rows.iter().map(|row| match &row[usize::from(k)] {
                Cell::Text(text) => text.chars().count(),
                Cell::Number(..) => 11,
                Cell::Empty => 1,
            });
            let widest = lengths.chain([title.chars().count().min(18)]).max().unwrap_or(1);
            let widest = u32::try_from(widest).map_or(WIDEST, f64::from);
            sheet.set_column_width(k, (widest + 2.0).min(WIDEST))?;
        }
        for (line, row) in (1_u32..).zip(&grid.rows) {
            for (k, cell) in (0_u16..).zip(row) {
                match cell {
                    Cell::Empty => {}
                    Cell::Text(text) => drop(sheet.write_string(line, k, text)?),
                    Cell::Number(value, decimals) => {
                        let places = if *decimals == 0 { String::new() } else { format!(".{}", "0".repeat(*decimals)) };
                        let format = Format::new().set_num_format(format!("#,##0{places}"));
                        sheet.write_number_with_format(line, k, *value, &format)?;
                    }
                }
            }
        }
    }
    book.save_to_buffer()
}
