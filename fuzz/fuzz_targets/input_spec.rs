//! Inputs, subtitles and seconds as the command line writes them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packager::input::{InputSpec, SubtitleSpec};
use packager::job::seconds;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

fuzz_target!(|data: &[u8]| {
    let text = OsStr::from_bytes(data);
    if let Ok(spec) = InputSpec::parse(text) {
        std::hint::black_box(spec.name());
    }
    let _ = SubtitleSpec::parse(text);
    if let Some(text) = text.to_str() {
        let _ = seconds(text);
    }
});
