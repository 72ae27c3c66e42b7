//! The promises, one file each.

mod alignment;
mod bandwidth;
mod codecs;
mod encryption;
mod facts;
mod files;
mod iframes;
mod media;
mod report;
mod timeline;
mod tracktypes;
mod twins;
mod urls;

use super::Check;

/// Every check, in the order in which they run.
pub(super) const CHECKS: &[Check] = &[
    files::CHECK,
    urls::CHECK,
    timeline::CHECK,
    media::CHECK,
    report::CHECK,
    twins::CHECK,
    alignment::CHECK,
    codecs::CHECK,
    facts::CHECK,
    iframes::CHECK,
    bandwidth::CHECK,
    encryption::CHECK,
    tracktypes::CHECK,
];
