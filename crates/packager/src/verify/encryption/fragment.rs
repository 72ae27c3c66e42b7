//! What a fragment says of the encryption of its samples: `senc`, `saiz` and `saio`, or groups of
//! type `seig`.

use cenc::scheme::Iv;
use isobmff::boxes::{Saio, Saiz, Sbgp, Seig, Senc, Sgpd, Subsample};
use isobmff::{BoxBody, Error, FourCc, Place, RawBox};

use super::{Encryption, SampleIv, Wrong, wrong};
use crate::verify::fragment::Traf;

/// How the samples of a fragment are encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::verify) enum Said {
    /// A group says that all of them are clear.
    Clear,
    /// Nothing is said: as `tenc` has it.
    Nothing,
    /// Sample by sample.
    Each(Vec<SampleEncryption>),
}

/// How one sample is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::verify) struct SampleEncryption {
    /// None where it is constant.
    pub(in crate::verify) iv: Option<Iv>,
    /// None: all of the sample is protected.
    pub(in crate::verify) subsamples: Vec<Subsample>,
}

/// What a fragment says of encryption, and what of that is wrong.
#[derive(Clone, Debug)]
pub(in crate::verify) struct FragmentEncryption {
    pub(in crate::verify) said: Said,
    /// What is unknown or contradictory; samples cannot be told to be encrypted or not then.
    pub(in crate::verify) wrong: Vec<Wrong>,
    /// Where samples' fields in `senc` begin and end in the file.
    pub(in crate::verify) senc: Option<(u64, u64)>,
}

/// The first description of a fragment's own `sgpd`. ISO/IEC 14496-12 8.9.4.
const FIRST_OF_FRAGMENT: u32 = 0x1_0001;

/// Version and flags, and the count, which stand before the fields of samples.
const SENC_HEAD: u64 = 8;

/// The boxes in question, each of which there may be one of.
#[derive(Default)]
struct Boxes<'a> {
    senc: Option<(Senc<'a>, u64)>,
    saiz: Option<Saiz<'a>>,
    saio: Option<Saio<'a>>,
    sgpd: Option<Sgpd<'a>>,
    sbgp: Option<Sbgp<'a>>,
}

impl FragmentEncryption {
    /// Reads what `traf` says of its samples. `encryption`: of its track; `None` where
    /// that is clear.
    ///
    /// # Errors
    ///
    /// Boxes that cannot be read, as a finding's value.
    pub(in crate::verify) fn read(
        traf: &Traf<'_>,
        encryption: Option<&Encryption>,
    ) -> Result<FragmentEncryption, String> {
        let mut out = FragmentEncryption {
            said: Said::Nothing,
            wrong: Vec::new(),
            senc: None,
        };
        let boxes = Boxes::find(&traf.raw, &mut out.wrong).map_err(|error| error.to_string())?;
        let is_clear = out.group(&boxes, traf.samples);
        if let Some((senc, body)) = &boxes.senc {
            let start = body.saturating_add(SENC_HEAD);
            out.senc = Some((start, start.saturating_add(senc.bytes.len() as u64)));
        }
        let Some((senc, _)) = &boxes.senc else {
            let others = [
                ("saiz", boxes.saiz.is_some()),
                ("saio", boxes.saio.is_some()),
            ];
            for (field, _) in others.into_iter().filter(|(_, is_there)| *is_there) {
                out.wrong.push(wrong(field, "there", "none without senc"));
            }
            if is_clear {
                out.said = Said::Clear;
            }
            return Ok(out);
        };
        let Some(encryption) = encryption else {
            out.wrong
                .push(wrong("senc", "there", "none: the track is clear"));
            return Ok(out);
        };
        if is_clear {
            let expected = "none: a group of type seig says that samples are clear";
            out.wrong.push(wrong("senc", "there", expected));
            return Ok(out);
        }
        let each = out.samples(senc, traf.samples, encryption);
        out.sizes(&boxes, &each, encryption, traf.base);
        out.said = Said::Each(each);
        Ok(out)
    }

    /// What `senc` says of samples, and that it is about all of them and nothing else.
    fn samples(
        &mut self,
        senc: &Senc<'_>,
        samples: u64,
        encryption: &Encryption,
    ) -> Vec<SampleEncryption> {
        let iv_size = match encryption.iv {
            SampleIv::Constant(_) => 0,
            SampleIv::Each(size) => size.bytes(),
        };
        if senc.flags & !Senc::SUBSAMPLES != 0 {
            let value = format!("{:#x}", senc.flags);
            self.wrong.push(wrong("senc flags", value, "0 or 2"));
        }
        if u64::from(senc.sample_count) != samples {
            let expected = format!("{samples}, as in trun");
            self.wrong
                .push(wrong("senc sample_count", senc.sample_count, expected));
        }
        let mut bytes = 0usize;
        let found: Vec<SampleEncryption> = senc
            .samples(iv_size)
            .map(|sample| {
                bytes = bytes.saturating_add(sample.size(senc.flags));
                SampleEncryption {
                    iv: Iv::from_bytes(sample.initialization_vector).filter(|_| iv_size > 0),
                    subsamples: sample.subsamples.iter().collect(),
                }
            })
            .collect();
        if found.len() as u64 != u64::from(senc.sample_count) {
            let value = format!("of {} samples", found.len());
            let expected = format!("of {}, as its sample_count says", senc.sample_count);
            self.wrong.push(wrong("senc", value, expected));
        } else if bytes != senc.bytes.len() {
            let value = format!("{} bytes of samples", senc.bytes.len());
            self.wrong.push(wrong("senc", value, format!("{bytes}")));
        }
        found
    }

    /// `saiz` has the sizes of what `senc` says of each sample, and `saio` points there.
    fn sizes(
        &mut self,
        boxes: &Boxes<'_>,
        each: &[SampleEncryption],
        encryption: &Encryption,
        base: u64,
    ) {
        let (Some((senc, body)), Some(saiz), Some(saio)) = (&boxes.senc, &boxes.saiz, &boxes.saio)
        else {
            for (field, is_there) in [
                ("saiz", boxes.saiz.is_some()),
                ("saio", boxes.saio.is_some()),
            ] {
                if !is_there {
                    self.wrong.push(wrong(field, "missing", "one beside senc"));
                }
            }
            return;
        };
        let types = [("saiz", saiz.info_type), ("saio", saio.info_type)];
        for (field, kind) in types {
            let scheme = encryption.scheme.four_cc();
            if let Some(kind) = kind.filter(|kind| kind.aux_info_type != scheme) {
                let field = if field == "saiz" {
                    "saiz aux_info_type"
                } else {
                    "saio aux_info_type"
                };
                self.wrong.push(wrong(field, kind.aux_info_type, scheme));
            }
        }
        if saiz.sample_count as usize != each.len() {
            let expected = format!("{}, as in senc", each.len());
            self.wrong
                .push(wrong("saiz sample_count", saiz.sample_count, expected));
        }
        let iv = match encryption.iv {
            SampleIv::Constant(_) => 0,
            SampleIv::Each(size) => usize::from(size.bytes()),
        };
        let size = |sample: &SampleEncryption| match senc.flags & Senc::SUBSAMPLES {
            0 => iv,
            _ => iv + 2 + sample.subsamples.len() * 6,
        };
        let sizes = (0u32..)
            .zip(each)
            .map(|(at, sample)| (at, size(sample), saiz.size(at)));
        let mut sizes = sizes.filter_map(|(at, size, said)| Some((at, size, said?)));
        if let Some((at, size, said)) = sizes.find(|(_, size, said)| *size != usize::from(*said)) {
            let value = format!("{said} for sample {}", at + 1);
            let expected = format!("{size}, as in senc");
            self.wrong
                .push(wrong("saiz sample_info_size", value, expected));
        }
        let expected = body.saturating_add(SENC_HEAD).saturating_sub(base);
        let offsets: Vec<u64> = saio.offsets().take(2).collect();
        if offsets != [expected] {
            let value = match offsets.as_slice() {
                [] => "missing".into(),
                [offset] => offset.to_string(),
                [..] => "several".into(),
            };
            let expected = format!("{expected}, where senc has its first sample");
            self.wrong.push(wrong("saio offset", value, expected));
        }
    }

    /// Whether a group of type `seig` says that all samples are clear; anything else it might say
    /// is wrong.
    fn group(&mut self, boxes: &Boxes<'_>, samples: u64) -> bool {
        let (sgpd, sbgp) = match (&boxes.sgpd, &boxes.sbgp) {
            (None, None) => return false,
            (Some(sgpd), Some(sbgp)) => (sgpd, sbgp),
            (sgpd, _) => {
                let [there, missing] = match sgpd {
                    Some(_) => ["sgpd", "sbgp"],
                    None => ["sbgp", "sgpd"],
                };
                let expected = format!("one beside {there} of type seig");
                self.wrong.push(wrong(missing, "missing", expected));
                return false;
            }
        };
        let mut covered = 0u64;
        for run in sbgp.entries.iter() {
            covered = covered.saturating_add(run.sample_count.into());
            let index = run.group_description_index;
            let entry = index.checked_sub(FIRST_OF_FRAGMENT);
            let entry = entry.and_then(|at| sgpd.entries().nth(usize::try_from(at).ok()?));
            let Some(entry) = entry else {
                let expected = "the index of a description in the fragment";
                self.wrong
                    .push(wrong("group_description_index", index, expected));
                return false;
            };
            match Seig::parse(entry, 0, &Place::FILE) {
                Ok(seig) if seig == Seig::CLEAR => {}
                Ok(_) => {
                    let expected = "clear samples without IV and KID";
                    self.wrong.push(wrong("seig", "something else", expected));
                    return false;
                }
                Err(error) => {
                    self.wrong.push(wrong("seig", error, "a whole description"));
                    return false;
                }
            }
        }
        if covered != samples {
            let expected = format!("{samples}, as in trun");
            self.wrong.push(wrong("samples of sbgp", covered, expected));
            return false;
        }
        true
    }
}

impl<'a> Boxes<'a> {
    fn find(traf: &RawBox<'a>, wrongs: &mut Vec<Wrong>) -> Result<Boxes<'a>, Error> {
        let place = Place::FILE.child(traf.kind);
        let mut boxes = Boxes::default();
        let mut again = |field: &'static str, is_again: bool| {
            if is_again {
                wrongs.push(wrong(field, "there twice", "one in a fragment"));
            }
        };
        for child in traf.children(place) {
            let child = child?;
            match child.kind {
                Senc::KIND => {
                    let senc = (Senc::parse(&child, &place)?, child.body_offset());
                    again("senc", boxes.senc.replace(senc).is_some());
                }
                Saiz::KIND => {
                    again(
                        "saiz",
                        boxes.saiz.replace(Saiz::parse(&child, &place)?).is_some(),
                    );
                }
                Saio::KIND => {
                    again(
                        "saio",
                        boxes.saio.replace(Saio::parse(&child, &place)?).is_some(),
                    );
                }
                Sgpd::KIND => {
                    let sgpd = Sgpd::parse(&child, &place)?;
                    if is_seig(sgpd.grouping_type) {
                        again("sgpd", boxes.sgpd.replace(sgpd).is_some());
                    }
                }
                Sbgp::KIND => {
                    let sbgp = Sbgp::parse(&child, &place)?;
                    if is_seig(sbgp.grouping_type) {
                        again("sbgp", boxes.sbgp.replace(sbgp).is_some());
                    }
                }
                _ => {}
            }
        }
        Ok(boxes)
    }
}

fn is_seig(grouping_type: FourCc) -> bool {
    grouping_type == Seig::GROUPING_TYPE
}

#[cfg(test)]
mod tests {
    use super::*;
    use cenc::Kid;
    use cenc::scheme::{IvSize, Pattern, Scheme};
    use isobmff::Table;
    use isobmff::boxes::SencSample;

    const CENC: Encryption = Encryption {
        scheme: Scheme::Cenc,
        pattern: Pattern::NONE,
        iv: SampleIv::Each(IvSize::Eight),
        kid: Kid([1; 16]),
    };

    /// A `traf` at byte 100 of a `moof` at byte 80 that holds `boxes`.
    fn read(boxes: &[u8], encryption: Option<&Encryption>) -> FragmentEncryption {
        let size = (boxes.len() as u32 + 8).to_be_bytes();
        let bytes = [&size[..], b"traf", boxes].concat();
        let traf = Traf {
            raw: RawBox::parse(&bytes, 100, &Place::FILE).unwrap(),
            samples: 2,
            base: 80,
            entry: 0,
        };
        FragmentEncryption::read(&traf, encryption).unwrap()
    }

    fn two() -> Vec<u8> {
        let subsamples = [1, 2].map(|clear| Subsample {
            bytes_of_clear_data: clear,
            bytes_of_protected_data: 16,
        });
        let rows = [Table::encode(&subsamples[..1]), Table::encode(&subsamples)];
        let samples = [0, 1].map(|at| SencSample {
            initialization_vector: [&[0, 0, 0, 0, 0, 0, 0, 1], &[0, 0, 0, 0, 0, 0, 0, 2]][at],
            subsamples: Table::new(&rows[at]),
        });
        // The boxes begin behind the header of `traf`.
        mux::cmaf::encryption_boxes(28, &samples).unwrap()
    }

    fn wrongs(boxes: &[u8], encryption: Option<&Encryption>) -> Vec<String> {
        let wrong = read(boxes, encryption).wrong.into_iter();
        let text = |wrong: Wrong| format!("{}: {}, {}", wrong.field, wrong.value, wrong.expected);
        wrong.map(text).collect()
    }

    #[test]
    fn ivs_and_subsamples_of_samples_are_read() {
        let found = read(&two(), Some(&CENC));
        assert_eq!(found.wrong, []);
        assert_eq!(found.senc, Some((124, 124 + 16 + 22)));
        let Said::Each(samples) = found.said else {
            panic!("{found:?}");
        };
        assert_eq!(samples[1].iv, Some(Iv::Eight([0, 0, 0, 0, 0, 0, 0, 2])));
        let counts: Vec<usize> = samples
            .iter()
            .map(|sample| sample.subsamples.len())
            .collect();
        assert_eq!(counts, [1, 2]);
    }

    #[test]
    fn a_group_of_clear_samples_is_read() {
        let clear = mux::cmaf::clear_boxes(2).unwrap();
        assert_eq!(read(&clear, Some(&CENC)).said, Said::Clear);
        assert_eq!(read(&[], Some(&CENC)).said, Said::Nothing);
        let few = mux::cmaf::clear_boxes(1).unwrap();
        assert_eq!(
            wrongs(&few, Some(&CENC)),
            ["samples of sbgp: 1, 2, as in trun"]
        );
        let expected = "senc: there, none: a group of type seig says that samples are clear";
        assert_eq!(wrongs(&[two(), clear].concat(), Some(&CENC)), [expected]);
        assert_eq!(
            wrongs(&two(), None),
            ["senc: there, none: the track is clear"]
        );
    }

    #[test]
    fn every_broken_byte_of_the_boxes_is_found() {
        let boxes = two();
        let sound = read(&boxes, Some(&CENC));
        // Flags of saiz and saio that nobody has defined.
        let ignored = [63, 64, 82, 83];
        for at in (0..boxes.len()).filter(|at| !ignored.contains(at)) {
            let mut broken = boxes.clone();
            broken[at] ^= 1;
            let size = (broken.len() as u32 + 8).to_be_bytes();
            let bytes = [&size[..], b"traf", &broken].concat();
            let traf = Traf {
                raw: RawBox::parse(&bytes, 100, &Place::FILE).unwrap(),
                samples: 2,
                base: 80,
                entry: 0,
            };
            // IVs and subsamples are held against the samples; flags of saiz and saio that say
            // more make the rest unreadable or wrong.
            if let Ok(found) = FragmentEncryption::read(&traf, Some(&CENC)) {
                assert!(!found.wrong.is_empty() || found.said != sound.said, "{at}");
            }
        }
    }
}
