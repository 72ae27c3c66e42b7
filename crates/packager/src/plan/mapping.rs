//! Where source times lie in the package.
//!
//! Decoding times are moved so that a track's first sample is decoded when it is presented, and
//! one edit takes away what stands between the two timelines: the delay of reordered pictures, and
//! the priming of sound. Without the edit, negative composition offsets could say the same of
//! pictures (brand `cmf2`, ISO/IEC 23000-19), but FFmpeg 5.1 then presents them late by the largest
//! negative offset, and nothing but an edit tells a player to decode priming and not play it.

use demux::Track;
use media::Sample;

/// How source ticks become package ticks, in the track's timescale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// Added to decoding times.
    pub(crate) decode_shift: i64,
    /// Added to composition offsets.
    pub(crate) composition_shift: i64,
    /// `media_time` of the package's edit list, where it needs one.
    pub(crate) media_time: Option<u64>,
}

impl Mapping {
    /// The mapping of a track by its timeline.
    pub(crate) fn new(track: &Track) -> Mapping {
        let Some(first) = track.samples.first() else {
            return Mapping {
                decode_shift: 0,
                composition_shift: 0,
                media_time: None,
            };
        };
        let begins = track.presentation(first);
        let priming = (-begins).max(0);
        let decode_shift = begins.max(0).saturating_sub(first.dts);
        // Offsets as they are, unless the source has negative ones.
        let least = track
            .samples
            .iter()
            .map(|sample| sample.composition_offset)
            .min();
        let composition_shift = least.map_or(0, |least| (-i64::from(least)).max(0));
        let delay = i64::from(first.composition_offset).saturating_add(composition_shift);
        let media_time = u64::try_from(delay.saturating_add(priming))
            .ok()
            .filter(|time| *time > 0);
        Mapping {
            decode_shift,
            composition_shift,
            media_time,
        }
    }

    /// `baseMediaDecodeTime` of a fragment that begins with this sample.
    pub(crate) fn decode_time(&self, sample: &Sample) -> u64 {
        u64::try_from(sample.dts.saturating_add(self.decode_shift)).unwrap_or(0)
    }
}
