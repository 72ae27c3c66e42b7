//! Macintosh language codes, as QuickTime's `mdhd` has them.

/// The ISO 639-2 code of Macintosh language `code`; `None` for one that is not in the table of
/// the QuickTime File Format Specification, "Language Code Values".
pub(crate) fn iso_639_2(code: u16) -> Option<[u8; 3]> {
    CODES.get(usize::from(code)).map(|code| **code)
}

#[rustfmt::skip]
const CODES: &[&[u8; 3]] = &[
    b"eng", b"fra", b"deu", b"ita", b"nld", b"swe", b"spa", b"dan", b"por", b"nor",
    b"heb", b"jpn", b"ara", b"fin", b"ell", b"isl", b"mlt", b"tur", b"hrv", b"zho",
    b"urd", b"hin", b"tha", b"kor", b"lit", b"pol", b"hun", b"est", b"lav", b"sme",
    b"fao", b"fas", b"rus", b"zho", b"nld", b"gle", b"sqi", b"ron", b"ces", b"slk",
    b"slv", b"yid", b"srp", b"mkd", b"bul", b"ukr", b"bel", b"uzb", b"kaz", b"aze",
    b"aze", b"hye", b"kat", b"ron", b"kir", b"tgk", b"tuk",
];
