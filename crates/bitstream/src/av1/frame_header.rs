//! The uncompressed header of a frame.

use super::filters::{self, Without};
use super::frame_refs::{self, RefFrameIdx};
use super::quantization::{self, Quantization};
use super::{
    FrameError, FrameSize, Layer, Reference, References, Segmentation, SequenceHeader, TileInfo,
};
use super::{film_grain, global_motion, skip_mode};
use crate::Error;
use crate::bits::BitReader;

/// `frame_type`, AV1 6.8.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameType {
    /// `KEY_FRAME`.
    Key,
    /// `INTER_FRAME`.
    Inter,
    /// `INTRA_ONLY_FRAME`.
    IntraOnly,
    /// `SWITCH_FRAME`.
    Switch,
}

/// `uncompressed_header()`, AV1 5.9.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UncompressedHeader {
    /// `show_existing_frame`: no frame, but a word to show one.
    ShowExisting {
        /// `frame_to_show_map_idx`.
        frame_to_show_map_idx: u8,
    },
    /// Of a frame; its tiles follow.
    Frame(FrameHeader),
}

/// What the header of a frame tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Bits of the header.
    pub bits: u64,
    /// `frame_type`.
    pub frame_type: FrameType,
    /// `show_frame`.
    pub show_frame: bool,
    /// `showable_frame`.
    pub showable_frame: bool,
    /// `error_resilient_mode`.
    pub error_resilient_mode: bool,
    /// `order_hint`; 0 where not coded.
    pub order_hint: u8,
    /// `primary_ref_frame`; `None` is `PRIMARY_REF_NONE`.
    pub primary_ref_frame: Option<u8>,
    /// `refresh_frame_flags`.
    pub refresh_frame_flags: u8,
    /// How large the frame is.
    pub size: FrameSize,
    /// How it is cut into tiles.
    pub tile_info: TileInfo,
    /// `base_q_idx`.
    pub base_q_idx: u8,
    /// Of its segments, those of the primary reference frame where it says so.
    pub segmentation: Segmentation,
}

/// Where references come from.
pub(super) struct Context<'a> {
    pub(super) sequence: &'a SequenceHeader,
    pub(super) references: &'a mut References,
    pub(super) layer: Layer,
}

/// What comes before the frame's identifier.
struct Start {
    frame_type: FrameType,
    show_frame: bool,
    showable_frame: bool,
    error_resilient_mode: bool,
}

/// What an inter frame says of its references.
struct Inter {
    ref_frame_idx: RefFrameIdx,
    allow_high_precision_mv: bool,
}

impl FrameType {
    fn read(r: &mut BitReader) -> Result<FrameType, Error> {
        Ok(match r.bits(2, "frame_type")? {
            0 => FrameType::Key,
            1 => FrameType::Inter,
            2 => FrameType::IntraOnly,
            _ => FrameType::Switch,
        })
    }

    /// `FrameIsIntra`.
    pub fn is_intra(self) -> bool {
        matches!(self, FrameType::Key | FrameType::IntraOnly)
    }
}

impl FrameHeader {
    /// What the frame leaves for others.
    pub fn reference(&self) -> Reference {
        Reference {
            frame_type: self.frame_type,
            size: self.size,
            order_hint: self.order_hint,
            segmentation: self.segmentation,
        }
    }
}

impl UncompressedHeader {
    /// Reads a header, and of `references` takes away the frames that it says have been lost.
    pub(super) fn read(
        r: &mut BitReader,
        context: &mut Context,
    ) -> Result<UncompressedHeader, FrameError> {
        let sequence = context.sequence;
        if !sequence.reduced_still_picture_header && r.flag("show_existing_frame")? {
            let frame_to_show_map_idx = r.small(3, "frame_to_show_map_idx")?;
            context.skip_temporal_point_info(r)?;
            if let Some(ids) = sequence.frame_ids {
                r.bits(ids.bits.into(), "display_frame_id")?;
            }
            return Ok(UncompressedHeader::ShowExisting {
                frame_to_show_map_idx,
            });
        }
        let start = context.read_start(r)?;
        context.read_frame(r, start).map(UncompressedHeader::Frame)
    }
}

impl Context<'_> {
    /// `temporal_point_info()`, where there is one.
    fn skip_temporal_point_info(&self, r: &mut BitReader) -> Result<(), Error> {
        let timing = self.sequence.timing;
        let equal = timing.is_some_and(|timing| timing.num_ticks_per_picture_minus_1.is_some());
        if let Some(model) = self.sequence.decoder_model
            && !equal
        {
            let bits = model.frame_presentation_time_bits.into();
            r.bits(bits, "frame_presentation_time")?;
        }
        Ok(())
    }

    fn read_start(&self, r: &mut BitReader) -> Result<Start, Error> {
        if self.sequence.reduced_still_picture_header {
            return Ok(Start {
                frame_type: FrameType::Key,
                show_frame: true,
                showable_frame: false,
                error_resilient_mode: true,
            });
        }
        let frame_type = FrameType::read(r)?;
        let show_frame = r.flag("show_frame")?;
        if show_frame {
            self.skip_temporal_point_info(r)?;
        }
        let showable_frame = match show_frame {
            true => frame_type != FrameType::Key,
            false => r.flag("showable_frame")?,
        };
        let error_resilient_mode =
            refreshes_all(frame_type, show_frame) || r.flag("error_resilient_mode")?;
        Ok(Start {
            frame_type,
            show_frame,
            showable_frame,
            error_resilient_mode,
        })
    }

    /// From `disable_cdf_update` on.
    fn read_frame(&mut self, r: &mut BitReader, start: Start) -> Result<FrameHeader, FrameError> {
        let sequence = self.sequence;
        let is_intra = start.frame_type.is_intra();
        let disable_cdf_update = r.flag("disable_cdf_update")?;
        let screen_content = sequence.tools.screen_content_tools;
        let screen_content = screen_content.of_frame(r, "allow_screen_content_tools")?;
        let force_integer_mv =
            screen_content && sequence.tools.integer_mv.of_frame(r, "force_integer_mv")?;
        if let Some(ids) = sequence.frame_ids {
            r.bits(ids.bits.into(), "current_frame_id")?;
        }
        let frame_size_override_flag = match start.frame_type {
            FrameType::Switch => true,
            _ if sequence.reduced_still_picture_header => false,
            _ => r.flag("frame_size_override_flag")?,
        };
        let order_hint = r.small(sequence.tools.order_hint_bits.into(), "order_hint")?;
        let primary_ref_frame = match is_intra || start.error_resilient_mode {
            true => None,
            false => Some(r.small(3, "primary_ref_frame")?).filter(|place| *place != 7),
        };
        self.skip_buffer_removal_times(r)?;
        let refresh_frame_flags = match refreshes_all(start.frame_type, start.show_frame) {
            true => 0xff,
            false => r.byte("refresh_frame_flags")?,
        };
        if (!is_intra || refresh_frame_flags != 0xff)
            && start.error_resilient_mode
            && sequence.tools.order_hint_bits > 0
        {
            let bits = sequence.tools.order_hint_bits;
            self.references.read_order_hints(r, bits)?;
        }

        let (mut inter, mut allow_intrabc) = (None, false);
        let size = if is_intra {
            let size = FrameSize::read(r, sequence, frame_size_override_flag)?;
            let intrabc = screen_content && size.upscaled_width == size.frame_width;
            allow_intrabc = intrabc && r.flag("allow_intrabc")?;
            size
        } else {
            let idx = frame_refs::read(r, sequence, self.references, order_hint)?;
            let size = match frame_size_override_flag && !start.error_resilient_mode {
                true => FrameSize::read_with_refs(r, sequence, self.references, &idx)?,
                false => FrameSize::read(r, sequence, frame_size_override_flag)?,
            };
            let by_refs = sequence.tools.enable_ref_frame_mvs && !start.error_resilient_mode;
            inter = Some(Inter {
                ref_frame_idx: idx,
                allow_high_precision_mv: read_motion(r, force_integer_mv, by_refs)?,
            });
            size
        };
        if !sequence.reduced_still_picture_header && !disable_cdf_update {
            r.flag("disable_frame_end_update_cdf")?;
        }
        // load_previous().
        let mut previous = None;
        if let (Some(primary), Some(inter)) = (primary_ref_frame, &inter) {
            let place = inter.ref_frame_idx.get(usize::from(primary)).copied();
            let frame = self
                .references
                .at(place.unwrap_or(0), r, "primary_ref_frame")?;
            previous = Some(frame.segmentation);
        }

        let tile_info = TileInfo::read(r, sequence, &size)?;
        let quantization = Quantization::read(r, sequence)?;
        let segmentation = Segmentation::read(r, previous)?;
        quantization::skip_deltas(r, quantization.base_q_idx, allow_intrabc)?;
        let coded_lossless = quantization.coded_lossless(&segmentation);
        let without = Without {
            coded_lossless,
            all_lossless: coded_lossless && size.frame_width == size.upscaled_width,
            allow_intrabc,
        };
        filters::skip(r, sequence, without)?;
        let mut header = FrameHeader {
            bits: 0,
            frame_type: start.frame_type,
            show_frame: start.show_frame,
            showable_frame: start.showable_frame,
            error_resilient_mode: start.error_resilient_mode,
            order_hint,
            primary_ref_frame,
            refresh_frame_flags,
            size,
            tile_info,
            base_q_idx: quantization.base_q_idx,
            segmentation,
        };
        self.skip_end(r, &header, inter.as_ref())?;
        header.bits = r.position();
        Ok(header)
    }

    fn skip_buffer_removal_times(&self, r: &mut BitReader) -> Result<(), Error> {
        let Some(model) = self.sequence.decoder_model else {
            return Ok(());
        };
        if !r.flag("buffer_removal_time_present_flag")? {
            return Ok(());
        }
        for point in &self.sequence.operating_points {
            if point.decoder_model_present && point.has(self.layer) {
                r.bits(model.buffer_removal_time_bits.into(), "buffer_removal_time")?;
            }
        }
        Ok(())
    }

    /// From `frame_reference_mode()` on.
    fn skip_end(
        &self,
        r: &mut BitReader,
        header: &FrameHeader,
        inter: Option<&Inter>,
    ) -> Result<(), FrameError> {
        let sequence = self.sequence;
        if let Some(inter) = inter {
            if r.flag("reference_select")? {
                let (places, hint) = (&inter.ref_frame_idx, header.order_hint);
                skip_mode::skip_params(r, sequence, self.references, places, hint)?;
            }
            if !header.error_resilient_mode && sequence.tools.enable_warped_motion {
                r.flag("allow_warped_motion")?;
            }
        }
        r.flag("reduced_tx_set")?;
        if let Some(inter) = inter {
            global_motion::skip(r, inter.allow_high_precision_mv)?;
        }
        let is_shown = header.show_frame || header.showable_frame;
        if sequence.film_grain_params_present && is_shown {
            film_grain::skip(r, sequence, header.frame_type)?;
        }
        Ok(())
    }
}

/// Whether the frame takes the place of all others without saying so.
fn refreshes_all(frame_type: FrameType, show_frame: bool) -> bool {
    frame_type == FrameType::Switch || (frame_type == FrameType::Key && show_frame)
}

/// From `allow_high_precision_mv`, which it gives, to `use_ref_frame_mvs`.
fn read_motion(r: &mut BitReader, force_integer_mv: bool, by_refs: bool) -> Result<bool, Error> {
    let allow_high_precision_mv = !force_integer_mv && r.flag("allow_high_precision_mv")?;
    if !r.flag("is_filter_switchable")? {
        r.bits(2, "interpolation_filter")?;
    }
    r.flag("is_motion_mode_switchable")?;
    if by_refs {
        r.flag("use_ref_frame_mvs")?;
    }
    Ok(allow_high_precision_mv)
}
