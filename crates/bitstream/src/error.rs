//! What can be wrong with coded bytes.

use std::fmt;

/// An element of the syntax that cannot be what it says.
///
/// Bit positions count from the first bit of the unit that was given to the parser (a NAL unit
/// with its header, an OBU, a configuration record), without emulation prevention bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The data ends inside an element.
    #[error("{structure} at bit {bit}: {element}: needs {needs} bits, {left} left")]
    Truncated {
        /// The syntax structure being read.
        structure: &'static str,
        /// Where the element starts.
        bit: u64,
        /// The syntax element.
        element: &'static str,
        /// Bits the element needs.
        needs: u64,
        /// Bits there are.
        left: u64,
    },
    /// An element is outside its range.
    #[error("{structure} at bit {bit}: {element}: is {value}, expected {}", Range(*min, *max))]
    OutOfRange {
        /// The syntax structure being read.
        structure: &'static str,
        /// Where the element starts.
        bit: u64,
        /// The syntax element.
        element: &'static str,
        /// Its value.
        value: i64,
        /// The least allowed value.
        min: i64,
        /// The greatest allowed value.
        max: i64,
    },
    /// An Exp-Golomb code starts with more than 31 zero bits.
    #[error("{structure} at bit {bit}: {element}: Exp-Golomb code longer than 63 bits")]
    ExpGolomb {
        /// The syntax structure being read.
        structure: &'static str,
        /// Where the element starts.
        bit: u64,
        /// The syntax element.
        element: &'static str,
    },
    /// An element refers to a parameter set that has not been given.
    #[error("{structure} at bit {bit}: {element}: is {value}, no such parameter set")]
    MissingParameterSet {
        /// The syntax structure being read.
        structure: &'static str,
        /// Where the element starts.
        bit: u64,
        /// The syntax element.
        element: &'static str,
        /// The identifier looked for.
        value: u32,
    },
    /// A legal value of something this crate does not read.
    #[error("{structure} at bit {bit}: {element}: is {value}, {what} is not supported")]
    Unsupported {
        /// The syntax structure being read.
        structure: &'static str,
        /// Where the element starts.
        bit: u64,
        /// The syntax element.
        element: &'static str,
        /// Its value.
        value: u32,
        /// What the value stands for.
        what: &'static str,
    },
    /// A length-prefixed unit is longer than what is left of its sample.
    #[error("sample at byte {byte}: NALUnitLength: is {length}, {left} bytes left")]
    UnitLength {
        /// Where the length field starts.
        byte: usize,
        /// The length it states.
        length: u32,
        /// Bytes left after the length field.
        left: usize,
    },
    /// A sample ends inside a length field.
    #[error("sample at byte {byte}: NALUnitLength: needs {needs} bytes, {left} left")]
    UnitLengthTruncated {
        /// Where the length field starts.
        byte: usize,
        /// Bytes of the length field.
        needs: usize,
        /// Bytes left.
        left: usize,
    },
}

struct Range(i64, i64);

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == self.1 {
            write!(f, "{}", self.0)
        } else {
            write!(f, "{} to {}", self.0, self.1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_place_element_value_and_expectation() {
        let error = Error::OutOfRange {
            structure: "pic_parameter_set",
            bit: 41,
            element: "pic_init_qp_minus26",
            value: 60,
            min: -26,
            max: 25,
        };
        let text = "pic_parameter_set at bit 41: pic_init_qp_minus26: is 60, expected -26 to 25";
        assert_eq!(error.to_string(), text);
    }

    #[test]
    fn a_range_of_one_value_prints_as_that_value() {
        assert_eq!(Range(3, 3).to_string(), "3");
    }
}
