//! The promises, one file each.

mod alignment;
mod bandwidth;
mod codecs;
mod media;
mod timeline;
mod urls;

use super::Check;

/// Every check, in the order in which they run.
pub(super) const CHECKS: &[Check] = &[
    urls::CHECK,
    timeline::CHECK,
    media::CHECK,
    alignment::CHECK,
    codecs::CHECK,
    bandwidth::CHECK,
];
