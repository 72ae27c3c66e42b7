//! Committed tables: tab-separated, the first line names the columns.

use std::fs;
use std::io;
use std::path::Path;

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// One row of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    columns: &'a [String],
    cells: &'a [String],
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Table> {
        Ok(Table::parse(&fs::read_to_string(path)?))
    }

    /// The table in this text; lines that begin with `#` are notes.
    pub fn parse(text: &str) -> Table {
        let mut lines = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        let cells = |line: &str| line.split('\t').map(str::to_string).collect();
        Table {
            columns: lines.next().map(cells).unwrap_or_default(),
            rows: lines.map(cells).collect(),
        }
    }

    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row {
            columns: &self.columns,
            cells,
        })
    }
}

impl<'a> Row<'a> {
    /// The cell in this column; `None` where the row is too short or there is no such column.
    pub fn get(&self, column: &str) -> Option<&'a str> {
        let position = self.columns.iter().position(|each| each == column)?;
        self.cells.get(position).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_the_name_of_their_column() {
        let table = Table::parse("# a note\npath\twhy\na.mp4\tgood\nb.mp4\n");
        let rows: Vec<_> = table
            .rows()
            .map(|row| (row.get("path"), row.get("why")))
            .collect();
        assert_eq!(rows, [(Some("a.mp4"), Some("good")), (Some("b.mp4"), None)]);
        assert!(table.rows().all(|row| row.get("other").is_none()));
    }
}
