//! Slice headers as `ffmpeg` reads them.

use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cenc::ranges::Rule;
use tests::process;

use crate::input::Sample;

/// What `ffmpeg` has to know of a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Codec {
    Avc(usize),
    Hevc(usize),
}

impl Codec {
    /// None where there are no slices, or lengths are of several sizes.
    pub(crate) fn of(rules: &[Rule]) -> Option<Codec> {
        match rules {
            [Rule::Avc { length_size, .. }] => Some(Codec::Avc(length_size.bytes())),
            [Rule::Hevc { length_size, .. }] => Some(Codec::Hevc(length_size.bytes())),
            _ => None,
        }
    }

    /// Whether a unit is a slice whose data are protected.
    fn is_slice(self, unit: &[u8]) -> bool {
        match (self, unit) {
            (Codec::Avc(_), [first, ..]) => matches!(first & 31, 1 | 2 | 5),
            (Codec::Hevc(_), [first, second, ..]) => {
                let kind = first >> 1 & 63;
                (first & 1, second >> 3) == (0, 0) && matches!(kind, 0..=9 | 16..=21)
            }
            _ => false,
        }
    }

    /// The type of a unit, as `ffmpeg` prints it of a slice.
    fn kind(self, unit: &[u8]) -> Option<u32> {
        let first = u32::from(*unit.first()?);
        Some(match self {
            Codec::Avc(_) => first & 31,
            Codec::Hevc(_) => first >> 1 & 63,
        })
    }
}

/// A slice header in the log.
#[derive(Clone, Copy, Debug, Default)]
struct Header {
    kind: u32,
    layer: u32,
    bits: usize,
}

/// A sample in the log.
#[derive(Clone, Debug)]
struct Packet {
    bytes: usize,
    headers: Vec<Header>,
}

/// What is behind the slice headers of each sample, up to the ends of the units.
pub(crate) fn of(
    path: &Path,
    codec: Codec,
    samples: &[Sample],
) -> Result<Vec<Vec<Range<usize>>>, String> {
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
    command.args(["-bsf:v", "trace_headers", "-f", "null", "-"]);
    let output = process::run(&mut command, Duration::from_secs(60));
    let packets = packets(&output.stderr);
    let mut found = Vec::new();
    let mut rest = packets.iter();
    for sample in samples {
        let packet = rest.find(|packet| packet.bytes == sample.bytes.len());
        let packet = packet.ok_or_else(|| {
            format!(
                "has other samples, {} where we have {}",
                packets.len(),
                samples.len()
            )
        })?;
        let mut headers = packet.headers.iter().filter(|header| header.layer == 0);
        let mut ranges = Vec::new();
        for range in units(&sample.bytes, codec) {
            let unit = sample.bytes.get(range.clone()).unwrap_or_default();
            if codec.is_slice(unit) {
                let kind = codec.kind(unit);
                let header = headers.find(|header| Some(header.kind) == kind);
                let header = header.ok_or("a slice is missing")?;
                let start = range.start + coded_bytes(unit, header.bits.div_ceil(8));
                ranges.extend((start < range.end).then_some(start..range.end));
            }
        }
        found.push(ranges);
    }
    Ok(found)
}

/// The units of a sample.
fn units(sample: &[u8], codec: Codec) -> Vec<Range<usize>> {
    let (Codec::Avc(length) | Codec::Hevc(length)) = codec;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(field) = sample.get(at..at + length) {
        let size = field
            .iter()
            .fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
        at += length;
        found.push(at..(at + size).min(sample.len()));
        at += size;
    }
    found
}

/// How many bytes of a unit hold its first `bytes` without emulation prevention.
fn coded_bytes(unit: &[u8], bytes: usize) -> usize {
    let (mut zeros, mut left) = (0, bytes);
    for (at, byte) in unit.iter().enumerate() {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        if left == 0 {
            return at;
        }
        left -= 1;
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
    }
    unit.len()
}

/// The slice headers of each packet in the log of `trace_headers`.
fn packets(log: &str) -> Vec<Packet> {
    let mut packets: Vec<Packet> = Vec::new();
    let mut is_slice = false;
    for line in log.lines() {
        let Some((_, text)) = line.split_once("[trace_headers @ ") else {
            continue;
        };
        let Some((_, text)) = text.split_once("] ") else {
            continue;
        };
        if let Some(packet) = text.strip_prefix("Packet: ") {
            let bytes = packet
                .split(' ')
                .next()
                .and_then(|bytes| bytes.parse().ok());
            packets.push(Packet {
                bytes: bytes.unwrap_or_default(),
                headers: Vec::new(),
            });
            is_slice = false;
            continue;
        }
        let fields: Vec<&str> = text.split_whitespace().collect();
        let position = fields.first().and_then(|field| field.parse::<usize>().ok());
        match (position, &fields[..]) {
            (Some(position), [_, name, bits, "=", value]) if is_slice => {
                let header = packets
                    .last_mut()
                    .and_then(|packet| packet.headers.last_mut());
                if let (Some(header), Ok(value)) = (header, value.parse::<i64>()) {
                    header.bits = position + bits.len();
                    let value = u32::try_from(value).unwrap_or_default();
                    match *name {
                        "nal_unit_type" => header.kind = value,
                        "nuh_layer_id" => header.layer = value,
                        _ => {}
                    }
                }
            }
            (Some(_), _) => {}
            (None, _) => {
                is_slice = matches!(text, "Slice Header" | "Slice Segment Header");
                if is_slice && let Some(packet) = packets.last_mut() {
                    packet.headers.push(Header::default());
                }
            }
        }
    }
    packets
}
