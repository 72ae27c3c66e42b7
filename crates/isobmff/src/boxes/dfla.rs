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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex};

    #[test]
    fn stream_information_is_read() {
        // Written by Lavf 59.
        let dfla: Dfla<'_> = checked(
            hex("00000032 64664c61 00000000 80000022
                 1200 1200 000417 0004de 0ac440f0000044e8 9439695cd2ddf00b36d1bcf843b27f89"),
            4,
        );
        let expected = FlacStreamInfo {
            min_block_size: 4608,
            max_block_size: 4608,
            sample_rate: 44_100,
            channels: 1,
            bits_per_sample: 16,
            total_samples: 17_640,
        };
        assert_eq!(dfla.stream_info(), Some(expected));
    }

    #[test]
    fn no_or_cut_stream_information_is_none() {
        assert_eq!(Dfla { blocks: &[] }.stream_info(), None);
        assert_eq!(Dfla { blocks: &[0; 37] }.stream_info(), None);
        assert!(Dfla { blocks: &[0; 38] }.stream_info().is_some());
        assert_eq!(Dfla { blocks: &[4; 38] }.stream_info(), None);
    }
}
