//! Every intra slice of every H.264 conformance stream, parsed to levels and written again, must
//! give the stream's own bytes.
//!
//! What is refused is listed in `data/h264-refused.tsv` with its reason; a stream that is refused
//! without a line fails, and so does a line whose stream is not refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bitstream::h264::slice_data::{Ending, Error, SliceData};
use bitstream::h264::{NalHeader, NalUnitType, ParameterSets, SliceHeader, SliceType};
use bitstream::nal::AnnexB;
use tests::harness::{self, Need};
use tests::media;
use tests::table::Table;

fn main() {
    let folder = media::shared().join("h264-conf");
    let refused =
        Table::read(&media::data("h264-refused.tsv")).unwrap_or_else(|_| Table::parse(""));
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    for row in refused.rows() {
        let get = |column| row.get(column).unwrap_or_default().to_string();
        listed.insert(get("path"), get("refused"));
    }
    let mut trials = Vec::new();
    for path in streams(&folder) {
        let name = path
            .strip_prefix(&folder)
            .unwrap_or(&path)
            .display()
            .to_string();
        let expected = listed.remove(&name);
        trials.push(harness::test(format!("identity::{name}"), &[], move || {
            check(&path, expected.as_deref());
        }));
    }
    let is_there = folder.is_dir();
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

/// The H.264 streams below `folder`, sorted.
fn streams(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let extension = path
                .extension()
                .and_then(|text| text.to_str())
                .unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if ["264", "h264", "avc", "jsv", "26l", "jvt"].contains(&extension) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// Walks one stream.
fn check(path: &Path, refused: Option<&str>) {
    let stream = std::fs::read(path).expect("the stream can be read");
    let mut sets = ParameterSets::new();
    let mut written = 0;
    let mut features: BTreeMap<String, usize> = BTreeMap::new();
    for unit in AnnexB::new(&stream) {
        let Ok(header) = NalHeader::parse(unit.bytes) else {
            continue;
        };
        let kind = header.nal_unit_type;
        if kind == NalUnitType::SPS || kind == NalUnitType::PPS {
            sets.insert(unit.bytes).expect("a parameter set");
        } else if kind.has_slice_header() {
            match identity(unit.bytes, &sets) {
                Ok(bytes) => written += bytes,
                Err(feature) => *features.entry(feature).or_default() += 1,
            }
        }
    }
    let mut found: Vec<String> = features.into_keys().collect();
    if found.is_empty() && written == 0 {
        found.push("no intra slice".into());
    }
    assert_eq!(
        found.join(", "),
        refused.unwrap_or_default(),
        "what is refused"
    );
}

/// Parses and writes a slice; how many bytes were written, none for slices that are not intra.
/// The error is the feature that is refused.
fn identity(nal: &[u8], sets: &ParameterSets) -> Result<usize, String> {
    let header = SliceHeader::parse(nal, sets).expect("a slice header");
    if matches!(header.slice_type, SliceType::P | SliceType::B) {
        return Ok(0);
    }
    let pps = sets
        .pps(header.pps_id)
        .expect("the slice's picture parameter set");
    let sps = sets.sps(pps.sps_id).expect("its sequence parameter set");
    let slice = match SliceData::parse(nal, &header, sps, pps) {
        Ok(slice) => slice,
        Err(Error::Unsupported(feature)) => return Err(feature.to_string()),
        Err(error) => unreachable!("an intra slice of a conformance stream: {error}"),
    };
    assert!(
        slice.bytes_after().iter().all(|byte| *byte == 0),
        "bytes left after the last macroblock"
    );
    let written = slice
        .write(Ending::Original)
        .expect("what was read can be written");
    assert!(
        written == nal,
        "the slice written again differs from the stream's"
    );
    Ok(written.len())
}
