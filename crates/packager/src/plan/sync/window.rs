//! A few bytes of a sample, read by position.

use std::io;

use demux::Source;
use media::Sample;

/// Bytes read at once. Parameter sets and messages before the first slice nearly always fit.
const AT_ONCE: usize = 2048;

/// Most reads of one sample; what is not found by then is not looked for.
const MAX_READS: u32 = 16;

/// The bytes of one sample, of which a few are read.
pub(super) struct Window<'s, S: Source + ?Sized> {
    source: &'s S,
    sample: Sample,
    buffer: Vec<u8>,
    /// Where the buffer lies in the sample.
    start: u32,
    reads: u32,
}

impl<'s, S: Source + ?Sized> Window<'s, S> {
    /// Over `sample` of `source`; nothing is read yet.
    pub(super) fn new(source: &'s S, sample: Sample) -> Window<'s, S> {
        Window {
            source,
            sample,
            buffer: Vec::new(),
            start: 0,
            reads: 0,
        }
    }

    /// Up to `most` bytes from `at` on, fewer where the sample or the patience ends.
    pub(super) fn bytes(&mut self, at: u32, most: usize) -> io::Result<&[u8]> {
        let most = most.min(AT_ONCE);
        let left = self.sample.size.saturating_sub(at) as usize;
        let wanted = most.min(left);
        if wanted == 0 {
            return Ok(&[]);
        }
        if self.held(at, wanted).is_none() && self.reads < MAX_READS {
            self.reads += 1;
            self.buffer.resize(left.min(AT_ONCE), 0);
            self.start = at;
            let offset = self.sample.offset.saturating_add(u64::from(at));
            self.source.read_exact_at(&mut self.buffer, offset)?;
        }
        Ok(self.held(at, wanted).unwrap_or_default())
    }

    fn held(&self, at: u32, wanted: usize) -> Option<&[u8]> {
        let from = usize::try_from(at.checked_sub(self.start)?).ok()?;
        self.buffer.get(from..)?.get(..wanted)
    }
}

#[cfg(test)]
mod tests {
    use media::SampleFlags;

    use super::*;

    #[test]
    fn bytes_come_from_the_sample_and_end_with_it() {
        let source: Vec<u8> = (0..5_000u32).map(|at| at as u8).collect();
        let sample = Sample {
            offset: 10,
            dts: 0,
            size: 4_000,
            duration: 1,
            composition_offset: 0,
            flags: SampleFlags::SYNC,
        };
        let mut window = Window::new(&source, sample);
        assert_eq!(window.bytes(0, 3).unwrap(), [10, 11, 12]);
        assert_eq!(window.bytes(2_047, 2).unwrap(), [9, 10]);
        assert_eq!(window.bytes(3_999, 9).unwrap(), [(4_009 % 256) as u8]);
        assert_eq!(window.bytes(0, 1).unwrap(), [10]);
        assert!(window.bytes(4_000, 9).unwrap().is_empty());
        assert!(window.bytes(u32::MAX, 9).unwrap().is_empty());
        // The table says more than the file holds.
        let sample = Sample {
            offset: 4_000,
            ..sample
        };
        assert!(Window::new(&source, sample).bytes(0, 1).is_err());
    }
}
