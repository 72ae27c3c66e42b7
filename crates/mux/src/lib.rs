//! CMAF segments, and DASH and HLS manifests from one [`Presentation`] of plain facts.
//!
//! Everything here is a pure function: no file is opened, no clock is read. A [`Presentation`]
//! says what lies where in a package; [`manifest::FORMATS`] lists the ways to announce it.

pub mod bandwidth;
pub mod cmaf;
pub mod manifest;
pub mod presentation;

pub use presentation::Presentation;
