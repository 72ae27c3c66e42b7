//! Checksums of objects, computed while their bytes pass.

use sha2::Digest as _;

use crate::Error;
use crate::hex;
use crate::job::Checksum;
use crate::sink::Sink;

/// A checksum on its way.
pub(crate) enum Digest {
    Blake3(Box<blake3::Hasher>),
    Sha256(Box<sha2::Sha256>),
    None,
}

impl Digest {
    pub(crate) fn new(checksum: Checksum) -> Digest {
        match checksum {
            Checksum::Blake3 => Digest::Blake3(Box::default()),
            Checksum::Sha256 => Digest::Sha256(Box::default()),
            Checksum::None => Digest::None,
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Digest::Blake3(hasher) => {
                hasher.update(bytes);
            }
            Digest::Sha256(hasher) => hasher.update(bytes),
            Digest::None => {}
        }
    }

    /// Lower-case hexadecimal; `None` without a checksum.
    pub(crate) fn finish(self) -> Option<String> {
        match self {
            Digest::Blake3(hasher) => Some(hasher.finalize().to_hex().to_string()),
            Digest::Sha256(hasher) => Some(hex::encode(&hasher.finalize())),
            Digest::None => None,
        }
    }

    /// The checksum of an object that lies in a sink already.
    pub(crate) fn of_object(
        checksum: Checksum,
        sink: &dyn Sink,
        path: &str,
    ) -> Result<Option<String>, Error> {
        if checksum == Checksum::None {
            return Ok(None);
        }
        let mut digest = Digest::new(checksum);
        digest.update(&sink.read(path)?);
        Ok(digest.finish())
    }
}
