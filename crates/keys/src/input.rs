//! Texts that hold keys.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use zeroize::Zeroizing;

use crate::{Error, Place};

/// Most bytes of a text; twelve keys with their IVs are 1,300.
const MAX_BYTES: u64 = 64 << 10;

/// Bits of a file's mode that let others than the owner read or write it.
const OTHERS: u32 = 0o077;

/// A warning where others than its owner can read a file.
pub(crate) fn openness(path: &Path, file: &File) -> io::Result<Option<String>> {
    let metadata = file.metadata()?;
    let mode = metadata.mode() & 0o777;
    let shared = metadata.is_file() && mode & OTHERS != 0;
    Ok(shared.then(|| {
        format!(
            "{}: is open to others than its owner (mode {mode:04o}); who has the keys can decrypt \
             the content: chmod 600",
            path.display()
        )
    }))
}

/// The whole text, overwritten when dropped.
pub(super) fn read(input: impl Read, place: &Place) -> Result<Zeroizing<Vec<u8>>, Error> {
    // One byte more than a text may have tells that it has too many; never grown, so that no copy
    // of a key stays behind in memory.
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_BYTES as usize + 64));
    let read = input.take(MAX_BYTES + 1).read_to_end(&mut text);
    read.map_err(|error| Error::Io {
        place: place.clone(),
        error,
    })?;
    match text.len() as u64 > MAX_BYTES {
        true => Err(Error::TooLong {
            place: place.clone(),
            most: MAX_BYTES,
        }),
        false => Ok(text),
    }
}

/// Its lines, without comments and the spaces around.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.split(|byte| *byte == b'\n').map(|line| {
        let code = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        code.trim_ascii()
    })
}
