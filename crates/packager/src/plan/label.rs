//! Labels and folders of renditions.

use std::collections::HashSet;

use media::TrackKind;

/// Gives every rendition a folder of its own, in the order they ask.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    /// In lower case: a package must survive file systems that fold case.
    taken: HashSet<String>,
}

/// Where a rendition lies and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// `video/avc1/1080p`, relative to the manifests.
    pub(crate) folder: String,
    /// `video-avc1-1080p`.
    pub(crate) id: String,
    /// `1080p`.
    pub(crate) label: String,
}

impl Folders {
    /// The folder for a rendition that would like to be called `wish`, with `-2`, `-3`, ...
    /// appended where an earlier one took the name.
    pub(crate) fn place(&mut self, kind: TrackKind, codec_string: &str, wish: &str) -> Place {
        let codec = slug(codec_string.split('.').next().unwrap_or_default());
        let wish = slug(wish);
        let mut label = wish.clone();
        let mut count = 1_u32;
        let mut folder = format!("{kind}/{codec}/{label}");
        while !self.taken.insert(folder.to_ascii_lowercase()) {
            count += 1;
            label = format!("{wish}-{count}");
            folder = format!("{kind}/{codec}/{label}");
        }
        let id = format!("{kind}-{codec}-{label}");
        Place { folder, id, label }
    }
}

/// The text with everything that would need escaping in a URL or a path replaced by `-`.
fn slug(text: &str) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let out: String = text
        .chars()
        .map(|c| if legal(c) { c } else { '-' })
        .collect();
    // Hidden files are not served, and `..` is no name.
    let out = out.trim_matches(|c| c == '.' || c == '-');
    if out.is_empty() {
        "track".into()
    } else {
        out.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_rendition_of_a_name_gets_a_number() {
        let mut folders = Folders::default();
        let mut folder = |wish| folders.place(TrackKind::Video, "avc1.64001F", wish).folder;
        assert_eq!(folder("720p"), "video/avc1/720p");
        assert_eq!(folder("720p"), "video/avc1/720p-2");
        assert_eq!(folder("720P"), "video/avc1/720P-3");
        assert_eq!(folder("720p-2"), "video/avc1/720p-2-2");
    }

    #[test]
    fn labels_cannot_leave_their_folder_or_need_escaping() {
        let mut folders = Folders::default();
        let mut label = |wish| folders.place(TrackKind::Audio, "mp4a.40.2", wish).label;
        assert_eq!(label("../../etc"), "etc");
        assert_eq!(label("Deutsch (Stereo)"), "Deutsch--Stereo");
        assert_eq!(label("한국어"), "track");
        assert_eq!(label(".."), "track-2");
    }
}
