//! The two variants of what is marked.

use std::fmt;

/// Which variant of a marked segment: one bit of what a copy says of its viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// Variant 0, which other systems call A.
    Zero,
    /// Variant 1, or B.
    One,
}

impl Mark {
    /// Both, in order.
    pub const BOTH: [Mark; 2] = [Mark::Zero, Mark::One];

    /// 0 or 1.
    pub fn bit(self) -> u8 {
        match self {
            Mark::Zero => 0,
            Mark::One => 1,
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.bit())
    }
}

/// Something that marking may have split in two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marked<T> {
    /// The same in both variants, kept once.
    Plain(T),
    /// One for each variant.
    Pair {
        /// Of variant 0.
        zero: T,
        /// Of variant 1.
        one: T,
    },
}

impl<T> Marked<T> {
    /// That of one variant.
    pub fn of(&self, mark: Mark) -> &T {
        match (self, mark) {
            (Marked::Plain(both), _) => both,
            (Marked::Pair { zero, .. }, Mark::Zero) => zero,
            (Marked::Pair { one, .. }, Mark::One) => one,
        }
    }

    /// Whether there is one for each variant.
    pub fn is_pair(&self) -> bool {
        matches!(self, Marked::Pair { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_answers_for_each_variant_and_plain_for_both() {
        let pair = Marked::Pair {
            zero: 'a',
            one: 'b',
        };
        assert_eq!(Mark::BOTH.map(|mark| *pair.of(mark)), ['a', 'b']);
        assert_eq!(
            Mark::BOTH.map(|mark| *Marked::Plain('c').of(mark)),
            ['c', 'c']
        );
        assert_eq!(Mark::BOTH.map(|mark| mark.to_string()), ["0", "1"]);
    }
}
