//! Bytes on their way from inputs to objects.
//!
//! One buffer per thread, filled and emptied: small enough to stay in the processor's cache, so
//! that a byte is fetched from memory once, and large enough that system calls do not count.

use std::fs::File;
use std::io;
use std::ops::Range;

use demux::Source;
use media::Sample;

use super::digest::Digest;
use crate::Error;
use crate::plan::Input;
use crate::progress::Progress;
use crate::sink::Object;

/// Bytes of a thread's buffer. Half of a common second-level cache: 128 KiB to 512 KiB measured
/// alike, 1 MiB and more cost a tenth.
const BUFFER_BYTES: usize = 256 << 10;

/// A thread's buffer.
pub(crate) struct Output {
    buffer: Vec<u8>,
    filled: usize,
    written: u64,
}

/// Where a buffer is emptied into.
pub(crate) struct Drain<'o> {
    pub(crate) object: &'o mut dyn Object,
    pub(crate) digest: &'o mut Digest,
    pub(crate) progress: &'o dyn Progress,
}

impl Output {
    pub(crate) fn new() -> Output {
        Output {
            buffer: vec![0; BUFFER_BYTES],
            filled: 0,
            written: 0,
        }
    }

    /// Begins an object.
    pub(crate) fn begin(&mut self) {
        self.filled = 0;
        self.written = 0;
    }

    /// Appends bytes.
    pub(crate) fn append(&mut self, drain: &mut Drain<'_>, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let room = self.room(drain)?;
            let count = room.len().min(bytes.len());
            let (now, later) = bytes.split_at(count);
            room[..count].copy_from_slice(now);
            self.filled += count;
            bytes = later;
        }
        Ok(())
    }

    /// Appends bytes without gathering them first: many, that stay where they are.
    pub(crate) fn pass(&mut self, drain: &mut Drain<'_>, bytes: &[u8]) -> Result<(), Error> {
        self.flush(drain)?;
        drain.digest.update(bytes);
        drain.object.write(bytes)?;
        drain.progress.advance(bytes.len() as u64);
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Appends the data of `samples`, which lie in `input`: neighbours are read together.
    pub(crate) fn copy(
        &mut self,
        drain: &mut Drain<'_>,
        input: &Input,
        samples: &[Sample],
    ) -> Result<(), Error> {
        let mut at = 0;
        while let Some(first) = samples.get(at) {
            let start = first.offset;
            let mut end = first.end();
            at += 1;
            while let Some(next) = samples.get(at).filter(|next| next.offset == end) {
                end = next.end();
                at += 1;
            }
            self.copy_range(drain, &input.file, &|| input.name(), start..end)?;
        }
        Ok(())
    }

    /// Appends a run of bytes of a file, which `name` names where that fails.
    pub(crate) fn copy_range(
        &mut self,
        drain: &mut Drain<'_>,
        file: &File,
        name: &dyn Fn() -> String,
        range: Range<u64>,
    ) -> Result<(), Error> {
        let Range {
            start: mut offset,
            end,
        } = range;
        while offset < end {
            let room = self.room(drain)?;
            let left = usize::try_from(end - offset).unwrap_or(usize::MAX);
            let count = room.len().min(left);
            file.read_exact_at(&mut room[..count], offset)
                .map_err(|source| {
                    if source.kind() == io::ErrorKind::UnexpectedEof {
                        let what = format!("it ends before byte {}", offset + count as u64);
                        return Error::Changed {
                            input: name(),
                            what,
                        };
                    }
                    Error::Input {
                        input: name(),
                        source,
                    }
                })?;
            self.filled += count;
            offset += count as u64;
        }
        Ok(())
    }

    /// The free end of the buffer, never empty.
    fn room(&mut self, drain: &mut Drain<'_>) -> Result<&mut [u8], Error> {
        if self.filled == self.buffer.len() {
            self.flush(drain)?;
        }
        Ok(&mut self.buffer[self.filled..])
    }

    fn flush(&mut self, drain: &mut Drain<'_>) -> Result<(), Error> {
        let bytes = &self.buffer[..self.filled];
        if bytes.is_empty() {
            return Ok(());
        }
        drain.digest.update(bytes);
        drain.object.write(bytes)?;
        drain.progress.advance(bytes.len() as u64);
        self.written += bytes.len() as u64;
        self.filled = 0;
        Ok(())
    }

    /// Writes what is left in the buffer; returns the object's size.
    pub(crate) fn end(&mut self, drain: &mut Drain<'_>) -> Result<u64, Error> {
        self.flush(drain)?;
        Ok(self.written)
    }
}
