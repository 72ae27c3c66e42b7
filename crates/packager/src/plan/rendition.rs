//! A rendition: one track of an input, cut and placed.

use std::ops::Range;

use demux::{Facts, Track};
use media::{Language, Sample, Segment, Time, TrackKind};
use mux::cmaf::{self, Fragment, FragmentSize, IndexEntry, Init, InitProtection};
use mux::presentation::{ByteRange, Role, SegmentFacts};

use super::cutting::Cut;
use super::events::Events;
use super::label::{Folders, Place};
use super::selection::{Chosen, ChosenTrack};
use super::{Mapping, sync};
use crate::Error;
use crate::protecting::BoxBytes;

/// One track of the package: what it is, where it is cut and where it lies.
#[derive(Clone, Debug)]
pub struct Rendition {
    /// Position of the input it comes from.
    pub(crate) input: usize,
    pub(crate) track: Track,
    pub(crate) place: Place,
    pub(crate) mapping: Mapping,
    pub(crate) segments: Vec<Segment>,
    /// SAP type of each segment; 0 where it has none.
    pub(crate) saps: Vec<u8>,
    /// `prft` and `emsg` boxes that begin a segment.
    pub(crate) events: Events,
    pub(crate) language: Language,
    pub(crate) name: Option<String>,
    pub(crate) roles: Vec<Role>,
    pub(crate) default: bool,
    pub(crate) content: u32,
    /// The rendition whose sync samples this one holds.
    pub(crate) trick_play_of: Option<String>,
}

/// A run of samples of a segment.
#[derive(Debug)]
pub(crate) struct Part {
    /// What stands before the samples' bytes.
    pub(crate) head: Vec<u8>,
    /// Bytes of the boxes that were added to the fragment, which are part of the head.
    pub(crate) boxes: u32,
    /// Positions of the samples in the track.
    pub(crate) samples: Range<usize>,
}

/// What stands before the segments of a single-file rendition.
#[derive(Debug)]
pub(crate) struct SingleFileLayout {
    /// Init segment and index.
    pub(crate) head: Vec<u8>,
    pub(crate) init: ByteRange,
    pub(crate) index: ByteRange,
}

impl Rendition {
    /// Video or audio.
    pub fn kind(&self) -> TrackKind {
        self.track.kind()
    }

    /// The source's track.
    pub fn track(&self) -> &Track {
        &self.track
    }

    /// Where it is cut.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Folder of its objects, relative to the manifests.
    pub fn folder(&self) -> &str {
        &self.place.folder
    }

    /// SAP type of the segment at `index`; 0 where it has none.
    pub(crate) fn sap(&self, index: usize) -> u8 {
        self.saps.get(index).copied().unwrap_or(0)
    }

    /// Where its presentation begins.
    pub fn start(&self) -> Time {
        let start = self.segments.first().map_or(0, |segment| segment.start);
        self.track.timescale.time(start)
    }

    /// Where its presentation ends.
    pub fn end(&self) -> Time {
        let end = self.segments.last().map_or(0, |segment| {
            segment.start.saturating_add_unsigned(segment.duration)
        });
        self.track.timescale.time(end)
    }

    /// The init segment, with what it says of encryption.
    pub(crate) fn init(&self, protection: Option<InitProtection<'_>>) -> Result<Vec<u8>, Error> {
        let init = Init {
            kind: self.kind(),
            entries: &self.track.entries,
            timescale: self.track.timescale,
            language: &self.language,
            name: &self.track.name,
            matrix: self.track.matrix,
            display_size: self.track.display_size,
            media_time: self.mapping.media_time,
            duration: self.segments.iter().map(|segment| segment.duration).sum(),
            roles: &self.track.roles,
            protection,
        };
        cmaf::init_segment(&init).map_err(|source| self.boxes_error("the init segment", source))
    }

    /// The fragments of the segment at `index`, which exists, with their samples' positions.
    pub(super) fn fragments(
        &self,
        index: usize,
    ) -> impl Iterator<Item = (Fragment<'_>, Range<usize>)> {
        self.fragments_of(
            index,
            &self.track.samples[self.segments[index].samples.clone()],
        )
    }

    /// The same with `samples`, one for each of the segment's, in their place.
    fn fragments_of<'s>(
        &'s self,
        index: usize,
        segment_samples: &'s [Sample],
    ) -> impl Iterator<Item = (Fragment<'s>, Range<usize>)> {
        let segment = &self.segments[index];
        self.runs(&segment.samples)
            .filter_map(move |(samples, entry)| {
                let start = segment.samples.start;
                let run = segment_samples.get(samples.start - start..samples.end - start)?;
                let earlier = |run: &&demux::EntryRun| run.first_sample <= samples.start;
                let entries_used = self.track.entry_runs.iter().filter(earlier).count();
                let fragment = Fragment {
                    sequence_number: u32::try_from(index + entries_used).unwrap_or(u32::MAX),
                    decode_time: self.mapping.decode_time(run.first()?),
                    composition_shift: self.mapping.composition_shift,
                    sample_description_index: entry.saturating_add(1),
                    samples: run,
                    boxes: &[],
                };
                Some((fragment, samples))
            })
    }

    /// What begins the segment at `index`: `styp`, and `prft` and `emsg` boxes of the source.
    pub(super) fn segment_head(&self, index: usize) -> Result<Vec<u8>, Error> {
        cmaf::segment_head(self.events.before(index))
            .map_err(|source| self.segment_error(index, source))
    }

    /// The segment at `index`, which exists.
    pub(crate) fn parts(&self, index: usize) -> Result<Vec<Part>, Error> {
        self.parts_of(
            index,
            &self.track.samples[self.segments[index].samples.clone()],
        )
    }

    /// The same with samples of other sizes, one for each of the segment's.
    pub(crate) fn parts_of(&self, index: usize, samples: &[Sample]) -> Result<Vec<Part>, Error> {
        self.parts_with(index, samples, |_, _| Ok(Vec::new()))
    }

    /// The same with boxes behind each `trun`: `boxes` makes them of the positions of the
    /// fragment's samples, and of where they will stand, counted from the start of `moof`.
    pub(crate) fn parts_with(
        &self,
        index: usize,
        samples: &[Sample],
        mut boxes: impl FnMut(&Range<usize>, u64) -> Result<Vec<u8>, Error>,
    ) -> Result<Vec<Part>, Error> {
        let mut head = self.segment_head(index)?;
        let mut parts = Vec::with_capacity(1);
        for (fragment, samples) in self.fragments_of(index, samples) {
            let boxes = boxes(&samples, fragment.size().boxes_offset)?;
            let fragment = Fragment {
                boxes: &boxes,
                ..fragment
            };
            let bytes = cmaf::append_fragment_head(std::mem::take(&mut head), &fragment)
                .map_err(|source| self.segment_error(index, source))?;
            parts.push(Part {
                head: bytes,
                boxes: u32::try_from(boxes.len()).unwrap_or(u32::MAX),
                samples,
            });
        }
        Ok(parts)
    }

    /// Splits samples where the sample entry changes: one fragment has one sample entry.
    fn runs(&self, samples: &Range<usize>) -> impl Iterator<Item = (Range<usize>, u32)> {
        let runs = &self.track.entry_runs;
        let samples = samples.clone();
        runs.iter().enumerate().filter_map(move |(at, run)| {
            let end = runs
                .get(at + 1)
                .map_or(usize::MAX, |next| next.first_sample);
            let part = run.first_sample.max(samples.start)..end.min(samples.end);
            (!part.is_empty()).then_some((part, run.entry))
        })
    }

    /// What manifests say of every segment, numbered from `number_from`.
    pub(crate) fn facts(
        &self,
        number_from: u32,
        offset: u64,
        boxes: &BoxBytes,
    ) -> Result<Vec<SegmentFacts>, Error> {
        let mut out = Vec::with_capacity(self.segments.len());
        let mut offset = offset;
        for (index, segment) in self.segments.iter().enumerate() {
            let before = self.segment_head(index)?.len() as u64;
            let mut sizes = self.fragment_sizes(index, boxes).peekable();
            let head = sizes.peek().map(|size| size.head);
            let bytes = sizes.fold(before, |sum, size| sum + size.head + size.payload);
            let first = self.track.samples.get(segment.samples.start);
            let sap = self.sap(index);
            let first = first.filter(|_| sap > 0 && self.kind() == TrackKind::Video);
            let iframe = first.zip(head).map(|(sample, head)| ByteRange {
                offset: 0,
                length: before + head + u64::from(sample.size),
            });
            out.push(SegmentFacts {
                number: u64::from(number_from) + index as u64,
                start: u64::try_from(segment.start).unwrap_or(0),
                duration: segment.duration,
                bytes,
                offset,
                iframe,
                sap,
            });
            offset += if offset > 0 { bytes } else { 0 };
        }
        Ok(out)
    }

    /// How long the fragments of the segment at `index` are, with the boxes that are added.
    pub(super) fn fragment_sizes<'s>(
        &'s self,
        index: usize,
        boxes: &'s BoxBytes,
    ) -> impl Iterator<Item = FragmentSize> + 's {
        let fragments = self.fragments(index).enumerate();
        fragments.map(move |(at, (fragment, _))| {
            let size = fragment.size();
            FragmentSize {
                head: size.head + boxes.of(index, at),
                ..size
            }
        })
    }

    /// What stands before the segments when they lie in one file behind `init`.
    pub(crate) fn single_file(
        &self,
        init: Vec<u8>,
        boxes: &BoxBytes,
    ) -> Result<SingleFileLayout, Error> {
        let facts = self.facts(0, 0, boxes)?;
        let entries: Vec<IndexEntry> = facts
            .iter()
            .map(|facts| IndexEntry {
                bytes: facts.bytes,
                duration: facts.duration,
                sap: facts.sap,
            })
            .collect();
        let start = facts.first().map_or(0, |facts| facts.start);
        let index = cmaf::segment_index(&entries, start, self.track.timescale)
            .map_err(|source| self.boxes_error("the segment index", source))?;
        Ok(SingleFileLayout::new(init, &index))
    }

    fn segment_error(&self, index: usize, source: isobmff::Error) -> Error {
        self.boxes_error(&format!("segment {index}"), source)
    }

    fn boxes_error(&self, what: &str, source: isobmff::Error) -> Error {
        Error::Boxes {
            object: format!("{}: {what}", self.place.folder),
            source,
        }
    }
}

impl SingleFileLayout {
    pub(crate) fn new(init: Vec<u8>, index: &[u8]) -> SingleFileLayout {
        let init_range = ByteRange {
            offset: 0,
            length: init.len() as u64,
        };
        let index_range = ByteRange {
            offset: init_range.length,
            length: index.len() as u64,
        };
        let mut head = init;
        head.extend_from_slice(index);
        SingleFileLayout {
            head,
            init: init_range,
            index: index_range,
        }
    }
}

/// Places the chosen video and audio tracks.
pub(crate) fn plan(
    chosen: &mut Chosen,
    cut: &mut Cut,
    folders: &mut Folders,
    warnings: &mut Vec<String>,
) -> Result<Vec<Rendition>, Error> {
    let mut out: Vec<Rendition> = Vec::new();
    let labels: Vec<Option<String>> = chosen
        .tracks
        .iter()
        .map(|track| chosen.label(track).map(str::to_string))
        .collect();
    let tracks = std::mem::take(&mut chosen.tracks);
    let (media, text): (Vec<_>, Vec<_>) = tracks
        .into_iter()
        .zip(std::mem::take(&mut cut.segments).into_iter().zip(labels))
        .partition(|(chosen, _)| chosen.track.kind() != TrackKind::Text);
    chosen.tracks = text.into_iter().map(|(chosen, _)| chosen).collect();
    for (ChosenTrack { input, track }, (segments, label)) in media {
        let source = &chosen.inputs[input];
        let saps = sync::access(source, &track, &segments, warnings)?;
        let spec = &source.spec;
        let language = spec
            .language
            .clone()
            .unwrap_or_else(|| track.language.clone());
        let wish = match (&label, &track.facts) {
            (Some(label), _) => label.clone(),
            (None, Facts::Video(video)) => format!("{}p", video.height),
            (None, Facts::Audio(_) | Facts::Text(_)) => language.to_string(),
        };
        let place = folders.place(track.kind(), &track.codec_string, &wish);
        let roles = roles(spec.role, &track);
        let alike = |other: &&Rendition| {
            let kind = other.kind() == track.kind();
            kind && other.input == input && other.language == language && other.roles == roles
        };
        let content = out.iter().filter(alike).count();
        let named = (!track.name.is_empty()).then(|| track.name.clone());
        let mapping = Mapping::new(&track);
        let events =
            Events::of_segments(&source.events, &track, &mapping, &segments, chosen.earlier);
        let events = events.map_err(|error| Error::Movie {
            input: source.name(),
            source: error.into(),
        })?;
        out.push(Rendition {
            input,
            place,
            mapping,
            events,
            saps,
            segments,
            language,
            name: label.or(named.filter(|_| track.kind() == TrackKind::Audio)),
            roles,
            default: spec.default && track.kind() == TrackKind::Audio,
            content: u32::try_from(content).unwrap_or(u32::MAX),
            trick_play_of: None,
            track,
        });
    }
    Ok(out)
}

/// The role asked for, else those the file gives in DASH's words.
pub(crate) fn roles(asked: Option<crate::input::Role>, track: &Track) -> Vec<Role> {
    if let Some(asked) = asked.filter(|asked| asked.suits(track.kind())) {
        return Role::from_word(asked.word()).into_iter().collect();
    }
    let dash = track
        .roles
        .iter()
        .filter(|(scheme, _)| scheme == "urn:mpeg:dash:role:2011");
    dash.filter_map(|(_, word)| Role::from_word(word)).collect()
}
