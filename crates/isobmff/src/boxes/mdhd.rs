//! `mdhd`: the media of a track.

use super::macintosh;
use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Media header. ISO/IEC 14496-12 8.4.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mdhd {
    /// 0: times of 32 bits, 1: of 64.
    pub version: u8,
    /// Seconds since 1904.
    pub creation_time: u64,
    /// Seconds since 1904.
    pub modification_time: u64,
    /// Ticks per second of the samples' times.
    pub timescale: u32,
    /// In `timescale`, without edits; all ones where unknown.
    pub duration: u64,
    /// Three letters of five bits each, or, below 0x400, a Macintosh language code.
    pub language: u16,
    /// Zero in ISO files, the quality in QuickTime.
    pub pre_defined: u16,
}

impl Mdhd {
    /// The three-letter ISO 639-2 code; a Macintosh code of a QuickTime file is translated.
    /// `None` where nothing is said.
    pub fn iso_639_2(&self) -> Option<[u8; 3]> {
        if self.language < 0x400 {
            return macintosh::iso_639_2(self.language);
        }
        let letter = |shift: u16| (self.language >> shift & 0x1f) as u8 + 0x60;
        let code = [letter(10), letter(5), letter(0)];
        code.iter().all(u8::is_ascii_lowercase).then_some(code)
    }

    /// The language field for a three-letter code; that of `und` for what is no such code.
    pub fn pack_language(code: [u8; 3]) -> u16 {
        let code = if code.iter().all(u8::is_ascii_lowercase) {
            code
        } else {
            *b"und"
        };
        code.iter()
            .fold(0, |packed, letter| packed << 5 | u16::from(letter - 0x60))
    }

    /// The duration in ticks; `None` where all ones say it is unknown.
    pub fn known_duration(&self) -> Option<u64> {
        super::known(self.version, self.duration)
    }
}

impl<'a> BoxBody<'a> for Mdhd {
    const KIND: FourCc = FourCc::new(b"mdhd");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        Ok(Mdhd {
            version,
            creation_time: reader.versioned(version, "creation_time")?,
            modification_time: reader.versioned(version, "modification_time")?,
            timescale: reader.u32("timescale")?,
            duration: reader.versioned(version, "duration")?,
            language: reader.u16("language")?,
            pre_defined: reader.u16("pre_defined")?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, 0);
        writer.versioned(self.version, "creation_time", self.creation_time);
        writer.versioned(self.version, "modification_time", self.modification_time);
        writer.u32(self.timescale);
        writer.versioned(self.version, "duration", self.duration);
        writer.u16(self.language);
        writer.u16(self.pre_defined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{hex, whole};

    #[test]
    fn media_header_is_read_with_its_language() {
        // Written by Lavf 59.
        let mdhd: Mdhd = whole(hex(
            "00000020 6d646864 00000000 00000000 00000000 00003200 00001400 55c4 0000",
        ));
        assert_eq!(
            (mdhd.timescale, mdhd.known_duration()),
            (12_800, Some(5_120))
        );
        assert_eq!(mdhd.iso_639_2(), Some(*b"und"));
        let long = Mdhd {
            version: 1,
            duration: 1 << 40,
            ..mdhd
        };
        assert_eq!(whole::<Mdhd>(long.to_bytes().unwrap().leak()), long);
    }

    #[test]
    fn macintosh_languages_are_translated_and_the_unspecified_one_is_none() {
        let with = |language| Mdhd {
            version: 0,
            creation_time: 0,
            modification_time: 0,
            timescale: 1,
            duration: 0,
            language,
            pre_defined: 0,
        };
        assert_eq!(with(0).iso_639_2(), Some(*b"eng"));
        assert_eq!(with(11).iso_639_2(), Some(*b"jpn"));
        assert_eq!(with(23).iso_639_2(), Some(*b"kor"));
        assert_eq!(with(0x3ff).iso_639_2(), None);
        // What QuickTime writes for "unspecified".
        assert_eq!(with(0x7fff).iso_639_2(), None);
    }

    #[test]
    fn every_code_of_three_letters_survives_packing() {
        for code in [*b"aaa", *b"und", *b"kor", *b"zzz"] {
            let mdhd = Mdhd {
                version: 0,
                creation_time: 0,
                modification_time: 0,
                timescale: 1,
                duration: 0,
                language: Mdhd::pack_language(code),
                pre_defined: 0,
            };
            assert_eq!(mdhd.iso_639_2(), Some(code));
        }
        assert_eq!(Mdhd::pack_language(*b"\0E!"), Mdhd::pack_language(*b"und"));
    }
}
