//! Sync samples where the tables of a track contradict each other.

use media::{Sample, SampleFlags, TrackKind};

/// The bits of `sample_depends_on`.
const DEPENDS_ON: u32 = 0x0300_0000;
/// It depends on others: not an I picture.
const ON_OTHERS: u32 = 0x0100_0000;
/// It depends on no other.
const ON_NONE: u32 = 0x0200_0000;

/// Settles which samples are sync samples.
///
/// * Pictures marked as sync samples that say of themselves that they depend on others are none:
///   there are writers that mark every sample of a fragment so, by leaving its flags out. Where
///   that would leave no sync sample, the mark is believed and the dependency is not.
/// * Sound and text without any sync sample has only such: writers leave flags or tables empty
///   there. (A codec whose frames do depend on each other, such as xHE-AAC, has some.)
pub(crate) fn settle(kind: TrackKind, samples: &mut [Sample]) {
    match kind {
        TrackKind::Video => settle_pictures(samples),
        TrackKind::Audio | TrackKind::Text => {
            if !samples.iter().any(Sample::is_sync) {
                samples
                    .iter_mut()
                    .for_each(|sample| sample.flags = SampleFlags::SYNC);
            }
        }
    }
}

fn settle_pictures(samples: &mut [Sample]) {
    let contradicts =
        |sample: &Sample| sample.is_sync() && sample.flags.0 & DEPENDS_ON == ON_OTHERS;
    let is_sure = |sample: &Sample| sample.is_sync() && !contradicts(sample);
    let is_any_sure = samples.iter().any(is_sure);
    for sample in samples.iter_mut().filter(|sample| contradicts(sample)) {
        sample.flags = match is_any_sure {
            true => SampleFlags(sample.flags.0 | SampleFlags::NON_SYNC),
            false => SampleFlags(sample.flags.0 & !DEPENDS_ON | ON_NONE),
        };
    }
}
