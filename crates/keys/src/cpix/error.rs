//! What is wrong with a document.

use cenc::Kid;
use cenc::policy::Label;
use cenc::scheme::Scheme;
use thiserror::Error;

use crate::xml::XmlError;

/// What is wrong with a CPIX document. Nothing that could be a key is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CpixError {
    /// Not XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// Some other document.
    #[error("is {what}, expected a CPIX document (CPIX in urn:dashif:org:cpix)")]
    Root {
        /// What it is.
        what: &'static str,
    },
    /// Something in it is missing or wrong.
    #[error("{element}: {fault}")]
    Field {
        /// Name and number, or key id, of the element and the name of the field.
        element: String,
        /// What is wrong, and what was expected.
        fault: &'static str,
    },
    /// It holds encrypted keys, and nothing opens them.
    #[error("its keys are encrypted (recipients: {recipients}), a private key is needed")]
    NoPrivateKey {
        /// How many.
        recipients: usize,
    },
    /// It is for others.
    #[error("its keys are encrypted for others than the private key (recipients: {recipients})")]
    NotRecipient {
        /// How many.
        recipients: usize,
    },
    /// An authentication code does not fit.
    #[error("{element}: its ValueMAC is wrong, the value was changed on its way")]
    Mac {
        /// Of what.
        element: String,
    },
    /// An encrypted value cannot be opened.
    #[error("{element}: cannot be decrypted")]
    Decrypt {
        /// Of what.
        element: String,
    },
    /// No key for what is needed.
    #[error("no key for {label} ({scheme}): the document has {}", list(has))]
    NoKey {
        /// What for.
        label: Label,
        /// And which scheme.
        scheme: Scheme,
        /// What it has keys for.
        has: Vec<String>,
    },
    /// Several keys for what gets one.
    #[error("{label} ({scheme}): the document has several keys for it: {}{}", list(has), hint(*label))]
    Divided {
        /// What for.
        label: Label,
        /// And which scheme.
        scheme: Scheme,
        /// What the keys are for.
        has: Vec<String>,
    },
    /// The value of a key is not in it.
    #[error("ContentKey {kid}: has no value")]
    NoValue {
        /// The key.
        kid: Kid,
    },
    /// Keys of keys.
    #[error("ContentKey {kid}: depends on another key (dependsOnKey), which is not supported")]
    Hierarchy {
        /// The key.
        kid: Kid,
    },
}

fn list(items: &[String]) -> String {
    match items {
        [] => "none".to_owned(),
        items => items.join(", "),
    }
}

/// What a user can do.
fn hint(label: Label) -> &'static str {
    match label {
        Label::Sd | Label::Hd | Label::Uhd1 | Label::Uhd2 => {
            "; choose heights of labels that agree with it"
        }
        Label::All => "; use a key for each label",
        Label::Audio => "",
    }
}
