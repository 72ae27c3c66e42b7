//! The protection schemes of ISO/IEC 23001-7.
//!
//! | scheme | mode | pattern | across the subsamples of a sample |
//! | --- | --- | --- | --- |
//! | `cenc` | CTR | no | one stream of key bytes |
//! | `cens` | CTR | yes | one stream; skipped blocks take no counter |
//! | `cbc1` | CBC | no | one chain |
//! | `cbcs` | CBC | yes | each starts anew from the IV |
//!
//! Patterns start anew in every subsample. Everywhere but in `cenc`, what is left of a range after
//! its last whole block stays clear. Sound has no pattern, and in `cens` its blocks are whole as
//! well: "whole-block full-sample encryption", ISO/IEC 23001-7:2016 9.7 and 10.3.

mod cbc;
mod ctr;
mod iv;
mod protected;
mod sample;

pub use iv::{Iv, IvSize};
pub use sample::{SampleCipher, SampleToEncrypt, SubsampleError};

use isobmff::FourCc;
use std::fmt;

/// A protection scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// AES-CTR.
    Cenc,
    /// AES-CTR with a pattern.
    Cens,
    /// AES-CBC.
    Cbc1,
    /// AES-CBC with a pattern and a constant IV.
    Cbcs,
}

/// What a scheme makes of a key. A key must not be used with both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// Counter mode.
    AesCtr,
    /// Cipher block chaining.
    AesCbc,
}

/// How many 16-byte blocks are encrypted, and how many then left clear, over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// `crypt_byte_block`, up to 15. 0 together with `skip` 0: no pattern.
    pub crypt: u8,
    /// `skip_byte_block`, up to 15. 0: everything is encrypted.
    pub skip: u8,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Scheme; 4] = [Scheme::Cenc, Scheme::Cens, Scheme::Cbc1, Scheme::Cbcs];

    /// `cenc`, `cens`, `cbc1` or `cbcs`.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Cenc => "cenc",
            Scheme::Cens => "cens",
            Scheme::Cbc1 => "cbc1",
            Scheme::Cbcs => "cbcs",
        }
    }

    /// The scheme of that name.
    pub fn from_name(name: &str) -> Option<Scheme> {
        Scheme::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    /// `scheme_type` of `schm`.
    pub fn four_cc(self) -> FourCc {
        FourCc::new(match self {
            Scheme::Cenc => b"cenc",
            Scheme::Cens => b"cens",
            Scheme::Cbc1 => b"cbc1",
            Scheme::Cbcs => b"cbcs",
        })
    }

    /// What it makes of a key.
    pub fn algorithm(self) -> Algorithm {
        match self {
            Scheme::Cenc | Scheme::Cens => Algorithm::AesCtr,
            Scheme::Cbc1 | Scheme::Cbcs => Algorithm::AesCbc,
        }
    }

    /// The pattern of video: 1:9 where the scheme has patterns.
    pub fn video_pattern(self) -> Pattern {
        match self {
            Scheme::Cenc | Scheme::Cbc1 => Pattern::NONE,
            Scheme::Cens | Scheme::Cbcs => Pattern::ONE_IN_TEN,
        }
    }

    /// Whether the protected bytes of a subsample have to be whole blocks. In `cenc` CMAF asks
    /// for it, in `cens` and `cbc1` the scheme does.
    pub fn whole_blocks(self) -> bool {
        self != Scheme::Cbcs
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Pattern {
    /// Every block is encrypted. Also what `tenc` says of `cens` and `cbcs` audio.
    pub const NONE: Pattern = Pattern { crypt: 0, skip: 0 };
    /// One block in ten.
    pub const ONE_IN_TEN: Pattern = Pattern { crypt: 1, skip: 9 };

    /// Whether some blocks are left clear.
    pub(crate) fn skips(self) -> bool {
        self.skip > 0
    }

    /// Blocks of a range of `bytes` bytes that get encrypted.
    pub fn encrypted_blocks(self, bytes: u64) -> u64 {
        let blocks = bytes / 16;
        if !self.skips() {
            return blocks;
        }
        let (crypt, period) = (
            u64::from(self.crypt),
            u64::from(self.crypt) + u64::from(self.skip),
        );
        blocks / period * crypt + (blocks % period).min(crypt)
    }
}
