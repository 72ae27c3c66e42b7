//! `dref`: where the media data is.

use crate::{BoxBody, Boxes, Error, FourCc, Place, Reader, Writer};

/// Data reference box. ISO/IEC 14496-12 8.7.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dref<'a> {
    /// Number of entries as written; the entries are what counts.
    pub entry_count: u32,
    /// The entry boxes, one after the other.
    pub entries: &'a [u8],
    /// Where they start, in bytes from the start of the file.
    pub entries_offset: u64,
}

impl<'a> Dref<'a> {
    /// The entries of a `dref` that says that the media is in this file.
    pub const SELF_CONTAINED: &'static [u8] = b"\0\0\0\x0curl \0\0\0\x01";

    /// The entry boxes: `url `, `urn `, and in QuickTime `alis`. Their full-box flag 1 says that
    /// the media is in this file; see [`is_self_contained`](Self::is_self_contained).
    pub fn boxes<'p>(&self, place: Place<'p>) -> Boxes<'a, 'p> {
        Boxes::new(self.entries, self.entries_offset, place)
    }

    /// Whether entry `index`, counted from 1 as `data_reference_index` does, says that the media
    /// is in this file; `None` where there is no such entry.
    pub fn is_self_contained(&self, index: u16) -> Option<bool> {
        let index = usize::from(index).checked_sub(1)?;
        let entry = self.boxes(Place::FILE).nth(index)?.ok()?;
        entry.body().get(3).map(|flags| flags & 1 != 0)
    }
}

impl<'a> BoxBody<'a> for Dref<'a> {
    const KIND: FourCc = FourCc::new(b"dref");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        let entry_count = reader.u32("entry_count")?;
        let entries_offset = reader.offset();
        Ok(Dref {
            entry_count,
            entries: reader.rest(),
            entries_offset,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.u32(self.entry_count);
        writer.bytes(self.entries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex};

    #[test]
    fn an_entry_says_whether_the_media_is_in_this_file() {
        // Written by Lavf 59.
        let bytes = hex("0000001c 64726566 00000000 00000001 0000000c 75726c20 00000001");
        let dref: Dref<'_> = checked(bytes, 8);
        assert_eq!(dref.entries, Dref::SELF_CONTAINED);
        assert_eq!(dref.is_self_contained(1), Some(true));
        assert_eq!(dref.is_self_contained(0), None);
        assert_eq!(dref.is_self_contained(2), None);

        let elsewhere: Dref<'_> = checked(
            hex("0000001e 64726566 00000000 00000001 0000000e 75726c20 00000000 7800"),
            8,
        );
        assert_eq!(elsewhere.is_self_contained(1), Some(false));
    }
}
