//! The protected ranges of a sample, one after the other.

use isobmff::boxes::Subsample;

/// Protected ranges that are not empty. Without subsamples the whole sample is one.
pub(super) struct Protected<'a, 's> {
    rest: &'a mut [u8],
    subsamples: std::slice::Iter<'s, Subsample>,
    whole: bool,
}

impl<'a, 's> Protected<'a, 's> {
    pub(super) fn new(sample: &'a mut [u8], subsamples: &'s [Subsample]) -> Self {
        Protected {
            rest: sample,
            subsamples: subsamples.iter(),
            whole: subsamples.is_empty(),
        }
    }
}

impl<'a> Iterator for Protected<'a, '_> {
    type Item = &'a mut [u8];

    fn next(&mut self) -> Option<&'a mut [u8]> {
        if self.whole {
            self.whole = false;
            return Some(std::mem::take(&mut self.rest)).filter(|range| !range.is_empty());
        }
        loop {
            let subsample = self.subsamples.next()?;
            let clear = usize::from(subsample.bytes_of_clear_data);
            let protected = usize::try_from(subsample.bytes_of_protected_data).ok()?;
            let (_, rest) = std::mem::take(&mut self.rest).split_at_mut_checked(clear)?;
            let (range, rest) = rest.split_at_mut_checked(protected)?;
            self.rest = rest;
            if !range.is_empty() {
                return Some(range);
            }
        }
    }
}
