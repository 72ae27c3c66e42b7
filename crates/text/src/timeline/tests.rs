use super::*;

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

#[test]
fn a_segment_holds_the_cues_of_its_interval_with_their_own_times() {
    let mut document = document(vec![
        cue(0, 30_000, "long"),
        cue(1_000, 2_000, "before"),
        cue(3_000, 4_000, "ends where it begins"),
        cue(3_500, 4_500, "crosses the start"),
        cue(5_000, 6_000, "inside"),
        cue(7_500, 9_000, "crosses the end"),
        cue(8_000, 9_000, "begins where it ends"),
    ]);
    document.header = "WEBVTT title\nKind: captions\n\nSTYLE\n::cue{}\n\nREGION\nid:r".into();
    document.cues[4].id = Some("five".into());
    document.cues[4].settings = "line:0 region:r".into();
    assert_eq!(
        Timeline::new(&document)
            .webvtt_segment(4_000, 8_000)
            .unwrap(),
        "WEBVTT title\n\
         X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\
         Kind: captions\n\nSTYLE\n::cue{}\n\nREGION\nid:r\n\n\
         00:00:00.000 --> 00:00:30.000\nlong\n\n\
         00:00:03.500 --> 00:00:04.500\ncrosses the start\n\n\
         five\n00:00:05.000 --> 00:00:06.000 line:0 region:r\ninside\n\n\
         00:00:07.500 --> 00:00:09.000\ncrosses the end\n"
    );
}

#[test]
fn a_segment_without_cues_is_a_header() {
    let document = document(vec![cue(1_000, 2_000, "x")]);
    assert_eq!(
        Timeline::new(&document)
            .webvtt_segment(2_000, 4_000)
            .unwrap(),
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"
    );
}

#[test]
fn every_cue_is_found_by_time_as_a_plain_search_finds_it() {
    let spans = [
        (0, 5),
        (3, 4),
        (3, 50),
        (10, 20),
        (12, 13),
        (12, 30),
        (40, 41),
        (60, 60),
        (61, 59),
    ];
    // Out of order, as a document made by hand may be.
    let document = document(
        spans
            .iter()
            .rev()
            .map(|(start, end)| cue(*start, *end, "x"))
            .collect(),
    );
    let timeline = Timeline::new(&document);
    for from in 0..70 {
        for to in from..70 {
            assert!(
                timeline
                    .between(from, to)
                    .is_sorted_by_key(|(_, cue)| cue.start_ms)
            );
            let mut found: Vec<usize> = timeline
                .between(from, to)
                .iter()
                .map(|(index, _)| *index)
                .collect();
            found.sort_unstable();
            let shown =
                |cue: &Cue| cue.start_ms < to && cue.end_ms > from && cue.end_ms > cue.start_ms;
            let expected: Vec<usize> = (0..document.cues.len())
                .filter(|index| shown(&document.cues[*index]))
                .collect();
            assert_eq!(found, expected, "{from} to {to}");
        }
    }
}

#[test]
fn text_that_would_break_the_file_is_mended() {
    let mut bad = cue(0, 1_000, "a\r\n\r\nb --> c\n");
    bad.id = Some("x\ny --> z".into());
    bad.settings = "line:0\n\nNOTE".into();
    assert_eq!(
        crate::to_webvtt(&document(vec![bad])),
        "WEBVTT\n\nx y \u{2192} z\n00:00:00.000 --> 00:00:01.000 line:0  NOTE\na\nb --&gt; c\n"
    );
}

#[test]
fn a_segment_that_would_explode_is_refused() {
    let text = "x".repeat(1 << 20);
    let document = document((0..17).map(|start| cue(start, 10_000, &text)).collect());
    let timeline = Timeline::new(&document);
    let error = timeline.webvtt_segment(0, 4_000).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cues at 00:00:00.000: make more than 16777216 bytes in one piece"
    );
    let error = timeline.wvtt_samples(0, 4_000).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cues at 00:00:00.005: make more than 16777216 bytes in one piece"
    );
}
