//! A file with some of its runs of bytes replaced.

use std::fs::File;
use std::ops::Range;

use media::Mark;

use crate::Error;
use crate::marking::{Spill, Spilled};
use crate::pack::payload::{Drain, Output};

/// What stands in the place of a run of bytes.
#[derive(Debug)]
pub(crate) enum New {
    /// The same in both variants.
    Bytes(Vec<u8>),
    /// One of two that wait on disk.
    Twins(Spilled),
}

/// A run of bytes of the file, and what stands in its place.
#[derive(Debug)]
pub(crate) struct Replacement {
    pub(crate) old: Range<u64>,
    pub(crate) new: New,
}

impl New {
    /// Bytes, the same in both variants.
    pub(crate) fn len(&self) -> u64 {
        match self {
            New::Bytes(bytes) => bytes.len() as u64,
            New::Twins(spilled) => u64::from(spilled.size),
        }
    }
}

/// Replacements in the order of their places.
#[derive(Debug, Default)]
pub(crate) struct Splice {
    list: Vec<Replacement>,
    /// By how much what follows each of them is moved.
    shifts: Vec<i128>,
}

impl Splice {
    /// From replacements in any order; `None` where two of them overlap.
    pub(crate) fn new(mut list: Vec<Replacement>) -> Option<Splice> {
        list.sort_by_key(|each| (each.old.start, each.old.end));
        let apart = |pair: &[Replacement]| match pair {
            [one, next] => one.old.end <= next.old.start,
            _ => true,
        };
        if !list.windows(2).all(apart) {
            return None;
        }
        let mut sum = 0i128;
        let shifts = list.iter().map(|each| {
            sum += i128::from(each.new.len()) - i128::from(each.old.end - each.old.start);
            sum
        });
        Some(Splice {
            shifts: shifts.collect(),
            list,
        })
    }

    /// Where the byte at `old` lies now; `None` where it was replaced with those around it.
    pub(crate) fn offset(&self, old: u64) -> Option<u64> {
        let at = self.list.partition_point(|each| each.old.start < old);
        let Some(before) = at.checked_sub(1) else {
            return Some(old);
        };
        if self.list.get(before)?.old.end > old {
            return None;
        }
        u64::try_from(i128::from(old) + self.shifts.get(before)?).ok()
    }

    /// Bytes of the file, which had `old`.
    pub(crate) fn len(&self, old: u64) -> u64 {
        let shift = self.shifts.last().copied().unwrap_or(0);
        u64::try_from(i128::from(old) + shift).unwrap_or(u64::MAX)
    }

    /// Writes a variant of the file, which had `old_len` bytes.
    pub(crate) fn write(
        &self,
        (file, name): (&File, &str),
        old_len: u64,
        (spill, mark): (&Spill, Mark),
        output: &mut Output,
        out: &mut Drain<'_>,
    ) -> Result<(), Error> {
        let name = || name.to_string();
        let mut at = 0;
        for Replacement { old, new } in &self.list {
            output.copy_range(out, file, &name, at..old.start)?;
            match new {
                New::Bytes(bytes) => output.append(out, bytes)?,
                New::Twins(spilled) => {
                    let from = spilled.offset(mark);
                    let range = from..from + u64::from(spilled.size);
                    let scratch = || "the scratch file".to_string();
                    output.copy_range(out, spill.file(), &scratch, range)?;
                }
            }
            at = old.end;
        }
        output.copy_range(out, file, &name, at..old_len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(old: Range<u64>, count: usize) -> Replacement {
        Replacement {
            old,
            new: New::Bytes(vec![0; count]),
        }
    }

    #[test]
    fn what_follows_moves_by_what_was_added_before() {
        let splice = Splice::new(vec![replace(20..30, 5), replace(10..12, 6)]).unwrap();
        let moved = [0, 10, 12, 20, 30, 31].map(|old| splice.offset(old));
        let expected = [0, 10, 16, 24, 29, 30].map(Some);
        assert_eq!(moved, expected);
        assert_eq!((splice.offset(11), splice.offset(29)), (None, None));
        assert_eq!(splice.len(40), 39);
        assert_eq!(Splice::default().offset(7), Some(7));
    }

    #[test]
    fn overlapping_replacements_are_refused() {
        assert!(Splice::new(vec![replace(0..5, 1), replace(4..6, 1)]).is_none());
        assert!(Splice::new(vec![replace(0..5, 1), replace(0..5, 1)]).is_none());
        assert!(Splice::new(vec![replace(0..5, 1), replace(5..6, 1)]).is_some());
    }
}
