//! A SubRip document.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::subtitles(data, text::Format::Srt));
