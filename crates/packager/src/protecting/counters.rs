//! IVs of every sample, and the counters they take.
//!
//! The plan of one key: every segment of every rendition and variant has a room of counters of its
//! own, so that units of work need not know of each other. With a seed of the user's, rooms begin
//! where seed and samples say, so that the same seed never gives the same counters to other
//! samples. Either way what is taken goes into a ledger, which has to prove that nothing was taken
//! twice before a manifest is written.

use std::fmt;

use cenc::iv::{Base, CounterRange, RoomError, Seed};
use cenc::scheme::{Iv, IvSize};
use cenc::{Fingerprint, Kid};
use media::Mark;

use super::variant_number;

/// Counters of a room with IVs of 16 bytes: 64 GiB of a segment.
const BLOCKS: u64 = 1 << 32;

/// Counters of a room with IVs of 8 bytes: samples of a segment.
const SAMPLES: u64 = 1 << 24;

/// Where the IVs of one track come from.
#[derive(Clone, Debug)]
pub(crate) struct Counters {
    key: Fingerprint,
    kid: Kid,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    /// One IV for everything.
    Constant(Iv),
    /// Rooms that follow one another.
    Planned {
        base: Base,
        size: IvSize,
        segments: u64,
    },
    /// Rooms that begin where seed and samples say.
    Seeded { seed: Vec<u8>, size: IvSize },
    /// Unpredictable IVs of chains, for which nothing is taken.
    Chained { seed: Vec<u8> },
}

/// One variant of one segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    /// Position of the rendition in the presentation.
    pub(crate) rendition: usize,
    pub(crate) segment: usize,
    pub(crate) mark: Mark,
}

/// Counters that the samples of a unit take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) key: Fingerprint,
    pub(crate) range: CounterRange,
    pub(crate) place: Place,
}

/// Where counters are used, for messages; small, as there is one for each segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    rendition: u32,
    segment: u32,
    mark: Mark,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            rendition,
            segment,
            mark,
        } = self;
        write!(
            f,
            "rendition {rendition}, segment {segment}, variant {mark}"
        )
    }
}

impl Counters {
    /// One IV for all samples.
    pub(crate) fn constant_iv(key: Fingerprint, kid: Kid, iv: Iv) -> Counters {
        let rule = Rule::Constant(iv);
        Counters { key, kid, rule }
    }

    /// Rooms from `salt`, which is new for every run. No rendition has more than `segments`.
    pub(crate) fn planned(
        key: Fingerprint,
        kid: Kid,
        salt: &[u8],
        size: IvSize,
        segments: usize,
    ) -> Counters {
        // Rooms are of the key: whatever id it goes by, they are the same ones.
        let seed = Seed {
            seed: salt,
            key,
            kid: Kid([0; 16]),
            digest: &[],
        };
        let base = Base::from_seed(size, capacity(size), &seed);
        let segments = (segments as u64).max(1);
        let rule = Rule::Planned {
            base,
            size,
            segments,
        };
        Counters { key, kid, rule }
    }

    /// Rooms from a seed that may be used again.
    pub(crate) fn seeded(key: Fingerprint, kid: Kid, seed: &[u8], size: IvSize) -> Counters {
        let seed = seed.to_vec();
        let rule = Rule::Seeded { seed, size };
        Counters { key, kid, rule }
    }

    /// IVs of chains from a seed.
    pub(crate) fn chained(key: Fingerprint, kid: Kid, seed: &[u8]) -> Counters {
        let seed = seed.to_vec();
        let rule = Rule::Chained { seed };
        Counters { key, kid, rule }
    }

    /// The IV of all samples, where there is one.
    pub(crate) fn constant(&self) -> Option<&Iv> {
        match &self.rule {
            Rule::Constant(iv) => Some(iv),
            Rule::Planned { .. } | Rule::Seeded { .. } | Rule::Chained { .. } => None,
        }
    }

    /// Bytes of the IV that stands with each sample.
    pub(crate) fn iv_bytes(&self) -> u8 {
        match &self.rule {
            Rule::Constant(_) => 0,
            Rule::Planned { size, .. } | Rule::Seeded { size, .. } => size.bytes(),
            Rule::Chained { .. } => IvSize::Sixteen.bytes(),
        }
    }

    /// The IVs of a unit's samples, which take so many `blocks` each, and the counters they take.
    ///
    /// # Errors
    /// More than a room holds.
    pub(crate) fn number(
        &self,
        unit: Unit,
        blocks: &[u64],
        samples: &[&[u8]],
    ) -> Result<(Vec<Iv>, Option<Taken>), RoomError> {
        let seed = |seed| Seed {
            seed,
            key: self.key,
            kid: self.kid,
            digest: &[],
        };
        match &self.rule {
            Rule::Constant(iv) => Ok((vec![*iv; blocks.len()], None)),
            Rule::Chained { seed: bytes } => {
                let digest = digest(unit, samples);
                let seed = Seed {
                    digest: &digest,
                    ..seed(bytes)
                };
                let count = blocks.len() as u64;
                Ok(((0..count).map(|at| seed.chained(0, at)).collect(), None))
            }
            Rule::Planned {
                base,
                size,
                segments,
            } => {
                let row = unit.rendition as u64 * segments + unit.segment as u64;
                let room = row * 2 + variant_number(unit.mark);
                self.take(base, room, *size, unit, blocks)
            }
            Rule::Seeded { seed: bytes, size } => {
                let digest = digest(unit, samples);
                let seed = Seed {
                    digest: &digest,
                    ..seed(bytes)
                };
                let base = Base::from_seed(*size, capacity(*size), &seed);
                self.take(&base, 0, *size, unit, blocks)
            }
        }
    }

    fn take(
        &self,
        base: &Base,
        room: u64,
        size: IvSize,
        unit: Unit,
        blocks: &[u64],
    ) -> Result<(Vec<Iv>, Option<Taken>), RoomError> {
        let mut room = base.room(room)?;
        let mut ivs = Vec::with_capacity(blocks.len());
        let mut first = None;
        let mut total = 0u64;
        for blocks in blocks {
            let (iv, range) = room.take(*blocks)?;
            ivs.push(iv);
            first.get_or_insert(range);
            total += (*blocks).max(1);
        }
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let taken = first.map(|first| Taken {
            key: self.key,
            range: match size {
                IvSize::Sixteen => CounterRange {
                    blocks: total,
                    ..first
                },
                // Every sample has all of a lower half to itself, so upper halves are counted.
                IvSize::Eight => CounterRange {
                    high: 0,
                    low: first.high,
                    blocks: ivs.len() as u64,
                },
            },
            place: Place {
                rendition: place(unit.rendition),
                segment: place(unit.segment),
                mark: unit.mark,
            },
        });
        Ok((ivs, taken))
    }
}

fn capacity(size: IvSize) -> u64 {
    match size {
        IvSize::Eight => SAMPLES,
        IvSize::Sixteen => BLOCKS,
    }
}

/// Of a unit's samples and its place: samples that are the same elsewhere have other IVs there.
fn digest(unit: Unit, samples: &[&[u8]]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let place = [
        unit.rendition as u64,
        unit.segment as u64,
        variant_number(unit.mark),
    ];
    place.iter().for_each(|part| {
        hasher.update(&part.to_le_bytes());
    });
    for sample in samples {
        hasher.update(&(sample.len() as u64).to_le_bytes());
        hasher.update(sample);
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cenc::Key;
    use cenc::iv::Ledger;

    const KID: Kid = Kid([1; 16]);

    fn key() -> Fingerprint {
        Key::from_bytes([7; 16]).fingerprint()
    }

    fn unit(rendition: usize, segment: usize, mark: Mark) -> Unit {
        Unit {
            rendition,
            segment,
            mark,
        }
    }

    fn every_unit() -> impl Iterator<Item = Unit> {
        let places = (0..3).flat_map(|rendition| (0..5).map(move |segment| (rendition, segment)));
        places
            .flat_map(|(rendition, segment)| Mark::BOTH.map(|mark| unit(rendition, segment, mark)))
    }

    #[test]
    fn no_counter_is_used_twice_under_a_key() {
        let samples: [&[u8]; 2] = [&[1; 40], &[2; 16]];
        for size in [IvSize::Eight, IvSize::Sixteen] {
            for counters in [
                Counters::planned(key(), KID, &[3; 32], size, 5),
                Counters::seeded(key(), KID, &[3; 8], size),
            ] {
                let mut ledger = Ledger::default();
                let mut ivs = std::collections::BTreeSet::new();
                for unit in every_unit() {
                    let (numbered, taken) = counters.number(unit, &[3, 1], &samples).unwrap();
                    ivs.extend(numbered.iter().map(|iv| iv.bytes().to_vec()));
                    let Taken { key, range, place } = taken.unwrap();
                    ledger.add(key, range, place);
                }
                assert_eq!(ivs.len(), 60);
                assert_eq!(ledger.prove().unwrap().ranges(), 30);
            }
        }
    }

    #[test]
    fn rooms_belong_to_the_key_under_whatever_id_it_goes() {
        let of = |kid, segment| {
            let counters = Counters::planned(key(), kid, &[3; 32], IvSize::Sixteen, 5);
            counters
                .number(unit(0, segment, Mark::Zero), &[3], &[&[0; 48]])
                .unwrap()
                .0
        };
        assert_eq!(of(KID, 0), of(Kid([2; 16]), 0));
        assert_ne!(of(KID, 0), of(KID, 1));
    }

    #[test]
    fn a_seed_used_again_gives_other_samples_other_ivs() {
        let counters = Counters::seeded(key(), KID, &[3; 8], IvSize::Sixteen);
        let of = |sample: &[u8]| {
            let unit = unit(0, 0, Mark::Zero);
            counters.number(unit, &[1], &[sample]).unwrap().0
        };
        assert_eq!(of(&[1; 16]), of(&[1; 16]));
        assert_ne!(of(&[1; 16]), of(&[2; 16]));
    }

    #[test]
    fn chains_have_ivs_of_their_own() {
        let counters = Counters::chained(key(), KID, &[3; 8]);
        let (ivs, taken) = counters
            .number(unit(0, 0, Mark::Zero), &[0, 0], &[&[1; 16], &[1; 16]])
            .unwrap();
        assert!(taken.is_none() && ivs[0] != ivs[1]);
        assert_eq!((counters.iv_bytes(), counters.constant()), (16, None));
    }
}
