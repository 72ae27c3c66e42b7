//! `trun`: a run of samples in a fragment.

use crate::table::u32_at;
use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Track fragment run. ISO/IEC 14496-12 8.8.8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trun<'a> {
    /// 0: composition offsets without sign, 1: with.
    pub version: u8,
    /// Which fields are present.
    pub flags: u32,
    /// Samples in the run.
    ///
    /// **Not to be trusted where [`row_size`](Self::row_size) is 0**: no table stands behind it
    /// then. Hold it against the bytes the samples take before looping over it.
    pub sample_count: u32,
    /// Of the first sample's data, from the base the `tfhd` sets; otherwise it follows the
    /// previous run's data.
    pub data_offset: Option<i32>,
    /// Flags of the first sample, instead of the default.
    pub first_sample_flags: Option<u32>,
    /// The samples' fields as they lie in the file: `sample_count` times `row_size` bytes.
    pub rows: &'a [u8],
}

/// What a run says of one sample. What is absent has a default elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrunSample {
    /// In ticks of the media.
    pub duration: Option<u32>,
    /// In bytes.
    pub size: Option<u32>,
    /// As [`media::SampleFlags`].
    pub flags: Option<u32>,
    /// Composition time minus decoding time, in ticks; read with its sign in version 0 as well.
    pub composition_time_offset: Option<i32>,
}

impl<'a> Trun<'a> {
    /// `data_offset` is present.
    pub const DATA_OFFSET: u32 = 0x001;
    /// `first_sample_flags` is present.
    pub const FIRST_SAMPLE_FLAGS: u32 = 0x004;
    /// Each sample has a duration.
    pub const SAMPLE_DURATION: u32 = 0x100;
    /// Each sample has a size.
    pub const SAMPLE_SIZE: u32 = 0x200;
    /// Each sample has flags.
    pub const SAMPLE_FLAGS: u32 = 0x400;
    /// Each sample has a composition offset.
    pub const SAMPLE_COMPOSITION_TIME_OFFSETS: u32 = 0x800;

    /// Bytes of each sample's fields: 0, 4, 8, 12 or 16.
    pub fn row_size(&self) -> usize {
        row_size(self.flags)
    }

    /// The samples in order. Where `row_size` is 0 there are `sample_count` of them without any
    /// field, which may be four billion.
    pub fn samples(&self) -> impl Iterator<Item = TrunSample> + use<'a> {
        let (flags, rows, size) = (self.flags, self.rows, self.row_size());
        (0..self.sample_count as usize).map(move |index| {
            let row = rows.get(index.saturating_mul(size)..).unwrap_or_default();
            let mut at = 0;
            let mut field = |flag| {
                (flags & flag != 0).then(|| {
                    let value = u32_at(row, at);
                    at += 4;
                    value
                })
            };
            TrunSample {
                duration: field(Self::SAMPLE_DURATION),
                size: field(Self::SAMPLE_SIZE),
                flags: field(Self::SAMPLE_FLAGS),
                composition_time_offset: field(Self::SAMPLE_COMPOSITION_TIME_OFFSETS)
                    .map(|offset| offset as i32),
            }
        })
    }
}

fn row_size(flags: u32) -> usize {
    (flags & 0xf00).count_ones() as usize * 4
}

impl<'a> BoxBody<'a> for Trun<'a> {
    const KIND: FourCc = FourCc::new(b"trun");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, flags) = reader.full_box_up_to(1)?;
        let sample_count = reader.u32("sample_count")?;
        let data_offset = match flags & Self::DATA_OFFSET {
            0 => None,
            _ => Some(reader.i32("data_offset")?),
        };
        let first_sample_flags = match flags & Self::FIRST_SAMPLE_FLAGS {
            0 => None,
            _ => Some(reader.u32("first_sample_flags")?),
        };
        let rows = reader.rows(sample_count, row_size(flags), "samples")?;
        Ok(Trun {
            version,
            flags,
            sample_count,
            data_offset,
            first_sample_flags,
            rows,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, self.flags);
        writer.u32(self.sample_count);
        if let (true, Some(offset)) = (self.flags & Self::DATA_OFFSET != 0, self.data_offset) {
            writer.i32(offset);
        }
        let first = (
            self.flags & Self::FIRST_SAMPLE_FLAGS != 0,
            self.first_sample_flags,
        );
        if let (true, Some(flags)) = first {
            writer.u32(flags);
        }
        writer.bytes(self.rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn samples_of_a_run_are_read() {
        // Written by Lavf 59, shortened.
        let trun: Trun<'_> = whole(hex(
            "00000030 7472756e 01000a05 00000003 000001ac 02000000 000004fe 00000000
             0000004b 00000400 0000000c fffffe00",
        ));
        assert_eq!((trun.sample_count, trun.row_size()), (3, 8));
        assert_eq!(trun.data_offset, Some(428));
        assert_eq!(trun.first_sample_flags, Some(media::SampleFlags::SYNC.0));
        let samples: Vec<TrunSample> = trun.samples().collect();
        let expected = |size, offset| TrunSample {
            size: Some(size),
            composition_time_offset: Some(offset),
            ..TrunSample::default()
        };
        assert_eq!(
            samples,
            [expected(0x4fe, 0), expected(0x4b, 1024), expected(12, -512)]
        );
    }

    #[test]
    fn every_combination_of_fields_survives() {
        for bits in 0..64u32 {
            let flags = (bits & 15) << 8
                | if bits & 16 != 0 { Trun::DATA_OFFSET } else { 0 }
                | if bits & 32 != 0 {
                    Trun::FIRST_SAMPLE_FLAGS
                } else {
                    0
                };
            let rows: Vec<u8> = (0..2 * super::row_size(flags) as u8).collect();
            let trun = Trun {
                version: 0,
                flags,
                sample_count: 2,
                data_offset: (bits & 16 != 0).then_some(-8),
                first_sample_flags: (bits & 32 != 0).then_some(9),
                rows: rows.leak(),
            };
            let read: Trun<'_> = whole(trun.to_bytes().unwrap().leak());
            assert_eq!(read, trun);
            let last = read.samples().last().unwrap();
            let fields = [
                last.duration,
                last.size,
                last.flags,
                last.composition_time_offset.map(|offset| offset as u32),
            ];
            let present = |index: usize| flags >> 8 >> index & 1 != 0;
            for (index, field) in fields.into_iter().enumerate() {
                assert_eq!(field.is_some(), present(index));
            }
            let first = read.row_size() as u32;
            if let Some(value) = fields.into_iter().flatten().next() {
                let bytes = [first, first + 1, first + 2, first + 3].map(|byte| byte as u8);
                assert_eq!(value, u32::from_be_bytes(bytes));
            }
        }
    }

    #[test]
    fn a_run_without_fields_can_claim_any_count() {
        let trun: Trun<'_> = whole(hex("00000010 7472756e 00000000 ffffffff"));
        assert_eq!((trun.sample_count, trun.row_size()), (u32::MAX, 0));
        assert_eq!(trun.samples().next(), Some(TrunSample::default()));
    }
}
