//! Languages as manifests name them.

use std::fmt;
use std::str::FromStr;

/// A BCP 47 language tag, in its shortest form (`en`, not `eng`); `und` where nothing is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language(String);

/// A language tag that is no BCP 47 tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidLanguage(pub String);

impl fmt::Display for InvalidLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no BCP 47 language tag such as en, ko or pt-BR",
            self.0
        )
    }
}

impl std::error::Error for InvalidLanguage {}

impl Language {
    /// Nothing is known about the language.
    pub fn undetermined() -> Language {
        Language("und".into())
    }

    /// Whether nothing is known about the language.
    pub fn is_undetermined(&self) -> bool {
        self.0 == "und"
    }

    /// The tag.
    pub fn tag(&self) -> &str {
        &self.0
    }

    /// From the three-letter ISO 639-2 code of `mdhd`, shortened to two letters where ISO 639-1
    /// has a code. Anything that is not three lower-case letters is undetermined.
    pub fn from_iso_639_2(code: [u8; 3]) -> Language {
        match std::str::from_utf8(&code) {
            Ok(code) if code.bytes().all(|byte| byte.is_ascii_lowercase()) => {
                Language(shorten(code).into())
            }
            _ => Language::undetermined(),
        }
    }

    /// The three-letter code `mdhd` can hold; `und` where the tag's language has no such code.
    pub fn to_iso_639_2(&self) -> [u8; 3] {
        let primary = self.0.split('-').next().unwrap_or("und");
        let long = lengthen(primary);
        match long.as_bytes() {
            [a, b, c] => [*a, *b, *c],
            _ => *b"und",
        }
    }
}

impl FromStr for Language {
    type Err = InvalidLanguage;

    /// Takes a BCP 47 tag; a three-letter primary language is shortened where a two-letter code
    /// exists, and case is made conventional (`pt-BR`, `zh-Hant`).
    fn from_str(tag: &str) -> Result<Language, InvalidLanguage> {
        let invalid = || InvalidLanguage(tag.into());
        let mut parts = tag.split('-');
        let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
        let letters = primary.bytes().all(|byte| byte.is_ascii_lowercase());
        if !letters || !(2..=8).contains(&primary.len()) {
            return Err(invalid());
        }
        let mut out = shorten(&primary).to_string();
        for part in parts {
            let legal = part.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !legal || !(1..=8).contains(&part.len()) {
                return Err(invalid());
            }
            out.push('-');
            let letters = part.bytes().all(|byte| byte.is_ascii_alphabetic());
            match part.len() {
                2 if letters => out.push_str(&part.to_ascii_uppercase()),
                4 if letters => {
                    out.push_str(&part[..1].to_ascii_uppercase());
                    out.push_str(&part[1..].to_ascii_lowercase());
                }
                _ => out.push_str(&part.to_ascii_lowercase()),
            }
        }
        Ok(Language(out))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn shorten(code: &str) -> &str {
    TWO_LETTER
        .iter()
        .find(|(_, long)| long.contains(&code))
        .map_or(code, |(short, _)| short)
}

fn lengthen(code: &str) -> &str {
    let found = TWO_LETTER.iter().find(|(short, _)| *short == code);
    found
        .and_then(|(_, long)| long.first().copied())
        .unwrap_or(code)
}

/// ISO 639-1 codes with their ISO 639-2 codes, the terminological one first, the bibliographic
/// one (where it differs) second.
#[rustfmt::skip]
const TWO_LETTER: &[(&str, &[&str])] = &[
    ("aa", &["aar"]), ("ab", &["abk"]), ("ae", &["ave"]), ("af", &["afr"]), ("ak", &["aka"]),
    ("am", &["amh"]), ("an", &["arg"]), ("ar", &["ara"]), ("as", &["asm"]), ("av", &["ava"]),
    ("ay", &["aym"]), ("az", &["aze"]), ("ba", &["bak"]), ("be", &["bel"]), ("bg", &["bul"]),
    ("bi", &["bis"]), ("bm", &["bam"]), ("bn", &["ben"]), ("bo", &["bod", "tib"]), ("br", &["bre"]),
    ("bs", &["bos"]), ("ca", &["cat"]), ("ce", &["che"]), ("ch", &["cha"]), ("co", &["cos"]),
    ("cr", &["cre"]), ("cs", &["ces", "cze"]), ("cu", &["chu"]), ("cv", &["chv"]),
    ("cy", &["cym", "wel"]), ("da", &["dan"]), ("de", &["deu", "ger"]), ("dv", &["div"]),
    ("dz", &["dzo"]), ("ee", &["ewe"]), ("el", &["ell", "gre"]), ("en", &["eng"]), ("eo", &["epo"]),
    ("es", &["spa"]), ("et", &["est"]), ("eu", &["eus", "baq"]), ("fa", &["fas", "per"]),
    ("ff", &["ful"]), ("fi", &["fin"]), ("fj", &["fij"]), ("fo", &["fao"]), ("fr", &["fra", "fre"]),
    ("fy", &["fry"]), ("ga", &["gle"]), ("gd", &["gla"]), ("gl", &["glg"]), ("gn", &["grn"]),
    ("gu", &["guj"]), ("gv", &["glv"]), ("ha", &["hau"]), ("he", &["heb"]), ("hi", &["hin"]),
    ("ho", &["hmo"]), ("hr", &["hrv"]), ("ht", &["hat"]), ("hu", &["hun"]), ("hy", &["hye", "arm"]),
    ("hz", &["her"]), ("ia", &["ina"]), ("id", &["ind"]), ("ie", &["ile"]), ("ig", &["ibo"]),
    ("ii", &["iii"]), ("ik", &["ipk"]), ("io", &["ido"]), ("is", &["isl", "ice"]), ("it", &["ita"]),
    ("iu", &["iku"]), ("ja", &["jpn"]), ("jv", &["jav"]), ("ka", &["kat", "geo"]), ("kg", &["kon"]),
    ("ki", &["kik"]), ("kj", &["kua"]), ("kk", &["kaz"]), ("kl", &["kal"]), ("km", &["khm"]),
    ("kn", &["kan"]), ("ko", &["kor"]), ("kr", &["kau"]), ("ks", &["kas"]), ("ku", &["kur"]),
    ("kv", &["kom"]), ("kw", &["cor"]), ("ky", &["kir"]), ("la", &["lat"]), ("lb", &["ltz"]),
    ("lg", &["lug"]), ("li", &["lim"]), ("ln", &["lin"]), ("lo", &["lao"]), ("lt", &["lit"]),
    ("lu", &["lub"]), ("lv", &["lav"]), ("mg", &["mlg"]), ("mh", &["mah"]), ("mi", &["mri", "mao"]),
    ("mk", &["mkd", "mac"]), ("ml", &["mal"]), ("mn", &["mon"]), ("mr", &["mar"]),
    ("ms", &["msa", "may"]), ("mt", &["mlt"]), ("my", &["mya", "bur"]), ("na", &["nau"]),
    ("nb", &["nob"]), ("nd", &["nde"]), ("ne", &["nep"]), ("ng", &["ndo"]), ("nl", &["nld", "dut"]),
    ("nn", &["nno"]), ("no", &["nor"]), ("nr", &["nbl"]), ("nv", &["nav"]), ("ny", &["nya"]),
    ("oc", &["oci"]), ("oj", &["oji"]), ("om", &["orm"]), ("or", &["ori"]), ("os", &["oss"]),
    ("pa", &["pan"]), ("pi", &["pli"]), ("pl", &["pol"]), ("ps", &["pus"]), ("pt", &["por"]),
    ("qu", &["que"]), ("rm", &["roh"]), ("rn", &["run"]), ("ro", &["ron", "rum"]), ("ru", &["rus"]),
    ("rw", &["kin"]), ("sa", &["san"]), ("sc", &["srd"]), ("sd", &["snd"]), ("se", &["sme"]),
    ("sg", &["sag"]), ("si", &["sin"]), ("sk", &["slk", "slo"]), ("sl", &["slv"]), ("sm", &["smo"]),
    ("sn", &["sna"]), ("so", &["som"]), ("sq", &["sqi", "alb"]), ("sr", &["srp"]), ("ss", &["ssw"]),
    ("st", &["sot"]), ("su", &["sun"]), ("sv", &["swe"]), ("sw", &["swa"]), ("ta", &["tam"]),
    ("te", &["tel"]), ("tg", &["tgk"]), ("th", &["tha"]), ("ti", &["tir"]), ("tk", &["tuk"]),
    ("tl", &["tgl"]), ("tn", &["tsn"]), ("to", &["ton"]), ("tr", &["tur"]), ("ts", &["tso"]),
    ("tt", &["tat"]), ("tw", &["twi"]), ("ty", &["tah"]), ("ug", &["uig"]), ("uk", &["ukr"]),
    ("ur", &["urd"]), ("uz", &["uzb"]), ("ve", &["ven"]), ("vi", &["vie"]), ("vo", &["vol"]),
    ("wa", &["wln"]), ("wo", &["wol"]), ("xh", &["xho"]), ("yi", &["yid"]), ("yo", &["yor"]),
    ("za", &["zha"]), ("zh", &["zho", "chi"]), ("zu", &["zul"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_letter_codes_are_shortened_in_both_their_forms() {
        for code in [b"deu", b"ger"] {
            assert_eq!(Language::from_iso_639_2(*code).tag(), "de");
        }
        assert_eq!(Language::from_iso_639_2(*b"gsw").tag(), "gsw");
        assert!(Language::from_iso_639_2([0, 0, 0]).is_undetermined());
    }

    #[test]
    fn tags_get_conventional_case_and_keep_their_regions() {
        let tag = |text: &str| text.parse::<Language>().unwrap().to_string();
        assert_eq!(tag("PT-br"), "pt-BR");
        assert_eq!(tag("zho-hant-tw"), "zh-Hant-TW");
        assert_eq!(tag("und"), "und");
    }

    #[test]
    fn what_is_no_tag_is_refused_by_name() {
        for text in [
            "",
            "e",
            "english1",
            "en_US",
            "en-",
            "../x",
            "toolonglanguage",
        ] {
            assert_eq!(text.parse::<Language>(), Err(InvalidLanguage(text.into())));
        }
    }

    #[test]
    fn mdhd_gets_the_terminological_code() {
        assert_eq!("fr-CA".parse::<Language>().unwrap().to_iso_639_2(), *b"fra");
        assert_eq!("gsw".parse::<Language>().unwrap().to_iso_639_2(), *b"gsw");
    }
}
