//! Where content keys come from.
//!
//! * [`GivenKeys`]: arguments, a file, standard input.
//!
//! A [`Source`] is asked with a [`Request`] and gives a ring of keys, and what a server said that
//! manifests and boxes should say. Keys and the texts they came in are overwritten when dropped;
//! no error, warning or `Debug` repeats them, and since a key may stand where something else
//! should, neither does any repeat what could not be understood.

mod error;
mod given;
mod signalling;
mod source;

pub use error::{Error, Place};
pub use given::{EntryError, GivenKeys};
pub use signalling::Signalling;
pub use source::{Obtained, Request, Source};
