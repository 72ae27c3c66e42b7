//! The packaging API's JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packager::job::api::JobFile;
use std::path::Path;

fuzz_target!(|data: &[u8]| {
    match JobFile::parse(data, Path::new("folder")) {
        Ok(file) => {
            let _ = file.job.validate();
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
