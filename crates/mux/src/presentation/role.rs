//! What a rendition is for.

/// What a rendition is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The main presentation.
    Main,
    /// An alternative to it.
    Alternate,
    /// A commentary.
    Commentary,
    /// Dubbed speech.
    Dub,
    /// Audio that describes the pictures, or text that describes them.
    Description,
    /// Text for those who cannot hear: speech and sounds.
    Caption,
    /// Text of the speech, for those who do not know the language.
    Subtitle,
    /// Subtitles shown even when subtitles are off.
    ForcedSubtitle,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 8] = [
        Role::Main,
        Role::Alternate,
        Role::Commentary,
        Role::Dub,
        Role::Description,
        Role::Caption,
        Role::Subtitle,
        Role::ForcedSubtitle,
    ];

    /// The value in the scheme `urn:mpeg:dash:role:2011`, which is also the command line's word.
    pub fn word(self) -> &'static str {
        match self {
            Role::Main => "main",
            Role::Alternate => "alternate",
            Role::Commentary => "commentary",
            Role::Dub => "dub",
            Role::Description => "description",
            Role::Caption => "caption",
            Role::Subtitle => "subtitle",
            Role::ForcedSubtitle => "forced-subtitle",
        }
    }

    /// The role of this [`word`](Role::word).
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A property named by a URI, as DASH descriptors carry it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Descriptor {
    /// `@schemeIdUri`.
    pub scheme: String,
    /// `@value`.
    pub value: Option<String>,
}

impl Descriptor {
    /// A property with a value.
    pub fn new(scheme: impl Into<String>, value: impl Into<String>) -> Descriptor {
        Descriptor {
            scheme: scheme.into(),
            value: Some(value.into()),
        }
    }
}
