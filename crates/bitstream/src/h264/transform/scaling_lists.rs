//! The scaling lists in force, after all fall-back rules.

use crate::h264::{Pps, ScalingMatrix, Sps};

/// The weights of all coefficients of all kinds of blocks, H.264 7.4.2.1.1 and 7.4.2.2; in
/// zig-zag order as coded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScalingLists {
    /// 4x4: intra Y, Cb, Cr, inter Y, Cb, Cr.
    pub of_4x4: [[u8; 16]; 6],
    /// 8x8: intra Y, inter Y, intra Cb, inter Cb, intra Cr, inter Cr.
    pub of_8x8: [[u8; 64]; 6],
}

impl ScalingLists {
    /// Every coefficient weighs the same: `Flat_4x4_16` and `Flat_8x8_16`.
    pub const FLAT: ScalingLists = ScalingLists {
        of_4x4: [[16; 16]; 6],
        of_8x8: [[16; 64]; 6],
    };

    /// `Default_4x4_Intra` and its kin, tables 7-3 and 7-4.
    pub const DEFAULT: ScalingLists = ScalingLists {
        of_4x4: [
            INTRA_4X4, INTRA_4X4, INTRA_4X4, INTER_4X4, INTER_4X4, INTER_4X4,
        ],
        of_8x8: [
            INTRA_8X8, INTER_8X8, INTRA_8X8, INTER_8X8, INTRA_8X8, INTER_8X8,
        ],
    };

    /// The lists of the pictures that use these parameter sets.
    pub fn of(sps: &Sps, pps: &Pps) -> ScalingLists {
        let of_sequence = sps.scaling_matrix.as_ref();
        let of_picture = pps.transform_8x8.as_ref();
        let of_picture = of_picture.and_then(|high| high.scaling_matrix.as_ref());
        let sequence = of_sequence.map(|matrix| fall_back(matrix, &ScalingLists::DEFAULT));
        match (of_picture, sequence) {
            (None, None) => ScalingLists::FLAT,
            (None, Some(sequence)) => sequence,
            // Fall-back rule set A without lists of the sequence, else B.
            (Some(matrix), None) => fall_back(matrix, &ScalingLists::DEFAULT),
            (Some(matrix), Some(sequence)) => fall_back(matrix, &sequence),
        }
    }
}

/// The lists of `matrix`; a first list of its kind that is not there is taken from `firsts`, any
/// other is the one before it of the same kind (table 7-2).
fn fall_back(matrix: &ScalingMatrix, firsts: &ScalingLists) -> ScalingLists {
    let mut lists = firsts.clone();
    let coded = |place: usize| matrix.lists.get(place).and_then(Option::as_ref);
    for place in 0..6 {
        lists.of_4x4[place] = match coded(place) {
            Some(list) if list.uses_default() => ScalingLists::DEFAULT.of_4x4[place],
            Some(list) => first_values(&list.values(16)),
            None if place % 3 == 0 => continue,
            None => lists.of_4x4[place - 1],
        };
    }
    for place in 0..6 {
        lists.of_8x8[place] = match coded(6 + place) {
            Some(list) if list.uses_default() => ScalingLists::DEFAULT.of_8x8[place],
            Some(list) => first_values(&list.values(64)),
            None if place < 2 => continue,
            None => lists.of_8x8[place - 2],
        };
    }
    lists
}

fn first_values<const N: usize>(values: &[u8]) -> [u8; N] {
    let mut list = [16; N];
    list.iter_mut()
        .zip(values)
        .for_each(|(to, from)| *to = *from);
    list
}

const INTRA_4X4: [u8; 16] = [
    6, 13, 13, 20, 20, 20, 28, 28, 28, 28, 32, 32, 32, 37, 37, 42,
];

const INTER_4X4: [u8; 16] = [
    10, 14, 14, 20, 20, 20, 24, 24, 24, 24, 27, 27, 27, 30, 30, 34,
];

#[rustfmt::skip]
const INTRA_8X8: [u8; 64] = [
     6, 10, 10, 13, 11, 13, 16, 16, 16, 16, 18, 18, 18, 18, 18, 23,
    23, 23, 23, 23, 23, 25, 25, 25, 25, 25, 25, 25, 27, 27, 27, 27,
    27, 27, 27, 27, 29, 29, 29, 29, 29, 29, 29, 31, 31, 31, 31, 31,
    31, 33, 33, 33, 33, 33, 36, 36, 36, 36, 38, 38, 38, 40, 40, 42,
];

#[rustfmt::skip]
const INTER_8X8: [u8; 64] = [
     9, 13, 13, 15, 13, 15, 17, 17, 17, 17, 19, 19, 19, 19, 19, 21,
    21, 21, 21, 21, 21, 22, 22, 22, 22, 22, 22, 22, 24, 24, 24, 24,
    24, 24, 24, 24, 25, 25, 25, 25, 25, 25, 25, 27, 27, 27, 27, 27,
    27, 28, 28, 28, 28, 28, 30, 30, 30, 30, 32, 32, 32, 33, 33, 35,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::h264::ScalingList;

    /// A list of one value everywhere.
    fn even(value: i8) -> Option<ScalingList> {
        Some(ScalingList {
            delta_scale: vec![value - 8, -value],
        })
    }

    fn default() -> Option<ScalingList> {
        Some(ScalingList {
            delta_scale: vec![-8],
        })
    }

    #[test]
    fn the_first_list_of_a_kind_falls_back_to_the_default_and_others_to_the_one_before() {
        let lists = vec![None, even(20), None, None, None, even(30), None, even(40)];
        let lists = fall_back(&ScalingMatrix { lists }, &ScalingLists::DEFAULT);
        assert_eq!(lists.of_4x4[0], INTRA_4X4);
        assert_eq!((lists.of_4x4[1], lists.of_4x4[2]), ([20; 16], [20; 16]));
        assert_eq!((lists.of_4x4[3], lists.of_4x4[4]), (INTER_4X4, INTER_4X4));
        assert_eq!(lists.of_4x4[5], [30; 16]);
        assert_eq!((lists.of_8x8[0], lists.of_8x8[2]), (INTRA_8X8, INTRA_8X8));
        assert_eq!((lists.of_8x8[1], lists.of_8x8[5]), ([40; 64], [40; 64]));
    }

    #[test]
    fn lists_of_the_sequence_replace_the_defaults_of_the_picture() {
        let lists = vec![
            even(11),
            None,
            None,
            even(12),
            None,
            None,
            even(13),
            even(14),
        ];
        let sequence = fall_back(&ScalingMatrix { lists }, &ScalingLists::DEFAULT);
        let lists = vec![None, None, None, default(), None, None];
        let picture = fall_back(&ScalingMatrix { lists }, &sequence);
        assert_eq!(picture.of_4x4[..3], [[11; 16]; 3]);
        assert_eq!(picture.of_4x4[3..], [INTER_4X4; 3]);
        assert_eq!((picture.of_8x8[4], picture.of_8x8[3]), ([13; 64], [14; 64]));
    }

    #[test]
    fn default_lists_are_those_of_the_tables() {
        // A coefficient further from DC never weighs less, but for the fourth and fifth of 8x8.
        assert!(INTRA_4X4.is_sorted() && INTER_4X4.is_sorted());
        assert!(INTRA_8X8[4..].is_sorted() && INTER_8X8[4..].is_sorted());
        assert_eq!((INTRA_4X4[0], INTRA_4X4[15]), (6, 42));
        assert_eq!((INTER_4X4[0], INTER_4X4[15]), (10, 34));
        assert_eq!((INTRA_8X8[3], INTRA_8X8[4], INTRA_8X8[63]), (13, 11, 42));
        assert_eq!((INTER_8X8[3], INTER_8X8[4], INTER_8X8[63]), (15, 13, 35));
    }
}
