//! The framing of the small boxes inside text samples. ISO/IEC 14496-12, 4.2.

/// The boxes that fill `data`, as type and body.
pub(crate) struct Boxes<'d> {
    rest: &'d [u8],
}

/// A box whose size is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadSize {
    /// What the header says, 0 where there is no whole header.
    pub(crate) size: u32,
    /// Bytes present.
    pub(crate) left: usize,
}

impl BadSize {
    pub(crate) fn problem(&self) -> String {
        format!("size is {}, expected 8 to {}", self.size, self.left)
    }
}

impl<'d> Boxes<'d> {
    pub(crate) fn new(data: &'d [u8]) -> Boxes<'d> {
        Boxes { rest: data }
    }
}

impl<'d> Iterator for Boxes<'d> {
    type Item = Result<([u8; 4], &'d [u8]), BadSize>;

    fn next(&mut self) -> Option<Self::Item> {
        let data = std::mem::take(&mut self.rest);
        if data.is_empty() {
            return None;
        }
        let left = data.len();
        let Some((header, _)) = data.split_first_chunk::<8>() else {
            return Some(Err(BadSize { size: 0, left }));
        };
        let [a, b, c, d, name @ ..] = *header;
        let size = u32::from_be_bytes([a, b, c, d]);
        let length = usize::try_from(size).unwrap_or(usize::MAX);
        let body = data.get(8..length);
        let (Some(body), Some(rest)) = (body, data.get(length..)) else {
            return Some(Err(BadSize { size, left }));
        };
        self.rest = rest;
        Some(Ok((name, body)))
    }
}

/// Appends a box to `out`, its body written by `body`.
pub(crate) fn push_box(out: &mut Vec<u8>, name: &[u8; 4], body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(name);
    body(out);
    let size = u32::try_from(out.len() - start).unwrap_or(u32::MAX);
    if let Some(field) = out
        .get_mut(start..)
        .and_then(|written| written.first_chunk_mut::<4>())
    {
        *field = size.to_be_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_read_as_written() {
        let mut out = Vec::new();
        push_box(&mut out, b"vttc", |out| {
            push_box(out, b"payl", |out| out.push(b'x'))
        });
        push_box(&mut out, b"vtte", |_| {});
        assert_eq!(out, b"\0\0\0\x11vttc\0\0\0\x09paylx\0\0\0\x08vtte");
        let read: Vec<_> = Boxes::new(&out).collect();
        assert_eq!(
            read,
            [
                Ok((*b"vttc", &b"\0\0\0\x09paylx"[..])),
                Ok((*b"vtte", &b""[..]))
            ]
        );
    }

    #[test]
    fn wrong_sizes_end_the_reading() {
        for (data, size) in [
            (&b"\0\0\0\x09vtte"[..], 9),
            (b"\0\0\0\x07vtte", 7),
            (b"\xff\xff\xff\xffvtte", u32::MAX),
        ] {
            let read: Vec<_> = Boxes::new(data).collect();
            assert_eq!(read, [Err(BadSize { size, left: 8 })]);
        }
        let read: Vec<_> = Boxes::new(b"\0\0\0").collect();
        assert_eq!(read, [Err(BadSize { size: 0, left: 3 })]);
    }
}
