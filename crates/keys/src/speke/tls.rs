//! Whom servers are trusted by.

use std::path::Path;
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

use super::SpekeError;
use crate::{Error, Place, input};

/// Most bytes of a file of certificates; those of a whole system are 220 KB.
const MAX_BYTES: u64 = 4 << 20;

/// The system's certificates, as OpenSSL finds them (`SSL_CERT_FILE` and `SSL_CERT_DIR` count), and
/// those of a file.
pub(super) fn config(ca_file: Option<&Path>, place: &Place) -> Result<TlsConfig, Error> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots: Vec<Certificate<'static>> = found
        .certs
        .iter()
        .map(|each| Certificate::from_der(each).to_owned())
        .collect();
    if let Some(path) = ca_file {
        let file = input::read_file(path, MAX_BYTES, "certificates in PEM")?;
        let before = roots.len();
        for item in parse_pem(&file.text) {
            if let Ok(PemItem::Certificate(certificate)) = item {
                roots.push(certificate);
            }
        }
        if roots.len() == before {
            return Err(Error::Pem {
                place: Place::File(path.into()),
                fault: "holds no certificate, expected PEM (CERTIFICATE)",
            });
        }
    }
    if roots.is_empty() {
        return Err(Error::Speke {
            place: place.clone(),
            error: SpekeError::Roots {
                fault: "the system has no certificates".to_owned(),
            },
        });
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(provider)
        .build())
}
