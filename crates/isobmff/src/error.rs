//! What can be wrong with a box.

use crate::{FourCc, Place};

/// Why a box could not be read, or written.
///
/// Every message starts with the place, then the field, its value and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The box ends within a field or before the end of a table.
    #[error("{place} at byte {offset}: {field}: needs {needed} bytes, {left} left")]
    Truncated {
        /// Path of the box.
        place: String,
        /// Where the field starts, in bytes from the start of the file.
        offset: u64,
        /// The field.
        field: &'static str,
        /// Bytes the field takes.
        needed: u64,
        /// Bytes the box still has.
        left: u64,
    },
    /// A field has a value that has no meaning, or none here.
    #[error("{place} at byte {offset}: {field}: is {value}, expected {expected}")]
    Value {
        /// Path of the box.
        place: String,
        /// Where the field starts, in bytes from the start of the file.
        offset: u64,
        /// The field.
        field: &'static str,
        /// Its value.
        value: String,
        /// The values that would do.
        expected: &'static str,
    },
    /// A box is smaller than its header or larger than what it lies in.
    #[error("{place} at byte {offset}: size: is {size}, expected {least} to {most}")]
    BoxSize {
        /// Path of the box.
        place: String,
        /// Where the box starts, in bytes from the start of the file.
        offset: u64,
        /// Its size as written.
        size: u64,
        /// Bytes of its header.
        least: u64,
        /// Bytes its parent has for it.
        most: u64,
    },
    /// More of something than any real file has.
    #[error("{place} at byte {offset}: {field}: {count} of them, expected at most {limit}")]
    TooMany {
        /// Path of the box.
        place: String,
        /// Where, in bytes from the start of the file.
        offset: u64,
        /// What there is too much of.
        field: &'static str,
        /// How many were found.
        count: u64,
        /// How many are read.
        limit: u64,
    },
    /// A box lacks a child it must have.
    #[error("{place} at byte {offset}: has no {kind} box")]
    Missing {
        /// Path of the box that lacks it.
        place: String,
        /// Where that box starts, in bytes from the start of the file.
        offset: u64,
        /// The box it lacks.
        kind: FourCc,
    },
    /// On writing: a value does not fit its field.
    #[error("{place}: {field}: is {value}, expected at most {most}")]
    DoesNotFit {
        /// Path of the box being written.
        place: String,
        /// The field.
        field: &'static str,
        /// The value or count.
        value: u64,
        /// The largest the field holds.
        most: u64,
    },
}

impl Error {
    /// A box at `place`, starting at byte `offset`, has no `kind` box.
    #[cold]
    pub fn missing(place: &Place<'_>, offset: u64, kind: FourCc) -> Error {
        Error::Missing {
            place: place.to_string(),
            offset,
            kind,
        }
    }
}
