//! Transform coefficients: scanning, scaling, the inverse transforms of decoding (H.264 8.5) and
//! the forward transforms that say which levels bring a block closer to a target.
//!
//! Blocks are arrays of rows. The inverse transforms are exact, rounding included. All arithmetic
//! wraps: a stream that conforms keeps every intermediate value within 16 bits above the bit depth
//! of 8, so nothing wraps there, and levels of any size give some block instead of an overflow.

mod dequantise;
mod forward;
mod inverse;
mod lanes;
mod level_scale;
mod scaling_lists;
mod scan;

pub use dequantise::{Quantiser, next_luma_qp};
pub use forward::{forward_4x4, forward_8x8, hadamard_4x4};
pub use inverse::{inverse_4x4, inverse_8x8, inverse_dc};
pub use level_scale::LevelScale;
pub use scaling_lists::ScalingLists;
pub use scan::Scan;

/// Four rows of four values.
pub type Block4x4 = [[i32; 4]; 4];

/// Eight rows of eight values.
pub type Block8x8 = [[i32; 8]; 8];
