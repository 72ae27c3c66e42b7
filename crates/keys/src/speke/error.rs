//! What goes wrong with servers.

use thiserror::Error;

/// What went wrong with a key server. No header, user information, value of a query or key is in
/// it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SpekeError {
    /// Not an address.
    #[error("is no http or https URL with a host")]
    Url,
    /// A header is wrong.
    #[error("header {fault}")]
    Header {
        /// What is wrong.
        fault: &'static str,
    },
    /// Servers know keys by the content.
    #[error("needs a content id to ask for keys")]
    NoContentId,
    /// Not to be written in XML.
    #[error("content id has control characters, which a request cannot carry")]
    ContentId,
    /// Certificates to trust cannot be found.
    #[error("{fault}, so that no server can be trusted")]
    Roots {
        /// Where.
        fault: String,
    },
    /// No answer.
    #[error("{problem}{}", asked(*attempts))]
    Unreachable {
        /// What happened.
        problem: String,
        /// How often it was asked.
        attempts: u32,
    },
    /// Not who it should be, or no TLS.
    #[error("TLS: {problem}")]
    Tls {
        /// What is wrong.
        problem: String,
    },
    /// It is elsewhere.
    #[error("answers {status}, a redirection{}; expected CPIX, keys are asked for where the URL says", to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default())]
    Redirect {
        /// Of the answer.
        status: u16,
        /// Where to.
        to: Option<String>,
    },
    /// It does not want, or cannot.
    #[error("answers {status}, expected 200{}{}", asked(*attempts), says(said))]
    Status {
        /// Of the answer.
        status: u16,
        /// How often it was asked.
        attempts: u32,
        /// The beginning of what it says.
        said: Option<String>,
    },
    /// Some other kind of document.
    #[error(
        "answers {status} with {found}, expected application/xml with CPIX{}",
        says(said)
    )]
    ContentType {
        /// Of the answer.
        status: u16,
        /// What it says it is.
        found: String,
        /// The beginning of it.
        said: Option<String>,
    },
    /// Nothing at all.
    #[error("answers {status} with nothing, expected CPIX")]
    Empty {
        /// Of the answer.
        status: u16,
    },
    /// More than keys are.
    #[error("answers more than {most} bytes, expected CPIX")]
    TooLong {
        /// In bytes.
        most: u64,
    },
}

impl SpekeError {
    /// Whether the user asked for something that cannot be.
    pub(crate) fn is_usage(&self) -> bool {
        match self {
            SpekeError::Url | SpekeError::Header { .. } => true,
            SpekeError::NoContentId | SpekeError::ContentId => true,
            SpekeError::Roots { .. } | SpekeError::Unreachable { .. } | SpekeError::Tls { .. } => {
                false
            }
            SpekeError::Redirect { .. } | SpekeError::Status { .. } => false,
            SpekeError::ContentType { .. } | SpekeError::Empty { .. } => false,
            SpekeError::TooLong { .. } => false,
        }
    }
}

fn asked(attempts: u32) -> String {
    match attempts {
        0 | 1 => String::new(),
        attempts => format!(" (asked {attempts} times)"),
    }
}

fn says(said: &Option<String>) -> String {
    said.as_ref()
        .map(|said| format!("; it says: {said}"))
        .unwrap_or_default()
}
