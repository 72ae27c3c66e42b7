//! The mark: one bit for each video segment, put into its pictures.
//!
//! Every segment exists as variant 0 and variant 1; the order in which a viewer gets them spells
//! who the viewer is. Variants differ by a keyed [`pattern`](Pattern), added in one and subtracted
//! in the other.
//!
//! Everything here is a pure function: no input or output, no clock, no randomness, no threads.
//! Whoever calls runs segments in parallel.

pub mod h264;

mod baseband;
mod grid;
mod kernel;
mod key;
mod layers;
mod mask;
mod pattern;
mod plane;
mod record;
mod strength;

pub use baseband::{Baseband, BasebandError};
pub use grid::Grid;
pub use kernel::Level;
pub use key::{ContentKey, KeyError, MasterKey};
pub use layers::Layers;
pub use mask::Mask;
pub use pattern::Pattern;
pub use plane::{Plane, PlaneError, PlaneMut, Sample, Shape};
pub use record::{PictureRecord, Record};
pub use strength::Strength;
