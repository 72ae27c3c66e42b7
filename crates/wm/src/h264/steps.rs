//! What one level does, by QP.

use bitstream::h264::transform::{LevelScale, Quantiser, Scan};

use super::choose::Step;

/// The coefficients of 8x8 blocks that change: DC and the first two of a scan, the lowest
/// frequencies across and down. More of them save bits but carry no more of the mark.
pub(super) const CANDIDATES_8X8: usize = 3;

/// The coefficients that change, at one QP.
#[derive(Clone, Copy)]
pub(super) struct Steps<'a> {
    pub(super) quantiser: Quantiser<'a>,
    /// DC of a 4x4 block.
    pub(super) of_4x4: Step,
    /// In an 8x8 block: DC, the first across, the first down.
    pub(super) of_8x8: [Step; CANDIDATES_8X8],
    /// A DC level of Intra_16x16; all 16 are alike.
    pub(super) of_dc: Step,
}

impl<'a> Steps<'a> {
    /// At this QP'Y; errors are in units of 1 / `fraction` grey levels.
    pub(super) fn new(scale: &'a LevelScale, qp: u8, fraction: f32) -> Steps<'a> {
        // Products of forward and inverse basis vectors; forward ones of 8x8 are taken 8 times.
        const DC_8X8: f32 = 64.0;
        const FIRST_8X8: f32 = 72.25;
        let quantiser = scale.quantiser(qp);
        let levels_8x8 = quantiser.levels_8x8();
        let of_8x8 = |levels: f32, product: f32| {
            // One level has this amplitude.
            let amplitude = 1.0 / (levels * product);
            Step {
                levels: levels / fraction,
                energy: amplitude * amplitude * product / 64.0,
                per_grey: levels * product,
            }
        };
        let levels_4x4 = quantiser.levels_4x4()[0][0];
        let levels_dc = quantiser.levels_dc();
        let amplitude_4x4 = 1.0 / (levels_4x4 * 16.0);
        let amplitude_dc = 1.0 / (levels_dc * 256.0);
        Steps {
            quantiser,
            of_4x4: Step {
                levels: levels_4x4 / fraction,
                energy: amplitude_4x4 * amplitude_4x4 * 16.0,
                per_grey: levels_4x4 * 16.0,
            },
            of_8x8: [
                of_8x8(levels_8x8[0][0], DC_8X8 * DC_8X8),
                of_8x8(levels_8x8[0][1], DC_8X8 * FIRST_8X8),
                of_8x8(levels_8x8[1][0], FIRST_8X8 * DC_8X8),
            ],
            of_dc: Step {
                levels: levels_dc / fraction,
                energy: amplitude_dc * amplitude_dc * 256.0,
                per_grey: levels_dc * 256.0,
            },
        }
    }

    /// Where the candidates of an 8x8 block stand among its levels.
    pub(super) fn places_8x8(scan: Scan) -> [usize; CANDIDATES_8X8] {
        match scan {
            Scan::Frame => [0, 1, 2],
            Scan::Field => [0, 3, 1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_dc_the_first_across_and_the_first_down() {
        for scan in [Scan::Frame, Scan::Field] {
            let places = Steps::places_8x8(scan);
            assert_eq!(places.map(|place| scan.places_8x8()[place]), [0, 1, 8]);
        }
    }

    #[test]
    fn a_level_moves_samples_by_an_eighth_of_the_step_in_8x8_and_a_quarter_in_4x4() {
        // At QP 22 the step is 8.
        let scale = LevelScale::new(&[16; 16], &[16; 64]);
        let steps = Steps::new(&scale, 22, 16.0);
        assert!((1.0 / steps.of_4x4.per_grey - 2.0).abs() < 0.01);
        assert!((1.0 / steps.of_8x8[0].per_grey - 1.0).abs() < 0.01);
        assert!((1.0 / steps.of_dc.per_grey - 0.5).abs() < 0.01);
        assert!((steps.of_4x4.energy - 64.0).abs() < 0.5);
        assert!((steps.of_dc.energy - 64.0).abs() < 0.5);
    }
}
