//! `senc`: IVs and subsamples of the samples of a fragment.

use super::Subsample;
use crate::{BoxBody, Error, FourCc, Reader, Table, Writer};

/// Sample encryption. ISO/IEC 23001-7 7.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Senc<'a> {
    /// 2: subsamples are given.
    pub flags: u32,
    /// As written; hold it against what [`samples`](Self::samples) finds.
    pub sample_count: u32,
    /// The samples' fields as they lie in the file: how long an IV is stands elsewhere.
    pub bytes: &'a [u8],
}

/// What `senc` says of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SencSample<'a> {
    /// 8 or 16 bytes; none where the IV is constant.
    pub initialization_vector: &'a [u8],
    /// None: all of the sample is protected.
    pub subsamples: Table<'a, Subsample>,
}

impl<'a> Senc<'a> {
    /// The flag that subsamples are given.
    pub const SUBSAMPLES: u32 = 2;

    /// The samples in order, until one reaches beyond the box. `iv_size`: bytes of each IV, from
    /// [`Tenc::default_per_sample_iv_size`](super::Tenc::default_per_sample_iv_size) or the sample's `seig` group.
    pub fn samples(&self, iv_size: u8) -> impl Iterator<Item = SencSample<'a>> + use<'a> {
        let mut left = self.bytes;
        let subsamples = self.flags & Self::SUBSAMPLES != 0;
        // Samples that take no bytes have no end.
        let count = match (iv_size, subsamples) {
            (0, false) => 0,
            _ => self.sample_count,
        };
        (0..count).map_while(move |_| {
            let (initialization_vector, rest) = left.split_at_checked(usize::from(iv_size))?;
            left = rest;
            let mut rows = &[][..];
            if subsamples {
                let (count, rest) = left.split_first_chunk()?;
                let bytes = 6 * usize::from(u16::from_be_bytes(*count));
                (rows, left) = rest.split_at_checked(bytes)?;
            }
            Some(SencSample {
                initialization_vector,
                subsamples: Table::new(rows),
            })
        })
    }
}

impl SencSample<'_> {
    /// Writes the sample as it stands in `senc`; with `flags` of the box.
    pub fn write(&self, flags: u32, writer: &mut Writer) {
        writer.bytes(self.initialization_vector);
        if flags & Senc::SUBSAMPLES != 0 {
            writer.count_u16("subsample_count", self.subsamples.len());
            writer.bytes(self.subsamples.bytes());
        }
    }

    /// Bytes it takes in a box of `flags`: what `saiz` says of it.
    pub fn size(&self, flags: u32) -> usize {
        let subsamples = match flags & Senc::SUBSAMPLES {
            0 => 0,
            _ => 2 + self.subsamples.bytes().len(),
        };
        self.initialization_vector.len() + subsamples
    }
}

impl<'a> BoxBody<'a> for Senc<'a> {
    const KIND: FourCc = FourCc::new(b"senc");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (_, flags) = reader.full_box_up_to(0)?;
        Ok(Senc {
            flags,
            sample_count: reader.u32("sample_count")?,
            bytes: reader.rest(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, self.flags);
        writer.u32(self.sample_count);
        writer.bytes(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex};

    /// The layout of ISO/IEC 23001-7 7.2, by hand.
    const TWO: &str = "00000036 73656e63 00000002 00000002
        0102030405060708 0002 0005 00000010 ffff 00000000
        0102030405060709 0001 0007 00000020";

    #[test]
    fn ivs_and_subsamples_are_read_and_written() {
        let senc: Senc<'_> = checked(hex(TWO), 8);
        let samples: Vec<_> = senc.samples(8).collect();
        assert_eq!(samples[0].initialization_vector, [1, 2, 3, 4, 5, 6, 7, 8]);
        let subsamples: Vec<_> = samples[0].subsamples.iter().collect();
        assert_eq!(
            (
                subsamples[0].bytes_of_clear_data,
                subsamples[0].bytes_of_protected_data
            ),
            (5, 16)
        );
        assert_eq!((subsamples[0].bytes(), subsamples[1].bytes()), (21, 65_535));
        assert_eq!(samples[1].subsamples.get(0).unwrap().bytes(), 39);
        assert_eq!(
            samples.iter().map(|each| each.size(2)).collect::<Vec<_>>(),
            [22, 16]
        );
        let mut writer = Writer::new();
        samples
            .iter()
            .for_each(|sample| sample.write(senc.flags, &mut writer));
        assert_eq!(writer.finish().unwrap(), senc.bytes);
    }

    #[test]
    fn samples_without_subsamples_are_wholly_protected() {
        let senc: Senc<'_> = checked(
            hex("00000020 73656e63 00000000 00000002 00000000000000aa 00000000000000ab"),
            8,
        );
        let ivs: Vec<u8> = senc
            .samples(8)
            .map(|each| each.initialization_vector[7])
            .collect();
        assert_eq!(ivs, [0xaa, 0xab]);
        assert!(senc.samples(16).all(|each| each.subsamples.is_empty()));
        assert_eq!(senc.samples(16).count(), 1);
    }

    #[test]
    fn samples_end_where_the_box_does_whatever_the_count() {
        let senc: Senc<'_> = checked(hex("00000012 73656e63 00000002 ffffffff ffff"), 8);
        assert_eq!(senc.samples(0).count(), 0);
        let senc: Senc<'_> = checked(hex("00000010 73656e63 00000000 ffffffff"), 8);
        assert_eq!(senc.samples(0).count(), 0);
    }
}
