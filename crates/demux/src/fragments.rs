//! Movie fragments, resolved to samples.
//!
//! ISO/IEC 14496-12 8.8. Every field of a sample has a chain of defaults: the row of the `trun`,
//! its first-sample flags, the `tfhd`, the `trex`. Every run has a chain of places: its own data
//! offset, the end of the run before, the base of the `tfhd`, the `moof` itself.

use isobmff::boxes::{Tfdt, Tfhd, Trex, Trun};
use isobmff::{BoxBody, Place, RawBox};
use media::{Sample, SampleFlags};

use crate::limits::{MAX_TIME, most_samples};
use crate::{EntryRun, Error, Limits};

/// The samples of one track, growing with every fragment.
#[derive(Debug)]
pub struct FragmentedTrack {
    /// `track_ID`.
    pub id: u32,
    /// Whether its samples are collected. Runs of a track that is not kept are only followed:
    /// those of another track may be placed behind them.
    pub is_kept: bool,
    /// Defaults from `mvex`.
    pub trex: Trex,
    /// In decoding order.
    pub samples: Vec<Sample>,
    /// Where the sample entry changes.
    pub entry_runs: Vec<EntryRun>,
}

/// Which sample a fragment begins with, per track it holds samples of.
pub type FragmentStarts = Vec<(u32, usize)>;

/// The `trex` of a track without one: nothing but the first sample entry.
pub fn default_trex(track_id: u32) -> Trex {
    Trex {
        track_id,
        default_sample_description_index: 1,
        default_sample_duration: 0,
        default_sample_size: 0,
        default_sample_flags: 0,
    }
}

/// Appends the samples of one `moof`, given with all its bytes, to the tracks they belong to.
/// Runs of tracks that are not in `tracks` are followed and dropped as well.
///
/// # Errors
/// A malformed box, decoding times that go backwards, data before the start of the file, more
/// samples than [`Limits::max_samples`] in a track or than the file has bytes for.
pub fn append(
    moof: &RawBox<'_>,
    file: &Place<'_>,
    tracks: &mut [FragmentedTrack],
    file_len: u64,
    limits: &Limits,
) -> Result<FragmentStarts, Error> {
    let place = file.child(moof.kind);
    let held: usize = tracks.iter().map(|track| track.samples.len()).sum();
    let mut room = most_samples(file_len).saturating_sub(held);
    let mut starts = FragmentStarts::new();
    // The first track fragment counts from the moof, later ones from the end of the one before.
    let mut previous_end = moof.offset;
    let mut index = 0;
    for child in moof.children(place) {
        let child = child?;
        if &child.kind.0 != b"traf" {
            continue;
        }
        let traf = place.indexed(child.kind, index);
        let fragment = Fragment {
            moof: moof.offset,
            moof_end: moof.offset.saturating_add(moof.bytes.len() as u64),
            place: traf,
            most: limits.max_samples,
        };
        index += 1;
        previous_end = fragment.append(&child, previous_end, tracks, &mut room, &mut starts)?;
    }
    Ok(starts)
}

/// What the runs of one `traf` have in common.
struct Fragment<'p> {
    moof: u64,
    moof_end: u64,
    place: Place<'p>,
    /// Samples a track may have.
    most: usize,
}

impl Fragment<'_> {
    /// Returns where the data of this track fragment ends.
    fn append(
        &self,
        traf: &RawBox<'_>,
        previous_end: u64,
        tracks: &mut [FragmentedTrack],
        room: &mut usize,
        starts: &mut FragmentStarts,
    ) -> Result<u64, Error> {
        let mut header: Option<Tfhd> = None;
        let mut decode_time: Option<Tfdt> = None;
        let mut runs = Vec::new();
        let mut protected = None;
        for child in traf.children(self.place) {
            let child = child?;
            match &child.kind.0 {
                b"tfhd" => header = Some(Tfhd::parse(&child, &self.place)?),
                b"tfdt" => decode_time = Some(Tfdt::parse(&child, &self.place)?),
                b"trun" => runs.push(Trun::parse(&child, &self.place)?),
                b"senc" | b"saiz" => protected = protected.or(Some(child.kind)),
                b"sbgp" | b"sgpd" if child.body().get(4..8) == Some(b"seig") => {
                    protected = protected.or(Some(child.kind));
                }
                _ => {}
            }
        }
        let Some(header) = header else {
            return Err(Error::table(self.place, "has no tfhd box"));
        };
        let base = match (header.base_data_offset, header.default_base_is_moof) {
            (Some(base), _) => base,
            (None, true) => self.moof,
            (None, false) => previous_end,
        };
        let unplaced = runs
            .first()
            .is_some_and(|run| run.data_offset.is_none() && run.sample_count > 0);
        if header.base_data_offset.is_some()
            && unplaced
            && (self.moof..self.moof_end).contains(&base)
        {
            let text = format!(
                "base_data_offset: is {base}, which lies inside the moof at bytes {} to {}",
                self.moof, self.moof_end
            );
            return Err(Error::table(self.place.child(Tfhd::KIND), text));
        }
        let mut placed = Placed { base, end: base };
        let found = tracks.iter_mut().find(|track| track.id == header.track_id);
        let known = found
            .as_ref()
            .map_or(0, |track| track.trex.default_sample_size);
        let size = header.default_sample_size.unwrap_or(known);
        let Some(track) = found.filter(|track| track.is_kept) else {
            for run in &runs {
                self.begin(&mut placed, run)?;
                placed.end = placed.end.saturating_add(data_len(run, size));
            }
            return Ok(placed.end);
        };
        if let Some(kind) = protected {
            let text =
                "the samples are encrypted, though no sample entry says so; decrypt them first";
            return Err(Error::table(self.place.child(kind), text));
        }
        let mut dts = self.start(track, decode_time.as_ref())?;
        let first_sample = track.samples.len();
        let entry = header
            .sample_description_index
            .unwrap_or(track.trex.default_sample_description_index);
        let Some(entry) = entry.checked_sub(1) else {
            return Err(Error::table(
                self.place.child(Tfhd::KIND),
                "sample_description_index: is 0, expected at least 1",
            ));
        };
        for run in &runs {
            self.begin(&mut placed, run)?;
            self.append_run(run, &header, track, room, &mut placed, &mut dts)?;
        }
        if track.samples.len() > first_sample {
            starts.push((track.id, first_sample));
            if track
                .entry_runs
                .last()
                .is_none_or(|last| last.entry != entry)
            {
                track.entry_runs.push(EntryRun {
                    first_sample,
                    entry,
                });
            }
        }
        Ok(placed.end)
    }

    /// Moves to where the data of `run` begins: behind the run before, unless the run says.
    fn begin(&self, placed: &mut Placed, run: &Trun<'_>) -> Result<(), Error> {
        let Some(offset) = run.data_offset else {
            return Ok(());
        };
        let start = placed.base.checked_add_signed(i64::from(offset));
        placed.end = start.ok_or_else(|| {
            let text = format!(
                "data_offset: is {offset} from byte {}, expected a place in the file",
                placed.base
            );
            Error::table(self.place.child(Trun::KIND), text)
        })?;
        if run.sample_count > 0 && (self.moof..self.moof_end).contains(&placed.end) {
            let text = format!(
                "data_offset: is {offset} from byte {}, which lies inside the moof at bytes {} to {}",
                placed.base, self.moof, self.moof_end
            );
            return Err(Error::table(self.place.child(Trun::KIND), text));
        }
        Ok(())
    }

    /// Where the fragment starts on the media timeline. A gap to the fragment before lengthens
    /// that fragment's last sample, so that a sample always lasts until the next one.
    fn start(&self, track: &mut FragmentedTrack, tfdt: Option<&Tfdt>) -> Result<i64, Error> {
        let time = tfdt.map(|tfdt| tfdt.base_media_decode_time);
        let start = match time.map(i64::try_from) {
            None => None,
            Some(Ok(start)) if start <= MAX_TIME => Some(start),
            Some(_) => {
                let text = format!(
                    "baseMediaDecodeTime: is {}, expected at most {MAX_TIME}",
                    time.unwrap_or_default()
                );
                return Err(Error::table(self.place.child(Tfdt::KIND), text));
            }
        };
        let Some(last) = track.samples.last_mut() else {
            return Ok(start.unwrap_or(0));
        };
        let end = last.dts.saturating_add(i64::from(last.duration));
        let Some(start) = start else { return Ok(end) };
        let duration = start
            .checked_sub(last.dts)
            .and_then(|ticks| u32::try_from(ticks).ok());
        match duration {
            Some(duration) if duration > 0 || last.duration == 0 => {
                last.duration = duration;
                Ok(start)
            }
            _ => {
                let text = format!(
                    "baseMediaDecodeTime: is {start}, expected about {end}, where the fragment \
                     before ends"
                );
                Err(Error::table(self.place.child(Tfdt::KIND), text))
            }
        }
    }

    fn append_run(
        &self,
        run: &Trun<'_>,
        header: &Tfhd,
        track: &mut FragmentedTrack,
        room: &mut usize,
        placed: &mut Placed,
        dts: &mut i64,
    ) -> Result<(), Error> {
        let trex = &track.trex;
        let duration = header
            .default_sample_duration
            .unwrap_or(trex.default_sample_duration);
        let size = header
            .default_sample_size
            .unwrap_or(trex.default_sample_size);
        let flags = header
            .default_sample_flags
            .unwrap_or(trex.default_sample_flags);
        let count = run.sample_count as usize;
        self.check_count(track.samples.len(), count, *room)?;
        *room = room.saturating_sub(count);
        track.samples.reserve(count);
        for (index, row) in run.samples().enumerate() {
            let first = if index == 0 {
                run.first_sample_flags
            } else {
                None
            };
            let sample = Sample {
                offset: placed.end,
                dts: *dts,
                size: row.size.unwrap_or(size),
                duration: row.duration.unwrap_or(duration),
                composition_offset: row.composition_time_offset.unwrap_or(0),
                flags: SampleFlags(row.flags.or(first).unwrap_or(flags)),
            };
            placed.end = sample.end();
            // Held against the largest time once, below.
            *dts = dts.saturating_add(i64::from(sample.duration));
            track.samples.push(sample);
        }
        if *dts > MAX_TIME {
            let text = format!("sample times reach {dts}, expected at most {MAX_TIME}");
            return Err(Error::table(self.place.child(Trun::KIND), text));
        }
        Ok(())
    }

    /// A run without rows can claim any number of samples.
    fn check_count(&self, held: usize, count: usize, room: usize) -> Result<(), Error> {
        let too_many = |what, count: usize, limit: usize| {
            Err(Error::TooMany {
                place: self.place.child(Trun::KIND).to_string(),
                what,
                count: count as u64,
                limit: limit as u64,
            })
        };
        let total = held.saturating_add(count);
        if total > self.most {
            return too_many("samples in the track", total, self.most);
        }
        if count > room {
            return too_many("samples in what is left of the file's bytes", count, room);
        }
        Ok(())
    }
}

/// Bytes of a run's samples.
fn data_len(run: &Trun<'_>, default_size: u32) -> u64 {
    if run.flags & Trun::SAMPLE_SIZE == 0 {
        // Below 2^64, and no loop: nothing stands behind the count.
        return u64::from(run.sample_count) * u64::from(default_size);
    }
    let sizes = run
        .samples()
        .map(|row| u64::from(row.size.unwrap_or(default_size)));
    sizes.fold(0, u64::saturating_add)
}

/// Where the data of runs lies.
struct Placed {
    base: u64,
    end: u64,
}

#[cfg(test)]
mod tests;
