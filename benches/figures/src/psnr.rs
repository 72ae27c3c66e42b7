//! Distance of frames.

use crate::row::Row;

/// Peak signal-to-noise ratios of the frames that differ, in dB: those of pictures left as they are
/// would be infinite.
#[derive(Debug, Default)]
pub(crate) struct Psnr {
    frames: Vec<f64>,
}

impl Psnr {
    /// Measures a frame.
    pub(crate) fn add(&mut self, a: &[u8], b: &[u8]) {
        self.frames.extend(of(a, b));
    }

    /// The mean of the frames' ratios, and the least; null where nothing differs.
    pub(crate) fn describe(&self, name: &str, row: &mut Row) {
        let mean = self.frames.iter().sum::<f64>() / self.frames.len() as f64;
        let least = self.frames.iter().copied().fold(f64::INFINITY, f64::min);
        row.number(&format!("{name}_mean_db"), mean, 2);
        row.number(&format!("{name}_min_db"), least, 2);
    }
}

/// `None` where nothing differs.
fn of(a: &[u8], b: &[u8]) -> Option<f64> {
    let squares: u64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2))
        .sum();
    let ratio = 255.0f64.powi(2) * a.len() as f64 / squares as f64;
    (squares > 0).then(|| 10.0 * ratio.log10())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_grey_level_everywhere_is_48_db() {
        let ratio = of(&[10; 100], &[11; 100]).unwrap();
        assert!((ratio - 48.13).abs() < 0.01);
        assert_eq!(of(&[0; 4], &[255; 4]), Some(0.0));
    }

    #[test]
    fn equal_frames_do_not_count() {
        let mut psnr = Psnr::default();
        psnr.add(&[3; 9], &[3; 9]);
        psnr.add(&[0; 4], &[255; 4]);
        assert_eq!(psnr.frames, [0.0]);
    }
}
