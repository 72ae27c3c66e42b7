//! Every macroblock of every intra slice, reconstructed, equals what ffmpeg decodes without
//! deblocking: of streams as they are, and of streams whose levels were changed at random.
//!
//! Pictures may have slices of other kinds as well: an intra slice is reconstructed from itself
//! alone. Files that do not take part are listed in `data/h264-agreement.tsv` with their reasons.

use std::collections::BTreeMap;

use bitstream::bits::{BitReader, BitWriter};
use bitstream::h264::slice_data::{Ending, MbType, SliceData};
use bitstream::h264::{DecRefPicMarking, ParameterSets, PicOrderCnt, SliceHeader, SliceType};
use bitstream::nal::{AnnexB, escape, unescape};
use tests::harness::{self, Need};
use tests::intra::{Comparison, IntraSlice, Pictures, annex_b, compare, intra_slices, with_slices};
use tests::media;
use tests::table::Table;

/// Streams whose levels are changed too: both coders, every kind of macroblock, fields, pairs,
/// several slices, ten bits.
const CHANGED: [&str; 10] = [
    "chromeos/64x64-I-P-B-P-high.h264",
    "frext/FRExt4_Panasonic.avc",
    "frext/HCAMFF1_HHI.264",
    "frext/HPCVFL_BRCM_A.264",
    "frext/FREXT02_JVC_C.264",
    "jcodec/cabac__i8x8__64x64_3.264",
    "jcodec/cabac__mixed_4__64x64_4.264",
    "jcodec/cabac__random_1__random_1.264",
    "jvt-base/BASQP1_Sony_C.jsv",
    "openh264-extra/test_cif_I_CABAC_slice.264",
];

fn main() {
    let table =
        Table::read(&media::data("h264-agreement.tsv")).unwrap_or_else(|_| Table::parse(""));
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    for row in table.rows() {
        let get = |column| row.get(column).unwrap_or_default().to_string();
        listed.insert(get("path"), get("reason"));
    }
    let mut trials = Vec::new();
    for name in media::h264_files() {
        let reason = listed.remove(&name);
        if CHANGED.iter().any(|end| name.ends_with(end)) {
            let name = name.clone();
            trials.push(harness::test(
                format!("changed::{name}"),
                &[Need::Ffmpeg],
                move || {
                    let stream = changed_at_random(&stream(&name));
                    assert_eq!(outcome(&compare(&stream, Pictures::All)), "");
                },
            ));
        }
        trials.push(harness::test(
            format!("agreement::{name}"),
            &[Need::Ffmpeg],
            move || {
                let pictures = match media::is_byte_stream(&name) {
                    true => Pictures::All,
                    false => Pictures::Intra,
                };
                let outcome = outcome(&compare(&stream(&name), pictures));
                match reason {
                    None => assert_eq!(outcome, ""),
                    Some(reason) => assert_ne!(outcome, "", "{reason}"),
                }
            },
        ));
    }
    trials.push(harness::test(
        "intra_slices_of_mixed_pictures",
        &[Need::Media, Need::Ffmpeg],
        mixed,
    ));
    let is_there = media::shared().join("h264-conf").is_dir();
    trials.push(harness::test(
        "the_streams_are_there",
        &[Need::Media],
        move || {
            assert!(is_there, "no folder of conformance streams");
            assert!(listed.is_empty(), "lines without a stream: {listed:?}");
        },
    ));
    harness::run(trials);
}

fn stream(name: &str) -> Vec<u8> {
    let path = media::shared().join(name);
    match media::is_byte_stream(name) {
        true => std::fs::read(&path).expect("the stream can be read"),
        false => annex_b(&path).unwrap_or_default(),
    }
}

/// Nothing where all intra slices were compared and agree, else what happened.
fn outcome(comparison: &Comparison) -> String {
    let mut parts = Vec::new();
    if comparison.macroblocks == 0 {
        parts.push("nothing to compare".to_string());
    }
    if !comparison.refused.is_empty() {
        parts.push(format!("{} slices refused", comparison.refused.len()));
    }
    if !comparison.not_shown.is_empty() {
        parts.push(format!("{} pictures not shown", comparison.not_shown.len()));
    }
    if let Some((offset, address)) = comparison.disagreeing.first() {
        let count = comparison.disagreeing.len();
        parts.push(format!(
            "{count} of {} pictures disagree, the first at byte {offset}, macroblock {address}",
            comparison.pictures
        ));
    }
    parts.join(", ")
}

/// An I slice beside P slices of its picture is reconstructed on its own. No conformance stream has
/// such pictures: each fourth slice of the pictures of this one becomes the fourth I slice.
fn mixed() {
    let stream = stream("h264-conf/jcodec/seq_flat_10slices__test.264");
    let intra = intra_slices(&stream);
    let mut sets = ParameterSets::new();
    let mut mixed = Vec::new();
    for unit in AnnexB::new(&stream) {
        let _ = sets.insert(unit.bytes);
        mixed.extend_from_slice(&[0, 0, 1]);
        match SliceHeader::parse(unit.bytes, &sets) {
            Ok(header) if header.slice_type == SliceType::P => {
                let at = header.first_mb_in_slice;
                let mut fourth = intra.iter().filter(|_| at == 300);
                let fourth = fourth.find(|slice| slice.header.first_mb_in_slice == at);
                mixed.extend_from_slice(&match fourth {
                    Some(slice) => intra_slice(&header, slice),
                    None => with_type_of_its_own(unit.bytes),
                });
            }
            _ => mixed.extend_from_slice(unit.bytes),
        }
    }
    let comparison = compare(&mixed, Pictures::All);
    assert_eq!(outcome(&comparison), "");
    assert!(comparison.mixed > 0, "no picture has slices of both kinds");
}

/// A P slice whose `slice_type` does not say that all slices of the picture are P slices.
fn with_type_of_its_own(nal: &[u8]) -> Vec<u8> {
    let rbsp = unescape(nal);
    let mut reader = BitReader::new("slice", &rbsp);
    let mut writer = BitWriter::new();
    let mut bits = |count| reader.bits(count, "nal_unit").expect("a byte");
    writer.bits(8, bits(8));
    writer.ue(reader.ue("first_mb_in_slice").expect("an address"));
    writer.ue(reader.ue("slice_type").expect("a type") % 5);
    unit_with(writer, &mut reader)
}

/// A unit of what was written and what is left to read.
fn unit_with(mut writer: BitWriter, rest: &mut BitReader<'_>) -> Vec<u8> {
    writer.string(&rest.rest());
    let mut unit = writer.into_bytes();
    while unit.pop_if(|byte| *byte == 0).is_some() {}
    escape(&unit).into_owned()
}

/// The macroblocks of `slice` under a header that fits the picture of a P slice.
fn intra_slice(of: &SliceHeader, slice: &IntraSlice<'_>) -> Vec<u8> {
    let (sps, pps) = (&slice.sps, &slice.pps);
    let PicOrderCnt::Lsb {
        log2_max_lsb_minus4,
    } = sps.pic_order_cnt
    else {
        unreachable!("the stream counts pictures by their low bits");
    };
    assert!(sps.frame_mbs_only && !pps.entropy_coding_mode && !pps.redundant_pic_cnt_present);
    assert!(!pps.bottom_field_pic_order_in_frame_present && !pps.deblocking_filter_control_present);
    let mut writer = BitWriter::new();
    writer.bits(3, of.nal.nal_ref_idc.into());
    writer.bits(5, 1);
    writer.ue(of.first_mb_in_slice);
    writer.ue(2);
    writer.ue(of.pps_id.into());
    writer.bits(4 + u32::from(sps.log2_max_frame_num_minus4), of.frame_num);
    let lsb = of.pic_order_cnt_lsb.expect("the low bits");
    writer.bits(4 + u32::from(log2_max_lsb_minus4), lsb);
    if of.nal.nal_ref_idc != 0 {
        assert_eq!(
            of.dec_ref_pic_marking,
            Some(DecRefPicMarking::SlidingWindow)
        );
        writer.flag(false);
    }
    writer.se(slice.header.slice_qp_delta);
    let rbsp = unescape(slice.nal);
    let mut reader = BitReader::new("slice", &rbsp);
    for _ in 0..slice.header.slice_data_bit {
        reader.flag("slice_header").expect("a header");
    }
    unit_with(writer, &mut reader)
}

/// A stream with about every eighth macroblock of its intra slices changed by a level.
fn changed_at_random(stream: &[u8]) -> Vec<u8> {
    let mut random = Random(1);
    let mut changed = 0;
    let stream = with_slices(stream, |slice| {
        let mut data = slice.parse().ok()?;
        changed += change(&mut data, &mut random);
        Some(
            data.write(Ending::Standard)
                .expect("legal levels can be written"),
        )
    });
    assert!(changed > 0, "no level was changed");
    stream
}

/// Changes levels by one; gives how many.
fn change(data: &mut SliceData, random: &mut Random) -> usize {
    let mut changed = 0;
    for index in 0..data.macroblocks.len() {
        let mb = data.macroblocks[index];
        let (at, up) = (random.below(256), random.below(2) == 1);
        if random.below(8) != 0 || mb.mb_type == MbType::IPcm {
            continue;
        }
        let is_dc = mb.is_16x16() && random.below(2) == 0;
        // The 16th place of AC levels has none.
        let is_none = mb.is_16x16() && at % 16 == 15;
        let levels = match is_dc {
            true => data.dc_mut(index),
            false if mb.cbp_luma >> (at / 64) & 1 == 0 || is_none => continue,
            false => data.luma_mut(index),
        };
        let level = &mut levels[if is_dc { at % 16 } else { at }];
        *level += if up && *level < 100 { 1 } else { -1 };
        changed += 1;
        data.update_cbp_luma(index);
    }
    data.settle_qp();
    changed
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((value ^ value >> 31) % count as u64) as usize
    }
}
