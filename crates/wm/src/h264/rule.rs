//! By which rule levels are changed.

/// How the levels of a block are chosen, given the levels that would hit its target exactly.
///
/// [`Rule::default`] is what measurements chose; the others remain to be measured against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// What decides between two levels.
    pub choice: Choice,
    /// Largest change of a coefficient, in grey levels of the amplitude of its basis picture,
    /// as a multiple of the amplitude of the mark.
    pub reach: f32,
    /// Whether blocks that were not coded may become so, and the reverse.
    pub coded_bits: CodedBits,
    /// How much of a block's missed target its neighbours inherit, 0 to 1.
    pub diffusion: f32,
    /// How much more errors of DC count than others: neighbours inherit them by prediction.
    pub dc_weight: f32,
    /// Candidate coefficients of 4x4 blocks, in the order of the scan: at least 1.
    pub candidates_4x4: usize,
    /// Candidate coefficients of 8x8 blocks.
    pub candidates_8x8: usize,
}

/// What decides between two levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Choice {
    /// Magnitudes are rounded down after adding this much (the quantiser of an encoder).
    Absolute(f32),
    /// The smallest sum of squared error and rate, in squared grey levels per bit.
    RateDistortion(f32),
}

/// Whether coded block patterns may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodedBits {
    /// As they are.
    Frozen,
    /// Set or cleared as levels ask for.
    Free,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule {
            choice: Choice::RateDistortion(2.0),
            reach: 2.5,
            coded_bits: CodedBits::Free,
            diffusion: 0.0,
            dc_weight: 1.0,
            candidates_4x4: 3,
            candidates_8x8: 6,
        }
    }
}
