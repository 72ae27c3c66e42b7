//! Whether inputs can be marked, and how well: what can be said without decoding a picture.

use bitstream::h264::{NalHeader, NalUnitType, ParameterSets, SliceHeader};
use demux::{Source, Track, WhenTruncated};
use isobmff::Place;
use isobmff::boxes::Avcc;
use media::cut::{self, Boundaries};
use media::{Sample, Time, Timescale, TrackKind};

use crate::Error;
use crate::input::InputSpec;
use crate::job::{Job, SegmentDuration};
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
    /// What is to be said of that number, where it is too small.
    pub warning: Option<String>,
}

/// What can be said of a track.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TrackMarkability {
    /// The input as it was named.
    pub input: String,
    /// `track_ID`.
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
        let opened = open(spec, when_truncated)?;
        for mut track in opened.tracks {
            if track.kind() != TrackKind::Video {
                continue;
            }
            // Of what is left out, planning warns.
            begin_at_sync(&spec.name(), &mut track, &mut Vec::new())?;
            out.tracks.push(look(spec, &opened.input, &track, target));
            tracks.push(track);
        }
    }
    let cuts: Vec<cut::CutTrack<'_>> = tracks.iter().map(Track::to_cut).collect();
    let can = out.tracks.iter().all(|track| track.unmarkable.is_none());
    let common = cut::common_boundaries(&cuts, target).ok();
    out.positions = common
        .filter(|_| can && !tracks.is_empty())
        .map(|common| common.times.len().saturating_add(1));
    out.warning = out.positions.and_then(too_few);
    Ok(out)
}

fn look(spec: &InputSpec, input: &Input, track: &Track, target: Time) -> TrackMarkability {
    let name = spec.name();
    let mut out = TrackMarkability {
        input: name.clone(),
        track: track.id,
        spacing: spacing(track),
        ..TrackMarkability::default()
    };
    match Streams::of(&name, track) {
        Ok(_) => {}
        Err(Error::Track { why, .. }) => out.unmarkable = Some(why),
        Err(error) => out.unmarkable = Some(chain(&error)),
    }
    let Boundaries {
        times,
        longest_group,
        ..
    } = cut::common_boundaries(&[track.to_cut()], target).unwrap_or_default();
    let segments = cut::cut_at_sync(&track.to_cut(), &times);
    out.positions = segments.len();
    if let Some(longest) = longest_group.filter(|_| target.ticks > 0) {
        out.weak.push(format!(
            "a group of pictures lasts {longest}, so a bit takes longer than the {target} asked for"
        ));
    }
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
    out.slice_qp = slice_qp(input, track);
    match out.slice_qp {
        Some(qp) if qp > WORST_QP => out.weak.push(format!(
            "intra pictures have a QP of {qp}; above {WORST_QP} no mark gets in"
        )),
        Some(qp) if qp >= COARSE_QP => out.weak.push(format!(
            "intra pictures have a QP of {qp}; from {COARSE_QP} on only part of the mark gets in"
        )),
        Some(_) | None => {}
    }
    out
}

/// Shortest, median and longest distance between sync samples.
fn spacing(track: &Track) -> Option<[f64; 3]> {
    let sync = track.samples.iter().filter(|sample| sample.is_sync());
    let mut times: Vec<i64> = sync.map(|sample| track.presentation(sample)).collect();
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
    Some(found.map(|ticks| track.timescale.seconds(ticks)))
}

/// Median luma QP of the first slices of some sync samples.
fn slice_qp(input: &Input, track: &Track) -> Option<u8> {
    let entry = track.entries.first()?;
    let avcc: Avcc<'_> = entry.read_child(Place::FILE).ok()??;
    let mut sets = ParameterSets::new();
    let known = [&avcc.sequence_parameter_sets, &avcc.picture_parameter_sets];
    for set in known.into_iter().flatten() {
        // Broken sets are told elsewhere.
        let _ = sets.insert(set);
    }
    let length_size = usize::from(avcc.length_size_minus_one) + 1;
    let sync: Vec<&Sample> = track.samples.iter().filter(|each| each.is_sync()).collect();
    let step = (sync.len() / LOOKED_AT).max(1);
    let pictures = sync.into_iter().step_by(step);
    let qps = pictures.filter_map(|sample| {
        let most = PICTURE_BYTES.min(u64::from(sample.size));
        let mut bytes = vec![0; usize::try_from(most).ok()?];
        Source::read_exact_at(&input.file, &mut bytes, sample.offset).ok()?;
        qp_of(&bytes, length_size, &mut sets)
    });
    let mut qps: Vec<u8> = qps.collect();
    qps.sort_unstable();
    qps.get(qps.len() / 2).copied()
}

/// The luma QP of the first slice in the beginning of a sample.
fn qp_of(sample: &[u8], length_size: usize, sets: &mut ParameterSets) -> Option<u8> {
    let mut rest = sample;
    loop {
        let (field, after) = rest.split_at_checked(length_size)?;
        let length = field
            .iter()
            .fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
        let nal = after.get(..length).unwrap_or(after);
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
        rest = after.get(length..)?;
    }
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
        let qp = |sample: &[u8]| qp_of(sample, 1, &mut ParameterSets::new());
        // 23 of the picture parameter set, and slice_qp_delta 10 (000010100).
        assert_eq!(qp(&sample), Some(33));
        for end in 0..SPS.len() + PPS.len() + 4 {
            assert_eq!(qp(&sample[..end]), None);
        }
    }
}
