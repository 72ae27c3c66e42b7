//! Syntax of coded video and audio, as far as packaging and the rewriting of slices need it.
//!
//! * [`bits`]: reading and writing bits, every error naming its element and position.
//! * [`nal`]: NAL units in samples and byte streams; emulation prevention.
//! * [`h264`], [`hevc`]: parameter sets and slice headers; [`sei`], [`usability`]: what both have.
//! * [`h264::slice_data`]: intra slices to levels and back; [`h264::transform`], [`h264::intra`]:
//!   levels to luma samples before deblocking.
//! * [`av1`], [`vp9`]: sequence and key frame headers.
//! * [`aac`], [`ac3`], [`opus`], [`flac`]: what configuration records say of sound.
//! * [`codec_string`], [`colour`]: what manifests say of a codec.
//!
//! Everything here is a pure function of the bytes given, and none of it trusts them: a value out
//! of range is an [`Error`] with its place, and work and memory are bounded by the bytes present.

pub mod aac;
pub mod ac3;
pub mod av1;
pub mod bits;
pub mod codec_string;
pub mod colour;
mod error;
pub mod flac;
pub mod h264;
pub mod hevc;
pub mod nal;
pub mod opus;
pub mod sei;
pub mod usability;
pub mod vp9;

pub use error::Error;
