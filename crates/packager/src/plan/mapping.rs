//! Where source times lie in the package.
//!
//! Video carries no edit list: decoding times are moved so that the first sample is decoded when
//! it is presented, and composition offsets become negative where pictures are reordered (brand
//! `cmf2`, ISO/IEC 23000-19). Players that ignore edit lists then still keep picture and sound
//! together. Audio whose first frames are priming keeps them and says so in an edit list, because
//! nothing else tells a player to decode and not play them.

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
        let offset = track.timeline.offset;
        let Some(first) = track.samples.first() else {
            return Mapping {
                decode_shift: 0,
                composition_shift: offset,
                media_time: None,
            };
        };
        let begins = first.pts().saturating_add(offset);
        let priming = (-begins).max(0);
        // The first sample is decoded at its presentation time, or at 0 with the edit list
        // taking the priming away.
        let decode_shift = begins.saturating_add(priming).saturating_sub(first.dts);
        let composition_shift = offset.saturating_add(priming).saturating_sub(decode_shift);
        let media_time = u64::try_from(priming).ok().filter(|priming| *priming > 0);
        Mapping {
            decode_shift,
            composition_shift,
            media_time,
        }
    }

    /// How much later a sample's time on the media timeline is in the package, in ticks.
    pub(crate) fn media_shift(&self) -> i64 {
        self.decode_shift.saturating_add(self.composition_shift)
    }

    /// `baseMediaDecodeTime` of a fragment that begins with this sample.
    pub(crate) fn decode_time(&self, sample: &Sample) -> u64 {
        u64::try_from(sample.dts.saturating_add(self.decode_shift)).unwrap_or(0)
    }
}
