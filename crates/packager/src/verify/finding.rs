//! What is wrong in a package.

use std::fmt;

use serde::Serialize;

/// Most findings one check reports; a package broken everywhere is told often enough by then.
const MAX_PER_CHECK: usize = 200;

/// One promise that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check that found it.
    pub check: &'static str,
    /// The file, relative to the package.
    pub file: String,
    /// Where in the file: an element, a line, a box; empty for the file itself.
    pub place: String,
    /// What of it.
    pub field: String,
    /// What it is.
    pub value: String,
    /// What it should be.
    pub expected: String,
}

impl fmt::Display for Finding {
    /// One line: `cmaf/stream.mpd: Representation 1080p: S[3]@t: is 12, expected 11`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.file, &self.place] {
            if !part.is_empty() {
                write!(f, "{part}: ")?;
            }
        }
        write!(
            f,
            "{}: is {}, expected {}",
            self.field, self.value, self.expected
        )
    }
}

/// Collects what one check finds.
#[derive(Debug)]
pub(super) struct Findings {
    check: &'static str,
    list: Vec<Finding>,
    left_out: usize,
}

impl Findings {
    pub(super) fn new(check: &'static str) -> Findings {
        Findings {
            check,
            list: Vec::new(),
            left_out: 0,
        }
    }

    /// Reports that `field` at `place` in `file` is `value` instead of `expected`.
    pub(super) fn add(
        &mut self,
        (file, place): (&str, &str),
        field: impl fmt::Display,
        value: impl fmt::Display,
        expected: impl fmt::Display,
    ) {
        if self.list.len() >= MAX_PER_CHECK {
            self.left_out += 1;
            return;
        }
        self.list.push(Finding {
            check: self.check,
            file: file.into(),
            place: place.into(),
            field: field.to_string(),
            value: value.to_string(),
            expected: expected.to_string(),
        });
    }

    /// Everything found, and how much more was left out.
    pub(super) fn into_list(mut self) -> Vec<Finding> {
        if self.left_out > 0 {
            let left_out = self.left_out;
            self.list.push(Finding {
                check: self.check,
                file: String::new(),
                place: String::new(),
                field: format!("findings of check {}", self.check),
                value: format!("{} and {left_out} more that are not listed", MAX_PER_CHECK),
                expected: "none".into(),
            });
        }
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_with_place_field_value_and_expectation() {
        let mut findings = Findings::new("timeline");
        findings.add(("cmaf/stream.mpd", "Representation a"), "S[3]@t", 12, 11);
        let line = "cmaf/stream.mpd: Representation a: S[3]@t: is 12, expected 11";
        assert_eq!(findings.into_list()[0].to_string(), line);
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let mut findings = Findings::new("timeline");
        for _ in 0..MAX_PER_CHECK + 7 {
            findings.add(("a", ""), "size", 1, 2);
        }
        let list = findings.into_list();
        assert_eq!(list.len(), MAX_PER_CHECK + 1);
        assert!(
            list.last()
                .unwrap()
                .value
                .ends_with("7 more that are not listed")
        );
    }
}
