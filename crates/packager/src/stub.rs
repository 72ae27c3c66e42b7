//! Stand-in for the carrier while it is written.
#![allow(missing_docs, unreachable_pub, dead_code, clippy::unwrap_used)]

pub mod h264 {
    use ::wm::{ContentKey, Strength};
    use bitstream::nal::{AnnexB, LengthPrefixed, LengthSize, Unit};
    use serde::Serialize;

    #[derive(Clone, Copy)]
    pub enum Framing {
        LengthPrefixed(LengthSize),
        AnnexB,
    }
    #[derive(Clone)]
    pub struct Stream(Framing);
    #[derive(Debug, thiserror::Error)]
    #[error("stub")]
    pub struct MarkError;
    #[derive(Debug, thiserror::Error)]
    #[error("stub unsupported")]
    pub struct Unsupported;
    impl Stream {
        pub fn new(framing: Framing) -> Stream {
            Stream(framing)
        }
        pub fn insert_parameter_set(&mut self, _nal: &[u8]) -> Result<(), MarkError> {
            Ok(())
        }
        pub fn supported(&self) -> Result<(), Unsupported> {
            Ok(())
        }
        pub fn display_size(&self) -> Option<(u32, u32)> {
            None
        }
    }
    pub struct Settings {
        pub strength: Strength,
        pub budget: f32,
    }
    impl Settings {
        pub fn new(strength: Strength) -> Settings {
            Settings {
                strength,
                budget: 0.005,
            }
        }
    }
    pub struct MarkedSegment {
        pub samples: Vec<Option<Twins>>,
        pub record: Record,
        pub tally: Tally,
    }
    pub struct Twins {
        pub zero: Vec<u8>,
        pub one: Vec<u8>,
    }
    #[derive(Serialize)]
    pub struct Record {
        pub gain: f32,
    }
    #[derive(Default, Clone, Copy)]
    pub struct Tally {
        pub slices: u64,
        pub rewritten: u64,
        pub bytes: u64,
        pub differing: u64,
    }

    pub fn mark(
        stream: &Stream,
        settings: &Settings,
        _key: &ContentKey,
        position: u32,
        samples: &[&[u8]],
    ) -> Result<MarkedSegment, MarkError> {
        let mut tally = Tally::default();
        let twins = |sample: &[u8], tally: &mut Tally| {
            let units: Vec<Unit<'_>> = match stream.0 {
                Framing::AnnexB => AnnexB::new(sample).collect(),
                Framing::LengthPrefixed(size) => LengthPrefixed::new(sample, size)
                    .collect::<Result<_, _>>()
                    .map_err(|_| MarkError)?,
            };
            let idr = units
                .iter()
                .any(|u| u.bytes.first().is_some_and(|b| b & 31 == 5));
            if !idr {
                return Ok(None);
            }
            tally.slices += 1;
            tally.bytes += sample.len() as u64;
            if settings.strength == Strength::None {
                return Ok(None);
            }
            tally.rewritten += 1;
            let mut nal = match stream.0 {
                Framing::AnnexB => vec![0, 0, 0, 1],
                Framing::LengthPrefixed(size) => 20u32.to_be_bytes()[4 - size.bytes()..].to_vec(),
            };
            nal.extend([12]);
            nal.extend([255; 18]);
            nal.push(0x80);
            let mut zero = sample.to_vec();
            zero.extend(&nal);
            let mut one = zero.clone();
            let at = one.len() - 2 - (position as u8) as usize % 8;
            one[at] = 254;
            Ok(Some(Twins { zero, one }))
        };
        let samples = samples.iter().map(|sample| twins(sample, &mut tally));
        Ok(MarkedSegment {
            samples: samples.collect::<Result<_, _>>()?,
            record: Record { gain: 0.5 },
            tally,
        })
    }
}
