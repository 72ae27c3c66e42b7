//! Encryption and decryption of samples in place.

use aes::Aes128;
use aes::cipher::KeyInit;
use isobmff::boxes::Subsample;
use std::fmt;
use thiserror::Error;

use super::ctr::KeyStream;
use super::protected::Protected;
use super::{Iv, Pattern, Scheme, cbc};
use crate::Key;

/// A scheme with a key and a pattern: encrypts samples, and decrypts them.
///
/// The key's schedule is overwritten when dropped.
pub struct SampleCipher {
    scheme: Scheme,
    pattern: Pattern,
    aes: Aes128,
}

/// A sample of a batch.
#[derive(Debug)]
pub struct SampleToEncrypt<'a, 's> {
    /// Its bytes.
    pub sample: &'a mut [u8],
    /// Clear and protected ranges; none: all of it is protected.
    pub subsamples: &'s [Subsample],
    /// Its IV.
    pub iv: Iv,
}

/// Subsamples do not fit their sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("sample of {sample} bytes: its subsamples are of {subsamples} bytes")]
pub struct SubsampleError {
    /// Bytes of the sample.
    pub sample: usize,
    /// Bytes of all subsamples.
    pub subsamples: u64,
}

impl SampleCipher {
    /// For samples under `key`. The pattern counts with `cens` and `cbcs`.
    pub fn new(scheme: Scheme, key: &Key, pattern: Pattern) -> SampleCipher {
        let pattern = match scheme {
            Scheme::Cenc | Scheme::Cbc1 => Pattern::NONE,
            Scheme::Cens | Scheme::Cbcs => pattern,
        };
        SampleCipher {
            scheme,
            pattern,
            aes: Aes128::new(key.bytes().into()),
        }
    }

    /// Encrypts a sample in place. Many are faster together, with
    /// [`encrypt_all`](Self::encrypt_all).
    ///
    /// # Errors
    ///
    /// [`SubsampleError`] where the subsamples are not of the sample's length; nothing is
    /// encrypted then.
    pub fn encrypt(
        &self,
        sample: &mut [u8],
        subsamples: &[Subsample],
        iv: &Iv,
    ) -> Result<(), SubsampleError> {
        let iv = *iv;
        self.encrypt_all([SampleToEncrypt {
            sample,
            subsamples,
            iv,
        }])
    }

    /// Encrypts samples in place. In CBC, whose blocks wait for each other within a sample,
    /// several samples advance together.
    ///
    /// # Errors
    ///
    /// [`SubsampleError`] for the first sample whose subsamples are not of its length; no sample
    /// is encrypted then.
    pub fn encrypt_all<'a, 's>(
        &self,
        samples: impl IntoIterator<Item = SampleToEncrypt<'a, 's>>,
    ) -> Result<(), SubsampleError> {
        let samples: Vec<_> = samples.into_iter().collect();
        for each in &samples {
            check(each.sample, each.subsamples)?;
        }
        match self.scheme {
            Scheme::Cenc | Scheme::Cens => {
                for each in samples {
                    self.apply_key_stream(each.sample, each.subsamples, &each.iv);
                }
            }
            Scheme::Cbc1 => {
                let chains = samples.into_iter().map(|each| {
                    let ranges = Protected::new(each.sample, each.subsamples);
                    cbc::Chain::of_sample(ranges, each.iv.block())
                });
                cbc::encrypt(&self.aes, chains);
            }
            Scheme::Cbcs => {
                let chains = samples.into_iter().flat_map(|each| {
                    let (iv, pattern) = (each.iv.block(), self.pattern);
                    Protected::new(each.sample, each.subsamples)
                        .map(move |range| cbc::Chain::of_range(range, iv, pattern))
                });
                cbc::encrypt(&self.aes, chains);
            }
        }
        Ok(())
    }

    /// Decrypts a sample in place.
    ///
    /// # Errors
    ///
    /// [`SubsampleError`] where the subsamples are not of the sample's length; nothing is
    /// decrypted then.
    pub fn decrypt(
        &self,
        sample: &mut [u8],
        subsamples: &[Subsample],
        iv: &Iv,
    ) -> Result<(), SubsampleError> {
        check(sample, subsamples)?;
        match self.scheme {
            Scheme::Cenc | Scheme::Cens => self.apply_key_stream(sample, subsamples, iv),
            Scheme::Cbc1 => {
                let ranges = Protected::new(sample, subsamples);
                cbc::decrypt(&self.aes, cbc::Chain::of_sample(ranges, iv.block()));
            }
            Scheme::Cbcs => {
                for range in Protected::new(sample, subsamples) {
                    let chain = cbc::Chain::of_range(range, iv.block(), self.pattern);
                    cbc::decrypt(&self.aes, chain);
                }
            }
        }
        Ok(())
    }

    fn apply_key_stream(&self, sample: &mut [u8], subsamples: &[Subsample], iv: &Iv) {
        let mut stream = KeyStream::new(&self.aes, iv);
        for range in Protected::new(sample, subsamples) {
            match self.scheme {
                Scheme::Cens if self.pattern.skips() => stream.apply_pattern(range, self.pattern),
                Scheme::Cens => stream.apply_whole_blocks(range),
                Scheme::Cenc | Scheme::Cbc1 | Scheme::Cbcs => stream.apply(range),
            }
        }
    }
}

impl fmt::Debug for SampleCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SampleCipher")
            .field("scheme", &self.scheme)
            .field("pattern", &self.pattern)
            .finish_non_exhaustive()
    }
}

fn check(sample: &[u8], subsamples: &[Subsample]) -> Result<(), SubsampleError> {
    let total = subsamples.iter().map(Subsample::bytes).sum::<u64>();
    if subsamples.is_empty() || total == sample.len() as u64 {
        return Ok(());
    }
    Err(SubsampleError {
        sample: sample.len(),
        subsamples: total,
    })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
