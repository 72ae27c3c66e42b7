//! Files that end before the media they announce.

use media::{Time, Timescale};

use crate::Track;
use crate::trak::Trak;
use crate::walk::CutShort;

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
        cut_short: Option<&CutShort>,
        expects_fragments: bool,
    ) -> Option<String> {
        let mut missing: Option<String> = None;
        for trak in traks {
            let announced = trak.announced.max(trak.track.samples.len());
            let Some(at) = trak.track.samples.iter().position(|s| s.end() > file_len) else {
                continue;
            };
            let lost = trak.track.samples.get(at..).unwrap_or_default();
            trak.lost = lost.iter().map(media::Sample::pts).min();
            if let Some(sample) = lost.first() {
                missing.get_or_insert_with(|| {
                    format!(
                        "sample {} of {announced} of track {} is at bytes {} to {}, the file ends \
                         at byte {file_len}",
                        at + 1,
                        trak.track.id,
                        sample.offset,
                        sample.end(),
                    )
                });
            }
            trak.track.samples.truncate(at);
            trak.track.entry_runs.retain(|run| run.first_sample < at);
        }
        missing.or_else(|| {
            // The samples of a progressive movie are all known and were found whole: what stood
            // behind them is not missed. Fragments may have followed.
            let cut_short = cut_short.filter(|_| expects_fragments)?;
            match cut_short {
                // The last box of a fragmented file holds no media.
                CutShort::Box(header) if &header.kind.0 == b"mfra" => None,
                CutShort::Box(header) => Some(format!(
                    "the {} box at byte {} is announced to end at byte {}, the file ends at byte \
                     {file_len}",
                    header.kind,
                    header.offset,
                    header.end(),
                )),
                CutShort::Index { offset, end } => Some(format!(
                    "the sidx box at byte {offset} lists segments up to byte {end}, the file ends \
                     at byte {file_len}"
                )),
                CutShort::Header(offset) => Some(format!(
                    "the file ends at byte {file_len}, inside the header of the box at byte {offset}"
                )),
            }
        })
    }
}

/// The time up to which every track is whole, gathered track by track.
#[derive(Default)]
pub(crate) struct WholeTime {
    /// Where the first sample that was lost would be shown.
    lost: Option<Time>,
    /// Where the first track ends.
    end: Option<Time>,
}

impl WholeTime {
    /// `lost` is the media time of the first sample of `track` that was lost.
    pub(crate) fn take(&mut self, track: &Track, lost: Option<i64>) {
        let end = track.to_cut().end();
        self.end = earliest(self.end, Some(track.timescale.time(end)));
        let shown = lost.map(|pts| {
            pts.saturating_add(track.timeline.offset)
                .clamp(0, end.max(0))
        });
        self.lost = earliest(self.lost, shown.map(|pts| track.timescale.time(pts)));
    }

    /// A track of which nothing is left.
    pub(crate) fn take_empty(&mut self, lost: Option<i64>) {
        let nothing = Timescale::MILLISECONDS.time(0);
        self.lost = earliest(self.lost, lost.map(|_| nothing));
    }

    /// Where no sample was lost, fragments were, of any track.
    pub(crate) fn time(&self) -> Time {
        let nothing = Timescale::MILLISECONDS.time(0);
        self.lost.or(self.end).unwrap_or(nothing)
    }
}

fn earliest(a: Option<Time>, b: Option<Time>) -> Option<Time> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests;
