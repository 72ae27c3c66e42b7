//! `tfhd`: one track in one fragment.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Track fragment header. ISO/IEC 14496-12 8.8.7.
///
/// What is absent is for the reader of the movie to find in `trex`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tfhd {
    /// The track.
    pub track_id: u32,
    /// What `data_offset` of `trun` counts from.
    pub base_data_offset: Option<u64>,
    /// Sample entry, counted from 1.
    pub sample_description_index: Option<u32>,
    /// In ticks of the media.
    pub default_sample_duration: Option<u32>,
    /// In bytes.
    pub default_sample_size: Option<u32>,
    /// As [`media::SampleFlags`].
    pub default_sample_flags: Option<u32>,
    /// There are no samples for `default_sample_duration`.
    pub duration_is_empty: bool,
    /// Without `base_data_offset`, data offsets count from the start of `moof`.
    pub default_base_is_moof: bool,
}

const BASE_DATA_OFFSET: u32 = 0x00_0001;
const SAMPLE_DESCRIPTION_INDEX: u32 = 0x00_0002;
const DEFAULT_SAMPLE_DURATION: u32 = 0x00_0008;
const DEFAULT_SAMPLE_SIZE: u32 = 0x00_0010;
const DEFAULT_SAMPLE_FLAGS: u32 = 0x00_0020;
const DURATION_IS_EMPTY: u32 = 0x01_0000;
const DEFAULT_BASE_IS_MOOF: u32 = 0x02_0000;

impl Tfhd {
    /// The flags the present fields make.
    pub fn flags(&self) -> u32 {
        let flag = |present, flag| if present { flag } else { 0 };
        flag(self.base_data_offset.is_some(), BASE_DATA_OFFSET)
            | flag(
                self.sample_description_index.is_some(),
                SAMPLE_DESCRIPTION_INDEX,
            )
            | flag(
                self.default_sample_duration.is_some(),
                DEFAULT_SAMPLE_DURATION,
            )
            | flag(self.default_sample_size.is_some(), DEFAULT_SAMPLE_SIZE)
            | flag(self.default_sample_flags.is_some(), DEFAULT_SAMPLE_FLAGS)
            | flag(self.duration_is_empty, DURATION_IS_EMPTY)
            | flag(self.default_base_is_moof, DEFAULT_BASE_IS_MOOF)
    }
}

impl<'a> BoxBody<'a> for Tfhd {
    const KIND: FourCc = FourCc::new(b"tfhd");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (_, flags) = reader.full_box_up_to(0)?;
        let track_id = reader.u32("track_ID")?;
        let base_data_offset = match flags & BASE_DATA_OFFSET {
            0 => None,
            _ => Some(reader.u64("base_data_offset")?),
        };
        let mut field = |flag, name| match flags & flag {
            0 => Ok(None),
            _ => reader.u32(name).map(Some),
        };
        Ok(Tfhd {
            track_id,
            base_data_offset,
            sample_description_index: field(SAMPLE_DESCRIPTION_INDEX, "sample_description_index")?,
            default_sample_duration: field(DEFAULT_SAMPLE_DURATION, "default_sample_duration")?,
            default_sample_size: field(DEFAULT_SAMPLE_SIZE, "default_sample_size")?,
            default_sample_flags: field(DEFAULT_SAMPLE_FLAGS, "default_sample_flags")?,
            duration_is_empty: flags & DURATION_IS_EMPTY != 0,
            default_base_is_moof: flags & DEFAULT_BASE_IS_MOOF != 0,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, self.flags());
        writer.u32(self.track_id);
        if let Some(offset) = self.base_data_offset {
            writer.u64(offset);
        }
        let fields = [
            self.sample_description_index,
            self.default_sample_duration,
            self.default_sample_size,
            self.default_sample_flags,
        ];
        fields
            .into_iter()
            .flatten()
            .for_each(|field| writer.u32(field));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn present_fields_are_read_and_absent_ones_are_none() {
        // Written by Lavf 59.
        let tfhd: Tfhd = whole(hex(
            "00000020 74666864 0002003a 00000001 00000001 00000200 000004fe 01010000",
        ));
        let expected = Tfhd {
            track_id: 1,
            base_data_offset: None,
            sample_description_index: Some(1),
            default_sample_duration: Some(512),
            default_sample_size: Some(0x4fe),
            default_sample_flags: Some(media::SampleFlags::DEPENDENT.0),
            duration_is_empty: false,
            default_base_is_moof: true,
        };
        assert_eq!(tfhd, expected);
        // "h264_encrypted_segment.mp4" of mp4-atom (MIT or Apache-2.0).
        let tfhd: Tfhd = whole(hex("00000010 74666864 00020000 00000001"));
        assert_eq!(
            tfhd,
            Tfhd {
                track_id: 1,
                default_base_is_moof: true,
                ..Tfhd::default()
            }
        );
    }

    #[test]
    fn every_combination_of_fields_survives() {
        for bits in 0..128u32 {
            let some = |bit: u32, value| (bits >> bit & 1 != 0).then_some(value);
            let tfhd = Tfhd {
                track_id: 7,
                base_data_offset: some(0, 1 << 40),
                sample_description_index: some(1, 2).map(|value| value as u32),
                default_sample_duration: some(2, 3).map(|value| value as u32),
                default_sample_size: some(3, 4).map(|value| value as u32),
                default_sample_flags: some(4, 5).map(|value| value as u32),
                duration_is_empty: bits >> 5 & 1 != 0,
                default_base_is_moof: bits >> 6 & 1 != 0,
            };
            assert_eq!(whole::<Tfhd>(tfhd.to_bytes().unwrap().leak()), tfhd);
        }
    }
}
