//! Both variants of a segment.

use std::ops::Range;

use bitstream::bits::BitReader;
use bitstream::h264::slice_data::SliceData;
use bitstream::h264::{NalHeader, NalUnitType, SliceType};
use bitstream::nal::{AnnexB, LengthPrefixed, Unit, unescape};

use super::budget::Budget;
use super::changes::Changes;
use super::error::MarkError;
use super::fades;
use super::picture::{Marked, Multiplier, Pictures, Slice, write};
use super::stream::{Framing, Stream};
use super::twins::{self, Twins};
use crate::{ContentKey, Grid, Layers, PictureRecord, Record, Strength};

/// How to mark.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Root mean square of the change aimed at, in grey levels of 8-bit samples, at pictures of
    /// ordinary QP; 0: slices are only written again.
    pub amplitude: f32,
    /// By how much a segment may grow, as a share of its bytes.
    pub budget: f32,
    /// What a bit is worth in squared grey levels, whatever the budget; `None`: as the budget asks.
    pub multiplier: Option<f32>,
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
            multiplier: None,
            grid: None,
        }
    }
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
    let mut marker = Marker::new(stream, settings, key, position, samples);
    let mut out = Vec::with_capacity(samples.len());
    for (place, sample) in samples.iter().enumerate() {
        out.push(marker.sample(place, sample)?);
    }
    // What was aimed at differs from picture to picture; here it counts what was reached.
    let reached = marker.records.iter().map(|record| {
        let [zero, one] = record.gain;
        (zero + one) / 2.0 * record.amplitude
    });
    let reached = reached.sum::<f32>() / marker.records.len().max(1) as f32;
    let gain = match settings.amplitude > 0.0 {
        true => reached / settings.amplitude,
        false => 0.0,
    };
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
    budget: Budget,
    /// By how much what is added to each sample is multiplied in those after it.
    amplifications: Vec<f32>,
    /// The pattern in pictures of the size they were last.
    layers: Option<Layers>,
    pictures: Option<Pictures>,
    tally: Tally,
    records: Vec<PictureRecord>,
}

impl<'a> Marker<'a> {
    fn new(
        stream: &Stream,
        settings: &'a Settings,
        key: &'a ContentKey,
        position: u32,
        samples: &[&[u8]],
    ) -> Self {
        let weight = weigh(stream.framing(), samples);
        let growth = (weight.bytes as f64 * f64::from(settings.budget)) as u64;
        Marker {
            stream: stream.clone(),
            settings,
            key,
            position,
            budget: Budget::new(weight.intra, growth.max(LEAST_GROWTH * weight.pictures)),
            amplifications: fades::amplifications(stream, samples),
            layers: None,
            pictures: None,
            tally: Tally::default(),
            records: Vec::new(),
        }
    }

    fn sample(&mut self, place: usize, sample: &[u8]) -> Result<Option<Twins>, MarkError> {
        let mut slices: Vec<Slice> = Vec::new();
        let mut macroblocks = 0;
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
                        // Slices of a frame or of its fields do not overlap; more of them are
                        // damage, and would have no bound.
                        macroblocks += slice.data.macroblocks.len();
                        let sps = &slice.sps;
                        let frame = u64::from(sps.pic_width_in_mbs())
                            * u64::from(sps.frame_height_in_mbs());
                        if macroblocks as u64 > frame {
                            return Err(MarkError::Macroblocks {
                                sample: place,
                                byte: unit.offset,
                            });
                        }
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
            self.identity(place, sample, &mut slices)?;
            return Ok(None);
        }
        let ranges: Vec<_> = slices.iter().map(|slice| slice.range.clone()).collect();
        let amplification = self.amplifications.get(place).copied().unwrap_or(1.0);
        let amplitude = self.settings.amplitude / amplification;
        let bytes = ranges.iter().map(Range::len).sum::<usize>();
        if amplitude < LEAST_SHARE * self.settings.amplitude {
            self.leave(place, bytes);
            return Ok(None);
        }
        let marked = match self.mark(place, slices, amplitude) {
            Ok(marked) => marked,
            // What was read could be written: a change made a level that its profile cannot code.
            Err(MarkError::Slice { .. }) => {
                self.leave(place, bytes);
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let framing = self.stream.framing();
        // What a decoder's buffer was promised stays true where no size changes.
        let length = marked.has_hrd.then_some(bytes);
        let mut same = true;
        for ((range, zero), one) in ranges.iter().zip(&marked.units[0]).zip(&marked.units[1]) {
            let original = sample.get(range.clone()).unwrap_or_default();
            self.tally.marked += u64::from(zero != original && one != original);
            same &= zero == original && one == original;
        }
        self.tally.levels += marked.levels;
        self.records.push(marked.record);
        if same {
            return Ok(None);
        }
        let twins = twins::of(framing, sample, &ranges, &marked.units, after, length);
        let twins = twins.map_err(|unit| MarkError::UnitLength {
            sample: place,
            bytes: unit.bytes,
            size: unit.size,
        });
        twins.map(Some)
    }

    /// Records a sample that stays as it is.
    fn leave(&mut self, place: usize, bytes: usize) {
        self.records.push(PictureRecord {
            sample: place as u32,
            bytes: bytes as u64,
            ..PictureRecord::default()
        });
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
        let end = nal
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |at| at + 1);
        let unit = nal.get(..end).unwrap_or_default();
        let data =
            SliceData::parse(unit, &header, sps, pps).map_err(|source| MarkError::Slice {
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
            sps: sps.clone(),
            pps: pps.clone(),
            header,
            data,
            zeros: nal.len() - end,
        }))
    }

    fn identity(
        &mut self,
        sample: usize,
        bytes: &[u8],
        slices: &mut [Slice],
    ) -> Result<(), MarkError> {
        for slice in slices {
            let written = write(sample, slice, &mut Changes::default())?;
            let same = bytes.get(slice.range.clone()) == Some(written.as_slice());
            self.tally.differing += u64::from(!same);
        }
        Ok(())
    }

    /// The slices of a sample in both variants.
    fn mark(
        &mut self,
        place: usize,
        slices: Vec<Slice>,
        amplitude: f32,
    ) -> Result<Marked, MarkError> {
        let Some(first) = slices.first() else {
            return Err(MarkError::NoSlices { sample: place });
        };
        let sps = &first.sps;
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
        let pictures = match self.pictures.take() {
            Some(pictures) if pictures.are_of(sps) => pictures,
            _ => Pictures::of(sps).map_err(|what| MarkError::Reconstruction {
                sample: place,
                byte: first.range.start,
                what,
            })?,
        };
        let layers = self.layers.insert(layers);
        let multiplier = match self.settings.multiplier {
            Some(multiplier) => Multiplier::Fixed(multiplier),
            None => Multiplier::Within(&mut self.budget),
        };
        let pictures = self.pictures.insert(pictures);
        pictures.mark(place, slices, layers, amplitude, multiplier)
    }
}

/// Where fades leave less than this share of the amplitude a picture stays as it is: what is left
/// of a mark after its quantiser would not be worth its bytes.
const LEAST_SHARE: f32 = 0.35;

/// Bytes by which every intra picture may grow in any case: a share of very small pictures would
/// leave no room for any mark.
const LEAST_GROWTH: u64 = 24;

/// What a segment consists of.
#[derive(Default)]
struct Weight {
    /// Bytes of all samples.
    bytes: u64,
    /// Samples with intra slices, and the bytes of these.
    pictures: u64,
    intra: u64,
}

fn weigh(framing: Framing, samples: &[&[u8]]) -> Weight {
    let mut weight = Weight::default();
    for sample in samples {
        weight.bytes += sample.len() as u64;
        let intra = units(framing, sample)
            .flatten()
            .filter(|unit| is_intra(unit.bytes))
            .map(|unit| unit.bytes.len() as u64)
            .sum::<u64>();
        weight.pictures += u64::from(intra > 0);
        weight.intra += intra;
    }
    weight
}

/// A slice of an I picture, by the first elements of its header.
fn is_intra(nal: &[u8]) -> bool {
    let kind = NalHeader::parse(nal).map(|header| header.nal_unit_type);
    if !kind.is_ok_and(NalUnitType::is_vcl) {
        return false;
    }
    let start = unescape(nal.get(1..nal.len().min(17)).unwrap_or_default());
    let mut reader = BitReader::new("slice_header", &start);
    let elements = reader
        .ue("first_mb_in_slice")
        .and_then(|_| reader.ue("slice_type"));
    elements.is_ok_and(|slice_type| matches!(slice_type, 2 | 7))
}

/// The NAL units of a sample.
pub(super) fn units(
    framing: Framing,
    sample: &[u8],
) -> impl Iterator<Item = Result<Unit<'_>, bitstream::Error>> {
    let (prefixed, bytes): (_, &[u8]) = match framing {
        Framing::LengthPrefixed(size) => (Some(LengthPrefixed::new(sample, size)), &[]),
        Framing::AnnexB => (None, sample),
    };
    prefixed
        .into_iter()
        .flatten()
        .chain(AnnexB::new(bytes).map(Ok))
}

#[cfg(test)]
mod tests {
    use bitstream::nal::{LengthPrefixed, LengthSize};

    use super::super::testing::{ALL, HIGH, HIGH_10, HRD, access_units, reconstruct};
    use super::*;
    use crate::MasterKey;

    /// Strong enough that something changes in pictures of a few macroblocks.
    fn settings() -> Settings {
        Settings {
            amplitude: 4.0,
            multiplier: Some(1.0),
            grid: Some(Grid {
                columns: 6,
                rows: 4,
            }),
            ..Settings::new(Strength::Normal)
        }
    }

    fn key() -> ContentKey {
        MasterKey::from_bytes([3; 32]).content("film")
    }

    fn marked(settings: &Settings, samples: &[&[u8]]) -> Result<MarkedSegment, MarkError> {
        mark(&Stream::new(Framing::AnnexB), settings, &key(), 5, samples)
    }

    #[test]
    fn both_variants_are_marked_as_the_record_says_and_equally_long() {
        for (place, stream) in ALL.into_iter().enumerate() {
            let segment = marked(&settings(), &[stream]).unwrap();
            let twins = segment.samples[0].as_ref().unwrap();
            assert_eq!(twins.zero.len(), twins.one.len(), "stream {place}");
            assert!(
                segment.tally.levels > 0 && segment.tally.marked > 0,
                "stream {place}"
            );
            let [before, zero, one] = [stream, &twins.zero, &twins.one]
                .map(|stream| reconstruct(stream).expect("the variants are as valid"));
            let (before, zero, one) = (before.luma(), zero.luma(), one.luma());
            // What a decoder sees goes in opposite directions.
            let changes = zero
                .samples()
                .iter()
                .zip(one.samples())
                .zip(before.samples());
            let (mut apart, mut zero_moved, mut one_moved) = (0, 0, 0);
            for ((zero, one), before) in changes {
                apart += (i32::from(*zero) - i32::from(*one)).pow(2);
                zero_moved += (i32::from(*zero) - i32::from(*before)).pow(2);
                one_moved += (i32::from(*one) - i32::from(*before)).pow(2);
            }
            assert!(apart > zero_moved && apart > one_moved, "stream {place}");
            // The record's change is that of the loop; a decoder must have the same.
            let picture = &segment.record.pictures[0];
            assert!(
                picture.gain[0] > 0.2 && picture.gain[1] > 0.2,
                "{place}: {picture:?}"
            );
        }
    }

    #[test]
    fn a_decoder_reconstructs_what_the_loop_had() {
        for (place, stream) in ALL.into_iter().enumerate() {
            let (settings, key) = (settings(), key());
            let plain = Stream::new(Framing::AnnexB);
            let mut marker = Marker::new(&plain, &settings, &key, 5, &[stream]);
            let twins = marker.sample(0, stream).unwrap().unwrap();
            let [zero, one] = marker.pictures.as_ref().unwrap().marked();
            let decoded = reconstruct(&twins.zero).unwrap();
            assert_eq!(decoded.luma(), zero.luma(), "stream {place}");
            let decoded = reconstruct(&twins.one).unwrap();
            assert_eq!(decoded.luma(), one.luma(), "stream {place}");
        }
    }

    #[test]
    fn nothing_changes_without_an_amplitude() {
        let none = Settings::new(Strength::None);
        for stream in ALL {
            let segment = marked(&none, &[stream]).unwrap();
            assert_eq!(segment.samples, [None]);
            assert_eq!((segment.tally.differing, segment.tally.levels), (0, 0));
            assert!(segment.tally.slices > 0 && segment.tally.bytes > 0);
        }
    }

    #[test]
    fn another_key_or_position_marks_otherwise() {
        let mark = |content: &str, position| {
            let key = MasterKey::from_bytes([3; 32]).content(content);
            let stream = Stream::new(Framing::AnnexB);
            mark(&stream, &settings(), &key, position, &[HIGH])
                .unwrap()
                .samples
        };
        assert_eq!(mark("film", 5), mark("film", 5));
        assert_ne!(mark("film", 5), mark("film", 6));
        assert_ne!(mark("film", 5), mark("other", 5));
    }

    #[test]
    fn framings_carry_the_same_slices() {
        let sample: Vec<u8> = AnnexB::new(HIGH)
            .flat_map(|unit| {
                let length = (unit.bytes.len() as u32).to_be_bytes();
                [length.as_slice(), unit.bytes].concat()
            })
            .collect();
        let framing = Framing::LengthPrefixed(LengthSize::Four);
        let prefixed = mark(&Stream::new(framing), &settings(), &key(), 5, &[&sample]).unwrap();
        let plain = marked(&settings(), &[HIGH]).unwrap();
        let (prefixed, plain) = (prefixed.samples[0].as_ref(), plain.samples[0].as_ref());
        let prefixed = LengthPrefixed::new(&prefixed.unwrap().one, LengthSize::Four);
        let units: Result<Vec<_>, _> = prefixed.map(|unit| unit.map(|unit| unit.bytes)).collect();
        let others: Vec<_> = AnnexB::new(&plain.unwrap().one)
            .map(|unit| unit.bytes)
            .collect();
        assert_eq!(units.unwrap(), others);
    }

    #[test]
    fn samples_keep_their_size_where_an_hrd_was_promised_it_and_bytes_can_be_saved() {
        let samples = access_units(HRD);
        assert_eq!(samples.len(), 6);
        let settings = Settings {
            grid: Some(Grid {
                columns: 6,
                rows: 4,
            }),
            ..Settings::new(Strength::Strong)
        };
        let (mut kept, mut grown) = (0, 0);
        for position in 0..20 {
            let stream = Stream::new(Framing::AnnexB);
            let segment = mark(&stream, &settings, &key(), position, &samples).unwrap();
            for (sample, twins) in samples.iter().zip(&segment.samples) {
                let Some(twins) = twins else { continue };
                assert_eq!(twins.zero.len(), twins.one.len());
                let growth = twins.zero.len() as i64 - sample.len() as i64;
                // Never smaller, and by little larger.
                assert!((0..80).contains(&growth), "position {position}: {growth}");
                kept += usize::from(growth == 0);
                grown += usize::from(growth > 0);
            }
            assert_eq!(segment.record.pictures.len(), 2);
        }
        assert!(kept >= 20, "{kept} kept, {grown} grown");
    }

    #[test]
    fn more_slices_than_a_frame_has_room_for_are_refused() {
        let unit = AnnexB::new(HIGH).last().unwrap();
        let sample = [HIGH, &[0, 0, 1], unit.bytes].concat();
        let error = marked(&settings(), &[&sample]).unwrap_err().to_string();
        let expected =
            "sample 0, nal_unit at byte 129: its slices have more macroblocks than a frame";
        assert_eq!(error, expected);
    }

    #[test]
    fn zeros_that_a_container_added_stay() {
        let mut sample = Vec::new();
        for unit in AnnexB::new(HIGH) {
            let zeros = [0, 0, 0];
            let length = (unit.bytes.len() + zeros.len()) as u32;
            sample.extend_from_slice(&[&length.to_be_bytes(), unit.bytes, &zeros].concat());
        }
        let stream = Stream::new(Framing::LengthPrefixed(LengthSize::Four));
        let none = Settings::new(Strength::None);
        let segment = mark(&stream, &none, &key(), 5, &[&sample]).unwrap();
        assert_eq!((segment.tally.slices, segment.tally.differing), (1, 0));
        let segment = mark(&stream, &settings(), &key(), 5, &[&sample]).unwrap();
        let one = &segment.samples[0].as_ref().unwrap().one;
        let units: Vec<_> = LengthPrefixed::new(one, LengthSize::Four)
            .flatten()
            .collect();
        assert!(units[2].bytes.ends_with(&[0, 0, 0]));
    }

    #[test]
    fn intra_slices_are_told_by_their_headers() {
        // first_mb_in_slice 0 is 1, slice_type 7 is 0001000, 5 is 00110, 2 is 011.
        assert!(is_intra(&[0x65, 0b1000_1000]));
        assert!(is_intra(&[0x41, 0b1011_0000]));
        assert!(!is_intra(&[0x41, 0b1001_1000]));
        assert!(!is_intra(&[0x06, 0b1000_1000]));
        assert!(!is_intra(&[0x65]));
        assert!(!is_intra(&[]));
    }

    #[test]
    fn damaged_samples_give_a_segment_or_an_error() {
        for stream in [HIGH, HIGH_10] {
            for end in 0..stream.len() {
                let _ = marked(&settings(), &[&stream[..end]]);
            }
            for place in 0..stream.len() {
                for bit in [0, 3, 6] {
                    let mut stream = stream.to_vec();
                    stream[place] ^= 1 << bit;
                    if let Ok(segment) = marked(&settings(), &[&stream])
                        && let Some(twins) = &segment.samples[0]
                    {
                        assert_eq!(twins.zero.len(), twins.one.len());
                    }
                }
            }
        }
    }

    #[test]
    fn errors_name_sample_and_unit() {
        let broken = &HIGH[..HIGH.len() - 40];
        let error = marked(&settings(), &[&[], broken]).unwrap_err().to_string();
        let start = "sample 1, nal_unit at byte 36: slice_data at bit ";
        assert!(error.starts_with(start), "{error}");
    }
}
