//! ISO base media file format: the syntax of boxes, read and written.
//!
//! One file per box under [`boxes`], over a small [`Reader`] and [`Writer`]. The reader knows
//! the path of the box and its position in the file, so an error says
//! `moov/trak[1]/tkhd at byte 132: track_ID: needs 4 bytes, 2 left`. What is read is what the
//! bytes say; what follows from it is a method, or somebody else's business: this crate resolves
//! no table and applies no default.
//!
//! There is no input or output here. A file is walked by reading the first
//! [`BoxHeader::MAX_LEN`] bytes of each top-level box for [`BoxHeader::parse`], loading the
//! boxes that matter, and leaving `mdat` where it is. [`Boxes`] iterates over the children of a
//! loaded box without descending, so nesting is never deeper than the code that asks for it.
//! Tables stay in the loaded buffer behind [`Table`]; nothing is allocated on the word of a
//! count.

mod body;
pub mod boxes;
mod error;
mod fourcc;
mod header;
mod place;
mod raw;
mod reader;
mod table;
mod writer;

pub use body::BoxBody;
pub use error::Error;
pub use fourcc::FourCc;
pub use header::BoxHeader;
pub use place::Place;
pub use raw::{Boxes, RawBox};
pub use reader::Reader;
pub use table::{Row, Rows, Table};
pub use writer::Writer;
