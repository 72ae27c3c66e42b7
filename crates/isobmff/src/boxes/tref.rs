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
