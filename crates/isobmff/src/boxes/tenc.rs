//! `tenc`: encryption defaults of a track.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Track encryption. ISO/IEC 23001-7 8.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenc<'a> {
    /// 0, or 1 where a pattern is given.
    pub version: u8,
    /// Encrypted 16-byte blocks in the pattern; 4 bits, version 1.
    pub default_crypt_byte_block: u8,
    /// Clear 16-byte blocks in the pattern; 4 bits, version 1.
    pub default_skip_byte_block: u8,
    /// 1: the samples are encrypted unless something else is said.
    pub default_is_protected: u8,
    /// 0, 8 or 16 bytes.
    pub default_per_sample_iv_size: u8,
    /// The key's id.
    pub default_kid: [u8; 16],
    /// For all samples, where `default_per_sample_iv_size` is 0 and they are encrypted.
    pub default_constant_iv: Option<&'a [u8]>,
}

impl<'a> BoxBody<'a> for Tenc<'a> {
    const KIND: FourCc = FourCc::new(b"tenc");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        reader.u8("reserved")?;
        let pattern = reader.u8("default_crypt_byte_block")?;
        let pattern = if version == 0 { 0 } else { pattern };
        let default_is_protected = reader.u8("default_isProtected")?;
        let default_per_sample_iv_size = reader.u8("default_Per_Sample_IV_Size")?;
        let default_kid = reader.array("default_KID")?;
        let default_constant_iv = match (default_is_protected, default_per_sample_iv_size) {
            (1, 0) => {
                let size = reader.u8("default_constant_IV_size")?;
                Some(reader.bytes(usize::from(size), "default_constant_IV")?)
            }
            _ => None,
        };
        Ok(Tenc {
            version,
            default_crypt_byte_block: pattern >> 4,
            default_skip_byte_block: pattern & 15,
            default_is_protected,
            default_per_sample_iv_size,
            default_kid,
            default_constant_iv,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        writer.u8(0);
        writer.u8(match self.version {
            0 => 0,
            _ => self.default_crypt_byte_block << 4 | self.default_skip_byte_block & 15,
        });
        writer.u8(self.default_is_protected);
        writer.u8(self.default_per_sample_iv_size);
        writer.bytes(&self.default_kid);
        if let Some(iv) = self.default_constant_iv {
            writer.count_u8("default_constant_IV_size", iv.len());
            writer.bytes(iv);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, hex, whole};

    #[test]
    fn keys_with_an_iv_per_sample_are_read() {
        // Written by Lavf 59.
        let tenc: Tenc<'_> = whole(hex(
            "00000020 74656e63 00000000 00 00 01 08 0123456789abcdef0123456789abcdef",
        ));
        assert_eq!(
            (tenc.default_is_protected, tenc.default_per_sample_iv_size),
            (1, 8)
        );
        assert_eq!(tenc.default_kid[..2], [1, 0x23]);
        assert_eq!(tenc.default_constant_iv, None);
    }

    #[test]
    fn a_pattern_with_a_constant_iv_is_read() {
        // The layout of ISO/IEC 23001-7 8.2: cbcs 1:9.
        let tenc: Tenc<'_> = whole(hex(
            "00000031 74656e63 01000000 00 19 01 00 7e571d047e571d047e571d047e571d21
             10 11223344556677889900112233445566",
        ));
        assert_eq!(
            (tenc.default_crypt_byte_block, tenc.default_skip_byte_block),
            (1, 9)
        );
        assert_eq!(tenc.default_constant_iv.map(<[u8]>::len), Some(16));
    }

    #[test]
    fn every_pattern_survives() {
        for pattern in 0..=255u8 {
            let body = [&[1, 0, 0, 0, 0, pattern, 1, 16][..], &[7; 16]].concat();
            let tenc: Tenc<'_> = whole(around(Tenc::KIND, &body));
            assert_eq!(tenc.default_crypt_byte_block, pattern >> 4);
            assert_eq!(tenc.default_skip_byte_block, pattern & 15);
        }
    }
}
