//! What went wrong, in words.

use std::fmt;

/// A message for the person at the terminal; nothing here is handled by programs.
#[derive(Debug)]
pub(crate) struct Error(String);

impl Error {
    /// With these words.
    pub(crate) fn new(words: impl Into<String>) -> Error {
        Error(words.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        Error(error.to_string())
    }
}

impl From<wm::h264::MarkError> for Error {
    fn from(error: wm::h264::MarkError) -> Error {
        Error(error.to_string())
    }
}
