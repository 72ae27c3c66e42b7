//! The walk over the top level of a file.

use std::io;

use isobmff::boxes::{Ftyp, Sidx};
use isobmff::{BoxBody, BoxHeader, FourCc, Place, RawBox};

use crate::event::Event;
use crate::fragments::{self, FragmentedTrack};
use crate::moov::Moov;
use crate::{Error, Limits, Source};

/// Where a file ends although it should go on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CutShort {
    /// Inside this box.
    Box(BoxHeader),
    /// Inside the header of the box at this byte.
    Header(u64),
    /// Before the end of what the index at `offset` lists.
    Index {
        /// Where the `sidx` box starts.
        offset: u64,
        /// Where the last segment it lists ends.
        end: u64,
    },
}

/// What lies at the top level of a file.
pub(crate) struct Walk<'s, S: ?Sized> {
    source: &'s S,
    pub(crate) file_len: u64,
    limits: &'s Limits,
    pub(crate) moov: Option<Moov>,
    pub(crate) fragmented: Vec<FragmentedTrack>,
    /// Whether there was a `moof` behind the `moov`.
    pub(crate) has_fragments: bool,
    pub(crate) events: Vec<Event>,
    pub(crate) major_brand: Option<FourCc>,
    pub(crate) warnings: Vec<String>,
    pub(crate) cut_short: Option<CutShort>,
    /// The first boxes, to say what a file without `moov` is.
    seen: Vec<FourCc>,
    /// Events whose fragment has not come yet.
    pending: Vec<Event>,
    /// Where a `moof` stood before the `moov`.
    early_moof: Option<u64>,
    /// An index of segments that are not there.
    indexed: Option<CutShort>,
    has_second_moov: bool,
    /// Of the first `moov`, to tell a repeated one from another.
    moov_digest: Option<u64>,
}

/// Tells boxes apart, not for longer than one file is read.
fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    std::hash::Hasher::write(&mut hasher, bytes);
    std::hash::Hasher::finish(&hasher)
}

/// Events before one fragment, times the tracks in it: each event names them all.
const MOST_EVENT_STARTS: usize = 4096;

impl<'s, S: Source + ?Sized> Walk<'s, S> {
    /// Reads the top level of `source`.
    pub(crate) fn over(source: &'s S, limits: &'s Limits) -> Result<Self, Error> {
        let file_len = source.len().map_err(|error| Error::Read {
            offset: 0,
            len: 0,
            source: error,
        })?;
        let mut walk = Walk {
            source,
            file_len,
            limits,
            moov: None,
            fragmented: Vec::new(),
            has_fragments: false,
            events: Vec::new(),
            major_brand: None,
            warnings: Vec::new(),
            cut_short: None,
            seen: Vec::new(),
            pending: Vec::new(),
            early_moof: None,
            indexed: None,
            has_second_moov: false,
            moov_digest: None,
        };
        walk.run()?;
        // Without any fragment this is an init segment, of which nothing is missing.
        let indexed = walk.indexed.filter(|_| walk.has_fragments);
        walk.cut_short = walk.cut_short.or(indexed);
        Ok(walk)
    }

    /// Whether more fragments may have stood where the file ends.
    pub(crate) fn expects_fragments(&self) -> bool {
        let announced = self.moov.as_ref().is_some_and(|m| m.announces_fragments);
        announced || self.has_fragments
    }

    fn run(&mut self) -> Result<(), Error> {
        let mut offset = 0;
        let mut boxes = 0;
        while offset < self.file_len {
            boxes += 1;
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
                Err(Error::Box(error)) if self.moov.is_some() => return self.tail(offset, error),
                Err(error) => return Err(error),
            };
            if header.end() > self.file_len {
                // What was being written when the file was cut. A cut mdat may still hold whole
                // samples; of a cut moov or moof nothing can be used.
                self.cut_short = Some(CutShort::Box(header));
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

    /// Bytes at `offset` that are no box: harmless behind the media of a progressive movie, whose
    /// samples are all known; the start of a fragment that was cut where more may follow.
    fn tail(&mut self, offset: u64, error: isobmff::Error) -> Result<(), Error> {
        let left = self.file_len - offset;
        let is_cut = matches!(error, isobmff::Error::Truncated { .. });
        if !self.expects_fragments() {
            let text = format!("{left} bytes at the end are no box: {error}");
            self.warnings.push(text);
        } else if is_cut {
            self.cut_short = Some(CutShort::Header(offset));
        } else {
            return Err(error.into());
        }
        Ok(())
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
            b"ftyp" if self.major_brand.is_none() => {
                let bytes = self.load(header, self.limits.max_event_bytes)?;
                let raw = RawBox::parse(&bytes, header.offset, &Place::FILE)?;
                self.major_brand = Some(Ftyp::parse(&raw, &Place::FILE)?.major_brand);
            }
            b"moov" if self.moov.is_some() => self.visit_second_moov(header)?,
            b"moov" => self.visit_moov(header)?,
            b"moof" if self.moov.is_none() => {
                self.early_moof.get_or_insert(header.offset);
            }
            b"moof" => self.visit_moof(header)?,
            b"sidx" if header.size <= self.limits.max_event_bytes => {
                let bytes = self.load(header, self.limits.max_event_bytes)?;
                let raw = RawBox::parse(&bytes, header.offset, &Place::FILE)?;
                // No sample is found by it, so a malformed one does no harm.
                if let Ok(sidx) = Sidx::parse(&raw, &Place::FILE) {
                    self.check_index(header, &sidx);
                }
            }
            b"emsg" | b"prft" => {
                let bytes = self.load(header, self.limits.max_event_bytes)?;
                self.pending.push(Event::new(header.kind, bytes));
            }
            _ => {}
        }
        Ok(())
    }

    /// The specification allows one; players take the first. A recording that was joined from
    /// segments repeats it before every one of them, which does no harm while it is the same;
    /// another `moov` before further fragments would change what they mean.
    fn visit_second_moov(&mut self, header: &BoxHeader) -> Result<(), Error> {
        let offset = header.offset;
        if self.has_fragments {
            let bytes = self.load(header, self.limits.max_moov_bytes)?;
            if Some(digest(&bytes)) != self.moov_digest {
                let text = format!(
                    "another one stands at byte {offset}, behind fragments: this is several \
                     movies in one file"
                );
                return Err(Error::table(header.kind, text));
            }
        } else if !std::mem::replace(&mut self.has_second_moov, true) {
            let text = format!("second moov box at byte {offset} ignored");
            self.warnings.push(text);
        }
        Ok(())
    }

    /// A file cut between two fragments looks whole but for its index.
    fn check_index(&mut self, header: &BoxHeader, sidx: &Sidx<'_>) {
        let start = header.end().saturating_add(sidx.first_offset);
        let sizes = sidx.references.iter().map(|r| u64::from(r.referenced_size));
        let end = sizes.fold(start, u64::saturating_add);
        if end > self.file_len {
            self.indexed.get_or_insert(CutShort::Index {
                offset: header.offset,
                end,
            });
        }
    }

    fn visit_moov(&mut self, header: &BoxHeader) -> Result<(), Error> {
        let bytes = self.load(header, self.limits.max_moov_bytes)?;
        self.moov_digest = Some(digest(&bytes));
        let raw = RawBox::parse(&bytes, header.offset, &Place::FILE)?;
        let mut moov = Moov::parse(&raw, self.file_len, self.limits)?;
        if let Some(offset) = self.early_moof.filter(|_| moov.announces_fragments) {
            let text = format!(
                "stands at byte {offset}, expected behind the moov box at byte {}",
                header.offset
            );
            return Err(Error::table("moof", text));
        }
        self.fragmented = moov.fragmented();
        self.moov = Some(moov);
        Ok(())
    }

    fn visit_moof(&mut self, header: &BoxHeader) -> Result<(), Error> {
        let bytes = self.load(header, self.limits.max_moof_bytes)?;
        let raw = RawBox::parse(&bytes, header.offset, &Place::FILE)?;
        self.has_fragments = true;
        let starts = fragments::append(
            &raw,
            &Place::FILE,
            &mut self.fragmented,
            self.file_len,
            self.limits,
        )?;
        let named = self.pending.len().saturating_mul(starts.len());
        if named > MOST_EVENT_STARTS {
            return Err(Error::TooMany {
                place: format!("moof at byte {}", header.offset),
                what: "events before a fragment, times its tracks",
                count: named as u64,
                limit: MOST_EVENT_STARTS as u64,
            });
        }
        for mut event in self.pending.drain(..) {
            event.before.clone_from(&starts);
            self.events.push(event);
        }
        Ok(())
    }

    /// Why there is no movie, from what was seen instead.
    pub(crate) fn no_movie(&self) -> Error {
        let has = |kinds: &[&[u8; 4]]| self.seen.iter().any(|kind| kinds.contains(&&kind.0));
        let why = match self.cut_short {
            _ if self.file_len == 0 => "the file is empty".into(),
            Some(CutShort::Box(header)) if &header.kind.0 == b"moov" || has(&[b"ftyp"]) => {
                format!(
                    "the file ends at byte {} inside its {} box, which is announced to end at byte {}: \
                     it is truncated, and nothing of it is whole",
                    self.file_len,
                    header.kind,
                    header.end()
                )
            }
            _ if has(&[b"moof", b"styp"]) => {
                "this is a media segment; its init segment is needed before it".into()
            }
            _ if self.seen.is_empty() => "this is no MP4 or QuickTime file".into(),
            _ => {
                let kinds: Vec<String> = self.seen.iter().map(FourCc::to_string).collect();
                format!("the file holds only {}", kinds.join(", "))
            }
        };
        Error::NoMovie { why }
    }
}
