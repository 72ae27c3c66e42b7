//! The parameter sets a slice segment header can refer to.

use super::{NalHeader, NalUnitType, Pps, Sps, Vps};
use crate::Error;
use crate::bits::BitReader;

/// The parameter sets of a stream's base layer, by identifier; a new one takes the place of an
/// old one.
#[derive(Clone, Debug, Default)]
pub struct ParameterSets {
    vps: Vec<Vps>,
    sps: Vec<Sps>,
    pps: Vec<Pps>,
}

/// Which parameter set [`ParameterSets::insert`] took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterSet {
    /// A video parameter set, by `vps_video_parameter_set_id`.
    Vps(u8),
    /// A sequence parameter set, by `sps_seq_parameter_set_id`.
    Sps(u8),
    /// A picture parameter set, by `pps_pic_parameter_set_id`.
    Pps(u8),
}

impl ParameterSets {
    /// No parameter sets.
    pub fn new() -> Self {
        ParameterSets::default()
    }

    /// Reads and keeps a NAL unit of types 32 to 34; every other type is an error.
    ///
    /// A set in an error is not kept, and leaves the one it would have replaced.
    pub fn insert(&mut self, nal: &[u8]) -> Result<ParameterSet, Error> {
        let header = NalHeader::parse(nal)?;
        match header.nal_unit_type {
            NalUnitType::VPS => {
                let vps = Vps::parse(nal)?;
                let id = vps.id;
                keep(&mut self.vps, vps, |vps| vps.id);
                Ok(ParameterSet::Vps(id))
            }
            NalUnitType::SPS => {
                let sps = Sps::parse(nal)?;
                let id = sps.id;
                keep(&mut self.sps, sps, |sps| sps.id);
                Ok(ParameterSet::Sps(id))
            }
            NalUnitType::PPS => {
                let pps = Pps::parse(nal)?;
                let id = pps.id;
                keep(&mut self.pps, pps, |pps| pps.id);
                Ok(ParameterSet::Pps(id))
            }
            other => {
                let (value, r) = (other.0.into(), BitReader::new("nal_unit", nal));
                r.check(1, "nal_unit_type", value, 32, 34)?;
                Ok(ParameterSet::Vps(0))
            }
        }
    }

    /// The video parameter set `id`.
    pub fn vps(&self, id: u8) -> Option<&Vps> {
        self.vps.iter().find(|vps| vps.id == id)
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

fn keep<T>(sets: &mut Vec<T>, new: T, id: impl Fn(&T) -> u8) {
    match sets.iter_mut().find(|old| id(old) == id(&new)) {
        Some(old) => *old = new,
        None => sets.push(new),
    }
}
