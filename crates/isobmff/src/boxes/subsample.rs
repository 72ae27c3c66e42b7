//! Clear and protected bytes of a sample.

use crate::table::{cell, u32_at};
use crate::{Row, Writer};

/// A part of a sample: clear bytes, then protected ones. ISO/IEC 23001-7 7.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subsample {
    /// `BytesOfClearData`.
    pub bytes_of_clear_data: u16,
    /// `BytesOfProtectedData`.
    pub bytes_of_protected_data: u32,
}

impl Subsample {
    /// Both together.
    pub fn bytes(&self) -> u64 {
        u64::from(self.bytes_of_clear_data) + u64::from(self.bytes_of_protected_data)
    }
}

impl Row for Subsample {
    const SIZE: usize = 6;

    #[inline]
    fn decode(bytes: &[u8]) -> Subsample {
        Subsample {
            bytes_of_clear_data: u16::from_be_bytes(cell(bytes, 0)),
            bytes_of_protected_data: u32_at(bytes, 2),
        }
    }

    fn encode(&self, writer: &mut Writer) {
        writer.u16(self.bytes_of_clear_data);
        writer.u32(self.bytes_of_protected_data);
    }
}
