//! Files that end before the media they announce.

use isobmff::BoxHeader;
use media::Time;

use crate::trak::Trak;

/// How a file is truncated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truncation {
    /// Which sample or box lies beyond the end.
    pub what: String,
    /// The presentation time up to which every track is whole.
    pub whole: Time,
}

impl Truncation {
    /// Removes, track by track, the first sample that is not whole and everything after it, and
    /// says what was missing first; `None` where the file is whole.
    pub(crate) fn find(
        traks: &mut [Trak],
        file_len: u64,
        cut_short: Option<&BoxHeader>,
    ) -> Option<String> {
        let mut missing: Option<String> = None;
        for trak in traks {
            let announced = trak.announced.max(trak.track.samples.len());
            let Some(at) = trak.track.samples.iter().position(|s| s.end() > file_len) else {
                continue;
            };
            let sample = &trak.track.samples[at];
            missing.get_or_insert_with(|| {
                format!(
                    "sample {} of {announced} of track {} is at bytes {} to {}, the file ends at \
                     byte {file_len}",
                    at + 1,
                    trak.track.id,
                    sample.offset,
                    sample.end(),
                )
            });
            trak.track.samples.truncate(at);
            trak.track.entry_runs.retain(|run| run.first_sample < at);
        }
        missing.or_else(|| {
            let header = cut_short?;
            // Whatever stands behind the last sample of a progressive file is not missed; a
            // fragment is.
            let missed = matches!(&header.kind.0, b"moof" | b"mdat" | b"moov");
            missed.then(|| {
                format!(
                    "the {} box at byte {} is announced to end at byte {}, the file ends at byte \
                     {file_len}",
                    header.kind,
                    header.offset,
                    header.end(),
                )
            })
        })
    }
}
