//! Every typed box, at any depth: what can be read can be written, and reads the same again.

#![no_main]

use isobmff::boxes::*;
use isobmff::{BoxBody, Boxes, Place, RawBox};
use libfuzzer_sys::fuzz_target;

/// Deeper than any real file, shallow enough for the stack.
const MAX_DEPTH: usize = 12;

macro_rules! check_each {
    ($raw:expr, $place:expr; $($body:ty),* $(,)?) => { $(
        if <$body as BoxBody>::KINDS.contains(&$raw.kind)
            && let Ok(body) = <$body as BoxBody>::parse($raw, $place)
            && let Ok(once) = body.to_bytes()
        {
            let raw = RawBox::parse(&once, 0, &Place::FILE).expect("a written box has a header");
            let again = <$body as BoxBody>::parse(&raw, &Place::FILE).and_then(|body| body.to_bytes());
            assert_eq!(Ok(&once), again.as_ref(), "{}: differs after writing twice", raw.kind);
        }
    )* };
}

fn walk(boxes: Boxes<'_, '_>, depth: usize) {
    let place = boxes.place().clone();
    for raw in boxes {
        let Ok(raw) = raw else { return };
        check_each!(&raw, &place; Av1c, Avcc, Btrt, Clap, Clli, Co64, CoLl, Colr, Cslg, Ctts, Dac3, Dec3, Dfla, Dops, Dref,
            Dvcc, Elng, Elst, Emsg, Esds, Frma, Ftyp, Hdlr, Hvcc, Kind, Mdcv, Mdhd, Mehd, Mfhd, Mvhd, Nmhd, Pasp, Prft,
            Pssh, Sbgp, Schm, Sdtp, Sgpd, Sidx, Sinf, SmDm, Smhd, Stco, Stsc, Stsd, Stss, Stsz, Stts, Stz2, Tenc, Tfdt,
            Tfhd, Tkhd, Tref, Trex, Trun, Vmhd, Vpcc);
        for stsd_version in [0, 1] {
            let _ = std::hint::black_box(SampleEntry::read(&raw, stsd_version, &place));
        }
        if depth < MAX_DEPTH {
            walk(raw.children(place.child(raw.kind)), depth + 1);
        }
    }
}

fuzz_target!(|data: &[u8]| walk(Boxes::new(data, 0, Place::FILE), 0));
