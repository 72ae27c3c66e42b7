//! Which counters samples use, under which key: none may be used twice in the whole package.

use std::fmt;
use std::sync::Arc;

use cenc::iv::{CounterRange, Ledger};
use cenc::scheme::Iv;
use cenc::{Fingerprint, Key, Kid};

use crate::verify::finding::Findings;

/// The segment in which counters are used.
#[derive(Clone, Debug)]
struct Place(Arc<str>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The counters of a package.
pub(super) struct Counters {
    ledger: Ledger<Place>,
    /// Whether IVs of 8 bytes are all there are: each has all of a lower half to itself, so that
    /// upper halves can be counted.
    eight_only: bool,
}

/// The counters of a segment.
#[derive(Default)]
pub(super) struct Taken(Vec<CounterRange>);

impl Counters {
    pub(super) fn new(eight_only: bool) -> Counters {
        Counters {
            ledger: Ledger::default(),
            eight_only,
        }
    }

    /// Adds what the segment at `path` takes; neighbours are made one range.
    pub(super) fn add(&mut self, key: Fingerprint, path: &str, taken: Taken) {
        let Taken(mut ranges) = taken;
        if self.eight_only {
            for range in &mut ranges {
                *range = CounterRange {
                    high: 0,
                    low: range.high,
                    blocks: 1,
                };
            }
        }
        ranges.sort();
        let place = Place(path.into());
        let mut joined: Option<CounterRange> = None;
        for range in ranges {
            match &mut joined {
                Some(last)
                    if last.high == range.high
                        && last.low.checked_add(last.blocks) == Some(range.low) =>
                {
                    last.blocks = last.blocks.saturating_add(range.blocks);
                }
                last => {
                    let done = last.replace(range);
                    done.into_iter()
                        .for_each(|range| self.ledger.add(key, range, place.clone()));
                }
            }
        }
        joined
            .into_iter()
            .for_each(|range| self.ledger.add(key, range, place.clone()));
    }

    /// Finds a counter that is used twice.
    pub(super) fn prove(self, findings: &mut Findings) {
        if let Err(overlap) = self.ledger.prove() {
            let (high, low) = match self.eight_only {
                true => (overlap.low, 0),
                false => (overlap.high, overlap.low),
            };
            let expected = "each counter once under a key";
            let value = format!("used in {} as well", overlap.second);
            let field = format!("counter {high:016x}{low:016x}");
            findings.add((&overlap.first.0, ""), field, value, expected);
        }
    }
}

impl Taken {
    /// A sample takes `blocks` from its IV on; one without an encrypted block its IV alone.
    pub(super) fn take(&mut self, iv: &Iv, blocks: u64) {
        self.0.push(CounterRange::of(iv, blocks.max(1)));
    }
}

/// What tells a key from others: what it is, or where that is not known, its id.
pub(super) fn fingerprint(kid: Kid, key: Option<&Key>) -> Fingerprint {
    match key {
        Some(key) => key.fingerprint(),
        None => Key::from_bytes(kid.0).fingerprint(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(eight: bool, segments: [&[(Iv, u64)]; 2], kids: [Kid; 2]) -> Vec<String> {
        let mut counters = Counters::new(eight);
        for ((name, segment), kid) in ["a", "b"].into_iter().zip(segments).zip(kids) {
            let mut taken = Taken::default();
            segment
                .iter()
                .for_each(|(iv, blocks)| taken.take(iv, *blocks));
            counters.add(fingerprint(kid, None), name, taken);
        }
        let mut findings = Findings::new("samples");
        counters.prove(&mut findings);
        findings
            .into_list()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    fn sixteen(low: u8) -> Iv {
        Iv::Sixteen([0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, low])
    }

    const KIDS: [Kid; 2] = [Kid([1; 16]); 2];

    #[test]
    fn a_counter_used_twice_names_both_segments() {
        let a = [(sixteen(0), 3), (sixteen(3), 2)];
        assert_eq!(findings(false, [&a, &[(sixteen(5), 1)]], KIDS), [""; 0]);
        let line = "a: counter 00000000000000090000000000000004: is used in b as well, expected \
                    each counter once under a key";
        assert_eq!(findings(false, [&a, &[(sixteen(4), 1)]], KIDS), [line]);
        let kids = [Kid([1; 16]), Kid([2; 16])];
        assert_eq!(findings(false, [&a, &[(sixteen(4), 1)]], kids), [""; 0]);
    }

    #[test]
    fn a_counter_used_twice_within_a_segment_is_found() {
        let a = [(sixteen(3), 2), (sixteen(0), 4)];
        assert_eq!(findings(false, [&a, &[]], KIDS).len(), 1);
        assert_eq!(
            findings(false, [&[(sixteen(0), 0), (sixteen(0), 0)], &[]], KIDS).len(),
            1
        );
    }

    #[test]
    fn ivs_of_8_bytes_have_all_counters_below_them() {
        let iv = |low| Iv::Eight([0, 0, 0, 0, 0, 0, 0, low]);
        let a = [(iv(1), 1 << 40), (iv(2), 5)];
        assert_eq!(findings(true, [&a, &[(iv(3), 5)]], KIDS), [""; 0]);
        let line = "a: counter 00000000000000020000000000000000: is used in b as well, expected \
                    each counter once under a key";
        assert_eq!(findings(true, [&a, &[(iv(2), 5)]], KIDS), [line]);
    }
}
