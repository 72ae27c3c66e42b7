//! CMAF tracks: init segments and media segments, ISO/IEC 23000-19.
//!
//! A media segment's payload never passes through here. [`segment_head`] and [`fragment_head`]
//! give the bytes that stand before it; whoever has the samples writes them behind, in order.

mod event;
mod fragment;
mod index;
mod init;

pub use event::{absolute_event, clock_reference};
pub use fragment::{Fragment, fragment_head, segment_head};
pub use index::{IndexEntry, segment_index};
pub use init::{Init, init_segment};
