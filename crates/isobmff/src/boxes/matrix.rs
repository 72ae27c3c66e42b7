//! The transformation matrix of `mvhd` and `tkhd`.

use crate::{Error, Reader, Writer};

/// A matrix { a, b, u, c, d, v, x, y, w }: 16.16 fixed point, but 2.30 for u, v and w.
/// ISO/IEC 14496-12 8.2.2 and 8.3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matrix(pub [i32; 9]);

impl Matrix {
    /// Presents the picture as it is coded.
    pub const UNITY: Matrix = Matrix([0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]);

    /// The clockwise rotation in degrees (0, 90, 180 or 270) where the matrix is a rotation,
    /// whatever its translation and scale; `None` where it mirrors, shears or turns otherwise.
    pub fn rotation(&self) -> Option<u32> {
        let [a, b, _, c, d, ..] = self.0;
        match (a.signum(), b.signum(), c.signum(), d.signum()) {
            (1, 0, 0, 1) => Some(0),
            (0, 1, -1, 0) => Some(90),
            (-1, 0, 0, -1) => Some(180),
            (0, -1, 1, 0) => Some(270),
            _ => None,
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_, '_>) -> Result<Matrix, Error> {
        let mut matrix = [0; 9];
        for field in &mut matrix {
            *field = reader.i32("matrix")?;
        }
        Ok(Matrix(matrix))
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        self.0.iter().for_each(|field| writer.i32(*field));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarter_turns_are_told_apart_and_mirrors_are_none() {
        const ONE: i32 = 0x1_0000;
        let of = |a, b, c, d| Matrix([a, b, 0, c, d, 0, 0, 0, 0x4000_0000]).rotation();
        assert_eq!(Matrix::UNITY.rotation(), Some(0));
        assert_eq!(of(0, ONE, -ONE, 0), Some(90));
        assert_eq!(of(-ONE, 0, 0, -ONE), Some(180));
        assert_eq!(of(0, -ONE, ONE, 0), Some(270));
        assert_eq!(of(-ONE, 0, 0, ONE), None);
        assert_eq!(of(ONE, ONE, -ONE, ONE), None);
    }
}
