//! How far a run has come, told to whoever watches.

/// Told about bytes as they are written. Called from several threads.
pub trait Progress: Sync {
    /// The run will write about `total_bytes` of media.
    fn start(&self, total_bytes: u64);

    /// `bytes` more of them are written, or found written by an earlier run.
    fn advance(&self, bytes: u64);

    /// Everything is written.
    fn finish(&self);
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _total_bytes: u64) {}
    fn advance(&self, _bytes: u64) {}
    fn finish(&self) {}
}
