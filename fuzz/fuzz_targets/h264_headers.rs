//! H.264 parameter sets, SEI and slice headers of a byte stream.

#![no_main]

use bitstream::h264::{NalHeader, ParameterSets, Pps, SliceHeader, Sps};
use bitstream::nal::{AnnexB, LengthPrefixed, LengthSize, escape, unescape};
use bitstream::sei::SeiMessages;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut sets = ParameterSets::new();
    for unit in AnnexB::new(data) {
        let nal = unit.bytes;
        let Ok(header) = NalHeader::parse(nal) else { continue };
        if let Ok(sps) = Sps::parse(nal) {
            let written = sps.write();
            let again = Sps::parse(&written).expect("a written parameter set can be read");
            assert_eq!(written, again.write());
            std::hint::black_box((sps.codec_string("avc1"), sps.width(), sps.height(), sps.frame_rate()));
        }
        if let Ok(pps) = Pps::parse(nal, &sets) {
            std::hint::black_box(pps.write());
        }
        let _ = sets.insert(nal);
        if let Ok(slice) = SliceHeader::parse(nal, &sets) {
            assert!(slice.coded_header_bytes() <= nal.len() as u64);
        }
        if header.nal_unit_type.has_slice_header() {
            continue;
        }
        for message in SeiMessages::h264(nal).iter() {
            if message.is_err() {
                break;
            }
        }
    }
    assert_eq!(*unescape(&escape(data)), *data);
    for size in [0, 1, 3].into_iter().filter_map(LengthSize::from_minus_one) {
        let bytes: usize = LengthPrefixed::new(data, size).flatten().map(|unit| unit.bytes.len()).sum();
        assert!(bytes <= data.len());
    }
});
