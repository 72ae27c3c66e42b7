//! Init segments: the CMAF header of a track.

use isobmff::boxes::{
    Dref, Elng, Elst, ElstEntry, Ftyp, Hdlr, Kind, Matrix, Mdhd, Mehd, Mvhd, Nmhd, SampleEntry,
    Smhd, Stco, Stsc, Stsd, Stsz, Stts, Tkhd, Trex, Vmhd,
};
use isobmff::{Error, FourCc, Table, Writer};
use media::{Language, Timescale, TrackKind};

use super::{InitProtection, TRACK_ID};

/// What an init segment says.
#[derive(Clone, Debug)]
pub struct Init<'a> {
    /// Decides the handler and the media header.
    pub kind: TrackKind,
    /// The sample entries, as they are written into `stsd`.
    pub entries: &'a [SampleEntry],
    /// Ticks per second.
    pub timescale: Timescale,
    /// Written as `mdhd.language`, and in full as `elng` where the tag says more.
    pub language: &'a Language,
    /// `hdlr.name`; the default of the kind where empty.
    pub name: &'a str,
    /// `tkhd.matrix`, 16.16 and 2.30 fixed point.
    pub matrix: [i32; 9],
    /// `tkhd.width` and `height`, 16.16 fixed point.
    pub display_size: [u32; 2],
    /// `media_time` of the only edit, where the track needs one.
    pub media_time: Option<u64>,
    /// Duration of all fragments in ticks, for `mehd`.
    pub duration: u64,
    /// `udta/kind` boxes: scheme and value of each role.
    pub roles: &'a [(String, String)],
    /// How the samples are encrypted; `None`: they are clear.
    pub protection: Option<InitProtection<'a>>,
}

/// `ftyp` and `moov` of a CMAF track. No clock reaches it: all creation times are 0.
///
/// # Errors
/// Values that do not fit their fields, and with protection an entry that is encrypted already.
pub fn init_segment(init: &Init<'_>) -> Result<Vec<u8>, Error> {
    init_segment_with(init, &[])
}

/// As [`init_segment`], with `table_boxes` (whole boxes, such as `sgpd`) at the end of `stbl`.
///
/// # Errors
/// As [`init_segment`].
pub fn init_segment_with(init: &Init<'_>, table_boxes: &[u8]) -> Result<Vec<u8>, Error> {
    let entries = match &init.protection {
        Some(protection) => init
            .entries
            .iter()
            .map(|entry| protection.entry(entry, init.kind))
            .collect::<Result<_, _>>()?,
        None => init.entries.to_vec(),
    };
    let stsd = Stsd {
        version: 0,
        entries,
    };
    let mut writer = Writer::with_capacity(1024);
    write_ftyp(&mut writer, init);
    writer.boxed(FourCc::new(b"moov"), |writer| {
        writer.body(&Mvhd {
            version: 0,
            creation_time: 0,
            modification_time: 0,
            timescale: init.timescale.rate(),
            duration: 0,
            rate: 0x1_0000,
            volume: 0x100,
            matrix: Matrix::UNITY,
            pre_defined: [0; 6],
            next_track_id: TRACK_ID + 1,
        });
        writer.boxed(FourCc::new(b"trak"), |writer| {
            write_trak(writer, init, &stsd, table_boxes);
        });
        writer.boxed(FourCc::new(b"mvex"), |writer| {
            let version = u8::from(init.duration > u64::from(u32::MAX));
            writer.body(&Mehd {
                version,
                fragment_duration: init.duration,
            });
            writer.body(&Trex {
                track_id: TRACK_ID,
                default_sample_description_index: 1,
                default_sample_duration: 0,
                default_sample_size: 0,
                default_sample_flags: 0,
            });
        });
        if let Some(protection) = &init.protection {
            writer.bytes(protection.pssh);
        }
    });
    writer.finish()
}

/// `cmfc` as structure, `cmf2` where there is no edit list and composition offsets may be
/// negative (ISO/IEC 23000-19 7.2), `iso6` for readers that know neither, and `dash` for those
/// that look for it.
fn write_ftyp(writer: &mut Writer, init: &Init<'_>) {
    let mut brands = vec![FourCc::new(b"iso6"), FourCc::new(b"cmfc")];
    if init.kind == TrackKind::Video && init.media_time.is_none() {
        brands.push(FourCc::new(b"cmf2"));
    }
    brands.push(FourCc::new(b"dash"));
    let compatible = Table::encode(&brands);
    writer.body(&Ftyp {
        kind: FourCc::new(b"ftyp"),
        major_brand: FourCc::new(b"cmfc"),
        minor_version: 0,
        compatible_brands: Table::new(&compatible),
    });
}

fn write_trak(writer: &mut Writer, init: &Init<'_>, stsd: &Stsd, table_boxes: &[u8]) {
    let sound = init.kind == TrackKind::Audio;
    writer.body(&Tkhd {
        version: 0,
        flags: Tkhd::ENABLED | Tkhd::IN_MOVIE,
        creation_time: 0,
        modification_time: 0,
        track_id: TRACK_ID,
        duration: 0,
        layer: 0,
        alternate_group: 0,
        volume: if sound { 0x100 } else { 0 },
        matrix: Matrix(init.matrix),
        width: init.display_size[0],
        height: init.display_size[1],
    });
    if let Some(media_time) = init.media_time {
        writer.boxed(FourCc::new(b"edts"), |writer| {
            // A duration of 0 is the whole of all fragments, ISO/IEC 14496-12 8.6.6.
            let edit = ElstEntry {
                segment_duration: 0,
                media_time: writer.fit("media_time", media_time, i64::MAX as u64) as i64,
                media_rate: ElstEntry::NORMAL_RATE,
            };
            let version = u8::from(i32::try_from(media_time).is_err());
            writer.body(&Elst {
                version,
                flags: 0,
                entries: vec![edit],
            });
        });
    }
    writer.boxed(FourCc::new(b"mdia"), |writer| {
        write_mdia(writer, init, stsd, table_boxes);
    });
    if !init.roles.is_empty() {
        writer.boxed(FourCc::new(b"udta"), |writer| {
            for (scheme, value) in init.roles {
                writer.body(&Kind {
                    scheme_uri: scheme.as_bytes(),
                    value: value.as_bytes(),
                });
            }
        });
    }
}

fn write_mdia(writer: &mut Writer, init: &Init<'_>, stsd: &Stsd, table_boxes: &[u8]) {
    let language = init.language.to_iso_639_2();
    writer.body(&Mdhd {
        version: 0,
        creation_time: 0,
        modification_time: 0,
        timescale: init.timescale.rate(),
        duration: 0,
        language: Mdhd::pack_language(language),
        pre_defined: 0,
    });
    let subtitle = init
        .entries
        .first()
        .is_some_and(|entry| &entry.kind.0 == b"stpp");
    let (handler_type, name) = match init.kind {
        TrackKind::Video => (Hdlr::VIDEO, "VideoHandler"),
        TrackKind::Audio => (Hdlr::SOUND, "SoundHandler"),
        TrackKind::Text if subtitle => (Hdlr::SUBTITLE, "SubtitleHandler"),
        TrackKind::Text => (Hdlr::TEXT, "TextHandler"),
    };
    let name = if init.name.is_empty() {
        name
    } else {
        init.name
    };
    let mut name = name.as_bytes().to_vec();
    name.push(0);
    writer.body(&Hdlr {
        component_type: FourCc([0; 4]),
        handler_type,
        reserved: [0; 3],
        name_bytes: &name,
    });
    if Language::from_iso_639_2(language) != *init.language {
        writer.body(&Elng {
            extended_language: init.language.tag().as_bytes(),
        });
    }
    writer.boxed(FourCc::new(b"minf"), |writer| {
        match init.kind {
            TrackKind::Video => writer.body(&Vmhd {
                graphicsmode: 0,
                opcolor: [0; 3],
            }),
            TrackKind::Audio => writer.body(&Smhd { balance: 0 }),
            TrackKind::Text => {
                let kind = FourCc::new(if subtitle { b"sthd" } else { b"nmhd" });
                writer.body(&Nmhd { kind, flags: 0 });
            }
        }
        writer.boxed(FourCc::new(b"dinf"), |writer| {
            writer.body(&Dref {
                entry_count: 1,
                entries: Dref::SELF_CONTAINED,
                entries_offset: 0,
            });
        });
        writer.boxed(FourCc::new(b"stbl"), |writer| {
            writer.body(stsd);
            writer.body(&Stts::default());
            writer.body(&Stsc::default());
            writer.body(&Stsz::default());
            writer.body(&Stco::default());
            writer.bytes(table_boxes);
        });
    });
}
