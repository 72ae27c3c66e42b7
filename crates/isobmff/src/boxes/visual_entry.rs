//! The fields of a video sample entry.

use crate::{Error, Reader, Writer};

/// Fields of a visual sample entry, those of QuickTime included. ISO/IEC 14496-12 12.1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisualFields {
    /// Version and revision in QuickTime; zero in ISO files.
    pub version: u32,
    /// Vendor, temporal quality and spatial quality in QuickTime; zero in ISO files.
    pub pre_defined: [u32; 3],
    /// In pixels of the coded picture, cropped.
    pub width: u16,
    /// In pixels of the coded picture, cropped.
    pub height: u16,
    /// Pixels per inch, 16.16; 72 everywhere.
    pub horizresolution: u32,
    /// Pixels per inch, 16.16; 72 everywhere.
    pub vertresolution: u32,
    /// Data size in QuickTime; zero.
    pub data_size: u32,
    /// Pictures per sample; 1.
    pub frame_count: u16,
    /// A name for people, its length in front.
    pub compressorname: [u8; 32],
    /// 0x0018: colour without alpha.
    pub depth: u16,
    /// -1; a colour table in QuickTime.
    pub color_table_id: i16,
}

impl VisualFields {
    /// For pictures of `width` by `height` pixels, all else as ISO files have it.
    pub fn new(width: u16, height: u16) -> VisualFields {
        VisualFields {
            version: 0,
            pre_defined: [0; 3],
            width,
            height,
            horizresolution: 0x0048_0000,
            vertresolution: 0x0048_0000,
            data_size: 0,
            frame_count: 1,
            compressorname: [0; 32],
            depth: 0x18,
            color_table_id: -1,
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_, '_>) -> Result<VisualFields, Error> {
        Ok(VisualFields {
            version: reader.u32("pre_defined")?,
            pre_defined: [
                reader.u32("pre_defined")?,
                reader.u32("pre_defined")?,
                reader.u32("pre_defined")?,
            ],
            width: reader.u16("width")?,
            height: reader.u16("height")?,
            horizresolution: reader.u32("horizresolution")?,
            vertresolution: reader.u32("vertresolution")?,
            data_size: reader.u32("reserved")?,
            frame_count: reader.u16("frame_count")?,
            compressorname: reader.array("compressorname")?,
            depth: reader.u16("depth")?,
            color_table_id: reader.i16("pre_defined")?,
        })
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u32(self.version);
        self.pre_defined.iter().for_each(|field| writer.u32(*field));
        writer.u16(self.width);
        writer.u16(self.height);
        writer.u32(self.horizresolution);
        writer.u32(self.vertresolution);
        writer.u32(self.data_size);
        writer.u16(self.frame_count);
        writer.bytes(&self.compressorname);
        writer.u16(self.depth);
        writer.i16(self.color_table_id);
    }
}
