//! Slice data of intra slices that other encoders wrote: read, changed and written.

// Helpers of tests may panic as tests do.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub)]

mod slices;

use bitstream::h264::slice_data::{CodedMode, Ending, Error, Fault, Feature, MbType, SliceData};
use bitstream::h264::{NalUnitType, ParameterSets, Pps, SliceGroups, SliceHeader, SliceType, Sps};
use proptest::prelude::*;
use slices::{STREAMS, Stream};

fn hex(text: &str) -> Vec<u8> {
    let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

/// A slice and what is needed to read it.
#[derive(Clone)]
struct Input {
    sps: Sps,
    pps: Pps,
    header: SliceHeader,
    nal: Vec<u8>,
}

impl Input {
    fn new(stream: &Stream) -> Input {
        let mut sets = ParameterSets::new();
        for set in stream.sets {
            sets.insert(&hex(set)).unwrap();
        }
        let nal = hex(stream.slice);
        let header = SliceHeader::parse(&nal, &sets).unwrap();
        let pps = sets.pps(header.pps_id).unwrap().clone();
        let sps = sets.sps(pps.sps_id).unwrap().clone();
        Input {
            sps,
            pps,
            header,
            nal,
        }
    }

    fn all() -> Vec<Input> {
        STREAMS.iter().map(Input::new).collect()
    }

    fn parse(&self, nal: &[u8]) -> Result<SliceData, Error> {
        SliceData::parse(nal, &self.header, &self.sps, &self.pps)
    }

    fn slice(&self) -> SliceData {
        self.parse(&self.nal).unwrap()
    }

    /// Writes `slice` and expects to read it again.
    fn round_trip(&self, slice: &SliceData) {
        let written = slice.write(Ending::Standard).unwrap();
        let again = self.parse(&written).unwrap();
        assert!(again.bytes_after().iter().all(|byte| *byte == 0));
        assert_eq!(again.macroblocks, slice.macroblocks);
        assert!(again == *slice, "levels differ");
        assert_eq!(again.write(Ending::Original).unwrap(), written);
    }
}

#[test]
fn slices_are_written_back_to_their_bytes() {
    for (input, stream) in Input::all().iter().zip(&STREAMS) {
        let slice = input.slice();
        assert_eq!(
            slice.write(Ending::Original).unwrap(),
            input.nal,
            "{}",
            stream.name
        );
        assert!(slice.bytes_after().is_empty(), "{}", stream.name);
        input.round_trip(&slice);
    }
}

/// What FFmpeg's `-debug mb_type+qp` prints: QP'Y, and row by row `i` for I_NxN and `I` for
/// I_16x16, followed by `=` in field macroblocks.
const PRINTED: [(i8, &[&str]); 5] = [
    (
        28,
        &[
            "i  I  I  i  ",
            "I  i  I  i  ",
            "i  i  I  i  ",
            "i  i  i  I  ",
        ],
    ),
    (28, &["I  I  ", "I  I  "]),
    (47, &["i  i  i  ", "i  i  i  ", "i  i =i =", "i  i =i ="]),
    (47, &["i  i  i  ", "i  i  i  ", "i  i =i =", "i  i =i ="]),
    (37, &["i  i  i  ", "i  i  i  ", "i  i  i  ", "i  i  i  "]),
];

#[test]
fn levels_read_the_same_from_the_other_coder() {
    for input in Input::all() {
        let slice = input.slice();
        let mut other = input.clone();
        other.pps.entropy_coding_mode = !input.pps.entropy_coding_mode;
        let nal = slice.recoded().write(Ending::Standard).unwrap();
        let again = other.parse(&nal).unwrap();
        assert_eq!(again.macroblocks, slice.macroblocks);
        assert_eq!(again, slice.recoded());
        assert_eq!(again.recoded(), slice);
    }
}

#[test]
fn a_slice_without_stop_bit_is_ended_with_one() {
    for input in Input::all() {
        let slice = input.slice();
        let end = input.nal.len() - 1;
        for bit in 0..8 {
            let mut nal = input.nal.clone();
            nal[end] ^= 1 << bit;
            let Ok(damaged) = input.parse(&nal) else {
                continue;
            };
            let written = damaged.write(Ending::Original).unwrap();
            assert_eq!(input.parse(&written).unwrap(), damaged);
        }
        assert_eq!(slice.write(Ending::Original).unwrap(), input.nal);
    }
}

#[test]
fn macroblocks_are_those_another_decoder_prints() {
    for (input, (qp, rows)) in Input::all().iter().zip(PRINTED) {
        let slice = input.slice();
        let layout = slice.layout();
        assert_eq!(
            slice.macroblocks.len(),
            layout.width_in_mbs * layout.height_in_mbs
        );
        for (index, mb) in slice.macroblocks.iter().enumerate() {
            let (column, row) = layout.place(slice.address(index));
            let printed = &rows[row].as_bytes()[3 * column..];
            assert_eq!(mb.is_16x16(), printed[0] == b'I', "{index}");
            assert_eq!(mb.field, printed[2] == b'=', "{index}");
            let offset = 6 * (layout.bit_depth_luma as i8 - 8);
            assert_eq!(mb.qp + offset, qp, "{index}");
        }
    }
}

#[test]
fn a_slice_cut_anywhere_is_an_error_or_a_shorter_slice() {
    for input in Input::all() {
        let whole = input.slice().macroblocks.len();
        let mut reached = 0;
        for length in 0..input.nal.len() {
            match input.parse(&input.nal[..length]) {
                // With CABAC nothing but the end of the code ends a slice; its last bits may be
                // missed by nobody.
                Ok(slice) if slice.layout().cabac => {
                    assert!(length + 2 > input.nal.len(), "{length}");
                    assert_eq!(slice.macroblocks.len(), whole);
                }
                Ok(slice) => assert!(slice.macroblocks.len() <= whole),
                Err(Error::Macroblock {
                    bit, macroblock, ..
                }) => {
                    assert!(bit > input.header.slice_data_bit);
                    assert!((reached..whole).contains(&macroblock));
                    reached = macroblock;
                }
                Err(error) => assert!(matches!(error, Error::Header(_)), "{error}"),
            }
        }
    }
}

#[test]
fn a_truncated_slice_names_the_macroblock() {
    let input = Input::new(&STREAMS[0]);
    let error = input.parse(&input.nal[..100]).unwrap_err();
    let text = "macroblock_layer: the slice data ends inside it";
    assert!(error.to_string().ends_with(text), "{error}");
    let Error::Macroblock {
        macroblock, fault, ..
    } = error
    else {
        panic!("{error}");
    };
    let element = "macroblock_layer";
    assert_eq!((macroblock, fault), (3, Fault::Truncated { element }));
    let error = input.parse(&input.nal[..3]).unwrap_err();
    let text = "slice_data: the unit ends inside its slice header";
    assert_eq!(error.to_string(), text);
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    let input = Input::new(&STREAMS[0]);
    let refused = |change: &dyn Fn(&mut Input)| {
        let mut input = input.clone();
        change(&mut input);
        match input.parse(&input.nal) {
            Err(Error::Unsupported(feature)) => feature,
            other => panic!("{other:?}"),
        }
    };
    let groups = || SliceGroups::Dispersed {
        num_slice_groups_minus1: 1,
    };
    assert_eq!(
        refused(&|it| it.header.slice_type = SliceType::P),
        Feature::InterSlices
    );
    assert_eq!(
        refused(&|it| it.header.slice_type = SliceType::Si),
        Feature::SwitchingSlices
    );
    let partition = NalUnitType::PARTITION_A;
    assert_eq!(
        refused(&|it| it.header.nal.nal_unit_type = partition),
        Feature::DataPartitioning
    );
    let auxiliary = NalUnitType::AUXILIARY_SLICE;
    assert_eq!(
        refused(&|it| it.header.nal.nal_unit_type = auxiliary),
        Feature::AuxiliaryPictures
    );
    assert_eq!(
        refused(&|it| it.pps.slice_groups = Some(groups())),
        Feature::SliceGroups
    );
    assert_eq!(
        refused(&|it| it.sps.chroma_format_idc = 3),
        Feature::Chroma444
    );
    assert_eq!(
        refused(&|it| it.sps.separate_colour_plane = true),
        Feature::SeparateColourPlanes
    );
    assert_eq!(
        refused(&|it| {
            it.sps.pic_width_in_mbs_minus1 = 4095;
            it.sps.pic_height_in_map_units_minus1 = 4095;
        }),
        Feature::PictureSize
    );
    let qp_0 = |it: &mut Input| {
        it.header.slice_qp_delta = -26 - i32::from(it.pps.pic_init_qp_minus26);
    };
    let bypass = refused(&|it| {
        qp_0(it);
        it.sps.qpprime_y_zero_transform_bypass = true;
    });
    assert_eq!(bypass, Feature::TransformBypass);
    let text =
        "slice_data: flexible macroblock ordering (more than one slice group) is not supported";
    assert_eq!(Error::Unsupported(Feature::SliceGroups).to_string(), text);
}

#[test]
fn what_has_no_code_is_not_written() {
    let input = Input::new(&STREAMS[2]);
    let fault = |change: &dyn Fn(&mut SliceData)| {
        let mut slice = input.slice();
        change(&mut slice);
        match slice.write(Ending::Standard) {
            Err(Error::Macroblock {
                macroblock: 0,
                fault,
                ..
            }) => fault.to_string(),
            other => panic!("{other:?}"),
        }
    };
    let text = fault(&|slice| slice.macroblocks[0].qp = 52);
    assert_eq!(text, "QPY: is 52, expected -12 to 51");
    let text = fault(&|slice| {
        let mb = &mut slice.macroblocks[0];
        (mb.mb_type, mb.transform_8x8, mb.cbp_luma) = (MbType::INxN, true, 2);
        slice.luma_mut(0).fill(0);
    });
    assert_eq!(text, "coded_block_pattern: 8x8 block 1 has no level");
    let text = fault(&|slice| {
        let mb = &mut slice.macroblocks[0];
        (mb.mb_type, mb.transform_8x8) = (MbType::I16x16 { pred_mode: 2 }, false);
        mb.cbp_luma = 3;
    });
    assert!(text.starts_with("coded_block_pattern of I_16x16"), "{text}");
    let text = fault(&|slice| slice.macroblocks[0].modes[0] = CodedMode::Remaining(8));
    assert_eq!(text, "rem_intra4x4_pred_mode: is 8, expected 0 to 7");
    let text = fault(&|slice| {
        slice.luma_mut(0).fill(i32::MAX);
        slice.macroblocks[0].cbp_luma = 15;
    });
    assert!(text.starts_with("coeff_abs_level_minus1"), "{text}");
}

#[test]
fn coded_block_patterns_and_quantisers_follow_the_levels() {
    let input = Input::new(&STREAMS[2]);
    let mut slice = input.slice();
    let slice_qp = slice.layout().slice_qp;
    for index in 0..slice.macroblocks.len() {
        slice.luma_mut(index).fill(0);
        slice.dc_mut(index).fill(0);
        slice.chroma_mut(index).fill(0);
        slice.macroblocks[index].cbp_chroma = 0;
        slice.macroblocks[index].qp = 7;
        slice.update_cbp_luma(index);
        assert_eq!(slice.macroblocks[index].cbp_luma, 0);
    }
    slice.luma_mut(1)[64..128].fill(1);
    slice.update_cbp_luma(1);
    assert_eq!(slice.macroblocks[1].cbp_luma, 2);
    slice.settle_qp();
    let qps: Vec<i8> = slice.macroblocks.iter().take(3).map(|mb| mb.qp).collect();
    assert_eq!(qps, [slice_qp, 7, 7]);
    input.round_trip(&slice);
    let index = slice.macroblocks.len();
    assert!(slice.luma_mut(index).is_empty() && slice.luma(index).is_none());
    slice.update_cbp_luma(index);
}

/// Numbers that look random (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 8) % most
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    /// Small as a rule.
    fn level(&mut self, most: i32) -> i32 {
        let bits = self.below(14);
        let level = self.below(1 << bits) as i32 % (most + 1);
        if self.one_in(2) { level } else { -level }
    }

    fn levels(&mut self, levels: &mut [i32], most: i32) {
        let density = 1 + self.below(20);
        for level in levels {
            *level = if self.one_in(density) {
                self.level(most)
            } else {
                0
            };
        }
    }
}

/// Makes every macroblock something else.
fn remake(slice: &mut SliceData, numbers: &mut Numbers) {
    let layout = slice.layout().clone();
    let blocks = layout.chroma_blocks();
    let most = if layout.long_levels { 8000 } else { 1500 };
    for index in 0..slice.macroblocks.len() {
        slice.dc_mut(index).fill(0);
        slice.luma_mut(index).fill(0);
        slice.chroma_mut(index).fill(0);
        let mut mb = slice.macroblocks[index];
        mb.modes = [CodedMode::Predicted; 16];
        mb.transform_8x8 = false;
        mb.intra_chroma_pred_mode = 0;
        if layout.mbaff {
            mb.field = match index % 2 {
                0 => numbers.one_in(2),
                _ => slice.macroblocks[index - 1].field,
            };
        }
        mb.mb_type = match numbers.below(8) {
            0 => MbType::IPcm,
            1..=3 => MbType::I16x16 {
                pred_mode: numbers.below(4) as u8,
            },
            _ => MbType::INxN,
        };
        mb.qp = numbers.below(52) as i8 - if layout.bit_depth_luma == 10 { 12 } else { 0 };
        mb.cbp_chroma = if blocks == 0 {
            0
        } else {
            numbers.below(3) as u8
        };
        if mb.mb_type != MbType::IPcm && blocks != 0 {
            mb.intra_chroma_pred_mode = numbers.below(4) as u8;
        }
        match mb.mb_type {
            MbType::IPcm => {
                mb.cbp_luma = 15;
                mb.cbp_chroma = if blocks == 0 { 0 } else { 2 };
                for sample in slice.luma_mut(index) {
                    *sample = numbers.below(1 << layout.bit_depth_luma) as i32;
                }
                for sample in slice.chroma_mut(index).iter_mut().take(32 * blocks) {
                    *sample = numbers.below(1 << layout.bit_depth_chroma) as i32;
                }
            }
            MbType::I16x16 { .. } => {
                numbers.levels(slice.dc_mut(index), most);
                mb.cbp_luma = if numbers.one_in(2) { 15 } else { 0 };
                if mb.cbp_luma != 0 {
                    for block in slice.luma_mut(index).chunks_mut(16) {
                        numbers.levels(&mut block[..15], most);
                    }
                }
            }
            MbType::INxN => {
                mb.cbp_luma = numbers.below(16) as u8;
                mb.transform_8x8 = layout.transform_8x8_mode && numbers.one_in(2);
                let count = if mb.transform_8x8 { 4 } else { 16 };
                for mode in &mut mb.modes[..count] {
                    if numbers.one_in(2) {
                        *mode = CodedMode::Remaining(numbers.below(8) as u8);
                    }
                }
                for (k, block) in slice.luma_mut(index).chunks_mut(64).enumerate() {
                    if mb.cbp_luma >> k & 1 != 0 {
                        numbers.levels(block, most);
                        // An 8x8 block of CABAC needs one.
                        block[numbers.below(64) as usize] = 1;
                    }
                }
            }
        }
        if mb.mb_type != MbType::IPcm && mb.cbp_chroma != 0 {
            for component in slice.chroma_mut(index).chunks_mut(8 + 16 * blocks) {
                numbers.levels(&mut component[..blocks], most);
                for block in component[8..].chunks_mut(16) {
                    if mb.cbp_chroma == 2 {
                        numbers.levels(&mut block[..15], most);
                    }
                }
            }
        }
        slice.macroblocks[index] = mb;
    }
    slice.settle_qp();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn whatever_is_written_is_read_again(seed in 1u64.., which in 0..STREAMS.len()) {
        let input = Input::new(&STREAMS[which]);
        let mut slice = input.slice();
        remake(&mut slice, &mut Numbers(seed));
        input.round_trip(&slice);
    }

    #[test]
    fn changed_levels_are_read_again(seed in 1u64.., which in 0..STREAMS.len()) {
        let input = Input::new(&STREAMS[which]);
        let mut slice = input.slice();
        let mut numbers = Numbers(seed);
        for index in 0..slice.macroblocks.len() {
            let coded: Vec<usize> = slice.luma(index).map_or(Vec::new(), |luma| {
                (0..luma.len()).filter(|at| luma[*at] != 0).collect()
            });
            for at in coded {
                // It stays in its block, and there stays one.
                let level = &mut slice.luma_mut(index)[at];
                *level += if *level > 0 { 1 } else { -1 } * numbers.below(3) as i32;
            }
        }
        input.round_trip(&slice);
    }

    #[test]
    fn damaged_slices_are_errors_or_slices(
        damage in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..5),
        which in 0..STREAMS.len(),
    ) {
        let input = Input::new(&STREAMS[which]);
        let mut nal = input.nal.clone();
        let start = input.header.slice_data_bit as usize / 8 + 1;
        for (place, value) in damage {
            let place = start + usize::from(place) % (nal.len() - start);
            nal[place] ^= value;
        }
        if let Ok(slice) = input.parse(&nal) {
            let whole = input.slice().macroblocks.len();
            prop_assert!(slice.macroblocks.len() <= whole);
            input.round_trip(&slice);
        }
    }

    #[test]
    fn any_bytes_are_errors_or_slices(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        which in 0..STREAMS.len(),
    ) {
        let input = Input::new(&STREAMS[which]);
        let start = input.header.slice_data_bit as usize / 8 + 1;
        let nal = [&input.nal[..start], &bytes].concat();
        if let Ok(slice) = input.parse(&nal) {
            input.round_trip(&slice);
        }
    }
}
