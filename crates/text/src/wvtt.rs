//! WebVTT in samples of an MP4 track. ISO/IEC 14496-30, WebVTT streams.

mod read;
mod samples;

pub use read::{WvttReader, from_wvtt_samples};
pub use samples::{WvttFragment, WvttSample, wvtt_config, wvtt_samples};

#[cfg(test)]
mod tests;
