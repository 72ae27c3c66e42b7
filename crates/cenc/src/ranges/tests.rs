use super::*;
use crate::scheme::{Iv, Pattern, SampleCipher};
use crate::{Key, hex};

// Headers of MIDR_MW_D (H.264 conformance): the slice header ends within byte 6 of the unit.
const SPS: &str = "6742e00a96528589c8";
const PPS: &str = "68c92388";
const SLICE: &str = "65888040015c38";
const SLICE_HEADER: usize = 6;

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| hex::decode::<1>(pair).unwrap()[0])
        .collect()
}

fn avc_rule() -> Rule {
    let mut sets = h264::ParameterSets::new();
    sets.insert(&unhex(SPS)).unwrap();
    sets.insert(&unhex(PPS)).unwrap();
    Rule::Avc {
        length_size: LengthSize::Four,
        sets,
    }
}

/// A slice whose unit is of `length` bytes.
fn slice(length: usize) -> Vec<u8> {
    let mut unit = unhex(SLICE);
    unit.resize(length, 0x55);
    unit
}

fn sample(units: &[Vec<u8>]) -> Vec<u8> {
    let framed = units.iter().map(|unit| {
        let length = (unit.len() as u32).to_be_bytes();
        [&length[..], unit].concat()
    });
    framed.collect::<Vec<_>>().concat()
}

fn divide(rule: &mut Rule, units: &[Vec<u8>], scheme: Scheme) -> Vec<(u16, u32)> {
    let sample = sample(units);
    let mut subsamples = vec![];
    rule.divide(&sample, scheme, &mut subsamples).unwrap();
    let total: u64 = subsamples.iter().map(Subsample::bytes).sum();
    assert_eq!(total, sample.len() as u64);
    pairs(&subsamples)
}

fn pairs(subsamples: &[Subsample]) -> Vec<(u16, u32)> {
    let pair = |each: &Subsample| (each.bytes_of_clear_data, each.bytes_of_protected_data);
    subsamples.iter().map(pair).collect()
}

#[test]
fn cbcs_protects_from_the_slice_header_to_the_end_of_the_unit() {
    let units = [vec![9, 0xf0], slice(SLICE_HEADER + 45)];
    let found = divide(&mut avc_rule(), &units, Scheme::Cbcs);
    assert_eq!(found, [(6 + 4 + SLICE_HEADER as u16, 45)]);
}

#[test]
fn the_others_protect_the_last_whole_blocks() {
    for scheme in [Scheme::Cenc, Scheme::Cens, Scheme::Cbc1] {
        let units = [vec![9, 0xf0], slice(SLICE_HEADER + 45)];
        let found = divide(&mut avc_rule(), &units, scheme);
        assert_eq!(found, [(6 + 4 + SLICE_HEADER as u16 + 13, 32)]);
    }
}

#[test]
fn each_slice_of_a_picture_is_a_subsample_and_what_follows_is_clear() {
    let units = [
        slice(38),
        vec![6, 5, 1, 0, 0x80],
        slice(54),
        vec![12, 0xff, 0x80],
    ];
    let found = divide(&mut avc_rule(), &units, Scheme::Cbcs);
    assert_eq!(found, [(10, 32), (9 + 10, 48), (7, 0)]);
}

#[test]
fn slices_shorter_than_a_block_stay_clear_where_blocks_are_whole() {
    let units = [slice(SLICE_HEADER + 15), slice(SLICE_HEADER + 16)];
    let found = divide(&mut avc_rule(), &units, Scheme::Cenc);
    assert_eq!(found, [(25 + 10, 16)]);
    // Here the last, incomplete block is left to the scheme, which leaves it clear.
    let found = divide(&mut avc_rule(), &units, Scheme::Cbcs);
    assert_eq!(found, [(10, 15), (10, 16)]);
    let found = divide(&mut avc_rule(), &[slice(SLICE_HEADER)], Scheme::Cbcs);
    assert_eq!(found, [(10, 0)]);
}

#[test]
fn many_clear_bytes_take_several_subsamples() {
    let sei = |length: usize| {
        let mut unit = vec![6];
        unit.resize(length, 0xff);
        unit
    };
    let found = divide(&mut avc_rule(), &[sei(140_000), slice(22)], Scheme::Cbcs);
    assert_eq!(found, [(65_535, 0), (65_535, 0), (8_934 + 10, 16)]);
    let exact = divide(
        &mut avc_rule(),
        &[sei(65_535 - 14), slice(22)],
        Scheme::Cbcs,
    );
    assert_eq!(exact, [(65_535, 16)]);
}

#[test]
fn parameter_sets_in_a_sample_are_used() {
    let mut rule = Rule::Avc {
        length_size: LengthSize::Four,
        sets: h264::ParameterSets::new(),
    };
    let units = [unhex(SPS), unhex(PPS), slice(38)];
    assert_eq!(divide(&mut rule, &units, Scheme::Cbcs), [(13 + 8 + 10, 32)]);
    let mut subsamples = vec![];
    let mut without = Rule::Avc {
        length_size: LengthSize::Four,
        sets: h264::ParameterSets::new(),
    };
    let error = without.divide(
        &sample(&[vec![9, 0xf0], slice(38)]),
        Scheme::Cbcs,
        &mut subsamples,
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "nal_unit at byte 10: slice_header at bit 16: pic_parameter_set_id: is 0, no such parameter set"
    );
}

#[test]
fn hevc_slices_are_protected_and_other_layers_are_not() {
    // Headers of r416-ccp (HEVC conformance): the slice segment header is one byte.
    let mut sets = hevc::ParameterSets::new();
    for set in [
        "40010c01ffff040800000300be000003000003001eac09",
        "420101040800000300be000003000003001e90041062cb5ade1040",
        "4401c07189a580b8",
    ] {
        sets.insert(&unhex(set)).unwrap();
    }
    let mut rule = Rule::Hevc {
        length_size: LengthSize::Four,
        sets,
    };
    let mut slice = unhex("2801af07");
    slice.resize(3 + 40, 0x55);
    let mut other_layer = slice.clone();
    other_layer[1] |= 8;
    let units = [vec![0x46, 1, 0x50], slice, other_layer];
    assert_eq!(divide(&mut rule, &units, Scheme::Cbcs), [(14, 40), (47, 0)]);
    assert_eq!(divide(&mut rule, &units, Scheme::Cenc), [(22, 32), (47, 0)]);
}

#[test]
fn lengths_that_do_not_fit_are_an_error_and_empty_units_are_not() {
    let mut subsamples = vec![];
    let mut rule = avc_rule();
    let error = rule
        .divide(&[0, 0, 0, 9, 1], Scheme::Cbcs, &mut subsamples)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "sample at byte 0: NALUnitLength: is 9, 1 bytes left"
    );
    assert!(subsamples.is_empty());
    assert_eq!(divide(&mut rule, &[vec![], vec![]], Scheme::Cbcs), [(8, 0)]);
}

#[test]
fn sound_is_protected_as_a_whole() {
    let mut subsamples = vec![];
    Rule::WholeSample
        .divide(&[1; 70_000], Scheme::Cbcs, &mut subsamples)
        .unwrap();
    assert!(subsamples.is_empty());
    assert_eq!(Rule::kind_of(Codec::Aac), RuleKind::WholeSample);
    assert_eq!(Rule::kind_of(Codec::WebVtt), RuleKind::Never);
}

#[test]
fn counters_a_sample_takes_are_those_it_uses() {
    let key = Key::from_bytes([1; 16]);
    for scheme in [Scheme::Cenc, Scheme::Cens] {
        for length in [38, 6 + 16 * 25, 6 + 16 * 11 + 5] {
            let clear = sample(&[slice(length), slice(38)]);
            let mut subsamples = vec![];
            avc_rule().divide(&clear, scheme, &mut subsamples).unwrap();
            let blocks = counter_blocks(&clear, &subsamples, scheme);
            let mut encrypted = vec![0; clear.len()];
            SampleCipher::new(scheme, &key, scheme.video_pattern())
                .encrypt(&mut encrypted, &subsamples, &Iv::Eight([1; 8]))
                .unwrap();
            // The key stream itself: every block of it differs from zero.
            let touched = encrypted.iter().filter(|byte| **byte != 0).count() as u64;
            assert!(
                touched <= 16 * blocks && touched > 14 * blocks,
                "{scheme} {length}"
            );
        }
    }
    assert_eq!(counter_blocks(&[0; 33], &[], Scheme::Cenc), 3);
    assert_eq!(counter_blocks(&[0; 33], &[], Scheme::Cens), 2);
    assert_eq!(Pattern::NONE.encrypted_blocks(33), 2);
}

#[test]
fn as_many_subsamples_fit_as_a_size_of_8_bits_can_say() {
    let most = [None, Some(IvSize::Eight), Some(IvSize::Sixteen)].map(max_subsamples);
    assert_eq!(most, [42, 40, 39]);
}

#[test]
fn more_slices_than_saiz_can_say_are_refused_with_both_numbers() {
    for (scheme, most) in [
        (Scheme::Cenc, 39),
        (Scheme::Cens, 39),
        (Scheme::Cbc1, 39),
        (Scheme::Cbcs, 42),
    ] {
        let mut units = vec![slice(SLICE_HEADER + 16); most];
        let mut subsamples = vec![];
        let mut rule = avc_rule();
        rule.divide(&sample(&units), scheme, &mut subsamples)
            .unwrap();
        assert_eq!(subsamples.len(), most);
        // Clear bytes behind the last slice take a subsample too.
        units.push(vec![12, 0x80]);
        let error = rule.divide(&sample(&units), scheme, &mut subsamples);
        let count = most + 1;
        assert_eq!(error, Err(RangeError::Subsamples { count, most }));
        assert_eq!(subsamples, []);
        assert_eq!(
            error.unwrap_err().to_string(),
            format!(
                "subsample_count: is {count}, expected at most {most}: saiz has 8 bits for their size"
            )
        );
    }
}
