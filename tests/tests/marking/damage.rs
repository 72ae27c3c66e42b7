//! Damaged films: an error or a result, never a panic, and not for long.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use tests::harness::{self, Need};
use tests::marking::film::{Film, POSITION, key};
use tests::media;
use wm::h264::{Framing, Settings, Stream, mark};
use wm::{Grid, Strength};

/// Longest that marking a picture of a few hundred macroblocks may take, damaged or not.
const LONGEST: Duration = Duration::from_secs(10);

/// Real streams of which bits are flipped here and there: CAVLC, CABAC, fields, MBAFF, 10 bit,
/// PCM, several slices.
const STREAMS: &[&str] = &[
    "chromeos/64x64-I-P.h264",
    "frext/FRExt4_Panasonic.avc",
    "frext/FREXT02_JVC_C.264",
    "frext/HCAFR1_HHI.264",
    "jcodec/cabac__i8x8__64x64_2.264",
    "jcodec/cavlc__mixed_2__64x64_2.264",
    "jvt-base/BASQP1_Sony_C.jsv",
    "jvt-base/CI1_FT_B.264",
];

/// Bits flipped in each of them.
const FLIPS: usize = 40;

/// x264 of 48 by 32 samples: High, CABAC, 4x4 and 8x8 transforms.
const HIGH: &[u8] =
    b"\x00\x00\x00\x01\x67\x64\x10\x0a\xac\xb9\xad\x80\x88\x00\x00\x03\x00\x08\x00\x00\x03\
      \x01\x90\x20\x00\x00\x00\x01\x68\xee\x14\xb2\x2c\x00\x00\x01\x65\x88\x84\x09\xff\xfe\
      \xa4\x17\x2a\xa9\x86\x35\xba\xa5\xb6\x39\x1d\x79\xa6\x3f\x51\x28\x5a\xe8\x9f\x29\xd9\
      \x5d\xde\x8e\x4b\x67\x05\x6d\xe9\xee\x9c\x70\x27\x7c\x39\xf9\x95\x0b\xcf\xdd\x1b\x59\
      \xb9\x25\xb9\xad\xbd\x56\x50\xba\x3a\x5c\x5a\xb1\x49\x95\x33\x4a\x3f\x72\xc5\xa5\x53\
      \x6c\xca\x35\x21\x1b\xce\x19\xc0\xcc\x2d\x2f\x53\xde\xb3\x53\x59\xbc\x24\xb8\xea\x71";

/// 32 by 32, CAVLC.
const BASELINE: &[u8] =
    b"\x00\x00\x00\x01\x67\x42\xc0\x0a\xdc\x96\xc0\x44\x00\x00\x03\x00\x04\x00\x00\x03\x00\
      \xc8\x3c\x48\x9e\x00\x00\x00\x01\x68\xce\x14\xb2\x00\x00\x01\x65\x88\x84\x09\xf1\x18\
      \x17\x58\x00\x08\x46\x56\x02\xc0\x00\x40\xfe\x0b\x00\x01\x04\x7f\xf8\xff\xc1\x61\x81\
      \xa4\x4c\xa7\x8a\x90\x4a\x31\x45\x5f\x00\xf4\x85\x6c\x3c\xb9\x7f\xf8\x64\x4d\x57\xd4\
      \x69\x40\xac\xd8\x9c\x06\x94\x0d\x78";

/// 32 by 64, an MBAFF frame.
const MBAFF: &[u8] =
    b"\x00\x00\x00\x01\x67\x64\x10\x15\xac\xf2\x4d\x80\x88\x00\x00\x03\x00\x08\x00\x00\x03\
      \x01\x90\xa0\x00\x00\x00\x01\x68\xfe\x0d\x2c\x8b\x00\x00\x01\x65\x88\x82\x2c\x09\xff\
      \xf6\x80\x16\x46\x00\x51\xb6\xe2\xc0\xb4\x15\xf6\xf3\xc5\x08\xa7\xdc\x08\xf3\xed\xdf\
      \xcb\x4b\xc3\x1d\x16\x6a\xe3\x06\x9c\xf2\x2a\x72\x1b\xb2\x71\x99\x63\x0b\x4e\xd3\x4f\
      \x9b\x5f\xab\x4f\x5c\xcc\x4c\xe9\x08\xa8\xe4\x14\x62\x8d\xc8\x55\x81\xcd\x56\x51\xd3\
      \xe0\x89\x7a\xa8\xbd\x5c\xa7\x84\xbd\xaf\x0e\x41";

/// 32 by 32, High 10, scaling lists of the JVT, two slices.
const HIGH_10: &[u8] =
    b"\x00\x00\x00\x01\x67\x6e\x10\x0a\xa6\xcb\x92\xd8\x08\x80\x00\x00\x03\x00\x80\x00\x00\
      \x19\x02\x00\x00\x00\x01\x68\xee\x07\x4b\x30\x02\xc0\x00\x00\x01\x65\x88\x84\x09\xff\
      \xfe\x02\x29\x63\xa4\xc2\x56\x05\x2c\x78\x62\xca\xb6\xcf\x54\xeb\x42\x93\xed\xc0\xc7\
      \x8b\x01\x99\x02\xbc\x2d\x00\x00\x01\x65\x62\x21\x02\xbf\xfe\x1f\xe3\xc4\x98\xb4\xe6\
      \x42\x90\xd6\x45\xdd\xdf\x47\xe2\xf9\xf9";

/// 32 by 64, both fields of a frame: two pictures of x264 with the slice headers of fields.
const FIELDS: &[u8] =
    b"\x00\x00\x01\x67\x4d\x00\x1e\xdc\x91\x20\x00\x00\x01\x68\xce\x04\x4b\x20\x00\x00\x01\
      \x65\x88\x85\x02\xfc\x46\x17\x00\x01\x03\x15\x1c\x00\x04\x03\x63\x80\x00\x86\x77\xfc\
      \x7f\xe0\xb0\x28\x07\x41\x19\x91\x60\x07\xc2\xb5\x85\x69\xc1\x32\x75\x8f\x04\xc8\xe5\
      \x8e\x22\x15\x3e\xda\x72\x4d\xd1\xbc\x00\x00\x01\x67\x4d\x00\x1e\xdc\x91\x20\x00\x00\
      \x01\x68\xce\x04\x4b\x20\x00\x00\x01\x61\x88\x86\x1d\xfc\x75\x1f\xf8\x2b\x8b\x42\x9a\
      \xc0\xcc\x0c\x0c\x30\x00\x08\x01\x36\x5d\xc5\x58\x87\x7e\x1f\x01\xc7\x08\x42\xbe\x26\
      \x47\x19\xcf\xe3\x18\x28\x4f\x15\x7c\x37\x19\x6b\x34\x2a\x28\x1d\xe7\x55\xb6";

/// Trials.
pub(crate) fn tests() -> Vec<Trial> {
    let mut trials = Vec::new();
    let small = [
        ("high", HIGH),
        ("baseline", BASELINE),
        ("mbaff", MBAFF),
        ("high_10", HIGH_10),
        ("fields", FIELDS),
    ];
    for (name, stream) in small {
        trials.push(harness::test(format!("whole::{name}"), &[], || {
            whole(stream)
        }));
        trials.push(harness::test(
            format!("cut_at_every_byte::{name}"),
            &[],
            || {
                cut_at_every_byte(stream);
            },
        ));
        trials.push(harness::test(
            format!("every_bit_flipped::{name}"),
            &[],
            || {
                every_bit_flipped(stream);
            },
        ));
    }
    for name in STREAMS {
        trials.push(harness::test(
            format!("bits_flipped::{name}"),
            &[Need::Media],
            || {
                bits_flipped(name);
            },
        ));
    }
    trials
}

/// Marks whatever this is as one segment; whether it was marked.
fn try_to_mark(film: &Film) -> bool {
    let begun = Instant::now();
    // Bits cost next to nothing, cells are as large as blocks, and every block is to change.
    let settings = Settings {
        amplitude: 8.0,
        multiplier: Some(0.1),
        grid: Some(Grid {
            columns: 6,
            rows: 6,
        }),
        ..Settings::new(Strength::Strong)
    };
    let mut stream = Stream::new(film.framing);
    for set in &film.sets {
        if stream.insert_parameter_set(set).is_err() {
            return false;
        }
    }
    let samples: Vec<&[u8]> = film.samples.iter().map(Vec::as_slice).collect();
    let result = mark(&stream, &settings, &key(), POSITION, &samples);
    let took = begun.elapsed();
    assert!(took < LONGEST, "{took:?}");
    match result {
        Ok(marked) => {
            assert_eq!(marked.samples.len(), samples.len());
            for twins in marked.samples.iter().flatten() {
                assert_eq!(twins.zero.len(), twins.one.len());
            }
            marked.tally.marked > 0
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

fn of_bytes(bytes: &[u8]) -> Film {
    Film {
        framing: Framing::AnnexB,
        sets: Vec::new(),
        samples: vec![bytes.to_vec()],
    }
}

/// What the damage is done to can be marked, else nothing would be tried.
fn whole(stream: &[u8]) {
    assert!(try_to_mark(&of_bytes(stream)));
}

fn cut_at_every_byte(stream: &[u8]) {
    for end in 0..stream.len() {
        try_to_mark(&of_bytes(&stream[..end]));
    }
}

fn every_bit_flipped(stream: &[u8]) {
    let mut bytes = stream.to_vec();
    let mut marked = 0;
    for bit in 0..8 * stream.len() {
        bytes[bit / 8] ^= 1 << (bit % 8);
        marked += usize::from(try_to_mark(&of_bytes(&bytes)));
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    // Damage that reads as other video is marked like it.
    assert!(marked > 0 && marked < 8 * stream.len(), "{marked}");
}

fn bits_flipped(name: &str) {
    let path = media::shared().join("h264-conf").join(name);
    let film = Film::read(&path)
        .expect("a stream")
        .expect("H.264")
        .cut(2, usize::MAX);
    let bits: usize = film.samples.iter().map(|sample| 8 * sample.len()).sum();
    for flip in 0..FLIPS {
        // Everywhere, and never at the same bit of a byte for long.
        let mut bit = bits / FLIPS * flip + 7 * flip % 8;
        let mut damaged = film.clone();
        for sample in &mut damaged.samples {
            if let Some(byte) = sample.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
                break;
            }
            bit -= 8 * sample.len();
        }
        try_to_mark(&damaged);
    }
}
