//! Documents in files.

use std::path::PathBuf;

use super::{Document, PrivateKey, select};
use crate::{Error, Obtained, Place, Request, input};

/// Most bytes of a document; one of a thousand keys for three DRM systems is 5 MB.
const MAX_BYTES: u64 = 16 << 20;

/// A CPIX document in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CpixFile {
    /// The document.
    pub path: PathBuf,
    /// A PEM file with the RSA key that its keys are encrypted for.
    pub private_key: Option<PathBuf>,
}

impl CpixFile {
    pub(crate) fn obtain(&self, request: &Request<'_>) -> Result<Obtained, Error> {
        let place = Place::File(self.path.clone());
        let mut obtained = Obtained::default();
        let private_key = match &self.private_key {
            Some(path) => {
                let (key, warning) = PrivateKey::read_file(path)?;
                obtained.warnings.extend(warning);
                Some(key)
            }
            None => None,
        };
        let file = input::read_file(&self.path, MAX_BYTES, "a CPIX document")?;
        let document = Document::parse(&file.text).map_err(|error| Error::Cpix {
            place: place.clone(),
            error,
        })?;
        if document.is_clear() {
            obtained.warnings.extend(file.warning);
        }
        let key = private_key.as_ref();
        select(&document, key, request, &[], &place, &mut obtained)?;
        Ok(obtained)
    }
}
