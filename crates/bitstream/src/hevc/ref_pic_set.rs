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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bits::BitWriter;

    fn earlier() -> ShortTermRefPicSet {
        ShortTermRefPicSet {
            before: vec![(-1, true), (-3, true)],
            after: vec![(2, true)],
        }
    }

    #[test]
    fn a_set_is_predicted_from_the_one_before() {
        let mut w = BitWriter::new();
        // inter_ref_pic_set_prediction_flag, delta_rps_sign, abs_delta_rps_minus1: delta is -1.
        w.bits(3, 0b111);
        // -1 is used as -2, -3 is dropped, 2 is used as 1, the reference itself is kept as -1.
        w.bits(6, 0b10_0101);
        w.trailing_bits();
        let bytes = w.into_bytes();
        let mut r = BitReader::new("test", &bytes);
        let set = ShortTermRefPicSet::read(&mut r, &[earlier()], 4).unwrap();
        assert_eq!(set.before, [(-1, false), (-2, true)]);
        assert_eq!(set.after, [(1, true)]);
        assert_eq!((set.pictures(), set.used(), r.position()), (3, 2, 9));
    }

    #[test]
    fn a_slice_says_which_set_it_predicts_from() {
        let mut w = BitWriter::new();
        w.flag(true);
        // delta_idx_minus1: the first of two sets; the delta is 1.
        w.ue(1);
        w.bits(2, 0b01);
        // Only the reference itself is used.
        w.bits(7, 0b000_0001);
        w.trailing_bits();
        let bytes = w.into_bytes();
        let sets = [earlier(), ShortTermRefPicSet::default()];
        let set = ShortTermRefPicSet::read(&mut BitReader::new("test", &bytes), &sets, 2).unwrap();
        assert_eq!(
            set,
            ShortTermRefPicSet {
                before: vec![],
                after: vec![(1, true)]
            }
        );
    }

    #[test]
    fn more_pictures_than_a_decoder_holds_are_refused() {
        let mut w = BitWriter::new();
        w.ue(9);
        w.ue(8);
        let bytes = w.into_bytes();
        let mut r = BitReader::new("st_ref_pic_set", &bytes);
        let error = ShortTermRefPicSet::read(&mut r, &[], 1).unwrap_err();
        let text = "st_ref_pic_set at bit 7: num_positive_pics: is 8, expected 0 to 7";
        assert_eq!(error.to_string(), text);
        // Prediction adds the reference itself: 17.
        let full = (1..17).map(|delta| (-2 * delta, true)).collect();
        let full = ShortTermRefPicSet {
            before: full,
            after: vec![],
        };
        let mut r = BitReader::new("st_ref_pic_set", &[0xff; 4]);
        let error = ShortTermRefPicSet::read(&mut r, &[full], 4).unwrap_err();
        let text = "st_ref_pic_set at bit 20: NumDeltaPocs: is 17, expected 0 to 16";
        assert_eq!(error.to_string(), text);
    }
}
