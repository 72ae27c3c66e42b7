//! One coded sample of a track, as tables or track runs place it.

/// Where a sample lies and when it is decoded and presented.
///
/// 32 bytes, and the only thing kept per sample, so that a track of hours stays small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Byte offset of the sample's data in its file.
    pub offset: u64,
    /// Decoding time, in ticks of the track's timescale, on the media timeline.
    pub dts: i64,
    /// Bytes of data.
    pub size: u32,
    /// Decoding duration: distance to the next sample's `dts`, in ticks.
    pub duration: u32,
    /// Presentation time minus decoding time, in ticks; may be negative.
    pub composition_offset: i32,
    /// Dependency flags as `trun` carries them.
    pub flags: SampleFlags,
}

impl Sample {
    /// Presentation time on the media timeline, before any edit list, in ticks.
    pub fn pts(&self) -> i64 {
        self.dts.saturating_add(i64::from(self.composition_offset))
    }

    /// The first byte after the sample's data; saturates.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.size))
    }

    /// Whether decoding can start here.
    pub fn is_sync(&self) -> bool {
        self.flags.is_sync()
    }
}

/// The 32 sample flags of a movie fragment: `is_leading`, `sample_depends_on`,
/// `sample_is_depended_on`, `sample_has_redundancy`, padding, `sample_is_non_sync_sample` and
/// degradation priority. ISO/IEC 14496-12 8.8.3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SampleFlags(pub u32);

impl SampleFlags {
    /// `sample_is_non_sync_sample`.
    pub const NON_SYNC: u32 = 0x0001_0000;
    /// A sync sample that depends on no other (`sample_depends_on` = 2).
    pub const SYNC: SampleFlags = SampleFlags(0x0200_0000);
    /// A sample that depends on others (`sample_depends_on` = 1) and is no sync sample.
    pub const DEPENDENT: SampleFlags = SampleFlags(0x0101_0000);

    /// Whether decoding can start at this sample.
    pub fn is_sync(self) -> bool {
        self.0 & Self::NON_SYNC == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_stays_small() {
        assert_eq!(std::mem::size_of::<Sample>(), 32);
    }

    #[test]
    fn sync_is_the_absence_of_the_non_sync_bit() {
        assert!(SampleFlags::SYNC.is_sync());
        assert!(!SampleFlags::DEPENDENT.is_sync());
        assert!(SampleFlags(0).is_sync());
    }
}
