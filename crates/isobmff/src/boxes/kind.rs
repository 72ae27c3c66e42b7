//! `kind`: the role of a track.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Track kind, in `udta` of a track. ISO/IEC 14496-12 8.10.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind<'a> {
    /// Says what `value` means; alone where it is empty. May be no UTF-8.
    pub scheme_uri: &'a [u8],
    /// A name from the scheme. May be no UTF-8.
    pub value: &'a [u8],
}

impl Kind<'_> {
    /// The scheme of DASH roles: `main`, `caption`, `forced-subtitle`, ...
    pub const DASH_ROLE: &'static [u8] = b"urn:mpeg:dash:role:2011";
}

impl<'a> BoxBody<'a> for Kind<'a> {
    const KIND: FourCc = FourCc::new(b"kind");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Kind {
            scheme_uri: reader.cstr("schemeURI")?,
            value: reader.cstr_or_rest(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.cstr(self.scheme_uri);
        writer.cstr(self.value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex};

    #[test]
    fn scheme_and_value_are_read() {
        let kind: Kind<'_> = checked(
            hex(
                "00000029 6b696e64 00000000 75726e3a6d7065673a646173683a726f6c653a3230313100
                 6d61696e00",
            ),
            28,
        );
        assert_eq!(
            (kind.scheme_uri, kind.value),
            (Kind::DASH_ROLE, &b"main"[..])
        );
    }
}
