use super::*;
use crate::{Cue, Document, Error};
use media::Timescale;

fn cue(start_ms: i64, end_ms: i64, text: &str) -> Cue {
    Cue {
        id: None,
        start_ms,
        end_ms,
        settings: String::new(),
        text: text.into(),
    }
}

fn document(cues: Vec<Cue>) -> Document {
    Document {
        cues,
        ..Document::default()
    }
}

/// The samples of a fragment as readers take them.
fn parts(fragment: &WvttFragment) -> Vec<(i64, u32, Vec<u8>)> {
    let mut rest = fragment.data.as_slice();
    let parts = fragment.samples.iter().map(|sample| {
        let (data, after) = rest.split_at(sample.size as usize);
        rest = after;
        (sample.start_ms, sample.duration_ms, data.to_vec())
    });
    let parts = parts.collect();
    assert_eq!(rest, b"");
    parts
}

const EMPTY: &[u8] = b"\0\0\0\x08vtte";

#[test]
fn the_timeline_is_cut_at_every_change() {
    let mut first = cue(1_000, 3_000, "<i>One</i> &amp; all");
    first.id = Some("intro".into());
    first.settings = "line:0 align:left".into();
    let document = document(vec![first, cue(2_000, 5_000, "two\nlines")]);
    let one = |source: &[u8]| {
        [
            &[0, 0, 0, 0x4a + source.len() as u8][..],
            b"vttc",
            source,
            b"\0\0\0\x0didenintro\0\0\0\x19sttgline:0 align:left\0\0\0\x1cpayl<i>One</i> &amp; all",
        ]
        .concat()
    };
    let two = b"\0\0\0\x25vttc\0\0\0\x0cvsid\0\0\0\x01\0\0\0\x11payltwo\nlines".to_vec();
    let one = one(b"\0\0\0\x0cvsid\0\0\0\0");
    let fragment = wvtt_samples(&document, 0, 4_000).unwrap();
    assert_eq!(
        parts(&fragment),
        [
            (0, 1_000, EMPTY.to_vec()),
            (1_000, 1_000, one.clone()),
            (2_000, 1_000, [one, two.clone()].concat()),
            (3_000, 1_000, two.clone()),
        ]
    );
    let fragment = wvtt_samples(&document, 4_000, 8_000).unwrap();
    assert_eq!(
        parts(&fragment),
        [(4_000, 1_000, two), (5_000, 3_000, EMPTY.to_vec())]
    );
}

#[test]
fn a_cue_in_one_sample_needs_no_source() {
    let document = document(vec![cue(1_000, 2_000, "a"), cue(2_000, 3_000, "b")]);
    let fragment = wvtt_samples(&document, 1_000, 3_000).unwrap();
    let sample = |text: u8| [&b"\0\0\0\x11vttc\0\0\0\x09payl"[..], &[text]].concat();
    assert_eq!(
        parts(&fragment),
        [(1_000, 1_000, sample(b'a')), (2_000, 1_000, sample(b'b'))]
    );
}

#[test]
fn cue_timestamps_get_the_time_of_each_sample_they_are_split_into() {
    let document = document(vec![cue(0, 4_000, "a <00:00:03.000>b")]);
    let fragment = wvtt_samples(&document, 2_000, 4_000).unwrap();
    assert_eq!(
        parts(&fragment)[0].2,
        b"\0\0\0\x41vttc\0\0\0\x0cvsid\0\0\0\0\0\0\0\x14ctim00:00:02.000\
          \0\0\0\x19payla <00:00:03.000>b"
    );
}

#[test]
fn a_cue_with_timestamps_in_one_sample_gets_its_time_too() {
    let document = document(vec![cue(1_000, 4_000, "<00:00:03.000>b")]);
    let fragment = wvtt_samples(&document, 1_000, 4_000).unwrap();
    assert_eq!(
        fragment.data,
        b"\0\0\0\x33vttc\0\0\0\x14ctim00:00:01.000\0\0\0\x17payl<00:00:03.000>b"
    );
}

#[test]
fn an_interval_without_cues_is_one_empty_sample() {
    let fragment = wvtt_samples(&Document::default(), 4_000, 8_000).unwrap();
    assert_eq!(parts(&fragment), [(4_000, 4_000, EMPTY.to_vec())]);
    assert_eq!(
        wvtt_samples(&Document::default(), 5, 5).unwrap(),
        WvttFragment::default()
    );
}

#[test]
fn impossible_intervals_are_refused() {
    for (from, to) in [
        (-1, 1),
        (2, 1),
        (0, 1 << 32),
        (i64::MIN, i64::MAX),
        (0, i64::MAX),
    ] {
        let error = wvtt_samples(&Document::default(), from, to).unwrap_err();
        assert_eq!(
            error,
            Error::Interval {
                from_ms: from,
                to_ms: to
            }
        );
    }
}

#[test]
fn segments_read_as_the_document_they_were_cut_from() {
    let mut cues = vec![
        cue(0, 500, "at the start"),
        cue(500, 9_500, "over segments"),
        cue(600, 9_400, "within another"),
        cue(1_000, 2_000, "same"),
        cue(1_000, 2_000, "same"),
        cue(2_000, 3_000, "other"),
        cue(3_999, 4_001, "around a border"),
        cue(4_000, 8_000, "a whole segment"),
        cue(11_000, 11_001, "short"),
    ];
    cues[2].id = Some("id".into());
    cues[2].settings = "line:0".into();
    let mut document = document(cues);
    document.header.push_str("\n\nSTYLE\n::cue{}");
    for step in [700, 1_000, 4_000, 12_000] {
        let timeline = crate::Timeline::new(&document);
        let mut samples = Vec::new();
        for from in (0..12_000).step_by(step) {
            let to = (from + step as i64).min(12_000);
            samples.extend(parts(&timeline.wvtt_samples(from, to).unwrap()));
        }
        let mut next = 0;
        for (start, duration, _) in &samples {
            assert!(*start == next && *duration > 0, "gap at {start}");
            next = start + i64::from(*duration);
        }
        assert_eq!(next, 12_000);
        let config = wvtt_config(&document);
        let parsed = from_wvtt_samples(config, Timescale::MILLISECONDS, samples).unwrap();
        assert_eq!(parsed.document, document, "step {step}");
        assert_eq!(parsed.warnings, []);
    }
}

/// Segments of 4 s made by Shaka Packager 3: no `vsid`, cues split at segment borders.
#[test]
fn samples_of_shaka_packager_are_joined_by_content() {
    let one = b"\0\0\0\x4avttc\0\0\0\x0didenintro\0\0\0\x19sttgline:0 align:left\
                \0\0\0\x1cpayl<i>One</i> &amp; all";
    let two = b"\0\0\0\x2dvttc\0\0\0\x14sttgalign:center\0\0\0\x11payltwo\nlines";
    let later = b"\0\0\0\x29vttc\0\0\0\x14sttgalign:center\0\0\0\x0dpayllater";
    let both = [&one[..], two].concat();
    let samples: [(i64, u32, &[u8]); 9] = [
        (0, 1_000, EMPTY),
        (1_000, 1_000, one),
        (2_000, 1_000, &both),
        (3_000, 1_000, two),
        (4_000, 1_000, two),
        (5_000, 3_000, EMPTY),
        (8_000, 3_000, EMPTY),
        (11_000, 1_000, later),
        (12_000, 1_000, b""),
    ];
    let parsed = from_wvtt_samples("WEBVTT", Timescale::MILLISECONDS, samples).unwrap();
    let expected = |id: Option<&str>, start_ms, end_ms, settings: &str, text: &str| Cue {
        id: id.map(Into::into),
        start_ms,
        end_ms,
        settings: settings.into(),
        text: text.into(),
    };
    assert_eq!(
        parsed.document.cues,
        [
            expected(
                Some("intro"),
                1_000,
                3_000,
                "line:0 align:left",
                "<i>One</i> &amp; all"
            ),
            expected(None, 2_000, 5_000, "align:center", "two\nlines"),
            expected(None, 11_000, 12_000, "align:center", "later"),
        ]
    );
}

#[test]
fn equal_cues_are_joined_only_where_they_touch() {
    let sample = b"\0\0\0\x11vttc\0\0\0\x09paylx";
    let read = |samples: [(i64, u32, &[u8]); 2]| {
        let parsed = from_wvtt_samples("WEBVTT", Timescale::new(3).unwrap(), samples).unwrap();
        let cues = parsed.document.cues;
        cues.iter()
            .map(|cue| (cue.start_ms, cue.end_ms))
            .collect::<Vec<_>>()
    };
    // Thirds of a second are not whole milliseconds, yet touch.
    assert_eq!(read([(1, 1, sample), (2, 1, sample)]), [(333, 1_000)]);
    assert_eq!(
        read([(1, 1, sample), (3, 1, sample)]),
        [(333, 667), (1_000, 1_333)]
    );
}

#[test]
fn malformed_samples_are_refused_by_index_and_box() {
    for (data, message) in [
        (
            &b"\0\0\0\x09vtte"[..],
            "sample[1]: wvtt/vtte at byte 0: size: is 9, expected 8 to 8",
        ),
        (
            b"\0\0\x01",
            "sample[1]: wvtt at byte 0: size: needs 4 bytes, 3 left",
        ),
        (
            b"\0\0\0\x10vttc\0\0\0\x09payl",
            "sample[1]: wvtt/vttc/payl at byte 8: size: is 9, expected 8 to 8",
        ),
        (
            b"\0\0\0\x12vttc\0\0\0\x0avsid\0\0",
            "sample[1]: wvtt/vttc/vsid at byte 16: source_ID: needs 4 bytes, 2 left",
        ),
        (
            b"\0\0\0\x12vttc\0\0\0\x0apayla\xff",
            "sample[1]: vttc/payl: is no UTF-8 at byte 1, expected UTF-8",
        ),
    ] {
        let samples = [(0, 1, EMPTY), (1, 1, data)];
        let error = from_wvtt_samples("WEBVTT", Timescale::MILLISECONDS, samples).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn a_configuration_that_is_no_header_is_left_out() {
    let samples: [(i64, u32, &[u8]); 0] = [];
    let parsed = from_wvtt_samples("nonsense", Timescale::MILLISECONDS, samples).unwrap();
    assert_eq!(parsed.document.header, "WEBVTT");
    assert_eq!(
        parsed.warnings[0].to_string(),
        "vttC: line 1: signature: is \"nonsense\", expected WEBVTT; left out"
    );
}
