//! FairPlay: a URI for each key, in HLS playlists.

use super::{DrmError, System};
use crate::Kid;
use crate::scheme::Scheme;

/// `94ce86fb-07ff-4f43-adb8-93d2fa968ca2`.
pub const SYSTEM_ID: [u8; 16] =
    *b"\x94\xce\x86\xfb\x07\xff\x4f\x43\xad\xb8\x93\xd2\xfa\x96\x8c\xa2";

/// What stands for the key id in a template: 32 lower-case hexadecimal digits.
const KID: &str = "{kid}";

/// What stands for the key id with hyphens.
const UUID: &str = "{uuid}";

/// The URI of each key, in order: `template` with the key's id in place of `{kid}`, as
/// `skd://{kid}`, or with hyphens in place of `{uuid}`.
///
/// # Errors
///
/// [`DrmError::FairPlayScheme`] for other schemes than `cbcs`, [`DrmError::FairPlayUri`] where
/// several keys would get the same.
pub fn key_uris(template: &str, kids: &[Kid], scheme: Scheme) -> Result<Vec<String>, DrmError> {
    System::FairPlay.check(scheme)?;
    let same = kids.iter().all(|kid| Some(kid) == kids.first());
    if !same && !template.contains(KID) && !template.contains(UUID) {
        return Err(DrmError::FairPlayUri { kids: kids.len() });
    }
    let uri = |kid: &Kid| {
        template
            .replace(KID, &kid.hex())
            .replace(UUID, &kid.to_string())
    };
    Ok(kids.iter().map(uri).collect())
}
