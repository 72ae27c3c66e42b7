//! What the sequence header says of time and of layers.

use super::Layer;
use crate::Error;
use crate::bits::BitReader;

/// `timing_info()`, AV1 5.5.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// `num_units_in_display_tick`.
    pub num_units_in_display_tick: u32,
    /// `time_scale`: units in a second.
    pub time_scale: u32,
    /// `num_ticks_per_picture_minus_1`, where pictures are equally far apart.
    pub num_ticks_per_picture_minus_1: Option<u32>,
}

/// `decoder_model_info()`, AV1 5.5.4: how long elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecoderModel {
    /// Bits of `decoder_buffer_delay` and `encoder_buffer_delay`: 1 to 32.
    pub buffer_delay_bits: u8,
    /// Bits of `buffer_removal_time`: 1 to 32.
    pub buffer_removal_time_bits: u8,
    /// Bits of `frame_presentation_time`: 1 to 32.
    pub frame_presentation_time_bits: u8,
}

/// What decoding of some of the layers needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperatingPoint {
    /// `operating_point_idc`: the layers.
    pub idc: u16,
    /// `seq_level_idx`.
    pub seq_level_idx: u8,
    /// `seq_tier`: false is Main, true is High.
    pub seq_tier: bool,
    /// `decoder_model_present_for_this_op`.
    pub decoder_model_present: bool,
}

impl Timing {
    pub(super) fn read(r: &mut BitReader) -> Result<Timing, Error> {
        Ok(Timing {
            num_units_in_display_tick: r.bits(32, "num_units_in_display_tick")?,
            time_scale: r.bits(32, "time_scale")?,
            num_ticks_per_picture_minus_1: match r.flag("equal_picture_interval")? {
                // uvlc() is ue(v) but for codes of more than 31 zeros, which no stream needs.
                true => Some(r.ue("num_ticks_per_picture_minus_1")?),
                false => None,
            },
        })
    }
}

impl DecoderModel {
    pub(super) fn read(r: &mut BitReader) -> Result<DecoderModel, Error> {
        let buffer_delay_bits = 1 + r.small(5, "buffer_delay_length_minus_1")?;
        r.bits(32, "num_units_in_decoding_tick")?;
        Ok(DecoderModel {
            buffer_delay_bits,
            buffer_removal_time_bits: 1 + r.small(5, "buffer_removal_time_length_minus_1")?,
            frame_presentation_time_bits: 1 + r
                .small(5, "frame_presentation_time_length_minus_1")?,
        })
    }
}

impl OperatingPoint {
    /// The one of a reduced still picture header, and its level.
    pub(super) fn read_reduced(r: &mut BitReader) -> Result<OperatingPoint, Error> {
        Ok(OperatingPoint {
            idc: 0,
            seq_level_idx: r.small(5, "seq_level_idx")?,
            seq_tier: false,
            decoder_model_present: false,
        })
    }

    pub(super) fn read_all(
        r: &mut BitReader,
        decoder_model: Option<DecoderModel>,
    ) -> Result<Vec<OperatingPoint>, Error> {
        let initial_delay = r.flag("initial_display_delay_present_flag")?;
        let count = 1 + r.small(5, "operating_points_cnt_minus_1")?;
        let mut points = Vec::with_capacity(count.into());
        for _ in 0..count {
            let idc = r.bits(12, "operating_point_idc")? as u16;
            let seq_level_idx = r.small(5, "seq_level_idx")?;
            let seq_tier = seq_level_idx > 7 && r.flag("seq_tier")?;
            let mut decoder_model_present = false;
            if let Some(model) = decoder_model {
                decoder_model_present = r.flag("decoder_model_present_for_this_op")?;
                if decoder_model_present {
                    let bits = model.buffer_delay_bits.into();
                    r.bits(bits, "decoder_buffer_delay")?;
                    r.bits(bits, "encoder_buffer_delay")?;
                    r.flag("low_delay_mode_flag")?;
                }
            }
            if initial_delay && r.flag("initial_display_delay_present_for_this_op")? {
                r.bits(4, "initial_display_delay_minus_1")?;
            }
            points.push(OperatingPoint {
                idc,
                seq_level_idx,
                seq_tier,
                decoder_model_present,
            });
        }
        Ok(points)
    }

    /// Whether this operating point has that layer.
    pub(super) fn has(&self, layer: Layer) -> bool {
        let temporal = self.idc >> layer.temporal_id & 1 == 1;
        let spatial = self.idc >> (u16::from(layer.spatial_id) + 8) & 1 == 1;
        self.idc == 0 || (temporal && spatial)
    }
}
