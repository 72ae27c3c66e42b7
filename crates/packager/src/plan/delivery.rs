//! When the bytes of a rendition are needed.

use media::Time;
use mux::bandwidth::{self, Delivery};

use super::Rendition;
use crate::Error;
use crate::protecting::BoxBytes;

impl Rendition {
    /// The smallest rate at which every sample comes in time, `min_buffer_time` after the first
    /// bit; in bits per second.
    pub(crate) fn continuous_rate(
        &self,
        min_buffer_time: Time,
        boxes: &BoxBytes,
    ) -> Result<u64, Error> {
        let deliveries = self.deliveries(boxes)?;
        let timescale = self.track.timescale;
        Ok(bandwidth::continuous(
            &deliveries,
            timescale,
            min_buffer_time,
        ))
    }

    /// Every sample with what stands before it in its segment.
    fn deliveries(&self, boxes: &BoxBytes) -> Result<Vec<Delivery>, Error> {
        let needed = self.needed();
        let mut out = Vec::with_capacity(needed.len());
        for (index, segment) in self.segments.iter().enumerate() {
            let mut before = self.segment_head(index)?.len() as u64;
            let mut entry = u64::try_from(segment.start).ok();
            let sizes = self.fragment_sizes(index, boxes);
            for ((fragment, samples), size) in self.fragments(index).zip(sizes) {
                before += size.head;
                let needed = needed.get(samples).unwrap_or_default();
                for (sample, needed) in fragment.samples.iter().zip(needed) {
                    out.push(Delivery {
                        bytes: std::mem::take(&mut before) + u64::from(sample.size),
                        needed: u64::try_from(*needed).unwrap_or(0),
                        entry: entry.take(),
                    });
                }
            }
        }
        Ok(out)
    }

    /// For each sample, when it is presented or one that is decoded after it, whichever is first.
    fn needed(&self) -> Vec<i64> {
        let mut needed: Vec<i64> = self
            .track
            .samples
            .iter()
            .map(|sample| self.track.presentation(sample))
            .collect();
        let mut earliest = i64::MAX;
        for time in needed.iter_mut().rev() {
            earliest = earliest.min(*time);
            *time = earliest;
        }
        needed
    }
}
