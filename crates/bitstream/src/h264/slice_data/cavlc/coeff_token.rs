//! Codes of `coeff_token`, H.264 table 9-5.

use super::code::{Code, code};

/// Codes by TotalCoeff and TrailingOnes; `""` where there is none.
type Texts<const ROWS: usize> = [[&'static str; 4]; ROWS];

/// Where 0 <= nC < 2.
#[rustfmt::skip]
const FEW: Texts<17> = [
    ["1",                "",                 "",                 ""],
    ["000101",           "01",               "",                 ""],
    ["00000111",         "000100",           "001",              ""],
    ["000000111",        "00000110",         "0000101",          "00011"],
    ["0000000111",       "000000110",        "00000101",         "000011"],
    ["00000000111",      "0000000110",       "000000101",        "0000100"],
    ["0000000001111",    "00000000110",      "0000000101",       "00000100"],
    ["0000000001011",    "0000000001110",    "00000000101",      "000000100"],
    ["0000000001000",    "0000000001010",    "0000000001101",    "0000000100"],
    ["00000000001111",   "00000000001110",   "0000000001001",    "00000000100"],
    ["00000000001011",   "00000000001010",   "00000000001101",   "0000000001100"],
    ["000000000001111",  "000000000001110",  "00000000001001",   "00000000001100"],
    ["000000000001011",  "000000000001010",  "000000000001101",  "00000000001000"],
    ["0000000000001111", "000000000000001",  "000000000001001",  "000000000001100"],
    ["0000000000001011", "0000000000001110", "0000000000001101", "000000000001000"],
    ["0000000000000111", "0000000000001010", "0000000000001001", "0000000000001100"],
    ["0000000000000100", "0000000000000110", "0000000000000101", "0000000000001000"],
];

/// Where 2 <= nC < 4.
#[rustfmt::skip]
const SOME: Texts<17> = [
    ["11",             "",               "",               ""],
    ["001011",         "10",             "",               ""],
    ["000111",         "00111",          "011",            ""],
    ["0000111",        "001010",         "001001",         "0101"],
    ["00000111",       "000110",         "000101",         "0100"],
    ["00000100",       "0000110",        "0000101",        "00110"],
    ["000000111",      "00000110",       "00000101",       "001000"],
    ["00000001111",    "000000110",      "000000101",      "000100"],
    ["00000001011",    "00000001110",    "00000001101",    "0000100"],
    ["000000001111",   "00000001010",    "00000001001",    "000000100"],
    ["000000001011",   "000000001110",   "000000001101",   "00000001100"],
    ["000000001000",   "000000001010",   "000000001001",   "00000001000"],
    ["0000000001111",  "0000000001110",  "0000000001101",  "000000001100"],
    ["0000000001011",  "0000000001010",  "0000000001001",  "0000000001100"],
    ["0000000000111",  "00000000001011", "0000000000110",  "0000000001000"],
    ["00000000001001", "00000000001000", "00000000001010", "0000000000001"],
    ["00000000000111", "00000000000110", "00000000000101", "00000000000100"],
];

/// Where 4 <= nC < 8.
#[rustfmt::skip]
const MANY: Texts<17> = [
    ["1111",       "",           "",           ""],
    ["001111",     "1110",       "",           ""],
    ["001011",     "01111",      "1101",       ""],
    ["001000",     "01100",      "01110",      "1100"],
    ["0001111",    "01010",      "01011",      "1011"],
    ["0001011",    "01000",      "01001",      "1010"],
    ["0001001",    "001110",     "001101",     "1001"],
    ["0001000",    "001010",     "001001",     "1000"],
    ["00001111",   "0001110",    "0001101",    "01101"],
    ["00001011",   "00001110",   "0001010",    "001100"],
    ["000001111",  "00001010",   "00001101",   "0001100"],
    ["000001011",  "000001110",  "00001001",   "00001100"],
    ["000001000",  "000001010",  "000001101",  "00001000"],
    ["0000001101", "000000111",  "000001001",  "000001100"],
    ["0000001001", "0000001100", "0000001011", "0000001010"],
    ["0000000101", "0000001000", "0000000111", "0000000110"],
    ["0000000001", "0000000100", "0000000011", "0000000010"],
];

/// Where nC is -1.
#[rustfmt::skip]
const CHROMA_DC_420: Texts<5> = [
    ["01",     "",         "",         ""],
    ["000111", "1",        "",         ""],
    ["000100", "000110",   "001",      ""],
    ["000011", "0000011",  "0000010",  "000101"],
    ["000010", "00000011", "00000010", "0000000"],
];

/// Where nC is -2.
#[rustfmt::skip]
const CHROMA_DC_422: Texts<9> = [
    ["1",             "",             "",             ""],
    ["0001111",       "01",           "",             ""],
    ["0001110",       "0001101",      "001",          ""],
    ["000000111",     "0001100",      "0001011",      "00001"],
    ["000000110",     "000000101",    "0001010",      "000001"],
    ["0000000111",    "0000000110",   "000000100",    "0001001"],
    ["00000000111",   "00000000110",  "0000000101",   "0001000"],
    ["000000000111",  "000000000110", "00000000101",  "0000000100"],
    ["0000000000111", "000000000101", "000000000100", "00000000100"],
];

/// What a `coeff_token` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Bits of the code; 0 where the bits are no code.
    pub(super) length: u8,
    /// TotalCoeff, 0 to 16.
    pub(super) total: u8,
    /// TrailingOnes, 0 to 3.
    pub(super) ones: u8,
}

const NO_TOKEN: Token = Token {
    length: 0,
    total: 0,
    ones: 0,
};

/// The codes of one column of the table, both ways.
///
/// A code is up to 15 zeros, a one and at most three bits, or nothing but seven zeros: so its zeros
/// and the three bits after its one find it.
pub(super) struct Tokens {
    codes: [[Code; 4]; 17],
    found: [[Token; 8]; 16],
}

impl Tokens {
    const fn new<const ROWS: usize>(texts: &Texts<ROWS>) -> Tokens {
        let mut tokens = Tokens {
            codes: [[code(""); 4]; 17],
            found: [[NO_TOKEN; 8]; 16],
        };
        let mut total = 0;
        while total < ROWS {
            let mut ones = 0;
            while ones < 4 {
                let code = code(texts[total][ones]);
                tokens.codes[total][ones] = code;
                if code.length > 0 {
                    let token = Token {
                        length: code.length,
                        total: total as u8,
                        ones: ones as u8,
                    };
                    tokens.enter(code, token);
                }
                ones += 1;
            }
            total += 1;
        }
        tokens
    }

    const fn enter(&mut self, code: Code, token: Token) {
        let length = code.length as u32;
        let zeros = (code.bits.leading_zeros() + length - 16) as usize;
        if code.bits == 0 {
            let mut zeros = zeros;
            while zeros < 16 {
                self.found[zeros] = [token; 8];
                zeros += 1;
            }
            return;
        }
        let after = length - 1 - zeros as u32;
        let first = ((code.bits as usize) << (3 - after)) & 7;
        let mut at = first;
        while at < first + (1 << (3 - after)) {
            self.found[zeros][at] = token;
            at += 1;
        }
    }

    /// The token at the top of `word`.
    #[inline(always)]
    pub(super) fn find(&self, word: u64) -> Token {
        let zeros = word.leading_zeros().min(15);
        let after = (word << zeros << 1 >> 61) as usize;
        self.found[zeros as usize][after & 7]
    }

    pub(super) fn code(&self, total: u8, ones: u8) -> Code {
        self.codes[usize::from(total) % 17][usize::from(ones) % 4]
    }
}

/// The columns 0 <= nC < 2, 2 <= nC < 4 and 4 <= nC < 8.
pub(super) static BY_NEIGHBOURS: [Tokens; 3] =
    [Tokens::new(&FEW), Tokens::new(&SOME), Tokens::new(&MANY)];
/// nC is -1.
pub(super) static OF_CHROMA_DC_420: Tokens = Tokens::new(&CHROMA_DC_420);
/// nC is -2.
pub(super) static OF_CHROMA_DC_422: Tokens = Tokens::new(&CHROMA_DC_422);

/// The column 8 <= nC: six bits, TotalCoeff - 1 and TrailingOnes, or 3 for no coefficient.
pub(super) fn find_fixed(word: u64) -> Token {
    let value = (word >> 58) as u8;
    let (total, ones) = if value == 3 {
        (0, 0)
    } else {
        ((value >> 2) + 1, value & 3)
    };
    if ones > total {
        return NO_TOKEN;
    }
    Token {
        length: 6,
        total,
        ones,
    }
}

/// The inverse of [`find_fixed`].
pub(super) fn fixed_code(total: u8, ones: u8) -> Code {
    let bits = match total.checked_sub(1) {
        None => 3,
        Some(total) => u16::from(total) << 2 | u16::from(ones),
    };
    Code { length: 6, bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_whatever_follows() {
        let columns = BY_NEIGHBOURS.iter();
        for tokens in columns.chain([&OF_CHROMA_DC_420, &OF_CHROMA_DC_422]) {
            let mut sum = 0;
            for total in 0..17 {
                for ones in 0..4 {
                    let code = tokens.code(total, ones);
                    if code.length == 0 {
                        continue;
                    }
                    sum += 1 << (16 - code.length);
                    let top = u64::from(code.bits) << (64 - u32::from(code.length));
                    for word in [top, top | (!0 >> code.length)] {
                        let length = code.length;
                        assert_eq!(
                            tokens.find(word),
                            Token {
                                length,
                                total,
                                ones
                            }
                        );
                    }
                }
            }
            assert!(sum <= 1 << 16, "codes overlap");
        }
        for total in 0..17 {
            for ones in 0..=total.min(3) {
                let code = fixed_code(total, ones);
                let token = find_fixed(u64::from(code.bits) << 58);
                assert_eq!((token.total, token.ones), (total, ones));
            }
        }
        assert_eq!(find_fixed(2 << 58), NO_TOKEN);
    }
}
