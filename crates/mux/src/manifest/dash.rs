//! MPEG-DASH: `stream.mpd`, ISO/IEC 23009-1.
//!
//! [`build`] turns facts into the typed [`model`], [`xml`] writes the model; nothing else knows
//! the names of elements.

mod build;
mod descriptors;
mod model;
mod protection;
mod segments;
mod sets;
mod xml;

use super::{Document, ManifestError};
use crate::Presentation;

/// An MPD for each track type, then the one of everything.
pub(super) fn write(presentation: &Presentation) -> Result<Vec<Document>, ManifestError> {
    presentation.check()?;
    let mut documents = Vec::new();
    for track_type in &presentation.tracktypes {
        documents.push(Document {
            path: format!("stream_{}.mpd", track_type.name),
            text: xml::write(&build::mpd(&presentation.of_track_type(track_type)))?,
        });
    }
    documents.push(Document {
        path: "stream.mpd".into(),
        text: xml::write(&build::mpd(presentation))?,
    });
    Ok(documents)
}
