//! Every macroblock of every intra slice of the H.264 byte streams, as an independent parser has it:
//! types, modes, coded block patterns, QPs and all levels.
//!
//! The other parser is `oxideav-h264`. Streams it cannot read are listed in `data/h264-levels.tsv`.

use std::collections::BTreeMap;

use bitstream::h264::slice_data::{CodedMode, Macroblock, MbType, SliceData};
use oxideav_h264::decoder::{Decoder, Event};
use oxideav_h264::macroblock_layer as other;
use oxideav_h264::slice_data::parse_slice_data;
use tests::harness::{self, Need};
use tests::intra::intra_slices;
use tests::media;
use tests::table::Table;

fn main() {
    let table = Table::read(&media::data("h264-levels.tsv")).unwrap_or_else(|_| Table::parse(""));
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    for row in table.rows() {
        let get = |column| row.get(column).unwrap_or_default().to_string();
        listed.insert(get("path"), get("reason"));
    }
    let mut trials = Vec::new();
    let names = media::h264_files().into_iter();
    for name in names.filter(|name| media::is_byte_stream(name)) {
        let reason = listed.remove(&name);
        trials.push(harness::test(format!("levels::{name}"), &[], move || {
            let result = check(&name);
            match reason {
                None => assert!(
                    result.is_ok_and(|macroblocks| macroblocks > 0),
                    "{name}: nothing to compare"
                ),
                Some(_) => assert!(!matches!(result, Ok(1..)), "it is compared now"),
            }
        }));
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

/// Compares all intra slices of a stream; gives their macroblocks, or why the other parser has none.
fn check(name: &str) -> Result<usize, String> {
    let stream = std::fs::read(media::shared().join(name)).expect("the stream can be read");
    let mut decoder = Decoder::new();
    let mut macroblocks = 0;
    let mut slices = intra_slices(&stream).into_iter().peekable();
    for unit in bitstream::nal::AnnexB::new(&stream) {
        // Parameter sets have to reach it too.
        let event = decoder.process_nal(unit.bytes);
        let Some(slice) = slices.next_if(|slice| slice.offset == unit.offset) else {
            continue;
        };
        let event = event.map_err(|error| error.to_string())?;
        let Event::Slice {
            header,
            rbsp,
            slice_data_cursor,
            pps,
            sps,
            ..
        } = event
        else {
            return Err("no slice".into());
        };
        let ours = slice.parse().map_err(|error| error.to_string())?;
        let (byte, bit) = slice_data_cursor;
        let theirs = parse_slice_data(&rbsp, byte, bit, &header, &sps, &pps);
        let theirs = theirs.map_err(|error| error.to_string())?;
        assert_eq!(
            theirs.macroblocks.len(),
            ours.macroblocks.len(),
            "macroblocks of the slice at byte {}",
            unit.offset
        );
        let mut qp = 26 + pps.pic_init_qp_minus26 + header.slice_qp_delta;
        for (index, theirs) in theirs.macroblocks.iter().enumerate() {
            let offset = 6 * (i32::from(ours.layout().bit_depth_luma) - 8);
            qp = (qp + theirs.mb_qp_delta + 52 + 2 * offset) % (52 + offset) - offset;
            let place = format!(
                "slice at byte {}, macroblock {}",
                unit.offset,
                ours.address(index)
            );
            compare(&ours, index, theirs, qp, &place);
        }
        macroblocks += ours.macroblocks.len();
    }
    assert!(slices.next().is_none(), "a slice was not compared");
    Ok(macroblocks)
}

fn compare(ours: &SliceData, index: usize, theirs: &other::Macroblock, qp: i32, place: &str) {
    let mb = &ours.macroblocks[index];
    if mb.is_pcm() {
        let samples = theirs.pcm_samples.as_ref();
        let samples = samples.unwrap_or_else(|| unreachable!("{place}: samples"));
        let equal = |ours: Option<&[i32]>, theirs: &mut dyn Iterator<Item = &u32>| {
            ours.unwrap_or_default().iter().eq(theirs
                .map(|sample| *sample as i32)
                .collect::<Vec<_>>()
                .iter())
        };
        assert!(
            equal(ours.luma(index), &mut samples.luma.iter()),
            "{place}: luma samples"
        );
        let chroma = samples.chroma_cb.iter().chain(&samples.chroma_cr).count();
        let found = ours.chroma(index).unwrap_or_default();
        let found = found.get(..chroma).unwrap_or_default();
        let mut chroma = samples.chroma_cb.iter().chain(&samples.chroma_cr);
        assert!(equal(Some(found), &mut chroma), "{place}: chroma samples");
        return;
    }
    assert_eq!(kind(mb), other_kind(theirs), "{place}: kind and modes");
    assert_eq!(i32::from(mb.qp), qp, "{place}: QP");
    let pattern = u32::from(mb.cbp_luma) | u32::from(mb.cbp_chroma) << 4;
    assert_eq!(
        pattern, theirs.coded_block_pattern,
        "{place}: coded_block_pattern"
    );
    let dc = ours.dc(index).filter(|_| mb.is_16x16()).unwrap_or(&[0; 16]);
    assert_eq!(
        dc,
        theirs.residual_luma_dc.unwrap_or([0; 16]),
        "{place}: DC levels"
    );
    // They have blocks of what the pattern codes.
    let coded = (0..16).filter(|block| mb.cbp_luma >> (block / 4) & 1 != 0);
    let luma = ours.luma(index).unwrap_or(&[0; 256]);
    let blocks: Vec<&[i32]> = coded.map(|block| &luma[16 * block..][..16]).collect();
    let others: Vec<&[i32]> = theirs
        .residual_luma
        .iter()
        .map(|block| &block[..])
        .collect();
    assert_eq!(blocks, others, "{place}: luma levels");
    let count = ours.layout().chroma_blocks();
    let none = vec![0; 2 * (8 + 16 * count)];
    let chroma = ours
        .chroma(index)
        .filter(|_| mb.cbp_chroma != 0)
        .unwrap_or(&none);
    let (cb, cr) = chroma.split_at(8 + 16 * count);
    let planes = [
        (
            cb,
            &theirs.residual_chroma_dc_cb,
            &theirs.residual_chroma_ac_cb,
        ),
        (
            cr,
            &theirs.residual_chroma_dc_cr,
            &theirs.residual_chroma_ac_cr,
        ),
    ];
    for (levels, dc, ac) in planes {
        let padded = |levels: &[i32], size: usize| {
            let mut levels = levels.to_vec();
            levels.resize(size, 0);
            levels
        };
        assert_eq!(
            levels[..count],
            padded(dc, count),
            "{place}: chroma DC levels"
        );
        let ac = padded(ac.as_flattened(), 16 * count);
        let own = if mb.cbp_chroma == 2 {
            levels[8..].to_vec()
        } else {
            vec![0; 16 * count]
        };
        assert_eq!(own, ac, "{place}: chroma AC levels");
    }
}

/// Type, modes as coded, and mode of chroma.
type Kind = (u8, bool, Vec<Option<u8>>, u8);

fn kind(mb: &Macroblock) -> Kind {
    let modes = mb.modes.iter().map(|mode| match mode {
        CodedMode::Predicted => None,
        CodedMode::Remaining(mode) => Some(*mode),
    });
    match mb.mb_type {
        MbType::I16x16 { pred_mode } => {
            (1 + pred_mode, false, Vec::new(), mb.intra_chroma_pred_mode)
        }
        _ => {
            let count = if mb.transform_8x8 { 4 } else { 16 };
            (
                0,
                mb.transform_8x8,
                modes.take(count).collect(),
                mb.intra_chroma_pred_mode,
            )
        }
    }
}

fn other_kind(mb: &other::Macroblock) -> Kind {
    let pred = mb.mb_pred.clone().unwrap_or_default();
    let chroma = pred.intra_chroma_pred_mode;
    let modes = |flags: &[bool], modes: &[u8]| {
        let modes = flags.iter().zip(modes);
        modes
            .map(|(predicted, mode)| (!predicted).then_some(*mode))
            .collect()
    };
    match mb.mb_type {
        other::MbType::Intra16x16(kind) => (1 + kind.pred_mode, false, Vec::new(), chroma),
        _ if mb.transform_size_8x8_flag => {
            let modes = modes(
                &pred.prev_intra8x8_pred_mode_flag,
                &pred.rem_intra8x8_pred_mode,
            );
            (0, true, modes, chroma)
        }
        _ => {
            let modes = modes(
                &pred.prev_intra4x4_pred_mode_flag,
                &pred.rem_intra4x4_pred_mode,
            );
            (0, false, modes, chroma)
        }
    }
}
