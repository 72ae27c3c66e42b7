//! The boxes, a file each.
//!
//! Containers that only hold other boxes (`moov`, `trak`, `mdia`, `moof`, ...) have no type:
//! [`RawBox::children`](crate::RawBox::children) walks them. The reader of a movie says how deep.

mod audio_entry;
mod av1c;
mod avcc;
mod btrt;
mod clap;
mod colr;
mod cslg;
mod ctts;
mod dac3;
mod dec3;
mod dfla;
mod dops;
mod dref;
mod dvcc;
mod elng;
mod elst;
mod emsg;
mod esds;
mod ftyp;
mod hdlr;
mod hvcc;
mod kind;
mod macintosh;
mod mastering;
mod matrix;
mod mdhd;
mod media_header;
mod mehd;
mod mfhd;
mod mvhd;
mod pasp;
mod prft;
mod pssh;
mod saio;
mod saiz;
mod sample_entry;
mod sbgp;
mod sdtp;
mod seig;
mod senc;
mod sgpd;
mod sidx;
mod sinf;
mod stco;
mod stsc;
mod stsd;
mod stss;
mod stsz;
mod stts;
mod stz2;
mod subsample;
mod tenc;
#[cfg(test)]
mod testing;
mod text_entry;
mod tfdt;
mod tfhd;
mod tkhd;
mod tref;
mod trex;
mod trun;
mod visual_entry;
mod vpcc;
mod webvtt;

pub use audio_entry::{AudioFields, SoundExtension, SoundV2};
pub use av1c::Av1c;
pub use avcc::{Avcc, AvccExtension};
pub use btrt::Btrt;
pub use clap::Clap;
pub use colr::Colr;
pub use cslg::Cslg;
pub use ctts::{Ctts, CttsEntry};
pub use dac3::Dac3;
pub use dec3::{Dec3, Dec3Substream};
pub use dfla::{Dfla, FlacStreamInfo};
pub use dops::{Dops, OpusMapping};
pub use dref::Dref;
pub use dvcc::Dvcc;
pub use elng::Elng;
pub use elst::{Elst, ElstEntry};
pub use emsg::{Emsg, EmsgTime};
pub use esds::Esds;
pub use ftyp::Ftyp;
pub use hdlr::Hdlr;
pub use hvcc::{Hvcc, NalArray};
pub use kind::Kind;
pub use mastering::{Clli, CoLl, Mdcv, SmDm};
pub use matrix::Matrix;
pub use mdhd::Mdhd;
pub use media_header::{Nmhd, Smhd, Vmhd};
pub use mehd::Mehd;
pub use mfhd::Mfhd;
pub use mvhd::Mvhd;
pub use pasp::Pasp;
pub use prft::Prft;
pub use pssh::Pssh;
pub use saio::Saio;
pub use saiz::{AuxInfoType, Saiz};
pub use sample_entry::{EntryFields, SampleEntry};
pub use sbgp::{Sbgp, SbgpEntry};
pub use sdtp::Sdtp;
pub use seig::Seig;
pub use senc::{Senc, SencSample};
pub use sgpd::Sgpd;
pub use sidx::{Sidx, SidxReference};
pub use sinf::{Frma, Schm, Sinf};
pub use stco::{Co64, Stco};
pub use stsc::{Stsc, StscEntry};
pub use stsd::Stsd;
pub use stss::Stss;
pub use stsz::Stsz;
pub use stts::{Stts, SttsEntry};
pub use stz2::Stz2;
pub use subsample::Subsample;
pub use tenc::Tenc;
pub use text_entry::TextFields;
pub use tfdt::Tfdt;
pub use tfhd::Tfhd;
pub use tkhd::Tkhd;
pub use tref::{TrackReference, Tref};
pub use trex::Trex;
pub use trun::{Trun, TrunSample};
pub use visual_entry::VisualFields;
pub use vpcc::Vpcc;
pub use webvtt::{
    CueId, CuePayload, CueSettings, CueSourceId, CueTime, VttAdditionalText, VttConfiguration,
    VttCue, VttEmptyCue, VttSourceLabel,
};

/// A duration that is not all ones, which would say that it is unknown.
fn known(version: u8, duration: u64) -> Option<u64> {
    let unknown = if version == 0 {
        u64::from(u32::MAX)
    } else {
        u64::MAX
    };
    (duration != unknown).then_some(duration)
}
