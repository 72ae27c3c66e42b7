//! Who can open a document: `DeliveryData`.

use cenc::Kid;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::CpixError;
use super::private_key::PrivateKey;
use super::secret::{Encrypted, Method, Secret, field};
use crate::xml::Element;

/// Most recipients that are tried.
const MAX_RECIPIENTS: usize = 64;

/// What one recipient needs.
pub(super) struct Delivery {
    keys: Vec<DocumentKey>,
    mac: Option<MacMethod>,
}

/// A key that content keys are encrypted with.
struct DocumentKey {
    /// Which; empty: all.
    encrypts: Vec<Kid>,
    secret: Secret,
}

/// How encrypted values are authenticated.
struct MacMethod {
    algorithm: MacAlgorithm,
    key: Encrypted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MacAlgorithm {
    HmacSha256,
    HmacSha384,
    HmacSha512,
}

/// What opens the content keys of a document.
pub(super) struct Opened {
    keys: Vec<(Vec<Kid>, Zeroizing<Vec<u8>>)>,
    mac: Option<(MacAlgorithm, Zeroizing<Vec<u8>>)>,
}

impl Delivery {
    /// A `DeliveryData`; none where it is a request, without keys.
    pub(super) fn read(element: &Element) -> Result<Option<Delivery>, CpixError> {
        const PLACE: &str = "DeliveryData";
        let mut keys = Vec::new();
        for key in element.all("DocumentKey") {
            let encrypts = key.attribute("encryptsKey").unwrap_or_default();
            let encrypts: Result<_, _> =
                encrypts.split_ascii_whitespace().map(Kid::parse).collect();
            let encrypts =
                encrypts.map_err(|_| field(PLACE, "encryptsKey", "is not a list of UUIDs"))?;
            if let Some(secret) = Secret::of(key, "DocumentKey")? {
                keys.push(DocumentKey { encrypts, secret });
            }
        }
        let mac = element
            .child("MACMethod")
            .map(MacMethod::read)
            .transpose()?;
        Ok((!keys.is_empty()).then_some(Delivery { keys, mac }))
    }

    /// Opens the first of `deliveries` that is for `private_key`.
    pub(super) fn open(
        deliveries: &[Delivery],
        private_key: Option<&PrivateKey>,
    ) -> Result<Opened, CpixError> {
        let recipients = deliveries.len();
        let private_key = private_key.ok_or(CpixError::NoPrivateKey { recipients })?;
        for delivery in deliveries.iter().take(MAX_RECIPIENTS) {
            if let Some(opened) = delivery.open_with(private_key)? {
                return Ok(opened);
            }
        }
        Err(CpixError::NotRecipient { recipients })
    }

    /// None where it is for another key.
    fn open_with(&self, private_key: &PrivateKey) -> Result<Option<Opened>, CpixError> {
        const PLACE: &str = "DocumentKey";
        let mut opened = Opened {
            keys: Vec::with_capacity(self.keys.len()),
            mac: None,
        };
        for key in &self.keys {
            let value = match &key.secret {
                Secret::Plain(value) => value.clone(),
                Secret::Encrypted(encrypted) => match open_oaep(private_key, encrypted) {
                    Some(value) => value,
                    None if opened.keys.is_empty() => return Ok(None),
                    None => return Err(decrypt(PLACE)),
                },
            };
            opened.keys.push((key.encrypts.clone(), value));
        }
        if let Some(mac) = &self.mac {
            let key = open_oaep(private_key, &mac.key).ok_or_else(|| decrypt("MACMethod"))?;
            opened.mac = Some((mac.algorithm, key));
            for key in &self.keys {
                if let Secret::Encrypted(encrypted) = &key.secret
                    && encrypted.mac.is_some()
                {
                    opened.verify(encrypted, PLACE)?;
                }
            }
        }
        Ok(Some(opened))
    }
}

impl MacMethod {
    fn read(element: &Element) -> Result<MacMethod, CpixError> {
        const PLACE: &str = "MACMethod";
        const MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
        let uri = element.attribute("Algorithm").unwrap_or_default();
        let algorithm = match uri.strip_prefix(MORE) {
            Some("hmac-sha256") => MacAlgorithm::HmacSha256,
            Some("hmac-sha384") => MacAlgorithm::HmacSha384,
            Some("hmac-sha512") => MacAlgorithm::HmacSha512,
            _ => {
                let fault = "is missing or unknown, expected HMAC with SHA-256, SHA-384 or SHA-512";
                return Err(field(PLACE, "Algorithm", fault));
            }
        };
        // RFC 6030 has MACKey with the parts of an encrypted value, SPEKE has Key around one.
        let mut within = element.walk();
        let key = within.find(|each| each.child("EncryptionMethod").is_some());
        let key = key.ok_or_else(|| field(PLACE, "MACKey", "is missing"))?;
        let key = Encrypted::read(key, PLACE)?;
        Ok(MacMethod { algorithm, key })
    }
}

impl Opened {
    /// Whether encrypted values can be authenticated.
    pub(super) fn has_mac(&self) -> bool {
        self.mac.is_some()
    }

    /// The value of an encrypted content key, authenticated first.
    pub(super) fn value(
        &self,
        kid: Kid,
        encrypted: &Encrypted,
        place: &str,
    ) -> Result<Zeroizing<Vec<u8>>, CpixError> {
        self.verify(encrypted, place)?;
        let mut keys = self.keys.iter();
        let is_for = |(kids, _): &&(Vec<Kid>, _)| kids.is_empty() || kids.contains(&kid);
        let (_, key) = keys
            .find(is_for)
            .ok_or_else(|| field(place, "DocumentKey", "is missing: none encrypts this key"))?;
        encrypted.open(key).ok_or_else(|| decrypt(place))
    }

    /// Where the document has a key to authenticate with, every encrypted value has to pass.
    fn verify(&self, encrypted: &Encrypted, place: &str) -> Result<(), CpixError> {
        let Some((algorithm, key)) = &self.mac else {
            return Ok(());
        };
        let expected = encrypted.mac.as_deref();
        let expected = expected.ok_or_else(|| field(place, "ValueMAC", "is missing"))?;
        let is_right = match algorithm {
            MacAlgorithm::HmacSha256 => verify::<Hmac<Sha256>>(key, &encrypted.cipher, expected),
            MacAlgorithm::HmacSha384 => verify::<Hmac<Sha384>>(key, &encrypted.cipher, expected),
            MacAlgorithm::HmacSha512 => verify::<Hmac<Sha512>>(key, &encrypted.cipher, expected),
        };
        match is_right {
            true => Ok(()),
            false => Err(CpixError::Mac {
                element: place.to_owned(),
            }),
        }
    }
}

fn verify<M: Mac + KeyInit>(key: &[u8], data: &[u8], expected: &[u8]) -> bool {
    let Ok(mac) = <M as KeyInit>::new_from_slice(key) else {
        return false;
    };
    mac.chain_update(data).verify_slice(expected).is_ok()
}

fn open_oaep(private_key: &PrivateKey, encrypted: &Encrypted) -> Option<Zeroizing<Vec<u8>>> {
    match encrypted.method {
        Method::Oaep(oaep) => private_key.open(oaep, &encrypted.cipher),
        Method::Cbc(_) | Method::Wrap(_) => None,
    }
}

fn decrypt(element: &str) -> CpixError {
    CpixError::Decrypt {
        element: element.to_owned(),
    }
}
