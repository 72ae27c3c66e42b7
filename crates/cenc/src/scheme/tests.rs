//! The schemes against NIST's vectors and against other implementations of the modes.

use ::cbc::cipher::{BlockModeEncrypt, InnerIvInit, KeyIvInit, StreamCipher};
use proptest::prelude::*;

use super::*;
use crate::hex;
use crate::scheme::IvSize;

const SCHEMES: [Scheme; 4] = Scheme::ALL;

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text.replace([' ', '\n'], "").as_bytes()).unwrap()
}

fn subsample(clear: u16, protected: u32) -> Subsample {
    Subsample {
        bytes_of_clear_data: clear,
        bytes_of_protected_data: protected,
    }
}

/// The key, plaintext of SP 800-38A appendix F.
const KEY: &str = "2b7e151628aed2a6abf7158809cf4f3c";
const CLEAR: &str = "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
    30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710";

fn nist_key() -> Key {
    Key::parse(KEY).unwrap()
}

#[test]
fn ctr_gives_what_nist_says() {
    // SP 800-38A F.5.1. Its counter does not leave the lower 64 bits.
    let mut sample: [u8; 64] = bytes(CLEAR);
    let iv = Iv::parse("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff").unwrap();
    let cipher = SampleCipher::new(Scheme::Cenc, &nist_key(), Pattern::NONE);
    cipher.encrypt(&mut sample, &[], &iv).unwrap();
    let expected: [u8; 64] = bytes(
        "874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff
         5ae4df3edbd5d35e5b4f09020db03eab 1e031dda2fbe03d1792170a0f3009cee",
    );
    assert_eq!(sample, expected);
    cipher.decrypt(&mut sample, &[], &iv).unwrap();
    assert_eq!(sample, bytes(CLEAR));
}

#[test]
fn cens_leaves_what_is_over_whole_blocks_clear_without_a_pattern_as_well() {
    // The blocks are those of SP 800-38A F.5.1.
    let mut sample: [u8; 40] = bytes::<64>(CLEAR)[..40].try_into().unwrap();
    let iv = Iv::parse("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff").unwrap();
    let cipher = SampleCipher::new(Scheme::Cens, &nist_key(), Pattern::NONE);
    cipher.encrypt(&mut sample, &[], &iv).unwrap();
    let expected: [u8; 40] =
        bytes("874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff 30c81c46a35ce411");
    assert_eq!(sample, expected);
    let mut short = [7; 15];
    cipher.encrypt(&mut short, &[], &iv).unwrap();
    assert_eq!(short, [7; 15]);
}

#[test]
fn cbc_gives_what_nist_says() {
    // SP 800-38A F.2.1.
    let iv = Iv::parse("000102030405060708090a0b0c0d0e0f").unwrap();
    let expected: [u8; 64] = bytes(
        "7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2
         73bed6b8e3c1743b7116e69e22229516 3ff1caa1681fac09120eca307586e1a7",
    );
    for scheme in [Scheme::Cbc1, Scheme::Cbcs] {
        let mut sample: [u8; 64] = bytes(CLEAR);
        let cipher = SampleCipher::new(scheme, &nist_key(), Pattern::NONE);
        cipher.encrypt(&mut sample, &[], &iv).unwrap();
        assert_eq!(sample, expected, "{scheme}");
        cipher.decrypt(&mut sample, &[], &iv).unwrap();
        assert_eq!(sample, bytes(CLEAR), "{scheme}");
    }
}

#[test]
fn cbc1_chains_over_subsamples_and_cbcs_starts_anew() {
    let iv = Iv::parse("000102030405060708090a0b0c0d0e0f").unwrap();
    let clear: [u8; 64] = bytes(CLEAR);
    let mut sample = [&[9][..], &clear[..16], &[8, 8], &clear[16..32]].concat();
    let mut again = sample.clone();
    let subsamples = [subsample(1, 16), subsample(2, 16)];
    let cbc1 = SampleCipher::new(Scheme::Cbc1, &nist_key(), Pattern::NONE);
    cbc1.encrypt(&mut sample, &subsamples, &iv).unwrap();
    let expected: [u8; 32] =
        bytes("7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2");
    assert_eq!(
        sample,
        [&[9][..], &expected[..16], &[8, 8], &expected[16..]].concat()
    );
    again[19..].copy_from_slice(&clear[..16]);
    let cbcs = SampleCipher::new(Scheme::Cbcs, &nist_key(), Pattern::ONE_IN_TEN);
    cbcs.encrypt(&mut again, &subsamples, &iv).unwrap();
    assert_eq!(
        again,
        [&[9][..], &expected[..16], &[8, 8], &expected[..16]].concat()
    );
}

#[test]
fn the_block_counter_wraps_without_carry() {
    let cipher = SampleCipher::new(Scheme::Cenc, &nist_key(), Pattern::NONE);
    let mut sample = [0; 32];
    let last = Iv::of_counter(IvSize::Sixteen, 7, u64::MAX).unwrap();
    cipher.encrypt(&mut sample, &[], &last).unwrap();
    let mut first = [0; 16];
    let iv = Iv::Eight(7u64.to_be_bytes());
    cipher.encrypt(&mut first, &[], &iv).unwrap();
    assert_eq!(sample[16..], first);
}

#[test]
fn cenc_runs_on_over_partial_blocks_of_subsamples() {
    let cipher = SampleCipher::new(Scheme::Cenc, &nist_key(), Pattern::NONE);
    let iv = Iv::Eight([3; 8]);
    let mut whole = [0; 50];
    cipher.encrypt(&mut whole, &[], &iv).unwrap();
    let mut parts = [0; 53];
    let subsamples = [subsample(1, 5), subsample(0, 0), subsample(2, 45)];
    cipher.encrypt(&mut parts, &subsamples, &iv).unwrap();
    assert_eq!(parts[..1], [0]);
    assert_eq!(parts[1..6], whole[..5]);
    assert_eq!(parts[6..8], [0, 0]);
    assert_eq!(parts[8..], whole[5..]);
}

#[test]
fn a_pattern_leaves_nine_blocks_in_ten_and_the_last_part_of_one() {
    for scheme in [Scheme::Cens, Scheme::Cbcs] {
        let cipher = SampleCipher::new(scheme, &nist_key(), Pattern::ONE_IN_TEN);
        let mut sample = vec![0; 16 * 21 + 15];
        cipher
            .encrypt(&mut sample, &[], &Iv::Sixteen([5; 16]))
            .unwrap();
        let changed: Vec<usize> = (0..22)
            .filter(|block| {
                sample
                    .chunks(16)
                    .nth(*block)
                    .unwrap()
                    .iter()
                    .any(|byte| *byte != 0)
            })
            .collect();
        assert_eq!(changed, [0, 10, 20], "{scheme}");
    }
}

#[test]
fn skipped_blocks_take_no_counter() {
    let cens = SampleCipher::new(Scheme::Cens, &nist_key(), Pattern::ONE_IN_TEN);
    let cenc = SampleCipher::new(Scheme::Cenc, &nist_key(), Pattern::NONE);
    let iv = Iv::Eight([1; 8]);
    let (mut pattern, mut all) = ([0; 16 * 22], [0; 48]);
    cens.encrypt(&mut pattern, &[subsample(0, 176), subsample(0, 176)], &iv)
        .unwrap();
    cenc.encrypt(&mut all, &[], &iv).unwrap();
    assert_eq!(pattern[..16], all[..16]);
    assert_eq!(pattern[160..176], all[16..32]);
    // A pattern starts anew in each subsample.
    assert_eq!(pattern[176..192], all[32..48]);
}

#[test]
fn samples_shorter_than_a_block() {
    for scheme in SCHEMES {
        let cipher = SampleCipher::new(scheme, &nist_key(), scheme.video_pattern());
        let mut sample = [0; 15];
        cipher
            .encrypt(&mut sample, &[], &Iv::Sixteen([5; 16]))
            .unwrap();
        assert_eq!(sample != [0; 15], scheme == Scheme::Cenc, "{scheme}");
        cipher.encrypt(&mut [], &[], &Iv::Sixteen([5; 16])).unwrap();
    }
}

#[test]
fn subsamples_of_another_length_are_refused_and_nothing_is_encrypted() {
    let cipher = SampleCipher::new(Scheme::Cenc, &nist_key(), Pattern::NONE);
    let mut sample = [0; 40];
    for subsamples in [
        [subsample(8, 31)],
        [subsample(8, 33)],
        [subsample(9, u32::MAX)],
    ] {
        let error = cipher.encrypt(&mut sample, &subsamples, &Iv::Eight([0; 8]));
        assert!(error.is_err());
    }
    let error = cipher.decrypt(&mut sample, &[subsample(8, 31)], &Iv::Eight([0; 8]));
    assert_eq!(
        error.unwrap_err().to_string(),
        "sample of 40 bytes: its subsamples are of 39 bytes"
    );
    assert_eq!(sample, [0; 40]);
}

/// The bytes a pattern names, as indices, from the words of the standard.
fn named(subsamples: &[Subsample], pattern: Pattern) -> Vec<Vec<usize>> {
    let mut at = 0;
    let mut ranges = Vec::new();
    for each in subsamples {
        at += usize::from(each.bytes_of_clear_data);
        let length = each.bytes_of_protected_data as usize;
        let block = |byte: usize| byte / 16 % usize::from(pattern.crypt + pattern.skip);
        ranges.push(
            (0..length - length % 16)
                .filter(|byte| block(*byte) < usize::from(pattern.crypt))
                .map(|byte| at + byte)
                .collect(),
        );
        at += length;
    }
    ranges
}

fn gather(sample: &[u8], indices: &[usize]) -> Vec<u8> {
    indices.iter().map(|index| sample[*index]).collect()
}

/// Encryption by the `ctr` and `cbc` crates over the bytes that are to be encrypted, gathered.
fn oracle(scheme: Scheme, sample: &mut [u8], ranges: &[Vec<usize>], iv: [u8; 16]) {
    let aes = || aes::Aes128::new_from_slice(nist_key().bytes()).unwrap();
    let chains: Vec<Vec<usize>> = match scheme {
        Scheme::Cbcs => ranges.to_vec(),
        _ => vec![ranges.concat()],
    };
    for chain in chains {
        let mut data = gather(sample, &chain);
        match scheme {
            Scheme::Cenc | Scheme::Cens => {
                let core =
                    ctr::CtrCore::<_, ctr::flavors::Ctr64BE>::inner_iv_init(aes(), &iv.into());
                ctr::cipher::StreamCipherCoreWrapper::from_core(core).apply_keystream(&mut data);
            }
            Scheme::Cbc1 | Scheme::Cbcs => {
                let key = nist_key();
                let mut cbc = ::cbc::Encryptor::<aes::Aes128>::new(key.bytes().into(), &iv.into());
                let (blocks, _) = aes::cipher::Array::slice_as_chunks_mut(&mut data);
                cbc.encrypt_blocks(blocks);
            }
        }
        for (index, byte) in chain.iter().zip(data) {
            sample[*index] = byte;
        }
    }
}

proptest! {
    #[test]
    fn every_scheme_agrees_with_other_code_and_is_undone(
        shape in proptest::collection::vec((0u16..40, 0u32..700), 1..6),
        pattern in (1u8..4, 1u8..10),
        iv: [u8; 16],
        count in 1usize..20,
    ) {
        for scheme in SCHEMES {
            let subsamples: Vec<Subsample> = shape
                .iter()
                .map(|(clear, bytes)| subsample(*clear, bytes & !15))
                .collect();
            let length: u64 = subsamples.iter().map(Subsample::bytes).sum();
            let pattern = Pattern { crypt: pattern.0, skip: pattern.1 };
            let used = match scheme {
                Scheme::Cenc | Scheme::Cbc1 => Pattern { crypt: 1, skip: 0 },
                Scheme::Cens | Scheme::Cbcs => pattern,
            };
            let cipher = SampleCipher::new(scheme, &nist_key(), pattern);
            let clear: Vec<Vec<u8>> = (0..count)
                .map(|number| (0..length).map(|byte| (byte * 7 + number as u64) as u8).collect())
                .collect();
            let mut samples = clear.clone();
            cipher
                .encrypt_all(samples.iter_mut().map(|sample| SampleToEncrypt {
                    sample,
                    subsamples: &subsamples,
                    iv: Iv::Sixteen(iv),
                }))
                .unwrap();
            let ranges = named(&subsamples, used);
            for (sample, clear) in samples.iter_mut().zip(&clear) {
                let mut expected = clear.clone();
                oracle(scheme, &mut expected, &ranges, iv);
                prop_assert_eq!(&*sample, &expected, "{}", scheme);
                cipher.decrypt(sample, &subsamples, &Iv::Sixteen(iv)).unwrap();
                prop_assert_eq!(&*sample, clear, "{}", scheme);
            }
        }
    }

    #[test]
    fn cenc_agrees_with_other_code_wherever_ranges_end_and_the_counter_wraps(
        lengths in proptest::collection::vec(0u32..3000, 1..5),
        high: u64,
        before_the_last in 0u64..400,
    ) {
        let subsamples: Vec<Subsample> = lengths.iter().map(|bytes| subsample(0, *bytes)).collect();
        let length: u32 = lengths.iter().sum();
        let clear: Vec<u8> = (0..length).map(|byte| (byte * 7) as u8).collect();
        let (mut sample, mut expected) = (clear.clone(), clear.clone());
        let iv = Iv::of_counter(IvSize::Sixteen, high, u64::MAX - before_the_last).unwrap();
        let cipher = SampleCipher::new(Scheme::Cenc, &nist_key(), Pattern::NONE);
        cipher.encrypt(&mut sample, &subsamples, &iv).unwrap();
        oracle(Scheme::Cenc, &mut expected, &[(0..length as usize).collect()], iv.block());
        prop_assert_eq!(&sample, &expected);
        cipher.decrypt(&mut sample, &subsamples, &iv).unwrap();
        prop_assert_eq!(&sample, &clear);
    }

    #[test]
    fn encrypted_blocks_are_counted(
        bytes in 0u32..5000,
        crypt in 1u8..16,
        skip in 1u8..16,
    ) {
        let pattern = Pattern { crypt, skip };
        let named = named(&[subsample(0, bytes)], pattern);
        prop_assert_eq!(pattern.encrypted_blocks(bytes.into()), named[0].len() as u64 / 16);
    }
}
