//! What follows the last element of a parameter set.

use crate::bits::{BitReader, BitString, BitWriter};

/// The bits after the last element known, kept so that a set can be written back.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Trailing {
    /// The stop bit and zeros to the end of its byte, as the standard has it.
    #[default]
    Standard,
    /// Anything else: the set has no stop bit, or more after the elements known.
    Other(BitString),
}

impl Trailing {
    pub(crate) fn read(r: &mut BitReader) -> Trailing {
        let rest = r.rest();
        let standard = (1..=8).contains(&rest.length) && rest.bytes == [0x80];
        if standard {
            Trailing::Standard
        } else {
            Trailing::Other(rest)
        }
    }

    pub(crate) fn write(&self, w: &mut BitWriter) {
        match self {
            Trailing::Standard => w.trailing_bits(),
            Trailing::Other(rest) => w.string(rest),
        }
    }
}
