//! The `moov` box: the movie's header, its tracks and the defaults of its fragments.

use isobmff::boxes::{Mvhd, Trex};
use isobmff::{BoxBody, FourCc, Place, RawBox};
use media::Timescale;

use crate::fragments::{FragmentedTrack, default_trex};
use crate::limits::most_samples;
use crate::trak::{Trak, Unusable};
use crate::{Error, Limits};

/// What a `moov` box says.
pub(crate) struct Moov {
    /// `mvhd.timescale`.
    pub(crate) timescale: Timescale,
    /// The tracks that can be packaged.
    pub(crate) traks: Vec<Trak>,
    /// The tracks that cannot.
    pub(crate) unusable: Vec<Unusable>,
    /// Whether an `mvex` announces fragments.
    pub(crate) announces_fragments: bool,
    /// Defaults from `mvex`, for tracks that can be packaged or not.
    trexes: Vec<Trex>,
}

/// The boxes of a `moov`, of which one is needed or many are allowed.
#[derive(Default)]
struct Parts<'a> {
    timescale: Option<Timescale>,
    traks: Vec<RawBox<'a>>,
    announces_fragments: bool,
    trexes: Vec<Trex>,
    is_compressed: bool,
}

impl<'a> Parts<'a> {
    fn parse(moov: &RawBox<'a>, place: &Place<'_>, limits: &Limits) -> Result<Parts<'a>, Error> {
        let mut parts = Parts::default();
        for child in moov.children(*place) {
            let child = child?;
            match &child.kind.0 {
                b"mvhd" => {
                    let mvhd = Mvhd::parse(&child, place)?;
                    parts.timescale = Timescale::new(mvhd.timescale);
                    if parts.timescale.is_none() {
                        let text = "timescale: is 0, expected at least 1";
                        return Err(Error::table(place.child(child.kind), text));
                    }
                }
                b"trak" => parts.traks.push(child),
                b"mvex" => {
                    parts.announces_fragments = true;
                    parts.parse_mvex(&child, place.child(child.kind), limits)?;
                }
                b"cmov" => parts.is_compressed = true,
                _ => {}
            }
        }
        Ok(parts)
    }

    fn parse_mvex(
        &mut self,
        mvex: &RawBox<'a>,
        place: Place<'_>,
        limits: &Limits,
    ) -> Result<(), Error> {
        for child in mvex.children(place) {
            let child = child?;
            if child.kind == Trex::KIND && self.trexes.len() < limits.max_tracks {
                self.trexes.push(Trex::parse(&child, &place)?);
            }
        }
        Ok(())
    }
}

impl Moov {
    /// Reads a `moov` box of a file of `file_len` bytes.
    pub(crate) fn parse(moov: &RawBox<'_>, file_len: u64, limits: &Limits) -> Result<Moov, Error> {
        let place = Place::FILE.child(moov.kind);
        let parts = Parts::parse(moov, &place, limits)?;
        let Some(timescale) = parts.timescale else {
            let text = match parts.is_compressed {
                true => "is compressed (cmov), which is not supported; write the file again",
                false => "has no mvhd box",
            };
            return Err(Error::table(place, text));
        };
        if parts.traks.len() > limits.max_tracks {
            return Err(Error::TooMany {
                place: place.to_string(),
                what: "tracks",
                count: parts.traks.len() as u64,
                limit: limits.max_tracks as u64,
            });
        }
        let mut room = most_samples(file_len);
        let mut out = Moov {
            timescale,
            traks: Vec::new(),
            unusable: Vec::new(),
            announces_fragments: parts.announces_fragments,
            trexes: parts.trexes,
        };
        for (index, raw) in (0..).zip(&parts.traks) {
            let at = place.indexed(raw.kind, index);
            match Trak::parse(raw, &at, file_len, limits, room)? {
                Ok(trak) => {
                    let id = trak.track.id;
                    if out.traks.iter().any(|other| other.track.id == id) {
                        let text = format!("track_ID: is {id}, which an earlier track has");
                        return Err(Error::table(at.child(FourCc(*b"tkhd")), text));
                    }
                    room = room.saturating_sub(trak.track.samples.len());
                    out.traks.push(trak);
                }
                Err(why) => out.unusable.push(why),
            }
        }
        Ok(out)
    }

    /// Takes the samples out of the tracks, for fragments to add to, with the defaults that `mvex`
    /// has for them. Tracks that are not packaged follow: their runs say where others begin.
    pub(crate) fn fragmented(&mut self) -> Vec<FragmentedTrack> {
        let trex = |id| self.trexes.iter().find(|trex| trex.track_id == id).copied();
        let mut tracks: Vec<FragmentedTrack> = Vec::new();
        for trak in &mut self.traks {
            let id = trak.track.id;
            tracks.push(FragmentedTrack {
                id,
                is_kept: true,
                trex: trex(id).unwrap_or_else(|| default_trex(id)),
                samples: std::mem::take(&mut trak.track.samples),
                entry_runs: std::mem::take(&mut trak.track.entry_runs),
            });
        }
        for trex in &self.trexes {
            if tracks.iter().all(|track| track.id != trex.track_id) {
                tracks.push(FragmentedTrack {
                    id: trex.track_id,
                    is_kept: false,
                    trex: *trex,
                    samples: Vec::new(),
                    entry_runs: Vec::new(),
                });
            }
        }
        tracks
    }

    /// Gives the samples back to the tracks.
    pub(crate) fn add_fragments(&mut self, fragmented: Vec<FragmentedTrack>) {
        for found in fragmented.into_iter().filter(|found| found.is_kept) {
            if let Some(trak) = self.traks.iter_mut().find(|trak| trak.track.id == found.id) {
                trak.track.samples = found.samples;
                trak.track.entry_runs = found.entry_runs;
            }
        }
    }
}
