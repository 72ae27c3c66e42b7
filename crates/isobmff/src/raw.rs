//! Boxes whose bytes are at hand, not yet interpreted.

use crate::{BoxBody, BoxHeader, Error, FourCc, Place, Reader};

/// A box as it lies in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawBox<'a> {
    /// The type.
    pub kind: FourCc,
    /// The extended type of a `uuid` box.
    pub extended_type: Option<[u8; 16]>,
    /// Where the header starts, in bytes from the start of the file.
    pub offset: u64,
    /// Bytes of the header.
    pub header_len: u32,
    /// The whole box, header included.
    pub bytes: &'a [u8],
}

impl<'a> RawBox<'a> {
    /// The box that starts at the first of `bytes`, at byte `offset` of the file. Bytes after it
    /// are left out.
    pub fn parse(bytes: &'a [u8], offset: u64, parent: &Place<'_>) -> Result<RawBox<'a>, Error> {
        let end = offset.saturating_add(bytes.len() as u64);
        let header = BoxHeader::parse(bytes, offset, end, parent)?;
        // The header was checked to end within `bytes`, so the size is within them.
        let size = usize::try_from(header.size).unwrap_or(bytes.len());
        Ok(RawBox {
            kind: header.kind,
            extended_type: header.extended_type,
            offset,
            header_len: header.header_len,
            bytes: bytes.get(..size).unwrap_or(bytes),
        })
    }

    /// What follows the header.
    pub fn body(&self) -> &'a [u8] {
        self.bytes
            .get(self.header_len as usize..)
            .unwrap_or_default()
    }

    /// Where the body starts, in bytes from the start of the file.
    pub fn body_offset(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.header_len))
    }

    /// A reader over the body; `place` is this box's own.
    pub fn reader<'p>(&self, place: Place<'p>) -> Reader<'a, 'p> {
        Reader::new(self.body(), self.body_offset(), place)
    }

    /// The body as boxes; `place` is this box's own.
    pub fn children<'p>(&self, place: Place<'p>) -> Boxes<'a, 'p> {
        Boxes::new(self.body(), self.body_offset(), place)
    }

    /// The first child of type `kind`, or `None`; `place` is this box's own.
    pub fn child(&self, kind: FourCc, place: Place<'_>) -> Result<Option<RawBox<'a>>, Error> {
        self.children(place).find_kind(kind)
    }

    /// This box as a `T`; `parent` is the place of the box it lies in.
    pub fn read<T: BoxBody<'a>>(&self, parent: &Place<'_>) -> Result<T, Error> {
        T::parse(self, parent)
    }
}

/// The boxes in a run of bytes, one after the other; the first error ends it.
///
/// Nothing is descended into: how deep the reading goes is for the caller to say. Fewer than
/// eight zero bytes at the end, which QuickTime writes after the last child of some boxes, are
/// passed over.
#[derive(Clone, Debug)]
pub struct Boxes<'a, 'p> {
    left: &'a [u8],
    offset: u64,
    place: Place<'p>,
}

impl<'a, 'p> Boxes<'a, 'p> {
    /// Over `bytes`, at byte `offset` of the file, which are the content of the box at `place`.
    pub fn new(bytes: &'a [u8], offset: u64, place: Place<'p>) -> Boxes<'a, 'p> {
        Boxes {
            left: bytes,
            offset,
            place,
        }
    }

    /// The box whose children these are.
    pub fn place(&self) -> &Place<'p> {
        &self.place
    }

    /// The first box of type `kind` among those left, or `None`.
    pub fn find_kind(&mut self, kind: FourCc) -> Result<Option<RawBox<'a>>, Error> {
        self.find(|child| child.as_ref().map_or(true, |child| child.kind == kind))
            .transpose()
    }
}

impl<'a> Iterator for Boxes<'a, '_> {
    type Item = Result<RawBox<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left.len() < 8 && self.left.iter().all(|byte| *byte == 0) {
            return None;
        }
        let found = RawBox::parse(self.left, self.offset, &self.place);
        let taken = found
            .as_ref()
            .map_or(self.left.len(), |found| found.bytes.len());
        self.left = self.left.get(taken..).unwrap_or_default();
        self.offset = self.offset.saturating_add(taken as u64);
        Some(found)
    }
}

impl std::iter::FusedIterator for Boxes<'_, '_> {}
