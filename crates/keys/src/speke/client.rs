//! Asking over HTTP, again where that may help.

use std::io::{self, Read};
use std::thread;
use std::time::Duration;

use ureq::http::HeaderValue;
use ureq::http::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use ureq::{Agent, Timeout};
use zeroize::Zeroizing;

use super::excerpt::excerpt;
use super::{SpekeError, SpekeServer, SpekeUrl, SpekeVersion, tls};
use crate::{Error, Place};

/// Most bytes of an answer; those of six keys for three DRM systems are 60 KB.
const MAX_BYTES: u64 = 2 << 20;

const VERSION: &str = "x-speke-version";

/// Who asks.
pub(super) struct Client<'a> {
    server: &'a SpekeServer,
    agent: Agent,
}

/// What a server answered, with status 200.
pub(super) struct Answer {
    /// Overwritten when dropped.
    pub(super) body: Zeroizing<Vec<u8>>,
    /// What is odd.
    pub(super) warning: Option<String>,
}

/// Why there is no answer yet.
struct Failure {
    error: SpekeError,
    /// Whether another attempt may help, and how long the server wants to be left alone.
    again: Option<Duration>,
}

impl<'a> Client<'a> {
    pub(super) fn new(server: &'a SpekeServer) -> Result<Client<'a>, Error> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            // What is asked with secret headers is asked nowhere else.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(server.patience.connect))
            .timeout_global(Some(server.patience.answer))
            .user_agent(concat!("packager/", env!("CARGO_PKG_VERSION")));
        if server.url.is_local() {
            // Whatever the environment says: a proxy has other local servers.
            config = config.proxy(None);
        }
        if server.url.is_tls() {
            let place = Place::Server(server.url.to_string());
            config = config.tls_config(tls::config(server.ca_file.as_deref(), &place)?);
        }
        Ok(Client {
            server,
            agent: config.build().new_agent(),
        })
    }

    /// The answer to a request, asked again as patience allows.
    pub(super) fn ask(&self, body: &str) -> Result<Answer, SpekeError> {
        let patience = &self.server.patience;
        let mut delay = patience.first_delay;
        let mut attempts = 1;
        loop {
            let failure = match self.ask_once(body, attempts) {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let Some(wanted) = failure.again.filter(|_| attempts <= patience.retries) else {
                return Err(failure.error);
            };
            thread::sleep(delay.max(wanted).min(patience.longest_delay));
            delay = delay.saturating_mul(2);
            attempts += 1;
        }
    }

    fn ask_once(&self, body: &str, attempts: u32) -> Result<Answer, Failure> {
        let mut request = self
            .agent
            .post(self.server.url.uri())
            .header(CONTENT_TYPE, "application/xml")
            .header("accept", "application/xml");
        if self.server.version == SpekeVersion::Two {
            request = request.header(VERSION, "2.0");
        }
        for (name, value) in self.server.headers.iter() {
            if let Ok(mut value) = HeaderValue::try_from(value) {
                value.set_sensitive(true);
                request = request.header(name, value);
            }
        }
        let response = request.send(body);
        let response = response.map_err(|error| self.unreachable(error, attempts))?;
        let (head, body) = response.into_parts();
        let status = head.status.as_u16();
        if head.status.is_redirection() {
            let to = head.headers.get(LOCATION).and_then(|to| to.to_str().ok());
            let to = to.and_then(|to| SpekeUrl::parse(to).ok());
            return Err(Failure::last(SpekeError::Redirect {
                status,
                to: to.map(|to| to.to_string()),
            }));
        }
        let expected = head.headers.get("content-length");
        let expected = expected.and_then(|length| length.to_str().ok()?.parse().ok());
        let read = read(body.into_reader(), expected.unwrap_or(0));
        if status != 200 {
            // What it says of the error is worth less than the error.
            let read = read.unwrap_or_default();
            let again = matches!(status, 429 | 500..=599);
            return Err(Failure {
                error: SpekeError::Status {
                    status,
                    attempts,
                    said: self.said(&read),
                },
                again: again.then(|| retry_after(&head.headers)),
            });
        }
        let body = read.map_err(|error| self.unread(error, attempts))?;
        if body.len() as u64 > MAX_BYTES {
            return Err(Failure::last(SpekeError::TooLong { most: MAX_BYTES }));
        }
        if body.trim_ascii().is_empty() {
            return Err(Failure::last(SpekeError::Empty { status }));
        }
        if let Some(found) = other_type(&head.headers) {
            return Err(Failure::last(SpekeError::ContentType {
                status,
                found,
                said: self.said(&body),
            }));
        }
        let version = head.headers.get(VERSION);
        let is_other = version.is_some_and(|version| !version.as_bytes().starts_with(b"2"));
        let warning = (is_other && self.server.version == SpekeVersion::Two)
            .then(|| "answers with another version of SPEKE than 2".to_owned());
        Ok(Answer { body, warning })
    }

    /// What the server says of an error.
    fn said(&self, body: &[u8]) -> Option<String> {
        let mut secrets = self.server.url.secrets();
        secrets.extend(self.server.headers.iter().map(|(_, value)| value));
        // "Bearer c0ffee": the second word alone is no less a secret.
        let words = self
            .server
            .headers
            .iter()
            .flat_map(|(_, value)| value.split(' '));
        secrets.extend(words);
        excerpt(body, &secrets)
    }

    fn unreachable(&self, error: ureq::Error, attempts: u32) -> Failure {
        let problem = match error {
            ureq::Error::HostNotFound => "host is not known".to_owned(),
            ureq::Error::ConnectionFailed => "no connection".to_owned(),
            ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
                format!("no connection within {:?}", self.server.patience.connect)
            }
            ureq::Error::Timeout(_) => {
                format!("no whole answer within {:?}", self.server.patience.answer)
            }
            ureq::Error::Io(error) => return self.unread(error, attempts),
            ureq::Error::Rustls(error) => return Failure::tls(error.to_string()),
            ureq::Error::Tls(problem) => return Failure::tls(problem.to_owned()),
            ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
                "the proxy gives no connection".to_owned()
            }
            // Of what is left nothing has to do with the network; its texts are not known to be
            // free of secrets.
            _ => "answers something else than HTTP".to_owned(),
        };
        Failure::network(problem, attempts)
    }

    fn unread(&self, error: io::Error, attempts: u32) -> Failure {
        // TLS and time-outs come wrapped.
        let error = match error.downcast::<ureq::Error>() {
            Ok(error) => return self.unreachable(error, attempts),
            Err(error) => error,
        };
        let error = match error.downcast::<rustls::Error>() {
            Ok(error) => return Failure::tls(error.to_string()),
            Err(error) => error,
        };
        let problem = match error.kind() {
            io::ErrorKind::UnexpectedEof => "the answer ends too early".to_owned(),
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                format!("no whole answer within {:?}", self.server.patience.answer)
            }
            kind => kind.to_string(),
        };
        Failure::network(problem, attempts)
    }
}

impl Failure {
    /// Another attempt would end the same.
    fn last(error: SpekeError) -> Failure {
        Failure { error, again: None }
    }

    fn tls(problem: String) -> Failure {
        Failure::last(SpekeError::Tls { problem })
    }

    fn network(problem: String, attempts: u32) -> Failure {
        Failure {
            error: SpekeError::Unreachable { problem, attempts },
            again: Some(Duration::ZERO),
        }
    }
}

/// Everything, or one byte more than is allowed.
fn read(reader: impl Read, expected: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    // Not grown where the length is known, so that no copy of a key stays behind in memory.
    let capacity = expected.min(MAX_BYTES) as usize + 64;
    let mut body = Zeroizing::new(Vec::with_capacity(capacity));
    reader.take(MAX_BYTES + 1).read_to_end(&mut body)?;
    Ok(body)
}

/// What the answer is said to be, where that is no XML. Some servers do not say, or say that it is
/// text.
fn other_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().unwrap_or_default();
    let kind = value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_xml = kind.ends_with("/xml") || kind.ends_with("+xml") && !kind.contains("html");
    let is_open = ["", "text/plain", "application/octet-stream"].contains(&kind.as_str());
    let is_plain = |each: char| each.is_ascii_alphanumeric() || "/+-.".contains(each);
    match is_xml || is_open {
        true => None,
        false if kind.len() <= 40 && kind.chars().all(is_plain) => Some(kind),
        false => Some("an unknown type".to_owned()),
    }
}

/// In seconds. The other form, a date, would need a clock that agrees with the server's.
fn retry_after(headers: &HeaderMap) -> Duration {
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let seconds = seconds.and_then(|value| value.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}
