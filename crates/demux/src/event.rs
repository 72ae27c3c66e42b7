//! Boxes that travel beside the media: events and clock references.

use isobmff::FourCc;

use crate::fragments::FragmentStarts;

/// An `emsg` or `prft` box of a fragmented file, with the fragment it stands before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `emsg` or `prft`.
    pub kind: FourCc,
    /// The whole box.
    pub bytes: Vec<u8>,
    /// Of the fragment behind it: the first sample of each track, as `track_ID` and index. The
    /// index counts the samples that an edit list took away as well.
    pub before: FragmentStarts,
}

impl Event {
    pub(crate) fn new(kind: FourCc, bytes: Vec<u8>) -> Event {
        Event {
            kind,
            bytes,
            before: FragmentStarts::new(),
        }
    }
}
