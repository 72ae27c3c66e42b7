//! Every level does what `scalar` does.

use super::*;
use proptest::prelude::*;

/// Numbers that follow each other without a pattern.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        self.0 >> 33
    }

    fn values(&mut self, count: usize) -> Vec<i16> {
        (0..count).map(|_| self.next() as i16).collect()
    }

    fn samples<S: Sample>(&mut self, count: usize, max: i32) -> Vec<S>
    where
        u16: TryInto<S>,
    {
        let limit = max as u64 + 1;
        let samples = (0..count).map(|_| (self.next() % limit) as u16);
        samples.map(|each| each.try_into().ok().unwrap()).collect()
    }

    fn weights(&mut self) -> [i16; 3] {
        let first = (self.next() % 16_385) as i16;
        let second = (self.next() % (16_385 - first as u64)) as i16;
        [first, second, 16_384 - first - second]
    }
}

/// Runs every kernel at one level on rows of these lengths, at an offset that aligns with
/// nothing, and gives all that came out, with what lies around it.
fn outcome<S: Sample + PartialEq + std::fmt::Debug>(
    level: Level,
    seed: u64,
    bits: u8,
    lengths: [usize; 3],
    offset: usize,
) -> (Vec<Vec<i16>>, Vec<Vec<S>>, Vec<u32>)
where
    u16: TryInto<S>,
{
    let [row_length, source_length, out_length] = lengths;
    let mut numbers = Numbers(seed);
    let depth = Depth::new(bits);
    let values: Vec<Vec<i16>> = (0..6)
        .map(|_| numbers.values(offset + row_length))
        .collect();
    let rows = [0, 3].map(|first| Rows {
        rows: [0, 1, 2].map(|row| &values[first + row][offset..]),
        weights: numbers.weights(),
    });
    let source: Vec<S> = numbers.samples(offset + source_length, depth.max);
    let below: Vec<S> = numbers.samples(offset + out_length, depth.max);

    let spreads: Vec<Spread> = (0..source_length / 12)
        .map(|_| {
            let weights: [[i16; 3]; CHUNK] = std::array::from_fn(|_| numbers.weights());
            Spread {
                weights: [0, 1, 2].map(|cell| weights.map(|weights| weights[cell])),
            }
        })
        .collect();
    let mut widened = numbers.values(offset + out_length + 3);
    let cells = [values[0].first(), values[1].first(), values[2].last()];
    let cells = cells.map(|cell| cell.copied().unwrap_or(i16::MIN));
    widen(level, cells, &spreads, &mut widened[offset..][..out_length]);
    let mut blended = numbers.values(offset + out_length + 3);
    blend(level, rows[0], &mut blended[offset..][..out_length]);
    let mut marked = source.clone();
    mark(level, rows[1], depth, &mut marked[offset..]);
    let mut zero: Vec<S> = numbers.samples(offset + out_length + 3, depth.max);
    let mut one = zero.clone();
    mark_both(
        level,
        rows,
        depth,
        &source[offset..],
        [
            &mut zero[offset..][..out_length],
            &mut one[offset..][..out_length],
        ],
    );
    let mut measured = vec![7; 2 * (offset + row_length)];
    let (sums, steps) = measured.split_at_mut(offset + row_length);
    measure(
        level,
        &source[offset..],
        &below[offset..],
        &mut sums[offset..],
        &mut steps[offset..],
    );
    (vec![widened, blended], vec![marked, zero, one], measured)
}

fn assert_agreement<S: Sample + PartialEq + std::fmt::Debug>(
    seed: u64,
    bits: u8,
    lengths: [usize; 3],
    offset: usize,
) where
    u16: TryInto<S>,
{
    let scalar = outcome::<S>(Level::SCALAR, seed, bits, lengths, offset);
    let best = outcome::<S>(Level::best(), seed, bits, lengths, offset);
    assert_eq!(scalar, best, "{lengths:?} at {offset}");
}

#[test]
fn levels_agree_at_every_pair_of_small_lengths() {
    for one in 0..=70 {
        for other in [0, 1, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 70] {
            let seed = (one * 71 + other) as u64;
            assert_agreement::<u8>(seed, 8, [one, other, one], one % 5);
            assert_agreement::<u8>(seed, 8, [other, one, one], one % 3);
            assert_agreement::<u16>(seed, 10, [one, one, other], one % 5);
            assert_agreement::<u16>(seed, 16, [other, one, one], one % 3);
        }
    }
}

proptest! {
    #[test]
    fn levels_agree_on_anything(
        seed: u64,
        bits in 8u8..=16,
        lengths in [0usize..400, 0usize..400, 0usize..400],
        offset in 0usize..40,
    ) {
        assert_agreement::<u16>(seed, bits, lengths, offset);
        assert_agreement::<u8>(seed, 8, lengths, offset);
    }
}

#[test]
fn best_level_of_this_machine_is_not_scalar_where_there_is_another() {
    #[cfg(target_arch = "x86_64")]
    assert_eq!(
        Level::best() == Level::SCALAR,
        !is_x86_feature_detected!("avx2")
    );
    #[cfg(not(target_arch = "x86_64"))]
    assert_eq!(Level::best(), Level::SCALAR);
}

/// One row, all of it: values are 1/4096, so that 4096 are one grey level of 8 bits.
fn changes(value: i16, bits: u8) -> i32 {
    let row = [value; 1];
    let rows = Rows {
        rows: [&row; 3],
        weights: [0, 16_384, 0],
    };
    let mut sample = [100u16 << (bits - 8)];
    mark(Level::SCALAR, rows, Depth::new(bits), &mut sample);
    i32::from(sample[0]) - (100 << (bits - 8))
}

#[test]
fn values_are_rounded_to_the_nearest_sample_of_any_depth() {
    for (value, expected) in [
        (0, 0),
        (2_030, 0),
        (2_060, 1),
        (4_096, 1),
        (-2_030, 0),
        (-2_070, -1),
    ] {
        assert_eq!(changes(value, 8), expected, "{value}");
    }
    assert_eq!(
        [9, 10, 12, 16].map(|bits| changes(4_096, bits)),
        [2, 4, 16, 256]
    );
    assert_eq!(
        [9, 10, 12, 16].map(|bits| changes(-4_096, bits)),
        [-2, -4, -16, -256]
    );
    assert_eq!(changes(2_048 + 512, 10), 3);
}

#[test]
fn samples_are_clipped_to_their_full_range() {
    let (row, weights) = ([i16::MAX, i16::MIN, i16::MAX, i16::MIN], [0, 16_384, 0]);
    let rows = Rows {
        rows: [&row; 3],
        weights,
    };
    let mut bytes = [255u8, 0, 250, 3];
    mark(Level::best(), rows, Depth::new(8), &mut bytes);
    assert_eq!(bytes, [255, 0, 255, 0]);
    let mut words = [1_023u16, 0, 1_000, 31];
    mark(Level::best(), rows, Depth::new(10), &mut words);
    assert_eq!(words, [1_023, 0, 1_023, 0]);
    let mut words = [65_535u16, 0, 65_000, 31];
    mark(Level::best(), rows, Depth::new(16), &mut words);
    assert_eq!(words, [65_535, 0, 65_535, 0]);
}
