//! A list of keys: a file, or standard input.

#![no_main]

use cenc::policy::Label;
use cenc::scheme::Scheme;
use keys::{GivenKeys, Request, Source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut given = GivenKeys::default();
    if let Err(error) = given.read(data) {
        let message = error.to_string();
        assert!(!message.is_empty());
        // Of what was read key ids alone are shown, whose digits stand in groups of 12 at most.
        let mut words = message.split(|each: char| !each.is_ascii_hexdigit());
        assert!(words.all(|word| word.len() <= 12));
    }
    let source = Source::Given(given);
    for schemes in [&[Scheme::Cbcs][..], &[Scheme::Cenc, Scheme::Cbcs]] {
        let _ = source.obtain(&Request {
            content_id: None,
            schemes,
            labels: &[Label::All],
            limits: None,
            systems: &[],
        });
    }
});
