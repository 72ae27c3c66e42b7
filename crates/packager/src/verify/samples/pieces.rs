//! The fragments of a segment, and whether they say what was promised.

use std::fs::File;
use std::ops::Range;

use super::tracks::{Segment, Track};
use crate::verify::encryption::{FragmentEncryption, Said, SampleIv};
use crate::verify::finding::Findings;
use crate::verify::fragment::{Fragment, Seen};
use crate::verify::report::PATH;

/// A fragment of a segment.
pub(super) struct Piece {
    /// Position of its sample entry.
    pub(super) entry: u32,
    pub(super) encryption: Result<FragmentEncryption, String>,
    pub(super) samples: Vec<Range<u64>>,
}

impl Piece {
    pub(super) fn is_clear(&self) -> bool {
        matches!(
            &self.encryption,
            Ok(FragmentEncryption {
                said: Said::Clear,
                ..
            })
        )
    }
}

/// The fragments of a segment; `None` where other checks say that there are none.
pub(super) fn pieces(file: &File, range: Range<u64>, track: &Track<'_>) -> Option<Vec<Piece>> {
    let encryption = track.encrypted.encryption.as_ref();
    let mut pieces: Vec<Piece> = Vec::new();
    let read = Fragment::read_with(file, range, track.init, &mut |seen| match seen {
        Seen::Fragment(traf) => pieces.push(Piece {
            entry: traf.entry,
            encryption: FragmentEncryption::read(&traf, encryption),
            samples: Vec::new(),
        }),
        Seen::Sample(sample) => {
            if let Some(piece) = pieces.last_mut() {
                piece.samples.push(sample);
            }
        }
    });
    read.ok().map(|_| pieces)
}

/// Whether a fragment says of its samples what was promised, and without contradiction.
pub(super) fn consistent(
    path: &str,
    track: &Track<'_>,
    segment: &Segment,
    piece: &Piece,
    findings: &mut Findings,
) -> bool {
    let at = (path, "moof/traf");
    let said = match &piece.encryption {
        Ok(FragmentEncryption { said, wrong, .. }) if wrong.is_empty() => said,
        Ok(FragmentEncryption { wrong, .. }) => {
            for wrong in wrong {
                findings.add(at, wrong.field, &wrong.value, &wrong.expected);
            }
            return false;
        }
        Err(error) => {
            let expected = "boxes that can be read";
            findings.add(at, "encryption", format!("broken: {error}"), expected);
            return false;
        }
    };
    let Some(encryption) = &track.encrypted.encryption else {
        if *said == Said::Clear && !track.encrypted.is_protected {
            findings.add(
                at,
                "group of type seig",
                "there",
                "none: the track is clear",
            );
        }
        return true;
    };
    let (number, is_clear) = (segment.index + 1, *said == Said::Clear);
    if let Some(promised) = track.clear_segments {
        let to_be_clear = (segment.index as u64) < promised;
        let word = |is_clear| if is_clear { "clear" } else { "encrypted" };
        if is_clear != to_be_clear {
            let lead = match promised {
                0 => "no segment is".into(),
                1 => "only segment 1 is".into(),
                promised => format!("only segments 1 to {promised} are"),
            };
            let to_be = word(to_be_clear);
            let expected = format!("{to_be}: {lead} clear in {PATH}, and this is {number}");
            findings.add(at, "samples", word(is_clear), expected);
        }
    }
    if *said == Said::Nothing && matches!(encryption.iv, SampleIv::Each(_)) {
        let expected = "the IVs of its samples";
        findings.add(at, "senc", "missing", expected);
        return false;
    }
    true
}
