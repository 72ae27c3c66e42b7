//! FLAC: the STREAMINFO block of `dfLa`.

use crate::Error;
use crate::bits::BitReader;

/// STREAMINFO, RFC 9639 8.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// Least samples in a block.
    pub min_block_size: u16,
    /// Most samples in a block.
    pub max_block_size: u16,
    /// Least bytes in a frame; 0 where unknown.
    pub min_frame_size: u32,
    /// Most bytes in a frame; 0 where unknown.
    pub max_frame_size: u32,
    /// In hertz.
    pub sampling_rate: u32,
    /// 1 to 8.
    pub channels: u8,
    /// 4 to 32.
    pub bits_per_sample: u8,
    /// Samples of one channel; 0 where unknown.
    pub total_samples: u64,
    /// MD5 of the samples; zero where unknown.
    pub md5: [u8; 16],
}

impl StreamInfo {
    /// Reads the 34 bytes of the block, after its metadata block header.
    pub fn parse(data: &[u8]) -> Result<StreamInfo, Error> {
        let mut r = BitReader::new("STREAMINFO", data);
        let mut info = StreamInfo {
            min_block_size: r.bits(16, "minimum block size")? as u16,
            max_block_size: r.bits(16, "maximum block size")? as u16,
            min_frame_size: r.bits(24, "minimum frame size")?,
            max_frame_size: r.bits(24, "maximum frame size")?,
            sampling_rate: r.bits_range(20, (1, 0xf_ffff), "sample rate")?,
            channels: r.small(3, "channels")? + 1,
            bits_per_sample: r.small(5, "bits per sample")? + 1,
            total_samples: r.bits64(36, "total samples")?,
            md5: [0; 16],
        };
        for byte in &mut info.md5 {
            *byte = r.byte("MD5")?;
        }
        Ok(info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example stream of RFC 9639 D.1: one sample of stereo at 44.1 kHz, 16 bits.
    const EXAMPLE: [u8; 34] = [
        0x10, 0x00, 0x10, 0x00, 0x00, 0x00, 0x0f, 0x00, 0x00, 0x0f, 0x0a, 0xc4, 0x42, 0xf0, 0x00,
        0x00, 0x00, 0x01, 0x3e, 0x84, 0xb4, 0x18, 0x07, 0xdc, 0x69, 0x03, 0x07, 0x58, 0x6a, 0x3d,
        0xad, 0x1a, 0x2e, 0x0f,
    ];

    #[test]
    fn the_example_of_the_standard_is_read() {
        let info = StreamInfo::parse(&EXAMPLE).unwrap();
        assert_eq!(
            (info.sampling_rate, info.channels, info.bits_per_sample),
            (44_100, 2, 16)
        );
        assert_eq!((info.min_block_size, info.max_block_size), (4096, 4096));
        assert_eq!((info.min_frame_size, info.max_frame_size), (15, 15));
        assert_eq!((info.total_samples, info.md5[15]), (1, 0x0f));
    }

    #[test]
    fn truncated_block_is_an_error_at_every_byte() {
        for length in 0..EXAMPLE.len() {
            assert!(StreamInfo::parse(&EXAMPLE[..length]).is_err(), "{length}");
        }
    }
}
