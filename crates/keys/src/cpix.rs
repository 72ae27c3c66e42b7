//! CPIX documents: DASH-IF Content Protection Information Exchange, 2.0 to 2.4.

mod delivery;
mod document;
mod error;
mod file;
mod in_memory;
mod pixels;
mod private_key;
mod rule;
mod secret;
mod select;
mod signalling;

pub use error::CpixError;
pub use file::CpixFile;
pub use in_memory::CpixDocument;

pub(crate) use document::Document;
pub(crate) use pixels::Pixels;
pub(crate) use private_key::PrivateKey;
pub(crate) use select::{Asked, select};
