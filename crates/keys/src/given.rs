//! Keys that the user gives.

mod entry;

pub use entry::EntryError;

use std::fmt;
use std::io::Read;
use std::path::Path;

use cenc::Key;
use cenc::policy::{KeyRing, Label};
use cenc::scheme::Scheme;

use crate::{Error, Obtained, Place, Request, input};
use entry::Entry;

/// Most bytes of a text; twelve keys with their IVs are 1,300.
const MAX_BYTES: u64 = 64 << 10;

/// What the texts are.
const KIND: &str = "a list of keys";

/// Every label, with every scheme and without.
const MOST_ENTRIES: usize = Label::EVERY.len() * (Scheme::ALL.len() + 1);

/// Keys from arguments, files and standard input: entries of
/// `[SCHEME/]LABEL=KID:KEY[:IV]`, all of hexadecimal digits.
///
/// With two schemes an entry without a scheme is for the first, or for the second where the first
/// has an entry of its own for that label.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct GivenKeys {
    entries: Vec<Entry>,
    arguments: usize,
    warnings: Vec<String>,
}

impl GivenKeys {
    /// Adds the key of an argument.
    ///
    /// # Errors
    ///
    /// [`Error::Entry`].
    pub fn parse_argument(&mut self, text: &str) -> Result<(), Error> {
        let place = Place::Argument(self.arguments + 1);
        self.add(text, place)?;
        self.arguments += 1;
        Ok(())
    }

    /// Adds the keys of a file: an entry a line, and comments from `#` to the end of a line. A
    /// file that others than its owner can read is a warning.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, holds no key, or a wrong one.
    pub fn read_file(&mut self, path: &Path) -> Result<(), Error> {
        let file = input::read_file(path, MAX_BYTES, KIND)?;
        self.read_lines(&file.text, &Place::File(path.into()))?;
        self.warnings.extend(file.warning);
        Ok(())
    }

    /// Adds the keys of standard input, as of a file.
    ///
    /// # Errors
    ///
    /// As of a file.
    pub fn read(&mut self, input: impl Read) -> Result<(), Error> {
        let text = input::read(input, MAX_BYTES, MAX_BYTES, &Place::Input, KIND)?;
        self.read_lines(&text, &Place::Input)
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn read_lines(&mut self, text: &[u8], place: &Place) -> Result<(), Error> {
        let before = self.entries.len();
        for (index, line) in lines(text).enumerate() {
            if !line.is_empty() {
                // What is no text is no entry either.
                let line = std::str::from_utf8(line).unwrap_or_default();
                self.add(line, place.line(index + 1))?;
            }
        }
        match self.entries.len() {
            after if after == before => Err(Error::Empty {
                place: place.clone(),
            }),
            _ => Ok(()),
        }
    }

    fn add(&mut self, text: &str, place: Place) -> Result<(), Error> {
        let wrong = |error| Error::Entry {
            place: place.clone(),
            error,
        };
        let added = Entry::parse(text).map_err(wrong)?;
        for present in &self.entries {
            present.agrees_with(&added).map_err(wrong)?;
        }
        if Key::from_bytes(added.content_key.kid.0) == added.content_key.key {
            let name = added.name();
            self.warnings.push(format!(
                "{place}: {name}: the key is the KID, which every file shows"
            ));
        }
        // Never grown, so that no copy of a key stays behind in memory.
        self.entries
            .reserve_exact(MOST_ENTRIES.saturating_sub(self.entries.len()));
        self.entries.push(added);
        Ok(())
    }

    pub(crate) fn obtain(&self, request: &Request<'_>) -> Result<Obtained, Error> {
        let mut ring = KeyRing::default();
        for entry in &self.entries {
            if let Some(scheme) = self.scheme_of(entry, request.schemes)? {
                ring.add(scheme.algorithm(), entry.label, entry.content_key.clone())?;
            }
        }
        Ok(Obtained {
            ring,
            signalling: Vec::new(),
            warnings: self.warnings.clone(),
        })
    }

    /// The scheme whose key this is. None: nothing is encrypted.
    fn scheme_of(&self, entry: &Entry, schemes: &[Scheme]) -> Result<Option<Scheme>, Error> {
        if let Some(scheme) = entry.scheme {
            if !schemes.contains(&scheme) {
                return Err(Error::Scheme {
                    scheme,
                    label: entry.label,
                    used: schemes.to_vec(),
                });
            }
            return Ok(Some(scheme));
        }
        let [first, second] = *schemes else {
            return Ok(schemes.first().copied());
        };
        let is_taken =
            |present: &Entry| present.label == entry.label && present.scheme == Some(first);
        let taken = self.entries.iter().any(is_taken);
        Ok(Some(if taken { second } else { first }))
    }
}

/// The lines of a text, without comments and the spaces around.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.split(|byte| *byte == b'\n').map(|line| {
        let code = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        code.trim_ascii()
    })
}

impl fmt::Debug for GivenKeys {
    /// Labels and key ids.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.entries.iter();
        let entries = entries.map(|each| (each.name(), each.content_key.kid));
        f.write_str("GivenKeys ")?;
        f.debug_map().entries(entries).finish()
    }
}

#[cfg(test)]
mod tests;
