//! `protect_type`: what has to be done to the content, or else nothing is packaged.

use super::object::Object;
use crate::job::JobError;

/// What a job asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) mark: bool,
    pub(super) encryption: bool,
}

/// What a job asks for.
pub(super) fn wanted(root: &Object<'_>) -> Result<Wanted, JobError> {
    let spellings = ["protect_type", "protection_type"].map(|key| root.field(key));
    let mut wanted = Wanted::default();
    for field in spellings.iter().flatten() {
        for item in field.list() {
            match item.text()?.to_ascii_lowercase().as_str() {
                "watermark" => wanted.mark = true,
                "drm" => wanted.encryption = true,
                _ => return Err(item.refuse("drm or watermark")),
            }
        }
    }
    // A misspelt field must not turn protected content into clear content.
    let known = ["protect_type", "protection_type", "drm_option"];
    for name in root.names().filter(|name| !known.contains(name)) {
        let lower = name.to_ascii_lowercase();
        if ["protect", "drm", "watermark", "crypt"]
            .iter()
            .any(|word| lower.contains(word))
        {
            let expected = "protect_type, protection_type or drm_option";
            return Err(JobError::value(
                name,
                "an unknown field about protection",
                expected,
            ));
        }
    }
    // Without a word about protection, DRM options mean that protection was wanted.
    if spellings.iter().all(Option::is_none) && root.field("drm_option").is_some() {
        let expected = "protect_type beside drm_option ([] packages in the clear)";
        return Err(JobError::value("protect_type", "missing", expected));
    }
    Ok(wanted)
}
