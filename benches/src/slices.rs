//! Intra slices of real video.

use bitstream::h264::slice_data::{Ending, SliceData};
use bitstream::h264::{Pps, SliceHeader, SliceType, Sps};

use crate::ladder::Units;

/// An intra slice with what it refers to.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The NAL unit.
    pub nal: Vec<u8>,
    /// Its header.
    pub header: SliceHeader,
    /// Its sequence parameter set.
    pub sps: Sps,
    /// Its picture parameter set.
    pub pps: Pps,
}

/// The intra slices of `480p.mp4`, one for each of its groups of pictures.
pub fn of_480p() -> Vec<Slice> {
    let units = Units::of_480p();
    let slices = units.first_slices.iter().filter_map(|nal| {
        let header = SliceHeader::parse(nal, &units.sets).expect("a slice header");
        let pps = units.sets.pps(header.pps_id).expect("its parameter set");
        let sps = units.sets.sps(pps.sps_id).expect("its parameter set");
        (header.slice_type == SliceType::I).then(|| Slice {
            nal: nal.clone(),
            header: header.clone(),
            sps: sps.clone(),
            pps: pps.clone(),
        })
    });
    slices.collect()
}

impl Slice {
    /// Reads its macroblocks and levels.
    pub fn parse(&self) -> SliceData {
        let data = SliceData::parse(&self.nal, &self.header, &self.sps, &self.pps);
        data.expect("an intra slice of real video")
    }

    /// The same levels with the other entropy coder.
    pub fn recoded(&self) -> Slice {
        let data = self.parse().recoded();
        let mut slice = self.clone();
        slice.nal = data.write(Ending::Standard).expect("it can be coded so");
        slice.pps.entropy_coding_mode = !slice.pps.entropy_coding_mode;
        slice
    }
}
