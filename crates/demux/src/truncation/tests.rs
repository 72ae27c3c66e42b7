use crate::testing::{RATE, TestTrack, fragment, init, progressive};
use crate::{Error, Limits, Movie, WhenTruncated};

fn read(bytes: &[u8], when: WhenTruncated) -> Result<Movie, Error> {
    Movie::read(bytes, &Limits::default(), when)
}

fn refused(bytes: &[u8]) -> String {
    read(bytes, WhenTruncated::Refuse).unwrap_err().to_string()
}

fn kept(bytes: &[u8]) -> Movie {
    read(bytes, WhenTruncated::KeepWhole).unwrap()
}

fn counts(movie: &Movie) -> Vec<usize> {
    movie
        .tracks
        .iter()
        .map(|track| track.samples.len())
        .collect()
}

fn fragmented() -> (Vec<u8>, [usize; 3]) {
    let (video, audio) = (TestTrack::video(1, 10), TestTrack::audio(2, 40));
    let head = init(&[video.clone(), audio.clone()]);
    let first = fragment(&[(&video, 0), (&audio, 0)]);
    let second = fragment(&[(&video, 1_000), (&audio, 40 * 1_024)]);
    let marks = [
        head.len(),
        head.len() + first.len(),
        head.len() + first.len() + second.len(),
    ];
    ([head, first, second].concat(), marks)
}

#[test]
fn a_sample_beyond_the_end_says_how_much_is_whole() {
    // 100 pictures of 10 to 109 bytes, ten a second.
    let bytes = progressive(&[TestTrack::video(1, 100)]);
    let cut = &bytes[..bytes.len() - 109 - 1];
    let end = cut.len();
    assert_eq!(
        refused(cut),
        format!(
            "truncated: sample 99 of 100 of track 1 is at bytes {} to {}, the file ends at byte \
             {end}; 9.800 s are whole (--allow-truncated packages those)",
            end - 107,
            end + 1
        )
    );
    let movie = kept(cut);
    assert_eq!(counts(&movie), [98]);
    assert_eq!(movie.truncated.unwrap().whole.to_string(), "9.800 s");
}

#[test]
fn a_track_that_is_whole_does_not_shorten_what_is_whole() {
    // A second of sound, in front of ten of pictures.
    let tracks = [TestTrack::audio(2, 43), TestTrack::video(1, 100)];
    let bytes = progressive(&tracks);
    assert!(refused(&bytes[..bytes.len() - 1]).contains("; 9.900 s are whole"));
}

#[test]
fn a_missing_picture_shown_early_ends_what_is_whole() {
    // I P B: the B is last in the file and shown before the P.
    let mut video = TestTrack::video(1, 6);
    for group in video.samples.chunks_mut(3) {
        (group[0].offset, group[1].offset, group[2].offset) = (0, 100, -100);
    }
    let bytes = progressive(&[video]);
    // The P and the B of the second group are lost; the B would be shown at 0.400 s.
    let cut = &bytes[..bytes.len() - 15 - 1];
    assert!(refused(cut).contains("sample 5 of 6"));
    assert!(
        refused(cut).contains("; 0.400 s are whole"),
        "{}",
        refused(cut)
    );
}

#[test]
fn what_is_whole_is_told_in_presentation_time() {
    let mut video = TestTrack::video(1, 100);
    video.edits = vec![(2_000, -1, RATE), (0, 500, RATE)];
    let bytes = progressive(&[video]);
    assert!(refused(&bytes[..bytes.len() - 1]).contains("; 11.400 s are whole"));
}

#[test]
fn an_edit_list_of_media_that_is_missing_is_no_reason_of_its_own() {
    let mut video = TestTrack::video(1, 100);
    video.edits = vec![(0, 9_500, RATE)];
    let bytes = progressive(&[video]);
    let cut = &bytes[..bytes.len() / 2];
    assert!(
        refused(cut).contains("; nothing of it is whole"),
        "{}",
        refused(cut)
    );
    let movie = kept(cut);
    assert!(movie.tracks.is_empty());
    assert_eq!(movie.truncated.unwrap().whole.seconds(), 0.0);
}

#[test]
fn bytes_behind_the_last_sample_are_not_missed() {
    let mut bytes = progressive(&[TestTrack::video(1, 5)]);
    let at = bytes.windows(4).position(|kind| kind == b"mdat").unwrap() - 4;
    bytes[at + 2] += 1;
    let movie = read(&bytes, WhenTruncated::Refuse).unwrap();
    assert_eq!((counts(&movie), movie.truncated), (vec![5], None));
}

#[test]
fn a_cut_fragment_is_missed() {
    let (bytes, [head, second, end]) = fragmented();
    // In the second moof.
    let cut = &bytes[..second + 50];
    let message = refused(cut);
    assert!(
        message.starts_with(&format!(
            "truncated: the moof box at byte {second} is announced to end at byte"
        )),
        "{message}"
    );
    assert!(message.contains("; 0.929 s are whole"), "{message}");
    assert_eq!(counts(&kept(cut)), [10, 40]);
    // In its header, of which a byte is enough.
    for left in [1, 7] {
        let message = refused(&bytes[..second + left]);
        let expected = format!(
            "truncated: the file ends at byte {}, inside the header of the box at byte {second}; ",
            second + left
        );
        assert!(message.starts_with(&expected), "{message}");
    }
    // In its last sample.
    let message = refused(&bytes[..end - 1]);
    assert!(message.contains("sample 80 of 80 of track 2"), "{message}");
    // The last picture begins behind what is whole of the sound.
    assert_eq!(counts(&kept(&bytes[..end - 1])), [19, 79]);
    // Before the first sample.
    assert!(refused(&bytes[..head + 20]).contains("; nothing of it is whole"));
}

#[test]
fn a_file_cut_between_fragments_is_found_by_its_index() {
    let (bytes, [head, second, end]) = fragmented();
    let (first_len, second_len) = ((second - head) as u32, (end - second) as u32);
    let references = [
        first_len,
        1_000,
        0x9000_0000,
        second_len,
        1_000,
        0x9000_0000,
    ];
    let fields = [&[1, 1_000, 0, 0, 2], &references[..]].concat();
    let sidx = crate::testing::words(b"sidx", 0, 0, &fields);
    let indexed = [&bytes[..head], &sidx, &bytes[head..]].concat();
    let movie = read(&indexed, WhenTruncated::Refuse).unwrap();
    assert_eq!(counts(&movie), [20, 80]);
    let cut = &indexed[..second + sidx.len()];
    let message = refused(cut);
    let expected = format!(
        "truncated: the sidx box at byte {head} lists segments up to byte {}, the file ends at \
         byte {}; 0.929 s are whole",
        indexed.len(),
        cut.len()
    );
    assert!(message.starts_with(&expected), "{message}");
    assert_eq!(counts(&kept(cut)), [10, 40]);
}

#[test]
fn a_cut_index_at_the_end_of_fragments_is_not_missed() {
    let (bytes, _) = fragmented();
    let mfra = [0, 0, 0, 99, b'm', b'f', b'r', b'a', 0, 0];
    let movie = read(&[&bytes[..], &mfra].concat(), WhenTruncated::Refuse).unwrap();
    assert_eq!(counts(&movie), [20, 80]);
}

#[test]
fn a_progressive_movie_cut_at_any_byte_is_refused_or_whole() {
    let mut video = TestTrack::video(1, 12);
    video.edits = vec![(40, -1, RATE), (1_000, 0, RATE)];
    let bytes = progressive(&[video, TestTrack::audio(2, 20), TestTrack::text(3, 2)]);
    let whole = read(&bytes, WhenTruncated::Refuse).unwrap();
    for end in 0..bytes.len() {
        let cut = &bytes[..end];
        if let Ok(movie) = read(cut, WhenTruncated::Refuse) {
            assert_eq!(counts(&movie), counts(&whole), "cut at byte {end}");
        }
        let Ok(movie) = read(cut, WhenTruncated::KeepWhole) else {
            continue;
        };
        // Exactly the samples that are whole, and those of tracks that lost all are none.
        for track in &whole.tracks {
            let left = track
                .samples
                .iter()
                .take_while(|sample| sample.end() <= end as u64)
                .count();
            let found = movie.tracks.iter().find(|other| other.id == track.id);
            assert_eq!(
                found.map_or(0, |found| found.samples.len()),
                left,
                "cut at byte {end}"
            );
        }
        let lost = counts(&movie) != counts(&whole);
        assert_eq!(movie.truncated.is_some(), lost, "cut at byte {end}");
    }
}

#[test]
fn a_fragmented_movie_cut_at_any_byte_is_refused_unless_between_fragments() {
    let (bytes, marks) = fragmented();
    for end in 0..bytes.len() {
        let cut = &bytes[..end];
        match read(cut, WhenTruncated::Refuse) {
            Ok(_) => assert!(marks.contains(&end), "cut at byte {end}"),
            Err(Error::Truncated { .. }) => {
                let movie = kept(cut);
                assert!(movie.truncated.is_some());
                let whole = |track: &crate::Track| {
                    track
                        .samples
                        .iter()
                        .all(|sample| sample.end() <= end as u64)
                };
                assert!(movie.tracks.iter().all(whole));
            }
            Err(_) => assert!(end < marks[0], "cut at byte {end}"),
        }
    }
}
