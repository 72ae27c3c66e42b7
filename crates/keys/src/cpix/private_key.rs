//! The private key that documents are encrypted for.

use std::path::Path;

use rsa::RsaPrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::secret::{Hash, Oaep};
use crate::{Error, Place, input};

/// Most bytes of a file; a key of 16384 bits is 13,000.
const MAX_BYTES: u64 = 64 << 10;

/// An RSA key; it overwrites itself when dropped.
pub(crate) struct PrivateKey(RsaPrivateKey);

impl PrivateKey {
    /// Reads the key of a PEM file, and a warning where others can read the file.
    pub(crate) fn read_file(path: &Path) -> Result<(PrivateKey, Option<String>), Error> {
        let file = input::read_file(path, MAX_BYTES, "a private key in PEM")?;
        let key = PrivateKey::parse(&file.text).map_err(|fault| Error::Pem {
            place: Place::File(path.into()),
            fault,
        })?;
        Ok((key, file.warning))
    }

    /// The first RSA key of a PEM text.
    fn parse(pem: &[u8]) -> Result<PrivateKey, &'static str> {
        const NONE: &str = "holds no private key, expected PEM (PRIVATE KEY or RSA PRIVATE KEY)";
        const WRONG: &str = "holds a private key that cannot be read, expected an RSA key";
        let pem = std::str::from_utf8(pem).map_err(|_| NONE)?;
        let key = if let Some(block) = block(pem, "PRIVATE KEY") {
            RsaPrivateKey::from_pkcs8_pem(block).ok()
        } else if let Some(block) = block(pem, "RSA PRIVATE KEY") {
            RsaPrivateKey::from_pkcs1_pem(block).ok()
        } else if pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
            return Err("holds an encrypted private key, expected one without a password");
        } else {
            return Err(NONE);
        };
        key.map(PrivateKey).ok_or(WRONG)
    }

    /// What `cipher` holds, if it is for this key.
    pub(super) fn open(&self, oaep: Oaep, cipher: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        use rsa::Oaep as Padding;
        let key = &self.0;
        let value = match (oaep.digest, oaep.mask) {
            (Hash::Sha1, Hash::Sha1) => key.decrypt(Padding::<Sha1>::new(), cipher),
            (Hash::Sha1, Hash::Sha256) => {
                key.decrypt(Padding::<Sha1, Sha256>::new_with_mgf_hash(), cipher)
            }
            (Hash::Sha1, Hash::Sha512) => {
                key.decrypt(Padding::<Sha1, Sha512>::new_with_mgf_hash(), cipher)
            }
            (Hash::Sha256, Hash::Sha1) => {
                key.decrypt(Padding::<Sha256, Sha1>::new_with_mgf_hash(), cipher)
            }
            (Hash::Sha256, Hash::Sha256) => key.decrypt(Padding::<Sha256>::new(), cipher),
            (Hash::Sha256, Hash::Sha512) => {
                key.decrypt(Padding::<Sha256, Sha512>::new_with_mgf_hash(), cipher)
            }
            (Hash::Sha512, Hash::Sha1) => {
                key.decrypt(Padding::<Sha512, Sha1>::new_with_mgf_hash(), cipher)
            }
            (Hash::Sha512, Hash::Sha256) => {
                key.decrypt(Padding::<Sha512, Sha256>::new_with_mgf_hash(), cipher)
            }
            (Hash::Sha512, Hash::Sha512) => key.decrypt(Padding::<Sha512>::new(), cipher),
        };
        value.ok().map(Zeroizing::new)
    }
}

/// The first block of that name, with its marks.
fn block<'t>(pem: &'t str, name: &str) -> Option<&'t str> {
    let (begin, end) = (
        format!("-----BEGIN {name}-----"),
        format!("-----END {name}-----"),
    );
    let from = pem.get(pem.find(&begin)?..)?;
    from.get(..from.find(&end)?.checked_add(end.len())?)
}
