//! What servers are asked: a document without values, for them to fill in.

use cenc::drm::System;
use cenc::policy::{HeightLimits, Label};
use cenc::scheme::Scheme;
use quick_xml::escape::escape;

use super::SpekeVersion;
use crate::cpix::{Asked, Pixels};

/// What is wanted.
pub(super) struct Wanted<'a> {
    pub(super) version: SpekeVersion,
    pub(super) content_id: &'a str,
    pub(super) scheme: Scheme,
    pub(super) keys: &'a [Asked],
    pub(super) limits: Option<HeightLimits>,
    pub(super) systems: &'a [System],
    /// In base64.
    pub(super) certificate: Option<&'a str>,
}

/// The document. Names have the prefixes of the examples of SPEKE, which servers were written by;
/// the order is that of the schema of CPIX, which the examples do not keep and servers may.
pub(super) fn document(wanted: &Wanted<'_>) -> String {
    let id = escape(wanted.content_id);
    let root = match wanted.version {
        SpekeVersion::One => format!("id=\"{id}\" xmlns:speke=\"urn:aws:amazon:com:speke\""),
        SpekeVersion::Two => format!("contentId=\"{id}\" version=\"2.3\""),
    };
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<cpix:CPIX {root} \
         xmlns:cpix=\"urn:dashif:org:cpix\" \
         xmlns:pskc=\"urn:ietf:params:xml:ns:keyprov:pskc\">\n"
    );
    if let Some(certificate) = wanted.certificate {
        text.push_str(&format!(
            "<cpix:DeliveryDataList><cpix:DeliveryData id=\"packager\"><cpix:DeliveryKey>\
             <ds:X509Data xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Certificate>\
             {certificate}</ds:X509Certificate></ds:X509Data></cpix:DeliveryKey>\
             </cpix:DeliveryData></cpix:DeliveryDataList>\n"
        ));
    }
    let keys: String = wanted.keys.iter().map(|each| key(wanted, each)).collect();
    text.push_str(&list("ContentKeyList", &keys));
    let systems = named(wanted);
    let of_key = |asked: &Asked| -> String {
        systems
            .iter()
            .map(|each| system(wanted, *each, asked))
            .collect()
    };
    let systems: String = wanted.keys.iter().map(of_key).collect();
    text.push_str(&list("DRMSystemList", &systems));
    // Version 1 knows one key, and no rules but those of periods.
    let is_ruled = match wanted.version {
        SpekeVersion::One => wanted.keys.len() > 1,
        SpekeVersion::Two => true,
    };
    if is_ruled {
        let rules: String = wanted.keys.iter().map(|each| rule(wanted, each)).collect();
        text.push_str(&list("ContentKeyUsageRuleList", &rules));
    }
    text.push_str("</cpix:CPIX>\n");
    text
}

fn list(name: &str, elements: &str) -> String {
    match elements {
        "" => String::new(),
        elements => format!("<cpix:{name}>\n{elements}</cpix:{name}>\n"),
    }
}

fn key(wanted: &Wanted<'_>, asked: &Asked) -> String {
    let scheme = match wanted.version {
        SpekeVersion::One => String::new(),
        SpekeVersion::Two => format!(" commonEncryptionScheme=\"{}\"", wanted.scheme),
    };
    format!("<cpix:ContentKey kid=\"{}\"{scheme}/>\n", asked.kid)
}

/// The systems that need something of a server. What the others need, key ids, is known without,
/// and servers refuse documents that name systems they do not know.
fn named(wanted: &Wanted<'_>) -> Vec<System> {
    let fits = |system: &&System| system.check(wanted.scheme).is_ok();
    let served = |system: &&System| match system {
        System::Widevine | System::PlayReady | System::FairPlay => true,
        System::Common | System::ClearKey => false,
    };
    let systems = wanted.systems.iter().filter(fits);
    let named: Vec<System> = systems.clone().filter(served).copied().collect();
    match named.is_empty() {
        // A document has to name one.
        true => systems
            .filter(|each| **each == System::Common)
            .copied()
            .collect(),
        false => named,
    }
}

fn system(wanted: &Wanted<'_>, system: System, asked: &Asked) -> String {
    const PSSH: &str = "<cpix:PSSH/>";
    const DATA: &str = "<cpix:ContentProtectionData/>";
    const HLS: &str =
        "<cpix:HLSSignalingData playlist=\"media\"/><cpix:HLSSignalingData playlist=\"master\"/>";
    const URI: &str = "<cpix:URIExtXKey/><speke:KeyFormat/><speke:KeyFormatVersions/>";
    const HEADER: &str = "<speke:ProtectionHeader/>";
    let parts: &[&str] = match (wanted.version, system) {
        (SpekeVersion::One, System::Widevine) => &[PSSH],
        (SpekeVersion::One, System::PlayReady) => &[PSSH, HEADER],
        (SpekeVersion::One, System::FairPlay) => &[URI],
        (SpekeVersion::Two, System::Widevine | System::PlayReady) => &[PSSH, DATA, HLS],
        (SpekeVersion::Two, System::FairPlay) => &[HLS],
        (_, System::Common | System::ClearKey) => &[PSSH, DATA],
    };
    format!(
        "<cpix:DRMSystem kid=\"{}\" systemId=\"{}\">{}</cpix:DRMSystem>\n",
        asked.kid,
        cenc::Kid(system.id()),
        parts.concat()
    )
}

/// Names and filters are those of SPEKE 2, with our limits.
fn rule(wanted: &Wanted<'_>, asked: &Asked) -> String {
    let label = asked.label;
    let pixels = wanted.limits.and_then(|limits| Pixels::of(label, limits));
    let filters = match (label, pixels) {
        (Label::All, _) => "<cpix:VideoFilter/><cpix:AudioFilter/>".to_owned(),
        (Label::Audio, _) => "<cpix:AudioFilter/>".to_owned(),
        (_, None) => "<cpix:VideoFilter/>".to_owned(),
        (Label::Sd, Some(Pixels { to, .. })) => format!("<cpix:VideoFilter maxPixels=\"{to}\"/>"),
        (Label::Uhd2, Some(Pixels { from, .. })) => {
            format!("<cpix:VideoFilter minPixels=\"{from}\"/>")
        }
        (Label::Hd | Label::Uhd1, Some(Pixels { from, to })) => {
            format!("<cpix:VideoFilter minPixels=\"{from}\" maxPixels=\"{to}\"/>")
        }
    };
    format!(
        "<cpix:ContentKeyUsageRule kid=\"{}\" intendedTrackType=\"{}\">{filters}\
         </cpix:ContentKeyUsageRule>\n",
        asked.kid,
        label.name().to_ascii_uppercase()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpix::Document;
    use cenc::Kid;

    const ASKED: [Asked; 2] = [
        Asked {
            scheme: Scheme::Cenc,
            label: Label::Hd,
            kid: Kid([0x11; 16]),
        },
        Asked {
            scheme: Scheme::Cenc,
            label: Label::Audio,
            kid: Kid([0x22; 16]),
        },
    ];

    fn wanted<'a>(version: SpekeVersion, keys: &'a [Asked]) -> Wanted<'a> {
        Wanted {
            version,
            content_id: "a<b>&\"c",
            scheme: Scheme::Cenc,
            keys,
            limits: Some(HeightLimits::USUAL),
            systems: &[System::Widevine, System::FairPlay, System::ClearKey],
            certificate: None,
        }
    }

    #[test]
    fn version_2_asks_with_scheme_and_rules() {
        let text = document(&wanted(SpekeVersion::Two, &ASKED));
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <cpix:CPIX contentId=\"a&lt;b&gt;&amp;&quot;c\" version=\"2.3\" \
             xmlns:cpix=\"urn:dashif:org:cpix\" \
             xmlns:pskc=\"urn:ietf:params:xml:ns:keyprov:pskc\">\n\
             <cpix:ContentKeyList>\n\
             <cpix:ContentKey kid=\"11111111-1111-1111-1111-111111111111\" commonEncryptionScheme=\"cenc\"/>\n\
             <cpix:ContentKey kid=\"22222222-2222-2222-2222-222222222222\" commonEncryptionScheme=\"cenc\"/>\n\
             </cpix:ContentKeyList>\n\
             <cpix:DRMSystemList>\n\
             <cpix:DRMSystem kid=\"11111111-1111-1111-1111-111111111111\" systemId=\"edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\">\
             <cpix:PSSH/><cpix:ContentProtectionData/><cpix:HLSSignalingData playlist=\"media\"/>\
             <cpix:HLSSignalingData playlist=\"master\"/></cpix:DRMSystem>\n\
             <cpix:DRMSystem kid=\"22222222-2222-2222-2222-222222222222\" systemId=\"edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\">\
             <cpix:PSSH/><cpix:ContentProtectionData/><cpix:HLSSignalingData playlist=\"media\"/>\
             <cpix:HLSSignalingData playlist=\"master\"/></cpix:DRMSystem>\n\
             </cpix:DRMSystemList>\n\
             <cpix:ContentKeyUsageRuleList>\n\
             <cpix:ContentKeyUsageRule kid=\"11111111-1111-1111-1111-111111111111\" intendedTrackType=\"HD\">\
             <cpix:VideoFilter minPixels=\"409921\" maxPixels=\"2073600\"/></cpix:ContentKeyUsageRule>\n\
             <cpix:ContentKeyUsageRule kid=\"22222222-2222-2222-2222-222222222222\" intendedTrackType=\"AUDIO\">\
             <cpix:AudioFilter/></cpix:ContentKeyUsageRule>\n\
             </cpix:ContentKeyUsageRuleList>\n\
             </cpix:CPIX>\n"
        );
        let read = Document::parse(text.as_bytes()).ok().unwrap();
        assert_eq!(read.content_id.as_deref(), Some("a<b>&\"c"));
        assert!(read.rules[0].covers(Label::Hd) && !read.rules[0].covers(Label::Sd));
    }

    #[test]
    fn version_1_asks_with_elements_of_its_own() {
        let all = [Asked {
            label: Label::All,
            scheme: Scheme::Cbcs,
            ..ASKED[0]
        }];
        let text = document(&Wanted {
            scheme: Scheme::Cbcs,
            systems: &System::ALL,
            ..wanted(SpekeVersion::One, &all)
        });
        assert!(text.contains(
            "<cpix:CPIX id=\"a&lt;b&gt;&amp;&quot;c\" xmlns:speke=\"urn:aws:amazon:com:speke\""
        ));
        assert!(text.contains("<cpix:ContentKey kid=\"11111111-1111-1111-1111-111111111111\"/>"));
        assert!(text.contains("<cpix:URIExtXKey/><speke:KeyFormat/><speke:KeyFormatVersions/>"));
        assert!(text.contains("<cpix:PSSH/><speke:ProtectionHeader/>"));
        assert!(!text.contains("ContentKeyUsageRule") && !text.contains("1077efec"));
        assert!(document(&wanted(SpekeVersion::One, &ASKED)).contains("intendedTrackType=\"HD\""));
    }

    #[test]
    fn a_single_key_is_for_all_and_a_certificate_is_sent() {
        let all = [Asked {
            label: Label::All,
            ..ASKED[0]
        }];
        let text = document(&Wanted {
            systems: &[System::Common],
            certificate: Some("QUJD"),
            ..wanted(SpekeVersion::Two, &all)
        });
        assert!(text.contains(
            "intendedTrackType=\"ALL\"><cpix:VideoFilter/><cpix:AudioFilter/></cpix:ContentKeyUsageRule>"
        ));
        assert!(text.contains("<ds:X509Certificate>QUJD</ds:X509Certificate>"));
        assert!(text.contains("1077efec-c0b2-4d02-ace3-3c1e52e2fb4b"));
    }
}
