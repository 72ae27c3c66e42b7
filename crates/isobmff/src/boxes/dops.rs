//! `dOps`: configuration of Opus.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Opus specific box. Encapsulation of Opus in ISO Base Media File Format 4.3.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dops<'a> {
    /// 0.
    pub version: u8,
    /// Channels.
    pub output_channel_count: u8,
    /// Samples at 48 kHz to drop at the start.
    pub pre_skip: u16,
    /// Of what was encoded, in hertz, for information.
    pub input_sample_rate: u32,
    /// In decibels, 8.8.
    pub output_gain: i16,
    /// 0: mono or stereo, 1: surround, ...
    pub channel_mapping_family: u8,
    /// Absent in family 0.
    pub channel_mapping: Option<OpusMapping<'a>>,
}

/// Which decoded channel is which output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpusMapping<'a> {
    /// Streams in each packet.
    pub stream_count: u8,
    /// Of which are stereo.
    pub coupled_count: u8,
    /// One byte per output channel.
    pub mapping: &'a [u8],
}

impl<'a> BoxBody<'a> for Dops<'a> {
    const KIND: FourCc = FourCc::new(b"dOps");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let version = reader.u8("Version")?;
        let output_channel_count = reader.u8("OutputChannelCount")?;
        let pre_skip = reader.u16("PreSkip")?;
        let input_sample_rate = reader.u32("InputSampleRate")?;
        let output_gain = reader.i16("OutputGain")?;
        let channel_mapping_family = reader.u8("ChannelMappingFamily")?;
        let channel_mapping = match channel_mapping_family {
            0 => None,
            _ => Some(OpusMapping {
                stream_count: reader.u8("StreamCount")?,
                coupled_count: reader.u8("CoupledCount")?,
                mapping: reader.bytes(usize::from(output_channel_count), "ChannelMapping")?,
            }),
        };
        Ok(Dops {
            version,
            output_channel_count,
            pre_skip,
            input_sample_rate,
            output_gain,
            channel_mapping_family,
            channel_mapping,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.u8(self.version);
        writer.u8(self.output_channel_count);
        writer.u16(self.pre_skip);
        writer.u32(self.input_sample_rate);
        writer.i16(self.output_gain);
        writer.u8(self.channel_mapping_family);
        if let Some(mapping) = &self.channel_mapping {
            writer.u8(mapping.stream_count);
            writer.u8(mapping.coupled_count);
            writer.bytes(mapping.mapping);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn mono_has_no_mapping() {
        // Written by Lavf 59 around libopus.
        let dops: Dops<'_> = whole(hex("00000013 644f7073 00 01 0138 0000bb80 0000 00"));
        assert_eq!((dops.output_channel_count, dops.pre_skip), (1, 312));
        assert_eq!((dops.input_sample_rate, dops.output_gain), (48_000, 0));
        assert_eq!(dops.channel_mapping, None);
    }

    #[test]
    fn surround_has_a_mapping() {
        // Written by Lavf 59 around libopus.
        let dops: Dops<'_> = whole(hex(
            "0000001b 644f7073 00 06 0138 0000bb80 0000 01 04 02 000401020305",
        ));
        let mapping = dops.channel_mapping.unwrap();
        assert_eq!((mapping.stream_count, mapping.coupled_count), (4, 2));
        assert_eq!(mapping.mapping, [0, 4, 1, 2, 3, 5]);
    }
}
