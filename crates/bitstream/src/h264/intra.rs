//! Intra prediction of luma, H.264 8.3, on samples before deblocking.
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
