//! The rates manifests promise, from the sizes and times of segments.
//!
//! Every rate is a whole number of bits per second, rounded up, and found exactly: the question
//! "is this rate enough" is asked in integers in one pass, and the smallest rate for which the
//! answer is yes is found by halving, so each function takes time proportional to the number of
//! pieces.

mod delivery;

use std::collections::VecDeque;

use media::{Time, Timescale};

pub use delivery::{Delivery, continuous};

/// A run of media that arrives and plays as a whole: a segment, or its part that an I-frame
/// playlist names. Pieces follow each other without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it starts to play, in ticks.
    pub start: u64,
    /// How long it plays, in ticks.
    pub duration: u64,
    /// Its size.
    pub bytes: u64,
}

/// Beyond any rate there is; larger ones become this.
const LARGEST_RATE: u64 = 1 << 62;

/// The smallest rate at which nobody stalls: whatever piece `i` a player starts with, if it is
/// sent everything from there on at this rate without pause and begins to play `min_buffer_time`
/// after the first bit, every piece `j` has arrived as a whole when its turn comes:
///
/// `bits(i..=j) <= rate * (min_buffer_time + start(j) - start(i))`
///
/// This is the hypothetical channel of DASH `@bandwidth`, ISO/IEC 23009-1 5.3.5.2, for players
/// that decode nothing of a segment before its end has come: an upper bound of [`continuous`],
/// which knows samples. Where segments last longer than `min_buffer_time`, it is more than the rate
/// of any of them. `min_buffer_time` counts in whole
/// ticks, rounded down, at least one. 0 where nothing has a size.
pub fn min_buffer(pieces: &[Piece], timescale: Timescale, min_buffer_time: Time) -> u64 {
    let buffer = i128::from(min_buffer_time.rescale_floor(timescale).max(1));
    let scale = 8 * i128::from(timescale.rate());
    smallest_rate(|rate| {
        let rate = i128::from(rate);
        // The deficit of the pair (i, j) is end(j) + begin(i): only the worst begin so far counts.
        let (mut sent, mut worst_begin) = (0i128, i128::MIN);
        pieces.iter().all(|piece| {
            let start = i128::from(piece.start);
            worst_begin = worst_begin.max(rate * start - scale * sent);
            sent += i128::from(piece.bytes);
            scale * sent - rate * (buffer + start) + worst_begin <= 0
        })
    })
}

/// All bits divided by the whole duration.
pub fn average(pieces: &[Piece], timescale: Timescale) -> u64 {
    let bytes: u128 = pieces.iter().map(|piece| u128::from(piece.bytes)).sum();
    let duration: u128 = pieces.iter().map(|piece| u128::from(piece.duration)).sum();
    let rate = (8 * bytes * u128::from(timescale.rate())).div_ceil(duration.max(1));
    u64::try_from(rate)
        .unwrap_or(LARGEST_RATE)
        .min(LARGEST_RATE)
}

/// The largest rate of any run of pieces that lasts from half to one and a half times the target
/// duration, both included; of the whole where no run does.
///
/// The "peak segment bit rate" of RFC 8216 4.1 (and its successor), HLS `BANDWIDTH`.
pub fn peak(pieces: &[Piece], timescale: Timescale, target_seconds: u64) -> u64 {
    let target = u128::from(target_seconds) * u128::from(timescale.rate());
    let scale = 8 * i128::from(timescale.rate());
    // What has played and come before each boundary, the last boundary being the end.
    let mut boundaries = vec![(0u128, 0u128)];
    let (mut played, mut came) = (0u128, 0u128);
    for piece in pieces {
        played += u128::from(piece.duration);
        came += u128::from(piece.bytes);
        boundaries.push((played, came));
    }
    let long_enough = |from: u128, to: u128| 2 * (to - from) >= target;
    let too_long = |from: u128, to: u128| 2 * (to - from) > 3 * target;
    let mut any = false;
    let rate = smallest_rate(|rate| {
        // Excess of a run over the rate is excess(to) - excess(from): a sliding minimum.
        let excess =
            |(played, came): (u128, u128)| scale * came as i128 - i128::from(rate) * played as i128;
        let mut window: VecDeque<(u128, i128)> = VecDeque::new();
        let mut waiting = boundaries.iter().copied().peekable();
        boundaries.iter().all(|&to| {
            while let Some(from) =
                waiting.next_if(|from| from.0 < to.0 && long_enough(from.0, to.0))
            {
                while window.back().is_some_and(|last| last.1 >= excess(from)) {
                    window.pop_back();
                }
                window.push_back((from.0, excess(from)));
            }
            while window.front().is_some_and(|first| too_long(first.0, to.0)) {
                window.pop_front();
            }
            any |= !window.is_empty();
            window.front().is_none_or(|first| excess(to) - first.1 <= 0)
        })
    });
    if any {
        rate
    } else {
        average(pieces, timescale)
    }
}

/// The smallest rate that is enough, where every larger one is enough too.
fn smallest_rate(mut is_enough: impl FnMut(u64) -> bool) -> u64 {
    // From below: a rate that is far too low is found out early in the pass, one that is far too
    // high only at its end.
    let (mut low, mut high) = (0, 1);
    while high < LARGEST_RATE && !is_enough(high) {
        (low, high) = (high + 1, high.saturating_mul(2).min(LARGEST_RATE));
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if is_enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TICKS: Timescale = Timescale::MILLISECONDS;

    fn pieces(facts: &[(u64, u64)]) -> Vec<Piece> {
        let mut start = 0;
        let mut next = |&(duration, bytes): &(u64, u64)| {
            let piece = Piece {
                start,
                duration,
                bytes,
            };
            start += duration;
            piece
        };
        facts.iter().map(&mut next).collect()
    }

    /// Every pair of the definition, one after the other.
    fn min_buffer_by_definition(pieces: &[Piece], buffer: u64) -> u64 {
        let mut rate = 0;
        for i in 0..pieces.len() {
            let mut bits = 0;
            for j in i..pieces.len() {
                bits += 8 * pieces[j].bytes;
                rate =
                    rate.max((bits * 1_000).div_ceil(buffer + pieces[j].start - pieces[i].start));
            }
        }
        rate
    }

    fn peak_by_definition(pieces: &[Piece], target: u64) -> Option<u64> {
        let mut rate = None;
        for i in 0..pieces.len() {
            let (mut bits, mut duration) = (0, 0);
            for piece in &pieces[i..] {
                bits += 8 * piece.bytes;
                duration += piece.duration;
                if (target * 500..=target * 1_500).contains(&duration) {
                    rate = rate.max(Some((bits * 1_000).div_ceil(duration)));
                }
            }
        }
        rate
    }

    #[test]
    fn equal_segments_as_long_as_the_buffer_need_their_own_rate() {
        let pieces = pieces(&[(2_000, 250_000); 5]);
        assert_eq!(min_buffer(&pieces, TICKS, TICKS.time(2_000)), 1_000_000);
        assert_eq!(average(&pieces, TICKS), 1_000_000);
        assert_eq!(peak(&pieces, TICKS, 2), 1_000_000);
    }

    #[test]
    fn a_segment_twice_as_long_as_the_buffer_needs_twice_its_rate() {
        let pieces = pieces(&[(4_000, 500_000)]);
        assert_eq!(min_buffer(&pieces, TICKS, TICKS.time(2_000)), 2_000_000);
        assert_eq!(min_buffer(&pieces, TICKS, TICKS.time(8_000)), 500_000);
    }

    #[test]
    fn two_large_segments_in_a_row_need_more_than_one_of_them() {
        let pieces = pieces(&[(1_000, 10), (1_000, 1_000), (1_000, 1_000), (1_000, 10)]);
        // 16 000 bits within 4 + 1 s, against 8 000 within 4 s.
        assert_eq!(min_buffer(&pieces, TICKS, TICKS.time(4_000)), 3_200);
    }

    #[test]
    fn a_short_last_segment_is_no_peak_of_its_own() {
        let pieces = pieces(&[(4_000, 500_000), (4_000, 500_000), (400, 250_000)]);
        // 0.4 s are less than half the target; with the segment before it lasts 4.4 s.
        assert_eq!(peak(&pieces, TICKS, 4), (750_000u64 * 8 * 10).div_ceil(44));
    }

    #[test]
    fn a_title_too_short_for_any_run_has_its_average_as_peak() {
        let pieces = pieces(&[(100, 1_000)]);
        assert_eq!(peak(&pieces, TICKS, 1), 80_000);
    }

    #[test]
    fn nothing_at_all_needs_no_rate() {
        assert_eq!(min_buffer(&[], TICKS, TICKS.time(0)), 0);
        assert_eq!((average(&[], TICKS), peak(&[], TICKS, 0)), (0, 0));
    }

    #[test]
    fn absurd_sizes_saturate() {
        let timescale = Timescale::new(u32::MAX).unwrap();
        let pieces = [Piece {
            start: 1 << 61,
            duration: 1,
            bytes: 1 << 61,
        }];
        assert_eq!(
            min_buffer(&pieces, timescale, timescale.time(1)),
            LARGEST_RATE
        );
        assert_eq!(average(&pieces, timescale), LARGEST_RATE);
        assert_eq!(peak(&pieces, timescale, 1), LARGEST_RATE);
    }

    fn any_pieces() -> impl Strategy<Value = Vec<Piece>> {
        prop::collection::vec((1u64..5_000, 0u64..2_000_000), 1..40)
            .prop_map(|facts| pieces(&facts))
    }

    proptest! {
        #[test]
        fn min_buffer_agrees_with_its_definition(pieces in any_pieces(), buffer in 1u64..10_000) {
            let time = TICKS.time(i64::try_from(buffer).unwrap());
            prop_assert_eq!(
                min_buffer(&pieces, TICKS, time),
                min_buffer_by_definition(&pieces, buffer)
            );
        }

        #[test]
        fn peak_agrees_with_its_definition(pieces in any_pieces(), target in 1u64..10) {
            let expected = peak_by_definition(&pieces, target)
                .unwrap_or_else(|| average(&pieces, TICKS));
            prop_assert_eq!(peak(&pieces, TICKS, target), expected);
        }
    }
}
