//! Where packages are put.
//!
//! A [`Sink`] stores whole objects under relative paths, atomically: an object is there with all
//! its bytes or it is not there. A directory does it by writing under a temporary name and
//! renaming; an object store does it by nature. Nothing else in the packager writes.

use std::io;

mod directory;
mod memory;
#[cfg(test)]
mod tests;

pub use directory::{DirectorySink, Existing};
pub use memory::MemorySink;

/// Random bytes of a run.
pub const SALT_BYTES: usize = 32;

/// New random bytes.
fn new_salt() -> io::Result<[u8; SALT_BYTES]> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(io::Error::other)?;
    Ok(salt)
}

/// Somewhere to put the objects of a package.
///
/// Paths are relative, separated by `/`, and never contain `..`. Sinks are used from several
/// threads at once, each with its own object.
///
/// ```
/// use packager::{MemorySink, Sink};
///
/// let sink = MemorySink::default();
/// let mut object = sink.create("cmaf/master.m3u8")?;
/// object.write(b"#EXTM3U\n")?;
/// assert!(sink.object("cmaf/master.m3u8").is_none(), "not there before it is whole");
/// object.commit()?;
/// assert_eq!(sink.object("cmaf/master.m3u8").as_deref(), Some(&b"#EXTM3U\n"[..]));
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Sink: Sync {
    /// Begins an object, which replaces one of the same path once committed.
    ///
    /// # Errors
    /// Whatever the storage says, with the path in its text.
    fn create<'s>(&'s self, path: &str) -> io::Result<Box<dyn Object + 's>>;

    /// Bytes of a committed object of an earlier, unfinished run of the same job that can be kept,
    /// or `None` where there is none.
    fn size_of(&self, path: &str) -> Option<u64>;

    /// Reads a committed object back.
    ///
    /// # Errors
    /// Whatever the storage says, with the path in its text.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// A file without a name for what does not fit in memory until it can be written. It is
    /// secret, and gone when it is closed.
    ///
    /// # Errors
    /// Whatever the system says.
    fn scratch(&self) -> io::Result<std::fs::File> {
        crate::marking::unnamed(&std::env::temp_dir())
    }

    /// Random bytes of this run, from which its IVs follow; the same where an unfinished run goes
    /// on, so that what it wrote fits what is still to be written.
    ///
    /// # Errors
    /// Whatever the system says.
    fn salt(&self) -> io::Result<[u8; SALT_BYTES]>;

    /// The package is whole: everything was committed, manifests last.
    ///
    /// # Errors
    /// Whatever the storage says.
    fn finish(&self) -> io::Result<()>;
}

/// An object being written. Dropped without [`Object::commit`], it never existed.
pub trait Object {
    /// Appends bytes.
    ///
    /// # Errors
    /// Whatever the storage says, with the path in its text.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Replaces the bytes at the start, of which there are as many already: an index shows only
    /// when all that it lists is written.
    ///
    /// # Errors
    /// Whatever the storage says, with the path in its text.
    fn rewrite_start(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Puts the object under its path.
    ///
    /// # Errors
    /// Whatever the storage says, with the path in its text.
    fn commit(self: Box<Self>) -> io::Result<()>;
}
