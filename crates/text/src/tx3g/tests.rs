use super::*;

fn read(samples: &[(i64, u32, &[u8])]) -> Result<Vec<(i64, i64, String)>, Error> {
    let scale = Timescale::new(1_000_000).unwrap();
    let parsed = from_tx3g_samples(scale, samples.iter().copied())?;
    let cues = parsed.document.cues.into_iter();
    Ok(cues
        .map(|cue| (cue.start_ms, cue.end_ms, cue.text))
        .collect())
}

/// `ffmpeg -i in.srt -c:s mov_text out.mp4`, FFmpeg 5.1.9.
const EMPTY: &[u8] = b"\0\0";
const STYLED: &[u8] = b"\0\x1dHello big bold under\nline two\0\0\0\x2estyl\0\x03\
    \0\x06\0\x09\0\x01\x02\x10\xff\xff\xff\xff\
    \0\x0a\0\x0e\0\x01\x01\x10\xff\xff\xff\xff\
    \0\x0f\0\x14\0\x01\x04\x10\xff\xff\xff\xff";
const MULTIBYTE: &[u8] = b"\0\x09\xc3\xa9\xf0\x9f\x98\x80x y\0\0\0\x16styl\0\x01\
    \0\x00\0\x03\0\x01\x03\x10\xff\xff\xff\xff";

#[test]
fn samples_of_ffmpeg_give_back_the_srt_they_were_made_of() {
    let samples = [
        (0, 1_000_000, EMPTY),
        (1_000_000, 1_500_000, STYLED),
        (2_500_000, 500_000, EMPTY),
        (3_000_000, 1_000_000, MULTIBYTE),
    ];
    assert_eq!(
        read(&samples).unwrap(),
        [
            (
                1_000,
                2_500,
                "Hello <i>big</i> <b>bold</b> <u>under</u>\nline two".into()
            ),
            (3_000, 4_000, "<b><i>é😀x</i></b> y".into()),
        ]
    );
}

#[test]
fn utf_16_is_read_in_either_order() {
    for text in [&b"\0\x06\xfe\xff\0\xe9\0<"[..], b"\0\x06\xff\xfe\xe9\0<\0"] {
        assert_eq!(
            read(&[(0, 1_000_000, text)]).unwrap(),
            [(0, 1_000, "é&lt;".into())]
        );
    }
}

#[test]
fn styles_that_overlap_or_reach_beyond_the_text_are_cut() {
    let sample = b"\0\x04abcd\0\0\0\x2estyl\0\x03\
        \0\x02\0\xff\0\x01\x01\x10\0\0\0\0\
        \0\x00\0\x03\0\x01\x02\x10\0\0\0\0\
        \0\x03\0\x01\0\x01\x04\x10\0\0\0\0";
    assert_eq!(
        read(&[(0, 1_000_000, sample)]).unwrap(),
        [(0, 1_000, "<i>abc</i><b>d</b>".into())]
    );
}

#[test]
fn a_caption_repeated_without_a_gap_is_one() {
    let sample = b"\0\x01x";
    assert_eq!(
        read(&[(0, 1_000_000, sample), (1_000_000, 1_000_000, sample)]).unwrap(),
        [(0, 2_000, "x".into())]
    );
    assert_eq!(
        read(&[
            (0, 1_000_000, sample),
            (1_000_000, 1, EMPTY),
            (1_000_001, 999_999, sample)
        ])
        .unwrap(),
        [(0, 1_000, "x".into()), (1_000, 2_000, "x".into())]
    );
}

#[test]
fn malformed_samples_are_refused_by_index_and_field() {
    for (data, message) in [
        (&b"\0"[..], "sample[0]: text_length: needs 2 bytes, 1 left"),
        (
            b"\0\x02x",
            "sample[0]: text_length: is 2, expected at most 1",
        ),
        (
            b"\0\x01\xff",
            "sample[0]: text: is no UTF-8, expected UTF-8",
        ),
        (
            b"\0\x03\xfe\xffx",
            "sample[0]: text: ends inside a character, expected whole UTF-16 units",
        ),
        (
            b"\0\x04\xfe\xff\xd8\0",
            "sample[0]: text: has unpaired surrogates, expected UTF-16",
        ),
    ] {
        assert_eq!(read(&[(0, 1, data)]).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_broken_modifier_box_costs_the_style_alone() {
    let scale = Timescale::MILLISECONDS;
    let parsed = from_tx3g_samples(scale, [(0, 1_000, b"\0\x01x\0\0\0\xffstyl")]).unwrap();
    assert_eq!(parsed.document.cues[0].text, "x");
    assert_eq!(
        parsed.warnings[0].to_string(),
        "sample[0]: text modifier box: tx3g/styl at byte 3: size: is 255, expected 8 to 8; left out"
    );
}
