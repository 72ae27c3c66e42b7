//! `pssh`: what a protection system needs.

use crate::{BoxBody, Error, FourCc, Reader, Table, Writer};

/// Protection system specific header. ISO/IEC 23001-7 8.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pssh<'a> {
    /// 0, or 1 where key ids are listed.
    pub version: u8,
    /// The protection system.
    pub system_id: [u8; 16],
    /// Key ids the data is for; none in version 0.
    pub kids: Table<'a, [u8; 16]>,
    /// What the system says.
    pub data: &'a [u8],
}

impl<'a> BoxBody<'a> for Pssh<'a> {
    const KIND: FourCc = FourCc::new(b"pssh");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        let system_id = reader.array("SystemID")?;
        let kids = match version {
            0 => Table::EMPTY,
            _ => {
                let count = reader.u32("KID_count")?;
                Table::read(reader, count, "KID")?
            }
        };
        let size = reader.u32("DataSize")?;
        Ok(Pssh {
            version,
            system_id,
            kids,
            data: reader.rows(size, 1, "Data")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        writer.bytes(&self.system_id);
        if self.version >= 1 {
            writer.count_u32("KID_count", self.kids.len());
            writer.bytes(self.kids.bytes());
        }
        writer.count_u32("DataSize", self.data.len());
        writer.bytes(self.data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn data_of_a_system_is_read() {
        // Widevine's, "pssh.mp4" of fq (MIT).
        let pssh: Pssh<'_> = whole(hex(
            "00000056 70737368 00000000 edef8ba979d64acea3c827dcd51d21ed 00000036
             08011210883780c4a981494cb9949e93792ff8a71a0d7769646576696e655f746573742208
             3132333435363738320764656661756c74",
        ));
        assert_eq!(pssh.system_id[..4], [0xed, 0xef, 0x8b, 0xa9]);
        assert_eq!((pssh.kids.len(), pssh.data.len()), (0, 54));
    }

    #[test]
    fn key_ids_of_version_1_are_read() {
        let pssh: Pssh<'_> = whole(hex(
            "00000044 70737368 01000000 1077efecc0b24d02ace33c1e52e2fb4b 00000002
             00112233445566778899aabbccddeeff 0123456789abcdef0123456789abcdef 00000000",
        ));
        let kids: Vec<[u8; 16]> = pssh.kids.iter().collect();
        assert_eq!(kids[0][..3], [0, 0x11, 0x22]);
        assert_eq!(kids[1][15], 0xef);
        assert_eq!(Table::encode(&kids), pssh.kids.bytes());
    }
}
