//! Every intra slice of every H.264 file beside the repository, parsed to levels and written again,
//! must give the file's own bytes.
//!
//! What is refused is listed in `data/h264-refused.tsv` with its reason; a file that is refused
//! without a line fails, and so does a line whose file is not refused.

use std::collections::{BTreeMap, BTreeSet};

use bitstream::h264::slice_data::{Ending, Error};
use tests::harness::{self, Need};
use tests::intra::{IntraSlice, annex_b, intra_slices};
use tests::media;
use tests::table::Table;

fn main() {
    let refused =
        Table::read(&media::data("h264-refused.tsv")).unwrap_or_else(|_| Table::parse(""));
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    for row in refused.rows() {
        let get = |column| row.get(column).unwrap_or_default().to_string();
        listed.insert(get("path"), get("refused"));
    }
    let mut trials = Vec::new();
    for name in media::h264_files() {
        let expected = listed.remove(&name).unwrap_or_default();
        let needs: &[Need] = match media::is_byte_stream(&name) {
            true => &[],
            false => &[Need::Ffmpeg],
        };
        trials.push(harness::test(
            format!("identity::{name}"),
            needs,
            move || {
                assert_eq!(check(&name), expected, "what is refused");
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

/// Writes every intra slice of a file again; gives what is refused of it.
fn check(name: &str) -> String {
    let path = media::shared().join(name);
    let stream = match media::is_byte_stream(name) {
        true => std::fs::read(&path).expect("the stream can be read"),
        false => annex_b(&path).unwrap_or_default(),
    };
    let mut written = 0;
    let mut refused = BTreeSet::new();
    for slice in intra_slices(&stream) {
        match identity(&slice) {
            Ok(bytes) => written += bytes,
            Err(why) => drop(refused.insert(why)),
        }
    }
    if refused.is_empty() && written == 0 {
        refused.insert("no intra slice".into());
    }
    refused.into_iter().collect::<Vec<_>>().join(", ")
}

/// Parses and writes a slice; how many bytes were written. The error is the feature that is
/// refused.
fn identity(slice: &IntraSlice<'_>) -> Result<usize, String> {
    let data = match slice.parse() {
        Ok(data) => data,
        Err(Error::Unsupported(feature)) => return Err(feature.to_string()),
        Err(_) => return Err("not readable".into()),
    };
    // What goes on behind its last macroblock is no slice, but looked like one.
    if data.bytes_after().iter().any(|byte| *byte != 0) {
        return Err("not readable".into());
    }
    let written = data.write(Ending::Original);
    let written = written.expect("what was read can be written");
    assert!(
        written == slice.nal,
        "the slice written again differs from the stream's"
    );
    Ok(written.len())
}
