//! Codec strings: the `codecs` parameter of RFC 6381, as DASH, HLS and Media Source Extensions
//! take it.
//!
//! The functions take plain values, so that a string can be made from a configuration record as
//! well as from a parsed bitstream.

use std::fmt::Write;

use crate::colour::{ChromaFormat, Colour};

/// H.264: `avc1.64001F`, from the three bytes after `configurationVersion` of `avcC` (or after
/// the header of a sequence parameter set). RFC 6381 3.3.
pub fn avc(sample_entry: &str, profile_idc: u8, constraint_flags: u8, level_idc: u8) -> String {
    format!("{sample_entry}.{profile_idc:02X}{constraint_flags:02X}{level_idc:02X}")
}

/// What an HEVC codec string tells, as `hvcC` and `profile_tier_level()` hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HevcProfile {
    /// `general_profile_space`, 0 to 3.
    pub profile_space: u8,
    /// `general_tier_flag`: false is Main, true is High.
    pub high_tier: bool,
    /// `general_profile_idc`.
    pub profile_idc: u8,
    /// `general_profile_compatibility_flags`, flag 0 in the most significant bit.
    pub compatibility_flags: u32,
    /// `general_constraint_indicator_flags`, first byte first.
    pub constraint_flags: [u8; 6],
    /// `general_level_idc`: 30 times the level.
    pub level_idc: u8,
}

/// HEVC: `hvc1.2.4.L153.B0`. ISO/IEC 14496-15 E.3.
pub fn hevc(sample_entry: &str, profile: &HevcProfile) -> String {
    let mut out = format!("{sample_entry}.");
    if let 1..=3 = profile.profile_space {
        out.push(char::from(b'A' - 1 + profile.profile_space));
    }
    let tier = if profile.high_tier { 'H' } else { 'L' };
    // The flags are written with flag 0 as the least significant bit.
    let compatibility = profile.compatibility_flags.reverse_bits();
    let (idc, level) = (profile.profile_idc, profile.level_idc);
    let _ = write!(out, "{idc}.{compatibility:X}.{tier}{level}");
    let used = profile
        .constraint_flags
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1);
    for byte in profile.constraint_flags.iter().take(used) {
        let _ = write!(out, ".{byte:X}");
    }
    out
}

/// Dolby Vision: `dvh1.05.06`, from `dv_profile` and `dv_level` of `dvcC` or `dvvC`.
pub fn dolby_vision(sample_entry: &str, dv_profile: u8, dv_level: u8) -> String {
    format!("{sample_entry}.{dv_profile:02}.{dv_level:02}")
}

/// What an AV1 codec string tells, as `av1C` and the sequence header hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Av1Profile {
    /// `seq_profile`.
    pub profile: u8,
    /// `seq_level_idx[0]`.
    pub level_idx: u8,
    /// `seq_tier[0]`: false is Main, true is High.
    pub high_tier: bool,
    /// 8, 10 or 12.
    pub bit_depth: u8,
    /// `mono_chrome`.
    pub monochrome: bool,
    /// `subsampling_x`.
    pub subsampling_x: bool,
    /// `subsampling_y`.
    pub subsampling_y: bool,
    /// `chroma_sample_position`.
    pub chroma_sample_position: u8,
    /// Colour description.
    pub colour: Colour,
}

/// AV1: `av01.0.04M.08`, or with everything, `av01.0.04M.10.0.110.09.16.09.0`. AV1 in ISOBMFF 5.
///
/// The short form stands where everything it leaves out has its default (BT.709, narrow range,
/// 4:2:0). Colour nobody described is left out as well: players treat it as BT.709, and the long
/// form with "unspecified" code points only gives them something to refuse.
pub fn av1(profile: &Av1Profile) -> String {
    let tier = if profile.high_tier { 'H' } else { 'M' };
    let (idc, level, depth) = (profile.profile, profile.level_idx, profile.bit_depth);
    let mut out = format!("av01.{idc}.{level:02}{tier}.{depth:02}");
    let (x, y) = (
        u8::from(profile.subsampling_x),
        u8::from(profile.subsampling_y),
    );
    // The position of chroma samples is told for 4:2:0 only.
    let position = if x == 1 && y == 1 {
        profile.chroma_sample_position
    } else {
        0
    };
    let common = !profile.monochrome && (x, y, position) == (1, 1, 0);
    if !(common && is_default(&profile.colour)) {
        let mono = u8::from(profile.monochrome);
        let Colour {
            primaries,
            transfer,
            matrix,
            full_range,
        } = profile.colour;
        let range = u8::from(full_range);
        let _ = write!(out, ".{mono}.{x}{y}{position}");
        let _ = write!(out, ".{primaries:02}.{transfer:02}.{matrix:02}.{range}");
    }
    out
}

fn is_default(colour: &Colour) -> bool {
    *colour == Colour::BT709 || *colour == Colour::UNSPECIFIED
}

/// What a VP9 codec string tells, as `vpcC` holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vp9Profile {
    /// `profile`.
    pub profile: u8,
    /// `level`: 10 times the level.
    pub level: u8,
    /// `bitDepth`.
    pub bit_depth: u8,
    /// `chromaSubsampling`: 0 4:2:0 vertical, 1 4:2:0 colocated, 2 4:2:2, 3 4:4:4.
    pub chroma_subsampling: u8,
    /// Colour description.
    pub colour: Colour,
}

/// VP9: `vp09.00.31.08`, or with everything, `vp09.02.51.10.01.09.16.09.00`. VP Codec ISO Media
/// File Format Binding.
///
/// The short form stands where everything it leaves out has its default (BT.709, narrow range,
/// 4:2:0), and for colour nobody described, as for [`av1`]. Both 4:2:0 sitings count as default:
/// `vpcC` writers choose between them at random, and no decoder looks.
pub fn vp9(profile: &Vp9Profile) -> String {
    let (idc, level, depth) = (profile.profile, profile.level, profile.bit_depth);
    let mut out = format!("vp09.{idc:02}.{level:02}.{depth:02}");
    if profile.chroma_subsampling > 1 || !is_default(&profile.colour) {
        let chroma = profile.chroma_subsampling;
        let Colour {
            primaries,
            transfer,
            matrix,
            full_range,
        } = profile.colour;
        let range = u8::from(full_range);
        let _ = write!(
            out,
            ".{chroma:02}.{primaries:02}.{transfer:02}.{matrix:02}.{range:02}"
        );
    }
    out
}

/// `chromaSubsampling` of `vpcC` as a chroma format; `None` for reserved values.
pub fn vp9_chroma_format(chroma_subsampling: u8) -> Option<ChromaFormat> {
    match chroma_subsampling {
        0 | 1 => Some(ChromaFormat::Yuv420),
        2 => Some(ChromaFormat::Yuv422),
        3 => Some(ChromaFormat::Yuv444),
        _ => None,
    }
}

/// `mp4a` by `objectTypeIndication` of the decoder configuration (`mp4a.6B` is MP3), with the
/// audio object type for MPEG-4 audio, 0x40 (`mp4a.40.2` is AAC-LC). RFC 6381 3.3.
///
/// For MPEG-4 audio, [`AudioSpecificConfig::codec_string`](crate::aac::AudioSpecificConfig::codec_string)
/// knows which object type to name.
pub fn mp4a(object_type_indication: u8, audio_object_type: Option<u8>) -> String {
    match audio_object_type {
        Some(object_type) => format!("mp4a.{object_type_indication:02X}.{object_type}"),
        None => format!("mp4a.{object_type_indication:02X}"),
    }
}

/// AC-3. ETSI TS 102 366 F.
pub const AC3: &str = "ac-3";
/// Enhanced AC-3. ETSI TS 102 366 F.
pub const EAC3: &str = "ec-3";
/// Opus.
///
/// The sample entry is `Opus` and RFC 6381 would have that; browsers compare by case, and
/// Chromium and Firefox take `opus` in a Media Source type string.
pub const OPUS: &str = "opus";
/// FLAC.
///
/// The sample entry is `fLaC`; as for [`OPUS`], `flac` is what Chromium and Firefox take, and
/// what hls.js and Shaka Player map to the platform's spelling.
pub const FLAC: &str = "flac";
/// WebVTT in samples.
pub const WEBVTT: &str = "wvtt";
/// TTML in samples, IMSC 1.0.1 text profile. W3C TTML Media Type Definition and Profile Registry.
pub const TTML: &str = "stpp.ttml.im1t";
/// 3GPP timed text.
pub const TIMED_TEXT: &str = "tx3g";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn avc_is_three_bytes_in_upper_case_hexadecimal() {
        assert_eq!(avc("avc1", 0x64, 0x00, 0x1f), "avc1.64001F");
        assert_eq!(avc("avc3", 0x42, 0xe0, 0x0d), "avc3.42E00D");
    }

    #[test]
    fn hevc_reverses_compatibility_and_drops_trailing_zero_constraint_bytes() {
        let main = HevcProfile {
            profile_space: 0,
            high_tier: false,
            profile_idc: 1,
            compatibility_flags: 0x6000_0000,
            constraint_flags: [0xb0, 0, 0, 0, 0, 0],
            level_idc: 93,
        };
        assert_eq!(hevc("hvc1", &main), "hvc1.1.6.L93.B0");
        let other = HevcProfile {
            profile_space: 1,
            high_tier: true,
            profile_idc: 4,
            compatibility_flags: 0x0800_0000,
            constraint_flags: [0x9e, 0, 8, 0, 0, 0],
            level_idc: 153,
        };
        assert_eq!(hevc("hev1", &other), "hev1.A4.10.H153.9E.0.8");
        let bare = HevcProfile {
            constraint_flags: [0; 6],
            ..main
        };
        assert_eq!(hevc("hvc1", &bare), "hvc1.1.6.L93");
    }

    #[test]
    fn dolby_vision_has_two_decimal_digits_twice() {
        assert_eq!(dolby_vision("dvh1", 5, 6), "dvh1.05.06");
    }

    #[test]
    fn av1_is_short_for_defaults_and_complete_otherwise() {
        let sdr = Av1Profile {
            profile: 0,
            level_idx: 4,
            high_tier: false,
            bit_depth: 8,
            monochrome: false,
            subsampling_x: true,
            subsampling_y: true,
            chroma_sample_position: 0,
            colour: Colour::BT709,
        };
        assert_eq!(av1(&sdr), "av01.0.04M.08");
        assert_eq!(
            av1(&Av1Profile {
                colour: Colour::UNSPECIFIED,
                ..sdr
            }),
            "av01.0.04M.08"
        );
        // The example of the binding's clause 5.
        let colour = Colour {
            primaries: 9,
            transfer: 16,
            matrix: 9,
            full_range: false,
        };
        let hdr = Av1Profile {
            bit_depth: 10,
            chroma_sample_position: 2,
            colour,
            ..sdr
        };
        assert_eq!(av1(&hdr), "av01.0.04M.10.0.112.09.16.09.0");
        let grey = Av1Profile {
            monochrome: true,
            ..sdr
        };
        assert_eq!(av1(&grey), "av01.0.04M.08.1.110.01.01.01.0");
    }

    #[test]
    fn vp9_is_short_for_defaults_and_complete_otherwise() {
        let sdr = Vp9Profile {
            profile: 0,
            level: 31,
            bit_depth: 8,
            chroma_subsampling: 1,
            colour: Colour::UNSPECIFIED,
        };
        assert_eq!(vp9(&sdr), "vp09.00.31.08");
        let colour = Colour {
            primaries: 9,
            transfer: 16,
            matrix: 9,
            full_range: true,
        };
        let hdr = Vp9Profile {
            profile: 2,
            level: 10,
            bit_depth: 10,
            colour,
            ..sdr
        };
        assert_eq!(vp9(&hdr), "vp09.02.10.10.01.09.16.09.01");
    }

    #[test]
    fn mp4a_names_the_object_type_of_mpeg_4_audio_in_decimal() {
        assert_eq!(mp4a(0x40, Some(2)), "mp4a.40.2");
        assert_eq!(mp4a(0x40, Some(29)), "mp4a.40.29");
        assert_eq!(mp4a(0x40, Some(42)), "mp4a.40.42");
        assert_eq!(mp4a(0x6b, None), "mp4a.6B");
    }
}
