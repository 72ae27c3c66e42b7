//! Coded H.264 video, its mark, and who judges it.
//!
//! [`film`] is a stream as marking gets it, from any file; [`access_units`] cuts byte streams;
//! [`decoders`] decode with foreign programs and compare pictures with the pattern; [`rebuild`]
//! decodes intra pictures with ours; [`level`] and [`buffer`] are the limits a decoder may count on.

pub mod access_units;
pub mod buffer;
pub mod decoders;
pub mod film;
pub mod level;
pub mod rebuild;
pub mod timing;
