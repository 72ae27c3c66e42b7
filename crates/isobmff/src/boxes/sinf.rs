//! `sinf`: how the samples of an encrypted entry are protected.

use super::tenc::Tenc;
use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Protection scheme information. ISO/IEC 14496-12 8.12.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sinf<'a> {
    /// `frma`: type of the entry before encryption.
    pub original_format: FourCc,
    /// `schm`.
    pub scheme: Option<Schm<'a>>,
    /// `tenc` in `schi`.
    pub tenc: Option<Tenc<'a>>,
}

/// Scheme type. ISO/IEC 14496-12 8.12.6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schm<'a> {
    /// `cenc`, `cbcs`, `cens`, `cbc1`, ...
    pub scheme_type: FourCc,
    /// 0x00010000.
    pub scheme_version: u32,
    /// Where more is said.
    pub scheme_uri: Option<&'a [u8]>,
}

/// Original format. ISO/IEC 14496-12 8.12.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frma {
    /// Type of the entry before encryption.
    pub data_format: FourCc,
}

const SCHI: FourCc = FourCc::new(b"schi");

impl<'a> BoxBody<'a> for Frma {
    const KIND: FourCc = FourCc::new(b"frma");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        Ok(Frma {
            data_format: reader.fourcc("data_format")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.fourcc(self.data_format);
    }
}

impl<'a> BoxBody<'a> for Schm<'a> {
    const KIND: FourCc = FourCc::new(b"schm");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (_, flags) = reader.full_box_up_to(0)?;
        Ok(Schm {
            scheme_type: reader.fourcc("scheme_type")?,
            scheme_version: reader.u32("scheme_version")?,
            scheme_uri: (flags & 1 != 0).then(|| reader.cstr_or_rest()),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, u32::from(self.scheme_uri.is_some()));
        writer.fourcc(self.scheme_type);
        writer.u32(self.scheme_version);
        if let Some(uri) = self.scheme_uri {
            writer.cstr(uri);
        }
    }
}

impl<'a> BoxBody<'a> for Sinf<'a> {
    const KIND: FourCc = FourCc::new(b"sinf");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let place = *reader.place();
        let start = reader.offset();
        let (mut original_format, mut scheme, mut tenc) = (None, None, None);
        for child in reader.boxes() {
            let child = child?;
            if child.kind == Frma::KIND {
                original_format = Some(Frma::parse(&child, &place)?.data_format);
            } else if child.kind == Schm::KIND {
                scheme = Some(Schm::parse(&child, &place)?);
            } else if child.kind == SCHI {
                let schi = place.child(SCHI);
                if let Some(found) = child.child(Tenc::KIND, schi)? {
                    tenc = Some(Tenc::parse(&found, &schi)?);
                }
            }
        }
        let missing = || Error::missing(&place, start, Frma::KIND);
        Ok(Sinf {
            original_format: original_format.ok_or_else(missing)?,
            scheme,
            tenc,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.body(&Frma {
            data_format: self.original_format,
        });
        if let Some(scheme) = &self.scheme {
            writer.body(scheme);
        }
        if let Some(tenc) = &self.tenc {
            writer.boxed(SCHI, |writer| writer.body(tenc));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex, same};
    use crate::{Place, RawBox};

    #[test]
    fn scheme_and_key_are_read() {
        // Written by Lavf 59.
        let sinf: Sinf<'_> = same(hex("00000050 73696e66 0000000c 66726d61 61766331
             00000014 7363686d 00000000 63656e63 00010000
             00000028 73636869 00000020 74656e63 00000000 0000 01 08
             0123456789abcdef0123456789abcdef"));
        assert_eq!(sinf.original_format, FourCc::new(b"avc1"));
        let scheme = sinf.scheme.unwrap();
        assert_eq!(scheme.scheme_type, FourCc::new(b"cenc"));
        assert_eq!((scheme.scheme_version, scheme.scheme_uri), (0x1_0000, None));
        assert_eq!(sinf.tenc.unwrap().default_per_sample_iv_size, 8);
    }

    #[test]
    fn a_scheme_with_its_uri_is_read() {
        let schm: Schm<'_> = checked(
            hex("00000017 7363686d 00000001 63626373 00010000 753a00"),
            12,
        );
        assert_eq!(schm.scheme_uri, Some(&b"u:"[..]));
    }

    #[test]
    fn the_original_format_must_be_there() {
        let bytes = hex("0000001c 73696e66 00000014 7363686d 00000000 63656e63 00010000");
        let raw = RawBox::parse(bytes, 40, &Place::FILE).unwrap();
        let message = Sinf::parse(&raw, &Place::FILE).unwrap_err().to_string();
        assert_eq!(message, "sinf at byte 48: has no frma box");
    }

    #[test]
    fn errors_within_name_the_path() {
        let bytes = hex("0000001c 73696e66 0000000c 66726d61 61766331 00000008 7363686d");
        let raw = RawBox::parse(bytes, 0, &Place::FILE).unwrap();
        let message = Sinf::parse(&raw, &Place::FILE).unwrap_err().to_string();
        assert_eq!(
            message,
            "sinf/schm at byte 28: version: needs 1 bytes, 0 left"
        );
    }
}
