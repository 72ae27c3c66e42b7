//! What marking needs to know of a track: the parameter sets of its sample entries.

use std::fmt;

use bitstream::nal::LengthSize;
use demux::Track;
use isobmff::Place;
use isobmff::boxes::Avcc;
use media::Codec;

use super::chain;
use crate::Error;
use wm::h264::{Framing, Stream};

/// One stream for each sample entry of a track.
pub(crate) struct Streams {
    of_entries: Vec<Stream>,
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Streams({})", self.of_entries.len())
    }
}

impl Streams {
    /// The streams of a video track.
    ///
    /// # Errors
    /// A codec or a feature that cannot be marked, by its name.
    pub(crate) fn of(input: &str, track: &Track) -> Result<Streams, Error> {
        let refused = |why: String| Error::Track {
            input: input.into(),
            kind: track.kind().word(),
            track: track.id,
            why: format!("cannot be marked: {why}"),
        };
        if track.codec != Codec::Avc {
            return Err(refused(format!("is {}, expected H.264", track.codec)));
        }
        let mut of_entries = Vec::with_capacity(track.entries.len());
        for entry in &track.entries {
            let avcc: Option<Avcc<'_>> = entry
                .read_child(Place::FILE)
                .map_err(|error| refused(chain(&error)))?;
            let avcc = avcc.ok_or_else(|| refused("has no avcC".into()))?;
            let size = LengthSize::from_minus_one(avcc.length_size_minus_one)
                .ok_or_else(|| refused("lengths of NAL units of 3 bytes".into()))?;
            let mut stream = Stream::new(Framing::LengthPrefixed(size));
            let sets = [&avcc.sequence_parameter_sets, &avcc.picture_parameter_sets];
            for set in sets.into_iter().flatten() {
                stream
                    .insert_parameter_set(set)
                    .map_err(|error| refused(chain(&error)))?;
            }
            stream
                .supported()
                .map_err(|feature| refused(format!("{feature} not supported")))?;
            of_entries.push(stream);
        }
        Ok(Streams { of_entries })
    }

    /// The stream of the sample entry at a position.
    pub(crate) fn of_entry(&self, entry: u32) -> Option<&Stream> {
        self.of_entries.get(usize::try_from(entry).ok()?)
    }
}
