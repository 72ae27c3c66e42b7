//! Cues put together again from the samples they were cut into.

use crate::document::Cue;
use crate::error::Error;
use crate::format::MAX_BYTES;
use crate::timestamp::MAX_MS;
use media::Timescale;
use std::collections::HashMap;

/// What two parts of one cue have in common: source, identifier, settings and text.
type Content = (Option<i32>, Option<String>, String, String);

/// Takes the cues of one sample after another and joins those that go on.
#[derive(Debug)]
pub(crate) struct Merger {
    timescale: Timescale,
    samples: u64,
    bytes: u64,
    cues: Vec<Cue>,
    /// Cues that last to the end of the previous sample, by content.
    open: HashMap<Content, Vec<usize>>,
    open_end_ms: i64,
}

/// One sample: its index and when it is shown, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) index: u64,
    pub(crate) start_ms: i64,
    pub(crate) end_ms: i64,
}

impl Merger {
    pub(crate) fn new(timescale: Timescale) -> Merger {
        Merger {
            timescale,
            samples: 0,
            bytes: 0,
            cues: Vec::new(),
            open: HashMap::new(),
            open_end_ms: 0,
        }
    }

    /// Counts a sample of `bytes` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] when all samples together are beyond [`MAX_BYTES`].
    pub(crate) fn sample(
        &mut self,
        start: i64,
        duration: u32,
        bytes: usize,
    ) -> Result<Span, Error> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.bytes > MAX_BYTES as u64 {
            return Err(Error::TooLarge {
                bytes: self.bytes,
                limit: MAX_BYTES as u64,
            });
        }
        let ms = |ticks: i64| {
            self.timescale
                .time(ticks)
                .rescale(Timescale::MILLISECONDS)
                .clamp(0, MAX_MS)
        };
        let start_ms = ms(start);
        let end_ms = ms(start.saturating_add(i64::from(duration)));
        let index = self.samples;
        self.samples += 1;
        Ok(Span {
            index,
            start_ms,
            end_ms,
        })
    }

    /// Adds the cues of the sample `span`, each with the identifier of its source. Cues outside
    /// the sample are cut to it.
    pub(crate) fn add(&mut self, span: Span, cues: impl IntoIterator<Item = (Option<i32>, Cue)>) {
        if span.start_ms != self.open_end_ms {
            self.open.clear();
        }
        let mut open: HashMap<Content, Vec<usize>> = HashMap::new();
        for (source, mut cue) in cues {
            cue.start_ms = cue.start_ms.max(span.start_ms);
            cue.end_ms = cue.end_ms.min(span.end_ms);
            if cue.end_ms <= cue.start_ms {
                continue;
            }
            let lasts = cue.end_ms == span.end_ms;
            let content = (
                source,
                cue.id.clone(),
                cue.settings.clone(),
                cue.text.clone(),
            );
            let before = if cue.start_ms == span.start_ms {
                self.open.get_mut(&content).and_then(Vec::pop)
            } else {
                None
            };
            let index = match before.and_then(|index| Some((index, self.cues.get_mut(index)?))) {
                Some((index, begun)) => {
                    begun.end_ms = cue.end_ms;
                    index
                }
                None => {
                    self.cues.push(cue);
                    self.cues.len() - 1
                }
            };
            if lasts {
                open.entry(content).or_default().push(index);
            }
        }
        self.open = open;
        self.open_end_ms = span.end_ms;
    }

    pub(crate) fn finish(self) -> Vec<Cue> {
        self.cues
    }
}
