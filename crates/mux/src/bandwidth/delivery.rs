//! The rate at which every sample comes in time.

use media::{Time, Timescale};

use super::LARGEST_RATE;

/// Bytes that are of use once the last of them has come: a sample, with what stands before it in
/// the segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How many.
    pub bytes: u64,
    /// When they are needed, in ticks of presentation time: when the sample is presented, or one
    /// that is decoded after it, whichever is first.
    pub needed: u64,
    /// Where a segment begins with them, in ticks of presentation time: a player may start here.
    pub entry: Option<u64>,
}

/// The smallest rate at which nobody stalls: at whatever segment `i` a player starts, if it is sent
/// everything from there on at this rate without pause and begins to present `min_buffer_time`
/// after the first bit, every sample `j` has come when it is needed:
///
/// `bits(i..=j) <= rate * (min_buffer_time + needed(j) - entry(i))`
///
/// DASH `@bandwidth`, ISO/IEC 23009-1 5.3.5.2: delivered continuously at this bitrate, starting at
/// any indicated stream access point, a client has enough data for continuous playout if playout
/// begins at `minBufferTime`. `min_buffer_time` counts in whole ticks, rounded down, at least one;
/// what is needed before its segment's start is needed at it. 0 where nothing has a size.
///
/// Takes a pass over the deliveries for each time the rate is corrected, which is a handful: every
/// pass finds the sample that lacks most at the rate so far, and the next rate is the one that is
/// enough for it (Dinkelbach's method).
pub fn continuous(deliveries: &[Delivery], timescale: Timescale, min_buffer_time: Time) -> u64 {
    let buffer = i128::from(min_buffer_time.rescale_floor(timescale).max(1));
    let scale = 8 * i128::from(timescale.rate());
    let mut rate = 0;
    while let Some(worst) = worst(deliveries, rate, scale, buffer) {
        if worst >= LARGEST_RATE {
            return LARGEST_RATE;
        }
        rate = worst;
    }
    rate
}

/// Where a player starts: presentation time, and bytes before it.
#[derive(Clone, Copy)]
struct Entry {
    time: i128,
    sent: i128,
}

/// The rate that the delivery which lacks most at `rate` would need; `None` where none lacks.
fn worst(deliveries: &[Delivery], rate: u64, scale: i128, buffer: i128) -> Option<u64> {
    let rate = i128::from(rate);
    let begin = |entry: &Entry| rate * entry.time - scale * entry.sent;
    let mut sent = 0i128;
    let mut start = 0i128;
    let mut entry: Option<Entry> = None;
    let mut most = 0;
    let mut needs = None;
    for delivery in deliveries {
        if let Some(time) = delivery.entry {
            start = i128::from(time);
            let new = Entry { time: start, sent };
            if entry.is_none_or(|old| begin(&new) >= begin(&old)) {
                entry = Some(new);
            }
        }
        sent += i128::from(delivery.bytes);
        let Some(from) = entry else { continue };
        let due = buffer + i128::from(delivery.needed).max(start);
        let lacks = scale * sent - rate * due + begin(&from);
        if lacks > most {
            most = lacks;
            let (bits, ticks) = (scale * (sent - from.sent), due - from.time);
            needs = Some((bits + ticks - 1) / ticks.max(1));
        }
    }
    needs.map(|rate| u64::try_from(rate).unwrap_or(LARGEST_RATE))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TICKS: Timescale = Timescale::MILLISECONDS;

    /// Segments of samples, each sample a duration and a size. Needed in the order they come.
    fn deliveries(segments: &[Vec<(u64, u64)>]) -> Vec<Delivery> {
        let mut out = Vec::new();
        let mut time = 0;
        for segment in segments {
            let mut entry = Some(time);
            for (duration, bytes) in segment {
                out.push(Delivery {
                    bytes: *bytes,
                    needed: time,
                    entry: entry.take(),
                });
                time += duration;
            }
        }
        out
    }

    /// Every pair of the definition, one after the other.
    fn by_definition(deliveries: &[Delivery], buffer: u64) -> u64 {
        let mut rate = 0;
        for (i, first) in deliveries.iter().enumerate() {
            let Some(entry) = first.entry else { continue };
            let (mut bits, mut start) = (0, entry);
            for delivery in &deliveries[i..] {
                start = delivery.entry.unwrap_or(start);
                bits += 8 * delivery.bytes;
                let due = buffer + delivery.needed.max(start) - entry;
                rate = rate.max((bits * 1_000).div_ceil(due));
            }
        }
        rate
    }

    #[test]
    fn long_segments_of_even_samples_need_no_more_than_their_rate() {
        // 1 Mbit/s in pictures of 40 ms, cut every 6 s.
        let segments = vec![vec![(40, 5_000); 150]; 4];
        let even = deliveries(&segments);
        // The last picture of 24 s is needed at 23.96 s, and 2 s have gone by before that.
        let rate = continuous(&even, TICKS, TICKS.time(2_000));
        assert_eq!(rate, (600 * 40_000 * 1_000u64).div_ceil(2_000 + 599 * 40));
        // Where the buffer holds one picture alone, it is the rate itself.
        assert_eq!(continuous(&even, TICKS, TICKS.time(40)), 1_000_000);
    }

    #[test]
    fn a_large_first_picture_has_the_buffer_to_come_in() {
        let large = deliveries(&[vec![(1_000, 500_000), (1_000, 1)]]);
        assert_eq!(continuous(&large, TICKS, TICKS.time(2_000)), 2_000_000);
        assert_eq!(continuous(&large, TICKS, TICKS.time(4_000)), 1_000_000);
    }

    #[test]
    fn a_player_that_starts_at_the_costly_segment_counts() {
        let cheap = vec![(1_000, 1); 8];
        let costly = vec![(1_000, 250_000); 2];
        let rate = |segments: &[Vec<(u64, u64)>]| {
            continuous(&deliveries(segments), TICKS, TICKS.time(1_000))
        };
        assert_eq!(rate(&[cheap.clone(), costly.clone()]), 2_000_000);
        // In one segment nobody starts with the costly part.
        assert!(rate(&[[cheap, costly].concat()]) < 500_000);
    }

    #[test]
    fn nothing_needs_no_rate_and_absurd_sizes_saturate() {
        assert_eq!(continuous(&[], TICKS, TICKS.time(0)), 0);
        let timescale = Timescale::new(u32::MAX).unwrap();
        let absurd = Delivery {
            bytes: 1 << 61,
            needed: 0,
            entry: Some(1 << 61),
        };
        assert_eq!(
            continuous(&[absurd; 3], timescale, timescale.time(1)),
            LARGEST_RATE
        );
    }

    proptest! {
        #[test]
        fn the_rate_agrees_with_its_definition(
            segments in prop::collection::vec(
                prop::collection::vec((1u64..2_000, 0u64..500_000), 1..12),
                1..12,
            ),
            earlier in prop::collection::vec(0u64..1_500, 144),
            buffer in 1u64..10_000,
        ) {
            let mut deliveries = deliveries(&segments);
            for (delivery, earlier) in deliveries.iter_mut().zip(earlier) {
                delivery.needed = delivery.needed.saturating_sub(earlier);
            }
            let time = TICKS.time(i64::try_from(buffer).unwrap());
            prop_assert_eq!(
                continuous(&deliveries, TICKS, time),
                by_definition(&deliveries, buffer)
            );
        }
    }
}
