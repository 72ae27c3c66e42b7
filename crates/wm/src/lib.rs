//! The mark: one bit for each video segment, put into its pictures.
//!
//! Every segment exists as variant 0 and variant 1; the order in which a viewer gets them spells
//! who the viewer is. Variants differ by a keyed [`pattern`](Pattern), added in one and subtracted
//! in the other.
//!
//! Everything here is a pure function: no input or output, no clock, no randomness, no threads.
//! Whoever calls runs segments in parallel.

pub mod h264;

mod grid;
mod key;
mod layers;
mod pattern;
mod record;
mod strength;

pub use grid::Grid;
pub use key::{ContentKey, KeyError, MasterKey};
pub use layers::Layers;
pub use pattern::Pattern;
pub use record::{PictureRecord, Record};
pub use strength::Strength;
