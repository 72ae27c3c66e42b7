//! What later frame headers depend on.

use super::{FrameError, FrameSize, FrameType, Segmentation};
use crate::bits::BitReader;

/// What the header of a frame leaves behind for the headers of others, AV1 7.20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// `RefFrameType`.
    pub frame_type: FrameType,
    /// `RefUpscaledWidth`, `RefFrameWidth`, `RefFrameHeight`.
    pub size: FrameSize,
    /// `RefOrderHint`.
    pub order_hint: u8,
    /// What `load_segmentation_params()` gives back.
    pub segmentation: Segmentation,
}

/// The eight reference frames, as far as they are known.
///
/// Nothing is known before the first shown key frame, which makes all of them known. Identifiers
/// of frames are not kept: `mark_ref_frames()` tells which frames may not be used any more, which
/// changes nothing in how headers are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    slots: [Option<Reference>; References::COUNT],
}

impl References {
    /// `NUM_REF_FRAMES`.
    pub const COUNT: usize = 8;

    /// The frame at a place, where it is known.
    pub fn get(&self, place: u8) -> Option<&Reference> {
        self.slots.get(usize::from(place))?.as_ref()
    }

    /// The frame at a place, which `element` names; `r` stands behind it.
    pub(super) fn at(
        &self,
        place: u8,
        r: &BitReader,
        element: &'static str,
    ) -> Result<&Reference, FrameError> {
        self.get(place).ok_or(FrameError::MissingReference {
            structure: r.structure(),
            bit: r.position(),
            element,
            value: place,
        })
    }

    /// Puts a frame at every place whose bit is set in `refresh_frame_flags`.
    pub(super) fn refresh(&mut self, refresh_frame_flags: u8, frame: Reference) {
        for (place, slot) in self.slots.iter_mut().enumerate() {
            if refresh_frame_flags >> place & 1 == 1 {
                *slot = Some(frame);
            }
        }
    }

    /// Reads `ref_order_hint`: a frame that should have another one has been lost.
    pub(super) fn read_order_hints(
        &mut self,
        r: &mut BitReader,
        bits: u8,
    ) -> Result<(), FrameError> {
        for slot in &mut self.slots {
            let order_hint = r.small(bits.into(), "ref_order_hint")?;
            *slot = slot.filter(|frame| frame.order_hint == order_hint);
        }
        Ok(())
    }
}
