//! Reading and writing bits, with the position and the element's name in every error.
//!
//! A parser passes each element's name to the reader, so its code reads like the syntax table
//! and an error knows what it was about.

mod reader;
mod writer;

pub use reader::BitReader;
pub use writer::{BitString, BitWriter};
