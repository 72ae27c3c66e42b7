//! Events of a source with one fragment per second, cut anew.

use demux::edits::Timeline;
use demux::{EntryRun, Facts, VideoFacts};
use isobmff::FourCc;
use isobmff::boxes::EmsgTime;
use media::{Codec, Language, Sample, SampleFlags, Time, Timescale};

use super::*;

/// Ten pictures per second, each a sync sample presented a tenth of a second after it is decoded.
fn track() -> Track {
    let sample = |dts: i64| Sample {
        offset: 0,
        dts,
        size: 1,
        duration: 1,
        composition_offset: 1,
        flags: SampleFlags::SYNC,
    };
    Track {
        id: 3,
        codec: Codec::Avc,
        codec_string: "avc1.64001F".into(),
        facts: Facts::Video(VideoFacts {
            width: 16,
            height: 16,
            sample_aspect_ratio: (1, 1),
            colour: None,
            bit_depth: None,
            coded_frame_rate: None,
            interlaced: false,
            nal_length_size: 4,
            dolby_vision: None,
            rotation: 0,
        }),
        entries: Vec::new(),
        entry_runs: vec![EntryRun {
            first_sample: 0,
            entry: 0,
        }],
        timescale: Timescale::new(10).unwrap(),
        language: Language::undetermined(),
        name: String::new(),
        enabled: true,
        matrix: [0; 9],
        display_size: [0; 2],
        roles: Vec::new(),
        samples: (0..60).map(sample).collect(),
        timeline: Timeline {
            offset: -1,
            ..Timeline::WHOLE
        },
    }
}

fn event<'a>(kind: &[u8; 4], body: &impl BoxBody<'a>, first: usize) -> Event {
    Event {
        kind: FourCc::new(kind),
        bytes: body.to_bytes().unwrap(),
        before: [(3, first)].into_iter().collect(),
    }
}

fn emsg(time: EmsgTime, id: u32) -> Emsg<'static> {
    Emsg {
        time,
        scheme_id_uri: b"urn:scte:scte35:2013:bin",
        value: b"",
        timescale: 1000,
        event_duration: 1,
        id,
        message_data: b"message",
    }
}

fn planned(events: &[Event], seconds: i64, earlier: Time) -> Events {
    let track = track();
    let edges: Vec<Time> = (1..60 / (10 * seconds))
        .map(|index| track.timescale.time(index * 10 * seconds))
        .collect();
    let segments = media::cut::cut_at_sync(&track.to_cut(), &edges);
    assert_eq!(segments.len() as i64, 6 / seconds);
    Events::of_segments(events, &track, &Mapping::new(&track), &segments, earlier).unwrap()
}

/// Segment, `id` and time of every event.
fn found(events: &Events) -> Vec<(usize, u32, u64)> {
    let mut out = Vec::new();
    for (index, bytes) in &events.boxes {
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let size = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            let raw = RawBox::parse(&rest[..size], 0, &Place::FILE).unwrap();
            if let Ok(emsg) = Emsg::parse(&raw, &Place::FILE) {
                let EmsgTime::Absolute(time) = emsg.time else {
                    panic!("a relative time is left");
                };
                out.push((*index, emsg.id, time));
            }
            rest = &rest[size..];
        }
    }
    out
}

#[test]
fn events_keep_their_times_however_the_source_is_cut() {
    let zero = Timescale::MILLISECONDS.time(0);
    let events = [
        event(b"emsg", &emsg(EmsgTime::Delta(250), 1), 20),
        event(b"emsg", &emsg(EmsgTime::Absolute(3_750), 2), 30),
    ];
    let both = |seconds| found(&planned(&events, seconds, zero));
    assert_eq!(both(1), [(2, 1, 2_250), (3, 2, 3_750)]);
    assert_eq!(both(2), [(1, 1, 2_250), (1, 2, 3_750)]);
    assert_eq!(both(3), [(0, 1, 2_250), (1, 2, 3_750)]);
}

#[test]
fn times_on_the_movies_timeline_move_with_the_presentation() {
    let earlier = Timescale::MILLISECONDS.time(700);
    let events = [event(b"emsg", &emsg(EmsgTime::Absolute(3_750), 2), 30)];
    assert_eq!(found(&planned(&events, 1, earlier)), [(3, 2, 3_050)]);
}

#[test]
fn every_scheme_and_value_is_announced_once() {
    let zero = Timescale::MILLISECONDS.time(0);
    let plain = emsg(EmsgTime::Absolute(0), 1);
    let valued = Emsg {
        value: b"1",
        ..plain.clone()
    };
    let unspeakable = Emsg {
        scheme_id_uri: b"urn:\x01",
        ..plain.clone()
    };
    let nameless = Emsg {
        scheme_id_uri: b"",
        ..plain.clone()
    };
    let all = [&plain, &valued, &plain, &unspeakable, &nameless, &valued];
    let events: Vec<Event> = (0..)
        .zip(all)
        .map(|(at, body)| event(b"emsg", body, 10 * at))
        .collect();
    let planned = planned(&events, 1, zero);
    let scheme = "urn:scte:scte35:2013:bin";
    let expected = [
        Descriptor {
            scheme: scheme.into(),
            value: None,
        },
        Descriptor::new(scheme, "1"),
    ];
    assert_eq!(planned.schemes(), expected);
    assert_eq!(found(&planned).len(), 6, "carried all the same");
}

#[test]
fn a_clock_reference_inside_a_segment_is_left_out() {
    let zero = Timescale::MILLISECONDS.time(0);
    let prft = Prft {
        version: 1,
        flags: 24,
        reference_track_id: 3,
        ntp_timestamp: 1,
        media_time: 0,
    };
    let events: Vec<Event> = (0..6).map(|at| event(b"prft", &prft, 10 * at)).collect();
    let lengths = |seconds| -> Vec<usize> {
        let planned = planned(&events, seconds, zero);
        (0..6).map(|index| planned.before(index).len()).collect()
    };
    assert_eq!(lengths(1), [32; 6]);
    assert_eq!(lengths(2), [32, 32, 32, 0, 0, 0]);
}
