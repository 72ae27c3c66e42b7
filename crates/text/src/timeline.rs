//! A document cut into the pieces of a segmented track.

use crate::document::{Cue, Document};
use crate::error::Error;
use crate::timestamp;
use crate::write::push_cue;

/// The longest text segment that is written, in bytes. A document whose cues overlap without end
/// would otherwise grow by the square of its size.
pub const MAX_SEGMENT_BYTES: usize = 16 << 20;

/// A document whose cues can be found by time. Make one and cut all segments from it.
#[derive(Clone, Debug)]
pub struct Timeline<'d> {
    document: &'d Document,
    /// Indices of the cues that are ever shown, ordered by start.
    order: Vec<usize>,
    /// The latest end among the cues up to each of `order`; ascends.
    latest_end: Vec<i64>,
}

impl<'d> Timeline<'d> {
    /// Orders the cues of `document`.
    pub fn new(document: &'d Document) -> Timeline<'d> {
        let shown = |(_, cue): &(usize, &Cue)| cue.end_ms > cue.start_ms;
        let mut order: Vec<(usize, &Cue)> =
            document.cues.iter().enumerate().filter(shown).collect();
        order.sort_by_key(|(_, cue)| cue.start_ms);
        let mut latest = i64::MIN;
        let latest_end = order
            .iter()
            .map(|(_, cue)| {
                latest = latest.max(cue.end_ms);
                latest
            })
            .collect();
        let order = order.into_iter().map(|(index, _)| index).collect();
        Timeline {
            document,
            order,
            latest_end,
        }
    }

    /// The document.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// The cues ordered by start.
    pub(crate) fn cues(&self) -> impl Iterator<Item = &'d Cue> {
        self.indexed(0, self.order.len()).map(|(_, cue)| cue)
    }

    /// The cues shown at any time from `from_ms` up to but not at `to_ms`, with their index in
    /// the document, ordered by start.
    pub(crate) fn between(
        &self,
        from_ms: i64,
        to_ms: i64,
    ) -> impl Iterator<Item = (usize, &'d Cue)> {
        let first = self.latest_end.partition_point(|end| *end <= from_ms);
        let starts_before = |index: &usize| {
            self.document
                .cues
                .get(*index)
                .is_some_and(|cue| cue.start_ms < to_ms)
        };
        let last = self.order.partition_point(starts_before);
        self.indexed(first, last)
            .filter(move |(_, cue)| cue.end_ms > from_ms)
    }

    fn indexed(&self, first: usize, last: usize) -> impl Iterator<Item = (usize, &'d Cue)> {
        let order = self.order.get(first..last).unwrap_or_default();
        let document = self.document;
        order
            .iter()
            .filter_map(move |index| Some((*index, document.cues.get(*index)?)))
    }

    /// The WebVTT segment that plays from `from_ms` to `to_ms`, for HLS: the header with an
    /// `X-TIMESTAMP-MAP` that ties cue times to the media timeline (RFC 8216, 3.5), style sheets
    /// and regions, and every cue shown in the interval with its own unchanged times.
    ///
    /// # Errors
    ///
    /// [`Error::TooDense`] beyond [`MAX_SEGMENT_BYTES`].
    pub fn webvtt_segment(&self, from_ms: i64, to_ms: i64) -> Result<String, Error> {
        let header = &self.document.header;
        let (signature, rest) = header.split_at(header.find('\n').unwrap_or(header.len()));
        let mut out = String::with_capacity(header.len() + 128);
        out.push_str(signature);
        out.push_str("\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000");
        out.push_str(rest);
        out.push('\n');
        for (_, cue) in self.between(from_ms, to_ms) {
            push_cue(&mut out, cue);
            if out.len() > MAX_SEGMENT_BYTES {
                return Err(too_dense(from_ms));
            }
        }
        Ok(out)
    }
}

pub(crate) fn too_dense(at_ms: i64) -> Error {
    Error::TooDense {
        at: timestamp::format(at_ms),
        limit: MAX_SEGMENT_BYTES as u64,
    }
}

#[cfg(test)]
mod tests;
