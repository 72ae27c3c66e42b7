//! From a job to everything a run will write, before it writes anything.
//!
//! Planning opens the inputs, chooses tracks, cuts segments and knows the size of every object to
//! the byte. What cannot be done well is refused here.

mod clear_lead;
mod cutting;
mod delivery;
mod events;
mod label;
mod mapping;
mod marking;
mod open;
mod output;
mod presentation;
mod protection;
mod rendition;
mod selection;
mod signalling;
mod subtitle;
mod sync;
mod tracktypes;
mod trick_play;
mod twins;

use media::{Time, Timescale};

use crate::Error;
use crate::job::{Job, SegmentDuration};
use label::Folders;
pub(crate) use mapping::Mapping;
pub(crate) use marking::Marking;
pub(crate) use open::{Identity, Input, Opened, open};
pub(crate) use protection::Protecting;
pub use rendition::Rendition;
pub(crate) use rendition::{Part, SingleFileLayout};
pub(crate) use selection::begin_at_sync;
pub use subtitle::TextRendition;
pub(crate) use sync::access;

/// Everything a run will write.
///
/// ```no_run
/// use packager::job::Job;
/// use packager::{Existing, Plan, Silent};
///
/// let job = Job::new(["480p.mp4", "1080p.mp4"]);
/// let plan = Plan::new(&job)?;
/// for warning in plan.warnings() {
///     eprintln!("warning: {warning}");
/// }
/// let sink = plan.open_directory("out".as_ref(), Existing::Resume)?;
/// let report = plan.run(&sink, &Silent)?;
/// println!("{} objects, {} bytes", report.objects, report.bytes);
/// # Ok::<(), packager::Error>(())
/// ```
#[derive(Debug)]
pub struct Plan {
    pub(crate) job: Job,
    pub(crate) inputs: Vec<Input>,
    pub(crate) renditions: Vec<Rendition>,
    pub(crate) texts: Vec<TextRendition>,
    boundaries: Vec<Time>,
    pub(crate) is_aligned: bool,
    duration: Time,
    warnings: Vec<String>,
    /// What is marked, where something is.
    pub(crate) marking: Option<Marking>,
    /// The sets of segments, and what encrypts them.
    pub(crate) protecting: Protecting,
}

impl Plan {
    /// Plans a job: opens its inputs and reads their tables, but none of their media except for
    /// subtitles.
    ///
    /// # Errors
    /// Everything about the job or its inputs that keeps them from being packaged well.
    pub fn new(job: &Job) -> Result<Plan, Error> {
        job.validate()?;
        let mut warnings = Vec::new();
        let mut chosen = selection::choose(job, &mut warnings)?;
        let target = target(job);
        selection::rebase(&mut chosen, target, &mut warnings);
        selection::warn_of_rotation(&chosen, &mut warnings);
        let mut cut = cutting::cut(job, target, &mut chosen, &mut warnings)?;
        let mut folders = Folders::default();
        let mut renditions = rendition::plan(&mut chosen, &mut cut, &mut folders, &mut warnings)?;
        if job.trick_play {
            let added = trick_play::plan(&renditions, &cut.boundaries, &mut folders)?;
            match added {
                Some(added) => renditions.push(added),
                None => warnings.push("trick_play: there is no video to make it from".into()),
            }
        }
        let media_end = renditions.iter().map(Rendition::end).max();
        let texts = subtitle::plan(
            job,
            &chosen,
            &cut.text_edges,
            media_end,
            &mut folders,
            &mut warnings,
        )?;
        let text_end = texts.iter().map(TextRendition::end).max();
        let duration = media_end
            .or(text_end)
            .unwrap_or(Timescale::MILLISECONDS.time(0));
        if duration.ticks <= 0 {
            return Err(Error::Nothing("the presentation has no duration".into()));
        }
        selection::warn_of_gaps(&renditions, target, &mut warnings);
        let marking = marking::plan(job, &chosen.inputs, &renditions, &mut warnings)?;
        let boundaries = cut.is_aligned.then_some(cut.boundaries.as_slice());
        let protecting =
            protection::plan(job, &chosen.inputs, &renditions, boundaries, &mut warnings)?;
        Ok(Plan {
            job: job.clone(),
            inputs: chosen.inputs,
            renditions,
            texts,
            boundaries: cut.boundaries,
            is_aligned: cut.is_aligned,
            duration,
            warnings,
            marking,
            protecting,
        })
    }

    /// What is tolerated, left out or degraded.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Video and audio, in the order of the inputs.
    pub fn renditions(&self) -> &[Rendition] {
        &self.renditions
    }

    /// Subtitles.
    pub fn texts(&self) -> &[TextRendition] {
        &self.texts
    }

    /// Start times of all segments but the first, as video decided.
    pub fn boundaries(&self) -> &[Time] {
        &self.boundaries
    }

    /// Duration of the presentation.
    pub fn duration(&self) -> Time {
        self.duration
    }

    /// What tells this job from another: its options and its inputs, as they are now. Runs with
    /// equal fingerprints write equal bytes.
    pub fn fingerprint(&self) -> String {
        let job = Job {
            threads: None,
            ..self.job.clone()
        };
        let mut hasher = blake3::Hasher::new();
        let mut add = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        add(env!("CARGO_PKG_VERSION"));
        add(&format!("{job:?}"));
        if let Some(watermark) = &self.job.watermark {
            // Of 256 random bits, so nothing can be guessed from it.
            let key = blake3::derive_key("packager run", watermark.key.to_text().as_bytes());
            add(&blake3::Hash::from_bytes(key).to_hex());
        }
        if let Some(seed) = self
            .job
            .protection
            .as_ref()
            .and_then(|job| job.iv_seed.as_ref())
        {
            let seed = blake3::derive_key("packager run: seed of IVs", seed.bytes());
            add(&blake3::Hash::from_bytes(seed).to_hex());
        }
        for track in self
            .protecting
            .trees
            .iter()
            .flat_map(|tree| tree.tracks.values())
        {
            let key = track.key.key.fingerprint();
            let key = blake3::derive_key("packager run: content key", key.as_bytes());
            add(&blake3::Hash::from_bytes(key).to_hex());
            // What a key server said may change between runs.
            add(&format!(
                "{} {:?} {:?}",
                track.key.kid, track.key.iv, track.signalled
            ));
        }
        for input in &self.inputs {
            add(&format!("{:?}", input.identity));
        }
        for text in &self.texts {
            add(text.digest());
        }
        format!("packager run {}\n", hasher.finalize().to_hex())
    }
}

/// The segment duration asked for; zero for every common group of pictures.
fn target(job: &Job) -> Time {
    match job.segment_duration {
        SegmentDuration::Target(time) => time,
        SegmentDuration::EveryGop => Timescale::MILLISECONDS.time(0),
    }
}
