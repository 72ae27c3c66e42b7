//! Samples from encoders, every tile cut down to one byte, and samples written bit by bit.

use std::ops::Range;

use super::*;

/// A frame's header: bits, width and height as coded, tiles.
type Facts = (u64, u32, u32, u16);

struct Stream {
    name: &'static str,
    samples: &'static [&'static str],
    frames: &'static [Facts],
}

/// Of aomenc 3.6.0 and, for layers, libaom with its scalable controls. Facts are those of ffmpeg's
/// `trace_headers`.
const STREAMS: &[Stream] = &[
    Stream {
        name: "super-resolution, two tiles, frames that are not shown",
        samples: &[
            "0a0b0000000cc4ff6776bec010321310028c2c0000009820820000000a0000008080",
            "3216281de04000006bd85bc0000128410015000000008080321b280ee0800000f1d862001042141504105700\
             159668000000008080321a280781000040c1d8650000015041056001596780000000008080321a280382000068c1d86680\
             000150165d704105778000000000808032183003c800211993b2d000a28822290aebaef0000000008080",
            "32183004101421191d968003cf41514dd7040780000000008080",
            "1a01c8",
        ],
        frames: &[
            (112, 465, 360, 2),
            (136, 366, 360, 2),
            (173, 341, 360, 2),
            (161, 569, 360, 2),
            (161, 569, 360, 2),
            (148, 512, 360, 2),
            (145, 640, 360, 2),
        ],
    },
    Stream {
        name: "a size for each frame, or that of a reference",
        samples: &[
            "0a0b0000000cc4ff6736be401032121201aa77c09fc059d1900000128410014080",
            "321a288de0400000005517f027f0167f47300c308404a15d75d40080321d2886e0800000807420b027f01677\
             48a00c314505415d704105659e0080321a28838100004080625bb027f0167749501c714645375c15de008032113103c400\
             00d1ba5000aaaa4428baef0080",
            "32123104081000d102e940034d1f10a2ebbc0080",
        ],
        frames: &[
            (131, 427, 240, 1),
            (198, 341, 192, 1),
            (223, 465, 262, 1),
            (199, 394, 222, 1),
            (128, 427, 240, 1),
            (134, 341, 192, 1),
        ],
    },
    Stream {
        name: "tile groups of their own",
        samples: &[
            "0a0b0000000cc4ff6736be40101a0e1000d3b08000026080000082002a2207880000000080802207d8000000008080",
            "1a14281de04000003da76f000004c10400010015d4022207880000000080802207d8000000008080",
        ],
        frames: &[],
    },
    Stream {
        name: "a decoder model",
        samples: &[
            "0a1e040000000400000029780000000a530000035f915f90bc3cfeccdaf900403209100100400508008080",
            "32142907f80204000003d1c0020820c12dd70415008032152903f80408000008348800c30c405375c1014000\
             8032152901c80610000409d250030c30c14dd7040780008032143004807c0410000344e94001042080a02bbc0080",
            "32143008808405204003441a500041082028080f0080",
            "1a02b00a",
        ],
        frames: &[
            (58, 320, 180, 1),
            (152, 320, 180, 1),
            (154, 320, 180, 1),
            (153, 320, 180, 1),
            (150, 320, 180, 1),
            (152, 320, 180, 1),
        ],
    },
    Stream {
        name: "three spatial layers of two tiles in groups of their own",
        samples: &[
            "0a0f00270101808040410f3fb336be40101a1112009e5b013f00b36ca000820821000250220280802202e080\
             1e08183103c0849049009f59809f805986c7b005555550b11228042608028080260802e0801e10113005c109229206c7b0\
             05555550b11228042610028080261002e080",
            "1a1131060040000086dd700aaaaaa28244a010220280802202e0801e0811310800849049bb1e8012cb2ca2c4\
             48a0102608028080260802e0801e1011300a010922923b1e8012cb2ca2c448a0102610028080261002e080",
        ],
        frames: &[
            (131, 80, 46, 2),
            (189, 160, 90, 2),
            (133, 320, 180, 2),
            (131, 80, 46, 2),
            (131, 160, 90, 2),
            (131, 320, 180, 2),
        ],
    },
];

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .bytes()
        .map(|digit| (digit as char).to_digit(16).unwrap() as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// The bytes that begin with these bits; the last is filled up with zeros.
fn bits(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|digit| *digit != b' ')
        .map(|digit| digit - b'0')
        .collect();
    let byte = |eight: &[u8]| {
        let value = eight.iter().fold(0, |value, bit| value << 1 | bit);
        value << (8 - eight.len())
    };
    digits.chunks(8).map(byte).collect()
}

fn obu(kind: ObuType, payload: &[u8]) -> Vec<u8> {
    let header = [kind.0 << 3 | 2, payload.len() as u8];
    [&header[..], payload].concat()
}

/// A frame of one tile of one byte.
fn frame(header: &str) -> Vec<u8> {
    obu(ObuType::FRAME, &[bits(header), vec![0x80]].concat())
}

/// 64x64, no colour, order hints of 4 bits, no tools.
fn sequence() -> Vec<u8> {
    let header = "000 0 0 0 0 00000 000000000000 00000 0101 0101 111111 111111 0 \
                  0 0 0 0 0 0 0 1 0 0 0 0 011 0 0 0 0 1 0 0 0 1";
    obu(ObuType::SEQUENCE_HEADER, &bits(header))
}

/// From `disable_frame_end_update_cdf` to `tx_mode_select`: one tile, `base_q_idx` 8.
const MIDDLE: &str = "0 1 00001000 0 0 0 0 000000 000000 000 0 0";

fn key_frame(order_hint: &str) -> Vec<u8> {
    frame(&format!("0 00 1 0 0 {order_hint} 0 {MIDDLE} 0"))
}

/// An inter frame; `references` from `frame_refs_short_signaling` on, `end` from
/// `reference_select` to `reduced_tx_set`.
fn inter_frame(order_hint: &str, refresh: &str, references: &str, end: &str) -> Vec<u8> {
    frame(&format!(
        "0 01 1 0 0 0 {order_hint} 111 {refresh} {references} 0 0 1 0 {MIDDLE} {end} 0000000"
    ))
}

fn tiles(units: &mut TemporalUnits, sample: &[u8]) -> Result<Vec<Range<usize>>, ObuError> {
    let mut tiles = Vec::new();
    units.tiles(sample, &mut tiles).map(|()| tiles)
}

fn refused(units: &mut TemporalUnits, sample: &[u8]) -> String {
    tiles(units, sample).unwrap_err().to_string()
}

#[test]
fn headers_of_encoders_are_as_long_and_say_the_same_as_others_find() {
    for Stream {
        name,
        samples,
        frames,
    } in STREAMS
    {
        let mut units = TemporalUnits::default();
        let mut found = Vec::new();
        let mut tiles = Vec::new();
        for sample in *samples {
            let sample = unhex(sample);
            let before: u16 = found.iter().map(|(_, _, _, tiles)| tiles).sum();
            let done = units.headers(&sample, &mut tiles, |header| {
                if let UncompressedHeader::Frame(header) = header {
                    let size = header.size;
                    let count = header.tile_info.count();
                    found.push((header.bits, size.frame_width, size.frame_height, count));
                }
            });
            done.unwrap_or_else(|error| panic!("{name}: {error}"));
            let after: u16 = found.iter().map(|(_, _, _, tiles)| tiles).sum();
            assert_eq!(tiles.len(), usize::from(after - before), "{name}");
            for tile in &tiles {
                assert_eq!(sample[tile.clone()], [0x80], "{name}");
            }
        }
        if !frames.is_empty() {
            assert_eq!(found, *frames, "{name}");
        }
    }
}

#[test]
fn tiles_of_tile_groups_are_between_their_sizes() {
    let samples = STREAMS[2].samples;
    let mut units = TemporalUnits::default();
    // Two groups of two tiles; four bytes say how long the first is.
    let found = tiles(&mut units, &unhex(samples[0])).unwrap();
    assert_eq!(found, [36..37, 37..38, 45..46, 46..47]);
    assert_eq!(unhex(samples[0])[38..41], [0x22, 0x07, 0xd8]);
}

#[test]
fn truncated_samples_are_errors_or_end_between_frames() {
    for Stream { name, samples, .. } in STREAMS {
        let mut units = TemporalUnits::default();
        for sample in *samples {
            let sample = unhex(sample);
            let ends: Vec<usize> = Obus::new(&sample).map(|obu| obu.unwrap().offset).collect();
            for length in 0..sample.len() {
                let result = tiles(&mut units.clone(), &sample[..length]);
                assert!(
                    result.is_err() || ends.contains(&length),
                    "{name}: {length}"
                );
            }
            tiles(&mut units, &sample).unwrap();
        }
    }
}

#[test]
fn frames_whose_references_are_unknown_are_refused() {
    // As for a segment that begins in the wrong place. Reading the first frame takes no other; the
    // order hints of the second's references are needed.
    let [first, second, ..] = STREAMS[1].samples else {
        panic!()
    };
    let mut units = TemporalUnits::new(&unhex(&first[..26])).unwrap();
    let text = refused(&mut units, &unhex(second));
    assert_eq!(
        text,
        "open_bitstream_unit at byte 28: uncompressed_header at bit 213: ref_frame_idx: is 0, \
         no such reference frame"
    );
    let mut without = TemporalUnits::default();
    let text = refused(&mut without, &unhex(second));
    assert_eq!(
        text,
        "open_bitstream_unit at byte 0: no sequence header precedes"
    );
}

#[test]
fn an_error_forgets_the_references_until_the_next_key_frame() {
    let short = inter_frame("0001", "00000001", "1 000 000", "0 0");
    let mut units = TemporalUnits::new(&sequence()).unwrap();
    assert_eq!(tiles(&mut units, &key_frame("0000")), Ok(vec_of(8..9)));
    assert!(tiles(&mut units, &short).is_ok());
    assert!(tiles(&mut units, &[0x32, 1]).is_err());
    let text = refused(&mut units, &short);
    assert!(text.ends_with("is 0, no such reference frame"), "{text}");
    tiles(&mut units, &key_frame("0000")).unwrap();
    assert!(tiles(&mut units, &short).is_ok());
}

fn vec_of(range: Range<usize>) -> Vec<Range<usize>> {
    std::iter::once(range).collect()
}

#[test]
fn skip_mode_is_asked_for_where_there_are_two_frames_to_take_it_from() {
    let mut units = TemporalUnits::new(&sequence()).unwrap();
    tiles(&mut units, &key_frame("0001")).unwrap();
    // One frame before: reference_select, no skip_mode_present.
    let one = inter_frame("0011", "00000001", "1 000 000", "1 0");
    tiles(&mut units, &one).unwrap();
    // Hints 3 and 1 lie before 5: reference_select, skip_mode_present.
    let two = inter_frame("0101", "00000000", "1 000 001", "1 1 0");
    tiles(&mut units, &two).unwrap();
    // Hint 3 lies behind 2.
    let between = inter_frame("0010", "00000000", "1 001 001", "1 1 0");
    tiles(&mut units, &between).unwrap();
}

#[test]
fn last_and_gold_frames_lie_before_the_frame() {
    let mut units = TemporalUnits::new(&sequence()).unwrap();
    tiles(&mut units, &key_frame("0100")).unwrap();
    let text = refused(
        &mut units,
        &inter_frame("0100", "00000001", "1 000 000", "0 0"),
    );
    assert!(text.contains("last_frame_idx: is 0, expected"), "{text}");
}

#[test]
fn a_key_frame_that_is_shown_later_replaces_all_references() {
    // error_resilient_mode is 0; it goes to places 0 and 1.
    let hidden = frame(&format!("0 00 0 1 0 0 0 1000 00000011 0 {MIDDLE} 0"));
    let show = obu(ObuType::FRAME_HEADER, &bits("1 001 1"));
    let mut units = TemporalUnits::new(&sequence()).unwrap();
    tiles(&mut units, &hidden).unwrap();
    // Needs the hints of all eight.
    let next = inter_frame("1001", "00000000", "1 000 000", "0 0");
    let text = refused(&mut units.clone(), &next);
    assert!(text.ends_with("is 2, no such reference frame"), "{text}");
    assert_eq!(tiles(&mut units, &show), Ok(vec![]));
    tiles(&mut units, &next).unwrap();
    let unknown = obu(ObuType::FRAME_HEADER, &bits("1 001 1"));
    let mut units = TemporalUnits::new(&sequence()).unwrap();
    let text = refused(&mut units, &unknown);
    assert!(
        text.ends_with("frame_to_show_map_idx: is 1, no such reference frame"),
        "{text}"
    );
}

#[test]
fn switch_frames_tell_order_hints_and_their_size() {
    let hints = "0010".repeat(8);
    let places = "000".repeat(7);
    let switch = |hints: &str| {
        frame(&format!(
            "0 11 1 0 0101 {hints} 0 {places} 011111 001111 0 0 1 0 {MIDDLE} 0 0 0000000"
        ))
    };
    let mut units = TemporalUnits::new(&sequence()).unwrap();
    tiles(&mut units, &key_frame("0010")).unwrap();
    let mut found = Vec::new();
    let done = units.headers(&switch(&hints), &mut vec![], |header| found.push(*header));
    done.unwrap();
    let [UncompressedHeader::Frame(header)] = found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(header.frame_type, FrameType::Switch);
    assert_eq!(
        (header.size.frame_width, header.size.frame_height),
        (32, 16)
    );
    assert_eq!(header.refresh_frame_flags, 0xff);
    // Frames with other hints have been lost; to decode a switch frame takes none of them here.
    tiles(&mut units, &switch(&hints)).unwrap();
    let next = inter_frame("0110", "00000000", "1 000 000", "0 0");
    tiles(&mut units, &next).unwrap();
}

#[test]
fn units_out_of_place_are_refused() {
    let mut units = TemporalUnits::new(&sequence()).unwrap();
    let group = obu(ObuType::TILE_GROUP, &[0x80]);
    let at_start = "open_bitstream_unit at byte 0: ";
    assert_eq!(
        refused(&mut units, &group),
        format!("{at_start}no frame header precedes")
    );
    let copy = obu(ObuType::REDUNDANT_FRAME_HEADER, &[0x80]);
    assert_eq!(
        refused(&mut units, &copy),
        format!("{at_start}no frame header precedes")
    );
    let list = obu(ObuType::TILE_LIST, &[0x80]);
    assert_eq!(
        refused(&mut units, &list),
        format!("{at_start}obu_type: is 8, which samples do not have")
    );
    let header = format!("0 00 1 0 0 0000 0 {MIDDLE} 0 1");
    let header = obu(ObuType::FRAME_HEADER, &bits(&header));
    assert_eq!(
        refused(&mut units, &header),
        "open_bitstream_unit at byte 8: the frame before has 0 tiles, expected 1"
    );
    let twice = [&header[..], &header, &group].concat();
    assert_eq!(
        refused(&mut units, &twice),
        "open_bitstream_unit at byte 8: the frame before has 0 tiles, expected 1"
    );
    // A copy in its place, metadata and padding are passed over.
    let metadata = obu(ObuType::METADATA, &[1, 0x80]);
    let padding = obu(ObuType::PADDING, &[0x80]);
    let all = [&metadata[..], &header, &copy, &group, &padding].concat();
    assert_eq!(tiles(&mut units, &all), Ok(vec_of(17..18)));
}

#[test]
fn headers_that_are_followed_by_anything_but_their_trailing_bits_are_refused() {
    let header = format!("0 00 1 0 0 0000 0 {MIDDLE} 0 1 1");
    let sample = [
        obu(ObuType::FRAME_HEADER, &bits(&header)),
        obu(ObuType::TILE_GROUP, &[0x80]),
    ];
    let mut units = TemporalUnits::new(&sequence()).unwrap();
    let text = refused(&mut units, &sample.concat());
    assert!(
        text.ends_with("trailing_zero_bit: is 1, expected 0"),
        "{text}"
    );
    // A frame without a byte of tile data.
    let header = format!("0 00 1 0 0 0000 0 {MIDDLE} 0");
    let text = refused(&mut units, &obu(ObuType::FRAME, &bits(&header)));
    assert!(text.ends_with("tile: needs 8 bits, 0 left"), "{text}");
}
