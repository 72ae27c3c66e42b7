//! `dfLa`: configuration of FLAC.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// FLAC specific box. Encapsulation of FLAC in ISO Base Media File Format 3.3.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dfla<'a> {
    /// The metadata blocks with their headers, STREAMINFO first.
    pub blocks: &'a [u8],
}

/// What STREAMINFO says. RFC 9639 8.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlacStreamInfo {
    /// In samples.
    pub min_block_size: u16,
    /// In samples.
    pub max_block_size: u16,
    /// In hertz; 20 bits.
    pub sample_rate: u32,
    /// 1 to 8.
    pub channels: u8,
    /// 4 to 32.
    pub bits_per_sample: u8,
    /// 0: unknown; 36 bits.
    pub total_samples: u64,
}

impl Dfla<'_> {
    /// STREAMINFO; `None` where the first block is another or is cut.
    pub fn stream_info(&self) -> Option<FlacStreamInfo> {
        let (head, body) = self.blocks.split_first_chunk::<4>()?;
        if head[0] & 0x7f != 0 {
            return None;
        }
        let body: &[u8; 34] = body.first_chunk()?;
        let [a, b, c, d, .., e0, e1, e2, e3, e4, e5, e6, e7] = *body.first_chunk::<18>()?;
        let bits = u64::from_be_bytes([e0, e1, e2, e3, e4, e5, e6, e7]);
        Some(FlacStreamInfo {
            min_block_size: u16::from_be_bytes([a, b]),
            max_block_size: u16::from_be_bytes([c, d]),
            sample_rate: (bits >> 44) as u32,
            channels: (bits >> 41 & 7) as u8 + 1,
            bits_per_sample: (bits >> 36 & 31) as u8 + 1,
            total_samples: bits & 0xf_ffff_ffff,
        })
    }
}

impl<'a> BoxBody<'a> for Dfla<'a> {
    const KIND: FourCc = FourCc::new(b"dfLa");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        reader.full_box_up_to(0)?;
        Ok(Dfla {
            blocks: reader.rest(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(0, 0);
        writer.bytes(self.blocks);
    }
}
