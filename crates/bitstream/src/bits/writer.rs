//! Writing bits.

use super::BitReader;

/// A number of bits that is no whole number of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct BitString {
    /// The bits, most significant first, zeros after the last.
    pub bytes: Vec<u8>,
    /// In bits.
    pub length: u64,
}

/// Writes bits, most significant first.
#[derive(Clone, Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    free: u32,
}

impl BitWriter {
    /// Starts with nothing written.
    pub fn new() -> Self {
        BitWriter::default()
    }

    /// Bits written so far.
    pub fn position(&self) -> u64 {
        self.bytes.len() as u64 * 8 - u64::from(self.free)
    }

    /// `u(n)`: the low `count` bits of `value`, up to 32.
    pub fn bits(&mut self, count: u32, value: u32) {
        self.bits64(count, value.into());
    }

    /// `u(n)`: the low `count` bits of `value`, up to 64.
    pub fn bits64(&mut self, count: u32, value: u64) {
        debug_assert!(count <= 64);
        let mut left = count;
        while left > 0 {
            if self.free == 0 {
                self.bytes.push(0);
                self.free = 8;
            }
            let now = left.min(self.free);
            let part = (value >> (left - now)) & ((1 << now) - 1);
            self.free -= now;
            if let Some(last) = self.bytes.last_mut() {
                *last |= (part << self.free) as u8;
            }
            left -= now;
        }
    }

    /// `u(1)`.
    pub fn flag(&mut self, value: bool) {
        self.bits(1, value.into());
    }

    /// `ue(v)`.
    pub fn ue(&mut self, value: u32) {
        let code = u64::from(value) + 1;
        let length = code.ilog2();
        self.bits64(2 * length + 1, code);
    }

    /// `se(v)`; `i32::MIN` has no code and is written as its neighbour.
    pub fn se(&mut self, value: i32) {
        let value = value.max(-i32::MAX);
        let magnitude = value.unsigned_abs();
        self.ue(if value > 0 {
            2 * magnitude - 1
        } else {
            2 * magnitude
        });
    }

    /// All of `string`.
    pub fn string(&mut self, string: &BitString) {
        let mut reader = BitReader::new("bit string", &string.bytes);
        let mut left = string.length;
        while left > 0 {
            let Some((value, count)) = reader.take(left.min(8) as u32) else {
                break;
            };
            self.bits(count, value);
            left -= u64::from(count);
        }
    }

    /// The stop bit and zeros to the end of the byte (`rbsp_trailing_bits()`).
    pub fn trailing_bits(&mut self) {
        self.flag(true);
        self.free = 0;
    }

    /// The bytes written, zeros after the last bit.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writer_is_the_readers_inverse() {
        let mut writer = BitWriter::new();
        let values = [0, 1, 2, 254, 255, 65_535, u32::MAX - 1];
        for value in values {
            writer.ue(value);
            writer.se(value as i32 / 2);
            writer.se(-(value as i32 / 2));
            writer.bits(3, 5);
        }
        writer.trailing_bits();
        let bytes = writer.into_bytes();
        let mut reader = BitReader::new("test", &bytes);
        for value in values {
            assert_eq!(reader.ue("a"), Ok(value));
            assert_eq!(reader.se("b"), Ok(value as i32 / 2));
            assert_eq!(reader.se("c"), Ok(-(value as i32 / 2)));
            assert_eq!(reader.bits(3, "d"), Ok(5));
        }
        assert!(!reader.more_rbsp_data());
        let rest = reader.rest();
        let mut writer = BitWriter::new();
        writer.bits(3, 1);
        writer.string(&rest);
        assert_eq!(writer.position(), 3 + rest.length);
    }
}
