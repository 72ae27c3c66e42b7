//! Opus: the `dOps` box.

use crate::Error;
use crate::bits::BitReader;

/// What `dOps` says of an Opus stream. Encapsulation of Opus in ISO Base Media File Format 4.3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpusConfig {
    /// `OutputChannelCount`.
    pub channels: u8,
    /// `PreSkip`: samples to drop at the start, at 48 kHz.
    pub pre_skip: u16,
    /// `InputSampleRate` in hertz, for information; may be 0.
    pub input_sample_rate: u32,
    /// `OutputGain` in 1/256 dB.
    pub output_gain: i16,
    /// `ChannelMappingFamily`.
    pub channel_mapping_family: u8,
}

impl OpusConfig {
    /// The rate Opus always decodes at, in hertz.
    pub const SAMPLING_RATE: u32 = 48_000;

    /// Reads the content of a `dOps` box.
    pub fn parse(data: &[u8]) -> Result<OpusConfig, Error> {
        let mut r = BitReader::new("OpusSpecificBox", data);
        r.bits_range(8, (0, 0), "Version")?;
        Ok(OpusConfig {
            channels: r.bits_range(8, (1, 255), "OutputChannelCount")? as u8,
            pre_skip: r.bits(16, "PreSkip")? as u16,
            input_sample_rate: r.bits(32, "InputSampleRate")?,
            output_gain: r.bits(16, "OutputGain")? as u16 as i16,
            channel_mapping_family: r.byte("ChannelMappingFamily")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As FFmpeg writes it for stereo with libopus.
    const STEREO: [u8; 11] = [0, 2, 0x01, 0x38, 0, 0, 0xbb, 0x80, 0, 0, 0];

    #[test]
    fn stereo_with_pre_skip() {
        let config = OpusConfig::parse(&STEREO).unwrap();
        assert_eq!((config.channels, config.pre_skip), (2, 312));
        assert_eq!((config.input_sample_rate, config.output_gain), (48_000, 0));
    }

    #[test]
    fn truncated_config_is_an_error_at_every_byte() {
        for length in 0..STEREO.len() {
            assert!(OpusConfig::parse(&STEREO[..length]).is_err(), "{length}");
        }
        let error = OpusConfig::parse(&[0, 0]).unwrap_err();
        let text = "OpusSpecificBox at bit 8: OutputChannelCount: is 0, expected 1 to 255";
        assert_eq!(error.to_string(), text);
    }
}
