//! HEVC headers of real streams. The expected values are what FFmpeg's `trace_headers` prints.

// Helpers of tests may panic as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use bitstream::Error;
use bitstream::colour::{ChromaFormat, Colour, VideoRange};
use bitstream::hevc::{
    ParameterSets, Pps, PredWeight, ShortTermRefPicSet, SliceHeader, SliceType, Sps, Vps,
};

fn hex(text: &str) -> Vec<u8> {
    let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

/// Name, VPS, SPS, PPS, and the start of a slice segment.
type Stream = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const BBB: Stream = (
    "bbb, x265",
    "40010c01ffff01600000030090000003000003003c959809",
    "42010101600000030090000003000003003ca0162024596566924caf04010000030001000003003c08",
    "4401c172b46240",
    "0201d0195f84308143113f93fd",
);
const X265_HDR: Stream = (
    "x265, Main 10, PQ, weighted",
    "40010c01ffff02200000030090000003000003003c959409",
    "42010102200000030090000003000003003ca01820204d96565924caf036a122012080000003008000000cb006492f\
     000f420003d091",
    "4401c172b46240",
    "0201d029c9fd4ba05401010580620500406388faa0fb",
);
const WPP: Stream = (
    "seed-wpp-on",
    "40010c01ffff0408000003009fa800000300001eba0240",
    "4201010408000003009fa800000300001ea010204165baabcaf0168080000003008000000c84",
    "4401c173c189",
    "2801af7208d57a9d80f8",
);
const CCP: Stream = (
    "r416-ccp, 4:4:4, range extension",
    "40010c01ffff040800000300be000003000003001eac09",
    "420101040800000300be000003000003001e90041062cb5ade1040",
    "4401c07189a580b8",
    "2801af07",
);
const PALETTE: Stream = (
    "r413-palette",
    "40010c01ffff040800000300bf8000000300001eac09",
    "420101040800000300bf8000000300001ea02083165ad6f08441102820",
    "4401c07189a480",
    "2801ac16c037",
);
const OVERRIDE: Stream = (
    "r429, deblocking overridden",
    "40010c01ffff016000000300b0000003000003001eac09",
    "420101016000000300b0000003000003001ea0620c596f5bca08",
    "4401c07181e480",
    "0201e025c23af08b",
);
const STREAMS: [Stream; 6] = [BBB, X265_HDR, WPP, CCP, PALETTE, OVERRIDE];

fn sets((name, vps, sps, pps, _): Stream) -> ParameterSets {
    let mut sets = ParameterSets::new();
    for nal in [vps, sps, pps] {
        sets.insert(&hex(nal))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    sets
}

fn sps(stream: Stream) -> Sps {
    Sps::parse(&hex(stream.2)).unwrap()
}

fn slice(stream: Stream) -> SliceHeader {
    let sets = sets(stream);
    let nal = hex(stream.4);
    let header = SliceHeader::parse(&nal, &sets).unwrap();
    for length in 0..header.coded_header_bytes() as usize {
        let error = SliceHeader::parse(&nal[..length], &sets).unwrap_err();
        assert!(
            matches!(error, Error::Truncated { .. }),
            "{}, {length}: {error}",
            stream.0
        );
    }
    header
}

#[test]
fn size_depth_and_codec_string() {
    for (stream, size, depth, format, codec) in [
        (
            X265_HDR,
            (192, 128),
            10,
            ChromaFormat::Yuv420,
            "hvc1.2.4.L60.90",
        ),
        (
            WPP,
            (128, 64),
            8,
            ChromaFormat::Yuv420,
            "hvc1.4.10.L30.9F.A8",
        ),
        (CCP, (64, 48), 8, ChromaFormat::Yuv444, "hvc1.4.10.L30.BE"),
        (
            OVERRIDE,
            (48, 48),
            8,
            ChromaFormat::Yuv420,
            "hvc1.1.6.L30.B0",
        ),
    ] {
        let sps = sps(stream);
        assert_eq!((sps.width(), sps.height()), size, "{}", stream.0);
        assert_eq!(
            (sps.bit_depth_luma(), sps.chroma_format()),
            (depth, format),
            "{}",
            stream.0
        );
        assert_eq!(sps.codec_string("hvc1"), codec, "{}", stream.0);
        assert_eq!(
            Vps::parse(&hex(stream.1)).unwrap().profile_tier_level,
            sps.profile_tier_level
        );
    }
}

#[test]
fn colour_and_timing() {
    let sps = sps(X265_HDR);
    let colour = Colour {
        primaries: 9,
        transfer: 16,
        matrix: 9,
        full_range: false,
    };
    assert_eq!(
        (sps.colour(), sps.colour().video_range()),
        (colour, VideoRange::Pq)
    );
    assert_eq!(
        (sps.frame_rate(), sps.sample_aspect_ratio()),
        (Some((25, 1)), Some((10, 11)))
    );
    let hrd = sps.vui.unwrap().timing.unwrap().hrd.unwrap();
    assert_eq!(hrd.sub_layers.len(), 1);
    assert_eq!(hrd.sub_layers[0].nal.len(), 1);
}

#[test]
fn extensions() {
    assert_eq!(sps(CCP).range_extension, None);
    let sets = sets(CCP);
    let range = sets.pps(0).unwrap().range_extension.clone().unwrap();
    assert!(range.cross_component_prediction_enabled);
    assert!(sps(PALETTE).scc_extension.unwrap().palette_mode_enabled);
}

#[test]
fn predicted_slice_with_its_own_reference_picture_set() {
    let header = slice(BBB);
    assert_eq!(
        (header.slice_type, header.pic_order_cnt_lsb),
        (Some(SliceType::P), 3)
    );
    let set = ShortTermRefPicSet {
        before: vec![(-3, true)],
        after: vec![],
    };
    assert_eq!(header.short_term_ref_pic_set, Some(set));
    assert_eq!(
        (header.slice_qp_delta, header.five_minus_max_num_merge_cand),
        (10, Some(3))
    );
    assert_eq!(header.entry_point_offset_minus1, [159, 201]);
    assert_eq!(
        (header.slice_data_bit, header.coded_header_bytes()),
        (96, 12)
    );
}

#[test]
fn weights_of_prediction() {
    let header = slice(X265_HDR);
    let table = header.pred_weight_table.unwrap();
    assert_eq!(
        (
            table.luma_log2_weight_denom,
            table.delta_chroma_log2_weight_denom
        ),
        (4, Some(0))
    );
    let chroma = Some([(22, 49), (20, 32)]);
    assert_eq!(
        table.weights[0][0],
        PredWeight {
            luma: Some((21, -128)),
            chroma
        }
    );
    assert_eq!(table.weights[0][1], PredWeight::default());
    assert_eq!((header.slice_qp_delta, header.slice_data_bit), (7, 168));
    // The next picture refers to both sides.
    let header = SliceHeader::parse(&hex("0201e066975f5184893091"), &sets(X265_HDR)).unwrap();
    let set = ShortTermRefPicSet {
        before: vec![(-2, true), (-3, true)],
        after: vec![(2, true)],
    };
    assert_eq!(
        (header.slice_type, header.slice_data_bit),
        (Some(SliceType::B), 80)
    );
    assert_eq!(header.short_term_ref_pic_set, Some(set));
    assert!(!header.collocated_from_l0);
}

#[test]
fn intra_slices_of_idr_pictures() {
    let header = slice(WPP);
    assert_eq!(
        (header.slice_type, header.slice_qp_delta),
        (Some(SliceType::I), -1)
    );
    assert_eq!(header.entry_point_offset_minus1, [213, 122, 157]);
    assert_eq!(header.slice_data_bit, 72);
    assert_eq!(slice(CCP).slice_data_bit, 24);
    let header = slice(PALETTE);
    assert_eq!((header.slice_qp_delta, header.slice_data_bit), (-22, 40));
}

#[test]
fn deblocking_overridden_by_the_slice() {
    let header = slice(OVERRIDE);
    assert_eq!(
        (header.slice_type, header.pic_order_cnt_lsb),
        (Some(SliceType::B), 1)
    );
    assert_eq!(header.deblocking_offsets_div2, Some((0, 0)));
    assert_eq!((header.slice_qp_delta, header.slice_data_bit), (7, 56));
}

#[test]
fn truncated_parameter_sets_are_errors_that_name_them() {
    for (name, vps, sps, pps, _) in STREAMS {
        let starts = |error: Error, structure: &str| {
            let text = error.to_string();
            assert!(
                text.starts_with(&format!("{structure} at bit ")),
                "{name}: {text}"
            );
        };
        // What follows a set's last element, and all of it after the VPS's timing, is not read.
        for length in 2..hex(vps).len() - 1 {
            starts(
                Vps::parse(&hex(vps)[..length]).unwrap_err(),
                "video_parameter_set",
            );
        }
        for length in 2..hex(sps).len() - 1 {
            starts(
                Sps::parse(&hex(sps)[..length]).unwrap_err(),
                "seq_parameter_set",
            );
        }
        for length in 2..hex(pps).len() - 1 {
            starts(
                Pps::parse(&hex(pps)[..length]).unwrap_err(),
                "pic_parameter_set",
            );
        }
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let sets = sets(BBB);
    let error = SliceHeader::parse(&[0x02, 0x09, 0x80], &sets).unwrap_err();
    let text = "slice_segment_header at bit 7: nuh_layer_id: is 1, \
        a layer of SHVC, MV-HEVC or 3D-HEVC is not supported";
    assert_eq!(error.to_string(), text);
    let error = SliceHeader::parse(&[0x4e, 0x01, 0x80], &sets).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("NAL unit without a slice segment"),
        "{error}"
    );
}
