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
