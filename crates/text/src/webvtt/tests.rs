use super::*;
use crate::write::to_webvtt;
use crate::{Format, Warning};

fn read(text: &str) -> Parsed {
    parse(text).unwrap()
}

fn cues(text: &str) -> Vec<(i64, i64, String)> {
    let cues = read(text).document.cues;
    cues.into_iter()
        .map(|cue| (cue.start_ms, cue.end_ms, cue.text))
        .collect()
}

fn messages(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(Warning::to_string).collect()
}

#[test]
fn everything_a_file_can_hold_is_read() {
    let text = "\
WEBVTT - with a title\r
Kind: captions\r
Language: en\r
\r
NOTE a comment\r
over two lines\r
\r
STYLE\r
::cue(b) { color: peachpuff }\r
\r
REGION\r
id:fred\r
width:40%\r
\r
NOTE\r
\r
1 - crédits\r
00:11.000 --> 00:13.000  vertical:rl\tline:0 \r
<v Roger Bingham>We are in New York City\r
&lrm;- & more\r
\r
\r
100:00:13.000-->100:00:16.000\r
x\r
";
    let parsed = read(text);
    assert_eq!(messages(&parsed.warnings), [""; 0]);
    assert_eq!(parsed.language.unwrap().tag(), "en");
    let document = parsed.document;
    assert_eq!(
        document.header,
        "WEBVTT - with a title\nKind: captions\nLanguage: en\n\n\
         STYLE\n::cue(b) { color: peachpuff }\n\nREGION\nid:fred\nwidth:40%"
    );
    assert_eq!(
        document.cues,
        [
            Cue {
                id: Some("1 - crédits".into()),
                start_ms: 11_000,
                end_ms: 13_000,
                settings: "vertical:rl line:0".into(),
                text: "<v Roger Bingham>We are in New York City\n&lrm;- & more".into(),
            },
            Cue {
                id: None,
                start_ms: 360_013_000,
                end_ms: 360_016_000,
                settings: String::new(),
                text: "x".into(),
            },
        ]
    );
}

#[test]
fn line_ends_and_zero_bytes_are_normalised_as_the_rules_say() {
    for end in ["\n", "\r", "\r\n"] {
        let text = ["WEBVTT", "", "00:01.000 --> 00:02.000", "a\0b", "c"].join(end);
        assert_eq!(cues(&text), [(1_000, 2_000, "a\u{fffd}b\nc".into())]);
    }
}

#[test]
fn a_cue_may_follow_the_signature_line_directly() {
    assert_eq!(
        cues("WEBVTT\n00:01.000 --> 00:02.000\nx"),
        [(1_000, 2_000, "x".into())]
    );
    assert_eq!(
        cues("WEBVTT\nid\n00:01.000 --> 00:02.000\nx"),
        [(1_000, 2_000, "x".into())]
    );
}

#[test]
fn a_timing_line_ends_the_cue_before() {
    assert_eq!(
        cues("WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:03.000 --> 00:04.000\nb\n"),
        [(1_000, 2_000, "a".into()), (3_000, 4_000, "b".into())]
    );
    // Two lines before the arrow are no identifier, and the arrow begins a block of its own.
    assert_eq!(
        cues("WEBVTT\n\na\nb\n00:01.000 --> 00:02.000\nc\n"),
        [(1_000, 2_000, "c".into())]
    );
}

#[test]
fn bad_timings_cost_the_cue_and_are_told_with_their_line() {
    let parsed = read(
        "WEBVTT\n\n00:01 --> 00:02\nlost\n\nid\n00:05.000 --> 00:04.000\nlost\n\n\
         00:06.000 --> 00:06.000\nlost\n\n00:07.000 --> 00:08.000\nkept\n",
    );
    assert_eq!(parsed.document.cues.len(), 1);
    assert_eq!(
        messages(&parsed.warnings),
        [
            "line 3: cue timing: is \"00:01 --> 00:02\", expected hh:mm:ss.mmm --> hh:mm:ss.mmm; \
             cue left out",
            "line 7: cue timing: is \"00:05.000 --> 00:04.000\", expected an end after the start; \
             cue left out",
            "line 10: cue timing: is \"00:06.000 --> 00:06.000\", expected an end after the \
             start; cue left out",
        ]
    );
}

#[test]
fn a_file_of_bad_timings_alone_is_refused() {
    let error = parse("WEBVTT\n\n00:01,000 --> 00:02,000\nx\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3: cue timing: is \"00:01,000 --> 00:02,000\", expected hh:mm:ss.mmm --> \
         hh:mm:ss.mmm"
    );
}

#[test]
fn a_file_without_cues_is_read_with_a_warning() {
    let parsed = read("WEBVTT");
    assert_eq!(parsed.document, Document::default());
    assert_eq!(
        messages(&parsed.warnings),
        ["cues: are none, expected at least one"]
    );
}

#[test]
fn another_signature_is_refused() {
    for text in ["", "webvtt", "WEBVTTx", "\nWEBVTT"] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with("line 1: signature: is \""), "{error}");
        assert!(error.ends_with("\", expected WEBVTT"), "{error}");
    }
}

#[test]
fn style_sheets_after_the_first_cue_are_left_out() {
    let parsed = read("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n\nSTYLE\n::cue{}\n");
    assert_eq!(parsed.document.header, "WEBVTT");
    assert_eq!(
        messages(&parsed.warnings),
        ["line 6: STYLE: stands after a cue, expected before; left out"]
    );
}

#[test]
fn timestamp_maps_leave_the_header_and_are_told_unless_zero() {
    let zero =
        read("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n00:01.000 --> 00:02.000\n");
    assert_eq!(
        (zero.document.header.as_str(), zero.warnings.len()),
        ("WEBVTT", 0)
    );
    let moved =
        read("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00.000,MPEGTS:900000\n\n00:01.000 --> 00:02.000\n");
    assert_eq!(moved.document.header, "WEBVTT");
    assert_eq!(
        messages(&moved.warnings),
        [
            "line 2: X-TIMESTAMP-MAP: is \"LOCAL:00:00.000,MPEGTS:900000\", not applied: cue times \
          are kept as written"
        ]
    );
}

#[test]
fn what_is_written_reads_as_the_same_document() {
    let text = "WEBVTT t\n\nSTYLE\n::cue{}\n\nid\n00:00:01.000 --> 00:00:02.500 line:0\n<b>a</b>\nb\n\n\
                99:59:59.999 --> 100:00:00.000\nc\n";
    let document = read(text).document;
    assert_eq!(to_webvtt(&document), text);
}

#[test]
fn bytes_are_read_through_their_byte_order_mark() {
    let parsed = crate::parse(b"\xef\xbb\xbfWEBVTT\n\n00:01.000 --> 00:02.000\nx", None).unwrap();
    assert_eq!(parsed.document.cues.len(), 1);
    let utf16: Vec<u8> = "\u{feff}WEBVTT\n\n00:01.000 --> 00:02.000\né"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    let parsed = crate::parse(&utf16, Some(Format::WebVtt)).unwrap();
    assert_eq!(parsed.document.cues[0].text, "é");
}
