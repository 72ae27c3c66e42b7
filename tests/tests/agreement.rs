//! Every macroblock of every intra slice, reconstructed, equals what ffmpeg decodes without
//! deblocking: of streams as they are, and of streams whose levels were changed at random.
//!
//! Pictures may have slices of other kinds as well: an intra slice is reconstructed from itself
//! alone. Files that do not take part are listed in `data/h264-agreement.tsv` with their reasons.

use std::collections::BTreeMap;

use bitstream::h264::slice_data::{Ending, MbType, SliceData};
use tests::harness::{self, Need};
use tests::intra::{Comparison, Pictures, annex_b, compare, with_slices};
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
