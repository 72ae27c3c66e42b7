//! Init segments.

use std::io::Cursor;

use isobmff::BoxBody;
use isobmff::boxes::{
    AudioFields, Elng, Elst, Ftyp, Hdlr, Kind, Mdhd, Mehd, Mvhd, Sgpd, Stsd, Stsz, TextFields,
    Tkhd, Trex,
};
use shiguredo_mp4::Decode;
use shiguredo_mp4::boxes::{FtypBox, MoovBox};

use super::*;
use crate::cmaf::{init_segment, init_segment_with};

fn brands(init: &[u8]) -> Vec<String> {
    let ftyp: Ftyp<'_> = read(init, "ftyp");
    assert_eq!(ftyp.major_brand, FourCc::new(b"cmfc"));
    ftyp.compatible_brands
        .iter()
        .map(|brand| brand.to_string())
        .collect()
}

#[test]
fn a_video_track_is_described() {
    let language: Language = "ko".parse().unwrap();
    let entries = [avc_entry()];
    let facts = video(&entries, &language);
    let init = init_segment(&facts).unwrap();
    assert_eq!(brands(&init), ["iso6", "cmfc", "cmf2", "dash"]);
    let mvhd: Mvhd = read(&init, "moov/mvhd");
    assert_eq!(
        (mvhd.timescale, mvhd.duration, mvhd.next_track_id),
        (12_800, 0, 2)
    );
    assert_eq!((mvhd.creation_time, mvhd.modification_time), (0, 0));
    let tkhd: Tkhd = read(&init, "moov/trak/tkhd");
    assert_eq!((tkhd.track_id, tkhd.flags, tkhd.volume), (1, 3, 0));
    assert_eq!((tkhd.width, tkhd.height), (64 << 16, 48 << 16));
    assert!(find(&init, "moov/trak/edts").is_none());
    let mdhd: Mdhd = read(&init, "moov/trak/mdia/mdhd");
    assert_eq!((mdhd.timescale, mdhd.iso_639_2()), (12_800, Some(*b"kor")));
    assert!(find(&init, "moov/trak/mdia/elng").is_none());
    let hdlr: Hdlr<'_> = read(&init, "moov/trak/mdia/hdlr");
    assert_eq!(
        (hdlr.handler_type, hdlr.name()),
        (Hdlr::VIDEO, &b"VideoHandler"[..])
    );
    at(&init, "moov/trak/mdia/minf/vmhd");
    let stsd: Stsd = read(&init, "moov/trak/mdia/minf/stbl/stsd");
    assert_eq!(stsd.entries.len(), 1);
    assert_eq!(stsd.entries[0].child_bytes, entries[0].child_bytes);
    let stsz: Stsz<'_> = read(&init, "moov/trak/mdia/minf/stbl/stsz");
    assert_eq!((stsz.sample_count, stsz.sample_size), (0, 0));
    let mehd: Mehd = read(&init, "moov/mvex/mehd");
    assert_eq!((mehd.version, mehd.fragment_duration), (0, 5_120));
    let trex: Trex = read(&init, "moov/mvex/trex");
    assert_eq!(
        (trex.track_id, trex.default_sample_description_index),
        (1, 1)
    );
}

#[test]
fn foreign_readers_agree() {
    let language: Language = "ko".parse().unwrap();
    let entries = [avc_entry()];
    let facts = Init {
        media_time: Some(1024),
        ..video(&entries, &language)
    };
    let init = init_segment(&facts).unwrap();

    let (ftyp, length) = FtypBox::decode(&init).unwrap();
    assert_eq!(ftyp.major_brand.get(), *b"cmfc");
    let (moov, rest) = MoovBox::decode(&init[length..]).unwrap();
    assert_eq!(length + rest, init.len());
    assert!(moov.unknown_boxes.is_empty());
    let trak = &moov.trak_boxes[0];
    assert_eq!(trak.tkhd_box.track_id, 1);
    assert_eq!(trak.mdia_box.mdhd_box.timescale.get(), 12_800);
    let edit = &trak
        .edts_box
        .as_ref()
        .unwrap()
        .elst_box
        .as_ref()
        .unwrap()
        .entries[0];
    assert_eq!((edit.edit_duration, edit.media_time), (0, 1024));
    assert_eq!((edit.media_rate.integer, edit.media_rate.fraction), (1, 0));
    let mvex = moov.mvex_box.as_ref().unwrap();
    assert_eq!(mvex.trex_boxes[0].track_id, 1);
    assert_eq!(mvex.mehd_box.as_ref().unwrap().fragment_duration, 5_120);

    let size = init.len() as u64;
    let (tree, issues) = mp4box::get_boxes_tolerant(&mut Cursor::new(&init), size, true).unwrap();
    assert!(issues.is_empty(), "{issues:?}");
    let kinds: Vec<&str> = tree.iter().map(|found| found.typ.as_str()).collect();
    assert_eq!(kinds, ["ftyp", "moov"]);
    let tracks = mp4box::track_samples_from_reader(Cursor::new(&init)).unwrap();
    assert_eq!((tracks[0].track_id, tracks[0].timescale), (1, 12_800));
    assert_eq!(tracks[0].handler_type, "vide");
}

#[test]
fn an_edit_takes_the_brand_of_negative_offsets_away() {
    let language = Language::undetermined();
    let entries = [avc_entry()];
    for (media_time, version) in [(0, 0), (1024, 0), (1 << 31, 1), (1 << 40, 1)] {
        let facts = Init {
            media_time: Some(media_time),
            ..video(&entries, &language)
        };
        let init = init_segment(&facts).unwrap();
        assert_eq!(brands(&init), ["iso6", "cmfc", "dash"]);
        let elst: Elst = read(&init, "moov/trak/edts/elst");
        assert_eq!((elst.version, elst.entries.len()), (version, 1));
        let edit = elst.entries[0];
        assert_eq!(
            (edit.segment_duration, edit.media_time),
            (0, media_time as i64)
        );
        assert_eq!(edit.media_rate, isobmff::boxes::ElstEntry::NORMAL_RATE);
    }
    let facts = Init {
        media_time: Some(1 << 63),
        ..video(&entries, &language)
    };
    let error = init_segment(&facts).unwrap_err().to_string();
    let place = "moov/trak/edts: media_time";
    assert!(error.starts_with(place), "{error}");
}

#[test]
fn an_audio_track_is_described() {
    let language: Language = "pt-BR".parse().unwrap();
    let fields = EntryFields::Audio(AudioFields::new(2, 48_000));
    let entries = [SampleEntry::new(FourCc::new(b"Opus"), fields)];
    let facts = Init {
        kind: TrackKind::Audio,
        display_size: [0, 0],
        name: "Comentários",
        duration: 1 << 40,
        ..video(&entries, &language)
    };
    let sgpd = Sgpd {
        version: 1,
        flags: 0,
        grouping_type: Sgpd::ROLL,
        default_length: 2,
        default_group_description_index: 0,
        entry_count: 1,
        bytes: &[0xff, 0xff],
    };
    let init = init_segment_with(&facts, &sgpd.to_bytes().unwrap()).unwrap();
    assert_eq!(brands(&init), ["iso6", "cmfc", "dash"]);
    let tkhd: Tkhd = read(&init, "moov/trak/tkhd");
    assert_eq!((tkhd.volume, tkhd.width), (0x100, 0));
    let mdhd: Mdhd = read(&init, "moov/trak/mdia/mdhd");
    assert_eq!(mdhd.iso_639_2(), Some(*b"por"));
    let elng: Elng<'_> = read(&init, "moov/trak/mdia/elng");
    assert_eq!(elng.extended_language, b"pt-BR");
    let hdlr: Hdlr<'_> = read(&init, "moov/trak/mdia/hdlr");
    assert_eq!(
        (hdlr.handler_type, hdlr.name()),
        (Hdlr::SOUND, "Comentários".as_bytes())
    );
    at(&init, "moov/trak/mdia/minf/smhd");
    assert_eq!(
        read::<Sgpd<'_>>(&init, "moov/trak/mdia/minf/stbl/sgpd"),
        sgpd
    );
    let mehd: Mehd = read(&init, "moov/mvex/mehd");
    assert_eq!((mehd.version, mehd.fragment_duration), (1, 1 << 40));
}

#[test]
fn text_tracks_have_the_handlers_of_their_codings() {
    let language: Language = "en".parse().unwrap();
    let ttml = TextFields::Ttml {
        namespace: TextFields::TTML_NAMESPACE.to_vec(),
        schema_location: vec![],
        auxiliary_mime_types: vec![],
    };
    for (kind, fields, handler, header) in [
        (b"wvtt", TextFields::WebVtt, Hdlr::TEXT, "nmhd"),
        (b"stpp", ttml, Hdlr::SUBTITLE, "sthd"),
    ] {
        let entries = [SampleEntry::new(
            FourCc::new(kind),
            EntryFields::Text(fields),
        )];
        let facts = Init {
            kind: TrackKind::Text,
            ..video(&entries, &language)
        };
        let init = init_segment(&facts).unwrap();
        assert_eq!(brands(&init), ["iso6", "cmfc", "dash"]);
        let hdlr: Hdlr<'_> = read(&init, "moov/trak/mdia/hdlr");
        assert_eq!(hdlr.handler_type, handler);
        at(&init, &format!("moov/trak/mdia/minf/{header}"));
    }
}

#[test]
fn roles_are_written_as_kinds() {
    let language = Language::undetermined();
    let entries = [avc_entry()];
    let dash = String::from_utf8(Kind::DASH_ROLE.to_vec()).unwrap();
    let roles = [
        (dash.clone(), "main".to_string()),
        (dash, "caption".to_string()),
    ];
    let facts = Init {
        roles: &roles,
        ..video(&entries, &language)
    };
    let init = init_segment(&facts).unwrap();
    let udta = at(&init, "moov/trak/udta");
    let values: Vec<&[u8]> = boxes(udta.body())
        .iter()
        .map(|kind| Kind::parse(kind, &Place::FILE).unwrap())
        .map(|kind| {
            assert_eq!(kind.scheme_uri, Kind::DASH_ROLE);
            kind.value
        })
        .collect();
    assert_eq!(values, [&b"main"[..], b"caption"]);
}

#[test]
fn several_entries_and_a_rotation_are_kept() {
    let language = Language::undetermined();
    let entries = [avc_entry(), avc_entry()];
    let quarter = [0, 0x1_0000, 0, -0x1_0000, 0, 0, 48 << 16, 0, 0x4000_0000];
    let facts = Init {
        matrix: quarter,
        ..video(&entries, &language)
    };
    let init = init_segment(&facts).unwrap();
    let tkhd: Tkhd = read(&init, "moov/trak/tkhd");
    assert_eq!(tkhd.matrix.0, quarter);
    assert_eq!(tkhd.matrix.rotation(), Some(90));
    let stsd: Stsd = read(&init, "moov/trak/mdia/minf/stbl/stsd");
    assert_eq!(stsd.entries.len(), 2);
}
