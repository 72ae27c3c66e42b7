//! The bytes of one segment in memory.

use std::fs::File;
use std::io;
use std::ops::Range;

use demux::Source;
use media::Sample;

use crate::Error;

/// Most bytes of a segment that is marked or encrypted: two seconds at a gigabit per second. A segment is held
/// by each thread, so this is what bounds memory where a file has one group of pictures for hours.
pub(crate) const MAX_SEGMENT_BYTES: u64 = 256 << 20;

/// The samples of one segment; reused for the next.
#[derive(Default)]
pub(crate) struct SegmentBuffer {
    bytes: Vec<u8>,
    /// Where each sample lies in `bytes`.
    ranges: Vec<Range<usize>>,
}

impl SegmentBuffer {
    /// Reads `samples` of a file, neighbours together.
    pub(crate) fn load(
        &mut self,
        name: &str,
        file: &File,
        samples: &[Sample],
    ) -> Result<(), Error> {
        let failed = |source| Error::Input {
            input: name.into(),
            source,
        };
        let total: u64 = samples.iter().map(|sample| u64::from(sample.size)).sum();
        let most = MAX_SEGMENT_BYTES.min(Source::len(file).map_err(failed)?);
        let Some(total) = usize::try_from(total).ok().filter(|_| total <= most) else {
            let text = format!(
                "a segment has {total} bytes, at most {most} can be held to be marked or encrypted"
            );
            return Err(failed(io::Error::new(io::ErrorKind::InvalidData, text)));
        };
        self.ranges.clear();
        // Everything is read over, so nothing is cleared before, and the longest segment's room stays.
        if self.bytes.len() < total {
            self.bytes.resize(total, 0);
        }
        let mut begins = 0;
        for sample in samples {
            let end = begins + sample.size as usize;
            self.ranges.push(begins..end);
            begins = end;
        }
        let mut at = 0;
        let mut filled = 0;
        while let Some(first) = samples.get(at) {
            let mut end = first.end();
            at += 1;
            while let Some(next) = samples.get(at).filter(|next| next.offset == end) {
                end = next.end();
                at += 1;
            }
            let length = usize::try_from(end - first.offset).unwrap_or(usize::MAX);
            let room = self.bytes.get_mut(filled..).unwrap_or_default();
            let count = room.len().min(length);
            let room = room.get_mut(..count).unwrap_or_default();
            file.read_exact_at(room, first.offset)
                .map_err(|source| match source.kind() {
                    io::ErrorKind::UnexpectedEof => Error::Changed {
                        input: name.into(),
                        what: format!("it ends before byte {end}"),
                    },
                    _ => failed(source),
                })?;
            filled += count;
        }
        Ok(())
    }

    /// The sample at this place of the segment.
    pub(crate) fn sample(&self, at: usize) -> &[u8] {
        let range = self.ranges.get(at).cloned().unwrap_or(0..0);
        self.bytes.get(range).unwrap_or_default()
    }

    /// The bytes of samples that follow one another, to be changed in place.
    pub(crate) fn span_mut(&mut self, places: Range<usize>) -> &mut [u8] {
        let of = |at: usize| self.ranges.get(at).cloned();
        let span = match (of(places.start), places.end.checked_sub(1).and_then(of)) {
            (Some(first), Some(last)) => first.start..last.end,
            (_, _) => 0..0,
        };
        self.bytes.get_mut(span).unwrap_or_default()
    }

    /// Some of its samples.
    pub(crate) fn samples(&self, places: Range<usize>) -> Vec<&[u8]> {
        places.map(|at| self.sample(at)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::SampleFlags;

    fn sample(offset: u64, size: u32) -> Sample {
        Sample {
            offset,
            dts: 0,
            size,
            duration: 1,
            composition_offset: 0,
            flags: SampleFlags::SYNC,
        }
    }

    #[test]
    fn samples_are_read_wherever_they_lie() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"0123456789").unwrap();
        let file = File::open(path).unwrap();
        let mut buffer = SegmentBuffer::default();
        let samples = [
            sample(2, 2),
            sample(4, 1),
            sample(8, 2),
            sample(0, 1),
            sample(1, 0),
        ];
        buffer.load("a", &file, &samples).unwrap();
        let expected: [&[u8]; 5] = [b"23", b"4", b"89", b"0", b""];
        assert_eq!(buffer.samples(0..5), expected);
        let error = buffer.load("a", &file, &[sample(8, 3)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a: changed while it was read: it ends before byte 11"
        );
        // A table can claim more than the file has, over and over.
        let claims = [sample(0, 10); 3];
        let error = buffer.load("a", &file, &claims).unwrap_err().to_string();
        assert_eq!(
            error,
            "a: a segment has 30 bytes, at most 10 can be held to be marked or encrypted"
        );
    }
}
