//! The residual a blind detector correlates: what is left of a frame without its own content.

use wm::Grid;

/// Subtracts the local mean and divides by the local deviation.
pub(crate) struct Normaliser {
    width: usize,
    height: usize,
    radius: usize,
}

impl Normaliser {
    /// For frames of this size.
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
            *value = (*value / (power.max(0.0).sqrt() + 1.5)).clamp(-2.5, 2.5);
        }
        residual
    }

    fn blurred(&self, values: &[f32]) -> Vec<f32> {
        let mut out = vec![0.0; values.len()];
        for y in 0..self.height {
            let row = y * self.width..(y + 1) * self.width;
            sliding(&values[row.clone()], self.radius, &mut out[row]);
        }
        // Columns, line by line.
        let (w, h, r) = (self.width, self.height, self.radius);
        let rows = out.clone();
        let mut sum = vec![0.0f32; w];
        for y in 0..r.min(h) {
            for x in 0..w {
                sum[x] += rows[y * w + x];
            }
        }
        for y in 0..h {
            if y + r < h {
                for x in 0..w {
                    sum[x] += rows[(y + r) * w + x];
                }
            }
            if y > r {
                for x in 0..w {
                    sum[x] -= rows[(y - r - 1) * w + x];
                }
            }
            let count = ((y + r + 1).min(h) - y.saturating_sub(r)) as f32;
            for x in 0..w {
                out[y * w + x] = sum[x] / count;
            }
        }
        out
    }
}

fn sliding(values: &[f32], radius: usize, out: &mut [f32]) {
    let n = values.len();
    let mut sum: f32 = values.iter().take(radius).sum();
    for x in 0..n {
        if x + radius < n {
            sum += values[x + radius];
        }
        if x > radius {
            sum -= values[x - radius - 1];
        }
        let count = (x + radius + 1).min(n) - x.saturating_sub(radius);
        out[x] = sum / count as f32;
    }
}
