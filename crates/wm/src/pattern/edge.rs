//! Soft edges between cells.
//!
//! Rendered, a cell is a box convolved with a Gaussian of sigma 0.25 cell in both directions. At
//! one place only the cell there and its two neighbours count: the others are 4 sigma away.
//!
//! Weights are computed with the four basic operations in fixed order, which IEEE 754 defines to
//! the bit, and rounded to whole numbers.

/// In cells.
const SIGMA: f64 = 0.25;

/// Entries of [`BEYOND`] to a cell.
const STEPS: usize = 256;

/// How much of a cell whose edge is `at / STEPS` cells away is seen: the part of a Gaussian beyond
/// that distance.
static BEYOND: [f64; STEPS + 1] = beyond();

const fn beyond() -> [f64; STEPS + 1] {
    let mut table = [0.0; STEPS + 1];
    let mut at = 0;
    while at <= STEPS {
        // 1/2 - (1/sqrt(2 pi)) * sum of (-1)^n x^(2n+1) / (n! 2^n (2n+1)).
        let x = at as f64 / STEPS as f64 / SIGMA;
        let mut term = x;
        let mut sum = x;
        let mut n = 1.0;
        while n < 60.0 {
            term = -term * x * x / (2.0 * n);
            sum += term / (2.0 * n + 1.0);
            n += 1.0;
        }
        table[at] = 0.5 - 0.398_942_280_401_432_7 * sum;
        at += 1;
    }
    table
}

/// [`BEYOND`] at any distance, negative inside of the cell.
fn seen(distance: f64) -> f64 {
    if distance < 0.0 {
        return 1.0 - seen(-distance);
    }
    let at = distance * STEPS as f64;
    let step = (at as usize).min(STEPS - 1);
    let part = at - step as f64;
    if part >= 1.0 {
        return 0.0;
    }
    BEYOND[step] + (BEYOND[step + 1] - BEYOND[step]) * part
}

/// Which cells make one sample in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taps {
    /// The cells before, at and after the middle of the sample; at the edges of the picture the
    /// outermost cell stands for those outside.
    pub(crate) cells: [u16; 3],
    /// Their weights, in parts of [`Taps::ONE`], which is their sum.
    pub(crate) weights: [i16; 3],
}

impl Taps {
    /// Binary digits of [`Taps::ONE`].
    pub(crate) const BITS: u32 = 14;
    const ONE: i16 = 1 << Taps::BITS;

    /// Of sample `at` of `length`, in a row or column of `cells`.
    ///
    /// What a sample sees is the average of four places within it, so that a small picture has
    /// what is left of a large one when it is scaled down.
    pub(crate) fn of(at: usize, length: usize, cells: u16) -> Taps {
        const PLACES: usize = 4;
        let samples = (2 * PLACES * length.max(1)) as f64;
        let place = |number: usize| number as f64 * f64::from(cells) / samples;
        let last = cells.saturating_sub(1);
        let cell = (place(2 * PLACES * at + PLACES) as u16).min(last);
        let (mut before, mut after) = (0.0, 0.0);
        for each in 0..PLACES {
            let inside = place(2 * (PLACES * at + each) + 1) - f64::from(cell);
            before += seen(inside);
            after += seen(1.0 - inside);
        }
        let whole = f64::from(Taps::ONE) / PLACES as f64;
        let before = (before * whole + 0.5) as i16;
        let after = ((after * whole + 0.5) as i16).min(Taps::ONE - before);
        Taps {
            cells: [cell.saturating_sub(1), cell, (cell + 1).min(last)],
            weights: [before, Taps::ONE - before - after, after],
        }
    }
}

/// What rendered `cells` have to be multiplied by to get a root mean square of 1 over a large
/// picture. Soft edges take some away, more where neighbours differ. 0 if there is nothing.
pub(crate) fn gain(cells: &[f32], columns: usize) -> f64 {
    // How much neighbours have in common in one direction when rendered, from the weights of
    // places within a cell: a cell with itself, and with the next.
    let (mut same, mut next) = (0.0, 0.0);
    for at in 0..STEPS {
        let inside = (at as f64 + 0.5) / STEPS as f64;
        let (before, after) = (seen(inside), seen(1.0 - inside));
        let middle = 1.0 - before - after;
        same += before * before + middle * middle + after * after;
        next += before * middle + middle * after;
    }
    let (same, next) = (same / STEPS as f64, next / STEPS as f64);

    let mut power = 0.0;
    let rows: Vec<&[f32]> = cells.chunks_exact(columns.max(1)).collect();
    for (y, row) in rows.iter().enumerate() {
        let above = rows[y.saturating_sub(1)];
        let below = rows[(y + 1).min(rows.len() - 1)];
        let down = |x: usize| {
            f64::from(row[x]) * same + (f64::from(above[x]) + f64::from(below[x])) * next
        };
        for (x, &cell) in row.iter().enumerate() {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(row.len() - 1));
            power += f64::from(cell) * (down(x) * same + (down(left) + down(right)) * next);
        }
    }
    if power <= 0.0 {
        return 0.0;
    }
    1.0 / (power / cells.len() as f64).sqrt()
}
