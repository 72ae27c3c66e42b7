//! MPEG-DASH: `stream.mpd`, ISO/IEC 23009-1.
//!
//! [`build`] turns facts into the typed [`model`], [`xml`] writes the model; nothing else knows
//! the names of elements.

mod build;
mod descriptors;
mod model;
mod segments;
mod sets;
mod xml;

use super::{Document, ManifestError};
use crate::Presentation;

/// The MPD.
pub(super) fn write(presentation: &Presentation) -> Result<Vec<Document>, ManifestError> {
    presentation.check()?;
    let text = xml::write(&build::mpd(presentation))?;
    Ok(vec![Document {
        path: "stream.mpd".into(),
        text,
    }])
}
