//! A stream, its segments and their marks.

use std::time::Instant;

use bitstream::h264::{NalHeader, NalUnitType};
use bitstream::nal::AnnexB;
use wm::h264::{Framing, Settings, Stream};
use wm::{ContentKey, MasterKey, Record};

use crate::arguments::Arguments;

/// A marked stream.
pub(crate) struct Marked {
    pub(crate) zero: Vec<u8>,
    pub(crate) one: Vec<u8>,
    /// Access units of each segment.
    pub(crate) segments: Vec<usize>,
    pub(crate) records: Vec<Record>,
    pub(crate) size: (u32, u32),
    pub(crate) key: ContentKey,
    original: usize,
    intra: u64,
    seconds: f64,
    levels: u64,
}

impl Marked {
    /// Growth, gain and change.
    pub(crate) fn summary(&self) -> String {
        let growth = 100.0 * (self.zero.len() as f64 / self.original as f64 - 1.0);
        let pictures: Vec<_> = self.records.iter().flat_map(|r| &r.pictures).collect();
        let mean = |f: &dyn Fn(&wm::PictureRecord) -> f32| {
            pictures.iter().map(|p| f(p)).sum::<f32>() / pictures.len().max(1) as f32
        };
        format!(
            "I {} share {:.1}% qp {:.1} growth {:+.3}% gain {:.3} rms {:.2} levels {} {:.2}s",
            pictures.len(),
            100.0 * self.intra as f64 / self.original as f64,
            mean(&|p| p.qp),
            growth,
            mean(&|p| (p.gain[0] + p.gain[1]) / 2.0),
            mean(&|p| (p.rms[0] + p.rms[1]) / 2.0),
            self.levels,
            self.seconds
        )
    }
}

/// Marks a byte stream.
pub(crate) fn mark(bytes: &[u8], arguments: &Arguments) -> Result<Marked, String> {
    let units = access_units(bytes);
    let mut segments: Vec<Vec<&[u8]>> = Vec::new();
    for unit in units {
        let starts = is_idr(unit) && segments.last().is_none_or(|s| s.len() >= arguments.frames);
        if starts || segments.is_empty() {
            segments.push(Vec::new());
        }
        if let Some(segment) = segments.last_mut() {
            segment.push(unit);
        }
    }
    let key = MasterKey::from_bytes([7; 32]).content(&arguments.content_id);
    let mut stream = Stream::new(Framing::AnnexB);
    for unit in AnnexB::new(bytes) {
        let kind = NalHeader::parse(unit.bytes).map(|header| header.nal_unit_type);
        if matches!(kind, Ok(NalUnitType::SPS | NalUnitType::PPS)) {
            stream
                .insert_parameter_set(unit.bytes)
                .map_err(|e| e.to_string())?;
        }
    }
    let size = stream.display_size().ok_or("no parameter sets")?;
    let settings = Settings {
        budget: arguments.budget,
        multiplier: arguments.multiplier,
        grid: Some(arguments.grid(size.0, size.1)),
        amplitude: arguments
            .amplitude
            .unwrap_or(arguments.strength.amplitude()),
    };
    let mut marked = Marked {
        zero: Vec::new(),
        one: Vec::new(),
        segments: Vec::new(),
        records: Vec::new(),
        size,
        key,
        original: bytes.len(),
        intra: 0,
        seconds: 0.0,
        levels: 0,
    };
    let start = Instant::now();
    for (position, samples) in segments.iter().enumerate() {
        let segment = wm::h264::mark(&stream, &settings, &marked.key, position as u32, samples)
            .map_err(|error| format!("segment {position}: {error}"))?;
        for (sample, twins) in samples.iter().zip(&segment.samples) {
            match twins {
                Some(twins) => {
                    marked.zero.extend_from_slice(&twins.zero);
                    marked.one.extend_from_slice(&twins.one);
                }
                None => {
                    marked.zero.extend_from_slice(sample);
                    marked.one.extend_from_slice(sample);
                }
            }
        }
        marked.intra += segment.tally.bytes;
        marked.levels += segment.tally.levels;
        marked.segments.push(samples.len());
        marked.records.push(segment.record);
    }
    marked.seconds = start.elapsed().as_secs_f64();
    Ok(marked)
}

fn is_idr(unit: &[u8]) -> bool {
    AnnexB::new(unit)
        .any(|unit| NalHeader::parse(unit.bytes).is_ok_and(|h| h.nal_unit_type == NalUnitType::IDR))
}

/// Access units of progressive streams: a unit starts where something other than a later slice of
/// the same picture follows a slice.
fn access_units(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut had_slice = true;
    for unit in AnnexB::new(bytes) {
        let Some(first) = unit.bytes.first() else {
            continue;
        };
        let kind = first & 31;
        // first_mb_in_slice is 0: its code is a single 1.
        let is_slice = matches!(kind, 1 | 5);
        let is_first = is_slice && unit.bytes.get(1).is_some_and(|byte| byte & 0x80 != 0);
        if had_slice && (matches!(kind, 6..=9) || is_first) {
            let zeros = if unit.offset >= 4 && bytes[unit.offset - 4] == 0 {
                4
            } else {
                3
            };
            starts.push(unit.offset - zeros);
            had_slice = false;
        }
        had_slice |= is_slice;
    }
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| &bytes[*start..end])
        .collect()
}
