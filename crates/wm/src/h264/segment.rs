//! Both variants of a segment.

use std::ops::Range;

use bitstream::h264::intra::{Picture, Structure};
use bitstream::h264::slice_data::{Ending, SliceData};
use bitstream::h264::transform::LevelScale;
use bitstream::h264::{NalHeader, NalUnitType, SliceType};
use bitstream::nal::{AnnexB, LengthPrefixed};
use media::Mark;

use super::error::MarkError;
use super::filler;
use super::meter::Meter;
use super::rewrite::Rewriter;
use super::rule::Rule;
use super::stream::{Framing, Stream};
use super::target::Target;
use crate::{ContentKey, Grid, Layers, PictureRecord, Record, Strength};

/// How to mark.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Root mean square of the change aimed at, in grey levels of 8-bit samples; 0: slices are
    /// only written again.
    pub amplitude: f32,
    /// By how much a segment may grow, as a share of its bytes.
    pub budget: f32,
    /// How levels are chosen.
    pub rule: Rule,
    /// The cells of the pattern; `None`: [those of the display](Grid::of_display), which is what
    /// detection expects.
    pub grid: Option<Grid>,
}

impl Settings {
    /// The settings of a profile.
    pub fn new(strength: Strength) -> Settings {
        Settings {
            amplitude: strength.amplitude(),
            budget: 0.005,
            rule: Rule::default(),
            grid: None,
        }
    }
}

/// Both variants of a sample, equally long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twins {
    /// Variant 0.
    pub zero: Vec<u8>,
    /// Variant 1.
    pub one: Vec<u8>,
}

/// A segment with its mark.
#[derive(Clone, Debug)]
pub struct MarkedSegment {
    /// For each sample both variants; `None` where it stays as it is.
    pub samples: Vec<Option<Twins>>,
    /// What the detector wants to know.
    pub record: Record,
    /// What was done.
    pub tally: Tally,
}

/// What marking did, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Intra slices parsed to their levels and written again.
    pub slices: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Slices that came back with other bytes though nothing was changed.
    pub differing: u64,
    /// Slices in which both variants differ from the original.
    pub marked: u64,
    /// Levels changed, of both variants.
    pub levels: u64,
}

impl Tally {
    /// Adds the numbers of another segment.
    pub fn add(&mut self, other: &Tally) {
        self.slices += other.slices;
        self.bytes += other.bytes;
        self.differing += other.differing;
        self.marked += other.marked;
        self.levels += other.levels;
    }
}

/// Marks one segment: `samples` are its access units in decoding order, as they are stored.
///
/// # Errors
///
/// Broken samples, and features that are not supported; nothing of the segment is usable then.
pub fn mark(
    stream: &Stream,
    settings: &Settings,
    key: &ContentKey,
    position: u32,
    samples: &[&[u8]],
) -> Result<MarkedSegment, MarkError> {
    let mut marker = Marker {
        stream: stream.clone(),
        settings,
        key,
        position,
        layers: None,
        pictures: None,
        tally: Tally::default(),
        records: Vec::new(),
    };
    let mut out = Vec::with_capacity(samples.len());
    for (place, sample) in samples.iter().enumerate() {
        out.push(marker.sample(place, sample)?);
    }
    let gains = marker.records.iter().flat_map(|record| record.gain);
    let gain = gains.sum::<f32>() / (2 * marker.records.len()).max(1) as f32;
    Ok(MarkedSegment {
        samples: out,
        record: Record {
            position,
            amplitude: settings.amplitude,
            gain,
            weak: gain < Record::WEAK,
            pictures: marker.records,
        },
        tally: marker.tally,
    })
}

struct Marker<'a> {
    stream: Stream,
    settings: &'a Settings,
    key: &'a ContentKey,
    position: u32,
    /// The pattern in pictures of the size they were last.
    layers: Option<Layers>,
    /// The original and both variants.
    pictures: Option<[Picture; 3]>,
    tally: Tally,
    records: Vec<PictureRecord>,
}

/// An intra slice of a sample.
struct Slice {
    /// Its NAL unit in the sample.
    range: Range<usize>,
    data: SliceData,
    header: bitstream::h264::SliceHeader,
}

impl Marker<'_> {
    fn sample(&mut self, place: usize, sample: &[u8]) -> Result<Option<Twins>, MarkError> {
        let mut slices = Vec::new();
        // Where filler data may stand: after the last slice.
        let mut after = 0;
        for unit in units(self.stream.framing(), sample) {
            let unit = unit.map_err(|source| MarkError::Framing {
                sample: place,
                source,
            })?;
            let Ok(header) = NalHeader::parse(unit.bytes) else {
                continue;
            };
            match header.nal_unit_type {
                NalUnitType::SPS | NalUnitType::PPS => {
                    self.stream.insert_parameter_set(unit.bytes)?;
                }
                kind if kind.is_vcl() => {
                    after = unit.offset + unit.bytes.len();
                    if let Some(slice) = self.parse(place, unit.offset, unit.bytes)? {
                        slices.push(slice);
                    }
                }
                _ => {}
            }
        }
        if slices.is_empty() {
            return Ok(None);
        }
        if self.settings.amplitude <= 0.0 {
            self.identity(place, sample, &slices)?;
            return Ok(None);
        }
        let variants = self.variants(place, sample, &slices)?;
        self.twins(place, sample, &slices, variants, after)
            .map(Some)
    }

    /// The slice in a unit, if it is one to mark.
    fn parse(
        &mut self,
        sample: usize,
        byte: usize,
        nal: &[u8],
    ) -> Result<Option<Slice>, MarkError> {
        let parsed = self.stream.slice(nal);
        let parsed = parsed.map_err(|source| MarkError::Header {
            sample,
            byte,
            source,
        })?;
        let Some((sps, pps, header)) = parsed else {
            return Ok(None);
        };
        // Nobody decodes a redundant picture whose primary one is there.
        if matches!(header.slice_type, SliceType::P | SliceType::B) || header.redundant_pic_cnt > 0
        {
            return Ok(None);
        }
        let data = SliceData::parse(nal, &header, sps, pps).map_err(|source| MarkError::Slice {
            sample,
            byte,
            source,
        })?;
        if data.bytes_after().iter().any(|byte| *byte != 0) {
            let left = data.bytes_after().len();
            return Err(MarkError::BytesAfter { sample, byte, left });
        }
        self.tally.slices += 1;
        self.tally.bytes += nal.len() as u64;
        Ok(Some(Slice {
            range: byte..byte + nal.len(),
            data,
            header,
        }))
    }

    fn identity(&mut self, sample: usize, bytes: &[u8], slices: &[Slice]) -> Result<(), MarkError> {
        for slice in slices {
            let written = write(sample, slice, &slice.data)?;
            let same = bytes.get(slice.range.clone()) == Some(written.as_slice());
            self.tally.differing += u64::from(!same);
        }
        Ok(())
    }

    /// The slices of a sample as each variant has them.
    fn variants(
        &mut self,
        place: usize,
        sample: &[u8],
        slices: &[Slice],
    ) -> Result<[Vec<Vec<u8>>; 2], MarkError> {
        let stream = &self.stream;
        let error = |slice: &Slice, what: String| MarkError::Reconstruction {
            sample: place,
            byte: slice.range.start,
            what,
        };
        for slice in slices {
            let nal = sample.get(slice.range.clone()).unwrap_or_default();
            let Ok(Some((sps, pps, _))) = stream.slice(nal) else {
                continue;
            };
            let fits = |pictures: &&mut [Picture; 3]| pictures[0].is_of(sps);
            if self.pictures.as_mut().filter(fits).is_none() {
                let picture = Picture::of(sps).map_err(|e| error(slice, e.to_string()))?;
                self.pictures = Some([picture.clone(), picture.clone(), picture]);
            }
            if let Some([original, _, _]) = &mut self.pictures {
                let result = original.reconstruct(sps, pps, &slice.header, &slice.data);
                result.map_err(|e| error(slice, e.to_string()))?;
            }
        }
        let mut record = PictureRecord {
            sample: place as u32,
            bytes: slices.iter().map(|slice| slice.range.len() as u64).sum(),
            ..PictureRecord::default()
        };
        let mut out = [Vec::new(), Vec::new()];
        let mut meters = [Meter::default(); 2];
        for slice in slices {
            let nal = sample.get(slice.range.clone()).unwrap_or_default();
            let Ok(Some((sps, pps, _))) = stream.slice(nal) else {
                continue;
            };
            let (width, height) = (sps.width(), sps.height());
            let size = (width as usize, height as usize);
            let layers = match self.layers.take() {
                Some(layers) if (layers.width(), layers.height()) == size => layers,
                _ => {
                    let grid = self.settings.grid;
                    let grid = grid.unwrap_or(Grid::of_display(width, height));
                    self.key.pattern(self.position, grid).layers(width, height)
                }
            };
            let layers = self.layers.insert(layers);
            let Some([original, marked @ ..]) = &mut self.pictures else {
                continue;
            };
            let scale = LevelScale::intra_luma(sps, pps);
            let depth = sps.bit_depth_luma_minus8;
            let (left, top) = sps.display_offset();
            let amplitude = self.settings.amplitude * (256 << depth.min(6)) as f32;
            for mark in Mark::BOTH {
                let at = usize::from(mark.bit());
                let target = Target {
                    original: original.luma(),
                    layers,
                    mark,
                    left: left as usize,
                    top: top as usize,
                    amplitude: amplitude as i32,
                    max: (256 << depth.min(6)) - 1,
                };
                let structure = Structure::of(sps, &slice.header);
                let rule = &self.settings.rule;
                let mut rewriter = Rewriter::new(rule, target, &scale, structure, depth);
                let mut data = slice.data.clone();
                let (Some(picture), Some(out)) = (marked.get_mut(at), out.get_mut(at)) else {
                    continue;
                };
                let done = rewriter.slice(picture, &mut data, &mut meters[at]);
                let done = done.map_err(|e| error(slice, e.to_string()))?;
                self.tally.levels += done.levels as u64;
                out.push(write(place, slice, &data)?);
            }
            if let [zero, one] = &out
                && let (Some(zero), Some(one)) = (zero.last(), one.last())
            {
                self.tally.marked += u64::from(zero != nal && one != nal);
            }
        }
        record.gain = meters.map(|meter| meter.gain());
        record.rms = meters.map(|meter| meter.rms());
        let sizes = out
            .each_ref()
            .map(|units| units.iter().map(Vec::len).sum::<usize>());
        record.growth = sizes.map(|size| size as i64 - record.bytes as i64);
        self.records.push(record);
        Ok(out)
    }

    /// The sample with its slices replaced, padded to equal size.
    fn twins(
        &self,
        place: usize,
        sample: &[u8],
        slices: &[Slice],
        variants: [Vec<Vec<u8>>; 2],
        after: usize,
    ) -> Result<Twins, MarkError> {
        let framing = self.stream.framing();
        let size = |units: &Vec<Vec<u8>>| units.iter().map(Vec::len).sum::<usize>();
        let sizes = variants.each_ref().map(size);
        let largest = sizes.into_iter().max().unwrap_or(0);
        let mut twins = Twins {
            zero: Vec::new(),
            one: Vec::new(),
        };
        let equal = sizes[0] == sizes[1];
        for ((units, size), out) in variants
            .into_iter()
            .zip(sizes)
            .zip([&mut twins.zero, &mut twins.one])
        {
            out.reserve(sample.len() + largest - size + 64);
            let mut copied = 0;
            for (slice, unit) in slices.iter().zip(units) {
                replace(framing, place, sample, &mut copied, slice, &unit, out)?;
            }
            out.extend_from_slice(sample.get(copied..after).unwrap_or_default());
            if !equal {
                let bytes = filler::smallest(framing) + largest - size;
                if let Some(unit) = filler::unit(framing, bytes) {
                    out.extend_from_slice(&unit);
                }
            }
            out.extend_from_slice(sample.get(after..).unwrap_or_default());
        }
        Ok(twins)
    }
}

fn write(sample: usize, slice: &Slice, data: &SliceData) -> Result<Vec<u8>, MarkError> {
    data.write(Ending::Original)
        .map_err(|source| MarkError::Slice {
            sample,
            byte: slice.range.start,
            source,
        })
}

/// Copies a sample up to a slice, and the slice's new bytes with their length.
fn replace(
    framing: Framing,
    place: usize,
    sample: &[u8],
    copied: &mut usize,
    slice: &Slice,
    unit: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), MarkError> {
    let start = slice.range.start;
    match framing {
        Framing::AnnexB => out.extend_from_slice(sample.get(*copied..start).unwrap_or_default()),
        Framing::LengthPrefixed(size) => {
            let size = size.bytes();
            let before = sample.get(*copied..start.saturating_sub(size));
            out.extend_from_slice(before.unwrap_or_default());
            if size < 4 && unit.len() >> (8 * size) != 0 {
                return Err(MarkError::UnitLength {
                    sample: place,
                    bytes: unit.len(),
                    size,
                });
            }
            let length = (unit.len() as u32).to_be_bytes();
            out.extend_from_slice(length.get(4 - size..).unwrap_or_default());
        }
    }
    out.extend_from_slice(unit);
    *copied = slice.range.end;
    Ok(())
}

/// The NAL units of a sample.
fn units<'a>(
    framing: Framing,
    sample: &'a [u8],
) -> Box<dyn Iterator<Item = Result<bitstream::nal::Unit<'a>, bitstream::Error>> + 'a> {
    match framing {
        Framing::LengthPrefixed(size) => Box::new(LengthPrefixed::new(sample, size)),
        Framing::AnnexB => Box::new(AnnexB::new(sample).map(Ok)),
    }
}
