//! A progressive MP4 whose video samples get other sizes.
//!
//! Samples are replaced where they lie, so chunks stay whole and only three things change: sizes
//! of samples, offsets of chunks, and the sizes of the boxes around them. Every other byte of the
//! file is what it was.

mod boxes;

use std::fs::File;
use std::ops::Range;

use demux::{Limits, Source};
use isobmff::boxes::{Co64, Stco, Stsz, Stz2};
use isobmff::{BoxBody, BoxHeader, FourCc, Place, RawBox, Table};
use media::Sample;

use super::splice::{New, Replacement, Splice};
use crate::marking::Spilled;
use boxes::{container, has_locations, is_external, is_hint, track_id};

/// The boxes at the top of a file, and its `moov`.
#[derive(Debug)]
pub(crate) struct MovieFile {
    top: Vec<BoxHeader>,
    moov: Vec<u8>,
    /// Where `moov` lies.
    place: Range<u64>,
    /// Tracks that point into the samples of others.
    pub(crate) hints: Vec<u32>,
}

/// A track whose samples got other sizes.
pub(crate) struct Resized<'a> {
    /// `track_ID`.
    pub(crate) track: u32,
    /// How many samples of the tables stand before those that are known here.
    pub(crate) first: usize,
    /// The samples as they were.
    pub(crate) samples: &'a [Sample],
    /// Their sizes.
    pub(crate) sizes: &'a [u32],
}

/// Boxes at the top of fragmented files.
const FRAGMENTED: [&[u8; 4]; 4] = [b"moof", b"sidx", b"mfra", b"ssix"];

impl MovieFile {
    /// Reads box headers and `moov`.
    ///
    /// # Errors
    /// Why samples of the file cannot be replaced.
    pub(crate) fn read(file: &File) -> Result<MovieFile, String> {
        let limits = Limits::default();
        let len = Source::len(file).map_err(|error| error.to_string())?;
        let mut top = Vec::new();
        let mut at = 0;
        while at < len {
            if top.len() >= limits.max_top_level_boxes {
                return Err("too many boxes".into());
            }
            let mut bytes = [0; BoxHeader::MAX_LEN];
            let most = usize::try_from(len - at).unwrap_or(usize::MAX);
            let bytes = bytes
                .get_mut(..most.min(BoxHeader::MAX_LEN))
                .unwrap_or_default();
            Source::read_exact_at(file, bytes, at).map_err(|error| error.to_string())?;
            if bytes.len() < 8 {
                // Writers have left a few bytes behind; they stay.
                break;
            }
            let header = BoxHeader::parse(bytes, at, len, &Place::FILE)
                .map_err(|error| error.to_string())?;
            at = header.end();
            top.push(header);
        }
        if top.iter().any(|each| FRAGMENTED.contains(&&each.kind.0)) {
            let text =
                "is fragmented, expected a progressive file (ffmpeg -i in.mp4 -c copy out.mp4)";
            return Err(text.into());
        }
        let mut moovs = top.iter().filter(|each| each.kind == FourCc::new(b"moov"));
        let (Some(moov), None) = (moovs.next(), moovs.next()) else {
            return Err("has no moov, or several".into());
        };
        if moov.size > limits.max_moov_bytes {
            return Err(format!("moov: has {} bytes", moov.size));
        }
        let mut bytes = vec![0; usize::try_from(moov.size).unwrap_or(0)];
        Source::read_exact_at(file, &mut bytes, moov.offset).map_err(|error| error.to_string())?;
        let mut out = MovieFile {
            place: moov.offset..moov.end(),
            top,
            moov: bytes,
            hints: Vec::new(),
        };
        out.inspect().map_err(|error| error.to_string())??;
        Ok(out)
    }

    /// Looks for what would point to wrong bytes afterwards.
    fn inspect(&mut self) -> Result<Result<(), String>, isobmff::Error> {
        let has_items = |header: &BoxHeader| header.kind == FourCc::new(b"meta");
        if self.top.iter().any(has_items) {
            return Ok(Err(
                "has a meta box at its top, whose items lie by byte offset".into(),
            ));
        }
        let moov = RawBox::parse(&self.moov, self.place.start, &Place::FILE)?;
        let place = Place::FILE.child(moov.kind);
        let mut hints = Vec::new();
        for child in moov.children(place) {
            let child = child?;
            match &child.kind.0 {
                b"mvex" => return Ok(Err("is fragmented, expected a progressive file".into())),
                b"trak" => {
                    if is_hint(&child, place)? {
                        hints.push(track_id(&child, place)?);
                    }
                    if is_external(&child, place)? {
                        let id = track_id(&child, place)?;
                        return Ok(Err(format!(
                            "track {id}: keeps its samples in another file"
                        )));
                    }
                }
                b"meta" if has_locations(&child) => {
                    return Ok(Err(
                        "moov/meta: has items that lie by byte offset (iloc)".into()
                    ));
                }
                _ => {}
            }
        }
        self.hints = hints;
        Ok(Ok(()))
    }

    /// What has to be replaced in the file where samples are: `changed` says which bytes.
    ///
    /// # Errors
    /// Tables that contradict each other.
    pub(crate) fn splice(
        &self,
        changed: &[(Range<u64>, Spilled)],
        tracks: &[Resized<'_>],
    ) -> Result<Splice, String> {
        let samples = || {
            changed.iter().map(|(old, spilled)| Replacement {
                old: old.clone(),
                new: New::Twins(*spilled),
            })
        };
        let overlap = || "samples overlap".to_string();
        if changed.is_empty() {
            return Ok(Splice::default());
        }
        let headers = self.mdat_headers(changed)?;
        for width in [Offsets::AsTheyAre, Offsets::Wide] {
            // How long the moov will be does not depend on where things lie, only on the width.
            let Some(draft) = self.rebuild(&Splice::default(), width, tracks)? else {
                continue;
            };
            let list = |moov: Vec<u8>| {
                let moov = Replacement {
                    old: self.place.clone(),
                    new: New::Bytes(moov),
                };
                let headers = headers.iter().map(|(old, new)| Replacement {
                    old: old.clone(),
                    new: New::Bytes(new.clone()),
                });
                let all = samples().chain(headers).chain(std::iter::once(moov));
                Splice::new(all.collect())
            };
            let length = draft.len();
            let splice = list(draft).ok_or_else(overlap)?;
            let Some(moov) = self.rebuild(&splice, width, tracks)? else {
                continue;
            };
            if moov.len() != length {
                return Err("moov: has no settled size".into());
            }
            return list(moov).ok_or_else(overlap);
        }
        Err("moov: chunk offsets do not fit".into())
    }

    /// The headers of `mdat` boxes that change, which have other sizes then.
    fn mdat_headers(&self, changed: &[(Range<u64>, Spilled)]) -> Result<Vec<Header>, String> {
        let mut growth = vec![0i128; self.top.len()];
        for (old, spilled) in changed {
            let at = self.top.partition_point(|each| each.end() <= old.start);
            let home = self.top.get(at).filter(|home| {
                let inside = home.body_offset() <= old.start && old.end <= home.end();
                inside && home.kind == FourCc::new(b"mdat")
            });
            if home.is_none() {
                let (start, end) = (old.start, old.end);
                return Err(format!(
                    "a sample at bytes {start}..{end} lies outside of mdat"
                ));
            }
            let grown = i128::from(spilled.size) - i128::from(old.end - old.start);
            if let Some(sum) = growth.get_mut(at) {
                *sum += grown;
            }
        }
        let mut out = Vec::new();
        for (header, grown) in self.top.iter().zip(growth) {
            if grown == 0 {
                continue;
            }
            let old = header.offset..header.body_offset();
            let size = u64::try_from(i128::from(header.size) + grown);
            let size = size.map_err(|error| error.to_string())?;
            let mut bytes = Vec::with_capacity(16);
            match (header.header_len, u32::try_from(size)) {
                (8, Ok(size)) => {
                    bytes.extend(size.to_be_bytes());
                    bytes.extend(header.kind.0);
                }
                (8 | 16, _) => {
                    let header_grown = 16 - u64::from(header.header_len);
                    bytes.extend(1u32.to_be_bytes());
                    bytes.extend(header.kind.0);
                    bytes.extend(size.saturating_add(header_grown).to_be_bytes());
                }
                (length, _) => return Err(format!("mdat: has a header of {length} bytes")),
            }
            out.push((old, bytes));
        }
        Ok(out)
    }

    /// The `moov` with offsets as `splice` moves them; `None` where they need another width.
    fn rebuild(
        &self,
        splice: &Splice,
        width: Offsets,
        tracks: &[Resized<'_>],
    ) -> Result<Option<Vec<u8>>, String> {
        let raw = RawBox::parse(&self.moov, self.place.start, &Place::FILE);
        let raw = raw.map_err(|error| error.to_string())?;
        let rebuilding = Rebuilding {
            splice,
            width,
            resized: None,
        };
        let mut out = Vec::with_capacity(self.moov.len());
        let done = rebuilding.moov(&raw, tracks, &mut out);
        match done {
            Ok(()) => Ok(Some(out)),
            Err(Stopped::TooNarrow) => Ok(None),
            Err(Stopped::Why(why)) => Err(why),
        }
    }
}

/// A box header: where it lay, and what it is now.
type Header = (Range<u64>, Vec<u8>);

/// How wide chunk offsets are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Offsets {
    AsTheyAre,
    /// 64 bits in every track.
    Wide,
}

/// Why a box cannot be written.
enum Stopped {
    /// A chunk offset takes 64 bits.
    TooNarrow,
    Why(String),
}

impl From<isobmff::Error> for Stopped {
    fn from(error: isobmff::Error) -> Stopped {
        Stopped::Why(error.to_string())
    }
}

/// Writes boxes again with other sizes and offsets.
struct Rebuilding<'a> {
    splice: &'a Splice,
    width: Offsets,
    /// Of the track that is written.
    resized: Option<&'a Resized<'a>>,
}

impl<'a> Rebuilding<'a> {
    fn moov(
        &self,
        moov: &RawBox<'_>,
        tracks: &'a [Resized<'a>],
        out: &mut Vec<u8>,
    ) -> Result<(), Stopped> {
        let place = Place::FILE.child(moov.kind);
        container(moov, place, out, |child, out| {
            if child.kind != FourCc::new(b"trak") {
                out.extend_from_slice(child.bytes);
                return Ok(());
            }
            let id = track_id(child, place)?;
            let inside = Rebuilding {
                resized: tracks.iter().find(|resized| resized.track == id),
                ..*self
            };
            inside.descend(child, place, &[b"mdia", b"minf", b"stbl"], out)
        })
    }

    /// Follows a path of boxes down to the sample tables.
    fn descend(
        &self,
        raw: &RawBox<'_>,
        parent: Place<'_>,
        path: &[&[u8; 4]],
        out: &mut Vec<u8>,
    ) -> Result<(), Stopped> {
        let place = parent.child(raw.kind);
        container(raw, place, out, |child, out| match path {
            [] => self.table(child, place, out),
            [next, rest @ ..] if child.kind.0 == **next => self.descend(child, place, rest, out),
            _ => {
                out.extend_from_slice(child.bytes);
                Ok(())
            }
        })
    }

    /// A box of `stbl`.
    fn table(&self, raw: &RawBox<'_>, place: Place<'_>, out: &mut Vec<u8>) -> Result<(), Stopped> {
        let written = match (&raw.kind.0, self.resized) {
            (b"stsz", Some(resized)) => {
                let stsz = Stsz::parse(raw, &place)?;
                let count = stsz.sample_count as usize;
                let sizes = (0..stsz.sample_count).map_while(|index| stsz.size(index));
                self.sizes(resized, count, sizes)?
            }
            (b"stz2", Some(resized)) => {
                let stz2 = Stz2::parse(raw, &place)?;
                self.sizes(resized, stz2.sample_count as usize, stz2.iter())?
            }
            (b"stco", _) => {
                let stco = Stco::parse(raw, &place)?;
                let offsets = stco.chunk_offsets.iter().map(u64::from);
                self.offsets(offsets, self.width == Offsets::Wide)?
            }
            (b"co64", _) => {
                let co64 = Co64::parse(raw, &place)?;
                self.offsets(co64.chunk_offsets.iter(), true)?
            }
            (b"saio", _) => {
                let text = "stbl/saio: auxiliary information lies by byte offset";
                return Err(Stopped::Why(text.into()));
            }
            (b"subs", Some(_)) => {
                let text = "stbl/subs: parts of samples have sizes that would change";
                return Err(Stopped::Why(text.into()));
            }
            _ => {
                out.extend_from_slice(raw.bytes);
                return Ok(());
            }
        };
        out.extend(written);
        Ok(())
    }

    /// The sizes of a track, those that changed among them.
    fn sizes(
        &self,
        resized: &Resized<'_>,
        count: usize,
        old: impl Iterator<Item = u32>,
    ) -> Result<Vec<u8>, Stopped> {
        let disagree = || Stopped::Why(format!("track {}: its samples changed", resized.track));
        let end = resized.first.checked_add(resized.samples.len());
        if end.is_none_or(|end| end > count) || resized.samples.len() != resized.sizes.len() {
            return Err(disagree());
        }
        // Samples are 32 bytes each in memory, so that many sizes are no more than was there before;
        // a count that no samples stand behind is not believed.
        let beyond = count - end.unwrap_or(count);
        if beyond > resized.samples.len().saturating_add(1 << 20) {
            return Err(disagree());
        }
        let mut sizes: Vec<u32> = old.collect();
        let known = sizes.get_mut(resized.first..).unwrap_or_default();
        let news = resized.samples.iter().zip(resized.sizes);
        for (size, (sample, new)) in known.iter_mut().zip(news) {
            if *size != sample.size {
                return Err(disagree());
            }
            *size = *new;
        }
        let bytes = Table::<u32>::encode(&sizes);
        let stsz = Stsz {
            sample_size: 0,
            sample_count: u32::try_from(sizes.len()).unwrap_or(u32::MAX),
            sizes: Table::new(&bytes),
        };
        Ok(stsz.to_bytes()?)
    }

    fn offsets(&self, old: impl Iterator<Item = u64>, wide: bool) -> Result<Vec<u8>, Stopped> {
        let moved = old.map(|offset| {
            self.splice.offset(offset).ok_or_else(|| {
                Stopped::Why(format!("a chunk at byte {offset} lies inside a sample"))
            })
        });
        let moved = moved.collect::<Result<Vec<u64>, Stopped>>()?;
        if wide {
            let bytes = Table::<u64>::encode(&moved);
            let co64 = Co64 {
                chunk_offsets: Table::new(&bytes),
            };
            return Ok(co64.to_bytes()?);
        }
        let narrow = moved.iter().map(|offset| u32::try_from(*offset));
        let narrow: Vec<u32> = narrow
            .collect::<Result<_, _>>()
            .map_err(|_| Stopped::TooNarrow)?;
        let bytes = Table::<u32>::encode(&narrow);
        let stco = Stco {
            chunk_offsets: Table::new(&bytes),
        };
        Ok(stco.to_bytes()?)
    }
}

#[cfg(test)]
mod tests;
