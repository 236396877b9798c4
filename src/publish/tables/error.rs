//! What can be wrong with a table.

use super::TableCode;
use crate::i18n::Text;
use thiserror::Error;

/// One fault in a table, at a cell.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{code}: line {line}, column {column} ({name}): {}", message.en)]
pub struct TableError {
    /// Its stable code.
    pub code: TableCode,
    /// Line of the file, from 1.
    pub line: u64,
    /// Position of the column, from 1.
    pub column: usize,
    /// Name of the column; empty when the fault is not in a column.
    pub name: String,
    /// What is wrong.
    pub message: Text,
    /// How to mend it.
    pub mend: Text,
}
