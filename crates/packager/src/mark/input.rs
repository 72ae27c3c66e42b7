//! Opening what is to be marked.

use std::collections::HashSet;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use demux::{Track, WhenTruncated};
use media::cut::CutTrack;
use media::{Sample, Segment, Timescale, TrackKind};
use wm::h264::{Framing, Stream};

use super::byte_stream::ByteStream;
use super::movie_file::MovieFile;
use crate::Error;
use crate::input::InputSpec;
use crate::marking::{MarkedSamples, Marker, SegmentBuffer, SegmentError, Source, Streams, chain};
use crate::plan::{Identity, Input, Opened, access, begin_at_sync, open};

/// Names that byte streams of H.264 go by.
const BYTE_STREAMS: [&str; 4] = ["264", "h264", "avc", "jsv"];

/// Names that byte streams of other codecs go by, and the codecs.
const OTHERS: [(&str, &str); 6] = [
    ("265", "HEVC"),
    ("h265", "HEVC"),
    ("hevc", "HEVC"),
    ("266", "VVC"),
    ("ivf", "VP9 or AV1"),
    ("obu", "AV1"),
];

/// An input, open.
#[derive(Debug)]
pub(crate) struct MarkInput {
    pub(crate) path: PathBuf,
    pub(crate) input: Input,
    /// `None` for byte streams.
    pub(crate) movie: Option<MovieFile>,
}

/// A track that is marked.
#[derive(Debug)]
pub(crate) struct MarkTrack {
    /// Position of its input.
    pub(crate) input: usize,
    pub(crate) pictures: Pictures,
    pub(crate) segments: Vec<Segment>,
}

/// Samples, and where their parameter sets come from.
#[derive(Debug)]
pub(crate) enum Pictures {
    /// A track of a movie, with the parameter sets of its sample entries.
    Track(Box<Track>, Streams),
    /// A byte stream, with its parameter sets, each from the sample on that has it first.
    Stream {
        samples: Vec<Sample>,
        timescale: Timescale,
        sets: Vec<(usize, Vec<u8>)>,
    },
}

/// The name's ending, in lower case.
fn extension(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_str()?;
    Some(extension.to_ascii_lowercase())
}

/// Whether a file is a byte stream of H.264, by its name.
pub fn is_byte_stream(path: &Path) -> bool {
    extension(path).is_some_and(|name| BYTE_STREAMS.contains(&name.as_str()))
}

/// Opens an input: what it holds, and warnings.
pub(crate) fn open_input(
    path: &Path,
    at: usize,
    warnings: &mut Vec<String>,
) -> Result<(MarkInput, Vec<MarkTrack>), Error> {
    let extension = extension(path);
    let is = |name: &str| extension.as_deref() == Some(name);
    if let Some((_, codec)) = OTHERS.iter().find(|(name, _)| is(name)) {
        return Err(Error::Unmarkable {
            input: path.display().to_string(),
            why: format!("is {codec}, expected H.264"),
        });
    }
    if is_byte_stream(path) {
        open_byte_stream(path, at, warnings)
    } else {
        open_movie(path, at, warnings)
    }
}

fn open_movie(
    path: &Path,
    at: usize,
    warnings: &mut Vec<String>,
) -> Result<(MarkInput, Vec<MarkTrack>), Error> {
    let spec = InputSpec {
        kind: Some(TrackKind::Video),
        ..InputSpec::new(path)
    };
    let Opened {
        input,
        tracks,
        warnings: told,
    } = open(&spec, WhenTruncated::Refuse)?;
    warnings.extend(told);
    let name = input.name();
    let movie = MovieFile::read(&input.file).map_err(|why| Error::Unmarkable {
        input: name.clone(),
        why,
    })?;
    for id in &movie.hints {
        warnings.push(format!(
            "{name}: hint track {id} points into the video as it was; a streaming server that \
             follows it sends broken pictures"
        ));
    }
    let mut out = Vec::with_capacity(tracks.len());
    for mut track in tracks {
        begin_at_sync(&name, &mut track, warnings)?;
        let streams = Streams::of(&name, &track)?;
        out.push(MarkTrack {
            input: at,
            pictures: Pictures::Track(Box::new(track), streams),
            segments: Vec::new(),
        });
    }
    let path = path.to_path_buf();
    let movie = Some(movie);
    Ok((MarkInput { path, input, movie }, out))
}

fn open_byte_stream(
    path: &Path,
    at: usize,
    warnings: &mut Vec<String>,
) -> Result<(MarkInput, Vec<MarkTrack>), Error> {
    let spec = InputSpec::new(path);
    let name = spec.name();
    let failed = |source| Error::Input {
        input: name.clone(),
        source,
    };
    let refused = |why| Error::Unmarkable {
        input: name.clone(),
        why,
    };
    let file = File::open(path).map_err(failed)?;
    let identity = Identity::of(&file).map_err(failed)?;
    let stream = ByteStream::read(&file).map_err(refused)?;
    let mut all = Stream::new(Framing::AnnexB);
    for (_, set) in &stream.sets {
        all.insert_parameter_set(set)
            .map_err(|error| refused(chain(&error)))?;
    }
    all.supported()
        .map_err(|feature| refused(format!("{feature} not supported")))?;
    if !stream.has_timing {
        warnings.push(format!(
            "{name}: says nothing of pictures per second; 25 are assumed"
        ));
    }
    if !stream.has_idr {
        warnings.push(format!(
            "{name}: has no IDR picture, so its bit never changes"
        ));
    }
    let mut samples = stream.samples;
    let first = samples.iter().position(Sample::is_sync).unwrap_or(0);
    if first > 0 {
        warnings.push(format!(
            "{name}: {first} pictures before the first IDR picture stay as they are"
        ));
    }
    samples.drain(..first);
    let begins = samples.first().map_or(0, |sample| sample.dts);
    for sample in &mut samples {
        sample.dts = sample.dts.saturating_sub(begins);
    }
    let sets = stream.sets.into_iter();
    let sets = sets.map(|(at, set)| (at.saturating_sub(first), set));
    let track = MarkTrack {
        input: at,
        pictures: Pictures::Stream {
            samples,
            timescale: stream.timescale,
            sets: sets.collect(),
        },
        segments: Vec::new(),
    };
    let input = Input {
        spec,
        file,
        identity,
        has_video: true,
        events: Vec::new(),
    };
    let path = path.to_path_buf();
    let movie = None;
    Ok((MarkInput { path, input, movie }, vec![track]))
}

impl MarkTrack {
    /// `track_ID`; 0 for byte streams.
    pub(crate) fn id(&self) -> u32 {
        match &self.pictures {
            Pictures::Track(track, _) => track.id,
            Pictures::Stream { .. } => 0,
        }
    }

    pub(crate) fn timescale(&self) -> Timescale {
        match &self.pictures {
            Pictures::Track(track, _) => track.timescale,
            Pictures::Stream { timescale, .. } => *timescale,
        }
    }

    pub(crate) fn samples(&self) -> &[Sample] {
        match &self.pictures {
            Pictures::Track(track, _) => &track.samples,
            Pictures::Stream { samples, .. } => samples,
        }
    }

    /// Samples of the tables that stand before these.
    pub(crate) fn first(&self) -> usize {
        match &self.pictures {
            Pictures::Track(track, _) => track.timeline.dropped_before,
            Pictures::Stream { .. } => 0,
        }
    }

    /// The track as cutting sees it.
    pub(crate) fn to_cut(&self) -> CutTrack<'_> {
        match &self.pictures {
            Pictures::Track(track, _) => track.to_cut(),
            Pictures::Stream {
                samples, timescale, ..
            } => CutTrack {
                samples,
                offset: 0,
                end: None,
                timescale: *timescale,
            },
        }
    }

    /// The parameter sets of a byte stream.
    pub(crate) fn sets(&self) -> impl Iterator<Item = &[u8]> {
        let sets = match &self.pictures {
            Pictures::Track(..) => &[],
            Pictures::Stream { sets, .. } => sets.as_slice(),
        };
        sets.iter().map(|(_, set)| set.as_slice())
    }

    /// The samples of a segment.
    pub(crate) fn samples_of(&self, segment: &Segment) -> &[Sample] {
        let samples = self.samples().get(segment.samples.clone());
        samples.unwrap_or_default()
    }

    /// SAP types of its segments; none of byte streams, whose segments begin with IDR pictures.
    ///
    /// # Errors
    /// A segment that begins with a picture that depends on others.
    pub(crate) fn access(
        &self,
        input: &Input,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<u8>, Error> {
        match &self.pictures {
            Pictures::Track(track, _) => access(input, track, &self.segments, warnings),
            Pictures::Stream { .. } => Ok(Vec::new()),
        }
    }

    /// Marks a segment.
    pub(crate) fn mark(
        &self,
        input: &Input,
        marker: &Marker,
        segment: &Segment,
        buffer: &mut SegmentBuffer,
    ) -> Result<MarkedSamples, SegmentError> {
        let name = input.name();
        let range = segment.samples.clone();
        match &self.pictures {
            Pictures::Track(track, streams) => {
                let source = Source {
                    name: &name,
                    file: &input.file,
                    samples: &track.samples,
                    runs: &track.entry_runs,
                    streams,
                };
                marker.mark(&source, range, segment.index, buffer)
            }
            Pictures::Stream { sets, .. } => {
                buffer
                    .load(&name, &input.file, self.samples_of(segment))
                    .map_err(|error| SegmentError::Read(Box::new(error)))?;
                let stream = stream_at(sets, &range)?;
                let samples = buffer.samples(0..range.len());
                marker.mark_run(&stream, segment.index, &samples)
            }
        }
    }
}

/// The parameter sets that hold where a segment begins.
fn stream_at(sets: &[(usize, Vec<u8>)], segment: &Range<usize>) -> Result<Stream, SegmentError> {
    // Streams repeat their parameter sets; the last time counts.
    let before = sets.partition_point(|(at, _)| *at <= segment.start);
    let mut seen = HashSet::new();
    let mut latest: Vec<&[u8]> = sets
        .iter()
        .take(before)
        .rev()
        .map(|(_, set)| set.as_slice())
        .filter(|set| seen.insert(*set))
        .collect();
    latest.reverse();
    let mut stream = Stream::new(Framing::AnnexB);
    for set in latest {
        stream
            .insert_parameter_set(set)
            .map_err(|error| SegmentError::Mark(chain(&error)))?;
    }
    Ok(stream)
}
