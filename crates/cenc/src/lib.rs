//! Common encryption: which bytes of a sample are encrypted, how, and with what.
//!
//! * [`scheme`]: the four schemes of ISO/IEC 23001-7 over one sample, or many at once.
//! * [`ranges`]: the subsamples of a sample, by codec.
//! * [`iv`]: counters that are used once, and the proof of it.
//! * [`policy`]: which track gets which key.
//! * [`drm`]: what each DRM system needs in boxes and manifests.
//!
//! Everything here is a pure function: no input or output, no clock, no randomness, no threads.
//! Random bits come from whoever calls. Keys are overwritten when dropped and never shown.

mod base64;
pub mod drm;
mod hex;
pub mod iv;
mod key;
pub mod policy;
pub mod ranges;
pub mod scheme;

pub use base64::base64;
pub use key::{Fingerprint, Key, Kid, ParseKeyError};
