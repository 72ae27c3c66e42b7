//! Segment indices.

use isobmff::boxes::{Sidx, SidxReference};
use shiguredo_mp4::Decode;
use shiguredo_mp4::boxes::SidxBox;

use super::*;
use crate::cmaf::{IndexEntry, segment_index, segment_index_at};

const ENTRY: IndexEntry = IndexEntry {
    bytes: 5_000,
    duration: 25_600,
    sap: 1,
};

#[test]
fn segments_are_listed_in_order() {
    let entries = [
        ENTRY,
        IndexEntry {
            bytes: 70,
            sap: 0,
            ..ENTRY
        },
        IndexEntry { sap: 3, ..ENTRY },
    ];
    let bytes = segment_index(&entries, 1 << 33, timescale(12_800)).unwrap();
    let sidx: Sidx<'_> = read(&bytes, "sidx");
    assert_eq!(
        (sidx.version, sidx.reference_id, sidx.timescale),
        (1, 1, 12_800)
    );
    assert_eq!(
        (sidx.earliest_presentation_time, sidx.first_offset),
        (1 << 33, 0)
    );
    let first = SidxReference {
        is_index: false,
        referenced_size: 5_000,
        subsegment_duration: 25_600,
        starts_with_sap: true,
        sap_type: 1,
        sap_delta_time: 0,
    };
    let second = SidxReference {
        referenced_size: 70,
        starts_with_sap: false,
        sap_type: 0,
        ..first
    };
    let third = SidxReference {
        sap_type: 3,
        ..first
    };
    assert_eq!(
        sidx.references.iter().collect::<Vec<_>>(),
        [first, second, third]
    );
}

#[test]
fn a_foreign_reader_agrees() {
    let bytes = segment_index_at(&[ENTRY; 3], 77, timescale(48_000), 12).unwrap();
    let (sidx, length) = SidxBox::decode(&bytes).unwrap();
    assert_eq!(length, bytes.len());
    assert_eq!((sidx.reference_id, sidx.timescale), (1, 48_000));
    assert_eq!(
        (sidx.earliest_presentation_time, sidx.first_offset),
        (77, 12)
    );
    assert_eq!(sidx.references.len(), 3);
    let found = &sidx.references[2];
    assert_eq!(
        (found.referenced_size, found.subsegment_duration),
        (5_000, 25_600)
    );
    assert!(found.starts_with_sap && !found.reference_type);
    assert_eq!(found.sap_type, 1);
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |entries: &[IndexEntry]| {
        segment_index(entries, 0, timescale(1))
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        refused(&[IndexEntry {
            bytes: 0x7fff_ffff,
            ..ENTRY
        }]),
        Ok(())
    );
    let error = refused(&[IndexEntry {
        bytes: 1 << 31,
        ..ENTRY
    }])
    .unwrap_err();
    assert_eq!(
        error,
        "sidx: referenced_size: is 2147483648, expected at most 2147483647"
    );
    let error = refused(&[IndexEntry {
        duration: 1 << 32,
        ..ENTRY
    }])
    .unwrap_err();
    assert_eq!(
        error,
        "sidx: subsegment_duration: is 4294967296, expected at most 4294967295"
    );
    let error = refused(&[ENTRY; 65_536]).unwrap_err();
    assert_eq!(
        error,
        "sidx: reference_count: is 65536, expected at most 65535"
    );
}
