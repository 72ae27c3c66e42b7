//! Movie fragments, resolved to samples.
//!
//! ISO/IEC 14496-12 8.8. Every field of a sample has a chain of defaults: the row of the `trun`,
//! its first-sample flags, the `tfhd`, the `trex`. Every run has a chain of places: its own data
//! offset, the end of the run before, the base of the `tfhd`, the `moof` itself.

use isobmff::boxes::{Tfdt, Tfhd, Trex, Trun};
use isobmff::{BoxBody, Place, RawBox};
use media::{Sample, SampleFlags};

use crate::{EntryRun, Error, Limits};

/// The samples of one track, growing with every fragment.
#[derive(Debug)]
pub struct FragmentedTrack {
    /// `track_ID`.
    pub id: u32,
    /// Defaults from `mvex`.
    pub trex: Trex,
    /// In decoding order.
    pub samples: Vec<Sample>,
    /// Where the sample entry changes.
    pub entry_runs: Vec<EntryRun>,
}

/// Which sample a fragment begins with, per track it holds samples of.
pub type FragmentStarts = Vec<(u32, usize)>;

/// Appends the samples of one `moof`, given with all its bytes, to the tracks they belong to.
/// Runs of tracks that are not in `tracks` are followed (later runs may be placed behind them) and
/// dropped.
///
/// # Errors
/// A malformed box, decoding times that go backwards, more samples than [`Limits::max_samples`].
pub fn append(
    moof: &RawBox<'_>,
    file: &Place<'_>,
    tracks: &mut [FragmentedTrack],
    file_len: u64,
    limits: &Limits,
) -> Result<FragmentStarts, Error> {
    // Every sample takes at least a byte of media or of table, so a file has no more samples than
    // bytes, whatever runs without rows claim.
    let most = usize::try_from(file_len)
        .unwrap_or(usize::MAX)
        .min(limits.max_samples);
    let place = file.child(moof.kind);
    let mut starts = FragmentStarts::new();
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
            place: traf,
            first: index == 0,
            most,
        };
        index += 1;
        previous_end = fragment.append(&child, previous_end, tracks, &mut starts)?;
    }
    Ok(starts)
}

/// What the runs of one `traf` have in common.
struct Fragment<'p> {
    moof: u64,
    place: Place<'p>,
    first: bool,
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
        starts: &mut FragmentStarts,
    ) -> Result<u64, Error> {
        let mut header: Option<Tfhd> = None;
        let mut decode_time: Option<Tfdt> = None;
        let mut runs = Vec::new();
        for child in traf.children(self.place) {
            let child = child?;
            match &child.kind.0 {
                b"tfhd" => header = Some(Tfhd::parse(&child, &self.place)?),
                b"tfdt" => decode_time = Some(Tfdt::parse(&child, &self.place)?),
                b"trun" => runs.push(Trun::parse(&child, &self.place)?),
                _ => {}
            }
        }
        let Some(header) = header else {
            return Err(Error::table(self.place, "has no tfhd box"));
        };
        let base = match (
            header.base_data_offset,
            header.default_base_is_moof || self.first,
        ) {
            (Some(base), _) => base,
            (None, true) => self.moof,
            (None, false) => previous_end,
        };
        let mut sizes = Placed { base, end: base };
        let Some(track) = tracks.iter_mut().find(|track| track.id == header.track_id) else {
            // Another track's runs may be placed behind these.
            for run in &runs {
                sizes.begin(run.data_offset);
                let default = header.default_sample_size.unwrap_or(0);
                for row in run.samples().take(self.most) {
                    sizes.end = sizes
                        .end
                        .saturating_add(u64::from(row.size.unwrap_or(default)));
                }
            }
            return Ok(sizes.end);
        };
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
            sizes.begin(run.data_offset);
            self.append_run(run, &header, track, &mut sizes, &mut dts)?;
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
        Ok(sizes.end)
    }

    /// Where the fragment starts on the media timeline. A gap to the fragment before lengthens
    /// that fragment's last sample, so that a sample always lasts until the next one.
    fn start(&self, track: &mut FragmentedTrack, tfdt: Option<&Tfdt>) -> Result<i64, Error> {
        let Some(last) = track.samples.last_mut() else {
            let time = tfdt.map_or(0, |tfdt| tfdt.base_media_decode_time);
            return i64::try_from(time).map_err(|_| self.backwards(time, 0));
        };
        let end = last.dts.saturating_add(i64::from(last.duration));
        let Some(tfdt) = tfdt else { return Ok(end) };
        let time = tfdt.base_media_decode_time;
        let start = i64::try_from(time).map_err(|_| self.backwards(time, end))?;
        let duration = start
            .checked_sub(last.dts)
            .and_then(|ticks| u32::try_from(ticks).ok());
        match duration {
            Some(duration) if duration > 0 || last.duration == 0 => {
                last.duration = duration;
                Ok(start)
            }
            _ => Err(self.backwards(time, end)),
        }
    }

    fn backwards(&self, found: u64, end: i64) -> Error {
        let text = format!(
            "baseMediaDecodeTime: is {found}, expected about {end}, where the fragment before ends"
        );
        Error::table(self.place.child(Tfdt::KIND), text)
    }

    fn append_run(
        &self,
        run: &Trun<'_>,
        header: &Tfhd,
        track: &mut FragmentedTrack,
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
        let limit = self.most;
        if track.samples.len().saturating_add(count) > limit {
            return Err(Error::TooMany {
                place: self.place.child(Trun::KIND).to_string(),
                what: "samples in the track",
                count: track.samples.len().saturating_add(count) as u64,
                limit: limit as u64,
            });
        }
        // A run without rows can claim any number of samples, so room is made as they come.
        let room = if run.row_size() == 0 { 0 } else { count };
        track.samples.reserve(room);
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
            *dts = dts.checked_add(i64::from(sample.duration)).ok_or_else(|| {
                Error::table(
                    self.place.child(Trun::KIND),
                    "sample times overflow 64 bits",
                )
            })?;
            track.samples.push(sample);
        }
        Ok(())
    }
}

/// Where the data of runs lies.
struct Placed {
    base: u64,
    end: u64,
}

impl Placed {
    fn begin(&mut self, data_offset: Option<i32>) {
        if let Some(offset) = data_offset {
            self.end = self.base.saturating_add_signed(i64::from(offset));
        }
    }
}
