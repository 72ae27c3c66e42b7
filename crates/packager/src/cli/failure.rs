//! How a command ends when it does not end well.

use std::error::Error;
use std::process::ExitCode;

use packager::input::InputError;
use packager::job::JobError;

/// Why a command did not do what it should.
#[derive(Debug)]
pub(super) enum Failure {
    /// It went wrong.
    Wrong(anyhow::Error),
    /// The user asked for what cannot be.
    Asked(anyhow::Error),
    /// The findings are printed; nothing is left to say.
    Found,
}

impl Failure {
    /// Asked wrongly, in these words.
    pub(super) fn asked(text: impl Into<String>) -> Failure {
        Failure::Asked(anyhow::Error::msg(text.into()))
    }

    /// Prints the message, if one is left to print, and gives the exit code.
    pub(super) fn report(self) -> ExitCode {
        let (error, code) = match self {
            Failure::Found => return ExitCode::from(1),
            Failure::Wrong(error) => (error, 1),
            Failure::Asked(error) => (error, 2),
        };
        super::output::complain("error", &chain(error.as_ref()));
        ExitCode::from(code)
    }
}

impl From<JobError> for Failure {
    fn from(error: JobError) -> Failure {
        Failure::Asked(error.into())
    }
}

impl From<packager::Error> for Failure {
    fn from(error: packager::Error) -> Failure {
        if error.is_usage() {
            Failure::Asked(error.into())
        } else {
            Failure::Wrong(error.into())
        }
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Failure {
        Failure::Asked(error.into())
    }
}

/// The message and its causes in one line. A cause that the message ends in already, as
/// transparent errors make it, is not repeated.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_follow_the_message_once() {
        let io = std::io::Error::other("disk on fire");
        let error = anyhow::Error::new(io).context("movie.mp4");
        assert_eq!(chain(error.as_ref()), "movie.mp4: disk on fire");
        let io = std::io::Error::other("disk on fire");
        let error = anyhow::Error::new(io).context("movie.mp4: disk on fire");
        assert_eq!(chain(error.as_ref()), "movie.mp4: disk on fire");
    }
}
