//! Encrypted sample entries.

use std::io::Cursor;

use isobmff::boxes::{AudioFields, Pssh, Schm, Sinf, Stsd, Tenc, TextFields};
use mp4box::registry::StructuredData;

use super::*;
use crate::cmaf::{InitProtection, init_segment};

const KID: [u8; 16] = *b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef";

/// As Lavf 59 writes `tenc`.
fn cenc() -> InitProtection<'static> {
    InitProtection {
        scheme: FourCc::new(b"cenc"),
        tenc: Tenc {
            version: 0,
            default_crypt_byte_block: 0,
            default_skip_byte_block: 0,
            default_is_protected: 1,
            default_per_sample_iv_size: 8,
            default_kid: KID,
            default_constant_iv: None,
        },
        pssh: &[],
    }
}

fn cbcs() -> InitProtection<'static> {
    InitProtection {
        scheme: FourCc::new(b"cbcs"),
        tenc: Tenc {
            version: 1,
            default_crypt_byte_block: 1,
            default_skip_byte_block: 9,
            default_is_protected: 1,
            default_per_sample_iv_size: 0,
            default_kid: KID,
            default_constant_iv: Some(b"\x11\x22\x33\x44\x55\x66\x77\x88"),
        },
        // W3C common: one key id, no data.
        pssh: b"\0\0\0\x34pssh\x01\0\0\0\
            \x10\x77\xef\xec\xc0\xb2\x4d\x02\xac\xe3\x3c\x1e\x52\xe2\xfb\x4b\
            \0\0\0\x01\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef\0\0\0\0",
    }
}

fn entries(init: &[u8]) -> Vec<SampleEntry> {
    read::<Stsd>(init, "moov/trak/mdia/minf/stbl/stsd").entries
}

#[test]
fn a_video_entry_gets_the_bytes_that_lavf_writes() {
    let language = Language::undetermined();
    let clear = [avc_entry()];
    let facts = Init {
        protection: Some(cenc()),
        ..video(&clear, &language)
    };
    let init = init_segment(&facts).unwrap();
    let entry = &entries(&init)[0];
    assert_eq!(entry.kind, FourCc::new(b"encv"));
    assert_eq!(entry.visual(), clear[0].visual());
    // Written by Lavf 59 with `-encryption_scheme cenc-aes-ctr`.
    let sinf = b"\0\0\0\x50sinf\0\0\0\x0cfrmaavc1\0\0\0\x14schm\0\0\0\0cenc\0\x01\0\0\
        \0\0\0\x28schi\0\0\0\x20tenc\0\0\0\0\0\0\x01\x08\
        \x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef";
    let expected = [&clear[0].child_bytes[..], sinf].concat();
    assert_eq!(entry.child_bytes, expected);
    assert!(find(&init, "moov/pssh").is_none());
}

#[test]
fn a_foreign_reader_finds_key_pattern_and_systems() {
    let language = Language::undetermined();
    let clear = [avc_entry()];
    let facts = Init {
        protection: Some(cbcs()),
        ..video(&clear, &language)
    };
    let init = init_segment(&facts).unwrap();
    let pssh: Pssh<'_> = read(&init, "moov/pssh");
    assert_eq!((pssh.version, pssh.kids.get(0)), (1, Some(KID)));
    let moov: Vec<String> = boxes(at(&init, "moov").body())
        .iter()
        .map(|found| found.kind.to_string())
        .collect();
    assert_eq!(moov, ["mvhd", "trak", "mvex", "pssh"]);

    let (tree, issues) =
        mp4box::get_boxes_tolerant(&mut Cursor::new(&init), init.len() as u64, true).unwrap();
    assert!(issues.is_empty(), "{issues:?}");
    let mut left = tree;
    let (mut found, mut system) = (None, None);
    while let Some(one) = left.pop() {
        match one.structured_data {
            Some(StructuredData::TrackEncryption(tenc)) => found = Some(tenc),
            Some(StructuredData::ProtectionSystemHeader(pssh)) => system = Some(pssh),
            _ => {}
        }
        left.extend(one.children.unwrap_or_default());
    }
    let tenc = found.unwrap();
    assert_eq!(tenc.default_kid, "0123456789abcdef0123456789abcdef");
    assert_eq!(
        (tenc.default_crypt_byte_block, tenc.default_skip_byte_block),
        (1, 9)
    );
    assert!(tenc.default_is_protected);
    assert_eq!(
        tenc.default_constant_iv.as_deref(),
        Some("1122334455667788")
    );
    assert_eq!(system.unwrap().key_ids.len(), 1);
}

#[test]
fn every_entry_of_every_kind_is_encrypted() {
    let language = Language::undetermined();
    let opus = EntryFields::Audio(AudioFields::new(2, 48_000));
    let opus = SampleEntry::new(FourCc::new(b"Opus"), opus);
    let wvtt = EntryFields::Text(TextFields::WebVtt);
    let wvtt = SampleEntry::new(FourCc::new(b"wvtt"), wvtt);
    let unknown = EntryFields::Other(vec![0; 20]);
    let unknown = SampleEntry::new(FourCc::new(b"ac-4"), unknown);
    for (kind, clear, name) in [
        (TrackKind::Video, avc_entry(), b"encv"),
        (TrackKind::Audio, opus, b"enca"),
        (TrackKind::Audio, unknown, b"enca"),
        (TrackKind::Text, wvtt, b"enct"),
    ] {
        let clear = [clear.clone(), clear];
        let facts = Init {
            kind,
            protection: Some(cbcs()),
            ..video(&clear, &language)
        };
        let init = init_segment(&facts).unwrap();
        let stsd = at(&init, "moov/trak/mdia/minf/stbl/stsd");
        // Behind version, flags and the count.
        let entries = boxes(&stsd.body()[8..]);
        assert_eq!(entries.len(), 2);
        for entry in entries {
            assert_eq!(entry.kind, FourCc::new(name));
            let sinf = entry.bytes.windows(4).position(|four| four == b"sinf");
            let (sinf, after) = entry.bytes.split_at(sinf.unwrap() - 4);
            assert_eq!(sinf.len() + after.len(), entry.bytes.len());
            let sinf: Sinf<'_> = read(after, "sinf");
            assert_eq!(sinf.original_format, clear[0].kind);
            let schm = Schm {
                scheme_type: FourCc::new(b"cbcs"),
                scheme_version: 0x1_0000,
                scheme_uri: None,
            };
            assert_eq!(sinf.scheme, Some(schm));
            assert_eq!(sinf.tenc, Some(cbcs().tenc));
        }
    }
}

#[test]
fn padding_behind_the_children_does_not_hide_sinf() {
    let language = Language::undetermined();
    let mut padded = avc_entry();
    padded.push_child(&[0; 4]);
    let clear = [padded];
    let facts = Init {
        protection: Some(cenc()),
        ..video(&clear, &language)
    };
    let init = init_segment(&facts).unwrap();
    let entry = entries(&init).remove(0);
    let sinf: Sinf<'_> = entry.read_child(Place::FILE).unwrap().unwrap();
    assert_eq!(sinf.original_format, FourCc::new(b"avc1"));
}

#[test]
fn what_is_encrypted_already_is_refused() {
    let language = Language::undetermined();
    let clear = [avc_entry()];
    let facts = Init {
        protection: Some(cenc()),
        ..video(&clear, &language)
    };
    let init = init_segment(&facts).unwrap();
    let encrypted = entries(&init);
    let facts = Init {
        protection: Some(cenc()),
        ..video(&encrypted, &language)
    };
    assert_eq!(
        init_segment(&facts).unwrap_err().to_string(),
        "encv at byte 0: type: is encv, expected an entry that is not encrypted yet"
    );
}

#[test]
fn a_constant_iv_that_does_not_fit_is_refused() {
    let language = Language::undetermined();
    let long = [0; 256];
    let clear = [avc_entry()];
    let mut protection = cbcs();
    protection.tenc.default_constant_iv = Some(&long);
    let facts = Init {
        protection: Some(protection),
        ..video(&clear, &language)
    };
    assert_eq!(
        init_segment(&facts).unwrap_err().to_string(),
        "sinf/schi/tenc: default_constant_IV_size: is 256, expected at most 255"
    );
}
