//! Boxes, made and changed byte by byte: what a test does to a good file to make it a bad one.

/// A box of this kind around `body`.
pub fn make(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap_or(u32::MAX);
    [&size.to_be_bytes()[..], kind, body].concat()
}

/// Where the box at `path` (`moov/trak/tkhd`, the first of each kind) begins and ends.
pub fn find(bytes: &[u8], path: &str) -> Option<(usize, usize)> {
    let mut range = (0usize, bytes.len());
    let mut found = None;
    for kind in path.split('/') {
        let mut at = range.0;
        loop {
            let end = at.checked_add(size_at(bytes, at)?)?;
            if bytes.get(at + 4..at + 8)? == kind.as_bytes() {
                found = Some((at, end));
                range = (at + 8, end);
                break;
            }
            at = end;
            if at >= range.1 {
                return None;
            }
        }
    }
    found
}

fn size_at(bytes: &[u8], at: usize) -> Option<usize> {
    let size = bytes
        .get(at..at + 4)?
        .try_into()
        .ok()
        .map(u32::from_be_bytes)?;
    usize::try_from(size).ok().filter(|size| *size >= 8)
}

/// Renames the box at `path`.
pub fn rename(bytes: &mut [u8], path: &str, kind: &[u8; 4]) -> Option<()> {
    let (at, _) = find(bytes, path)?;
    bytes.get_mut(at + 4..at + 8)?.copy_from_slice(kind);
    Some(())
}

/// Writes a 32-bit number at an offset from the beginning of the box at `path`.
pub fn patch(bytes: &mut [u8], path: &str, offset: usize, value: u32) -> Option<()> {
    let (at, _) = find(bytes, path)?;
    let field = bytes.get_mut(at + offset..at + offset + 4)?;
    field.copy_from_slice(&value.to_be_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_found_renamed_and_changed() {
        let inner = make(b"tkhd", &[0; 12]);
        let mut bytes = [
            make(b"ftyp", b"isom"),
            make(b"moov", &make(b"trak", &inner)),
        ]
        .concat();
        assert_eq!(find(&bytes, "moov/trak/tkhd"), Some((28, 48)));
        assert_eq!(find(&bytes, "moov/trak/mdia"), None);
        assert_eq!(
            patch(&mut bytes, "moov/trak/tkhd", 8, 0x0102_0304),
            Some(())
        );
        assert_eq!(bytes[36..40], [1, 2, 3, 4]);
        assert_eq!(rename(&mut bytes, "moov/trak", b"free"), Some(()));
        assert_eq!(find(&bytes, "moov/trak/tkhd"), None);
    }
}
