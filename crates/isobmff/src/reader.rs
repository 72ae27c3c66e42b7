//! Reading the fields of a box.

use std::fmt;

use crate::{Boxes, Error, FourCc, Place};

/// A cursor over the body of a box that knows where in the file it is.
///
/// Each method names the field it reads, so that code reads like the syntax in the standard and
/// an error can say which field it was.
#[derive(Clone, Debug)]
pub struct Reader<'a, 'p> {
    left: &'a [u8],
    offset: u64,
    place: Place<'p>,
}

macro_rules! integers {
    ($($name:ident: $type:ty),*) => {$(
        #[doc = concat!("A big-endian `", stringify!($type), "`.")]
        pub fn $name(&mut self, field: &'static str) -> Result<$type, Error> {
            self.array(field).map(<$type>::from_be_bytes)
        }
    )*};
}

impl<'a, 'p> Reader<'a, 'p> {
    /// Over `bytes`, which start at byte `offset` of the file and belong to the box at `place`.
    pub fn new(bytes: &'a [u8], offset: u64, place: Place<'p>) -> Reader<'a, 'p> {
        Reader {
            left: bytes,
            offset,
            place,
        }
    }

    /// The box being read.
    pub fn place(&self) -> &Place<'p> {
        &self.place
    }

    /// Type of the box being read; four zero bytes where the reader is over no box.
    pub fn kind(&self) -> FourCc {
        self.place.kind().unwrap_or(FourCc([0; 4]))
    }

    /// Position of the next byte, from the start of the file.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes not yet read.
    pub fn left(&self) -> usize {
        self.left.len()
    }

    /// Whether everything is read.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    integers!(u8: u8, u16: u16, u32: u32, u64: u64, i8: i8, i16: i16, i32: i32, i64: i64);

    /// A big-endian 24-bit integer.
    pub fn u24(&mut self, field: &'static str) -> Result<u32, Error> {
        let [a, b, c] = self.array(field)?;
        Ok(u32::from_be_bytes([0, a, b, c]))
    }

    /// A big-endian IEEE 754 double.
    pub fn f64(&mut self, field: &'static str) -> Result<f64, Error> {
        self.array(field).map(f64::from_be_bytes)
    }

    /// A `u64` where `version` is 1 or more, a `u32` otherwise: how times and durations grow.
    pub fn versioned(&mut self, version: u8, field: &'static str) -> Result<u64, Error> {
        if version == 0 {
            self.u32(field).map(u64::from)
        } else {
            self.u64(field)
        }
    }

    /// A four-character code.
    pub fn fourcc(&mut self, field: &'static str) -> Result<FourCc, Error> {
        self.array(field).map(FourCc)
    }

    /// `N` bytes.
    pub fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Error> {
        match self.left.split_first_chunk::<N>() {
            Some((head, tail)) => {
                self.left = tail;
                self.offset = self.offset.saturating_add(N as u64);
                Ok(*head)
            }
            None => Err(self.truncated(field, N as u64)),
        }
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], Error> {
        match self.left.split_at_checked(count) {
            Some((head, tail)) => {
                self.left = tail;
                self.offset = self.offset.saturating_add(count as u64);
                Ok(head)
            }
            None => Err(self.truncated(field, count as u64)),
        }
    }

    /// A table of `count` rows of `row` bytes, both as the file says.
    pub fn rows(&mut self, count: u32, row: usize, field: &'static str) -> Result<&'a [u8], Error> {
        let needed = u64::from(count) * row as u64;
        match usize::try_from(needed) {
            Ok(needed) => self.bytes(needed, field),
            Err(_) => Err(self.truncated(field, needed)),
        }
    }

    /// The bytes not yet read, without reading them.
    pub fn remaining(&self) -> &'a [u8] {
        self.left
    }

    /// Everything left.
    pub fn rest(&mut self) -> &'a [u8] {
        let rest = self.left;
        self.offset = self.offset.saturating_add(rest.len() as u64);
        self.left = &[];
        rest
    }

    /// The bytes before the next null, which is consumed. They may be no UTF-8.
    pub fn cstr(&mut self, field: &'static str) -> Result<&'a [u8], Error> {
        match self.left.iter().position(|byte| *byte == 0) {
            Some(length) => {
                let text = self.bytes(length, field)?;
                self.u8(field)?;
                Ok(text)
            }
            None => Err(self.truncated(field, (self.left.len() as u64).saturating_add(1))),
        }
    }

    /// As [`cstr`](Self::cstr); where no null follows, everything left. Some writers leave the
    /// null out of the last string of a box.
    pub fn cstr_or_rest(&mut self) -> &'a [u8] {
        self.cstr("").unwrap_or_else(|_| self.rest())
    }

    /// Version and flags of a full box. ISO/IEC 14496-12 4.2.
    pub fn full_box(&mut self) -> Result<(u8, u32), Error> {
        Ok((self.u8("version")?, self.u24("flags")?))
    }

    /// As [`full_box`](Self::full_box), refusing a version above `most`.
    pub fn full_box_up_to(&mut self, most: u8) -> Result<(u8, u32), Error> {
        let before = self.clone();
        let (version, flags) = self.full_box()?;
        if version > most {
            let expected = if most == 0 {
                "0"
            } else if most == 1 {
                "0 or 1"
            } else {
                "0 to 2"
            };
            return Err(before.value("version", version, expected));
        }
        Ok((version, flags))
    }

    /// A reader over the next `count` bytes, in the same place.
    pub fn part(&mut self, count: usize, field: &'static str) -> Result<Reader<'a, 'p>, Error> {
        let offset = self.offset;
        Ok(Reader {
            left: self.bytes(count, field)?,
            offset,
            place: self.place,
        })
    }

    /// What is left, as boxes.
    pub fn boxes(&mut self) -> Boxes<'a, 'p> {
        let offset = self.offset;
        Boxes::new(self.rest(), offset, self.place)
    }

    /// The error that `field`, which starts at this position, needs more bytes than are left.
    #[cold]
    pub fn truncated(&self, field: &'static str, needed: u64) -> Error {
        Error::Truncated {
            place: self.place.to_string(),
            offset: self.offset,
            field,
            needed,
            left: self.left.len() as u64,
        }
    }

    /// The error that `field`, which starts at this position, has a wrong value. Make it from a
    /// clone taken before the field was read.
    #[cold]
    pub fn value(
        &self,
        field: &'static str,
        value: impl fmt::Display,
        expected: &'static str,
    ) -> Error {
        Error::Value {
            place: self.place.to_string(),
            offset: self.offset,
            field,
            value: value.to_string(),
            expected,
        }
    }

    /// The error that there is more of `field` than `limit`.
    #[cold]
    pub fn too_many(&self, field: &'static str, count: u64, limit: u64) -> Error {
        let (place, offset) = (self.place.to_string(), self.offset);
        Error::TooMany {
            place,
            offset,
            field,
            count,
            limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(bytes: &[u8]) -> Reader<'_, 'static> {
        Reader::new(bytes, 40, Place::FILE.child(FourCc::new(b"test")))
    }

    #[test]
    fn integers_are_big_endian() {
        let bytes: Vec<u8> = (0xf0..=0xff).chain(0..40).collect();
        let mut r = reader(&bytes);
        assert_eq!(r.u8("a"), Ok(0xf0));
        assert_eq!(r.u16("a"), Ok(0xf1f2));
        assert_eq!(r.u24("a"), Ok(0x00f3_f4f5));
        assert_eq!(r.i16("a"), Ok(0xf6f7u16 as i16));
        assert_eq!(r.i32("a"), Ok(0xf8f9_fafbu32 as i32));
        assert_eq!(r.u32("a"), Ok(0xfcfd_feff));
        assert_eq!(r.u64("a"), Ok(0x0001_0203_0405_0607));
        assert_eq!(r.i64("a"), Ok(0x0809_0a0b_0c0d_0e0f));
        assert_eq!(r.i8("a"), Ok(16));
        assert_eq!(r.offset(), 40 + 33);
    }

    #[test]
    fn a_field_beyond_the_end_is_named_and_nothing_is_consumed() {
        let mut r = reader(&[1, 2, 3]);
        let error = r.u32("count").unwrap_err().to_string();
        assert_eq!(error, "test at byte 40: count: needs 4 bytes, 3 left");
        let error = r.bytes(usize::MAX, "data").unwrap_err().to_string();
        assert_eq!(
            error,
            format!("test at byte 40: data: needs {} bytes, 3 left", usize::MAX)
        );
        let error = r.rows(u32::MAX, 20, "rows").unwrap_err().to_string();
        assert_eq!(
            error,
            "test at byte 40: rows: needs 85899345900 bytes, 3 left"
        );
        assert_eq!(r.left(), 3);
    }

    #[test]
    fn strings_end_at_the_null_or_where_allowed_at_the_end() {
        let mut r = reader(b"ab\0c\xff");
        assert_eq!(r.cstr("name"), Ok(&b"ab"[..]));
        let error = r.cstr("name").unwrap_err().to_string();
        assert_eq!(error, "test at byte 43: name: needs 3 bytes, 2 left");
        assert_eq!(r.cstr_or_rest(), b"c\xff");
        assert!(r.is_empty());
        assert_eq!(r.cstr_or_rest(), b"");
    }

    #[test]
    fn versions_above_the_known_ones_are_named() {
        for (most, expected) in [(0, "0"), (1, "0 or 1"), (2, "0 to 2")] {
            let error = reader(&[3, 0, 0, 0])
                .full_box_up_to(most)
                .unwrap_err()
                .to_string();
            assert_eq!(
                error,
                format!("test at byte 40: version: is 3, expected {expected}")
            );
            assert_eq!(
                reader(&[most, 0, 1, 2]).full_box_up_to(most),
                Ok((most, 0x102))
            );
        }
    }
}
