//! `hvcC`: parameter sets of HEVC.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// HEVC decoder configuration. ISO/IEC 14496-15 8.3.3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hvcc<'a> {
    /// 1; files with 0 exist.
    pub configuration_version: u8,
    /// 0 to 3.
    pub general_profile_space: u8,
    /// High tier.
    pub general_tier_flag: bool,
    /// 1: Main, 2: Main 10, ...
    pub general_profile_idc: u8,
    /// The highest bit is flag 0.
    pub general_profile_compatibility_flags: u32,
    /// 48 bits from `progressive_source_flag` on.
    pub general_constraint_indicator_flags: [u8; 6],
    /// 30 times the level.
    pub general_level_idc: u8,
    /// 12 bits.
    pub min_spatial_segmentation_idc: u16,
    /// 0 to 3.
    pub parallelism_type: u8,
    /// 0 to 3: monochrome, 4:2:0, 4:2:2, 4:4:4.
    pub chroma_format_idc: u8,
    /// 0 to 7.
    pub bit_depth_luma_minus8: u8,
    /// 0 to 7.
    pub bit_depth_chroma_minus8: u8,
    /// Pictures in 256 seconds; 0: unknown.
    pub avg_frame_rate: u16,
    /// 0 to 3.
    pub constant_frame_rate: u8,
    /// 0 to 7.
    pub num_temporal_layers: u8,
    /// `temporalIdNested`.
    pub temporal_id_nested: bool,
    /// Bytes of a NAL unit's length in the samples, minus 1: 0, 1 or 3.
    pub length_size_minus_one: u8,
    /// The NAL units by type.
    pub arrays: Vec<NalArray<'a>>,
}

/// NAL units of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NalArray<'a> {
    /// All units of the type are here, and none in the samples.
    pub array_completeness: bool,
    /// 32: VPS, 33: SPS, 34: PPS, 39: prefix SEI, 40: suffix SEI.
    pub nal_unit_type: u8,
    /// The units.
    pub nal_units: Vec<&'a [u8]>,
}

impl<'a> Hvcc<'a> {
    /// All NAL units of `nal_unit_type`.
    pub fn nal_units(&self, nal_unit_type: u8) -> impl Iterator<Item = &'a [u8]> + '_ {
        let arrays = self
            .arrays
            .iter()
            .filter(move |array| array.nal_unit_type == nal_unit_type);
        arrays.flat_map(|array| array.nal_units.iter().copied())
    }
}

impl<'a> BoxBody<'a> for Hvcc<'a> {
    const KIND: FourCc = FourCc::new(b"hvcC");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let before = reader.clone();
        let configuration_version = reader.u8("configurationVersion")?;
        if configuration_version > 1 {
            return Err(before.value("configurationVersion", configuration_version, "1"));
        }
        let profile = reader.u8("general_profile_idc")?;
        let general_profile_compatibility_flags =
            reader.u32("general_profile_compatibility_flags")?;
        let general_constraint_indicator_flags =
            reader.array("general_constraint_indicator_flags")?;
        let general_level_idc = reader.u8("general_level_idc")?;
        let min_spatial_segmentation_idc = reader.u16("min_spatial_segmentation_idc")? & 0x0fff;
        let parallelism_type = reader.u8("parallelismType")? & 3;
        let chroma_format_idc = reader.u8("chroma_format_idc")? & 3;
        let bit_depth_luma_minus8 = reader.u8("bit_depth_luma_minus8")? & 7;
        let bit_depth_chroma_minus8 = reader.u8("bit_depth_chroma_minus8")? & 7;
        let avg_frame_rate = reader.u16("avgFrameRate")?;
        let layers = reader.u8("numTemporalLayers")?;
        let count = reader.u8("numOfArrays")?;
        let mut arrays = Vec::new();
        for _ in 0..count {
            arrays.push(NalArray::read(reader)?);
        }
        Ok(Hvcc {
            configuration_version,
            general_profile_space: profile >> 6,
            general_tier_flag: profile & 0x20 != 0,
            general_profile_idc: profile & 0x1f,
            general_profile_compatibility_flags,
            general_constraint_indicator_flags,
            general_level_idc,
            min_spatial_segmentation_idc,
            parallelism_type,
            chroma_format_idc,
            bit_depth_luma_minus8,
            bit_depth_chroma_minus8,
            avg_frame_rate,
            constant_frame_rate: layers >> 6,
            num_temporal_layers: layers >> 3 & 7,
            temporal_id_nested: layers & 4 != 0,
            length_size_minus_one: layers & 3,
            arrays,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.u8(self.configuration_version);
        let tier = u8::from(self.general_tier_flag) << 5;
        writer.u8(self.general_profile_space << 6 | tier | self.general_profile_idc & 0x1f);
        writer.u32(self.general_profile_compatibility_flags);
        writer.bytes(&self.general_constraint_indicator_flags);
        writer.u8(self.general_level_idc);
        writer.u16(0xf000 | self.min_spatial_segmentation_idc & 0x0fff);
        writer.u8(0xfc | self.parallelism_type & 3);
        writer.u8(0xfc | self.chroma_format_idc & 3);
        writer.u8(0xf8 | self.bit_depth_luma_minus8 & 7);
        writer.u8(0xf8 | self.bit_depth_chroma_minus8 & 7);
        writer.u16(self.avg_frame_rate);
        let nested = u8::from(self.temporal_id_nested) << 2;
        let layers = self.constant_frame_rate << 6 | (self.num_temporal_layers & 7) << 3;
        writer.u8(layers | nested | self.length_size_minus_one & 3);
        writer.count_u8("numOfArrays", self.arrays.len());
        self.arrays.iter().for_each(|array| array.write(writer));
    }
}

impl<'a> NalArray<'a> {
    fn read(reader: &mut Reader<'a, '_>) -> Result<NalArray<'a>, Error> {
        let head = reader.u8("NAL_unit_type")?;
        let count = reader.u16("numNalus")?;
        let mut nal_units = Vec::new();
        for _ in 0..count {
            let length = reader.u16("nalUnitLength")?;
            nal_units.push(reader.bytes(usize::from(length), "nalUnit")?);
        }
        Ok(NalArray {
            array_completeness: head & 0x80 != 0,
            nal_unit_type: head & 0x3f,
            nal_units,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.u8(u8::from(self.array_completeness) << 7 | self.nal_unit_type & 0x3f);
        writer.count_u16("numNalus", self.nal_units.len());
        for unit in &self.nal_units {
            writer.count_u16("nalUnitLength", unit.len());
            writer.bytes(unit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn main_10_is_read() {
        // Written by Lavf 59 around x265, the SEI array cut.
        let hvcc: Hvcc<'_> = whole(hex(
            "00000078 68766343 01 02 20000000 900000000000 1e f000 fc fd fa fa 0000 0f 03
             a0 0001 0018 40010c01ffff02200000030090000003000003001e959809
             a1 0001 002b 42010102200000030090000003000003001ea020831365959ae4caf016a122012080
                          000003008000000c84
             a2 0001 0007 4401c173d08927",
        ));
        assert_eq!(hvcc.configuration_version, 1);
        assert_eq!(
            (hvcc.general_profile_space, hvcc.general_tier_flag),
            (0, false)
        );
        assert_eq!((hvcc.general_profile_idc, hvcc.general_level_idc), (2, 30));
        assert_eq!(hvcc.general_profile_compatibility_flags, 0x2000_0000);
        assert_eq!(
            hvcc.general_constraint_indicator_flags,
            [0x90, 0, 0, 0, 0, 0]
        );
        assert_eq!(
            (hvcc.bit_depth_luma_minus8, hvcc.bit_depth_chroma_minus8),
            (2, 2)
        );
        assert_eq!(hvcc.chroma_format_idc, 1);
        assert_eq!((hvcc.constant_frame_rate, hvcc.num_temporal_layers), (0, 1));
        assert!(hvcc.temporal_id_nested);
        assert_eq!(hvcc.length_size_minus_one, 3);
        assert!(hvcc.arrays.iter().all(|array| array.array_completeness));
        assert_eq!(
            hvcc.nal_units(33).map(<[u8]>::len).collect::<Vec<_>>(),
            [43]
        );
        assert_eq!(hvcc.nal_units(34).next(), Some(hex("4401c173d08927")));
        assert_eq!(hvcc.nal_units(39).next(), None);
    }

    #[test]
    fn every_value_of_the_small_fields_survives() {
        for value in 0..=255u8 {
            let hvcc = Hvcc {
                configuration_version: 1,
                general_profile_space: value >> 6,
                general_tier_flag: value & 0x20 != 0,
                general_profile_idc: value & 0x1f,
                general_profile_compatibility_flags: u32::from(value) << 24,
                general_constraint_indicator_flags: [value; 6],
                general_level_idc: value,
                min_spatial_segmentation_idc: u16::from(value) << 4,
                parallelism_type: value & 3,
                chroma_format_idc: value >> 2 & 3,
                bit_depth_luma_minus8: value & 7,
                bit_depth_chroma_minus8: value >> 3 & 7,
                avg_frame_rate: u16::from(value) << 8,
                constant_frame_rate: value >> 6,
                num_temporal_layers: value >> 3 & 7,
                temporal_id_nested: value & 4 != 0,
                length_size_minus_one: value & 3,
                arrays: vec![NalArray {
                    array_completeness: value & 0x80 != 0,
                    nal_unit_type: value & 0x3f,
                    nal_units: vec![&[1, 2]],
                }],
            };
            assert_eq!(whole::<Hvcc<'_>>(hvcc.to_bytes().unwrap().leak()), hvcc);
        }
    }
}
