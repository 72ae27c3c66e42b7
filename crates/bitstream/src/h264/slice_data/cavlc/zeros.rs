//! Codes of `total_zeros` and `run_before`, H.264 tables 9-7 to 9-10.

use super::code::{Code, code};

/// Codes of `total_zeros` in blocks of 15 or 16, by TotalCoeff from 1, then by value.
#[rustfmt::skip]
const LUMA: [&[&str]; 15] = [
    &[
        "1", "011", "010", "0011", "0010", "00011", "00010", "000011",
        "000010", "0000011", "0000010", "00000011", "00000010", "000000011", "000000010", "000000001",
    ],
    &[
        "111", "110", "101", "100", "011", "0101", "0100", "0011",
        "0010", "00011", "00010", "000011", "000010", "000001", "000000",
    ],
    &[
        "0101", "111", "110", "101", "0100", "0011", "100",
        "011", "0010", "00011", "00010", "000001", "00001", "000000",
    ],
    &[
        "00011", "111", "0101", "0100", "110", "101", "100",
        "0011", "011", "0010", "00010", "00001", "00000",
    ],
    &["0101", "0100", "0011", "111", "110", "101", "100", "011", "0010", "00001", "0001", "00000"],
    &["000001", "00001", "111", "110", "101", "100", "011", "010", "0001", "001", "000000"],
    &["000001", "00001", "101", "100", "011", "11", "010", "0001", "001", "000000"],
    &["000001", "0001", "00001", "011", "11", "10", "010", "001", "000000"],
    &["000001", "000000", "0001", "11", "10", "001", "01", "00001"],
    &["00001", "00000", "001", "11", "10", "01", "0001"],
    &["0000", "0001", "001", "010", "1", "011"],
    &["0000", "0001", "01", "1", "001"],
    &["000", "001", "1", "01"],
    &["00", "01", "1"],
    &["0", "1"],
];

/// The same of the 4 chroma DC levels of 4:2:0.
#[rustfmt::skip]
const CHROMA_DC_420: [&[&str]; 3] = [
    &["1", "01", "001", "000"],
    &["1", "01", "00"],
    &["1", "0"],
];

/// The same of the 8 chroma DC levels of 4:2:2.
#[rustfmt::skip]
const CHROMA_DC_422: [&[&str]; 7] = [
    &["1", "010", "011", "0010", "0011", "0001", "00001", "00000"],
    &["000", "01", "001", "100", "101", "110", "111"],
    &["000", "001", "01", "10", "110", "111"],
    &["110", "00", "01", "10", "111"],
    &["00", "01", "10", "11"],
    &["00", "01", "1"],
    &["0", "1"],
];

/// Codes of `run_before` by zerosLeft from 1, the last for all above 6, then by value.
#[rustfmt::skip]
const RUN_BEFORE: [&[&str]; 7] = [
    &["1", "0"],
    &["1", "01", "00"],
    &["11", "10", "01", "00"],
    &["11", "10", "01", "001", "000"],
    &["11", "10", "011", "010", "001", "000"],
    &["11", "000", "001", "011", "010", "101", "100"],
    &[
        "111", "110", "101", "100", "011", "010", "001", "0001",
        "00001", "000001", "0000001", "00000001", "000000001", "0000000001", "00000000001",
    ],
];

/// A table of codes, both ways: rows as above, up to 9 bits.
pub(super) struct Values<const ROWS: usize, const WORDS: usize> {
    codes: [[Code; 16]; ROWS],
    /// By the first bits: 16 times the length of the code plus the value; 0 where there is none.
    found: [[u8; WORDS]; ROWS],
}

impl<const ROWS: usize, const WORDS: usize> Values<ROWS, WORDS> {
    const BITS: u32 = WORDS.ilog2();

    const fn new(texts: &[&[&str]; ROWS]) -> Self {
        let mut values = Values {
            codes: [[code(""); 16]; ROWS],
            found: [[0; WORDS]; ROWS],
        };
        let mut row = 0;
        while row < ROWS {
            let mut value = 0;
            while value < texts[row].len() {
                let code = code(texts[row][value]);
                values.codes[row][value] = code;
                if code.length as u32 <= Self::BITS {
                    let free = Self::BITS - code.length as u32;
                    let first = (code.bits as usize) << free;
                    let mut at = first;
                    while at < first + (1 << free) {
                        values.found[row][at] = code.length << 4 | value as u8;
                        at += 1;
                    }
                }
                value += 1;
            }
            row += 1;
        }
        values
    }

    /// Length and value of the code at the top of `word`; length 0 where there is none.
    #[inline(always)]
    pub(super) fn find(&self, row: usize, word: u64) -> (u32, usize) {
        let found = self.found[row % ROWS][(word >> (64 - Self::BITS)) as usize % WORDS];
        (u32::from(found >> 4), usize::from(found & 15))
    }

    pub(super) fn code(&self, row: usize, value: usize) -> Code {
        self.codes[row % ROWS][value % 16]
    }
}

/// `total_zeros` of blocks of 15 and 16 levels; rows are TotalCoeff - 1.
pub(super) static OF_BLOCKS: Values<15, 512> = Values::new(&LUMA);
/// The same of 4 chroma DC levels.
pub(super) static OF_CHROMA_DC_420: Values<3, 8> = Values::new(&CHROMA_DC_420);
/// The same of 8 chroma DC levels.
pub(super) static OF_CHROMA_DC_422: Values<7, 32> = Values::new(&CHROMA_DC_422);
/// `run_before`; rows are zerosLeft - 1, at most 6. Of the last row only codes of 3 bits are found.
static RUNS: Values<7, 8> = Values::new(&RUN_BEFORE);

/// Length and value of the `run_before` at the top of `word`.
#[inline(always)]
pub(super) fn find_run(zeros_left: usize, word: u64) -> (u32, usize) {
    match RUNS.find(zeros_left.min(7) - 1, word) {
        // Three zeros and more, and a one: from 7 up.
        (0, _) => {
            let zeros = word.leading_zeros();
            (zeros + 1, zeros as usize + 4)
        }
        found => found,
    }
}

/// The code of a `run_before`.
pub(super) fn run_code(zeros_left: usize, run: usize) -> Code {
    RUNS.code(zeros_left.min(7) - 1, run)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const ROWS: usize, const WORDS: usize>(values: &Values<ROWS, WORDS>, most: usize) {
        for row in 0..ROWS {
            for value in 0..=most - row {
                let code = values.code(row, value);
                assert_ne!(code.length, 0);
                let top = u64::from(code.bits) << (64 - u32::from(code.length));
                for word in [top, top | (!0 >> code.length)] {
                    assert_eq!(values.find(row, word), (code.length.into(), value));
                }
            }
        }
    }

    #[test]
    fn every_code_is_found_whatever_follows() {
        check(&OF_BLOCKS, 15);
        check(&OF_CHROMA_DC_420, 3);
        check(&OF_CHROMA_DC_422, 7);
        for zeros_left in 1..15 {
            for run in 0..=zeros_left {
                let code = run_code(zeros_left, run);
                let top = u64::from(code.bits) << (64 - u32::from(code.length));
                for word in [top, top | (!0 >> code.length)] {
                    assert_eq!(find_run(zeros_left, word), (code.length.into(), run));
                }
            }
        }
    }
}
