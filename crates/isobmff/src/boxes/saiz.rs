//! `saiz`: sizes of samples' auxiliary information.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Which kind of auxiliary information `saiz` and `saio` are about, where the scheme does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuxInfoType {
    /// `aux_info_type`: the scheme, as `cenc`.
    pub aux_info_type: FourCc,
    /// `aux_info_type_parameter`.
    pub aux_info_type_parameter: u32,
}

impl AuxInfoType {
    pub(super) fn read(reader: &mut Reader<'_, '_>, flags: u32) -> Result<Option<Self>, Error> {
        if flags & 1 == 0 {
            return Ok(None);
        }
        Ok(Some(AuxInfoType {
            aux_info_type: reader.fourcc("aux_info_type")?,
            aux_info_type_parameter: reader.u32("aux_info_type_parameter")?,
        }))
    }

    pub(super) fn write(self, writer: &mut Writer) {
        writer.fourcc(self.aux_info_type);
        writer.u32(self.aux_info_type_parameter);
    }
}

/// Sample auxiliary information sizes. ISO/IEC 14496-12 8.7.8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saiz<'a> {
    /// What it is about.
    pub info_type: Option<AuxInfoType>,
    /// Bytes for every sample; 0: as listed.
    pub default_sample_info_size: u8,
    /// As written; without a list nothing stands behind it.
    pub sample_count: u32,
    /// Bytes for each sample, where there is no default.
    pub sample_info_size: &'a [u8],
}

impl<'a> Saiz<'a> {
    /// The size for each sample: one for all where they are equal.
    pub fn of(sizes: &'a [u8]) -> Saiz<'a> {
        let first = sizes.first().copied().unwrap_or(0);
        let equal = first != 0 && sizes.iter().all(|size| *size == first);
        Saiz {
            info_type: None,
            default_sample_info_size: if equal { first } else { 0 },
            // A count that does not fit is an error when written, by the list or here.
            sample_count: u32::try_from(sizes.len()).unwrap_or(u32::MAX),
            sample_info_size: if equal { &[] } else { sizes },
        }
    }

    /// Bytes for sample `index`, from 0.
    pub fn size(&self, index: u32) -> Option<u8> {
        if index >= self.sample_count {
            return None;
        }
        match self.default_sample_info_size {
            0 => self.sample_info_size.get(index as usize).copied(),
            size => Some(size),
        }
    }
}

impl<'a> BoxBody<'a> for Saiz<'a> {
    const KIND: FourCc = FourCc::new(b"saiz");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (_, flags) = reader.full_box_up_to(0)?;
        let info_type = AuxInfoType::read(reader, flags)?;
        let default_sample_info_size = reader.u8("default_sample_info_size")?;
        let sample_count = reader.u32("sample_count")?;
        Ok(Saiz {
            info_type,
            default_sample_info_size,
            sample_count,
            sample_info_size: match default_sample_info_size {
                0 => reader.rows(sample_count, 1, "sample_info_size")?,
                _ => &[],
            },
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, u32::from(self.info_type.is_some()));
        if let Some(info_type) = self.info_type {
            info_type.write(writer);
        }
        writer.u8(self.default_sample_info_size);
        if self.default_sample_info_size == 0 {
            writer.count_u32("sample_count", self.sample_info_size.len());
            writer.bytes(self.sample_info_size);
        } else {
            writer.u32(self.sample_count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn sizes_are_listed_where_they_differ() {
        // The layout of ISO/IEC 14496-12 8.7.8, by hand.
        let saiz: Saiz<'_> = whole(hex("00000014 7361697a 00000000 00 00000003 161016"));
        assert_eq!(
            [0, 1, 2, 3].map(|at| saiz.size(at)),
            [Some(22), Some(16), Some(22), None]
        );
        assert_eq!(Saiz::of(&[22, 16, 22]), saiz);
    }

    #[test]
    fn equal_sizes_are_said_once() {
        let saiz: Saiz<'_> = whole(hex(
            "00000019 7361697a 00000001 63656e63 00000000 08 00000003",
        ));
        assert_eq!(saiz.info_type.unwrap().aux_info_type, FourCc::new(b"cenc"));
        assert_eq!([0, 2, 3].map(|at| saiz.size(at)), [Some(8), Some(8), None]);
        let made = Saiz::of(&[8, 8, 8]);
        assert_eq!((made.default_sample_info_size, made.sample_count), (8, 3));
        assert_eq!(made.sample_info_size, [0; 0]);
    }

    #[test]
    fn samples_without_information_are_listed() {
        assert_eq!(Saiz::of(&[0, 0]).sample_info_size, [0, 0]);
    }
}
