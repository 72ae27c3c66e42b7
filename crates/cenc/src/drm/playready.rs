//! PlayReady: the PlayReady object with its header, in `pssh` and as `mspr:pro`.
//!
//! Microsoft, PlayReady Header Specification (November 2017). Attributes stand in alphabetical
//! order and every element has an end tag, because clients ask for both.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use std::borrow::Cow;

use super::{DrmError, PsshVersion};
use crate::scheme::Algorithm;
use crate::{Key, Kid, base64};

/// `9a04f079-9840-4286-ab92-e65be0885f95`.
pub const SYSTEM_ID: [u8; 16] =
    *b"\x9a\x04\xf0\x79\x98\x40\x42\x86\xab\x92\xe6\x5b\xe0\x88\x5f\x95";

const NAMESPACE: &str = "http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader";

/// Bytes of an object that clients read.
const MOST: usize = 15 * 1024;

/// Version of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeaderVersion {
    /// One key, AES-CTR.
    V4_0,
    /// One key, AES-CTR.
    V4_1,
    /// Several keys, AES-CTR.
    V4_2,
    /// Several keys, AES-CTR or AES-CBC.
    V4_3,
}

/// What a client is told.
#[derive(Clone, Copy, Debug)]
pub struct PlayReadyHeader<'a> {
    /// Of the header.
    pub version: HeaderVersion,
    /// Of the track the object is for, each with its id.
    pub keys: &'a [(Kid, &'a Key)],
    /// `ALGID`.
    pub algorithm: Algorithm,
    /// `LA_URL`: the licence server.
    pub licence_url: Option<&'a str>,
    /// The content of `CUSTOMATTRIBUTES`: XML, taken as it is.
    pub custom_attributes: Option<&'a str>,
}

impl HeaderVersion {
    /// The first that can say it.
    pub fn least(keys: usize, algorithm: Algorithm) -> HeaderVersion {
        match (algorithm, keys) {
            (Algorithm::AesCbc, _) => HeaderVersion::V4_3,
            (Algorithm::AesCtr, ..=1) => HeaderVersion::V4_0,
            (Algorithm::AesCtr, _) => HeaderVersion::V4_2,
        }
    }

    /// As the header has it.
    pub fn text(self) -> &'static str {
        match self {
            HeaderVersion::V4_0 => "4.0.0.0",
            HeaderVersion::V4_1 => "4.1.0.0",
            HeaderVersion::V4_2 => "4.2.0.0",
            HeaderVersion::V4_3 => "4.3.0.0",
        }
    }
}

impl PlayReadyHeader<'_> {
    /// The header, `WRMHEADER`.
    ///
    /// # Errors
    ///
    /// [`DrmError`] where the version cannot say it.
    pub fn xml(&self) -> Result<String, DrmError> {
        let version = self.version.text();
        if self.algorithm == Algorithm::AesCbc && self.version < HeaderVersion::V4_3 {
            return Err(DrmError::PlayReadyAlgorithm { version });
        }
        let one = || match self.keys {
            [(kid, key)] => Ok((*kid, *key)),
            keys => Err(DrmError::PlayReadyKids {
                version,
                kids: keys.len(),
            }),
        };
        let info = match self.version {
            HeaderVersion::V4_0 => {
                let (kid, key) = one()?;
                format!(
                    "<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO>\
                     <KID>{}</KID><CHECKSUM>{}</CHECKSUM>",
                    base64(&kid.guid()),
                    checksum(kid, key),
                )
            }
            HeaderVersion::V4_1 => {
                let (kid, key) = one()?;
                format!("<PROTECTINFO>{}</PROTECTINFO>", self.kid(kid, key))
            }
            HeaderVersion::V4_2 | HeaderVersion::V4_3 => {
                let kids = self.keys.iter().map(|(kid, key)| self.kid(*kid, key));
                let kids: String = kids.collect();
                format!("<PROTECTINFO><KIDS>{kids}</KIDS></PROTECTINFO>")
            }
        };
        let url = self.licence_url.map_or(String::new(), |url| {
            format!("<LA_URL>{}</LA_URL>", escaped(url))
        });
        let custom = self.custom_attributes.map_or(String::new(), |custom| {
            format!("<CUSTOMATTRIBUTES>{custom}</CUSTOMATTRIBUTES>")
        });
        Ok(format!(
            "<WRMHEADER xmlns=\"{NAMESPACE}\" version=\"{version}\"><DATA>{info}{url}{custom}</DATA></WRMHEADER>"
        ))
    }

    /// The `KID` element of versions 4.1 and later.
    fn kid(&self, kid: Kid, key: &Key) -> String {
        let value = base64(&kid.guid());
        match self.algorithm {
            Algorithm::AesCtr => {
                let checksum = checksum(kid, key);
                format!("<KID ALGID=\"AESCTR\" CHECKSUM=\"{checksum}\" VALUE=\"{value}\"></KID>")
            }
            // The check sum is defined for AES-CTR alone.
            Algorithm::AesCbc => format!("<KID ALGID=\"AESCBC\" VALUE=\"{value}\"></KID>"),
        }
    }

    /// The PlayReady object: a record with the header.
    ///
    /// # Errors
    ///
    /// [`DrmError`] where the version cannot say it, and for an object longer than clients read.
    pub fn object(&self) -> Result<Vec<u8>, DrmError> {
        let header: Vec<u8> = self
            .xml()?
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let bytes = header.len() + 10;
        let length = u16::try_from(header.len()).ok().filter(|_| bytes <= MOST);
        let length = length.ok_or(DrmError::PlayReadyLength { bytes })?;
        let mut object = Vec::with_capacity(bytes);
        object.extend_from_slice(&(u32::from(length) + 10).to_le_bytes());
        // One record, of the type of headers.
        object.extend_from_slice(&1u16.to_le_bytes());
        object.extend_from_slice(&1u16.to_le_bytes());
        object.extend_from_slice(&length.to_le_bytes());
        object.extend_from_slice(&header);
        Ok(object)
    }

    /// The `pssh` box.
    ///
    /// # Errors
    ///
    /// As [`object`](Self::object).
    pub fn pssh(&self, version: PsshVersion) -> Result<Vec<u8>, DrmError> {
        let kids: Vec<Kid> = self.keys.iter().map(|(kid, _)| *kid).collect();
        super::pssh(SYSTEM_ID, version, &kids, &self.object()?)
    }
}

/// The first 8 bytes of the key's id, as a GUID, encrypted with the key.
fn checksum(kid: Kid, key: &Key) -> String {
    let mut block = aes::Block::from(kid.guid());
    Aes128::new(key.bytes().into()).encrypt_block(&mut block);
    base64(block.get(..8).unwrap_or_default())
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return Cow::Borrowed(text);
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    Cow::Owned(text.replace('>', "&gt;"))
}
