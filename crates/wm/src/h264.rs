//! The carrier of H.264: levels of intra slices.
