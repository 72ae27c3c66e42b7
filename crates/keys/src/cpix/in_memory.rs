//! Documents in memory.

use super::{CpixError, Document, select};
use crate::{Error, Obtained, Place, Request};

/// A CPIX document in memory, whose keys are in the clear.
pub struct CpixDocument(Document);

impl CpixDocument {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// [`CpixError`], where it is none.
    pub fn parse(text: &[u8]) -> Result<CpixDocument, CpixError> {
        Document::parse(text).map(CpixDocument)
    }

    /// The keys that `request` needs.
    ///
    /// # Errors
    ///
    /// [`Error`], where it has not all of them, or they are encrypted.
    pub fn obtain(&self, request: &Request<'_>) -> Result<Obtained, Error> {
        let mut obtained = Obtained::default();
        select(&self.0, None, request, &[], &Place::Document, &mut obtained)?;
        Ok(obtained)
    }
}
