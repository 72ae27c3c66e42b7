//! `elng`: the language as a BCP 47 tag.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Extended language tag. ISO/IEC 14496-12 8.4.6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elng<'a> {
    /// A BCP 47 tag, such as `pt-BR`; may be no UTF-8.
    pub extended_language: &'a [u8],
}

impl<'a> BoxBody<'a> for Elng<'a> {
    const KIND: FourCc = FourCc::new(b"elng");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Elng {
            extended_language: reader.cstr_or_rest(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.cstr(self.extended_language);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{around, checked, hex};
    use crate::{Place, RawBox};

    #[test]
    fn tag_is_read_with_and_without_its_terminator() {
        let elng: Elng<'_> = checked(hex("00000012 656c6e67 00000000 70742d4252 00"), 4);
        assert_eq!(elng.extended_language, b"pt-BR");
        let bare = around(Elng::KIND, b"\0\0\0\0pt-BR");
        let raw = RawBox::parse(bare, 0, &Place::FILE).unwrap();
        let elng = Elng::parse(&raw, &Place::FILE).unwrap();
        assert_eq!(elng.extended_language, b"pt-BR");
    }
}
