//! What marking needs to know of a track.

use bitstream::h264::slice_data::Feature;
use bitstream::h264::{ParameterSets, Pps, SliceHeader, Sps};
use bitstream::nal::LengthSize;

use super::error::MarkError;

/// How the NAL units of a sample are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Each after its length, as in MP4.
    LengthPrefixed(LengthSize),
    /// Each after a start code.
    AnnexB,
}

/// A track: its framing, and the parameter sets known before its first sample.
#[derive(Clone, Debug)]
pub struct Stream {
    framing: Framing,
    sets: ParameterSets,
    ids: Vec<(u8, u8)>,
}

impl Stream {
    /// A track without parameter sets yet.
    pub fn new(framing: Framing) -> Stream {
        Stream {
            framing,
            sets: ParameterSets::new(),
            ids: Vec::new(),
        }
    }

    /// How samples are framed.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Takes a sequence or picture parameter set, as a decoder configuration record or a sample
    /// has it.
    ///
    /// # Errors
    ///
    /// A unit that is not a parameter set, or a broken one.
    pub fn insert_parameter_set(&mut self, nal: &[u8]) -> Result<(), MarkError> {
        use bitstream::h264::ParameterSet;
        let set = self.sets.insert(nal).map_err(MarkError::ParameterSet)?;
        if let ParameterSet::Pps(id) = set
            && let Some(pps) = self.sets.pps(id)
        {
            self.ids.push((pps.sps_id, id));
        }
        Ok(())
    }

    /// Whether slices that use the parameter sets known so far can be rewritten.
    ///
    /// # Errors
    ///
    /// The feature that is not supported.
    pub fn supported(&self) -> Result<(), Feature> {
        for (_, id) in &self.ids {
            let Some(pps) = self.sets.pps(*id) else {
                continue;
            };
            let Some(sps) = self.sets.sps(pps.sps_id) else {
                continue;
            };
            if pps.slice_groups.is_some() {
                return Err(Feature::SliceGroups);
            }
            if sps.separate_colour_plane {
                return Err(Feature::SeparateColourPlanes);
            }
            if sps.chroma_format_idc == 3 {
                return Err(Feature::Chroma444);
            }
            if sps.qpprime_y_zero_transform_bypass {
                return Err(Feature::TransformBypass);
            }
        }
        Ok(())
    }

    /// Width and height of what is displayed, in samples, by the parameter sets known so far.
    pub fn display_size(&self) -> Option<(u32, u32)> {
        let (_, id) = self.ids.last()?;
        let sps = self.sets.sps(self.sets.pps(*id)?.sps_id)?;
        Some((sps.width(), sps.height()))
    }

    /// The parameter sets and header of a slice.
    pub(super) fn slice(
        &self,
        nal: &[u8],
    ) -> Result<Option<(&Sps, &Pps, SliceHeader)>, bitstream::Error> {
        let header = SliceHeader::parse(nal, &self.sets)?;
        let pps = self.sets.pps(header.pps_id);
        let sps = pps.and_then(|pps| self.sets.sps(pps.sps_id));
        Ok(pps.zip(sps).map(|(pps, sps)| (sps, pps, header)))
    }
}
