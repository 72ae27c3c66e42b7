use super::*;
use crate::to_webvtt;

fn read(text: &str) -> Parsed {
    parse(text).unwrap()
}

/// Settings and text of a file's one cue with these lines.
fn one(lines: &str) -> (String, String) {
    let parsed = read(&format!("1\n00:00:01,000 --> 00:00:02,000\n{lines}\n"));
    let cue = parsed.document.cues.into_iter().next().unwrap();
    (cue.settings, cue.text)
}

/// `ffmpeg -i in.srt out.vtt`, FFmpeg 5.1.9; hours, which it leaves out below one, written out.
#[test]
fn files_are_converted_as_ffmpeg_does() {
    let srt = "1\r\n00:00:01,000 --> 00:00:02,500\r\n\
               <I>Upper</I> <font color=\"red\">red</font> text\r\n\
               - <b>two <i>nested</i></b>\r\n\r\n\
               2\r\n00:00:03.000 --> 00:00:04.000 X1:10 X2:20 Y1:1 Y2:2\r\n\
               top\r\n\r\nafter blank\r\n\r\n\
               00:00:04,500 --> 01:00:05,000\r\nno number\r\n42\r\n\r\n\
               4\r\n100:00:00,5 --> 100:00:06,50\r\nshort ms\r\n\r\n\
               5\r\n100:00:01,000 --> 100:00:08,000\r\noverlap\r\n";
    let vtt = "WEBVTT\n\n\
               00:00:01.000 --> 00:00:02.500\n<i>Upper</i> red text\n- <b>two <i>nested</i></b>\n\n\
               00:00:03.000 --> 00:00:04.000\ntop\nafter blank\n\n\
               00:00:04.500 --> 01:00:05.000\nno number\n42\n\n\
               100:00:00.005 --> 100:00:06.050\nshort ms\n\n\
               100:00:01.000 --> 100:00:08.000\noverlap\n";
    let parsed = read(srt);
    assert_eq!(to_webvtt(&parsed.document), vtt);
    assert_eq!(parsed.warnings, []);
}

#[test]
fn numbers_are_optional_and_text_may_end_in_one() {
    let parsed = read("00:01,000 --> 00:02,000\na\n7\n\n00:00:03,000 --> 00:00:04,000\nb\n");
    let texts: Vec<_> = parsed
        .document
        .cues
        .iter()
        .map(|cue| cue.text.as_str())
        .collect();
    assert_eq!(texts, ["a\n7", "b"]);
    let parsed = read("1\n00:00:01,000 --> 00:00:02,000\na\n2\n00:00:03,000 --> 00:00:04,000\nb\n");
    let texts: Vec<_> = parsed
        .document
        .cues
        .iter()
        .map(|cue| cue.text.as_str())
        .collect();
    assert_eq!(texts, ["a", "b"]);
}

#[test]
fn a_cue_of_a_number_alone_is_text_even_at_the_end() {
    let texts = |srt: &str| {
        let cues = read(srt).document.cues.into_iter();
        cues.map(|cue| cue.text).collect::<Vec<_>>()
    };
    let countdown = "1\n00:00:01,000 --> 00:00:02,000\n10\n\n2\n00:00:02,000 --> 00:00:03,000\n9\n";
    assert_eq!(texts(countdown), ["10", "9"]);
    // The number of a cue that was cut off is none of the cue before.
    assert_eq!(texts("1\n00:00:01,000 --> 00:00:02,000\na\n\n2"), ["a"]);
}

#[test]
fn markup_is_escaped_unless_it_is_a_known_tag_or_entity() {
    for (srt, vtt) in [
        ("a & b < c > d", "a &amp; b &lt; c > d"),
        ("I <3 you", "I &lt;3 you"),
        ("<sigh> no", "&lt;sigh> no"),
        ("x &amp; y &nbsp;z &foo;", "x &amp; y &nbsp;z &amp;foo;"),
        ("a --> b", "a --&gt; b"),
        ("<b>open", "<b>open</b>"),
        ("stray</i> end", "stray end"),
        ("<i>a<b>b</i>c</b>", "<i>a<b>b</b></i><b>c</b>"),
        ("<i><i>a</i>b</i>c", "<i>ab</i>c"),
        (
            "<EM>a</EM> <strong>b</strong><br/>c",
            "<i>a</i> <b>b</b>\nc",
        ),
        ("<u class=\"x\">a</u>", "<u>a</u>"),
        ("<font face=\"A\" size=3>a</font>", "a"),
        ("<b", "&lt;b"),
        ("{not ass}", "{not ass}"),
        ("{\\i1}a{\\i0}b", "<i>a</i>b"),
        ("{\\c&HFF&\\b1}a", "<b>a</b>"),
        ("{\\unclosed", "{\\unclosed"),
    ] {
        assert_eq!(one(srt), (String::new(), vtt.into()), "{srt}");
    }
}

#[test]
fn ass_alignments_become_settings() {
    for (code, settings) in [
        ("an8", "line:0"),
        ("an2", ""),
        ("an7", "line:0 position:0% align:left"),
        ("an6", "line:50% position:100% align:right"),
        ("a6", "line:0"),
        ("a2", ""),
        ("an0", ""),
    ] {
        assert_eq!(
            one(&format!("{{\\{code}}}x")),
            (settings.into(), "x".into()),
            "{code}"
        );
    }
}

#[test]
fn bad_timings_cost_the_cue_and_are_told_with_their_line() {
    let parsed = read(
        "1\n00:00:01,000 --> 00:00:xx,000\nlost\n\n2\n00:00:05,000 --> 00:00:04,000\nlost\n\n\
         3\n00:00:07,000 --> 00:00:08,000\nkept\n",
    );
    assert_eq!(parsed.document.cues.len(), 1);
    let messages: Vec<_> = parsed.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "line 2: cue timing: is \"00:00:01,000 --> 00:00:xx,000\", expected hh:mm:ss,mmm --> \
             hh:mm:ss,mmm; cue left out",
            "line 6: cue timing: is \"00:00:05,000 --> 00:00:04,000\", expected an end after the \
             start; cue left out",
        ]
    );
}

#[test]
fn text_without_a_single_good_timing_is_refused() {
    let error = parse("hello\nworld\n").unwrap_err().to_string();
    assert_eq!(
        error,
        "line 1: cue timing: is \"hello\", expected hh:mm:ss,mmm --> hh:mm:ss,mmm"
    );
    let error = parse("1\n00:00:01;000 --> 00:00:02;000\nx\n")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("line 2: cue timing: is \"00:00:01;000"),
        "{error}"
    );
}

#[test]
fn an_empty_file_is_read_with_a_warning() {
    let parsed = read("\n\n");
    assert_eq!(parsed.warnings.len(), 1);
    assert_eq!(parsed.document.cues, []);
}

#[test]
fn absurd_times_are_no_times() {
    for time in [
        "99999999999999999999:00:00,000",
        "00:61:00,000",
        "00:00:61,000",
        "00:00:01,0000",
    ] {
        assert!(!is_timing(&format!("{time} --> {time}")), "{time}");
    }
}
