//! No input makes a reader panic, and what a reader makes can always be written and read again.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use media::Timescale;
use proptest::prelude::*;
use std::time::{Duration, Instant};
use text::{
    Format, Parsed, Timeline, from_ttml_samples, from_tx3g_samples, from_wvtt_samples, parse,
    to_webvtt, wvtt_config,
};

const VTT: &str = "\u{feff}WEBVTT title\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\nLanguage: en\n\n\
    NOTE x\ny\n\nSTYLE\n::cue{}\n\nREGION\nid:r\n\nid\n00:01.000 --> 100:00:02.000 line:0\n\
    <i>é</i> <00:00:01.500>&amp;\nb\n00:03.000 --> 00:02.000\nc\n\n00:04.000 --> 00:05.000\n";

const SRT: &str = "1\r\n00:00:01,000 --> 00:00:02,500 X1:1\r\n{\\an8\\i1}<font color=red>é</font> \
    <b>a</i>&amp;<3\r\n\r\n2\r\n00:00:03.0 --> 01:00:05,5\r\n<u>x\r\ny -->\r\n\r\n00:09 --> 00:10\r\nz";

const TTML: &str = "<?xml version='1.0'?><!DOCTYPE tt [<!ENTITY a 'b'>]>\n<tt ttp:frameRate='25' \
    ttp:tickRate='1000' ttp:frameRateMultiplier='1000 1001' tts:extent='640px 480px' xml:lang='de'>\
    <head><styling><style xml:id='s' style='t' tts:fontWeight='bold'/><style xml:id='t' style='s' \
    tts:color='#ffff00'/></styling><layout><region xml:id='r' tts:origin='10px 10%' tts:extent='3c 4rh'>\
    <style tts:textAlign='end'/></region></layout></head>\n<body timeContainer='seq' begin='1s'>\
    <div region='r'><p begin='00:00:01:12.1' dur='5s' style='s'>a &lt; é<br/><span begin='1s' \
    end='2000t'>b</span><![CDATA[x]]>&#65;</p></div><div><p end='1h'>c</p></div></body></tt>";

const WVTT: &[u8] = b"\0\0\0\x52vttc\0\0\0\x0cvsid\0\0\0\x07\0\0\0\x0aidenid\
    \0\0\0\x14ctim00:00:02.000\0\0\0\x0esttgline:0\0\0\0\x12payl<i>x</i>\xc3\xa9\0\0\0\x08vtte";

const TX3G: &[u8] = b"\0\x0d\xc3\xa9\xf0\x9f\x98\x80x y\nabc\0\0\0\x22styl\0\x02\
    \0\x00\0\x03\0\x01\x03\x10\0\0\0\0\0\x04\0\x09\0\x01\x04\x10\0\0\0\0";

const SCALE: Timescale = Timescale::MILLISECONDS;

/// Writes what was read in every form and reads it again.
fn check(parsed: &Parsed) {
    let document = &parsed.document;
    for cue in &document.cues {
        assert!(0 <= cue.start_ms && cue.start_ms < cue.end_ms, "{cue:?}");
    }
    assert!(document.cues.is_sorted_by_key(|cue| cue.start_ms));
    let again = parse(to_webvtt(document).as_bytes(), Some(Format::WebVtt)).unwrap();
    assert_eq!(&again.document, document);
    let timeline = Timeline::new(document);
    for (from, to) in [(0, 4_000), (4_000, 8_000), (1_000_000, 1_000_001)] {
        let segment = timeline.webvtt_segment(from, to).unwrap();
        parse(segment.as_bytes(), Some(Format::WebVtt)).unwrap();
        let fragment = timeline.wvtt_samples(from, to).unwrap();
        let mut rest = fragment.data.as_slice();
        let samples = fragment.samples.iter().map(|sample| {
            let (data, after) = rest.split_at(sample.size as usize);
            rest = after;
            (sample.start_ms, sample.duration_ms, data)
        });
        from_wvtt_samples(wvtt_config(document), SCALE, samples).unwrap();
    }
}

/// Reads `bytes` in every way there is.
fn read(bytes: &[u8]) {
    for format in [
        None,
        Some(Format::WebVtt),
        Some(Format::Srt),
        Some(Format::Ttml),
    ] {
        if let Ok(parsed) = parse(bytes, format) {
            check(&parsed);
        }
    }
    let samples = [
        (0, 1_000, bytes),
        (1_000, 1_000, bytes),
        (i64::MAX, u32::MAX, bytes),
    ];
    let config = String::from_utf8_lossy(bytes);
    let reads = [
        from_wvtt_samples(&config, SCALE, samples),
        from_tx3g_samples(SCALE, samples),
        from_ttml_samples(SCALE, samples),
    ];
    for parsed in reads.into_iter().flatten() {
        check(&parsed);
    }
}

const ALL: [&[u8]; 5] = [VTT.as_bytes(), SRT.as_bytes(), TTML.as_bytes(), WVTT, TX3G];

#[test]
fn every_example_is_read_by_its_reader() {
    assert_eq!(parse(ALL[0], None).unwrap().document.cues.len(), 2);
    assert_eq!(parse(ALL[1], None).unwrap().document.cues.len(), 3);
    assert_eq!(parse(ALL[2], None).unwrap().document.cues.len(), 4);
    let cues = from_wvtt_samples("WEBVTT", SCALE, [(0, 1, WVTT)])
        .unwrap()
        .document
        .cues;
    assert_eq!((cues.len(), cues[0].text.as_str()), (1, "<i>x</i>é"));
    let cues = from_tx3g_samples(SCALE, [(0, 1, TX3G)])
        .unwrap()
        .document
        .cues;
    assert_eq!(
        (cues.len(), cues[0].text.as_str()),
        (1, "<b><i>é😀x</i></b> <u>y\nabc</u>")
    );
}

#[test]
fn truncation_at_every_byte_is_survived() {
    for whole in ALL {
        for length in 0..whole.len() {
            read(&whole[..length]);
        }
    }
}

#[test]
fn any_byte_changed_is_survived() {
    for whole in ALL {
        for at in 0..whole.len() {
            for value in [0, 0xff, b'<', b'\n', b'9'] {
                let mut changed = whole.to_vec();
                changed[at] = value;
                read(&changed);
            }
        }
    }
}

#[test]
fn utf_16_is_read_as_utf_8_is() {
    for text in [VTT, SRT, TTML] {
        let text = text.trim_start_matches('\u{feff}');
        let utf16: Vec<u8> = "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(parse(&utf16, None), parse(text.as_bytes(), None));
    }
}

/// Documents of 2 MiB made to be slow. Each took minutes if time grew with the square of size.
#[test]
fn long_documents_take_time_in_proportion() {
    let many = |unit: &str| unit.repeat((2 << 20) / unit.len());
    let documents = [
        format!("WEBVTT\n\n{}", many("-->\n")),
        format!("WEBVTT\n\n{}", many("a\n")),
        format!("WEBVTT\n\n{}", many("00:00.000-->00:00.001\n\n")),
        format!("WEBVTT\n\n{}", many("\n")),
        format!("WEBVTT\n\nSTYLE\n{}", many("STYLE\n\n")),
        format!("00:00:00,0 --> 00:00:01,0\n{}", many("<")),
        format!("00:00:00,0 --> 00:00:01,0\n{}", many("{\\")),
        format!("00:00:00,0 --> 00:00:01,0\n{}", many("<b>x</b><i>")),
        format!("00:00:00,0 --> 00:00:01,0\n{}", many("1\n")),
        many("00:00:00,0 --> 00:00:01,0\nx\n"),
        many("00:00:01,0 --> 00:00:00,0\n"),
        format!("<tt {}/>", many("a='b' ")),
        format!("<tt {}", many("a ")),
        format!(
            "<tt><body><div><p end='1s'>{}</p></div></body></tt>",
            many("<span>x</span>")
        ),
        format!(
            "<tt><body><div>{}</div></body></tt>",
            many("<p end='1s'>x</p>")
        ),
        format!(
            "<tt><body><div>{}</div></body></tt>",
            many("<p begin='1s' end='0s'/>")
        ),
        format!(
            "<tt><head><styling>{}</styling></head></tt>",
            many("<style xml:id='a' style='a'/>")
        ),
        format!("<tt><body style='{}'/></tt>", many("a ")),
        format!("<tt><body><div><p>{}", many("&amp;")),
        many("<"),
        format!("<tt>{}", many("<!--x-->")),
        format!("<!DOCTYPE tt [{}", many("<!ENTITY a 'b'>")),
    ];
    for document in documents {
        let start = Instant::now();
        let _ = parse(document.as_bytes(), None);
        let head: String = document.chars().take(60).collect();
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{head}: {:?}",
            start.elapsed()
        );
    }
}

/// A caption every second for a day over one that lasts the whole day, cut into 2 s segments.
#[test]
fn long_timelines_are_cut_in_time_in_proportion() {
    let mut file = String::from("WEBVTT\n\n00:00.000 --> 24:00:00.000\nlong\n\n");
    for second in 0..86_400 {
        let (hours, minutes, seconds) = (second / 3_600, second / 60 % 60, second % 60);
        let time = format!("{hours:02}:{minutes:02}:{seconds:02}");
        file.push_str(&format!("{time}.000 --> {time}.900\nx\n\n"));
    }
    let start = Instant::now();
    let document = parse(file.as_bytes(), None).unwrap().document;
    let timeline = Timeline::new(&document);
    let mut samples = 0;
    for from in (0..86_400_000).step_by(2_000) {
        timeline.webvtt_segment(from, from + 2_000).unwrap();
        samples += timeline
            .wvtt_samples(from, from + 2_000)
            .unwrap()
            .samples
            .len();
    }
    assert_eq!(samples, 4 * 43_200);
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
    }

    #[test]
    fn random_pieces_of_documents_are_survived(
        pieces in proptest::collection::vec((0_usize..5, any::<u16>(), 1_usize..80), 1..12),
    ) {
        let mut bytes = Vec::new();
        for (whole, from, length) in pieces {
            let whole = ALL[whole];
            let from = usize::from(from) % whole.len();
            bytes.extend_from_slice(&whole[from..whole.len().min(from + length)]);
        }
        read(&bytes);
    }

    #[test]
    fn random_words_of_the_formats_are_survived(words in proptest::collection::vec(prop_oneof![
        Just("WEBVTT"), Just("\n"), Just("\n\n"), Just("\r"), Just("-->"), Just(" --> "),
        Just("00:00:01.000"), Just("00:00:02,000"), Just("00:03.000"), Just("1"), Just("STYLE"),
        Just("REGION"), Just("NOTE"), Just("<i>"), Just("</i>"), Just("<b>"), Just("{\\an8}"),
        Just("&"), Just("<"), Just(">"), Just("line:0"), Just("\0"), Just("é"), Just(" "),
        Just("--"), Just("X-TIMESTAMP-MAP="),
    ], 0..40)) {
        let text = words.concat();
        read(text.as_bytes());
        read(format!("WEBVTT\n\n{text}").as_bytes());
        read(format!("00:00:01,0 --> 00:00:02,0\n{text}").as_bytes());
    }
}
