//! `tref`: references from one track to others.

use crate::{BoxBody, Error, FourCc, Reader, Table, Writer};

/// Track references. ISO/IEC 14496-12 8.3.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tref<'a> {
    /// The references in order.
    pub references: Vec<TrackReference<'a>>,
}

/// References of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackReference<'a> {
    /// What for: `hint`, `cdsc`, `chap`, `subt`, `forc`, `vdep`, ...
    pub kind: FourCc,
    /// The track_IDs referred to.
    pub track_ids: Table<'a, u32>,
}

/// No file has more kinds of references in a track.
const MOST_REFERENCES: usize = 1024;

impl<'a> BoxBody<'a> for Tref<'a> {
    const KIND: FourCc = FourCc::new(b"tref");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let before = reader.clone();
        let mut references = Vec::new();
        for child in reader.boxes() {
            let child = child?;
            if references.len() == MOST_REFERENCES {
                let count = references.len() as u64 + 1;
                return Err(before.too_many("references", count, MOST_REFERENCES as u64));
            }
            let track_ids = Table::new(child.body());
            references.push(TrackReference {
                kind: child.kind,
                track_ids,
            });
        }
        Ok(Tref { references })
    }

    fn write(&self, writer: &mut Writer) {
        for reference in &self.references {
            writer.boxed(reference.kind, |writer| {
                writer.bytes(reference.track_ids.bytes())
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, hex, same};
    use crate::{Place, RawBox};

    #[test]
    fn references_of_several_kinds_are_read() {
        // The first is of QuickTime: "faces.mov" of web-platform-tests (BSD-3-Clause).
        let tref: Tref<'_> = same(hex(
            "00000024 74726566 0000000c 746d6364 00000002 00000010 73756274 00000003 00000004",
        ));
        assert_eq!(tref.references.len(), 2);
        assert_eq!(tref.references[0].kind, FourCc::new(b"tmcd"));
        assert_eq!(tref.references[0].track_ids.iter().collect::<Vec<_>>(), [2]);
        assert_eq!(
            tref.references[1].track_ids.iter().collect::<Vec<_>>(),
            [3, 4]
        );
    }

    #[test]
    fn more_kinds_than_any_file_has_are_refused() {
        let body = b"\0\0\0\x08abcd".repeat(MOST_REFERENCES + 1);
        let raw = RawBox::parse(around(Tref::KIND, &body), 0, &Place::FILE).unwrap();
        let message = Tref::parse(&raw, &Place::FILE).unwrap_err().to_string();
        assert_eq!(
            message,
            "tref at byte 8: references: 1025 of them, expected at most 1024"
        );
    }
}
