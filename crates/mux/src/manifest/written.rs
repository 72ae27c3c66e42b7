//! Numbers and references as manifests write them.

use media::Timescale;

/// Microseconds, rounded to the nearest, halves up.
pub(super) fn microseconds(ticks: u64, timescale: Timescale) -> u128 {
    let rate = u128::from(timescale.rate());
    (u128::from(ticks) * 2_000_000 + rate) / (2 * rate)
}

/// Seconds with six decimals.
pub(super) fn seconds(microseconds: u128) -> String {
    format!(
        "{}.{:06}",
        microseconds / 1_000_000,
        microseconds % 1_000_000
    )
}

/// An `xs:duration`: `PT634.566667S`, without zeros at the end.
pub(super) fn xs_duration(microseconds: u128) -> String {
    let seconds = seconds(microseconds);
    format!("PT{}S", seconds.trim_end_matches('0').trim_end_matches('.'))
}

/// A relative reference: all but unreserved characters and slashes percent-encoded (RFC 3986
/// 2.1), so that it can stand in XML, in a quoted string and in a segment template as it is.
pub(super) fn reference(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Base64 with padding, RFC 4648 section 4.
pub(super) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let index = (bits >> (18 - 6 * at) & 63) as usize;
            let digit = ALPHABET.get(index).copied().unwrap_or(b'=');
            out.push(if at > three.len() {
                '='
            } else {
                char::from(digit)
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_lose_their_last_zeros() {
        assert_eq!(xs_duration(634_566_667), "PT634.566667S");
        assert_eq!(xs_duration(2_500_000), "PT2.5S");
        assert_eq!(xs_duration(100_000_000), "PT100S");
        assert_eq!(xs_duration(0), "PT0S");
    }

    #[test]
    fn ticks_are_rounded_to_the_nearest_microsecond() {
        let third = Timescale::new(3).unwrap();
        assert_eq!(microseconds(1, third), 333_333);
        assert_eq!(microseconds(2, third), 666_667);
        assert_eq!(microseconds(1, Timescale::new(2_000_000).unwrap()), 1);
        assert_eq!(
            seconds(microseconds(u64::MAX, third)),
            "6148914691236517205.000000"
        );
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        // RFC 4648 section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xef, 0xff]), "++//");
    }

    #[test]
    fn references_keep_slashes_and_encode_what_needs_it() {
        assert_eq!(reference("a/b_1~x.m4s"), "a/b_1~x.m4s");
        assert_eq!(reference("a b$\"한"), "a%20b%24%22%ED%95%9C");
        assert_eq!(reference("x:y%"), "x%3Ay%25");
    }
}
