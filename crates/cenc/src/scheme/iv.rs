//! Initialization vectors as they stand in a file.

use std::fmt;

use crate::hex;

/// Bytes of an IV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IvSize {
    /// 8 bytes: for CTR alone.
    Eight,
    /// 16 bytes.
    Sixteen,
}

impl IvSize {
    /// In bytes.
    pub fn bytes(self) -> u8 {
        match self {
            IvSize::Eight => 8,
            IvSize::Sixteen => 16,
        }
    }
}

/// An initialization vector. It is no secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Iv {
    /// The upper half of the first counter block; the lower half is 0.
    Eight([u8; 8]),
    /// A whole block.
    Sixteen([u8; 16]),
}

impl Iv {
    /// The bytes that `senc`, `seig` or `tenc` carry.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Iv::Eight(bytes) => bytes,
            Iv::Sixteen(bytes) => bytes,
        }
    }

    /// How many there are.
    pub fn size(&self) -> IvSize {
        match self {
            Iv::Eight(_) => IvSize::Eight,
            Iv::Sixteen(_) => IvSize::Sixteen,
        }
    }

    /// From 8 or 16 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Iv> {
        match bytes.len() {
            8 => bytes.try_into().ok().map(Iv::Eight),
            _ => bytes.try_into().ok().map(Iv::Sixteen),
        }
    }

    /// From 16 or 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Iv> {
        let digits = text.as_bytes();
        hex::decode(digits)
            .map(Iv::Eight)
            .or_else(|| hex::decode(digits).map(Iv::Sixteen))
    }

    /// As a block: 8 bytes are followed by zeros.
    pub fn block(&self) -> [u8; 16] {
        match self {
            Iv::Eight([a, b, c, d, e, f, g, h]) => {
                [*a, *b, *c, *d, *e, *f, *g, *h, 0, 0, 0, 0, 0, 0, 0, 0]
            }
            Iv::Sixteen(block) => *block,
        }
    }

    /// Upper half and block counter of the first counter block. ISO/IEC 23001-7 9.3: the counter
    /// is the lower 64 bits, and what overflows it is lost.
    pub fn counter(&self) -> (u64, u64) {
        let block = u128::from_be_bytes(self.block());
        ((block >> 64) as u64, block as u64)
    }

    /// The IV of that size whose first counter block is this; `None` where 8 bytes cannot say it.
    pub fn of_counter(size: IvSize, high: u64, low: u64) -> Option<Iv> {
        match size {
            IvSize::Eight => (low == 0).then(|| Iv::Eight(high.to_be_bytes())),
            IvSize::Sixteen => {
                let block = u128::from(high) << 64 | u128::from(low);
                Some(Iv::Sixteen(block.to_be_bytes()))
            }
        }
    }
}

impl fmt::Debug for Iv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iv(")?;
        self.bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
