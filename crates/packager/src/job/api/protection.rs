//! `protect_type`: what this version cannot do is refused, and a mark has to be made.

use super::object::Object;
use crate::job::JobError;

/// Whether a job asks for a mark. Every other protection is refused.
pub(super) fn asks_for_mark(root: &Object<'_>) -> Result<bool, JobError> {
    let spellings = ["protect_type", "protection_type"].map(|key| root.field(key));
    let mut marks = false;
    for field in spellings.iter().flatten() {
        for item in field.list() {
            let protection = item.text()?.to_ascii_lowercase();
            if !["drm", "watermark"].contains(&protection.as_str()) {
                return Err(item.refuse("drm or watermark"));
            }
            if protection == "watermark" {
                marks = true;
                continue;
            }
            let (field, protection) = (item.place, format!("{protection:?}"));
            return Err(JobError::Unsupported { field, protection });
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
    Ok(marks)
}
