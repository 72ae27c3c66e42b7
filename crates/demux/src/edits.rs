//! Edit lists: how a track's media lies on the presentation.
//!
//! Every edit list is either honoured or refused, because a list that is ignored moves picture
//! against sound. What can be honoured without decoding anything:
//!
//! * empty edits at the start: the track begins later;
//! * an edit that begins after the first sample, where decoding can begin: samples before it go.
//!   Audio keeps a few frames before the edit (the decoder's priming), which players skip because
//!   the package's own edit list says so. A rest of a picture just before a sync sample goes, too,
//!   and the track begins with the sync sample, in its time;
//! * an edit that ends before the last sample: samples after it go, but for pictures that others
//!   are decoded from. Those stay coded behind the track's end, which manifests announce;
//! * several edits that follow each other without a gap.
//!
//! Refused: gaps in the middle, repeated or reordered media, speed changes and pictures cut inside
//! a group of pictures.

use media::{Sample, Time, Timescale, TrackKind};

use crate::limits::MAX_TIME;

/// One entry of an `elst` box, ISO/IEC 14496-12 8.6.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Duration on the presentation, in ticks of `mvhd.timescale`; 0 means "to the end" in
    /// fragmented files and is taken so everywhere.
    pub segment_duration: u64,
    /// Where the edit begins in the media, in ticks of `mdhd.timescale`; -1 for an empty edit.
    pub media_time: i64,
    /// `media_rate`, 16.16 fixed point.
    pub media_rate: i32,
}

/// An edit list that cannot be honoured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// An edit plays its media slower, faster or not at all.
    #[error(
        "edit {index}: media_rate is {:.3}, expected 1: speed changes need a new encode",
        f64::from(*rate) / 65_536.0
    )]
    Rate {
        /// Position in the list.
        index: usize,
        /// The rate asked for, 16.16 fixed point.
        rate: i32,
    },
    /// A negative `media_time` other than -1.
    #[error("edit {index}: media_time is {media_time}, expected -1 or not negative")]
    MediaTime {
        /// Position in the list.
        index: usize,
        /// As written.
        media_time: i64,
    },
    /// Nothing is shown for a while in the middle.
    #[error(
        "edit {index}: is empty after media was shown; only leading empty edits can be honoured"
    )]
    GapInTheMiddle {
        /// Position in the list.
        index: usize,
    },
    /// Media is repeated, skipped or reordered.
    #[error(
        "edit {index}: media_time is {found}, expected {expected} where the edit before it ended; \
         repeated, skipped or reordered media needs a new encode"
    )]
    NotContiguous {
        /// Position in the list.
        index: usize,
        /// Where the edit begins.
        found: i64,
        /// Where the edit before it ended.
        expected: i64,
    },
    /// The list consists of empty edits only, or shows nothing.
    #[error("the edit list shows none of the track's samples")]
    ShowsNothing,
    /// The edit begins between sync samples, so pictures would be decoded and not shown.
    #[error(
        "edit begins at {begin} inside a group of pictures (sync samples at {before} and {after}); \
         cut it at a sync sample or encode it again"
    )]
    StartsInsideGroup {
        /// Where the edit begins on the media timeline.
        begin: Time,
        /// The sync sample before.
        before: Time,
        /// The sync sample after, or the end of the track.
        after: Time,
    },
    /// The list asks to be played over and over.
    #[error("flags ask for the edits to be repeated, which no manifest can say")]
    Repeats,
    /// Numbers too large to mean a time.
    #[error("edit list times are beyond {MAX_TIME} ticks")]
    Overflow,
}

/// How a track's media timeline maps to the presentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Presentation time = pts + offset, in ticks of the track.
    pub offset: i64,
    /// Where the presentation ends although the last sample lasts longer, in ticks; `None` where
    /// it ends with its samples.
    pub end: Option<i64>,
    /// Samples taken from the start of the track because the edit begins after them.
    pub dropped_before: usize,
    /// Samples taken from the end of the track because the edit ends before them.
    pub dropped_after: usize,
}

impl Timeline {
    /// The timeline of a track without an edit list.
    pub const WHOLE: Timeline = Timeline {
        offset: 0,
        end: None,
        dropped_before: 0,
        dropped_after: 0,
    };
}

/// Audio frames kept before the start of an edit: enough for every codec here to converge (Opus
/// asks for 80 ms, which is 4 frames of 20 ms; AAC for one frame, two with SBR).
const PREROLL_FRAMES: usize = 4;

/// The longest rest of a picture that is left out where an edit begins inside it and the next
/// picture is a sync sample: a frame at 25 frames a second.
const LONGEST_REST: Time = Time {
    ticks: 40,
    timescale: Timescale::MILLISECONDS,
};

/// The one stretch of media that an edit list shows.
struct Window {
    /// First media time shown, in ticks.
    begin: i64,
    /// First media time no longer shown; `i64::MAX` for none.
    end: i64,
    /// Presentation time of `begin`, in ticks.
    delay: i64,
}

/// Applies an edit list to a track's samples: removes those that are never shown and says how the
/// others map to the presentation. Samples stay in decoding order.
///
/// # Errors
/// [`EditError`] for every list that cannot be honoured exactly.
pub fn apply(
    edits: &[Edit],
    movie: Timescale,
    track: Timescale,
    kind: TrackKind,
    samples: &mut Vec<Sample>,
) -> Result<Timeline, EditError> {
    let Some(window) = window(edits, movie, track)? else {
        return Ok(Timeline::WHOLE);
    };
    if window.begin > 0 && natural_end(samples) <= window.begin {
        return Err(EditError::ShowsNothing);
    }
    let dropped_after = drop_after(&window, samples);
    let dropped_before = match kind {
        TrackKind::Video => drop_pictures_before(&window, track, samples)?,
        TrackKind::Audio => drop_frames_before(&window, PREROLL_FRAMES, samples),
        TrackKind::Text => drop_frames_before(&window, 0, samples),
    };
    if samples.is_empty() {
        return Err(EditError::ShowsNothing);
    }
    // Both are at most 2^60.
    let offset = window.delay - window.begin;
    let natural = natural_end(samples);
    // Durations are rounded to the movie's ticks, so an end that is nearer than one says nothing.
    let tick = movie.time(1).rescale(track).saturating_add(1);
    let cut = natural.saturating_sub(window.end) > tick;
    let end = cut.then(|| window.end.saturating_add(offset));
    Ok(Timeline {
        offset,
        end,
        dropped_before,
        dropped_after,
    })
}

/// Where the last sample ends, in media time.
fn natural_end(samples: &[Sample]) -> i64 {
    let end = |sample: &Sample| sample.pts().saturating_add(i64::from(sample.duration));
    samples.iter().map(end).max().unwrap_or(0)
}

/// The one stretch of media that the list shows, or `None` for a list without entries.
fn window(edits: &[Edit], movie: Timescale, track: Timescale) -> Result<Option<Window>, EditError> {
    let believed = |ticks: i64| Some(ticks).filter(|ticks| *ticks <= MAX_TIME);
    let ticks = |duration: u64| -> Result<i64, EditError> {
        let duration = i64::try_from(duration).map_err(|_| EditError::Overflow)?;
        believed(movie.time(duration).rescale(track)).ok_or(EditError::Overflow)
    };
    // Durations are rounded to the movie's ticks, so neighbours may miss each other by one.
    let tolerance = movie.time(1).rescale(track).saturating_add(1);
    let mut delay = 0_u64;
    let mut shown: Option<(i64, i64)> = None;
    let trailing = edits
        .iter()
        .rev()
        .take_while(|edit| edit.media_time == -1)
        .count();
    let used = match trailing == edits.len() {
        true => edits,
        false => edits.get(..edits.len() - trailing).unwrap_or(edits),
    };
    for (index, edit) in used.iter().enumerate() {
        if edit.media_time == -1 {
            if shown.is_some() {
                return Err(EditError::GapInTheMiddle { index });
            }
            delay = delay.saturating_add(edit.segment_duration);
            continue;
        }
        if edit.media_time < 0 {
            return Err(EditError::MediaTime {
                index,
                media_time: edit.media_time,
            });
        }
        if edit.media_rate != 0x1_0000 {
            return Err(EditError::Rate {
                index,
                rate: edit.media_rate,
            });
        }
        let begin = believed(edit.media_time).ok_or(EditError::Overflow)?;
        let end = match edit.segment_duration {
            0 => i64::MAX,
            duration => begin + ticks(duration)?,
        };
        shown = match shown {
            None => Some((begin, end)),
            Some((begin, expected)) if edit.media_time.abs_diff(expected) <= tolerance as u64 => {
                Some((begin, end))
            }
            Some((_, expected)) => {
                return Err(EditError::NotContiguous {
                    index,
                    found: edit.media_time,
                    expected,
                });
            }
        };
    }
    match shown {
        Some((begin, end)) => Ok(Some(Window {
            begin,
            end,
            delay: ticks(delay)?,
        })),
        None if edits.is_empty() => Ok(None),
        None => Err(EditError::ShowsNothing),
    }
}

/// Removes the samples behind the window's end that are the last in decoding order.
fn drop_after(window: &Window, samples: &mut Vec<Sample>) -> usize {
    let kept = samples
        .iter()
        .rposition(|sample| sample.pts() < window.end)
        .map_or(0, |at| at + 1);
    let dropped = samples.len() - kept;
    samples.truncate(kept);
    dropped
}

/// Removes the audio or text samples that end before the window, but for `preroll` of them.
fn drop_frames_before(window: &Window, preroll: usize, samples: &mut Vec<Sample>) -> usize {
    let shown = samples
        .iter()
        .position(|sample| sample.pts().saturating_add(i64::from(sample.duration)) > window.begin)
        .unwrap_or(samples.len());
    if shown == samples.len() {
        samples.clear();
        return shown;
    }
    let first = shown.saturating_sub(preroll);
    let sync = samples
        .iter()
        .take(first + 1)
        .rposition(Sample::is_sync)
        .unwrap_or(0);
    samples.drain(..sync);
    sync
}

/// Removes the pictures before the window, which must begin at a sync sample; a sync sample that
/// began before the window but lasts into it is shortened.
fn drop_pictures_before(
    window: &Window,
    track: Timescale,
    samples: &mut Vec<Sample>,
) -> Result<usize, EditError> {
    if samples.iter().all(|sample| sample.pts() >= window.begin) {
        return Ok(0);
    }
    // The picture on screen when the window begins.
    let first = samples
        .iter()
        .enumerate()
        .filter(|(_, sample)| sample.pts() <= window.begin)
        .max_by_key(|(_, sample)| sample.pts());
    let Some((on_screen, _)) = first else {
        return Ok(0);
    };
    let at = sync_at_start(window, track, on_screen, samples);
    let Some(at) = at else {
        return Err(starts_inside_group(window, track, on_screen, samples));
    };
    // Leading pictures of an open group: they follow the sync sample in decoding order and are
    // shown before it, so nothing that stays depends on them.
    let leading = samples
        .iter()
        .skip(at + 1)
        .take_while(|sample| sample.pts() < window.begin)
        .count();
    let later = samples.iter().skip(at + 1 + leading);
    let is_clean = later.clone().all(|sample| sample.pts() >= window.begin);
    if !is_clean {
        return Err(starts_inside_group(window, track, at, samples));
    }
    let next = later.map(|sample| sample.dts).next();
    samples.drain(at + 1..=at + leading);
    samples.drain(..at);
    if let (Some(sync), Some(next)) = (samples.first_mut(), next) {
        // The samples between went, and it lasts until the next that is left.
        sync.duration = u32::try_from(next.saturating_sub(sync.dts)).unwrap_or(u32::MAX);
    }
    if let Some(sync) = samples.first_mut() {
        shorten(sync, window.begin.saturating_sub(sync.pts()).max(0));
    }
    Ok(at + leading)
}

/// The sync sample the window can begin with: the picture on screen, or the one after it where
/// the rest of the picture on screen is too short to be missed. Editors that cut by time leave such
/// rests, of a few milliseconds; the track then begins that much later.
fn sync_at_start(
    window: &Window,
    track: Timescale,
    on_screen: usize,
    samples: &[Sample],
) -> Option<usize> {
    let first = samples.get(on_screen)?;
    if first.is_sync() {
        return Some(on_screen);
    }
    let behind = samples
        .iter()
        .enumerate()
        .filter(|(_, sample)| sample.pts() > window.begin);
    let (at, next) = behind.min_by_key(|(_, sample)| sample.pts())?;
    let rest = track.time(next.pts().saturating_sub(window.begin));
    let is_short = first.pts() < window.begin && rest <= LONGEST_REST;
    (next.is_sync() && is_short).then_some(at)
}

/// Presents a sample `late` ticks later. It is decoded later by as much as the next sample allows;
/// what is left goes into its composition offset.
fn shorten(sample: &mut Sample, late: i64) {
    let late = u32::try_from(late).unwrap_or(u32::MAX);
    let moved = late.min(sample.duration.saturating_sub(1));
    sample.dts = sample.dts.saturating_add(i64::from(moved));
    sample.duration -= moved;
    let rest = i32::try_from(late - moved).unwrap_or(i32::MAX);
    sample.composition_offset = sample.composition_offset.saturating_add(rest);
}

/// The picture at index `at` is on screen where the window begins, and cannot be decoded alone.
fn starts_inside_group(
    window: &Window,
    track: Timescale,
    at: usize,
    samples: &[Sample],
) -> EditError {
    let (before, behind) = samples.split_at((at + 1).min(samples.len()));
    let sync = |sample: &&Sample| sample.is_sync();
    let time = |sample: &Sample| track.time(sample.pts());
    let shown = behind
        .iter()
        .find(|sample| sample.is_sync() && sample.pts() > window.begin);
    EditError::StartsInsideGroup {
        begin: track.time(window.begin),
        before: before
            .iter()
            .rev()
            .find(sync)
            .or(samples.first())
            .map_or(track.time(0), time),
        after: shown.map_or(track.time(natural_end(samples)), time),
    }
}

#[cfg(test)]
mod tests;
