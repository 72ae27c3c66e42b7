//! Where content keys come from.
//!
//! * [`GivenKeys`]: arguments, a file, standard input.
//! * [`CpixFile`]: a CPIX document, with keys in the clear or encrypted for a private key.
//! * [`SpekeServer`]: a key server, SPEKE 1 and 2. The only HTTP client.
//!
//! A [`Source`] is asked with a [`Request`] and gives a ring of keys, and what a server said that
//! manifests and boxes should say. Keys and the texts they came in are overwritten when dropped;
//! no error, warning or `Debug` repeats them, and since a key may stand where something else
//! should, neither does any repeat what could not be understood. What the HTTP client and the
//! system keep in their buffers is out of reach.

mod base64;
mod cpix;
mod error;
mod given;
mod input;
mod signalling;
mod source;
mod speke;
mod xml;

pub use cpix::{CpixDocument, CpixError, CpixFile};
pub use error::{Error, Place};
pub use given::{EntryError, GivenKeys};
pub use signalling::Signalling;
pub use source::{Obtained, Request, Source};
pub use speke::{
    Patience, Recipient, SpekeError, SpekeHeaders, SpekeServer, SpekeUrl, SpekeVersion,
};
pub use xml::XmlError;
