//! A subtitle document beside the movie files.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use media::Language;

use super::InputError;

/// A WebVTT, SRT or TTML document and its language: `PATH[:LANG]` on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubtitleSpec {
    /// The document.
    pub path: PathBuf,
    /// Its language; `None` where the user did not say.
    pub language: Option<Language>,
}

impl SubtitleSpec {
    /// Reads `PATH[:LANG]`. What follows the last colon is a language unless a file of the whole
    /// name exists.
    ///
    /// # Errors
    ///
    /// An empty path, and a language that is no BCP 47 tag behind a path that exists.
    pub fn parse(text: &OsStr) -> Result<SubtitleSpec, InputError> {
        SubtitleSpec::parse_with(text, |path| path.exists())
    }

    /// [`SubtitleSpec::parse`] with the file system as a question.
    pub(crate) fn parse_with(
        text: &OsStr,
        exists: impl Fn(&Path) -> bool,
    ) -> Result<SubtitleSpec, InputError> {
        let whole = || SubtitleSpec {
            path: text.into(),
            language: None,
        };
        let name = text.to_string_lossy();
        if name.is_empty() || name.starts_with(':') {
            return Err(InputError::NoPath { input: name.into() });
        }
        let Some((path, tag)) = text.to_str().and_then(|text| text.rsplit_once(':')) else {
            return Ok(whole());
        };
        if exists(Path::new(text)) {
            return Ok(whole());
        }
        match tag.parse() {
            Ok(language) => Ok(SubtitleSpec {
                path: path.into(),
                language: Some(language),
            }),
            Err(_) if exists(Path::new(path)) => Err(InputError::Value {
                input: path.into(),
                option: "language",
                value: tag.into(),
                expected: "a BCP 47 language tag such as en, ko or pt-BR".into(),
            }),
            // A path with a colon of its own, `C:\subtitles.vtt` for one.
            Err(_) => Ok(whole()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, files: &[&str]) -> Result<SubtitleSpec, InputError> {
        SubtitleSpec::parse_with(OsStr::new(text), |path| {
            files.iter().any(|file| path == *file)
        })
    }

    #[test]
    fn the_language_follows_the_last_colon() {
        let spec = parse("a:b.srt:pt-br", &[]).unwrap();
        assert_eq!(spec.path, Path::new("a:b.srt"));
        assert_eq!(spec.language.unwrap().tag(), "pt-BR");
        assert_eq!(parse("a.srt", &[]).unwrap().language, None);
    }

    #[test]
    fn a_file_that_exists_keeps_its_colon() {
        let spec = parse("part:en", &["part:en"]).unwrap();
        assert_eq!((spec.path.to_str(), spec.language), (Some("part:en"), None));
    }

    #[test]
    fn a_drive_letter_is_no_path_before_a_language() {
        let spec = parse("C:\\film.vtt", &[]).unwrap();
        assert_eq!(
            (spec.path.to_str(), spec.language),
            (Some("C:\\film.vtt"), None)
        );
    }

    #[test]
    fn a_wrong_language_behind_an_existing_file_is_refused() {
        let message = parse("a.srt:en_US", &["a.srt"]).unwrap_err().to_string();
        let expected = "a.srt: option language: is \"en_US\", expected a BCP 47 language tag such \
                        as en, ko or pt-BR";
        assert_eq!(message, expected);
        assert!(matches!(parse(":en", &[]), Err(InputError::NoPath { .. })));
    }
}
