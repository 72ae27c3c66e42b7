//! What a track is for.

use std::fmt;
use std::str::FromStr;

use media::TrackKind;

/// The purpose of a track, in the words of the DASH role scheme
/// (`urn:mpeg:dash:role:2011`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The content itself.
    Main,
    /// Another version of the main content: another angle, other music.
    Alternate,
    /// Somebody speaks about the content.
    Commentary,
    /// Another language than the original's.
    Dub,
    /// What can be seen, described for those who cannot see it.
    Description,
    /// What can be heard, written for those who cannot hear it.
    Caption,
    /// Translations of foreign speech and signs only, shown even with subtitles off.
    ForcedSubtitle,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 7] = [
        Role::Main,
        Role::Alternate,
        Role::Commentary,
        Role::Dub,
        Role::Description,
        Role::Caption,
        Role::ForcedSubtitle,
    ];

    /// The word of the command line and of the DASH role scheme.
    pub fn word(self) -> &'static str {
        match self {
            Role::Main => "main",
            Role::Alternate => "alternate",
            Role::Commentary => "commentary",
            Role::Dub => "dub",
            Role::Description => "description",
            Role::Caption => "caption",
            Role::ForcedSubtitle => "forced-subtitle",
        }
    }

    /// Whether a track of `kind` can have this role.
    pub fn suits(self, kind: TrackKind) -> bool {
        match self {
            Role::Main | Role::Alternate | Role::Commentary | Role::Description => true,
            Role::Dub => kind != TrackKind::Video,
            Role::Caption | Role::ForcedSubtitle => kind == TrackKind::Text,
        }
    }

    /// The words of all roles, as messages list them.
    pub fn list() -> String {
        Role::ALL.map(Role::word).join(", ")
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that is no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{_0:?} is no role, expected one of {list}", list = Role::list())]
pub struct InvalidRole(pub String);

impl FromStr for Role {
    type Err = InvalidRole;

    fn from_str(word: &str) -> Result<Role, InvalidRole> {
        let found = Role::ALL.into_iter().find(|role| role.word() == word);
        found.ok_or_else(|| InvalidRole(word.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_read_back_from_its_word() {
        for role in Role::ALL {
            assert_eq!(role.word().parse(), Ok(role));
        }
    }

    #[test]
    fn an_unknown_role_lists_the_known_ones() {
        let error = "Main".parse::<Role>().unwrap_err();
        let expected = "\"Main\" is no role, expected one of main, alternate, commentary, dub, \
                        description, caption, forced-subtitle";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn captions_suit_text_only_and_nobody_dubs_pictures() {
        assert!(Role::Caption.suits(TrackKind::Text));
        assert!(!Role::ForcedSubtitle.suits(TrackKind::Audio));
        assert!(!Role::Dub.suits(TrackKind::Video));
        assert!(Role::Dub.suits(TrackKind::Audio));
    }
}
