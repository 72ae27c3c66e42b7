//! A whole movie, progressive or fragmented, read by position.

use isobmff::FourCc;
use media::{Time, Timescale};

use crate::event::Event;
use crate::trak::Unusable;
use crate::truncation::{Truncation, WholeTime};
use crate::walk::Walk;
use crate::{Error, Limits, Source, Track};

/// What to do about a file that ends before the media it announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenTruncated {
    /// [`Error::Truncated`].
    Refuse,
    /// Keep the samples that are whole and say so in [`Movie::truncated`].
    KeepWhole,
}

/// A movie: its tracks with every table resolved, none of its media.
#[derive(Clone, Debug)]
pub struct Movie {
    /// `ftyp.major_brand`, where there is an `ftyp`.
    pub major_brand: Option<FourCc>,
    /// `mvhd.timescale`.
    pub timescale: Timescale,
    /// Whether samples lie in movie fragments; also for a movie without samples that announces
    /// fragments, as an init segment does.
    pub is_fragmented: bool,
    /// The tracks that can be packaged, in the file's order.
    pub tracks: Vec<Track>,
    /// The tracks that cannot, and why.
    pub unusable: Vec<Unusable>,
    /// `emsg` and `prft` boxes of a fragmented file.
    pub events: Vec<Event>,
    /// Set where the file ends early and what is whole was kept.
    pub truncated: Option<Truncation>,
    /// What was tolerated.
    pub warnings: Vec<String>,
}

impl Movie {
    /// Reads a movie: box headers at the top level, `moov`, `moof`, `emsg` and `prft` whole, and
    /// nothing else.
    ///
    /// # Errors
    /// [`Error`]; among them [`Error::Truncated`] unless `when_truncated` says to keep what is
    /// whole.
    pub fn read(
        source: &(impl Source + ?Sized),
        limits: &Limits,
        when_truncated: WhenTruncated,
    ) -> Result<Movie, Error> {
        let mut walk = Walk::over(source, limits)?;
        let expects_fragments = walk.expects_fragments();
        let Some(mut moov) = walk.moov.take() else {
            return Err(walk.no_movie());
        };
        moov.add_fragments(std::mem::take(&mut walk.fragmented));
        let has_samples = moov.traks.iter().any(|trak| !trak.track.samples.is_empty());
        let mut movie = Movie {
            major_brand: walk.major_brand,
            timescale: moov.timescale,
            is_fragmented: walk.has_fragments || expects_fragments && !has_samples,
            tracks: Vec::new(),
            unusable: moov.unusable,
            events: walk.events,
            truncated: None,
            warnings: walk.warnings,
        };
        let cut_short = walk.cut_short.as_ref();
        let missing =
            Truncation::find(&mut moov.traks, walk.file_len, cut_short, expects_fragments);
        // An edit list may be at odds with a file of which half is missing, so that is said first.
        let refused = missing.is_some() && when_truncated == WhenTruncated::Refuse;
        let mut whole = WholeTime::default();
        for trak in moov.traks {
            let lost = trak.lost;
            match trak.finish(movie.timescale, walk.has_fragments) {
                Ok(Ok(track)) => {
                    whole.take(&track, lost);
                    movie.tracks.push(track);
                }
                Ok(Err(why)) => {
                    whole.take_empty(lost);
                    movie.unusable.push(why);
                }
                Err(_) if refused => whole.take_empty(lost),
                Err(error) => return Err(error),
            }
        }
        if let Some(what) = missing {
            let whole: Time = whole.time();
            if refused {
                return Err(Error::Truncated { what, whole });
            }
            movie
                .tracks
                .iter_mut()
                .for_each(|track| track.end_at(whole));
            movie.truncated = Some(Truncation { what, whole });
        }
        Ok(movie)
    }
}

#[cfg(test)]
mod tests;
