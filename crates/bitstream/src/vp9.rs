//! VP9: frames in samples, and their uncompressed headers.
//!
//! Clauses are those of the VP9 Bitstream & Decoding Process Specification. Values that nothing
//! read later depends on are passed over.

mod color_config;
mod error;
mod frame_header;
mod key_frame;
mod superframe;

pub use error::FrameError;
pub use frame_header::{FrameHeader, References, UncompressedHeader};
pub use key_frame::KeyFrameHeader;
pub use superframe::frames;
