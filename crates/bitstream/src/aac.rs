//! MPEG-4 audio: the AudioSpecificConfig of `esds`.

use crate::Error;
use crate::bits::BitReader;
use crate::codec_string;

/// AAC LC.
const AAC_LC: u8 = 2;
/// Spectral band replication.
const SBR: u8 = 5;
/// Parametric stereo.
const PS: u8 = 29;
/// Extended HE-AAC (USAC).
const USAC: u8 = 42;

/// AudioSpecificConfig, ISO/IEC 14496-3 1.6.2.1: values as coded, and what they add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioSpecificConfig {
    /// `audioObjectType` of the core codec (2 is AAC LC, 42 is USAC), without SBR and PS.
    pub audio_object_type: u8,
    /// Rate of the core codec, in hertz.
    pub sampling_frequency: u32,
    /// `channelConfiguration`; 0 where a program config element or the codec's own configuration
    /// describes the channels.
    pub channel_configuration: u8,
    /// Channels of the core codec; `None` where neither `channel_configuration` nor a program
    /// config element tells.
    pub core_channels: Option<u8>,
    /// `sbrPresentFlag`: `None` where nothing is said (a decoder may find SBR by itself).
    pub sbr: Option<bool>,
    /// `psPresentFlag`: `None` where nothing is said.
    pub ps: Option<bool>,
    /// `extensionSamplingFrequency`, in hertz, where SBR is present.
    pub extension_sampling_frequency: Option<u32>,
    /// `frameLengthFlag` of a GASpecificConfig: 960 samples a frame, not 1024.
    pub short_frames: bool,
}

impl AudioSpecificConfig {
    /// Reads the content of a DecoderSpecificInfo.
    pub fn parse(data: &[u8]) -> Result<AudioSpecificConfig, Error> {
        let r = &mut BitReader::new("AudioSpecificConfig", data);
        let mut config = AudioSpecificConfig {
            audio_object_type: audio_object_type(r)?,
            sampling_frequency: sampling_frequency(r)?,
            channel_configuration: r.small(4, "channelConfiguration")?,
            core_channels: None,
            sbr: None,
            ps: None,
            extension_sampling_frequency: None,
            short_frames: false,
        };
        config.core_channels = channels_of(config.channel_configuration);
        if let SBR | PS = config.audio_object_type {
            config.ps = (config.audio_object_type == PS).then_some(true);
            config.sbr = Some(true);
            config.extension_sampling_frequency = Some(sampling_frequency(r)?);
            config.audio_object_type = audio_object_type(r)?;
            if config.audio_object_type == 22 {
                r.small(4, "extensionChannelConfiguration")?;
            }
        }
        match config.audio_object_type {
            1..=4 | 6 | 7 | 17 | 19..=23 => config.ga_specific(r)?,
            // What follows for the other types has a syntax of its own, and tells nothing that
            // packaging needs.
            _ => return Ok(config),
        }
        if let 17 | 19..=23 = config.audio_object_type
            && r.left() >= 2
        {
            let bit = r.position();
            let value = r.small(2, "epConfig")?;
            if value > 1 {
                let (structure, element, value) = ("AudioSpecificConfig", "epConfig", value.into());
                let what = "error protection";
                return Err(Error::Unsupported {
                    structure,
                    bit,
                    element,
                    value,
                    what,
                });
            }
        }
        config.sync_extension(r)?;
        Ok(config)
    }

    /// GASpecificConfig, ISO/IEC 14496-3 4.4.1.
    fn ga_specific(&mut self, r: &mut BitReader) -> Result<(), Error> {
        self.short_frames = r.flag("frameLengthFlag")?;
        if r.flag("dependsOnCoreCoder")? {
            r.bits(14, "coreCoderDelay")?;
        }
        let extension = r.flag("extensionFlag")?;
        if self.channel_configuration == 0 {
            self.core_channels = Some(program_config_element(r)?);
        }
        if let 6 | 20 = self.audio_object_type {
            r.small(3, "layerNr")?;
        }
        if extension {
            if self.audio_object_type == 22 {
                r.small(5, "numOfSubFrame")?;
                r.bits(11, "layer_length")?;
            }
            if let 17 | 19 | 20 | 23 = self.audio_object_type {
                r.small(3, "aacResilienceFlags")?;
            }
            r.flag("extensionFlag3")?;
        }
        Ok(())
    }

    /// The backward compatible signalling of SBR and PS after the core codec's configuration.
    fn sync_extension(&mut self, r: &mut BitReader) -> Result<(), Error> {
        if self.sbr.is_some() || r.left() < 16 || r.bits(11, "syncExtensionType")? != 0x2b7 {
            return Ok(());
        }
        let extension = audio_object_type(r)?;
        if let SBR | 22 = extension {
            let sbr = r.flag("sbrPresentFlag")?;
            self.sbr = Some(sbr);
            if sbr {
                self.extension_sampling_frequency = Some(sampling_frequency(r)?);
            }
            if extension == 22 {
                r.small(4, "extensionChannelConfiguration")?;
            } else if sbr && r.left() >= 12 && r.bits(11, "syncExtensionType")? == 0x548 {
                self.ps = Some(r.flag("psPresentFlag")?);
            }
        }
        Ok(())
    }

    /// HE-AAC: spectral band replication is announced (version 2 included).
    pub fn is_he(&self) -> bool {
        self.sbr == Some(true)
    }

    /// HE-AAC version 2: parametric stereo is announced.
    pub fn is_he_v2(&self) -> bool {
        self.ps == Some(true)
    }

    /// Extended HE-AAC.
    pub fn is_usac(&self) -> bool {
        self.audio_object_type == USAC
    }

    /// Channels as played: two where parametric stereo makes them of one. `None` where the
    /// configuration does not tell in a way this crate reads; the sample entry's count stands.
    pub fn channels(&self) -> Option<u8> {
        match self.core_channels {
            Some(1) if self.is_he_v2() => Some(2),
            channels => channels,
        }
    }

    /// Sampling rate as played, in hertz: that of SBR where announced.
    pub fn sampling_rate(&self) -> u32 {
        self.extension_sampling_frequency
            .unwrap_or(self.sampling_frequency)
    }

    /// Samples a frame decodes to at [`sampling_rate`](Self::sampling_rate); `None` for codecs
    /// whose frame length is not in the fields read.
    pub fn frame_length(&self) -> Option<u32> {
        let core = match self.audio_object_type {
            1..=4 | 6 | 7 | 17 | 19..=22 if self.short_frames => 960,
            1..=4 | 6 | 7 | 17 | 19..=22 => 1024,
            23 if self.short_frames => 480,
            23 => 512,
            _ => return None,
        };
        match self.extension_sampling_frequency {
            Some(rate) if rate == self.sampling_frequency.saturating_mul(2) => Some(2 * core),
            _ => Some(core),
        }
    }

    /// The object type a codec string names: the one a decoder needs in order to play all of it
    /// (29 with parametric stereo, 5 with SBR, else the core codec's), however it is signalled.
    pub fn played_object_type(&self) -> u8 {
        match (self.is_he_v2(), self.is_he()) {
            (true, _) if self.audio_object_type == AAC_LC => PS,
            (_, true) if self.audio_object_type == AAC_LC => SBR,
            _ => self.audio_object_type,
        }
    }

    /// `mp4a.40.2`, `.5`, `.29`, `.42` and so on.
    pub fn codec_string(&self) -> String {
        codec_string::mp4a(0x40, Some(self.played_object_type()))
    }
}

/// GetAudioObjectType().
fn audio_object_type(r: &mut BitReader) -> Result<u8, Error> {
    match r.small(5, "audioObjectType")? {
        31 => Ok(32 + r.small(6, "audioObjectTypeExt")?),
        value => Ok(value),
    }
}

/// A sampling frequency by index or, after index 15, in hertz.
fn sampling_frequency(r: &mut BitReader) -> Result<u32, Error> {
    const RATES: [u32; 13] = [
        96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
        8_000, 7_350,
    ];
    let bit = r.position();
    let index = r.small(4, "samplingFrequencyIndex")?;
    if index == 15 {
        return r.bits(24, "samplingFrequency");
    }
    let (value, max) = (i64::from(index), 12);
    r.check(bit, "samplingFrequencyIndex", value, 0, max)?;
    Ok(RATES.get(usize::from(index)).copied().unwrap_or_default())
}

/// Channels of `channelConfiguration`, ISO/IEC 14496-3 table 1.19 and ISO/IEC 23001-8.
fn channels_of(channel_configuration: u8) -> Option<u8> {
    match channel_configuration {
        count @ 1..=6 => Some(count),
        7 | 12 | 14 => Some(8),
        11 => Some(7),
        13 => Some(24),
        _ => None,
    }
}

/// program_config_element(): the number of channels it describes.
fn program_config_element(r: &mut BitReader) -> Result<u8, Error> {
    r.small(4, "element_instance_tag")?;
    r.small(2, "object_type")?;
    r.small(4, "sampling_frequency_index")?;
    let front = r.small(4, "num_front_channel_elements")?;
    let side = r.small(4, "num_side_channel_elements")?;
    let back = r.small(4, "num_back_channel_elements")?;
    let lfe = r.small(2, "num_lfe_channel_elements")?;
    let assoc = r.small(3, "num_assoc_data_elements")?;
    let coupling = r.small(4, "num_valid_cc_elements")?;
    if r.flag("mono_mixdown_present")? {
        r.small(4, "mono_mixdown_element_number")?;
    }
    if r.flag("stereo_mixdown_present")? {
        r.small(4, "stereo_mixdown_element_number")?;
    }
    if r.flag("matrix_mixdown_idx_present")? {
        r.small(3, "matrix_mixdown_idx")?;
    }
    let mut channels = lfe;
    for _ in 0..front + side + back {
        channels += if r.flag("element_is_cpe")? { 2 } else { 1 };
        r.small(4, "element_tag_select")?;
    }
    for _ in 0..lfe {
        r.small(4, "lfe_element_tag_select")?;
    }
    for _ in 0..assoc {
        r.small(4, "assoc_data_element_tag_select")?;
    }
    for _ in 0..coupling {
        r.small(5, "cc_element")?;
    }
    // byte_alignment() counts from the start of the AudioSpecificConfig.
    let odd = r.position() % 8;
    if odd != 0 {
        r.skip(8 - odd, "byte_alignment")?;
    }
    let comment = r.byte("comment_field_bytes")?;
    r.skip(8 * u64::from(comment), "comment_field_data")?;
    Ok(channels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> AudioSpecificConfig {
        AudioSpecificConfig::parse(bytes).unwrap()
    }

    #[test]
    fn aac_lc_stereo_at_44100() {
        let config = parse(&[0x12, 0x10]);
        assert_eq!(config.codec_string(), "mp4a.40.2");
        assert_eq!(
            (config.channels(), config.sampling_rate()),
            (Some(2), 44_100)
        );
        assert_eq!((config.frame_length(), config.sbr), (Some(1024), None));
        // With the padding FFmpeg writes: sync extension that says there is no SBR.
        let config = parse(&[0x12, 0x10, 0x56, 0xe5, 0x00]);
        assert_eq!(
            (config.sbr, config.codec_string().as_str()),
            (Some(false), "mp4a.40.2")
        );
    }

    #[test]
    fn he_aac_is_found_in_explicit_and_in_backward_compatible_signalling() {
        // 22.05 kHz stereo and SBR to 44.1 kHz, hierarchical and backward compatible.
        for bytes in [
            &[0x2b, 0x92, 0x08, 0x00][..],
            &[0x13, 0x90, 0x56, 0xe5, 0xa0],
        ] {
            let config = parse(bytes);
            assert!(config.is_he() && !config.is_he_v2(), "{bytes:x?}");
            assert_eq!(config.codec_string(), "mp4a.40.5");
            assert_eq!(
                (config.channels(), config.sampling_rate()),
                (Some(2), 44_100)
            );
            assert_eq!(
                (config.sampling_frequency, config.frame_length()),
                (22_050, Some(2048))
            );
        }
    }

    #[test]
    fn he_aac_v2_plays_two_channels_from_one() {
        // 22.05 kHz mono with SBR and PS, hierarchical and backward compatible.
        for bytes in [
            &[0xeb, 0x8a, 0x08, 0x00][..],
            &[0x13, 0x88, 0x56, 0xe5, 0xa5, 0x48, 0x80],
        ] {
            let config = parse(bytes);
            assert!(config.is_he_v2(), "{bytes:x?}");
            assert_eq!(config.codec_string(), "mp4a.40.29");
            assert_eq!(
                (config.core_channels, config.channels()),
                (Some(1), Some(2))
            );
            assert_eq!(config.sampling_rate(), 44_100);
        }
    }

    #[test]
    fn escaped_object_types_are_read() {
        // 31 then 10: 42, USAC; index 3; channel configuration 2.
        let config = parse(&[0b1111_1001, 0b0100_0110, 0b0100_0000]);
        assert!(config.is_usac());
        assert_eq!(config.codec_string(), "mp4a.40.42");
        assert_eq!(
            (config.channels(), config.sampling_rate()),
            (Some(2), 48_000)
        );
    }

    #[test]
    fn a_rate_without_an_index_is_read() {
        // Type 2, index 15, 24 bits of 37 800, configuration 1.
        let config = parse(&[0x17, 0x80, 0x49, 0xd4, 0x08]);
        assert_eq!(
            (config.channels(), config.sampling_rate()),
            (Some(1), 37_800)
        );
    }

    #[test]
    fn a_program_config_element_tells_its_channels() {
        // FFmpeg's encoder at 48 kHz; its comment field says Lavc59.37.100, then a sync extension.
        let comment = *b"\x0dLavc59.37.100\x56\xe5\x00";
        for (layout, bytes, channels) in [
            (
                "5.0(side)",
                &[0x11, 0x80, 0x04, 0xc8, 0x40, 0x00, 0x20, 0x08, 0x80][..],
                5,
            ),
            (
                "6.1",
                &[0x11, 0x80, 0x04, 0xc8, 0x48, 0x00, 0x20, 0x00, 0xc4, 0x40],
                7,
            ),
            (
                "octagonal",
                &[0x11, 0x80, 0x04, 0xc8, 0x48, 0x00, 0x20, 0x08, 0xc8, 0x20],
                8,
            ),
            ("2.1", &[0x11, 0x80, 0x04, 0xc4, 0x01, 0x00, 0x20, 0x00], 3),
        ] {
            let config = parse(&[bytes, &comment].concat());
            assert_eq!(config.channels(), Some(channels), "{layout}");
            assert_eq!(config.sbr, Some(false), "{layout}");
        }
    }

    #[test]
    fn reserved_frequency_index_is_refused_by_name() {
        let error = AudioSpecificConfig::parse(&[0x16, 0x90]).unwrap_err();
        let text = "AudioSpecificConfig at bit 5: samplingFrequencyIndex: is 13, expected 0 to 12";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn truncated_config_names_bit_and_element() {
        let error = AudioSpecificConfig::parse(&[0x12]).unwrap_err();
        let text = "AudioSpecificConfig at bit 5: samplingFrequencyIndex: needs 4 bits, 3 left";
        assert_eq!(error.to_string(), text);
        let whole = [0x13, 0x88, 0x56, 0xe5, 0xa5, 0x48, 0x80];
        for length in 0..whole.len() {
            let config = AudioSpecificConfig::parse(&whole[..length]);
            assert!(config.is_err() || config.unwrap().ps.is_none(), "{length}");
        }
    }
}
