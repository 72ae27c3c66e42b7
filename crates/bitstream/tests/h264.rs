//! H.264 headers of real streams. The expected values are what FFmpeg's `trace_headers` prints.

// Helpers of tests may panic as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use bitstream::bits::BitWriter;
use bitstream::colour::{ChromaFormat, Colour};
use bitstream::h264::{
    DecRefPicMarking, MemoryManagement, NalHeader, ParameterSet, ParameterSets, PicOrderCnt, Pps,
    PredWeight, RefListModification, ScalingList, ScalingMatrix, SliceGroups, SliceHeader,
    SliceType, Sps,
};
use bitstream::{Error, nal};

fn hex(text: &str) -> Vec<u8> {
    let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

/// Parameter sets of streams: name, SPS, PPS, size after cropping.
const STREAMS: [(&str, &str, &str, (u32, u32)); 13] = [
    ("64x64-I-P-B-P-high, weighted", HIGH_SPS, HIGH_PPS, (64, 64)),
    (
        "FRExt_MMCO4_Sony_B, scaling lists",
        MMCO_SPS,
        MMCO_PPS,
        (352, 288),
    ),
    ("freh10, interlaced", FIELD_SPS, FIELD_PPS, (352, 288)),
    (
        "MR2_TANDBERG_E, several references",
        MULTI_SPS,
        MULTI_PPS,
        (176, 144),
    ),
    (
        "MIDR_MW_D, baseline",
        "6742e00a96528589c8",
        "68c92388",
        (176, 144),
    ),
    ("x264, two slices, weighted", X264_SPS, X264_PPS, (192, 128)),
    (
        "seq_raster, changing slice groups",
        JM_SPS,
        RASTER_PPS,
        (640, 360),
    ),
    (
        "seq_foreground, rectangles",
        JM_SPS,
        "68c6c0fc014b008500227c71",
        (640, 360),
    ),
    (
        "seq_explicit, a group per macroblock",
        JM_SPS,
        EXPLICIT_PPS,
        (640, 360),
    ),
    (
        "BAMQ2_JVC_C, order by a cycle",
        "2742e014953498589c80",
        "28ca40b880",
        (176, 144),
    ),
    ("test-25fps, HRD", HRD_SPS, "28de0988", (320, 240)),
    (
        "PPH10I1_Panasonic_A, 10 bits",
        "676e1020a6cd405005b9",
        "68ce38b0",
        (1280, 720),
    ),
    (
        "scale_list, default lists",
        SCALE_SPS,
        "28ce3cb0",
        (1920, 1080),
    ),
];

const HIGH_SPS: &str = "67640014ace4109b016a0c0c0d4a000003000200000300791e285224";
const HIGH_PPS: &str = "68ebecb22c";
const MMCO_SPS: &str = "2764001fad9464763b8ac4444a323b1dc5622225191d8ee2b11114222b373669a844566e\
    6cd35088acdcd9a69444cd1b9bc57c9f93f9bf27c9e4e4cd251a4689c9ebe4fd7f27ebe4f5c9a906c694160964";
const MMCO_PPS: &str = "28ee0815348b";
const FIELD_SPS: &str = "2764001ead001b2b058492";
const FIELD_PPS: &str = "28e90809cc03";
const MULTI_SPS: &str = "2742a01f958402c4e4";
const MULTI_PPS: &str = "28c8f81988";
const X264_SPS: &str = "6764000bacb20608d808800000030080000019078a1524";
const X264_PPS: &str = "68ebc3cb22c0";
const JM_SPS: &str = "67420028f405017fca80";
const RASTER_PPS: &str = "68c45015b1c4";
const EXPLICIT_PPS: &str = "68c21c01cc02d507ff55222227fe050888888888888888888880ad5f80ad5f80ad5f80\
    80ad5f80ad5f80ad5f8080ad5f80ad5f80ad5f80fe02b57e02b57e02b57e03f80ad4ad5f80ad5f80ad5f80ad5f80fe\
    02b5e02b57e02b57e02afe02b5e02b0ad780ad5f80a02afe02b5e02b157e0280abf80a2afe02b5e03e0280abf80a2a\
    feafe02b5e03e0280aa28abfabf80ad780f80ad780f80a02a8bf80ad780f80acd780f80a02a8bf8b5e03e02b35e03e\
    1780f80a02a8bf8b5e03780f85e03e0280a8f80a02a8bf8b5e03780f8403e0280a8f80a02a8bf8b5e03780f842a3e0\
    280aa2fe2d0de03e10a8f80a6388";
const HRD_SPS: &str = "274d400da918283e600d418041adb0ad7bdf01";
const SCALE_SPS: &str = "27640028ad00ec0780227e5c05b8083032000007d20001d4c108";

fn sets(sps: &str, pps: &str) -> ParameterSets {
    let mut sets = ParameterSets::new();
    assert_eq!(sets.insert(&hex(sps)), Ok(ParameterSet::Sps(0)));
    sets.insert(&hex(pps)).unwrap();
    sets
}

fn slice(sps: &str, pps: &str, nal: &str) -> SliceHeader {
    let sets = sets(sps, pps);
    let nal = hex(nal);
    let header = SliceHeader::parse(&nal, &sets).unwrap();
    for length in 0..header.coded_header_bytes() as usize {
        let error = SliceHeader::parse(&nal[..length], &sets).unwrap_err();
        assert!(
            matches!(error, Error::Truncated { .. }),
            "{length}: {error}"
        );
    }
    header
}

#[test]
fn parameter_sets_are_written_back_to_their_bytes() {
    for (name, sps, pps, size) in STREAMS {
        let (sps, pps) = (hex(sps), hex(pps));
        let parsed = Sps::parse(&sps).unwrap();
        assert_eq!(parsed.write(), sps, "{name}");
        assert_eq!((parsed.width(), parsed.height()), size, "{name}");
        let mut sets = ParameterSets::new();
        sets.insert_sps(parsed);
        assert_eq!(Pps::parse(&pps, &sets).unwrap().write(), pps, "{name}");
    }
}

#[test]
fn truncated_parameter_sets_are_errors_that_name_them() {
    for (name, sps, pps, _) in STREAMS {
        let (sps, pps) = (hex(sps), hex(pps));
        let mut sets = ParameterSets::new();
        sets.insert(&sps).unwrap();
        // The last byte may hold nothing but the stop bit.
        for length in 1..sps.len() - 1 {
            let error = Sps::parse(&sps[..length]).unwrap_err();
            assert!(
                error.to_string().starts_with("seq_parameter_set at bit "),
                "{name}: {error}"
            );
        }
        for length in 1..pps.len() - 1 {
            match Pps::parse(&pps[..length], &sets) {
                Err(error) => {
                    let named = error.to_string().starts_with("pic_parameter_set at bit ");
                    assert!(named, "{name}: {error}");
                }
                // A set may end before the part that only High profiles have.
                Ok(pps) => assert_eq!(pps.transform_8x8, None, "{name}"),
            }
        }
    }
}

#[test]
fn facts_agree_with_another_reader() {
    use h264_reader::nal::sps::SeqParameterSet;
    use h264_reader::rbsp::{BitReader, decode_nal};
    for (name, sps, _, _) in STREAMS {
        let nal = hex(sps);
        let ours = Sps::parse(&nal).unwrap();
        let rbsp = decode_nal(&nal).unwrap();
        let theirs = SeqParameterSet::from_bits(BitReader::new(&rbsp[..])).unwrap();
        let size = theirs.pixel_dimensions().unwrap();
        assert_eq!((ours.width(), ours.height()), size, "{name}");
        let rate = ours
            .frame_rate()
            .map(|(frames, units)| f64::from(frames) / f64::from(units));
        assert_eq!(rate, theirs.fps(), "{name}");
        let codec = ours.codec_string("avc1").to_lowercase();
        assert_eq!(codec, theirs.rfc6381().to_string().to_lowercase(), "{name}");
    }
}

#[test]
fn usability_information_is_read() {
    let sps = Sps::parse(&hex(HIGH_SPS)).unwrap();
    assert_eq!(sps.codec_string("avc1"), "avc1.640014");
    assert_eq!(
        (sps.frame_rate(), sps.sample_aspect_ratio()),
        (Some((60, 2)), Some((1, 1)))
    );
    assert_eq!(
        sps.colour(),
        Colour {
            primaries: 6,
            transfer: 6,
            matrix: 6,
            full_range: false
        }
    );
    assert_eq!(
        (sps.bit_depth_luma(), sps.chroma_format()),
        (8, ChromaFormat::Yuv420)
    );
    let ten = Sps::parse(&hex("676e1020a6cd405005b9")).unwrap();
    assert_eq!((ten.bit_depth_luma(), ten.bit_depth_chroma()), (10, 10));
    assert_eq!(ten.colour(), Colour::UNSPECIFIED);
}

#[test]
fn reference_decoder_parameters_are_read() {
    let sps = Sps::parse(&hex(HRD_SPS)).unwrap();
    let vui = sps.vui.unwrap();
    let hrd = vui.nal_hrd.unwrap();
    assert_eq!((hrd.cpb.len(), hrd.cpb[0].bit_rate_value_minus1), (1, 0));
    assert_eq!(vui.vcl_hrd, None);
    assert_eq!(vui.timing, None);
}

#[test]
fn order_by_a_cycle_is_read() {
    let sps = Sps::parse(&hex("2742e014953498589c80")).unwrap();
    assert!(
        matches!(sps.pic_order_cnt, PicOrderCnt::Cycle { .. }),
        "{:?}",
        sps.pic_order_cnt
    );
}

#[test]
fn slice_groups_are_read() {
    let groups = |pps| {
        sets(JM_SPS, pps)
            .pps(0)
            .unwrap()
            .slice_groups
            .clone()
            .unwrap()
    };
    assert!(matches!(
        groups(RASTER_PPS),
        SliceGroups::Changing { map_type: 4, .. }
    ));
    let SliceGroups::Foreground { rectangles } = groups("68c6c0fc014b008500227c71") else {
        panic!("no rectangles");
    };
    assert_eq!(rectangles.len(), 2);
    let SliceGroups::Explicit { slice_group_id, .. } = groups(EXPLICIT_PPS) else {
        panic!("no groups by macroblock");
    };
    assert_eq!(slice_group_id.len(), 40 * 23);
    let header = slice(JM_SPS, RASTER_PPS, "65888402088c");
    assert_eq!(
        (header.slice_group_change_cycle, header.slice_data_bit),
        (Some(1), 37)
    );
}

#[test]
fn intra_slice_of_an_idr_picture() {
    let header = slice("6742e00a96528589c8", "68c92388", "65888040015c38");
    assert_eq!(
        (header.slice_type, header.idr_pic_id),
        (SliceType::I, Some(0))
    );
    assert_eq!((header.slice_qp_delta, header.slice_data_bit), (5, 43));
    let marking = DecRefPicMarking::Idr {
        no_output_of_prior_pics: false,
        long_term_reference: false,
    };
    assert_eq!(header.dec_ref_pic_marking, Some(marking));
}

#[test]
fn b_slice_with_cabac() {
    let header = slice(HIGH_SPS, HIGH_PPS, "019e45e416ff01");
    assert_eq!((header.slice_type, header.frame_num), (SliceType::B, 2));
    assert_eq!(
        (header.pic_order_cnt_lsb, header.direct_spatial_mv_pred),
        (Some(2), true)
    );
    assert_eq!(
        (header.cabac_init_idc, header.slice_qp_delta),
        (Some(0), -22)
    );
    assert_eq!(
        (header.dec_ref_pic_marking, header.slice_data_bit),
        (None, 44)
    );
}

#[test]
fn bottom_field() {
    let header = slice(FIELD_SPS, FIELD_PPS, "219a00018066bfe8");
    assert!(header.field_pic && header.bottom_field);
    assert_eq!(
        (header.disable_deblocking_filter_idc, header.slice_data_bit),
        (1, 50)
    );
}

#[test]
fn memory_management_and_list_modification() {
    let header = slice(MMCO_SPS, MMCO_PPS, "21e00020005a521d7fe2");
    let operations = vec![
        MemoryManagement::MaxLongTermIdx(3),
        MemoryManagement::CurrentLongTerm(1),
    ];
    assert_eq!(
        header.dec_ref_pic_marking,
        Some(DecRefPicMarking::Adaptive(operations))
    );
    assert_eq!(header.slice_data_bit, 71);
    let header = slice(MULTI_SPS, MULTI_PPS, "21e055a252e5ff");
    assert_eq!(
        header.ref_list_modification[0],
        Some(vec![RefListModification::Subtract(1)])
    );
    let operations = vec![MemoryManagement::UnmarkShortTerm(1)];
    assert_eq!(
        header.dec_ref_pic_marking,
        Some(DecRefPicMarking::Adaptive(operations))
    );
    assert_eq!(
        (header.num_ref_idx_active_minus1, header.slice_data_bit),
        ([Some(1), None], 42)
    );
}

#[test]
fn second_slice_of_a_picture_with_weights() {
    let nal = "410626949e1084321cd01d4029e07601420220078c07500a9027ff4e";
    let header = slice(X264_SPS, X264_PPS, nal);
    assert_eq!((header.first_mb_in_slice, header.frame_num), (48, 2));
    let table = header.pred_weight_table.unwrap();
    assert_eq!(
        (table.luma_log2_weight_denom, table.chroma_log2_weight_denom),
        (6, Some(5))
    );
    let chroma = Some([(59, -80), (68, -120)]);
    assert_eq!(
        table.weights[0][0],
        PredWeight {
            luma: Some((117, -83)),
            chroma
        }
    );
    assert_eq!(
        table.weights[0][1],
        PredWeight {
            luma: Some((117, -84)),
            chroma: None
        }
    );
    assert_eq!((table.weights[0].len(), table.weights[1].len()), (4, 0));
    assert_eq!((header.slice_qp_delta, header.slice_data_bit), (-3, 211));
}

#[test]
fn emulation_prevention_inside_a_header_moves_only_the_coded_position() {
    let mut sps = Sps::parse(&hex("6742e00a96528589c8")).unwrap();
    sps.log2_max_frame_num_minus4 = 12;
    let mut sets = ParameterSets::new();
    sets.insert_sps(sps);
    sets.insert(&hex("68c92388")).unwrap();
    let mut w = BitWriter::new();
    w.bits(8, 0x65);
    // first_mb_in_slice, slice_type, pic_parameter_set_id, frame_num, idr_pic_id,
    // pic_order_cnt_lsb, dec_ref_pic_marking and slice_qp_delta.
    [0, 7, 0].into_iter().for_each(|value| w.ue(value));
    w.bits(16, 0);
    w.ue(65_535);
    w.bits(8, 0);
    w.bits(2, 0);
    w.se(0);
    let end = w.position();
    w.bits(32, u32::MAX);
    let nal = nal::escape(&w.into_bytes()).into_owned();
    let header = SliceHeader::parse(&nal, &sets).unwrap();
    assert_eq!((header.idr_pic_id, header.frame_num), (Some(65_535), 0));
    assert_eq!(
        (header.slice_data_bit, header.coded_slice_data_bit),
        (end, end + 8)
    );
}

#[test]
fn what_is_not_supported_is_named() {
    let sets = sets(HIGH_SPS, HIGH_PPS);
    let error = SliceHeader::parse(&[0x74, 0x80], &sets).unwrap_err();
    let text = "slice_header at bit 3: nal_unit_type: is 20, \
        slice of scalable or multiview coding (SVC, MVC) is not supported";
    assert_eq!(error.to_string(), text);
    let error = ParameterSets::new().insert(&[0x6f, 0x80]).unwrap_err();
    assert!(
        error.to_string().contains("subset_seq_parameter_set"),
        "{error}"
    );
    assert_eq!(NalHeader::parse(&[0x74]).unwrap().nal_unit_type.0, 20);
}

#[test]
fn missing_parameter_sets_are_named() {
    let mut sets = ParameterSets::new();
    let error = sets.insert(&hex(HIGH_PPS)).unwrap_err();
    let text = "pic_parameter_set at bit 9: seq_parameter_set_id: is 0, no such parameter set";
    assert_eq!(error.to_string(), text);
    let error = SliceHeader::parse(&hex("019e45e416ff01"), &sets).unwrap_err();
    let text = "slice_header at bit 14: pic_parameter_set_id: is 0, no such parameter set";
    assert_eq!(error.to_string(), text);
}

#[test]
fn slice_beyond_the_picture_is_refused() {
    // 192x128 has 96 macroblocks; first_mb_in_slice is 96.
    let sets = sets(X264_SPS, X264_PPS);
    let error = SliceHeader::parse(&hex("410309a5ffffffff"), &sets).unwrap_err();
    let text = "slice_header at bit 8: first_mb_in_slice: is 96, expected 0 to 95";
    assert_eq!(error.to_string(), text);
}

#[test]
fn scaling_lists_of_a_picture_follow_the_chroma_format() {
    // 4x4 lists alone without 8x8 transforms; two 8x8 lists with them, six in 4:4:4.
    for (chroma_format_idc, transform_8x8_mode, lists) in
        [(1, false, 6), (1, true, 8), (3, false, 6), (3, true, 12)]
    {
        let mut sets = sets(X264_SPS, X264_PPS);
        let mut sps = sets.sps(0).unwrap().clone();
        sps.profile_idc = 244;
        sps.chroma_format_idc = chroma_format_idc;
        let mut pps = sets.pps(0).unwrap().clone();
        sets.insert_sps(Sps::parse(&sps.write()).unwrap());
        let list = ScalingList {
            delta_scale: vec![1, -9],
        };
        let high = pps.transform_8x8.as_mut().unwrap();
        high.transform_8x8_mode = transform_8x8_mode;
        high.scaling_matrix = Some(ScalingMatrix {
            lists: vec![Some(list); lists],
        });
        assert_eq!(Pps::parse(&pps.write(), &sets), Ok(pps));
    }
}
