//! What the tests of all boxes share.

use std::fmt::Debug;

use super::*;
use crate::{BoxBody, Error, FourCc, Place, RawBox};

/// The bytes of hexadecimal digits; white space does not count. Leaked, so that a test may borrow
/// from them for good.
pub(crate) fn hex(text: &str) -> &'static [u8] {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    bytes.leak()
}

/// A box of type `kind` around `body`.
pub(crate) fn around(kind: FourCc, body: &[u8]) -> &'static [u8] {
    let mut bytes = (body.len() as u32 + 8).to_be_bytes().to_vec();
    bytes.extend_from_slice(&kind.0);
    bytes.extend_from_slice(body);
    bytes.leak()
}

/// Where `checked` says its boxes start.
const OFFSET: u64 = 1000;

fn parse<T: BoxBody<'static>>(bytes: &'static [u8]) -> Result<(T, &'static [u8]), Error> {
    let raw = RawBox::parse(bytes, OFFSET, &Place::FILE)?;
    T::parse_with_rest(&raw, &Place::FILE)
}

/// Reads the box `bytes` to its end; it is written back to the same bytes.
pub(crate) fn same<T>(bytes: &'static [u8]) -> T
where
    T: BoxBody<'static> + PartialEq + Debug,
{
    let (body, rest) = parse::<T>(bytes).unwrap();
    assert!(rest.is_empty(), "{} bytes left unread", rest.len());
    assert_eq!(
        body.to_bytes().unwrap(),
        bytes,
        "is not written back to its bytes"
    );
    body
}

/// As [`same`], and what else is asked of a box that does not only hold others: cut after any number of body bytes below `least`, it is an
/// error that names the box, a position within it and a field.
pub(crate) fn checked<T>(bytes: &'static [u8], least: usize) -> T
where
    T: BoxBody<'static> + PartialEq + Debug,
{
    let (body, rest) = parse::<T>(bytes).unwrap();
    assert!(rest.is_empty(), "{} bytes left unread", rest.len());
    assert_eq!(
        body.to_bytes().unwrap(),
        bytes,
        "is not written back to its bytes"
    );

    let kind = FourCc(*bytes[4..].first_chunk().unwrap());
    for cut in 0..least {
        let error = parse::<T>(around(kind, &bytes[8..8 + cut])).unwrap_err();
        let message = error.to_string();
        assert!(
            message.starts_with(&kind.to_string()),
            "cut after {cut}: {message}"
        );
        let (offset, named) = match &error {
            Error::Truncated {
                offset,
                field,
                left,
                needed,
                ..
            } => {
                assert!(left < needed, "cut after {cut}: {message}");
                (*offset, !field.is_empty())
            }
            Error::BoxSize { offset, .. } => (*offset, true),
            other => panic!("cut after {cut}: {other}"),
        };
        assert!(named, "cut after {cut}: {message}");
        let body = OFFSET + 8;
        assert!(
            (body..=body + cut as u64).contains(&offset),
            "cut after {cut}: {message}"
        );
    }
    for cut in least..bytes.len() - 8 {
        let read = parse::<T>(around(kind, &bytes[8..8 + cut]));
        assert!(read.is_ok(), "cut after {cut}: {:?}", read.err());
    }
    body
}

/// As [`checked`] for a box all of whose bytes have to be there.
pub(crate) fn whole<T>(bytes: &'static [u8]) -> T
where
    T: BoxBody<'static> + PartialEq + Debug,
{
    checked(bytes, bytes.len() - 8)
}

/// Calls `$visit!(Type)` for every typed box.
macro_rules! every_box {
    ($visit:ident) => {
        $visit!(Av1c<'_>);
        $visit!(Avcc<'_>);
        $visit!(Btrt);
        $visit!(Clap);
        $visit!(Clli);
        $visit!(Co64<'_>);
        $visit!(CoLl);
        $visit!(Colr<'_>);
        $visit!(Cslg);
        $visit!(Ctts<'_>);
        $visit!(CueId<'_>);
        $visit!(CuePayload<'_>);
        $visit!(CueSettings<'_>);
        $visit!(CueSourceId);
        $visit!(CueTime<'_>);
        $visit!(Dac3);
        $visit!(Dec3);
        $visit!(Dfla<'_>);
        $visit!(Dops<'_>);
        $visit!(Dref<'_>);
        $visit!(Dvcc);
        $visit!(Elng<'_>);
        $visit!(Elst);
        $visit!(Emsg<'_>);
        $visit!(Esds<'_>);
        $visit!(Frma);
        $visit!(Ftyp<'_>);
        $visit!(Hdlr<'_>);
        $visit!(Hvcc<'_>);
        $visit!(Kind<'_>);
        $visit!(Mdcv);
        $visit!(Mdhd);
        $visit!(Mehd);
        $visit!(Mfhd);
        $visit!(Mvhd);
        $visit!(Nmhd);
        $visit!(Pasp);
        $visit!(Prft);
        $visit!(Pssh<'_>);
        $visit!(Saio<'_>);
        $visit!(Saiz<'_>);
        $visit!(Sbgp<'_>);
        $visit!(Schm<'_>);
        $visit!(Sdtp<'_>);
        $visit!(Senc<'_>);
        $visit!(Sgpd<'_>);
        $visit!(Sidx<'_>);
        $visit!(Sinf<'_>);
        $visit!(SmDm);
        $visit!(Smhd);
        $visit!(Stco<'_>);
        $visit!(Stsc<'_>);
        $visit!(Stsd);
        $visit!(Stss<'_>);
        $visit!(Stsz<'_>);
        $visit!(Stts<'_>);
        $visit!(Stz2<'_>);
        $visit!(Tenc<'_>);
        $visit!(Tfdt);
        $visit!(Tfhd);
        $visit!(Tkhd);
        $visit!(Tref<'_>);
        $visit!(Trex);
        $visit!(Trun<'_>);
        $visit!(Vmhd);
        $visit!(Vpcc<'_>);
        $visit!(VttAdditionalText<'_>);
        $visit!(VttConfiguration<'_>);
        $visit!(VttCue<'_>);
        $visit!(VttEmptyCue);
        $visit!(VttSourceLabel<'_>);
    };
}

/// Reads `body` as every type of box. Whatever is accepted can be shown and written, and what is
/// written is read as the same.
pub(crate) fn read_as_everything(body: &[u8]) {
    macro_rules! visit {
        ($type:ty) => {
            for kind in <$type as BoxBody<'_>>::KINDS {
                read_as::<$type>(*kind, body, |bytes| {
                    let raw = RawBox::parse(bytes, 0, &Place::FILE).unwrap();
                    let read = <$type as BoxBody<'_>>::parse(&raw, &Place::FILE);
                    read.ok().map(|read| {
                        let _ = format!("{read:?}");
                        read.to_bytes().unwrap()
                    })
                });
            }
        };
    }
    every_box!(visit);
}

fn read_as<T>(kind: FourCc, body: &[u8], rewrite: impl Fn(&[u8]) -> Option<Vec<u8>>) {
    let mut bytes = (body.len() as u32 + 8).to_be_bytes().to_vec();
    bytes.extend_from_slice(&kind.0);
    bytes.extend_from_slice(body);
    if let Some(written) = rewrite(&bytes) {
        let again = rewrite(&written);
        assert_eq!(
            again.as_ref(),
            Some(&written),
            "{}",
            std::any::type_name::<T>()
        );
    }
}

mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One box of each kind whose body has a structure to break.
    const EXAMPLES: &[&str] = &[
        "0000001c656c73740000000000000001000001900000040000010000",
        "0000002d68646c720000000000000000766964650000000000000000
         00000000566964656f48616e646c657200",
        "0000002073747473000000000000000200000012000004000000000 1000000e8",
        "0000001773747a32000000000000000800000003d0d1d1",
        "0000001a7367706401000000726f6c6c0000000200000001ffff",
        "000000bf737473640000000000000001000000af6176633100000000000000010000000046464d5000000200
         00000200004000300048000000480000000000000001154c61766335392e33372e313030206c696278323634
         000000000000000000000018ffff00000037617663430164000affe1001a6764000aacd9447b016a02020280
         0000030080000019078912cb01000668ebe3cb22c0fdf8f80000000012636f6c726e636c6300010001000100
         000010706173700000000100000001",
        "000000ce737473640000000000000001000000be6d7034610000000000000001000200000000000000030010
         fffe0000000100000000004840f7700000000000000000017f00000000000000000000000000000000000000
         0000005e776176650000000c66726d616d7034610000000c6d70346100000000000000366573647300000000
         0380808025000100048080801740150000000001198d0001198d0580808005100856e5000680808001020000
         000800000000000000186368616e00000000006400010000000000000000",
        "00000064737473640000000000000001000000547478336700000000000000010000000001ff000000ff0000
         0000000000000000000000010010ffffffff00000012667461620001000105417269616c0000001462747274
         00000000000000a0000000a0",
        "00000035617663430164000affe100186764000aacd9447b011000000300100000030320f122596001000668
         ebe3cb22c0fdf8f800",
        "0000003665736473000000000380808025000200048080801740150000000001151d0001151d058080800512
         0856e500068080800102",
        "0000000d646563330e00600f00",
        "0000001b644f7073000601380000bb800000010402000401020305",
        "00000013636f6c726e636c7800090010000900",
        "0000005073696e660000000c66726d6161766331000000147363686d0000000063656e630001000000000028
         736368690000002074656e6300000000000001080123456789abcdef0123456789abcdef",
        "00000020746668640002003a000000010000000100000200000004fe01010000",
        "000000207472756e000002010000000300000171000001000000010200000095",
        "000000347369647801000000000000010000320000000000000000000000000000000034000000010000 1663
         0000140080000000",
        "0000002074656e6300000000000001080123456789abcdef0123456789abcdef",
        "00000014747265660000000c746d636400000002",
    ];

    #[test]
    fn no_single_byte_makes_a_box_panic() {
        for example in EXAMPLES {
            let example = hex(example);
            for at in 8..example.len() {
                for value in [0, 1, 2, 3, 5, 0x1f, 0x40, 0x7f, 0x80, 0xfe, 0xff] {
                    let mut body = example[8..].to_vec();
                    body[at - 8] = value;
                    read_as_everything(&body);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_box_panic(body in proptest::collection::vec(any::<u8>(), 0..160)) {
            read_as_everything(&body);
        }

        #[test]
        fn no_full_box_panics(
            version in 0u8..3,
            count in 0u32..20,
            rest in proptest::collection::vec(any::<u8>(), 0..160),
        ) {
            let mut body = vec![version, 0, 0, 0];
            body.extend_from_slice(&count.to_be_bytes());
            body.extend_from_slice(&rest);
            read_as_everything(&body);
        }
    }

    #[test]
    fn a_count_of_four_billion_is_an_error_and_takes_no_memory() {
        let body = [&[0; 4][..], &[0xff; 4], &[0; 64]].concat();
        for kind in [
            b"stts", b"ctts", b"stsc", b"stco", b"co64", b"stss", b"elst",
        ] {
            let raw = RawBox::parse(around(FourCc(*kind), &body), 0, &Place::FILE).unwrap();
            let message = match kind {
                b"stts" => Stts::parse(&raw, &Place::FILE).map(|_| ()),
                b"ctts" => Ctts::parse(&raw, &Place::FILE).map(|_| ()),
                b"stsc" => Stsc::parse(&raw, &Place::FILE).map(|_| ()),
                b"stco" => Stco::parse(&raw, &Place::FILE).map(|_| ()),
                b"co64" => Co64::parse(&raw, &Place::FILE).map(|_| ()),
                b"stss" => Stss::parse(&raw, &Place::FILE).map(|_| ()),
                _ => Elst::parse(&raw, &Place::FILE).map(|_| ()),
            };
            let message = message.unwrap_err().to_string();
            assert!(message.contains("at byte 16: entries: needs"), "{message}");
            assert!(message.ends_with(" bytes, 64 left"), "{message}");
        }
    }
}
