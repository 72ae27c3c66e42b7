//! For whom a server encrypts its keys.

use std::path::PathBuf;

use crate::{Error, Place, base64, input};

/// Most bytes of a certificate's file.
const MAX_BYTES: u64 = 64 << 10;

/// For whom a server encrypts its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// A PEM file with an X.509 certificate of an RSA key, to be sent to the server.
    pub certificate: PathBuf,
    /// A PEM file with its private key.
    pub private_key: PathBuf,
}

impl Recipient {
    /// The first certificate of the file, in base64 without line ends.
    pub(super) fn certificate(&self) -> Result<String, Error> {
        let file = input::read_file(&self.certificate, MAX_BYTES, "a certificate in PEM")?;
        let text = std::str::from_utf8(&file.text).unwrap_or_default();
        let block = text
            .split_once("-----BEGIN CERTIFICATE-----")
            .and_then(|(_, rest)| rest.split_once("-----END CERTIFICATE-----"))
            .map(|(block, _)| block)
            .filter(|block| base64::decode(block).is_some_and(|bytes| !bytes.is_empty()));
        let block = block.ok_or_else(|| Error::Pem {
            place: Place::File(self.certificate.clone()),
            fault: "holds no certificate, expected PEM (CERTIFICATE)",
        })?;
        Ok(block.split_ascii_whitespace().collect())
    }
}
