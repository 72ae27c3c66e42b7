//! Distance of frames.

use crate::row::Row;

/// What frames without any difference count as, in dB: what one sample in 38,500 that differs by
/// one would give.
const EQUAL: f64 = 94.0;

/// Peak signal-to-noise ratios of frames, in dB.
#[derive(Debug, Default)]
pub(crate) struct Psnr {
    frames: Vec<f64>,
}

impl Psnr {
    /// Measures a frame.
    pub(crate) fn add(&mut self, a: &[u8], b: &[u8]) {
        self.frames.push(of(a, b));
    }

    /// The mean of the frames' ratios, and the least.
    pub(crate) fn describe(&self, name: &str, row: &mut Row) {
        let mean = self.frames.iter().sum::<f64>() / self.frames.len().max(1) as f64;
        let least = self.frames.iter().copied().fold(f64::INFINITY, f64::min);
        row.number(&format!("{name}_mean_db"), mean, 2);
        row.number(&format!("{name}_min_db"), least, 2);
    }
}

fn of(a: &[u8], b: &[u8]) -> f64 {
    let squares: u64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2))
        .sum();
    let ratio = 255.0f64.powi(2) * a.len() as f64 / squares as f64;
    // No difference is an infinite ratio.
    (10.0 * ratio.log10()).min(EQUAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_grey_level_everywhere_is_48_db() {
        assert!((of(&[10; 100], &[11; 100]) - 48.13).abs() < 0.01);
        assert!((of(&[0; 4], &[255; 4])).abs() < 1e-9);
        assert_eq!(of(&[3; 9], &[3; 9]), EQUAL);
    }
}
