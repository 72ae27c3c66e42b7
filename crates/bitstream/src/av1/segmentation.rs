//! Segments.

use super::descriptor::su;
use crate::Error;
use crate::bits::BitReader;

/// `segmentation_params()`, AV1 5.9.14: what later headers depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Segmentation {
    /// `FeatureData` of `SEG_LVL_ALT_Q`, -255 to 255, of each segment that has it.
    pub alt_q: [Option<i16>; 8],
}

/// Bits of the values of `SEG_LVL_ALT_Q` and of the seven features behind it, signs included.
const FEATURE_BITS: [u32; 8] = [9, 7, 7, 7, 7, 3, 0, 0];

impl Segmentation {
    /// `previous`: that of the primary reference frame, where there is one.
    pub(super) fn read(
        r: &mut BitReader,
        previous: Option<Segmentation>,
    ) -> Result<Segmentation, Error> {
        if !r.flag("segmentation_enabled")? {
            return Ok(Segmentation::default());
        }
        if let Some(previous) = previous {
            if r.flag("segmentation_update_map")? {
                r.flag("segmentation_temporal_update")?;
            }
            if !r.flag("segmentation_update_data")? {
                return Ok(previous);
            }
        }
        let mut segmentation = Segmentation::default();
        for alt_q in &mut segmentation.alt_q {
            for (feature, bits) in FEATURE_BITS.into_iter().enumerate() {
                if !r.flag("feature_enabled")? {
                    continue;
                }
                if feature == 0 {
                    *alt_q = Some(su(r, bits, "feature_value")?.clamp(-255, 255));
                } else {
                    r.bits(bits, "feature_value")?;
                }
            }
        }
        Ok(segmentation)
    }
}
