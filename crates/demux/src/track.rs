//! A track as the rest of the packager sees it.

use bitstream::colour::Colour;
use isobmff::boxes::SampleEntry;
use media::{Codec, Language, Sample, Time, Timescale, TrackKind};

use crate::edits::Timeline;

/// One track of a movie, with its tables resolved.
#[derive(Clone, Debug)]
pub struct Track {
    /// `tkhd.track_ID`.
    pub id: u32,
    /// The codec family.
    pub codec: Codec,
    /// RFC 6381 codec string of the first sample entry, as manifests print it.
    pub codec_string: String,
    /// What the track presents, as read from its sample entry and parameter sets.
    pub facts: Facts,
    /// Sample entries as they go into the package's `stsd`: QuickTime forms are brought to ISO
    /// form, everything else is byte for byte the source's.
    pub entries: Vec<SampleEntry>,
    /// Where the sample entry changes; one run from sample 0 for most tracks.
    pub entry_runs: Vec<EntryRun>,
    /// `mdhd.timescale`, of every tick in this track.
    pub timescale: Timescale,
    /// `elng`, else `mdhd.language`.
    pub language: Language,
    /// `hdlr.name`, where it says more than a writer's habit.
    pub name: String,
    /// `tkhd.flags` has `track_enabled`.
    pub enabled: bool,
    /// `tkhd.matrix`: rotation and mirroring, 16.16 and 2.30 fixed point.
    pub matrix: [i32; 9],
    /// `tkhd.width` and `height`, 16.16 fixed point.
    pub display_size: [u32; 2],
    /// `udta/kind` boxes: scheme and value of each role.
    pub roles: Vec<(String, String)>,
    /// Samples that are decoded, in decoding order; never empty.
    pub samples: Vec<Sample>,
    /// How the media timeline lies on the presentation.
    pub timeline: Timeline,
}

impl Track {
    /// What the track presents.
    pub fn kind(&self) -> TrackKind {
        self.codec.kind()
    }

    /// Presentation time of a sample, in ticks; negative for priming that is decoded only.
    pub fn presentation(&self, sample: &Sample) -> i64 {
        sample.pts().saturating_add(self.timeline.offset)
    }

    /// The track as cutting sees it.
    pub fn to_cut(&self) -> media::cut::CutTrack<'_> {
        media::cut::CutTrack {
            samples: &self.samples,
            offset: self.timeline.offset,
            end: self.timeline.end,
            timescale: self.timescale,
        }
    }

    /// Removes the first `count` samples in decoding order.
    pub fn drop_before(&mut self, count: usize) {
        let count = count.min(self.samples.len());
        self.samples.drain(..count);
        self.timeline.dropped_before = self.timeline.dropped_before.saturating_add(count);
        EntryRun::drop_before(&mut self.entry_runs, count, self.samples.len());
    }

    /// Ends the presentation at `end`: samples behind it go as far as no sample that stays can
    /// depend on them.
    pub fn end_at(&mut self, end: Time) {
        let end = end.rescale(self.timescale);
        let stays = |sample: &Sample| sample.pts().saturating_add(self.timeline.offset) < end;
        let kept = self.samples.iter().rposition(stays).map_or(0, |at| at + 1);
        if kept == 0 || self.to_cut().end() <= end {
            return;
        }
        self.timeline.dropped_after += self.samples.len() - kept;
        self.samples.truncate(kept);
        self.entry_runs.retain(|run| run.first_sample < kept);
        self.timeline.end = Some(self.timeline.end.map_or(end, |earlier| earlier.min(end)));
    }

    /// Bytes of all samples.
    pub fn bytes(&self) -> u64 {
        self.samples
            .iter()
            .map(|sample| u64::from(sample.size))
            .sum()
    }

    /// The picture facts of a video track.
    pub fn video(&self) -> Option<&VideoFacts> {
        match &self.facts {
            Facts::Video(facts) => Some(facts),
            Facts::Audio(_) | Facts::Text(_) => None,
        }
    }

    /// The sound facts of an audio track.
    pub fn audio(&self) -> Option<&AudioFacts> {
        match &self.facts {
            Facts::Audio(facts) => Some(facts),
            Facts::Video(_) | Facts::Text(_) => None,
        }
    }
}

/// From `first_sample` on, samples use `entries[entry]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryRun {
    /// Index of the first sample.
    pub first_sample: usize,
    /// Position in [`Track::entries`], from 0.
    pub entry: u32,
}

impl EntryRun {
    /// Moves runs to the front by `count` samples that went, of which `left` are left, and drops
    /// the runs that lost all theirs.
    pub(crate) fn drop_before(runs: &mut Vec<EntryRun>, count: usize, left: usize) {
        let first = runs
            .iter()
            .rposition(|run| run.first_sample <= count)
            .unwrap_or(0);
        runs.drain(..first);
        for run in runs.iter_mut() {
            run.first_sample = run.first_sample.saturating_sub(count);
        }
        runs.retain(|run| run.first_sample < left);
    }
}

/// What a track presents.
#[derive(Clone, Debug, PartialEq)]
pub enum Facts {
    /// Pictures.
    Video(VideoFacts),
    /// Sound.
    Audio(AudioFacts),
    /// Subtitles.
    Text(TextFacts),
}

/// What is known about pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoFacts {
    /// Width of the decoded picture after cropping, in pixels.
    pub width: u32,
    /// Height of the decoded picture after cropping, in pixels.
    pub height: u32,
    /// Shape of a pixel, width to height: `pasp`, else the parameter sets, else square.
    pub sample_aspect_ratio: (u32, u32),
    /// Colour code points of ISO/IEC 23091-2, as the sample entry's `colr` says, else the parameter
    /// sets.
    pub colour: Option<Colour>,
    /// Bits per luma sample, where known.
    pub bit_depth: Option<u8>,
    /// Pictures per second as the parameter sets have it, numerator and denominator.
    pub coded_frame_rate: Option<(u32, u32)>,
    /// Coded as fields or macroblock-adaptive frames and fields.
    pub interlaced: bool,
    /// Bytes of the length before each NAL unit; 0 for codecs without NAL units.
    pub nal_length_size: u8,
    /// Dolby Vision: profile, level and base-layer compatibility as `dvcC`, `dvvC` or `dvwC` say.
    pub dolby_vision: Option<DolbyVision>,
    /// Clockwise rotation for display that `tkhd.matrix` asks for, in degrees.
    pub rotation: u16,
}

/// What a Dolby Vision configuration box says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DolbyVision {
    /// `dv_profile`.
    pub profile: u8,
    /// `dv_level`.
    pub level: u8,
    /// `dv_bl_signal_compatibility_id`.
    pub compatibility: u8,
}

/// What is known about sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioFacts {
    /// Channels as heard, low-frequency effects included.
    pub channels: u32,
    /// Samples per second as heard.
    pub sampling_rate: u32,
    /// The layout, where the codec's configuration tells.
    pub layout: Layout,
    /// E-AC-3 with joint object coding: its number of objects.
    pub joc_complexity: Option<u8>,
}

/// A layout of loudspeakers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `ChannelConfiguration` of ISO/IEC 23091-3.
    Cicp(u8),
    /// Dolby's bit mask of channel locations, the first in the highest bit.
    Dolby(u16),
    /// Only the number of channels is known.
    Unknown,
}

/// What is known about subtitles.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TextFacts {
    /// The WebVTT header of `vttC`, empty for other codecs.
    pub header: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_runs_move_with_the_samples_that_are_dropped() {
        let run = |first_sample, entry| EntryRun {
            first_sample,
            entry,
        };
        let dropped = |mut runs: Vec<EntryRun>, count, left| {
            EntryRun::drop_before(&mut runs, count, left);
            runs
        };
        let runs = vec![run(0, 0), run(5, 1), run(10, 0)];
        assert_eq!(dropped(runs.clone(), 0, 20), runs);
        assert_eq!(dropped(runs.clone(), 5, 20), [run(0, 1), run(5, 0)]);
        assert_eq!(dropped(runs.clone(), 7, 20), [run(0, 1), run(3, 0)]);
        assert_eq!(dropped(runs.clone(), 7, 3), [run(0, 1)]);
        assert_eq!(dropped(runs, 15, 1), [run(0, 0)]);
    }
}
