//! Frame headers as `ffmpeg` reads them.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bitstream::av1::{self, FrameType};
use bitstream::vp9;
use tests::process;

use crate::compare::{self, Reader};

/// What is compared of a header, by the names of the elements.
type Facts = Vec<(&'static str, u64)>;

/// `ffmpeg` finds the same headers in the file, which say the same and are as long.
pub(crate) fn headers(path: &Path) {
    let mut input = compare::input(path);
    let (ours, structure) = match &mut input.reader {
        Reader::Av1(reader) => (av1_headers(reader, &input.samples), "Frame Header"),
        Reader::Vp9(reader) => (vp9_headers(reader, &input.samples), "Frame"),
    };
    let mut command = Command::new("ffmpeg");
    command.args([
        "-nostdin",
        "-hide_banner",
        "-nostats",
        "-ignore_editlist",
        "1",
        "-i",
    ]);
    command.arg(path).args(["-map", "0:v:0", "-c", "copy"]);
    // Of VP9, the filter reads frames alone.
    let filters = match input.reader {
        Reader::Av1(_) => "trace_headers",
        Reader::Vp9(_) => "vp9_superframe_split,trace_headers",
    };
    command.args(["-bsf:v", filters, "-f", "null", "-"]);
    let output = process::run(&mut command, Duration::from_secs(60));
    let theirs = traced(&output.stderr, structure);
    assert!(!ours.is_empty());
    assert_eq!(ours.len(), theirs.len(), "headers");
    for (index, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        for (name, value) in ours {
            let found = theirs.iter().find(|(found, _)| found == name);
            // What is not coded is 0.
            assert_eq!(
                found.map_or(0, |(_, value)| *value),
                *value,
                "{name} of header {index}: ours {ours:?}, theirs {theirs:?}"
            );
        }
    }
    compare::TALLY.add_headers(ours.len());
}

fn av1_headers(reader: &mut av1::TemporalUnits, samples: &[Vec<u8>]) -> Vec<Facts> {
    let mut found = Vec::new();
    let mut tiles = Vec::new();
    for sample in samples {
        let done = reader.headers(sample, &mut tiles, |header| {
            found.push(match header {
                av1::UncompressedHeader::ShowExisting {
                    frame_to_show_map_idx,
                } => vec![
                    ("show_existing_frame", 1),
                    ("frame_to_show_map_idx", u64::from(*frame_to_show_map_idx)),
                ],
                av1::UncompressedHeader::Frame(header) => av1_facts(header),
            });
        });
        done.expect("headers can be read");
    }
    found
}

/// What is coded in every header but those of reduced still pictures.
fn av1_facts(header: &av1::FrameHeader) -> Facts {
    let mut facts = vec![
        ("base_q_idx", u64::from(header.base_q_idx)),
        ("bits", header.bits),
    ];
    if header.frame_type != FrameType::Key {
        let flags = u64::from(header.refresh_frame_flags);
        let kind = match header.frame_type {
            FrameType::Key => 0,
            FrameType::Inter => 1,
            FrameType::IntraOnly => 2,
            FrameType::Switch => 3,
        };
        facts.push(("frame_type", kind));
        if header.frame_type != FrameType::Switch {
            facts.push(("refresh_frame_flags", flags));
        }
    }
    facts
}

fn vp9_headers(reader: &mut vp9::References, samples: &[Vec<u8>]) -> Vec<Facts> {
    let mut found = Vec::new();
    for sample in samples {
        for frame in vp9::frames(sample).expect("frames are found") {
            let header = reader.read(&sample[frame]).expect("the header can be read");
            found.push(match header {
                vp9::UncompressedHeader::ShowExisting {
                    frame_to_show_map_idx,
                } => vec![
                    ("show_existing_frame", 1),
                    ("frame_to_show_map_idx", u64::from(frame_to_show_map_idx)),
                ],
                vp9::UncompressedHeader::Frame(header) => vec![
                    ("frame_type", u64::from(!header.is_key_frame)),
                    ("show_frame", u64::from(header.show_frame)),
                    ("tile_cols_log2", u64::from(header.tile_cols_log2)),
                    ("tile_rows_log2", u64::from(header.tile_rows_log2)),
                    (
                        "header_size_in_bytes",
                        u64::from(header.header_size_in_bytes),
                    ),
                    ("bits", 8 * header.bytes as u64),
                ],
            });
        }
    }
    found
}

/// The values of each header in a log, by the names of the elements. `bits` is where the header
/// ends: of AV1 before padding to whole bytes, of VP9 behind it.
fn traced(log: &str, structure: &str) -> Vec<Vec<(String, u64)>> {
    let mut found: Vec<Vec<(String, u64)>> = Vec::new();
    let mut is_header = false;
    let mut start = 0;
    for line in log.lines() {
        let Some((_, text)) = line
            .split_once("] ")
            .filter(|_| line.starts_with("[trace_headers"))
        else {
            continue;
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let position = fields.first().and_then(|field| field.parse::<u64>().ok());
        let (Some(position), [_, name, bits, "=", value]) = (position, &fields[..]) else {
            if position.is_none() {
                is_header = text == structure;
                if is_header {
                    found.push(Vec::new());
                }
            }
            continue;
        };
        let Some(header) = found.last_mut().filter(|_| is_header) else {
            continue;
        };
        if header.is_empty() {
            start = position;
        }
        let padding = matches!(*name, "zero_bit" | "trailing_one_bit" | "trailing_zero_bit");
        if !padding || structure == "Frame" {
            header.retain(|(name, _)| name != "bits");
            header.push(("bits".into(), position + bits.len() as u64 - start));
        }
        // Values of elements that are compared are not negative.
        header.push(((*name).into(), value.parse().unwrap_or(u64::MAX)));
    }
    found
}
