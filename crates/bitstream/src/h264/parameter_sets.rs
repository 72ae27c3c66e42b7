//! The parameter sets a slice header can refer to.

use super::{NalHeader, NalUnitType, Pps, Sps};
use crate::Error;
use crate::bits::BitReader;

/// The parameter sets of a stream, by identifier; a new one takes the place of an old one.
#[derive(Clone, Debug, Default)]
pub struct ParameterSets {
    // A stream has one or two of each, so a list is searched faster than a table is made.
    sps: Vec<Sps>,
    pps: Vec<Pps>,
}

/// Which parameter set [`ParameterSets::insert`] took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterSet {
    /// A sequence parameter set, by `seq_parameter_set_id`.
    Sps(u8),
    /// A picture parameter set, by `pic_parameter_set_id`.
    Pps(u8),
}

impl ParameterSets {
    /// No parameter sets.
    pub fn new() -> Self {
        ParameterSets::default()
    }

    /// Reads and keeps a NAL unit of type 7 or 8; every other type is an error.
    ///
    /// A set in an error is not kept, and leaves the one it would have replaced.
    pub fn insert(&mut self, nal: &[u8]) -> Result<ParameterSet, Error> {
        let header = NalHeader::parse(nal)?;
        match header.nal_unit_type {
            NalUnitType::SPS => Ok(self.insert_sps(Sps::parse(nal)?)),
            NalUnitType::PPS => {
                let pps = Pps::parse(nal, self)?;
                Ok(self.insert_pps(pps))
            }
            NalUnitType::SUBSET_SPS => Err(Error::Unsupported {
                structure: "nal_unit",
                bit: 3,
                element: "nal_unit_type",
                value: 15,
                what: "subset_seq_parameter_set of scalable and multiview coding",
            }),
            other => {
                let (value, r) = (other.0.into(), BitReader::new("nal_unit", nal));
                r.check(3, "nal_unit_type", value, 7, 8)?;
                Ok(ParameterSet::Sps(0))
            }
        }
    }

    /// Keeps a sequence parameter set.
    pub fn insert_sps(&mut self, sps: Sps) -> ParameterSet {
        let id = sps.id;
        match self.sps.iter_mut().find(|old| old.id == id) {
            Some(old) => *old = sps,
            None => self.sps.push(sps),
        }
        ParameterSet::Sps(id)
    }

    /// Keeps a picture parameter set.
    pub fn insert_pps(&mut self, pps: Pps) -> ParameterSet {
        let id = pps.id;
        match self.pps.iter_mut().find(|old| old.id == id) {
            Some(old) => *old = pps,
            None => self.pps.push(pps),
        }
        ParameterSet::Pps(id)
    }

    /// The sequence parameter set `id`.
    pub fn sps(&self, id: u8) -> Option<&Sps> {
        self.sps.iter().find(|sps| sps.id == id)
    }

    /// The picture parameter set `id`.
    pub fn pps(&self, id: u8) -> Option<&Pps> {
        self.pps.iter().find(|pps| pps.id == id)
    }
}
