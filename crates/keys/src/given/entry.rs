//! One key that is given.

use cenc::policy::{ContentKey, Label};
use cenc::scheme::{Iv, Scheme};
use cenc::{Key, Kid, ParseKeyError};
use thiserror::Error;

/// `[SCHEME/]LABEL=KID:KEY[:IV]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Of the package, where it says.
    pub(crate) scheme: Option<Scheme>,
    /// What the key is for.
    pub(crate) label: Label,
    /// The key.
    pub(crate) content_key: ContentKey,
}

/// What is wrong with a key that is given. It does not repeat the text: a key that stands in the
/// wrong place is still a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Not of the form of a key.
    #[error("{}: {fault}, expected {}", name.as_deref().unwrap_or("key"), EntryError::FORM)]
    Form {
        /// Label, where it is known.
        name: Option<String>,
        /// What is wrong.
        fault: &'static str,
    },
    /// A scheme that there is not.
    #[error("key: scheme before / is unknown, expected cenc, cens, cbc1 or cbcs")]
    Scheme,
    /// A label that there is not.
    #[error("key: label before = is unknown, expected all, audio, sd, hd, uhd1 or uhd2")]
    Label,
    /// Key or key id are wrong.
    #[error("{name}: {error}")]
    Key {
        /// Label, and scheme where it is given.
        name: String,
        /// What is wrong.
        error: ParseKeyError,
    },
    /// The IV is wrong.
    #[error("{name}: IV: has {characters} characters, expected 16 or 32 hexadecimal digits")]
    Iv {
        /// Label, and scheme where it is given.
        name: String,
        /// How many there are.
        characters: usize,
    },
    /// A label is given twice.
    #[error("{name}: is given twice, as KID {first} and as KID {second}")]
    Twice {
        /// Label, and scheme where it is given.
        name: String,
        /// The id given first.
        first: Kid,
        /// The id given then.
        second: Kid,
    },
    /// One id, two keys.
    #[error("{name}: KID {kid} has another key here than under {other}")]
    TwoKeys {
        /// Label, and scheme where it is given.
        name: String,
        /// That of the key before.
        other: String,
        /// The id.
        kid: Kid,
    },
}

impl EntryError {
    /// How a key is given.
    pub const FORM: &str = "[SCHEME/]LABEL=KID:KEY[:IV] in hexadecimal digits";
}

impl Entry {
    /// Reads an entry; spaces around its parts do not count.
    pub(crate) fn parse(text: &str) -> Result<Entry, EntryError> {
        let form = |name: Option<&str>, fault| EntryError::Form {
            name: name.map(str::to_owned),
            fault,
        };
        let (front, values) = text.split_once('=').ok_or_else(|| form(None, "has no ="))?;
        let (scheme, label) = match front.split_once('/') {
            Some((scheme, label)) => {
                let scheme = Scheme::from_name(&scheme.trim().to_ascii_lowercase());
                (Some(scheme.ok_or(EntryError::Scheme)?), label)
            }
            None => (None, front),
        };
        let label = Label::from_name(label.trim()).ok_or(EntryError::Label)?;
        let name = name(scheme, label);
        let (kid, rest) = values
            .split_once(':')
            .ok_or_else(|| form(Some(&name), "has no : between KID and key"))?;
        let (key, iv) = match rest.split_once(':') {
            Some((key, iv)) => (key, Some(iv.trim())),
            None => (rest, None),
        };
        let wrong = |error| EntryError::Key {
            name: name.clone(),
            error,
        };
        let kid = Kid::parse(kid.trim()).map_err(wrong)?;
        let key = Key::parse(key.trim()).map_err(wrong)?;
        let iv = match iv {
            Some(iv) => Some(Iv::parse(iv).ok_or_else(|| EntryError::Iv {
                name: name.clone(),
                characters: iv.chars().count(),
            })?),
            None => None,
        };
        Ok(Entry {
            scheme,
            label,
            content_key: ContentKey { kid, key, iv },
        })
    }

    /// Its label, after its scheme where that is given.
    pub(crate) fn name(&self) -> String {
        name(self.scheme, self.label)
    }

    /// An error where both cannot be given.
    pub(crate) fn agrees_with(&self, later: &Entry) -> Result<(), EntryError> {
        let (first, second) = (&self.content_key, &later.content_key);
        if self.scheme == later.scheme && self.label == later.label {
            return Err(EntryError::Twice {
                name: later.name(),
                first: first.kid,
                second: second.kid,
            });
        }
        if first.kid == second.kid && first.key != second.key {
            return Err(EntryError::TwoKeys {
                name: later.name(),
                other: self.name(),
                kid: second.kid,
            });
        }
        Ok(())
    }
}

fn name(scheme: Option<Scheme>, label: Label) -> String {
    match scheme {
        Some(scheme) => format!("{scheme}/{label}"),
        None => label.to_string(),
    }
}
