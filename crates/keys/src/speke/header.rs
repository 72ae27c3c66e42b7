//! Headers that servers know their clients by.

use std::fmt;
use std::path::Path;

use ureq::http::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::SpekeError;
use crate::{Error, Place, input};

/// Most bytes of a file.
const MAX_BYTES: u64 = 64 << 10;

/// Headers that are set by what is sent.
const RESERVED: [&str; 5] = [
    "content-type",
    "content-length",
    "transfer-encoding",
    "host",
    "x-speke-version",
];

/// Headers of requests. Their values are secrets: they are overwritten when dropped, and shown
/// nowhere.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SpekeHeaders {
    headers: Vec<(String, Zeroizing<String>)>,
    arguments: usize,
    warnings: Vec<String>,
}

impl SpekeHeaders {
    /// Adds the header of an argument: `NAME: VALUE`.
    ///
    /// # Errors
    ///
    /// [`Error::Speke`], which does not repeat it.
    pub fn parse_argument(&mut self, text: &str) -> Result<(), Error> {
        self.arguments += 1;
        self.add(text, Place::Header(self.arguments))
    }

    /// Adds the headers of a file: one a line, and comments on lines that begin with `#`. A file
    /// that others than its owner can read is a warning.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or holds something else.
    pub fn read_file(&mut self, path: &Path) -> Result<(), Error> {
        let file = input::read_file(path, MAX_BYTES, "headers")?;
        let place = Place::File(path.into());
        for (index, line) in file.text.split(|byte| *byte == b'\n').enumerate() {
            let line = line.trim_ascii();
            if !line.is_empty() && !line.starts_with(b"#") {
                // What is no text is no header either.
                let line = std::str::from_utf8(line).unwrap_or_default();
                self.add(line, place.line(index + 1))?;
            }
        }
        self.warnings.extend(file.warning);
        Ok(())
    }

    fn add(&mut self, text: &str, place: Place) -> Result<(), Error> {
        let wrong = |fault| Error::Speke {
            place: place.clone(),
            error: SpekeError::Header { fault },
        };
        let (name, value) = text
            .split_once(':')
            .ok_or_else(|| wrong("has no :, expected NAME: VALUE"))?;
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        if HeaderName::try_from(&name).is_err() {
            return Err(wrong("name is no name of a header"));
        }
        if HeaderValue::try_from(value).is_err() || !value.is_ascii() {
            return Err(wrong("value has characters that a header cannot have"));
        }
        if RESERVED.contains(&name.as_str()) {
            return Err(wrong("is one that every request has already"));
        }
        if self.headers.iter().any(|(present, _)| *present == name) {
            return Err(wrong("is given twice"));
        }
        self.headers.push((name, Zeroizing::new(value.to_owned())));
        Ok(())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl fmt::Debug for SpekeHeaders {
    /// Names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SpekeHeaders ")?;
        f.debug_set()
            .entries(self.headers.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_and_values_never() {
        let mut headers = SpekeHeaders::default();
        headers.parse_argument("X-API-Key: c0ffee:1").unwrap();
        assert_eq!(format!("{headers:?}"), "SpekeHeaders {\"x-api-key\"}");
        let all: Vec<_> = headers.iter().collect();
        assert_eq!(all, [("x-api-key", "c0ffee:1")]);
    }

    #[test]
    fn wrong_headers_are_refused_by_their_number_or_line() {
        let cases = [
            (
                "c0ffee",
                "header argument 2: header has no :, expected NAME: VALUE",
            ),
            (
                "c0f fee: 1",
                "header argument 2: header name is no name of a header",
            ),
            (
                "c0ffee: a\u{7f}",
                "header argument 2: header value has characters that a header cannot have",
            ),
            (
                "c0ffee: é",
                "header argument 2: header value has characters that a header cannot have",
            ),
            (
                "Host: c0ffee",
                "header argument 2: header is one that every request has already",
            ),
            ("A: c0ffee", "header argument 2: header is given twice"),
        ];
        for (text, expected) in cases {
            let mut headers = SpekeHeaders::default();
            headers.parse_argument("a: 1").unwrap();
            let error = headers.parse_argument(text).unwrap_err();
            assert!(error.is_usage());
            assert_eq!(error.to_string(), expected);
            assert!(!format!("{error:?}").contains("c0f"));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("headers");
        std::fs::write(&path, "# c\nA: 1 # 2\r\n\nB 3\n").unwrap();
        let mut headers = SpekeHeaders::default();
        let error = headers.read_file(&path).unwrap_err().to_string();
        assert!(
            error.ends_with("headers line 4: header has no :, expected NAME: VALUE"),
            "{error}"
        );
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("a", "1 # 2")]);
    }
}
