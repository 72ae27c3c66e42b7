//! Counters taken, and the proof that none was taken twice.

use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

use crate::Fingerprint;
use crate::scheme::Iv;

/// Counter blocks of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CounterRange {
    /// Upper half of each.
    pub high: u64,
    /// Lower half of the first.
    pub low: u64,
    /// How many there are.
    pub blocks: u64,
}

impl CounterRange {
    /// What a sample with that IV and as many encrypted blocks takes.
    pub fn of(iv: &Iv, blocks: u64) -> CounterRange {
        let (high, low) = iv.counter();
        CounterRange { high, low, blocks }
    }
}

/// Counter ranges by key, each with where it is used: `P` names the place in a message.
#[derive(Debug)]
pub struct Ledger<P> {
    keys: BTreeMap<Fingerprint, Vec<(CounterRange, P)>>,
}

/// The proof that a [`Ledger`] uses no counter twice. Only [`Ledger::prove`] makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disjoint {
    ranges: usize,
    blocks: u128,
}

/// Two samples use the same counter under one key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{first} and {second}: use counter {high:016x}{low:016x} under one key")]
pub struct Overlap<P: fmt::Debug + fmt::Display> {
    /// One.
    pub first: P,
    /// The other.
    pub second: P,
    /// Upper half of a counter block of both.
    pub high: u64,
    /// Its lower half.
    pub low: u64,
}

impl<P> Default for Ledger<P> {
    fn default() -> Self {
        let keys = BTreeMap::new();
        Ledger { keys }
    }
}

impl<P: Clone + fmt::Debug + fmt::Display> Ledger<P> {
    /// Writes down that `place` uses `range` under `key`.
    pub fn add(&mut self, key: Fingerprint, range: CounterRange, place: P) {
        let CounterRange { high, low, blocks } = range;
        let ranges = self.keys.entry(key).or_default();
        // Counters go round within the upper half: what comes after the last is the first.
        let before_end = (u64::MAX - low).saturating_add(1);
        if let Some(past_end) = blocks.checked_sub(before_end).filter(|past| *past > 0)
            && low > 0
        {
            let first = CounterRange {
                blocks: before_end,
                ..range
            };
            let second = CounterRange {
                high,
                low: 0,
                blocks: past_end,
            };
            ranges.push((first, place.clone()));
            ranges.push((second, place));
        } else if blocks > 0 {
            ranges.push((range, place));
        }
    }

    /// Adds all of another ledger.
    pub fn merge(&mut self, other: Ledger<P>) {
        for (key, ranges) in other.keys {
            self.keys.entry(key).or_default().extend(ranges);
        }
    }

    /// Proves that no counter block is used twice under any key.
    ///
    /// # Errors
    ///
    /// [`Overlap`], naming two places that share a counter.
    pub fn prove(mut self) -> Result<Disjoint, Overlap<P>> {
        let mut proof = Disjoint {
            ranges: 0,
            blocks: 0,
        };
        for ranges in self.keys.values_mut() {
            ranges.sort_by_key(|(range, _)| *range);
            for pair in ranges.windows(2) {
                if let [(a, first), (b, second)] = pair
                    && a.high == b.high
                    && b.low - a.low < a.blocks
                {
                    return Err(Overlap {
                        first: first.clone(),
                        second: second.clone(),
                        high: b.high,
                        low: b.low,
                    });
                }
            }
            proof.ranges += ranges.len();
            let blocks = ranges.iter().map(|(range, _)| u128::from(range.blocks));
            proof.blocks += blocks.sum::<u128>();
        }
        Ok(proof)
    }
}

impl Disjoint {
    /// Ranges it is about.
    pub fn ranges(&self) -> usize {
        self.ranges
    }

    /// Blocks in them.
    pub fn blocks(&self) -> u128 {
        self.blocks
    }
}
