//! Running a plan: segments in parallel, manifests last.

mod digest;
mod payload;

use std::sync::Mutex;

use mux::manifest;
use mux::presentation::{KindFacts, Presentation, Rendition as Announced, SegmentFacts, Storage};
use rayon::prelude::*;

use crate::Error;
use crate::plan::{Part, Plan, Rendition, TextRendition};
use crate::progress::Progress;
use crate::report::{self, FactsReport, ObjectReport, Report, SegmentReport, TrackReport};
use crate::sink::Sink;
use digest::Digest;
use payload::{Drain, Output};

/// The folder of the one set of segments that DASH and HLS share.
const SET: &str = "cmaf";

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

impl Plan {
    /// Writes the package into `sink`: media first, then manifests, then the report. Objects that
    /// an earlier, unfinished run of the same job wrote are kept.
    ///
    /// # Errors
    /// Inputs that changed or cannot be read, and everything `sink` cannot store. What was written
    /// until then is no package: no manifest is.
    pub fn run(&self, sink: &dyn Sink, progress: &dyn Progress) -> Result<Report, Error> {
        let presentation = self.presentation()?;
        let run = Run {
            plan: self,
            presentation: &presentation,
            sink,
            progress,
        };
        progress.start(presentation.renditions.iter().map(Announced::bytes).sum());
        let threads = self.job.threads.map_or(0, std::num::NonZeroUsize::get);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| Error::Threads {
            threads,
            why: error.to_string(),
        })?;
        let written = pool.install(|| run.write_media())?;
        // Whatever was read is worth nothing if it was not one and the same file.
        self.inputs
            .iter()
            .try_for_each(|input| input.check_unchanged())?;
        let tracks = run.tracks(written)?;
        let manifests = run.write_manifests()?;
        let report = run.report(tracks, manifests);
        run.put(REPORT_PATH, report.to_json().as_bytes())?;
        sink.finish()?;
        progress.finish();
        Ok(report)
    }
}

/// A plan on its way into a sink.
struct Run<'r> {
    plan: &'r Plan,
    presentation: &'r Presentation,
    sink: &'r dyn Sink,
    progress: &'r dyn Progress,
}

impl Run<'_> {
    /// The rendition at a position of the presentation: video and audio first, then text.
    fn planned(&self, at: usize) -> Planned<'_> {
        let media = self.plan.renditions.len();
        match self.plan.renditions.get(at) {
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

    fn write_media(&self) -> Result<Vec<(Task, ObjectReport)>, Error> {
        let written = Mutex::new(Vec::new());
        self.tasks()
            .into_par_iter()
            .try_for_each_init(Output::new, |output, task| {
                let object = self.write(task, output)?;
                let mut written = written
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                written.push((task, object));
                Ok::<(), Error>(())
            })?;
        Ok(written
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Where an object lies in the package.
    fn path(&self, task: Task) -> String {
        let announced = &self.presentation.renditions[task.rendition];
        let name = match (task.what, &announced.storage) {
            (What::Init, Storage::Segments { init, .. }) => init.clone(),
            (What::Segment(index), Storage::Segments { .. }) => self
                .presentation
                .segment_file(announced, &announced.segments[index]),
            (What::WebVtt(index), _) => match &announced.facts {
                KindFacts::Text {
                    webvtt: Some(webvtt),
                } => webvtt.media.with(announced.segments[index].number),
                KindFacts::Text { webvtt: None } | KindFacts::Video(_) | KindFacts::Audio(_) => {
                    String::new()
                }
            },
            (_, Storage::SingleFile { name, .. } | Storage::Segments { init: name, .. }) => {
                name.clone()
            }
        };
        format!("{SET}/{}/{name}", announced.folder)
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

    /// Writes an object, unless an earlier run did.
    fn write(&self, task: Task, output: &mut Output) -> Result<ObjectReport, Error> {
        let path = self.path(task);
        let bytes = self.size(task)?;
        let checksum = self.plan.job.checksum;
        if self.sink.size_of(&path) == Some(bytes) {
            self.progress.advance(bytes);
            let checksum = Digest::of_object(checksum, self.sink, &path)?;
            return Ok(ObjectReport {
                path,
                offset: 0,
                bytes,
                checksum,
            });
        }
        let mut digest = Digest::new(checksum);
        let mut object = self.sink.create(&path)?;
        let mut drain = Drain {
            object: object.as_mut(),
            digest: &mut digest,
            progress: self.progress,
        };
        output.begin();
        self.write_content(task, output, &mut drain)?;
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
        })
    }

    fn write_content(
        &self,
        task: Task,
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
                (0..rendition.segments.len())
                    .try_for_each(|index| self.write_segment(rendition, index, output, out))
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
        })
    }

    fn write_manifests(&self) -> Result<Vec<ObjectReport>, Error> {
        let formats = &self.plan.job.formats;
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
            for document in (format.write)(self.presentation)? {
                let path = format!("{SET}/{}", document.path);
                out.push(self.put(&path, document.text.as_bytes())?);
            }
        }
        Ok(out)
    }

    /// What was written, by track.
    fn tracks(&self, written: Vec<(Task, ObjectReport)>) -> Result<Vec<TrackReport>, Error> {
        let mut tracks: Vec<TrackReport> = self
            .presentation
            .renditions
            .iter()
            .enumerate()
            .map(|(at, announced)| self.track(at, announced))
            .collect();
        for (task, object) in written {
            let announced = &self.presentation.renditions[task.rendition];
            let track = &mut tracks[task.rendition];
            match task.what {
                What::Init => track.init = object,
                What::Segment(index) => track.segments[index].object = object,
                What::WebVtt(index) => track.webvtt[index] = object,
                What::SingleFile => {
                    let part = |offset, bytes| ObjectReport {
                        offset,
                        bytes,
                        checksum: None,
                        path: object.path.clone(),
                    };
                    for (segment, facts) in track.segments.iter_mut().zip(&announced.segments) {
                        segment.object = part(facts.offset, facts.bytes);
                    }
                    if let Storage::SingleFile { init, .. } = &announced.storage {
                        track.init = part(init.offset, init.length);
                    }
                    track.file = Some(object);
                }
            }
        }
        Ok(tracks)
    }

    /// The report of a track, its objects still to be filled in.
    fn track(&self, at: usize, announced: &Announced) -> TrackReport {
        let empty = ObjectReport {
            path: String::new(),
            offset: 0,
            bytes: 0,
            checksum: None,
        };
        let (label, source, samples) = match self.planned(at) {
            Planned::Media(rendition) => {
                let samples = rendition.track.samples.len() as u64;
                let source = file_name(&self.plan.inputs[rendition.input].name());
                (&rendition.place.label, source, samples)
            }
            Planned::Text(text) => {
                let samples = text.segments.iter().map(|segment| segment.samples).sum();
                (&text.place.label, file_name(&text.source), samples)
            }
        };
        let segment = |facts: &SegmentFacts| SegmentReport {
            number: facts.number,
            start: facts.start,
            duration: facts.duration,
            object: empty.clone(),
        };
        let webvtt = match &announced.facts {
            KindFacts::Text { webvtt: Some(_) } => vec![empty.clone(); announced.segments.len()],
            KindFacts::Text { webvtt: None } | KindFacts::Video(_) | KindFacts::Audio(_) => {
                Vec::new()
            }
        };
        TrackReport {
            id: announced.id.clone(),
            kind: announced.kind().word(),
            label: label.clone(),
            folder: format!("{SET}/{}", announced.folder),
            source,
            codec: announced.codec_string.clone(),
            language: announced.language.to_string(),
            roles: announced.roles.iter().map(|role| role.word()).collect(),
            facts: facts(announced),
            timescale: announced.timescale.rate(),
            samples,
            file: None,
            init: empty.clone(),
            segments: announced.segments.iter().map(segment).collect(),
            webvtt,
        }
    }

    fn report(&self, tracks: Vec<TrackReport>, manifests: Vec<ObjectReport>) -> Report {
        let objects = || {
            tracks
                .iter()
                .flat_map(TrackReport::objects)
                .chain(&manifests)
        };
        Report {
            format: report::FORMAT,
            packager: env!("CARGO_PKG_VERSION").into(),
            content_id: self.plan.job.content_id.clone(),
            job_name: self.plan.job.job_name.clone(),
            duration: self.presentation.duration.seconds(),
            is_aligned: self.plan.is_aligned,
            boundaries: self
                .plan
                .boundaries()
                .iter()
                .map(|time| time.seconds())
                .collect(),
            checksum: self.plan.job.checksum.word(),
            objects: objects().count() as u64,
            bytes: objects().map(|object| object.bytes).sum(),
            tracks,
            manifests,
            warnings: self.plan.warnings().to_vec(),
        }
    }
}

fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).into()
}

fn facts(announced: &Announced) -> FactsReport {
    match &announced.facts {
        KindFacts::Video(video) => FactsReport::Video {
            width: video.width,
            height: video.height,
            frame_rate: video
                .frame_rate
                .map(|rate| f64::from(rate.numerator) / f64::from(rate.denominator)),
            video_range: match video.range {
                mux::presentation::VideoRange::Sdr => "SDR",
                mux::presentation::VideoRange::Hlg => "HLG",
                mux::presentation::VideoRange::Pq => "PQ",
            },
            trick_play: announced.trick_play.is_some(),
        },
        KindFacts::Audio(audio) => FactsReport::Audio {
            channels: audio.channels,
            sampling_rate: audio.sampling_rate,
        },
        KindFacts::Text { .. } => FactsReport::Text {},
    }
}
