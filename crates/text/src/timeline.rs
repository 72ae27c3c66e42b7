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
    /// The latest end among the cues below each node of a binary tree over `order`: node 1 is
    /// the root, 2n and 2n + 1 lie below node n, and the second half are the cues themselves.
    /// Finds the cues of a segment without passing over all before it, however long one lasts.
    latest_end: Vec<i64>,
}

impl<'d> Timeline<'d> {
    /// Orders the cues of `document`.
    pub fn new(document: &'d Document) -> Timeline<'d> {
        let shown = |(_, cue): &(usize, &Cue)| cue.end_ms > cue.start_ms;
        let mut cues: Vec<(usize, &Cue)> = document.cues.iter().enumerate().filter(shown).collect();
        cues.sort_by_key(|(_, cue)| cue.start_ms);
        let leaves = cues.len().next_power_of_two();
        let mut latest_end = vec![i64::MIN; leaves];
        latest_end.extend(cues.iter().map(|(_, cue)| cue.end_ms));
        latest_end.resize(2 * leaves, i64::MIN);
        for node in (1..leaves).rev() {
            let below = latest_end.get(2 * node..2 * node + 2).unwrap_or_default();
            let latest = below.iter().copied().max().unwrap_or(i64::MIN);
            if let Some(end) = latest_end.get_mut(node) {
                *end = latest;
            }
        }
        let order = cues.into_iter().map(|(index, _)| index).collect();
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
        let document = self.document;
        self.order
            .iter()
            .filter_map(|index| document.cues.get(*index))
    }

    /// The cues shown at any time from `from_ms` up to but not at `to_ms`, with their index in
    /// the document, ordered by start.
    pub(crate) fn between(&self, from_ms: i64, to_ms: i64) -> Vec<(usize, &'d Cue)> {
        let document = self.document;
        let starts_before = |index: &usize| {
            document
                .cues
                .get(*index)
                .is_some_and(|cue| cue.start_ms < to_ms)
        };
        let last = self.order.partition_point(starts_before);
        let leaves = self.latest_end.len() / 2;
        let mut found = Vec::new();
        // Nodes to look below, each with its first cue and how many it has.
        let mut open = vec![(1, 0, leaves)];
        while let Some((node, first, count)) = open.pop() {
            let ended = self.latest_end.get(node).is_none_or(|end| *end <= from_ms);
            if ended || first >= last {
                continue;
            }
            if count > 1 {
                open.push((2 * node + 1, first + count / 2, count / 2));
                open.push((2 * node, first, count / 2));
            } else if let Some(index) = self.order.get(first)
                && let Some(cue) = document.cues.get(*index)
            {
                found.push((*index, cue));
            }
        }
        found
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
