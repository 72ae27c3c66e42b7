//! Marking files for other packagers: both variants of an MP4 or of a byte stream.
//!
//! Only coded intra pictures change, and with them sizes and offsets. All inputs are cut at common
//! times, where the bit of the code may change; `boundaries.json` says where.

mod byte_stream;
mod input;
mod movie_file;
mod report;
mod splice;
mod write;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use media::cut::{self, Boundaries, Misaligned};
use media::{Mark, Time, Timescale};
use rayon::prelude::*;
use wm::{MasterKey, Strength};

use crate::Error;
use crate::job::{JobError, MAX_CONTENT_ID_BYTES, MAX_THREADS, SegmentDuration};
use crate::marking::{Marker, SegmentBuffer, SegmentError, Spill, Spilled, too_few, unnamed};
use crate::pack::payload::Output;
use crate::progress::Progress;
use crate::sink::Existing;
pub use input::is_byte_stream;
pub(crate) use input::{MarkInput, MarkTrack, open_input};
pub use report::{MarkReport, MarkedFile, Work};

/// What to mark and how.
#[derive(Clone, Debug)]
pub struct MarkJob {
    /// MP4 files, and byte streams of H.264 (`.264`, `.h264`).
    pub inputs: Vec<PathBuf>,
    /// The master key; patterns follow from it and the content ID.
    pub key: Arc<MasterKey>,
    /// What the content is called elsewhere; 1 to 200 bytes.
    pub content_id: String,
    /// How strong; [`Strength::None`] writes every intra slice again and changes nothing.
    pub strength: Strength,
    /// Where the bit may change.
    pub segment_duration: SegmentDuration,
    /// How many threads to work on; `None`: as many as the machine has.
    pub threads: Option<NonZeroUsize>,
}

/// Everything a run of marking will do.
#[derive(Debug)]
pub struct MarkPlan {
    job: MarkJob,
    inputs: Vec<MarkInput>,
    tracks: Vec<MarkTrack>,
    boundaries: Vec<Time>,
    warnings: Vec<String>,
}

/// A segment that was marked.
struct Done {
    track: usize,
    index: usize,
    /// Of its samples, those that changed.
    twins: Vec<Option<Spilled>>,
    work: Work,
}

impl MarkPlan {
    /// Opens the inputs and cuts them.
    ///
    /// # Errors
    /// Everything about the job or its inputs that keeps them from being marked.
    pub fn new(job: &MarkJob) -> Result<MarkPlan, Error> {
        validate(job)?;
        let (mut inputs, mut tracks) = (Vec::new(), Vec::new());
        let mut warnings = Vec::new();
        for (at, path) in job.inputs.iter().enumerate() {
            let (input, found) = open_input(path, at, &mut warnings)?;
            inputs.push(input);
            tracks.extend(found);
        }
        if tracks.is_empty() {
            return Err(Error::NothingToMark);
        }
        let target = match job.segment_duration {
            SegmentDuration::Target(time) => time,
            SegmentDuration::EveryGop => Timescale::MILLISECONDS.time(0),
        };
        let cuts: Vec<cut::CutTrack<'_>> = tracks.iter().map(MarkTrack::to_cut).collect();
        let Boundaries {
            times,
            longest_group,
            ..
        } = cut::common_boundaries(&cuts, target)
            .map_err(|misaligned| name(&inputs, &tracks, &misaligned))?;
        if let Some(longest) = longest_group.filter(|_| target.ticks > 0) {
            warnings.push(format!(
                "a group of pictures lasts {longest}, so the bit changes less often than every \
                 {target}"
            ));
        }
        let segments: Vec<_> = cuts
            .iter()
            .map(|cut| cut::cut_at_sync(cut, &times))
            .collect();
        for (track, segments) in tracks.iter_mut().zip(segments) {
            track.segments = segments;
        }
        for track in &tracks {
            if let Some(input) = inputs.get(track.input) {
                track.access(&input.input, &mut warnings)?;
            }
        }
        let plan = MarkPlan {
            job: job.clone(),
            inputs,
            tracks,
            boundaries: times,
            warnings,
        };
        let few = too_few(plan.positions()).filter(|_| job.strength != Strength::None);
        Ok(MarkPlan {
            warnings: plan.warnings.iter().cloned().chain(few).collect(),
            ..plan
        })
    }

    /// What is tolerated or degraded.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Bits of a code that fit.
    pub fn positions(&self) -> usize {
        let counts = self.tracks.iter().map(|track| track.segments.len());
        counts.max().unwrap_or(0)
    }

    /// Marks everything and writes both variants of every input into `output`, each under a
    /// temporary name until it is whole.
    ///
    /// # Errors
    /// Files that are in the way (unless `existing` says to replace them), segments that cannot be
    /// marked, inputs that changed, and whatever the system says.
    pub fn run(
        &self,
        output: &Path,
        existing: Existing,
        progress: &dyn Progress,
    ) -> Result<MarkReport, Error> {
        let targets = self.targets(output, existing)?;
        std::fs::create_dir_all(output)?;
        let spill = Spill::new(unnamed(output)?);
        let total = |track: &MarkTrack| -> u64 {
            let sizes = track.samples().iter().map(|sample| u64::from(sample.size));
            sizes.sum()
        };
        let read: u64 = self.tracks.iter().map(total).sum();
        let written: u64 = self.inputs.iter().map(|each| each.input.identity.len).sum();
        progress.start(read.saturating_add(written.saturating_mul(2)));
        let threads = self.job.threads.map_or(0, NonZeroUsize::get);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| Error::Threads {
            threads,
            why: error.to_string(),
        })?;
        let done = pool.install(|| self.mark(&spill, progress))?;
        let work = self.work(&done);
        self.check_identity(&work)?;
        let splices = self.splices(&done)?;
        let writes: Vec<(usize, Mark)> = (0..self.inputs.len())
            .flat_map(|input| Mark::BOTH.map(|mark| (input, mark)))
            .collect();
        pool.install(|| {
            writes.into_par_iter().try_for_each_init(
                Output::new,
                |buffer, (input, mark)| -> Result<(), Error> {
                    let (Some(target), Some(splice)) = (targets.get(input), splices.get(input))
                    else {
                        return Ok(());
                    };
                    self.write((input, mark), splice, target, &spill, buffer, progress)
                },
            )
        })?;
        let report = self.report(&work, &splices, &targets);
        self.write_boundaries(output, &report)?;
        progress.finish();
        Ok(report)
    }

    /// Marks all segments, by time, so that renditions are marked side by side.
    fn mark(&self, spill: &Spill, progress: &dyn Progress) -> Result<Vec<Done>, Error> {
        let key = self.job.key.content(&self.job.content_id);
        let marker = Marker::new(key, self.job.strength);
        let tasks = self.tracks.iter().enumerate().flat_map(|(track, marked)| {
            (0..marked.segments.len()).map(move |index| (index, track))
        });
        let mut tasks: Vec<(usize, usize)> = tasks.collect();
        tasks.sort_unstable();
        let all = Mutex::new(Vec::with_capacity(tasks.len()));
        tasks.into_par_iter().try_for_each_init(
            SegmentBuffer::default,
            |buffer, (index, track)| -> Result<(), Error> {
                let marked = &self.tracks[track];
                let segment = &marked.segments[index];
                let input = &self.inputs[marked.input].input;
                let failed = |error| match error {
                    SegmentError::Read(error) => *error,
                    SegmentError::Mark(why) => Error::Segment {
                        kind: "video",
                        input: input.name(),
                        track: marked.id(),
                        time: marked.timescale().time(segment.start),
                        why,
                    },
                };
                let twins = marked
                    .mark(input, &marker, segment, buffer)
                    .map_err(failed)?;
                let spilled = spill.put(&twins.twins)?;
                let sizes = marked.samples_of(segment).iter();
                progress.advance(sizes.map(|sample| u64::from(sample.size)).sum());
                let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
                all.push(Done {
                    track,
                    index,
                    twins: spilled,
                    work: Work::of(&twins.tally),
                });
                Ok(())
            },
        )?;
        for input in &self.inputs {
            input.input.check_unchanged()?;
        }
        let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        all.sort_by_key(|done| (done.track, done.index));
        Ok(all)
    }

    /// What was done to each input.
    fn work(&self, done: &[Done]) -> Vec<Work> {
        let mut out = vec![Work::default(); self.inputs.len()];
        for done in done {
            let input = self.tracks.get(done.track).map_or(0, |track| track.input);
            if let Some(work) = out.get_mut(input) {
                work.add(done.work);
            }
        }
        out
    }

    /// Without strength, every slice has to come back as it was.
    fn check_identity(&self, work: &[Work]) -> Result<(), Error> {
        let differing = self.inputs.iter().zip(work);
        let mut differing = differing.filter(|(_, work)| work.differing > 0);
        match differing.next() {
            Some((input, work)) if self.job.strength == Strength::None => Err(Error::Differing {
                input: input.input.name(),
                differing: work.differing,
                slices: work.slices,
            }),
            _ => Ok(()),
        }
    }
}

fn validate(job: &MarkJob) -> Result<(), JobError> {
    if job.inputs.is_empty() {
        return Err(JobError::NoInput);
    }
    crate::job::api::check_name("content_id", &job.content_id, MAX_CONTENT_ID_BYTES)?;
    let threads = job.threads.map_or(0, NonZeroUsize::get);
    if threads > MAX_THREADS {
        return Err(JobError::value("threads", threads, "1 to 256"));
    }
    job.segment_duration.validate()
}

/// The error with the inputs' names.
fn name(inputs: &[MarkInput], tracks: &[MarkTrack], misaligned: &Misaligned) -> Error {
    let names = |positions: &[usize]| {
        let inputs = positions.iter().filter_map(|at| {
            let track = tracks.get(*at)?;
            Some(inputs.get(track.input)?.input.name())
        });
        let names: Vec<String> = inputs.collect();
        names.join(", ")
    };
    Error::Unmarkable {
        input: names(&misaligned.without),
        why: format!(
            "no sync sample at {}, where {} has one",
            misaligned.time,
            names(&misaligned.with)
        ),
    }
}

/// The word of the command line for a strength.
pub(crate) fn strength_word(strength: Strength) -> &'static str {
    match strength {
        Strength::None => "none",
        Strength::Light => "light",
        Strength::Normal => "normal",
        Strength::Strong => "strong",
    }
}
