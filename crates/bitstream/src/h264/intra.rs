//! Intra prediction and reconstruction of luma, H.264 8.3 and 8.5, on samples before deblocking.
//!
//! [`Picture::reconstruct`] decodes the I slices of a picture; no other picture is needed for
//! that. Whoever changes levels in a closed loop takes the same steps macroblock by macroblock:
//! [`Picture::site`], [`Site::modes_4x4`] or [`Site::modes_8x8`], then for each block a prediction,
//! its [residual](super::transform) and [`Picture::set_4x4`] or its kin, and [`Picture::finish`].
//!
//! Samples are `u16` at every bit depth; blocks are arrays of rows. The predictions are functions
//! of the samples around a block, [`Edge`] and [`Edge16`], and know nothing of pictures.

mod edge;
mod luma;
mod neighbours;
mod picture;
mod place;
mod predict_16x16;
mod predict_nxn;
mod reconstruct;

pub use edge::{Edge, Edge16};
pub use luma::Luma;
pub use picture::{Modes, Picture, Site, at_4x4, at_8x8};
pub use place::{Place, Structure};
pub use predict_16x16::Intra16x16PredMode;
pub use predict_nxn::IntraNxNPredMode;
pub use reconstruct::ReconstructError;

/// A mode uses samples that are not there: above the picture or slice, or left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAvailable;
