//! What a rendition is, as a player sees it: its initialization segment and what follows.

use std::fs::File;
use std::io;
use std::ops::Range;

use bitstream::nal::LengthSize;
use demux::{Limits, Source, WhenTruncated};
use isobmff::Place;

use super::announced::Announced;
use super::encryption::EncryptedInit;
use super::files::Files;
use super::fragment::{Fragment, Seen};
use super::init::Init;
use crate::protecting::Rules;

/// What initialization and media segments say of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Movie {
    /// The codec string of RFC 6381.
    pub(super) codec: String,
    /// BCP 47 tag.
    pub(super) language: String,
    /// What only pictures have.
    pub(super) picture: Option<Picture>,
    /// Bytes of the length before each NAL unit, for codecs that have them.
    pub(super) nal_length_size: Option<LengthSize>,
}

/// The size of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// As decoded, in pixels.
    pub(super) width: u64,
    /// As decoded, in pixels.
    pub(super) height: u64,
    /// In square pixels as high as the decoded ones.
    display_width: u64,
    /// Whether it is to be shown lying on its side.
    is_on_side: bool,
}

impl Movie {
    /// Reads the initialization segment of a rendition, given as if nothing was encrypted, and its
    /// first media segment. With it come the rules by which its samples are divided, if they were
    /// to be encrypted.
    ///
    /// # Errors
    ///
    /// What is wrong, as a finding's value.
    pub(super) fn read(
        files: &Files,
        announced: &Announced,
        init: &EncryptedInit,
    ) -> Result<(Movie, Option<Rules>), String> {
        let first = announced.segments.first().ok_or("empty")?;
        let location = &first.location;
        let size = files.size(&location.path).ok_or("missing")?;
        let range = location.bytes(size).ok_or("shorter than its byte range")?;
        let file = files.open(&location.path);
        let file = file.map_err(|error| error.to_string())?;
        let renamed = match init.is_protected {
            true => without_encryption(&file, range.clone(), &init.clear)?,
            false => Vec::new(),
        };
        let joined = Joined {
            init: init.clear.clone(),
            renamed,
            file,
            start: range.start,
            length: range.end - range.start,
        };
        let movie = demux::Movie::read(&joined, &Limits::default(), WhenTruncated::Refuse);
        let movie = movie.map_err(|error| error.to_string())?;
        match (movie.tracks.first(), movie.unusable.first()) {
            (Some(track), _) => {
                let movie = Movie {
                    codec: track.codec_string.clone(),
                    language: track.language.to_string(),
                    picture: track.video().map(Picture::new),
                    nal_length_size: track.video().and_then(|video| {
                        LengthSize::from_minus_one(video.nal_length_size.checked_sub(1)?)
                    }),
                };
                Ok((movie, Rules::of("", track).ok()))
            }
            (None, Some(unusable)) => Err(unusable.why.to_string()),
            (None, None) => Err("no tracks".into()),
        }
    }
}

impl Picture {
    fn new(video: &demux::VideoFacts) -> Picture {
        let (width, height) = (u64::from(video.width), u64::from(video.height));
        let (h, v) = video.sample_aspect_ratio;
        let v = u64::from(v.max(1));
        Picture {
            width,
            height,
            display_width: (width.saturating_mul(h.into()).saturating_add(v / 2)) / v,
            is_on_side: matches!(video.rotation, 90 | 270),
        }
    }

    /// Whether `size` is that of the decoded picture; turned, if it is to be shown turned.
    pub(super) fn is_decoded(&self, size: (u64, u64)) -> bool {
        self.is_turned((self.width, self.height), size)
    }

    /// Whether `size` is that of the picture as shown, turned or not.
    pub(super) fn is_shown(&self, size: (u64, u64)) -> bool {
        self.is_turned((self.display_width, self.height), size)
    }

    fn is_turned(&self, own: (u64, u64), size: (u64, u64)) -> bool {
        own == size || (self.is_on_side && own == (size.1, size.0))
    }

    /// As manifests write it.
    pub(super) fn shown(&self) -> String {
        format!("{}x{}", self.display_width, self.height)
    }
}

/// An initialization segment and the bytes of a media segment behind it.
struct Joined {
    init: Vec<u8>,
    file: File,
    start: u64,
    length: u64,
    /// Where types of boxes are that are to be read as `free`, in the file.
    renamed: Vec<u64>,
}

/// Where the types of boxes about encryption are in a segment.
fn without_encryption(file: &File, range: Range<u64>, init: &[u8]) -> Result<Vec<u64>, String> {
    const KINDS: [&[u8; 4]; 5] = [b"senc", b"saiz", b"saio", b"sgpd", b"sbgp"];
    let mut renamed = Vec::new();
    Fragment::read_with(file, range, &Init::parse(init)?, &mut |seen| {
        if let Seen::Fragment(traf) = seen {
            let children = traf.raw.children(Place::FILE).flatten();
            let about = children.filter(|child| KINDS.contains(&&child.kind.0));
            // Behind a size of 32 bits, whatever follows.
            renamed.extend(about.map(|child| child.offset.saturating_add(4)));
        }
    })?;
    Ok(renamed)
}

impl Source for Joined {
    fn len(&self) -> io::Result<u64> {
        Ok(self.length.saturating_add(self.init.len() as u64))
    }

    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let end = offset.checked_add(buffer.len() as u64);
        if end.is_none_or(|end| self.len().is_ok_and(|length| end > length)) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let init_length = self.init.len() as u64;
        let within = usize::try_from(offset).unwrap_or(usize::MAX);
        let init = self.init.get(within..).unwrap_or_default();
        let (head, tail) = buffer.split_at_mut(init.len().min(buffer.len()));
        head.copy_from_slice(init.get(..head.len()).unwrap_or_default());
        let skipped = offset.saturating_sub(init_length);
        let from = self.start.saturating_add(skipped);
        self.file.read_exact_at(tail, from)?;
        for (at, byte) in self.renamed.iter().flat_map(|at| (*at..).zip(b"free")) {
            let within = at.checked_sub(from).and_then(|at| usize::try_from(at).ok());
            if let Some(read) = within.and_then(|at| tail.get_mut(at)) {
                *read = *byte;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_bytes_are_read_across_the_seam() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"xxdefgxx").unwrap();
        let file = File::open(path).unwrap();
        let joined = Joined {
            init: b"abc".to_vec(),
            file,
            start: 2,
            length: 4,
            renamed: Vec::new(),
        };
        for start in 0..7u64 {
            for end in start..=7 {
                let mut bytes = vec![0; (end - start) as usize];
                joined.read_exact_at(&mut bytes, start).unwrap();
                assert_eq!(bytes, b"abcdefg"[start as usize..end as usize]);
            }
        }
        assert!(joined.read_exact_at(&mut [0; 2], 6).is_err());
    }

    #[test]
    fn sizes_are_decoded_or_shown_and_turned_only_where_asked() {
        let picture = |is_on_side| Picture {
            width: 720,
            height: 576,
            display_width: 1024,
            is_on_side,
        };
        let upright = picture(false);
        assert!(upright.is_decoded((720, 576)) && upright.is_shown((1024, 576)));
        assert!(!upright.is_decoded((1024, 576)) && !upright.is_shown((576, 1024)));
        let turned = picture(true);
        assert!(turned.is_shown((576, 1024)) && turned.is_decoded((720, 576)));
    }
}
