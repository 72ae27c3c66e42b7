//! What the header of a key frame tells of the track.

use super::color_config::{ColorConfig, RGB};
use super::frame_header;
use crate::Error;
use crate::bits::BitReader;
use crate::colour::{ChromaFormat, Colour};

/// What the uncompressed header of a key frame tells. VP9 Bitstream & Decoding Process 6.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyFrameHeader {
    /// `profile`, 0 to 3.
    pub profile: u8,
    /// `show_frame`.
    pub show_frame: bool,
    /// 8, 10 or 12.
    pub bit_depth: u8,
    /// `color_space`, 0 to 7.
    pub color_space: u8,
    /// `color_range`: full.
    pub full_range: bool,
    /// How colour is sampled; `None` for the one form without a name (4:4:0).
    pub chroma_format: Option<ChromaFormat>,
    /// Luma samples in a row.
    pub width: u32,
    /// Luma rows.
    pub height: u32,
    /// `render_width` and `render_height`, where they differ.
    pub render_size: Option<(u32, u32)>,
}

impl KeyFrameHeader {
    /// Reads the start of a frame; `None` where it is not a key frame.
    ///
    /// Of a superframe the first frame is looked at, which is where a key frame stands.
    pub fn parse(frame: &[u8]) -> Result<Option<KeyFrameHeader>, Error> {
        let r = &mut BitReader::new("uncompressed_header", frame);
        let profile = frame_header::read_profile(r)?;
        if r.flag("show_existing_frame")? || r.flag("frame_type")? {
            return Ok(None);
        }
        let show_frame = r.flag("show_frame")?;
        r.flag("error_resilient_mode")?;
        frame_header::read_sync_code(r)?;
        let color = ColorConfig::read(r, profile)?;
        let width = 1 + r.bits(16, "frame_width_minus_1")?;
        let height = 1 + r.bits(16, "frame_height_minus_1")?;
        let render_size = match r.flag("render_and_frame_size_different")? {
            true => {
                let width = 1 + r.bits(16, "render_width_minus_1")?;
                Some((width, 1 + r.bits(16, "render_height_minus_1")?))
            }
            false => None,
        };
        Ok(Some(KeyFrameHeader {
            profile,
            show_frame,
            bit_depth: color.bit_depth,
            color_space: color.color_space,
            full_range: color.full_range,
            chroma_format: color.chroma_format,
            width,
            height,
            render_size,
        }))
    }

    /// As near as code points come to `color_space`. VP9 names no transfer function: a
    /// container that does (`vpcC`, `colr`) knows better.
    pub fn colour(&self) -> Colour {
        let (primaries, transfer, matrix) = match self.color_space {
            1 | 3 => (6, 6, 6),
            2 => (1, 1, 1),
            4 => (7, 7, 7),
            5 => (9, 14, 9),
            RGB => (1, 13, 0),
            _ => (2, 2, 2),
        };
        Colour {
            primaries,
            transfer,
            matrix,
            full_range: self.full_range,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First frame of Firefox's test file color_quads, gbrp: 1280x720, RGB.
    const RGB_FRAME: [u8; 10] = [0xa2, 0x49, 0x83, 0x42, 0xe0, 0x4f, 0xf0, 0x2c, 0xf6, 0x00];
    /// Of the same, tv.yuv420p10: 10 bits, BT.709 in narrow range.
    const TEN_BITS: [u8; 10] = [0x92, 0x49, 0x83, 0x42, 0x20, 0x27, 0xf8, 0x16, 0x7b, 0x00];

    #[test]
    fn key_frames_tell_size_depth_and_colour() {
        let rgb = KeyFrameHeader::parse(&RGB_FRAME).unwrap().unwrap();
        assert_eq!(
            (rgb.profile, rgb.bit_depth, rgb.width, rgb.height),
            (1, 8, 1280, 720)
        );
        assert_eq!(
            (rgb.chroma_format, rgb.colour().matrix),
            (Some(ChromaFormat::Yuv444), 0)
        );
        let ten = KeyFrameHeader::parse(&TEN_BITS).unwrap().unwrap();
        assert_eq!(
            (ten.profile, ten.bit_depth, ten.width, ten.height),
            (2, 10, 1280, 720)
        );
        assert_eq!(
            (ten.chroma_format, ten.colour()),
            (Some(ChromaFormat::Yuv420), Colour::BT709)
        );
    }

    #[test]
    fn other_frames_have_no_such_header_and_other_data_is_refused() {
        // show_existing_frame, then frame_type 1.
        assert_eq!(KeyFrameHeader::parse(&[0x88]), Ok(None));
        assert_eq!(KeyFrameHeader::parse(&[0x86]), Ok(None));
        let error = KeyFrameHeader::parse(&[0x42]).unwrap_err();
        let text = "uncompressed_header at bit 0: frame_marker: is 1, expected 2";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn truncated_header_is_an_error_at_every_byte() {
        for length in 0..9 {
            assert!(
                KeyFrameHeader::parse(&TEN_BITS[..length]).is_err(),
                "{length}"
            );
        }
    }
}
