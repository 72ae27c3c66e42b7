//! HTTP Live Streaming: `master.m3u8` and a media playlist in each rendition's folder, RFC 8216.
//!
//! Attributes that came later (`SUPPLEMENTAL-CODECS`, `VIDEO-RANGE`) follow its successor,
//! draft-pantos-hls-rfc8216bis. Clients ignore attributes they do not know, so these raise no
//! version.

mod attributes;
mod audio;
mod keys;
mod master;
mod playlist;
mod tracks;

use media::TrackKind;

use super::{Document, ManifestError};
use crate::Presentation;
use crate::presentation::Rendition;

/// The media playlists, then a master playlist for each track type, then the one of everything.
pub(super) fn write(presentation: &Presentation) -> Result<Vec<Document>, ManifestError> {
    presentation.check()?;
    presentation.check_hls()?;
    let target = playlist::common_target(presentation);
    let mut documents = Vec::new();
    for kind in [TrackKind::Video, TrackKind::Audio, TrackKind::Text] {
        let own = presentation.of_kind(kind);
        for rendition in own.filter(|rendition| !rendition.is_elsewhere()) {
            let text = playlist::media(presentation, rendition, target);
            documents.push(Document {
                path: media_path(rendition),
                text,
            });
            if let Some(text) = playlist::iframes(presentation, rendition, target) {
                documents.push(Document {
                    path: iframe_path(rendition),
                    text,
                });
            }
        }
    }
    for track_type in &presentation.tracktypes {
        documents.push(Document {
            path: format!("master_{}.m3u8", track_type.name),
            text: master::write(&presentation.of_track_type(track_type), target)?,
        });
    }
    let text = master::write(presentation, target)?;
    documents.push(Document {
        path: "master.m3u8".into(),
        text,
    });
    Ok(documents)
}

fn media_path(rendition: &Rendition) -> String {
    format!("{}/stream.m3u8", rendition.path())
}

fn iframe_path(rendition: &Rendition) -> String {
    format!("{}/iframe.m3u8", rendition.path())
}
