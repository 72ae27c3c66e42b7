//! Key servers: SPEKE 1 and 2, which is CPIX over HTTP.

mod client;
mod error;
mod excerpt;
mod header;
mod kid;
mod recipient;
mod request;
mod tls;
mod url;

pub use error::SpekeError;
pub use header::SpekeHeaders;
pub use recipient::Recipient;
pub use url::SpekeUrl;

use std::path::PathBuf;
use std::time::Duration;

use cenc::scheme::Scheme;

use crate::cpix::{Asked, Document, PrivateKey, select};
use crate::{Error, Obtained, Place, Request};
use client::Client;

/// A key server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpekeServer {
    /// Where it is.
    pub url: SpekeUrl,
    /// How it is spoken to.
    pub version: SpekeVersion,
    /// Headers of requests beyond those of SPEKE: what the server knows its clients by.
    pub headers: SpekeHeaders,
    /// Certificates, in PEM, that are trusted as well as those of the system.
    pub ca_file: Option<PathBuf>,
    /// For whom the server shall encrypt the keys in its answer. None: TLS alone protects them.
    pub recipient: Option<Recipient>,
    /// How long to wait, and how often to ask again.
    pub patience: Patience,
}

/// The version of SPEKE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpekeVersion {
    /// CPIX 2.0 with elements of SPEKE.
    One,
    /// CPIX 2.3 with usage rules and schemes.
    Two,
}

/// How long to wait, and how often to ask again.
///
/// Asked again is after answers 429 and 5xx and where there was none, after a delay that doubles
/// each time, and is as long as the server says in `Retry-After` where that is longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For one whole answer.
    pub answer: Duration,
    /// How often to ask again.
    pub retries: u32,
    /// Before asking the second time.
    pub first_delay: Duration,
    /// The longest before any, whatever the server says.
    pub longest_delay: Duration,
}

impl Patience {
    /// 10 s for a connection, 30 s for an answer, asked again after 1, 2 and 4 s, 60 s at most.
    pub const USUAL: Patience = Patience {
        connect: Duration::from_secs(10),
        answer: Duration::from_secs(30),
        retries: 3,
        first_delay: Duration::from_secs(1),
        longest_delay: Duration::from_secs(60),
    };
}

impl SpekeServer {
    /// A server of version 2, without headers, asked with usual patience.
    pub fn new(url: SpekeUrl) -> SpekeServer {
        SpekeServer {
            url,
            version: SpekeVersion::Two,
            headers: SpekeHeaders::default(),
            ca_file: None,
            recipient: None,
            patience: Patience::USUAL,
        }
    }

    /// One request for each scheme: a document of SPEKE has one.
    pub(crate) fn obtain(&self, request: &Request<'_>) -> Result<Obtained, Error> {
        let place = Place::Server(self.url.to_string());
        let failed = |error| Error::Speke {
            place: place.clone(),
            error,
        };
        let content_id = request.content_id.filter(|id| !id.is_empty());
        let content_id = content_id.ok_or_else(|| failed(SpekeError::NoContentId))?;
        if content_id.contains(char::is_control) {
            return Err(failed(SpekeError::ContentId));
        }
        let mut obtained = Obtained::default();
        if request.labels.is_empty() {
            return Ok(obtained);
        }
        obtained.warnings.extend_from_slice(self.headers.warnings());
        if self.url.is_open() {
            obtained.warnings.push(format!(
                "{place}: keys travel without TLS, readable for everybody on their way"
            ));
        }
        let (certificate, private_key) = match &self.recipient {
            Some(recipient) => {
                let (key, warning) = PrivateKey::read_file(&recipient.private_key)?;
                obtained.warnings.extend(warning);
                (Some(recipient.certificate()?), Some(key))
            }
            None => (None, None),
        };
        let client = Client::new(self)?;
        for scheme in request.schemes {
            let asked = asked(content_id, *scheme, request);
            let body = request::document(&request::Wanted {
                version: self.version,
                content_id,
                scheme: *scheme,
                keys: &asked,
                limits: request.limits,
                systems: request.systems,
                certificate: certificate.as_deref(),
            });
            let answer = client.ask(&body).map_err(failed)?;
            obtained
                .warnings
                .extend(answer.warning.map(|warning| format!("{place}: {warning}")));
            let document = Document::parse(&answer.body).map_err(|error| Error::Cpix {
                place: place.clone(),
                error,
            })?;
            if certificate.is_some() && document.is_clear() {
                obtained.warnings.push(format!(
                    "{place}: its keys are in the clear, asked for were encrypted ones"
                ));
            }
            let schemes = [*scheme];
            let request = Request {
                schemes: &schemes,
                ..*request
            };
            let key = private_key.as_ref();
            select(&document, key, &request, &asked, &place, &mut obtained)?;
        }
        Ok(obtained)
    }
}

/// A key for each label.
fn asked(content_id: &str, scheme: Scheme, request: &Request<'_>) -> Vec<Asked> {
    let labels = request.labels.iter();
    let asked = labels.map(|label| Asked {
        scheme,
        label: *label,
        kid: kid::of(content_id, scheme, *label),
    });
    asked.collect()
}
