//! `ftyp` and `styp`: what a file or segment conforms to.

use crate::{BoxBody, Error, FourCc, Reader, Row, Table, Writer};

/// File type, `ftyp`, or segment type, `styp`: the same fields. ISO/IEC 14496-12 4.3 and
/// 8.16.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ftyp<'a> {
    /// `ftyp` or `styp`.
    pub kind: FourCc,
    /// The brand the file is best used as.
    pub major_brand: FourCc,
    /// Version of the major brand, for information.
    pub minor_version: u32,
    /// Brands the file conforms to.
    pub compatible_brands: Table<'a, FourCc>,
}

impl Ftyp<'_> {
    /// Whether `brand` is the major or a compatible one.
    pub fn has_brand(&self, brand: FourCc) -> bool {
        self.major_brand == brand || self.compatible_brands.iter().any(|other| other == brand)
    }
}

impl Row for FourCc {
    const SIZE: usize = 4;

    fn decode(bytes: &[u8]) -> FourCc {
        FourCc(crate::table::cell(bytes, 0))
    }

    fn encode(&self, writer: &mut Writer) {
        writer.fourcc(*self);
    }
}

impl<'a> BoxBody<'a> for Ftyp<'a> {
    const KIND: FourCc = FourCc::new(b"ftyp");
    const KINDS: &'static [FourCc] = &[FourCc::new(b"ftyp"), FourCc::new(b"styp")];

    fn kind(&self) -> FourCc {
        self.kind
    }

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        Ok(Ftyp {
            kind: reader.kind(),
            major_brand: reader.fourcc("major_brand")?,
            minor_version: reader.u32("minor_version")?,
            compatible_brands: {
                let whole = reader.left() / FourCc::SIZE * FourCc::SIZE;
                Table::new(reader.bytes(whole, "compatible_brands")?)
            },
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.fourcc(self.major_brand);
        writer.u32(self.minor_version);
        writer.bytes(self.compatible_brands.bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex};

    #[test]
    fn brands_of_a_file_are_read_in_order() {
        // Written by Lavf 59.
        let ftyp: Ftyp<'_> = checked(
            hex("00000020 66747970 69736f6d 00000200 69736f6d 69736f32 61766331 6d703431"),
            8,
        );
        assert_eq!(ftyp.major_brand, FourCc::new(b"isom"));
        assert_eq!(ftyp.minor_version, 512);
        let brands: Vec<String> = ftyp
            .compatible_brands
            .iter()
            .map(|b| b.to_string())
            .collect();
        assert_eq!(brands, ["isom", "iso2", "avc1", "mp41"]);
        assert!(ftyp.has_brand(FourCc::new(b"avc1")));
        assert!(!ftyp.has_brand(FourCc::new(b"cmfc")));
    }

    #[test]
    fn a_segment_type_is_written_back_as_one() {
        // Written by GPAC.
        let styp: Ftyp<'_> = checked(
            hex("00000020 73747970 69736f6d 00000000 69736f38 6d703431 64617368 636d6673"),
            8,
        );
        assert_eq!(styp.kind, FourCc::new(b"styp"));
        assert!(styp.has_brand(FourCc::new(b"cmfs")));
    }
}
