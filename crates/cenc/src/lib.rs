//! Common encryption: which bytes of a sample are encrypted, how, and with what.
//!
//! * [`scheme`]: the four schemes of ISO/IEC 23001-7 over one sample, or many at once.
//!
//! Everything here is a pure function: no input or output, no clock, no randomness, no threads.
//! Random bits come from whoever calls. Keys are overwritten when dropped and never shown.

mod hex;
mod key;
pub mod scheme;

pub use key::{Fingerprint, Key, Kid, ParseKeyError};
