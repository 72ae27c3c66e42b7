//! Marked segments: both variants, and the sizes that manifests need.
//!
//! How large a marked segment is shows only when it is marked. Segments in files of their own are
//! marked and written at once, and manifests wait. A single file begins with an index of its
//! segments, so those are marked ahead and their changed samples wait on disk.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use media::{Mark, Sample};
use rayon::prelude::*;

use super::{Bench, Benches, Run, Task, TreeRun};
use crate::Error;
use crate::marking::{
    KeptRecord, MarkedSamples, SegmentError, SegmentRecord, Source, Spill, Spilled, resized,
};
use crate::pack::payload::{Drain, Output};
use crate::plan::{Part, Rendition};
use crate::protecting::BoxBytes;
use crate::report::ObjectReport;

/// A segment that was marked, by rendition and place.
pub(super) struct MarkedSegment {
    rendition: usize,
    index: usize,
    /// Bytes of every sample.
    sizes: Vec<u32>,
    /// Both variants came out the same: there is nothing in it that can carry the mark.
    is_identical: bool,
}

/// Changed samples that wait on disk, by rendition and segment.
pub(super) struct Waiting {
    spill: Spill,
    twins: BTreeMap<(usize, usize), Vec<Option<Spilled>>>,
}

impl Run<'_> {
    /// Whether the rendition at a position of the presentation has two variants.
    pub(super) fn is_marked(&self, rendition: usize) -> bool {
        let marking = self.plan.marking.as_ref();
        marking.is_some_and(|marking| marking.streams.contains_key(&rendition))
    }

    /// Which bit of a code a segment carries.
    pub(super) fn position(&self, rendition: usize, index: usize) -> Option<u32> {
        let segment = self.renditions.get(rendition)?.segments.get(index)?;
        self.is_marked(rendition).then_some(segment.index)
    }

    /// Bytes that will be written, about: what marking adds is not known yet.
    pub(super) fn expected_bytes(&self) -> u64 {
        let of_tree = |tree: &TreeRun<'_>| {
            let all = tree.presentation.renditions.iter().enumerate();
            all.map(|(at, announced)| announced.bytes() * (1 + u64::from(self.is_marked(at))))
                .sum::<u64>()
        };
        self.trees.iter().map(of_tree).sum()
    }

    /// Where the record of a segment lies while the run is unfinished.
    pub(super) fn journal_path(&self, rendition: usize, index: usize) -> String {
        let announced = self.announced(0, rendition);
        format!("journal/{}/{index}.json", announced.id)
    }

    /// The record of a segment that an earlier run marked.
    fn kept_record(&self, rendition: usize, index: usize) -> Option<KeptRecord> {
        let private = self.private?;
        let path = self.journal_path(rendition, index);
        private.size_of(&path)?;
        let line = String::from_utf8(private.read(&path).ok()?).ok()?;
        let segment = self.renditions.get(rendition)?.segments.get(index)?;
        KeptRecord::parse(&line, segment.samples.len())
    }

    /// Marks a segment and keeps its record.
    pub(super) fn mark(
        &self,
        rendition: usize,
        index: usize,
        bench: &mut Bench,
    ) -> Result<(MarkedSamples, Vec<u32>), Error> {
        let planned = &self.renditions[rendition];
        let segment = &planned.segments[index];
        let track = &planned.track;
        let input = &self.plan.inputs[planned.input];
        let name = input.name();
        let failed = |error| match error {
            SegmentError::Read(error) => *error,
            SegmentError::Mark(why) => Error::Segment {
                input: name.clone(),
                kind: track.kind().word(),
                track: track.id,
                time: track.timescale.time(segment.start),
                why,
            },
        };
        let no_streams = || SegmentError::Mark("is not to be marked".into());
        let marking = self.plan.marking.as_ref();
        let marking = marking.ok_or_else(no_streams).map_err(failed)?;
        let streams = marking.streams.get(&rendition);
        let source = Source {
            name: &name,
            file: &input.file,
            samples: &track.samples,
            runs: &track.entry_runs,
            streams: streams.ok_or_else(no_streams).map_err(failed)?,
        };
        let range = segment.samples.clone();
        let samples = &track.samples[range.clone()];
        let marked = marking
            .marker
            .mark(&source, range, segment.index, &mut bench.segment)
            .map_err(failed)?;
        let sizes = marked.sizes(samples).map_err(failed)?;
        Ok((marked, sizes))
    }

    /// Keeps the record of a segment, whose objects are written.
    pub(super) fn keep_record(
        &self,
        (rendition, index): (usize, usize),
        marked: &MarkedSamples,
        sizes: &[u32],
    ) -> Result<MarkedSegment, Error> {
        let planned = &self.renditions[rendition];
        let segment = &planned.segments[index];
        let differing = marked.differing();
        let record = SegmentRecord {
            position: segment.index,
            start: segment.start,
            duration: segment.duration,
            timescale: planned.track.timescale.rate(),
            sizes,
            marked: &differing,
            carrier: &marked.records,
        };
        let line = record.to_line().map_err(std::io::Error::other)?;
        self.put_private(&self.journal_path(rendition, index), line.as_bytes())?;
        Ok(MarkedSegment {
            rendition,
            index,
            sizes: sizes.to_vec(),
            is_identical: differing.is_empty(),
        })
    }

    /// Marks a segment and writes both variants, unless an earlier run did.
    pub(super) fn write_twins(
        &self,
        task: Task,
        index: usize,
        bench: &mut Bench,
    ) -> Result<(ObjectReport, MarkedSegment), Error> {
        let rendition = &self.renditions[task.rendition];
        let range = rendition.segments[index].samples.clone();
        let samples = &rendition.track.samples[range.clone()];
        let paths = Mark::BOTH.map(|mark| self.path(task, mark));
        if let Some(KeptRecord { sizes, marked }) = self.kept_record(task.rendition, index) {
            let parts = rendition.parts_of(index, &resized(samples, &sizes))?;
            let bytes = length(&parts, &sizes);
            let [zero, one] = &paths;
            // Both are looked for before either counts as kept.
            if self.sink.size_of(one) == Some(bytes)
                && let Some(object) = self.kept(zero, bytes)?
                && let Some(twin) = self.kept(one, bytes)?
            {
                let segment = MarkedSegment {
                    rendition: task.rendition,
                    index,
                    sizes,
                    is_identical: marked.is_empty(),
                };
                return Ok((with_twin(object, twin), segment));
            }
        }
        let (marked, sizes) = self.mark(task.rendition, index, bench)?;
        let parts = rendition.parts_of(index, &resized(samples, &sizes))?;
        let bytes = length(&parts, &sizes);
        let Bench {
            output, segment, ..
        } = bench;
        let mut write = |path, mark| {
            self.create(path, bytes, output, |output, out| {
                for part in &parts {
                    output.append(out, &part.head)?;
                    for at in part.samples.clone() {
                        let at = at - range.start;
                        let sample = marked.of(at, mark);
                        output.append(out, sample.unwrap_or_else(|| segment.sample(at)))?;
                    }
                }
                Ok(())
            })
        };
        let [zero, one] = paths;
        let object = write(zero, Mark::Zero)?;
        let twin = write(one, Mark::One)?;
        let segment = self.keep_record((task.rendition, index), &marked, &sizes)?;
        Ok((with_twin(object, twin), segment))
    }

    /// Marks every segment of renditions in single files, so that their sizes are known. What an
    /// earlier run finished is left alone.
    pub(super) fn mark_ahead(&mut self) -> Result<(), Error> {
        let (Some(marking), Some(private)) = (&self.plan.marking, self.private) else {
            return Ok(());
        };
        let mut known = Vec::new();
        let mut tasks = Vec::new();
        for rendition in marking.streams.keys().copied() {
            let kept = self.kept_file(rendition)?;
            let is_whole = kept.is_some();
            known.extend(kept.into_iter().flatten());
            let segments = 0..self.renditions[rendition].segments.len();
            tasks.extend(
                segments
                    .filter(|_| !is_whole)
                    .map(|index| (rendition, index)),
            );
        }
        // By time, as neighbours in an input are read while the system still holds them.
        tasks.sort_by_key(|(rendition, index)| (*index, *rendition));
        let spill = Spill::new(private.scratch()?);
        let done = Mutex::new((known, BTreeMap::new()));
        let benches = Benches::default();
        tasks.into_par_iter().try_for_each(|(rendition, index)| {
            benches.lend(|bench| {
                let (marked, sizes) = self.mark(rendition, index, bench)?;
                let spilled = spill.put(&marked.twins)?;
                let segment = self.keep_record((rendition, index), &marked, &sizes)?;
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                done.0.push(segment);
                done.1.insert((rendition, index), spilled);
                Ok::<(), Error>(())
            })
        })?;
        let (known, twins) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.waiting = Some(Waiting { spill, twins });
        self.take_sizes(&known)?;
        self.announce_again()
    }

    /// The sizes of a single-file rendition that an earlier run wrote in both variants.
    fn kept_file(&self, rendition: usize) -> Result<Option<Vec<MarkedSegment>>, Error> {
        // Of encrypted ones the boxes are not known.
        if self.is_protected(rendition) {
            return Ok(None);
        }
        let planned = &self.renditions[rendition];
        let segments = 0..planned.segments.len();
        let sizes = segments.map(|index| {
            let kept = self.kept_record(rendition, index)?;
            Some(MarkedSegment {
                rendition,
                index,
                sizes: kept.sizes,
                is_identical: kept.marked.is_empty(),
            })
        });
        let Some(sizes) = sizes.collect::<Option<Vec<_>>>() else {
            return Ok(None);
        };
        let mut sized = Rendition::clone(planned);
        sizes.iter().for_each(|segment| segment.apply(&mut sized));
        let none = BoxBytes::none();
        let head = sized.single_file(sized.init(None)?, none)?.head.len() as u64;
        let payload: u64 = sized
            .facts(0, 0, none)?
            .iter()
            .map(|segment| segment.bytes)
            .sum();
        let task = Task {
            tree: 0,
            rendition,
            what: super::What::SingleFile,
        };
        let is_there = |mark| self.sink.size_of(&self.path(task, mark)) == Some(head + payload);
        Ok(Mark::BOTH.into_iter().all(is_there).then_some(sizes))
    }

    /// Takes over the sizes of marked segments.
    pub(super) fn take_sizes(&mut self, marked: &[MarkedSegment]) -> Result<(), Error> {
        for segment in marked {
            if let Some(rendition) = self.renditions.get_mut(segment.rendition) {
                segment.apply(rendition.to_mut());
                let identical = self.identical.entry(segment.rendition).or_default();
                *identical += u64::from(segment.is_identical);
            }
        }
        Ok(())
    }

    /// The changed samples of a segment that wait on disk.
    pub(super) fn waiting_twins(
        &self,
        rendition: usize,
        index: usize,
    ) -> Option<&[Option<Spilled>]> {
        let waiting = self.waiting.as_ref()?;
        waiting.twins.get(&(rendition, index)).map(Vec::as_slice)
    }

    /// Reads changed samples of a segment that wait on disk.
    pub(super) fn read_waiting(&self, twins: &[Option<Spilled>]) -> Result<MarkedSamples, Error> {
        let waiting = self.waiting.as_ref().ok_or(Error::NoPrivateSink)?;
        Ok(MarkedSamples::of_twins(waiting.spill.get(twins)?))
    }

    /// Writes a variant of a segment whose changed samples wait on disk.
    pub(super) fn write_waiting(
        &self,
        rendition: &Rendition,
        (index, mark): (usize, Mark),
        twins: &[Option<Spilled>],
        output: &mut Output,
        out: &mut Drain<'_>,
    ) -> Result<(), Error> {
        let input = &self.plan.inputs[rendition.input];
        let start = rendition.segments[index].samples.start;
        for Part { head, samples, .. } in rendition.parts(index)? {
            output.append(out, &head)?;
            for at in samples {
                let sample = &rendition.track.samples[at];
                let spilled = twins.get(at - start).copied().flatten();
                match (spilled, &self.waiting) {
                    (Some(spilled), Some(waiting)) => {
                        let from = spilled.offset(mark);
                        let range = from..from + u64::from(spilled.size);
                        let name = || "the scratch file".to_string();
                        output.copy_range(out, waiting.spill.file(), &name, range)?;
                    }
                    (_, _) => output.copy(out, input, std::slice::from_ref(sample))?,
                }
            }
        }
        Ok(())
    }
}

impl MarkedSegment {
    /// Gives the samples of its rendition their sizes.
    fn apply(&self, rendition: &mut Rendition) {
        let range = rendition
            .segments
            .get(self.index)
            .map(|segment| segment.samples.clone());
        let samples: &mut [Sample] = range
            .and_then(|range| rendition.track.samples.get_mut(range))
            .unwrap_or_default();
        for (sample, size) in samples.iter_mut().zip(&self.sizes) {
            sample.size = *size;
        }
    }
}

/// Bytes of a segment.
fn length(parts: &[Part], sizes: &[u32]) -> u64 {
    let heads = parts.iter().map(|part| part.head.len() as u64);
    heads.sum::<u64>() + sizes.iter().map(|size| u64::from(*size)).sum::<u64>()
}

fn with_twin(object: ObjectReport, twin: ObjectReport) -> ObjectReport {
    ObjectReport {
        twin: Some(Box::new(twin)),
        ..object
    }
}
