//! What is wrong with a job as it was asked for.

use std::fmt;
use std::path::PathBuf;

use crate::input::InputError;

/// A job that asks for something impossible, contradictory or unreadable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// Nothing to package.
    #[error("no input: expected at least one MP4 or MOV file")]
    NoInput,
    /// A field whose value cannot be used.
    #[error("{field}: is {value}, expected {expected}")]
    Value {
        /// Name of the field, with its place in a job file: `subtitles[1].language`.
        field: String,
        /// The value, as it would be written.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// Two fields that cannot both hold.
    #[error("{first} and {second}: exclude each other")]
    Contradiction {
        /// One field.
        first: String,
        /// The other.
        second: String,
    },
    /// A file or folder that cannot be read.
    #[error("{field}: {}: {error}", path.display())]
    Unreadable {
        /// Name of the field.
        field: String,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Text that is not JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// An input that is named wrongly.
    #[error(transparent)]
    Input(#[from] InputError),
}

impl JobError {
    pub(crate) fn value(
        field: impl Into<String>,
        value: impl fmt::Display,
        expected: impl Into<String>,
    ) -> JobError {
        let (field, value) = (field.into(), value.to_string());
        JobError::Value {
            field,
            value,
            expected: expected.into(),
        }
    }

    pub(crate) fn contradiction(first: &str, second: &str) -> JobError {
        JobError::Contradiction {
            first: first.into(),
            second: second.into(),
        }
    }
}

impl PartialEq for JobError {
    /// By message, which names everything that matters.
    fn eq(&self, other: &JobError) -> bool {
        self.to_string() == other.to_string()
    }
}
