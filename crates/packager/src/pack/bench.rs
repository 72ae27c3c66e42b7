//! What threads work with.

use std::sync::{Mutex, PoisonError};

use super::payload::Output;
use crate::marking::SegmentBuffer;

/// What a thread works with.
pub(super) struct Bench {
    pub(super) output: Output,
    pub(super) segment: SegmentBuffer,
    /// A segment on its way from the buffer, encrypted.
    pub(super) sealed: Vec<u8>,
}

impl Bench {
    fn new() -> Bench {
        Bench {
            output: Output::new(),
            segment: SegmentBuffer::default(),
            sealed: Vec::new(),
        }
    }
}

/// What threads work with, kept for the next task: a thread has many, and what it works with is
/// large.
#[derive(Default)]
pub(super) struct Benches {
    free: Mutex<Vec<Bench>>,
}

impl Benches {
    /// Lends a bench for one task.
    pub(super) fn lend<T>(&self, task: impl FnOnce(&mut Bench) -> T) -> T {
        let free = || self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bench = free().pop().unwrap_or_else(Bench::new);
        let done = task(&mut bench);
        free().push(bench);
        done
    }
}
