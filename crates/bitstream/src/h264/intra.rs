//! Intra prediction of luma, H.264 8.3, on samples before deblocking.
//!
//! Samples are `u16` at every bit depth; blocks are arrays of rows. The predictions are functions
//! of the samples around a block, [`Edge`] and [`Edge16`], and know nothing of pictures.

mod edge;
mod predict_16x16;
mod predict_nxn;

pub use edge::{Edge, Edge16};
pub use predict_16x16::Intra16x16PredMode;
pub use predict_nxn::IntraNxNPredMode;

/// A mode uses samples that are not there: above the picture or slice, or left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAvailable;
