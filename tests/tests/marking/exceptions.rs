//! What is known not to hold.

use std::collections::{BTreeMap, BTreeSet};

use tests::media;
use tests::table::Table;

use crate::legality::Fault;

/// Words that have to be in what was found, by path and check.
pub(crate) struct Exceptions {
    rows: BTreeMap<(String, String), String>,
}

impl Exceptions {
    /// Reads the committed table.
    pub(crate) fn read() -> Exceptions {
        let table = Table::read(&media::data("marking.tsv")).expect("the table of exceptions");
        let rows = table.rows().map(|row| {
            let cell = |column| row.get(column).unwrap_or_default().to_string();
            ((cell("path"), cell("check")), cell("found"))
        });
        Exceptions {
            rows: rows.collect(),
        }
    }

    /// Rows that name none of these films.
    pub(crate) fn unknown(&self, paths: &[String]) -> Vec<String> {
        let rows = self.rows.keys().map(|(path, _)| path.clone());
        rows.filter(|path| !paths.contains(path)).collect()
    }

    /// Fails unless a film has exactly the faults that are listed.
    pub(crate) fn judge(&self, path: &str, faults: &[Fault]) {
        let mut wrong = Vec::new();
        let mut met = BTreeSet::new();
        for fault in faults {
            let row = self.rows.get(&(path.to_string(), fault.check.to_string()));
            met.insert(fault.check.to_string());
            if row.is_none_or(|found| !fault.found.contains(found)) {
                wrong.push(format!("{}: {}", fault.check, fault.found));
            }
        }
        for ((row, check), found) in &self.rows {
            if row == path && !met.contains(check) {
                wrong.push(format!("{check}: holds, though listed with {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{path}\n{}", wrong.join("\n"));
    }
}
