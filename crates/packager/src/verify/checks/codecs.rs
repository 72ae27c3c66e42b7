//! What manifests say about codecs is what the media is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use demux::{Limits, Movie, Source, WhenTruncated};

use crate::verify::Check;
use crate::verify::announced::{Announced, Content};
use crate::verify::finding::Findings;
use crate::verify::location::Location;
use crate::verify::package::{MAX_INIT_BYTES, Package};

pub(super) const CHECK: Check = Check {
    name: "codecs",
    run,
};

fn run(package: &Package, findings: &mut Findings) {
    let mut known: BTreeMap<&Location, Result<String, String>> = BTreeMap::new();
    for announced in package.announced() {
        let (Some(init), Content::Whole) = (&announced.init, announced.content) else {
            continue;
        };
        // A broken initialization segment is another check's finding.
        if package.init(announced).is_none() {
            continue;
        }
        let codec = known
            .entry(init)
            .or_insert_with(|| codec_string(package, announced));
        match codec {
            Ok(codec) if announced.codecs.contains(codec) => {}
            Ok(codec) => {
                let value = match announced.codecs.len() {
                    0 => "missing".to_string(),
                    _ => announced.codecs.join(","),
                };
                findings.add(
                    announced.at(),
                    "codecs",
                    value,
                    format!("{codec}, as in the media"),
                );
            }
            Err(error) => {
                let expected = "an initialization segment that fits its first segment";
                findings.add((&init.path, ""), "movie", &*error, expected);
            }
        }
    }
}

/// The codec string of a rendition, from its initialization and first media segment.
fn codec_string(package: &Package, announced: &Announced) -> Result<String, String> {
    let (init, first) = announced
        .init
        .as_ref()
        .zip(announced.segments.first())
        .ok_or("empty")?;
    let location = &first.location;
    let size = package.files.size(&location.path).ok_or("missing")?;
    let range = location.bytes(size).ok_or("shorter than its byte range")?;
    let joined = Joined {
        init: package.files.bytes(init, MAX_INIT_BYTES)?,
        file: package
            .files
            .open(&location.path)
            .map_err(|error| error.to_string())?,
        start: range.start,
        length: range.end - range.start,
    };
    let movie = Movie::read(&joined, &Limits::default(), WhenTruncated::Refuse);
    let movie = movie.map_err(|error| error.to_string())?;
    match (movie.tracks.first(), movie.unusable.first()) {
        (Some(track), _) => Ok(track.codec_string.clone()),
        (None, Some(unusable)) => Err(unusable.why.to_string()),
        (None, None) => Err("without tracks".into()),
    }
}

/// An initialization segment and the bytes of a media segment behind it.
struct Joined {
    init: Vec<u8>,
    file: File,
    start: u64,
    length: u64,
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
        self.file
            .read_exact_at(tail, self.start.saturating_add(skipped))
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
}
