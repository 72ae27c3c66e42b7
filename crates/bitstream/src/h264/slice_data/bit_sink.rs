//! Bits of an RBSP, written fast.

/// Bits written, most significant first.
#[derive(Clone, Debug, Default)]
pub(super) struct BitSink {
    bytes: Vec<u8>,
    /// Bits not yet in `bytes`, the last one written lowest.
    pending: u64,
    /// How many, less than 32.
    count: u32,
}

impl BitSink {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        BitSink {
            bytes: Vec::with_capacity(bytes),
            ..BitSink::default()
        }
    }

    pub(super) fn position(&self) -> u64 {
        self.bytes.len() as u64 * 8 + u64::from(self.count)
    }

    /// `u(n)`, up to 32 bits.
    #[inline(always)]
    pub(super) fn bits(&mut self, count: u32, value: u32) {
        debug_assert!(count == 32 || value >> count == 0);
        self.pending = self.pending << count | u64::from(value);
        self.count += count;
        if self.count >= 32 {
            self.count -= 32;
            let word = (self.pending >> self.count) as u32;
            self.bytes.extend_from_slice(&word.to_be_bytes());
        }
    }

    /// The `length` bits of `data` from bit `from` on.
    pub(super) fn copy(&mut self, data: &[u8], from: u64, length: u64) {
        let bit = |at: u64| {
            let byte = data.get((at / 8) as usize).copied().unwrap_or(0);
            u32::from(byte >> (7 - at % 8) & 1)
        };
        for at in from..from.saturating_add(length) {
            self.bits(1, bit(at));
        }
    }

    /// Puts the bits of `data` from bit `at` on in the place of the last bit written; `data` starts
    /// at the byte in which that bit lies, and `at` counts from its start modulo 8.
    pub(super) fn replace_last(&mut self, data: &[u8], at: u64) {
        if self.count == 0 {
            // The last bit is in the last byte.
            if let Some(byte) = self.bytes.pop() {
                self.pending = byte.into();
                self.count = 8;
            }
        }
        self.count = self.count.saturating_sub(1);
        self.pending >>= 1;
        let from = at % 8;
        self.copy(data, from, (data.len() as u64 * 8).saturating_sub(from));
    }

    /// Copies of `bit` to the end of the byte.
    pub(super) fn align(&mut self, bit: u32) {
        while !self.count.is_multiple_of(8) {
            self.bits(1, bit);
        }
    }

    /// The bytes so far; the bits must be aligned.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.align(0);
        self.bytes_mut();
        self.bytes
    }

    /// The whole bytes so far, to be continued by others; the bits must be aligned.
    pub(super) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.pending >> self.count) as u8);
        }
        &mut self.bytes
    }
}
