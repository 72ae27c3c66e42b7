//! Subtitles: documents and text tracks, cut at the boundaries of the video.

use std::fs::{self, File};
use std::io;

use demux::{Facts, Source, Track};
use isobmff::boxes::{EntryFields, SampleEntry, TextFields, VttConfiguration};
use isobmff::{BoxBody, FourCc};
use media::{Codec, Language, Sample, SampleFlags, Time, Timescale, TrackKind};
use mux::cmaf::{self, Fragment, Init};
use mux::presentation::Role;
use text::{Document, Parsed, Timeline, TtmlReader, Tx3gReader, WvttReader};

use super::label::{Folders, Place};
use super::open::Input;
use super::rendition::roles;
use super::selection::Chosen;
use crate::Error;
use crate::input::InputSpec;
use crate::job::Job;

/// Subtitles are timed in milliseconds, as the documents are.
pub(crate) const TIMESCALE: Timescale = Timescale::MILLISECONDS;

/// One subtitle track of the package, with its segments.
#[derive(Debug)]
pub struct TextRendition {
    pub(crate) place: Place,
    pub(crate) language: Language,
    pub(crate) name: Option<String>,
    pub(crate) roles: Vec<Role>,
    pub(crate) default: bool,
    pub(crate) content: u32,
    /// The document's name, for reports.
    pub(crate) source: String,
    pub(crate) init: Vec<u8>,
    pub(crate) segments: Vec<TextSegment>,
    digest: String,
}

/// One segment of subtitles, in both its forms.
#[derive(Debug)]
pub(crate) struct TextSegment {
    /// In milliseconds.
    pub(crate) start: u64,
    /// In milliseconds.
    pub(crate) duration: u64,
    /// Samples in it.
    pub(crate) samples: u64,
    /// WebVTT in MP4, ISO/IEC 14496-30.
    pub(crate) mp4: Vec<u8>,
    /// A WebVTT file.
    pub(crate) webvtt: String,
}

impl TextRendition {
    /// Folder of its objects, relative to the manifests.
    pub fn folder(&self) -> &str {
        &self.place.folder
    }

    /// Its language.
    pub fn language(&self) -> &Language {
        &self.language
    }

    /// Where its last segment ends.
    pub fn end(&self) -> Time {
        let last = self.segments.last();
        let end = last.map_or(0, |segment| segment.start.saturating_add(segment.duration));
        TIMESCALE.time(i64::try_from(end).unwrap_or(i64::MAX))
    }

    /// What tells its content from another's.
    pub(super) fn digest(&self) -> &str {
        &self.digest
    }
}

/// A document and how to announce it.
struct Found {
    document: Document,
    language: Language,
    label: Option<String>,
    roles: Vec<Role>,
    default: bool,
    source: String,
}

/// Reads all subtitles of a job and cuts them at `boundaries`, up to `media_end` where there is
/// picture or sound.
pub(crate) fn plan(
    job: &Job,
    chosen: &Chosen,
    boundaries: &[Time],
    media_end: Option<Time>,
    folders: &mut Folders,
    warnings: &mut Vec<String>,
) -> Result<Vec<TextRendition>, Error> {
    let mut found = Vec::new();
    for track in chosen.of_kind(TrackKind::Text) {
        let input = &chosen.inputs[track.input];
        let label = chosen.label(track).map(str::to_string);
        found.push(from_track(input, &track.track, label, warnings)?);
    }
    for spec in &chosen.documents {
        found.push(from_file(spec, warnings)?);
    }
    for subtitle in &job.subtitles {
        let mut spec = InputSpec::new(&subtitle.path);
        spec.language.clone_from(&subtitle.language);
        found.push(from_file(&spec, warnings)?);
    }
    let last_cue = found
        .iter()
        .map(|found| found.document.end_ms())
        .max()
        .unwrap_or(0);
    let end = media_end
        .map_or(last_cue, |end| end.rescale(TIMESCALE))
        .max(1);
    let mut edges: Vec<i64> = vec![0];
    edges.extend(
        boundaries
            .iter()
            .map(|time| time.rescale(TIMESCALE))
            .filter(|ms| *ms < end),
    );
    edges.push(end);
    edges.dedup();
    let mut out: Vec<TextRendition> = Vec::new();
    for found in found {
        let late = found
            .document
            .cues
            .iter()
            .filter(|cue| cue.start_ms >= end)
            .count();
        if late > 0 {
            let source = &found.source;
            warnings.push(format!(
                "{source}: {late} cues begin after the end and are left out"
            ));
        }
        let wish = found
            .label
            .clone()
            .unwrap_or_else(|| found.language.to_string());
        let place = folders.place(TrackKind::Text, "wvtt", &wish);
        let alike =
            |other: &&TextRendition| other.language == found.language && other.roles == found.roles;
        let content = u32::try_from(out.iter().filter(alike).count()).unwrap_or(u32::MAX);
        out.push(rendition(found, place, content, &edges)?);
    }
    Ok(out)
}

/// Reads a WebVTT, SRT or TTML file.
fn from_file(spec: &InputSpec, warnings: &mut Vec<String>) -> Result<Found, Error> {
    let source = spec.name();
    let failed = |error| Error::Input {
        input: source.clone(),
        source: error,
    };
    let len = fs::metadata(&spec.path).map_err(failed)?.len();
    let error = |error| Error::Subtitle {
        input: source.clone(),
        source: error,
    };
    let parsed = if len > text::MAX_BYTES as u64 {
        Err(error(text::Error::TooLarge {
            bytes: len,
            limit: text::MAX_BYTES as u64,
        }))
    } else {
        text::parse(&fs::read(&spec.path).map_err(failed)?, None).map_err(error)
    }?;
    let document = accept(parsed, &source, warnings);
    let asked = spec.role.and_then(|role| Role::from_word(role.word()));
    Ok(Found {
        language: spec
            .language
            .clone()
            .or(document.1)
            .unwrap_or_else(Language::undetermined),
        document: document.0,
        label: spec.label.clone(),
        roles: asked.into_iter().collect(),
        default: spec.default,
        source,
    })
}

/// Passes a document's warnings on.
fn accept(
    parsed: Parsed,
    source: &str,
    warnings: &mut Vec<String>,
) -> (Document, Option<Language>) {
    warnings.extend(
        parsed
            .warnings
            .iter()
            .map(|warning| format!("{source}: {warning}")),
    );
    if parsed.further_warnings > 0 {
        warnings.push(format!(
            "{source}: {} more warnings",
            parsed.further_warnings
        ));
    }
    (parsed.document, parsed.language)
}

/// Reads the samples of a text track.
fn from_track(
    input: &Input,
    track: &Track,
    label: Option<String>,
    warnings: &mut Vec<String>,
) -> Result<Found, Error> {
    let source = format!("{}: text track {}", input.name(), track.id);
    let error = |error| Error::Subtitle {
        input: source.clone(),
        source: error,
    };
    if track.bytes() > text::MAX_BYTES as u64 {
        return Err(error(text::Error::TooLarge {
            bytes: track.bytes(),
            limit: text::MAX_BYTES as u64,
        }));
    }
    let read = |sample: &Sample| -> Result<Vec<u8>, Error> {
        read_sample(&input.file, sample).map_err(|source| Error::Input {
            input: input.name(),
            source,
        })
    };
    let header = match &track.facts {
        Facts::Text(facts) => facts.header.as_str(),
        Facts::Video(_) | Facts::Audio(_) => "",
    };
    let mut reader = match track.codec {
        Codec::Ttml => Reader::Ttml(TtmlReader::new(track.timescale)),
        Codec::TimedText => Reader::Tx3g(Tx3gReader::new(track.timescale)),
        _ => Reader::Wvtt(WvttReader::new(header, track.timescale)),
    };
    for sample in &track.samples {
        reader
            .push(sample.pts(), sample.duration, &read(sample)?)
            .map_err(error)?;
    }
    let (mut document, _) = accept(reader.finish(), &source, warnings);
    // Samples are timed on the media timeline; so are the times inside TTML.
    document.shift(
        track
            .timescale
            .time(track.timeline.offset)
            .rescale(TIMESCALE),
    );
    let spec = &input.spec;
    Ok(Found {
        document,
        language: spec
            .language
            .clone()
            .unwrap_or_else(|| track.language.clone()),
        label,
        roles: roles(spec.role, track),
        default: spec.default,
        source: input.name(),
    })
}

fn read_sample(file: &File, sample: &Sample) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; sample.size as usize];
    Source::read_exact_at(file, &mut bytes, sample.offset)?;
    Ok(bytes)
}

/// The reader of a text track's samples.
enum Reader {
    Wvtt(WvttReader),
    Tx3g(Tx3gReader),
    Ttml(TtmlReader),
}

impl Reader {
    fn push(&mut self, start: i64, duration: u32, data: &[u8]) -> Result<(), text::Error> {
        match self {
            Reader::Wvtt(reader) => reader.push(start, duration, data),
            Reader::Tx3g(reader) => reader.push(start, duration, data),
            Reader::Ttml(reader) => reader.push(start, duration, data),
        }
    }

    fn finish(self) -> Parsed {
        match self {
            Reader::Wvtt(reader) => reader.finish(),
            Reader::Tx3g(reader) => reader.finish(),
            Reader::Ttml(reader) => reader.finish(),
        }
    }
}

/// Writes all segments of a document: they are small, and manifests need their sizes.
fn rendition(
    found: Found,
    place: Place,
    content: u32,
    edges: &[i64],
) -> Result<TextRendition, Error> {
    let boxes = |source| Error::Boxes {
        object: place.folder.clone(),
        source,
    };
    let init = init(&found, edges).map_err(boxes)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&init);
    let timeline = Timeline::new(&found.document);
    let mut segments = Vec::with_capacity(edges.len());
    for (index, edge) in edges.windows(2).enumerate() {
        let [from, to] = [edge[0], edge[1]];
        let error = |error| Error::Subtitle {
            input: found.source.clone(),
            source: error,
        };
        let webvtt = timeline.webvtt_segment(from, to).map_err(error)?;
        let fragment = timeline.wvtt_samples(from, to).map_err(error)?;
        let samples: Vec<Sample> = fragment
            .samples
            .iter()
            .map(|sample| Sample {
                offset: 0,
                dts: sample.start_ms,
                size: sample.size,
                duration: sample.duration_ms,
                composition_offset: 0,
                flags: SampleFlags::SYNC,
            })
            .collect();
        let mut mp4 = cmaf::segment_head(&[]).map_err(boxes)?;
        mp4.extend(
            cmaf::fragment_head(&Fragment {
                sequence_number: u32::try_from(index + 1).unwrap_or(u32::MAX),
                decode_time: u64::try_from(from).unwrap_or(0),
                composition_shift: 0,
                sample_description_index: 1,
                samples: &samples,
                boxes: &[],
            })
            .map_err(boxes)?,
        );
        mp4.extend_from_slice(&fragment.data);
        hasher.update(&mp4);
        hasher.update(webvtt.as_bytes());
        segments.push(TextSegment {
            start: u64::try_from(from).unwrap_or(0),
            duration: u64::try_from(to - from).unwrap_or(0),
            samples: samples.len() as u64,
            mp4,
            webvtt,
        });
    }
    Ok(TextRendition {
        place,
        name: found.label,
        roles: found.roles,
        default: found.default,
        content,
        source: found.source,
        language: found.language,
        init,
        segments,
        digest: hasher.finalize().to_hex().to_string(),
    })
}

fn init(found: &Found, edges: &[i64]) -> Result<Vec<u8>, isobmff::Error> {
    let config = text::wvtt_config(&found.document);
    let fields = EntryFields::Text(TextFields::WebVtt);
    let mut entry = SampleEntry::new(FourCc::new(b"wvtt"), fields);
    entry.push_child(
        &VttConfiguration {
            text: config.as_bytes(),
        }
        .to_bytes()?,
    );
    let duration = edges.last().copied().unwrap_or(0);
    cmaf::init_segment(&Init {
        kind: TrackKind::Text,
        entries: &[entry],
        timescale: TIMESCALE,
        language: &found.language,
        name: "",
        matrix: isobmff::boxes::Matrix::UNITY.0,
        display_size: [0, 0],
        media_time: None,
        duration: u64::try_from(duration).unwrap_or(0),
        roles: &[],
        protection: None,
    })
}
