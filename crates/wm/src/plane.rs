//! Pictures in memory, as whoever calls has them.

use thiserror::Error;

/// A sample as it lies in memory.
///
/// 8 bits in a byte, or 8 to 16 bits in the low end of two.
pub trait Sample: sealed::Sealed + Copy + Send + Sync {
    /// Bits that fit.
    const BITS: u8;

    /// As a number.
    fn value(self) -> u32;

    /// With `change` added, not below 0 and not above `max`.
    fn changed(self, change: i16, max: i32) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for u16 {}
}

impl Sample for u8 {
    const BITS: u8 = 8;

    #[inline(always)]
    fn value(self) -> u32 {
        self.into()
    }

    #[inline(always)]
    fn changed(self, change: i16, _: i32) -> u8 {
        // 16 bits are enough, so that vectors hold twice as many.
        i16::from(self).saturating_add(change).clamp(0, 255) as u8
    }
}

impl Sample for u16 {
    const BITS: u8 = 16;

    #[inline(always)]
    fn value(self) -> u32 {
        self.into()
    }

    #[inline(always)]
    fn changed(self, change: i16, max: i32) -> u16 {
        // One of them is 0. 16 bits are enough for both, so that vectors hold twice as many.
        let (up, down) = (change.max(0).unsigned_abs(), change.min(0).unsigned_abs());
        let max = max.clamp(0, 0xffff) as u16;
        self.saturating_add(up).saturating_sub(down).min(max)
    }
}

/// How rows of samples lie in a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// In samples.
    pub width: usize,
    /// In rows.
    pub height: usize,
    /// Samples from the start of a row to the start of the next, at least `width`.
    pub stride: usize,
    /// Of samples: 8 to 16, and 8 where they are bytes.
    pub bit_depth: u8,
}

impl Shape {
    /// Whether rows are as wide as they may be in a slice of `length` samples.
    ///
    /// # Errors
    ///
    /// [`PlaneError`] says what does not fit.
    fn check<S: Sample>(self, length: usize) -> Result<(), PlaneError> {
        let Shape {
            width,
            height,
            stride,
            bit_depth,
        } = self;
        if !(8..=S::BITS).contains(&bit_depth) {
            return Err(PlaneError::BitDepth {
                bit_depth,
                max: S::BITS,
            });
        }
        if stride < width {
            return Err(PlaneError::Stride { stride, width });
        }
        // What comes behind the last row may be missing.
        let needed = match height {
            0 => Some(0),
            _ => (height - 1)
                .checked_mul(stride)
                .and_then(|rows| rows.checked_add(width)),
        };
        match needed {
            Some(needed) if needed <= length => Ok(()),
            _ => Err(PlaneError::Samples {
                width,
                height,
                stride,
                length,
            }),
        }
    }

    /// Where row `y` lies.
    fn row(self, y: usize) -> Option<std::ops::Range<usize>> {
        let start = (y < self.height).then_some(y)?.checked_mul(self.stride)?;
        Some(start..start.checked_add(self.width)?)
    }
}

/// A plane of luma samples to read.
#[derive(Clone, Copy, Debug)]
pub struct Plane<'a, S> {
    shape: Shape,
    samples: &'a [S],
}

impl<'a, S: Sample> Plane<'a, S> {
    /// The plane that begins with `samples`.
    ///
    /// # Errors
    ///
    /// [`PlaneError`] if the shape contradicts itself or needs more samples.
    pub fn new(shape: Shape, samples: &'a [S]) -> Result<Plane<'a, S>, PlaneError> {
        shape.check::<S>(samples.len())?;
        Ok(Plane { shape, samples })
    }

    /// How it lies in memory.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Row `y`; empty below the picture.
    pub fn row(&self, y: usize) -> &'a [S] {
        let range = self.shape.row(y);
        range
            .and_then(|range| self.samples.get(range))
            .unwrap_or(&[])
    }
}

/// A plane of luma samples to write.
#[derive(Debug)]
pub struct PlaneMut<'a, S> {
    shape: Shape,
    samples: &'a mut [S],
}

impl<'a, S: Sample> PlaneMut<'a, S> {
    /// The plane that begins with `samples`. What lies between its rows is left alone.
    ///
    /// # Errors
    ///
    /// [`PlaneError`] if the shape contradicts itself or needs more samples.
    pub fn new(shape: Shape, samples: &'a mut [S]) -> Result<PlaneMut<'a, S>, PlaneError> {
        shape.check::<S>(samples.len())?;
        Ok(PlaneMut { shape, samples })
    }

    /// How it lies in memory.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Row `y`; empty below the picture.
    pub fn row(&mut self, y: usize) -> &mut [S] {
        let range = self.shape.row(y);
        range
            .and_then(|range| self.samples.get_mut(range))
            .unwrap_or(&mut [])
    }
}

/// Why samples are no plane of the shape that was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlaneError {
    /// Too few or too many bits.
    #[error("plane: bit_depth: is {bit_depth}, expected 8 to {max}")]
    BitDepth {
        /// As given.
        bit_depth: u8,
        /// What fits a sample.
        max: u8,
    },
    /// Rows overlap.
    #[error("plane: stride: is {stride}, expected at least the width of {width}")]
    Stride {
        /// As given.
        stride: usize,
        /// As given.
        width: usize,
    },
    /// The slice ends before the last row does.
    #[error("plane: {length} samples, expected {height} rows of {width} at a stride of {stride}")]
    Samples {
        /// As given.
        width: usize,
        /// As given.
        height: usize,
        /// As given.
        stride: usize,
        /// Samples that there are.
        length: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(width: usize, height: usize, stride: usize, bit_depth: u8) -> Shape {
        Shape {
            width,
            height,
            stride,
            bit_depth,
        }
    }

    #[test]
    fn rows_lie_a_stride_apart_and_the_last_needs_its_width_only() {
        let mut samples: Vec<u8> = (0..13).collect();
        let shape = shape(3, 3, 5, 8);
        let plane = Plane::new(shape, &samples).unwrap();
        assert_eq!(plane.row(0), [0, 1, 2]);
        assert_eq!(plane.row(2), [10, 11, 12]);
        assert!(plane.row(3).is_empty() && plane.row(usize::MAX).is_empty());
        assert!(Plane::new(shape, &samples[..12]).is_err());
        let mut plane = PlaneMut::new(shape, &mut samples).unwrap();
        plane.row(1).fill(99);
        assert!(plane.row(3).is_empty());
        assert_eq!(samples, [0, 1, 2, 3, 4, 99, 99, 99, 8, 9, 10, 11, 12]);
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let error = |shape| Plane::new(shape, &[0u8; 64]).unwrap_err().to_string();
        assert_eq!(
            error(shape(9, 9, 8, 8)),
            "plane: stride: is 8, expected at least the width of 9"
        );
        assert_eq!(
            error(shape(8, 9, 8, 8)),
            "plane: 64 samples, expected 9 rows of 8 at a stride of 8"
        );
        assert_eq!(
            error(shape(8, 8, 8, 10)),
            "plane: bit_depth: is 10, expected 8 to 8"
        );
        assert!(Plane::new(shape(8, usize::MAX, usize::MAX, 8), &[0u8; 64]).is_err());
        for bit_depth in [0, 7, 17] {
            assert!(Plane::new(shape(8, 8, 8, bit_depth), &[0u16; 64]).is_err());
        }
        assert!(Plane::new(shape(8, 0, 8, 8), &[0u8; 0]).is_ok());
    }
}
