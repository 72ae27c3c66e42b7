//! A sink for tests and small pipelines: objects in memory.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Object, SALT_BYTES, Sink, new_salt};

/// Keeps every object in memory.
#[derive(Debug, Default)]
pub struct MemorySink {
    objects: Mutex<BTreeMap<String, Arc<[u8]>>>,
    salt: Mutex<Option<[u8; SALT_BYTES]>>,
}

impl MemorySink {
    /// The bytes of a committed object.
    pub fn object(&self, path: &str) -> Option<Arc<[u8]>> {
        self.lock().get(path).cloned()
    }

    /// The paths of all committed objects, sorted.
    pub fn paths(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// Drops an object.
    #[cfg(test)]
    pub(crate) fn forget(&self, path: &str) {
        self.lock().remove(path);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Arc<[u8]>>> {
        // A panic elsewhere cannot leave the map half changed: the one change is an insert.
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for MemorySink {
    fn create<'s>(&'s self, path: &str) -> io::Result<Box<dyn Object + 's>> {
        Ok(Box::new(MemoryObject {
            sink: self,
            path: path.into(),
            bytes: Vec::new(),
        }))
    }

    fn size_of(&self, path: &str) -> Option<u64> {
        self.object(path).map(|bytes| bytes.len() as u64)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, format!("{path}: not there"));
        self.object(path)
            .map(|bytes| bytes.to_vec())
            .ok_or_else(missing)
    }

    fn salt(&self) -> io::Result<[u8; SALT_BYTES]> {
        let mut salt = self.salt.lock().unwrap_or_else(PoisonError::into_inner);
        let known = salt.map_or_else(new_salt, Ok)?;
        *salt = Some(known);
        Ok(known)
    }

    fn finish(&self) -> io::Result<()> {
        Ok(())
    }
}

struct MemoryObject<'s> {
    sink: &'s MemorySink,
    path: String,
    bytes: Vec<u8>,
}

impl Object for MemoryObject<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn rewrite_start(&mut self, bytes: &[u8]) -> io::Result<()> {
        let start = self.bytes.get_mut(..bytes.len());
        let start = start.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        start.copy_from_slice(bytes);
        Ok(())
    }

    fn commit(self: Box<Self>) -> io::Result<()> {
        self.sink.lock().insert(self.path, self.bytes.into());
        Ok(())
    }
}
