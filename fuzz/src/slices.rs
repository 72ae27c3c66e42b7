//! Intra slices of byte streams.

use bitstream::h264::slice_data::SliceData;
use bitstream::h264::{ParameterSets, Pps, SliceHeader, Sps};
use bitstream::nal::AnnexB;

/// Macroblocks of a frame beyond which nothing is reconstructed: a fuzzer has no time for more.
pub const MOST_MACROBLOCKS: u64 = 1024;

/// A slice with what it refers to.
pub struct Slice {
    /// Its header.
    pub header: SliceHeader,
    /// Its parameter sets.
    pub sps: Sps,
    /// Its parameter sets.
    pub pps: Pps,
    /// Its macroblocks and levels.
    pub data: SliceData,
}

/// Every slice of a byte stream that can be read, in turn.
pub fn each_slice(stream: &[u8], mut take: impl FnMut(Slice)) {
    let mut sets = ParameterSets::new();
    for unit in AnnexB::new(stream) {
        let _ = sets.insert(unit.bytes);
        let Ok(header) = SliceHeader::parse(unit.bytes, &sets) else { continue };
        let Some(pps) = sets.pps(header.pps_id) else { continue };
        let Some(sps) = sets.sps(pps.sps_id) else { continue };
        match SliceData::parse(unit.bytes, &header, sps, pps) {
            Ok(data) => take(Slice { header, sps: sps.clone(), pps: pps.clone(), data }),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

impl Slice {
    /// Whether its frame is small enough to be reconstructed here.
    pub fn is_small(&self) -> bool {
        u64::from(self.sps.pic_width_in_mbs()) * u64::from(self.sps.frame_height_in_mbs()) <= MOST_MACROBLOCKS
    }

    /// The slice that another unit with the same parameter sets holds.
    pub fn again(&self, nal: &[u8]) -> SliceData {
        SliceData::parse(nal, &self.header, &self.sps, &self.pps).expect("a written slice can be read")
    }
}
