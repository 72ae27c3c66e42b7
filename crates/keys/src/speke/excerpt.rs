//! What a server says of an error, fit to be shown.

/// Most characters that are shown.
const MOST: usize = 160;

/// The beginning of a text: no tags, one line, and nothing in it that could be a key or one of
/// `secrets`. None where nothing is left, or where it looks like a document with keys.
pub(super) fn excerpt(body: &[u8], secrets: &[&str]) -> Option<String> {
    let body = body.get(..body.len().min(16 << 10)).unwrap_or_default();
    let text = String::from_utf8_lossy(body);
    let lower = text.to_ascii_lowercase();
    if ["cpix", "pskc", "plainvalue", "ciphervalue"]
        .iter()
        .any(|name| {
            // A server may say "Missing CPIX@contentId": what is meant are elements.
            lower.contains(&format!("<{name}")) || lower.contains(&format!(":{name}"))
        })
    {
        return None;
    }
    let mut text = without_tags(&text);
    for secret in secrets.iter().filter(|secret| secret.len() >= 4) {
        text = text.replace(secret, "..");
    }
    let mut shown = String::new();
    for word in text.split(|each: char| each.is_whitespace() || each.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.push_str(&masked(word));
        if shown.chars().count() > MOST {
            let cut = shown.chars().take(MOST).collect::<String>();
            return Some(format!("{cut}.."));
        }
    }
    (!shown.is_empty()).then_some(shown)
}

/// Without what stands between angle brackets, nor scripts and styles.
fn without_tags(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        shown.push_str(before);
        shown.push(' ');
        let name: String = tag.chars().take(6).collect();
        let skipped = match name.to_ascii_lowercase().as_str() {
            "script" => tag.find("</script").map(|at| at + 1),
            name if name.starts_with("style") => tag.find("</style").map(|at| at + 1),
            _ => None,
        };
        let tag = tag.get(skipped.unwrap_or(0)..).unwrap_or_default();
        rest = tag.split_once('>').map_or("", |(_, rest)| rest);
    }
    shown.push_str(rest);
    shown
}

/// A word whose parts that could be keys are left out: long ones that are no mere word.
fn masked(word: &str) -> String {
    let is_digit = |each: char| each.is_ascii_alphanumeric() || "+/=_".contains(each);
    let mut shown = String::new();
    let mut part = String::new();
    for each in word.chars().chain([' ']) {
        if is_digit(each) {
            part.push(each);
            continue;
        }
        let is_word = part.chars().all(|each| each.is_ascii_alphabetic());
        let most = if is_word { 40 } else { 15 };
        shown.push_str(if part.len() > most { ".." } else { &part });
        part.clear();
        shown.push(each);
    }
    shown.pop();
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        excerpt(text.as_bytes(), &["hunter22", "abc"])
    }

    #[test]
    fn what_a_server_says_is_shown_on_one_line() {
        assert_eq!(
            shown("Missing ContentKey@commonEncryptionScheme for KID 11111111-1111-1111-1111-111111111111\n").as_deref(),
            Some("Missing ContentKey@commonEncryptionScheme for KID 11111111-1111-1111-1111-111111111111")
        );
        assert_eq!(
            shown("Missing CPIX@contentId").as_deref(),
            Some("Missing CPIX@contentId")
        );
        assert_eq!(
            shown(
                "<html><script>x<y</script><style>a{}</style>\n<h1>502 Bad\u{1b}Gateway</h1></html>"
            )
            .as_deref(),
            Some("502 Bad Gateway")
        );
        assert_eq!(
            shown("{\"message\":\"Forbidden\"}").as_deref(),
            Some("{\"message\":\"Forbidden\"}")
        );
        assert_eq!(shown(" \n<a>"), None);
        assert_eq!(shown("<unclosed"), None);
        let long = shown(&"wort ".repeat(100)).unwrap();
        assert_eq!(long.chars().count(), MOST + 2);
    }

    #[test]
    fn what_could_be_a_key_is_not() {
        for key in [
            "c0ffee00c0ffee11c0ffee22c0ffee33",
            "wP/uAMD/7hHA/+4iwP/uMw==",
            "c0ffee00c0ffee11",
        ] {
            assert_eq!(
                shown(&format!("key={key};")).as_deref(),
                Some("..;"),
                "{key}"
            );
        }
        assert_eq!(
            shown("token hunter22 and abc").as_deref(),
            Some("token .. and abc")
        );
        assert_eq!(
            shown("<cpix:CPIX><pskc:PlainValue>AA</pskc:PlainValue>"),
            None
        );
        assert_eq!(shown("<CPIX xmlns='urn:dashif:org:cpix'/>"), None);
    }
}
