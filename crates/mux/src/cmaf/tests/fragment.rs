//! Fragment heads.

use std::io::Cursor;

use isobmff::boxes::{Ftyp, Mfhd, Sbgp, Tfdt, Tfhd, Trun};
use isobmff::{BoxBody, Table};
use media::{Sample, SampleFlags};
use proptest::prelude::*;
use shiguredo_mp4::{Decode, Encode};

use super::*;
use crate::cmaf::{Fragment, append_fragment_head, fragment_head, init_segment, segment_head};

const SYNC: SampleFlags = SampleFlags::SYNC;
const DEPENDENT: SampleFlags = SampleFlags::DEPENDENT;

fn of(samples: &[Sample]) -> Fragment<'_> {
    Fragment {
        sequence_number: 7,
        decode_time: 1 << 33,
        composition_shift: 0,
        sample_description_index: 1,
        samples,
        boxes: &[],
    }
}

#[test]
fn what_is_the_same_for_all_samples_is_said_once() {
    let samples = [sample(100, 512, 0, SYNC), sample(100, 512, 0, SYNC)];
    let head = fragment_head(&of(&samples)).unwrap();
    let expected: &[&[u8]] = &[
        b"\0\0\0\x64moof\0\0\0\x10mfhd\0\0\0\0\0\0\0\x07",
        b"\0\0\0\x4ctraf\0\0\0\x1ctfhd\0\x02\0\x38\0\0\0\x01\0\0\x02\0\0\0\0\x64\x02\0\0\0",
        b"\0\0\0\x14tfdt\x01\0\0\0\0\0\0\x02\0\0\0\0",
        b"\0\0\0\x14trun\0\0\0\x01\0\0\0\x02\0\0\0\x6c",
        b"\0\0\0\xd0mdat",
    ];
    assert_eq!(head, expected.concat());
}

#[test]
fn flags_of_the_first_sample_alone_take_no_column() {
    let samples = [
        sample(900, 512, 0, SYNC),
        sample(80, 512, 1024, DEPENDENT),
        sample(20, 512, -512, DEPENDENT),
    ];
    let head = fragment_head(&of(&samples)).unwrap();
    let tfhd: Tfhd = read(&head, "moof/traf/tfhd");
    assert_eq!(tfhd.default_sample_flags, Some(DEPENDENT.0));
    assert_eq!(
        (tfhd.default_sample_duration, tfhd.default_sample_size),
        (Some(512), None)
    );
    let trun: Trun<'_> = read(&head, "moof/traf/trun");
    assert_eq!((trun.version, trun.first_sample_flags), (1, Some(SYNC.0)));
    let rows: Vec<_> = trun
        .samples()
        .map(|row| (row.size, row.flags, row.composition_time_offset))
        .collect();
    let expected = [
        (Some(900), None, Some(0)),
        (Some(80), None, Some(1024)),
        (Some(20), None, Some(-512)),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn flags_that_differ_later_take_a_column_and_no_default() {
    let samples = [
        sample(1, 2, 0, DEPENDENT),
        sample(1, 2, 0, SYNC),
        sample(1, 2, 0, DEPENDENT),
    ];
    let head = fragment_head(&of(&samples)).unwrap();
    let tfhd: Tfhd = read(&head, "moof/traf/tfhd");
    assert_eq!(tfhd.default_sample_flags, None);
    let trun: Trun<'_> = read(&head, "moof/traf/trun");
    assert_eq!(trun.first_sample_flags, None);
    let flags: Vec<_> = trun.samples().map(|row| row.flags).collect();
    assert_eq!(flags, [Some(DEPENDENT.0), Some(SYNC.0), Some(DEPENDENT.0)]);
}

#[test]
fn offsets_are_signed_only_where_the_shift_leaves_one_negative() {
    let samples = [sample(1, 512, 1024, SYNC), sample(2, 512, 512, DEPENDENT)];
    let version = |composition_shift| {
        let head = fragment_head(&Fragment {
            composition_shift,
            ..of(&samples)
        })
        .unwrap();
        let trun: Trun<'_> = read(&head, "moof/traf/trun");
        let offset = trun.samples().next().unwrap().composition_time_offset;
        (trun.version, offset)
    };
    assert_eq!(version(0), (0, Some(1024)));
    assert_eq!(version(-512), (0, Some(512)));
    assert_eq!(version(-1024), (1, Some(0)));
    let alike = [sample(1, 512, 512, SYNC), sample(2, 512, 512, DEPENDENT)];
    let fragment = Fragment {
        composition_shift: -512,
        ..of(&alike)
    };
    let head = fragment_head(&fragment).unwrap();
    let trun: Trun<'_> = read(&head, "moof/traf/trun");
    assert_eq!(trun.row_size(), 4, "offsets that are all 0 take no column");
}

#[test]
fn offsets_beyond_32_bits_are_refused() {
    let refused = |offset: i32, composition_shift: i64| {
        let samples = [sample(1, 512, 0, SYNC), sample(1, 512, offset, SYNC)];
        let fragment = Fragment {
            composition_shift,
            ..of(&samples)
        };
        fragment_head(&fragment)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let field = "moof/traf/trun: sample_composition_time_offset";
    assert_eq!(refused(i32::MAX, 0), Ok(()));
    assert_eq!(refused(i32::MIN, 0), Ok(()));
    let error = refused(i32::MAX, 1).unwrap_err();
    assert_eq!(
        error,
        format!("{field}: is 2147483648, expected at most 2147483647")
    );
    let error = refused(i32::MIN, -1).unwrap_err();
    assert_eq!(
        error,
        format!("{field}: is 2147483649, expected at most 2147483648")
    );
    assert!(refused(0, i64::MAX).is_err());
    assert!(refused(0, i64::MIN).is_err());
}

#[test]
fn payloads_of_4_gib_get_a_size_of_64_bits() {
    let largest = [sample(u32::MAX - 8, 1, 0, SYNC)];
    let head = fragment_head(&of(&largest)).unwrap();
    assert_eq!(head[head.len() - 8..], *b"\xff\xff\xff\xffmdat");
    let larger = [sample(u32::MAX - 7, 1, 0, SYNC)];
    let fragment = of(&larger);
    let head = fragment_head(&fragment).unwrap();
    assert_eq!(
        head[head.len() - 16..],
        *b"\0\0\0\x01mdat\0\0\0\x01\0\0\0\x08"
    );
    let trun: Trun<'_> = read(&head[..head.len() - 16], "moof/traf/trun");
    assert_eq!(trun.data_offset, Some(head.len() as i32));
    assert_eq!(fragment.size().payload, u64::from(u32::MAX) - 7);
    assert_eq!(fragment.size().head, head.len() as u64);
}

#[test]
fn a_second_sample_entry_is_named() {
    let samples = [sample(1, 1, 0, SYNC)];
    let head = fragment_head(&Fragment {
        sample_description_index: 2,
        ..of(&samples)
    })
    .unwrap();
    let tfhd: Tfhd = read(&head, "moof/traf/tfhd");
    assert_eq!(tfhd.sample_description_index, Some(2));
}

#[test]
fn further_boxes_stand_where_the_size_says() {
    let entry = isobmff::boxes::SbgpEntry {
        sample_count: 2,
        group_description_index: 1,
    };
    let rows = Table::encode(&[entry]);
    let sbgp = Sbgp {
        version: 0,
        grouping_type: FourCc::new(b"roll"),
        grouping_type_parameter: 0,
        entries: Table::new(&rows),
    };
    let extra = sbgp.to_bytes().unwrap();
    let samples = [sample(5, 1, 3, SYNC), sample(6, 2, 0, DEPENDENT)];
    let fragment = Fragment {
        boxes: &extra,
        ..of(&samples)
    };
    let head = fragment_head(&fragment).unwrap();
    assert_eq!(read::<Sbgp<'_>>(&head, "moof/traf/sbgp"), sbgp);
    let start = fragment.size().boxes_offset as usize;
    assert_eq!(head[start..][..extra.len()], extra);
    let trun: Trun<'_> = read(&head, "moof/traf/trun");
    assert_eq!(trun.data_offset, Some(head.len() as i32));
}

#[test]
fn a_segment_starts_with_its_type_and_what_goes_before() {
    let prft = b"\0\0\0\x08prft";
    let start = segment_head(prft).unwrap();
    let styp: Ftyp<'_> = read(&start, "styp");
    assert!(styp.has_brand(FourCc::new(b"cmfs")) && styp.has_brand(FourCc::new(b"msdh")));
    assert_eq!(start.capacity(), start.len(), "is allocated once");
    let samples = [sample(5, 1, 0, SYNC)];
    let whole = append_fragment_head(start.clone(), &of(&samples)).unwrap();
    assert_eq!(
        whole,
        [start, fragment_head(&of(&samples)).unwrap()].concat()
    );
    assert_eq!(whole.capacity(), whole.len(), "grows once");
}

#[test]
fn a_fragment_without_samples_is_whole() {
    let head = fragment_head(&of(&[])).unwrap();
    let trun: Trun<'_> = read(&head, "moof/traf/trun");
    assert_eq!((trun.sample_count, trun.row_size()), (0, 0));
    assert_eq!(head.len() as u64, of(&[]).size().head);
}

/// Samples as encoders make them: few durations and flags, any sizes and offsets.
fn any_samples() -> impl Strategy<Value = Vec<Sample>> {
    let flags = prop_oneof![Just(SYNC), Just(DEPENDENT), Just(SampleFlags(0x0181_0000))];
    let duration = prop_oneof![4 => Just(512u32), 1 => 1..2000u32];
    let size = prop_oneof![2 => Just(300u32), 1 => 0..5000u32];
    let offset = prop_oneof![2 => Just(0i32), 2 => -3000..3000i32];
    let one = (size, duration, offset, flags);
    proptest::collection::vec(one, 1..40).prop_map(|all| {
        let of = |(size, duration, offset, flags)| sample(size, duration, offset, flags);
        all.into_iter().map(of).collect()
    })
}

proptest! {
    /// What every reader is to find: decoding time, duration, size, flags and offset.
    #[test]
    fn readers_find_the_samples_that_were_written(
        samples in any_samples(),
        shift in -2000i64..2000,
        start in 0u64..1 << 40,
        index in 1u32..3,
    ) {
        let fragment = Fragment {
            sequence_number: 1,
            decode_time: start,
            composition_shift: shift,
            sample_description_index: index,
            samples: &samples,
            boxes: &[],
        };
        let head = fragment_head(&fragment).unwrap();
        let size = fragment.size();
        prop_assert_eq!(head.len() as u64, size.head);
        prop_assert_eq!(head.capacity(), head.len());

        // Ours.
        let mfhd: Mfhd = read(&head, "moof/mfhd");
        prop_assert_eq!(mfhd.sequence_number, 1);
        let tfdt: Tfdt = read(&head, "moof/traf/tfdt");
        prop_assert_eq!(tfdt.base_media_decode_time, start);
        let tfhd: Tfhd = read(&head, "moof/traf/tfhd");
        let trun: Trun<'_> = read(&head, "moof/traf/trun");
        prop_assert_eq!(trun.data_offset, Some(head.len() as i32));
        prop_assert_eq!(trun.samples().count(), samples.len());
        for (at, (row, sample)) in trun.samples().zip(&samples).enumerate() {
            prop_assert_eq!(row.duration.or(tfhd.default_sample_duration), Some(sample.duration));
            prop_assert_eq!(row.size.or(tfhd.default_sample_size), Some(sample.size));
            let first = trun.first_sample_flags.filter(|_| at == 0);
            let flags = row.flags.or(first).or(tfhd.default_sample_flags);
            prop_assert_eq!(flags, Some(sample.flags.0));
            let offset = i64::from(row.composition_time_offset.unwrap_or(0));
            prop_assert_eq!(offset, i64::from(sample.composition_offset) + shift);
        }

        // Theirs: read and written again to the same bytes.
        let (moof, length) = shiguredo_mp4::boxes::MoofBox::decode(&head).unwrap();
        prop_assert_eq!(moof.encode_to_vec().unwrap(), &head[..length]);
        prop_assert_eq!(length + 8, head.len());

        // And theirs: the whole track, resolved.
        let language = Language::undetermined();
        let mut file = init_segment(&video(&[avc_entry()], &language)).unwrap();
        let moof_offset = file.len() as u64;
        file.extend_from_slice(&head);
        file.resize(file.len() + size.payload as usize, 0xaa);
        let tracks = mp4box::track_samples_from_reader(Cursor::new(file)).unwrap();
        prop_assert_eq!(tracks.len(), 1);
        prop_assert_eq!(tracks[0].samples.len(), samples.len());
        let (mut dts, mut offset) = (start, moof_offset + size.head);
        for (found, sample) in tracks[0].samples.iter().zip(&samples) {
            prop_assert_eq!(found.dts, dts);
            prop_assert_eq!(found.file_offset, offset);
            prop_assert_eq!(found.size, sample.size);
            prop_assert_eq!(found.duration, sample.duration);
            prop_assert_eq!(found.is_sync, sample.is_sync());
            prop_assert_eq!(found.rendered_offset, i64::from(sample.composition_offset) + shift);
            dts += u64::from(sample.duration);
            offset += u64::from(sample.size);
        }
    }
}
