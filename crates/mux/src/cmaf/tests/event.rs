//! Events and clock references.

use isobmff::BoxBody;
use isobmff::boxes::{Emsg, EmsgTime, Prft};

use super::*;
use crate::cmaf::{absolute_event, clock_reference};

fn event(time: EmsgTime, timescale: u32) -> Vec<u8> {
    let emsg = Emsg {
        time,
        scheme_id_uri: b"urn:scte:scte35:2013:bin",
        value: b"1",
        timescale,
        event_duration: 90_000,
        id: 5,
        message_data: &[0xfc, 0x30],
    };
    emsg.to_bytes().unwrap()
}

fn time_of(bytes: &[u8]) -> EmsgTime {
    let emsg: Emsg<'_> = read(bytes, "emsg");
    assert_eq!(emsg.scheme_id_uri, b"urn:scte:scte35:2013:bin");
    assert_eq!(
        (emsg.value, emsg.id, emsg.event_duration),
        (&b"1"[..], 5, 90_000)
    );
    assert_eq!(emsg.message_data, [0xfc, 0x30]);
    emsg.time
}

#[test]
fn an_event_relative_to_its_segment_becomes_absolute() {
    let bytes = event(EmsgTime::Delta(45_000), 90_000);
    let start = timescale(12_800).time(25_600);
    let converted = absolute_event(&bytes, start, timescale(1).time(0)).unwrap();
    assert_eq!(time_of(&converted), EmsgTime::Absolute(180_000 + 45_000));
}

#[test]
fn an_absolute_event_moves_with_the_media() {
    let bytes = event(EmsgTime::Absolute(100_000), 90_000);
    let start = timescale(1).time(1000);
    let moved = absolute_event(&bytes, start, timescale(1_000).time(500)).unwrap();
    assert_eq!(time_of(&moved), EmsgTime::Absolute(100_000 - 45_000));
    let early = absolute_event(&bytes, start, timescale(1).time(2)).unwrap();
    assert_eq!(
        time_of(&early),
        EmsgTime::Absolute(0),
        "nothing is before the start"
    );
}

#[test]
fn an_event_without_a_timescale_is_kept_as_it_is() {
    let bytes = event(EmsgTime::Delta(1), 0);
    let kept = absolute_event(&bytes, timescale(1).time(9), timescale(1).time(9)).unwrap();
    assert_eq!(kept, bytes);
}

#[test]
fn a_clock_reference_is_for_track_1_and_moves_with_the_decoding_times() {
    let prft = Prft {
        version: 0,
        flags: 24,
        reference_track_id: 2,
        ntp_timestamp: 0xeead_a7c5_e24d_d2f0,
        media_time: 1024,
    };
    let bytes = prft.to_bytes().unwrap();
    for (shift, media_time) in [(0, 1024), (512, 1536), (-1024, 0), (-2000, 0)] {
        let moved = clock_reference(&bytes, shift).unwrap();
        let expected = Prft {
            version: 1,
            reference_track_id: 1,
            media_time,
            ..prft
        };
        assert_eq!(read::<Prft>(&moved, "prft"), expected);
    }
}

#[test]
fn damaged_boxes_are_errors() {
    let zero = timescale(1).time(0);
    let bytes = event(EmsgTime::Delta(1), 1);
    for cut in 0..bytes.len() {
        assert!(
            absolute_event(&bytes[..cut], zero, zero).is_err(),
            "cut at {cut}"
        );
    }
    assert!(
        clock_reference(&bytes, 0).is_err(),
        "an event is no clock reference"
    );
}
