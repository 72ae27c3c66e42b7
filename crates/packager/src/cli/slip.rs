//! Keys in the wrong place of a command line, which no message may repeat.
//!
//! Who gives a key where a file or another word belongs gets it back in the error, and so into logs:
//! an error says what it could not use. So what has the form of a key is taken out of messages.

use std::path::Path;

/// Digits of a content key.
const KEY_DIGITS: usize = 32;

/// Digits of a watermark key.
const MASTER_KEY_DIGITS: usize = 64;

/// What stands in place of a key.
const HIDDEN: &str = "(key)";

/// `text` without what has the form of a key: 32 hexadecimal digits behind `KID:`, and 64 digits
/// that are no part of anything else.
pub(super) fn without_keys(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        let (before, run) = rest.split_at(start);
        out.push_str(before);
        let end = run.find(|c| !is_digit(c)).unwrap_or(run.len());
        let (run, later) = run.split_at(end);
        let is_content_key = run.len() >= KEY_DIGITS && follows_kid(&out);
        let is_master_key = run.len() == MASTER_KEY_DIGITS && !is_part(&out, later);
        out.push_str(if is_content_key || is_master_key {
            HIDDEN
        } else {
            run
        });
        rest = later;
    }
    out.push_str(rest);
    out
}

/// Whether a path has the form of a watermark key.
pub(super) fn is_master_key(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.len() == MASTER_KEY_DIGITS && text.chars().all(is_digit)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_hexdigit()
}

/// Whether a text ends in a KID, or what was a key, and a colon.
fn follows_kid(text: &str) -> bool {
    let Some(kid) = text.strip_suffix(':') else {
        return false;
    };
    let digits = kid.chars().rev().take_while(|c| is_digit(*c) || *c == '-');
    kid.ends_with(HIDDEN) || digits.filter(|c| is_digit(*c)).count() >= KEY_DIGITS
}

/// Whether what stands between two texts is part of a path or a longer word.
fn is_part(before: &str, after: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    before.ends_with(joins) || after.starts_with(joins)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KID: &str = "00112233445566778899aabbccddeeff";
    const KEY: &str = "0f0e0d0c0b0a09080706050403020100";

    #[test]
    fn keys_are_taken_out_wherever_they_stand() {
        let uuid = "00112233-4455-6677-8899-aabbccddeeff";
        for text in [
            format!("--job: all={KID}:{KEY}: No such file"),
            format!("invalid value '{uuid}:{KEY}' for '--drm'"),
            format!("{KID}:{KEY}:{KEY}"),
            format!("--watermark-key {KEY}{KEY}: No such file"),
        ] {
            let shown = without_keys(&text);
            assert!(!shown.contains(KEY) && shown.contains("(key)"), "{shown}");
        }
    }

    #[test]
    fn key_ids_hashes_and_names_of_files_stay() {
        for text in [
            format!("key hd: KID {KID} has no track"),
            format!("/media/{KEY}{KEY}.mp4: No such file or directory"),
            format!("{KID}.mp4: is truncated"),
            "packed 20.000 s in 30 segments: 1.9 MB".to_string(),
        ] {
            assert_eq!(without_keys(&text), text);
        }
    }
}
