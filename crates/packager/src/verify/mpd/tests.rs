//! MPDs as text, read back.

use std::fs;

use super::*;
use crate::verify::finding::Finding;

const PERIOD: &str = r#"<Period><AdaptationSet codecs="avc1.64001f">
  <SegmentTemplate timescale="1000" startNumber="5" presentationTimeOffset="100"
    initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/seg_$Number%03d$.m4s">
    <SegmentTimeline><S t="100" d="2000" r="1"/><S d="500"/></SegmentTimeline>
  </SegmentTemplate>
  <Representation id="a" bandwidth="1000"/>
  <Representation id="b" bandwidth="2000"><BaseURL>b b/</BaseURL></Representation>
</AdaptationSet></Period>"#;

fn mpd(body: &str) -> (Option<Mpd>, Vec<Finding>) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("cmaf")).unwrap();
    let text = format!(
        "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" mediaPresentationDuration=\"PT4.5S\" \
         minBufferTime=\"PT2S\">{body}</MPD>"
    );
    fs::write(folder.path().join("cmaf/stream.mpd"), text).unwrap();
    let files = Files::list(folder.path()).unwrap();
    let mut findings = Findings::new("manifests");
    let mpd = read(&files, "cmaf/stream.mpd", &mut findings);
    (mpd, findings.into_list())
}

#[test]
fn templates_are_inherited_and_expanded() {
    let (mpd, findings) = mpd(PERIOD);
    let mpd = mpd.unwrap();
    assert_eq!(findings, []);
    assert_eq!(mpd.duration, Some(Timescale::MILLISECONDS.time(4500)));
    let [a, b] = &mpd.announced[..] else {
        panic!("two Representations")
    };
    assert_eq!(a.group, b.group);
    assert_eq!(
        (a.bandwidth, a.codecs[0].as_str()),
        (Some(1000), "avc1.64001f")
    );
    assert_eq!(a.init, Some(Location::whole("cmaf/a/init.mp4".into())));
    assert_eq!(a.origin, Some(Timescale::MILLISECONDS.time(100)));
    let segments = a.segments.iter().map(|segment| {
        (
            segment.location.path.as_str(),
            segment.start.unwrap().ticks,
            segment.duration.ticks,
        )
    });
    let expected = [
        ("cmaf/a/seg_005.m4s", 100, 2000),
        ("cmaf/a/seg_006.m4s", 2100, 2000),
        ("cmaf/a/seg_007.m4s", 4100, 500),
    ];
    assert_eq!(segments.collect::<Vec<_>>(), expected);
    assert_eq!(b.segments[0].location.path, "cmaf/b b/b/seg_005.m4s");
}

#[test]
fn times_stand_in_names_where_asked() {
    let (mpd, _) = mpd(&PERIOD.replace("$Number%03d$", "$Time$$$"));
    let paths: Vec<String> = mpd.unwrap().announced[0]
        .segments
        .iter()
        .map(|s| s.location.path.clone())
        .collect();
    assert_eq!(paths[1], "cmaf/a/seg_2100$.m4s");
}

#[test]
fn a_gap_names_the_element_and_where_it_should_be() {
    let (_, findings) = mpd(&PERIOD.replace("<S d=\"500\"/>", "<S t=\"4101\" d=\"500\"/>"));
    let line = "cmaf/stream.mpd: Representation a: SegmentTimeline S[1]@t: is 4101, expected 4100, \
                where the last ended";
    assert_eq!(findings[0].to_string(), line);
}

#[test]
fn absurd_counts_and_wrong_numbers_are_findings() {
    for (from, to) in [
        ("r=\"1\"", "r=\"4294967295\""),
        ("r=\"1\"", "r=\"-1\""),
        ("d=\"500\"", "d=\"0\""),
        ("timescale=\"1000\"", "timescale=\"0\""),
        ("<SegmentTimeline>", "<Timeline>"),
        ("bandwidth=\"1000\"", ""),
        ("$RepresentationID$/init.mp4", "../../../init.mp4"),
    ] {
        let mut body = PERIOD.replace(from, to);
        if to == "<Timeline>" {
            body = body.replace("</SegmentTimeline>", "</Timeline>");
        }
        let (_, findings) = mpd(&body);
        assert!(!findings.is_empty(), "{to}");
    }
}

#[test]
fn an_mpd_cut_anywhere_is_a_finding() {
    for end in 1..PERIOD.len() {
        if PERIOD.is_char_boundary(end) {
            assert!(!mpd(&PERIOD[..end]).1.is_empty(), "cut at byte {end}");
        }
    }
}

#[test]
fn durations_are_read_in_all_their_units() {
    let parse = |text| parse_duration(text).map(|time| time.rescale(Timescale::MILLISECONDS));
    assert_eq!(parse("PT1H2M3.5S"), Some(3_723_500));
    assert_eq!(parse("P1DT1S"), Some(86_401_000));
    assert_eq!(parse("PT0S"), Some(0));
    for text in ["", "1S", "PT1", "PT1X", "PT-1S", "P1Y", "PT1S2M"] {
        assert_eq!(parse(text), None, "{text}");
    }
}
