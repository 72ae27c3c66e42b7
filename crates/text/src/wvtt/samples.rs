//! Cues into samples: the timeline cut wherever a cue begins or ends.

use crate::document::{Cue, Document};
use crate::error::Error;
use crate::markup::{fit_for_file, fit_for_line};
use crate::timeline::{MAX_SEGMENT_BYTES, Timeline, too_dense};
use crate::timestamp;
use isobmff::Writer;
use isobmff::boxes::{VttCue, VttEmptyCue};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The samples of one segment of a WebVTT track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WvttFragment {
    /// The samples' bytes, one after another.
    pub data: Vec<u8>,
    /// Gapless and in order.
    pub samples: Vec<WvttSample>,
}

/// One sample: an interval in which the same cues are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WvttSample {
    /// In milliseconds on the media timeline.
    pub start_ms: i64,
    /// In milliseconds, never 0.
    pub duration_ms: u32,
    /// In bytes.
    pub size: u32,
}

/// The text of the `vttC` box: the WebVTT header without a line break at its end.
pub fn wvtt_config(document: &Document) -> &str {
    &document.header
}

/// The samples of `document` from `from_ms` to `to_ms`: see [`Timeline::wvtt_samples`], which is
/// faster for more than one segment.
///
/// # Errors
///
/// Those of [`Timeline::wvtt_samples`].
pub fn wvtt_samples(document: &Document, from_ms: i64, to_ms: i64) -> Result<WvttFragment, Error> {
    Timeline::new(document).wvtt_samples(from_ms, to_ms)
}

impl Timeline<'_> {
    /// The samples that fill the timeline from `from_ms` to `to_ms` without gaps: a new one at
    /// every start and end of a cue, each with a `vttc` box for every cue shown and `vtte` where
    /// none is.
    ///
    /// A cue that lies in more than one sample carries a `vsid` box with its index in the
    /// document, the same in every segment, so that readers can join it again. A cue whose text
    /// has timestamps carries a `ctim` box with the time of the sample. Equal bounds give no
    /// sample.
    ///
    /// # Errors
    ///
    /// [`Error::Interval`] for bounds no segment has, [`Error::TooDense`] beyond
    /// [`MAX_SEGMENT_BYTES`].
    pub fn wvtt_samples(&self, from_ms: i64, to_ms: i64) -> Result<WvttFragment, Error> {
        let length = to_ms
            .checked_sub(from_ms)
            .and_then(|length| u32::try_from(length).ok());
        if from_ms < 0 || length.is_none() {
            return Err(Error::Interval { from_ms, to_ms });
        }
        let mut changes: BTreeMap<i64, Change> = BTreeMap::new();
        let cues = self.between(from_ms, to_ms);
        for (place, (_, cue)) in cues.iter().enumerate() {
            changes
                .entry(cue.start_ms.max(from_ms))
                .or_default()
                .begin
                .push(place);
            changes
                .entry(cue.end_ms.min(to_ms))
                .or_default()
                .end
                .push(place);
        }
        changes.entry(from_ms).or_default();
        changes.entry(to_ms).or_default();

        let instants: Vec<i64> = changes.keys().copied().collect();
        let mut writer = Writer::new();
        let mut samples = Vec::new();
        let mut active: BTreeMap<usize, Active<'_>> = BTreeMap::new();
        let mut previous: Option<i64> = None;
        for (instant, change) in changes {
            if let Some(start) = previous {
                samples.push(sample(&mut writer, &active, start, instant)?);
            }
            for place in change.end {
                active.remove(&place);
            }
            for place in change.begin {
                if let Some((index, cue)) = cues.get(place) {
                    let split = is_split(cue, from_ms, to_ms, &instants);
                    active.insert(place, Active::new(*index, cue, split));
                }
            }
            previous = Some(instant);
        }
        // Nothing but a box beyond 4 GiB does not fit its field.
        let data = writer.finish().map_err(|_| too_dense(from_ms))?;
        Ok(WvttFragment { data, samples })
    }
}

/// Cues that begin and end at one instant, by their place in the interval's list.
#[derive(Default)]
struct Change {
    begin: Vec<usize>,
    end: Vec<usize>,
}

/// Whether `cue` lies in more than one sample of the track.
fn is_split(cue: &Cue, from_ms: i64, to_ms: i64, instants: &[i64]) -> bool {
    let after_start = instants.partition_point(|instant| *instant <= cue.start_ms);
    let change_within = instants
        .get(after_start)
        .is_some_and(|instant| *instant < cue.end_ms);
    cue.start_ms < from_ms || cue.end_ms > to_ms || change_within
}

/// A cue being shown.
struct Active<'d> {
    source_id: Option<i32>,
    id: Option<Cow<'d, str>>,
    settings: Option<Cow<'d, str>>,
    text: Cow<'d, str>,
    /// Whether its text has timestamps, which need the sample's time beside them.
    timed: bool,
}

impl<'d> Active<'d> {
    fn new(index: usize, cue: &'d Cue, split: bool) -> Active<'d> {
        let text = fit_for_file(&cue.text);
        Active {
            source_id: split.then(|| i32::try_from(index).unwrap_or(i32::MAX)),
            id: cue.id.as_deref().map(fit_for_line),
            settings: Some(fit_for_line(&cue.settings)).filter(|settings| !settings.is_empty()),
            timed: has_timestamp(&text),
            text,
        }
    }
}

fn has_timestamp(text: &str) -> bool {
    let mut tags = text.split('<').skip(1);
    tags.any(|tag| timestamp::take(tag).is_some_and(|(_, rest)| rest.starts_with('>')))
}

/// Writes the sample that shows `active` from `start_ms` to `end_ms`.
fn sample(
    writer: &mut Writer,
    active: &BTreeMap<usize, Active<'_>>,
    start_ms: i64,
    end_ms: i64,
) -> Result<WvttSample, Error> {
    let before = writer.len();
    if active.is_empty() {
        writer.body(&VttEmptyCue);
    }
    let time = timestamp::format(start_ms);
    for cue in active.values() {
        writer.body(&VttCue {
            source_id: cue.source_id,
            id: cue.id.as_deref().map(str::as_bytes),
            current_time: cue.timed.then_some(time.as_bytes()),
            settings: cue.settings.as_deref().map(str::as_bytes),
            payload: cue.text.as_bytes(),
        });
        if writer.len() > MAX_SEGMENT_BYTES {
            return Err(too_dense(start_ms));
        }
    }
    let size = u32::try_from(writer.len() - before).unwrap_or(u32::MAX);
    let duration_ms = u32::try_from(end_ms - start_ms).unwrap_or(u32::MAX);
    Ok(WvttSample {
        start_ms,
        duration_ms,
        size,
    })
}
