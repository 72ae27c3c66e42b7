//! Which bytes of samples are protected: the same as Shaka Packager says in `senc`, and from the
//! byte on where ffmpeg sees slice headers end. Over every H.264 and HEVC stream beside the
//! repository, wrapped into MP4, and every real file that can be packaged.
//!
//! Where somebody disagrees, or cannot say, stands in `data/ranges.tsv` with the reason. A file that
//! comes out otherwise than listed fails, and so does a line without its file.

#[path = "ranges/compare.rs"]
mod compare;
#[path = "ranges/headers.rs"]
mod headers;
#[path = "ranges/input.rs"]
mod input;

use std::collections::BTreeMap;
use std::panic;

use libtest_mimic::Arguments;
use tests::harness::{self, Need};
use tests::media;
use tests::table::Table;

fn main() {
    let table = Table::read(&media::data("ranges.tsv")).unwrap_or_else(|_| Table::parse(""));
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    for row in table.rows() {
        let get = |column| row.get(column).unwrap_or_default().to_string();
        listed.insert(get("path"), get("outcome"));
    }
    let mut trials = Vec::new();
    let needs = [Need::Media, Need::Ffmpeg, Need::Shaka];
    for name in input::streams() {
        let expected = listed.remove(&name).unwrap_or_default();
        trials.push(harness::test(
            format!("stream::{name}"),
            &needs,
            move || {
                assert_eq!(compare::stream(&name), expected);
            },
        ));
    }
    for name in input::real_files() {
        let expected = listed.remove(&name).unwrap_or_default();
        trials.push(harness::test(format!("real::{name}"), &needs, move || {
            assert_eq!(compare::real_file(&name), expected);
        }));
    }
    trials.push(harness::test(
        "every_line_has_its_file",
        &needs,
        move || {
            assert!(listed.is_empty(), "lines without a file: {listed:?}");
        },
    ));
    panic::set_hook(Box::new(|_| {}));
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    println!("{}\n", compare::TALLY.summary());
    conclusion.exit();
}
