use super::*;

/// A box of `kind` around `parts`.
fn wrap(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes()[..], kind, &body].concat()
}

const KID: [u8; 16] = [9; 16];

/// `tenc`: version, pattern, `default_isProtected`, IV size, and what follows the KID.
fn tenc(version: u8, pattern: u8, size: u8, constant: &[u8]) -> Vec<u8> {
    let head = [version, 0, 0, 0, 0, pattern, 1, size];
    wrap(b"tenc", &[&head, &KID, constant])
}

fn sinf(scheme: &[u8; 4], version: u8, tenc: &[u8]) -> Vec<u8> {
    let frma = wrap(b"frma", &[b"Opus"]);
    let schm = wrap(b"schm", &[&[0; 4], scheme, &[0, version, 0, 0]]);
    wrap(b"sinf", &[&frma, &schm, &wrap(b"schi", &[tenc])])
}

/// An initialization segment of Opus entries of `kind` with `children`.
fn init(entries: &[(&[u8; 4], &[u8])], pssh: &[u8]) -> Vec<u8> {
    let fixed = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &[0; 20]].concat();
    let entries = entries
        .iter()
        .map(|(kind, children)| wrap(kind, &[&fixed, children]));
    let entries = entries.collect::<Vec<_>>().concat();
    let stsd = wrap(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &entries]);
    let minf = wrap(b"minf", &[&wrap(b"stbl", &[&stsd])]);
    let trak = wrap(b"trak", &[&wrap(b"mdia", &[&minf])]);
    wrap(b"moov", &[&trak, pssh])
}

fn wrongs(init: &EncryptedInit) -> Vec<String> {
    let text = |wrong: &Wrong| format!("{}: {}, {}", wrong.field, wrong.value, wrong.expected);
    init.wrong.iter().map(text).collect()
}

fn cenc() -> Vec<u8> {
    sinf(b"cenc", 1, &tenc(0, 0, 8, &[]))
}

#[test]
fn an_entry_is_read_and_restored_in_place() {
    let clear = init(&[(b"Opus", &cenc())], &[]);
    let read = EncryptedInit::read(init(&[(b"enca", &cenc())], &[]));
    assert_eq!(wrongs(&read), [""; 0]);
    let expected = Encryption {
        scheme: Scheme::Cenc,
        pattern: Pattern::NONE,
        iv: SampleIv::Each(IvSize::Eight),
        kid: Kid(KID),
    };
    assert_eq!((read.encryption, read.is_protected), (Some(expected), true));
    let at = clear.windows(4).position(|bytes| bytes == b"sinf").unwrap();
    let mut restored = clear;
    restored[at..at + 4].copy_from_slice(b"free");
    assert_eq!(read.clear, restored);
}

#[test]
fn a_constant_iv_is_read() {
    let tenc = tenc(1, 0, 0, &[&[16][..], &[5; 16]].concat());
    let read = EncryptedInit::read(init(&[(b"enca", &sinf(b"cbcs", 1, &tenc))], &[]));
    assert_eq!(wrongs(&read), [""; 0]);
    let iv = SampleIv::Constant(Iv::Sixteen([5; 16]));
    assert_eq!(read.encryption.map(|encryption| encryption.iv), Some(iv));
}

#[test]
fn unknown_and_contradictory_values_are_found() {
    let constant = [&[16][..], &[5; 16]].concat();
    let short = [&[8][..], &[5; 8]].concat();
    let cases: [(Vec<u8>, &str); 8] = [
        (
            sinf(b"cenx", 1, &tenc(0, 0, 8, &[])),
            "scheme_type: cenx, cenc, cens, cbc1 or cbcs",
        ),
        (
            sinf(b"cenc", 2, &tenc(0, 0, 8, &[])),
            "scheme_version: 0x00020000, 0x00010000",
        ),
        (
            sinf(b"cenc", 1, &tenc(0, 0, 7, &[])),
            "default_Per_Sample_IV_Size: 7, 8 or 16, as cenc has it",
        ),
        (
            sinf(b"cenc", 1, &tenc(0, 0, 0, &constant)),
            "default_Per_Sample_IV_Size: 0, 8 or 16, as cenc has it",
        ),
        (
            sinf(b"cbcs", 1, &tenc(1, 0, 0, &short)),
            "default_Per_Sample_IV_Size: 0, 0, and a constant IV of 16 bytes, as cbcs has it",
        ),
        (
            sinf(b"cens", 1, &tenc(1, 0x19, 16, &[])),
            "pattern: 1:9, 0:0 for sound in cens",
        ),
        (sinf(b"cenc", 1, &[]), "tenc: missing, KID and IV"),
        (Vec::new(), "sinf: missing, how the samples are encrypted"),
    ];
    for (sinf, line) in cases {
        let read = EncryptedInit::read(init(&[(b"enca", &sinf)], &[]));
        assert_eq!(wrongs(&read), [line]);
        assert!(read.is_protected);
    }
    let twice = [cenc(), cenc()].concat();
    let read = EncryptedInit::read(init(&[(b"enca", &twice)], &[]));
    assert_eq!(wrongs(&read), ["sinf boxes: 2, 1"]);
    let read = EncryptedInit::read(init(&[(b"Opus", &cenc())], &[]));
    assert_eq!(
        wrongs(&read),
        ["sinf: there, one in encv or enca alone, not in Opus"]
    );
}

#[test]
fn entries_that_differ_are_found() {
    let read = EncryptedInit::read(init(&[(b"enca", &cenc()), (b"Opus", &[])], &[]));
    let line = "sample entries: different, the same encryption for all samples";
    assert_eq!(wrongs(&read), [line]);
}

#[test]
fn every_cut_and_every_broken_byte_is_survived() {
    let pssh = cenc::drm::common::pssh(&[Kid(KID)]).unwrap();
    let whole = init(&[(b"enca", &cenc())], &pssh);
    let read = EncryptedInit::read(whole.clone());
    let header = SystemHeader {
        system_id: cenc::drm::System::Common.id(),
        kids: Some(vec![Kid(KID)]),
    };
    assert_eq!(read.systems, [header]);
    for at in 0..whole.len() {
        let cut = EncryptedInit::read(whole[..at].to_vec());
        assert_eq!(cut.clear.len(), at);
        for bit in [1, 0x80] {
            let mut broken = whole.clone();
            broken[at] ^= bit;
            assert_eq!(EncryptedInit::read(broken).clear.len(), whole.len());
        }
    }
}
