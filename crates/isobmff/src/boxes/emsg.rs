//! `emsg`: an event timed with the media.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Event message. ISO/IEC 23009-1 5.10.3.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emsg<'a> {
    /// When the event is: the version decides.
    pub time: EmsgTime,
    /// Says what `value` and `message_data` mean. May be no UTF-8.
    pub scheme_id_uri: &'a [u8],
    /// Distinguishes streams of events. May be no UTF-8.
    pub value: &'a [u8],
    /// Ticks per second of the times here.
    pub timescale: u32,
    /// In `timescale`; all ones: unknown.
    pub event_duration: u32,
    /// Events of one scheme and value with equal ids are one event.
    pub id: u32,
    /// The message.
    pub message_data: &'a [u8],
}

/// When an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmsgTime {
    /// Version 0: from the segment's earliest presentation time.
    Delta(u32),
    /// Version 1: on the movie's timeline.
    Absolute(u64),
}

impl<'a> BoxBody<'a> for Emsg<'a> {
    const KIND: FourCc = FourCc::new(b"emsg");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, _) = reader.full_box_up_to(1)?;
        if version == 0 {
            let scheme_id_uri = reader.cstr("scheme_id_uri")?;
            let value = reader.cstr("value")?;
            let timescale = reader.u32("timescale")?;
            return Ok(Emsg {
                time: EmsgTime::Delta(reader.u32("presentation_time_delta")?),
                scheme_id_uri,
                value,
                timescale,
                event_duration: reader.u32("event_duration")?,
                id: reader.u32("id")?,
                message_data: reader.rest(),
            });
        }
        let timescale = reader.u32("timescale")?;
        Ok(Emsg {
            time: EmsgTime::Absolute(reader.u64("presentation_time")?),
            timescale,
            event_duration: reader.u32("event_duration")?,
            id: reader.u32("id")?,
            scheme_id_uri: reader.cstr("scheme_id_uri")?,
            value: reader.cstr("value")?,
            message_data: reader.rest(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        match self.time {
            EmsgTime::Delta(delta) => {
                writer.full_box(0, 0);
                writer.cstr(self.scheme_id_uri);
                writer.cstr(self.value);
                writer.u32(self.timescale);
                writer.u32(delta);
                writer.u32(self.event_duration);
                writer.u32(self.id);
            }
            EmsgTime::Absolute(time) => {
                writer.full_box(1, 0);
                writer.u32(self.timescale);
                writer.u64(time);
                writer.u32(self.event_duration);
                writer.u32(self.id);
                writer.cstr(self.scheme_id_uri);
                writer.cstr(self.value);
            }
        }
        writer.bytes(self.message_data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex};

    #[test]
    fn an_event_relative_to_its_segment_is_read() {
        // "emsg.mp4" of fq (MIT), its message shortened.
        let emsg: Emsg<'_> = checked(
            hex("0000005a 656d7367 00000000
                 687474703a2f2f796f75747562652e636f6d2f73747265616d696e672f6d657461646174612f73
                 65676d656e742f31303230313500 00 00000001 00000000 00000000 30d70145
                 53657175656e6365"),
            74,
        );
        let uri: &[u8] = b"http://youtube.com/streaming/metadata/segment/102015";
        assert_eq!((emsg.scheme_id_uri, emsg.value), (uri, &b""[..]));
        assert_eq!((emsg.time, emsg.id), (EmsgTime::Delta(0), 0x30d7_0145));
        assert_eq!((emsg.timescale, emsg.event_duration), (1, 0));
        assert_eq!(emsg.message_data, b"Sequence");
    }

    #[test]
    fn an_event_on_the_movies_timeline_is_read() {
        let emsg: Emsg<'_> = checked(
            hex(
                "00000029 656d7367 01000000 00015f90 0000000100000000 00000384 00000002
                 753a7300 7600 aabbcc",
            ),
            30,
        );
        assert_eq!(
            (emsg.timescale, emsg.time),
            (90_000, EmsgTime::Absolute(1 << 32))
        );
        assert_eq!((emsg.event_duration, emsg.id), (900, 2));
        assert_eq!((emsg.scheme_id_uri, emsg.value), (&b"u:s"[..], &b"v"[..]));
        assert_eq!(emsg.message_data, [0xaa, 0xbb, 0xcc]);
    }
}
