//! A CPIX document.

#![no_main]

use cenc::drm::System;
use cenc::policy::{HeightLimits, Label};
use cenc::scheme::Scheme;
use keys::{CpixDocument, Request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let document = match CpixDocument::parse(data) {
        Ok(document) => document,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let schemes = [&[Scheme::Cenc][..], &[Scheme::Cbcs], &[Scheme::Cenc, Scheme::Cbcs]];
    let labels = [&[Label::All][..], &[Label::Audio, Label::Sd, Label::Hd, Label::Uhd1, Label::Uhd2]];
    for schemes in schemes {
        for labels in labels {
            let obtained = document.obtain(&Request {
                content_id: Some("film"),
                schemes,
                labels,
                limits: Some(HeightLimits::USUAL),
                systems: &System::ALL,
            });
            match obtained {
                // What goes into playlists cannot break out of its line.
                Ok(obtained) => assert!(obtained.signalling.iter().all(|each| {
                    let lines = each.hls_media.iter().chain(&each.hls_master);
                    lines.chain(&each.uri_ext_x_key).all(|line| !line.contains(['\n', '\r']))
                })),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
});
