//! Tables of fixed-size rows, read where they lie.

use std::fmt;
use std::marker::PhantomData;

use crate::{Error, Reader, Writer};

/// A row of a [`Table`].
pub trait Row: Copy + fmt::Debug + PartialEq {
    /// Bytes of a row.
    const SIZE: usize;

    /// From exactly [`SIZE`](Self::SIZE) bytes. Given fewer, the missing ones count as zero.
    fn decode(bytes: &[u8]) -> Self;

    /// Writes exactly [`SIZE`](Self::SIZE) bytes.
    fn encode(&self, writer: &mut Writer);
}

/// A table of big-endian rows in a buffer: nothing is copied and nothing allocated.
///
/// The count was held against the bytes at hand when the table was read, so it can be trusted.
#[derive(Clone, Copy)]
pub struct Table<'a, E> {
    bytes: &'a [u8],
    rows: PhantomData<fn() -> E>,
}

impl<'a, E: Row> Table<'a, E> {
    /// A table without rows.
    pub const EMPTY: Table<'static, E> = Table {
        bytes: &[],
        rows: PhantomData,
    };

    /// Over rows that lie one after the other in `bytes`; a last, incomplete one is left out.
    pub fn new(bytes: &'a [u8]) -> Table<'a, E> {
        let whole = bytes.len() - bytes.len() % E::SIZE;
        Table {
            bytes: bytes.get(..whole).unwrap_or_default(),
            rows: PhantomData,
        }
    }

    /// Reads `count` rows.
    pub fn read(
        reader: &mut Reader<'a, '_>,
        count: u32,
        field: &'static str,
    ) -> Result<Table<'a, E>, Error> {
        Ok(Table::new(reader.rows(count, E::SIZE, field)?))
    }

    /// Reads a 32-bit `entry_count`, then that many rows.
    pub fn read_counted(reader: &mut Reader<'a, '_>) -> Result<Table<'a, E>, Error> {
        let count = reader.u32("entry_count")?;
        Table::read(reader, count, "entries")
    }

    /// The bytes of a table of `rows`, for [`new`](Self::new).
    pub fn encode(rows: &[E]) -> Vec<u8> {
        let mut writer = Writer::with_capacity(rows.len().saturating_mul(E::SIZE));
        rows.iter().for_each(|row| row.encode(&mut writer));
        // Rows have no counted fields, so nothing can fail to fit.
        writer.finish().unwrap_or_default()
    }

    /// Writes a 32-bit `entry_count` and the rows.
    pub fn write_counted(&self, writer: &mut Writer) {
        writer.count_u32("entry_count", self.len());
        writer.bytes(self.bytes);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.bytes.len() / E::SIZE
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Row `index`, from 0.
    pub fn get(&self, index: usize) -> Option<E> {
        let start = index.checked_mul(E::SIZE)?;
        self.bytes.get(start..)?.get(..E::SIZE).map(E::decode)
    }

    /// The last row.
    pub fn last(&self) -> Option<E> {
        self.len().checked_sub(1).and_then(|index| self.get(index))
    }

    /// The rows in order.
    pub fn iter(&self) -> Rows<'a, E> {
        Rows {
            chunks: self.bytes.chunks_exact(E::SIZE),
            rows: PhantomData,
        }
    }

    /// The rows as they lie in the file.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

/// The rows of a [`Table`], in order.
#[derive(Clone, Debug)]
pub struct Rows<'a, E> {
    chunks: std::slice::ChunksExact<'a, u8>,
    rows: PhantomData<fn() -> E>,
}

impl<E: Row> Iterator for Rows<'_, E> {
    type Item = E;

    #[inline]
    fn next(&mut self) -> Option<E> {
        self.chunks.next().map(E::decode)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.chunks.size_hint()
    }

    fn nth(&mut self, n: usize) -> Option<E> {
        self.chunks.nth(n).map(E::decode)
    }
}

impl<E: Row> DoubleEndedIterator for Rows<'_, E> {
    fn next_back(&mut self) -> Option<E> {
        self.chunks.next_back().map(E::decode)
    }
}

impl<E: Row> ExactSizeIterator for Rows<'_, E> {}
impl<E: Row> std::iter::FusedIterator for Rows<'_, E> {}

impl<'a, E: Row> IntoIterator for &Table<'a, E> {
    type Item = E;
    type IntoIter = Rows<'a, E>;

    fn into_iter(self) -> Rows<'a, E> {
        self.iter()
    }
}

impl<E: Row> Default for Table<'_, E> {
    fn default() -> Self {
        Table::EMPTY
    }
}

impl<E> PartialEq for Table<'_, E> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<E> Eq for Table<'_, E> {}

impl<E: Row> fmt::Debug for Table<'_, E> {
    /// The number of rows and the first few.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows ", self.len())?;
        f.debug_list().entries(self.iter().take(4)).finish()
    }
}

/// Field `index` (in units of the array's length) of a row; zero where the row is short.
#[inline]
pub(crate) fn cell<const N: usize>(row: &[u8], start: usize) -> [u8; N] {
    row.get(start..)
        .and_then(|row| row.first_chunk())
        .copied()
        .unwrap_or([0; N])
}

#[inline]
pub(crate) fn u32_at(row: &[u8], start: usize) -> u32 {
    u32::from_be_bytes(cell(row, start))
}

impl Row for u32 {
    const SIZE: usize = 4;

    #[inline]
    fn decode(bytes: &[u8]) -> u32 {
        u32_at(bytes, 0)
    }

    fn encode(&self, writer: &mut Writer) {
        writer.u32(*self);
    }
}

impl Row for u64 {
    const SIZE: usize = 8;

    #[inline]
    fn decode(bytes: &[u8]) -> u64 {
        u64::from_be_bytes(cell(bytes, 0))
    }

    fn encode(&self, writer: &mut Writer) {
        writer.u64(*self);
    }
}

impl Row for [u8; 16] {
    const SIZE: usize = 16;

    fn decode(bytes: &[u8]) -> [u8; 16] {
        cell(bytes, 0)
    }

    fn encode(&self, writer: &mut Writer) {
        writer.bytes(self);
    }
}
