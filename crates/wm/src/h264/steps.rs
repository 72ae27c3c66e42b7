//! What one level does, by QP.

use bitstream::h264::transform::{LevelScale, Scan};

use super::target::FRACTION;

/// Candidate coefficients at most: of an 8x8 block.
pub(super) const MOST_CANDIDATES: usize = 15;

/// One coefficient: how errors count in levels, and levels in grey levels.
#[derive(Clone, Copy, Default)]
pub(super) struct Step {
    /// Row and column of the coefficient.
    pub(super) at: (usize, usize),
    /// Levels in one unit of the forward transform of an error in fractions of a grey level.
    pub(super) levels: f32,
    /// Squared grey levels, summed over the block, of one level.
    pub(super) energy: f32,
    /// Amplitude of one level in grey levels.
    pub(super) amplitude: f32,
}

/// The candidates of each kind of block at one QP, in the order of a scan.
#[derive(Clone)]
pub(super) struct Steps {
    pub(super) of_4x4: [Step; 6],
    pub(super) of_8x8: [Step; MOST_CANDIDATES],
    /// Of a DC level of Intra_16x16; all 16 are alike.
    pub(super) of_dc: Step,
}

impl Steps {
    pub(super) fn new(scale: &LevelScale, qp: u8, scan: Scan) -> Steps {
        let quantiser = scale.quantiser(qp);
        let fraction = FRACTION as f32;
        // Products of forward and inverse basis vectors, and squared lengths of inverse ones.
        const FORWARD_4X4: [f32; 4] = [4.0, 5.0, 4.0, 5.0];
        const INVERSE_4X4: [f32; 4] = [4.0, 2.5, 4.0, 2.5];
        const FORWARD_8X8: [f32; 8] = [64.0, 72.25, 40.0, 72.25, 64.0, 72.25, 40.0, 72.25];
        let levels_4x4 = quantiser.levels_4x4();
        let levels_8x8 = quantiser.levels_8x8();
        let mut steps = Steps {
            of_4x4: [Step::default(); 6],
            of_8x8: [Step::default(); MOST_CANDIDATES],
            of_dc: Step::default(),
        };
        for (step, place) in steps.of_4x4.iter_mut().zip(scan.places_4x4()) {
            let at = (usize::from(place / 4), usize::from(place % 4));
            let levels = levels_4x4[at.0][at.1];
            let amplitude = 1.0 / (levels * FORWARD_4X4[at.0] * FORWARD_4X4[at.1]);
            let squares = INVERSE_4X4[at.0] * INVERSE_4X4[at.1];
            *step = Step {
                at,
                levels: levels / fraction,
                energy: amplitude * amplitude * squares,
                amplitude,
            };
        }
        for (step, place) in steps.of_8x8.iter_mut().zip(scan.places_8x8()) {
            let at = (usize::from(place / 8), usize::from(place % 8));
            let levels = levels_8x8[at.0][at.1];
            // The forward transform takes its vectors eight times.
            let products = FORWARD_8X8[at.0] * FORWARD_8X8[at.1];
            let amplitude = 1.0 / (levels * products);
            *step = Step {
                at,
                levels: levels / fraction,
                energy: amplitude * amplitude * products / 64.0,
                amplitude,
            };
        }
        let levels = quantiser.levels_dc();
        // The sum over 16 samples of each of 16 blocks, each way.
        let amplitude = 1.0 / (levels * 256.0);
        steps.of_dc = Step {
            at: (0, 0),
            levels: levels / fraction,
            energy: amplitude * amplitude * 256.0,
            amplitude,
        };
        steps
    }
}
