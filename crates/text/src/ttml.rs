//! TTML.
use crate::{Error, Parsed};
use media::Timescale;

pub(crate) fn parse(_text: &str) -> Result<Parsed, Error> { Ok(Parsed::new(Default::default(), Default::default(), None)) }
/// Reads TTML samples.
#[derive(Debug)]
pub struct TtmlReader {}
impl TtmlReader {
    /// New.
    pub fn new(_timescale: Timescale) -> TtmlReader { TtmlReader {} }
    /// Push.
    pub fn push(&mut self, _start: i64, _duration: u32, _data: &[u8]) -> Result<(), Error> { Ok(()) }
    /// Finish.
    pub fn finish(self) -> Parsed { Parsed::new(Default::default(), Default::default(), None) }
}
/// All.
pub fn from_ttml_samples<B: AsRef<[u8]>>(
    timescale: Timescale,
    samples: impl IntoIterator<Item = (i64, u32, B)>,
) -> Result<Parsed, Error> {
    let mut reader = TtmlReader::new(timescale);
    for (start, duration, data) in samples {
        reader.push(start, duration, data.as_ref())?;
    }
    Ok(reader.finish())
}
