//! The smaller headers. First byte: which.

#![no_main]

use bitstream::aac::AudioSpecificConfig;
use bitstream::av1::SequenceHeader;
use bitstream::opus::OpusConfig;
use bitstream::vp9::KeyFrameHeader;
use libfuzzer_sys::fuzz_target;
use std::hint::black_box;

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    match kind % 5 {
        0 => {
            if let Ok(config) = AudioSpecificConfig::parse(data) {
                black_box((config.codec_string(), config.channels(), config.frame_length()));
            }
        }
        1 => {
            if let Ok(Some(header)) = SequenceHeader::find(data) {
                black_box((header.codec_string(), header.frame_rate(), header.colour()));
            }
        }
        2 => {
            if let Ok(header) = SequenceHeader::parse(data) {
                black_box((header.codec_string(), header.frame_rate(), header.colour()));
            }
        }
        3 => {
            if let Ok(Some(header)) = KeyFrameHeader::parse(data) {
                black_box(header.colour());
            }
        }
        _ => {
            let _ = black_box(OpusConfig::parse(data));
        }
    }
});
