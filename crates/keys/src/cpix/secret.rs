//! Values in the clear or encrypted: `pskc:KeyDataType` of RFC 6030, with `xenc:EncryptedDataType`.

use aes::{Aes128, Aes192, Aes256};
use aes_kw::AesKw;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, KeyInit, KeyIvInit};
use zeroize::Zeroizing;

use super::CpixError;
use crate::base64;
use crate::xml::Element;

const XMLENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const XMLENC11: &str = "http://www.w3.org/2009/xmlenc11#";
const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Bytes of a block of AES.
const BLOCK: usize = 16;

/// A value.
pub(super) enum Secret {
    /// In the clear.
    Plain(Zeroizing<Vec<u8>>),
    /// Encrypted.
    Encrypted(Encrypted),
}

/// An encrypted value.
pub(super) struct Encrypted {
    pub(super) method: Method,
    pub(super) cipher: Vec<u8>,
    /// `ValueMAC`, of `cipher`.
    pub(super) mac: Option<Vec<u8>>,
}

/// How a value is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// With AES in CBC mode under a key of so many bytes, behind its IV.
    Cbc(usize),
    /// Wrapped under a key of so many bytes, RFC 3394.
    Wrap(usize),
    /// With RSA-OAEP.
    Oaep(Oaep),
}

/// Parameters of RSA-OAEP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Oaep {
    /// Of the label.
    pub(super) digest: Hash,
    /// Of the mask generation function.
    pub(super) mask: Hash,
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha512,
}

impl Secret {
    /// The value in the `Data` of an element, if there is one. `place` names the element.
    pub(super) fn of(element: &Element, place: &str) -> Result<Option<Secret>, CpixError> {
        let secret = element.child("Data").and_then(|data| data.child("Secret"));
        let Some(secret) = secret else {
            return Ok(None);
        };
        if let Some(encrypted) = secret.child("EncryptedValue") {
            let mut encrypted = Encrypted::read(encrypted, place)?;
            encrypted.read_mac(secret, place)?;
            return Ok(Some(Secret::Encrypted(encrypted)));
        }
        let Some(plain) = secret.child("PlainValue") else {
            return Ok(None);
        };
        if plain.text.is_empty() {
            return Ok(None);
        }
        let value = base64::decode(&plain.text)
            .ok_or_else(|| field(place, "PlainValue", "is not base64"))?;
        Ok(Some(Secret::Plain(value)))
    }
}

impl Encrypted {
    /// An `xenc:EncryptedDataType`.
    pub(super) fn read(element: &Element, place: &str) -> Result<Encrypted, CpixError> {
        let method = element.child("EncryptionMethod");
        let method = method
            .and_then(Method::read)
            .ok_or_else(|| field(place, "EncryptionMethod", Method::KNOWN))?;
        let value = element
            .child("CipherData")
            .and_then(|data| data.child("CipherValue"));
        let cipher = value.and_then(|value| base64::decode(&value.text));
        let cipher =
            cipher.ok_or_else(|| field(place, "CipherValue", "is missing or not base64"))?;
        Ok(Encrypted {
            method,
            cipher: cipher.to_vec(),
            mac: None,
        })
    }

    /// The `ValueMAC` beside it.
    pub(super) fn read_mac(&mut self, parent: &Element, place: &str) -> Result<(), CpixError> {
        if let Some(mac) = parent.child("ValueMAC") {
            let mac = base64::decode(&mac.text)
                .ok_or_else(|| field(place, "ValueMAC", "is not base64"))?;
            self.mac = Some(mac.to_vec());
        }
        Ok(())
    }

    /// What it holds, if it opens under a document key.
    pub(super) fn open(&self, key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match (self.method, key.len()) {
            (Method::Cbc(16), 16) => open_cbc::<cbc::Decryptor<Aes128>>(key, &self.cipher),
            (Method::Cbc(24), 24) => open_cbc::<cbc::Decryptor<Aes192>>(key, &self.cipher),
            (Method::Cbc(32), 32) => open_cbc::<cbc::Decryptor<Aes256>>(key, &self.cipher),
            (Method::Wrap(16), 16) => unwrap(
                |buffer| {
                    AesKw::<Aes128>::new_from_slice(key)
                        .ok()?
                        .unwrap_key(&self.cipher, buffer)
                        .ok()
                        .map(<[u8]>::len)
                },
                &self.cipher,
            ),
            (Method::Wrap(24), 24) => unwrap(
                |buffer| {
                    AesKw::<Aes192>::new_from_slice(key)
                        .ok()?
                        .unwrap_key(&self.cipher, buffer)
                        .ok()
                        .map(<[u8]>::len)
                },
                &self.cipher,
            ),
            (Method::Wrap(32), 32) => unwrap(
                |buffer| {
                    AesKw::<Aes256>::new_from_slice(key)
                        .ok()?
                        .unwrap_key(&self.cipher, buffer)
                        .ok()
                        .map(<[u8]>::len)
                },
                &self.cipher,
            ),
            _ => None,
        }
    }
}

/// IV, then blocks; the last byte says how many bytes of padding there are. XML Encryption 5.2.1
/// leaves the others free.
fn open_cbc<C: KeyIvInit + BlockModeDecrypt>(
    key: &[u8],
    cipher: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let (iv, blocks) = cipher.split_at_checked(BLOCK)?;
    let mut value = Zeroizing::new(blocks.to_vec());
    let mode = C::new_from_slices(key, iv).ok()?;
    mode.decrypt_padded::<NoPadding>(&mut value).ok()?;
    let padding = usize::from(*value.last()?);
    if padding == 0 || padding > BLOCK {
        return None;
    }
    let length = value.len().checked_sub(padding)?;
    value.truncate(length);
    Some(value)
}

fn unwrap(
    unwrap: impl FnOnce(&mut [u8]) -> Option<usize>,
    cipher: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let mut value = Zeroizing::new(vec![0; cipher.len()]);
    let length = unwrap(&mut value)?;
    value.truncate(length);
    Some(value)
}

impl Method {
    const KNOWN: &str = "is missing or unknown, expected AES-CBC, AES key wrap or RSA-OAEP of XML \
        Encryption";

    /// An `EncryptionMethod`.
    fn read(element: &Element) -> Option<Method> {
        let uri = element.attribute("Algorithm")?;
        let name = match uri.strip_prefix(XMLENC) {
            Some(name) => name,
            None => {
                let name = uri.strip_prefix(XMLENC11)?;
                return match name {
                    "rsa-oaep" => Oaep::read(element).map(Method::Oaep),
                    _ => None,
                };
            }
        };
        Some(match name {
            "aes128-cbc" => Method::Cbc(16),
            "aes192-cbc" => Method::Cbc(24),
            "aes256-cbc" => Method::Cbc(32),
            "kw-aes128" => Method::Wrap(16),
            "kw-aes192" => Method::Wrap(24),
            "kw-aes256" => Method::Wrap(32),
            // Its mask is made with SHA-1 whatever the digest.
            "rsa-oaep-mgf1p" => Method::Oaep(Oaep {
                mask: Hash::Sha1,
                ..Oaep::read(element)?
            }),
            _ => return None,
        })
    }
}

impl Oaep {
    /// Where nothing is said, both are SHA-1. Labels are not used.
    fn read(element: &Element) -> Option<Oaep> {
        if element
            .child("OAEPparams")
            .is_some_and(|label| !label.text.is_empty())
        {
            return None;
        }
        let hash = |name, read: fn(&str) -> Option<Hash>| match element.child(name) {
            Some(child) => read(child.attribute("Algorithm")?),
            None => Some(Hash::Sha1),
        };
        Some(Oaep {
            digest: hash("DigestMethod", Hash::of_digest)?,
            mask: hash("MGF", Hash::of_mask)?,
        })
    }
}

impl Hash {
    fn of_digest(uri: &str) -> Option<Hash> {
        let name = uri.strip_prefix(XMLDSIG).or(uri.strip_prefix(XMLENC))?;
        match name {
            "sha1" => Some(Hash::Sha1),
            "sha256" => Some(Hash::Sha256),
            "sha512" => Some(Hash::Sha512),
            _ => None,
        }
    }

    fn of_mask(uri: &str) -> Option<Hash> {
        match uri.strip_prefix(XMLENC11)? {
            "mgf1sha1" => Some(Hash::Sha1),
            "mgf1sha256" => Some(Hash::Sha256),
            "mgf1sha512" => Some(Hash::Sha512),
            _ => None,
        }
    }
}

pub(super) fn field(element: &str, name: &str, fault: &'static str) -> CpixError {
    CpixError::Field {
        element: format!("{element}: {name}"),
        fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(digits: &str) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(digit).collect()
    }

    fn open(method: Method, key: &[u8], cipher: &[u8]) -> Option<Vec<u8>> {
        let encrypted = Encrypted {
            method,
            cipher: cipher.to_vec(),
            mac: None,
        };
        encrypted.open(key).map(|value| value.to_vec())
    }

    #[test]
    fn the_vectors_of_rfc_3394_are_unwrapped() {
        let data = hex("00112233445566778899AABBCCDDEEFF");
        let key: Vec<u8> = (0..32).collect();
        // 4.1, 4.2 and 4.3.
        let vectors = [
            (16, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"),
            (24, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"),
            (32, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7"),
        ];
        for (length, cipher) in vectors {
            let (key, mut cipher) = (&key[..length], hex(cipher));
            let found = open(Method::Wrap(length), key, &cipher);
            assert_eq!(found.as_ref(), Some(&data));
            cipher[0] ^= 1;
            assert_eq!(open(Method::Wrap(length), key, &cipher), None);
        }
    }

    #[test]
    fn padding_is_what_its_last_byte_says() {
        // NIST SP 800-38A F.2.5, the first block: it ends with 0x2a, which is no length.
        let key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        let block = "f58c4c04d6e5f1ba779eabfb5f7bfbd6";
        let (iv, plain) = (
            "000102030405060708090a0b0c0d0e0f",
            "6bc1bee22e409f96e93d7e117393172a",
        );
        assert_eq!(
            open(Method::Cbc(32), &key, &hex(&format!("{iv}{block}"))),
            None
        );
        // With another IV it ends with 1, 16, 17 and 0; the bytes between are free.
        for (last, length) in [(1u8, Some(15)), (16, Some(0)), (17, None), (0, None)] {
            let mut cipher = hex(&format!("{iv}{block}"));
            cipher[15] ^= 0x2a ^ last;
            let expected = length.map(|length| hex(plain)[..length].to_vec());
            assert_eq!(open(Method::Cbc(32), &key, &cipher), expected, "{last}");
        }
    }

    #[test]
    fn values_of_every_length_and_keys_of_others_are_refused_without_panic() {
        let bytes: Vec<u8> = (0..80).collect();
        for length in 0..80 {
            for method in [16, 24, 32]
                .map(Method::Cbc)
                .into_iter()
                .chain([16, 24, 32].map(Method::Wrap))
            {
                for key in [0, 15, 16, 24, 32, 33] {
                    let opened = open(method, &bytes[..key], &bytes[..length]);
                    let fits =
                        matches!(method, Method::Cbc(size) if size == key) && length % 16 == 0;
                    assert!(opened.is_none() || fits);
                }
            }
        }
    }
}
