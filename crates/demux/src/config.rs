//! Sample entries: which codec, and what it presents.

mod audio;
mod text;
mod video;

use isobmff::boxes::{SampleEntry, Sinf, Tkhd};
use isobmff::{FourCc, Place};
use media::{Codec, TrackKind};

use crate::trak::WhyUnusable;
use crate::{Error, Facts};

/// What the sample entries of a track say.
pub(crate) struct Configuration {
    pub(crate) codec: Codec,
    pub(crate) codec_string: String,
    pub(crate) facts: Facts,
    /// The entries as they go into a package.
    pub(crate) entries: Vec<SampleEntry>,
}

/// What one sample entry says.
type Described = (Codec, String, Facts);

/// Reads the sample entries of a track; the first decides what manifests say. The inner error is a
/// track that is well formed and cannot be packaged.
///
/// # Errors
/// A decoder configuration that is malformed, and entries of different codecs.
pub(crate) fn read(
    entries: &[SampleEntry],
    kind: TrackKind,
    tkhd: &Tkhd,
    place: &Place<'_>,
) -> Result<Result<Configuration, WhyUnusable>, Error> {
    let mut first: Option<Described> = None;
    let mut out = Vec::with_capacity(entries.len());
    for (index, entry) in (0..).zip(entries) {
        let at = place.indexed(entry.kind, index);
        if is_protected(entry.kind) {
            return Ok(Err(encrypted(entry, at)?));
        }
        let described = match kind {
            TrackKind::Video => video::describe(entry, tkhd, at)?,
            TrackKind::Audio => audio::describe(entry, at)?,
            TrackKind::Text => text::describe(entry, at)?,
        };
        let described = match described {
            Ok(described) => described,
            Err(name) => return Ok(Err(WhyUnusable::Codec(name))),
        };
        match &first {
            None => first = Some(described),
            Some((codec, ..)) if *codec == described.0 => {}
            Some((codec, ..)) => {
                let text = format!("is {}, expected {codec} as in the first entry", described.0);
                return Err(Error::table(at, text));
            }
        }
        let mut iso = entry.to_iso(at)?;
        // The package has one data reference: its own file.
        iso.data_reference_index = 1;
        out.push(iso);
    }
    let Some((codec, codec_string, facts)) = first else {
        return Ok(Err(WhyUnusable::Empty));
    };
    Ok(Ok(Configuration {
        codec,
        codec_string,
        facts,
        entries: out,
    }))
}

fn is_protected(format: FourCc) -> bool {
    [
        b"encv", b"enca", b"enct", b"encs", b"encu", b"drmi", b"drms",
    ]
    .contains(&&format.0)
}

fn encrypted(entry: &SampleEntry, place: Place<'_>) -> Result<WhyUnusable, Error> {
    let sinf = entry.read_child::<Sinf<'_>>(place)?;
    let scheme = sinf
        .and_then(|sinf| sinf.scheme)
        .map(|schm| schm.scheme_type.to_string());
    let scheme = scheme.unwrap_or_else(|| "an unnamed scheme".into());
    Ok(WhyUnusable::Encrypted {
        entry: entry.kind,
        scheme,
    })
}

/// An error in the syntax of the codec itself.
fn codec_error(place: Place<'_>) -> impl FnOnce(bitstream::Error) -> Error {
    let place = place.to_string();
    move |source| Error::Codec { place, source }
}
