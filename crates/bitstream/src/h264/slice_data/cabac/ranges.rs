//! How the arithmetic coder divides its range and how its states change, H.264 tables 9-44, 9-45.

use std::hint::select_unpredictable;

/// rangeTabLPS by pStateIdx and quantised range.
#[rustfmt::skip]
const RANGE_LPS: [[u8; 4]; 64] = [
    [128, 176, 208, 240], [128, 167, 197, 227], [128, 158, 187, 216], [123, 150, 178, 205],
    [116, 142, 169, 195], [111, 135, 160, 185], [105, 128, 152, 175], [100, 122, 144, 166],
    [ 95, 116, 137, 158], [ 90, 110, 130, 150], [ 85, 104, 123, 142], [ 81,  99, 117, 135],
    [ 77,  94, 111, 128], [ 73,  89, 105, 122], [ 69,  85, 100, 116], [ 66,  80,  95, 110],
    [ 62,  76,  90, 104], [ 59,  72,  86,  99], [ 56,  69,  81,  94], [ 53,  65,  77,  89],
    [ 51,  62,  73,  85], [ 48,  59,  69,  80], [ 46,  56,  66,  76], [ 43,  53,  63,  72],
    [ 41,  50,  59,  69], [ 39,  48,  56,  65], [ 37,  45,  54,  62], [ 35,  43,  51,  59],
    [ 33,  41,  48,  56], [ 32,  39,  46,  53], [ 30,  37,  43,  50], [ 29,  35,  41,  48],
    [ 27,  33,  39,  45], [ 26,  31,  37,  43], [ 24,  30,  35,  41], [ 23,  28,  33,  39],
    [ 22,  27,  32,  37], [ 21,  26,  30,  35], [ 20,  24,  29,  33], [ 19,  23,  27,  31],
    [ 18,  22,  26,  30], [ 17,  21,  25,  28], [ 16,  20,  23,  27], [ 15,  19,  22,  25],
    [ 14,  18,  21,  24], [ 14,  17,  20,  23], [ 13,  16,  19,  22], [ 12,  15,  18,  21],
    [ 12,  14,  17,  20], [ 11,  14,  16,  19], [ 11,  13,  15,  18], [ 10,  12,  15,  17],
    [ 10,  12,  14,  16], [  9,  11,  13,  15], [  9,  11,  12,  14], [  8,  10,  12,  14],
    [  8,   9,  11,  13], [  7,   9,  11,  12], [  7,   9,  10,  12], [  7,   8,  10,  11],
    [  6,   8,   9,  11], [  6,   7,   9,  10], [  6,   7,   8,   9], [  2,   2,   2,   2],
];

/// transIdxLPS.
#[rustfmt::skip]
const NEXT_LPS: [u8; 64] = [
     0,  0,  1,  2,  2,  4,  4,  5,  6,  7,  8,  9,  9, 11, 11, 12,
    13, 13, 15, 15, 16, 16, 18, 18, 19, 19, 21, 21, 22, 22, 23, 24,
    24, 25, 26, 26, 27, 27, 28, 29, 29, 30, 30, 30, 31, 32, 32, 33,
    33, 33, 34, 34, 35, 35, 35, 36, 36, 36, 37, 37, 37, 38, 38, 63,
];

/// State of a context: twice pStateIdx plus valMPS.
pub(super) type State = u8;

/// What a state does at each quarter of the range; all in one word, so that a bin takes one look-up.
#[derive(Clone, Copy)]
pub(super) struct Step(u64);

impl Step {
    const fn new(state: u8, quarter: u8) -> Step {
        let (index, mps) = ((state / 2) as usize, state % 2);
        let lps_range = RANGE_LPS[index][quarter as usize];
        // codIRange has 9 bits.
        let lps_shift = lps_range.leading_zeros() + 1;
        let more_likely = if index < 62 { index + 1 } else { index };
        let next_mps = 2 * more_likely as u8 + mps;
        let changed = if index == 0 { 1 - mps } else { mps };
        let next_lps = 2 * NEXT_LPS[index] + changed;
        let renormalised = (lps_range as u64) << lps_shift;
        let bytes = [next_mps, next_lps, lps_shift as u8, 0, 0, 0, 0, 0];
        Step(u64::from_le_bytes(bytes) | renormalised << 32)
    }

    /// By how many bits codIRangeLPS is renormalised.
    #[inline(always)]
    pub(super) fn lps_shift(self) -> u32 {
        (self.0 >> 16) as u32 & 0xff
    }

    /// codIRangeLPS renormalised.
    #[inline(always)]
    pub(super) fn lps_renormalised(self) -> u64 {
        self.0 >> 32
    }

    /// The state after the less or the more probable symbol.
    #[inline(always)]
    pub(super) fn next(self, less: bool) -> State {
        select_unpredictable(less, self.0 >> 8, self.0) as State
    }
}

/// A state in which a 0 takes nothing from the range and leaves everything as it is.
pub(super) const IDLE: State = 128;

/// By 4 times the state and the three bits of codIRange from its first, which is 1.
static STEPS: [Step; 520] = steps().1;
static LPS: [u8; 520] = steps().0;

const fn steps() -> ([u8; 520], [Step; 520]) {
    let idle = IDLE as u64 | (IDLE as u64) << 8 | 256 << 32;
    let mut steps = [Step(idle); 520];
    let mut lps = [0; 520];
    let mut at = 0;
    while at < 512 {
        let (state, quarter) = ((at / 4) as u8, (at % 4) as u8);
        steps[4 + at] = Step::new(state, quarter);
        lps[4 + at] = RANGE_LPS[at / 8][at % 4];
        at += 1;
    }
    (lps, steps)
}

/// codIRangeLPS of a state at a range from 256 to 511, and its step.
#[inline(always)]
pub(super) fn step(state: State, range: u64) -> (u64, Step) {
    // A test instead of a remainder: it is always foreseen, while a remainder would come before the
    // look-up that everything waits for.
    let at = 4 * usize::from(state) + (range as usize >> 6);
    match (LPS.get(at), STEPS.get(at)) {
        (Some(lps), Some(step)) => ((*lps).into(), *step),
        _ => (0, Step(0)),
    }
}
