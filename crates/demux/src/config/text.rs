//! Sample entries of subtitles.

use bitstream::codec_string;
use isobmff::Place;
use isobmff::boxes::{SampleEntry, TextFields, VttConfiguration};
use media::Codec;

use super::Described;
use crate::{Error, Facts, TextFacts};

/// What a text sample entry says; the inner error names a codec that is not carried.
pub(super) fn describe(
    entry: &SampleEntry,
    place: Place<'_>,
) -> Result<Result<Described, String>, Error> {
    let Some(fields) = entry.text() else {
        return Ok(Err(entry.kind.to_string()));
    };
    let plain = Facts::Text(TextFacts::default());
    Ok(Ok(match fields {
        TextFields::WebVtt => {
            let config = entry.read_child::<VttConfiguration<'_>>(place)?;
            let header = config.map_or_else(String::new, |config| {
                String::from_utf8_lossy(config.text).into_owned()
            });
            let facts = Facts::Text(TextFacts { header });
            (Codec::WebVtt, codec_string::WEBVTT.into(), facts)
        }
        TextFields::Ttml { .. } => (Codec::Ttml, codec_string::TTML.into(), plain),
        TextFields::TimedText { .. } => (Codec::TimedText, codec_string::TIMED_TEXT.into(), plain),
    }))
}
