use super::*;
use crate::{Warning, to_webvtt};
use media::Timescale;

/// The body of a document with these attributes of `tt` and this head.
fn read(attributes: &str, head: &str, body: &str) -> Result<Parsed, Error> {
    parse(&format!(
        "<tt xmlns='http://www.w3.org/ns/ttml' xmlns:tts='http://www.w3.org/ns/ttml#styling' \
         xmlns:ttp='http://www.w3.org/ns/ttml#parameter' {attributes}><head>{head}</head>\n{body}\
         </tt>"
    ))
}

/// Start, end and text of each cue.
fn cues(body: &str) -> Vec<(i64, i64, String)> {
    let parsed = read("", "", body).unwrap();
    let cues = parsed.document.cues.into_iter();
    cues.map(|cue| (cue.start_ms, cue.end_ms, cue.text))
        .collect()
}

fn cue(start_ms: i64, end_ms: i64, text: &str) -> (i64, i64, String) {
    (start_ms, end_ms, text.into())
}

/// Settings and text of the one cue of this paragraph.
fn one(head: &str, paragraph: &str) -> (String, String) {
    let body = format!("<body><div>{paragraph}</div></body>");
    let cue = read("", head, &body).unwrap().document.cues.remove(0);
    (cue.settings, cue.text)
}

/// `ffmpeg -i in.srt out.ttml`, FFmpeg 5.1.9.
#[test]
fn files_of_ffmpeg_are_read() {
    let text = r#"<?xml version="1.0" encoding="utf-8"?>
<tt
  xmlns="http://www.w3.org/ns/ttml"
  xmlns:ttm="http://www.w3.org/ns/ttml#metadata"
  xmlns:tts="http://www.w3.org/ns/ttml#styling"
  xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
  ttp:cellResolution="384 288"
  xml:lang="">
  <head>
    <layout>
      <region xml:id="Default"
        tts:origin="3% 0%"
        tts:extent="97% 97%"
        tts:displayAlign="after"
        tts:textAlign="center"
        tts:fontSize="16c"
        tts:fontFamily="Arial"
        tts:overflow="visible" />
    </layout>
  </head>
  <body>
    <div>
      <p
        begin="00:00:01.000"
        end="00:00:02.500"><span region="Default">Hello big bold under<br/>line two &amp; more &lt; 3</span></p>
      <p
        begin="00:00:05.500"
        end="00:00:07.000"><span region="Default">overlap it</span></p>
    </div>
  </body>
</tt>
"#;
    let parsed = parse(text).unwrap();
    assert_eq!(parsed.warnings, []);
    assert_eq!(
        to_webvtt(&parsed.document),
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello big bold under\nline two &amp; more &lt; 3\n\n\
         00:00:05.500 --> 00:00:07.000\noverlap it\n"
    );
}

#[test]
fn an_ebu_tt_d_document_is_read() {
    let text = r##"<?xml version="1.0" encoding="UTF-8"?>
<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
 xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ebuttm="urn:ebu:tt:metadata"
 ttp:timeBase="media" ttp:cellResolution="32 15" xml:lang="de">
 <tt:head>
  <tt:metadata><ebuttm:documentMetadata><ebuttm:conformsToStandard>urn:ebu:tt:distribution:2014-01</ebuttm:conformsToStandard></ebuttm:documentMetadata></tt:metadata>
  <tt:styling>
   <tt:style xml:id="base" tts:fontFamily="Verdana" tts:color="#ffffffff"/>
   <tt:style xml:id="yellow" tts:color="#ffff00ff" tts:backgroundColor="#000000c2"/>
   <tt:style xml:id="centre" tts:textAlign="center"/>
  </tt:styling>
  <tt:layout>
   <tt:region xml:id="bottom" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after"/>
   <tt:region xml:id="top" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="before"/>
  </tt:layout>
 </tt:head>
 <tt:body style="base">
  <tt:div>
   <tt:p xml:id="s1" region="bottom" style="centre" begin="00:00:01.000" end="00:00:02.000">
    <tt:span style="yellow">Guten Tag.</tt:span>
    <tt:br/>
    <tt:span>Ja?</tt:span>
   </tt:p>
   <tt:p region="top" style="centre" begin="00:00:03.000" end="00:00:04.000"><tt:span>Oben</tt:span></tt:p>
  </tt:div>
 </tt:body>
</tt:tt>"##;
    let parsed = crate::parse(text.as_bytes(), None).unwrap();
    assert_eq!(parsed.language.unwrap().tag(), "de");
    assert_eq!(parsed.warnings, []);
    assert_eq!(
        to_webvtt(&parsed.document),
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 size:80%\n<c.yellow>Guten Tag.</c>\nJa?\n\n\
         00:00:03.000 --> 00:00:04.000 line:10% size:80%\nOben\n"
    );
}

#[test]
fn times_count_from_the_parent_and_end_with_it() {
    assert_eq!(
        cues(
            "<body begin='10s' end='30s'><div begin='1s'>\
             <p begin='1s' end='3s'>a</p><p begin='4s' dur='2s'>b</p><p begin='10s'>c</p>\
             <p begin='15s' end='1h'>d</p><p begin='1s' dur='9s' end='2s'>e</p>\
             </div></body>"
        ),
        [
            cue(12_000, 14_000, "a"),
            cue(12_000, 13_000, "e"),
            cue(15_000, 17_000, "b"),
            cue(21_000, 30_000, "c"),
            cue(26_000, 30_000, "d"),
        ]
    );
}

#[test]
fn parts_of_a_sequence_follow_each_other() {
    assert_eq!(
        cues(
            "<body><div timeContainer='seq'>\
             <p dur='2s'>a</p><p begin='1s' dur='2s'>b</p><p begin='1s' end='3s'>c</p></div>\
             <div timeContainer='seq' begin='20s'>\
             <p timeContainer='seq'>never <span dur='1s'>d</span><span>never</span>\
             <span dur='1s'>e</span></p><p dur='1s'>f</p></div></body>"
        ),
        [
            cue(0, 2_000, "a"),
            cue(3_000, 5_000, "b"),
            cue(6_000, 8_000, "c"),
            cue(20_000, 21_000, "d"),
            cue(21_000, 22_000, "e"),
            cue(22_000, 23_000, "f"),
        ]
    );
    // A parallel part lasts until its last child ends.
    assert_eq!(
        cues(
            "<body timeContainer='seq'><div><p end='3s'>a</p><p end='2s'>b</p></div>\
             <div><p end='1s'>c</p></div></body>"
        ),
        [
            cue(0, 3_000, "a"),
            cue(0, 2_000, "b"),
            cue(3_000, 4_000, "c")
        ]
    );
}

#[test]
fn spans_with_times_split_a_paragraph() {
    assert_eq!(
        cues(
            "<body><div><p begin='10s' end='16s'>Well, <span begin='1s'>this</span> \
             <span begin='3s' end='5s'>is</span></p></div></body>"
        ),
        [
            cue(10_000, 11_000, "Well,"),
            cue(11_000, 13_000, "Well, this"),
            cue(13_000, 15_000, "Well, this is"),
            cue(15_000, 16_000, "Well, this"),
        ]
    );
}

#[test]
fn times_of_frames_and_ticks_use_the_parameters() {
    let at = |attributes: &str, begin: &str, end: &str| {
        let body = format!("<body><div><p begin='{begin}' end='{end}'>x</p></div></body>");
        let cue = read(attributes, "", &body).unwrap().document.cues.remove(0);
        (cue.start_ms, cue.end_ms)
    };
    let film = "ttp:frameRate='24' ttp:frameRateMultiplier='1000 1001'";
    assert_eq!(at(film, "00:00:01:12", "48f"), (1_501, 2_002));
    assert_eq!(
        at("ttp:tickRate='10000000'", "10000000t", "25000000t"),
        (1_000, 2_500)
    );
}

#[test]
fn white_space_collapses_unless_preserved() {
    let text = "<p end='1s'>\n  a  <span>  b</span>\n c <br/> d <br/><br/> e\n</p>";
    assert_eq!(one("", text).1, "a b c\nd\ne");
    let text =
        "<p end='1s' xml:space='preserve'>\na  b\n\nc<span xml:space='default'> \n d</span></p>";
    assert_eq!(one("", text).1, "a  b\nc d");
}

#[test]
fn references_and_sections_of_characters_are_text() {
    let text = "<p end='1s'>&lt;b&gt; &amp;amp; &#233;&#x1F600; <![CDATA[<i> & ]]>--&gt;</p>";
    assert_eq!(one("", text).1, "&lt;b> &amp;amp; é😀 &lt;i> &amp; --&gt;");
}

#[test]
fn styles_become_tags_through_chained_references() {
    let head = "<styling>\
        <style xml:id='loud' style='heavy slanted' tts:textDecoration='underline'/>\
        <style xml:id='heavy' tts:fontWeight='bold' tts:color='red'/>\
        <style xml:id='slanted' tts:fontStyle='oblique' tts:color='white'/>\
        <style xml:id='plain' style='loud' tts:fontWeight='normal' tts:fontStyle='normal' \
        tts:textDecoration='noUnderline'/></styling>";
    for (paragraph, text) in [
        (
            "<p end='1s' style='heavy'>a<span tts:fontWeight='normal'>b</span></p>",
            "<c.red><b>a</b>b</c>",
        ),
        ("<p end='1s' style='loud'>a</p>", "<b><i><u>a</u></i></b>"),
        ("<p end='1s' style='plain'>a</p>", "a"),
        ("<p end='1s' style='heavy plain'>a</p>", "a"),
        ("<p end='1s' style='missing'>a</p>", "a"),
        (
            "<p end='1s'>a<span tts:visibility='hidden'>b</span>c</p>",
            "ac",
        ),
        ("<p end='1s'>a<span tts:display='none'>b</span></p>", "a"),
        (
            "<p end='1s'><span tts:ruby='container'><span tts:ruby='base'>東</span>\
             <span tts:ruby='delimiter'>(</span><span tts:ruby='text'>とう</span>\
             <span tts:ruby='delimiter'>)</span></span>x</p>",
            "<ruby>東<rt>とう</rt></ruby>x",
        ),
    ] {
        assert_eq!(one(head, paragraph).1, text, "{paragraph}");
    }
}

#[test]
fn regions_lend_their_styles_and_place() {
    let head = "<styling><style xml:id='s' tts:fontStyle='italic' tts:displayAlign='before'/>\
        </styling><layout><region xml:id='r' style='s' tts:origin='0% 20%'>\
        <style tts:extent='100% 20%'/><style tts:textAlign='end' tts:origin='9% 9%'/></region></layout>";
    assert_eq!(
        one(head, "<p end='1s' region='r'>a</p>"),
        ("line:20% align:end".into(), "<i>a</i>".into())
    );
    assert_eq!(one(head, "<p end='1s'>a</p>"), (String::new(), "a".into()));
    let pixels = read(
        "tts:extent='640px 480px'",
        "<layout><region xml:id='r' tts:origin='64px 48px' tts:extent='512px 48px' \
         tts:textAlign='center'/></layout>",
        "<body region='r'><div><p end='1s'>a</p></div></body>",
    );
    assert_eq!(
        pixels.unwrap().document.cues[0].settings,
        "line:10% size:80%"
    );
}

#[test]
fn styles_that_build_on_themselves_are_told_and_end() {
    let head = "<styling><style xml:id='a' style='b' tts:fontWeight='bold'/>\
        <style xml:id='b' style='a' tts:fontStyle='italic'/></styling>";
    let body = "<body><div><p end='1s' style='a'>x</p></div></body>";
    let parsed = read("", head, body).unwrap();
    assert_eq!(parsed.document.cues[0].text, "<b><i>x</i></b>");
    let messages: Vec<_> = parsed.warnings.iter().map(Warning::to_string).collect();
    assert_eq!(
        messages,
        ["line 1: style: builds on itself; reference left out"]
    );
}

#[test]
fn a_hundred_thousand_chained_styles_are_no_trouble() {
    let styles: String = (0..100_000)
        .map(|n| format!("<style xml:id='s{n}' style='s{}'/>", n + 1))
        .collect();
    let head =
        format!("<styling>{styles}<style xml:id='s100000' tts:fontStyle='italic'/></styling>");
    assert_eq!(one(&head, "<p end='1s' style='s0'>x</p>").1, "<i>x</i>");
}

#[test]
fn paragraphs_of_one_time_and_place_are_lines_of_one_cue() {
    assert_eq!(
        cues("<body><div><p end='1s'>a</p><p end='1s'>b</p><p end='2s'>c</p></div></body>"),
        [cue(0, 1_000, "a\nb"), cue(0, 2_000, "c")]
    );
}

#[test]
fn cues_without_an_end_last_as_long_as_the_last_other() {
    let parsed = read(
        "",
        "",
        "<body><div><p begin='1s'>a</p><p begin='2s' end='9s'>b</p><p begin='20s'>c</p></div></body>",
    )
    .unwrap();
    let ends: Vec<_> = parsed.document.cues.iter().map(|cue| cue.end_ms).collect();
    assert_eq!(ends, [9_000, 9_000, 25_000]);
    assert_eq!(
        parsed.warnings[0].to_string(),
        "cues: 2 have no end, shown until the last end of another"
    );
}

#[test]
fn what_ends_before_it_begins_is_not_shown_and_told() {
    let parsed = read(
        "",
        "",
        "<body><div>\n<p begin='5s' end='4s'>a</p></div></body>",
    )
    .unwrap();
    let messages: Vec<_> = parsed.warnings.iter().map(Warning::to_string).collect();
    assert_eq!(
        messages,
        [
            "line 3: times: p is not shown: it ends where or before it begins",
            "cues: are none, expected at least one"
        ]
    );
}

#[test]
fn subtitles_that_are_images_are_refused_by_name() {
    for (attributes, body, message) in [
        (
            "",
            "<body><div smpte:backgroundImage='#img1'/></body>",
            "line 2: div backgroundImage \"#img1\": subtitles are images, expected text",
        ),
        (
            "",
            "<body><div><image src='1.png'/></div></body>",
            "line 2: image: subtitles are images, expected text",
        ),
        (
            "ttp:profile='http://www.w3.org/ns/ttml/profile/imsc1/image'",
            "<body/>",
            "line 1: ttp:profile \"http://www.w3.org/ns/ttml/profile/imsc1/image\": subtitles are \
             images, expected text",
        ),
    ] {
        assert_eq!(read(attributes, "", body).unwrap_err().to_string(), message);
    }
}

#[test]
fn bad_times_are_refused_by_line_and_field() {
    let error = read("", "", "<body>\n<div>\n<p begin='1,5s'>x</p></div></body>").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 4: begin: is \"1,5s\", expected hh:mm:ss.fraction, hh:mm:ss:frames or a number with \
         h, m, s, ms, f or t, below 1000000 h"
    );
}

#[test]
fn entities_of_the_document_type_are_never_expanded() {
    let text = "<?xml version='1.0'?>\n<!DOCTYPE tt [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>\
        <!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n<tt><body><div><p end='1s'>&b;</p></div></body></tt>";
    assert_eq!(
        parse(text).unwrap_err().to_string(),
        "line 3 at byte 144: XML: entity \"b\" is not defined, expected amp, lt, gt, apos, quot or \
         a character reference"
    );
    let unused = text.replace("&b;", "x");
    assert_eq!(parse(&unused).unwrap().document.cues[0].text, "x");
    let attribute = text.replace("end='1s'>&b;", "end='&x;'>y");
    assert!(matches!(parse(&attribute), Err(Error::Xml { line: 3, .. })));
}

#[test]
fn what_is_no_ttml_is_refused() {
    for (text, start) in [
        ("<html/>", "line 1: root element: is \"html\", expected tt"),
        ("", "line 1 at byte 0: XML: has no root element"),
        ("<tt><body>", "line 1 at byte 10: XML: ends inside"),
        ("<tt>\n<body></tt>", "line 2 at byte "),
        ("<tt><body a></body></tt>", "line 1 at byte "),
    ] {
        let message = parse(text).unwrap_err().to_string();
        assert!(message.starts_with(start), "{message}");
    }
}

#[test]
fn elements_nested_without_end_are_refused() {
    for element in ["div", "span", "metadata"] {
        let text = format!("<tt><body>{}", format!("<{element}>").repeat(100_000));
        let message = parse(&text).unwrap_err().to_string();
        assert!(
            message.ends_with("elements nest deeper than 256"),
            "{message}"
        );
    }
}

#[test]
fn a_paragraph_of_countless_timed_spans_is_refused() {
    let spans: String = (0..50_000)
        .map(|n| format!("<span begin='{n}s' end='{}s'>x</span>", n + 1))
        .collect();
    let body = format!("<body><div><p>{spans}</p></div></body>");
    let message = read("", "", &body).unwrap_err().to_string();
    assert!(
        message.starts_with("cues at 00:00:00.000 (line 2): make more than"),
        "{message}"
    );
}

#[test]
fn samples_share_the_media_timeline() {
    let document =
        |paragraphs: &str| format!("<tt xml:lang='fr'><body><div>{paragraphs}</div></body></tt>");
    let first = document("<p begin='1s' end='2s'>a</p><p begin='3s' end='6s'>b</p>");
    let second = document("<p begin='3s' end='6s'>b</p><p begin='6s'>c</p>");
    let third = document("<p begin='6s'>c</p><p begin='0s' end='1s'>not here</p>");
    let samples = [
        (0, 4_000, first.as_bytes()),
        (4_000, 4_000, second.as_bytes()),
        (8_000, 2_000, third.as_bytes()),
        (10_000, 2_000, b""),
    ];
    let parsed = from_ttml_samples(Timescale::MILLISECONDS, samples).unwrap();
    let cues = parsed.document.cues.into_iter();
    let cues: Vec<_> = cues
        .map(|cue| (cue.start_ms, cue.end_ms, cue.text))
        .collect();
    assert_eq!(
        cues,
        [
            cue(1_000, 2_000, "a"),
            cue(3_000, 6_000, "b"),
            cue(6_000, 10_000, "c")
        ]
    );
    assert_eq!(parsed.warnings, []);
    assert_eq!(parsed.language.unwrap().tag(), "fr");
}

#[test]
fn samples_that_cannot_be_read_are_refused_by_index() {
    let read = |data: &[u8]| {
        let samples = [(0, 1, &b"<tt/>"[..]), (1, 1, data)];
        from_ttml_samples(Timescale::MILLISECONDS, samples)
    };
    let message = read(b"<tt>").unwrap_err().to_string();
    assert!(
        message.starts_with("sample[1]: document: line 1 at byte 4: XML: "),
        "{message}"
    );
    let image = b"<tt><body><div><image/></div></body></tt>";
    assert!(matches!(read(image), Err(Error::Images { .. })));
}

#[test]
fn samples_with_times_outside_themselves_are_told() {
    let data = b"<tt><body><div><p begin='0s' end='1s'>x</p></div></body></tt>";
    let parsed = from_ttml_samples(Timescale::MILLISECONDS, [(5_000, 1_000, data)]).unwrap();
    assert_eq!(
        parsed.warnings[0].to_string(),
        "sample[0]: times: all lie outside the sample, expected 5000 to 6000 ms; left out"
    );
}
