//! What is written, read back by this project's reader and by foreign ones.

mod encryption;
mod event;
mod fragment;
mod index;
mod init;
mod protection;

use isobmff::boxes::{EntryFields, SampleEntry, VisualFields};
use isobmff::{FourCc, Place, RawBox};
use media::{Language, Sample, SampleFlags, Timescale, TrackKind};

use super::Init;

/// The boxes of `bytes`, whole and to the last byte.
fn boxes(bytes: &[u8]) -> Vec<RawBox<'_>> {
    isobmff::Boxes::new(bytes, 0, Place::FILE)
        .collect::<Result<_, _>>()
        .unwrap()
}

/// The box at a path such as `moov/trak/tkhd`, the first of each kind.
fn at<'a>(bytes: &'a [u8], path: &str) -> RawBox<'a> {
    find(bytes, path).unwrap_or_else(|| panic!("has no {path}"))
}

/// As [`at`]. What follows the box need not be whole: the payload of a head is elsewhere.
fn find<'a>(bytes: &'a [u8], path: &str) -> Option<RawBox<'a>> {
    let mut found: Option<RawBox<'a>> = None;
    for kind in path.split('/') {
        let kind = FourCc(*kind.as_bytes().first_chunk().unwrap());
        let content = found.map_or(bytes, |found| found.body());
        found = Some(
            isobmff::Boxes::new(content, 0, Place::FILE)
                .find_kind(kind)
                .unwrap()?,
        );
    }
    found
}

/// The box at `path` as a `T`.
fn read<'a, T: isobmff::BoxBody<'a>>(bytes: &'a [u8], path: &str) -> T {
    T::parse(&at(bytes, path), &Place::FILE).unwrap()
}

fn sample(size: u32, duration: u32, composition_offset: i32, flags: SampleFlags) -> Sample {
    Sample {
        offset: 0,
        dts: 0,
        size,
        duration,
        composition_offset,
        flags,
    }
}

fn timescale(rate: u32) -> Timescale {
    Timescale::new(rate).unwrap()
}

/// An AVC entry, as Lavf 59 writes it around x264.
fn avc_entry() -> SampleEntry {
    let fields = EntryFields::Visual(VisualFields::new(64, 48));
    let mut entry = SampleEntry::new(FourCc::new(b"avc1"), fields);
    entry.push_child(
        b"\0\0\0\x35avcC\x01\x64\0\x0a\xff\xe1\0\x18\x67\x64\0\x0a\xac\xd9\x44\x7b\x01\x10\0\0\
        \x03\0\x10\0\0\x03\x03\x20\xf1\x22\x59\x60\x01\0\x06\x68\xeb\xe3\xcb\x22\xc0\xfd\xf8\xf8\0",
    );
    entry
}

/// A video track with nothing out of the ordinary.
fn video<'a>(entries: &'a [SampleEntry], language: &'a Language) -> Init<'a> {
    Init {
        kind: TrackKind::Video,
        entries,
        timescale: timescale(12_800),
        language,
        name: "",
        matrix: isobmff::boxes::Matrix::UNITY.0,
        display_size: [64 << 16, 48 << 16],
        media_time: None,
        duration: 5_120,
        roles: &[],
        protection: None,
    }
}
