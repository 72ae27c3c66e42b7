//! Media segments as the package holds them.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use isobmff::boxes::{Sbgp, Seig, Tfdt, Tfhd, Trun};
use isobmff::{BoxBody, BoxHeader, FourCc, Place, RawBox};
use media::SampleFlags;

use super::boxes::{one, read};
use super::init::Init;

/// Largest `moof` read, in bytes.
const MAX_MOOF_BYTES: u64 = 64 << 20;

/// Most boxes at the top of one segment.
const MAX_TOP_BOXES: usize = 100_000;

/// Most samples in one segment.
const MAX_SAMPLES: u64 = 10_000_000;

/// What is met in a segment, in order.
pub(super) enum Seen<'a> {
    /// A fragment, before its samples.
    Fragment(Traf<'a>),
    /// The place of a sample in the file.
    Sample(Range<u64>),
}

/// The boxes of a fragment about its samples.
pub(super) struct Traf<'a> {
    pub(super) raw: RawBox<'a>,
    /// What offsets in it count from.
    pub(super) base: u64,
    /// In all of its runs.
    pub(super) samples: u64,
    /// Position of the sample entry in `stsd`, from 0.
    pub(super) entry: u32,
}

/// What one media segment holds. Times in ticks of the track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fragment {
    /// `tfdt` of its first fragment.
    pub(super) decode_start: u64,
    /// Where its last sample ends in decoding time.
    pub(super) decode_end: u64,
    pub(super) samples: u64,
    /// Whether decoding can start at its first sample.
    pub(super) starts_with_sync: bool,
    /// Presentation time of its first sample, edit list applied.
    pub(super) first: i64,
    /// Earliest presentation time, edit list applied.
    pub(super) earliest: i64,
    /// Where its presentation ends, edit list applied.
    pub(super) end: i64,
    /// Where its first `moof` begins in the file.
    pub(super) moof: u64,
    /// Where the bytes of its first sample end in the file.
    pub(super) first_sample_end: u64,
    /// Whether its first fragment has a group of type `seig`, as clear samples of encrypted tracks
    /// have.
    pub(super) has_seig: bool,
}

impl Fragment {
    /// Reads the segment in `range` of `file`: every `moof` in it, but no sample.
    ///
    /// # Errors
    ///
    /// What is wrong, as a finding's value.
    pub(super) fn read(file: &File, range: Range<u64>, init: &Init) -> Result<Fragment, String> {
        Fragment::read_with(file, range, init, &mut |_| {})
    }

    /// The same, and shows `each` every fragment and the place of every sample in the file.
    ///
    /// # Errors
    ///
    /// What is wrong, as a finding's value.
    pub(super) fn read_with(
        file: &File,
        range: Range<u64>,
        init: &Init,
        each: &mut dyn FnMut(Seen<'_>),
    ) -> Result<Fragment, String> {
        let mut reading = Reading {
            init,
            fragment: None,
            runs: Vec::new(),
            has_seig: false,
            each,
        };
        let mut mdats = Vec::new();
        let mut at = range.start;
        for count in 0.. {
            if at >= range.end {
                break;
            }
            if count >= MAX_TOP_BOXES {
                return Err(format!("more than {MAX_TOP_BOXES} boxes"));
            }
            let header = header(file, at, range.end)?;
            if header.kind == FourCc::new(b"moof") {
                let moof = load(file, &header)?;
                reading.moof(&moof, header.offset)?;
            } else if header.kind == FourCc::new(b"mdat") {
                mdats.push(header.body_offset()..header.end());
            }
            at = header.end();
        }
        let inside = |run: &Range<u64>| {
            mdats
                .iter()
                .any(|mdat| mdat.start <= run.start && run.end <= mdat.end)
        };
        if let Some(run) = reading.runs.iter().find(|run| !inside(run)) {
            return Err(format!(
                "samples at bytes {}..{} lie outside mdat",
                run.start, run.end
            ));
        }
        reading.fragment.ok_or_else(|| "no samples".into())
    }
}

/// The header of the box at `at`, which ends before `end`.
fn header(file: &File, at: u64, end: u64) -> Result<BoxHeader, String> {
    let length = (end - at).min(BoxHeader::MAX_LEN as u64) as usize;
    let mut bytes = [0; BoxHeader::MAX_LEN];
    let bytes = bytes.get_mut(..length).unwrap_or_default();
    file.read_exact_at(bytes, at)
        .map_err(|error| error.to_string())?;
    BoxHeader::parse(bytes, at, end, &Place::FILE).map_err(|error| error.to_string())
}

fn load(file: &File, header: &BoxHeader) -> Result<Vec<u8>, String> {
    if header.size > MAX_MOOF_BYTES {
        return Err(format!("a moof of {} bytes", header.size));
    }
    let mut bytes = vec![0; header.size as usize];
    file.read_exact_at(&mut bytes, header.offset)
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}

struct Reading<'i> {
    init: &'i Init,
    fragment: Option<Fragment>,
    /// Where samples lie in the file.
    runs: Vec<Range<u64>>,
    /// Whether the fragment at hand has a group of type `seig`.
    has_seig: bool,
    /// Takes what is met.
    each: &'i mut dyn FnMut(Seen<'_>),
}

impl Reading<'_> {
    fn moof(&mut self, bytes: &[u8], offset: u64) -> Result<(), String> {
        let text = |error: isobmff::Error| error.to_string();
        let moof = RawBox::parse(bytes, offset, &Place::FILE).map_err(text)?;
        let moof_place = Place::FILE.child(moof.kind);
        let traf = one(&moof, &moof_place, b"traf")?;
        let place = moof_place.child(traf.kind);
        let tfhd: Tfhd = read(&traf, &place, b"tfhd")?;
        let tfdt: Tfdt = read(&traf, &place, b"tfdt")?;
        if tfhd.track_id != self.init.track_id {
            let (is, expected) = (tfhd.track_id, self.init.track_id);
            return Err(format!(
                "track {is} in a moof, track {expected} in the initialization segment"
            ));
        }
        let mut decode = tfdt.base_media_decode_time;
        let end = self.fragment.map(|fragment| fragment.decode_end);
        if let Some(end) = end.filter(|end| *end != decode) {
            return Err(format!(
                "a fragment at tick {decode} after one that ends at {end}"
            ));
        }
        // Groups stand behind the samples they are about.
        self.has_seig = false;
        let mut samples = 0u64;
        for child in traf.children(place).flatten() {
            if child.kind == Sbgp::KIND {
                let group = Sbgp::parse(&child, &place).map_err(text)?;
                self.has_seig |= group.grouping_type == Seig::GROUPING_TYPE;
            } else if child.kind == Trun::KIND {
                let run = Trun::parse(&child, &place).map_err(text)?;
                samples = samples.saturating_add(run.sample_count.into());
            }
        }
        let entry = tfhd.sample_description_index;
        (self.each)(Seen::Fragment(Traf {
            raw: traf,
            samples,
            base: tfhd.base_data_offset.unwrap_or(offset),
            entry: entry.unwrap_or(self.init.default_entry).saturating_sub(1),
        }));
        let mut data = offset;
        for child in traf.children(place) {
            let child = child.map_err(text)?;
            if child.kind == FourCc::new(b"trun") {
                let trun = Trun::parse(&child, &place).map_err(text)?;
                let base = tfhd.base_data_offset.unwrap_or(offset);
                if let Some(relative) = trun.data_offset {
                    data = base.saturating_add_signed(relative.into());
                }
                (decode, data) = self.trun(&trun, &tfhd, decode, (offset, data))?;
            }
        }
        Ok(())
    }

    /// Takes the samples of one run in the `moof` at the first of two offsets, their data at the
    /// second; where decoding time and data go on.
    fn trun(
        &mut self,
        trun: &Trun<'_>,
        tfhd: &Tfhd,
        mut decode: u64,
        (moof, data): (u64, u64),
    ) -> Result<(u64, u64), String> {
        let init = self.init;
        let before = self.fragment.map_or(0, |fragment| fragment.samples);
        if before.saturating_add(trun.sample_count.into()) > MAX_SAMPLES {
            return Err(format!("more than {MAX_SAMPLES} samples"));
        }
        let duration = tfhd
            .default_sample_duration
            .unwrap_or(init.default_sample_duration);
        let size = tfhd.default_sample_size.unwrap_or(init.default_sample_size);
        let flags = tfhd
            .default_sample_flags
            .unwrap_or(init.default_sample_flags);
        let mut end = data;
        let mut first_flags = trun.first_sample_flags;
        for sample in trun.samples() {
            let start = i64::try_from(decode).map_err(|_| "a tfdt beyond 2^63")?;
            let offset = i64::from(sample.composition_time_offset.unwrap_or(0));
            let at = start
                .saturating_add(offset)
                .saturating_add(init.edit_offset);
            let duration = sample.duration.unwrap_or(duration);
            let flags = first_flags.take().unwrap_or(sample.flags.unwrap_or(flags));
            let begins = end;
            end = end.saturating_add(sample.size.unwrap_or(size).into());
            (self.each)(Seen::Sample(begins..end));
            let fragment = self.fragment.get_or_insert(Fragment {
                decode_start: decode,
                decode_end: decode,
                samples: 0,
                starts_with_sync: SampleFlags(flags).is_sync(),
                first: at,
                earliest: at,
                end: at,
                moof,
                first_sample_end: end,
                has_seig: self.has_seig,
            });
            decode = decode.saturating_add(duration.into());
            fragment.samples += 1;
            fragment.decode_end = decode;
            fragment.earliest = fragment.earliest.min(at);
            fragment.end = fragment.end.max(at.saturating_add(duration.into()));
        }
        if end > data {
            self.runs.push(data..end);
        }
        Ok((decode, end))
    }
}
