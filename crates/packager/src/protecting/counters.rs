//! IVs of every sample, and the counters they take.
//!
//! The plan of one key: every segment of every rendition and variant has a room of counters of its
//! own, so that units of work need not know of each other. With a seed of the user's, rooms begin
//! where seed and samples say, so that the same seed never gives the same counters to other
//! samples. Either way what is taken goes into a ledger, which has to prove that nothing was taken
//! twice before a manifest is written.

use std::fmt;

use cenc::iv::{Base, CounterRange, RoomError, Seed};
use cenc::scheme::{Iv, IvSize, Scheme};
use cenc::{Fingerprint, Kid};
use isobmff::boxes::Subsample;
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
    Seeded {
        seed: Vec<u8>,
        size: IvSize,
        scheme: Scheme,
    },
    /// Unpredictable IVs of chains, for which nothing is taken.
    Chained { seed: Vec<u8> },
}

/// The samples of a unit before they are encrypted, and what of each is encrypted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain<'a> {
    pub(crate) samples: &'a [&'a [u8]],
    /// Of each sample; none: all of it.
    pub(crate) subsamples: &'a [Vec<Subsample>],
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
    pub(crate) fn seeded(
        key: Fingerprint,
        kid: Kid,
        seed: &[u8],
        size: IvSize,
        scheme: Scheme,
    ) -> Counters {
        let seed = seed.to_vec();
        let rule = Rule::Seeded { seed, size, scheme };
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
        plain: &Plain<'_>,
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
                let digest = plain.digest(unit, Scheme::Cbc1, IvSize::Sixteen);
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
            Rule::Seeded {
                seed: bytes,
                size,
                scheme,
            } => {
                let digest = plain.digest(unit, *scheme, *size);
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

impl Plain<'_> {
    /// Of a unit's samples, of its place, and of which of their bytes are encrypted how: whatever
    /// is encrypted otherwise gets other counters.
    fn digest(&self, unit: Unit, scheme: Scheme, size: IvSize) -> [u8; 32] {
        let mut facts = Vec::new();
        facts.extend_from_slice(&scheme.four_cc().0);
        facts.push(size.bytes());
        let mark = variant_number(unit.mark);
        for part in [unit.rendition as u64, unit.segment as u64, mark] {
            facts.extend_from_slice(&part.to_le_bytes());
        }
        for (sample, subsamples) in self.samples.iter().zip(self.subsamples) {
            facts.extend_from_slice(&(sample.len() as u64).to_le_bytes());
            facts.extend_from_slice(&(subsamples.len() as u64).to_le_bytes());
            for each in subsamples {
                facts.extend_from_slice(&each.bytes_of_clear_data.to_le_bytes());
                facts.extend_from_slice(&each.bytes_of_protected_data.to_le_bytes());
            }
        }
        let mut all = blake3::Hasher::new();
        all.update(blake3::hash(&facts).as_bytes());
        all.update(&self.digest_of_bytes());
        *all.finalize().as_bytes()
    }

    /// In pieces of a power of two: BLAKE3 is several times slower where they are not.
    fn digest_of_bytes(&self) -> [u8; 32] {
        const PIECE: usize = 64 << 10;
        let mut hasher = blake3::Hasher::new();
        let mut piece = Vec::with_capacity(PIECE);
        for sample in self.samples {
            let mut left = *sample;
            while !left.is_empty() {
                let room = PIECE.saturating_sub(piece.len()).min(left.len());
                let (now, later) = left.split_at(room);
                piece.extend_from_slice(now);
                left = later;
                if piece.len() == PIECE {
                    hasher.update(&piece);
                    piece.clear();
                }
            }
        }
        hasher.update(&piece);
        *hasher.finalize().as_bytes()
    }
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

    static WHOLE: [Vec<Subsample>; 2] = [Vec::new(), Vec::new()];

    fn plain<'a>(samples: &'a [&'a [u8]]) -> Plain<'a> {
        Plain {
            samples,
            subsamples: &WHOLE,
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
                Counters::seeded(key(), KID, &[3; 8], size, Scheme::Cenc),
            ] {
                let mut ledger = Ledger::default();
                let mut ivs = std::collections::BTreeSet::new();
                for unit in every_unit() {
                    let (numbered, taken) =
                        counters.number(unit, &[3, 1], &plain(&samples)).unwrap();
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
                .number(unit(0, segment, Mark::Zero), &[3], &plain(&[&[0; 48]]))
                .unwrap()
                .0
        };
        assert_eq!(of(KID, 0), of(Kid([2; 16]), 0));
        assert_ne!(of(KID, 0), of(KID, 1));
    }

    #[test]
    fn a_seed_used_again_gives_other_samples_other_ivs() {
        let counters = Counters::seeded(key(), KID, &[3; 8], IvSize::Sixteen, Scheme::Cenc);
        let of = |sample: &[u8]| {
            let unit = unit(0, 0, Mark::Zero);
            counters.number(unit, &[1], &plain(&[sample])).unwrap().0
        };
        assert_eq!(of(&[1; 16]), of(&[1; 16]));
        assert_ne!(of(&[1; 16]), of(&[2; 16]));
    }

    #[test]
    fn a_seed_used_again_gives_samples_encrypted_otherwise_other_ivs() {
        let of = |scheme, size, subsamples: &[Vec<Subsample>]| {
            let counters = Counters::seeded(key(), KID, &[3; 8], size, scheme);
            let plain = Plain {
                samples: &[&[1; 64]],
                subsamples,
            };
            let unit = unit(0, 0, Mark::Zero);
            counters.number(unit, &[1], &plain).unwrap().0[0].block()
        };
        let subsample = |bytes_of_clear_data| Subsample {
            bytes_of_clear_data,
            bytes_of_protected_data: 64 - u32::from(bytes_of_clear_data),
        };
        let first = of(Scheme::Cenc, IvSize::Sixteen, &[vec![subsample(16)]]);
        let others = [
            of(Scheme::Cens, IvSize::Sixteen, &[vec![subsample(16)]]),
            of(Scheme::Cenc, IvSize::Eight, &[vec![subsample(16)]]),
            of(Scheme::Cenc, IvSize::Sixteen, &[vec![subsample(32)]]),
            of(Scheme::Cenc, IvSize::Sixteen, &[Vec::new()]),
        ];
        assert!(others.iter().all(|other| other[..8] != first[..8]));
    }

    #[test]
    fn the_digest_does_not_depend_on_how_samples_fall_into_pieces() {
        let bytes: Vec<u8> = (0..200_000u32).map(|at| ((at * 7) >> 3) as u8).collect();
        let whole = plain(&[&bytes]).digest_of_bytes();
        assert_eq!(whole, *blake3::hash(&bytes).as_bytes());
        let parts: Vec<&[u8]> = bytes.chunks(33_333).collect();
        assert_eq!(plain(&parts).digest_of_bytes(), whole);
    }

    #[test]
    fn chains_have_ivs_of_their_own() {
        let counters = Counters::chained(key(), KID, &[3; 8]);
        let (ivs, taken) = counters
            .number(
                unit(0, 0, Mark::Zero),
                &[0, 0],
                &plain(&[&[1; 16], &[1; 16]]),
            )
            .unwrap();
        assert!(taken.is_none() && ivs[0] != ivs[1]);
        assert_eq!((counters.iv_bytes(), counters.constant()), (16, None));
    }
}
