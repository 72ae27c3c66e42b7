//! The ids of keys that servers are asked for.

use cenc::Kid;
use cenc::policy::Label;
use cenc::scheme::Scheme;
use sha2::{Digest, Sha256};

/// The id of the key for a label of a content under a scheme.
///
/// SPEKE leaves ids to who asks, and wants them to stay the same for a content. So they are
/// derived: a server gives the same keys when a content is packaged again, without a store of ids
/// on our side. The first 16 bytes of the SHA-256 of the parts, each behind its length, marked as
/// a UUID of version 8 (RFC 9562 5.8).
pub(super) fn of(content_id: &str, scheme: Scheme, label: Label) -> Kid {
    let mut hash = Sha256::new();
    for part in [
        "packager SPEKE KID 1",
        content_id,
        scheme.name(),
        label.name(),
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(digest) {
        *byte = from;
    }
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Kid(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_same_each_time_and_differ_by_every_part() {
        let ids = [
            of("film", Scheme::Cbcs, Label::Sd),
            of("film", Scheme::Cbcs, Label::Hd),
            of("film", Scheme::Cenc, Label::Sd),
            of("film2", Scheme::Cbcs, Label::Sd),
        ];
        assert_eq!(ids[0], of("film", Scheme::Cbcs, Label::Sd));
        for (at, id) in ids.iter().enumerate() {
            assert!(!ids[..at].contains(id));
            let text = id.to_string();
            assert_eq!(&text[14..15], "8");
            assert!("89ab".contains(&text[19..20]));
        }
    }

    #[test]
    fn the_id_of_a_known_content_never_changes() {
        // printf '\0\0\0\0\0\0\0\x14packager SPEKE KID 1\0\0\0\0\0\0\0\x04film\0\0\0\0\0\0\0\x04cbcs\0\0\0\0\0\0\0\x02sd' | sha256sum
        let id = of("film", Scheme::Cbcs, Label::Sd);
        assert_eq!(id.to_string(), "bd131d54-a6ef-81b0-b639-95b2a081b5cf");
    }
}
