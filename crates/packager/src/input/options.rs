//! The options after the `#` of an input.

use media::TrackKind;

use super::{InputError, InputSpec, Role};

/// The options as messages list them.
pub(super) const ALLOWED: &str =
    "video, audio, text, track=N, lang=TAG, label=NAME, default, role=ROLE";

/// Longest label, in bytes.
const MAX_LABEL_BYTES: usize = 64;

/// Applies `options`, separated by commas, to `spec`.
pub(super) fn apply(spec: &mut InputSpec, options: &str) -> Result<(), InputError> {
    for option in options.split(',') {
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (option, None),
        };
        let name = name.trim();
        match (name, value.map(str::trim)) {
            ("video", None) => kind(spec, TrackKind::Video)?,
            ("audio", None) => kind(spec, TrackKind::Audio)?,
            ("text", None) => kind(spec, TrackKind::Text)?,
            ("default", None) => {
                if spec.default {
                    return Err(twice(spec, "default"));
                }
                spec.default = true;
            }
            ("track", Some(value)) => track(spec, value)?,
            ("lang", Some(value)) => language(spec, value)?,
            ("label", Some(value)) => label(spec, value)?,
            ("role", Some(value)) => role(spec, value)?,
            _ => {
                let option = option.trim().to_string();
                return Err(InputError::UnknownOption {
                    input: spec.name(),
                    option,
                });
            }
        }
    }
    agree(spec)
}

fn kind(spec: &mut InputSpec, kind: TrackKind) -> Result<(), InputError> {
    match spec.kind {
        Some(first) if first == kind => Err(twice(spec, kind.word())),
        Some(first) => {
            let hint = "; name the file once for each";
            Err(contradiction(spec, first.word(), kind.word(), hint))
        }
        None => {
            spec.kind = Some(kind);
            Ok(())
        }
    }
}

fn track(spec: &mut InputSpec, value: &str) -> Result<(), InputError> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let id = value.parse::<u32>().ok().filter(|id| digits && *id > 0);
    let Some(id) = id else {
        let expected = "a track ID of the file, 1 to 4294967295 (`packager probe` lists them)";
        return Err(invalid(spec, "track", value, expected));
    };
    if spec.track.replace(id).is_some() {
        return Err(twice(spec, "track"));
    }
    Ok(())
}

fn language(spec: &mut InputSpec, value: &str) -> Result<(), InputError> {
    let Ok(language) = value.parse() else {
        let expected = "a BCP 47 language tag such as en, ko or pt-BR";
        return Err(invalid(spec, "lang", value, expected));
    };
    if spec.language.replace(language).is_some() {
        return Err(twice(spec, "lang"));
    }
    Ok(())
}

/// A label becomes a folder, a quoted string in HLS and text in the MPD.
fn label(spec: &mut InputSpec, value: &str) -> Result<(), InputError> {
    let unsafe_char = |c: char| c.is_control() || "\"/\\:*?<>|".contains(c);
    let legal = (1..=MAX_LABEL_BYTES).contains(&value.len())
        && !value.starts_with('.')
        && !value.contains(unsafe_char);
    if !legal {
        let expected = "1 to 64 bytes without / \\ : * ? < > | \" or control characters, not \
                        starting with a dot";
        return Err(invalid(spec, "label", value, expected));
    }
    if spec.label.replace(value.into()).is_some() {
        return Err(twice(spec, "label"));
    }
    Ok(())
}

fn role(spec: &mut InputSpec, value: &str) -> Result<(), InputError> {
    let Ok(role) = value.parse() else {
        return Err(invalid(
            spec,
            "role",
            value,
            &format!("one of {}", Role::list()),
        ));
    };
    if spec.role.replace(role).is_some() {
        return Err(twice(spec, "role"));
    }
    Ok(())
}

/// Refuses options that cannot have an effect on the kind selected.
fn agree(spec: &InputSpec) -> Result<(), InputError> {
    let Some(kind) = spec.kind else {
        return Ok(());
    };
    if spec.default && kind == TrackKind::Video {
        let hint = "; players choose among video renditions themselves";
        return Err(contradiction(spec, "video", "default", hint));
    }
    if let Some(role) = spec.role.filter(|role| !role.suits(kind)) {
        return Err(contradiction(
            spec,
            kind.word(),
            &format!("role={role}"),
            "",
        ));
    }
    Ok(())
}

fn twice(spec: &InputSpec, option: &'static str) -> InputError {
    InputError::Twice {
        input: spec.name(),
        option,
    }
}

fn invalid(spec: &InputSpec, option: &'static str, value: &str, expected: &str) -> InputError {
    let (value, expected) = (value.into(), expected.into());
    InputError::Value {
        input: spec.name(),
        option,
        value,
        expected,
    }
}

fn contradiction(spec: &InputSpec, first: &str, second: &str, hint: &'static str) -> InputError {
    let (first, second) = (first.into(), second.into());
    InputError::Contradiction {
        input: spec.name(),
        first,
        second,
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(options: &str) -> String {
        apply(&mut InputSpec::new("a.mp4"), options)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn values_are_refused_with_what_would_be_right() {
        for (options, start) in [
            (
                "track=0",
                "a.mp4: option track: is \"0\", expected a track ID",
            ),
            (
                "track=+1",
                "a.mp4: option track: is \"+1\", expected a track ID",
            ),
            ("track=4294967296", "a.mp4: option track: is \"4294967296\""),
            (
                "lang=en_US",
                "a.mp4: option lang: is \"en_US\", expected a BCP 47 language tag",
            ),
            (
                "role=hero",
                "a.mp4: option role: is \"hero\", expected one of main, alternate",
            ),
            (
                "label=",
                "a.mp4: option label: is \"\", expected 1 to 64 bytes",
            ),
        ] {
            let message = message(options);
            assert!(message.starts_with(start), "{options}: {message}");
        }
    }

    #[test]
    fn a_label_cannot_leave_its_folder_or_its_quotes() {
        for label in [
            "..",
            ".hidden",
            "a/b",
            "a\\b",
            "a\"b",
            "a\nb",
            &"x".repeat(65),
        ] {
            let message = message(&format!("label={label}"));
            assert!(message.contains("option label"), "{label}: {message}");
        }
        apply(&mut InputSpec::new("a.mp4"), "label=감독 해설").unwrap();
    }

    #[test]
    fn an_option_given_twice_is_refused() {
        for option in [
            "video",
            "default",
            "track=1",
            "lang=en",
            "label=a",
            "role=main",
        ] {
            let message = message(&format!("{option},{option}"));
            assert!(message.ends_with("given twice"), "{option}: {message}");
        }
    }

    #[test]
    fn contradictions_are_refused_by_name() {
        let both =
            "a.mp4: options video and audio: exclude each other; name the file once for each";
        assert_eq!(message("video,audio"), both);
        let role = "a.mp4: options audio and role=caption: exclude each other";
        assert_eq!(message("role=caption,audio"), role);
        assert!(message("video,default").contains("video and default"));
    }

    #[test]
    fn flags_take_no_value_and_values_need_one() {
        for options in ["video=1", "lang", "", "default=yes", "audio,,default"] {
            assert!(message(options).contains("unknown"), "{options}");
        }
    }
}
