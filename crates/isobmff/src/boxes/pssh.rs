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
