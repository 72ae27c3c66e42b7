//! Box headers.

use crate::{Error, FourCc, Place, Reader};

/// The header of a box: type and extent, without its body.
///
/// ISO/IEC 14496-12 4.2: a 32-bit size and a type, then a 64-bit size where the first is 1, then
/// 16 bytes of extended type where the type is `uuid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoxHeader {
    /// The type.
    pub kind: FourCc,
    /// The extended type of a `uuid` box.
    pub extended_type: Option<[u8; 16]>,
    /// Where the header starts, in bytes from the start of the file.
    pub offset: u64,
    /// Bytes of the header: 8, 16, 24 or 32.
    pub header_len: u32,
    /// Bytes of header and body. `offset + size` fits 64 bits.
    pub size: u64,
}

impl BoxHeader {
    /// Bytes to have at hand for [`parse`](Self::parse), where the file is that long.
    pub const MAX_LEN: usize = 32;

    /// Reads the header at byte `offset` of the file from `bytes`: 32 of them, or as many as the
    /// parent has left. The parent, at `parent`, ends at byte `end` (the file's length for a
    /// top-level box).
    ///
    /// A size of 0 means up to `end` and is legal only at the top of the file.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] where the parent ends within the header, [`Error::BoxSize`] where the
    /// size is smaller than the header or reaches beyond `end`.
    pub fn parse(
        bytes: &[u8],
        offset: u64,
        end: u64,
        parent: &Place<'_>,
    ) -> Result<BoxHeader, Error> {
        let header = BoxHeader::parse_beyond_end(bytes, offset, end, parent)?;
        let most = end.saturating_sub(offset);
        if header.size > most {
            return Err(header.wrong_size(most, parent));
        }
        Ok(header)
    }

    /// As [`parse`](Self::parse), taking boxes that reach beyond `end`, as the last box of a
    /// truncated file does.
    pub fn parse_beyond_end(
        bytes: &[u8],
        offset: u64,
        end: u64,
        parent: &Place<'_>,
    ) -> Result<BoxHeader, Error> {
        let mut reader = Reader::new(bytes, offset, *parent);
        let size = reader.u32("size")?;
        let kind = reader.fourcc("type")?;
        let place = parent.child(kind);
        let mut reader = Reader::new(reader.rest(), offset.saturating_add(8), place);
        let size = match size {
            0 if parent.is_file() => end.saturating_sub(offset),
            1 => reader.u64("largesize")?,
            size => u64::from(size),
        };
        let extended_type = if kind == FourCc::UUID {
            Some(reader.array("extended_type")?)
        } else {
            None
        };
        let header_len = reader.offset().saturating_sub(offset);
        let header = BoxHeader {
            kind,
            extended_type,
            offset,
            header_len: header_len as u32,
            size,
        };
        if size < header_len || offset.checked_add(size).is_none() {
            return Err(header.wrong_size(end.saturating_sub(offset), parent));
        }
        Ok(header)
    }

    fn wrong_size(&self, most: u64, parent: &Place<'_>) -> Error {
        Error::BoxSize {
            place: parent.child(self.kind).to_string(),
            offset: self.offset,
            size: self.size,
            least: u64::from(self.header_len),
            most,
        }
    }

    /// Where the body starts.
    pub fn body_offset(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.header_len))
    }

    /// Bytes of the body.
    pub fn body_len(&self) -> u64 {
        self.size.saturating_sub(u64::from(self.header_len))
    }

    /// Where the next box starts.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: Place<'static> = Place::FILE;

    fn header(bytes: &[u8], offset: u64, end: u64) -> Result<BoxHeader, String> {
        BoxHeader::parse(bytes, offset, end, &FILE).map_err(|error| error.to_string())
    }

    #[test]
    fn a_size_of_32_bits_is_read() {
        let header = header(b"\0\0\0\x10moov....", 100, 200).unwrap();
        assert_eq!(
            (header.kind, header.header_len, header.size),
            (FourCc::new(b"moov"), 8, 16)
        );
        assert_eq!(
            (header.body_offset(), header.body_len(), header.end()),
            (108, 8, 116)
        );
    }

    #[test]
    fn a_size_of_64_bits_is_read() {
        let bytes = b"\0\0\0\x01mdat\0\0\0\x02\0\0\0\0";
        let header = header(bytes, 0, 3 << 32).unwrap();
        assert_eq!((header.header_len, header.size), (16, 2 << 32));
    }

    #[test]
    fn a_size_of_0_reaches_to_the_end_of_the_file_and_no_other_box() {
        assert_eq!(header(b"\0\0\0\0mdat", 100, 200).unwrap().size, 100);
        let moov = FILE.child(FourCc::new(b"moov"));
        let error = BoxHeader::parse(b"\0\0\0\0trak", 8, 200, &moov)
            .unwrap_err()
            .to_string();
        assert_eq!(error, "moov/trak at byte 8: size: is 0, expected 8 to 192");
    }

    #[test]
    fn an_extended_type_is_part_of_the_header() {
        let mut bytes = b"\0\0\0\x20uuid".to_vec();
        bytes.extend(0..16);
        let found = header(&bytes, 0, 100).unwrap();
        assert_eq!(found.header_len, 24);
        assert_eq!(found.extended_type.map(|kind| kind[15]), Some(15));
        bytes[3] = 23;
        let error = header(&bytes, 0, 100).unwrap_err();
        assert_eq!(error, "uuid at byte 0: size: is 23, expected 24 to 100");
        let error = header(&bytes[..20], 0, 20).unwrap_err();
        assert_eq!(
            error,
            "uuid at byte 8: extended_type: needs 16 bytes, 12 left"
        );
    }

    #[test]
    fn sizes_below_the_header_and_beyond_the_end_are_errors() {
        for size in 2..8 {
            let error = header(&[0, 0, 0, size, b'f', b'r', b'e', b'e'], 5, 50).unwrap_err();
            assert_eq!(
                error,
                format!("free at byte 5: size: is {size}, expected 8 to 45")
            );
        }
        let error = header(b"\0\0\0\x2efree", 5, 50).unwrap_err();
        assert_eq!(error, "free at byte 5: size: is 46, expected 8 to 45");
        let large = b"\0\0\0\x01free\0\0\0\0\0\0\0\x0f";
        let error = header(large, 0, 50).unwrap_err();
        assert_eq!(error, "free at byte 0: size: is 15, expected 16 to 50");
    }

    #[test]
    fn a_box_beyond_the_end_is_taken_on_request_unless_its_end_has_no_number() {
        let bytes = b"\0\0\0\x2emdat";
        let header = BoxHeader::parse_beyond_end(bytes, 5, 50, &FILE).unwrap();
        assert_eq!(header.end(), 51);
        let absurd = b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff";
        assert!(BoxHeader::parse_beyond_end(absurd, 0, 50, &FILE).is_ok());
        assert!(BoxHeader::parse_beyond_end(absurd, 1, 50, &FILE).is_err());
    }

    #[test]
    fn a_cut_header_names_what_is_cut() {
        let bytes = b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x20";
        for cut in 0..16 {
            let field = match cut {
                0..4 => "file at byte 0: size: needs 4 bytes",
                4..8 => "file at byte 4: type: needs 4 bytes",
                _ => "mdat at byte 8: largesize: needs 8 bytes",
            };
            let error = header(&bytes[..cut], 0, cut as u64).unwrap_err();
            assert_eq!(
                error,
                format!("{field}, {} left", cut % 8 % if cut < 8 { 4 } else { 8 })
            );
        }
    }
}
