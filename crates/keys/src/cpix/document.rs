//! Documents as they are written.

use cenc::Kid;
use cenc::scheme::{Algorithm, Iv, Scheme};

use super::CpixError;
use super::delivery::Delivery;
use super::rule::UsageRule;
use super::secret::{Secret, field};
use crate::base64;
use crate::xml::Element;

const NAMESPACE: &str = "urn:dashif:org:cpix";

/// A document.
pub(crate) struct Document {
    /// `CPIX@contentId`.
    pub(crate) content_id: Option<String>,
    /// `ContentKey`s.
    pub(crate) keys: Vec<DocumentContentKey>,
    /// `ContentKeyUsageRule`s.
    pub(crate) rules: Vec<UsageRule>,
    /// Whether it has signatures. They are not verified.
    pub(crate) is_signed: bool,
    /// `DeliveryData`s that hold keys.
    pub(super) deliveries: Vec<Delivery>,
    /// All of it.
    pub(super) root: Element,
}

/// A content key.
pub(crate) struct DocumentContentKey {
    pub(crate) kid: Kid,
    /// Of the asset, in documents of several.
    pub(crate) content_id: Option<String>,
    /// `explicitIV`.
    pub(super) iv: Option<Iv>,
    /// None: for any.
    scheme: Option<KeyScheme>,
    /// Whether it depends on another key.
    pub(super) is_leaf: bool,
    pub(super) value: Option<Secret>,
}

/// `commonEncryptionScheme`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyScheme {
    Of(Scheme),
    /// A method of HLS: one of its schemes.
    Method(Algorithm),
    /// Something else.
    Unknown,
}

impl Document {
    /// Reads a document.
    pub(crate) fn parse(text: &[u8]) -> Result<Document, CpixError> {
        let root = Element::parse(text)?;
        if root.name != "CPIX" || root.declared_namespace.as_deref() != Some(NAMESPACE) {
            let what = match root.name.to_ascii_lowercase().as_str() {
                "html" => "an HTML page",
                "cpix" => "CPIX in another namespace",
                _ => "another XML document",
            };
            return Err(CpixError::Root { what });
        }
        let keys = root.list("ContentKeyList", "ContentKey");
        let keys = keys
            .zip(1..)
            .map(|(key, number)| DocumentContentKey::read(key, number));
        let keys = keys.collect::<Result<_, _>>()?;
        let rules = root.list("ContentKeyUsageRuleList", "ContentKeyUsageRule");
        let rules = rules
            .zip(1..)
            .map(|(rule, number)| UsageRule::read(rule, number));
        let rules = rules.collect::<Result<_, _>>()?;
        let deliveries = root.list("DeliveryDataList", "DeliveryData");
        let deliveries = deliveries.filter_map(|each| Delivery::read(each).transpose());
        let deliveries = deliveries.collect::<Result<_, _>>()?;
        Ok(Document {
            content_id: root.attribute("contentId").map(str::to_owned),
            keys,
            rules,
            is_signed: root.child("Signature").is_some(),
            deliveries,
            root,
        })
    }

    /// Whether a content key stands in it in the clear.
    pub(crate) fn is_clear(&self) -> bool {
        let is_clear = |key: &DocumentContentKey| matches!(key.value, Some(Secret::Plain(_)));
        self.keys.iter().any(is_clear)
    }
}

impl DocumentContentKey {
    fn read(element: &Element, number: usize) -> Result<DocumentContentKey, CpixError> {
        let kid = element.attribute("kid").map(Kid::parse);
        let kid = match kid {
            Some(Ok(kid)) => kid,
            _ => {
                let place = format!("ContentKey {number}");
                return Err(field(&place, "kid", "is missing or no UUID"));
            }
        };
        let place = format!("ContentKey {kid}");
        let iv = match element.attribute("explicitIV") {
            None | Some("") => None,
            Some(text) => {
                let iv = base64::decode(text).and_then(|bytes| match Iv::from_bytes(&bytes) {
                    Some(iv @ Iv::Sixteen(_)) => Some(iv),
                    _ => None,
                });
                let fault = "is not 16 bytes in base64";
                Some(iv.ok_or_else(|| field(&place, "explicitIV", fault))?)
            }
        };
        let scheme = match element.attribute("commonEncryptionScheme") {
            None | Some("") => None,
            Some(name) => Some(KeyScheme::from_name(name)),
        };
        Ok(DocumentContentKey {
            kid,
            content_id: element.attribute("contentId").map(str::to_owned),
            iv,
            scheme,
            is_leaf: element.attribute("dependsOnKey").is_some(),
            value: Secret::of(element, &place)?,
        })
    }

    /// Whether it may be used with `scheme`.
    pub(crate) fn is_for(&self, scheme: Scheme) -> bool {
        match self.scheme {
            None => true,
            Some(KeyScheme::Of(own)) => own == scheme,
            Some(KeyScheme::Method(algorithm)) => scheme.algorithm() == algorithm,
            Some(KeyScheme::Unknown) => false,
        }
    }
}

impl KeyScheme {
    fn from_name(name: &str) -> KeyScheme {
        let lower = name.to_ascii_lowercase();
        match (Scheme::from_name(&lower), lower.as_str()) {
            (Some(scheme), _) => KeyScheme::Of(scheme),
            (None, "sample-aes") => KeyScheme::Method(Algorithm::AesCbc),
            (None, "sample-aes-ctr") => KeyScheme::Method(Algorithm::AesCtr),
            (None, _) => KeyScheme::Unknown,
        }
    }
}
