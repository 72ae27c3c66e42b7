//! A sink that keeps nothing.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use packager::{Object, SALT_BYTES, Sink};

/// Reads every byte, as a network card or checksum would have to, and counts.
#[derive(Debug, Default)]
pub struct CountingSink {
    objects: AtomicU64,
    bytes: AtomicU64,
    sum: AtomicU64,
}

impl CountingSink {
    /// Objects committed.
    pub fn objects(&self) -> u64 {
        self.objects.load(Relaxed)
    }

    /// Bytes of the objects committed.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// The sum of those bytes: what shows that each was read.
    pub fn sum(&self) -> u64 {
        self.sum.load(Relaxed)
    }
}

impl Sink for CountingSink {
    fn create<'s>(&'s self, _path: &str) -> io::Result<Box<dyn Object + 's>> {
        Ok(Box::new(CountedObject {
            sink: self,
            bytes: 0,
            sum: 0,
        }))
    }

    fn size_of(&self, _path: &str) -> Option<u64> {
        None
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("{path}: was not kept"),
        ))
    }

    fn salt(&self) -> io::Result<[u8; SALT_BYTES]> {
        Ok([0x5a; SALT_BYTES])
    }

    fn finish(&self) -> io::Result<()> {
        Ok(())
    }
}

struct CountedObject<'s> {
    sink: &'s CountingSink,
    bytes: u64,
    sum: u64,
}

impl Object for CountedObject<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        // 256 bytes do not overflow 16 bits, and sums that narrow keep up with memory.
        for chunk in bytes.chunks(256) {
            let sum: u16 = chunk.iter().map(|byte| u16::from(*byte)).sum();
            self.sum = self.sum.wrapping_add(u64::from(sum));
        }
        Ok(())
    }

    fn rewrite_start(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn commit(self: Box<Self>) -> io::Result<()> {
        self.sink.objects.fetch_add(1, Relaxed);
        self.sink.bytes.fetch_add(self.bytes, Relaxed);
        self.sink.sum.fetch_add(self.sum, Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_committed_objects_count_and_every_byte_does() {
        let sink = CountingSink::default();
        let mut object = sink.create("a").unwrap();
        object.write(&[255; 1000]).unwrap();
        object.write(&[1; 3]).unwrap();
        object.commit().unwrap();
        sink.create("b").unwrap().write(&[9]).unwrap();
        let counted = (sink.objects(), sink.bytes(), sink.sum());
        assert_eq!(counted, (1, 1003, 255_003));
    }
}
