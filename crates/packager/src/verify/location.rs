//! Where a URL of a manifest points in the package.

use std::ops::Range;

/// Bytes of a file of the package: all of them, or a range.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Location {
    /// Relative to the package, with `/` between parts.
    pub(super) path: String,
    /// First byte and the byte after the last; `None`: the whole file.
    pub(super) range: Option<(u64, u64)>,
}

impl Location {
    pub(super) fn whole(path: String) -> Location {
        Location { path, range: None }
    }

    /// As messages show it: `cmaf/video.mp4` or `cmaf/video.mp4 bytes 100-199`.
    pub(super) fn text(&self) -> String {
        match self.range {
            Some((start, end)) => format!("{} bytes {start}-{}", self.path, end.saturating_sub(1)),
            None => self.path.clone(),
        }
    }

    /// The bytes in a file of `size` bytes; `None` where they are not all there.
    pub(super) fn bytes(&self, size: u64) -> Option<Range<u64>> {
        let (start, end) = self.range.unwrap_or((0, size));
        (start <= end && end <= size).then_some(start..end)
    }
}

/// Resolves `url` as written in the file or folder at `base` (both relative to the package; what
/// follows the last `/` of `base` is dropped).
///
/// # Errors
///
/// What is wrong with the URL: it leaves the package, or is not relative.
pub(super) fn resolve(base: &str, url: &str) -> Result<String, &'static str> {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let scheme = url
        .split('/')
        .next()
        .is_some_and(|first| first.contains(':'));
    if scheme || url.starts_with('/') {
        return Err("a URL relative to the manifest");
    }
    let url = decode(url).ok_or("percent-encoded UTF-8")?;
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in url.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop().ok_or("a URL inside the package")?;
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

/// `text` without percent-encoding.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let value = digit()?.checked_mul(16)?.checked_add(digit()?)?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_resolve_against_the_folder_of_the_manifest() {
        let at = |url| resolve("cmaf/video/stream.m3u8", url);
        assert_eq!(at("seg_1.m4s").as_deref(), Ok("cmaf/video/seg_1.m4s"));
        assert_eq!(
            at("../audio/./a%20b.m4s?x#y").as_deref(),
            Ok("cmaf/audio/a b.m4s")
        );
        assert_eq!(at("").as_deref(), Ok("cmaf/video/"));
        assert_eq!(resolve("master.m3u8", "a/b").as_deref(), Ok("a/b"));
    }

    #[test]
    fn urls_that_leave_the_package_are_refused() {
        for url in [
            "../../../x",
            "/etc/passwd",
            "https://a/b",
            "file:x",
            "%zz",
            "%ff",
            "%4",
        ] {
            assert!(resolve("cmaf/video/stream.m3u8", url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_range_must_lie_in_the_file() {
        let at = |start, end| Location {
            path: "a".into(),
            range: Some((start, end)),
        };
        assert_eq!(at(2, 5).bytes(5), Some(2..5));
        assert_eq!(at(2, 6).bytes(5), None);
        assert_eq!(at(3, 2).bytes(5), None);
        assert_eq!(Location::whole("a".into()).bytes(5), Some(0..5));
    }
}
