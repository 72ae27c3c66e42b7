//! `packager verify`: a package against its own promises.

use std::io::Read;
use std::path::{Path, PathBuf};

use cenc::policy::ContentKey;
use cenc::{Key, Kid};
use clap::Args;
use keys::GivenKeys;
use packager::verify::{Encrypted, Verification, VerifyError, verify};
use zeroize::Zeroizing;

use super::Failure;
use super::output::{one_line, print, print_json, size};
use super::protection_args::holds_key;

/// The name of standard input in options.
const STDIN: &str = "-";

/// Most bytes of keys that are read.
const MAX_KEY_BYTES: u64 = 64 << 10;

#[derive(Debug, Args)]
#[command(
    after_help = "One line per finding: file, place, field, value, expected. Exit code 1 if \
there is any.

Examples:
  packager verify out
  packager verify out --key-file keys.txt"
)]
pub(super) struct VerifyArgs {
    /// Folder of a package, as `packager pack` wrote it
    #[arg(value_name = "PACKAGE")]
    package: PathBuf,

    /// Content key of an encrypted package, as it was given to pack, looked up by its KID: what it
    /// decrypts is looked into; repeatable. Other users of the machine can read it in the process
    /// list; --key-file avoids that
    #[arg(long, value_name = "[SCHEME/]LABEL=KID:KEY[:IV]")]
    key: Vec<String>,

    /// The same from a file, one a line; - is standard input
    #[arg(long, value_name = "FILE")]
    key_file: Vec<PathBuf>,

    /// Print findings as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(args: &VerifyArgs) -> Result<(), Failure> {
    if holds_key(&args.package) {
        let text = "PACKAGE: is a key, expected a folder; --key takes a key";
        return Err(Failure::asked(text));
    }
    let name = args.package.display();
    let keys = args.keys()?;
    let verification = verify(&args.package, &keys).map_err(|error| {
        let asked = match &error {
            VerifyError::Io(error) => matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ),
            _ => true,
        };
        let error = anyhow::Error::new(error).context(name.to_string());
        if asked {
            Failure::Asked(error)
        } else {
            Failure::Wrong(error)
        }
    })?;
    if args.json {
        print_json(&verification)?;
    } else {
        print(&lines(&verification, &name.to_string()))?;
    }
    if verification.findings.is_empty() {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

impl VerifyArgs {
    /// Every key given.
    fn keys(&self) -> Result<Vec<ContentKey>, Failure> {
        let mut given = GivenKeys::default();
        let mut keys = Vec::new();
        for text in &self.key {
            given.parse_argument(text)?;
            keys.extend(content_key(text));
        }
        for path in &self.key_file {
            if holds_key(path) {
                let text = "--key-file: is a key, expected a file of keys; --key takes a key";
                return Err(Failure::asked(text));
            }
            let text = if path.as_os_str() == STDIN {
                let text = read(std::io::stdin().lock(), path)?;
                given.read(text.as_slice())?;
                text
            } else {
                given.read_file(path)?;
                let file = std::fs::File::open(path).map_err(|error| unreadable(path, error))?;
                read(file, path)?
            };
            let lines = text.split(|byte| *byte == b'\n');
            let lines = lines.filter_map(|line| std::str::from_utf8(line).ok());
            keys.extend(lines.filter_map(content_key));
        }
        Ok(keys)
    }
}

/// What a text holds that was found to hold keys.
fn read(input: impl Read, path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    // Never grown, so that no copy of a key stays behind in memory.
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_KEY_BYTES as usize + 1));
    let mut input = input.take(MAX_KEY_BYTES + 1);
    input
        .read_to_end(&mut text)
        .map_err(|error| unreadable(path, error))?;
    Ok(text)
}

fn unreadable(path: &Path, error: std::io::Error) -> Failure {
    Failure::Wrong(anyhow::Error::new(error).context(path.display().to_string()))
}

/// The key of an entry that was found to be one; `None` for lines without.
fn content_key(text: &str) -> Option<ContentKey> {
    let text = text.trim_start_matches('\u{feff}').split('#').next()?;
    let (_, values) = text.split_once('=')?;
    let mut values = values.split(':').map(str::trim);
    Some(ContentKey {
        kid: Kid::parse(values.next()?).ok()?,
        key: Key::parse(values.next()?).ok()?,
        iv: None,
    })
}

fn lines(verification: &Verification, name: &str) -> String {
    let findings = verification.findings.iter();
    let mut text: String = findings
        .map(|finding| one_line(&finding.to_string()) + "\n")
        .collect();
    let (files, bytes) = (verification.files, size(verification.bytes));
    let (renditions, segments) = (verification.renditions, verification.segments);
    let verdict = match verification.findings.len() {
        0 if verification.checksum.is_none() => {
            "holds; media bytes unchecked: the package has no checksums".to_string()
        }
        0 => "holds".to_string(),
        1 => "1 finding".to_string(),
        count => format!("{count} findings"),
    };
    let encrypted = verification.encrypted.as_ref();
    let encrypted = encrypted.map_or(String::new(), encryption);
    text.push_str(&format!(
        "{name}: {verdict}; {files} files, {bytes}, {renditions} renditions announced, \
         {segments} media segments read{encrypted}\n"
    ));
    text
}

/// What is said of encryption at the end of the line.
fn encryption(encrypted: &Encrypted) -> String {
    let Encrypted {
        segments,
        clear,
        decrypted,
        ..
    } = encrypted;
    let mut text = format!("; {segments} encrypted segments, {decrypted} decrypted");
    if *clear > 0 {
        text.push_str(&format!(", {clear} clear ahead of them"));
    }
    if encrypted.untold > 0 {
        let untold = encrypted.untold;
        text.push_str(&format!(
            "; {untold} whose bytes are too few, or of a codec that is not read, to tell \
             encrypted from clear"
        ));
    }
    if !encrypted.without_key.is_empty() {
        let kids = encrypted.without_key.join(", ");
        text.push_str(&format!("; no key given for KID {kids}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_lines_with_comments() {
        let kid = "00112233445566778899aabbccddeeff";
        let line = format!(
            " cbcs/all = {kid} : {} : {kid} # comment",
            kid.replace('0', "1")
        );
        let key = content_key(&line).unwrap();
        assert_eq!(key.kid.hex(), kid);
        assert!(key.key == Key::parse(&kid.replace('0', "1")).unwrap());
        assert!(content_key("# all=1:2").is_none() && content_key("").is_none());
    }

    #[test]
    fn a_key_where_a_file_belongs_is_not_repeated() {
        let text = "all=00112233445566778899aabbccddeeff:0f0e0d0c0b0a09080706050403020100";
        let args = |package: &str, key_file: &str| VerifyArgs {
            package: package.into(),
            key: Vec::new(),
            key_file: vec![key_file.into()],
            json: false,
        };
        for args in [args("out", text), args(text, "keys.txt")] {
            let Err(Failure::Asked(error)) = run(&args) else {
                panic!("was taken");
            };
            assert!(!format!("{error:?}").contains("0011"), "{error}");
        }
    }

    #[test]
    fn encryption_is_told_with_what_could_not_be_looked_into() {
        let mut encrypted = Encrypted::default();
        encrypted.segments = 3;
        encrypted.clear = 1;
        encrypted.without_key = vec!["a".into()];
        assert_eq!(
            encryption(&encrypted),
            "; 3 encrypted segments, 0 decrypted, 1 clear ahead of them; no key given for KID a"
        );
    }
}
