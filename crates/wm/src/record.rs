//! What the embedder tells the detector.

use serde::Serialize;

/// How well a segment carries its mark. As secret as the key: it says where the mark is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Record {
    /// Which bit the segment carries.
    pub position: u32,
    /// Amplitude aimed at, in grey levels of 8-bit samples.
    pub amplitude: f32,
    /// Mean over the pictures of what was reached, as a share of this amplitude.
    pub gain: f32,
    /// The gain is below [`Record::WEAK`].
    pub weak: bool,
    /// The marked pictures in decoding order.
    pub pictures: Vec<PictureRecord>,
}

impl Record {
    /// Segments of a smaller gain are weak.
    pub const WEAK: f32 = 0.4;
}

/// How well one coded picture carries its mark.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PictureRecord {
    /// Its sample, counted from 0 within the segment.
    pub sample: u32,
    /// Mean QP of its macroblocks.
    pub qp: f32,
    /// Amplitude aimed at here, in grey levels of 8-bit samples: more at coarse QPs, less before
    /// pictures that would multiply it, 0 where it would be multiplied too much.
    pub amplitude: f32,
    /// Of both variants: the share of this amplitude that is in the picture before deblocking, the
    /// projection of the change on the pattern.
    pub gain: [f32; 2],
    /// Of both variants: root mean square of the change, in grey levels of 8-bit samples.
    pub rms: [f32; 2],
    /// Bytes of its slices.
    pub bytes: u64,
    /// Bytes by which each variant has grown, padding included.
    pub growth: [i64; 2],
}
