//! Whether segments begin where decoding can begin, and how.
//!
//! Tables and flags say which samples are sync samples; writers get it wrong, and a segment that
//! begins with a picture that depends on others cannot be played from. So the first bytes of every
//! segment's first picture are looked at, and nothing else of the media.

mod nal;
mod picture;
mod window;

use demux::{Source, Track};
use media::{Sample, Segment, TrackKind};

use super::open::Input;
use crate::Error;
use picture::Picture;

/// SAP type of each segment, ISO/IEC 14496-12 annex I: 1 everything from the first sample on can be
/// decoded, 2 likewise though some of it is presented before the first sample, 3 what is presented
/// before the first sample can not, 0 no type is known to fit.
///
/// # Errors
/// A first sample that depends on others; input that cannot be read.
pub(crate) fn access(
    input: &Input,
    track: &Track,
    segments: &[Segment],
    warnings: &mut Vec<String>,
) -> Result<Vec<u8>, Error> {
    if track.kind() != TrackKind::Video {
        return Ok(by_flags(track, segments));
    }
    let name = input.name();
    let saps = of_video(&name, track, &input.file, segments)?;
    let mut warn = |sap: u8, what: &str| {
        let count = saps.iter().filter(|found| **found == sap).count();
        if count > 0 {
            let (id, all) = (track.id, saps.len());
            warnings.push(format!(
                "{name}: video track {id}: {count} of {all} segments {what}"
            ));
        }
    };
    warn(
        3,
        "begin with an open group of pictures; switching quality there shows damaged pictures",
    );
    warn(
        0,
        "begin with a gradual refresh; playing from there shows damaged pictures until it is done",
    );
    Ok(saps)
}

/// Sound and text: every sync sample is decoded alone.
fn by_flags(track: &Track, segments: &[Segment]) -> Vec<u8> {
    let first = |segment: &Segment| track.samples.get(segment.samples.start);
    let sap = |segment| u8::from(first(segment).is_some_and(Sample::is_sync));
    segments.iter().map(sap).collect()
}

fn of_video<S: Source + ?Sized>(
    name: &str,
    track: &Track,
    source: &S,
    segments: &[Segment],
) -> Result<Vec<u8>, Error> {
    let mut saps = Vec::with_capacity(segments.len());
    for segment in segments {
        let Some(first) = track.samples.get(segment.samples.start) else {
            saps.push(0);
            continue;
        };
        let picture = picture::of(track, source, *first).map_err(|source| Error::Input {
            input: name.into(),
            source,
        })?;
        saps.push(match picture {
            Picture::Closed if leads(track, segment) => 2,
            Picture::Closed => 1,
            // Where nothing is readable, the table is believed.
            Picture::Open | Picture::Unknown if !leads(track, segment) => 1,
            Picture::Open | Picture::Unknown | Picture::Hidden => 3,
            Picture::Gradual => 0,
            Picture::Dependent(what) => {
                let time = track.timescale.time(track.presentation(first));
                return Err(Error::Track {
                    input: name.into(),
                    kind: track.kind().word(),
                    track: track.id,
                    why: format!("the sample at {time} is marked as sync sample but is {what}"),
                });
            }
        });
    }
    Ok(saps)
}

/// Whether samples of a segment are presented before its first one, and presented at all.
fn leads(track: &Track, segment: &Segment) -> bool {
    let samples = track.samples.get(segment.samples.clone());
    let samples = samples.unwrap_or_default();
    let first = samples.first().map(|first| track.presentation(first));
    samples.iter().any(|sample| {
        let start = track.presentation(sample);
        let end = start.saturating_add(i64::from(sample.duration));
        first.is_some_and(|first| start < first) && end > 0
    })
}

#[cfg(test)]
mod tests;
