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
