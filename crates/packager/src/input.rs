//! What the user names as input: a file, which of its tracks, and what to call them.

mod options;
mod role;
mod subtitle;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use media::{Language, TrackKind};

pub use role::Role;
pub use subtitle::SubtitleSpec;

/// Extensions of subtitle documents.
const SUBTITLE_EXTENSIONS: [&str; 4] = ["vtt", "srt", "ttml", "dfxp"];

/// One input: a file and, after a `#`, what to take from it and how to announce it.
///
/// `path[#option,...]` on the command line, for instance `movie.mp4#audio,lang=ko,default`.
/// Options that name no track apply to every selected track they make sense for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputSpec {
    /// The file.
    pub path: PathBuf,
    /// Take only tracks of this kind; all kinds otherwise.
    pub kind: Option<TrackKind>,
    /// Take only the track with this track ID (`tkhd.track_ID`).
    pub track: Option<u32>,
    /// Announce this language instead of the one the file gives.
    pub language: Option<Language>,
    /// Name of the rendition, shown to viewers and used for its folder. 1 to 64 bytes, safe to
    /// print in a playlist and as one path component.
    pub label: Option<String>,
    /// Prefer this track among those of its kind (HLS `DEFAULT=YES`).
    pub default: bool,
    /// What the track is for.
    pub role: Option<Role>,
}

impl InputSpec {
    /// All tracks of the file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> InputSpec {
        InputSpec {
            path: path.into(),
            ..InputSpec::default()
        }
    }

    /// Reads `path[#option,...]`. A file that exists under the whole text, or under the text up
    /// to a later `#`, is taken as that file: `take #2.mp4` needs no escaping.
    ///
    /// # Errors
    ///
    /// An option that is unknown, has a wrong value, or contradicts another.
    pub fn parse(text: &OsStr) -> Result<InputSpec, InputError> {
        InputSpec::parse_with(text, |path| path.exists())
    }

    /// [`InputSpec::parse`] with the file system as a question.
    pub(crate) fn parse_with(
        text: &OsStr,
        exists: impl Fn(&Path) -> bool,
    ) -> Result<InputSpec, InputError> {
        if text.is_empty() {
            return Err(InputError::NoPath {
                input: String::new(),
            });
        }
        // A name that is not UTF-8 carries no options.
        let Some(whole) = text.to_str() else {
            return Ok(InputSpec::new(text));
        };
        let (path, options) = split(whole, exists);
        if path.is_empty() {
            return Err(InputError::NoPath {
                input: whole.into(),
            });
        }
        let mut spec = InputSpec::new(path);
        if let Some(options) = options {
            options::apply(&mut spec, options)?;
        }
        Ok(spec)
    }

    /// Whether this is a subtitle document rather than a movie, going by its name: `.vtt`, `.srt`,
    /// `.ttml` or `.dfxp`.
    ///
    /// ```
    /// use packager::input::InputSpec;
    ///
    /// assert!(InputSpec::new("subtitles.VTT").is_subtitle());
    /// assert!(!InputSpec::new("vtt.mp4").is_subtitle());
    /// ```
    pub fn is_subtitle(&self) -> bool {
        let extension = self.path.extension().and_then(OsStr::to_str);
        let is = |word: &&str| extension.is_some_and(|found| found.eq_ignore_ascii_case(word));
        SUBTITLE_EXTENSIONS.iter().any(is)
    }

    /// How messages call this input.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// The path, and the options after the `#` that ends it.
fn split(whole: &str, exists: impl Fn(&Path) -> bool) -> (&str, Option<&str>) {
    if exists(Path::new(whole)) {
        return (whole, None);
    }
    let mut first = None;
    for (at, _) in whole.rmatch_indices('#') {
        let (path, options) = (&whole[..at], &whole[at + 1..]);
        if !path.is_empty() && exists(Path::new(path)) {
            return (path, Some(options));
        }
        first = Some((path, Some(options)));
    }
    first.unwrap_or((whole, None))
}

/// What is wrong with an input as it was named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// Nothing before the options.
    #[error("input {input:?}: names no file, expected path[#option,...]")]
    NoPath {
        /// The text given.
        input: String,
    },
    /// A word that is no option.
    #[error(
        "{input}: option {option:?}: unknown, expected one of {}",
        options::ALLOWED
    )]
    UnknownOption {
        /// The file.
        input: String,
        /// The option as given.
        option: String,
    },
    /// An option whose value cannot be used.
    #[error("{input}: option {option}: is {value:?}, expected {expected}")]
    Value {
        /// The file, or the text given.
        input: String,
        /// The option's name.
        option: &'static str,
        /// The value given.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// An option given twice.
    #[error("{input}: option {option}: given twice")]
    Twice {
        /// The file.
        input: String,
        /// The option's name.
        option: &'static str,
    },
    /// Two options that cannot both hold.
    #[error("{input}: options {first} and {second}: exclude each other{hint}")]
    Contradiction {
        /// The file.
        input: String,
        /// One option.
        first: String,
        /// The other.
        second: String,
        /// What to do instead; empty or starting with a separator.
        hint: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, files: &[&str]) -> Result<InputSpec, InputError> {
        InputSpec::parse_with(OsStr::new(text), |path| {
            files.iter().any(|file| path == *file)
        })
    }

    #[test]
    fn a_plain_path_takes_every_track() {
        assert_eq!(parse("a.mp4", &[]).unwrap(), InputSpec::new("a.mp4"));
    }

    #[test]
    fn options_follow_the_hash() {
        let spec = parse(
            "a.mp4#audio,track=2,lang=kor,label=Stereo,default,role=dub",
            &[],
        )
        .unwrap();
        assert_eq!(spec.path, Path::new("a.mp4"));
        assert_eq!(spec.kind, Some(TrackKind::Audio));
        assert_eq!(spec.track, Some(2));
        assert_eq!(spec.language.unwrap().tag(), "ko");
        assert_eq!(spec.label.as_deref(), Some("Stereo"));
        assert!(spec.default);
        assert_eq!(spec.role, Some(Role::Dub));
    }

    #[test]
    fn a_hash_in_the_name_of_a_file_that_exists_belongs_to_the_name() {
        let spec = parse("take #2.mp4", &["take #2.mp4"]).unwrap();
        assert_eq!(spec, InputSpec::new("take #2.mp4"));
        let spec = parse("take #2.mp4#video", &["take #2.mp4"]).unwrap();
        assert_eq!(
            (spec.path.to_str(), spec.kind),
            (Some("take #2.mp4"), Some(TrackKind::Video))
        );
        let spec = parse("a.mp4#label=#1", &["a.mp4"]).unwrap();
        assert_eq!(spec.label.as_deref(), Some("#1"));
    }

    #[test]
    fn an_unknown_option_is_named_with_those_allowed() {
        let error = parse("a.mp4#langauge=ko", &[]).unwrap_err();
        let expected = "a.mp4: option \"langauge=ko\": unknown, expected one of video, audio, text, \
                        track=N, lang=TAG, label=NAME, default, role=ROLE";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn an_input_without_a_path_is_refused() {
        assert!(matches!(parse("", &[]), Err(InputError::NoPath { .. })));
        assert!(matches!(
            parse("#video", &[]),
            Err(InputError::NoPath { .. })
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf_8_is_a_path() {
        use std::os::unix::ffi::OsStrExt;
        let name = OsStr::from_bytes(b"caf\xe9.mp4");
        assert_eq!(
            InputSpec::parse_with(name, |_| false).unwrap().path,
            Path::new(name)
        );
    }
}
