//! Variable-length codes, from the text of their tables.

/// A code: its bits and how many; length 0 where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) length: u8,
    pub(super) bits: u16,
}

/// The code that `text` spells in 0s and 1s.
pub(super) const fn code(text: &str) -> Code {
    let text = text.as_bytes();
    let mut bits = 0;
    let mut at = 0;
    while at < text.len() {
        bits = bits << 1 | (text[at] - b'0') as u16;
        at += 1;
    }
    Code {
        length: text.len() as u8,
        bits,
    }
}
