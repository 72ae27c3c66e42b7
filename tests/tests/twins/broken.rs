//! A marked package broken in one place at a time.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use tests::harness::test;
use tests::package::{Package, tree};

use crate::work::{Work, assert_sound, findings, sample};

pub(crate) fn tests() -> Vec<Trial> {
    vec![test("whatever_is_done_to_a_twin_is_found", &[], tampered)]
}

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in tree(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap_or(to)).expect("a folder");
        fs::write(path, bytes).expect("a copy");
    }
}

/// A change of a package.
type Change = fn(&Path);

/// The path of a segment of a set.
fn segment(root: &Path, set: u8, number: u8) -> std::path::PathBuf {
    root.join(format!("{set}/cmaf/video/avc1/240p/seg_{number}.m4s"))
}

fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).expect("a file");
    change(&mut bytes);
    fs::write(path, bytes).expect("a changed file");
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("a text");
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replacen(from, to, 1)).expect("a changed text");
}

fn swap(one: &Path, other: &Path) {
    let [first, second] = [one, other].map(|path| fs::read(path).expect("a segment"));
    fs::write(one, second).expect("a segment");
    fs::write(other, first).expect("a segment");
}

fn tampered() {
    let work = Work::new();
    let package = work.packed(&[&sample("240p.mp4"), "--checksum", "blake3"]);
    assert_sound(&work.out());
    assert_eq!(Package::of_kind(&package, "video")[0].twins.len(), 10);
    // What is done, the check that has to find it, and what it has to say.
    let cases: &[(&str, &str, &str, Change)] = &[
        (
            "a byte of the last picture of one twin",
            "twins",
            "sample 60",
            |root| {
                edit(&segment(root, 1, 2), |bytes| {
                    if let Some(last) = bytes.last_mut() {
                        *last ^= 1;
                    }
                });
            },
        ),
        (
            "a byte of the tables of one twin",
            "twins",
            "bytes outside of samples",
            |root| {
                edit(&segment(root, 1, 2), |bytes| {
                    // The first byte of styp's minor_version.
                    bytes[12] ^= 1;
                });
            },
        ),
        ("a byte of an intra picture", "files", "blake3", |root| {
            let path = segment(root, 1, 2);
            edit(&path, |bytes| {
                let mdat = bytes.windows(4).position(|kind| kind == b"mdat");
                let at = mdat.expect("an mdat") + 2000;
                bytes[at] ^= 1;
            });
        }),
        ("one size", "twins", "size", |root| {
            edit(&segment(root, 1, 2), |bytes| bytes.push(0));
        }),
        ("both variants swapped", "files", "blake3", |root| {
            swap(&segment(root, 0, 2), &segment(root, 1, 2));
        }),
        (
            "the twins of two segments swapped",
            "media",
            "tfdt",
            |root| {
                swap(&segment(root, 1, 2), &segment(root, 1, 3));
            },
        ),
        ("a twin removed", "files", "file", |root| {
            fs::remove_file(segment(root, 1, 2)).expect("a segment");
        }),
        ("variant 0 twice", "twins", "identical_segments", |root| {
            fs::copy(segment(root, 0, 2), segment(root, 1, 2)).expect("a segment");
        }),
        ("marked no more", "twins", "marked", |root| {
            replace(
                &root.join("package.json"),
                "\"marked\": true",
                "\"marked\": false",
            );
        }),
        (
            "another position",
            "twins",
            "position of segment 3",
            |root| {
                replace(
                    &root.join("package.json"),
                    "\"position\": 2",
                    "\"position\": 7",
                );
            },
        ),
        ("another layout", "twins", "variant_layout", |root| {
            replace(&root.join("package.json"), "\"directory\"", "\"both\"");
        }),
        ("set 1 names set 0", "twins", "segment 1", |root| {
            let path = root.join("1/cmaf/video/avc1/240p/stream.m3u8");
            replace(
                &path,
                "\nseg_1.m4s",
                "\n../../../../../0/cmaf/video/avc1/240p/seg_1.m4s",
            );
        }),
        (
            "set 1 without an init",
            "urls",
            "initialization segment",
            |root| {
                replace(
                    &root.join("1/cmaf/stream.mpd"),
                    "video_init.mp4",
                    "video_init.mp5",
                );
            },
        ),
    ];
    for (what, check, field, change) in cases {
        let broken = tempfile::tempdir().expect("a folder");
        copy(&work.out(), broken.path());
        change(broken.path());
        let found = findings(broken.path());
        let is_it = |finding: &serde_json::Value| {
            let said = finding["field"].as_str().unwrap_or_default();
            finding["check"] == *check && said.starts_with(field)
        };
        assert!(found.iter().any(is_it), "{what}: {found:#?}");
    }
}
