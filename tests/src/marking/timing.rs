//! When access units leave the coded picture buffer.

use bitstream::bits::BitReader;
use bitstream::h264::{CpbEntry, HrdParameters, SliceHeader};
use bitstream::sei::SeiMessages;

use super::film::{Film, is_slice};

/// Ticks of the clock of buffering periods in a second.
const CLOCK: f64 = 90_000.0;

/// Pictures per second where nothing says.
const ASSUMED_RATE: f64 = 25.0;

/// One access unit in the buffer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Access {
    /// Of the byte stream, start codes counted.
    pub bits: f64,
    /// Of its NAL units alone.
    pub nal_bytes: f64,
    /// Nominal removal time, in seconds from the first byte's arrival on.
    pub removal: f64,
    /// `initial_cpb_removal_delay` and `initial_cpb_removal_delay_offset` in seconds, where a
    /// buffering period begins.
    pub initial: Option<(f64, f64)>,
}

/// The schedule of the first buffer that the NAL HRD parameters announce.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Bits per second.
    pub rate: f64,
    /// Bits.
    pub size: f64,
    /// Bits arrive without a pause.
    pub is_constant: bool,
    /// Access units in decoding order.
    pub units: Vec<Access>,
}

/// Access units that are removed at the frame rate, H.264 A.3.1; fields at twice that.
pub fn at_frame_rate(film: &Film) -> Vec<Access> {
    let rate = film.sps().and_then(|sps| sps.frame_rate());
    let rate = rate.map_or(ASSUMED_RATE, |(num, den)| f64::from(num) / f64::from(den));
    let mut fields = vec![0; film.samples.len()];
    film.walk(|sample, unit, sets| {
        if is_slice(unit)
            && let Ok(header) = SliceHeader::parse(unit, sets)
            && header.field_pic
        {
            fields[sample] |= 1 << u8::from(header.bottom_field);
        }
    });
    let mut at = 0.0;
    let mut units = sizes(film);
    for (unit, fields) in units.iter_mut().zip(fields) {
        unit.removal = at;
        at += match fields {
            1 | 2 => 0.5 / rate,
            _ => 1.0 / rate,
        };
    }
    units
}

/// Access units with their sizes alone.
fn sizes(film: &Film) -> Vec<Access> {
    let mut units = vec![Access::default(); film.samples.len()];
    film.walk(|sample, unit, _| {
        units[sample].nal_bytes += unit.len() as f64;
        units[sample].bits += 8.0 * (unit.len() + 3) as f64;
    });
    if film.framing == wm::h264::Framing::AnnexB {
        for (unit, sample) in units.iter_mut().zip(&film.samples) {
            unit.bits = 8.0 * sample.len() as f64;
        }
    }
    units
}

/// The schedule of a film whose sequence parameter set has NAL HRD parameters, by the messages of
/// buffering periods and picture timing, H.264 D.1.1, D.1.2 and C.1.2.
pub fn announced(film: &Film) -> Option<Schedule> {
    let sps = film.sps()?;
    let vui = sps.vui.as_ref()?;
    let (hrd, timing) = (vui.nal_hrd.as_ref()?, vui.timing?);
    let tick = f64::from(timing.num_units_in_tick) / f64::from(timing.time_scale);
    let mut units = sizes(film);
    let mut delays = vec![None; units.len()];
    film.walk(|sample, unit, _| {
        if unit.first().is_some_and(|byte| byte & 31 == 6) {
            for message in SeiMessages::h264(unit).iter().map_while(Result::ok) {
                match message.payload_type {
                    0 => units[sample].initial = buffering_period(message.payload, hrd),
                    1 => delays[sample] = removal_delay(message.payload, hrd),
                    _ => {}
                }
            }
        }
    });
    let mut period = units.first()?.initial?.0;
    for (unit, delay) in units.iter_mut().zip(delays) {
        // The first has no buffering period before it.
        unit.removal = period + tick * f64::from(delay?);
        if unit.initial.is_some() {
            period = unit.removal;
        }
    }
    let cpb: &CpbEntry = hrd.cpb.first()?;
    let scaled = |value: u32, shift: u8| (f64::from(value) + 1.0) * f64::from(1u32 << shift);
    Some(Schedule {
        rate: scaled(cpb.bit_rate_value_minus1, 6 + hrd.bit_rate_scale),
        size: scaled(cpb.cpb_size_value_minus1, 4 + hrd.cpb_size_scale),
        is_constant: cpb.cbr_flag,
        units,
    })
}

fn buffering_period(payload: &[u8], hrd: &HrdParameters) -> Option<(f64, f64)> {
    let mut r = BitReader::new("buffering_period", payload);
    let count = u32::from(hrd.initial_cpb_removal_delay_length_minus1) + 1;
    r.ue("seq_parameter_set_id").ok()?;
    let delay = r.bits(count, "initial_cpb_removal_delay").ok()?;
    let offset = r.bits(count, "initial_cpb_removal_delay_offset").ok()?;
    Some((f64::from(delay) / CLOCK, f64::from(offset) / CLOCK))
}

fn removal_delay(payload: &[u8], hrd: &HrdParameters) -> Option<u32> {
    let mut r = BitReader::new("pic_timing", payload);
    let count = u32::from(hrd.cpb_removal_delay_length_minus1) + 1;
    r.bits(count, "cpb_removal_delay").ok()
}
