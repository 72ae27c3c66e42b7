//! Writing boxes.

use crate::{BoxBody, Error, FourCc, Place};

/// Appends fields and boxes to a buffer.
///
/// Nothing here fails at once: a value that does not fit its field is remembered, and
/// [`finish`](Self::finish) reports the first.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    /// The boxes being written, for errors: as many as anybody nests, and none allocated.
    path: [FourCc; PATH],
    depth: usize,
    error: Option<Error>,
}

/// Levels of boxes that an error names.
const PATH: usize = 12;

macro_rules! integers {
    ($($name:ident: $type:ty),*) => {$(
        #[doc = concat!("A big-endian `", stringify!($type), "`.")]
        pub fn $name(&mut self, value: $type) {
            self.bytes.extend_from_slice(&value.to_be_bytes());
        }
    )*};
}

impl Writer {
    /// Into an empty buffer.
    pub fn new() -> Writer {
        Writer::default()
    }

    /// Into an empty buffer with room for `bytes`.
    pub fn with_capacity(bytes: usize) -> Writer {
        Writer {
            bytes: Vec::with_capacity(bytes),
            ..Writer::default()
        }
    }

    /// Onto what `bytes` holds already.
    pub fn onto(bytes: Vec<u8>) -> Writer {
        Writer {
            bytes,
            ..Writer::default()
        }
    }

    /// The buffer.
    ///
    /// # Errors
    ///
    /// [`Error::DoesNotFit`] for the first value that did not fit its field.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.bytes),
        }
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    integers!(u8: u8, u16: u16, u32: u32, u64: u64, i8: i8, i16: i16, i32: i32, i64: i64);

    /// A big-endian 24-bit integer; the high byte of `value` is dropped.
    pub fn u24(&mut self, value: u32) {
        let [_, a, b, c] = value.to_be_bytes();
        self.bytes(&[a, b, c]);
    }

    /// A big-endian IEEE 754 double.
    pub fn f64(&mut self, value: f64) {
        self.bytes(&value.to_be_bytes());
    }

    /// A `u64` where `version` is 1 or more, a `u32` otherwise.
    pub fn versioned(&mut self, version: u8, field: &'static str, value: u64) {
        if version == 0 {
            let value = self.fit(field, value, u64::from(u32::MAX));
            self.u32(value as u32);
        } else {
            self.u64(value);
        }
    }

    /// A length or count in 8 bits.
    pub fn count_u8(&mut self, field: &'static str, count: usize) {
        let count = self.fit(field, count as u64, u64::from(u8::MAX));
        self.u8(count as u8);
    }

    /// A length or count in 16 bits.
    pub fn count_u16(&mut self, field: &'static str, count: usize) {
        let count = self.fit(field, count as u64, u64::from(u16::MAX));
        self.u16(count as u16);
    }

    /// A length or count in 32 bits.
    pub fn count_u32(&mut self, field: &'static str, count: usize) {
        let count = self.fit(field, count as u64, u64::from(u32::MAX));
        self.u32(count as u32);
    }

    /// `value` where it is at most `most`; otherwise 0, and the error is remembered.
    pub fn fit(&mut self, field: &'static str, value: u64, most: u64) -> u64 {
        if value <= most {
            return value;
        }
        if self.error.is_none() {
            let path = self.path.iter().take(self.depth);
            let path: Vec<String> = path.map(FourCc::to_string).collect();
            let place = if path.is_empty() {
                Place::FILE.to_string()
            } else {
                path.join("/")
            };
            self.error = Some(Error::DoesNotFit {
                place,
                field,
                value,
                most,
            });
        }
        0
    }

    /// A four-character code.
    pub fn fourcc(&mut self, code: FourCc) {
        self.bytes(&code.0);
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// `count` zero bytes.
    pub fn zeros(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len().saturating_add(count), 0);
    }

    /// `count` zero bytes, given back to be filled.
    pub fn space(&mut self, count: usize) -> &mut [u8] {
        let start = self.bytes.len();
        self.zeros(count);
        self.bytes.get_mut(start..).unwrap_or_default()
    }

    /// A null-terminated string; cut at a null within, which the field cannot hold.
    pub fn cstr(&mut self, text: &[u8]) {
        self.bytes(text.split(|byte| *byte == 0).next().unwrap_or_default());
        self.u8(0);
    }

    /// Version and flags of a full box.
    pub fn full_box(&mut self, version: u8, flags: u32) {
        self.u8(version);
        self.u24(flags);
    }

    /// A box of type `kind` around what `content` writes. One of 4 GiB or more gets a 64-bit
    /// size.
    pub fn boxed(&mut self, kind: FourCc, content: impl FnOnce(&mut Writer)) {
        let start = self.bytes.len();
        self.u32(0);
        self.fourcc(kind);
        if let Some(level) = self.path.get_mut(self.depth) {
            *level = kind;
        }
        self.depth += 1;
        content(self);
        self.depth -= 1;
        patch_size(&mut self.bytes, start, u32::MAX);
    }

    /// A typed box.
    pub fn body<'a, T: BoxBody<'a>>(&mut self, body: &T) {
        self.boxed(body.kind(), |writer| body.write(writer));
    }
}

/// Sets the size of the box that starts at `start` and ends the buffer. `limit` is the largest
/// that the 32-bit field is used for.
fn patch_size(bytes: &mut Vec<u8>, start: usize, limit: u32) {
    let size = (bytes.len() - start) as u64;
    if size <= u64::from(limit) {
        if let Some(field) = bytes.get_mut(start..).and_then(|b| b.first_chunk_mut()) {
            *field = (size as u32).to_be_bytes();
        }
        return;
    }
    if let Some(field) = bytes.get_mut(start..).and_then(|b| b.first_chunk_mut()) {
        *field = 1u32.to_be_bytes();
    }
    bytes.splice(start + 8..start + 8, (size + 8).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_nest_and_get_their_sizes() {
        let mut writer = Writer::new();
        writer.boxed(FourCc::new(b"aaaa"), |writer| {
            writer.u8(1);
            writer.boxed(FourCc::new(b"bbbb"), |writer| writer.u16(2));
        });
        assert_eq!(
            writer.finish().unwrap(),
            b"\0\0\0\x13aaaa\x01\0\0\0\x0abbbb\0\x02"
        );
    }

    #[test]
    fn a_box_too_large_for_32_bits_gets_64() {
        let mut bytes = b"before\0\0\0\0mdatpayload".to_vec();
        patch_size(&mut bytes, 6, 14);
        assert_eq!(bytes, b"before\0\0\0\x01mdat\0\0\0\0\0\0\0\x17payload");
        let mut bytes = b"before\0\0\0\0mdatpayload".to_vec();
        patch_size(&mut bytes, 6, 15);
        assert_eq!(bytes, b"before\0\0\0\x0fmdatpayload");
    }

    #[test]
    fn the_first_value_that_does_not_fit_is_reported_with_its_path() {
        let mut writer = Writer::new();
        writer.boxed(FourCc::new(b"aaaa"), |writer| {
            writer.boxed(FourCc::new(b"bbbb"), |writer| writer.count_u8("count", 256));
            writer.count_u16("length", 65_536);
        });
        let error = writer.finish().unwrap_err().to_string();
        assert_eq!(error, "aaaa/bbbb: count: is 256, expected at most 255");
        let mut writer = Writer::new();
        writer.versioned(0, "time", 1 << 32);
        let error = writer.finish().unwrap_err().to_string();
        assert_eq!(
            error,
            "file: time: is 4294967296, expected at most 4294967295"
        );
    }

    #[test]
    fn boxes_nested_deeper_than_errors_name_are_written_all_the_same() {
        fn nest(writer: &mut Writer, depth: usize) {
            match depth {
                0 => writer.count_u8("count", 1),
                _ => writer.boxed(FourCc::new(b"moov"), |writer| nest(writer, depth - 1)),
            }
        }
        let mut writer = Writer::onto(vec![7]);
        nest(&mut writer, PATH + 3);
        let bytes = writer.finish().unwrap();
        assert_eq!(bytes.len(), 2 + 8 * (PATH + 3));
        assert_eq!(bytes[..5], [7, 0, 0, 0, 8 * (PATH as u8 + 3) + 1]);
    }

    #[test]
    fn space_is_filled_in_place() {
        let mut writer = Writer::onto(vec![1]);
        writer.space(2).copy_from_slice(&[2, 3]);
        assert_eq!(writer.finish().unwrap(), [1, 2, 3]);
    }

    #[test]
    fn a_string_is_cut_at_its_first_null() {
        let mut writer = Writer::new();
        writer.cstr(b"ab\0cd");
        writer.cstr(b"");
        assert_eq!(writer.finish().unwrap(), b"ab\0\0");
    }
}
