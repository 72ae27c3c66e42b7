//! Running a plan: segments in parallel, manifests last.

pub(crate) mod digest;
mod gains;
mod layout;
pub(crate) mod payload;
mod report;
mod twins;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use media::Mark;
use mux::manifest;
use mux::presentation::{KindFacts, Presentation};
use rayon::prelude::*;

use crate::Error;
use crate::marking::SegmentBuffer;
use crate::plan::{Part, Plan, Rendition, TextRendition};
use crate::progress::Progress;
use crate::report::{ObjectReport, Report};
use crate::sink::Sink;
use digest::Digest;
use payload::{Drain, Output};
use twins::{MarkedSegment, Waiting};

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

/// One object to write, and of which rendition (its position in the presentation).
#[derive(Clone, Copy)]
struct Task {
    rendition: usize,
    what: What,
}

/// An object that was written.
struct Written {
    task: Task,
    object: ObjectReport,
}

/// What a thread works with.
struct Bench {
    output: Output,
    segment: SegmentBuffer,
}

impl Bench {
    fn new() -> Bench {
        Bench {
            output: Output::new(),
            segment: SegmentBuffer::default(),
        }
    }
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
        let mut run = Run {
            plan: self,
            renditions: self.renditions.iter().map(Cow::Borrowed).collect(),
            presentation: self.presentation()?,
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
        let (written, marked) = pool.install(|| run.write_media())?;
        // Whatever was read is worth nothing if it was not one and the same file.
        self.inputs
            .iter()
            .try_for_each(|input| input.check_unchanged())?;
        run.take_sizes(&marked)?;
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
    /// What is known of them: sizes of what is yet to be marked are the sources'.
    presentation: Presentation,
    sink: &'r dyn Sink,
    /// Where records of marked segments go; there is one where something is marked.
    private: Option<&'r dyn Sink>,
    progress: &'r dyn Progress,
    /// Marked samples that wait for what stands before them.
    waiting: Option<Waiting>,
    /// How many segments of each marked rendition came out the same in both variants.
    identical: BTreeMap<usize, u64>,
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

    /// All media objects, by time rather than by rendition: neighbours in an input are read while
    /// the system still holds them.
    fn tasks(&self) -> Vec<Task> {
        let mut tasks = Vec::new();
        let renditions = || self.presentation.renditions.iter().enumerate();
        let single = self.plan.job.single_file;
        for (rendition, _) in renditions() {
            let what = if single { What::SingleFile } else { What::Init };
            tasks.push(Task { rendition, what });
        }
        let longest = renditions()
            .map(|(_, announced)| announced.segments.len())
            .max();
        for index in 0..longest.unwrap_or(0) {
            for (rendition, announced) in renditions() {
                if index >= announced.segments.len() {
                    continue;
                }
                if !single {
                    tasks.push(Task {
                        rendition,
                        what: What::Segment(index),
                    });
                }
                if matches!(announced.facts, KindFacts::Text { webvtt: Some(_) }) {
                    tasks.push(Task {
                        rendition,
                        what: What::WebVtt(index),
                    });
                }
            }
        }
        tasks
    }

    fn write_media(&self) -> Result<(Vec<Written>, Vec<MarkedSegment>), Error> {
        let written = Mutex::new((Vec::new(), Vec::new()));
        self.tasks()
            .into_par_iter()
            .try_for_each_init(Bench::new, |bench, task| {
                let (object, marked) = match task.what {
                    What::Segment(index) if self.is_marked(task.rendition) => {
                        let (object, marked) = self.write_twins(task, index, bench)?;
                        (object, Some(marked))
                    }
                    _ => (self.write(task, &mut bench.output)?, None),
                };
                let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
                written.0.push(Written { task, object });
                written.1.extend(marked);
                Ok::<(), Error>(())
            })?;
        Ok(written.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Bytes an object will have.
    fn size(&self, task: Task) -> Result<u64, Error> {
        let announced = &self.presentation.renditions[task.rendition];
        Ok(match (task.what, self.planned(task.rendition)) {
            (What::Init, Planned::Media(rendition)) => rendition.init()?.len() as u64,
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

    fn write_content(
        &self,
        task: Task,
        mark: Mark,
        output: &mut Output,
        out: &mut Drain<'_>,
    ) -> Result<(), Error> {
        match (task.what, self.planned(task.rendition)) {
            (What::Init, Planned::Media(rendition)) => output.append(out, &rendition.init()?),
            (What::Init, Planned::Text(text)) => output.append(out, &text.init),
            (What::Segment(index), Planned::Media(rendition)) => {
                self.write_segment(rendition, index, output, out)
            }
            (What::Segment(index), Planned::Text(text)) => {
                output.append(out, &text.segments[index].mp4)
            }
            (What::WebVtt(index), Planned::Text(text)) => {
                output.append(out, text.segments[index].webvtt.as_bytes())
            }
            (What::WebVtt(_), Planned::Media(_)) => Ok(()),
            (What::SingleFile, Planned::Media(rendition)) => {
                output.append(out, &rendition.single_file()?.head)?;
                let segments = 0..rendition.segments.len();
                for index in segments {
                    match self.waiting_twins(task.rendition, index) {
                        Some(twins) => {
                            self.write_waiting(rendition, (index, mark), twins, output, out)?;
                        }
                        None => self.write_segment(rendition, index, output, out)?,
                    }
                }
                Ok(())
            }
            (What::SingleFile, Planned::Text(text)) => {
                output.append(out, &text.single_file()?.head)?;
                text.segments
                    .iter()
                    .try_for_each(|segment| output.append(out, &segment.mp4))
            }
        }
    }

    fn write_segment(
        &self,
        rendition: &Rendition,
        index: usize,
        output: &mut Output,
        out: &mut Drain<'_>,
    ) -> Result<(), Error> {
        let input = &self.plan.inputs[rendition.input];
        for Part { head, samples } in rendition.parts(index)? {
            output.append(out, &head)?;
            output.copy(out, input, &rendition.track.samples[samples])?;
        }
        Ok(())
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
        let formats = &self.plan.job.formats;
        let sets = self.sets();
        let mut out = Vec::new();
        for format in manifest::FORMATS {
            let wanted = match format.name {
                "dash" => formats.dash,
                "hls" => formats.hls,
                _ => false,
            };
            if !wanted {
                continue;
            }
            for (set, presentation) in &sets {
                for document in (format.write)(presentation)? {
                    let path = format!("{set}/{}", document.path);
                    out.push(self.put(&path, document.text.as_bytes())?);
                }
            }
        }
        Ok(out)
    }
}
