//! Frames that share a sample.

use std::ops::Range;

use super::FrameError;

/// Where the frames of a sample lie in it, in order; there are one to eight.
///
/// VP9 Annex B. A sample that ends with a superframe index holds the frames it lists, and nothing
/// between them and the index; any other sample is one frame. Frames are not empty.
///
/// # Errors
///
/// [`FrameError::Superframe`] where the index says something else.
pub fn frames(sample: &[u8]) -> Result<Vec<Range<usize>>, FrameError> {
    let Some(index) = Index::find(sample) else {
        return Ok(std::iter::once(0..sample.len()).collect());
    };
    let mut frames = Vec::with_capacity(index.sizes.len() / index.size_bytes);
    let mut end = 0usize;
    for size in index.sizes.chunks(index.size_bytes) {
        let start = end;
        // Four bytes, the least significant first.
        let size = size
            .iter()
            .rev()
            .fold(0, |size, byte| size << 8 | usize::from(*byte));
        end = start.saturating_add(size);
        if size == 0 || end > index.start {
            break;
        }
        frames.push(start..end);
    }
    match end == index.start && frames.len() * index.size_bytes == index.sizes.len() {
        true => Ok(frames),
        false => Err(FrameError::Superframe {
            frame: frames.len(),
            end,
            expected: index.start,
        }),
    }
}

/// `superframe_index()`.
struct Index<'a> {
    start: usize,
    size_bytes: usize,
    sizes: &'a [u8],
}

impl<'a> Index<'a> {
    /// The index that a sample ends with: the same byte begins and ends it.
    fn find(sample: &'a [u8]) -> Option<Index<'a>> {
        let last = *sample.last()?;
        if last >> 5 != 0b110 {
            return None;
        }
        let size_bytes = usize::from(last >> 3 & 3) + 1;
        let frames = usize::from(last & 7) + 1;
        let start = sample.len().checked_sub(2 + size_bytes * frames)?;
        match sample.get(start..)? {
            [first, sizes @ .., _] if *first == last => Some(Index {
                start,
                size_bytes,
                sizes,
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(sample: &[u8]) -> Vec<(usize, usize)> {
        let frames = frames(sample).unwrap();
        frames
            .iter()
            .map(|frame| (frame.start, frame.end))
            .collect()
    }

    #[test]
    fn a_sample_without_an_index_is_one_frame() {
        assert_eq!(bounds(&[0x82, 1, 2]), [(0, 3)]);
        // What could end an index does not begin one.
        assert_eq!(bounds(&[0x82, 1, 2, 3, 0xc1]), [(0, 5)]);
        assert_eq!(bounds(&[0xc1]), [(0, 1)]);
    }

    #[test]
    fn an_index_lists_frames_with_sizes_in_little_endian() {
        let one_byte = [9, 9, 9, 8, 0xc1, 3, 1, 0xc1];
        assert_eq!(bounds(&one_byte), [(0, 3), (3, 4)]);
        let mut two_bytes = vec![9; 258];
        two_bytes.extend([0xc8, 2, 1, 0xc8]);
        assert_eq!(bounds(&two_bytes), [(0, 258)]);
    }

    #[test]
    fn sizes_that_do_not_add_up_are_an_error() {
        for (sample, text) in [
            (
                [9, 9, 9, 8, 0xc1, 3, 2, 0xc1],
                "superframe_index: frame 1 ends at byte 5, expected 4",
            ),
            (
                [9, 9, 9, 8, 0xc1, 3, 0, 0xc1],
                "superframe_index: frame 1 ends at byte 3, expected 4",
            ),
            (
                [9, 9, 9, 8, 0xc1, 2, 1, 0xc1],
                "superframe_index: frame 2 ends at byte 3, expected 4",
            ),
        ] {
            assert_eq!(frames(&sample).unwrap_err().to_string(), text);
        }
        let huge = [0xdf_u8, 0xff, 0xff, 0xff, 0xff];
        let mut sample = vec![1; 4];
        sample.extend(huge.iter().chain(&[0xff; 28]).chain(&[0xdf]));
        assert!(frames(&sample).is_err());
    }
}
