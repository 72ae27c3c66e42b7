//! Whether inputs can be marked, and how well: what can be said without decoding a picture.

use std::fs::File;

use bitstream::h264::{NalHeader, NalUnitType, ParameterSets, SliceHeader};
use bitstream::nal::AnnexB;
use demux::{Source, Track, WhenTruncated};
use isobmff::Place;
use isobmff::boxes::Avcc;
use media::cut::{self, Boundaries, CutTrack};
use media::{Sample, Segment, Time, Timescale, TrackKind};

use crate::Error;
use crate::input::InputSpec;
use crate::job::{Job, SegmentDuration};
use crate::mark::{MarkInput, MarkTrack, is_byte_stream, open_input};
use crate::marking::{Streams, chain, too_few};
use crate::plan::{Input, access, begin_at_sync, open};

/// Sync samples whose slice QP is looked at, spread over the track.
const LOOKED_AT: usize = 16;

/// Bytes of a picture that are looked at: parameter sets and messages stand before its slices.
const PICTURE_BYTES: u64 = 8 << 10;

/// The luma QP from which on steps are so coarse that only part of the mark gets in.
pub const COARSE_QP: u8 = 30;

/// The luma QP above which nothing of the mark gets in.
pub const WORST_QP: u8 = 36;

/// What can be said of the inputs of a job.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Markability {
    /// Every video track of every input, in order.
    pub tracks: Vec<TrackMarkability>,
    /// Bits of a code that fit all of them together; `None` where they cannot be cut together, or
    /// one cannot be marked.
    pub positions: Option<usize>,
    /// Why they cannot be cut together.
    pub misaligned: Option<String>,
    /// What is to be said of the number of positions, where it is too small.
    pub warning: Option<String>,
}

/// What can be said of a track.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TrackMarkability {
    /// The input as it was named.
    pub input: String,
    /// `track_ID`; 0 for byte streams.
    pub track: u32,
    /// Bits of a code that fit it alone.
    pub positions: usize,
    /// Shortest, median and longest distance between sync samples, which are where the mark is put
    /// in, in seconds; `None` where there is only one.
    pub spacing: Option<[f64; 3]>,
    /// Median luma QP of slices at sync samples, where readable.
    pub slice_qp: Option<u8>,
    /// Why it cannot be marked.
    pub unmarkable: Option<String>,
    /// What makes the mark weak.
    pub weak: Vec<String>,
}

/// Looks at the video of the inputs of `job`.
///
/// # Errors
/// Inputs that cannot be opened.
pub fn markability(job: &Job) -> Result<Markability, Error> {
    let target = match job.segment_duration {
        SegmentDuration::Target(time) => time,
        SegmentDuration::EveryGop => Timescale::MILLISECONDS.time(0),
    };
    let when_truncated = match job.allow_truncated {
        true => WhenTruncated::KeepWhole,
        false => WhenTruncated::Refuse,
    };
    let mut out = Markability::default();
    let mut tracks = Vec::new();
    for spec in job.inputs.iter().filter(|spec| !spec.is_subtitle()) {
        let wants = spec.kind.unwrap_or(TrackKind::Video);
        if wants != TrackKind::Video {
            continue;
        }
        if is_byte_stream(&spec.path) {
            let (found, track) = look_at_stream(spec, target)?;
            out.tracks.push(found);
            tracks.extend(track.map(Pictures::Stream));
            continue;
        }
        let opened = open(spec, when_truncated)?;
        for mut track in opened.tracks {
            if track.kind() != TrackKind::Video {
                continue;
            }
            // Of what is left out, planning warns.
            begin_at_sync(&spec.name(), &mut track, &mut Vec::new())?;
            out.tracks.push(look(spec, &opened.input, &track, target));
            tracks.push(Pictures::Track(Box::new(track)));
        }
    }
    let cuts: Vec<cut::CutTrack<'_>> = tracks.iter().map(Pictures::to_cut).collect();
    let can = out.tracks.iter().all(|track| track.unmarkable.is_none());
    match cut::common_boundaries(&cuts, target) {
        Ok(common) if can && !tracks.is_empty() => {
            out.positions = Some(common.times.len().saturating_add(1));
        }
        Ok(_) => {}
        Err(misaligned) => {
            // Tracks that cannot be marked at all are not among those that were cut.
            let time = misaligned.time;
            out.misaligned = Some(format!("not every input has a sync sample at {time}"));
        }
    }
    out.warning = out.positions.and_then(too_few);
    Ok(out)
}

/// What was opened of a track.
enum Pictures {
    Track(Box<Track>),
    Stream(MarkTrack),
}

impl Pictures {
    fn to_cut(&self) -> CutTrack<'_> {
        match self {
            Pictures::Track(track) => track.to_cut(),
            Pictures::Stream(stream) => stream.to_cut(),
        }
    }
}

/// What can be said of a byte stream, and the stream where it can be marked.
fn look_at_stream(
    spec: &InputSpec,
    target: Time,
) -> Result<(TrackMarkability, Option<MarkTrack>), Error> {
    let mut out = TrackMarkability {
        input: spec.name(),
        ..TrackMarkability::default()
    };
    let (MarkInput { input, .. }, tracks) = match open_input(&spec.path, 0, &mut out.weak) {
        Ok(found) => found,
        Err(Error::Unmarkable { why, .. }) => {
            out.unmarkable = Some(format!("cannot be marked: {why}"));
            return Ok((out, None));
        }
        Err(error) => return Err(error),
    };
    let Some(track) = tracks.into_iter().next() else {
        return Ok((out, None));
    };
    let cut = track.to_cut();
    out.spacing = spacing(&cut);
    out.cut(&cut, target);
    let mut sets = ParameterSets::new();
    for set in track.sets() {
        // Broken sets are told elsewhere.
        let _ = sets.insert(set);
    }
    let qp = |bytes: &[u8]| qp_of(AnnexB::new(bytes).map(|unit| unit.bytes), &mut sets);
    out.judge_qp(median_qp(&input.file, track.samples(), qp));
    Ok((out, Some(track)))
}

impl TrackMarkability {
    /// Counts positions; the segments they are for.
    fn cut(&mut self, cut: &CutTrack<'_>, target: Time) -> Vec<Segment> {
        let Boundaries {
            times,
            longest_group,
            ..
        } = cut::common_boundaries(std::slice::from_ref(cut), target).unwrap_or_default();
        let segments = cut::cut_at_sync(cut, &times);
        self.positions = segments.len();
        if let Some(longest) = longest_group.filter(|_| target.ticks > 0) {
            self.weak.push(format!(
                "a group of pictures lasts {longest}, so a bit takes longer than the {target} \
                 asked for"
            ));
        }
        segments
    }

    fn judge_qp(&mut self, qp: Option<u8>) {
        self.slice_qp = qp;
        match qp {
            Some(qp) if qp > WORST_QP => self.weak.push(format!(
                "intra pictures have a QP of {qp}; above {WORST_QP} no mark gets in"
            )),
            Some(qp) if qp >= COARSE_QP => self.weak.push(format!(
                "intra pictures have a QP of {qp}; from {COARSE_QP} on only part of the mark gets \
                 in"
            )),
            Some(_) | None => {}
        }
    }
}

fn look(spec: &InputSpec, input: &Input, track: &Track, target: Time) -> TrackMarkability {
    let name = spec.name();
    let mut out = TrackMarkability {
        input: name.clone(),
        track: track.id,
        spacing: spacing(&track.to_cut()),
        ..TrackMarkability::default()
    };
    match Streams::of(&name, track) {
        Ok(_) => {}
        Err(Error::Track { why, .. }) => out.unmarkable = Some(why),
        Err(error) => out.unmarkable = Some(chain(&error)),
    }
    let segments = out.cut(&track.to_cut(), target);
    match access(input, track, &segments, &mut Vec::new()) {
        Ok(saps) => {
            let open = saps.iter().filter(|sap| **sap == 3).count();
            if open > 0 {
                let all = saps.len();
                out.weak.push(format!(
                    "{open} of {all} segments begin with an open group of pictures, whose leading \
                     pictures mix two marks"
                ));
            }
        }
        Err(error) => {
            out.unmarkable.get_or_insert(chain(&error));
        }
    }
    out.judge_qp(slice_qp(input, track));
    out
}

/// Shortest, median and longest distance between sync samples.
fn spacing(cut: &CutTrack<'_>) -> Option<[f64; 3]> {
    let sync = cut.samples.iter().filter(|sample| sample.is_sync());
    let mut times: Vec<i64> = sync.map(|sample| cut.presentation(sample)).collect();
    times.sort_unstable();
    let pairs = times.windows(2);
    let distance = |pair: &[i64]| match pair {
        [one, next] => next.saturating_sub(*one),
        _ => 0,
    };
    let mut distances: Vec<i64> = pairs.map(distance).collect();
    distances.sort_unstable();
    let at = |place: usize| distances.get(place).copied();
    let found = [at(0)?, at(distances.len() / 2)?, at(distances.len() - 1)?];
    Some(found.map(|ticks| cut.timescale.seconds(ticks)))
}

/// Median luma QP of the first slices of some sync samples of a movie.
fn slice_qp(input: &Input, track: &Track) -> Option<u8> {
    let entry = track.entries.first()?;
    let avcc: Avcc<'_> = entry.read_child(Place::FILE).ok()??;
    let mut sets = ParameterSets::new();
    let known = [&avcc.sequence_parameter_sets, &avcc.picture_parameter_sets];
    for set in known.into_iter().flatten() {
        // Broken sets are told elsewhere.
        let _ = sets.insert(set);
    }
    let size = usize::from(avcc.length_size_minus_one) + 1;
    let qp = |bytes: &[u8]| qp_of(Units { rest: bytes, size }, &mut sets);
    median_qp(&input.file, &track.samples, qp)
}

/// The median of what `qp` says of the beginnings of some sync samples.
fn median_qp(
    file: &File,
    samples: &[Sample],
    mut qp: impl FnMut(&[u8]) -> Option<u8>,
) -> Option<u8> {
    let sync: Vec<&Sample> = samples.iter().filter(|each| each.is_sync()).collect();
    let step = (sync.len() / LOOKED_AT).max(1);
    let pictures = sync.into_iter().step_by(step);
    let qps = pictures.filter_map(|sample| {
        let most = PICTURE_BYTES.min(u64::from(sample.size));
        let mut bytes = vec![0; usize::try_from(most).ok()?];
        Source::read_exact_at(file, &mut bytes, sample.offset).ok()?;
        qp(&bytes)
    });
    let mut qps: Vec<u8> = qps.collect();
    qps.sort_unstable();
    qps.get(qps.len() / 2).copied()
}

/// NAL units in the beginning of a sample, each after its length; the last may be cut.
struct Units<'a> {
    rest: &'a [u8],
    size: usize,
}

impl<'a> Iterator for Units<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (field, after) = self.rest.split_at_checked(self.size)?;
        let length = field
            .iter()
            .fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
        self.rest = after.get(length..).unwrap_or_default();
        Some(after.get(..length).unwrap_or(after))
    }
}

/// The luma QP of the first slice among NAL units.
fn qp_of<'a>(units: impl Iterator<Item = &'a [u8]>, sets: &mut ParameterSets) -> Option<u8> {
    for nal in units {
        match NalHeader::parse(nal).ok()?.nal_unit_type {
            NalUnitType::SPS | NalUnitType::PPS => {
                let _ = sets.insert(nal);
            }
            NalUnitType::SLICE | NalUnitType::IDR => {
                let header = SliceHeader::parse(nal, sets).ok()?;
                let pps = sets.pps(header.pps_id)?;
                let qp = i32::from(pps.pic_init_qp_minus26)
                    .checked_add(26)?
                    .checked_add(header.slice_qp_delta)?;
                return u8::try_from(qp.max(0)).ok();
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of x264: 64x48 pictures in two slices, `pic_init_qp_minus26` -3.
    const SPS: [u8; 23] = [
        0x67, 0x42, 0xc0, 0x0a, 0xd9, 0x04, 0x7b, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00,
        0x00, 0x03, 0x03, 0x20, 0xf1, 0x22, 0x64, 0x80,
    ];
    const PPS: [u8; 5] = [0x68, 0xcb, 0x83, 0xcb, 0x20];
    const IDR: [u8; 10] = [0x65, 0x88, 0x84, 0x0a, 0x7f, 0xe4, 0x5e, 0xd0, 0xf1, 0x40];

    #[test]
    fn the_first_slice_tells_its_qp_and_a_cut_sample_nothing() {
        let mut sample = Vec::new();
        for nal in [&SPS[..], &PPS, &IDR] {
            sample.push(nal.len() as u8);
            sample.extend(nal);
        }
        let qp = |rest: &[u8]| qp_of(Units { rest, size: 1 }, &mut ParameterSets::new());
        // 23 of the picture parameter set, and slice_qp_delta 10 (000010100).
        assert_eq!(qp(&sample), Some(33));
        for end in 0..SPS.len() + PPS.len() + 4 {
            assert_eq!(qp(&sample[..end]), None);
        }
    }
}
