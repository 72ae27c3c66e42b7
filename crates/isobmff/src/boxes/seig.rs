//! `seig`: encryption of a group of samples that differs from the track's.

use crate::{Error, FourCc, Place, Reader, Writer};

/// Sample encryption information of a group: an entry of `sgpd`. ISO/IEC 23001-7 6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seig<'a> {
    /// Encrypted 16-byte blocks in the pattern; 4 bits.
    pub crypt_byte_block: u8,
    /// Clear 16-byte blocks in the pattern; 4 bits.
    pub skip_byte_block: u8,
    /// 1: the samples are encrypted; 0: they are clear.
    pub is_protected: u8,
    /// 0, 8 or 16 bytes.
    pub per_sample_iv_size: u8,
    /// The key's id.
    pub kid: [u8; 16],
    /// For all samples, where `per_sample_iv_size` is 0 and they are encrypted.
    pub constant_iv: Option<&'a [u8]>,
}

impl<'a> Seig<'a> {
    /// `grouping_type` of `sgpd` and `sbgp`.
    pub const GROUPING_TYPE: FourCc = FourCc::new(b"seig");

    /// For samples that are clear.
    pub const CLEAR: Seig<'static> = Seig {
        crypt_byte_block: 0,
        skip_byte_block: 0,
        is_protected: 0,
        per_sample_iv_size: 0,
        kid: [0; 16],
        constant_iv: None,
    };

    /// Reads an entry of the `sgpd` at `place`; `offset`: of the entry in the file.
    pub fn parse(entry: &'a [u8], offset: u64, place: &Place<'_>) -> Result<Seig<'a>, Error> {
        let reader = &mut Reader::new(entry, offset, *place);
        reader.u8("reserved")?;
        let pattern = reader.u8("crypt_byte_block")?;
        let is_protected = reader.u8("isProtected")?;
        let per_sample_iv_size = reader.u8("Per_Sample_IV_Size")?;
        Ok(Seig {
            crypt_byte_block: pattern >> 4,
            skip_byte_block: pattern & 15,
            is_protected,
            per_sample_iv_size,
            kid: reader.array("KID")?,
            constant_iv: match (is_protected, per_sample_iv_size) {
                (1, 0) => {
                    let size = reader.u8("constant_IV_size")?;
                    Some(reader.bytes(usize::from(size), "constant_IV")?)
                }
                _ => None,
            },
        })
    }

    /// Writes the entry.
    pub fn write(&self, writer: &mut Writer) {
        writer.u8(0);
        writer.u8(self.crypt_byte_block << 4 | self.skip_byte_block & 15);
        writer.u8(self.is_protected);
        writer.u8(self.per_sample_iv_size);
        writer.bytes(&self.kid);
        if let Some(iv) = self.constant_iv {
            writer.count_u8("constant_IV_size", iv.len());
            writer.bytes(iv);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::hex;

    fn parse(entry: &[u8]) -> Result<Seig<'_>, Error> {
        Seig::parse(entry, 0, &Place::FILE)
    }

    #[test]
    fn entries_are_read_and_written_and_every_cut_is_an_error() {
        // The layout of ISO/IEC 23001-7 6, by hand.
        for entry in [
            "00 00 01 08 00112233445566778899aabbccddeeff",
            "00 00 00 00 00000000000000000000000000000000",
            "00 19 01 00 00112233445566778899aabbccddeeff 08 0102030405060708",
        ] {
            let entry = hex(entry);
            let seig = parse(entry).unwrap();
            let mut writer = Writer::new();
            seig.write(&mut writer);
            assert_eq!(writer.finish().unwrap(), entry);
            for cut in 0..entry.len() {
                assert!(parse(&entry[..cut]).is_err());
            }
        }
        let clear = hex("00 00 00 00 00000000000000000000000000000000");
        assert_eq!(parse(clear).unwrap(), Seig::CLEAR);
    }

    #[test]
    fn a_constant_iv_and_a_pattern_are_read() {
        let entry = hex("00 19 01 00 00112233445566778899aabbccddeeff 08 0102030405060708");
        let seig = parse(entry).unwrap();
        assert_eq!((seig.crypt_byte_block, seig.skip_byte_block), (1, 9));
        assert_eq!(seig.constant_iv, Some(&[1, 2, 3, 4, 5, 6, 7, 8][..]));
    }
}
