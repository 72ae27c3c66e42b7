//! The uncompressed header of a frame.

use super::FrameError;
use super::color_config::ColorConfig;
use crate::Error;
use crate::bits::BitReader;

/// `uncompressed_header()`, VP9 6.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UncompressedHeader {
    /// `show_existing_frame`: all of the frame's data is this header.
    ShowExisting {
        /// `frame_to_show_map_idx`.
        frame_to_show_map_idx: u8,
    },
    /// Of a coded frame.
    Frame(FrameHeader),
}

/// What the header of a coded frame tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Bytes of the uncompressed header with its trailing bits.
    pub bytes: usize,
    /// Whether `frame_type` is `KEY_FRAME`.
    pub is_key_frame: bool,
    /// `show_frame`.
    pub show_frame: bool,
    /// `intra_only`.
    pub intra_only: bool,
    /// `refresh_frame_flags`.
    pub refresh_frame_flags: u8,
    /// `FrameWidth` and `FrameHeight`.
    pub size: (u32, u32),
    /// `tile_cols_log2`, 0 to 6.
    pub tile_cols_log2: u8,
    /// `tile_rows_log2`, 0 to 2.
    pub tile_rows_log2: u8,
    /// `header_size_in_bytes`: bytes of the compressed header, which follows.
    pub header_size_in_bytes: u16,
}

/// The sizes of the eight reference frames, as far as they are known.
///
/// None is before the first key frame, which makes all of them known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    sizes: [Option<(u32, u32)>; 8],
}

impl References {
    /// Reads the header that starts a frame, and takes up what later frames depend on.
    ///
    /// # Errors
    ///
    /// [`FrameError`] where it cannot be read, or where the size of the frame is that of one which
    /// is not known. Nothing is known then until the next key frame.
    pub fn read(&mut self, frame: &[u8]) -> Result<UncompressedHeader, FrameError> {
        let header = self.read_header(frame);
        match &header {
            Ok(UncompressedHeader::Frame(header)) => {
                for (place, size) in self.sizes.iter_mut().enumerate() {
                    if header.refresh_frame_flags >> place & 1 == 1 {
                        *size = Some(header.size);
                    }
                }
            }
            Ok(UncompressedHeader::ShowExisting { .. }) => {}
            Err(_) => *self = References::default(),
        }
        header
    }

    fn read_header(&self, frame: &[u8]) -> Result<UncompressedHeader, FrameError> {
        let r = &mut BitReader::new("uncompressed_header", frame);
        let profile = read_profile(r)?;
        if r.flag("show_existing_frame")? {
            return Ok(UncompressedHeader::ShowExisting {
                frame_to_show_map_idx: r.small(3, "frame_to_show_map_idx")?,
            });
        }
        let is_key_frame = !r.flag("frame_type")?;
        let show_frame = r.flag("show_frame")?;
        let error_resilient_mode = r.flag("error_resilient_mode")?;
        let mut intra_only = false;
        let (refresh_frame_flags, size) = if is_key_frame {
            read_sync_code(r)?;
            ColorConfig::read(r, profile)?;
            (0xff, read_frame_size(r)?)
        } else {
            intra_only = !show_frame && r.flag("intra_only")?;
            if !error_resilient_mode {
                r.bits(2, "reset_frame_context")?;
            }
            match intra_only {
                true => {
                    read_sync_code(r)?;
                    // Profile 0 is 4:2:0 of 8 bits.
                    if profile > 0 {
                        ColorConfig::read(r, profile)?;
                    }
                    (r.byte("refresh_frame_flags")?, read_frame_size(r)?)
                }
                false => self.read_inter(r)?,
            }
        };
        if r.flag("render_and_frame_size_different")? {
            r.bits(16, "render_width_minus_1")?;
            r.bits(16, "render_height_minus_1")?;
        }
        if !is_key_frame && !intra_only {
            r.flag("allow_high_precision_mv")?;
            if !r.flag("is_filter_switchable")? {
                r.bits(2, "raw_interpolation_filter")?;
            }
        }
        if !error_resilient_mode {
            r.flag("refresh_frame_context")?;
            r.flag("frame_parallel_decoding_mode")?;
        }
        r.bits(2, "frame_context_idx")?;
        skip_loop_filter(r)?;
        skip_quantization(r)?;
        skip_segmentation(r)?;
        let (tile_cols_log2, tile_rows_log2) = read_tile_info(r, size.0)?;
        let header_size_in_bytes = r.bits_range(16, (1, 0xffff), "header_size_in_bytes")? as u16;
        while !r.is_byte_aligned() {
            r.bits_range(1, (0, 0), "zero_bit")?;
        }
        let bytes = (r.position() / 8) as usize;
        // The compressed header is there, and passed over to say so.
        r.skip(8 * u64::from(header_size_in_bytes), "compressed_header")?;
        Ok(UncompressedHeader::Frame(FrameHeader {
            bytes,
            is_key_frame,
            show_frame,
            intra_only,
            refresh_frame_flags,
            size,
            tile_cols_log2,
            tile_rows_log2,
            header_size_in_bytes,
        }))
    }

    /// From `refresh_frame_flags` to the size in `frame_size_with_refs()`, VP9 6.2.5.
    fn read_inter(&self, r: &mut BitReader) -> Result<(u8, (u32, u32)), FrameError> {
        let refresh_frame_flags = r.byte("refresh_frame_flags")?;
        let mut places = [0; 3];
        for place in &mut places {
            *place = r.small(3, "ref_frame_idx")?;
            r.flag("ref_frame_sign_bias")?;
        }
        for value in places {
            if r.flag("found_ref")? {
                let bit = r.position();
                let size = self.sizes.get(usize::from(value)).copied().flatten();
                let size = size.ok_or(FrameError::MissingReference { bit, value })?;
                return Ok((refresh_frame_flags, size));
            }
        }
        Ok((refresh_frame_flags, read_frame_size(r)?))
    }
}

/// From `frame_marker` to the profile.
pub(super) fn read_profile(r: &mut BitReader) -> Result<u8, Error> {
    r.bits_range(2, (2, 2), "frame_marker")?;
    let low = r.small(1, "profile_low_bit")?;
    let profile = r.small(1, "profile_high_bit")? << 1 | low;
    if profile == 3 {
        r.bits_range(1, (0, 0), "reserved_zero")?;
    }
    Ok(profile)
}

/// `frame_sync_code()`.
pub(super) fn read_sync_code(r: &mut BitReader) -> Result<(), Error> {
    r.bits_range(24, (0x49_83_42, 0x49_83_42), "frame_sync_code")?;
    Ok(())
}

/// `frame_size()`.
fn read_frame_size(r: &mut BitReader) -> Result<(u32, u32), Error> {
    let width = 1 + r.bits(16, "frame_width_minus_1")?;
    Ok((width, 1 + r.bits(16, "frame_height_minus_1")?))
}

/// `loop_filter_params()`.
fn skip_loop_filter(r: &mut BitReader) -> Result<(), Error> {
    r.bits(6, "loop_filter_level")?;
    r.bits(3, "loop_filter_sharpness")?;
    if r.flag("loop_filter_delta_enabled")? && r.flag("loop_filter_delta_update")? {
        for _ in 0..4 {
            skip_optional(r, 7, "update_ref_delta")?;
        }
        for _ in 0..2 {
            skip_optional(r, 7, "update_mode_delta")?;
        }
    }
    Ok(())
}

/// `quantization_params()`.
fn skip_quantization(r: &mut BitReader) -> Result<(), Error> {
    r.byte("base_q_idx")?;
    for _ in 0..3 {
        skip_optional(r, 5, "delta_coded")?;
    }
    Ok(())
}

/// `segmentation_params()`.
fn skip_segmentation(r: &mut BitReader) -> Result<(), Error> {
    /// Bits of the features of a segment, signs included.
    const FEATURE_BITS: [u32; 4] = [9, 7, 2, 0];
    if !r.flag("segmentation_enabled")? {
        return Ok(());
    }
    if r.flag("segmentation_update_map")? {
        for _ in 0..7 {
            skip_optional(r, 8, "prob_coded")?;
        }
        if r.flag("segmentation_temporal_update")? {
            for _ in 0..3 {
                skip_optional(r, 8, "prob_coded")?;
            }
        }
    }
    if r.flag("segmentation_update_data")? {
        r.flag("segmentation_abs_or_delta_update")?;
        for _ in 0..8 {
            for bits in FEATURE_BITS {
                skip_optional(r, bits, "feature_enabled")?;
            }
        }
    }
    Ok(())
}

/// Passes over a value of so many bits, where the flag in front of it is set.
fn skip_optional(r: &mut BitReader, bits: u32, flag: &'static str) -> Result<(), Error> {
    if r.flag(flag)? {
        r.bits(bits, flag)?;
    }
    Ok(())
}

/// `tile_info()` of a frame that wide.
fn read_tile_info(r: &mut BitReader, width: u32) -> Result<(u8, u8), Error> {
    const MIN_TILE_WIDTH_B64: u32 = 4;
    const MAX_TILE_WIDTH_B64: u32 = 64;
    // Blocks of 64: 1 to 1024.
    let blocks = width.div_ceil(64);
    let least = (0..).find(|log2| MAX_TILE_WIDTH_B64 << log2 >= blocks);
    let most = (1..).find(|log2| blocks >> log2 < MIN_TILE_WIDTH_B64);
    let (mut cols, most) = (least.unwrap_or(0), most.unwrap_or(1) - 1);
    while cols < most && r.flag("increment_tile_cols_log2")? {
        cols += 1;
    }
    let rows = r.flag("tile_rows_log2")?;
    let more = rows && r.flag("increment_tile_rows_log2")?;
    Ok((cols, u8::from(rows) + u8::from(more)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Header, its bytes, those of the compressed header, size, `tile_cols_log2`.
    type Layer = (&'static str, usize, u16, (u32, u32), u8);

    /// Of libvpx 1.12.0 with two spatial layers: 320x180, 640x360 in the first two samples;
    /// facts are those of ffmpeg's `trace_headers`.
    const LAYERS: [Layer; 4] = [
        (
            "824983420013f00b3813f80b3e0838241c1850000620",
            22,
            98,
            (320, 180),
            0,
        ),
        ("86008080013f80b3a70b12884016e0", 15, 183, (640, 360), 1),
        ("86004003027f01679ca456e0001c", 14, 28, (320, 180), 0),
        // The size is that of a reference, which is not the frame before.
        ("8600880a1cfc5b01000d00", 11, 26, (640, 360), 1),
    ];

    /// The header with a compressed header of zeros behind it.
    fn frame(header: &str, compressed: u16) -> Vec<u8> {
        let digits: Vec<u8> = header
            .bytes()
            .map(|digit| (digit as char).to_digit(16).unwrap() as u8)
            .collect();
        let mut bytes: Vec<u8> = digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect();
        bytes.resize(bytes.len() + usize::from(compressed), 0);
        bytes
    }

    #[test]
    fn headers_end_where_others_find_it_and_sizes_are_those_of_references() {
        let mut references = References::default();
        for (header, bytes, compressed, size, tile_cols_log2) in LAYERS {
            let found = references.read(&frame(header, compressed)).unwrap();
            let UncompressedHeader::Frame(found) = found else {
                panic!("{found:?}")
            };
            assert_eq!(
                (found.bytes, found.header_size_in_bytes),
                (bytes, compressed)
            );
            assert_eq!((found.size, found.tile_cols_log2), (size, tile_cols_log2));
        }
    }

    #[test]
    fn sizes_of_frames_that_have_not_been_seen_are_refused() {
        let (header, _, compressed, ..) = LAYERS[3];
        let error = References::default().read(&frame(header, compressed));
        assert_eq!(
            error.unwrap_err().to_string(),
            "uncompressed_header at bit 31: ref_frame_idx: is 1, no such reference frame"
        );
    }

    #[test]
    fn truncated_frames_are_errors_that_forget_the_references() {
        let mut references = References::default();
        for (header, bytes, compressed, ..) in LAYERS {
            for length in 0..bytes + usize::from(compressed) {
                let cut = &frame(header, compressed)[..length];
                let mut other = references.clone();
                assert!(other.read(cut).is_err(), "{length}");
                assert_eq!(other, References::default());
            }
            references.read(&frame(header, compressed)).unwrap();
        }
    }

    #[test]
    fn a_frame_that_shows_another_is_its_header() {
        // Of libvpx: profile 0, show_existing_frame, place 1.
        let shown = References::default().read(&[0x89]);
        let frame_to_show_map_idx = 1;
        assert_eq!(
            shown,
            Ok(UncompressedHeader::ShowExisting {
                frame_to_show_map_idx
            })
        );
        assert!(References::default().read(&[]).is_err());
    }

    /// The bytes of these bits, filled up with zeros.
    fn bits(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text
            .bytes()
            .filter(|digit| *digit != b' ')
            .map(|digit| digit - b'0')
            .collect();
        let byte = |eight: &[u8]| {
            let value = eight.iter().fold(0, |value, bit| value << 1 | bit);
            value << (8 - eight.len())
        };
        digits.chunks(8).map(byte).collect()
    }

    #[test]
    fn intra_only_frames_have_a_size_and_replace_what_they_say() {
        let sync_code = "01001001 10000011 01000010";
        let size = "0000000000111111 0000000000011111 0";
        // From refresh_frame_context to tile_rows_log2, a compressed header of one byte.
        let rest = "0 0 00 000000 000 0 00000000 000 0 0 0000000000000001";
        // frame_marker, profile, frame_type 1, not shown, intra_only, reset_frame_context.
        for (profile, color_config) in [("00", ""), ("10", "001 0 0 0 0"), ("01", "0 001 0")] {
            let text = format!(
                "10 {profile} 0 1 0 0 1 00 {sync_code} {color_config} 00000110 {size} {rest}"
            );
            let mut frame = bits(&text);
            let bytes = frame.len();
            frame.push(0);
            let mut references = References::default();
            let found = references.read(&frame).unwrap();
            let UncompressedHeader::Frame(found) = found else {
                panic!("{found:?}")
            };
            assert!(found.intra_only && !found.is_key_frame && !found.show_frame);
            assert_eq!((found.bytes, found.size), (bytes, (64, 32)), "{profile}");
            let sizes = [None, Some((64, 32)), Some((64, 32)), None];
            assert_eq!(references.sizes[..4], sizes);
        }
    }

    #[test]
    fn optional_values_are_as_long_as_their_tables_say() {
        // Filter deltas, quantizer deltas, and every feature of every segment.
        let deltas = "1 1".to_string() + &"1 0000000".repeat(6);
        let quantizers = "00000001".to_string() + &"1 00001".repeat(3);
        let maps = "1 1".to_string() + &"1 00000001".repeat(7) + "1" + &"1 00000001".repeat(3);
        let feature = "1 000000001 1 0000001 1 01 1".repeat(8);
        let features = format!("1 0 {feature}");
        let text = format!(
            "10 00 0 0 1 1 01001001 10000011 01000010 010 0 \
             0000111111111111 0000000000011111 1 0000000000000000 0000000000000000 \
             00 000000 000 {deltas} {quantizers} {maps} {features} 10 11 0000000000000001"
        );
        let mut frame = bits(&text);
        let bytes = frame.len();
        frame.push(0);
        let found = References::default().read(&frame).unwrap();
        let UncompressedHeader::Frame(found) = found else {
            panic!("{found:?}")
        };
        // 4096 samples are 64 blocks: one to sixteen tile columns.
        assert_eq!((found.bytes, found.size), (bytes, (4096, 32)));
        assert_eq!((found.tile_cols_log2, found.tile_rows_log2), (1, 2));
    }
}
