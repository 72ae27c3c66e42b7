//! Bits of an RBSP, read fast.

/// A position in an RBSP. Reading never fails: beyond the end all bits are 0, and
/// [`overrun`](Self::overrun) tells, so that one test per macroblock is enough.
#[derive(Clone, Debug)]
pub(super) struct BitSource<'a> {
    data: &'a [u8],
    /// In bits.
    position: usize,
    /// Where the stop bit is, in bits.
    stop: usize,
}

impl<'a> BitSource<'a> {
    /// Over `data`, from bit `position` on.
    pub(super) fn new(data: &'a [u8], position: usize) -> Self {
        let last = data.iter().rposition(|byte| *byte != 0);
        let stop = last.map_or(0, |at| at * 8 + 7 - data[at].trailing_zeros() as usize);
        BitSource {
            data,
            position,
            stop,
        }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Whether more than the stop bit was read.
    pub(super) fn overrun(&self) -> bool {
        self.position > self.stop
    }

    /// `more_rbsp_data()`.
    pub(super) fn more_data(&self) -> bool {
        self.position < self.stop
    }

    /// The next bits from the top; at least 57 of them are there.
    #[inline(always)]
    pub(super) fn peek(&self) -> u64 {
        let byte = self.position / 8;
        let word = match self.data.get(byte..).and_then(|rest| rest.first_chunk()) {
            Some(chunk) => u64::from_be_bytes(*chunk),
            None => self.peek_at_end(byte),
        };
        word << (self.position % 8)
    }

    #[cold]
    fn peek_at_end(&self, byte: usize) -> u64 {
        let rest = self.data.get(byte..).unwrap_or_default();
        let mut chunk = [0; 8];
        for (to, from) in chunk.iter_mut().zip(rest) {
            *to = *from;
        }
        u64::from_be_bytes(chunk)
    }

    /// Passes over bits that were peeked at.
    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.position += count as usize;
    }

    /// `u(n)`, 1 to 32 bits.
    #[inline(always)]
    pub(super) fn bits(&mut self, count: u32) -> u32 {
        let value = self.peek() >> (64 - count);
        self.skip(count);
        value as u32
    }

    /// On to the next whole byte.
    pub(super) fn align(&mut self) {
        self.position = self.position.next_multiple_of(8);
    }
}
