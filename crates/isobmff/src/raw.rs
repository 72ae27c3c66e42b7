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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::Mfhd;

    const FILE: Place<'static> = Place::FILE;

    #[test]
    fn children_are_found_in_order_with_their_offsets() {
        let bytes = b"\0\0\0\x09aaaa1\0\0\0\x08bbbb\0\0\0\x09aaaa2";
        let found: Vec<(String, u64, &[u8])> = Boxes::new(bytes, 100, FILE)
            .map(|child| child.map(|child| (child.kind.to_string(), child.offset, child.body())))
            .collect::<Result<_, _>>()
            .unwrap();
        let expected = [
            ("aaaa".into(), 100, &b"1"[..]),
            ("bbbb".into(), 109, b""),
            ("aaaa".into(), 117, b"2"),
        ];
        assert_eq!(found, expected);
        let second = Boxes::new(bytes, 100, FILE)
            .find_kind(FourCc::new(b"bbbb"))
            .unwrap();
        assert_eq!(second.map(|child| child.body_offset()), Some(117));
        let none = Boxes::new(bytes, 100, FILE)
            .find_kind(FourCc::new(b"cccc"))
            .unwrap();
        assert_eq!(none, None);
    }

    #[test]
    fn the_first_error_ends_the_children() {
        let bytes = b"\0\0\0\x08aaaa\0\0\0\x04bbbb\0\0\0\x08cccc";
        let moov = FILE.child(FourCc::new(b"moov"));
        let mut children = Boxes::new(bytes, 8, moov);
        assert!(children.next().unwrap().is_ok());
        let error = children.next().unwrap().unwrap_err().to_string();
        assert_eq!(error, "moov/bbbb at byte 16: size: is 4, expected 8 to 16");
        assert_eq!(children.next(), None);
    }

    #[test]
    fn the_terminator_of_quicktime_is_passed_over_and_other_remains_are_not() {
        let moov = FILE.child(FourCc::new(b"udta"));
        assert_eq!(Boxes::new(b"\0\0\0\x08aaaa\0\0\0\0", 0, moov).count(), 1);
        let mut children = Boxes::new(b"\0\0\0\x08aaaa\0\0\x01", 0, moov);
        children.next();
        let error = children.next().unwrap().unwrap_err().to_string();
        assert_eq!(error, "udta at byte 8: size: needs 4 bytes, 3 left");
    }

    #[test]
    fn many_nested_boxes_are_no_deeper_than_who_asks() {
        let nested = |depth: u32| [&(depth * 8).to_be_bytes()[..], b"moov"].concat();
        let bytes: Vec<u8> = (1..=20_000).rev().flat_map(nested).collect();
        let raw = RawBox::parse(&bytes, 0, &FILE).unwrap();
        assert_eq!(raw.children(FILE.child(raw.kind)).count(), 1);
    }

    #[test]
    fn reading_a_box_as_another_is_an_error() {
        let raw = RawBox::parse(b"\0\0\0\x10free\0\0\0\0\0\0\0\x01", 0, &FILE).unwrap();
        let error = raw.read::<Mfhd>(&FILE).unwrap_err().to_string();
        assert_eq!(
            error,
            "free at byte 0: type: is free, expected the type of the box read for"
        );
    }

    #[test]
    fn bytes_after_the_known_fields_are_tolerated_and_can_be_seen() {
        let raw = RawBox::parse(b"\0\0\0\x12mfhd\0\0\0\0\0\0\0\x01pa", 0, &FILE).unwrap();
        assert_eq!(raw.read::<Mfhd>(&FILE).unwrap().sequence_number, 1);
        assert_eq!(Mfhd::parse_with_rest(&raw, &FILE).unwrap().1, b"pa");
    }
}
