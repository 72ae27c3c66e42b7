//! `ContentProtection`: that a set is encrypted, and what each protection system has to know.

use super::model::ContentProtection;
use crate::presentation::{Descriptor, Protection, protection::uuid};

/// ISO/IEC 23009-1 5.8.5.2: samples are encrypted as ISO/IEC 23001-7 says; the value is the scheme.
const MP4_PROTECTION: &str = "urn:mpeg:dash:mp4protection:2011";

/// First that it is encrypted and by which key, which is all that a player has to know that takes
/// the rest from `pssh` boxes; then each system.
pub(super) fn elements(protection: &Protection) -> Vec<ContentProtection<'_>> {
    let encrypted = ContentProtection {
        descriptor: Descriptor::new(MP4_PROTECTION, protection.scheme.to_string()),
        default_kid: Some(protection.kid_uuid()),
        content: None,
    };
    let systems = protection.systems.iter().filter_map(|system| {
        let content = system.dash.as_ref()?;
        Some(ContentProtection {
            descriptor: Descriptor {
                scheme: format!("urn:uuid:{}", uuid(&system.system_id)),
                value: Some(system.name.clone()).filter(|name| !name.is_empty()),
            },
            default_kid: None,
            content: Some(content),
        })
    });
    std::iter::once(encrypted).chain(systems).collect()
}
