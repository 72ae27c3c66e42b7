//! How long the boxes of encrypted fragments are, which shows only once they are made.

/// Bytes of the boxes that encryption adds to fragments, by segment.
#[derive(Clone, Debug, Default)]
pub(crate) struct BoxBytes {
    segments: Vec<Box<[u32]>>,
}

/// No boxes at all.
static NONE: BoxBytes = BoxBytes {
    segments: Vec::new(),
};

impl BoxBytes {
    /// No boxes at all.
    pub(crate) fn none() -> &'static BoxBytes {
        &NONE
    }

    /// Takes down what was added to each fragment of a segment.
    pub(crate) fn set(&mut self, segment: usize, fragments: Box<[u32]>) {
        if self.segments.len() <= segment {
            self.segments.resize_with(segment + 1, Box::default);
        }
        if let Some(known) = self.segments.get_mut(segment) {
            *known = fragments;
        }
    }

    /// What was added to a fragment of a segment.
    pub(crate) fn of(&self, segment: usize, fragment: usize) -> u64 {
        let fragments = self.segments.get(segment);
        let bytes = fragments.and_then(|fragments| fragments.get(fragment));
        bytes.copied().map_or(0, u64::from)
    }
}
