//! What every typed box can do.

use crate::{Error, FourCc, Place, RawBox, Reader, Writer};

/// A box whose fields are known: the same type is read and written.
pub trait BoxBody<'a>: Sized {
    /// The box's type; where it has several, the usual one.
    const KIND: FourCc;

    /// Every type this body occurs under.
    const KINDS: &'static [FourCc] = &[Self::KIND];

    /// The type to write.
    fn kind(&self) -> FourCc {
        Self::KIND
    }

    /// Reads the body. Bytes after the last known field may be left unread: some writers pad.
    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error>;

    /// Writes the body.
    fn write(&self, writer: &mut Writer);

    /// Reads the box `raw`, which lies in the box at `parent`.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] for a box of another type, and whatever is wrong with its fields.
    fn parse(raw: &RawBox<'a>, parent: &Place<'_>) -> Result<Self, Error> {
        Self::parse_with_rest(raw, parent).map(|(body, _)| body)
    }

    /// As [`parse`](Self::parse), with the bytes after the last known field.
    fn parse_with_rest(raw: &RawBox<'a>, parent: &Place<'_>) -> Result<(Self, &'a [u8]), Error> {
        let mut reader = raw.reader(parent.child(raw.kind));
        if !Self::KINDS.contains(&raw.kind) {
            let at = Reader::new(&[], raw.offset, parent.child(raw.kind));
            return Err(at.value("type", raw.kind, "the type of the box read for"));
        }
        let body = Self::read(&mut reader)?;
        Ok((body, reader.rest()))
    }

    /// The box, header included.
    ///
    /// # Errors
    ///
    /// [`Error::DoesNotFit`] where a list or string is longer than its field can say.
    fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut writer = Writer::new();
        writer.body(self);
        writer.finish()
    }
}
