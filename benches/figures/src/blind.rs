//! The residual a blind detector correlates: what is left of a frame without its own content.

use wm::Grid;

/// Standard deviations beyond which a residual says no more.
const LIMIT: f32 = 2.5;

/// Grey levels that keep flat areas from being blown up.
const FLOOR: f32 = 1.5;

/// Subtracts the local mean and divides by the local deviation.
pub(crate) struct Normaliser {
    width: usize,
    height: usize,
    radius: usize,
}

impl Normaliser {
    /// For frames of this size; local is what lies within a cell to each side.
    pub(crate) fn new(width: usize, height: usize, grid: Grid) -> Normaliser {
        let cell = width as f32 / f32::from(grid.columns.max(1));
        Normaliser {
            width,
            height,
            radius: (cell.round() as usize).max(2),
        }
    }

    /// `clip((x - mean) / (deviation + 1.5), 2.5)`.
    pub(crate) fn residual(&self, frame: &[u8]) -> Vec<f32> {
        let values: Vec<f32> = frame.iter().map(|v| f32::from(*v)).collect();
        let mean = self.blurred(&values);
        let mut residual: Vec<f32> = values.iter().zip(&mean).map(|(v, m)| v - m).collect();
        let squares: Vec<f32> = residual.iter().map(|v| v * v).collect();
        let power = self.blurred(&squares);
        for (value, power) in residual.iter_mut().zip(power) {
            *value = (*value / (power.max(0.0).sqrt() + FLOOR)).clamp(-LIMIT, LIMIT);
        }
        residual
    }

    /// Means over the square around each sample, as far as it lies in the picture.
    fn blurred(&self, values: &[f32]) -> Vec<f32> {
        let (width, height, radius) = (self.width.max(1), self.height, self.radius);
        let mut across = vec![0.0; values.len()];
        for (row, out) in values.chunks(width).zip(across.chunks_mut(width)) {
            blur_row(row, radius, out);
        }
        let mut out = vec![0.0; values.len()];
        let row = |y: usize| across.chunks(width).nth(y).unwrap_or(&[]);
        let mut sums = vec![0.0f32; width];
        let add = |sums: &mut [f32], row: &[f32], sign: f32| {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += sign * value;
            }
        };
        for y in 0..radius.min(height) {
            add(&mut sums, row(y), 1.0);
        }
        for (y, out) in out.chunks_mut(width).enumerate() {
            if y + radius < height {
                add(&mut sums, row(y + radius), 1.0);
            }
            if y > radius {
                add(&mut sums, row(y - radius - 1), -1.0);
            }
            let count = ((y + radius + 1).min(height) - y.saturating_sub(radius)) as f32;
            for (value, sum) in out.iter_mut().zip(&sums) {
                *value = sum / count;
            }
        }
        out
    }
}

fn blur_row(values: &[f32], radius: usize, out: &mut [f32]) {
    let n = values.len();
    let mut sum: f32 = values.iter().take(radius).sum();
    for (x, out) in out.iter_mut().enumerate() {
        sum += values.get(x + radius).copied().unwrap_or(0.0);
        if let Some(left) = x.checked_sub(radius + 1) {
            sum -= values[left];
        }
        let count = (x + radius + 1).min(n) - x.saturating_sub(radius);
        *out = sum / count as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blur_is_the_mean_of_what_lies_around() {
        let normaliser = Normaliser {
            width: 5,
            height: 3,
            radius: 1,
        };
        let values: Vec<f32> = (0..15).map(|v| (v * v) as f32).collect();
        let blurred = normaliser.blurred(&values);
        for y in 0..3usize {
            for x in 0..5usize {
                let (mut sum, mut count) = (0.0, 0.0);
                for v in y.saturating_sub(1)..=(y + 1).min(2) {
                    for u in x.saturating_sub(1)..=(x + 1).min(4) {
                        sum += values[v * 5 + u];
                        count += 1.0;
                    }
                }
                assert!((blurred[y * 5 + x] - sum / count).abs() < 1e-3, "{x} {y}");
            }
        }
    }

    #[test]
    fn flat_frames_leave_nothing_and_edges_are_clipped() {
        let normaliser = Normaliser::new(64, 36, Grid::of_display(64, 36));
        assert!(
            normaliser
                .residual(&[90; 64 * 36])
                .iter()
                .all(|v| v.abs() < 1e-3)
        );
        let mut frame = vec![16; 64 * 36];
        frame[64 * 18 + 32] = 255;
        let residual = normaliser.residual(&frame);
        assert!(residual.iter().all(|v| v.abs() <= LIMIT));
        assert!(residual[64 * 18 + 32] > 2.0);
    }
}
