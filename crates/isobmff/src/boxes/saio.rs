//! `saio`: where samples' auxiliary information lies.

use super::AuxInfoType;
use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Sample auxiliary information offsets. ISO/IEC 14496-12 8.7.9.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saio<'a> {
    /// 0: offsets of 32 bits, 1: of 64.
    pub version: u8,
    /// What it is about.
    pub info_type: Option<AuxInfoType>,
    /// Offsets as they lie in the file: one, or one for each chunk or run. In a fragment they
    /// count from the base that `tfhd` sets. See [`offsets`](Self::offsets).
    pub bytes: &'a [u8],
}

impl<'a> Saio<'a> {
    /// The offsets in order.
    pub fn offsets(&self) -> impl Iterator<Item = u64> + use<'a> {
        let row = row(self.version);
        self.bytes.chunks_exact(row).map(|bytes| {
            bytes
                .iter()
                .fold(0, |value, byte| value << 8 | u64::from(*byte))
        })
    }
}

fn row(version: u8) -> usize {
    if version == 0 { 4 } else { 8 }
}

impl<'a> BoxBody<'a> for Saio<'a> {
    const KIND: FourCc = FourCc::new(b"saio");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, flags) = reader.full_box_up_to(1)?;
        let info_type = AuxInfoType::read(reader, flags)?;
        let count = reader.u32("entry_count")?;
        Ok(Saio {
            version,
            info_type,
            bytes: reader.rows(count, row(version), "offset")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, u32::from(self.info_type.is_some()));
        if let Some(info_type) = self.info_type {
            info_type.write(writer);
        }
        writer.count_u32("entry_count", self.bytes.len() / row(self.version));
        writer.bytes(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn offsets_of_both_sizes_are_read() {
        // The layout of ISO/IEC 14496-12 8.7.9, by hand.
        let saio: Saio<'_> = whole(hex("00000014 7361696f 00000000 00000001 00000123"));
        assert_eq!(saio.offsets().collect::<Vec<_>>(), [0x123]);
        let saio: Saio<'_> = whole(hex("00000028 7361696f 01000001 63656e63 00000007 00000002
             0000000100000000 0000000000000002"));
        assert_eq!(saio.offsets().collect::<Vec<_>>(), [1 << 32, 2]);
        assert_eq!(saio.info_type.unwrap().aux_info_type_parameter, 7);
    }
}
