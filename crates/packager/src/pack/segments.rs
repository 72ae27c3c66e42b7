//! Segments of video and sound, for every set of segments at once: read once, marked, encrypted
//! and written as often as is asked for.

use std::borrow::Cow;

use media::{Mark, Sample};

use super::digest::Digest;
use super::twins::MarkedSegment;
use super::{Bench, Run, Task, What, Written};
use crate::Error;
use crate::job::Checksum;
use crate::marking::{MarkedSamples, SegmentBuffer, resized};
use crate::pack::payload::{Drain, Output};
use crate::plan::{Part, Rendition};
use crate::protecting::{
    BoxBytes, Prepared, ProtectError, Protector, Taken, Unit, equalise_variants,
};
use crate::report::ObjectReport;

/// What shows of a segment once it is written.
pub(super) struct KnownSegment {
    pub(super) rendition: usize,
    pub(super) index: usize,
    pub(super) marked: Option<MarkedSegment>,
    /// Bytes of the boxes in each of its fragments, by set.
    pub(super) boxes: Vec<(usize, Box<[u32]>)>,
    /// Counters it takes.
    pub(super) taken: Vec<Taken>,
}

/// One variant of a segment, ready to be encrypted and written.
struct Sealed {
    mark: Mark,
    parts: Vec<Part>,
    /// None: it stays clear.
    prepared: Option<Prepared>,
    taken: Option<Taken>,
}

/// The variants of a segment: the bytes of every sample of each.
struct Variants<'s> {
    marks: &'static [Mark],
    samples: Vec<Vec<&'s [u8]>>,
}

impl<'s> Variants<'s> {
    fn of(segment: &'s SegmentBuffer, count: usize, marked: Option<&'s MarkedSamples>) -> Self {
        let marks: &[Mark] = match marked {
            Some(_) => &Mark::BOTH,
            None => &[Mark::Zero],
        };
        let sample = |at, mark| {
            let changed = marked.and_then(|marked| marked.of(at, mark));
            changed.unwrap_or_else(|| segment.sample(at))
        };
        let variant = |mark: &Mark| (0..count).map(|at| sample(at, *mark)).collect();
        Variants {
            marks,
            samples: marks.iter().map(variant).collect(),
        }
    }
}

impl KnownSegment {
    fn new(rendition: usize, index: usize) -> KnownSegment {
        KnownSegment {
            rendition,
            index,
            marked: None,
            boxes: Vec::new(),
            taken: Vec::new(),
        }
    }
}

impl Sealed {
    fn bytes(&self, samples: &[Sample]) -> u64 {
        let heads = self.parts.iter().map(|part| part.head.len() as u64);
        let payload = samples.iter().map(|sample| u64::from(sample.size));
        heads.sum::<u64>() + payload.sum::<u64>()
    }

    /// Bytes of the boxes in each fragment.
    fn boxes(&self) -> Box<[u32]> {
        self.parts.iter().map(|part| part.boxes).collect()
    }
}

impl Run<'_> {
    /// Whether the rendition at a position of the presentation is encrypted.
    pub(super) fn is_protected(&self, rendition: usize) -> bool {
        let mut trees = self.trees.iter();
        trees.any(|tree| tree.protected.protector(rendition).is_some())
    }

    /// Writes a segment of video or sound into every set.
    pub(super) fn write_media_segment(
        &self,
        rendition: usize,
        index: usize,
        bench: &mut Bench,
    ) -> Result<(Vec<Written>, Vec<KnownSegment>), Error> {
        let task = |tree| Task {
            tree,
            rendition,
            what: What::Segment(index),
        };
        if self.is_protected(rendition) {
            return self.write_protected_segment(rendition, index, bench);
        }
        if self.is_marked(rendition) {
            let task = task(0);
            let (object, marked) = self.write_twins(task, index, bench)?;
            let known = KnownSegment {
                marked: Some(marked),
                ..KnownSegment::new(rendition, index)
            };
            return Ok((vec![Written { task, object }], vec![known]));
        }
        let mut written = Vec::with_capacity(self.trees.len());
        for task in (0..self.trees.len()).map(task) {
            let object = self.write(task, &mut bench.output)?;
            written.push(Written { task, object });
        }
        Ok((written, Vec::new()))
    }

    /// Reads a segment into memory.
    fn load(&self, rendition: &Rendition, index: usize, bench: &mut Bench) -> Result<(), Error> {
        let input = &self.plan.inputs[rendition.input];
        let samples = &rendition.track.samples[rendition.segments[index].samples.clone()];
        bench.segment.load(&input.name(), &input.file, samples)
    }

    fn write_protected_segment(
        &self,
        rendition: usize,
        index: usize,
        bench: &mut Bench,
    ) -> Result<(Vec<Written>, Vec<KnownSegment>), Error> {
        let planned = &self.renditions[rendition];
        let range = planned.segments[index].samples.clone();
        let samples = &planned.track.samples[range.clone()];
        let marked = match self.is_marked(rendition) {
            true => Some(self.mark(rendition, index, bench)?),
            false => {
                self.load(planned, index, bench)?;
                None
            }
        };
        let sized: Cow<'_, [Sample]> = match &marked {
            Some((_, sizes)) => Cow::Owned(resized(samples, sizes)),
            None => Cow::Borrowed(samples),
        };
        let twins = marked.as_ref().map(|(twins, _)| twins);
        let Bench {
            output,
            segment,
            sealed: room,
        } = bench;
        let mut known = KnownSegment::new(rendition, index);
        let mut written = Vec::with_capacity(self.trees.len());
        for tree in 0..self.trees.len() {
            let task = Task {
                tree,
                rendition,
                what: What::Segment(index),
            };
            let mut objects = Vec::with_capacity(2);
            let variants = Variants::of(segment, range.len(), twins);
            let sealed = self.seal(tree, (rendition, index), &sized, &variants)?;
            known
                .boxes
                .extend(sealed.first().map(|first| (tree, first.boxes())));
            // What nobody else needs is encrypted where it lies.
            if let ([seal], true) = (sealed.as_slice(), tree + 1 == self.trees.len()) {
                let path = self.path(task, seal.mark);
                let bytes = seal.bytes(&sized);
                known.taken.extend(seal.taken);
                let object = match self.kept(&path, bytes)? {
                    Some(kept) => kept,
                    None => self.create(path, bytes, output, |output, out| {
                        self.write_in_place(task, index, seal, segment, (output, out))
                    })?,
                };
                written.push(Written { task, object });
                break;
            }
            for (seal, samples) in sealed.iter().zip(&variants.samples) {
                known.taken.extend(seal.taken);
                let path = self.path(task, seal.mark);
                let bytes = seal.bytes(&sized);
                if let Some(kept) = self.kept(&path, bytes)? {
                    objects.push(kept);
                    continue;
                }
                let object = self.create(path, bytes, output, |output, out| {
                    self.write_sealed(task, index, seal, samples, room, (output, out))
                })?;
                objects.push(object);
            }
            written.push(Written {
                task,
                object: with_twin(objects)?,
            });
        }
        if let Some((twins, sizes)) = &marked {
            known.marked = Some(self.keep_record((rendition, index), twins, sizes)?);
        }
        Ok((written, vec![known]))
    }

    /// Finds out everything that stands before the samples of each variant of a segment.
    fn seal(
        &self,
        tree: usize,
        (rendition, index): (usize, usize),
        sized: &[Sample],
        variants: &Variants<'_>,
    ) -> Result<Vec<Sealed>, Error> {
        let protected = &self.trees[tree].protected;
        let planned = &self.renditions[rendition];
        let failed = |error| self.segment_failed(rendition, index, error);
        let defect = || failed(ProtectError::NoEntry);
        let protector = protected.protector(rendition).ok_or_else(defect)?;
        let range = &planned.segments[index].samples;
        if protected.is_clear(rendition, index) {
            let seal = |mark: &Mark| {
                let parts = planned.parts_with(index, sized, |places, _| {
                    mux::cmaf::clear_boxes(places.len()).map_err(|error| failed(error.into()))
                })?;
                Ok(Sealed {
                    mark: *mark,
                    parts,
                    prepared: None,
                    taken: None,
                })
            };
            return variants.marks.iter().map(seal).collect();
        }
        let divide = |samples: &Vec<&[u8]>| {
            let runs = &planned.track.entry_runs;
            protector.divide(runs, range, samples).map_err(failed)
        };
        let mut prepared = variants
            .samples
            .iter()
            .map(divide)
            .collect::<Result<Vec<_>, _>>()?;
        if let [zero, one] = prepared.as_mut_slice()
            && !equalise_variants(zero, one)
        {
            return Err(failed(ProtectError::Uneven));
        }
        let mut sealed = Vec::with_capacity(prepared.len());
        let each = variants.marks.iter().zip(&variants.samples).zip(prepared);
        for ((mark, samples), mut prepared) in each {
            let unit = Unit {
                rendition,
                segment: index,
                mark: *mark,
            };
            let taken = protector
                .number(unit, &mut prepared, samples)
                .map_err(failed)?;
            let parts = planned.parts_with(index, sized, |places, offset| {
                let places = places.start - range.start..places.end - range.start;
                let boxes = protector.boxes(&prepared, places, offset);
                boxes.map_err(failed)
            })?;
            sealed.push(Sealed {
                mark: *mark,
                parts,
                prepared: Some(prepared),
                taken,
            });
        }
        if let [zero, one] = sealed.as_slice()
            && zero.boxes() != one.boxes()
        {
            return Err(failed(ProtectError::Uneven));
        }
        Ok(sealed)
    }

    /// Writes a variant of a segment, encrypting its samples on the way; `room` is where.
    fn write_sealed(
        &self,
        task: Task,
        index: usize,
        sealed: &Sealed,
        samples: &[&[u8]],
        room: &mut Vec<u8>,
        (output, out): (&mut Output, &mut Drain<'_>),
    ) -> Result<(), Error> {
        let protector = self.trees[task.tree].protected.protector(task.rendition);
        let start = self.renditions[task.rendition].segments[index]
            .samples
            .start;
        for part in &sealed.parts {
            let places = part.samples.start - start..part.samples.end - start;
            let mut left = samples.get(places.clone()).unwrap_or_default();
            let mut from = places.start;
            room.clear();
            room.extend_from_slice(&part.head);
            while !left.is_empty() {
                let (batch, later) = left.split_at(batch_of(left).min(left.len()));
                let head = room.len();
                batch
                    .iter()
                    .for_each(|sample| room.extend_from_slice(sample));
                if let (Some(protector), Some(prepared)) = (protector, &sealed.prepared) {
                    let payload = room.get_mut(head..).unwrap_or_default();
                    let sizes = batch.iter().map(|sample| sample.len());
                    encrypt(protector, prepared, from, sizes, payload)
                        .map_err(|error| self.segment_failed(task.rendition, index, error))?;
                }
                output.pass(out, room)?;
                room.clear();
                from += batch.len();
                left = later;
            }
            output.pass(out, room)?;
        }
        Ok(())
    }

    /// The same where the segment lies in memory.
    fn write_in_place(
        &self,
        task: Task,
        index: usize,
        sealed: &Sealed,
        segment: &mut SegmentBuffer,
        (output, out): (&mut Output, &mut Drain<'_>),
    ) -> Result<(), Error> {
        let protector = self.trees[task.tree].protected.protector(task.rendition);
        let planned = &self.renditions[task.rendition];
        let start = planned.segments[index].samples.start;
        for part in &sealed.parts {
            let places = part.samples.start - start..part.samples.end - start;
            let sizes = planned
                .track
                .samples
                .get(part.samples.clone())
                .unwrap_or_default();
            let sizes = sizes.iter().map(|sample| sample.size as usize);
            output.append(out, &part.head)?;
            let payload = segment.span_mut(places.clone());
            if let (Some(protector), Some(prepared)) = (protector, &sealed.prepared) {
                encrypt(protector, prepared, places.start, sizes, payload)
                    .map_err(|error| self.segment_failed(task.rendition, index, error))?;
            }
            output.pass(out, payload)?;
        }
        Ok(())
    }

    /// Writes an encrypted rendition into one file, both variants where there are two. The index
    /// of its segments stands before them but shows only when all are written, so it is written
    /// last.
    pub(super) fn write_protected_file(
        &self,
        task: Task,
        bench: &mut Bench,
    ) -> Result<(Vec<Written>, Vec<KnownSegment>), Error> {
        let Task {
            tree, rendition, ..
        } = task;
        let planned = &self.renditions[rendition];
        let marks: &[Mark] = match self.is_marked(rendition) {
            true => &Mark::BOTH,
            false => &[Mark::Zero],
        };
        let mut boxes = BoxBytes::default();
        let mut known = Vec::with_capacity(planned.segments.len());
        let mut objects = Vec::with_capacity(marks.len());
        for mark in marks {
            let path = self.path(task, *mark);
            let mut object = self.sink.create(&path)?;
            let mut drain = Drain {
                object: object.as_mut(),
                digest: &mut Digest::new(Checksum::None),
                progress: self.progress,
            };
            bench.output.begin();
            let init = planned.init(self.init_protection(task))?;
            let layout = planned.single_file(init.clone(), &boxes)?;
            bench.output.append(&mut drain, &layout.head)?;
            for index in 0..planned.segments.len() {
                self.load(planned, index, bench)?;
                let waiting = self.waiting_twins(rendition, index);
                let twins = waiting.map(|twins| self.read_waiting(twins)).transpose()?;
                let range = planned.segments[index].samples.clone();
                let Bench {
                    output,
                    segment,
                    sealed: room,
                } = &mut *bench;
                let variants = Variants::of(segment, range.len(), twins.as_ref());
                let sized = &planned.track.samples[range];
                let sealed = self.seal(tree, (rendition, index), sized, &variants)?;
                if *mark == Mark::Zero {
                    let first = sealed.first().map(Sealed::boxes).unwrap_or_default();
                    boxes.set(index, first.clone());
                    known.push(KnownSegment {
                        boxes: vec![(tree, first)],
                        taken: sealed.iter().filter_map(|sealed| sealed.taken).collect(),
                        ..KnownSegment::new(rendition, index)
                    });
                }
                let variant = sealed.iter().zip(&variants.samples);
                for (seal, samples) in variant.filter(|(seal, _)| seal.mark == *mark) {
                    let to = (&mut *output, &mut drain);
                    self.write_sealed(task, index, seal, samples, room, to)?;
                }
            }
            let bytes = bench.output.end(&mut drain)?;
            let layout = planned.single_file(init, &boxes)?;
            object.rewrite_start(&layout.head)?;
            object.commit()?;
            objects.push(ObjectReport {
                checksum: Digest::of_object(self.plan.job.checksum, self.sink, &path)?,
                path,
                offset: 0,
                bytes,
                twin: None,
            });
        }
        let object = with_twin(objects)?;
        Ok((vec![Written { task, object }], known))
    }

    fn segment_failed(&self, rendition: usize, index: usize, error: ProtectError) -> Error {
        let planned = &self.renditions[rendition];
        let track = &planned.track;
        Error::Segment {
            input: self.plan.inputs[planned.input].name(),
            kind: track.kind().word(),
            track: track.id,
            time: track.timescale.time(planned.segments[index].start),
            why: format!("cannot be encrypted: {error}"),
        }
    }
}

/// Bytes that are copied, encrypted and written at a time, so that they stay in the processor's
/// cache meanwhile.
const BATCH_BYTES: usize = 192 << 10;

/// How many samples make a batch: one at least.
fn batch_of(samples: &[&[u8]]) -> usize {
    let mut bytes = 0;
    let fits = samples.iter().take_while(|sample| {
        bytes += sample.len();
        bytes <= BATCH_BYTES
    });
    fits.count().max(1)
}

/// Encrypts `payload`, which holds samples of these sizes, the first of which is at `from` of the
/// segment.
fn encrypt(
    protector: &Protector<'_>,
    prepared: &Prepared,
    from: usize,
    sizes: impl Iterator<Item = usize>,
    payload: &mut [u8],
) -> Result<(), ProtectError> {
    let mut left = payload;
    let samples = sizes.map_while(|size| {
        let (now, later) = std::mem::take(&mut left).split_at_mut_checked(size)?;
        left = later;
        Some(now)
    });
    protector.encrypt(prepared, from, samples)
}

/// Variant 0 with variant 1 as its twin, if there is one.
fn with_twin(objects: Vec<ObjectReport>) -> Result<ObjectReport, Error> {
    let mut objects = objects.into_iter();
    let object = objects.next().ok_or(Error::NothingToProtect)?;
    Ok(ObjectReport {
        twin: objects.next().map(Box::new),
        ..object
    })
}
