//! What goes wrong with keys.

use std::fmt;
use std::io;
use std::path::PathBuf;

use cenc::policy::{Label, PolicyError};
use cenc::scheme::Scheme;
use thiserror::Error;

use crate::{CpixError, EntryError, SpekeError};

/// Why there are no keys. Labels, key ids and places are named; keys, and texts that might hold
/// one, never.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A key that was given is wrong.
    #[error("{place}: {error}")]
    Entry {
        /// Where it was given.
        place: Place,
        /// What is wrong with it.
        error: EntryError,
    },
    /// A file cannot be read.
    #[error("{place}: {error}")]
    Io {
        /// Its name.
        place: Place,
        /// What the system said.
        error: io::Error,
    },
    /// A source that holds no key at all.
    #[error("{place}: holds no key, expected lines of {}", EntryError::FORM)]
    Empty {
        /// Its name.
        place: Place,
    },
    /// A source that is longer than what it should be ever is.
    #[error("{place}: is longer than {most} bytes, expected {kind}")]
    TooLong {
        /// Its name.
        place: Place,
        /// In bytes.
        most: u64,
        /// What it should be.
        kind: &'static str,
    },
    /// A key for a scheme that is not used.
    #[error(
        "key {scheme}/{label}: nothing is encrypted with {scheme}, but with {}",
        names(used)
    )]
    Scheme {
        /// The scheme it is for.
        scheme: Scheme,
        /// Its label.
        label: Label,
        /// The schemes that are used.
        used: Vec<Scheme>,
    },
    /// A CPIX document is wrong, or has not what is needed.
    #[error("{place}: {error}")]
    Cpix {
        /// Where it is from.
        place: Place,
        /// What is wrong.
        error: CpixError,
    },
    /// A key server cannot be asked, or does not answer as it should.
    #[error("{place}: {error}")]
    Speke {
        /// The server, or what it is to be asked with.
        place: Place,
        /// What is wrong.
        error: SpekeError,
    },
    /// A PEM file does not hold the key or certificate that it should.
    #[error("{place}: {fault}")]
    Pem {
        /// Its file.
        place: Place,
        /// What is wrong, and what was expected.
        fault: &'static str,
    },
    /// Keys do not go together.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// Where something was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The so-manieth argument that gives a key, from 1.
    Argument(usize),
    /// The so-manieth argument that gives a header, from 1.
    Header(usize),
    /// A server, without what may be secret of its address.
    Server(String),
    /// A document in memory.
    Document,
    /// A file.
    File(PathBuf),
    /// A line of a file, from 1.
    Line(PathBuf, usize),
    /// Standard input.
    Input,
    /// A line of standard input, from 1.
    InputLine(usize),
}

impl Error {
    /// Whether the user asked for something that cannot be, as opposed to something that failed.
    pub fn is_usage(&self) -> bool {
        match self {
            Error::Entry { .. } | Error::Empty { .. } | Error::TooLong { .. } => true,
            Error::Scheme { .. } | Error::Policy(_) => true,
            // What a server answers is not what the user asked for.
            Error::Cpix { place, .. } => !matches!(place, Place::Server(_)),
            Error::Pem { .. } => true,
            Error::Speke { error, .. } => error.is_usage(),
            Error::Io { error, .. } => error.kind() == io::ErrorKind::NotFound,
        }
    }
}

impl Place {
    /// A line of this file or of standard input; of anything else the place itself.
    pub(crate) fn line(&self, line: usize) -> Place {
        match self {
            Place::File(path) => Place::Line(path.clone(), line),
            Place::Input => Place::InputLine(line),
            Place::Argument(_) | Place::Header(_) | Place::Server(_) => self.clone(),
            Place::Document | Place::Line(..) | Place::InputLine(_) => self.clone(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Argument(number) => write!(f, "key argument {number}"),
            Place::Header(number) => write!(f, "header argument {number}"),
            Place::Server(url) => f.write_str(url),
            Place::Document => f.write_str("CPIX document"),
            Place::File(path) => write!(f, "{}", path.display()),
            Place::Line(path, line) => write!(f, "{} line {line}", path.display()),
            Place::Input => f.write_str("standard input"),
            Place::InputLine(line) => write!(f, "standard input line {line}"),
        }
    }
}

fn names(schemes: &[Scheme]) -> String {
    let names: Vec<_> = schemes.iter().map(|scheme| scheme.name()).collect();
    names.join(" and ")
}
