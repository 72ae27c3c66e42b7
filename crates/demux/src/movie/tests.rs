use super::*;
use crate::testing::{
    RATE, TestTrack, boxed, fragment, ftyp, init, media_first, moov, mvhd, progressive, words,
};

fn read(bytes: &[u8]) -> Result<Movie, String> {
    let read = Movie::read(bytes, &Limits::default(), WhenTruncated::Refuse);
    read.map_err(|error| error.to_string())
}

fn counts(movie: &Movie) -> Vec<usize> {
    movie
        .tracks
        .iter()
        .map(|track| track.samples.len())
        .collect()
}

/// `bytes` with the size of the box at `at` written in 64 bits.
fn with_long_size(bytes: &[u8], at: usize) -> Vec<u8> {
    let size = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let long = (u64::from(size) + 8).to_be_bytes();
    [
        &bytes[..at],
        &[0, 0, 0, 1],
        &bytes[at + 4..at + 8],
        &long,
        &bytes[at + 8..],
    ]
    .concat()
}

#[test]
fn a_progressive_movie_is_read_wherever_its_moov_lies() {
    let tracks = [TestTrack::video(1, 10), TestTrack::audio(2, 40)];
    for bytes in [progressive(&tracks), media_first(&tracks)] {
        let movie = read(&bytes).unwrap();
        assert_eq!(counts(&movie), [10, 40]);
        assert!(!movie.is_fragmented);
        assert_eq!(movie.major_brand, Some(FourCc(*b"isom")));
        assert_eq!(movie.timescale.rate(), 1_000);
        let mdat = movie.tracks[0].samples[0].offset as usize;
        assert_eq!(bytes[mdat - 4..mdat], *b"mdat");
        assert!(movie.warnings.is_empty() && movie.truncated.is_none());
    }
}

#[test]
fn a_fragmented_movie_comes_out_like_a_progressive_one() {
    let (video, audio) = (TestTrack::video(1, 10), TestTrack::audio(2, 40));
    let bytes = [
        init(&[video.clone(), audio.clone()]),
        fragment(&[(&video, 0), (&audio, 0)]),
        fragment(&[(&video, 1_000), (&audio, 40 * 1_024)]),
    ];
    let movie = read(&bytes.concat()).unwrap();
    assert!(movie.is_fragmented);
    assert_eq!(counts(&movie), [20, 80]);
    let whole = read(&progressive(&[video, audio])).unwrap();
    for (track, same) in movie.tracks.iter().zip(&whole.tracks) {
        for (sample, other) in track.samples.iter().zip(&same.samples) {
            assert_eq!(sample.dts, other.dts);
            assert_eq!(
                (sample.size, sample.is_sync()),
                (other.size, other.is_sync())
            );
        }
        let offset = track.samples[0].offset as usize;
        assert_eq!(bytes.concat()[offset], 0xaa);
    }
}

#[test]
fn the_first_fragment_keeps_its_time() {
    let video = TestTrack::video(1, 5);
    let bytes = [
        init(std::slice::from_ref(&video)),
        fragment(&[(&video, 90_000)]),
    ]
    .concat();
    let movie = read(&bytes).unwrap();
    let track = &movie.tracks[0];
    assert_eq!(track.presentation(&track.samples[0]), 90_000);
}

#[test]
fn samples_of_moov_and_of_fragments_are_one_track() {
    let video = TestTrack::video(1, 5);
    let mvex = boxed(b"mvex", &[&crate::testing::trex(1)]);
    let start = [ftyp(), moov(&[video.trak(Some(0)), mvex.clone()])]
        .concat()
        .len() as u32
        + 8;
    let moov = moov(&[video.trak(Some(start)), mvex]);
    let media = boxed(b"mdat", &[&vec![0; video.bytes() as usize]]);
    let head = [ftyp(), moov, media].concat();
    // Announced fragments that never come leave a progressive movie.
    let movie = read(&head).unwrap();
    assert_eq!((counts(&movie), movie.is_fragmented), (vec![5], false));
    let movie = read(&[head, fragment(&[(&video, 500)])].concat()).unwrap();
    assert_eq!((counts(&movie), movie.is_fragmented), (vec![10], true));
    assert_eq!(movie.tracks[0].samples[5].dts, 500);
}

#[test]
fn fragments_without_mvex_are_read_with_the_usual_defaults() {
    let video = TestTrack::video(1, 5);
    let bytes = [ftyp(), moov(&[video.trak(None)]), fragment(&[(&video, 0)])].concat();
    assert_eq!(counts(&read(&bytes).unwrap()), [5]);
}

#[test]
fn a_track_that_is_delayed_does_not_move_the_others() {
    let mut audio = TestTrack::audio(2, 40);
    audio.edits = vec![(500, -1, RATE), (0, 1_024, RATE)];
    let movie = read(&progressive(&[TestTrack::video(1, 10), audio.clone()])).unwrap();
    assert_eq!(movie.tracks[0].timeline.offset, 0);
    assert_eq!(movie.tracks[1].timeline.offset, 22_050 - 1_024);
    // The same in fragments, whose durations are those of a movie that is not yet written.
    audio.edits = vec![(500, -1, RATE), (1, 1_024, RATE)];
    let bytes = [init(&[audio.clone()]), fragment(&[(&audio, 0)])].concat();
    let movie = read(&bytes).unwrap();
    assert_eq!(movie.tracks[0].timeline.offset, 22_050 - 1_024);
    assert_eq!(
        (movie.tracks[0].samples.len(), movie.tracks[0].timeline.end),
        (40, None)
    );
}

#[test]
fn boxes_that_hold_no_samples_may_stand_anywhere() {
    let video = TestTrack::video(1, 5);
    let junk = [
        boxed(b"free", &[&[0; 5]]),
        boxed(b"uuid", &[&[7; 20]]),
        boxed(b"sidx", &[&[0xff; 40]]),
        boxed(b"mfra", &[&[0; 8]]),
        boxed(b"meta", &[]),
    ]
    .concat();
    let whole = fragment(&[(&video, 0)]);
    let bytes = [&junk, &init(&[video]), &junk, &whole, &junk]
        .map(Vec::as_slice)
        .concat();
    assert_eq!(counts(&read(&bytes).unwrap()), [5]);
}

#[test]
fn sizes_of_64_bits_are_read() {
    let tracks = [TestTrack::video(1, 5)];
    let bytes = media_first(&tracks);
    let at = bytes.windows(4).position(|kind| kind == b"moov").unwrap() - 4;
    assert_eq!(counts(&read(&with_long_size(&bytes, at)).unwrap()), [5]);
    // A last box of size 0 goes on to the end.
    let mut open = progressive(&tracks);
    let at = open.windows(4).position(|kind| kind == b"mdat").unwrap() - 4;
    open[at..at + 4].fill(0);
    assert_eq!(counts(&read(&open).unwrap()), [5]);
}

#[test]
fn the_first_of_two_movies_is_read() {
    let bytes = progressive(&[TestTrack::video(1, 5)]);
    let second = progressive(&[TestTrack::video(1, 7)]);
    let movie = read(&[bytes.clone(), second.clone(), second].concat()).unwrap();
    assert_eq!(counts(&movie), [5]);
    let expected = format!("second moov box at byte {} ignored", bytes.len() + 16);
    assert_eq!(movie.warnings, [expected]);
}

#[test]
fn a_repeated_moov_between_fragments_is_harmless_and_another_is_not() {
    let video = TestTrack::video(1, 5);
    let once = [init(&[TestTrack::video(1, 5)]), fragment(&[(&video, 0)])].concat();
    let time = u64::from(
        video
            .samples
            .iter()
            .map(|sample| sample.duration)
            .sum::<u32>(),
    );
    let again = [init(&[TestTrack::video(1, 5)]), fragment(&[(&video, time)])].concat();
    assert_eq!(
        counts(&read(&[once.clone(), again].concat()).unwrap()),
        [10]
    );
    let other = [init(&[TestTrack::audio(1, 5)]), fragment(&[(&video, time)])].concat();
    let expected = format!(
        "moov: another one stands at byte {}, behind fragments: this is several movies in one file",
        once.len() + 16
    );
    assert_eq!(read(&[once, other].concat()).unwrap_err(), expected);
}

#[test]
fn a_moof_before_the_moov_is_refused() {
    let video = TestTrack::video(1, 5);
    let bytes = [fragment(&[(&video, 0)]), init(&[video])].concat();
    assert_eq!(
        read(&bytes).unwrap_err(),
        "moof: stands at byte 0, expected behind the moov box at byte 252"
    );
}

#[test]
fn what_is_no_movie_says_what_it_is() {
    let video = TestTrack::video(1, 5);
    let no_movie = |bytes: &[u8], why: &str| {
        assert_eq!(read(bytes).unwrap_err(), format!("no moov box: {why}"));
    };
    no_movie(&[], "the file is empty");
    no_movie(
        b"#!/bin/sh\necho no movie at all\n",
        "this is no MP4 or QuickTime file",
    );
    let segment = "this is a media segment; its init segment is needed before it";
    no_movie(&fragment(&[(&video, 0)]), segment);
    no_movie(&boxed(b"styp", &[b"msdh", &[0; 4]]), segment);
    no_movie(
        &[ftyp(), boxed(b"free", &[])].concat(),
        "the file holds only ftyp, free",
    );
    let bytes = media_first(&[video]);
    no_movie(
        &bytes[..50],
        "the file ends at byte 50 inside its mdat box, which is announced to end at byte 84: it is \
         truncated, and nothing of it is whole",
    );
    assert!(read(&[0, 0, 0]).is_err());
}

#[test]
fn a_movie_without_header_timescale_or_plain_tables_is_refused() {
    assert_eq!(
        read(&boxed(b"moov", &[])).unwrap_err(),
        "moov: has no mvhd box"
    );
    assert_eq!(
        read(&boxed(b"moov", &[&mvhd(0)])).unwrap_err(),
        "moov/mvhd: timescale: is 0, expected at least 1"
    );
    let compressed = boxed(b"moov", &[&boxed(b"cmov", &[&[0; 30]])]);
    assert_eq!(
        read(&compressed).unwrap_err(),
        "moov: is compressed (cmov), which is not supported; write the file again"
    );
}

#[test]
fn absurd_sizes_are_refused_or_harmless() {
    let video = TestTrack::video(1, 5);
    let bytes = progressive(std::slice::from_ref(&video));
    // Behind a progressive movie nothing is missed.
    for tail in [&[0, 0, 0, 4, b'a', b'b', b'c', b'd'][..], &[0; 3], &[1; 5]] {
        let movie = read(&[&bytes, tail].concat()).unwrap();
        assert_eq!(
            (counts(&movie), movie.warnings.len()),
            (vec![5], 1),
            "{tail:?}"
        );
    }
    // A 64-bit size that overflows, before the movie and behind it.
    let huge = [&1_u32.to_be_bytes()[..], b"free", &[0xff; 8]].concat();
    assert!(read(&[huge.clone(), bytes.clone()].concat()).is_err());
    assert_eq!(counts(&read(&[bytes, huge].concat()).unwrap()), [5]);
    // Children larger than their parent.
    let trak = [&[0, 0, 0xff, 0xff][..], b"trak"].concat();
    assert_eq!(
        read(&boxed(b"moov", &[&mvhd(1), &trak])).unwrap_err(),
        "moov/trak at byte 116: size: is 65535, expected 8 to 8"
    );
    let empty = boxed(b"moov", &[&mvhd(1), &[0, 0, 0, 0, b't', b'r', b'a', b'k']]);
    assert_eq!(
        read(&empty).unwrap_err(),
        "moov/trak at byte 116: size: is 0, expected 8 to 8"
    );
}

#[test]
fn twenty_thousand_nested_boxes_are_not_followed() {
    for kind in [b"moov", b"trak", b"moof", b"meta"] {
        let mut nested = Vec::new();
        for depth in (1..=20_000_u32).rev() {
            let size = (20_001 - depth) * 8;
            nested.splice(0..0, [&size.to_be_bytes()[..], kind].concat());
        }
        let tracks = [TestTrack::video(1, 5)];
        let bytes = [nested.clone(), progressive(&tracks)].concat();
        // Their media lies further behind, so the samples of the moov are not looked at.
        let _ = read(&bytes);
        let bytes = boxed(b"moov", &[&mvhd(1), &nested]);
        let _ = read(&bytes);
    }
}

#[test]
fn more_of_anything_than_the_limits_allow_is_refused() {
    let refused = |limits: Limits, bytes: &[u8]| {
        let read = Movie::read(bytes, &limits, WhenTruncated::Refuse);
        read.unwrap_err().to_string()
    };
    let video = TestTrack::video(1, 5);
    let bytes = [
        init(&[video.clone(), TestTrack::audio(2, 1)]),
        fragment(&[(&video, 0)]),
    ]
    .concat();
    let tight = Limits {
        max_moov_bytes: 100,
        ..Limits::default()
    };
    let message = refused(tight, &bytes);
    assert!(
        message.ends_with("bytes, expected at most 100"),
        "{message}"
    );
    let tight = Limits {
        max_moof_bytes: 100,
        ..Limits::default()
    };
    assert_eq!(
        refused(tight, &bytes),
        "moof: 168 bytes, expected at most 100"
    );
    let tight = Limits {
        max_tracks: 1,
        ..Limits::default()
    };
    assert_eq!(refused(tight, &bytes), "moov: 2 tracks, expected at most 1");
    let tight = Limits {
        max_top_level_boxes: 2,
        ..Limits::default()
    };
    assert_eq!(
        refused(tight, &bytes),
        "file: 3 boxes at the top level, expected at most 2"
    );
    let tight = Limits {
        max_samples: 4,
        ..Limits::default()
    };
    assert_eq!(
        refused(tight, &bytes),
        "moof/traf[0]/trun: 5 samples in the track, expected at most 4"
    );
}

#[test]
fn events_stand_before_the_fragment_behind_them() {
    let video = TestTrack::video(1, 5);
    let emsg = boxed(b"emsg", &[b"first"]);
    let prft = boxed(b"prft", &[b"second"]);
    let bytes = [
        init(std::slice::from_ref(&video)),
        fragment(&[(&video, 0)]),
        emsg.clone(),
        prft.clone(),
        fragment(&[(&video, 500)]),
        emsg.clone(),
    ];
    let movie = read(&bytes.concat()).unwrap();
    let found: Vec<(FourCc, &[u8])> = movie
        .events
        .iter()
        .map(|event| (event.kind, event.bytes.as_slice()))
        .collect();
    assert_eq!(
        found,
        [(FourCc(*b"emsg"), &emsg[..]), (FourCc(*b"prft"), &prft[..])]
    );
    assert!(movie.events.iter().all(|event| event.before == [(1, 5)]));
}

#[test]
fn events_cannot_multiply_with_tracks() {
    let tracks: Vec<TestTrack> = (1..=100).map(|id| TestTrack::text(id, 1)).collect();
    let pairs: Vec<(&TestTrack, u64)> = tracks.iter().map(|track| (track, 0)).collect();
    let events = boxed(b"emsg", &[]).repeat(41);
    let bytes = [init(&tracks), events, fragment(&pairs)].concat();
    let message = read(&bytes).unwrap_err();
    let expected = "4100 events before a fragment, times its tracks, expected at most 4096";
    assert!(message.ends_with(expected), "{message}");
}

#[test]
fn contradicting_flags_of_pictures_are_settled() {
    let video = TestTrack::video(1, 3);
    // Every sample without flags of its own: a sync sample that depends on others.
    let with_flags = |flags: [u32; 3]| {
        let rows: Vec<u32> = flags.iter().flat_map(|flags| [1, *flags]).collect();
        let trun = words(b"trun", 0, 0x601, &[&[3, 200], &rows[..]].concat());
        let tfhd = words(b"tfhd", 0, 0x2_0008, &[1, 100]);
        let moof = boxed(b"moof", &[&boxed(b"traf", &[&tfhd, &trun])]);
        let media = boxed(b"mdat", &[&[0; 200]]);
        let movie = read(&[init(std::slice::from_ref(&video)), moof, media].concat()).unwrap();
        let flags = movie.tracks[0].samples.iter().map(|sample| sample.flags.0);
        flags.collect::<Vec<u32>>()
    };
    assert_eq!(
        with_flags([0x0200_0000, 0x0100_0000, 0x0101_0000]),
        [0x0200_0000, 0x0101_0000, 0x0101_0000]
    );
    assert_eq!(with_flags([0x0100_0000; 3]), [0x0200_0000; 3]);
    assert_eq!(with_flags([0; 3]), [0; 3]);
}

#[test]
fn sound_without_any_sync_sample_has_only_such() {
    let mut audio = TestTrack::audio(1, 3);
    audio
        .samples
        .iter_mut()
        .for_each(|sample| sample.is_sync = false);
    let movie = read(&progressive(&[audio.clone()])).unwrap();
    assert!(movie.tracks[0].samples.iter().all(media::Sample::is_sync));
    audio.samples[0].is_sync = true;
    let movie = read(&progressive(&[audio])).unwrap();
    assert!(!movie.tracks[0].samples[1].is_sync());
}
