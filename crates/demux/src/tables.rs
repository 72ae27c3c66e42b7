//! Sample tables of progressive files, resolved to samples.
//!
//! ISO/IEC 14496-12 8.6 and 8.7: `stts` and `ctts` give times, `stsz` or `stz2` sizes, `stsc` and
//! `stco` or `co64` places, `stss` and `sdtp` flags. One pass over all of them, one [`Sample`] out
//! per row.

use isobmff::boxes::{Co64, Ctts, Sdtp, Stco, Stsc, StscEntry, Stss, Stsz, Stts, Stz2};
use isobmff::{BoxBody, FourCc, Place, RawBox};
use media::{Sample, SampleFlags};

use crate::limits::{MAX_TIME, most_samples};
use crate::{EntryRun, Error, Limits};

/// The boxes of an `stbl`, unresolved.
#[derive(Default)]
pub struct SampleTables<'a> {
    stts: Option<Stts<'a>>,
    ctts: Option<Ctts<'a>>,
    stsc: Option<Stsc<'a>>,
    stsz: Option<Stsz<'a>>,
    stz2: Option<Stz2<'a>>,
    stco: Option<Stco<'a>>,
    co64: Option<Co64<'a>>,
    stss: Option<Stss<'a>>,
    sdtp: Option<Sdtp<'a>>,
    place: String,
}

/// What tables resolve to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// In decoding order.
    pub samples: Vec<Sample>,
    /// Where the sample entry changes.
    pub entry_runs: Vec<EntryRun>,
}

/// An `stts` that is so old that it counts backwards is told from one that counts far.
const MAX_DELTA: u32 = i32::MAX as u32;

/// Samples beyond the end of the file that are still listed: as many as can be shown before the
/// first of them in decoding order, so that the time up to which the file is whole is known.
const LISTED_BEYOND: usize = 32;

impl<'a> SampleTables<'a> {
    /// Takes the tables out of an `stbl` box.
    ///
    /// # Errors
    /// A malformed box.
    pub fn parse(stbl: &RawBox<'a>, parent: &Place<'_>) -> Result<SampleTables<'a>, Error> {
        fn take<'a, T: BoxBody<'a>>(
            raw: &RawBox<'a>,
            place: &Place<'_>,
        ) -> Result<Option<T>, isobmff::Error> {
            T::parse(raw, place).map(Some)
        }
        let place = parent.child(stbl.kind);
        let mut tables = SampleTables {
            place: place.to_string(),
            ..SampleTables::default()
        };
        for child in stbl.children(place) {
            let child = child?;
            match &child.kind.0 {
                b"stts" => tables.stts = take(&child, &place)?,
                b"ctts" => tables.ctts = take(&child, &place)?,
                b"stsc" => tables.stsc = take(&child, &place)?,
                b"stsz" => tables.stsz = take(&child, &place)?,
                b"stz2" => tables.stz2 = take(&child, &place)?,
                b"stco" => tables.stco = take(&child, &place)?,
                b"co64" => tables.co64 = take(&child, &place)?,
                b"stss" => tables.stss = take(&child, &place)?,
                b"sdtp" => tables.sdtp = take(&child, &place)?,
                _ => {}
            }
        }
        Ok(tables)
    }

    /// Samples the tables announce.
    pub fn sample_count(&self) -> u32 {
        match (&self.stsz, &self.stz2) {
            (Some(stsz), _) => stsz.sample_count,
            (None, Some(stz2)) => stz2.sample_count,
            (None, None) => 0,
        }
    }

    /// Resolves the tables. `file_len` bounds what a constant `stsz` can claim; a sample beyond it
    /// is kept, because it says how much of the file is missing.
    ///
    /// # Errors
    /// Tables that contradict each other, and more samples than [`Limits::max_samples`] or than
    /// the file has bytes for.
    pub fn resolve(&self, file_len: u64, limits: &Limits) -> Result<Resolved, Error> {
        self.resolve_within(file_len, limits, most_samples(file_len))
    }

    /// As [`resolve`](Self::resolve), with `room` samples left to the movie.
    pub(crate) fn resolve_within(
        &self,
        file_len: u64,
        limits: &Limits,
        room: usize,
    ) -> Result<Resolved, Error> {
        let count = self.sample_count() as usize;
        if count > limits.max_samples {
            return Err(Error::TooMany {
                place: self.child(b"stsz"),
                what: "samples",
                count: count as u64,
                limit: limits.max_samples as u64,
            });
        }
        if count == 0 {
            return Ok(Resolved::default());
        }
        let mut out = Resolved {
            samples: Vec::with_capacity(self.plausible(count, file_len).min(room)),
            entry_runs: Vec::new(),
        };
        self.place_samples(count, file_len, room, &mut out)?;
        self.time_samples(&mut out.samples)?;
        self.flag_samples(&mut out.samples)?;
        Ok(out)
    }

    /// How many samples to make room for: a constant size makes `stsz` claim any number of them
    /// in 12 bytes, so it is believed as far as the file has bytes (but for those listed beyond).
    fn plausible(&self, count: usize, file_len: u64) -> usize {
        match &self.stsz {
            Some(stsz) if stsz.sample_size > 0 => {
                let most = file_len / u64::from(stsz.sample_size);
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                count.min(most.saturating_add(1 + LISTED_BEYOND))
            }
            Some(_) | None => count,
        }
    }

    fn child(&self, kind: &[u8; 4]) -> String {
        format!("{}/{}", self.place, FourCc(*kind))
    }

    fn wrong(&self, kind: &[u8; 4], text: impl Into<String>) -> Error {
        Error::table(self.child(kind), text)
    }

    fn missing(&self, kind: &[u8; 4]) -> Error {
        Error::table(
            &self.place,
            format!("has samples but no {} box", FourCc(*kind)),
        )
    }

    /// Sizes and places: `stsc` runs over the chunks.
    fn place_samples(
        &self,
        count: usize,
        file_len: u64,
        room: usize,
        out: &mut Resolved,
    ) -> Result<(), Error> {
        let stsc = self.stsc.as_ref().ok_or_else(|| self.missing(b"stsc"))?;
        let chunk_count = match (&self.co64, &self.stco) {
            (Some(co64), _) => co64.chunk_offsets.len(),
            (None, Some(stco)) => stco.chunk_offsets.len(),
            (None, None) => return Err(self.missing(b"stco")),
        };
        let mut runs = stsc.entries.iter().peekable();
        let mut chunk = 0;
        let mut beyond = 0;
        while let Some(run) = runs.next() {
            if chunk == chunk_count && chunk > 0 {
                // Runs behind the last chunk are as harmless as they are common.
                break;
            }
            self.check_run(&run, chunk)?;
            let end = match runs.peek() {
                Some(next) => (next.first_chunk as usize)
                    .saturating_sub(1)
                    .min(chunk_count),
                None => chunk_count,
            };
            while chunk < end {
                let mut offset = self.chunk_offset(chunk).unwrap_or(u64::MAX);
                chunk += 1;
                for _ in 0..run.samples_per_chunk {
                    let index = out.samples.len();
                    // A little beyond the end of the file, the tables are not followed further:
                    // everything from there on is missing, and nothing bounds a constant size.
                    if index == count || beyond > LISTED_BEYOND {
                        return Ok(());
                    }
                    if index == room {
                        return Err(self.no_room(room));
                    }
                    let entry = run.sample_description_index - 1;
                    if out.entry_runs.last().is_none_or(|last| last.entry != entry) {
                        out.entry_runs.push(EntryRun {
                            first_sample: index,
                            entry,
                        });
                    }
                    let size = self.size(index).unwrap_or(0);
                    let sample = Sample {
                        offset,
                        dts: 0,
                        size,
                        duration: 0,
                        composition_offset: 0,
                        flags: SampleFlags::SYNC,
                    };
                    offset = sample.end();
                    beyond += usize::from(offset > file_len);
                    out.samples.push(sample);
                }
            }
        }
        if out.samples.len() < count {
            let text = format!(
                "the chunks hold {} samples, expected {count} as in {}",
                out.samples.len(),
                if self.stsz.is_some() { "stsz" } else { "stz2" },
            );
            return Err(self.wrong(b"stsc", text));
        }
        Ok(())
    }

    #[cold]
    fn no_room(&self, room: usize) -> Error {
        Error::TooMany {
            place: self.place.clone(),
            what: "samples in what is left of the file's bytes",
            count: u64::from(self.sample_count()),
            limit: room as u64,
        }
    }

    fn check_run(&self, run: &StscEntry, chunk: usize) -> Result<(), Error> {
        let expected = chunk + 1;
        if run.first_chunk as usize != expected {
            let text = format!("first_chunk: is {}, expected {expected}", run.first_chunk);
            return Err(self.wrong(b"stsc", text));
        }
        if run.sample_description_index == 0 {
            return Err(self.wrong(
                b"stsc",
                "sample_description_index: is 0, expected at least 1",
            ));
        }
        Ok(())
    }

    #[inline]
    fn chunk_offset(&self, chunk: usize) -> Option<u64> {
        match (&self.co64, &self.stco) {
            (Some(co64), _) => co64.chunk_offsets.get(chunk),
            (None, stco) => stco.as_ref()?.chunk_offsets.get(chunk).map(u64::from),
        }
    }

    #[inline]
    fn size(&self, index: usize) -> Option<u32> {
        let index = u32::try_from(index).ok()?;
        match (&self.stsz, &self.stz2) {
            (Some(stsz), _) => stsz.size(index),
            (None, stz2) => stz2.as_ref()?.size(index),
        }
    }

    /// Decoding times and composition offsets.
    fn time_samples(&self, samples: &mut [Sample]) -> Result<(), Error> {
        let stts = self.stts.as_ref().ok_or_else(|| self.missing(b"stts"))?;
        let count = samples.len();
        let mut left = samples.iter_mut();
        let mut dts = 0_i64;
        for entry in stts.entries.iter() {
            if entry.sample_delta > MAX_DELTA && entry.sample_count > 0 {
                let text = format!(
                    "sample_delta: is {}, expected at most {MAX_DELTA}",
                    entry.sample_delta
                );
                return Err(self.wrong(b"stts", text));
            }
            for sample in left.by_ref().take(entry.sample_count as usize) {
                sample.dts = dts;
                sample.duration = entry.sample_delta;
                // Below 2^32 samples of below 2^31 ticks each: no overflow.
                dts += i64::from(entry.sample_delta);
            }
        }
        if dts > MAX_TIME {
            let text = format!("sample times reach {dts}, expected at most {MAX_TIME}");
            return Err(self.wrong(b"stts", text));
        }
        let untimed = left.len();
        if untimed > 0 {
            let text = format!("times {} samples, expected {count}", count - untimed);
            return Err(self.wrong(b"stts", text));
        }
        let Some(ctts) = &self.ctts else {
            return Ok(());
        };
        let mut left = samples.iter_mut();
        for entry in ctts.entries.iter() {
            for sample in left.by_ref().take(entry.sample_count as usize) {
                sample.composition_offset = entry.sample_offset;
            }
        }
        let untimed = left.len();
        if untimed > 0 && untimed < count {
            let text = format!("offsets {} samples, expected {count}", count - untimed);
            return Err(self.wrong(b"ctts", text));
        }
        Ok(())
    }

    /// Sync samples and dependencies.
    fn flag_samples(&self, samples: &mut [Sample]) -> Result<(), Error> {
        if let Some(stss) = &self.stss {
            samples
                .iter_mut()
                .for_each(|sample| sample.flags = SampleFlags::DEPENDENT);
            let announced = self.sample_count();
            for number in stss.sample_numbers.iter() {
                let at = (number as usize).checked_sub(1);
                match at.and_then(|at| samples.get_mut(at)) {
                    Some(sample) => sample.flags = SampleFlags::SYNC,
                    // Tables of a truncated file go on where the samples stopped.
                    None if number > 0 && number <= announced => {}
                    None => {
                        let text = format!("sample_number: is {number}, expected 1 to {announced}");
                        return Err(self.wrong(b"stss", text));
                    }
                }
            }
        }
        let Some(sdtp) = &self.sdtp else {
            return Ok(());
        };
        for (at, sample) in samples.iter_mut().enumerate() {
            let Some(dependencies) = sdtp.sample_flags(at) else {
                break;
            };
            if dependencies != 0 {
                let non_sync = sample.flags.0 & SampleFlags::NON_SYNC;
                sample.flags = SampleFlags(dependencies | non_sync);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
