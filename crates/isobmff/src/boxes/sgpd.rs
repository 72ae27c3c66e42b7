//! `sgpd`: descriptions of groups of samples.

use crate::{BoxBody, Error, FourCc, Reader, Writer};

/// Sample group descriptions. ISO/IEC 14496-12 8.9.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sgpd<'a> {
    /// 0, 1 or 2.
    pub version: u8,
    /// None is defined for versions 0 and 1.
    pub flags: u32,
    /// `roll`, `prol`, `rap `, `seig`, ...
    pub grouping_type: FourCc,
    /// Bytes of each entry; 0 where each says its own. Absent in version 0.
    pub default_length: u32,
    /// Entry for samples that `sbgp` does not mention, counted from 1; 0: none. Version 2.
    pub default_group_description_index: u32,
    /// Number of entries as written.
    pub entry_count: u32,
    /// The entries as they lie in the file; see [`entries`](Self::entries).
    pub bytes: &'a [u8],
}

impl<'a> Sgpd<'a> {
    /// Audio or video pre-roll or post-roll.
    pub const ROLL: FourCc = FourCc::new(b"roll");
    /// Audio pre-roll.
    pub const PROL: FourCc = FourCc::new(b"prol");
    /// Random access points that are no sync samples.
    pub const RAP: FourCc = FourCc::new(b"rap ");

    /// The entries in order, until one reaches beyond the box. In version 0, whose entries do not
    /// say how long they are, all are taken to be equally long.
    pub fn entries(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut left = self.bytes;
        let (version, default_length) = (self.version, self.default_length as usize);
        let equal = left
            .len()
            .checked_div(self.entry_count as usize)
            .unwrap_or(0);
        (0..self.entry_count).map_while(move |_| {
            let length = match (version, default_length) {
                // Nothing says where an entry would end.
                (0, _) if equal == 0 => return None,
                (0, _) => equal,
                (_, 0) => {
                    let (length, tail) = left.split_first_chunk()?;
                    left = tail;
                    usize::try_from(u32::from_be_bytes(*length)).ok()?
                }
                (_, length) => length,
            };
            let (entry, tail) = left.split_at_checked(length)?;
            left = tail;
            Some(entry)
        })
    }

    /// `roll_distance` of entry `index`, counted from 1, of a `roll` or `prol` group.
    pub fn roll_distance(&self, index: u32) -> Option<i16> {
        if self.grouping_type != Self::ROLL && self.grouping_type != Self::PROL {
            return None;
        }
        let entry = self.entries().nth(index.checked_sub(1)? as usize)?;
        entry.first_chunk().map(|bytes| i16::from_be_bytes(*bytes))
    }
}

impl<'a> BoxBody<'a> for Sgpd<'a> {
    const KIND: FourCc = FourCc::new(b"sgpd");

    fn read(reader: &mut Reader<'a, '_>) -> Result<Self, Error> {
        let (version, flags) = reader.full_box_up_to(2)?;
        Ok(Sgpd {
            version,
            flags,
            grouping_type: reader.fourcc("grouping_type")?,
            default_length: if version >= 1 {
                reader.u32("default_length")?
            } else {
                0
            },
            default_group_description_index: match version {
                2.. => reader.u32("default_group_description_index")?,
                _ => 0,
            },
            entry_count: reader.u32("entry_count")?,
            bytes: reader.rest(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.full_box(self.version, self.flags);
        writer.fourcc(self.grouping_type);
        if self.version >= 1 {
            writer.u32(self.default_length);
        }
        if self.version >= 2 {
            writer.u32(self.default_group_description_index);
        }
        writer.u32(self.entry_count);
        writer.bytes(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::testing::{checked, hex};

    #[test]
    fn roll_distances_are_read() {
        // Written by Lavf 59.
        let sgpd: Sgpd<'_> = checked(
            hex("0000001a 73677064 01000000 726f6c6c 00000002 00000001 ffff"),
            16,
        );
        assert_eq!(sgpd.entries().collect::<Vec<_>>(), [[0xff, 0xff]]);
        assert_eq!(sgpd.roll_distance(1), Some(-1));
        assert_eq!(sgpd.roll_distance(0), None);
        assert_eq!(sgpd.roll_distance(2), None);
    }

    #[test]
    fn entries_that_say_their_own_length_are_read() {
        let sgpd: Sgpd<'_> = checked(
            hex(
                "00000021 73677064 01000000 61626364 00000000 00000002 00000001 aa
                 00000000",
            ),
            16,
        );
        assert_eq!(sgpd.entries().collect::<Vec<_>>(), [&[0xaa][..], &[]]);
    }

    #[test]
    fn entries_without_length_are_equally_long() {
        let sgpd: Sgpd<'_> = checked(
            hex("00000018 73677064 00000000 726f6c6c 00000002 ffff0001"),
            12,
        );
        assert_eq!(sgpd.entries().collect::<Vec<_>>(), [[0xff, 0xff], [0, 1]]);
        assert_eq!(sgpd.roll_distance(2), Some(1));
    }

    #[test]
    fn the_default_entry_of_version_2_is_read() {
        let sgpd: Sgpd<'_> = checked(
            hex("0000001d 73677064 02000000 72617020 00000001 00000001 00000001 80"),
            20,
        );
        assert_eq!(sgpd.default_group_description_index, 1);
        assert_eq!(sgpd.grouping_type, Sgpd::RAP);
        assert_eq!(sgpd.roll_distance(1), None);
    }

    #[test]
    fn entries_end_where_the_box_does_whatever_the_count() {
        let sgpd: Sgpd<'_> = checked(
            hex("0000001a 73677064 01000000 726f6c6c 00000002 ffffffff ffff"),
            16,
        );
        assert_eq!(sgpd.entries().count(), 1);
        let none: Sgpd<'_> = checked(hex("00000014 73677064 00000000 726f6c6c ffffffff"), 12);
        assert_eq!(none.entries().count(), 0);
    }
}
