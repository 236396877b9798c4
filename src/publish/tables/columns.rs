//! Which column of an edited table holds what.

use super::sheet::Row;
use super::{TableCode, TableError};
use crate::i18n::Text;

/// Where the columns that are read back stand, from 0.
pub(super) struct Columns {
    /// Identity of the visit, where there is such a column.
    pub visit: Option<usize>,
    /// Vehicle.
    pub vehicle: usize,
    /// Date.
    pub date: usize,
    /// Site.
    pub site: usize,
    /// Whether the vehicle spends the night there, where there is such a column.
    pub night: Option<usize>,
    /// `open_N` and `close_N`, by N.
    pub sessions: Vec<(usize, usize)>,
}

impl Columns {
    /// Finds them by name.
    ///
    /// # Errors
    /// Every name that is missing or occurs twice.
    pub fn find(header: &Row) -> Result<Self, Vec<TableError>> {
        let names = &header.cells;
        let mut errors = twice(header);
        let find = |name: &str| names.iter().position(|n| n == name);
        let mut missing = Vec::new();
        let mut need = |name: &str| {
            find(name).unwrap_or_else(|| {
                missing.push(name.to_owned());
                0
            })
        };
        let (vehicle, date, site) = (need("vehicle"), need("date"), need("site"));
        let number = |name: &str| -> Option<u32> {
            name.strip_prefix("open_").or_else(|| name.strip_prefix("close_"))?.parse().ok()
        };
        let mut numbers: Vec<u32> = names.iter().filter_map(|name| number(name)).collect();
        if numbers.is_empty() {
            numbers.push(1);
        }
        numbers.sort_unstable();
        numbers.dedup();
        let sessions = numbers.into_iter().map(|n| (need(&format!("open_{n}")), need(&format!("close_{n}")))).collect();
        errors.extend(missing.into_iter().map(|name| TableError {
            code: TableCode::ColumnMissing,
            line: header.line,
            column: names.len() + 1,
            message: Text::new(format!("la colonne « {name} » manque"), format!("column {name} is missing")),
            mend: Text::new(
                "remettez-la : la première ligne donne le nom des colonnes",
                "put it back: the first line names the columns",
            ),
            name,
        }));
        if errors.is_empty() {
            Ok(Self { visit: find("visit"), vehicle, date, site, night: find("night"), sessions })
        } else {
            Err(errors)
        }
    }
}

/// A fault for every name that stands farther left already.
fn twice(header: &Row) -> Vec<TableError> {
    let names = &header.cells;
    let again = names.iter().enumerate().filter(|(k, name)| !name.is_empty() && names[..*k].contains(name));
    again
        .map(|(k, name)| TableError {
            code: TableCode::ColumnTwice,
            line: header.line,
            column: k + 1,
            name: name.clone(),
            message: Text::new(
                format!("la colonne « {name} » figure deux fois"),
                format!("column {name} occurs twice"),
            ),
            mend: Text::new("supprimez l'une des deux", "remove one of the two"),
        })
        .collect()
}
