//! `drm_option`: how the API's jobs want to be encrypted.

use media::Time;

use super::object::Object;
use crate::job::{JobError, MAX_SECONDS, whole_seconds};

/// Encryption options, with the API's defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrmOption {
    /// One key per track type (audio, SD, HD, ...) instead of one for all.
    pub multi_key: bool,
    /// Leave audio in the clear.
    pub skip_audio_encryption: bool,
    /// Largest height of the SD track type, in pixels.
    pub max_sd_height: u32,
    /// Largest height of the HD track type, in pixels.
    pub max_hd_height: u32,
    /// Largest height of the first UHD track type, in pixels.
    pub max_uhd1_height: u32,
    /// How much of the beginning stays in the clear.
    pub clear_lead: Time,
    /// Also write manifests restricted to SD, to SD and HD, and so on.
    pub generate_tracktype_manifests: bool,
}

impl Default for DrmOption {
    fn default() -> DrmOption {
        DrmOption {
            multi_key: false,
            skip_audio_encryption: false,
            max_sd_height: 480,
            max_hd_height: 1080,
            max_uhd1_height: 2160,
            clear_lead: whole_seconds(0),
            generate_tracktype_manifests: false,
        }
    }
}

impl DrmOption {
    /// Whether heights are other than the usual ones.
    pub(super) fn has_heights(&self) -> bool {
        let heights = |option: &DrmOption| {
            (
                option.max_sd_height,
                option.max_hd_height,
                option.max_uhd1_height,
            )
        };
        heights(self) != heights(&DrmOption::default())
    }

    /// Reads the object `drm_option`.
    pub(super) fn read(object: &Object<'_>) -> Result<DrmOption, JobError> {
        let mut option = DrmOption::default();
        for (name, flag) in [
            ("multi_key", &mut option.multi_key),
            ("skip_audio_encryption", &mut option.skip_audio_encryption),
            (
                "generate_tracktype_manifests",
                &mut option.generate_tracktype_manifests,
            ),
        ] {
            if let Some(field) = object.field(name) {
                *flag = field.boolean()?;
            }
        }
        let mut least = 1;
        for (name, height) in [
            ("max_sd_height", &mut option.max_sd_height),
            ("max_hd_height", &mut option.max_hd_height),
            ("max_uhd1_height", &mut option.max_uhd1_height),
        ] {
            let field = object.field(name);
            if let Some(field) = &field {
                *height = field.positive("a height in pixels")?;
            }
            if *height < least {
                let place = format!("drm_option.{name}");
                let expected = format!("at least {least}, above the height of the class below");
                return Err(JobError::value(place, *height, expected));
            }
            least = height.saturating_add(1);
        }
        if let Some(field) = object.field("clear_lead") {
            let expected = "0 to 3600 seconds";
            option.clear_lead = field.seconds(expected)?;
            if option.clear_lead > whole_seconds(MAX_SECONDS) {
                return Err(field.refuse(expected));
            }
        }
        Ok(option)
    }
}
