//! What decryption needs, in fragments.

use std::io::Cursor;

use isobmff::Table;
use isobmff::boxes::{Saio, Saiz, Sbgp, Seig, Senc, SencSample, Sgpd, Subsample, Tfhd, Trun};
use proptest::prelude::*;

use super::*;
use crate::cmaf::{
    Fragment, append_fragment_head, clear_boxes, encryption_boxes, encryption_boxes_len,
    fragment_head, segment_head,
};

fn rows(subsamples: &[(u16, u32)]) -> Vec<u8> {
    let row = |(bytes_of_clear_data, bytes_of_protected_data): &(u16, u32)| Subsample {
        bytes_of_clear_data: *bytes_of_clear_data,
        bytes_of_protected_data: *bytes_of_protected_data,
    };
    Table::encode(&subsamples.iter().map(row).collect::<Vec<_>>())
}

fn senc_sample<'a>(iv: &'a [u8], rows: &'a [u8]) -> SencSample<'a> {
    SencSample {
        initialization_vector: iv,
        subsamples: Table::new(rows),
    }
}

fn of<'a>(samples: &'a [Sample], boxes: &'a [u8]) -> Fragment<'a> {
    Fragment {
        sequence_number: 1,
        decode_time: 0,
        composition_shift: 0,
        sample_description_index: 1,
        samples,
        boxes,
    }
}

#[test]
fn ivs_and_subsamples_lie_where_saio_says() {
    let (one, two) = (rows(&[(5, 16), (65_535, 0)]), rows(&[(7, 32)]));
    let samples = [senc_sample(&[1; 8], &one), senc_sample(&[2; 8], &two)];
    let found = encryption_boxes(0x120, &samples).unwrap();
    let expected: &[&[u8]] = &[
        b"\0\0\0\x36senc\0\0\0\x02\0\0\0\x02",
        b"\x01\x01\x01\x01\x01\x01\x01\x01\0\x02\0\x05\0\0\0\x10\xff\xff\0\0\0\0",
        b"\x02\x02\x02\x02\x02\x02\x02\x02\0\x01\0\x07\0\0\0\x20",
        b"\0\0\0\x13saiz\0\0\0\0\0\0\0\0\x02\x16\x10",
        // The offset that was given, and 16 bytes of `senc`.
        b"\0\0\0\x14saio\0\0\0\0\0\0\0\x01\0\0\x01\x30",
    ];
    assert_eq!(found, expected.concat());
    assert_eq!(found.len(), encryption_boxes_len(&samples));
}

#[test]
fn samples_that_are_encrypted_whole_have_ivs_alone_and_one_size() {
    let samples = [senc_sample(&[1; 16], &[]), senc_sample(&[2; 16], &[])];
    let found = encryption_boxes(100, &samples).unwrap();
    let senc: Senc<'_> = read(&found, "senc");
    assert_eq!((senc.flags, senc.bytes.len()), (0, 32));
    let saiz: Saiz<'_> = read(&found, "saiz");
    assert_eq!((saiz.default_sample_info_size, saiz.sample_count), (16, 2));
    assert_eq!(found.len(), encryption_boxes_len(&samples));
}

#[test]
fn with_a_constant_iv_there_are_subsamples_alone() {
    let one = rows(&[(100, 1600)]);
    let samples = [senc_sample(&[], &one), senc_sample(&[], &[])];
    let found = encryption_boxes(100, &samples).unwrap();
    let senc: Senc<'_> = read(&found, "senc");
    // The second is encrypted whole, and says so with no subsample.
    assert_eq!(senc.bytes, b"\0\x01\0\x64\0\0\x06\x40\0\0");
    let saiz: Saiz<'_> = read(&found, "saiz");
    assert_eq!(saiz.sample_info_size, [8, 2]);
}

#[test]
fn a_constant_iv_and_whole_samples_need_no_boxes() {
    let samples = [senc_sample(&[], &[]), senc_sample(&[], &[])];
    assert_eq!(encryption_boxes(100, &samples).unwrap(), [0; 0]);
    assert_eq!(encryption_boxes_len(&samples), 0);
    assert_eq!(encryption_boxes(100, &[]).unwrap(), [0; 0]);
    assert_eq!(encryption_boxes_len(&[]), 0);
}

#[test]
fn a_sample_of_more_than_255_bytes_is_named() {
    let most = rows(&[(1, 16); 42]);
    let one = rows(&[(1, 16)]);
    let fits = [senc_sample(&[], &one), senc_sample(&[], &most)];
    let found = encryption_boxes(0, &fits).unwrap();
    let saiz: Saiz<'_> = read(&found, "saiz");
    assert_eq!(saiz.sample_info_size, [8, 254]);
    let most = rows(&[(1, 16); 40]);
    let too_long = [senc_sample(&[0; 16], &one), senc_sample(&[0; 16], &most)];
    assert_eq!(
        encryption_boxes(0, &too_long).unwrap_err().to_string(),
        "moof/traf/senc/sample[1]: sample_info_size: is 258, expected at most 255"
    );
}

#[test]
fn ivs_of_two_lengths_are_refused() {
    let samples = [senc_sample(&[1; 8], &[]), senc_sample(&[2; 16], &[])];
    assert_eq!(
        encryption_boxes(100, &samples).unwrap_err().to_string(),
        "moof/traf/senc/sample[1] at byte 124: InitializationVector: is 16 bytes long, \
         expected as many bytes as the first sample's"
    );
}

#[test]
fn an_offset_beyond_32_bits_is_refused() {
    let samples = [senc_sample(&[1; 8], &[])];
    assert!(encryption_boxes(u64::from(u32::MAX) - 16, &samples).is_ok());
    for offset in [u64::from(u32::MAX) - 15, u64::MAX] {
        let error = encryption_boxes(offset, &samples).unwrap_err().to_string();
        assert!(error.starts_with("file: offset: is "), "{error}");
    }
}

#[test]
fn clear_samples_are_a_group_of_the_fragment() {
    let found = clear_boxes(48).unwrap();
    let expected: &[&[u8]] = &[
        b"\0\0\0\x2csgpd\x01\0\0\0seig\0\0\0\x14\0\0\0\x01",
        &[0; 20],
        b"\0\0\0\x1csbgp\0\0\0\0seig\0\0\0\x01\0\0\0\x30\0\x01\0\x01",
    ];
    assert_eq!(found, expected.concat());
    let sgpd: Sgpd<'_> = read(&found, "sgpd");
    let entry = sgpd.entries().next().unwrap();
    assert_eq!(Seig::parse(entry, 0, &Place::FILE).unwrap(), Seig::CLEAR);
    let sbgp: Sbgp<'_> = read(&found, "sbgp");
    assert_eq!(sbgp.grouping_type, Seig::GROUPING_TYPE);
    assert_eq!(clear_boxes(0).unwrap(), [0; 0]);
}

proptest! {
    /// From `saio` and `saiz` alone, as a reader that passes over `senc` does it.
    #[test]
    fn auxiliary_information_leads_to_every_sample(
        all in proptest::collection::vec(
            proptest::collection::vec((any::<u16>(), any::<u32>()), 0..30),
            1..40,
        ),
        iv_size in prop_oneof![Just(0usize), Just(8), Just(16)],
        composition_offset in 0i32..2,
        before in prop_oneof![Just(0usize), Just(20)],
    ) {
        let ivs: Vec<Vec<u8>> = (0..all.len()).map(|at| vec![at as u8; iv_size]).collect();
        let all: Vec<Vec<u8>> = all.iter().map(|subsamples| rows(subsamples)).collect();
        let protection: Vec<_> = ivs.iter().zip(&all)
            .map(|(iv, rows)| senc_sample(iv, rows))
            .collect();
        let samples: Vec<_> = (0..all.len() as u32)
            .map(|at| sample(100 + at, 512, composition_offset, SampleFlags::SYNC))
            .collect();

        // A box of somebody else's stands before.
        let mut boxes = vec![0; before];
        if before > 0 {
            boxes[..8].copy_from_slice(b"\0\0\0\x14free");
        }
        let offset = of(&samples, &[]).size().boxes_offset + before as u64;
        let own = encryption_boxes(offset, &protection).unwrap();
        prop_assert_eq!(own.len(), encryption_boxes_len(&protection));
        boxes.extend_from_slice(&own);
        let start = segment_head(&[]).unwrap();
        let moof = start.len();
        let head = append_fragment_head(start, &of(&samples, &boxes)).unwrap();

        let head = &head[moof..];
        let tfhd: Tfhd = read(head, "moof/traf/tfhd");
        prop_assert!(tfhd.default_base_is_moof);
        let trun: Trun<'_> = read(head, "moof/traf/trun");
        prop_assert_eq!(trun.data_offset, Some(head.len() as i32));
        if own.is_empty() {
            prop_assert!(iv_size == 0 && all.iter().all(Vec::is_empty));
            return Ok(());
        }
        let saio: Saio<'_> = read(head, "moof/traf/saio");
        let saiz: Saiz<'_> = read(head, "moof/traf/saiz");
        let senc: Senc<'_> = read(head, "moof/traf/senc");
        prop_assert_eq!(saio.offsets().count(), 1);
        prop_assert_eq!(saiz.sample_count as usize, all.len());
        let subsamples = senc.flags & Senc::SUBSAMPLES != 0;
        let mut at = saio.offsets().next().unwrap() as usize;
        for (index, sample) in protection.iter().enumerate() {
            let size = usize::from(saiz.size(index as u32).unwrap());
            let found = &head[at..at + size];
            let (iv, found) = found.split_at(iv_size);
            prop_assert_eq!(iv, sample.initialization_vector);
            if subsamples {
                prop_assert_eq!(usize::from(found[0]) << 8 | usize::from(found[1]), sample.subsamples.len());
                prop_assert_eq!(&found[2..], sample.subsamples.bytes());
            }
            at += size;
        }
        // And by `senc`.
        let found: Vec<_> = senc.samples(iv_size as u8).collect();
        prop_assert_eq!(&found, &protection);
    }
}

#[test]
fn foreign_readers_find_the_samples_of_an_encrypted_fragment() {
    let samples = [
        sample(100, 512, 0, SampleFlags::SYNC),
        sample(90, 512, 0, SampleFlags::DEPENDENT),
    ];
    let one = rows(&[(20, 80)]);
    let protection = [senc_sample(&[1; 8], &one), senc_sample(&[2; 8], &[])];
    let offset = of(&samples, &[]).size().boxes_offset;
    for boxes in [
        encryption_boxes(offset, &protection).unwrap(),
        clear_boxes(samples.len()).unwrap(),
    ] {
        let head = fragment_head(&of(&samples, &boxes)).unwrap();
        let mut file = head.clone();
        file.resize(head.len() + 190, 0xaa);
        let size = file.len() as u64;
        let (tree, issues) =
            mp4box::get_boxes_tolerant(&mut Cursor::new(&file), size, true).unwrap();
        assert!(issues.is_empty(), "{issues:?}");
        let moof = tree[0].children.as_deref().unwrap();
        let traf = moof[1].children.as_deref().unwrap();
        let kinds: Vec<&str> = traf.iter().map(|found| found.typ.as_str()).collect();
        let decoded: Vec<&str> = traf
            .iter()
            .filter_map(|one| one.decoded.as_deref())
            .collect();
        if kinds.contains(&"senc") {
            assert_eq!(kinds, ["tfhd", "tfdt", "trun", "senc", "saiz", "saio"]);
            let summary = "sample_count=2 subsamples=true";
            assert!(decoded.iter().any(|text| text.starts_with(summary)));
        } else {
            assert_eq!(kinds, ["tfhd", "tfdt", "trun", "sgpd", "sbgp"]);
        }
    }
}
