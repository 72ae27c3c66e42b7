//! The sequence header.

use super::{DecoderModel, FrameIds, ObuType, Obus, OperatingPoint, Timing, Tools};
use crate::Error;
use crate::bits::BitReader;
use crate::codec_string::{self, Av1Profile};
use crate::colour::{ChromaFormat, Colour};

/// A sequence header, AV1 5.5: what players, manifests and frame headers need to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SequenceHeader {
    /// `seq_profile`, 0 to 2.
    pub seq_profile: u8,
    /// `still_picture`.
    pub still_picture: bool,
    /// `reduced_still_picture_header`.
    pub reduced_still_picture_header: bool,
    /// `timing_info`, where told.
    pub timing: Option<Timing>,
    /// `decoder_model_info`, where told.
    pub decoder_model: Option<DecoderModel>,
    /// One to 32 operating points.
    pub operating_points: Vec<OperatingPoint>,
    /// `frame_width_bits_minus_1` + 1: 1 to 16.
    pub frame_width_bits: u8,
    /// `frame_height_bits_minus_1` + 1: 1 to 16.
    pub frame_height_bits: u8,
    /// `max_frame_width_minus_1` + 1.
    pub max_frame_width: u32,
    /// `max_frame_height_minus_1` + 1.
    pub max_frame_height: u32,
    /// Where frames have identifiers.
    pub frame_ids: Option<FrameIds>,
    /// Coding tools.
    pub tools: Tools,
    /// 8, 10 or 12.
    pub bit_depth: u8,
    /// `mono_chrome`.
    pub mono_chrome: bool,
    /// `subsampling_x`.
    pub subsampling_x: bool,
    /// `subsampling_y`.
    pub subsampling_y: bool,
    /// `chroma_sample_position`; 0 where not coded.
    pub chroma_sample_position: u8,
    /// Colour description; unspecified where not coded.
    pub colour: Colour,
    /// `separate_uv_delta_q`.
    pub separate_uv_delta_q: bool,
    /// `film_grain_params_present`.
    pub film_grain_params_present: bool,
}

impl SequenceHeader {
    /// The first sequence header among the units of a sample or of `configOBUs`.
    pub fn find(data: &[u8]) -> Result<Option<SequenceHeader>, Error> {
        for obu in Obus::new(data) {
            let obu = obu?;
            if obu.obu_type == ObuType::SEQUENCE_HEADER {
                return SequenceHeader::parse(obu.payload).map(Some);
            }
        }
        Ok(None)
    }

    /// Reads the content of a unit of type 1.
    pub fn parse(payload: &[u8]) -> Result<SequenceHeader, Error> {
        let r = &mut BitReader::new("sequence_header_obu", payload);
        let seq_profile = r.bits_range(3, (0, 2), "seq_profile")? as u8;
        let still_picture = r.flag("still_picture")?;
        let reduced = r.flag("reduced_still_picture_header")?;
        let (mut timing, mut decoder_model) = (None, None);
        let operating_points = if reduced {
            vec![OperatingPoint::read_reduced(r)?]
        } else {
            if r.flag("timing_info_present_flag")? {
                timing = Some(Timing::read(r)?);
                if r.flag("decoder_model_info_present_flag")? {
                    decoder_model = Some(DecoderModel::read(r)?);
                }
            }
            OperatingPoint::read_all(r, decoder_model)?
        };
        let frame_width_bits = 1 + r.small(4, "frame_width_bits_minus_1")?;
        let frame_height_bits = 1 + r.small(4, "frame_height_bits_minus_1")?;
        let max_frame_width = 1 + r.bits(frame_width_bits.into(), "max_frame_width_minus_1")?;
        let max_frame_height = 1 + r.bits(frame_height_bits.into(), "max_frame_height_minus_1")?;
        let frame_ids = match reduced {
            true => None,
            false => FrameIds::read(r)?,
        };
        let tools = Tools::read(r, reduced)?;
        let mut header = SequenceHeader {
            seq_profile,
            still_picture,
            reduced_still_picture_header: reduced,
            timing,
            decoder_model,
            operating_points,
            frame_width_bits,
            frame_height_bits,
            max_frame_width,
            max_frame_height,
            frame_ids,
            tools,
            bit_depth: 8,
            mono_chrome: false,
            subsampling_x: true,
            subsampling_y: true,
            chroma_sample_position: 0,
            colour: Colour::UNSPECIFIED,
            separate_uv_delta_q: false,
            film_grain_params_present: false,
        };
        header.read_colour_config(r)?;
        header.film_grain_params_present = r.flag("film_grain_params_present")?;
        Ok(header)
    }

    /// `color_config()`, AV1 5.5.2.
    fn read_colour_config(&mut self, r: &mut BitReader) -> Result<(), Error> {
        let high = r.flag("high_bitdepth")?;
        self.bit_depth = match high {
            true if self.seq_profile == 2 && r.flag("twelve_bit")? => 12,
            true => 10,
            false => 8,
        };
        self.mono_chrome = self.seq_profile != 1 && r.flag("mono_chrome")?;
        if r.flag("color_description_present_flag")? {
            self.colour.primaries = r.byte("color_primaries")?;
            self.colour.transfer = r.byte("transfer_characteristics")?;
            self.colour.matrix = r.byte("matrix_coefficients")?;
        }
        let Colour {
            primaries,
            transfer,
            matrix,
            ..
        } = self.colour;
        if self.mono_chrome {
            self.colour.full_range = r.flag("color_range")?;
            return Ok(());
        }
        if (primaries, transfer, matrix) == (1, 13, 0) {
            // sRGB as it is: 4:4:4 in full range.
            self.colour.full_range = true;
            (self.subsampling_x, self.subsampling_y) = (false, false);
        } else {
            self.colour.full_range = r.flag("color_range")?;
            (self.subsampling_x, self.subsampling_y) = match self.seq_profile {
                0 => (true, true),
                1 => (false, false),
                _ if self.bit_depth == 12 => {
                    let x = r.flag("subsampling_x")?;
                    (x, x && r.flag("subsampling_y")?)
                }
                _ => (true, false),
            };
            if self.subsampling_x && self.subsampling_y {
                self.chroma_sample_position = r.small(2, "chroma_sample_position")?;
            }
        }
        self.separate_uv_delta_q = r.flag("separate_uv_delta_q")?;
        Ok(())
    }

    /// Luma samples in a row.
    pub fn width(&self) -> u32 {
        self.max_frame_width
    }

    /// Luma rows.
    pub fn height(&self) -> u32 {
        self.max_frame_height
    }

    /// Bits of a sample: 8, 10 or 12.
    pub fn bit_depth(&self) -> u8 {
        self.bit_depth
    }

    /// How colour is sampled.
    pub fn chroma_format(&self) -> ChromaFormat {
        match (self.mono_chrome, self.subsampling_x, self.subsampling_y) {
            (true, _, _) => ChromaFormat::Monochrome,
            (false, true, true) => ChromaFormat::Yuv420,
            (false, true, false) => ChromaFormat::Yuv422,
            (false, false, _) => ChromaFormat::Yuv444,
        }
    }

    /// Colour description; unspecified where there is none.
    pub fn colour(&self) -> Colour {
        self.colour
    }

    /// Frames per second as a fraction, where frames are equally far apart.
    pub fn frame_rate(&self) -> Option<(u32, u32)> {
        let timing = self.timing?;
        let ticks = timing.num_ticks_per_picture_minus_1?.checked_add(1)?;
        let units = timing.num_units_in_display_tick.checked_mul(ticks)?;
        (units != 0 && timing.time_scale != 0).then_some((timing.time_scale, units))
    }

    /// What a codec string tells; level and tier are those of the first operating point.
    pub fn profile(&self) -> Av1Profile {
        let point = self.operating_points.first();
        Av1Profile {
            profile: self.seq_profile,
            level_idx: point.map_or(31, |point| point.seq_level_idx),
            high_tier: point.is_some_and(|point| point.seq_tier),
            bit_depth: self.bit_depth,
            monochrome: self.mono_chrome,
            subsampling_x: self.subsampling_x,
            subsampling_y: self.subsampling_y,
            chroma_sample_position: self.chroma_sample_position,
            colour: self.colour,
        }
    }

    /// `av01.0.04M.08`.
    pub fn codec_string(&self) -> String {
        codec_string::av1(&self.profile())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `configOBUs` of fq's test file av1.mp4: 320x240, 4:4:4.
    const HIGH: &[u8] = b"\x0a\x0d\x20\x00\x00\xfa\x1e\x7f\xde\x21\x0a\xd0\x20\x20\x25";
    /// Of Firefox's test file av1hdr2020.mp4: 1920x1080, 10 bits, BT.2020 with PQ.
    const HDR: &[u8] = b"\x0a\x0e\x00\x00\x00\x4a\xab\xbf\xc3\x77\xef\xe3\x42\x44\x02\x41";
    /// Of Firefox's test file bipbop-clearkey-video-av1.mp4: 400x300, BT.601.
    const SD: &[u8] = b"\x0a\x0e\x00\x00\x00\x04\x46\x3e\x56\x7f\xfc\xc8\x30\x08\x30\x20";

    fn find(obus: &[u8]) -> SequenceHeader {
        SequenceHeader::find(obus).unwrap().unwrap()
    }

    #[test]
    fn size_depth_colour_and_codec_string() {
        let high = find(HIGH);
        assert_eq!(
            (high.width(), high.height(), high.bit_depth()),
            (320, 240, 8)
        );
        assert_eq!(
            (high.chroma_format(), high.colour()),
            (ChromaFormat::Yuv444, Colour::UNSPECIFIED)
        );
        assert_eq!(high.codec_string(), "av01.1.31M.08.0.000.02.02.02.0");
        let hdr = find(HDR);
        assert_eq!(
            (hdr.width(), hdr.height(), hdr.bit_depth()),
            (1920, 1080, 10)
        );
        assert_eq!(hdr.codec_string(), "av01.0.09M.10.0.110.09.16.09.0");
        let sd = find(SD);
        assert_eq!((sd.width(), sd.height(), sd.bit_depth()), (400, 300, 8));
        let colour = Colour {
            primaries: 6,
            transfer: 1,
            matrix: 6,
            full_range: false,
        };
        assert_eq!(
            (sd.chroma_format(), sd.colour()),
            (ChromaFormat::Yuv420, colour)
        );
        assert!(!sd.still_picture && !sd.film_grain_params_present);
    }

    #[test]
    fn truncated_header_is_an_error_that_names_it() {
        for obu in [HIGH, HDR, SD] {
            let payload = &obu[2..];
            // The last byte may hold nothing but the trailing bit.
            for length in 0..payload.len() - 1 {
                let error = SequenceHeader::parse(&payload[..length]).unwrap_err();
                assert!(
                    error.to_string().starts_with("sequence_header_obu at bit "),
                    "{error}"
                );
            }
        }
    }

    #[test]
    fn data_without_a_sequence_header_has_none() {
        assert_eq!(SequenceHeader::find(&[0x12, 0x00]), Ok(None));
        assert_eq!(SequenceHeader::find(&[]), Ok(None));
    }
}
