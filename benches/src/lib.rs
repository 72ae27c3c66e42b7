//! Inputs of the benchmarks: made by the same steps on every machine, and shaped like real titles.
//!
//! * [`film`]: tracks with the sample times and sizes of an encoder's output.
//! * [`movie`]: such tracks as a progressive or fragmented MP4, its media left out ([`sparse`])
//!   or written to a file.
//! * [`ladder`], [`slices`]: the sample ladder of `testdata`, and the intra slices in it.
//! * [`subtitles`], [`presentation`]: a long WebVTT file, and the facts of a long package.
//! * [`sink`]: where packages go whose storage is not to be measured.
//!
//! Nothing here meets hostile input, so what cannot be built is a panic that says why.

pub mod film;
pub mod ladder;
pub mod movie;
pub mod presentation;
pub mod random;
pub mod sink;
pub mod slices;
pub mod sparse;
pub mod subtitles;
