//! Short-term reference picture sets.

use crate::Error;
use crate::bits::BitReader;

/// st_ref_pic_set(), H.265 7.3.7, with the prediction from another set undone (7.4.8).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ShortTermRefPicSet {
    /// Pictures before the current one, nearest first: `DeltaPocS0` and `UsedByCurrPicS0`.
    pub before: Vec<(i32, bool)>,
    /// Pictures after the current one, nearest first: `DeltaPocS1` and `UsedByCurrPicS1`.
    pub after: Vec<(i32, bool)>,
}

/// Pictures a decoder holds, at most.
const MAX_PICTURES: u8 = 16;

impl ShortTermRefPicSet {
    /// Reads set number `earlier.len()` of `count`; a set in a slice header is number `count`.
    pub(crate) fn read(
        r: &mut BitReader,
        earlier: &[ShortTermRefPicSet],
        count: usize,
    ) -> Result<ShortTermRefPicSet, Error> {
        if !earlier.is_empty() && r.flag("inter_ref_pic_set_prediction_flag")? {
            return ShortTermRefPicSet::read_predicted(r, earlier, earlier.len() == count);
        }
        let num_negative = r.ue_small(MAX_PICTURES, "num_negative_pics")?;
        let num_positive = r.ue_small(MAX_PICTURES - num_negative, "num_positive_pics")?;
        let mut set = ShortTermRefPicSet::default();
        let mut delta = 0;
        for _ in 0..num_negative {
            delta -= 1 + r.ue_max(32_767, "delta_poc_s0_minus1")? as i32;
            set.before
                .push((delta, r.flag("used_by_curr_pic_s0_flag")?));
        }
        delta = 0;
        for _ in 0..num_positive {
            delta += 1 + r.ue_max(32_767, "delta_poc_s1_minus1")? as i32;
            set.after.push((delta, r.flag("used_by_curr_pic_s1_flag")?));
        }
        Ok(set)
    }

    fn read_predicted(
        r: &mut BitReader,
        earlier: &[ShortTermRefPicSet],
        in_slice: bool,
    ) -> Result<ShortTermRefPicSet, Error> {
        let most = u32::try_from(earlier.len())
            .unwrap_or(u32::MAX)
            .saturating_sub(1);
        let back = if in_slice {
            r.ue_max(most, "delta_idx_minus1")?
        } else {
            0
        };
        let negative = r.flag("delta_rps_sign")?;
        let magnitude = 1 + r.ue_max(32_767, "abs_delta_rps_minus1")? as i32;
        let delta_rps = if negative { -magnitude } else { magnitude };
        let place = (most - back) as usize;
        let reference = earlier.get(place).cloned().unwrap_or_default();
        // For every picture of the reference set, and then for the reference picture itself:
        // whether the current picture uses it, or else whether it is kept (`None`: dropped).
        let mut choose = |delta: i32| -> Result<(i32, Option<bool>), Error> {
            let used = r.flag("used_by_curr_pic_flag")?;
            let kept = used || r.flag("use_delta_flag")?;
            Ok((delta + delta_rps, kept.then_some(used)))
        };
        let before = reference.before.iter().map(|(delta, _)| choose(*delta));
        let before = before.collect::<Result<Vec<_>, Error>>()?;
        let after = reference.after.iter().map(|(delta, _)| choose(*delta));
        let after = after.collect::<Result<Vec<_>, Error>>()?;
        let itself = choose(0)?;
        let bit = r.position();
        let kept = |(delta, used): &(i32, Option<bool>)| used.map(|used| (*delta, used));
        let falling = after.iter().rev().chain([&itself]).chain(&before);
        let rising = before.iter().rev().chain([&itself]).chain(&after);
        let set = ShortTermRefPicSet {
            before: falling
                .filter_map(kept)
                .filter(|(delta, _)| *delta < 0)
                .collect(),
            after: rising
                .filter_map(kept)
                .filter(|(delta, _)| *delta > 0)
                .collect(),
        };
        let (count, most) = (set.pictures() as i64, MAX_PICTURES.into());
        r.check(bit, "NumDeltaPocs", count, 0, most)?;
        Ok(set)
    }

    /// `NumDeltaPocs`.
    pub fn pictures(&self) -> usize {
        self.before.len() + self.after.len()
    }

    /// How many pictures the current one may refer to.
    pub fn used(&self) -> usize {
        self.before
            .iter()
            .chain(&self.after)
            .filter(|(_, used)| *used)
            .count()
    }
}
