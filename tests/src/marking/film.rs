//! A coded film as marking gets it.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bitstream::h264::{NalHeader, NalUnitType, ParameterSets, SliceHeader, SliceType, Sps};
use bitstream::nal::{AnnexB, LengthPrefixed, LengthSize};
use demux::{Limits, Movie, WhenTruncated};
use isobmff::Place;
use isobmff::boxes::Avcc;
use media::Codec;
use wm::h264::{Framing, MarkError, Settings, Stream, Tally, mark};
use wm::{ContentKey, MasterKey, PictureRecord};

use super::access_units::access_units;
use crate::process;

/// Which bit films are marked with in tests.
pub const POSITION: u32 = 5;

/// Samples of a segment at least.
const SEGMENT: usize = 12;

/// One H.264 track.
#[derive(Clone, Debug)]
pub struct Film {
    /// How units are told apart in samples.
    pub framing: Framing,
    /// Parameter sets known before the first sample.
    pub sets: Vec<Vec<u8>>,
    /// Access units in decoding order, as stored.
    pub samples: Vec<Vec<u8>>,
}

/// Both variants of a film.
#[derive(Clone, Debug)]
pub struct MarkedFilm {
    /// The samples of each variant.
    pub variants: [Vec<Vec<u8>>; 2],
    /// What was done.
    pub tally: Tally,
    /// What is known of the marked pictures.
    pub pictures: Vec<PictureRecord>,
}

/// The key of tests.
pub fn key() -> ContentKey {
    MasterKey::from_bytes([7; 32]).content("film")
}

impl Film {
    /// The film in a byte stream or the first H.264 track of an MP4; `None` where there is none.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn read(path: &Path) -> Result<Option<Film>, String> {
        let extension = path.extension().and_then(|text| text.to_str());
        match extension {
            Some("mp4" | "mov") => Film::of_movie(path),
            Some("ts") => Film::of_transport_stream(path).map(Some),
            _ => {
                let bytes = fs::read(path).map_err(|error| error.to_string())?;
                Ok(Some(Film::of_stream(&bytes)))
            }
        }
    }

    /// The film in a byte stream.
    pub fn of_stream(bytes: &[u8]) -> Film {
        let samples = access_units(bytes).into_iter();
        Film {
            framing: Framing::AnnexB,
            sets: Vec::new(),
            samples: samples
                .map(|range| bytes.get(range).unwrap_or_default().to_vec())
                .collect(),
        }
    }

    /// The first seconds of a transport stream, taken out by `ffmpeg`.
    fn of_transport_stream(path: &Path) -> Result<Film, String> {
        let mut command = Command::new("ffmpeg");
        command
            .args(["-v", "error", "-nostdin", "-t", "4", "-i"])
            .arg(path);
        command.args(["-c:v", "copy", "-an", "-f", "h264", "-"]);
        let output = process::run(&mut command, Duration::from_secs(60));
        match output.status.success() {
            true => Ok(Film::of_stream(&output.stdout)),
            false => Err(output.stderr),
        }
    }

    fn of_movie(path: &Path) -> Result<Option<Film>, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let movie = Movie::read(&file, &Limits::default(), WhenTruncated::KeepWhole);
        let movie = movie.map_err(|error| error.to_string())?;
        let mut tracks = movie.tracks.iter();
        let Some(track) = tracks.find(|track| track.codec == Codec::Avc) else {
            return Ok(None);
        };
        let entry = track.entries.first().ok_or("no sample entry")?;
        let avcc: Option<Avcc<'_>> = entry
            .read_child(Place::FILE)
            .map_err(|error| error.to_string())?;
        let avcc = avcc.ok_or("no avcC")?;
        let size = LengthSize::from_minus_one(avcc.length_size_minus_one);
        let sets = [&avcc.sequence_parameter_sets, &avcc.picture_parameter_sets];
        // Samples of other sample entries have other parameter sets.
        let second = track.entry_runs.get(1).map(|run| run.first_sample);
        let count = second.unwrap_or(usize::MAX).min(track.samples.len());
        let read = |sample: &media::Sample| {
            let mut bytes = vec![0; sample.size as usize];
            file.read_exact_at(&mut bytes, sample.offset)
                .map_err(|error| error.to_string())?;
            Ok::<_, String>(bytes)
        };
        Ok(Some(Film {
            framing: Framing::LengthPrefixed(size.ok_or("lengths of 3 bytes")?),
            sets: sets.into_iter().flatten().map(|set| set.to_vec()).collect(),
            samples: track
                .samples
                .iter()
                .take(count)
                .map(read)
                .collect::<Result<_, _>>()?,
        }))
    }

    /// From the first IDR picture behind `sample` on; all of it where there is none.
    pub fn from(mut self, sample: usize) -> Film {
        let starts = self.segments().into_iter().map(|range| range.start);
        if let Some(start) = starts.into_iter().find(|start| *start >= sample) {
            self.samples.drain(..start);
        }
        self
    }

    /// Cuts it behind `samples` samples, or where it has `bytes` bytes; one sample stays.
    pub fn cut(mut self, samples: usize, bytes: usize) -> Film {
        let mut sum = 0;
        let fits = |sample: &&Vec<u8>| {
            sum += sample.len();
            sum <= bytes
        };
        let count = self.samples.iter().take(samples).take_while(fits).count();
        self.samples.truncate(count.max(1));
        self
    }

    /// The NAL units of a sample; what is no unit ends them.
    pub fn units<'a>(&self, sample: &'a [u8]) -> Vec<&'a [u8]> {
        match self.framing {
            Framing::AnnexB => AnnexB::new(sample).map(|unit| unit.bytes).collect(),
            Framing::LengthPrefixed(size) => LengthPrefixed::new(sample, size)
                .map_while(Result::ok)
                .map(|unit| unit.bytes)
                .collect(),
        }
    }

    /// What marking has to know before the first sample.
    ///
    /// # Errors
    /// Broken parameter sets.
    pub fn stream(&self) -> Result<Stream, MarkError> {
        let mut stream = Stream::new(self.framing);
        for set in &self.sets {
            stream.insert_parameter_set(set)?;
        }
        Ok(stream)
    }

    /// The segments, each from an IDR picture on, as ranges of samples.
    pub fn segments(&self) -> Vec<std::ops::Range<usize>> {
        let is_idr = |sample: &Vec<u8>| {
            self.units(sample)
                .iter()
                .any(|unit| unit.first().is_some_and(|byte| byte & 31 == 5))
        };
        let mut starts: Vec<usize> = vec![0];
        for (place, sample) in self.samples.iter().enumerate() {
            let last = starts.last().copied().unwrap_or(0);
            if place >= last + SEGMENT && is_idr(sample) {
                starts.push(place);
            }
        }
        let ends = starts.iter().skip(1).copied().chain([self.samples.len()]);
        starts.iter().zip(ends).map(|(s, e)| *s..e).collect()
    }

    /// Each segment, and what has to be known before it.
    ///
    /// # Errors
    /// Broken parameter sets.
    pub fn streams(&self) -> Result<Vec<(std::ops::Range<usize>, Stream)>, MarkError> {
        let mut stream = self.stream()?;
        let mut out = Vec::new();
        for range in self.segments() {
            let samples = self.samples.get(range.clone()).unwrap_or_default();
            out.push((range, stream.clone()));
            for unit in samples.iter().flat_map(|sample| self.units(sample)) {
                if unit.first().is_some_and(|byte| matches!(byte & 31, 7 | 8)) {
                    stream.insert_parameter_set(unit)?;
                }
            }
        }
        Ok(out)
    }

    /// Marks all segments, each for the same position, so that all pictures carry one pattern.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn mark(&self, settings: &Settings, key: &ContentKey) -> Result<MarkedFilm, MarkError> {
        let mut out = MarkedFilm {
            variants: [Vec::new(), Vec::new()],
            tally: Tally::default(),
            pictures: Vec::new(),
        };
        for (range, stream) in self.streams()? {
            stream.supported().map_err(|feature| MarkError::Slice {
                sample: range.start,
                byte: 0,
                source: bitstream::h264::slice_data::Error::Unsupported(feature),
            })?;
            let samples = self.samples.get(range).unwrap_or_default();
            let samples: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
            let marked = mark(&stream, settings, key, POSITION, &samples)?;
            out.tally.add(&marked.tally);
            out.pictures.extend(marked.record.pictures);
            for (sample, twins) in samples.iter().zip(marked.samples) {
                let [zero, one] = &mut out.variants;
                match twins {
                    Some(twins) => {
                        zero.push(twins.zero);
                        one.push(twins.one);
                    }
                    None => {
                        zero.push(sample.to_vec());
                        one.push(sample.to_vec());
                    }
                }
            }
        }
        Ok(out)
    }

    /// The same film with other samples.
    pub fn with(&self, samples: &[Vec<u8>]) -> Film {
        Film {
            samples: samples.to_vec(),
            ..self.clone()
        }
    }

    /// As a byte stream, parameter sets first.
    pub fn byte_stream(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut append = |unit: &[u8]| {
            out.extend_from_slice(&[0, 0, 0, 1]);
            out.extend_from_slice(unit);
        };
        self.sets.iter().for_each(|set| append(set));
        if self.framing == Framing::AnnexB {
            return self.samples.concat();
        }
        for sample in &self.samples {
            self.units(sample).into_iter().for_each(&mut append);
        }
        out
    }

    /// Every unit with the number of its sample, and the parameter sets that hold for it.
    pub fn walk(&self, mut each: impl FnMut(usize, &[u8], &ParameterSets)) {
        let mut sets = ParameterSets::new();
        let known = self.sets.iter().map(|set| (None, set.as_slice()));
        let samples = self.samples.iter().enumerate();
        let units = samples.flat_map(|(place, sample)| {
            let units = self.units(sample).into_iter();
            units.map(move |unit| (Some(place), unit))
        });
        for (place, unit) in known.chain(units) {
            if unit.first().is_some_and(|byte| matches!(byte & 31, 7 | 8)) {
                // What cannot be read is found by whoever needs it.
                let _ = sets.insert(unit);
            }
            if let Some(place) = place {
                each(place, unit, &sets);
            }
        }
    }

    /// The first sequence parameter set that a slice refers to.
    pub fn sps(&self) -> Option<Sps> {
        let mut found = None;
        self.walk(|_, unit, sets| {
            if found.is_none() && is_slice(unit) {
                found = SliceHeader::parse(unit, sets)
                    .ok()
                    .and_then(|slice| sets.pps(slice.pps_id))
                    .and_then(|pps| sets.sps(pps.sps_id))
                    .cloned();
            }
        });
        found
    }
}

/// A unit with a slice of a primary or redundant picture.
pub fn is_slice(unit: &[u8]) -> bool {
    NalHeader::parse(unit).is_ok_and(|header| {
        let kind = header.nal_unit_type;
        kind.is_vcl() && kind.has_slice_header()
    })
}

/// A slice that marking rewrites: of type I, and of a primary picture.
pub fn is_rewritten(header: &SliceHeader) -> bool {
    let is_plain = matches!(
        header.nal.nal_unit_type,
        NalUnitType::SLICE | NalUnitType::IDR
    );
    header.slice_type == SliceType::I && header.redundant_pic_cnt == 0 && is_plain
}
