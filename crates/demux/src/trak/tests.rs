use isobmff::boxes::{Kind, Matrix, Pasp};

use super::*;
use crate::testing::{TestTrack, avc1, boxed, init, mp4a, progressive, words};
use crate::{Facts, Movie, VideoFacts, WhenTruncated};

fn read(tracks: &[TestTrack]) -> Movie {
    let bytes = progressive(tracks);
    Movie::read(&bytes, &Limits::default(), WhenTruncated::Refuse).unwrap()
}

fn refused(tracks: &[TestTrack]) -> String {
    let read = Movie::read(
        &progressive(tracks),
        &Limits::default(),
        WhenTruncated::Refuse,
    );
    read.unwrap_err().to_string()
}

fn why(track: TestTrack) -> String {
    let movie = read(&[track]);
    assert!(movie.tracks.is_empty());
    movie.unusable[0].why.to_string()
}

fn video_facts(track: TestTrack) -> VideoFacts {
    match &read(&[track]).tracks[0].facts {
        Facts::Video(facts) => facts.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn tracks_of_every_kind_are_described() {
    let movie = read(&[
        TestTrack::video(1, 5),
        TestTrack::audio(2, 5),
        TestTrack::text(3, 1),
    ]);
    let described: Vec<(u32, &str, TrackKind)> = movie
        .tracks
        .iter()
        .map(|track| (track.id, track.codec_string.as_str(), track.kind()))
        .collect();
    let expected = [
        (1, "avc1.64000A", TrackKind::Video),
        (2, "mp4a.40.2", TrackKind::Audio),
        (3, "wvtt", TrackKind::Text),
    ];
    assert_eq!(described, expected);
    assert_eq!(movie.tracks[1].audio().unwrap().sampling_rate, 44_100);
    assert!(movie.tracks[0].enabled);
    assert_eq!(movie.tracks[0].display_size, [160 << 16, 90 << 16]);
}

#[test]
fn languages_come_from_elng_then_mdhd() {
    let language = |mdhd: u16, elng: Option<&[u8]>| {
        let mut track = TestTrack::audio(1, 1);
        track.language = mdhd;
        track.in_mdia = elng.map_or_else(Vec::new, |tag| boxed(b"elng", &[&[0; 4], tag]));
        read(&[track]).tracks[0].language.to_string()
    };
    let german = Mdhd::pack_language(*b"deu");
    assert_eq!(language(german, None), "de");
    assert_eq!(language(german, Some(b"gsw-CH\0")), "gsw-CH");
    assert_eq!(language(german, Some(b"pt-br")), "pt-BR");
    // No tag, no UTF-8, nothing at all.
    assert_eq!(language(german, Some(b"../etc\0")), "de");
    assert_eq!(language(german, Some(b"\xff\xfe\0")), "de");
    assert_eq!(language(german, Some(b"")), "de");
    assert_eq!(language(Mdhd::pack_language(*b"und"), None), "und");
    // Macintosh codes of QuickTime: Japanese, and "unspecified".
    assert_eq!(language(11, None), "ja");
    assert_eq!(language(0x7fff, None), "und");
}

#[test]
fn names_are_kept_unless_a_writer_put_them_there() {
    let name = |name: &'static str| {
        let mut track = TestTrack::audio(1, 1);
        track.name = name;
        read(&[track]).tracks[0].name.clone()
    };
    assert_eq!(name("Director's commentary"), "Director's commentary");
    assert_eq!(name(" Stéréo\n"), "Stéréo");
    for habit in [
        "SoundHandler",
        "Core Media Audio",
        "GPAC ISO Audio Handler",
        "",
        "\u{1}",
    ] {
        assert_eq!(name(habit), "", "{habit:?}");
    }
}

#[test]
fn roles_are_read_and_user_data_that_is_none_is_passed_over() {
    let kind = |value: &[u8]| {
        Kind {
            scheme_uri: Kind::DASH_ROLE,
            value,
        }
        .to_bytes()
        .unwrap()
    };
    let roles = |udta: &[&[u8]]| {
        let mut track = TestTrack::text(1, 1);
        track.in_trak = boxed(b"udta", udta);
        read(&[track]).tracks[0].roles.clone()
    };
    let role = |value: &str| ("urn:mpeg:dash:role:2011".to_string(), value.to_string());
    assert_eq!(
        roles(&[&kind(b"caption"), &kind(b"main")]),
        [role("caption"), role("main")]
    );
    // QuickTime's terminator; text that is no box; a kind that is no UTF-8 or cut.
    assert_eq!(roles(&[&kind(b"main"), &[0; 4]]), [role("main")]);
    assert_eq!(roles(&[&kind(b"main"), b"any text at all"]), [role("main")]);
    assert_eq!(roles(&[&[0xff; 30]]), []);
    assert_eq!(
        roles(&[&boxed(b"kind", &[b"\0\0"]), &kind(b"\xff")]),
        [role("\u{fffd}")]
    );
}

#[test]
fn rotation_shape_and_colour_come_from_their_boxes() {
    let plain = video_facts(TestTrack::video(1, 1));
    assert_eq!((plain.rotation, plain.sample_aspect_ratio), (0, (1, 1)));
    assert_eq!(plain.nal_length_size, 4);
    let mut turned = TestTrack::video(1, 1);
    turned.matrix = Matrix([0, 0x1_0000, 0, -0x1_0000, 0, 0, 90 << 16, 0, 0x4000_0000]);
    assert_eq!(video_facts(turned).rotation, 90);

    let pasp = Pasp {
        h_spacing: 4,
        v_spacing: 3,
    }
    .to_bytes()
    .unwrap();
    let icc = boxed(b"colr", &[b"prof", &[0; 16]]);
    let nclx = boxed(b"colr", &[b"nclx", &[0, 9, 0, 16, 0, 9, 0x80]]);
    let mut described = TestTrack::video(1, 1);
    described.entries = vec![avc1(&[icc, nclx, pasp].concat())];
    let facts = video_facts(described);
    assert_eq!(facts.sample_aspect_ratio, (4, 3));
    let colour = facts.colour.unwrap();
    assert_eq!(
        (colour.primaries, colour.transfer, colour.matrix),
        (9, 16, 9)
    );
    assert!(colour.full_range);
    // A shape of nothing is none.
    let flat = Pasp {
        h_spacing: 0,
        v_spacing: 0,
    }
    .to_bytes()
    .unwrap();
    let mut track = TestTrack::video(1, 1);
    track.entries = vec![avc1(&flat)];
    assert_eq!(video_facts(track).sample_aspect_ratio, (1, 1));
}

#[test]
fn an_encrypted_track_is_named_with_its_scheme() {
    let mut track = TestTrack::video(1, 1);
    let schm = words(b"schm", 0, 0, &[u32::from_be_bytes(*b"cbcs"), 0x1_0000]);
    let sinf = boxed(b"sinf", &[&boxed(b"frma", &[b"avc1"]), &schm]);
    let mut entry = avc1(&sinf);
    entry[4..8].copy_from_slice(b"encv");
    track.entries = vec![entry];
    assert_eq!(
        why(track.clone()),
        "is encrypted (cbcs in encv); decrypt it first"
    );
    let mut bare = avc1(&[]);
    bare[4..8].copy_from_slice(b"encv");
    track.entries = vec![bare];
    assert_eq!(
        why(track),
        "is encrypted (an unnamed scheme in encv); decrypt it first"
    );
}

#[test]
fn media_in_another_file_is_not_read() {
    let mut track = TestTrack::video(1, 1);
    track.dref = boxed(b"url ", &[&[0; 4], b"file:///other.mov\0"]);
    assert_eq!(
        why(track.clone()),
        "sample entry avc1 refers to another file for its media"
    );
    // An entry that is not there says nothing, and the file is this one.
    track.dref = Vec::new();
    assert_eq!(read(&[track]).tracks.len(), 1);
}

#[test]
fn a_codec_that_is_not_carried_is_named() {
    let mut track = TestTrack::video(1, 1);
    track.entries = vec![boxed(b"apcn", &[&[0; 80]])];
    assert_eq!(why(track), "codec apcn is not supported");
    let mut track = TestTrack::audio(1, 1);
    let mut mp3 = mp4a();
    let at = mp3.len() - 33;
    let at = at + mp3[at..].iter().position(|byte| *byte == 0x40).unwrap();
    mp3[at] = 0x6b;
    track.entries = vec![mp3];
    assert_eq!(why(track), "codec mp4a.6b (MP3) is not supported");
    let mut track = TestTrack::video(1, 1);
    track.handler = FourCc(*b"tmcd");
    track.entries = vec![boxed(b"tmcd", &[&[0; 26]])];
    assert_eq!(
        why(track),
        "is a tmcd track (tmcd), neither video, audio nor text"
    );
}

#[test]
fn sample_entries_of_one_codec_are_all_kept() {
    let mut track = TestTrack::video(1, 2);
    let other = Pasp {
        h_spacing: 4,
        v_spacing: 3,
    }
    .to_bytes()
    .unwrap();
    track.entries = vec![avc1(&[]), avc1(&other)];
    let movie = read(std::slice::from_ref(&track));
    assert_eq!(movie.tracks[0].entries.len(), 2);
    // Sound in a track of pictures is no codec of pictures.
    track.entries = vec![avc1(&[]), mp4a()];
    assert_eq!(why(track), "codec mp4a is not supported");
}

#[test]
fn sample_entries_of_two_codecs_are_refused() {
    let mut track = TestTrack::text(1, 1);
    let ttml = [
        &[0, 0, 0, 0, 0, 0, 0, 1][..],
        b"http://www.w3.org/ns/ttml\0\0\0",
    ]
    .concat();
    track.entries.push(boxed(b"stpp", &[&ttml]));
    assert_eq!(
        refused(&[track]),
        "moov/trak[0]/mdia/minf/stbl/stsd/stpp[1]: is TTML, expected WebVTT as in the first entry"
    );
}

#[test]
fn a_sample_entry_that_is_not_there_is_refused() {
    let track = TestTrack::text(1, 1);
    let message = {
        let mut bytes = progressive(&[track]);
        // The sample_description_index of stsc.
        let at = bytes.windows(4).position(|kind| kind == b"stsc").unwrap() + 4 + 4 + 4 + 8;
        bytes[at + 3] = 2;
        let read = Movie::read(&bytes, &Limits::default(), WhenTruncated::Refuse);
        read.unwrap_err().to_string()
    };
    assert_eq!(
        message,
        "moov/trak[0]: sample 1 uses sample_description_index 2, expected 1 to 1"
    );
}

#[test]
fn identities_and_timescales_must_make_sense() {
    let twins = [TestTrack::audio(7, 1), TestTrack::text(7, 1)];
    assert_eq!(
        refused(&twins),
        "moov/trak[1]/tkhd: track_ID: is 7, which an earlier track has"
    );
    let mut still = TestTrack::audio(1, 1);
    still.timescale = 0;
    assert_eq!(
        refused(&[still]),
        "moov/trak[0]/mdia/mdhd: timescale: is 0, expected at least 1"
    );
}

#[test]
fn a_track_without_samples_is_unusable() {
    assert_eq!(why(TestTrack::audio(1, 0)), "has no samples");
    let movie = init(&[TestTrack::video(1, 5)]);
    let movie = Movie::read(&movie, &Limits::default(), WhenTruncated::Refuse).unwrap();
    assert!(movie.is_fragmented);
    assert_eq!(movie.unusable[0].why, WhyUnusable::Empty);
}

#[test]
fn an_edit_list_is_refused_with_its_track() {
    let mut track = TestTrack::video(1, 10);
    track.edits = vec![(0, 230, crate::testing::RATE)];
    let message = refused(&[TestTrack::audio(2, 3), track.clone()]);
    assert!(
        message.starts_with("moov/trak[1]/edts/elst: edit begins at 0.230 s"),
        "{message}"
    );
    track.edits = vec![(0, 0, crate::testing::RATE)];
    track.elst_flags = 1;
    assert_eq!(
        refused(&[track]),
        "moov/trak[0]/edts/elst: flags ask for the edits to be repeated, which no manifest can say"
    );
}
