//! Whatever the bytes, there is an answer: no panic, no overflow, no endless loop.

// Helpers of tests may panic as tests do.
#![allow(clippy::unwrap_used)]

use bitstream::nal::{self, AnnexB, LengthPrefixed, LengthSize};
use bitstream::sei::SeiMessages;
use bitstream::{aac, av1, flac, h264, hevc, opus, vp9};
use proptest::prelude::*;

/// Parameter sets and slices of real streams, to be damaged.
const H264: [&[u8]; 6] = [
    b"\x67\x64\x00\x0b\xac\xb2\x06\x08\xd8\x08\x80\x00\x00\x03\x00\x80\x00\x00\x19\x07\x8a\x15\x24",
    b"\x68\xeb\xc3\xcb\x22\xc0",
    b"\x41\x06\x26\x94\x9e\x10\x84\x32\x1c\xd0\x1d\x40\x29\xe0\x76\x01\x42\x02\x20\x07\x8c\x07\x50",
    b"\x27\x4d\x40\x0d\xa9\x18\x28\x3e\x60\x0d\x41\x80\x41\xad\xb0\xad\x7b\xdf\x01",
    b"\x68\xc6\xc0\xfc\x01\x4b\x00\x85\x00\x22\x7c\x71",
    b"\x21\xe0\x00\x20\x00\x5a\x52\x1d\x7f\xe2",
];
const HEVC: [&[u8]; 4] = [
    b"\x40\x01\x0c\x01\xff\xff\x02\x20\x00\x00\x03\x00\x90\x00\x00\x03\x00\x00\x03\x00\x3c\x95\x94",
    b"\x42\x01\x01\x02\x20\x00\x00\x03\x00\x90\x00\x00\x03\x00\x00\x03\x00\x3c\xa0\x18\x20\x20\x4d\
      \x96\x56\x59\x24\xca\xf0\x36\xa1\x22\x01\x20\x80\x00\x00\x03\x00\x80\x00\x00\x0c\xb0\x06\x49\
      \x2f\x00\x0f\x42\x00\x03\xd0\x91",
    b"\x44\x01\xc1\x72\xb4\x62\x40",
    b"\x02\x01\xd0\x29\xc9\xfd\x4b\xa0\x54\x01\x01\x05\x80\x62\x05\x00\x40\x63\x88\xfa\xa0\xfb",
];

fn damaged(units: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let damage = proptest::collection::vec((0..units.len(), any::<u16>(), any::<u8>()), 0..6);
    (damage, any::<[bool; 8]>()).prop_map(move |(changes, order)| {
        let mut out: Vec<Vec<u8>> = units.iter().map(|unit| unit.to_vec()).collect();
        for (unit, place, value) in changes {
            // The header stays, so that the damage is read.
            let place = 2 + usize::from(place) % (out[unit].len() - 2);
            out[unit][place] = value;
        }
        for (place, swap) in order.into_iter().enumerate().take(units.len()) {
            if swap {
                out.swap(0, place);
            }
        }
        out
    })
}

fn read_h264(units: &[Vec<u8>]) {
    let mut sets = h264::ParameterSets::new();
    for unit in units.iter().chain(units) {
        match sets.insert(unit) {
            Ok(h264::ParameterSet::Sps(id)) => {
                let sps = sets.sps(id).unwrap().clone();
                let _ = (sps.width(), sps.height(), sps.frame_rate(), sps.colour());
                assert_eq!(h264::Sps::parse(&sps.write()), Ok(sps));
            }
            Ok(h264::ParameterSet::Pps(id)) => {
                let pps = sets.pps(id).unwrap().clone();
                assert_eq!(h264::Pps::parse(&pps.write(), &sets), Ok(pps));
            }
            Err(_) => {}
        }
        if let Ok(header) = h264::SliceHeader::parse(unit, &sets) {
            assert!(header.coded_slice_data_bit >= header.slice_data_bit);
            assert!(header.coded_header_bytes() <= unit.len() as u64);
        }
    }
}

fn read_hevc(units: &[Vec<u8>]) {
    let mut sets = hevc::ParameterSets::new();
    for unit in units.iter().chain(units) {
        if let Ok(hevc::ParameterSet::Sps(id)) = sets.insert(unit) {
            let sps = sets.sps(id).unwrap();
            let _ = (
                sps.width(),
                sps.height(),
                sps.frame_rate(),
                sps.codec_string("hvc1"),
            );
        }
        if let Ok(header) = hevc::SliceHeader::parse(unit, &sets) {
            assert!(header.coded_header_bytes() <= unit.len() as u64);
            assert_eq!(header.slice_data_bit % 8, 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn damaged_h264_headers_are_read_or_refused(units in damaged(&H264)) {
        read_h264(&units);
    }

    #[test]
    fn damaged_hevc_headers_are_read_or_refused(units in damaged(&HEVC)) {
        read_hevc(&units);
    }

    #[test]
    fn any_bytes_are_read_or_refused(kind in any::<u8>(), data in any::<Vec<u8>>()) {
        let h264: Vec<Vec<u8>> =
            [0x67, 0x68, 0x65, 0x41].map(|first| [&[first], &data[..]].concat()).to_vec();
        read_h264(&h264);
        let hevc: Vec<Vec<u8>> =
            [0x40, 0x42, 0x44, 0x26].map(|first| [&[first, 1], &data[..]].concat()).to_vec();
        read_hevc(&hevc);
        let _ = aac::AudioSpecificConfig::parse(&data).map(|config| {
            (config.codec_string(), config.channels(), config.frame_length())
        });
        let _ = av1::SequenceHeader::parse(&data).map(|header| header.codec_string());
        let _ = av1::SequenceHeader::find(&data);
        let _ = vp9::KeyFrameHeader::parse(&[&[0x82, 0x49, 0x83, 0x42], &data[..]].concat());
        let _ = (flac::StreamInfo::parse(&data), opus::OpusConfig::parse(&data));
        prop_assert!(SeiMessages::h264(&data).iter().count() <= data.len());
        prop_assert!(SeiMessages::hevc(&data).iter().count() <= data.len());
        let size = LengthSize::from_minus_one(kind & 3).unwrap_or(LengthSize::Four);
        for unit in LengthPrefixed::new(&data, size).flatten() {
            prop_assert_eq!(&data[unit.offset..unit.offset + unit.bytes.len()], unit.bytes);
        }
        for unit in AnnexB::new(&data) {
            prop_assert_eq!(&data[unit.offset..unit.offset + unit.bytes.len()], unit.bytes);
        }
    }

    #[test]
    fn escaping_is_undone_and_hides_start_codes(data in proptest::collection::vec(0..6u8, 0..64)) {
        let escaped = nal::escape(&data);
        prop_assert_eq!(&*nal::unescape(&escaped), &data[..]);
        prop_assert!(!escaped.windows(3).any(|three| matches!(three, [0, 0, 0..=2])));
    }
}
