//! HEVC parameter sets, SEI and slice segment headers of a byte stream.

#![no_main]

use bitstream::hevc::{ParameterSets, SliceHeader, Sps};
use bitstream::nal::AnnexB;
use bitstream::sei::SeiMessages;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut sets = ParameterSets::new();
    for unit in AnnexB::new(data) {
        let nal = unit.bytes;
        let _ = sets.insert(nal);
        if let Ok(sps) = Sps::parse(nal) {
            std::hint::black_box((sps.codec_string("hvc1"), sps.width(), sps.height(), sps.frame_rate()));
            std::hint::black_box((sps.size_in_ctbs(), sps.colour(), sps.max_num_reorder_pics()));
        }
        if let Ok(slice) = SliceHeader::parse(nal, &sets) {
            assert!(slice.coded_header_bytes() <= nal.len() as u64);
        }
        for message in SeiMessages::hevc(nal).iter() {
            if message.is_err() {
                break;
            }
        }
    }
});
