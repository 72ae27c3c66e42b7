//! Texts that hold keys.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use zeroize::Zeroizing;

use crate::{Error, Place};

/// Bits of a file's mode that let others than the owner read or write it.
const OTHERS: u32 = 0o077;

/// The whole text of a file.
pub(crate) struct FileText {
    /// Overwritten when dropped.
    pub(crate) text: Zeroizing<Vec<u8>>,
    /// Where others than its owner can read the file.
    pub(crate) warning: Option<String>,
}

/// Reads a file of at most `most` bytes; `kind` is what it should hold, for messages.
pub(crate) fn read_file(path: &Path, most: u64, kind: &'static str) -> Result<FileText, Error> {
    let place = Place::File(path.into());
    let failed = |error| Error::Io {
        place: place.clone(),
        error,
    };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.mode() & 0o777;
    let shared = metadata.is_file() && mode & OTHERS != 0;
    let warning = shared.then(|| {
        format!(
            "{place}: is open to others than its owner (mode {mode:04o}); who has the keys can \
             decrypt the content: chmod 600"
        )
    });
    let expected = match metadata.is_file() {
        true => metadata.len(),
        false => most,
    };
    let text = read(file, expected, most, &place, kind)?;
    Ok(FileText { text, warning })
}

/// Reads all of `input`, of which about `expected` bytes are expected, and `most` allowed.
pub(crate) fn read(
    input: impl Read,
    expected: u64,
    most: u64,
    place: &Place,
    kind: &'static str,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    // One byte more than a text may have tells that it has too many; not grown, where the size was
    // known, so that no copy of a key stays behind in memory.
    let capacity = expected.min(most).saturating_add(64);
    let mut text = Zeroizing::new(Vec::with_capacity(capacity.try_into().unwrap_or(0)));
    let read = input.take(most.saturating_add(1)).read_to_end(&mut text);
    read.map_err(|error: io::Error| Error::Io {
        place: place.clone(),
        error,
    })?;
    match text.len() as u64 > most {
        true => Err(Error::TooLong {
            place: place.clone(),
            most,
            kind,
        }),
        false => Ok(text),
    }
}
