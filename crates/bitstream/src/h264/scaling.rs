//! Scaling lists: how coarse each transform coefficient is quantised.

use crate::Error;
use crate::bits::{BitReader, BitWriter};

/// The scaling lists a sequence or picture parameter set transmits: six of 16 values for 4x4
/// blocks, then two or six of 64 for 8x8 blocks. `None` where the fall-back rule applies.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ScalingMatrix {
    /// In the order of H.264 table 7-2.
    pub lists: Vec<Option<ScalingList>>,
}

/// scaling_list(), H.264 7.3.2.1.1.1: the differences as coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScalingList {
    /// `delta_scale`, up to the one that ends the list early.
    pub delta_scale: Vec<i8>,
}

impl ScalingMatrix {
    /// Reads `lists` present flags and what they announce.
    pub(crate) fn read(
        r: &mut BitReader,
        lists: usize,
        element: &'static str,
    ) -> Result<ScalingMatrix, Error> {
        let mut matrix = ScalingMatrix {
            lists: Vec::with_capacity(lists.min(12)),
        };
        for place in 0..lists {
            let size = if place < 6 { 16 } else { 64 };
            let present = r.flag(element)?;
            let list = if present {
                Some(ScalingList::read(r, size)?)
            } else {
                None
            };
            matrix.lists.push(list);
        }
        Ok(matrix)
    }

    pub(crate) fn write(&self, w: &mut BitWriter) {
        for list in &self.lists {
            w.flag(list.is_some());
            for delta in list.iter().flat_map(|list| &list.delta_scale) {
                w.se((*delta).into());
            }
        }
    }
}

impl ScalingList {
    fn read(r: &mut BitReader, size: usize) -> Result<ScalingList, Error> {
        let mut list = ScalingList {
            delta_scale: Vec::with_capacity(size.min(64)),
        };
        let mut last = 8u8;
        for _ in 0..size {
            let delta = r.se_range(-128, 127, "delta_scale")? as i8;
            list.delta_scale.push(delta);
            last = last.wrapping_add_signed(delta);
            if last == 0 {
                break;
            }
        }
        Ok(list)
    }

    /// The list says to use the default list of its kind (`useDefaultScalingMatrixFlag`).
    pub fn uses_default(&self) -> bool {
        self.delta_scale.first() == Some(&-8)
    }

    /// The first `size` values, in scanning order; not meaningful where
    /// [`uses_default`](Self::uses_default).
    pub fn values(&self, size: usize) -> Vec<u8> {
        let mut values = Vec::with_capacity(size.min(64));
        let mut last = 8u8;
        for delta in self.delta_scale.iter().take(size.min(64)) {
            match last.wrapping_add_signed(*delta) {
                0 => break,
                next => last = next,
            }
            values.push(last);
        }
        values.resize(size.min(64), last);
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(deltas: &[i32]) -> ScalingList {
        let mut w = BitWriter::new();
        deltas.iter().for_each(|delta| w.se(*delta));
        w.trailing_bits();
        let bytes = w.into_bytes();
        ScalingList::read(&mut BitReader::new("test", &bytes), 16).unwrap()
    }

    #[test]
    fn a_list_that_ends_early_repeats_its_last_value() {
        // 8 + 2 = 10, 10 + 3 = 13, then -13 makes 0: the rest is 13.
        let list = read(&[2, 3, -13]);
        let mut expected = vec![13; 16];
        expected[0] = 10;
        assert_eq!(list.values(16), expected);
        assert!(!list.uses_default());
        assert!(read(&[-8]).uses_default());
    }

    #[test]
    fn values_wrap_at_256() {
        let list = read(&[127, 127, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(list.values(3), [135, 6, 16]);
    }
}
