//! Widevine: `pssh` data, a message of protocol buffers.

use super::{DrmError, PsshVersion};
use crate::Kid;
use crate::scheme::Scheme;

/// `edef8ba9-79d6-4ace-a3c8-27dcd51d21ed`.
pub const SYSTEM_ID: [u8; 16] =
    *b"\xed\xef\x8b\xa9\x79\xd6\x4a\xce\xa3\xc8\x27\xdc\xd5\x1d\x21\xed";

/// What a licence server is told; fields that are empty are left out.
#[derive(Clone, Copy, Debug)]
pub struct WidevineData<'a> {
    /// Of the track the box is for.
    pub kids: &'a [Kid],
    /// `provider`.
    pub provider: &'a str,
    /// `content_id`.
    pub content_id: &'a [u8],
    /// `protection_scheme`.
    pub scheme: Scheme,
}

impl WidevineData<'_> {
    /// The message, `WidevinePsshData` of `license_protocol.proto`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut message = Vec::new();
        for kid in self.kids {
            field(&mut message, 2, &kid.0);
        }
        if !self.provider.is_empty() {
            field(&mut message, 3, self.provider.as_bytes());
        }
        if !self.content_id.is_empty() {
            field(&mut message, 4, self.content_id);
        }
        message.push(9 << 3);
        varint(
            &mut message,
            u32::from_be_bytes(self.scheme.four_cc().0).into(),
        );
        message
    }

    /// The `pssh` box.
    ///
    /// # Errors
    ///
    /// [`DrmError::Box`] for more data than a box can hold.
    pub fn pssh(&self, version: PsshVersion) -> Result<Vec<u8>, DrmError> {
        super::pssh(SYSTEM_ID, version, self.kids, &self.to_bytes())
    }
}

/// A field of bytes: its number and wire type 2, the length, the bytes.
fn field(message: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    message.push(number << 3 | 2);
    varint(message, bytes.len() as u64);
    message.extend_from_slice(bytes);
}

/// Seven bits a byte, the lowest first, the upper bit set on all but the last.
fn varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push(value as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}
