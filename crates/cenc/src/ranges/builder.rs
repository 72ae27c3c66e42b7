//! From ranges to subsamples.

use isobmff::boxes::Subsample;

use crate::scheme::Scheme;

/// Joins clear ranges, splits those too long for their field, and rounds protected ones down to
/// whole blocks where the scheme asks for it.
#[derive(Debug)]
pub struct SubsampleBuilder {
    subsamples: Vec<Subsample>,
    whole_blocks: bool,
    clear: usize,
}

impl SubsampleBuilder {
    /// Appends to `subsamples`.
    pub fn onto(subsamples: Vec<Subsample>, scheme: Scheme) -> SubsampleBuilder {
        SubsampleBuilder {
            subsamples,
            whole_blocks: scheme.whole_blocks(),
            clear: 0,
        }
    }

    /// Clear bytes, then protected ones. Both together must fit 32 bits. What is over whole blocks
    /// is left clear in front, so that protection ends with the range.
    pub fn add(&mut self, clear: usize, protected: usize) {
        let over = self.over(protected);
        self.add_clear(clear);
        self.add_clear(over);
        self.protect(protected - over);
    }

    /// The subsamples.
    pub fn finish(mut self) -> Vec<Subsample> {
        if self.clear > 0 {
            self.push(0);
        }
        self.subsamples
    }

    /// Bytes beyond whole blocks.
    fn over(&self, protected: usize) -> usize {
        if self.whole_blocks { protected % 16 } else { 0 }
    }

    fn add_clear(&mut self, clear: usize) {
        self.clear = self.clear.saturating_add(clear);
    }

    fn protect(&mut self, protected: usize) {
        if protected > 0 {
            self.push(protected);
        }
    }

    fn push(&mut self, protected: usize) {
        const MOST: u16 = u16::MAX;
        let mut clear = std::mem::take(&mut self.clear);
        while clear > usize::from(MOST) {
            self.subsamples.push(Subsample {
                bytes_of_clear_data: MOST,
                bytes_of_protected_data: 0,
            });
            clear -= usize::from(MOST);
        }
        self.subsamples.push(Subsample {
            bytes_of_clear_data: u16::try_from(clear).unwrap_or(MOST),
            bytes_of_protected_data: u32::try_from(protected).unwrap_or(u32::MAX),
        });
    }
}
