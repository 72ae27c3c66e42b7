//! A stream, its segments and their marks.

use std::ops::Range;
use std::time::Instant;

use bitstream::h264::{NalHeader, NalUnitType, ParameterSet, ParameterSets};
use bitstream::nal::AnnexB;
use wm::h264::{Framing, Stream, Tally};
use wm::{ContentKey, MasterKey, PictureRecord, Record};

use crate::access_units;
use crate::arguments::Arguments;
use crate::error::Error;
use crate::row::Row;

/// A stream in both variants.
pub(crate) struct Marked {
    /// Variant 0 and variant 1.
    pub(crate) variants: [Vec<u8>; 2],
    pub(crate) segments: Vec<Segment>,
    /// Displayed, in samples.
    pub(crate) size: (u32, u32),
    /// Frames per second, as a fraction.
    pub(crate) rate: (u32, u32),
    pub(crate) key: ContentKey,
    records: Vec<Record>,
    tally: Tally,
    seconds: f64,
}

/// What carries one bit.
pub(crate) struct Segment {
    /// Access units.
    pub(crate) frames: usize,
    /// Where it lies in both variants.
    pub(crate) bytes: Range<usize>,
    /// Where its first access unit lies in both variants.
    pub(crate) first: Range<usize>,
}

impl Marked {
    /// Variants 0 and 1 in turn, as a viewer may get them.
    pub(crate) fn alternating(&self) -> Vec<u8> {
        let mut delivered = Vec::new();
        for (segment, variant) in self.segments.iter().zip(self.variants.iter().cycle()) {
            delivered.extend_from_slice(variant.get(segment.bytes.clone()).unwrap_or_default());
        }
        delivered
    }

    /// The first picture of every segment in one variant.
    pub(crate) fn first_pictures(&self, variant: usize) -> Vec<u8> {
        let mut pictures = Vec::new();
        if let Some(bytes) = self.variants.get(variant) {
            for segment in &self.segments {
                pictures.extend_from_slice(bytes.get(segment.first.clone()).unwrap_or_default());
            }
        }
        pictures
    }

    /// Arguments that make ffmpeg read the stream at its rate.
    pub(crate) fn input(&self) -> Vec<String> {
        let rate = format!("{}/{}", self.rate.0, self.rate.1);
        ["-f", "h264", "-framerate", &rate]
            .map(str::to_owned)
            .into()
    }

    /// What marking says of itself.
    pub(crate) fn describe(&self, original: &[u8], row: &mut Row) {
        let pictures = self.records.iter().flat_map(|record| &record.pictures);
        // Those before fades may stay as they are, and their records nearly empty.
        let (pictures, unmarked): (Vec<_>, Vec<_>) =
            pictures.partition(|picture| picture.amplitude > 0.0);
        let mean = |value: fn(&PictureRecord) -> f32| {
            let sum: f32 = pictures.iter().map(|picture| value(picture)).sum();
            f64::from(sum) / pictures.len().max(1) as f64
        };
        let share = |bytes: usize| 100.0 * bytes as f64 / original.len().max(1) as f64;
        row.count("width", self.size.0.into());
        row.count("height", self.size.1.into());
        row.count(
            "frames",
            self.segments.iter().map(|s| s.frames as u64).sum(),
        );
        row.count("segments", self.segments.len() as u64);
        let weak = self.records.iter().filter(|record| record.weak).count();
        row.count("weak_segments", weak as u64);
        row.count("bytes", original.len() as u64);
        row.count("intra_slices", self.tally.slices);
        row.count("unmarked_pictures", unmarked.len() as u64);
        row.number("intra_percent", share(self.tally.bytes as usize), 1);
        row.number("intra_qp", mean(|picture| picture.qp), 1);
        row.number("growth_percent", share(self.variants[0].len()) - 100.0, 3);
        row.number("gain", mean(|p| (p.gain[0] + p.gain[1]) / 2.0), 3);
        row.number("change_rms", mean(|p| (p.rms[0] + p.rms[1]) / 2.0), 2);
        row.number("wall_seconds", self.seconds, 2);
    }
}

/// Marks a byte stream.
pub(crate) fn mark(bytes: &[u8], arguments: &Arguments) -> Result<Marked, Error> {
    let mut stream = Stream::new(Framing::AnnexB);
    let mut sets = ParameterSets::new();
    let mut rate = None;
    for unit in AnnexB::new(bytes) {
        let kind = NalHeader::parse(unit.bytes).map(|header| header.nal_unit_type);
        if matches!(kind, Ok(NalUnitType::SPS | NalUnitType::PPS)) {
            stream.insert_parameter_set(unit.bytes)?;
            if let Ok(ParameterSet::Sps(id)) = sets.insert(unit.bytes) {
                rate = sets.sps(id).and_then(|sps| sps.frame_rate());
            }
        }
    }
    let size = stream
        .display_size()
        .ok_or_else(|| Error::new("has no parameter sets"))?;
    // What ffmpeg assumes.
    let rate = rate.unwrap_or((25, 1));
    let frames = arguments.frames.unwrap_or_else(|| {
        let frames = arguments.seconds * f64::from(rate.0) / f64::from(rate.1);
        frames.round() as usize
    });
    let settings = arguments.settings(size);
    let mut marked = Marked {
        variants: [Vec::new(), Vec::new()],
        segments: Vec::new(),
        size,
        rate,
        key: MasterKey::from_bytes([7; 32]).content(&arguments.content_id),
        records: Vec::new(),
        tally: Tally::default(),
        seconds: 0.0,
    };
    let start = Instant::now();
    for (position, samples) in segments(bytes, frames).iter().enumerate() {
        let position = position as u32;
        let segment = wm::h264::mark(&stream, &settings, &marked.key, position, samples)
            .map_err(|error| Error::new(format!("segment {position}: {error}")))?;
        let [zero, one] = &mut marked.variants;
        let begin = zero.len();
        let mut first = begin..begin;
        for (sample, twins) in samples.iter().zip(&segment.samples) {
            let (a, b) = match twins {
                Some(twins) => (&*twins.zero, &*twins.one),
                None => (*sample, *sample),
            };
            zero.extend_from_slice(a);
            one.extend_from_slice(b);
            if zero.len() != one.len() {
                return Err(Error::new(format!(
                    "segment {position}: variants of two sizes"
                )));
            }
            if first.is_empty() {
                first.end = zero.len();
            }
        }
        marked.segments.push(Segment {
            frames: samples.len(),
            bytes: begin..zero.len(),
            first,
        });
        marked.tally.add(&segment.tally);
        marked.records.push(segment.record);
    }
    marked.seconds = start.elapsed().as_secs_f64();
    Ok(marked)
}

/// Access units of each segment; each starts with an IDR picture and has so many at least.
fn segments(bytes: &[u8], frames: usize) -> Vec<Vec<&[u8]>> {
    let mut segments: Vec<Vec<&[u8]>> = Vec::new();
    for unit in access_units::of(bytes) {
        match segments.last_mut() {
            Some(segment) if segment.len() < frames || !access_units::is_idr(unit) => {
                segment.push(unit);
            }
            _ => segments.push(vec![unit]),
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_start_at_the_first_idr_picture_after_their_frames() {
        let idr: &[u8] = &[0, 0, 1, 0x65, 0x88];
        let other: &[u8] = &[0, 0, 1, 0x41, 0x9a];
        let stream = [idr, other, idr, other, other, idr].concat();
        let lengths =
            |frames| -> Vec<usize> { segments(&stream, frames).iter().map(Vec::len).collect() };
        assert_eq!(lengths(0), [2, 3, 1]);
        assert_eq!(lengths(2), [2, 3, 1]);
        assert_eq!(lengths(3), [5, 1]);
        assert_eq!(lengths(6), [6]);
    }
}
