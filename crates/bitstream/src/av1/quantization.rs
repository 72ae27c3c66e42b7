//! Quantizers.

use super::descriptor::su;
use super::{Segmentation, SequenceHeader};
use crate::Error;
use crate::bits::BitReader;

/// `quantization_params()`, AV1 5.9.12: what tells whether segments are lossless.
pub(super) struct Quantization {
    pub(super) base_q_idx: u8,
    deltas: bool,
}

impl Quantization {
    pub(super) fn read(r: &mut BitReader, sequence: &SequenceHeader) -> Result<Self, Error> {
        let base_q_idx = r.byte("base_q_idx")?;
        let mut deltas = read_delta_q(r)?;
        if !sequence.mono_chrome {
            let diff_uv_delta = sequence.separate_uv_delta_q && r.flag("diff_uv_delta")?;
            for _ in 0..if diff_uv_delta { 4 } else { 2 } {
                deltas |= read_delta_q(r)?;
            }
        }
        if r.flag("using_qmatrix")? {
            r.bits(4, "qm_y")?;
            r.bits(4, "qm_u")?;
            if sequence.separate_uv_delta_q {
                r.bits(4, "qm_v")?;
            }
        }
        Ok(Quantization { base_q_idx, deltas })
    }

    /// `CodedLossless`: every segment is, AV1 5.9.2 and 7.12.2.
    pub(super) fn coded_lossless(&self, segmentation: &Segmentation) -> bool {
        let qindex = |alt_q: Option<i16>| i16::from(self.base_q_idx) + alt_q.unwrap_or(0);
        !self.deltas && segmentation.alt_q.iter().all(|alt_q| qindex(*alt_q) <= 0)
    }
}

/// `read_delta_q()`, AV1 5.9.13: whether it differs from 0.
fn read_delta_q(r: &mut BitReader) -> Result<bool, Error> {
    Ok(r.flag("delta_coded")? && su(r, 7, "delta_q")? != 0)
}

/// `delta_q_params()` and `delta_lf_params()`, AV1 5.9.17 and 5.9.18.
pub(super) fn skip_deltas(
    r: &mut BitReader,
    base_q_idx: u8,
    allow_intrabc: bool,
) -> Result<(), Error> {
    if base_q_idx == 0 || !r.flag("delta_q_present")? {
        return Ok(());
    }
    r.bits(2, "delta_q_res")?;
    if !allow_intrabc && r.flag("delta_lf_present")? {
        r.bits(2, "delta_lf_res")?;
        r.flag("delta_lf_multi")?;
    }
    Ok(())
}
