//! Running a plan: segments in parallel, manifests last.

mod bench;
mod content;
pub(crate) mod digest;
mod gains;
mod layout;
pub(crate) mod payload;
mod report;
mod segments;
#[cfg(test)]
mod tests;
mod twins;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cenc::iv::{Disjoint, Ledger, Overlap};
use cenc::scheme::IvSize;
use media::Mark;
use mux::cmaf::InitProtection;
use mux::manifest::{self, ManifestError};
use mux::presentation::{KindFacts, Presentation, Rendition as Announced};
use rayon::prelude::*;

use crate::Error;
use crate::job::IvSeed;
use crate::plan::{Plan, Rendition, TextRendition};
use crate::progress::Progress;
use crate::protecting::{IvSource, Place, Protected, Taken};
use crate::report::{ObjectReport, Report};
use crate::sink::Sink;
use bench::{Bench, Benches};
use digest::Digest;
use payload::{Drain, Output};
use segments::KnownSegment;
use twins::Waiting;

/// Where the report lies in a package.
const REPORT_PATH: &str = "package.json";

/// A rendition of the plan, of either sort.
#[derive(Clone, Copy)]
enum Planned<'p> {
    Media(&'p Rendition),
    Text(&'p TextRendition),
}

/// One object to write.
#[derive(Clone, Copy)]
enum What {
    Init,
    Segment(usize),
    WebVtt(usize),
    SingleFile,
}

/// One object to write: of which set of segments, and of which rendition (its position in the
/// presentation).
#[derive(Clone, Copy)]
struct Task {
    tree: usize,
    rendition: usize,
    what: What,
}

/// An object that was written.
struct Written {
    task: Task,
    object: ObjectReport,
}

impl Plan {
    /// Writes the package into `sink`: media first, then manifests, then the report. Objects that
    /// an earlier, unfinished run of the same job wrote are kept.
    ///
    /// # Errors
    /// Inputs that changed or cannot be read, and everything `sink` cannot store. What was written
    /// until then is no package: no manifest is. A job that marks needs [`Plan::run_marked`].
    pub fn run(&self, sink: &dyn Sink, progress: &dyn Progress) -> Result<Report, Error> {
        if self.marking.is_some() {
            return Err(Error::NoPrivateSink);
        }
        self.run_into(sink, None, progress)
    }

    /// The same for a job that marks. What the detector wants to know of every segment goes into
    /// `private`, which is as secret as the key and no part of the package.
    ///
    /// # Errors
    /// Those of [`Plan::run`], segments that cannot be marked, and everything `private` cannot
    /// store.
    pub fn run_marked(
        &self,
        sink: &dyn Sink,
        private: &dyn Sink,
        progress: &dyn Progress,
    ) -> Result<Report, Error> {
        self.run_into(sink, Some(private), progress)
    }

    fn run_into(
        &self,
        sink: &dyn Sink,
        private: Option<&dyn Sink>,
        progress: &dyn Progress,
    ) -> Result<Report, Error> {
        // Whatever sink it is: another job never gets the same counters.
        let mut salt = blake3::Hasher::new();
        salt.update(&sink.salt()?)
            .update(self.fingerprint().as_bytes());
        let salt = *salt.finalize().as_bytes();
        let ivs = self.iv_source(&salt);
        let trees = self.protecting.trees.iter().map(|tree| {
            let protected = Protected::new(tree, &self.protecting.rules, &ivs);
            let presentation = self.presentation_of(&protected, self.renditions.iter())?;
            // What no manifest can say is found out before anything is written.
            presentation.check().map_err(ManifestError::from)?;
            if tree.formats.hls {
                presentation.check_hls().map_err(ManifestError::from)?;
            }
            Ok(TreeRun {
                protected,
                presentation,
            })
        });
        let mut run = Run {
            plan: self,
            renditions: self.renditions.iter().map(Cow::Borrowed).collect(),
            trees: trees.collect::<Result<_, Error>>()?,
            sink,
            private: private.filter(|_| self.marking.is_some()),
            progress,
            waiting: None,
            identical: BTreeMap::new(),
        };
        progress.start(run.expected_bytes());
        let threads = self.job.threads.map_or(0, std::num::NonZeroUsize::get);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| Error::Threads {
            threads,
            why: error.to_string(),
        })?;
        if self.job.single_file {
            pool.install(|| run.mark_ahead())?;
        }
        let (written, known) = pool.install(|| run.write_media())?;
        // Whatever was read is worth nothing if it was not one and the same file.
        self.inputs
            .iter()
            .try_for_each(|input| input.check_unchanged())?;
        run.take_known(known)?;
        let tracks = run.tracks(written)?;
        let manifests = run.write_manifests()?;
        let report = run.report(tracks, manifests);
        run.write_gains(&report)?;
        run.put(REPORT_PATH, report.to_json().as_bytes())?;
        sink.finish()?;
        run.private.map_or(Ok(()), Sink::finish)?;
        progress.finish();
        Ok(report)
    }
}

/// A plan on its way into a sink.
struct Run<'r> {
    plan: &'r Plan,
    /// The plan's renditions; those that were marked with the sizes they have now.
    renditions: Vec<Cow<'r, Rendition>>,
    /// The sets of segments; there is always one.
    trees: Vec<TreeRun<'r>>,
    sink: &'r dyn Sink,
    /// Where records of marked segments go; there is one where something is marked.
    private: Option<&'r dyn Sink>,
    progress: &'r dyn Progress,
    /// Marked samples that wait for what stands before them.
    waiting: Option<Waiting>,
    /// How many segments of each marked rendition came out the same in both variants.
    identical: BTreeMap<usize, u64>,
}

/// A set of segments on its way into a sink.
struct TreeRun<'r> {
    /// What encrypts it.
    protected: Protected<'r>,
    /// What is known of its renditions: sizes of what is yet to be marked are the sources', and
    /// of what is yet to be encrypted they lack the boxes that say how.
    presentation: Presentation,
}

impl Plan {
    /// A digest of what the content is called, and of the sizes and times of its samples.
    fn digest_of_tables(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        let id = self.job.content_id.as_deref().unwrap_or_default();
        hasher
            .update(&(id.len() as u64).to_le_bytes())
            .update(id.as_bytes());
        for rendition in &self.renditions {
            let samples = &rendition.track.samples;
            let mut table = Vec::with_capacity(16 * samples.len() + 8);
            table.extend_from_slice(&(samples.len() as u64).to_le_bytes());
            for sample in samples {
                table.extend_from_slice(&sample.dts.to_le_bytes());
                table.extend_from_slice(&sample.size.to_le_bytes());
            }
            hasher.update(&table);
        }
        *hasher.finalize().as_bytes()
    }

    /// Where the IVs of a run with this salt come from.
    fn iv_source<'r>(&'r self, salt: &'r [u8]) -> IvSource<'r> {
        let protection = self.job.protection.as_ref();
        let seed = protection.and_then(|protection| protection.iv_seed.as_ref());
        let segments = self
            .renditions
            .iter()
            .map(|rendition| rendition.segments.len());
        IvSource {
            salt,
            seed: seed.map(IvSeed::bytes),
            size: protection.map_or(IvSize::Sixteen, |protection| protection.iv_size),
            segments: segments.max().unwrap_or(0),
            digest: self.digest_of_tables(),
        }
    }
}

impl Run<'_> {
    /// The rendition at a position of the presentation: video and audio first, then text.
    fn planned(&self, at: usize) -> Planned<'_> {
        let media = self.renditions.len();
        match self.renditions.get(at) {
            Some(rendition) => Planned::Media(rendition),
            None => Planned::Text(&self.plan.texts[at - media]),
        }
    }

    /// What is announced of a rendition in a set of segments.
    fn announced(&self, tree: usize, rendition: usize) -> &Announced {
        &self.trees[tree].presentation.renditions[rendition]
    }

    /// All media objects, by time rather than by rendition: neighbours in an input are read while
    /// the system still holds them. Segments of video and sound are one task for all sets, so that
    /// they are read once.
    fn tasks(&self) -> Vec<Task> {
        let mut tasks = Vec::new();
        let single = self.plan.job.single_file;
        let renditions = || self.trees[0].presentation.renditions.iter().enumerate();
        let trees = 0..self.trees.len();
        for tree in trees.clone() {
            for (rendition, _) in renditions() {
                let what = if single { What::SingleFile } else { What::Init };
                tasks.push(Task {
                    tree,
                    rendition,
                    what,
                });
            }
        }
        let longest = renditions()
            .map(|(_, announced)| announced.segments.len())
            .max();
        for index in 0..longest.unwrap_or(0) {
            for (rendition, announced) in renditions() {
                if index >= announced.segments.len() {
                    continue;
                }
                let is_media = matches!(self.planned(rendition), Planned::Media(_));
                let own = if is_media { 0..1 } else { trees.clone() };
                for tree in own.filter(|_| !single) {
                    tasks.push(Task {
                        tree,
                        rendition,
                        what: What::Segment(index),
                    });
                }
                for tree in trees.clone() {
                    let facts = &self.announced(tree, rendition).facts;
                    if matches!(facts, KindFacts::Text { webvtt: Some(_) }) {
                        tasks.push(Task {
                            tree,
                            rendition,
                            what: What::WebVtt(index),
                        });
                    }
                }
            }
        }
        tasks
    }

    fn write_media(&self) -> Result<(Vec<Written>, Vec<KnownSegment>), Error> {
        let written = Mutex::new((Vec::new(), Vec::new()));
        let benches = Benches::default();
        self.tasks().into_par_iter().try_for_each(|task| {
            benches.lend(|bench| {
                let (objects, known) = match (task.what, self.planned(task.rendition)) {
                    (What::Segment(index), Planned::Media(_)) => {
                        self.write_media_segment(task.rendition, index, bench)?
                    }
                    (What::SingleFile, Planned::Media(_)) if self.is_protected(task.rendition) => {
                        self.write_protected_file(task, bench)?
                    }
                    _ => {
                        let object = self.write(task, &mut bench.output)?;
                        (vec![Written { task, object }], Vec::new())
                    }
                };
                let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
                written.0.extend(objects);
                written.1.extend(known);
                Ok::<(), Error>(())
            })
        })?;
        Ok(written.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is known of segments once they are written goes into what manifests say, and counters
    /// have to be shown to be used once.
    fn take_known(&mut self, known: Vec<KnownSegment>) -> Result<(), Error> {
        let mut ledger = Ledger::default();
        let mut marked = Vec::new();
        for segment in known {
            for Taken { key, range, place } in segment.taken {
                ledger.add(key, range, place);
            }
            for (tree, boxes) in segment.boxes {
                let protected = &mut self.trees[tree].protected;
                protected.set_boxes(segment.rendition, segment.index, boxes);
            }
            marked.extend(segment.marked);
        }
        let _: Disjoint = ledger
            .prove()
            .map_err(|overlap: Overlap<Place>| Error::Counters(overlap.to_string()))?;
        self.take_sizes(&marked)?;
        self.announce_again()
    }

    /// Writes anew what manifests say, from all that is known by now.
    fn announce_again(&mut self) -> Result<(), Error> {
        for tree in &mut self.trees {
            let renditions = self.renditions.iter().map(Cow::as_ref);
            tree.presentation = self.plan.presentation_of(&tree.protected, renditions)?;
        }
        Ok(())
    }

    /// Bytes an object will have.
    fn size(&self, task: Task) -> Result<u64, Error> {
        let announced = self.announced(task.tree, task.rendition);
        Ok(match (task.what, self.planned(task.rendition)) {
            (What::Init, Planned::Media(rendition)) => {
                rendition.init(self.init_protection(task))?.len() as u64
            }
            (What::Init, Planned::Text(text)) => text.init.len() as u64,
            (What::Segment(index), _) => announced.segments[index].bytes,
            (What::WebVtt(index), Planned::Text(text)) => text.segments[index].webvtt.len() as u64,
            (What::WebVtt(_), Planned::Media(_)) => 0,
            (What::SingleFile, _) => {
                let first = announced
                    .segments
                    .first()
                    .map_or(0, |segment| segment.offset);
                first + announced.bytes()
            }
        })
    }

    /// What the init segment of a task's rendition says of encryption.
    fn init_protection(&self, task: Task) -> Option<InitProtection<'_>> {
        self.trees[task.tree].protected.init(task.rendition)
    }

    /// Writes an object, and its twin if it has one.
    fn write(&self, task: Task, output: &mut Output) -> Result<ObjectReport, Error> {
        let mut object = self.write_variant(task, Mark::Zero, output)?;
        if self.is_marked(task.rendition) && matches!(task.what, What::SingleFile) {
            let twin = self.write_variant(task, Mark::One, output)?;
            object.twin = Some(Box::new(twin));
        }
        Ok(object)
    }

    /// Writes a variant of an object, unless an earlier run did.
    fn write_variant(
        &self,
        task: Task,
        mark: Mark,
        output: &mut Output,
    ) -> Result<ObjectReport, Error> {
        let path = self.path(task, mark);
        let bytes = self.size(task)?;
        if let Some(kept) = self.kept(&path, bytes)? {
            return Ok(kept);
        }
        self.create(path, bytes, output, |output, drain| {
            self.write_content(task, mark, output, drain)
        })
    }

    /// An object of an earlier run with the size it has to have.
    fn kept(&self, path: &str, bytes: u64) -> Result<Option<ObjectReport>, Error> {
        if self.sink.size_of(path) != Some(bytes) {
            return Ok(None);
        }
        self.progress.advance(bytes);
        Ok(Some(ObjectReport {
            checksum: Digest::of_object(self.plan.job.checksum, self.sink, path)?,
            path: path.into(),
            offset: 0,
            bytes,
            twin: None,
        }))
    }

    /// Writes an object of known size.
    fn create(
        &self,
        path: String,
        bytes: u64,
        output: &mut Output,
        content: impl FnOnce(&mut Output, &mut Drain<'_>) -> Result<(), Error>,
    ) -> Result<ObjectReport, Error> {
        let mut digest = Digest::new(self.plan.job.checksum);
        let mut object = self.sink.create(&path)?;
        let mut drain = Drain {
            object: object.as_mut(),
            digest: &mut digest,
            progress: self.progress,
        };
        output.begin();
        content(output, &mut drain)?;
        let written = output.end(&mut drain)?;
        debug_assert_eq!(
            written, bytes,
            "{path} has the size that manifests announce"
        );
        object.commit()?;
        Ok(ObjectReport {
            path,
            offset: 0,
            bytes,
            checksum: digest.finish(),
            twin: None,
        })
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<ObjectReport, Error> {
        let mut digest = Digest::new(self.plan.job.checksum);
        digest.update(bytes);
        let mut object = self.sink.create(path)?;
        object.write(bytes)?;
        object.commit()?;
        let bytes = bytes.len() as u64;
        Ok(ObjectReport {
            path: path.into(),
            offset: 0,
            bytes,
            checksum: digest.finish(),
            twin: None,
        })
    }

    fn write_manifests(&self) -> Result<Vec<ObjectReport>, Error> {
        let mut out = Vec::new();
        for (at, tree) in self.trees.iter().enumerate() {
            let formats = tree.protected.tree.formats;
            let sets = self.sets(at);
            for format in manifest::FORMATS {
                let wanted = match format.name {
                    "dash" => formats.dash,
                    "hls" => formats.hls,
                    _ => false,
                };
                for (set, presentation) in sets.iter().filter(|_| wanted) {
                    for document in (format.write)(presentation)? {
                        let path = format!("{set}/{}", document.path);
                        out.push(self.put(&path, document.text.as_bytes())?);
                    }
                }
            }
        }
        Ok(out)
    }
}
