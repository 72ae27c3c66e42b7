//! Marking a segment: parameter sets and samples of a byte stream, and the same with lengths.
//!
//! The first byte says how, the rest is a byte stream that is cut before every delimiter.

#![no_main]

use bitstream::nal::{AnnexB, LengthSize};
use libfuzzer_sys::fuzz_target;
use wm::h264::{Framing, MarkedSegment, Settings, Stream, mark};
use wm::{MasterKey, Strength};

fuzz_target!(|data: &[u8]| {
    let Some((how, stream)) = data.split_first() else { return };
    let strength = [Strength::None, Strength::Light, Strength::Normal, Strength::Strong][usize::from(how & 3)];
    let settings = Settings {
        // Bits that cost next to nothing change much.
        multiplier: (how & 4 != 0).then_some(1.0),
        ..Settings::new(strength)
    };
    let key = MasterKey::from_bytes([7; 32]).content("fuzz");
    let position = u32::from(how >> 4);

    let units: Vec<&[u8]> = AnnexB::new(stream).map(|unit| unit.bytes).collect();
    // Frames far beyond what the bytes can hold only take time.
    let large = |unit: &&[u8]| match bitstream::h264::Sps::parse(unit) {
        Ok(sps) => sps.pic_width_in_mbs().saturating_mul(sps.frame_height_in_mbs()) > 400,
        Err(_) => false,
    };
    if units.iter().any(large) {
        return;
    }
    let samples: Vec<&[&[u8]]> = units.split(|unit| unit.first().is_some_and(|byte| byte & 31 == 9)).collect();

    let framed = |framing: Framing| -> Vec<Vec<u8>> {
        let frame = |units: &&[&[u8]]| {
            let mut out = Vec::new();
            for unit in *units {
                match framing {
                    Framing::AnnexB => out.extend_from_slice(&[0, 0, 1]),
                    Framing::LengthPrefixed(size) => {
                        let length = (unit.len() as u32).to_be_bytes();
                        out.extend_from_slice(&length[4 - size.bytes()..]);
                    }
                }
                out.extend_from_slice(unit);
            }
            out
        };
        samples.iter().map(frame).collect()
    };
    let run = |framing: Framing| -> Result<MarkedSegment, String> {
        let samples = framed(framing);
        let samples: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
        let marked = mark(&Stream::new(framing), &settings, &key, position, &samples);
        let marked = marked.map_err(|error| error.to_string())?;
        assert_eq!(marked.samples.len(), samples.len());
        for twins in marked.samples.iter().flatten() {
            assert_eq!(twins.zero.len(), twins.one.len());
        }
        if strength == Strength::None {
            assert!(marked.samples.iter().all(Option::is_none));
        }
        Ok(marked)
    };
    let lengths = if how & 8 == 0 { LengthSize::Four } else { LengthSize::Two };
    let (one, other) = (run(Framing::AnnexB), run(Framing::LengthPrefixed(lengths)));
    // Framing changes nothing in the pictures.
    if let (Ok(one), Ok(other)) = (&one, &other) {
        assert_eq!(one.tally.slices, other.tally.slices);
        assert_eq!(one.tally.levels, other.tally.levels);
    }
    // What was marked can be marked again.
    if let Ok(marked) = one {
        let again: Vec<Vec<u8>> = marked.samples.into_iter().flatten().map(|twins| twins.zero).collect();
        let again: Vec<&[u8]> = again.iter().map(Vec::as_slice).collect();
        let mut known = Stream::new(Framing::AnnexB);
        for unit in units.iter().filter(|unit| unit.first().is_some_and(|byte| matches!(byte & 31, 7 | 8))) {
            let _ = known.insert_parameter_set(unit);
        }
        let _ = mark(&known, &settings, &key, position, &again);
    }
});
