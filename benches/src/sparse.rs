//! A file of which only the bytes that are read exist.

use std::io;

use demux::Source;

/// Boxes of a movie at their places, with zeros where its media would lie: a film of gigabytes in
/// the memory of its tables.
#[derive(Clone, Debug, Default)]
pub struct Sparse {
    /// Bytes and where they lie; ascending, none over another.
    extents: Vec<(u64, Vec<u8>)>,
    len: u64,
}

impl Sparse {
    /// Appends bytes.
    pub fn append(&mut self, bytes: Vec<u8>) {
        let len = bytes.len() as u64;
        self.extents.push((self.len, bytes));
        self.len += len;
    }

    /// Appends `len` zeros.
    pub fn skip(&mut self, len: u64) {
        self.len += len;
    }

    /// Bytes that exist.
    pub fn stored(&self) -> u64 {
        let stored = |(_, bytes): &(u64, Vec<u8>)| bytes.len() as u64;
        self.extents.iter().map(stored).sum()
    }
}

impl Source for Sparse {
    fn len(&self) -> io::Result<u64> {
        Ok(self.len)
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let end = offset.saturating_add(buffer.len() as u64);
        if end > self.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // Buffers of readers are zero already; the cost of clearing them again is not theirs.
        let first = |(start, bytes): &(u64, Vec<u8>)| start + bytes.len() as u64 <= offset;
        let from = self.extents.partition_point(first);
        for (start, bytes) in self.extents.iter().skip(from) {
            if *start >= end {
                break;
            }
            let skipped = offset.saturating_sub(*start) as usize;
            let at = start.saturating_sub(offset) as usize;
            let count = (bytes.len() - skipped).min(buffer.len() - at);
            buffer[at..at + count].copy_from_slice(&bytes[skipped..skipped + count]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_cross_what_exists_and_what_does_not() {
        let mut sparse = Sparse::default();
        sparse.append(vec![1, 2, 3]);
        sparse.skip(2);
        sparse.append(vec![4, 5]);
        let whole = [1, 2, 3, 0, 0, 4, 5];
        for from in 0..whole.len() {
            for to in from..whole.len() {
                let mut buffer = vec![0; to - from];
                sparse.read_exact_at(&mut buffer, from as u64).unwrap();
                assert_eq!(buffer, whole[from..to]);
            }
        }
        assert!(sparse.read_exact_at(&mut [0; 2], 6).is_err());
        assert_eq!((sparse.len().unwrap(), sparse.stored()), (7, 5));
    }
}
