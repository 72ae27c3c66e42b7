//! A whole movie, progressive or fragmented, read by position.

use std::io;

use isobmff::boxes::{Ftyp, Mvhd, Trex};
use isobmff::{BoxBody, BoxHeader, FourCc, Place, RawBox};
use media::{Time, Timescale};

use crate::event::Event;
use crate::fragments::{self, FragmentedTrack};
use crate::trak::{Trak, Unusable};
use crate::truncation::Truncation;
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
    /// Whether the samples lie in movie fragments.
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
        let file_len = source.len().map_err(|error| Error::Read {
            offset: 0,
            len: 0,
            source: error,
        })?;
        let mut walk = Walk::new(source, file_len, limits);
        walk.run()?;
        let Some(mut movie) = walk.movie.take() else {
            return Err(walk.no_movie());
        };
        movie.movie.major_brand = walk.major_brand;
        movie.add_fragments(walk.fragmented);
        movie.finish(file_len, walk.cut_short, when_truncated)
    }
}

/// A movie between its `moov` and its last fragment.
struct Unfinished {
    movie: Movie,
    traks: Vec<Trak>,
}

/// The walk over the top level of a file.
struct Walk<'s, S: ?Sized> {
    source: &'s S,
    file_len: u64,
    limits: &'s Limits,
    movie: Option<Unfinished>,
    fragmented: Vec<FragmentedTrack>,
    major_brand: Option<FourCc>,
    seen: Vec<FourCc>,
    pending: Vec<Event>,
    /// The box that is announced to go on behind the end of the file.
    cut_short: Option<BoxHeader>,
}

impl<'s, S: Source + ?Sized> Walk<'s, S> {
    fn new(source: &'s S, file_len: u64, limits: &'s Limits) -> Self {
        Walk {
            source,
            file_len,
            limits,
            movie: None,
            fragmented: Vec::new(),
            major_brand: None,
            seen: Vec::new(),
            pending: Vec::new(),
            cut_short: None,
        }
    }

    fn run(&mut self) -> Result<(), Error> {
        let mut offset = 0;
        let mut boxes = 0;
        while offset < self.file_len {
            boxes += 1;
            let left = self.file_len - offset;
            if let (true, Some(unfinished)) = (left < 8, &mut self.movie) {
                let text = format!("{left} bytes at the end are too few for a box");
                unfinished.movie.warnings.push(text);
                return Ok(());
            }
            if boxes > self.limits.max_top_level_boxes {
                return Err(Error::TooMany {
                    place: "file".into(),
                    what: "boxes at the top level",
                    count: boxes as u64,
                    limit: self.limits.max_top_level_boxes as u64,
                });
            }
            let header = match self.header(offset) {
                Ok(header) => header,
                Err(Error::Box(error)) if self.is_harmless_tail() => {
                    if let Some(unfinished) = &mut self.movie {
                        let text = format!("{left} bytes at the end are no box: {error}");
                        unfinished.movie.warnings.push(text);
                    }
                    return Ok(());
                }
                Err(error) => return Err(error),
            };
            if header.end() > self.file_len {
                // What was being written when the file was cut. A cut mdat may still hold whole
                // samples; of a cut moov or moof nothing can be used.
                self.cut_short = Some(header);
                return Ok(());
            }
            if self.seen.len() < 16 {
                self.seen.push(header.kind);
            }
            self.visit(&header)?;
            offset = header.end();
        }
        Ok(())
    }

    /// Whether bytes that are no box may stand here: behind the media of a progressive movie.
    fn is_harmless_tail(&self) -> bool {
        self.movie
            .as_ref()
            .is_some_and(|unfinished| !unfinished.movie.is_fragmented)
    }

    fn header(&self, offset: u64) -> Result<BoxHeader, Error> {
        let mut bytes = [0; BoxHeader::MAX_LEN];
        let left = usize::try_from(self.file_len - offset).unwrap_or(usize::MAX);
        let len = left.min(bytes.len());
        self.fill(&mut bytes[..len], offset)?;
        Ok(BoxHeader::parse_beyond_end(
            &bytes[..len],
            offset,
            self.file_len,
            &Place::FILE,
        )?)
    }

    fn fill(&self, buffer: &mut [u8], offset: u64) -> Result<(), Error> {
        let len = buffer.len() as u64;
        let read = self.source.read_exact_at(buffer, offset);
        read.map_err(|error: io::Error| Error::Read {
            offset,
            len,
            source: error,
        })
    }

    /// The whole box as bytes, where its size is within `limit`.
    fn load(&self, header: &BoxHeader, limit: u64) -> Result<Vec<u8>, Error> {
        let len = usize::try_from(header.size)
            .ok()
            .filter(|_| header.size <= limit);
        let Some(len) = len else {
            return Err(Error::TooMany {
                place: header.kind.to_string(),
                what: "bytes",
                count: header.size,
                limit,
            });
        };
        let mut bytes = vec![0; len];
        self.fill(&mut bytes, header.offset)?;
        Ok(bytes)
    }

    fn visit(&mut self, header: &BoxHeader) -> Result<(), Error> {
        match &header.kind.0 {
            b"ftyp" => {
                let bytes = self.load(header, self.limits.max_event_bytes)?;
                let raw = RawBox::parse(&bytes, header.offset, &Place::FILE)?;
                self.major_brand = Some(Ftyp::parse(&raw, &Place::FILE)?.major_brand);
            }
            b"moov" if self.movie.is_some() => {
                // The specification allows one; players take the first.
                if let Some(unfinished) = &mut self.movie {
                    let text = format!("second moov box at byte {} ignored", header.offset);
                    unfinished.movie.warnings.push(text);
                }
            }
            b"moov" => {
                let bytes = self.load(header, self.limits.max_moov_bytes)?;
                let raw = RawBox::parse(&bytes, header.offset, &Place::FILE)?;
                self.read_moov(&raw)?;
            }
            b"moof" => {
                if self.movie.is_none() {
                    return Ok(());
                }
                let bytes = self.load(header, self.limits.max_moof_bytes)?;
                let raw = RawBox::parse(&bytes, header.offset, &Place::FILE)?;
                self.read_moof(&raw)?;
            }
            b"emsg" | b"prft" => {
                let bytes = self.load(header, self.limits.max_event_bytes)?;
                self.pending.push(Event::new(header.kind, bytes));
            }
            _ => {}
        }
        Ok(())
    }

    fn read_moov(&mut self, moov: &RawBox<'_>) -> Result<(), Error> {
        let place = Place::FILE.child(moov.kind);
        let mut timescale = None;
        let mut trexes: Vec<Trex> = Vec::new();
        let mut is_fragmented = false;
        let mut trak_boxes = Vec::new();
        for child in moov.children(place) {
            let child = child?;
            match &child.kind.0 {
                b"mvhd" => {
                    let mvhd = Mvhd::parse(&child, &place)?;
                    timescale = Timescale::new(mvhd.timescale);
                    if timescale.is_none() {
                        let text = "timescale: is 0, expected at least 1";
                        return Err(Error::table(place.child(child.kind), text));
                    }
                }
                b"trak" => trak_boxes.push(child),
                b"mvex" => {
                    is_fragmented = true;
                    let mvex = place.child(child.kind);
                    for inner in child.children(mvex) {
                        let inner = inner?;
                        if inner.kind == Trex::KIND {
                            trexes.push(Trex::parse(&inner, &mvex)?);
                        }
                    }
                }
                _ => {}
            }
        }
        let Some(timescale) = timescale else {
            return Err(Error::table(place, "has no mvhd box"));
        };
        if trak_boxes.len() > self.limits.max_tracks {
            return Err(Error::TooMany {
                place: place.to_string(),
                what: "tracks",
                count: trak_boxes.len() as u64,
                limit: self.limits.max_tracks as u64,
            });
        }
        let mut unusable = Vec::new();
        let mut traks: Vec<Trak> = Vec::new();
        for (index, raw) in (0..).zip(&trak_boxes) {
            let at = place.indexed(raw.kind, index);
            match Trak::parse(raw, &at, self.file_len, self.limits)? {
                Ok(trak) => {
                    if traks.iter().any(|other| other.track.id == trak.track.id) {
                        let text =
                            format!("track_ID: is {}, which an earlier track has", trak.track.id);
                        return Err(Error::table(at.child(FourCc::new(b"tkhd")), text));
                    }
                    traks.push(trak);
                }
                Err(why) => unusable.push(why),
            }
        }
        for trak in &mut traks {
            if !is_fragmented {
                break;
            }
            let id = trak.track.id;
            let Some(trex) = trexes.iter().find(|trex| trex.track_id == id) else {
                continue;
            };
            self.fragmented.push(FragmentedTrack {
                id,
                trex: *trex,
                samples: std::mem::take(&mut trak.track.samples),
                entry_runs: std::mem::take(&mut trak.track.entry_runs),
            });
        }
        let movie = Movie {
            major_brand: None,
            timescale,
            is_fragmented,
            tracks: Vec::new(),
            unusable,
            events: Vec::new(),
            truncated: None,
            warnings: Vec::new(),
        };
        self.movie = Some(Unfinished { movie, traks });
        Ok(())
    }

    fn read_moof(&mut self, moof: &RawBox<'_>) -> Result<(), Error> {
        let starts = fragments::append(
            moof,
            &Place::FILE,
            &mut self.fragmented,
            self.file_len,
            self.limits,
        )?;
        if let Some(unfinished) = &mut self.movie {
            for mut event in self.pending.drain(..) {
                event.before.clone_from(&starts);
                unfinished.movie.events.push(event);
            }
        }
        Ok(())
    }

    /// Why there is no movie, from what was seen instead.
    fn no_movie(&self) -> Error {
        let why = match (&self.cut_short, self.seen.as_slice()) {
            _ if self.file_len == 0 => "the file is empty".into(),
            (Some(header), seen)
                if &header.kind.0 == b"moov" || seen.contains(&FourCc(*b"ftyp")) =>
            {
                format!(
                    "the file ends at byte {} inside its {} box, which is announced to end at byte {}: \
                     it is truncated, and nothing of it is whole",
                    self.file_len,
                    header.kind,
                    header.end()
                )
            }
            (_, seen)
                if seen
                    .iter()
                    .any(|kind| &kind.0 == b"moof" || &kind.0 == b"styp") =>
            {
                "this is a media segment; its init segment is needed before it".into()
            }
            (_, []) => "this is no MP4 or QuickTime file".into(),
            (_, seen) => {
                let kinds: Vec<String> = seen.iter().map(FourCc::to_string).collect();
                format!("the file holds only {}", kinds.join(", "))
            }
        };
        Error::NoMovie { why }
    }
}

impl Unfinished {
    /// Gives the samples of fragments back to their tracks.
    fn add_fragments(&mut self, fragmented: Vec<FragmentedTrack>) {
        for found in fragmented {
            if let Some(trak) = self.traks.iter_mut().find(|trak| trak.track.id == found.id) {
                trak.track.samples = found.samples;
                trak.track.entry_runs = found.entry_runs;
            }
        }
    }

    /// Checks every sample against the file's length, applies the edit lists, and drops tracks
    /// without samples.
    fn finish(
        mut self,
        file_len: u64,
        cut_short: Option<BoxHeader>,
        when_truncated: WhenTruncated,
    ) -> Result<Movie, Error> {
        let truncation = Truncation::find(&mut self.traks, file_len, cut_short.as_ref());
        let mut movie = self.movie;
        for trak in self.traks {
            match trak.finish(movie.timescale, movie.is_fragmented)? {
                Ok(track) => movie.tracks.push(track),
                Err(why) => movie.unusable.push(why),
            }
        }
        if let Some(what) = truncation {
            let truncated = Truncation {
                whole: whole_time(&movie.tracks),
                what,
            };
            if when_truncated == WhenTruncated::Refuse {
                return Err(Error::Truncated {
                    what: truncated.what,
                    whole: truncated.whole,
                });
            }
            movie.truncated = Some(truncated);
        }
        Ok(movie)
    }
}

/// The time up to which every track is whole.
fn whole_time(tracks: &[Track]) -> Time {
    let ends = tracks
        .iter()
        .map(|track| track.timescale.time(track.to_cut().end()));
    ends.min().unwrap_or(Timescale::MILLISECONDS.time(0))
}
