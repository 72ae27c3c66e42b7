//! A fragmented MP4 of one track, read as an outsider reads it: by its own walk over the boxes,
//! so that what the packager thinks of its files is not asked.

use std::ops::Range;

/// The track.
#[derive(Clone, Debug, Default)]
pub struct Track {
    /// Type of the sample entry: `avc1`, `encv`.
    pub entry: String,
    /// How it is protected, if it is.
    pub protection: Option<Protection>,
    /// Every sample in the order of the file.
    pub samples: Vec<Sample>,
}

/// `sinf` of a track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protection {
    /// `frma.data_format`.
    pub original: String,
    /// `schm.scheme_type`.
    pub scheme: String,
    /// `tenc.default_crypt_byte_block` and `default_skip_byte_block`.
    pub pattern: (u8, u8),
    /// `tenc.default_Per_Sample_IV_Size`.
    pub iv_size: u8,
    /// `tenc.default_KID`.
    pub kid: [u8; 16],
    /// `tenc.default_constant_IV`.
    pub constant_iv: Vec<u8>,
}

/// One sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// As stored.
    pub bytes: Vec<u8>,
    /// What `senc` says of it; none in a fragment without.
    pub aux: Option<Aux>,
    /// A `seig` group says that it is clear.
    pub is_clear: bool,
}

/// What `senc` says of one sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aux {
    /// Empty where it is constant.
    pub iv: Vec<u8>,
    /// Clear and protected bytes; none where all of the sample is protected.
    pub subsamples: Vec<(u16, u32)>,
}

impl Sample {
    /// The bytes that are protected.
    pub fn protected(&self) -> Vec<Range<usize>> {
        match &self.aux {
            _ if self.is_clear => Vec::new(),
            Some(aux) if !aux.subsamples.is_empty() => ranges(&aux.subsamples),
            _ => Vec::from_iter((!self.bytes.is_empty()).then_some(0..self.bytes.len())),
        }
    }
}

/// The protected bytes that subsamples speak of; neighbours are one.
pub fn ranges(subsamples: &[(u16, u32)]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for &(clear, protected) in subsamples {
        let start = at + usize::from(clear);
        at = start + protected as usize;
        match found.last_mut() {
            _ if start == at => {}
            Some(last) if last.end == start => last.end = at,
            _ => found.push(start..at),
        }
    }
    found
}

/// Reads init segment and media segments that lie one behind the other.
///
/// # Errors
/// What does not add up.
pub fn read(bytes: &[u8]) -> Result<Track, String> {
    let mut track = Track::default();
    let mut trex = 0;
    for (kind, range) in children(bytes, 0..bytes.len())? {
        match &kind {
            b"moov" if track.entry.is_empty() => {
                let entry = path(bytes, &range, &["trak", "mdia", "minf", "stbl", "stsd"])?;
                (track.entry, track.protection) = sample_entry(bytes, &entry)?;
                let trex_body = path(bytes, &range, &["mvex", "trex"])?;
                trex = number(bytes, trex_body.start + 16, 4)?;
            }
            b"moof" => fragment(bytes, &range, trex, &mut track)?,
            _ => {}
        }
    }
    Ok(track)
}

/// A file, taken apart.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// `ftyp` and `moov`.
    pub init: Vec<u8>,
    /// Each `moof` with its `mdat`, and whether a `seig` group says that its samples are clear.
    pub fragments: Vec<(Vec<u8>, bool)>,
}

/// Takes a file apart; whatever else lies in it is left out.
///
/// # Errors
/// What does not add up.
pub fn parts(bytes: &[u8]) -> Result<Parts, String> {
    let mut parts = Parts::default();
    let mut at = 0;
    for (kind, range) in children(bytes, 0..bytes.len())? {
        let whole = bytes.get(at..range.end).unwrap_or_default();
        at = range.end;
        match &kind {
            b"ftyp" | b"moov" if parts.fragments.is_empty() => parts.init.extend(whole),
            b"moof" => {
                let is_clear = is_clear(bytes, &path(bytes, &range, &["traf"])?)?;
                parts.fragments.push((whole.to_vec(), is_clear));
            }
            b"mdat" => {
                let (fragment, _) = parts.fragments.last_mut().ok_or("mdat before moof")?;
                fragment.extend(whole);
            }
            _ => {}
        }
    }
    Ok(parts)
}

type Boxes = Vec<([u8; 4], Range<usize>)>;

/// The boxes in a range with the ranges of their bodies.
fn children(bytes: &[u8], range: Range<usize>) -> Result<Boxes, String> {
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let kind = bytes
            .get(at + 4..at + 8)
            .and_then(|kind| kind.try_into().ok());
        let kind: [u8; 4] = kind.ok_or_else(|| format!("a box is cut at byte {at}"))?;
        let (header, size) = match number(bytes, at, 4)? {
            0 => (8, range.end - at),
            1 => (16, number(bytes, at + 8, 8)?),
            size => (8, size),
        };
        let end = at + size;
        if size < header || end > range.end {
            let kind = String::from_utf8_lossy(&kind).into_owned();
            return Err(format!("{kind} of {size} bytes at byte {at}"));
        }
        found.push((kind, at + header..end));
        at = end;
    }
    Ok(found)
}

fn path(bytes: &[u8], range: &Range<usize>, names: &[&str]) -> Result<Range<usize>, String> {
    let mut range = range.clone();
    for name in names {
        range = child(bytes, &range, name)?.ok_or_else(|| format!("no {name} in {names:?}"))?;
    }
    Ok(range)
}

fn child(bytes: &[u8], range: &Range<usize>, name: &str) -> Result<Option<Range<usize>>, String> {
    let mut all = children(bytes, range.clone())?.into_iter();
    Ok(all
        .find(|(kind, _)| kind == name.as_bytes())
        .map(|(_, body)| body))
}

fn number(bytes: &[u8], at: usize, length: usize) -> Result<usize, String> {
    let field = bytes.get(at..at + length);
    let field = field.ok_or_else(|| format!("{length} bytes at byte {at} are missing"))?;
    Ok(field
        .iter()
        .fold(0, |sum, byte| (sum << 8) | usize::from(*byte)))
}

fn text(bytes: &[u8], at: usize) -> Result<String, String> {
    let field = bytes.get(at..at + 4).ok_or("a type is missing")?;
    Ok(String::from_utf8_lossy(field).into_owned())
}

/// Type and protection of the first sample entry.
fn sample_entry(bytes: &[u8], stsd: &Range<usize>) -> Result<(String, Option<Protection>), String> {
    let entries = children(bytes, stsd.start + 8..stsd.end)?;
    let (kind, body) = entries.first().ok_or("no sample entry")?;
    let name = String::from_utf8_lossy(kind).into_owned();
    let fields = match kind {
        b"encv" => 78,
        b"enca" => 28,
        _ => return Ok((name, None)),
    };
    let sinf = path(bytes, &(body.start + fields..body.end), &["sinf"])?;
    let tenc = path(bytes, &sinf, &["schi", "tenc"])?;
    let at = tenc.start;
    let blocks = if number(bytes, at, 1)? > 0 {
        number(bytes, at + 5, 1)?
    } else {
        0
    };
    let iv_size = number(bytes, at + 7, 1)?;
    let constant = if iv_size == 0 {
        number(bytes, at + 24, 1)?
    } else {
        0
    };
    let kid = bytes
        .get(at + 8..at + 24)
        .and_then(|kid| kid.try_into().ok());
    let byte = |value: usize| u8::try_from(value).unwrap_or(u8::MAX);
    let protection = Protection {
        original: text(bytes, path(bytes, &sinf, &["frma"])?.start)?,
        scheme: text(bytes, path(bytes, &sinf, &["schm"])?.start + 4)?,
        pattern: (byte(blocks >> 4), byte(blocks & 15)),
        iv_size: byte(iv_size),
        kid: kid.ok_or("no default_KID")?,
        constant_iv: bytes
            .get(at + 25..at + 25 + constant)
            .unwrap_or_default()
            .to_vec(),
    };
    Ok((name, Some(protection)))
}

/// Adds the samples of a fragment; `moof` is the range of its body, behind a header of 8 bytes.
fn fragment(
    bytes: &[u8],
    moof: &Range<usize>,
    trex: usize,
    track: &mut Track,
) -> Result<(), String> {
    let traf = path(bytes, moof, &["traf"])?;
    let tfhd = path(bytes, &traf, &["tfhd"])?.start;
    let flags = number(bytes, tfhd + 1, 3)?;
    if flags & 1 != 0 {
        return Err("tfhd: base_data_offset is not expected".into());
    }
    let skipped: usize = [2, 8].iter().filter(|flag| flags & **flag != 0).count();
    let default_size = match flags & 16 {
        0 => trex,
        _ => number(bytes, tfhd + 8 + 4 * skipped, 4)?,
    };
    let moof_start = moof.start - 8;
    let mut sizes = Vec::new();
    let mut at = None;
    for (kind, body) in children(bytes, traf.clone())? {
        if &kind == b"trun" {
            let start = body.start;
            let flags = number(bytes, start + 1, 3)?;
            let mut row = start + 8;
            if flags & 1 != 0 {
                let data = moof_start + number(bytes, row, 4)?;
                at.get_or_insert(data);
                row += 4;
            }
            row += if flags & 4 != 0 { 4 } else { 0 };
            let width = 4 * (flags >> 8 & 15).count_ones() as usize;
            let before = if flags & 0x100 != 0 { 4 } else { 0 };
            for index in 0..number(bytes, start + 4, 4)? {
                sizes.push(match flags & 0x200 {
                    0 => default_size,
                    _ => number(bytes, row + index * width + before, 4)?,
                });
            }
        }
    }
    let iv_size = track.protection.as_ref().map_or(0, |tenc| tenc.iv_size);
    let aux = aux(bytes, &traf, moof_start, usize::from(iv_size))?;
    if aux.as_ref().is_some_and(|aux| aux.len() != sizes.len()) {
        return Err(format!("senc of other than {} samples", sizes.len()));
    }
    let is_clear = is_clear(bytes, &traf)?;
    let mut at = at.ok_or("trun: no data_offset")?;
    for (index, size) in sizes.into_iter().enumerate() {
        let data = bytes.get(at..at + size);
        track.samples.push(Sample {
            bytes: data
                .ok_or_else(|| format!("a sample at byte {at} is cut"))?
                .to_vec(),
            aux: aux.as_ref().and_then(|aux| aux.get(index).cloned()),
            is_clear,
        });
        at += size;
    }
    Ok(())
}

/// What `senc` says, after `saiz` and `saio` said the same.
fn aux(
    bytes: &[u8],
    traf: &Range<usize>,
    moof_start: usize,
    iv_size: usize,
) -> Result<Option<Vec<Aux>>, String> {
    let Some(senc) = child(bytes, traf, "senc")? else {
        return Ok(None);
    };
    let has_subsamples = number(bytes, senc.start + 1, 3)? & 2 != 0;
    let mut at = senc.start + 8;
    let (mut found, mut sizes) = (Vec::new(), Vec::new());
    for _ in 0..number(bytes, senc.start + 4, 4)? {
        let before = at;
        let mut aux = Aux {
            iv: bytes.get(at..at + iv_size).unwrap_or_default().to_vec(),
            subsamples: Vec::new(),
        };
        at += iv_size;
        if has_subsamples {
            let count = number(bytes, at, 2)?;
            at += 2;
            for _ in 0..count {
                let clear = u16::try_from(number(bytes, at, 2)?).unwrap_or_default();
                let protected = u32::try_from(number(bytes, at + 2, 4)?).unwrap_or_default();
                aux.subsamples.push((clear, protected));
                at += 6;
            }
        }
        sizes.push(at - before);
        found.push(aux);
    }
    if at != senc.end {
        return Err(format!(
            "senc ends at byte {}, its samples at {at}",
            senc.end
        ));
    }
    if iv_size == 0 && !has_subsamples && child(bytes, traf, "saiz")?.is_none() {
        // It says nothing, and needs no sizes.
        return Ok(Some(found));
    }
    let saiz = path(bytes, traf, &["saiz"])?.start;
    let skipped = if number(bytes, saiz + 3, 1)? & 1 != 0 {
        8
    } else {
        0
    };
    let default = number(bytes, saiz + 4 + skipped, 1)?;
    let said = |index| match default {
        0 => number(bytes, saiz + 9 + skipped + index, 1),
        size => Ok(size),
    };
    for (index, size) in sizes.iter().enumerate() {
        let said = said(index)?;
        if said != *size {
            return Err(format!(
                "saiz: sample {index} is said to take {said}, takes {size}"
            ));
        }
    }
    let saio = path(bytes, traf, &["saio"])?.start;
    let skipped = if number(bytes, saio + 3, 1)? & 1 != 0 {
        8
    } else {
        0
    };
    let width = if number(bytes, saio, 1)? == 0 { 4 } else { 8 };
    let offset = number(bytes, saio + 8 + skipped, width)?;
    if moof_start + offset != senc.start + 8 {
        return Err(format!(
            "saio: offset {offset} is not where senc has its samples"
        ));
    }
    Ok(Some(found))
}

/// Whether a `seig` group of the fragment says that its samples are clear.
fn is_clear(bytes: &[u8], traf: &Range<usize>) -> Result<bool, String> {
    let Some(sgpd) = child(bytes, traf, "sgpd")? else {
        return Ok(false);
    };
    if text(bytes, sgpd.start + 4)? != "seig" {
        return Ok(false);
    }
    // Version 1 with its default_length: the entry begins behind entry_count.
    Ok(number(bytes, sgpd.start + 16 + 2, 1)? == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_between_clear_bytes_whatever_their_entries() {
        assert_eq!(
            ranges(&[(4, 16), (65_535, 0), (1, 32), (0, 16), (7, 0)]),
            [4..20, 65_556..65_604]
        );
        assert_eq!(ranges(&[(4, 0)]), []);
    }
}
