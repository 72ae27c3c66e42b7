//! Columns for people.

/// Rows under a heading, as wide as their widest cell.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column names.
    pub(super) fn new<const N: usize>(names: [&str; N]) -> Table {
        Table {
            rows: vec![names.map(String::from).to_vec()],
        }
    }

    /// Adds a row.
    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// The text, each line indented by two blanks. Columns that are empty in every row but the
    /// first are left out.
    pub(super) fn text(&self) -> String {
        let width = |column: usize| {
            let cells = self.rows.iter().skip(1).filter_map(|row| row.get(column));
            let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            let name = self.rows.first().and_then(|row| row.get(column));
            (widest > 0).then(|| widest.max(name.map_or(0, |name| name.chars().count())))
        };
        let columns = self.rows.first().map_or(0, Vec::len);
        let widths: Vec<Option<usize>> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let cells = row
                .iter()
                .zip(&widths)
                .filter_map(|(cell, width)| width.map(|width| format!("  {cell:<width$}")));
            text.push_str(cells.collect::<String>().trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_empty_ones_left_out() {
        let mut table = Table::new(["id", "none", "name"]);
        table.row(["1".into(), String::new(), "한국".into()]);
        table.row(["22".into(), String::new(), "a".into()]);
        assert_eq!(table.text(), "  id  name\n  1   한국\n  22  a\n");
    }
}
