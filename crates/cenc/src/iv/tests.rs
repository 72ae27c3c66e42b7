use proptest::prelude::*;

use super::*;
use crate::Key;

fn key(byte: u8) -> Fingerprint {
    Key::from_bytes([byte; 16]).fingerprint()
}

fn range(high: u64, low: u64, blocks: u64) -> CounterRange {
    CounterRange { high, low, blocks }
}

fn prove(ranges: &[CounterRange]) -> Result<Disjoint, Overlap<usize>> {
    let mut ledger = Ledger::default();
    for (place, range) in ranges.iter().enumerate() {
        ledger.add(key(1), *range, place);
    }
    ledger.prove()
}

#[test]
fn ranges_that_touch_are_disjoint_and_one_block_more_is_not() {
    let proof = prove(&[
        range(1, 10, 5),
        range(1, 15, 2),
        range(2, 10, 5),
        range(1, 0, 10),
    ]);
    assert_eq!(
        proof.map(|proof| (proof.ranges(), proof.blocks())),
        Ok((4, 22))
    );
    let overlap = prove(&[range(1, 15, 2), range(1, 10, 6)]).unwrap_err();
    assert_eq!((overlap.first, overlap.second), (1, 0));
    assert_eq!(
        overlap.to_string(),
        "1 and 0: use counter 0000000000000001000000000000000f under one key"
    );
}

#[test]
fn a_range_within_another_is_found_whatever_lies_between() {
    assert!(prove(&[range(1, 0, 100), range(1, 50, 1), range(1, 200, 1)]).is_err());
    assert!(prove(&[range(1, 7, 1), range(1, 7, 1)]).is_err());
}

#[test]
fn a_range_that_goes_round_meets_the_first_counters() {
    let last = range(3, u64::MAX - 1, 4);
    assert_eq!(
        prove(&[last, range(3, 2, 1)]).map(|proof| proof.blocks()),
        Ok(5)
    );
    assert!(prove(&[last, range(3, 1, 1)]).is_err());
    assert!(prove(&[last, range(3, u64::MAX, 1)]).is_err());
    assert!(prove(&[range(3, 0, u64::MAX), range(3, u64::MAX, 1)]).is_ok());
    assert!(prove(&[range(3, 0, u64::MAX), range(3, u64::MAX, 2)]).is_err());
}

#[test]
fn other_keys_have_counters_of_their_own() {
    let mut ledger = Ledger::default();
    ledger.add(key(1), range(1, 1, 9), "one");
    let mut other = Ledger::default();
    other.add(key(2), range(1, 1, 9), "two");
    ledger.merge(other);
    assert_eq!(ledger.prove().unwrap().blocks(), 18);
}

#[test]
fn ivs_of_both_sizes_go_on_from_sample_to_sample() {
    let base = Base::from_random(IvSize::Sixteen, 100, [0xff; 16]);
    let mut room = base.room(1).unwrap();
    let (iv, taken) = room.take(60).unwrap();
    let low = (u64::MAX >> 1) + 100;
    assert_eq!(taken, range(u64::MAX, low, 60));
    assert_eq!(CounterRange::of(&iv, 60), taken);
    assert_eq!(room.take(0).unwrap().1, range(u64::MAX, low + 60, 0));
    assert_eq!(
        room.take(40),
        Err(RoomError::Full {
            needs: 40,
            left: 39
        })
    );
    assert_eq!(room.take(39).unwrap().1.low, low + 61);
    let base = Base::from_random(IvSize::Eight, 2, [0xff; 16]);
    let mut room = base.room(0).unwrap();
    assert_eq!(room.take(1 << 40).unwrap().0, Iv::Eight([0xff; 8]));
    assert_eq!(room.take(5).unwrap().1, range(0, 0, 5));
    assert_eq!(room.take(5), Err(RoomError::Full { needs: 1, left: 0 }));
}

#[test]
fn rooms_beyond_the_last_counter_are_refused() {
    let rooms = |low: u8, capacity| {
        let mut random = [0; 16];
        random[8..].fill(low);
        Base::from_random(IvSize::Sixteen, capacity, random)
    };
    assert!(rooms(0, 2).room(u64::MAX).is_err());
    assert!(rooms(0, 1 << 32).room(1 << 31).is_ok());
    let error = rooms(0xff, 1 << 32).room(1 << 31).map(|_| ());
    assert_eq!(
        error.unwrap_err().to_string(),
        "counters: room 2147483648 of 4294967296 is beyond the last"
    );
}

#[test]
fn a_seed_gives_other_ivs_for_other_keys_and_other_content() {
    let seed = |seed: &'static [u8], byte, digest: &'static [u8]| Seed {
        seed,
        key: key(byte),
        kid: Kid([1; 16]),
        digest,
    };
    let base = |from: Seed<'_>| Base::from_seed(IvSize::Sixteen, 9, &from);
    let one = base(seed(b"seed", 1, b"digest"));
    assert_eq!(one, base(seed(b"seed", 1, b"digest")));
    assert_ne!(one, base(seed(b"seed", 2, b"digest")));
    assert_ne!(one, base(seed(b"seed", 1, b"other")));
    // The same bytes, divided elsewhere.
    assert_ne!(one, base(seed(b"see", 1, b"ddigest")));
    let from = seed(b"seed", 1, b"digest");
    let ivs = [from.constant(), from.chained(0, 1), from.chained(1, 0)];
    assert!(ivs[0] != ivs[1] && ivs[1] != ivs[2] && ivs[0] != ivs[2]);
}

proptest! {
    #[test]
    fn no_counter_range_is_used_twice_under_a_key(
        random: [u8; 16],
        units in proptest::collection::vec(proptest::collection::vec(0u64..50, 0..8), 1..12),
    ) {
        for size in [IvSize::Eight, IvSize::Sixteen] {
            let base = Base::from_random(size, 400, random);
            let mut ledger = Ledger::default();
            for (index, samples) in units.iter().enumerate() {
                let mut room = base.room(index as u64).unwrap();
                for blocks in samples {
                    let (iv, taken) = room.take(*blocks).unwrap();
                    prop_assert_eq!(CounterRange::of(&iv, *blocks), taken);
                    ledger.add(key(1), taken, index);
                }
            }
            let blocks: u64 = units.iter().flatten().sum();
            prop_assert_eq!(ledger.prove().unwrap().blocks(), u128::from(blocks));
        }
    }

    #[test]
    fn the_ledger_agrees_with_marking_each_counter(
        ranges in proptest::collection::vec((0u64..2, 0u64..60, 0u64..6), 0..12),
    ) {
        let mut seen = std::collections::HashSet::new();
        let twice = ranges.iter().any(|(high, low, blocks)| {
            (*low..low + blocks).any(|counter| !seen.insert((*high, counter)))
        });
        let ranges: Vec<_> = ranges.iter().map(|&(high, low, blocks)| range(high, low, blocks)).collect();
        prop_assert_eq!(prove(&ranges).is_err(), twice);
    }
}
