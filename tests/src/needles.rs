//! A secret in every shape in which it could be found in files and messages.

/// What to look for.
#[derive(Clone, Debug)]
pub struct Needles {
    name: String,
    shapes: Vec<Vec<u8>>,
}

impl Needles {
    /// The shapes of a secret: its bytes, hexadecimal in both cases, base64 at each alignment in
    /// both alphabets.
    pub fn of(name: impl Into<String>, secret: &[u8]) -> Needles {
        let hex = |digits: &[u8; 16]| -> Vec<u8> {
            let pair = |byte: &u8| [digit(digits, byte >> 4), digit(digits, byte & 15)];
            secret.iter().flat_map(pair).collect()
        };
        let mut shapes = vec![
            secret.to_vec(),
            hex(b"0123456789abcdef"),
            hex(b"0123456789ABCDEF"),
        ];
        for alignment in 0..3 {
            let text = base64(secret, alignment);
            let other = |byte: &u8| match byte {
                b'+' => b'-',
                b'/' => b'_',
                byte => *byte,
            };
            shapes.push(text.iter().map(other).collect());
            shapes.push(text);
        }
        Needles {
            name: name.into(),
            shapes,
        }
    }

    /// A text that must not be repeated, such as what a user mistyped.
    pub fn of_text(name: impl Into<String>, text: &str) -> Needles {
        Needles {
            name: name.into(),
            shapes: vec![text.as_bytes().to_vec()],
        }
    }

    /// What is found of it: the name of the secret, and where.
    pub fn find(&self, place: &str, hay: &[u8]) -> Option<String> {
        let holds = |shape: &Vec<u8>| memchr::memmem::find(hay, shape).is_some();
        let found = self.shapes.iter().position(holds)?;
        Some(format!("{} in {place}, as shape {found}", self.name))
    }
}

fn digit(digits: &[u8; 16], value: u8) -> u8 {
    digits.get(usize::from(value)).copied().unwrap_or_default()
}

/// The characters of base64 that hold bits of `secret` alone, where `before` bytes modulo 3 precede
/// it.
fn base64(secret: &[u8], before: usize) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = |at: usize| -> usize {
        let byte = secret.get(at / 8).copied().unwrap_or_default();
        usize::from(byte >> (7 - at % 8) & 1)
    };
    // Characters begin at multiples of 6 bits of the whole text.
    let first = (6 - before * 8 % 6) % 6;
    let starts = (first..).step_by(6);
    starts
        .take_while(|start| start + 6 <= secret.len() * 8)
        .map(|start| {
            let value = (start..start + 6).fold(0, |value, at| value << 1 | bits(at));
            ALPHABET.get(value).copied().unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_every_shape() {
        let secret = b"\x00\x11\x22\x33\x44\xfb\xff\xfe";
        let needles = Needles::of("key", secret);
        // `base64` of coreutils over 0 to 2 bytes `!`, the secret, and bytes `!!`.
        for text in [
            "ABEiM0T7//4hIQ==",
            "IQARIjNE+//+ISE=",
            "ISEAESIzRPv//iEh",
            "ISEAESIzRPv__iEh",
            "..00112233", // too little
            "x0011223344fbfffex",
            "x0011223344FBFFFEx",
        ] {
            let found = needles.find("here", text.as_bytes()).is_some();
            assert_eq!(found, text != "..00112233", "{text}");
        }
        let raw = [&b"ab"[..], secret, b"c"].concat();
        assert_eq!(
            needles.find("here", &raw).as_deref(),
            Some("key in here, as shape 0")
        );
    }
}
