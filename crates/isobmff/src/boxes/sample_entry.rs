//! Sample entries: how the samples of a track are coded.

use super::audio_entry::AudioFields;
use super::colr::Colr;
use super::text_entry::TextFields;
use super::visual_entry::VisualFields;
use crate::{BoxBody, Boxes, Error, FourCc, Place, RawBox, Writer};

/// One entry of `stsd`. ISO/IEC 14496-12 8.5.2.
///
/// It owns its bytes, so it outlives the buffer `moov` was read into, and it is written back to
/// the bytes it came from: its children are kept in order, unread and unchanged.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleEntry {
    /// The coding: `avc1`, `mp4a`, `wvtt`, ...
    pub kind: FourCc,
    /// Zero in every file that is right.
    pub reserved: [u8; 6],
    /// Entry of `dref` that says where the samples are, counted from 1.
    pub data_reference_index: u16,
    /// The fields of the kind of media.
    pub fields: EntryFields,
    /// The boxes after the fields, with any padding after the last; see
    /// [`children`](Self::children).
    pub child_bytes: Vec<u8>,
    /// Where they start, in bytes from the start of the file the entry was read from.
    pub child_offset: u64,
}

/// The fields of a sample entry between its index and its child boxes.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryFields {
    /// Of a video codec this crate knows.
    Visual(VisualFields),
    /// Of an audio codec this crate knows.
    Audio(AudioFields),
    /// Of a text coding this crate knows.
    Text(TextFields),
    /// Of anything else: all the bytes after the index, children included.
    Other(Vec<u8>),
}

const VISUAL: &[&[u8; 4]] = &[
    b"avc1", b"avc2", b"avc3", b"avc4", b"hvc1", b"hev1", b"dvh1", b"dvhe", b"dva1", b"dvav",
    b"av01", b"dav1", b"vp08", b"vp09", b"encv",
];
const AUDIO: &[&[u8; 4]] = &[b"mp4a", b"ac-3", b"ec-3", b"Opus", b"fLaC", b"enca"];

impl SampleEntry {
    /// An entry without child boxes.
    pub fn new(kind: FourCc, fields: EntryFields) -> SampleEntry {
        SampleEntry {
            kind,
            reserved: [0; 6],
            data_reference_index: 1,
            fields,
            child_bytes: Vec::new(),
            child_offset: 0,
        }
    }

    /// Reads the entry `raw` of an `stsd` of version `stsd_version` at `parent`.
    ///
    /// # Errors
    ///
    /// [`Error::Truncated`] where the fixed fields are cut, [`Error::Value`] for a `uuid` box. Child
    /// boxes are not looked at.
    pub fn read(
        raw: &RawBox<'_>,
        stsd_version: u8,
        parent: &Place<'_>,
    ) -> Result<SampleEntry, Error> {
        let mut reader = raw.reader(parent.child(raw.kind));
        if raw.kind == FourCc::UUID {
            // Sample entries are named by four characters alone.
            return Err(reader.value("type", raw.kind, "a sample entry"));
        }
        let reserved = reader.array("reserved")?;
        let data_reference_index = reader.u16("data_reference_index")?;
        let fields = if VISUAL.contains(&&raw.kind.0) {
            EntryFields::Visual(VisualFields::read(&mut reader)?)
        } else if AUDIO.contains(&&raw.kind.0) {
            EntryFields::Audio(AudioFields::read(&mut reader, stsd_version)?)
        } else if let Some(text) = TextFields::read(raw.kind, &mut reader)? {
            EntryFields::Text(text)
        } else {
            EntryFields::Other(reader.rest().to_vec())
        };
        let child_offset = reader.offset();
        Ok(SampleEntry {
            kind: raw.kind,
            reserved,
            data_reference_index,
            fields,
            child_bytes: reader.rest().to_vec(),
            child_offset,
        })
    }

    /// Writes the entry, header included.
    pub fn write(&self, writer: &mut Writer) {
        writer.boxed(self.kind, |writer| {
            writer.bytes(&self.reserved);
            writer.u16(self.data_reference_index);
            match &self.fields {
                EntryFields::Visual(fields) => fields.write(writer),
                EntryFields::Audio(fields) => fields.write(writer),
                EntryFields::Text(fields) => fields.write(writer),
                EntryFields::Other(bytes) => writer.bytes(bytes),
            }
            writer.bytes(&self.child_bytes);
        });
    }

    /// The fields of a video entry; `None` for others.
    pub fn visual(&self) -> Option<&VisualFields> {
        match &self.fields {
            EntryFields::Visual(fields) => Some(fields),
            EntryFields::Audio(_) | EntryFields::Text(_) | EntryFields::Other(_) => None,
        }
    }

    /// The fields of an audio entry; `None` for others.
    pub fn audio(&self) -> Option<&AudioFields> {
        match &self.fields {
            EntryFields::Audio(fields) => Some(fields),
            EntryFields::Visual(_) | EntryFields::Text(_) | EntryFields::Other(_) => None,
        }
    }

    /// The fields of a text entry; `None` for others.
    pub fn text(&self) -> Option<&TextFields> {
        match &self.fields {
            EntryFields::Text(fields) => Some(fields),
            EntryFields::Visual(_) | EntryFields::Audio(_) | EntryFields::Other(_) => None,
        }
    }

    /// The child boxes in order; `place` is the entry's own.
    pub fn children<'s, 'p>(&'s self, place: Place<'p>) -> Boxes<'s, 'p> {
        Boxes::new(&self.child_bytes, self.child_offset, place)
    }

    /// The first child of type `kind`; in a QuickTime audio entry also one within `wave`.
    pub fn child(&self, kind: FourCc, place: Place<'_>) -> Result<Option<RawBox<'_>>, Error> {
        if let Some(found) = self.children(place).find_kind(kind)? {
            return Ok(Some(found));
        }
        if self.audio().is_none() {
            return Ok(None);
        }
        match self.children(place).find_kind(WAVE)? {
            Some(wave) => wave.child(kind, place.child(WAVE)),
            None => Ok(None),
        }
    }

    /// The first child that is a `T` under any of its types, read; in a QuickTime audio entry
    /// also one within `wave`. `place` is the entry's own.
    pub fn read_child<'s, T: BoxBody<'s>>(&'s self, place: Place<'_>) -> Result<Option<T>, Error> {
        for kind in T::KINDS {
            if let Some(raw) = self.child(*kind, place)? {
                return T::parse(&raw, &place).map(Some);
            }
        }
        Ok(None)
    }

    /// Appends a child box, given with its header.
    pub fn push_child(&mut self, bytes: &[u8]) {
        self.child_bytes.extend_from_slice(bytes);
    }

    /// The entry as an ISO file has it.
    ///
    /// Audio in a QuickTime sound description of version 1 or 2 becomes version 0: the boxes in
    /// `wave` are lifted out and only those an ISO entry may have are kept. Video keeps its
    /// children, `colr` of type `nclc` becoming `nclx`. Padding after the last child goes.
    ///
    /// # Errors
    ///
    /// Where the child boxes are not whole.
    pub fn to_iso(&self, place: Place<'_>) -> Result<SampleEntry, Error> {
        let mut iso = self.clone();
        match &mut iso.fields {
            EntryFields::Audio(fields) => {
                *fields = fields.to_iso();
                iso.child_bytes = self.iso_audio_children(place)?;
            }
            EntryFields::Visual(_) => iso.child_bytes = self.iso_visual_children(place)?,
            EntryFields::Text(_) | EntryFields::Other(_) => {}
        }
        Ok(iso)
    }

    fn iso_audio_children(&self, place: Place<'_>) -> Result<Vec<u8>, Error> {
        let mut kept = Vec::with_capacity(self.child_bytes.len());
        let keep = |child: &RawBox<'_>| ISO_AUDIO_CHILDREN.contains(&&child.kind.0);
        for child in self.children(place) {
            let child = child?;
            if child.kind == WAVE {
                for inner in child.children(place.child(WAVE)) {
                    let inner = inner?;
                    if keep(&inner) {
                        kept.extend_from_slice(inner.bytes);
                    }
                }
            } else if keep(&child) {
                kept.extend_from_slice(child.bytes);
            }
        }
        Ok(kept)
    }

    fn iso_visual_children(&self, place: Place<'_>) -> Result<Vec<u8>, Error> {
        let mut kept = Vec::with_capacity(self.child_bytes.len());
        for child in self.children(place) {
            let child = child?;
            if child.kind == Colr::KIND
                && let Some(nclx) = Colr::parse(&child, &place)?.to_nclx()
            {
                kept.extend_from_slice(&nclx.to_bytes()?);
            } else {
                kept.extend_from_slice(child.bytes);
            }
        }
        Ok(kept)
    }
}

const WAVE: FourCc = FourCc::new(b"wave");

/// What an audio entry of an ISO file may hold, of what this crate or its users know.
const ISO_AUDIO_CHILDREN: &[&[u8; 4]] = &[
    b"esds", b"dac3", b"dec3", b"dac4", b"dOps", b"dfLa", b"btrt", b"srat", b"chnl", b"sinf",
];

impl SampleEntry {
    /// The entry with its header, as it is written.
    ///
    /// # Errors
    ///
    /// [`Error::DoesNotFit`] never, in practice: no field of an entry counts anything.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.finish()
    }

    /// Reads an entry that stands alone in `bytes`, as `stsd` of version 0 would hold it.
    pub fn from_bytes(bytes: &[u8]) -> Result<SampleEntry, Error> {
        let raw = RawBox::parse(bytes, 0, &Place::FILE)?;
        SampleEntry::read(&raw, 0, &Place::FILE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::Sinf;
    use crate::boxes::testing::{around, hex};

    #[test]
    fn an_entry_is_no_uuid_box() {
        let mut bytes = vec![0, 0, 0, 32];
        bytes.extend(b"uuid");
        bytes.extend([0; 24]);
        let raw = RawBox::parse(&bytes, 0, &Place::FILE).unwrap();
        let error = SampleEntry::read(&raw, 0, &Place::FILE).unwrap_err();
        assert_eq!(
            error.to_string(),
            "uuid at byte 24: type: is uuid, expected a sample entry"
        );
    }

    #[test]
    fn an_encrypted_entry_says_what_it_was() {
        // Written by Lavf 59, without its configuration.
        let bytes = hex(
            "000000a6 656e6376 000000000000 0001 00000000 00000000 00000000 00000000 0040 0030
             00480000 00480000 00000000 0001
             154c61766335392e33372e313030206c69627832363400000000000000000000 0018 ffff
             00000050 73696e66 0000000c 66726d61 61766331
             00000014 7363686d 00000000 63656e63 00010000
             00000028 73636869 00000020 74656e63 00000000 0000 01 08
             0123456789abcdef0123456789abcdef",
        );
        let entry = SampleEntry::from_bytes(bytes).unwrap();
        let sinf: Sinf<'_> = entry.read_child(Place::FILE).unwrap().unwrap();
        assert_eq!(sinf.original_format, FourCc::new(b"avc1"));
        assert_eq!(entry.to_bytes().unwrap(), bytes);
    }

    #[test]
    fn an_unknown_entry_keeps_its_bytes() {
        // Of QuickTime: "faces.mov" of web-platform-tests (BSD-3-Clause).
        let bytes =
            hex("00000022 746d6364 000000000000 0001 00000000 00000000 0000ea60 000003e8 3c00");
        let entry = SampleEntry::from_bytes(bytes).unwrap();
        assert_eq!(entry.kind, FourCc::new(b"tmcd"));
        assert!(matches!(&entry.fields, EntryFields::Other(bytes) if bytes.len() == 18));
        assert!(entry.visual().is_none() && entry.audio().is_none() && entry.text().is_none());
        assert_eq!(entry.to_bytes().unwrap(), bytes);
        assert_eq!(entry.to_iso(Place::FILE).unwrap(), entry);
    }

    #[test]
    fn padding_after_the_children_is_kept_until_the_entry_becomes_an_iso_one() {
        // Written by QuickTime, shortened: "faces.mov" of web-platform-tests (BSD-3-Clause).
        let bytes = hex(
            "0000007c 61766331 000000000000 0001 00000000 00000000 00000200 00000200 0320 0258
             00480000 00480000 00000000 0001
             05482e3236340000000000000000000000000000000000000000000000000000 0018 ffff
             00000012 636f6c72 6e636c63 0001 0001 0001 00000010 70617370 00000001 00000001
             00000000",
        );
        let entry = SampleEntry::from_bytes(bytes).unwrap();
        assert_eq!(entry.to_bytes().unwrap(), bytes);
        let iso = entry.to_iso(Place::FILE).unwrap();
        let expected =
            hex("00000013 636f6c72 6e636c78 0001 0001 0001 00 00000010 70617370 00000001 00000001");
        assert_eq!(iso.child_bytes, expected);
        assert_eq!(iso.visual(), entry.visual());
    }

    #[test]
    fn a_broken_child_is_an_error_with_its_path_and_offset() {
        let mut entry = SampleEntry::new(
            FourCc::new(b"avc1"),
            EntryFields::Visual(VisualFields::new(16, 16)),
        );
        entry.push_child(&[0, 0, 0, 9, b'a', b'v', b'c', b'C']);
        let bytes = entry.to_bytes().unwrap();
        let entry = SampleEntry::from_bytes(&bytes).unwrap();
        let stsd = Place::FILE.child(FourCc::new(b"stsd"));
        let message = entry
            .to_iso(stsd.child(entry.kind))
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "stsd/avc1/avcC at byte 86: size: is 9, expected 8 to 8"
        );
    }

    #[test]
    fn every_known_entry_is_read_with_its_kind_of_fields() {
        for kind in VISUAL {
            let entry = SampleEntry::from_bytes(around(FourCc(**kind), &[0; 78])).unwrap();
            assert!(entry.visual().is_some(), "{}", entry.kind);
        }
        for kind in AUDIO {
            let entry = SampleEntry::from_bytes(around(FourCc(**kind), &[0; 28])).unwrap();
            assert!(entry.audio().is_some(), "{}", entry.kind);
        }
    }

    #[test]
    fn a_cut_video_entry_names_its_field() {
        for cut in 0..78 {
            let bytes = around(FourCc::new(b"hvc1"), &[0; 78][..cut]);
            let message = SampleEntry::from_bytes(bytes).unwrap_err().to_string();
            assert!(message.starts_with("hvc1 at byte "), "{message}");
            assert!(message.contains(": needs "), "{message}");
        }
    }
}
