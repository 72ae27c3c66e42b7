//! The common `pssh` box: key ids for whatever system the player has.

use super::{DrmError, PsshVersion};
use crate::Kid;

/// `1077efec-c0b2-4d02-ace3-3c1e52e2fb4b`, "cenc" Initialization Data Format of the W3C.
pub const SYSTEM_ID: [u8; 16] =
    *b"\x10\x77\xef\xec\xc0\xb2\x4d\x02\xac\xe3\x3c\x1e\x52\xe2\xfb\x4b";

/// A `pssh` box of version 1 with the key ids, and no data.
///
/// # Errors
///
/// [`DrmError::Box`] for more key ids than a box can hold.
pub fn pssh(kids: &[Kid]) -> Result<Vec<u8>, DrmError> {
    super::pssh(SYSTEM_ID, PsshVersion::V1, kids, &[])
}
