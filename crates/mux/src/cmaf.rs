//! CMAF tracks: init segments and media segments, ISO/IEC 23000-19.
//!
//! A media segment's payload never passes through here. [`segment_head`] and [`fragment_head`]
//! give the bytes that stand before it; whoever has the samples writes them behind, in order. A
//! segment has one fragment, or several where its sample entry changes within.

mod encryption;
mod event;
mod fragment;
mod index;
mod init;
mod protection;
mod run;
#[cfg(test)]
mod tests;

pub use encryption::{clear_boxes, encryption_boxes, encryption_boxes_len};
pub use event::{absolute_event, clock_reference};
pub use fragment::{Fragment, FragmentSize, append_fragment_head, fragment_head, segment_head};
pub use index::{IndexEntry, segment_index, segment_index_at};
pub use init::{Init, init_segment, init_segment_with};
pub use protection::InitProtection;

/// The one track of a CMAF file. Crashes have been seen in other packagers where it is not 1.
const TRACK_ID: u32 = 1;
