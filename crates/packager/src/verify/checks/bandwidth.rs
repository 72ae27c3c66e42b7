//! Rates announced are rates kept.

use media::Time;

use super::timeline::nanoseconds;
use crate::verify::Check;
use crate::verify::announced::{Announced, Content};
use crate::verify::finding::Findings;
use crate::verify::hls::{Master, Variant};
use crate::verify::mpd::Mpd;
use crate::verify::package::Package;
use crate::verify::playlist::attribute;

pub(super) const CHECK: Check = Check {
    name: "bandwidth",
    run,
};

/// Bits per second that rounding up may have added or left out.
const ROUNDING: u128 = 2;

/// Nanoseconds that `EXTINF` in microseconds may be short of a segment's duration.
const EXTINF_ROUNDING: u128 = 1_000;

const SECOND: u128 = 1_000_000_000;

/// Bits and nanoseconds of a segment.
type Piece = (u128, u128);

fn run(package: &Package, findings: &mut Findings) {
    for mpd in package
        .mpds
        .iter()
        .filter(|mpd| !announces_averages(package, mpd))
    {
        for announced in &mpd.announced {
            representation(package, mpd, announced, findings);
        }
    }
    for master in &package.masters {
        for variant in &master.variants {
            stream(package, master, variant, findings);
        }
    }
}

fn pieces(package: &Package, announced: &Announced) -> Vec<Piece> {
    let piece = |segment: &crate::verify::announced::AnnouncedSegment| {
        let size = package.files.size(&segment.location.path)?;
        let bytes = segment.location.bytes(size)?;
        let duration = u128::try_from(nanoseconds(segment.duration)).ok()?;
        Some((u128::from(bytes.end - bytes.start) * 8, duration))
    };
    announced.segments.iter().filter_map(piece).collect()
}

/// Whether every `@bandwidth` is the average rate: a job may ask for that instead of the smallest
/// rate that never stalls.
fn announces_averages(package: &Package, mpd: &Mpd) -> bool {
    mpd.announced.iter().all(|announced| {
        let average = average(&pieces(package, announced));
        announced
            .bandwidth
            .is_some_and(|rate| average.abs_diff(rate.into()) <= ROUNDING)
    })
}

/// `@bandwidth`: sent at this rate from any segment on, every sample is there when it is presented if
/// playback starts after `@minBufferTime`. ISO/IEC 23009-1 5.3.5.2. Looked at by segments, so the
/// least that can be said of its samples is said: all have come when the segment ends.
fn representation(package: &Package, mpd: &Mpd, announced: &Announced, findings: &mut Findings) {
    let (Some(bandwidth), Some(buffer)) = (announced.bandwidth, mpd.min_buffer_time) else {
        return;
    };
    let pieces = pieces(package, announced);
    let rate = u128::from(bandwidth) + ROUNDING;
    if let Some(index) = stall(&pieces, rate, buffer) {
        let (number, buffer) = (index + 1, buffer);
        let expected =
            format!("enough to have segment {number} in time after {buffer} of buffering");
        findings.add(announced.at(), "@bandwidth", bandwidth, expected);
    }
}

/// The first segment that comes late at `rate` bits per second after `buffer`; starting from any
/// segment, which the worst start so far stands for.
fn stall(pieces: &[Piece], rate: u128, buffer: Time) -> Option<usize> {
    let buffer = i128::from(nanoseconds(buffer));
    let rate = i128::try_from(rate).unwrap_or(i128::MAX >> 64);
    let second = SECOND as i128;
    // Nanoseconds times rate are bits times a second; how far sending lags behind playing.
    let mut lag = 0i128;
    for (index, (bits, duration)) in pieces.iter().enumerate() {
        let (bits, duration) = (i128::try_from(*bits).ok()?, i128::try_from(*duration).ok()?);
        lag = lag.max(0).saturating_add(bits.saturating_mul(second));
        let played = rate.saturating_mul(duration);
        if lag > rate.saturating_mul(buffer).saturating_add(played) {
            return Some(index);
        }
        lag = lag.saturating_sub(played);
    }
    None
}

/// `BANDWIDTH` and `AVERAGE-BANDWIDTH`: the largest sum of peak and average rates over what can
/// play together. RFC 8216 4.3.4.2.
fn stream(package: &Package, master: &Master, variant: &Variant, findings: &mut Findings) {
    let place = format!("line {}", variant.line);
    let at = (master.path.as_str(), place.as_str());
    let mut sums = (0u128, 0u128);
    for paths in variant.playlists(master) {
        let rates = paths.iter().filter_map(|path| {
            let announced = master.media.get(*path)?;
            let target = master.target_durations.get(*path).copied().unwrap_or(1);
            let mut pieces = pieces(package, announced);
            pieces
                .iter_mut()
                .for_each(|(_, duration)| *duration += EXTINF_ROUNDING);
            // An I-frame playlist has no runs to speak of: every frame counts.
            let frames = announced.content == Content::FrameRanges;
            let peak = if frames {
                average(&pieces)
            } else {
                peak(&pieces, target)
            };
            Some((peak, average(&pieces)))
        });
        let rates: Vec<(u128, u128)> = rates.collect();
        sums.0 += rates.iter().map(|rate| rate.0).max().unwrap_or(0);
        sums.1 += rates.iter().map(|rate| rate.1).max().unwrap_or(0);
    }
    for (name, least, required) in [
        ("BANDWIDTH", sums.0, true),
        ("AVERAGE-BANDWIDTH", sums.1, false),
    ] {
        let value = attribute(&variant.attributes, name).map(str::parse::<u64>);
        let rate = match value {
            Some(Ok(rate)) => rate,
            None if !required => continue,
            None | Some(Err(_)) => {
                findings.add(at, name, "missing or unreadable", "bits per second");
                continue;
            }
        };
        // One rate per playlist that plays together was rounded.
        if u128::from(rate) + ROUNDING * 4 < least {
            findings.add(at, name, rate, format!("at least {least}"));
        }
    }
}

/// All bits by the whole duration, rounded up.
fn average(pieces: &[Piece]) -> u128 {
    let (bits, duration) = pieces.iter().fold((0u128, 0u128), |sum, piece| {
        (sum.0 + piece.0, sum.1 + piece.1)
    });
    bits.saturating_mul(SECOND).div_ceil(duration.max(1))
}

/// The largest rate of a run of segments that lasts 0.5 to 1.5 target durations.
fn peak(pieces: &[Piece], target: u64) -> u128 {
    let target = u128::from(target).saturating_mul(SECOND);
    let mut largest = None;
    for start in 0..pieces.len() {
        let (mut bits, mut duration) = (0, 0);
        for piece in pieces.iter().skip(start) {
            bits += piece.0;
            duration += piece.1;
            if duration * 2 > target * 3 {
                break;
            }
            if duration * 2 >= target && duration > 0 {
                largest = largest.max(Some(bits.saturating_mul(SECOND).div_ceil(duration)));
            }
        }
    }
    largest.unwrap_or_else(|| average(pieces))
}

#[cfg(test)]
mod tests {
    use media::Timescale;

    use super::*;

    const MBIT: u128 = 1_000_000;

    fn seconds(seconds: i64) -> Time {
        Timescale::MILLISECONDS.time(seconds * 1000)
    }

    #[test]
    fn a_rate_stalls_where_a_run_of_segments_outgrows_the_buffer() {
        let even = [(2 * MBIT, 2 * SECOND); 4];
        // 8 Mbit within 2 + 8 s.
        assert_eq!(stall(&even, MBIT * 8 / 10, seconds(2)), None);
        assert_eq!(stall(&even, MBIT * 8 / 10 - 1, seconds(2)), Some(3));
        let mut peak = even;
        peak[2] = (4 * MBIT, 2 * SECOND);
        // 8 Mbit within 2 + 6 s.
        assert_eq!(stall(&peak, MBIT, seconds(2)), None);
        assert_eq!(stall(&peak, MBIT - 1, seconds(2)), Some(2));
    }

    #[test]
    fn a_peak_is_over_runs_of_about_the_target_duration() {
        let pieces = [
            (2 * MBIT, 2 * SECOND),
            (4 * MBIT, 2 * SECOND),
            (MBIT, SECOND / 2),
        ];
        assert_eq!(peak(&pieces, 2), 2 * MBIT);
        assert_eq!(peak(&pieces[2..], 2), 2 * MBIT);
        assert_eq!(average(&pieces), 1_555_556);
    }
}
